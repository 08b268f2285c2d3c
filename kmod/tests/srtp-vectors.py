#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes srtp-vectors.h: packets as another implementation protects them.

kmod/tests/srtp-vectors.py >kmod/tests/srtp-vectors.h

Written from RFC 3711, 6188 and 7714 on top of AES of the openssl command and
HMAC of Python, sharing nothing with the module. Checks itself with vectors of
the RFCs and with packets that libsrtp's own tests have.
"""
import hashlib
import hmac
import subprocess
import sys

# Master keys and salts of RFC 3711, B.3, and of RFC 6188, 7.4 and 7.2.
MASTER = {16: 'e1f97a0d3e018be0d64fa32c06de4139' '0ec675ad498afeebb6960b3aabe6',
          24: '73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1'
              'c8522f3acd4ce86d5add78edbb11',
          32: 'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6'
              '3b04803de51ee7c96423ab5b78d2'}
AB = b'\xab' * 16
E = 1 << 31
CACHE = {}


def aes(key, block):
    """One block, by openssl."""
    if (key, block) not in CACHE:
        CACHE[key, block] = subprocess.run(
            ['openssl', 'enc', f'-aes-{8 * len(key)}-ecb', '-nopad', '-K',
             key.hex()], input=block, stdout=subprocess.PIPE,
            check=True).stdout
    return CACHE[key, block]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def ctr(key, iv, data):
    first, out = int.from_bytes(iv, 'big'), b''
    for at in range(0, len(data), 16):
        counter = (first + at // 16) % (1 << 128)
        out += xor(data[at:at + 16], aes(key, counter.to_bytes(16, 'big')))
    return out


def f8(key, salt, iv, data):
    mask = salt + b'\x55' * (len(key) - len(salt))
    iv, s, out = aes(xor(key, mask), iv), bytes(16), b''
    for at in range(0, len(data), 16):
        s = aes(key, xor(xor(s, iv), (at // 16).to_bytes(16, 'big')))
        out += xor(data[at:at + 16], s)
    return out


def ghash(h, data):
    h, y = int.from_bytes(h, 'big'), 0
    for at in range(0, len(data), 16):
        x, y = y ^ int.from_bytes(data[at:at + 16], 'big'), 0
        for bit in range(128):
            if h >> (127 - bit) & 1:
                y ^= x
            x = x >> 1 ^ (0xe1 << 120 if x & 1 else 0)
    return y.to_bytes(16, 'big')


def gcm(key, iv, aad, data):
    def pad(s):
        return s + bytes(-len(s) % 16)

    out = ctr(key, iv + b'\0\0\0\2', data)
    bits = b''.join((8 * len(s)).to_bytes(8, 'big') for s in (aad, out))
    s = ghash(aes(key, bytes(16)), pad(aad) + pad(out) + bits)
    return out + xor(s, aes(key, iv + b'\0\0\0\1'))


def kdf(key, salt, label, r, length):
    """RFC 3711, 4.3.1; salts of 12 bytes as RFC 7714, 11, has it."""
    x = (int.from_bytes(salt + bytes(14 - len(salt)), 'big')
         ^ label << 48 ^ r) << 16
    return ctr(key, x.to_bytes(16, 'big'), bytes(length))


class Suite:
    def __init__(self, name, key_len, tag_len, kind='cm'):
        self.name, self.key_len, self.tag_len = name, key_len, tag_len
        self.kind = kind
        self.salt_len = 12 if kind == 'gcm' else 14


class Call:
    """Packets that share a context."""

    def __init__(self, name, suite, packets, flags=(), kdr=0, mki=b''):
        self.name, self.suite, self.flags = name, suite, flags
        self.kdr, self.mki, self.packets = kdr, mki, packets
        master = bytes.fromhex(MASTER[suite.key_len])
        self.master = master[:suite.key_len + suite.salt_len]

    def keys(self, rtcp, index):
        key = self.master[:self.suite.key_len]
        salt = self.master[self.suite.key_len:]
        r, base = (index >> self.kdr if self.kdr else 0), 3 * rtcp
        return (kdf(key, salt, base, r, len(key)),
                kdf(key, salt, base + 1, r, 20),
                kdf(key, salt, base + 2, r, len(salt)))

    def protect(self, packet):
        rtcp, index, plain, hdr_len = packet
        key, auth, salt = self.keys(rtcp, index)
        flag = 'UNENCRYPTED_SRTCP' if rtcp else 'UNENCRYPTED_SRTP'
        clear = flag in self.flags or self.suite.kind == 'null'
        word = b''
        if rtcp:
            word = (index | (0 if clear else E)).to_bytes(4, 'big')
        if self.suite.kind == 'gcm':
            return self.protect_gcm(packet, key, salt, clear, word)
        out = plain
        if not clear:
            ssrc = plain[4:8] if rtcp else plain[8:12]
            out = plain[:hdr_len] + self.encrypt(
                key, salt, plain, hdr_len, ssrc, index, word)
        roc = b'' if rtcp else (index >> 16).to_bytes(4, 'big')
        tag = hmac.new(auth, out + word + roc, hashlib.sha1).digest()
        tag = tag[:10 if rtcp else self.suite.tag_len]
        if not rtcp and 'UNAUTHENTICATED_SRTP' in self.flags:
            tag = b''
        return out + word + self.mki + tag

    def encrypt(self, key, salt, plain, hdr_len, ssrc, index, word):
        if self.suite.kind == 'f8':
            if word:
                iv = bytes(4) + word + plain[:8]
            else:
                iv = b'\0' + plain[1:12] + (index >> 16).to_bytes(4, 'big')
            return f8(key, salt, iv, plain[hdr_len:])
        iv = (int.from_bytes(salt, 'big') << 16 ^
              int.from_bytes(ssrc, 'big') << 64 ^ index << 16)
        return ctr(key, iv.to_bytes(16, 'big'), plain[hdr_len:])

    def protect_gcm(self, packet, key, salt, clear, word):
        rtcp, index, plain, hdr_len = packet
        ssrc = plain[4:8] if rtcp else plain[8:12]
        iv = xor(salt, b'\0\0' + ssrc + index.to_bytes(6, 'big'))
        at = len(plain) if clear else hdr_len
        return (plain[:at] + gcm(key, iv, plain[:at] + word, plain[at:]) +
                word + self.mki)


def rtp(seq, roc=0, payload=AB, rest=b''):
    first = b'\x80' if not rest else b'\x91'
    header = (first + b'\x0f' + seq.to_bytes(2, 'big') +
              bytes.fromhex('decafbadcafebabe') + rest)
    return False, roc << 16 | seq, header + payload, len(header)


def rtcp(index, payload=AB):
    return True, index, bytes.fromhex('81c8000bcafebabe') + payload, 8


SUITES = [Suite('AES_CM_128_HMAC_SHA1_80', 16, 10),
          Suite('AES_CM_128_HMAC_SHA1_32', 16, 4),
          Suite('AES_CM_192_HMAC_SHA1_80', 24, 10),
          Suite('AES_CM_192_HMAC_SHA1_32', 24, 4),
          Suite('AES_CM_256_HMAC_SHA1_80', 32, 10),
          Suite('AES_CM_256_HMAC_SHA1_32', 32, 4),
          Suite('AEAD_AES_128_GCM', 16, 16, 'gcm'),
          Suite('AEAD_AES_256_GCM', 32, 16, 'gcm'),
          Suite('F8_128_HMAC_SHA1_80', 16, 10, 'f8'),
          Suite('NULL_HMAC_SHA1_80', 16, 10, 'null'),
          Suite('NULL_HMAC_SHA1_32', 16, 4, 'null')]
CM, CM_32, GCM, GCM_256, F8 = (SUITES[i] for i in (0, 1, 6, 7, 8))
# A CSRC and a header extension.
REST = bytes.fromhex('01020304bede000110aa0000')
LONG = bytes(range(50))


def all_calls():
    for s in SUITES:
        yield Call(s.name, s, [rtp(0x1234), rtp(0x1235, 0, LONG, REST),
                               rtp(0x1236, 0, b''), rtcp(0), rtcp(1, LONG),
                               rtcp(2, b'')])
    for s in (CM, GCM, F8):
        yield Call('wrap', s, [rtp(65535), rtp(0, 1), rtp(65534), rtp(1, 1)])
    for s in (CM, CM_32, GCM):
        for mki in (b'\x17', b'keys', bytes(range(128))):
            yield Call(f'MKI of {len(mki)}', s, [rtp(7), rtcp(0)], mki=mki)
    for s in (CM, GCM, GCM_256, F8):
        for flag in ('UNENCRYPTED_SRTP', 'UNENCRYPTED_SRTCP'):
            yield Call(flag, s, [rtp(7), rtcp(0)], [flag])
    for s in (CM, F8):
        yield Call('unauthenticated', s, [rtp(7), rtcp(0)],
                   ['UNAUTHENTICATED_SRTP'])
        yield Call('unauthenticated, MKI', s, [rtp(7), rtcp(0)],
                   ['UNAUTHENTICATED_SRTP'], mki=b'keys')
    yield Call('nothing but SRTCP tags', CM, [rtp(7), rtcp(0)],
               ['UNENCRYPTED_SRTP', 'UNENCRYPTED_SRTCP',
                'UNAUTHENTICATED_SRTP'])
    for s in (CM, SUITES[4], GCM, F8):
        yield Call('rate 2^1', s, [rtp(1), rtp(2), rtp(3), rtp(4)] +
                   [rtcp(i) for i in range(4)], kdr=1)
        yield Call('rate 2^15', s, [rtp(32767), rtp(32768), rtp(65535),
                                    rtp(0, 1), rtp(32768, 1)], kdr=15)
        yield Call('rate 2^24', s, [rtp(3), rtcp(0)], kdr=24)
    yield Call('rate 2^16, MKI', CM, [rtp(65535), rtp(0, 1), rtcp(0)],
               kdr=16, mki=b'keys')


def self_check():
    def packet(suite, pkt):
        return Call('', suite, []).protect(pkt).hex()

    assert kdf(bytes.fromhex(MASTER[16])[:16], bytes.fromhex(MASTER[16])[16:],
               1, 0, 20).hex() == 'cebe321f6ff7716b6fd4ab49af256a156d38baa4'
    assert packet(CM, rtp(0x1234)) == (
        '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402'
        'b78d6acc99ea179b8dbb')
    assert packet(SUITES[4], rtp(0x1234)) == (
        '800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40d'
        'a08d9d9a5b3a55d8873b')
    assert packet(CM, rtcp(1)) == (
        '81c8000bcafebabe7128035be487b9bdbef89041f977a5a8'
        '80000001993e08cd54d6c1230798')
    # RFC 7714, 16.1.1
    assert gcm(bytes(range(16)), bytes.fromhex('51753c6580c2726f20718414'),
               bytes.fromhex('8040f17b8041f8d35501a0b2'),
               b'Gallia est omnis divisa in partes tres').hex() == (
        'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de'
        '3adf8833899d7f27beb16a9152cf765ee4390cce')
    # RFC 3711, B.1
    assert f8(bytes.fromhex('234829008467be186c3de14aae72d62c'),
              bytes.fromhex('32f2870d'),
              bytes.fromhex('006e5cba50681de55c621599d462564a'),
              b'pseudorandomness is the next best thing').hex() == (
        '019ce7a26e7854014a6366aa95d4eefd1ad4172a14f9faf455b7f1d4b62bd08f'
        '562c0eef7c4802')


def c_string(data):
    lines = [''.join(f'\\x{b:02x}' for b in data[i:i + 16])
             for i in range(0, len(data), 16)]
    return '\n'.join(f'\t  "{line}"' for line in lines or [''])


def c_flags(flags):
    return ' |\n\t'.join(f'RINGFENCE_LEG_FLAGS_{f}' for f in flags) or '0'


def main():
    self_check()
    calls, packets, first = [], [], 0
    for call in all_calls():
        calls.append(
            f'\t{{ "{call.suite.name}: {call.name}",\n'
            f'\t  RINGFENCE_SUITE_{call.suite.name},\n'
            f'\t  {c_flags(call.flags)}, {call.kdr}, {len(call.mki)},\n'
            f'{c_string(call.mki)}, {first}, {len(call.packets)} }},\n')
        first += len(call.packets)
        for pkt in call.packets:
            wire = call.protect(pkt)
            packets.append(
                f'\t{{ {str(pkt[0]).lower()}, {pkt[3]}, {len(pkt[2])}, '
                f'{len(wire)},\n{c_string(pkt[2])},\n{c_string(wire)} }},\n')
    sys.stdout.write(f'''\
/* SPDX-License-Identifier: GPL-2.0-only */
/* Generated by srtp-vectors.py, which says how. Do not edit. */
#ifndef _RGF_SRTP_VECTORS_H
#define _RGF_SRTP_VECTORS_H

#include <linux/ringfence.h>
#include <linux/types.h>

struct srtp_call {{
	const char *name;
	enum ringfence_suite suite;
	u32 flags;
	u8 kdr;
	u8 mki_len;
	const char *mki;
	unsigned int first; /* of srtp_packets */
	unsigned int nr;
}};

struct srtp_packet {{
	bool rtcp;
	u16 hdr_len;
	u16 len;
	u16 wire_len;
	const char *plain;
	const char *wire;
}};

static const struct srtp_call srtp_calls[] = {{
{''.join(calls)}}};

static const struct srtp_packet srtp_packets[] = {{
{''.join(packets)}}};

#endif
''')


if __name__ == '__main__':
    main()
