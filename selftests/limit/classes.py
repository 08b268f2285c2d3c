#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits, with real packets: what is of which class, whom a rate stops, whom
too many strikes ban, and who is trusted.

Counters say what became of packets; a socket of the gateway says it, too.
"""
import pathlib
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, load_module, received, run,  # noqa: E402
                   topology, udp, wait_for)
from limit.net import Limits, raw, spoofed  # noqa: E402
from ynl import NlError  # noqa: E402

GATEWAY, ALICE, BOB = '192.0.2.1', '192.0.2.2', '192.0.2.3'
SIP, SIPS, MEDIA, ELSE = 5060, 5061, 40000, 7000
STUN = struct.pack('>HHI', 1, 0, 0x2112a442) + bytes(12)
PACKETS = {  # what, its class and where it goes
    'REGISTER': ('register', SIP, b'REGISTER sip:x SIP/2.0\r\n'),
    'INVITE': ('invite', SIP, b'INVITE sip:x SIP/2.0\r\n'),
    'OPTIONS': ('options', SIP, b'OPTIONS sip:x SIP/2.0\r\n'),
    'another method': ('request', SIP, b'MESSAGE sip:x SIP/2.0\r\n'),
    'a method of 31 bytes': ('request', SIP, b'M' * 31 + b' sip:x\r\n'),
    'one that starts as INVITE does': ('request', SIP, b'INVITES sip:x\r\n'),
    'a keep-alive': ('request', SIP, b'\r\n\r\n'),
    'nothing': ('request', SIP, b''),
    'zeros': ('request', SIP, bytes(4)),
    'a blank line before REGISTER': ('register', SIP, b'\r\nREGISTER sip:x'),
    'a response': ('response', SIP, b'SIP/2.0 200 OK\r\n'),
    'a method of 32 bytes': ('malformed', SIP, b'M' * 32 + b' sip:x\r\n'),
    'a method in parentheses': ('malformed', SIP, b'(BYE) sip:x\r\n'),
    'a method without a blank': ('malformed', SIP, b'BYE'),
    'noise': ('malformed', SIP, bytes(range(128, 255))),
    'STUN to the SIP port': ('stun', SIP, STUN),
    'STUN elsewhere': ('stun', ELSE, STUN),
    'STUN with another cookie': ('malformed', SIP, STUN[:4] + bytes(16)),
    'UDP to a port for media': ('closed-media', MEDIA, b'\x80\0'),
    'STUN to a port for media': ('closed-media', MEDIA, STUN),
    'REGISTER to another port': ('other', ELSE, b'REGISTER sip:x SIP/2.0\r\n'),
}
tap = Tap()


class Net(Limits):
    def __init__(self, host_a, gateway):
        super().__init__(gateway)
        self.host_a, self.gateway = host_a, gateway
        self.server = udp(gateway, '0.0.0.0', SIP)
        self.senders = {a: udp(host_a, a, 0) for a in (ALICE, BOB)}

    def send(self, what, count=1, sender=ALICE):
        _, port, payload = PACKETS[what]
        for _ in range(count):
            self.senders[sender].sendto(payload, (GATEWAY, port))

    def arrived(self):
        n = 0
        while received(self.server, 0.1) is not None:
            n += 1
        return n


def check_off(net):
    tap.equal({l['limit'][0]['class'] for l in net.nl.dump('limit-get')
               if l['limit'][0]['enabled']}, {'strike'},
              'a namespace limits no packets until it is told to')
    tap.equal(net.change(net.send, 'REGISTER', 50), {},
              'and does not count them')
    tap.equal(net.arrived(), 50, 'all arrive')


def check_classes(net):
    net.nl.do('config-set', {'media-port-min': 40000, 'media-port-max': 49999})
    net.enable_all()
    for what, (name, _, _) in PACKETS.items():
        tap.equal(net.change(net.send, what), {name: {'passed': 1}},
                  f'{what} is {name}')
    net.arrived()


def connect(net, port):
    def attempt():
        with socket.socket() as sock:
            sock.settimeout(2)
            sock.connect_ex((GATEWAY, port))
    in_netns(net.host_a, attempt)


def check_connections(net):
    for port, name in ((SIP, 'tcp-connect'), (SIPS, 'tls-connect'),
                       (ELSE, 'other')):
        tap.equal(net.change(connect, net, port), {name: {'passed': 1}},
                  f'TCP to port {port} is {name}')
    net.nl.do('limit-set', {'secure-port': [ELSE], 'signaling-port': [0]})
    tap.equal(net.change(connect, net, ELSE), {'tls-connect': {'passed': 1}},
              'ports can be set')
    tap.equal(net.change(connect, net, SIP), {'other': {'passed': 1}},
              'to none, too')
    net.nl.do('limit-set', {'secure-port': [SIPS], 'signaling-port': [SIP]})


def ping(net, address):
    return in_netns(net.host_a, lambda: run('ping', '-c1', '-W2', address,
                                            check=False))


def check_paths(net):
    """What ingress can't judge is judged once all the same."""
    big = udp(net.host_a, ALICE, 0)
    options = udp(net.host_a, ALICE, 0)
    options.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b'\x07\x07\x04' +
                       bytes(5))
    text = PACKETS['INVITE'][2]
    tap.equal(net.change(big.sendto, text + bytes(4000), (GATEWAY, SIP)),
              {'invite': {'passed': 1}}, 'fragments are one packet')
    tap.equal(net.change(options.sendto, text, (GATEWAY, SIP)),
              {'invite': {'passed': 1}}, 'IP options make no difference')
    tap.equal(net.arrived(), 2, 'both arrive')
    tap.equal(net.change(ping, net, '198.51.100.2'), {},
              'what is forwarded is not limited')
    tap.equal(net.change(ping, net, GATEWAY), {'other': {'passed': 1}},
              'a ping to the gateway is')


def check_rate(net):
    net.limit('register', rate=1, burst=5)
    have = net.change(net.send, 'REGISTER', 50, BOB).get('register', {})
    passed = net.arrived()
    tap.ok(5 <= passed <= 12, 'a burst of 5 passes, and 1 a second', passed)
    tap.equal((have['passed'], have['limited']), (passed, 50 - passed),
              'counters say so')
    net.send('INVITE', 10, BOB)
    tap.equal(net.arrived(), 10, 'another class has its own rate')
    net.send('REGISTER', 3)
    tap.equal(net.arrived(), 3, 'and so has another source')
    source = next((s for s in net.nl.dump('source-get')
                   if s['class'] == 'register' and
                   s['prefix']['ipv4'] == BOB), {})
    tap.equal((source.get('passed'), source.get('limited')),
              (passed, 50 - passed), 'the source table has the source')


def check_shared(net):
    net.limit('options', rate=1000, burst=1000, global_rate=1, global_burst=4)
    have = net.change(net.send, 'OPTIONS', 20)['options']
    tap.equal((have['passed'] >= 4, have['passed'] + have['global-limited']),
              (True, 20), 'a global rate stops who is within his own')
    net.limit('options', global_rate=0, newcomer_rate=3)
    have = net.change(net.send, 'OPTIONS', 20, BOB)['options']
    tap.equal((have['passed'] >= 3, have['passed'] + have['newcomer-limited']),
              (True, 20), 'newcomers have a rate together')
    net.arrived()


def exceed(net, sender, seconds, what='REGISTER'):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        net.send(what, 20, sender)
        time.sleep(0.02)


def check_ban(net):
    net.limit('register', rate=1, burst=1, strikes=2, window=60, ban_time=30)
    net.nl.do('trust-new', {'prefix': {'ipv4': BOB}})
    exceed(net, BOB, 2.5)
    tap.ok(net.arrived() > 40, 'a trusted source is not limited')
    tap.equal(net.bans(), {}, 'nor banned')
    exceed(net, ALICE, 0.5)
    tap.equal(net.bans(), {}, 'one second over the rate is one strike')
    wait_for(lambda: exceed(net, ALICE, 0.3) or net.bans(), 10)
    ban = net.bans().get(ALICE, {})
    tap.equal((ban.get('reason'), ban.get('class'), ban.get('time')),
              ('limit', 'register', 30), 'two are a ban, which says for what')
    tap.ok(ban.get('rate', 0) > 20, 'and how many packets came', ban)
    net.arrived()
    net.send('INVITE')
    tap.equal(net.arrived(), 0, 'nothing of the source arrives now')
    net.nl.do('ban-del', {})
    net.limit('register', trusted_rate=1, trusted_burst=2)
    net.send('REGISTER', 20, BOB)
    tap.ok(2 <= net.arrived() <= 5, 'trusted sources have a rate together')
    net.nl.do('trust-del', {'prefix': {'ipv4': BOB}})


def check_spoofed(net):
    """A flood in the name of a trunk, as anyone can send it."""
    net.limit('malformed', rate=1, burst=1, strikes=1)
    net.nl.do('trust-new', {'prefix': {'ipv4': '203.0.113.0', 'length': 24}})

    with raw(net.host_a) as sock:
        for source in 50 * ('203.0.113.7', '198.18.5.5'):
            sock.sendto(spoofed(source, GATEWAY, SIP, b'(noise)'),
                        (GATEWAY, 0))
    tap.equal(list(net.bans()), ['198.18.5.5'],
              'it bans who is not trusted only')
    net.nl.do('ban-del', {})


def check_ipv6(net):
    for ns, dev, last in ((net.gateway, 'va', 1), (net.host_a, 'eth0', 2),
                          (net.host_a, 'eth0', 3)):
        run('ip', '-n', ns, 'address', 'add', f'2001:db8:a::{last}/64', 'dev',
            dev, 'nodad')

    def create(address):
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind((address, 0))
        return sock
    senders = [in_netns(net.host_a, create, f'2001:db8:a::{n}')
               for n in (2, 3)]
    net.limit('invite', rate=1, burst=6, strikes=1, ban_time=600)
    to = ('2001:db8:a::1', SIP)

    def send():
        for _ in range(10):
            for sock in senders:
                sock.sendto(PACKETS['INVITE'][2], to)
    have = net.change(send)['invite']
    tap.ok(6 <= have['passed'] <= 9, 'the addresses of a /64 are one source',
           have)
    tap.equal([b['prefix'] for b in net.nl.dump('ban-get')],
              [{'ipv6': '2001:db8:a::', 'length': 64}], 'and banned as one')
    net.nl.do('ban-del', {})


def check_lengths(net):
    try:
        net.nl.do('limit-set', {'ipv4-length': 24})
        tap.ok(False, 'prefix lengths stay while the table is used')
    except NlError as refusal:
        tap.ok('size' in refusal.text,
               'prefix lengths stay while the table is used', refusal)
    net.nl.do('limit-set', {'ipv4-length': 24, 'sources': 3000})
    have = net.nl.do('limit-get')
    tap.equal((have['ipv4-length'], have['sources'], have['sources-used']),
              (24, 4096, 0), 'but for a table of another size, anew')
    net.send('REGISTER', 1)
    net.send('REGISTER', 1, BOB)
    tap.equal([(s['prefix'], s['passed'] + s['limited'])
               for s in net.nl.dump('source-get')],
              [({'ipv4': '192.0.2.0', 'length': 24}, 2)],
              'then a /24 is one source')


def main():
    load_module()
    with topology() as (host_a, gateway, _):
        run('ip', '-n', host_a, 'address', 'add', f'{BOB}/24', 'dev', 'eth0')
        in_netns(gateway, lambda: pathlib.Path(
            '/proc/sys/net/ipv4/ip_forward').write_text('1', encoding='ascii'))
        net = Net(host_a, gateway)
        for check in (check_off, check_classes, check_connections, check_paths,
                      check_rate, check_shared, check_ban, check_spoofed,
                      check_ipv6, check_lengths):
            check(net)
    tap.clean_log()
    tap.finish()


main()
