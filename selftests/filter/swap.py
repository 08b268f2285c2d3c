#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two rule sets take turns a thousand times while packets flow.

    first   accepts port 7 by a rule, drops by default
    second  drops port 8 by a rule, accepts by default

Both accept port 7 and drop port 8. The rules of one with the default of the
other would lose the former or let the latter through.
"""
import os
import pathlib
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import Tap, in_netns, load_module, topology, udp  # noqa: E402
from guest import wait_for  # noqa: E402
from ynl import Netlink  # noqa: E402

SWAPS = int(os.environ.get('RF_FILTER_SWAPS', '1000'))
SO_RCVBUFFORCE = 33
PAIRS = 10  # at a time, so that no queue on the way is full
SETS = ({'default-network': 'drop',
         'rule': [{'chain': 'network', 'protocol': 17,
                   'dport': [{'first': 7}], 'action': 'accept'}]},
        {'default-network': 'accept',
         'rule': [{'chain': 'network', 'protocol': 17,
                   'dport': [{'first': 8}], 'action': 'drop'}]})
B4 = '198.51.100.2'
tap = Tap()


def send(sock, ready):
    """Pairs of packets until the pipe is closed; how many pairs."""
    count = 0
    os.set_blocking(ready, False)
    while True:
        try:
            if not os.read(ready, 1):
                break
        except BlockingIOError:
            pass
        for port in (7, 8):
            sock.sendto(struct.pack('>I', count), (B4, port))
        count += 1
        if count % PAIRS == 0:
            time.sleep(0.002)
    return count


def start_sender(host):
    """(what to close for it to end, where it then says how much it sent)"""
    sock = udp(host, '192.0.2.2', 0)
    read_end, write_end = os.pipe()
    result, says = os.pipe()
    if not os.fork():
        os.close(write_end)
        os.write(says, struct.pack('>I', send(sock, read_end)))
        os._exit(0)
    os.close(read_end)
    return write_end, result


def drain(sock, found):
    try:
        while True:
            found.append(struct.unpack('>I', sock.recv(100))[0])
    except BlockingIOError:
        pass


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        in_netns(gateway, lambda: pathlib.Path(
            '/proc/sys/net/ipv4/ip_forward').write_text('1',
                                                        encoding='ascii'))
        nl = in_netns(gateway, Netlink)
        nl.do('rules-set', SETS[0])
        good, bad = (udp(host_b, B4, port) for port in (7, 8))
        for sock in (good, bad):
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        arrived, leaked, swaps = [], [], 0
        end, result = start_sender(host_a)
        while swaps < SWAPS or len(arrived) < SWAPS:
            nl.do('rules-set', SETS[swaps % 2])
            swaps += 1
            drain(good, arrived)
            drain(bad, leaked)
        os.close(end)
        sent = struct.unpack('>I', os.read(result, 4))[0]
        wait_for(lambda: drain(good, arrived) or len(arrived) >= sent)
        drain(bad, leaked)
    print(f'# {swaps} swaps, {sent} packets each')
    tap.ok(sent > SWAPS, 'packets were sent', sent)
    lost = sorted(set(range(sent)) - set(arrived))
    tap.ok(not lost and len(arrived) == sent, 'what both accept arrives',
           f'{len(lost)} of {sent} lost: {lost[:10]}')
    tap.ok(not leaked, 'what both drop does not', leaked[:10])
    tap.clean_log()
    tap.finish()


main()
