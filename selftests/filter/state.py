#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that ask for the state of a connection, and who pays for tracking.

Connections of TCP and UDP, ICMP errors, packets that belong to nothing; tracking
goes with the rule sets that ask for it; media of an open call is never tracked.

    a 192.0.2.2 --- 192.0.2.1 gateway 198.51.100.1 --- 198.51.100.2 b
      2001:db8:a::2  2001:db8:a::1    2001:db8:b::1   2001:db8:b::2
"""
import json
import pathlib
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (BUILD, Tap, in_netns, leg, load_module,  # noqa: E402
                   received, rtp, run, topology, udp, wait_for)
from ynl import Netlink  # noqa: E402

CLI = str(BUILD / 'userspace/ringfence/ringfence')
GW_A, A4, GW_B, B4 = '192.0.2.1', '192.0.2.2', '198.51.100.1', '198.51.100.2'
A6, B6 = '2001:db8:a::2', '2001:db8:b::2'
RULES = '''\
network state established accept
network state related accept
network state invalid drop
network state untracked count
network in va state new accept
default network drop
local in va state established,related accept
local in va udp dport 5060 state new accept
local in va state new,invalid drop
'''
ESTABLISHED, RELATED, INVALID, UNTRACKED, NEW = range(5)
LOCAL_KNOWN, LOCAL_SIP, LOCAL_NEW = range(5, 8)
tap = Tap()


class Lab:
    def __init__(self, host_a, gateway, host_b):
        self.a, self.gateway, self.b = host_a, gateway, host_b
        for ns, dev, address, far in (
                (host_a, 'eth0', A6, '2001:db8:a::1'),
                (gateway, 'va', '2001:db8:a::1', None),
                (gateway, 'vb', '2001:db8:b::1', None),
                (host_b, 'eth0', B6, '2001:db8:b::1')):
            run('ip', '-n', ns, 'address', 'add', f'{address}/64', 'dev', dev,
                'nodad')
            if far:
                run('ip', '-n', ns, 'route', 'add', 'default', 'via', far)
        for name in ('ipv4/ip_forward', 'ipv6/conf/all/forwarding'):
            in_netns(gateway, lambda path: path.write_text(
                '1', encoding='ascii'), pathlib.Path('/proc/sys/net', name))

    def ringfence(self, *words, text=None):
        return subprocess.run([CLI, '-n', self.gateway, *words], check=True,
                              input=text, text=True,
                              stdout=subprocess.PIPE).stdout

    def load(self, text, *options):
        self.ringfence('rules', 'load', *options, '-', text=text)

    def packets(self):
        listed = json.loads(self.ringfence('-j', 'rules', 'list'))
        return [rule['packets'] for rule in listed['rules']]

    def tracked(self):
        """Connections that the gateway knows."""
        path = pathlib.Path('/proc/sys/net/netfilter/nf_conntrack_count')
        return in_netns(self.gateway, lambda: int(path.read_text(
            encoding='ascii')))

    def ask(self, port, source=B4, target=A4):
        """A datagram from b or a to the other one."""
        host = self.b if source == B4 else self.a
        with udp(host, source, port) as sock:
            sock.sendto(b'?', (target, port))


def check_tcp(lab, name, far, near, family):
    with in_netns(lab.b, lambda: socket.create_server((far, 7000),
                                                      family=family)) as here:
        here.settimeout(2)
        client = in_netns(lab.a, socket.create_connection, (far, 7000), 2)
        peer = here.accept()[0]
        client.send(b'ask')
        peer.send(b'tell')
        tap.equal((received(peer), received(client)), (b'ask', b'tell'),
                  f'{name}: a connection from inside')
    with in_netns(lab.a, lambda: socket.create_server((near, 7001),
                                                      family=family)):
        try:
            in_netns(lab.b, socket.create_connection, (near, 7001), 1)
            tap.ok(False, f'{name}: none from outside')
        except TimeoutError:
            tap.ok(True, f'{name}: none from outside')


def check_udp(lab):
    inside, outside = udp(lab.a, A4, 4000), udp(lab.b, B4, 4000)
    outside.sendto(b'early', (A4, 4000))
    tap.equal(received(inside, 0.5), None, 'UDP: nothing from outside')
    inside.sendto(b'ask', (B4, 4000))
    received(outside)
    outside.sendto(b'tell', (A4, 4000))
    tap.equal(received(inside), b'tell', 'UDP: but an answer')


def check_error(lab, family, far):
    before = lab.packets()

    def create():
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.connect((far, 9))
        return sock
    sock = in_netns(lab.a, create)
    sock.send(b'x')
    sock.settimeout(2)
    try:
        sock.recv(10)
        heard = False
    except ConnectionRefusedError:
        heard = True
    tap.ok(heard, f'an ICMP error about {far} comes back')
    tap.equal(lab.packets()[RELATED] - before[RELATED], 1, 'as related')


def tcp_bytes(flags, source, target):
    """A segment with a good checksum."""
    head = struct.pack('>HHIIBBHHH', 5555, 7000, 1, 1, 0x50, flags, 1000, 0, 0)
    total = sum(struct.unpack('>16H', socket.inet_aton(source) +
                              socket.inet_aton(target) +
                              struct.pack('>HH', 6, len(head)) + head))
    total = (total & 0xffff) + (total >> 16)
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    return head[:16] + struct.pack('>H', total) + head[18:]


def check_invalid(lab):
    before = lab.packets()
    raw = in_netns(lab.a, lambda: socket.socket(
        socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP))
    raw.sendto(tcp_bytes(0x03, A4, B4), (B4, 0))  # SYN and FIN
    raw.sendto(tcp_bytes(0x04, A4, B4), (B4, 0))  # RST of nothing
    tap.ok(wait_for(lambda: lab.packets()[INVALID] - before[INVALID] == 2),
           'what belongs to no connection is invalid', lab.packets())


def check_untracked(lab):
    before = lab.packets()
    subprocess.run(['ip', 'netns', 'exec', lab.gateway, 'nft', '-f', '-'],
                   check=True, text=True, input='table ip raw { chain pre { '
                   'type filter hook prerouting priority -300; '
                   'udp dport 4444 notrack; }; }')
    lab.ask(4444, A4, B4)
    tap.ok(wait_for(lambda: lab.packets()[UNTRACKED] - before[UNTRACKED] == 1),
           'what is not tracked is untracked', lab.packets())
    run('ip', 'netns', 'exec', lab.gateway, 'nft', 'flush', 'ruleset')


def check_local(lab):
    before = lab.packets()
    server, client = udp(lab.gateway, GW_A, 5060), udp(lab.a, A4, 5061)
    client.sendto(b'ask', (GW_A, 5060))
    _, source = server.recvfrom(100)
    server.sendto(b'tell', source)
    received(client)
    client.sendto(b'again', (GW_A, 5060))
    client.sendto(b'other', (GW_A, 5062))
    wait_for(lambda: lab.packets()[LOCAL_NEW] > before[LOCAL_NEW])
    have = [now - then for now, then in zip(lab.packets(), before)]
    tap.equal(have[LOCAL_KNOWN:], [1, 1, 1],
              'to this host: new, then established')


def check_media(lab):
    """Packets of a call pass in front of tracking."""
    nl = in_netns(lab.gateway, Netlink)
    nl.do('session-new', {'id': 1, 'leg-a': leg('192.0.2', 9000, 9000),
                          'leg-b': leg('198.51.100', 9000, 9000)})
    before = lab.tracked()
    sock_a, sock_b = udp(lab.a, A4, 9000), udp(lab.b, B4, 9000)
    sock_a.sendto(rtp(1), (GW_A, 9000))
    sock_b.sendto(rtp(2), (GW_B, 9000))
    tap.equal((received(sock_b), received(sock_a)), (rtp(1), rtp(2)),
              'a call, while connections are tracked')
    tap.equal(lab.tracked(), before, 'is not tracked')
    nl.do('session-del', {'id': 1})
    nl.close()


def tracks(lab, port):
    """Does it, for a packet of that new port?"""
    before = lab.tracked()
    lab.ask(port, A4, B4)
    # The packet has been counted by a rule set that is in force, if any.
    time.sleep(0.2)
    return lab.tracked() > before


def check_who_pays(lab):
    lab.load('network udp accept\n')
    tap.ok(not tracks(lab, 6001), 'no tracking without a rule that asks')
    lab.load('network state new accept\n')
    tap.ok(tracks(lab, 6002), 'tracking with one')
    lab.load('network udp accept\n')
    tap.ok(not tracks(lab, 6003), 'none after it')
    lab.load('network from 2001:db8::/32 state new accept\n')
    tap.ok(not tracks(lab, 6004), 'none of IPv4 for a rule about IPv6')
    lab.load('chain c state new accept\nnetwork udp jump c\n')
    tap.ok(tracks(lab, 6005), 'tracking for a chain')
    lab.load('set s 10.0.0.0/8\nnetwork from @s state new accept\n')
    lab.ringfence('rules', 'set', 'add', 's', A4)
    tap.ok(tracks(lab, 6006), 'tracking goes on when a set changes')
    lab.ringfence('rules', 'clear')
    tap.ok(not tracks(lab, 6007), 'none after all rules are gone')
    lab.load('network udp accept\n')
    lab.load('network state new accept\n', '--confirm', '1')
    tap.ok(tracks(lab, 6008), 'tracking on trial')
    wait_for(lambda: not json.loads(
        lab.ringfence('-j', 'rules', 'list'))['confirm_left'])
    tap.ok(not tracks(lab, 6009), 'none when the trial ends')
    lab.load(RULES)
    lab.load('network udp accept\n', '--confirm', '60')
    tap.ok(tracks(lab, 6010), 'tracking while the set that asks may return')
    lab.ringfence('rules', 'confirm')
    tap.ok(not tracks(lab, 6011), 'none when it will not')


def main():
    load_module()
    with topology() as names:
        lab = Lab(*names)
        lab.load(RULES)
        check_tcp(lab, 'IPv4', B4, A4, socket.AF_INET)
        check_tcp(lab, 'IPv6', B6, A6, socket.AF_INET6)
        check_udp(lab)
        check_error(lab, socket.AF_INET, B4)
        check_error(lab, socket.AF_INET6, B6)
        for check in (check_invalid, check_untracked, check_local,
                      check_media, check_who_pays):
            check(lab)
        # The namespace goes while it tracks.
        lab.load(RULES, '--confirm', '60')
    tap.clean_log()
    tap.finish()


main()
