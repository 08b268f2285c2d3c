#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits and bans where classes.py and bans.py don't look: IPv6, the other ways
that packets come in by, what is never limited, who keeps his place in a table that
is full, which of two bans stays.
"""
import pathlib
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, load_module, prefix, received,  # noqa: E402
                   run, topology, udp, wait_for)
from limit.net import Limits, raw, spoofed  # noqa: E402
from ynl import Netlink  # noqa: E402

GATEWAY, OTHER, BRIDGE, VLAN = ('192.0.2.1', '198.51.100.1', '203.0.113.1',
                                '203.0.114.1')
ALICE, BOB, MALLORY = '192.0.2.2', '192.0.2.3', '192.0.2.4'
GATEWAY6, FAR6 = '2001:db8:a::1', '2001:db8:b::2'
ALICE6, BOB6 = '2001:db8:a::2', '2001:db8:a::3'
SIP, ELSE = 5060, 7000
INVITE, REGISTER, OPTIONS = (f'{method} sip:x SIP/2.0\r\n'.encode() for method
                             in ('INVITE', 'REGISTER', 'OPTIONS'))
ONE = {'invite': {'passed': 1}}
UDP_SEGMENT = 103
PADDING = bytes([0, 0, 1, 4, 0, 0, 0, 0])  # destination options (RFC 8200, 4.6)
TABLE, MANY = 1024, 3000
NEWCOMER_IDLE = 10.5  # RGF_NEWCOMER_IDLE and RGF_KNOWN_AGE, in seconds
tap = Tap()


class Net(Limits):
    def __init__(self, host_a, gateway, host_b):
        super().__init__(gateway)
        self.host_a, self.gateway = host_a, gateway
        for name, device, address in (
                (host_a, 'eth0', f'{BOB}/24'), (host_a, 'eth0', f'{MALLORY}/24'),
                (host_a, 'eth0', f'{ALICE6}/64'), (host_a, 'eth0', f'{BOB6}/64'),
                (gateway, 'va', f'{GATEWAY6}/64'),
                (gateway, 'vb', '2001:db8:b::1/64'),
                (host_b, 'eth0', f'{FAR6}/64')):
            run('ip', '-n', name, 'address', 'add', address, 'dev', device,
                *(['nodad'] if ':' in address else []))
        run('ip', '-n', host_a, 'route', 'add', 'default', 'via', GATEWAY6)
        for name in ('ipv4/ip_forward', 'ipv6/conf/all/forwarding'):
            in_netns(gateway, lambda path: path.write_text(
                '1', encoding='ascii'), pathlib.Path('/proc/sys/net', name))
        self.servers = [udp(gateway, '0.0.0.0', SIP), self.udp6(
            gateway, '::', SIP)]

    @staticmethod
    def udp6(namespace, address, port=0):
        def create():
            sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((address, port))
            return sock
        return in_netns(namespace, create)

    def send(self, payload, source=ALICE, target=None, count=1, port=SIP):
        v6 = ':' in source
        make = self.udp6 if v6 else udp
        with make(self.host_a, source, 0) as sock:
            for _ in range(count):
                sock.sendto(payload, (target or (GATEWAY6 if v6 else GATEWAY),
                                      port))

    def passes(self, source):
        """Does a packet of this address reach the socket?"""
        server = self.servers[':' in source]
        while received(server, 0) is not None:
            pass
        self.send(INVITE, source)
        return received(server, 0.5) == INVITE

    def forget(self):
        """All bans, trust, and what the limits know."""
        self.nl.do('ban-del')
        for one in self.nl.dump('trust-get'):
            self.nl.do('trust-del', {'prefix': one['prefix']})
        self.nl.do('limit-set', {'sources': 2 * TABLE})
        self.nl.do('limit-set', {'sources': TABLE})


def with_option(net, level, option, value, source=ALICE):
    make = net.udp6 if ':' in source else udp
    sock = make(net.host_a, source, 0)
    sock.setsockopt(level, option, value)
    return sock


def check_ways(net):
    net.enable_all()
    tap.equal(net.change(net.send, INVITE, ALICE6), ONE, 'IPv6 is limited')
    tap.equal(net.change(net.send, INVITE + bytes(4000), ALICE6), ONE,
              'its fragments are one packet')
    sock = with_option(net, socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, PADDING,
                       ALICE6)
    tap.equal(net.change(sock.sendto, INVITE, (GATEWAY6, SIP)), ONE,
              'and extension headers make no difference')
    tap.equal(net.change(net.send, INVITE, ALICE, OTHER), ONE,
              "so is what comes for another interface's address")
    sock = with_option(net, socket.IPPROTO_UDP, UDP_SEGMENT, 100)
    tap.equal(net.change(sock.sendto, bytes(1000), (GATEWAY, ELSE)),
              {'other': {'passed': 10}}, 'packets that travel as one are many')


def check_off(net):
    """A class that is off beside others that are on."""
    net.limit('invite', enabled=0, rate=1, burst=1)
    tap.equal(net.change(net.send, INVITE, ALICE, None, 10), {},
              'a class that is off is not limited')
    net.limit('invite', enabled=1, rate=1000, burst=1000)


def check_devices(net):
    """One of a bridge, and one with a VLAN, leave the packet to that."""
    a, gateway = net.host_a, net.gateway
    run('ip', '-n', gateway, 'link', 'add', 'vc', 'type', 'veth', 'peer',
        'name', 'eth1', 'netns', a)
    run('ip', '-n', gateway, 'link', 'add', 'bridge0', 'type', 'bridge')
    run('ip', '-n', gateway, 'link', 'set', 'vc', 'master', 'bridge0')
    for name, device in ((gateway, 'va'), (a, 'eth0')):
        run('ip', '-n', name, 'link', 'add', 'tagged', 'link', device, 'type',
            'vlan', 'id', '5')
    for name, device, address in ((gateway, 'vc', None),
                                  (gateway, 'bridge0', BRIDGE), (a, 'eth1', '203.0.113.2'),
                                  (gateway, 'tagged', VLAN),
                                  (a, 'tagged', '203.0.114.2')):
        if address:
            run('ip', '-n', name, 'address', 'add', f'{address}/24', 'dev',
                device)
        run('ip', '-n', name, 'link', 'set', device, 'up')
    for what, target, source in (('a bridge', BRIDGE, '203.0.113.2'),
                                 ('a VLAN', VLAN, '203.0.114.2')):
        tap.equal(net.change(net.send, INVITE, source, target), ONE,
                  f'a packet by {what} is judged once')
    run('ip', '-n', gateway, 'link', 'del', 'vc')


def solicit(net, hops):
    """A neighbour solicitation (RFC 4861, 4.3)."""
    sock = in_netns(net.host_a, socket.socket, socket.AF_INET6,
                    socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    with sock:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops)
        sock.sendto(struct.pack('>BBHI', 135, 0, 0, 0) + socket.inet_pton(
            socket.AF_INET6, GATEWAY6), (GATEWAY6, 0))


def check_exempt(net):
    def loop():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(INVITE, (GATEWAY, SIP))
    tap.equal(net.change(in_netns, net.gateway, loop), {},
              'loopback is not limited')
    tap.equal(net.change(net.send, INVITE, ALICE6, FAR6), {},
              'nor what is forwarded by IPv6')
    tap.equal(net.change(solicit, net, 255), {}, 'nor neighbour discovery')
    tap.equal(net.change(solicit, net, 64), {'other': {'passed': 1}},
              'but what only looks so, from afar, is')


def check_ipv6(net):
    nl = net.nl
    nl.do('ban-new', prefix(ALICE6))
    tap.equal([net.passes(a) for a in (ALICE6, BOB6)], [False, True],
              'a banned IPv6 source is not heard, its neighbour is')
    nl.do('ban-new', prefix('2001:db8:a::/64'))
    nl.do('trust-new', prefix(BOB6))
    tap.equal([net.passes(a) for a in (ALICE6, BOB6)], [False, True],
              'who is trusted is heard from a banned prefix')
    nl.do('ban-del')
    net.limit('invite', rate=1, burst=1)
    tap.equal(net.change(net.send, INVITE, BOB6, None, 10),
              {'invite': {'passed': 10}}, 'and is not limited')
    net.forget()
    nl.do('strike', prefix(ALICE6, count=20))
    tap.equal([b['prefix'] for b in nl.dump('ban-get')],
              [{'ipv6': '2001:db8:a::', 'length': 64}],
              'strikes ban the prefix that is a source')
    net.forget()


def check_budget(net):
    """Of trusted peers: others can't take it."""
    net.limit('options', global_rate=1, global_burst=2, trusted_rate=1,
              trusted_burst=5)
    net.nl.do('trust-new', prefix(BOB))
    have = net.change(net.send, OPTIONS, ALICE, None, 20)['options']
    tap.ok(have['global-limited'] >= 15, 'all can be stopped', have)
    have = net.change(net.send, OPTIONS, BOB, None, 20)['options']
    tap.ok(5 <= have['passed'] <= 8, 'then trusted peers have their budget',
           have)
    net.forget()


def check_strikes(net):
    net.limit('register', rate=1, burst=1, strikes=0)
    net.send(REGISTER, count=20)
    time.sleep(1.1)
    net.send(REGISTER, count=20)
    tap.equal(net.bans(), {}, 'a class without strikes never bans')
    net.limit('strike', enabled=0)
    banned = net.nl.do('strike', prefix(ALICE, count=20))['banned']
    tap.equal((banned, net.bans()), (0, {}), "userspace's can be turned off")
    net.limit('strike', enabled=1, strikes=10)


def flood(net, first, count):
    with raw(net.host_a) as sock:
        for n in range(first, first + count):
            sock.sendto(spoofed(f'10.0.{n >> 8}.{n & 255}', GATEWAY, SIP,
                                REGISTER), (GATEWAY, 0))


def check_places(net):
    net.enable_all()
    net.forget()
    net.send(REGISTER, ALICE, None, 8)
    time.sleep(NEWCOMER_IDLE)
    net.send(REGISTER)
    net.limit('register', newcomer_rate=1)
    have = net.change(net.send, REGISTER, BOB, None, 20)['register']
    tap.ok(have['newcomer-limited'] > 10, 'newcomers share a rate', have)
    tap.equal(net.change(net.send, REGISTER, ALICE, None, 20),
              {'register': {'passed': 20}}, 'of which the known know nothing')
    net.limit('register', newcomer_rate=0)
    listener = in_netns(net.gateway, Netlink)
    listener.join('events')
    start = time.monotonic()
    have = net.change(flood, net, 0, MANY)['register']
    limited = have.get('newcomer-limited', 0)
    tap.ok(limited > TABLE and sum(have.values()) == MANY,
           'without such a rate, who finds no place is not heard', have)
    seconds = time.monotonic() - start
    full = net.nl.do('limit-get')
    tap.equal(full['sources-full'], limited, 'these are counted')
    try:
        told = sum(name == 'guard-full-ntf' for name, _ in
                   listener.events(1, want=MANY))
    except OSError:  # more than there is room for
        told = MANY
    tap.ok(1 <= told <= seconds + 2, 'and told once a second', told)
    time.sleep(NEWCOMER_IDLE)
    have = net.change(flood, net, MANY, 100)['register']
    tap.equal((have, net.nl.do('limit-get')['sources-replaced'] -
               full['sources-replaced'] > 50), ({'passed': 100}, True),
              'who is idle gives way')
    tap.equal([s['prefix']['ipv4'] for s in net.nl.dump('source-get')
               if s['known']], [ALICE], 'but not who is known')
    listener.close()
    net.forget()


def ban_of(net, address):
    ban = net.bans().get(address, {})
    return ban.get('reason'), ban.get('time'), ban.get('offences')


def check_bans(net):
    nl = net.nl
    nl.do('ban-new', prefix(ALICE))
    nl.do('strike', prefix(ALICE, count=20))
    tap.equal(ban_of(net, ALICE), ('operator', None, 0),
              "strikes don't shorten the operator's ban")
    for _ in range(2):
        nl.do('strike', prefix(BOB, count=20))
        time.sleep(0.1)
    tap.equal(ban_of(net, BOB), ('daemon', 300, 0),
              'who is banned already is no repeat offender')
    nl.do('ban-new', prefix(BOB, time=1))
    tap.equal(ban_of(net, BOB)[:2], ('operator', 1), 'the operator shortens it')
    tap.ok(wait_for(lambda: BOB not in net.bans(), 5), 'and it ends')
    nl.do('ban-new', prefix(MALLORY))
    nl.do('trust-new', prefix(f'{ALICE}/31'))
    tap.equal(list(net.bans()), [MALLORY], 'trust removes no other ban')
    net.forget()
    nl.do('trust-new', prefix(BOB, time=60))
    nl.do('strike', prefix(BOB, count=20, proved=1))
    tap.equal((list(net.bans()), nl.dump('trust-get')), ([BOB], []),
              'who has proved an offence loses the trust that was granted')
    net.forget()


def check_end(net):
    """Of a ban that is looked at more than once before."""
    nl = net.nl
    listener = in_netns(net.gateway, Netlink)
    listener.join('events')
    net.limit('strike', strikes=1, ban_time=3)
    nl.do('strike', prefix(ALICE))
    told = [values for name, values in listener.events(8, want=2)
            if name == 'ban-del-ntf']
    tap.equal([one['cause'] for one in told], ['expired'],
              'the end of a ban is told')
    time.sleep(2.5)
    nl.do('strike', prefix(ALICE))
    tap.equal(ban_of(net, ALICE), ('daemon', 6, 1), 'the offence is remembered')
    listener.close()
    net.forget()


def check_rule(net):
    """A packet that a rule bans for may be forged."""
    nl = net.nl
    nl.do('trust-new', prefix(BOB, time=60))
    nl.do('rules-set', {'default-local': 'accept', 'rule': [
        {'chain': 'local', 'protocol': 17, 'dport': [{'first': ELSE}],
         'action': 'ban', 'ban-time': 60}]})
    for source in (ALICE, BOB):
        net.send(b'x', source, port=ELSE)
    tap.ok(wait_for(lambda: ALICE in net.bans()), 'a rule bans')
    trusted = [t['prefix']['ipv4'] for t in nl.dump('trust-get')]
    tap.equal((list(net.bans()), trusted), ([ALICE], [BOB]),
              'but not who is trusted for a time')
    nl.do('rules-del')
    net.forget()


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        net = Net(host_a, gateway, host_b)
        for check in (check_ways, check_off, check_devices, check_exempt, check_ipv6,
                      check_budget, check_strikes, check_places, check_bans,
                      check_end, check_rule):
            check(net)
    tap.clean_log()
    tap.finish()


main()
