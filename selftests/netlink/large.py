#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions with as many keys and streams as there may be, and what they show.

A reply to session-get is then larger than a page. The legs have SRTP that
neither encrypts nor authenticates, so that packets can be made here: RTP with
an MKI behind it.
"""
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, key, leg, load_module, received,  # noqa: E402
                   rtcp, rtp, topology, udp)
from ynl import NETLINK_GENERIC, NLM_F_DUMP, NLMSG_DONE  # noqa: E402
from ynl import Netlink, nla  # noqa: E402

SUITE = 'aes-cm-128-hmac-sha1-80'
OPEN = ['unencrypted-srtp', 'unauthenticated-srtp']
SESSIONS = 12
DUMP_BUFFER = 32768  # as the spec asks for
WHERE = {'a': ('192.0.2.1', 20000), 'b': ('198.51.100.1', 20000)}

tap = Tap()


def mki(number):
    return bytes([number]) * 128


def keys(x, direction, number):
    first = 4 * (2 * (x == 'b') + (direction == 'tx'))
    return [key(bytes([first + n, number]) * 15, mki(100 + n))
            for n in range(4)]


def session(number):
    port, legs = 20000 + 2 * number, {}
    for x, net in (('a', '192.0.2'), ('b', '198.51.100')):
        legs[f'leg-{x}'] = leg(
            net, port, port, suite=SUITE, flags=OPEN, dscp=46, kdr=1,
            clock_rate=16000, rx_key=keys(x, 'rx', number),
            tx_key=keys(x, 'tx', number))
    return {'id': number + 1, 'label': 'x' * 63} | legs


def check_streams(nl, hosts):
    """8 SSRCs from each side; of each the 4th and 5th packet are lost."""
    for name, sock in hosts.items():
        for ssrc in range(1, 9):
            for seq in (1, 2, 3, 6):
                sock.sendto(rtp(seq, ssrc) + mki(100), WHERE[name])
        far = hosts['b' if name == 'a' else 'a']
        tap.ok(all(received(far) for _ in range(32)), f'leg {name} relays')
    reply = nl.do('session-get', {'id': 1})
    for x in ('leg-a', 'leg-b'):
        streams = sorted(reply[x]['stream'], key=lambda s: s['ssrc'])
        idle = [s.pop('idle') for s in streams]
        jitter = [s.pop('jitter') for s in streams]
        tap.equal(streams, [{'ssrc': ssrc, 'packets': 4, 'bytes': 640,
                             'lost': 2, 'sequence': 6}
                            for ssrc in range(1, 9)], f'{x}: 8 streams')
        tap.ok(max(idle) < 60000 and max(jitter) < 10 ** 6,
               f'{x}: times make sense', (idle, jitter))
        tap.equal([len(reply[x][k]) for k in ('tx-key', 'rx-key')], [4, 4],
                  f'{x}: 4 keys a direction')
    hosts['a'].sendto(rtp(1, 99) + mki(100), WHERE['a'])
    received(hosts['b'])
    have = [s['ssrc'] for s in nl.do('session-get', {'id': 1})
            ['leg-a']['stream']]
    tap.ok(99 in have and len(have) == 8, 'a 9th takes a place', have)


def check_size(nl):
    reply = nl.raw('session-get', nla(1, struct.pack('I', 1)))[0]
    tap.ok(4096 < len(reply) < 8192, 'the reply is larger than a page',
           len(reply))


def fresh_socket():
    """The kernel has not seen yet how large its buffer is."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    sock.bind((0, 0))
    return sock


def dump(nl, sock, size):
    """[ids], bytes of the largest datagram."""
    sock.send(nl.message(nl.family, nl.spec.ops['session-get']['value'],
                         b'', flags=NLM_F_DUMP))
    ids, largest, done = [], 0, False
    while not done:
        data = sock.recv(size)
        largest = max(largest, len(data))
        while len(data) >= 16:
            length, kind = struct.unpack_from('=IH', data)
            if length > len(data):
                raise ValueError('cut off')
            if kind == NLMSG_DONE:
                done = True
            else:
                values = nl.spec.decode('session', data[20:length])
                ids.append(values['id'])
            data = data[(length + 3) & ~3:]
    return ids, largest


def check_dump(nl, gateway):
    for size in (8192, DUMP_BUFFER, 1 << 17):
        with in_netns(gateway, fresh_socket) as sock:
            ids, largest = dump(nl, sock, size)
        tap.equal(ids, list(range(1, SESSIONS + 1)),
                  f'a dump into {size} bytes has all sessions')
        tap.ok(largest <= DUMP_BUFFER, 'no datagram is larger than told',
               largest)


def check_sources(nl, host_b, sock_a):
    """What a plain leg learnt, and when it is forgotten."""
    nl.do('session-new', {'id': 50, 'leg-a': leg('192.0.2', 30000, 40000),
                          'leg-b': leg('198.51.100', 30000, 40000)})
    media, control = (udp(host_b, '198.51.100.2', port)
                      for port in (41000, 41007))

    def learnt():
        have = nl.do('session-get', {'id': 50})['leg-b']
        return have.get('rtp-source'), have.get('rtcp-source')

    def source(port):
        return {'ipv4': '198.51.100.2', 'port': port}

    tap.equal(learnt(), (None, None), 'nothing is learnt at first')
    media.sendto(rtp(1), ('198.51.100.1', 30000))
    tap.equal(received(sock_a), rtp(1), 'another port is accepted')
    tap.equal(learnt(), (source(41000), None), 'and shown')
    control.sendto(rtcp(), ('198.51.100.1', 30001))
    received(sock_a, 0.2)
    tap.equal(learnt(), (source(41000), source(41007)), 'for RTCP as well')
    nl.do('session-set', {'id': 50, 'label': 'x',
                          'leg-b': leg('198.51.100', 30000, 40000)})
    tap.equal(learnt(), (source(41000), source(41007)),
              'it stays when the same peer is signalled again')
    nl.do('session-set', {'id': 50, 'leg-b': {'peer-rtcp-port': 40003}})
    tap.equal(learnt(), (source(41000), None),
              'another port for RTCP: learnt anew')
    nl.do('session-set', {'id': 50, 'leg-b': {'latch': 'strict'}})
    tap.equal(learnt(), (None, None), 'another latch: nothing')
    media.sendto(rtp(2), ('198.51.100.1', 30000))
    tap.equal(received(sock_a, 0.3), None, 'now other ports are refused')
    nl.do('session-del', {'id': 50})


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        nl = in_netns(gateway, Netlink)
        for number in range(SESSIONS):
            nl.do('session-new', session(number))
        hosts = {'a': udp(host_a, '192.0.2.2', 20000),
                 'b': udp(host_b, '198.51.100.2', 20000)}
        check_streams(nl, hosts)
        check_size(nl)
        check_dump(nl, gateway)
        check_sources(nl, host_b, udp(host_a, '192.0.2.2', 40000))
        for number in range(SESSIONS):
            nl.do('session-del', {'id': number + 1})
    tap.clean_log()
    tap.finish()


main()
