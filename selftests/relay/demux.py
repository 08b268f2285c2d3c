#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is no RTP, and whose packets are nobody's business: STUN and DTLS to
userspace, T.38, ports without a session, other traffic of the gateway."""
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import in_netns  # noqa: E402
from lab import (Call, NETS, Plain, Secure, Tap,  # noqa: E402
                 address, open_lab, received, rtcp, rtp, run)

tap = Tap()
CM = 'AES_CM_128_HMAC_SHA1_80'
STUN = b'\0\1\0\0\x21\x12\xa4\x42' + bytes(range(12))
DTLS = b'\x16\xfe\xfd' + bytes(60)
UDPTL = b'\x00\x01\x06' + bytes(40)
OTHERS = {'ZRTP': b'\x10\0' + bytes(30), 'byte 4': b'\4' + bytes(30),
          'byte 19': b'\x13' + bytes(30), 'TURN channel': b'\x40\0' +
          bytes(30), 'byte 127': b'\x7f' + bytes(30), 'version 3':
          b'\xc0' + bytes(30), 'byte 255': b'\xff' * 20}


def own(lab, which, port, family=4, last=1):
    """A socket of the gateway's userspace."""
    def create():
        inet = {4: socket.AF_INET, 6: socket.AF_INET6}[family]
        sock = socket.socket(inet, socket.SOCK_DGRAM)
        sock.bind((address(which, last, family), port))
        return sock
    return in_netns(lab.gateway, create)


def check_punt(lab, b=None):
    """Each is for userspace where it is expected, and for nobody else."""
    for family in ((4, 4), (6, 6)):
        for flags in ((), ('expect-stun',), ('expect-dtls',),
                      ('expect-stun', 'expect-dtls')):
            leg = Plain(flags=flags)
            with Call(lab, leg, b, family=family) as call:
                check_punt_of(lab, call, flags, family[0])


def check_punt_of(lab, call, flags, family):
    what = f"IPv{family}, {' and '.join(flags) or 'nothing expected'}"
    phone = call.phones['a']
    stranger = phone.socket(last=3)
    for control in (0, 1):
        port = phone.port + control
        sock = own(lab, 'a', port, family)
        want, dropped = [], 0
        for name, packet in (('expect-stun', STUN), ('expect-dtls', DTLS)):
            for source in (phone.sockets[control], stranger):
                phone.send(packet, control, source, port)
                if name in flags:
                    want.append((packet, source.getsockname()[:2]))
                else:
                    dropped += 1
        before = call.drops('a').get('unexpected', 0)
        have = []
        sock.settimeout(.3)
        while True:
            try:
                data, source = sock.recvfrom(2048)
            except TimeoutError:
                break
            have.append((data, source[:2]))
        tap.equal(have, want, f"{what}: userspace gets that and no more, "
                  f"{'RTCP' if control else 'RTP'} port")
        tap.ok(call.lives('a', control) and received(sock, .1) is None and
               before == dropped * (1 + control),
               f'{what}: media are relayed, the rest is counted', before)
        sock.close()
    tap.ok(call.next('b', 0, .1) is None, f'{what}: b gets nothing of it')
    stranger.close()


def check_rate(lab):
    leg = Plain(flags=('expect-stun', 'expect-dtls'))
    with Call(lab, leg) as call:
        sock = own(lab, 'a', call.phones['a'].port)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        for n in range(1000):
            call.send('a', STUN if n % 2 else DTLS)
        count = 0
        while received(sock, .2) is not None:
            count += 1
        drops = call.drops('a')
        tap.ok(50 <= count < 1000 and
               drops == {'rate-limited': 1000 - count},
               'of a flood userspace gets some, the rest is counted',
               (count, drops))
        tap.ok(call.lives('a'), 'media pass meanwhile')
        sock.close()


def check_others(lab, b=None):
    for which in 'ab':
        with Call(lab, b=b) as call:
            for packet in OTHERS.values():
                for control in (0, 1):
                    call.send(which, packet, control)
            good = call.lives(which) and call.lives(which, 1)
            tap.ok(good and call.drops(which) ==
                   {'unexpected': 2 * len(OTHERS)},
                   f'leg {which} of {call.legs[which].suite}: unexpected are '
                   + ', '.join(OTHERS), call.drops(which))


def check_udptl(lab, b=None):
    """Relayed as it is between the signalled peers, secure or not."""
    legs = {True: lab.nl.spec.flags['session-flags'], False: []}
    for on, flags in legs.items():
        with Call(lab, b=b, flags=flags) as call:
            what = f"{'with' if on else 'without'} udptl, b is " \
                f'{call.legs["b"].suite or "plain"}'
            for which in 'ab':
                far = call.far(which)
                packets = [UDPTL[:1] + bytes([n]) * length for n, length in
                           enumerate((1, 2, 40, 1000))] + [STUN, DTLS]
                for packet in packets:
                    call.send(which, packet)
                have = [call.next(far, 0, 2 if on else .05)
                        for _ in packets]
                tap.equal(have, packets if on else [None] * len(packets),
                          f'{what}: T.38 is relayed' if on else
                          f'{what}: nothing is relayed')
                call.send(which, UDPTL, 1)
                stranger = call.phones[which].socket(last=3)
                call.phones[which].send(UDPTL, 0, stranger)
                want = {'unexpected': 1, 'wrong-source': 1} if on else \
                    {'unexpected': len(packets) + 2}
                tap.ok(call.lives(which) and call.drops(which) == want,
                       f'{what}: not on RTCP ports, nor from strangers',
                       call.drops(which))
                stranger.close()


def check_no_session(lab):
    for family in (4, 6):
        with Call(lab, family=(family, family)) as call:
            phone = call.phones['a']
            low = phone.port + 50
            lab.nl.do('config-set', {'media-port-min': low - 100,
                                     'media-port-max': low + 10})
            tap.equal(lab.nl.do('config-get'),
                      {'media-port-min': low - 100,
                       'media-port-max': low + 10}, 'config-get tells')
            before = lab.totals()['drop'].get('no-session', 0)
            inside = [own(lab, 'a', port, family) for port in (low, low + 10)]
            outside = own(lab, 'a', low + 11, family)
            for sock in inside:
                for packet in (rtp(1), STUN, b'', bytes(1400)):
                    phone.send(packet, port=sock.getsockname()[1])
            phone.send(b'other', port=low + 11)
            tap.ok(received(outside) == b'other' and
                   all(received(s, .1) is None for s in inside),
                   f'IPv{family}: media ports without a session are closed, '
                   'others are not')
            count = lab.totals()['drop'].get('no-session', 0) - before
            tap.equal(count, 8, f'IPv{family}: each is counted')
            tap.ok(call.lives('a') and call.lives('b'),
                   f'IPv{family}: ports of a session are open')
            check_forwarded(lab, call, family, low)
            lab.nl.do('config-set', {'media-port-min': 0,
                                     'media-port-max': 0})
            phone.send(b'now', port=low)
            tap.equal(received(inside[0]), b'now',
                      f'IPv{family}: and all are again when it is reset')
            for sock in inside + [outside]:
                sock.close()


def check_forwarded(lab, call, family, port):
    """Through the gateway, to the same ports of phone b."""
    name = {4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding'}
    run('ip', 'netns', 'exec', lab.gateway, 'sysctl', '-qw',
        f'{name[family]}=1')
    there = {4: socket.AF_INET, 6: socket.AF_INET6}[family]

    def create():
        sock = socket.socket(there, socket.SOCK_DGRAM)
        sock.bind((address('b', 2, family), port))
        return sock
    sock = in_netns(lab.names[2], create)
    near = call.phones['a'].socket()
    near.sendto(rtp(7), (address('b', 2, family), port))
    passes = received(sock)
    near.sendto(rtp(8), (address('b', 2, family), call.phones['b'].port))
    other = call.next('b')
    tap.equal([passes, other], [rtp(7), rtp(8)], f'IPv{family}: forwarded '
              'traffic is left alone, whatever its port')
    near.close(), sock.close()


def check_local(lab):
    """Sockets of the gateway, and addresses that no leg has."""
    with Call(lab) as call:
        port = call.phones['a'].port
        other = own(lab, 'b', port + 1000)
        beside = own(lab, 'a', port + 2)
        call.phones['b'].send(b'to b', port=port + 1000)
        call.phones['a'].send(rtp(1), port=port + 2)
        tap.equal([received(other), received(beside)], [b'to b', rtp(1)],
                  "the gateway's other sockets get what is theirs")
        run('ip', '-n', lab.gateway, 'address', 'add',
            f'{NETS["a"][4]}9/24', 'dev', 'va')
        ninth = own(lab, 'a', port, last=9)
        call.phones['a'].sockets[0].sendto(rtp(2), (address('a', 9), port))
        tap.ok(received(ninth) == rtp(2) and call.next('b', 0, .1) is None,
               "a session's port is that of its own address only")
        run('ip', '-n', lab.gateway, 'address', 'delete',
            f'{NETS["a"][4]}9/24', 'dev', 'va')
        for sock in (other, beside, ninth):
            sock.close()
        taken = own(lab, 'a', port)
        tap.ok(call.lives('a') and received(taken, .1) is None,
               'a socket on a port of a session gets no media')
        out = own(lab, 'a', port + 500)
        out.sendto(b'hello', (address('a'), port))
        tap.equal(call.next('a'), b'hello', "what the gateway's sockets send "
                  'is left alone')
        taken.close(), out.close()


def check_deleted(lab):
    call = Call(lab)
    good = call.lives('a') and call.lives('b')
    lab.nl.do('session-del', {'id': call.number})
    sock = own(lab, 'a', call.phones['a'].port)
    call.send('a', rtp(1))
    call.send('a', rtcp(), 1)
    tap.ok(good and received(sock) == rtp(1) and
           call.next('b', 0, .1) is None,
           'after session-del its ports are free')
    sock.close()
    for phone in call.phones.values():
        phone.close()


def main():
    secure = [] if 'plain' in sys.argv else [Secure(CM)]
    with open_lab() as lab:
        for leg in [None] + secure:
            check_punt(lab, leg)
            check_others(lab, leg)
            check_udptl(lab, leg)
        for check in (check_rate, check_no_session, check_local,
                      check_deleted):
            check(lab)
    tap.clean_log()
    tap.finish()


main()
