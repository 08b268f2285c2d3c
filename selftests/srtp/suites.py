#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every suite with every parameter, against libsrtp2 or the oracle.

   phone a  -- RTP -->  gateway  -- SRTP -->  phone b

With arguments, only the checks whose names are given: see CHECKS. RF_THIN=N
tries every Nth forgery only, fewer lengths of MKIs and shorter streams.
"""
import pathlib
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import THIN, thin  # noqa: E402
from lab import (GCM, NULL, SSRC, WINDOW, Call, NlError, Secure,  # noqa: E402
                 Tap, added, numbered, open_lab, oracle, rtcp, rtp)

tap = Tap()
EACH = f'one in {THIN}' if THIN > 1 else 'each'
MKIS = {0: 'no MKI', 1: 'an MKI of 1 byte', 4: 'MKIs of 4 bytes',
        128: 'MKIs of 128 bytes'}
SUSPECT_TIME = 0.3  # RGF_SUSPECT_TIME, from an authentic packet on
BYE = struct.pack('>BBHI', 0x81, 203, 1, SSRC)
SDES = struct.pack('>BBHIBB', 0x81, 202, 2, SSRC, 1, 2) + b'ab'
RTCP_SHAPES = {
    'a sender report': rtcp(),
    'an empty receiver report': struct.pack('>BBHI', 0x80, 201, 1, SSRC),
    'a compound': rtcp() + SDES + BYE,
}


def shapes():
    """RTP of every legal form of header, and of many lengths."""
    for length in (0, 1, 2, 15, 16, 17, 31, 32, 33, 160, 161, 1150):
        yield f'{length} bytes', rtp(
            0, payload=bytes((i * 7) & 0xff for i in range(length)))
    base = rtp(0)
    head, rest = base[1:12], base[12:]
    yield 'marker and type 127', base[:1] + b'\xff' + base[2:]
    yield '2 CSRCs', b'\x82' + head + bytes(range(8)) + rest
    yield '15 CSRCs', b'\x8f' + head + bytes(60) + rest
    yield 'an extension', (b'\x90' + head + struct.pack('>HH', 0xbede, 2) +
                           bytes(8) + rest)
    yield 'CSRC and extension', (b'\x91' + head + bytes(4) + struct.pack(
        '>HH', 1, 1) + bytes(4) + rest)
    yield 'nothing but headers', (b'\x91' + head + bytes(4) + struct.pack(
        '>HH', 1, 0))
    yield 'padding', b'\xa0' + head + rest + b'\0\0\0\4'
    yield 'nothing but padding', b'\xa0' + head + b'\0\0\0\4'


def relayed(call, which, packets, control=0, number=0):
    """Indices of the packets that did not arrive as they were."""
    return [n for n, packet in enumerate(packets)
            if call.relay(which, packet, control, number)[2] != packet]


def check_forms(call, what):
    """Both ways, all forms; what is on the wire; exact counters."""
    leg = call.legs['b']
    wrong, leaked = [], []
    for which in 'ab':
        for shape, packet in shapes():
            call.seq[which] += 1
            packet = numbered(packet, call.seq[which])
            sent, arrived, result = call.relay(which, packet)
            wire = arrived if which == 'a' else sent
            head = oracle.header_length(packet)
            if result != packet or \
                    len(wire) != len(packet) + leg.overhead(0) or \
                    wire[:head] != packet[:head]:
                wrong.append((which, shape))
            body = packet[head:]
            if len(body) >= 15 and (wire[head:len(packet)] != body) != \
                    (leg.spec.cipher != 'null' and
                     'unencrypted-srtp' not in leg.options):
                leaked.append((which, shape))
        for shape, packet in RTCP_SHAPES.items():
            sent, arrived, result = call.relay(which, packet, 1)
            wire = arrived if which == 'a' else sent
            if result != packet or len(wire) != len(packet) + \
                    leg.overhead(1) or wire[:8] != packet[:8]:
                wrong.append((which, shape))
            if len(packet) > 8 and (wire[8:len(packet)] != packet[8:]) != \
                    (leg.spec.cipher != 'null' and
                     'unencrypted-srtcp' not in leg.options):
                leaked.append((which, shape))
    tap.equal(wrong, [], f'{what}: all forms of RTP and RTCP, both ways')
    tap.equal(leaked, [], f'{what}: encrypted as negotiated')
    check_counters(call, what)


def check_counters(call, what):
    leg, session = call.legs['b'], call.get()
    a, b = (session[f'leg-{x}']['stats'] for x in 'ab')
    forms = [p for _, p in shapes()]
    plain = sum(map(len, forms)) + sum(map(len, RTCP_SHAPES.values()))
    longer = len(forms) * leg.overhead(0) + \
        len(RTCP_SHAPES) * leg.overhead(1)
    count, control = len(forms) + len(RTCP_SHAPES), len(RTCP_SHAPES)
    want = {'packets': count, 'bytes': plain, 'rtcp-packets': control}
    secure = want | {'bytes': plain + longer}
    have = [{name: stats[f'{way}-{name}'] for name in want}
            for stats, way in ((a, 'rx'), (a, 'tx'), (b, 'rx'), (b, 'tx'))]
    tap.equal(have, [want, want, secure, secure],
              f'{what}: packets and bytes are counted')
    tap.equal([a.get('drop', []), b.get('drop', [])], [[], []],
              f'{what}: nothing was dropped')


# Forgeries

class Model:
    """What RFC 3711 makes of a sequence number; the stream is on ROC 0."""

    def __init__(self, seen):
        self.seen, self.top = set(seen), max(seen)

    def verdict(self, index):
        """Why a forgery with this index is dropped."""
        return 'replayed' if index in self.seen or index < 0 or \
            index <= self.top - WINDOW else 'auth-failed'

    def of_seq(self, seq):
        guesses = [seq - 65536, seq, seq + 65536]
        return self.verdict(min(guesses, key=lambda g: abs(g - self.top)))


def flipped(packet, position, bit=1):
    changed = bytearray(packet)
    changed[position] ^= bit
    return bytes(changed)


def send_forged(call, forged, control=0):
    """The drops that these packets are counted as."""
    before = call.drops('b')
    for packet in forged:
        call.send('b', packet, control)
    good = call.lives('b', control)
    return good, added(before, call.drops('b'))


def regions(packet, wire, leg, control):
    """(name, positions in wire, why a change of them is dropped)"""
    head = 8 if control else oracle.header_length(packet)
    mki = len(leg.rx[0][1])
    body, word = len(packet), 4 * control
    auth = 'auth-failed'
    gcm = leg.suite in GCM
    tag = leg.overhead(control) - mki - word
    if not control:
        yield 'timestamp', range(4, 8), auth
        yield 'SSRC', range(8, 12), auth
        yield 'CSRC', range(12, 16), auth
        yield 'extension', range(20, head), auth
    else:
        yield 'SSRC', range(4, 8), auth
    yield 'payload', range(head, body), auth
    at = body + (tag if gcm else 0) + word
    yield 'MKI', range(at, at + mki), 'unknown-mki'
    at = body if gcm else body + word + mki
    yield 'tag', range(at, at + tag), auth


def check_changed(call, what):
    """Each bit of RTP's and RTCP's parts, or each THINth."""
    leg = call.legs['b']
    extended = b'\x91' + rtp(0)[1:12] + b'csrc' + struct.pack(
        '>HH', 0xbede, 1) + b'ext.' + bytes(20)
    for control in (0, 1):
        call.seq['b'] += 1
        packet = rtcp(packets=7) if control else numbered(extended,
                                                          call.seq['b'])
        wire = leg.seal(packet, control)
        for region, positions, why in regions(packet, wire, leg, control):
            forged = [flipped(wire, n // 8, 1 << n % 8) for n in
                      thin(p * 8 + bit for p in positions
                           for bit in range(8))]
            if not forged:
                continue
            good, found = send_forged(call, forged, control)
            tap.ok(good and found == {why: len(forged)},
                   f"{what}: {'RTCP' if control else 'RTP'}, {EACH} bit of "
                   f'{region} is looked at', (good, found, len(forged)))
        call.send('b', wire, control)
        tap.equal(call.next('a', control), packet,
                  f'{what}: and the genuine packet is still taken')


def seen_again(packets, seen):
    """Those with the number of a packet of before."""
    return [p for p in packets if struct.unpack_from('>H', p, 2)[0] in seen]


def check_numbers(call, what):
    """The sequence number of RTP, E and index of RTCP."""
    leg = call.legs['b']
    # A stream of its own, all of which is known.
    seen, start = [600, 601, 602], time.monotonic()
    for seq in seen:
        packet = rtp(seq, SSRC + 1)
        call.relay('b', packet)
    wire = leg.seal(rtp(603, SSRC + 1))
    model, want = Model(seen), {}
    forged = [flipped(wire, 2 + bit // 8, 1 << bit % 8) for bit in range(16)]
    for packet in forged:
        why = model.of_seq(struct.unpack_from('>H', packet, 2)[0])
        want[why] = want.get(why, 0) + 1
    good, found = send_forged(call, forged)
    # On a slow machine the stream was quiet for so long that what is left of
    # the window is tried with another ROC, and fails at that.
    late = 0 if time.monotonic() - start < SUSPECT_TIME else \
        want['replayed'] - len(seen_again(forged, seen))
    tap.ok(good and sum(found.values()) == len(forged) and
           found.keys() == want.keys() and
           0 <= want['replayed'] - found['replayed'] <= late,
           f'{what}: RTP, each bit of the sequence number',
           (found, want, late))

    wire = leg.seal(rtcp(SSRC + 2), 1)
    packet = rtcp(SSRC + 2, 2)
    call.send('b', wire, 1), call.next('a', 1)
    wire = leg.seal(packet, 1)
    mki = len(leg.rx[0][1])
    at = len(wire) - 4 - (mki if leg.suite in GCM else
                          mki + oracle.RTCP_TAG)
    word = struct.unpack_from('>I', wire, at)[0]
    top = (word & ~oracle.E_BIT) - 1
    model, want = Model([top]), {}
    forged = [wire[:at] + struct.pack('>I', word ^ 1 << bit) + wire[at + 4:]
              for bit in range(31)]
    for packet in forged:
        index = struct.unpack_from('>I', packet, at)[0] & ~oracle.E_BIT
        why = model.verdict(index)
        want[why] = want.get(why, 0) + 1
    good, found = send_forged(call, forged, 1)
    tap.ok(good and found == want,
           f'{what}: SRTCP, each bit of the index', (found, want))
    good, found = send_forged(call, [flipped(wire, at, 0x80)], 1)
    tap.ok(good and found == {'auth-failed': 1},
           f'{what}: SRTCP, the E bit', found)


def check_first_word(call, what):
    """Whatever it says, nothing forged passes, and all is counted."""
    leg = call.legs['b']
    allowed = {0: {'malformed', 'auth-failed'}, 1: {'malformed',
                                                    'auth-failed'}}
    for control in (0, 1):
        packet = rtcp(packets=9) if control else call.fresh('b')
        wire = leg.seal(packet, control)
        places = (0, 1, 2, 3) if control else (0, 1)
        forged = [bytes([wire[0] & 0x3f | version << 6]) + wire[1:]
                  for version in (0, 1, 3)]
        good, found = send_forged(call, forged, control)
        tap.ok(good and found == {'unexpected': 3},
               f"{what}: {'RTCP' if control else 'RTP'} of version 0, 1 and "
               '3 is something else (RFC 7983)', found)
        forged = [flipped(wire, place, 1 << bit) for place in places
                  for bit in range(6 if place == 0 else 8)]
        good, found = send_forged(call, forged, control)
        tap.ok(good and sum(found.values()) == len(forged) and
               found.keys() <= allowed[control],
               f'{what}: other bits of its first bytes', found)


def check_truncated(call, what):
    leg = call.legs['b']
    for control in (0, 1):
        packet = rtcp(packets=3) if control else call.fresh(
            'b', payload=bytes(40))
        wire = leg.seal(packet, control)
        least = (8 if control else 12) + leg.overhead(control)
        lengths = thin(range(len(wire)))
        good, found = send_forged(call, [wire[:n] for n in lengths], control)
        other = {'auth-failed', 'unknown-mki'} | (
            {'wrong-encryption', 'replayed'} if control else set())
        tap.ok(good and sum(found.values()) == len(lengths) and
               found.get('malformed') == sum(n < least for n in lengths) and
               found.keys() <= other | {'malformed'},
               f"{what}: {'RTCP' if control else 'RTP'} of 0 to "
               f'{len(wire) - 1} bytes', (found, least, lengths))
        good, found = send_forged(call, [wire + b'\0', wire + bytes(4)],
                                  control)
        tap.ok(good and sum(found.values()) == 2 and
               found.keys() <= other, f'{what}: and longer ones', found)


def check_replayed(call, what):
    wires = [call.relay('b', call.fresh('b'))[0] for _ in range(5)]
    control = [call.relay('b', rtcp(packets=n), 1)[0] for n in range(5)]
    good, found = send_forged(call, wires * 3)
    tap.ok(good and found == {'replayed': 15}, f'{what}: replayed SRTP',
           found)
    good, found = send_forged(call, control * 3, 1)
    tap.ok(good and found == {'replayed': 15}, f'{what}: replayed SRTCP',
           found)
    leg, ssrc = call.legs['b'], SSRC + 3
    call.relay('b', rtp(999, ssrc))
    old, near = (leg.seal(rtp(n, ssrc)) for n in (1000, 1001))
    lost = relayed(call, 'b', [rtp(1000 + WINDOW, ssrc)])
    before = call.drops('b')
    call.send('b', old)
    call.send('b', near)
    tap.ok(not lost and call.next('a') == rtp(1001, ssrc) and
           added(before, call.drops('b')) == {'replayed': 1},
           f'{what}: the window is of {WINDOW} packets',
           (lost, before, call.drops('b')))


def check_wrong_mki(call, what):
    leg = call.legs['b']
    mki = len(leg.rx[0][1])
    for control in (0, 1):
        packet = rtcp() if control else call.fresh('b')
        own = oracle.Oracle(leg.suite, [(leg.rx[0][0], bytes(mki))])
        other = own.protect_rtcp(packet) if control else own.protect(packet)
        good, found = send_forged(call, [other] * 3, control)
        tap.ok(good and found == {'unknown-mki': 3},
               f"{what}: {'RTCP' if control else 'RTP'} with an unknown MKI",
               found)


def check_wrong_e(call, what):
    """Authentic, but encrypted where it should not be, or not where it
    should."""
    leg = call.legs['b']
    wrong = 'unencrypted-srtcp' not in leg.options
    peer = oracle.Oracle(leg.suite, leg.rx, unencrypted_srtcp=wrong)
    peer.control[SSRC] = 1 << 20
    good, found = send_forged(call, [peer.protect_rtcp(rtcp())], 1)
    tap.ok(good and found == {'wrong-encryption': 1},
           f'{what}: authentic SRTCP of the wrong E bit', found)


def suites(lab):
    for suite in oracle.SUITES:
        for mki, text in MKIS.items():
            what = f'{suite}, {text}'
            with Call(lab, b=Secure(suite, mki=mki)) as call:
                check_forms(call, what)
            if mki == 128 or (THIN > 1 and mki == 1):
                continue
            with Call(lab, b=Secure(suite, mki=mki)) as call:
                check_changed(call, what)
                check_numbers(call, what)
                check_first_word(call, what)
                check_truncated(call, what)
                if mki:
                    check_wrong_mki(call, what)
                if suite not in NULL:
                    check_wrong_e(call, what)
            with Call(lab, b=Secure(suite, mki=mki)) as call:
                check_replayed(call, what)


# Keys

def switch_over(lab):
    """The peer goes from key to key; so does the gateway when told."""
    for suite in oracle.SUITES:
        leg = Secure(suite, keys=4, mki=4)
        with Call(lab, b=leg) as call:
            lost = []
            for number in (0, 1, 3, 2, 0):
                for _ in range(3):
                    lost += relayed(call, 'b', [call.fresh('b')],
                                    number=number)
                    lost += relayed(call, 'b', [rtcp(packets=1)], 1, number)
            tap.equal(lost, [], f'{suite}: the peer changes keys by MKI')
            used = []
            for _ in range(4):
                used.append([call.relay('a', call.fresh('a')) for _ in 'ab'])
                used[-1].append(call.relay('a', rtcp(), 1))
                order = leg.tx[1:] + leg.tx[:1]
                leg.tx = order
                call.set(leg_b={'tx-key': leg.key_attributes(order)})
            leg.start(lab, 'again')
            opened = [leg.open(wire, n == 2) == sent for some in used
                      for n, (sent, wire, _) in enumerate(some)]
            tap.equal(opened, [True] * 12,
                      f'{suite}: the first key sends, each in its turn')
            check_no_reuse(call, leg, used, suite)
            tap.equal([call.drops('a'), call.drops('b')], [{}, {}],
                      f'{suite}: no packet was lost at it')


def check_no_reuse(call, leg, used, what):
    """The first key again: its indices go on."""
    first = call.relay('a', rtcp(packets=5), 1)[1]
    at = len(first) - 8 - (0 if leg.suite in GCM else oracle.RTCP_TAG)
    index = [struct.unpack_from('>I', wire, at)[0] & ~oracle.E_BIT
             for wire in (used[0][2][1], first)]
    tap.ok(index[1] > index[0],
           f'{what}: a key that sends again goes on with its indices', index)


def lifetime(lab):
    """Warned of before the end, stopped at it."""
    for suite in ('AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_256_GCM',
                  'F8_128_HMAC_SHA1_80'):
        for control in (0, 1):
            for which in 'ab':
                check_lifetime(lab, suite, control, which)
        check_next_key(lab, suite)


def check_lifetime(lab, suite, control, which):
    what = f"{suite}, {'RTCP' if control else 'RTP'} " + \
        f"{'sent' if which == 'a' else 'received'}, lifetime of 64"
    with Call(lab, b=Secure(suite, mki=4, lifetime=64),
              label='worn') as call:
        lab.forget_events()

        def send(count):
            lost = 0
            for _ in range(count):
                packet = rtcp() if control else call.fresh(which)
                lost += call.relay(which, packet, control)[2] != packet
            return lost
        keys = 'tx' if which == 'a' else 'rx'
        mki = getattr(call.legs['b'], keys)[0][1]
        event = {'id': call.number, 'label': 'worn', 'leg': 1,
                 'direction': keys, 'mki': mki}
        lost = send(55)
        tap.ok(not lost and not lab.events(0.1, only='session-key-ntf'),
               f'{what}: no word of it yet', lost)
        lost = send(1)
        tap.equal([lost, lab.events(only='session-key-ntf')],
                  [0, [('session-key-ntf', event | {'count': 8})]],
                  f'{what}: warned of with an eighth left')
        lost = send(8)
        tap.equal([lost, lab.events(only='session-key-ntf')],
                  [0, [('session-key-ntf', event | {'count': 0})]],
                  f'{what}: and when it is used up')
        key = call.get()['leg-b'][f'{keys}-key'][0]
        tap.equal([key['lifetime'], key['packets']], [64, 64],
                  f'{what}: session-get tells')
        for _ in range(3):
            packet = call.legs[which].seal(
                rtcp() if control else call.fresh(which), control)
            call.send(which, packet, control)
        # RTP and RTCP have a count each: the other still passes.
        other = call.fresh(which) if control else rtcp()
        tap.ok(call.relay(which, other, not control)[2] == other and
               call.next(call.far(which), control, 0.1) is None,
               f'{what}: then nothing is relayed')
        tap.equal(call.drops(which), {'key-exhausted': 3},
                  f'{what}: and all is counted')


def check_next_key(lab, suite):
    """With another key of the peer's, it goes on."""
    with Call(lab, b=Secure(suite, keys=2, mki=4, lifetime=20)) as call:
        packets = [call.fresh('b') for _ in range(40)]
        lost = relayed(call, 'b', packets[:20])
        call.send('b', call.legs['b'].seal(call.fresh('b')))
        lost += relayed(call, 'b', [call.fresh('b') for _ in range(20)],
                        number=1)
        tap.ok(not lost and call.drops('b') == {'key-exhausted': 1},
               f'{suite}: the next key takes over from one used up',
               (lost, call.drops('b')))


# Session parameters

def parameters(lab):
    sets = [('unencrypted-srtp',), ('unencrypted-srtcp',),
            ('unencrypted-srtp', 'unencrypted-srtcp'),
            ('unauthenticated-srtp',),
            ('unauthenticated-srtp', 'unencrypted-srtcp'),
            ('unauthenticated-srtp', 'unencrypted-srtp',
             'unencrypted-srtcp')]
    for suite in oracle.SUITES:
        for options in sets:
            what = f'{suite}, ' + ', '.join(options)
            unauthenticated = 'unauthenticated-srtp' in options
            if unauthenticated and suite in GCM:
                refused(lab, Secure(suite, options=options), what)
                continue
            for mki in (0, 4)[:1 if THIN > 1 else 2]:
                with Call(lab, b=Secure(suite, mki=mki,
                                        options=options)) as call:
                    check_forms(call, f'{what}, {MKIS[mki]}')
            with Call(lab, b=Secure(suite, options=options)) as call:
                if suite not in NULL:
                    check_wrong_e(call, what)
                if not unauthenticated:
                    check_changed(call, what)


def refused(lab, leg, what):
    leg.judge = 'oracle'  # libsrtp2 would refuse, too
    try:
        Call(lab, b=leg).close()
        tap.ok(False, f'{what}: is refused', 'it was taken')
    except NlError as refusal:
        tap.ok(refusal.errno == 22 and refusal.text,
               f'{what}: is refused: {refusal.text}', refusal)


def null(lab):
    for suite in NULL:
        leg = Secure(suite)
        leg.flags = ()
        refused(lab, leg, f'{suite} without allow-null')
    leg = Secure('AES_CM_128_HMAC_SHA1_80')
    with Call(lab, b=leg) as call:
        other = Secure(NULL[0])
        try:
            call.set(leg_b=other.keys() | {'suite': other.spec.netlink})
            tap.ok(False, 'session-set to NULL without allow-null', 'taken')
        except NlError as refusal:
            tap.ok(refusal.errno == 22 and call.lives('a') and
                   call.lives('b'), 'session-set to NULL without allow-null '
                   'is refused, the call goes on', refusal)


# Key derivation rates: packets, and sequence numbers to begin with.
RATES = {1: (40, 0), 2: (40, 65520), 4: (100, 65500), 10: (2200, 64000),
         16: (40, 65520), 24: (40, 65520)}


def derivation(lab):
    for suite in ('AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM',
                  'F8_128_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_32',
                  'NULL_HMAC_SHA1_80'):
        for rate, (count, start) in RATES.items():
            if THIN > 1 and count > 100:
                count, start = 40, 65520
            check_rate(lab, suite, rate, count, start)


def check_rate(lab, suite, rate, count, start):
    what = f'{suite}, keys derived every 2^{rate} packets'
    with Call(lab, b=Secure(suite, kdr=rate, mki=4 * (rate % 2))) as call:
        lost = []
        for which in 'ab':
            lost += relayed(call, which, [rtp(start + n)
                                          for n in range(count)])
            lost += relayed(call, which, [rtcp(packets=n)
                                          for n in range(min(count, 40))], 1)
        tap.equal(lost, [], f'{what}: {count} packets each way')
        # Forward over derivations, back over one.
        order = [start + count + n for n in
                 (0, 5000, 5001, 4999, 4990, 5010, 12000, 11990, 12001)]
        lost = [n for which in 'ab' for n in
                relayed(call, which, [rtp(seq) for seq in order])]
        tap.equal(lost, [], f'{what}: jumps and reordering')
        tap.equal([call.drops('a'), call.drops('b')], [{}, {}],
                  f'{what}: none dropped')


def matrix(lab):
    """SRTP to SRTP: each suite with the next but two, each MKI length."""
    names, lengths = list(oracle.SUITES), list(MKIS)
    for n, suite in enumerate(names):
        other = names[(n + 3) % len(names)]
        a = Secure(suite, mki=lengths[n % 4], seed=n)
        b = Secure(other, mki=lengths[(n + 1) % 4], seed=n + 100)
        what = f'{suite} to {other}'
        with Call(lab, a, b) as call:
            lost = []
            for which in 'ab':
                lost += relayed(call, which, [
                    numbered(p, 65530 + i) for i, (_, p)
                    in enumerate(shapes())])
                lost += relayed(call, which, RTCP_SHAPES.values(), 1)
            tap.equal(lost, [], f'{what}: all forms, both ways, over a wrap')
            for which in 'ab':
                leg = call.legs[which]
                packet = rtp(100)
                wire = leg.seal(packet)
                before = call.drops(which)
                places = thin(range(12, len(packet)))
                for place in places:
                    call.send(which, flipped(wire, place))
                call.send(which, wire)
                arrived = call.legs[call.far(which)].open(
                    call.next(call.far(which)))
                tap.ok(arrived == packet and added(
                    before, call.drops(which)) == {
                        'auth-failed': len(places)},
                    f'{what}: what is changed at leg {which} is dropped')


CHECKS = {'suites': suites, 'matrix': matrix, 'switch-over': switch_over,
          'lifetime': lifetime, 'parameters': parameters, 'null': null,
          'derivation': derivation}


def main():
    with open_lab() as lab:
        for name in sys.argv[1:] or CHECKS:
            CHECKS[name](lab)
    tap.clean_log()
    tap.finish()


if __name__ == '__main__':
    main()
