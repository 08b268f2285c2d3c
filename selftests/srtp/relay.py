#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The relay against libsrtp2, packet by packet.

   phone a  -- RTP -->  gateway  -- SRTP -->  phone b (libsrtp2)

Whether a packet was dropped is seen without waiting: a good one follows it,
and must be the next to arrive.
"""
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (BUILD, Tap, in_netns, leg, load_module,  # noqa: E402
                   received, rtcp, rtp, run, topology, udp)
from ynl import Netlink  # noqa: E402

SUITES = {'AES_CM_128_HMAC_SHA1_80': ('aes-cm-128-hmac-sha1-80', 10),
          'AES_CM_128_HMAC_SHA1_32': ('aes-cm-128-hmac-sha1-32', 4)}
RTCP_ADDED = 4 + 10  # E and index, and a tag of 80 bits with both suites
WINDOW = 64  # RFC 3711 section 3.3.2: at least
MAX_SSRCS = 8
ADDRESS_A, ADDRESS_B = '192.0.2', '198.51.100'

tap = Tap()


def key(number):
    return bytes((number * 31 + i * 5) & 0xff for i in range(30))


class Libsrtp:
    """The srtp-peer process: streams by name, 'to-' ones protect."""

    def __init__(self):
        self.process = subprocess.Popen(
            [BUILD / 'userspace/srtp-peer'], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f'srtp-peer ended at: {words}')
        return answer

    def new(self, name, suite, secret):
        assert self.ask('new', name, suite, secret.hex()) == 'ok'

    def run(self, verb, name, packet):
        """The packet, or None where libsrtp2 refuses."""
        answer = self.ask(verb, name, packet.hex())
        return None if answer.startswith('error') else bytes.fromhex(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Side:
    """A phone: RTP and RTCP sockets, and where the gateway listens."""

    def __init__(self, namespace, net, port):
        self.namespace, self.net, self.port = namespace, net, port
        self.sockets = [udp(namespace, f'{net}.2', port + i) for i in (0, 1)]

    def send(self, packet, control=0, sock=None):
        (sock or self.sockets[control]).sendto(
            packet, (f'{self.net}.1', self.port + control))

    def next(self, control=0, seconds=2.0):
        return received(self.sockets[control], seconds)

    def drain(self):
        for control in (0, 1):
            while self.next(control, 0.05) is not None:
                pass

    def close(self):
        for sock in self.sockets:
            sock.close()


class Secure:
    """One call: plain side a, secure side b, and libsrtp2 for b."""

    numbers = iter(range(1, 1000))

    def __init__(self, lab, suite, number=None):
        self.lab, self.suite = lab, suite
        self.number = number or next(self.numbers)
        self.tag = SUITES[suite][1]
        self.seq = {'a': 1000, 'b': 2000}
        self.keys = [key(2 * self.number), key(2 * self.number + 1)]
        port = 20000 + 10 * self.number
        self.a = Side(lab.names[0], ADDRESS_A, port)
        self.b = Side(lab.names[2], ADDRESS_B, port)
        lab.nl.do('session-new', {
            'id': self.number, 'leg-a': leg(ADDRESS_A, port, port),
            'leg-b': leg(ADDRESS_B, port, port, suite=SUITES[suite][0],
                         tx_key=self.keys[0], rx_key=self.keys[1])})
        self.new_judge()

    def new_judge(self):
        self.lab.libsrtp.new(f'from-{self.number}', self.suite, self.keys[0])
        self.lab.libsrtp.new(f'to-{self.number}', self.suite, self.keys[1])

    def close(self):
        self.lab.nl.do('session-del', {'id': self.number})
        self.a.close()
        self.b.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def drops(self, which):
        stats = self.lab.nl.do('session-get', {'id': self.number})[
            f'leg-{which}']['stats']
        return {d['reason']: d['packets'] for d in stats.get('drop', [])}

    def protect(self, packet, control=0):
        return self.lab.libsrtp.run('protect-rtcp' if control else 'protect',
                                    f'to-{self.number}', packet)

    def unprotect(self, packet, control=0):
        if packet is None:
            return None
        return self.lab.libsrtp.run(
            'unprotect-rtcp' if control else 'unprotect',
            f'from-{self.number}', packet)

    def to_secure(self, packet, control=0):
        """Send plain; (what went over the wire, what libsrtp2 made of it)"""
        self.a.send(packet, control)
        wire = self.b.next(control)
        return wire, self.unprotect(wire, control)

    def to_plain(self, packet, control=0):
        """Send what libsrtp2 protects; (that, what arrived)"""
        wire = self.protect(packet, control)
        self.b.send(wire, control)
        return wire, self.a.next(control)

    def fresh(self, side, ssrc=0x11223344, **more):
        self.seq[side] += 1
        return rtp(self.seq[side], ssrc, **more)

    def lives(self, side):
        """A new good packet arrives next, and so nothing else before it."""
        packet = self.fresh(side)
        _, result = self.to_secure(packet) if side == 'a' \
            else self.to_plain(packet)
        return result == packet


class Lab:
    def __init__(self, names):
        self.names = names
        self.nl = in_netns(names[1], Netlink)
        self.libsrtp = Libsrtp()


def added(before, after):
    return {r: n - before.get(r, 0) for r, n in after.items()
            if n != before.get(r, 0)}


def shapes():
    """Packets of every legal form of header and of many lengths."""
    for length in (0, 1, 2, 15, 16, 17, 31, 33, 80, 160, 161, 240, 1200):
        yield f'{length} bytes of payload', rtp(
            0, payload=bytes((i * 7) & 0xff for i in range(length)))
    base = rtp(0)
    yield 'marker and type 127', base[:1] + b'\xff' + base[2:]
    yield '2 CSRCs', b'\x82' + base[1:12] + bytes(range(8)) + base[12:]
    yield '15 CSRCs', b'\x8f' + base[1:12] + bytes(60) + base[12:]
    yield 'an extension', (b'\x90' + base[1:12] +
                           struct.pack('>HH', 0xbede, 2) + bytes(8) +
                           base[12:])
    yield 'CSRC and extension', (b'\x91' + base[1:12] + bytes(4) +
                                 struct.pack('>HH', 1, 1) + bytes(4) +
                                 base[12:])
    yield 'padding', b'\xa0' + base[1:] + b'\0\0\0\4'


def numbered(packet, seq):
    return packet[:2] + struct.pack('>H', seq & 0xffff) + packet[4:]


def check_rtp(call):
    for what, packet in shapes():
        packet = numbered(packet, call.seq['a'] + 1)
        call.seq['a'] += 1
        wire, result = call.to_secure(packet)
        head = 12 + 4 * (packet[0] & 15)
        tap.ok(result == packet and len(wire) == len(packet) + call.tag and
               wire[:head] == packet[:head] and
               (len(packet) < head + 16 or wire[head:len(packet)] !=
                packet[head:]),
               f'{call.suite}: RTP to SRTP, {what}', (packet, wire, result))
    for what, packet in shapes():
        packet = numbered(packet, call.seq['b'] + 1)
        call.seq['b'] += 1
        _, result = call.to_plain(packet)
        tap.equal(result, packet, f'{call.suite}: SRTP to RTP, {what}')


def check_rtcp(call):
    sdes = struct.pack('>BBHIBB', 0x81, 202, 2, 0x11223344, 1, 2) + b'ab'
    bye = struct.pack('>BBHI', 0x81, 203, 1, 0x11223344)
    for what, packet in (('a sender report', rtcp()),
                         ('an empty receiver report',
                          struct.pack('>BBHI', 0x80, 201, 1, 0x11223344)),
                         ('a compound', rtcp() + sdes + bye)):
        wire, result = call.to_secure(packet, 1)
        tap.ok(result == packet and len(wire) == len(packet) + RTCP_ADDED,
               f'{call.suite}: RTCP to SRTCP, {what}', (packet, wire, result))
        _, result = call.to_plain(packet, 1)
        tap.equal(result, packet, f'{call.suite}: SRTCP to RTCP, {what}')


def check_counters(call):
    """Of all so far: nothing dropped, bytes as on the wire."""
    one = call.lab.nl.do('session-get', {'id': call.number})
    a, b = (one[x]['stats'] for x in ('leg-a', 'leg-b'))
    count, control = len(list(shapes())), 3
    tap.ok(a['rx-packets'] == b['tx-packets'] == count + control ==
           b['rx-packets'] == a['tx-packets'] and
           a['rx-rtcp-packets'] == b['tx-rtcp-packets'] == control ==
           b['rx-rtcp-packets'] == a['tx-rtcp-packets'],
           f'{call.suite}: every packet is counted', one)
    longer = count * call.tag + control * RTCP_ADDED
    tap.ok(b['tx-bytes'] - a['rx-bytes'] == longer ==
           b['rx-bytes'] - a['tx-bytes'] and
           not a.get('drop') and not b.get('drop'),
           f'{call.suite}: and every byte, no drop', one)


def check_replay(call):
    before = call.drops('b')
    wires = [call.to_plain(call.fresh('b'))[0] for _ in range(5)]
    control = call.to_plain(rtcp(), 1)[0]
    for wire in wires * 3:
        call.b.send(wire)
    call.b.send(control, 1)
    tap.ok(call.lives('b'), f'{call.suite}: replayed SRTP is dropped')
    packet = rtcp(packets=2)
    tap.equal(call.to_plain(packet, 1)[1], packet,
              f'{call.suite}: replayed SRTCP is dropped')
    tap.equal(added(before, call.drops('b')), {'replayed': 16},
              f'{call.suite}: both are counted')


def flipped(packet, position, bit=1):
    changed = bytearray(packet)
    changed[position] ^= bit
    return bytes(changed)


def check_tampering(call):
    packet = call.fresh('b')
    wire = call.protect(packet)
    before = call.drops('b')
    places = {'timestamp': range(4, 8), 'SSRC': range(8, 12),
              'payload': range(12, len(packet)),
              'tag': range(len(packet), len(wire))}
    for what, positions in places.items():
        for position in positions:
            call.b.send(flipped(wire, position))
    call.b.send(wire)
    tap.equal(call.a.next(), packet, f'{call.suite}: tampered SRTP is '
              'dropped, the genuine packet is relayed after it')
    count = sum(map(len, places.values()))
    tap.equal(added(before, call.drops('b')), {'auth-failed': count},
              f'{call.suite}: each counted as auth-failed')

    packet = call.fresh('b')
    wire = call.protect(packet)
    before = call.drops('b')
    for position in range(4):
        for bit in range(8):
            call.b.send(flipped(wire, position, 1 << bit))
    call.b.send(wire)
    tap.equal(call.a.next(), packet,
              f'{call.suite}: tampered first word and number, the same')
    found = added(before, call.drops('b'))
    tap.ok(sum(found.values()) == 32 and
           found.keys() <= {'auth-failed', 'malformed', 'replayed'},
           f'{call.suite}: all counted', found)


def check_rtcp_tampering(call):
    packet = rtcp(packets=3)
    wire = call.protect(packet, 1)
    before = call.drops('b')
    for position in range(4, len(wire)):
        call.b.send(flipped(wire, position), 1)
    call.b.send(flipped(wire, len(packet), 0x80), 1)  # the E bit
    call.b.send(wire, 1)
    tap.equal(call.a.next(1), packet, f'{call.suite}: tampered SRTCP is '
              'dropped, the genuine packet is relayed after it')
    found = added(before, call.drops('b'))
    tap.ok(sum(found.values()) == len(wire) - 3 and
           found.get('malformed', 0) <= 1 and  # it must be encrypted
           found.keys() <= {'auth-failed', 'malformed', 'replayed'} and
           found['auth-failed'] >= len(wire) - 8,
           f'{call.suite}: and counted', found)


def check_wrong_source(call):
    for side, far, which in ((call.a, call.b, 'a'), (call.b, call.a, 'b')):
        before = call.drops(which)
        strangers = [udp(side.namespace, f'{side.net}.2', 9999),
                     udp(side.namespace, f'{side.net}.3', side.port),
                     side.sockets[1]]  # the RTCP port is not the RTP port
        packet = call.fresh(which)
        if which == 'b':
            packet = call.protect(packet)
        for sock in strangers:
            side.send(packet, 0, sock)
        tap.ok(call.lives(which), f'{call.suite}: leg {which} drops what '
               'comes from another address or port')
        tap.equal(added(before, call.drops(which)), {'wrong-source': 3},
                  f'{call.suite}: leg {which} counts it')
        tap.ok(all(received(s, 0.05) is None for s in strangers[:2]),
               f'{call.suite}: and answers nothing')
        for sock in strangers[:2]:
            sock.close()
        far.drain()


def check_truncated(call):
    for which, side in (('a', call.a), ('b', call.b)):
        for control in (0, 1):
            before = call.drops(which)
            if which == 'a':
                packet = rtcp()[:8] if control else rtp(0)[:12]
            else:
                packet = call.protect(rtcp() if control else
                                      call.fresh('b'), control)
            for length in range(len(packet)):
                side.send(packet[:length], control)
            tap.ok(call.lives(which), f'{call.suite}: leg {which} drops '
                   f"{'RTCP' if control else 'RTP'} of 0 to "
                   f'{len(packet) - 1} bytes')
            found = added(before, call.drops(which))
            tap.ok(sum(found.values()) == len(packet) and found.keys() <=
                   {'malformed', 'auth-failed', 'replayed'} and
                   found.get('malformed', 0) >= 8,
                   f'{call.suite}: and counts each', found)


def check_plain_at_secure_leg(call):
    before = call.drops('b')
    for seq in range(10):
        call.b.send(rtp(3000 + seq))
        call.b.send(rtcp(), 1)
    tap.ok(call.lives('b') and call.a.next(1, 0.1) is None,
           f'{call.suite}: RTP and RTCP without protection are dropped')
    tap.equal(sum(added(before, call.drops('b')).values()), 20,
              f'{call.suite}: and counted')


def relayed_all(call, side, numbers, ssrc):
    """The numbers whose packet did not arrive as it was."""
    relay = call.to_secure if side == 'a' else call.to_plain
    lost = []
    for number in numbers:
        packet = rtp(number, ssrc)
        if relay(packet)[1] != packet:
            lost.append(number)
    return lost


ORDERS = {
    'sequence numbers wrap': list(range(65530, 65536)) + list(range(11)),
    'reordering around the wrap': [65533, 65535, 65534, 1, 65532, 0, 3, 2],
    'reordering within the window':
        [100, 100 + WINDOW - 1, *range(101, 100 + WINDOW - 1), 200],
    'backwards': [500, *range(499, 500 - WINDOW, -1), 501],
    'jumps': [7, 10007, 40006, 60000, 5000, 5001],
}


def check_orders(call):
    ssrcs = iter(range(0x500, 0x600))
    for side, way in (('a', 'RTP to SRTP'), ('b', 'SRTP to RTP')):
        # A session of its own, for it has not SSRCs enough for all.
        with Secure(call.lab, call.suite) as own:
            for what, numbers in ORDERS.items():
                tap.equal(relayed_all(own, side, numbers, next(ssrcs)), [],
                          f'{call.suite}: {way}, {what}')
            tap.equal([own.drops('a'), own.drops('b')], [{}, {}],
                      f'{call.suite}: {way}, none dropped of all these')


def check_too_old(call):
    old = call.fresh('b')
    wire = call.protect(old)
    call.seq['b'] += 1000
    tap.ok(call.lives('b'), f'{call.suite}: 1000 numbers lost')
    before = call.drops('b')
    call.b.send(wire)
    tap.ok(call.lives('b'), f'{call.suite}: older than the window is dropped')
    tap.equal(added(before, call.drops('b')), {'replayed': 1},
              f'{call.suite}: and counted as replayed')


def check_no_index_twice(call):
    """Duplicates from the plain phone: one SRTP packet per index."""
    call.a.drain(), call.b.drain()
    sent = [call.fresh('a', payload=bytes([n]) * 160) for n in range(20)]
    other = [p[:12] + bytes(160) for p in sent]
    for burst in (sent, sent, other, sent[::-1]):
        for packet in burst:
            call.a.send(packet)
    last = call.fresh('a')
    call.a.send(last)
    wires = []
    while not wires or wires[-1][2:4] != last[2:4]:
        wire = call.b.next()
        if wire is None:
            break
        wires.append(wire)
    numbers = [w[2:4] for w in wires]
    tap.ok(len(numbers) == len(set(numbers)) == len(sent) + 1,
           f'{call.suite}: a duplicate is never protected again', numbers)
    tap.equal([call.unprotect(w) for w in wires], sent + [last],
              f'{call.suite}: libsrtp2 takes each, the first of its number')


def set_keys(call, keys):
    call.lab.nl.do('session-set', {
        'id': call.number, 'leg-b': {'tx-key': keys[0], 'rx-key': keys[1]}})


def check_same_key_again(lab, suite):
    """A re-INVITE repeats the keys after a wrap: the roll-over counter, the
    replay window and the indices used are kept."""
    with Secure(lab, suite) as call:
        across = [65534, 65535, 0, 1, 2]
        call.seq = {'a': 2, 'b': 2}
        lost = relayed_all(call, 'a', across, 0x11223344) + \
            relayed_all(call, 'b', across, 0x11223344)
        tap.equal(lost, [], f'{suite}: the streams wrap')
        old = call.fresh('a')
        call.to_secure(old)
        replay = call.to_plain(call.fresh('b'))[0]
        old_control = call.to_plain(rtcp(), 1)[0]
        set_keys(call, call.keys)
        tap.ok(call.lives('a') and call.lives('b'),
               f'{suite}: the same keys again in mid-stream, it goes on')
        packet = rtcp(packets=9)
        tap.equal([call.to_secure(packet, 1)[1], call.to_plain(packet, 1)[1]],
                  [packet, packet], f'{suite}: so does RTCP')
        call.a.send(old)
        call.b.send(replay)
        call.b.send(old_control, 1)
        tap.ok(call.lives('a') and call.lives('b') and
               call.a.next(1, 0.1) is None and
               call.drops('b') == {'replayed': 2},
               f'{suite}: and what was sent before it stays replayed',
               call.drops('b'))


def check_new_key(lab, suite):
    with Secure(lab, suite) as call:
        tap.ok(call.lives('a') and call.lives('b'), f'{suite}: a call')
        late = call.protect(call.fresh('b'))
        call.keys = [key(200), key(201)]
        set_keys(call, call.keys)
        call.new_judge()
        call.b.send(late)
        tap.ok(call.lives('a') and call.lives('b'),
               f'{suite}: new keys in mid-stream take over')
        tap.equal(call.drops('b'), {'auth-failed': 1},
                  f'{suite}: the old key is worth nothing then')


def check_ssrc_limit(lab, suite):
    with Secure(lab, suite) as call:
        tap.equal([relayed_all(call, side, [1, 2], 0x700 + n)
                   for n in range(MAX_SSRCS) for side in 'ab'],
                  [[]] * 2 * MAX_SSRCS, f'{suite}: {MAX_SSRCS} SSRCs pass')
        for n in range(100):
            call.b.send(rtp(5, 0x900 + n) + bytes(call.tag))
        call.a.send(rtp(1, 0x800))
        call.b.send(call.protect(rtp(1, 0x800)))
        packet = rtp(3, 0x700)
        tap.equal([call.to_secure(packet)[1], call.to_plain(packet)[1]],
                  [packet, packet], f'{suite}: one more is dropped')
        tap.ok(call.drops('b').get('ssrc-limit') == 1 and
               call.drops('a').get('ssrc-limit') == 1,
               f'{suite}: and counted', [call.drops('a'), call.drops('b')])


def check_forged_ssrcs(lab, suite):
    """Forgeries must not use up what SSRCs there are."""
    with Secure(lab, suite) as call:
        for n in range(1000):
            call.b.send(rtp(5, 0x900 + n) + bytes(call.tag))
        tap.ok(call.lives('b') and call.drops('b') == {'auth-failed': 1000},
               f'{suite}: 1000 forged SSRCs leave room for the real one',
               call.drops('b'))


def check_both_secure(lab):
    """Each leg its own suite and keys."""
    port, suites = 29000, list(SUITES)
    sides = (Side(lab.names[0], ADDRESS_A, port),
             Side(lab.names[2], ADDRESS_B, port))
    secrets = [key(n) for n in range(100, 104)]
    legs = {}
    for index, (x, net) in enumerate((('a', ADDRESS_A), ('b', ADDRESS_B))):
        tx, rx = secrets[2 * index:2 * index + 2]
        legs[f'leg-{x}'] = leg(net, port, port, tx_key=tx, rx_key=rx,
                               suite=SUITES[suites[index]][0])
        lab.libsrtp.new(f'from-{x}', suites[index], tx)
        lab.libsrtp.new(f'to-{x}', suites[index], rx)
    lab.nl.do('session-new', {'id': 999} | legs)
    for near, far, way in ((0, 1, 'ab'), (1, 0, 'ba')):
        for control, verb in ((0, 'protect'), (1, 'protect-rtcp')):
            lost = []
            for seq in (65534, 65535, 0, 1):
                packet = rtcp(packets=seq) if control else rtp(seq)
                sides[near].send(lab.libsrtp.run(verb, f'to-{way[0]}',
                                                 packet), control)
                wire = sides[far].next(control)
                if wire is None or lab.libsrtp.run(
                        f'un{verb}', f'from-{way[1]}', wire) != packet:
                    lost.append(seq)
            tap.equal(lost, [], f'SRTP to SRTP, {verb}, '
                      f'leg {way[0]} to {way[1]}')
    lab.nl.do('session-del', {'id': 999})
    for side in sides:
        side.close()


def main():
    load_module()
    with topology() as names:
        for host, net in ((names[0], ADDRESS_A), (names[2], ADDRESS_B)):
            run('ip', '-n', host, 'address', 'add', f'{net}.3/24', 'dev',
                'eth0')
        lab = Lab(names)
        for suite in SUITES:
            with Secure(lab, suite) as call:
                check_rtp(call)
                check_rtcp(call)
                check_counters(call)
                check_replay(call)
                check_tampering(call)
                check_rtcp_tampering(call)
                check_wrong_source(call)
                check_truncated(call)
                check_plain_at_secure_leg(call)
                check_orders(call)
                check_too_old(call)
                check_no_index_twice(call)
            check_same_key_again(lab, suite)
            check_new_key(lab, suite)
            check_ssrc_limit(lab, suite)
            check_forged_ssrcs(lab, suite)
        check_both_secure(lab)
        lab.libsrtp.close()
    tap.clean_log()
    tap.finish()


main()
