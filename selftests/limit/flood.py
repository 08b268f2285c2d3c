#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP floods of one source, of 100,000 and of 400,000, at the gateway.

Meanwhile a call goes on between the two hosts, a phone that is known and one
that is trusted keep registering, and a trunk in whose name half of the flood
might come is not banned. Memory stays what it was.

    RF_FLOOD=2000000  sources of the last flood
"""
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.argv = sys.argv[:1]  # bench.meter reads it
from bench.meter import BATCH, set_up_network, run_meter  # noqa: E402
from guest import (Tap, leg, load_module, received, rtp, run,  # noqa: E402
                   topology, udp)
from ynl import Netlink  # noqa: E402

LAST = int(os.environ.get('RF_FLOOD', '400000'))
KNOWN, TRUSTED = '192.0.2.3', '192.0.2.4'
GATEWAY, SIP = '192.0.2.1', 5060
REGISTER = b'REGISTER sip:x SIP/2.0\r\n'
TABLE = 4096
tap = Tap()


def flood(sources, packets):
    """In a process of its own; the pipe ends when it has."""
    read_end, write_end = os.pipe()
    if not os.fork():
        os.close(read_end)
        first = 0
        while first < packets:
            rounds = min(1024, (packets - first) // BATCH + 1)
            run_meter(rounds, first, arrive=False, sip=1, sources=sources)
            first += rounds * BATCH
        os._exit(0)
    os.close(write_end)
    os.set_blocking(read_end, False)
    return read_end


def is_over(end):
    try:
        return os.read(end, 1) == b''
    except BlockingIOError:
        return False


def limit(nl, name='register'):
    return next(one['limit'][0] for one in nl.dump('limit-get')
                if one['limit'][0]['class'] == name)


class Lab:
    def __init__(self, host_a, host_b):
        self.nl = Netlink()
        self.near = udp(host_a, '192.0.2.2', 30000)
        self.far = udp(host_b, '198.51.100.2', 30000)
        self.phones = {a: udp(host_a, a, 0) for a in (KNOWN, TRUSTED)}
        self.server = server()
        self.seq = self.lost = 0
        self.nl.do('session-new', {
            'leg-a': leg('192.0.2', 20000, 30000),
            'leg-b': leg('198.51.100', 20000, 30000)})

    def talk(self):
        self.seq += 1
        self.near.sendto(rtp(self.seq), (GATEWAY, 20000))
        self.lost += received(self.far, 2) != rtp(self.seq)

    def registers(self, address):
        """Does a REGISTER of the phone reach the server?"""
        mine = REGISTER + address.encode()
        self.phones[address].sendto(mine, (GATEWAY, SIP))
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if received(self.server, 0.5) == mine:
                return True
        return False


def server():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
    sock.bind(('0.0.0.0', SIP))
    return sock


def become_known(lab):
    """Eight packets, ten seconds from the first to the last."""
    for _ in range(8):
        lab.registers(KNOWN)
    time.sleep(10.5)
    lab.registers(KNOWN)
    return any(s['known'] for s in lab.nl.dump('source-get')
               if s['prefix'].get('ipv4') == KNOWN)


def check_flood(lab, sources, packets):
    nl, what = lab.nl, f'{sources} sources'
    memory = nl.do('limit-get')['memory']
    before, lab.lost, start = limit(nl), 0, lab.seq
    failed = {KNOWN: 0, TRUSTED: 0}
    end = flood(sources, packets)
    while not is_over(end):
        lab.talk()
        if lab.seq % 10 == 0:
            for address in failed:
                failed[address] += not lab.registers(address)
    os.wait()
    have, after = nl.do('limit-get'), limit(nl)
    print(f'# {what}: {lab.seq - start} packets of the call, ' +
          ', '.join(f'{k} {after[k] - before[k]}' for k in (
              'passed', 'limited', 'global-limited', 'newcomer-limited',
              'banned')) + f', banned packets {have["banned-packets"]}')
    tap.ok(lab.seq > start + 10, f'{what}: a call goes on', lab.seq - start)
    tap.equal(lab.lost, 0, f'{what}: it loses no packet')
    tap.equal(failed, {KNOWN: 0, TRUSTED: 0},
              f'{what}: a known and a trusted phone register')
    tap.equal((have['memory'], have['sources']), (memory, TABLE),
              f'{what}: the table has its size')
    tap.ok(have['sources-used'] <= TABLE, f'{what}: it holds no more', have)


def main():
    set_up_network()
    load_module()
    with topology() as (host_a, gateway, host_b):
        # The gateway is the namespace that the meter's devices are in.
        for dev, net in (('va', '192.0.2'), ('vb', '198.51.100')):
            run('ip', '-n', gateway, 'link', 'set', dev, 'netns', '1')
            run('ip', 'address', 'add', f'{net}.1/24', 'dev', dev)
            run('ip', 'link', 'set', dev, 'up')
        for address in (KNOWN, TRUSTED):
            run('ip', '-n', host_a, 'address', 'add', f'{address}/24', 'dev',
                'eth0')
        lab = Lab(host_a, host_b)
        lab.nl.do('limit-set', {'sources': TABLE, 'limit': [
            {'class': 'register', 'enabled': 1, 'rate': 20, 'burst': 40,
             'newcomer-rate': 100, 'global-rate': 1000, 'global-burst': 1000,
             'strikes': 2, 'window': 60, 'ban-time': 1, 'ban-time-max': 1}]})
        lab.nl.do('trust-new', {'prefix': {'ipv4': TRUSTED}})
        lab.nl.do('trust-new', {'prefix': {'ipv4': '10.0.0.0', 'length': 28}})
        tap.ok(become_known(lab), 'a phone is known after ten seconds')
        check_flood(lab, 1, 200000)
        tap.ok(limit(lab.nl)['banned'], 'the one source was banned')
        check_flood(lab, 100000, 100000)
        tap.ok(lab.nl.do('limit-get')['sources-full'],
               '100000 sources do not fit')
        check_flood(lab, LAST, LAST)
        tap.ok(not [b for b in lab.nl.dump('ban-get')
                    if b['prefix'].get('ipv4', '').startswith('10.0.0.')],
               'the trunk is not banned')
        lab.nl.do('session-del', {'id': 1})
        for dev in ('va', 'vb'):
            run('ip', 'link', 'del', dev)
    run('rmmod', 'rgf_meter')
    tap.clean_log()
    tap.finish()


main()
