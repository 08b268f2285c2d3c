#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""DTMF as RFC 4733 has it, in the middle of speech: all packets of an event have the
timestamp of its begin, the last one is sent three times."""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lab import SSRC, Call, Plain, Secure, Tap, open_lab  # noqa: E402

SPEECH, EVENT = 0, 101  # payload types
STEP = 160  # timestamp units in 20 ms
DIGITS = '159#'
CODE = '0123456789*#'.index

tap = Tap()


class Keypad:
    """A phone's stream, packet by packet."""

    def __init__(self):
        self.seq, self.time = 65520, 0xffffff00  # both wrap in between

    def packet(self, kind, payload, marker=False, time=None):
        self.seq += 1
        return struct.pack('>BBHII', 0x80, marker << 7 | kind,
                           self.seq & 0xffff,
                           (self.time if time is None else time) & 0xffffffff,
                           SSRC) + payload

    def speech(self, n):
        for _ in range(n):
            yield self.packet(SPEECH, bytes([self.seq & 0xff]) * STEP)
            self.time += STEP

    def event(self, digit, n=5):
        begin = self.time
        for i in range(n + 2):
            end = i >= n - 1
            duration = STEP * min(i + 1, n)
            yield self.packet(EVENT, struct.pack(
                '>BBH', CODE(digit), end << 7 | 10, duration), not i, begin)
        self.time += STEP * n

    def call(self):
        yield from self.speech(3)
        for digit in DIGITS:
            yield from self.event(digit)
            yield from self.speech(2)


def digits(packets):
    """What a receiver hears: one of each timestamp that has an end."""
    heard = {}
    for p in packets:
        if p and p[1] & 0x7f == EVENT and p[13] & 0x80:
            heard.setdefault(p[4:8], '0123456789*#'[p[12]])
    return ''.join(heard.values())


def check_way(call, which, what):
    sent = list(Keypad().call())
    there = [call.relay(which, packet)[2] for packet in sent]
    tap.equal([p and p.hex() for p in there], [p.hex() for p in sent],
              f'{what}: each packet as it was, in order')
    tap.equal(digits(there), DIGITS, f'{what}: the digits')
    tap.ok(call.next(call.far(which), 0, 0.1) is None,
           f'{what}: none comes twice')
    streams = call.get()[f'leg-{which}']['stream']
    tap.equal([[s['packets'], s['lost']] for s in streams] +
              [call.drops(which)], [[len(sent), 0], {}],
              f'{what}: one stream, none lost or dropped')


def main():
    with open_lab() as lab:
        for suite in (None, 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'):
            with Call(lab, b=Secure(suite) if suite else Plain()) as call:
                far = suite or 'RTP'
                check_way(call, 'a', f'RTP to {far}')
                check_way(call, 'b', f'{far} to RTP')
    tap.clean_log()
    tap.finish()


main()
