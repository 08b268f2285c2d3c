#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What rule sets do to a host's own traffic, by the command line tool.

What is implicit in a default of drop, reject, log, trial and confirmation,
address sets, and that what is refused changes nothing.

    a 192.0.2.2 --- 192.0.2.1 gateway 198.51.100.1 --- 198.51.100.2 b
      fd00::2          fd00::1
"""
import json
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (BUILD, Tap, in_netns, leg, load_module,  # noqa: E402
                   received, rtp, run, topology, udp, wait_for)
from ynl import Netlink  # noqa: E402

CLI = str(BUILD / 'userspace/ringfence/ringfence')
A4, GW4, B4, A6, GW6 = ('192.0.2.2', '192.0.2.1', '198.51.100.2', 'fd00::2',
                        'fd00::1')
tap = Tap()


class Lab:
    def __init__(self, host_a, gateway, host_b):
        self.a, self.gateway, self.b = host_a, gateway, host_b
        for ns, dev, address in ((host_a, 'eth0', A6), (gateway, 'va', GW6)):
            run('ip', '-n', ns, 'address', 'add', f'{address}/64', 'dev', dev,
                'nodad')
        self.sysctl(gateway, 'ipv4/ip_forward', 1)

    @staticmethod
    def sysctl(namespace, name, value):
        in_netns(namespace, lambda: pathlib.Path('/proc/sys/net', name)
                 .write_text(str(value), encoding='ascii'))

    def rules(self, *words, text=None):
        """(exit status, all that it said)"""
        done = subprocess.run([CLI, '-n', self.gateway, 'rules', *words],
                              check=False, input=text, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def load(self, text, *options):
        status, said = self.rules('load', *options, '-', text=text)
        if status:
            raise RuntimeError(f'{text}: {said}')

    def listed(self):
        return json.loads(run(CLI, '-n', self.gateway, '-j', 'rules',
                              'list'))

    def texts(self):
        return [rule['text'] for rule in self.listed()['rules']]

    def packets(self):
        return [rule['packets'] for rule in self.listed()['rules']]


def pings(namespace, address):
    return not subprocess.run(
        ['ip', 'netns', 'exec', namespace, 'ping', '-c', '1', '-W', '1',
         address], check=False, stdout=subprocess.DEVNULL).returncode


def listener(namespace, address, family=socket.AF_INET):
    def create():
        sock = socket.create_server((address, 7000), family=family)
        sock.settimeout(2)
        return sock
    return in_netns(namespace, create)


def connect(namespace, address, port=7000, seconds=1.0):
    return in_netns(namespace, socket.create_connection, (address, port),
                    seconds)


def can_connect(namespace, address, port=7000):
    """True, or the name of the error."""
    try:
        connect(namespace, address, port).close()
        return True
    except OSError as error:
        return type(error).__name__


def talks(server, client):
    """Bytes go both ways."""
    peer = server.accept()[0]
    peer.settimeout(2)
    client.send(b'ask')
    asked = received(peer)
    peer.send(b'tell')
    told = received(client)
    return (asked, told) == (b'ask', b'tell'), peer


def check_own_tcp(lab, name, address, family=socket.AF_INET):
    with listener(lab.a, address, family) as server:
        client = connect(lab.gateway, address)
        tap.ok(talks(server, client)[0], name)


def connected(namespace, address, peer, family=socket.AF_INET):
    def create():
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.bind((address, 0))
        sock.connect((peer, 9))
        return sock
    return in_netns(namespace, create)


def check_hears_error(sock, name):
    """What a connected socket sends is answered by an ICMP error."""
    sock.send(b'x')
    time.sleep(0.3)
    try:
        sock.send(b'x')
        tap.ok(False, name, 'no error')
    except ConnectionRefusedError:
        tap.ok(True, name)


def check_own_udp(lab):
    far = udp(lab.a, A4, 9)
    near = connected(lab.gateway, GW4, A4)
    near.send(b'ask')
    _, source = far.recvfrom(100)
    far.sendto(b'tell', source)
    tap.equal(received(near), b'tell', 'UDP answers a socket that is connected')
    loose = udp(lab.gateway, GW4, 9999)
    loose.sendto(b'ask', (A4, 9))
    _, source = far.recvfrom(100)
    far.sendto(b'tell', source)
    tap.equal(received(loose, 0.5), None, 'but not one that is not')
    far.close()
    check_hears_error(near, 'an ICMP error reaches its socket')


def check_implicit(lab):
    lab.load('')
    tap.ok(pings(lab.gateway, A4), 'this host pings another')
    tap.ok(pings(lab.gateway, A6), 'and by IPv6, so neighbours are found')
    check_own_tcp(lab, 'its TCP connections work', A4)
    check_own_tcp(lab, 'and by IPv6', A6, socket.AF_INET6)
    lab.sysctl(lab.gateway, 'ipv4/tcp_early_demux', 0)
    check_own_tcp(lab, 'and without early demux', A4)
    check_own_udp(lab)
    with listener(lab.gateway, '127.0.0.1'):
        tap.equal(can_connect(lab.gateway, '127.0.0.1'), True,
                  'it reaches itself by loopback')
    tap.ok(lab.listed()['local_implicit']['packets'] > 20,
           'what was implicit is counted')


def check_closed(lab):
    """All else is dropped; but neighbours are found."""
    run('ip', '-n', lab.a, 'neighbour', 'flush', 'all')
    tap.ok(not pings(lab.a, GW4), 'nobody pings this host')
    tap.ok(not pings(lab.a, GW6), 'nor by IPv6')
    found = run('ip', '-n', lab.a, '-j', 'neighbour', 'show', GW6)
    tap.ok(found.strip() and 'lladdr' in json.loads(found)[0],
           'though he finds it as a neighbour', found)
    with listener(lab.gateway, GW4):
        tap.equal(can_connect(lab.a, GW4), 'TimeoutError',
                  'nobody connects to it')
    server = udp(lab.gateway, GW4, 5060)
    udp(lab.a, A4, 5060).sendto(b'hello', (GW4, 5060))
    tap.equal(received(server, 0.5), None, 'nor reaches it by UDP')
    tap.ok(pings(lab.a, B4), 'what is forwarded is not meant')


def check_call(lab):
    """Media of a session needs no rule."""
    nl = in_netns(lab.gateway, Netlink)
    nl.do('session-new', {'id': 1, 'leg-a': leg('192.0.2', 9000, 9000),
                          'leg-b': leg('198.51.100', 9000, 9000)})
    lab.load('default network drop\nlocal drop\nnetwork drop\n')
    sock_a, sock_b = udp(lab.a, A4, 9000), udp(lab.b, B4, 9000)
    sock_a.sendto(rtp(1), (GW4, 9000))
    tap.equal(received(sock_b), rtp(1), 'an open call needs no rule')
    nl.do('session-del', {'id': 1})
    nl.close()


def check_open(lab):
    lab.load('local tcp dport 7000 accept\n'
             'local icmp type echo-request accept\n'
             f'local from {A6} udp dport 5060 accept # big\n')
    tap.ok(pings(lab.a, GW4), 'what a rule accepts comes in')
    with listener(lab.gateway, GW4) as server:
        client = connect(lab.a, GW4)
        good, peer = talks(server, client)
        tap.ok(good, 'also TCP')
        lab.load('')
        client.send(b'more')
        tap.equal(received(peer), b'more',
                  'a connection that is there outlives a stricter set')
        lab.load(f'local from {A4} drop\n')
        client.send(b'cut')
        tap.equal(received(peer, 0.5), None, 'but not a rule that drops it')


def check_fragments(lab):
    lab.load(f'local from {A6} udp dport 5060 accept\n')

    def create(address):
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind((address, 5060))
        return sock
    server = in_netns(lab.gateway, create, GW6)
    in_netns(lab.a, create, A6).sendto(bytes(5000), (GW6, 5060))
    tap.equal(received(server), bytes(5000), 'IPv6 fragments are put together')
    lab.load(f'local from {A6} udp dport 5061 accept\n')
    in_netns(lab.a, lambda: socket.socket(
        socket.AF_INET6, socket.SOCK_DGRAM)).sendto(bytes(5000), (GW6, 5060))
    tap.equal(received(server, 0.5), None, 'before they are judged')


def check_reject(lab):
    lab.load('network reject\nlocal reject\n')
    for name, address in (('forwarded', B4), ('to this host', GW4)):
        tap.equal(can_connect(lab.a, address), 'ConnectionRefusedError',
                  f'reject is heard, {name}')
    sock = connected(lab.a, A6, GW6, socket.AF_INET6)
    check_hears_error(sock, 'and by IPv6')


def check_log(lab):
    run('modprobe', 'nf_log_syslog', check=False)
    pathlib.Path('/proc/sys/net/netfilter/nf_log_all_netns').write_text(
        '1', encoding='ascii')
    lab.load('network udp dport 1234 log rate 3 # strange\n')
    sock = udp(lab.a, A4, 1)
    for _ in range(50):
        sock.sendto(b'x', (B4, 1234))
    wait_for(lambda: lab.packets() == [50])
    tap.equal(lab.packets(), [50], 'a rule that logs counts all it matches')
    lines = [line for line in run('dmesg').splitlines()
             if 'ringfence rule 1 strange: ' in line]
    tap.ok(3 <= len(lines) <= 9 and f'SRC={A4} DST={B4}' in lines[0] and
           'DPT=1234' in lines[0],
           'and logs three a second', '\n'.join(lines) or 'nothing')


def check_ban(lab):
    """A rule bans whose packet it matched, unless he is trusted."""
    nl = in_netns(lab.gateway, Netlink)
    nl.do('trust-new', {'prefix': {'ipv4': B4}})
    lab.load('local udp dport 1234 ban 10m # scanner\nlocal accept\n')
    for host, address, gateway, banned in (
            (lab.b, B4, '198.51.100.1', False), (lab.a, A4, GW4, True)):
        before = lab.packets()[0]
        udp(host, address, 1).sendto(b'x', (gateway, 1234))
        wait_for(lambda: lab.packets()[0] > before)
        tap.equal(lab.packets()[0] - before, 1, f'{address} meets a ban')
        tap.equal(pings(host, gateway), not banned,
                  'and is heard no more' if banned else 'but is trusted')
    bans = nl.dump('ban-get')
    tap.equal([(ban['prefix']['ipv4'], ban['time'], ban['reason'], ban['rule'],
                ban['comment']) for ban in bans],
              [(A4, 600, 'rule', 1, 'scanner')], 'the ban is listed')
    nl.do('ban-del')
    nl.do('trust-del', {'prefix': {'ipv4': B4}})
    tap.ok(pings(lab.a, GW4), 'and ends when it is removed')
    lab.load('local udp dport 1234 ban 10m\nlocal accept\n')
    udp(lab.a, A4, 1).sendto(b'x', (GW4, 1234))
    wait_for(lambda: nl.dump('ban-get'))
    lab.load('local accept\n')
    tap.ok(not pings(lab.a, GW4), 'a ban outlives its rule')
    nl.do('ban-del')
    nl.close()


def check_trial(lab):
    lab.load('local accept # first\n')
    first = lab.texts()
    status, said = lab.rules('load', '--confirm', '5', '-', text='local drop')
    tap.ok(status == 0 and 'keep it with: ringfence rules confirm' in said,
           'rules on trial', said)
    have = lab.listed()
    tap.ok(have['rules'][0]['text'] == 'local drop' and
           1 <= have['confirm_left'] <= 5, 'they are in force', have)
    tap.ok(wait_for(lambda: lab.texts() == first),
           'those before come back')
    tap.equal(lab.rules('confirm')[0], 1, 'it is too late to confirm')
    lab.load('local count # second', '--confirm', '1')
    lab.load('local count # third', '--confirm', '60')
    time.sleep(1.5)
    tap.equal(lab.texts(), ['local count # third'],
              'the time runs from the last one')
    lab.load('local count # fourth', '--confirm', '1')
    tap.ok(wait_for(lambda: lab.texts() == first),
           'what was never confirmed does not come back')
    lab.load('local drop', '--confirm', '1')
    tap.equal(lab.rules('confirm'), (0, ''), 'confirmed')
    time.sleep(1.5)
    tap.equal((lab.texts(), lab.listed()['confirm_left']),
              (['local drop'], 0), 'then they stay')
    lab.load('local drop # x', '--confirm', '1')
    lab.load('local count')
    time.sleep(1.5)
    tap.equal(lab.texts(), ['local count'], 'so do others without a trial')
    tap.equal(lab.rules('clear'), (0, ''), 'cleared')
    lab.load('local drop', '--confirm', '1')
    tap.ok(wait_for(lambda: not lab.listed()['in_force']),
           'where there was nothing, nothing comes back')
    tap.ok(pings(lab.a, GW4), 'and everything passes')


def check_sets(lab):
    lab.load('set s 192.0.2.0/24\nnetwork from @s icmp reject\n')
    tap.ok(not pings(lab.a, B4), 'a rule with a set')
    tap.equal(lab.rules('set', 'del', 's', '192.0.2.0/24'), (0, ''),
              'an entry is removed')
    tap.ok(pings(lab.a, B4), 'then it matches no more')
    lab.rules('set', 'add', 's', A4, '2001:db8::/32')
    tap.ok(not pings(lab.a, B4), 'an entry is added')
    tap.equal(lab.packets(), [2], 'counters go on')
    tap.equal(lab.listed()['sets'],
              [{'name': 's', 'entries': [A4, '2001:db8::/32']}], 'both show')
    lab.rules('set', 'replace', 's', '10.0.0.0/8')
    tap.equal(lab.listed()['sets'],
              [{'name': 's', 'entries': ['10.0.0.0/8']}], 'all replaced')
    for words, want in ((('del', 's', A4), "an entry to delete isn't in"),
                        (('add', 't', A4), 'there is no such set'),
                        (('add', 's', '10.0.0.1/8'), 'has bits set behind')):
        status, said = lab.rules('set', *words)
        tap.ok(status and want in said, f"rules set {' '.join(words)}", said)
    tap.equal(lab.listed()['sets'],
              [{'name': 's', 'entries': ['10.0.0.0/8']}],
              'nothing was changed')


def check_whole(lab):
    """A rule set is taken whole or not at all."""
    lab.load('local icmp count\n')
    pings(lab.a, GW4)
    before = lab.listed()
    tap.equal(before['rules'][0]['packets'], 1, 'a rule counts')
    for text, want in (('local accept\nlocal from 10.0.0.0/99 drop\n',
                        '-:2: a prefix of that address has 0 to 32 bits'),
                       ('local jump x\n', '-:1: chain x has no rules')):
        status, said = lab.rules('load', '-', text=text)
        tap.ok(status == 2 and want in said, f'refused: {want}', said)
    # What only the module can refuse: more bitmaps than memory.
    text = 'network jump c\n' * 2 + ''.join(
        f'chain c from 10.0.{n // 256}.{n % 256} udp sport {n}-{n + 9000} '
        f'dport {n + 9000}-{n + 18000} accept\n' for n in range(8000))
    status, said = lab.rules('load', '-', text=text)
    tap.ok(status == 1 and 'needs more memory than a rule set may' in said,
           'refused for want of memory', said)
    have = lab.listed()
    tap.equal(have['rules'], before['rules'], 'nothing was changed')
    lab.load('local icmp count\n')
    have = lab.listed()
    for one in (before, have):
        for name in ('compile_time', 'local_implicit', 'local_default'):
            one.pop(name)
    before['rules'][0] |= {'packets': 0, 'bytes': 0}
    tap.equal(have, before, 'a load starts counters anew')


def main():
    load_module()
    with topology() as names:
        lab = Lab(*names)
        tap.equal(lab.rules('list'), (0, 'no rules: everything passes\n'),
                  'no rules at first')
        for check in (check_implicit, check_closed, check_call, check_open,
                      check_fragments, check_reject, check_log, check_ban, check_sets,
                      check_whole, check_trial):
            check(lab)
        # The namespace goes with a rule set on trial.
        lab.load('local drop', '--confirm', '60')
    tap.clean_log()
    tap.finish()


main()
