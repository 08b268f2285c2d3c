#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The module is unloaded in the midst of its work, and loaded again."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, is_loaded, leg, load_module,  # noqa: E402
                   received, rtp, run, topology, udp)
from ynl import Netlink  # noqa: E402

ROUNDS = 3
KEY = {'suite': 'aes-cm-128-hmac-sha1-80', 'tx_key': bytes(range(30)),
       'rx_key': bytes(range(60, 90))}
# Keeps packets coming, to the relayed port, until it is killed. Not so many that
# whoever drains the other end never gets to the last one.
SENDER = """
import socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('192.0.2.2', 30000))
packet, seq = bytearray.fromhex(sys.argv[1]), 0
while True:
    seq = seq + 1 & 0xffff
    packet[2:4] = seq.to_bytes(2, 'big')
    try:
        sock.sendto(packet, ('192.0.2.1', 20000))
    except ConnectionRefusedError:
        pass
    time.sleep(0.001)
"""

tap = Tap()


def sessions(count):
    for n in range(count):
        port = 20000 + 2 * n
        yield ('session-new',
               {'leg-a': leg('192.0.2', port, 30000 + 2 * n),
                'leg-b': leg('198.51.100', port, 30000 + 2 * n, **KEY)})


def check_round(number, gateway, sink):
    load_module()
    nl, listener = in_netns(gateway, Netlink), in_netns(gateway, Netlink)
    listener.join('events')
    nl.batch(list(sessions(100)))
    tap.equal(len(nl.dump('session-get')), 100, f'round {number}: sessions')
    while received(sink, 0):
        pass
    tap.ok(received(sink, 5), f'round {number}: media flows')
    result = subprocess.run(['rmmod', 'ringfence'], check=False,
                            capture_output=True, text=True)
    tap.ok(not result.returncode and not is_loaded(),
           f'round {number}: unloaded with 100 sessions and traffic',
           result.stderr)
    nl.close()
    listener.close()


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        sink = udp(host_b, '198.51.100.2', 30000)
        with subprocess.Popen(['ip', 'netns', 'exec', host_a, 'python3',
                               '-c', SENDER, rtp(0).hex()]) as sender:
            for number in range(1, ROUNDS + 1):
                check_round(number, gateway, sink)
            sender.kill()
    load_module()
    nl = Netlink()
    tap.equal([nl.dump('session-get'), nl.do('stats-get')['sessions']],
              [[], 0], 'loaded again, it starts empty')
    tap.ok('ringfence' in run('lsmod'), 'it is there')
    tap.clean_log()
    tap.finish()


main()
