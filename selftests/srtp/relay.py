#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""SRTP sessions as they go on: order, duplicates, keys again and anew, SSRCs,
strangers. Judged by libsrtp2; suites.py has each suite and packet by packet.

   phone a  -- RTP -->  gateway  -- SRTP -->  phone b
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lab import (SSRC, WINDOW, Call, Secure, Tap, added,  # noqa: E402
                 open_lab, received, rtcp, rtp)

SUITES = ('AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32',
          'AEAD_AES_128_GCM')
MAX_SSRCS = 64
FORGED_TAG = bytes(16)  # as long as any

tap = Tap()


def check_wrong_source(call, what):
    """Both legs have sent, so that they are latched."""
    for which in 'ab':
        phone = call.phones[which]
        before = call.drops(which)
        strangers = [phone.socket(9999), phone.socket(phone.port, 3),
                     phone.sockets[1]]  # the RTCP port is not the RTP port
        wire = call.legs[which].seal(call.fresh(which))
        for sock in strangers:
            phone.send(wire, 0, sock)
        tap.ok(call.lives(which), f'{what}: leg {which} drops what comes '
               'from another address or port')
        tap.equal(added(before, call.drops(which)), {'wrong-source': 3},
                  f'{what}: leg {which} counts it')
        tap.ok(all(received(s, 0.05) is None for s in strangers[:2]),
               f'{what}: and answers nothing')
        for sock in strangers[:2]:
            sock.close()


def check_plain_at_secure_leg(call, what):
    before = call.drops('b')
    for seq in range(10):
        call.send('b', rtp(3000 + seq))
        call.send('b', rtcp(), 1)
    tap.ok(call.lives('b') and call.next('a', 1, 0.1) is None,
           f'{what}: RTP and RTCP without protection are dropped')
    tap.equal(sum(added(before, call.drops('b')).values()), 20,
              f'{what}: and counted')


def lost(call, which, numbers, ssrc=SSRC):
    """The numbers whose packet did not arrive as it was."""
    return [n for n in numbers
            if call.relay(which, rtp(n, ssrc))[2] != rtp(n, ssrc)]


ORDERS = {
    'sequence numbers wrap': list(range(65530, 65536)) + list(range(11)),
    'reordering around the wrap': [65533, 65535, 65534, 1, 65532, 0, 3, 2],
    'reordering within the window':
        [100, 100 + WINDOW - 1, *range(101, 100 + WINDOW - 1), 300],
    'backwards': [500, *range(499, 500 - WINDOW, -1), 501],
    'jumps': [7, 10007, 40006, 60000, 5000, 5001],
}


def check_orders(lab, suite):
    with Call(lab, b=Secure(suite)) as call:
        for which, way in (('a', 'RTP to SRTP'), ('b', 'SRTP to RTP')):
            for ssrc, (what, numbers) in enumerate(ORDERS.items(), 0x500):
                tap.equal(lost(call, which, numbers, ssrc), [],
                          f'{suite}: {way}, {what}')
        tap.equal([call.drops('a'), call.drops('b')], [{}, {}],
                  f'{suite}: none dropped of all these')


def check_too_old(call, what):
    wire = call.legs['b'].seal(call.fresh('b'))
    call.seq['b'] += 1000
    tap.ok(call.lives('b'), f'{what}: 1000 numbers lost')
    before = call.drops('b')
    call.send('b', wire)
    tap.ok(call.lives('b'), f'{what}: older than the window is dropped')
    tap.equal(added(before, call.drops('b')), {'replayed': 1},
              f'{what}: and counted as replayed')


def check_no_index_twice(call, what):
    """Duplicates from the plain phone: one SRTP packet per index."""
    sent = [call.fresh('a', payload=bytes([n]) * 160) for n in range(20)]
    other = [p[:12] + bytes(160) for p in sent]
    last = call.fresh('a')
    for packet in sent + sent + other + sent[::-1] + [last]:
        call.send('a', packet)
    wires = []
    while not wires or wires[-1] and wires[-1][2:4] != last[2:4]:
        wires.append(call.next('b'))
    tap.equal([call.legs['b'].open(w) for w in wires], sent + [last],
              f'{what}: a duplicate is never protected again; libsrtp2 takes '
              'the first of each number')


def check_same_key_again(lab, suite):
    """A re-INVITE repeats the keys after a wrap: the roll-over counter, the
    replay window and the indices used are kept."""
    leg = Secure(suite)
    with Call(lab, b=leg) as call:
        call.seq = {'a': 2, 'b': 2}
        tap.equal([lost(call, w, [65534, 65535, 0, 1, 2]) for w in 'ab'],
                  [[], []], f'{suite}: the streams wrap')
        old = call.fresh('a')
        call.relay('a', old)
        replay = call.relay('b', call.fresh('b'))[0]
        old_control = call.relay('b', rtcp(), 1)[0]
        call.set(leg_b=leg.keys())
        tap.ok(call.lives('a') and call.lives('b'),
               f'{suite}: the same keys again in mid-stream, it goes on')
        packet = rtcp(packets=9)
        tap.equal([call.relay(w, packet, 1)[2] for w in 'ab'],
                  [packet, packet], f'{suite}: so does RTCP')
        call.send('a', old)
        call.send('b', replay)
        call.send('b', old_control, 1)
        tap.ok(call.lives('a') and call.lives('b') and
               call.next('a', 1, 0.1) is None and
               call.drops('b') == {'replayed': 2},
               f'{suite}: and what was sent before it stays replayed',
               call.drops('b'))


def check_new_key(lab, suite):
    leg, new = Secure(suite), Secure(suite, seed=2)
    with Call(lab, b=leg) as call:
        tap.ok(call.lives('a') and call.lives('b'), f'{suite}: a call')
        late = leg.seal(call.fresh('b'))
        leg.tx, leg.rx = new.tx, new.rx
        call.set(leg_b=leg.keys())
        leg.start(lab, 'anew')
        call.send('b', late)
        tap.ok(call.lives('a') and call.lives('b'),
               f'{suite}: new keys in mid-stream take over')
        tap.equal(call.drops('b'), {'auth-failed': 1},
                  f'{suite}: the old key is worth nothing then')


def check_ssrc_limit(lab, suite):
    with Call(lab, b=Secure(suite)) as call:
        tap.equal([lost(call, which, [1, 2], 0x700 + n)
                   for n in range(MAX_SSRCS) for which in 'ab'],
                  [[]] * 2 * MAX_SSRCS, f'{suite}: {MAX_SSRCS} SSRCs pass')
        for n in range(100):
            call.send('b', rtp(5, 0x900 + n) + FORGED_TAG)
        for which in 'ab':
            call.send(which, call.legs[which].seal(rtp(1, 0x800)))
        tap.equal([lost(call, which, [3], 0x700) for which in 'ab'],
                  [[], []], f'{suite}: one more is dropped')
        tap.ok(call.drops('b').get('ssrc-limit') == 1 and
               call.drops('a').get('ssrc-limit') == 1,
               f'{suite}: and counted', [call.drops('a'), call.drops('b')])


def check_forged_ssrcs(lab, suite):
    """Forgeries must not use up what SSRCs there are."""
    with Call(lab, b=Secure(suite)) as call:
        for n in range(1000):
            call.send('b', rtp(5, 0x900 + n) + FORGED_TAG)
        tap.ok(call.lives('b') and call.drops('b') == {'auth-failed': 1000},
               f'{suite}: 1000 forged SSRCs leave room for the real one',
               call.drops('b'))


def main():
    with open_lab() as lab:
        for suite in SUITES:
            with Call(lab, b=Secure(suite)) as call:
                tap.ok(call.lives('a') and call.lives('b') and
                       call.lives('a', 1) and call.lives('b', 1),
                       f'{suite}: a call')
                for check in (check_wrong_source, check_plain_at_secure_leg,
                              check_too_old, check_no_index_twice):
                    check(call, suite)
            for check in (check_orders, check_same_key_again, check_new_key,
                          check_ssrc_limit, check_forged_ssrcs):
                check(lab, suite)
    tap.clean_log()
    tap.finish()


main()
