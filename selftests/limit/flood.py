#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Floods of SIP, of TCP SYN and of media to closed ports, at the gateway, each
of one source, of 100,000 and of 400,000.

Meanwhile a call goes on between the two hosts, a phone that is known and one
that is trusted keep registering and connecting, and a trunk in whose name a part
of the flood comes is not banned. Memory stays what it was.

    RF_FLOOD=2000000  sources of the last floods
"""
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.argv = sys.argv[:1]  # bench.meter reads it
from bench.meter import BATCH, set_up_network, run_meter  # noqa: E402
from guest import (Tap, in_netns, leg, load_module, received,  # noqa: E402
                   rtp, run, topology, udp)
from ynl import Netlink  # noqa: E402

LAST = int(os.environ.get('RF_FLOOD', '400000'))
KNOWN, TRUSTED = '192.0.2.3', '192.0.2.4'
GATEWAY, SIP, SIPS, CALL = '192.0.2.1', 5060, 5061, 20000
REGISTER = b'REGISTER sip:x SIP/2.0\r\n'
TABLE = 4096
EVERY = 0.25  # seconds between what a phone does; its rate is 20 a second
IDLE = 10.5  # RGF_NEWCOMER_IDLE: newcomers have a place that long
# The meter's knobs, and the class of the packets.
FLOODS = {'SIP': ({'sip': 1}, 'register'), 'SYN': ({'syn': 1}, 'tls-connect'),
          'media': ({}, 'closed-media')}
tap = Tap()


def flood(kind, sources, packets):
    """In a process of its own; the pipe ends when it has."""
    read_end, write_end = os.pipe()
    if not os.fork():
        os.close(read_end)
        first = 0
        while first < packets:
            rounds = min(1024, (packets - first) // BATCH + 1)
            run_meter(rounds, first, arrive=False, sources=sources,
                      **FLOODS[kind][0])
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


def limit(nl, name):
    return next(one['limit'][0] for one in nl.dump('limit-get')
                if one['limit'][0]['class'] == name)


class Phone:
    def __init__(self, namespace, address, server):
        self.namespace, self.address, self.server = namespace, address, server
        self.sock = udp(namespace, address, 0)

    def registers(self):
        """Does a REGISTER of the phone reach the server?"""
        mine = REGISTER + self.address.encode()
        self.sock.sendto(mine, (GATEWAY, SIP))
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if received(self.server.udp, 0.5) == mine:
                return True
        return False

    def connects(self):
        """Without a second SYN, which would be a second later."""
        def create():
            return socket.socket()
        with in_netns(self.namespace, create) as sock:
            sock.bind((self.address, 0))
            sock.settimeout(0.9)
            try:
                sock.connect((GATEWAY, SIPS))
            except TimeoutError:
                return False
        self.server.accept()
        return True

    def lives(self):
        return self.registers() and self.connects()


class Server:
    """What listens for SIP on the gateway."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
        self.udp.bind(('0.0.0.0', SIP))
        self.tcp = socket.socket()
        self.tcp.bind(('0.0.0.0', SIPS))
        self.tcp.listen(128)

    def accept(self):
        self.tcp.settimeout(1)
        self.tcp.accept()[0].close()


class Lab:
    def __init__(self, host_a, host_b):
        self.nl = Netlink()
        self.near = udp(host_a, '192.0.2.2', 30000)
        self.far = udp(host_b, '198.51.100.2', 30000)
        self.server = Server()
        self.phones = {a: Phone(host_a, a, self.server)
                       for a in (KNOWN, TRUSTED)}
        self.seq = self.lost = 0
        self.nl.do('session-new', {
            'leg-a': leg('192.0.2', CALL, 30000),
            'leg-b': leg('198.51.100', CALL, 30000)})

    def talk(self):
        self.seq += 1
        self.near.sendto(rtp(self.seq), (GATEWAY, CALL))
        self.lost += received(self.far, 2) != rtp(self.seq)

    def known(self):
        """The classes that the one phone is known in."""
        return sorted(s['class'] for s in self.nl.dump('source-get')
                      if s['known'] and s['prefix'].get('ipv4') == KNOWN)


def become_known(lab):
    """Eight packets, ten seconds from the first to the last."""
    for _ in range(8):
        lab.phones[KNOWN].lives()
    time.sleep(IDLE)
    lab.phones[KNOWN].lives()
    return lab.known()


def during(lab, end):
    """The call and the phones until the flood is over: what failed."""
    failed, due = {KNOWN: 0, TRUSTED: 0}, 0
    while not is_over(end):
        lab.talk()
        if time.monotonic() < due:
            continue
        for address, phone in lab.phones.items():
            failed[address] += not phone.lives()
        due = time.monotonic() + EVERY
    os.wait()
    return failed


def check_flood(lab, kind, sources, packets):
    nl, name = lab.nl, FLOODS[kind][1]
    what, memory = f'{kind}, {sources} sources', nl.do('limit-get')['memory']
    before, lab.lost, start = limit(nl, name), 0, lab.seq
    failed = during(lab, flood(kind, sources, packets))
    have, after = nl.do('limit-get'), limit(nl, name)
    print(f'# {what}: {lab.seq - start} packets of the call, ' +
          ', '.join(f'{k} {after[k] - before[k]}' for k in (
              'passed', 'limited', 'global-limited', 'newcomer-limited',
              'banned')) + f', banned packets {have["banned-packets"]}')
    tap.ok(lab.seq > start + 10, f'{what}: a call goes on', lab.seq - start)
    tap.equal(lab.lost, 0, f'{what}: it loses no packet')
    tap.equal(failed, {KNOWN: 0, TRUSTED: 0},
              f'{what}: a known and a trusted phone register and connect')
    tap.equal((have['memory'], have['sources']), (memory, TABLE),
              f'{what}: the table has its size')
    tap.ok(have['sources-used'] <= TABLE, f'{what}: it holds no more', have)
    return after['banned'] - before['banned']


def check_floods(lab, kind):
    if kind != next(iter(FLOODS)):
        # Or the one source finds no place behind the flood of before: it shares
        # the newcomers' budget then, and nobody counts its strikes.
        time.sleep(IDLE)
    banned = check_flood(lab, kind, 1, 200000)
    tap.ok(banned, f'{kind}: the one source was banned')
    full = lab.nl.do('limit-get')['sources-full']
    check_flood(lab, kind, 100000, 100000)
    tap.ok(lab.nl.do('limit-get')['sources-full'] > full,
           f'{kind}: 100000 sources do not fit')
    check_flood(lab, kind, LAST, LAST)
    tap.ok(not [b for b in lab.nl.dump('ban-get')
                if b['prefix'].get('ipv4', '').startswith('10.0.0.')],
           f'{kind}: the trunk is not banned')


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
        # Answers to addresses that don't exist end here.
        run('ip', 'route', 'add', 'blackhole', '10.0.0.0/8')
        lab = Lab(host_a, host_b)
        lab.nl.do('config-set', {'media-port-min': 20000,
                                 'media-port-max': 39999})
        lab.nl.do('limit-set', {'sources': TABLE, 'limit': [
            {'class': name, 'enabled': 1, 'rate': 20, 'burst': 40,
             'newcomer-rate': 100, 'global-rate': 1000, 'global-burst': 1000,
             'strikes': 2, 'window': 60, 'ban-time': 1, 'ban-time-max': 1}
            for _, name in FLOODS.values()]})
        lab.nl.do('trust-new', {'prefix': {'ipv4': TRUSTED}})
        lab.nl.do('trust-new', {'prefix': {'ipv4': '10.0.0.0', 'length': 28}})
        tap.equal(become_known(lab), ['register', 'tls-connect'],
                  'a phone is known after ten seconds')
        for kind in FLOODS:
            check_floods(lab, kind)
        tap.equal(lab.known(), ['register', 'tls-connect'],
                  'the phone is still known')
        lab.nl.do('session-del', {'id': 1})
        for dev in ('va', 'vb'):
            run('ip', 'link', 'del', dev)
    run('ip', 'route', 'del', 'blackhole', '10.0.0.0/8')
    run('rmmod', 'rgf_meter')
    tap.clean_log()
    tap.finish()


main()
