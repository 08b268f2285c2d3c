#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is not well-formed RTP or RTCP goes nowhere, by either leg.

An SRTP leg's peer that authenticates can send ill-formed packets, too; what
shows only in the clear is then found after decryption.
"""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lab import (Call, SSRC, Secure, Tap, added, open_lab,  # noqa: E402
                 rtcp)

tap = Tap()
HEAD = struct.pack('>HII', 7, 160, SSRC)  # from the sequence number on


def report(kind, count, blocks=0, words=None, pad=b'', first=0x80):
    """RTCP of kind 200 (SR) or 201 (RR)."""
    body = struct.pack('>I', SSRC) + bytes(20 if kind == 200 else 0) + \
        bytes(24 * blocks) + pad
    words = len(body) // 4 if words is None else words
    return struct.pack('>BBH', first | count, kind, words) + body


BYE = struct.pack('>BBHI', 0x81, 203, 1, SSRC)
SDES = struct.pack('>BBHIBB', 0x81, 202, 2, SSRC, 1, 2) + b'ab'
APP = struct.pack('>BBHI', 0x80, 204, 2, SSRC) + b'name'

GOOD_RTP = {
    'the shortest': b'\x80\0' + HEAD,
    'payload type 72 without marker': b'\x80\x48' + HEAD,
    '15 CSRCs and no payload': b'\x8f\0' + HEAD + bytes(60),
    'an empty extension': b'\x90\0' + HEAD + bytes(4),
    'a long extension': (b'\x90\0' + HEAD + struct.pack('>HH', 1, 200) +
                         bytes(800)),
    'padding only': b'\xa0\0' + HEAD + b'\0\2',
    'padding of 1': b'\xa0\0' + HEAD + b'\1',
    'padding of 255': b'\xa0\0' + HEAD + bytes(254) + b'\xff',
}
# Can be told by the header, so before decryption, too.
BAD_RTP = {
    'CSRCs beyond its end': b'\x8f\0' + HEAD + bytes(59),
    'no room for the extension\'s header': b'\x90\0' + HEAD + bytes(3),
    'an extension beyond its end': (b'\x90\0' + HEAD + struct.pack(
        '>HH', 1, 3) + bytes(11)),
    'an extension of 65535 words': (b'\x90\0' + HEAD + b'\0\0\xff\xff' +
                                    bytes(1000)),
    'RTCP\'s sender report on the RTP port': rtcp(),
    'type 204 of RTCP': b'\x80\xcc' + HEAD + bytes(16),
} | {f'{n} bytes': (b'\x80\0' + HEAD)[:n] for n in range(12)}
BAD_PADDING = {
    'padding of 0': b'\xa0\0' + HEAD + bytes(20),
    'more padding than payload': b'\xa0\0' + HEAD + bytes(9) + b'\x0b',
    'padding and no payload': b'\xa0\0' + HEAD,
    'padding that reaches into an extension': (b'\xb0\0' + HEAD + bytes(4) +
                                               b'\2'),
}
GOOD_RTCP = {
    'a sender report': rtcp(),
    'an empty receiver report': report(201, 0),
    'a report of 31 blocks': report(201, 31, 31),
    'a compound': rtcp() + SDES + BYE,
    'APP': report(201, 0) + APP,
    'feedback': report(201, 0) + struct.pack('>BBHII', 0x81, 206, 2, 1, 2),
    'reduced size': struct.pack('>BBHII', 0x81, 206, 2, 1, 2),
    'padding at its end': report(201, 0, pad=b'\0\0\0\4', first=0xa0),
    'padding of the last part': rtcp() + report(201, 0, pad=b'\0\0\0\4',
                                                first=0xa0),
}
BAD_RTCP_HEADER = {
    'RTP\'s type': b'\x80\x00' + rtcp()[2:],
    'type 191': b'\x80\xbf' + rtcp()[2:],
    'type 224': b'\x80\xe0' + rtcp()[2:],
} | {f'{n} bytes': rtcp()[:n] for n in range(8)}
BAD_COMPOUND = {
    'a length beyond its end': report(200, 0, words=7),
    'a length short of its end': report(200, 0, words=5),
    'a second part cut off': rtcp() + SDES[:8],
    'a second part of 2 bytes': rtcp() + b'\x80\xc9',
    'a second part of version 1': rtcp() + b'\x41' + SDES[1:],
    'a second part of no known type': rtcp() + b'\x80\x00\0\1' + bytes(4),
    'fewer blocks than counted in a sender report': report(200, 1),
    'fewer blocks than counted in a receiver report': report(201, 2, 1),
    'fewer sources than counted in BYE': rtcp() + b'\x82' + BYE[1:],
    'padding of the first part': report(201, 0, pad=b'\0\0\0\4',
                                        first=0xa0) + SDES,
    'padding of 0': report(201, 0, pad=bytes(4), first=0xa0),
    'padding of 3': report(201, 0, pad=b'\0\0\0\3', first=0xa0),
    'padding beyond its part': report(201, 0, pad=b'\0\0\0\x10',
                                      first=0xa0),
    'reports in the padding': report(201, 1, 1, pad=b'', first=0xa0)[:-1] +
    b'\x08',
}
GCM, CM = 'AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'


def taken(call, which, packets, control, what):
    lost = []
    for form, packet in packets.items():
        if not control:
            call.seq[which] += 1
            packet = packet[:2] + struct.pack('>H', call.seq[which]) + \
                packet[4:]
        if call.relay(which, packet, control)[2] != packet:
            lost.append(form)
    tap.equal(lost, [], f'{what}: all of these pass: ' +
              ', '.join(packets))


def refused(call, which, packets, control, what, seal=False):
    """Each by itself, so that a failure names it."""
    for form, packet in packets.items():
        before = call.drops(which)
        if seal:
            if not control:
                call.seq[which] += 1
                packet = packet[:2] + struct.pack(
                    '>H', call.seq[which]) + packet[4:]
            packet = call.legs[which].seal(packet, control)
        call.send(which, packet, control)
        good = call.lives(which, control)
        found = added(before, call.drops(which))
        tap.ok(good and found == {'malformed': 1}, f'{what}: {form}',
               (good, found))


def check_plain(lab, b=None):
    with Call(lab, b=b) as call:
        what = f'plain to {b.suite if b else "plain"}'
        taken(call, 'a', GOOD_RTP, 0, what)
        taken(call, 'a', GOOD_RTCP, 1, what)
        refused(call, 'a', BAD_RTP | BAD_PADDING, 0, f'{what}, RTP')
        refused(call, 'a', BAD_RTCP_HEADER | BAD_COMPOUND, 1,
                f'{what}, RTCP')


def check_secure(lab, suite):
    """Sealed by the oracle: libsrtp2 refuses to protect some of these."""
    with Call(lab, b=Secure(suite, judge='oracle')) as call:
        taken(call, 'b', GOOD_RTP, 0, suite)
        taken(call, 'b', GOOD_RTCP, 1, suite)
        refused(call, 'b', BAD_RTP, 0, f'{suite}, RTP')
        refused(call, 'b', BAD_RTCP_HEADER, 1, f'{suite}, RTCP')
        refused(call, 'b', BAD_PADDING, 0, f'{suite}, sealed RTP', True)
        refused(call, 'b', BAD_COMPOUND, 1, f'{suite}, sealed RTCP', True)


def main():
    with open_lab() as lab:
        check_plain(lab)
        if 'plain' not in sys.argv:
            for suite in (CM, GCM):
                check_plain(lab, Secure(suite))
                check_secure(lab, suite)
    tap.clean_log()
    tap.finish()


main()
