#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A packet fuzzer: RF_PACKETS packets (20000; 5000 on the debug kernel) of the
seed RF_SEED (drawn and printed) to both legs of calls of every suite, from the
signalled addresses.

With arguments, only the suites that are named.

What is sent to the SRTP leg without its keys is never relayed; what comes out
of the plain one is a packet that was sent; all are counted; the call lives.
"""
import os
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import wait_for  # noqa: E402
from lab import (Call, Secure, Tap, open_lab, oracle,  # noqa: E402
                 received, rtcp, rtp)

tap = Tap()
SEED = int(os.environ.get('RF_SEED', random.randrange(1 << 32)))
PACKETS = int(os.environ.get(
    'RF_PACKETS', 5000 if os.environ.get('RF_KERNEL') == 'debug' else 20000))
BATCH = 50
FOE = 0x99aabbcc  # the SSRC of the forged; the call's own is another
rng = random.Random(SEED)


def any_bytes(_):
    """Nothing in particular."""
    return rng.randbytes(rng.choice((rng.randrange(40), rng.randrange(1400))))


def any_rtp(_):
    """A header that says anything of what follows, or doesn't."""
    csrcs, words = rng.randrange(16), rng.choice((0, 1, 5, 100, 65535))
    first = 0x80 | rng.choice((0, 0x10, 0x20, 0x30)) | csrcs
    body = rng.randbytes(4 * csrcs) if rng.random() < .8 else b''
    if first & 0x10 and rng.random() < .9:
        body += struct.pack('>HH', 0xbede, words)
        body += rng.randbytes(4 * min(words, 100))
    body += rng.randbytes(rng.randrange(200))
    if first & 0x20:
        body += bytes([rng.choice((0, 1, 4, 255, rng.randrange(256)))])
    return struct.pack('>BBHII', first, rng.choice(
        (0, 0x80, 200, 204, rng.randrange(256))), rng.randrange(65536),
        rng.randrange(1 << 32), rng.choice((FOE, rng.randrange(1 << 32)))
        ) + body[:1400]


def any_rtcp(_):
    """Parts whose lengths add up, or don't."""
    packet = b''
    for _ in range(rng.choice((1, 1, 2, 3, 10))):
        words = rng.choice((0, 1, 6, 12, rng.randrange(40)))
        packet += struct.pack('>BBH', 0x80 | rng.choice(
            (0, 1, 0x20, rng.randrange(64))), rng.choice(
                (200, 201, 202, 203, 204, 205, rng.randrange(256))),
            rng.choice((words, words + 1, 65535)) if rng.random() < .3
            else words) + rng.randbytes(4 * words)
    packet = packet[:4] + struct.pack('>I', FOE) + packet[8:]
    end = rng.choice((b'', b'', rng.randbytes(rng.randrange(20)),
                      struct.pack('>I', rng.randrange(1 << 32))))
    return (packet + end)[:1400]


def mutated(genuine):
    """A packet that is or was good, changed."""
    packet = bytearray(rng.choice(genuine))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        how = rng.randrange(6)
        at = rng.randrange(len(packet) + 1)
        if how == 0:
            packet[at:at + 1] = bytes([rng.randrange(256)])
        elif how == 1 and at < len(packet):
            packet[at] ^= 1 << rng.randrange(8)
        elif how == 2:
            del packet[at:]
        elif how == 3:
            packet[at:at] = rng.randbytes(rng.randrange(20))
        elif how == 4:
            del packet[at:at + rng.randrange(20)]
        else:
            packet += rng.randbytes(rng.randrange(150))
    return bytes(packet[:1400])


def trailer(genuine):
    """A genuine header, then less or more than a trailer can be."""
    head = rng.choice(genuine)[:rng.choice((0, 4, 8, 12, 12))]
    return head + rng.randbytes(rng.choice(
        (0, 1, 3, 4, 9, 10, 13, 14, 15, 16, 17, 20, 28, 30, 146)))


def extended(genuine):
    """The extension's length against the packet's, which has a trailer."""
    packet = rng.choice(genuine)
    words = rng.randrange(len(packet) // 4 + 2)
    return bytes([packet[0] | 0x10]) + packet[1:12] + struct.pack(
        '>HH', 0xbede, words) + packet[12:]


MAKERS = (any_bytes, any_rtp, any_rtcp, mutated, mutated, trailer, extended)


def open_late(leg, wire):
    """RTP that waited for derived keys, others having overtaken it: the order
    of arrival doesn't tell its roll-over counter."""
    for roc in range(4) if leg.kdr else ():
        judge = oracle.Oracle(leg.suite, leg.tx, kdr=leg.kdr)
        judge.set_roc(int.from_bytes(wire[8:12], 'big'), roc)
        if (packet := judge.unprotect(wire)) is not None:
            return packet
    return None


class Target:
    """One call under fire, and what it has been sent."""

    def __init__(self, call):
        self.call = call
        self.sent = {'a': 0, 'b': 0}
        self.relayed = {'a': 0, 'b': 0}  # came out at
        self.wrong = []
        self.dead = 0
        self.seq = 0
        self.lives()

    def genuine(self, which):
        """Good packets of the SSRC of the forged. Those of the SRTP leg were
        relayed, so that only a change makes them new."""
        call = self.call
        self.seq += 3
        packets = [(rtcp(FOE, n), 1) for n in range(3)] + \
            [(rtp(self.seq + n, FOE), 0) for n in range(3)]
        if which == 'a':
            return [packet for packet, _ in packets]
        out = []
        for packet, control in packets:
            wire, _, result = call.relay(which, packet, control)
            self.sent[which] += 1
            self.relayed[call.far(which)] += 1
            self.dead += result != packet
            out.append(wire)
        return out

    def lives(self):
        """The call's own packets pass; their SSRC was there first."""
        good = True
        for which in 'ab':
            for control in (0, 1):
                good &= self.call.lives(which, control)
                self.sent[which] += 1
                self.relayed[self.call.far(which)] += 1
        return good

    def settled(self, which):
        """No packet of this leg waits for derived keys any more."""
        session = self.call.get()
        drops = session[f'leg-{which}']['stats'].get('drop', [])
        sent = session[f'leg-{self.call.far(which)}']['stats']['tx-packets']
        return sum(d['packets'] for d in drops) + sent >= self.sent[which]

    def collect(self, which, control):
        """All that came out at a phone."""
        sock = self.call.phones[which].sockets[control]
        return list(iter(lambda: received(sock, 0), None))

    def fire(self, which, count):
        call, far = self.call, self.call.far(which)
        genuine = self.genuine(which)
        for control in (0, 1):
            packets = [rng.choice(MAKERS)(genuine)
                       for _ in range(count // 2)]
            for packet in packets:
                call.send(which, packet, control)
                self.sent[which] += 1
            wait_for(lambda: self.settled(which))
            arrived = self.collect(far, control)
            self.relayed[far] += len(arrived)
            if self.collect(far, 1 - control):
                self.wrong.append('on the other port')
            if which == 'b' and arrived:
                self.wrong.append(f'forged: {arrived[0].hex()}')
            for wire in arrived if which == 'a' else ():
                opened = call.legs[far].open(wire, control)
                if opened is None and not control:
                    opened = open_late(call.legs[far], wire)
                if opened not in packets:
                    self.wrong.append(f'not sent: {wire.hex()}')

    def judge(self, what):
        """Everything is somewhere."""
        call = self.call
        self.dead += not self.lives()
        drops = {w: sum(call.drops(w).values()) for w in 'ab'}
        tap.equal(self.wrong, [], f'{what}: nothing forged is relayed')
        tap.equal([drops[w] + self.relayed[call.far(w)] for w in 'ab'],
                  [self.sent[w] for w in 'ab'],
                  f'{what}: each of {sum(self.sent.values())} packets was '
                  'relayed or counted')
        tap.equal([call.stats(w)['tx-packets'] for w in 'ab'],
                  [self.relayed[w] for w in 'ab'], f'{what}: as session-get '
                  'tells')
        tap.equal(self.dead, 0, f'{what}: good packets pass meanwhile and '
                  'after')


def main():
    print(f'# RF_SEED={SEED}')
    configs = [(suite, mki, kdr) for suite in sys.argv[1:] or oracle.SUITES
               for mki, kdr in ((0, 0), (4, 0), (128, 3))]
    each = max(PACKETS // len(configs) // (2 * BATCH), 1)
    with open_lab() as lab:
        for suite, mki, kdr in configs:
            with Call(lab, b=Secure(suite, mki=mki, kdr=kdr,
                                    keys=2 if mki else 1)) as call:
                target = Target(call)
                for _ in range(each):
                    for which in 'ab':
                        target.fire(which, BATCH)
                    target.dead += not target.lives()
                target.judge(f'{suite}, MKI of {mki} bytes, rate {kdr}')
    tap.clean_log()
    tap.finish()


main()
