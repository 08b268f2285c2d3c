#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Roll-over counters: long streams that wrap, and peers that lost count.

A long stream is of RF_STREAM packets: 200,000, which are three wraps, or on the
debug kernel as many as wrap once. Without arguments all; with 'long' only these,
with 'recovery' only what comes after them.
"""
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import BUILD, wait_for  # noqa: E402
from lab import (SSRC, Call, Secure, Tap, added, address,  # noqa: E402
                 open_lab, rtp)

tap = Tap()
CM, GCM = 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'
ONE_WRAP = 70000
DEBUG = os.environ.get('RF_KERNEL') == 'debug'
LONG = int(os.environ.get('RF_STREAM', ONE_WRAP if DEBUG else 200000))
SOON = 25  # packets that recovery may take
# With 3 forgeries for each packet, 1 in 24 brings the peer back, by lot: not in
# so many would be by chance once in a million.
UNDER_FIRE = 330


# Long streams

def check_long(lab, suite, way, packets):
    """Over wraps with loss, reordering and duplicates."""
    leg = Secure(suite)
    with Call(lab, b=leg) as call:
        ends = []
        for phone in call.phones.values():
            for sock in phone.sockets:
                sock.close()
            ends.append(f'{phone.namespace},{address(phone.which)},'
                        f'{phone.port},{address(phone.which, 1)}')
        key = (leg.rx if way == 'seal' else leg.tx)[0][0]
        near = 'b' if way == 'seal' else 'a'
        words = subprocess.run(
            [BUILD / 'userspace/srtp-stream', way, suite, key.hex(),
             *(ends[::-1] if near == 'b' else ends), str(packets), '7'],
            check=True, text=True, stdout=subprocess.PIPE).stdout.split()
        found = dict(zip(words[::2], map(int, words[1::2])))
        what = f"{suite}, {'SRTP to RTP' if way == 'seal' else 'RTP to SRTP'}"
        tap.ok(found['good'] > packets * .95 and
               found['sent'] - found['good'] > packets // 50,
               f'{what}: {packets} packets, some lost, late or '
               'doubled', found)
        tap.equal([found[n] for n in ('missing', 'wrong', 'extra')],
                  [0, 0, 0], f'{what}: each good one arrived, once')
        stats = call.stats(near)
        far = call.stats(call.far(near))
        tap.equal([call.drops(near), call.drops(call.far(near)),
                   far['tx-packets']],
                  [{'replayed': found['sent'] - found['good']}, {},
                   found['good']], f'{what}: duplicates are counted, '
                  'nothing else was dropped')
        tap.equal(stats['rx-packets'], found['sent' if near == 'a' else
                                             'good'], f'{what}: and the rest')


# Recovery: the peer is the oracle, whose index may be set.

class Peer:
    """A phone with an SRTP stream whose index is known."""

    def __init__(self, call, leg, ssrc=SSRC, index=1000):
        self.call, self.leg, self.ssrc, self.index = call, leg, ssrc, index

    def seal(self, index=None):
        """(packet, its SRTP) of an index, or of the next one."""
        if index is None:
            self.index += 1
            index = self.index
        self.leg.sender.top[self.ssrc] = index
        packet = rtp(index, self.ssrc, index.to_bytes(8, 'big') * 4)
        return packet, self.leg.seal(packet)

    def send(self, count=1, forged=0, rng=random.Random(1)):
        """Which of the next count packets arrived; forged ones between. One
        that does not is followed by the next after the time between packets
        of a call."""
        sent, have = [], []
        for _ in range(count):
            for _ in range(forged):
                self.call.send('b', forge(self.seal(self.index + 1)[1], rng))
            packet, wire = self.seal()
            self.call.send('b', wire)
            sent.append(packet)
            have.append(self.call.next('a', 0, .02))
        while have and (late := self.call.next('a', 0, .1)) is not None:
            have.append(late)
        have = [packet for packet in have if packet is not None]
        if sorted(have) != sorted(set(have) & set(sent)):
            tap.ok(False, 'something else was relayed', have)
        return [packet in have for packet in sent]


def forge(wire, rng):
    """The peer's SSRC and any number, with a tag of nobody's."""
    near = int.from_bytes(wire[2:4], 'big')
    seq = rng.choice((rng.randrange(65536),
                      (near + rng.randrange(-200, 200)) & 0xffff))
    return wire[:2] + seq.to_bytes(2, 'big') + wire[4:12] + \
        rng.randbytes(len(wire) - 12)


def check_recovers(call, peer, what, soon=SOON, forged=0):
    arrived = []
    while not any(arrived) and len(arrived) <= soon:
        arrived += peer.send(1, forged)
    lost = len(arrived) - 1
    tap.ok(any(arrived) and lost <= soon,
           f'{what}: recovers within {soon} packets', arrived)
    tap.equal(peer.send(20), [True] * 20, f'{what}: for good')
    print(f'# after {lost} packets')


def call_of(lab, suite, **more):
    leg = Secure(suite, judge='oracle')
    call = Call(lab, b=leg, **more)
    return call, leg


def check_start(lab, suite):
    """Streams that begin at a roll-over counter other than 0."""
    for roc in (1, 2):
        call, leg = call_of(lab, suite)
        with call:
            check_recovers(call, Peer(call, leg, SSRC, roc << 16 | 700),
                           f'{suite}: a first packet with ROC {roc}')
            check_recovers(call, Peer(call, leg, SSRC + 1, roc << 16 | 100),
                           f'{suite}: and that of another SSRC')


def check_loss(lab, suite):
    """More lost than an estimate can bridge."""
    for lost in (32767, 33000, 50000, 65536, 80000):
        call, leg = call_of(lab, suite)
        with call:
            peer = Peer(call, leg)
            good = all(peer.send(30))
            peer.index += lost
            arrived = peer.send(SOON + 20)
            tap.ok(good and all(arrived[SOON:]),
                   f'{suite}: {lost} packets lost, recovers within {SOON}',
                   (good, arrived))


def wrapped(call, leg):
    """A stream on ROC 2."""
    peer = Peer(call, leg, index=65000)
    good = all(peer.send(5))
    for index in (65536 + 20000, 65536 + 45000, 131072 + 300):
        peer.index = index
        good &= all(peer.send(5))
    return peer, good


def check_hold(lab, suite):
    """The peer begins anew, with the keys it has, when told that it may."""
    call, leg = call_of(lab, suite)
    with call:
        peer, good = wrapped(call, leg)
        old = [peer.seal(131072 + 200 + n) for n in range(50)]
        call.set(leg_b={'flags': ['resync'] + list(leg.flags)})
        tap.ok('resync' not in call.get()['leg-b'].get('flags', []),
               f'{suite}: resync is not kept')
        peer.index = 400
        check_recovers(call, peer, f'{suite}: ROC 2 to 0 on resume')
        # Once: neither back to where it was, nor again.
        for packet, wire in old:
            call.send('b', wire)
        tap.ok(good and all(peer.send(5)) and
               call.next('a', 0, .1) is None,
               f'{suite}: what was sent before does not come back')


def check_no_reset(lab, suite):
    """An attacker's copies of old packets are no peer that began anew."""
    call, leg = call_of(lab, suite)
    with call:
        peer = Peer(call, leg, index=64000)
        old, good = [], True
        for _ in range(100):
            packet, wire = peer.seal()
            call.send('b', wire)
            good &= call.next('a') == packet
            old.append(wire)
        for index in (65536 + 20000, 65536 + 45000, 131072 + 300):
            peer.index = index
            good &= all(peer.send(5))
        before = call.drops('b')
        lost = relayed = 0
        for wire in old * 3:
            call.send('b', wire)
            packet, own = peer.seal()
            call.send('b', own)
            have = call.next('a', 0, .2)
            relayed += have is not None and have != packet
            lost += have != packet
        tap.ok(good and not lost and not relayed,
               f'{suite}: replays from ROC 0 on ROC 2 are not relayed, and '
               'cost the stream nothing', (lost, relayed))
        tap.equal(sum(added(before, call.drops('b')).values()), 300,
                  f'{suite}: and are counted')


def check_rekeyed(lab, suite):
    """New keys, but the peer keeps its counter."""
    call, leg = call_of(lab, suite)
    with call:
        peer, good = wrapped(call, leg)
        new = Secure(suite, seed=2)
        leg.tx, leg.rx = new.tx, new.rx
        leg.start(lab, 'anew')
        call.set(leg_b=leg.keys())
        tap.ok(good, f'{suite}: a call on ROC 2')
        check_recovers(call, peer, f'{suite}: new keys, ROC kept')
    call, leg = call_of(lab, suite)
    with call:
        peer, good = wrapped(call, leg)
        new = Secure(suite, seed=2)
        leg.tx, leg.rx = new.tx, new.rx
        leg.start(lab, 'anew')
        call.set(leg_b=leg.keys())
        peer.index = 500
        check_recovers(call, peer, f'{suite}: new keys, ROC from 0')


def check_forged(lab, suite):
    """Forgeries cost the genuine stream nothing, in sync or about to be."""
    call, leg = call_of(lab, suite)
    with call:
        peer = Peer(call, leg, index=65000)
        arrived = peer.send(100, 10)
        peer.index = 65500
        arrived += peer.send(100, 10)
        tap.ok(all(arrived), f'{suite}: 10 forgeries for each packet, over a '
               'wrap: no packet is lost', arrived.count(False))
        found = call.drops('b')
        tap.ok(sum(found.values()) == 2000 and
               found.keys() <= {'auth-failed', 'replayed'},
               f'{suite}: all forgeries are counted', found)
    call, leg = call_of(lab, suite)
    with call:
        peer = Peer(call, leg, index=1 << 16 | 700)
        rng = random.Random(2)
        for _ in range(50):  # they have what tries there are at once
            call.send('b', forge(peer.seal(peer.index + 1)[1], rng))
        check_recovers(call, peer, f'{suite}: first packet with ROC 1, 3 '
                       'forgeries for each packet', UNDER_FIRE, 3)


def check_desync(lab, suite):
    """No guess helps: userspace is told, once, of whom."""
    call, leg = call_of(lab, suite, label='lost one')
    with call:
        peer = Peer(call, leg)
        good = all(peer.send(5))
        lab.forget_events()
        peer.index = 3000 << 16
        peer.send(40)
        quiet = lab.events(.1, only='session-desync-ntf')
        arrived = []
        found = wait_for(lambda: arrived.extend(peer.send(3)) or lab.events(
            .1, only='session-desync-ntf'), 30)
        want = {'id': call.number, 'label': 'lost one', 'leg': 1,
                'ssrc': SSRC}
        count = found[0][1].pop('count') if found else 0
        tap.equal([good, quiet, found, any(arrived)],
                  [True, [], [('session-desync-ntf', want)], False],
                  f'{suite}: session-desync-ntf names call, leg and SSRC')
        # Some look like copies of old ones, others fail authentication.
        drops = call.drops('b')
        tap.ok(drops['auth-failed'] >= count > 0 and 50 <= sum(
            drops.values()) <= 40 + len(arrived),
               f'{suite}: after 50 packets', (count, drops))
        peer.send(100)
        tap.equal(lab.events(.1, only='session-desync-ntf'), [],
                  f'{suite}: once')
        peer.index = 2000
        tap.ok(all(peer.send(10)), f'{suite}: the stream is there again')


def main():
    what = sys.argv[1:] or ['long', 'recovery']
    with open_lab() as lab:
        if 'long' in what:
            for way in ('seal', 'open'):
                check_long(lab, CM, way, LONG)
                if not DEBUG:
                    check_long(lab, GCM, way, min(LONG, ONE_WRAP))
        if 'recovery' in what:
            for suite in (CM, GCM):
                for check in (check_start, check_loss, check_hold,
                              check_no_reset, check_rekeyed, check_forged,
                              check_desync):
                    check(lab, suite)
    tap.clean_log()
    tap.finish()


main()
