#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain RTP and RTCP: address families, ports, headers, statistics."""
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import in_netns  # noqa: E402
from lab import (Call, Plain, SSRC, Tap, address, open_lab,  # noqa: E402
                 rtcp, rtp)

tap = Tap()
FAMILIES = ((4, 4), (6, 6), (4, 6), (6, 4))
SO_NO_CHECK = 11


def name(family):
    return 'IPv{} to IPv{}'.format(*family)


def check_families(lab):
    for family in FAMILIES:
        with Call(lab, family=family) as call:
            wrong = []
            for which in 'ab':
                far, port = call.far(which), call.phones['a'].port
                version = call.phones[far].family
                for control in (0, 1):
                    for length in (0, 1, 160, 1200):
                        packet = rtcp() + bytes() if control else \
                            call.fresh(which, payload=bytes(length))
                        call.send(which, packet, control)
                        have = call.phones[far].receive(control)
                        if not have or have[:3] != (
                                packet, address(far, 1, version),
                                port + control):
                            wrong.append((which, control, length, have))
            tap.equal(wrong, [], f'{name(family)}: as it was, from the '
                      "gateway's address and port, both ways")
            tap.equal([call.stats(w)['rx-packets'] for w in 'ab'] +
                      [call.drops('a'), call.drops('b')], [8, 8, {}, {}],
                      f'{name(family)}: counted')


def check_mux(lab):
    for mux in ('a', 'b', 'ab'):
        legs = [Plain(flags=['rtcp-mux'] if w in mux else []) for w in 'ab']
        with Call(lab, *legs) as call:
            wrong = []
            for which in 'ab':
                for packet, control in ((call.fresh(which), 0), (rtcp(), 1),
                                        (call.fresh(which), 0), (rtcp(), 1)):
                    if call.relay(which, packet, control)[2] != packet:
                        wrong.append((which, control))
            tap.equal(wrong, [], f'rtcp-mux on leg {" and ".join(mux)}: RTP '
                      'and RTCP find their ports')
            tap.equal([call.stats(w)[f'{way}-rtcp-packets'] for w in 'ab'
                       for way in ('rx', 'tx')], [2] * 4,
                      f'rtcp-mux on leg {" and ".join(mux)}: RTCP counted')
            for which in mux:
                port = call.phones[which].port + 1
                sock = call.phones[which].socket(port)
                call.phones[which].send(rtcp(), sock=sock, port=port)
                tap.ok(call.lives(which) and not call.drops(which),
                       f'rtcp-mux on leg {which}: the next port is not its')
                sock.close()


def check_ports(lab):
    """RTCP anywhere, and both legs with other numbers."""
    ports = {'a': (30000, 31001, 32002, 33003), 'b': (40000, 41, 42002, 999)}
    legs = {which: dict(zip(('local-port', 'local-rtcp-port', 'peer-port',
                             'peer-rtcp-port'), own))
            for which, own in ports.items()}
    with Call(lab, legs=legs) as call:
        socks = {which: [call.phones[which].socket(port)
                         for port in own[2:]] for which, own in ports.items()}
        wrong = []
        for which in 'ab':
            for control in (0, 1):
                packet = rtcp() if control else call.fresh(which)
                call.phones[which].send(packet, 0, socks[which][control],
                                        ports[which][control])
                far = call.far(which)
                sock = socks[far][control]
                sock.settimeout(5)
                data, source = sock.recvfrom(2048)
                if data != packet or source[1] != ports[far][control]:
                    wrong.append((which, control, source))
        tap.equal(wrong, [], 'each port may be any')
        for both in socks.values():
            for sock in both:
                sock.close()


def set_field(sock, family, what, value):
    level = {4: socket.IPPROTO_IP, 6: socket.IPPROTO_IPV6}[family]
    option = {(4, 'ttl'): socket.IP_TTL, (4, 'tos'): socket.IP_TOS,
              (6, 'ttl'): socket.IPV6_UNICAST_HOPS,
              (6, 'tos'): socket.IPV6_TCLASS}[family, what]
    sock.setsockopt(level, option, value)


def check_ttl(lab):
    for family in FAMILIES:
        with Call(lab, family=family) as call:
            sock = call.phones['a'].sockets[0]
            wrong = []
            for ttl in (2, 10, 64, 255):
                set_field(sock, family[0], 'ttl', ttl)
                call.send('a', call.fresh('a'))
                have = call.phones['b'].receive()
                if not have or have[3] != ttl - 1:
                    wrong.append((ttl, have and have[3]))
            tap.equal(wrong, [], f'{name(family)}: time to live, one less')
            set_field(sock, family[0], 'ttl', 1)
            for _ in range(3):
                call.send('a', call.fresh('a'))
            set_field(sock, family[0], 'ttl', 64)
            tap.ok(call.lives('a') and call.drops('a') == {'ttl-expired': 3},
                   f'{name(family)}: and none at its end', call.drops('a'))


def check_dscp(lab):
    for family in FAMILIES:
        for dscp in (None, 0, 46, 63, 64):
            leg = Plain(**({} if dscp is None else {'dscp': dscp}))
            with Call(lab, b=leg, family=family) as call:
                wrong = []
                for tos in (0, 0x28, 0xb9, 0xfe):
                    set_field(call.phones['a'].sockets[0], family[0], 'tos',
                              tos)
                    call.send('a', call.fresh('a'))
                    have = call.phones['b'].receive()
                    want = tos if dscp in (None, 64) else dscp << 2 | tos & 3
                    if not have or have[4] != want:
                        wrong.append((tos, have and have[4]))
                tap.equal(wrong, [], f'{name(family)}: DSCP {dscp}, and ECN '
                          'is kept')


def udp_packet(family, source, target, check, payload):
    """A UDP header with the right checksum xor check."""
    inet = {4: socket.AF_INET, 6: socket.AF_INET6}[family]
    header = struct.pack('>HHHH', source[1], target[1], 8 + len(payload), 0)
    data = (socket.inet_pton(inet, source[0]) +
            socket.inet_pton(inet, target[0]) +
            struct.pack('>II', 17, 8 + len(payload)) + header + payload)
    words = struct.unpack(f'>{(len(data) + 1) // 2}H',
                          data + bytes(len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return header[:6] + struct.pack('>H', (~total & 0xffff or 0xffff) ^
                                    check) + payload


def check_checksums(lab):
    """A bad one is never made good, and IPv6 always gets one."""
    for family in FAMILIES:
        with Call(lab, family=family) as call:
            phone = call.phones['a']
            inet = {4: socket.AF_INET, 6: socket.AF_INET6}[family[0]]
            raw = in_netns(phone.namespace, socket.socket, inet,
                           socket.SOCK_RAW, socket.IPPROTO_UDP)
            ends = ((address('a', 2, family[0]), phone.port),
                    (address('a', 1, family[0]), phone.port))
            raw.bind((ends[0][0], 0))
            packets = [call.fresh('a', payload=bytes([n]) * (160 + n))
                       for n in range(20)]
            for n, packet in enumerate(packets):
                bad = 0 if n % 2 else 0x0101 << n % 7
                raw.sendto(udp_packet(family[0], *ends, bad, packet),
                           (ends[1][0], 0))
            good = [p for n, p in enumerate(packets) if n % 2]
            tap.ok([call.next('b') for _ in good] == good and
                   call.lives('a'), f'{name(family)}: a bad checksum does '
                   'not become good')
            raw.close()
            if family[0] == 6:
                continue
            phone.sockets[0].setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
            tap.ok(call.lives('a'), f'{name(family)}: none at all is fine')


def check_streams(lab):
    with Call(lab, legs={'a': {'clock-rate': 16000}}) as call:
        for n in [n for n in range(100, 200) if n % 10]:
            call.send('a', rtp(n))
        for n in range(65530, 65540):
            call.send('a', rtp(n, SSRC + 1))
        for _ in range(100):
            call.next('b')
        streams = {s['ssrc']: s for s in call.get()['leg-a']['stream']}
        have = {ssrc: [s[n] for n in ('packets', 'bytes', 'lost', 'sequence')]
                for ssrc, s in streams.items()}
        tap.equal(have, {SSRC: [90, 90 * 160, 9, 199],
                         SSRC + 1: [10, 1600, 0, 65539]},
                  'packets, bytes, loss and sequence number by SSRC')
        for n in range(20):
            call.send('a', rtp(1, SSRC + 10 + n))
        for _ in range(20):
            call.next('b')
        ssrcs = [s['ssrc'] for s in call.get()['leg-a']['stream']]
        tap.equal(sorted(ssrcs), [SSRC + 22 + n for n in range(8)],
                  'of the 8 SSRCs that were heard last')


def check_totals(lab):
    before = lab.totals()
    with Call(lab) as call:
        for which in 'ab':
            call.lives(which), call.lives(which, 1)
        call.send('a', b'\x80\0')
        call.lives('a')
    after = lab.totals()
    names = ('rx-packets', 'tx-packets', 'rx-rtcp-packets',
             'tx-rtcp-packets')
    tap.equal([after[n] - before[n] for n in names] +
              [after['drop'].get('malformed', 0) -
               before['drop'].get('malformed', 0), after['sessions']],
              [5, 5, 2, 2, 1, 0], 'sums over all sessions, gone ones too')


def main():
    with open_lab() as lab:
        for check in (check_families, check_mux, check_ports, check_ttl,
                      check_dscp, check_checksums, check_streams,
                      check_totals):
            check(lab)
    tap.clean_log()
    tap.finish()


main()
