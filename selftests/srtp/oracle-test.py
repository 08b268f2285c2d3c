#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The judges judged: oracle.py by the vectors of the RFCs, and it and
libsrtp2 by each other. No kernel module is needed."""
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import Tap, rtcp, rtp  # noqa: E402
from srtp import libsrtp, oracle  # noqa: E402

tap = Tap()
h = bytes.fromhex


def check_rfc3711():
    key, salt = h('234829008467be186c3de14aae72d62c'), h('32f2870d')
    plain = (b'pseudorandomness is the next best thing')
    tap.equal(oracle.f8_crypt(key, salt,
                              h('006e5cba50681de55c621599d462564a'), plain),
              h('019ce7a26e7854014a6366aa95d4eefd1ad4172a14f9faf455b7f1d4'
                'b62bd08f562c0eef7c4802'), 'RFC 3711, B.1: AES-f8')
    key = h('2b7e151628aed2a6abf7158809cf4f3c')
    start = int.from_bytes(h('f0f1f2f3f4f5f6f7f8f9fafbfcfd0000'), 'big')
    tap.equal(oracle.cm_keystream(key, start, 48),
              h('e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe'
                '4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0'),
              'RFC 3711, B.2: AES-CM, first blocks')
    tap.equal(oracle.cm_keystream(key, start + 0xfeff, 48),
              h('ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7'
                'fc5073ae6a2cc3787889374fbeb4c81b17ba6c44'),
              'RFC 3711, B.2: AES-CM, last blocks')
    key = h('e1f97a0d3e018be0d64fa32c06de4139')
    salt = h('0ec675ad498afeebb6960b3aabe6')
    tap.equal([oracle.derive(key, salt, n, 0, length).hex()
               for n, length in ((0, 16), (2, 14), (1, 94))],
              ['c61e7a93744f39ee10734afe3ff7a087',
               '30cbbc08863d8c85d49db34a9ae1',
               'cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e235'
               '9e6cdbcee049646c43d9327ad175578ef72270986371c10c9a369ac2'
               'f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c'
               '59bbfc2f34db60dbdfb2'], 'RFC 3711, B.3: key derivation')


def check_rfc6188():
    for bits, key, salt, want in (
            (256, 'f0f04914b513f2763a1b1fa130f10e29'
                  '98f6f6e43e4309d1e622a0e332b9f1b6',
             '3b04803de51ee7c96423ab5b78d2',
             ['5ba1064e30ec51613cad926c5a28ef73'
              '1ec7fb397f70a960653caf06554cd8c4',
              'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05',
              'fa31791685ca444a9e07c6c64e93']),
            (192, '73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1',
             'c8522f3acd4ce86d5add78edbb11',
             ['31874736a8f1143870c26e4857d8a5b2c4a354407faadabb',
              '355b10973cd95b9eacf4061c7e1a7151e7cfbfcb',
              '2372b82d639b6d8503a47adc0a6c'])):
        suite = oracle.SUITES[f'AES_{bits}_CM_HMAC_SHA1_80']
        have = oracle.session_keys(suite, h(key + salt), False, 0)
        tap.equal([part.hex() for part in have], want,
                  f'RFC 6188, 7: AES_{bits}_CM_PRF')


SRTP_PLAIN = (h('8040f17b8041f8d35501a0b2') +
              b'Gallia est omnis divisa in partes tres')
SRTCP_PLAIN = h('81c8000d4d6172734e5450314e545032525450200000042a0000e930'
                '4c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef')
GCM = {  # bits: SRTP of 16.1.1 and 16.2.1, SRTCP of 17.1 and 17.2
    128: ('8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd5'
          '0d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee439'
          '0cce',
          '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d'
          'c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872'
          '45d9eade800005d4'),
    256: ('8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab1801238'
          '9a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a7'
          '6c13',
          '81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50'
          'a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6c'
          'b26ac3be800005d4'),
}
GCM_CLEAR = (SRTCP_PLAIN.hex() +  # 17.3
             '841dd9683dd78ec92ae58790125f62b3000005d4')


class WithSessionKey(oracle.Oracle):
    """The vectors of RFC 7714 tell session keys, not master keys."""

    def session(self, number, rtcp, index):
        return oracle.Session(self.keys[0][0][:-12], b'',
                              self.keys[0][0][-12:])


def check_rfc7714():
    for bits, (srtp, srtcp) in GCM.items():
        keys = [bytes(range(bits // 8)) + b'Quid pro quo']
        peer = WithSessionKey(f'AEAD_AES_{bits}_GCM', keys)
        peer.control[0x4d617273] = 0x5d4
        tap.equal([peer.protect(SRTP_PLAIN).hex(),
                   peer.protect_rtcp(SRTCP_PLAIN).hex()], [srtp, srtcp],
                  f'RFC 7714, 16 and 17: AEAD_AES_{bits}_GCM')
        tap.equal([peer.unprotect(h(srtp)), peer.unprotect_rtcp(h(srtcp))],
                  [SRTP_PLAIN, SRTCP_PLAIN], 'RFC 7714: and back')
    peer = WithSessionKey('AEAD_AES_128_GCM',
                          [bytes(range(16)) + b'Quid pro quo'],
                          unencrypted_srtcp=True)
    peer.control[0x4d617273] = 0x5d4
    tap.equal(peer.protect_rtcp(SRTCP_PLAIN).hex(), GCM_CLEAR,
              'RFC 7714, 17.3: SRTCP that is not encrypted')
    tap.equal(peer.unprotect_rtcp(h(GCM_CLEAR)), SRTCP_PLAIN,
              'RFC 7714, 17.3: and back')


class DerivedAsLibsrtp(oracle.Oracle):
    """AES-192 as libsrtp2 2.5 derives its keys: the master key with zeros after
    it, as if it were one of AES-256. What it does with the keys is right."""

    def session(self, number, rtcp, index):
        master = self.keys[number][0].ljust(46, b'\0')
        return oracle.Session(*(
            oracle.derive(master[:32], master[32:], 3 * rtcp + n, 0, length)
            for n, length in enumerate((24, oracle.AUTH_KEY, 14))))


def packets(rng, count):
    """RTP of all forms, the sequence numbers wrapping around."""
    for n in range(count):
        packet = rtp(65530 + n, payload=rng.randbytes(rng.choice(
            (0, 1, 15, 16, 17, 160, 1000))))
        csrcs = rng.choice((0, 0, 1, 15))
        extension = b''
        if rng.random() < .3:
            words = rng.choice((0, 1, 20))
            extension = struct.pack('>HH', 0xbede, words) + \
                rng.randbytes(4 * words)
        yield bytes([0x80 | csrcs | (0x10 if extension else 0),
                     rng.randrange(128)]) + packet[2:12] + \
            rng.randbytes(4 * csrcs) + extension + packet[12:]


def against_libsrtp(process, rng, suite, what, mkis=(b'',), **options):
    """Each protects what the other unprotects, with the same bytes."""
    spec = oracle.SUITES[suite]
    keys = [(rng.randbytes(spec.key + spec.salt), mki) for mki in mkis]
    theirs = [libsrtp.Libsrtp(process, way, suite, keys, **options)
              for way in ('to-', 'from-')]
    judge = DerivedAsLibsrtp if '_192_' in suite else oracle.Oracle
    ours = [judge(suite, keys, **options) for _ in range(2)]
    if 'roc' in what:
        for peer in theirs + ours:
            peer.set_roc(0x11223344, 7)
    wrong = []
    for n, packet in enumerate(packets(rng, 12)):
        wires = [peers[0].protect(packet, n % len(keys))
                 for peers in (theirs, ours)]
        if wires[0] != wires[1] or \
                [p.unprotect(w) for p, w in zip(
                    (ours[1], theirs[1]), wires)] != [packet] * 2:
            wrong.append(('RTP', n))
    # libsrtp2 2.5 looks for the MKI of received SRTCP where SRTP's would be.
    deaf = mkis[0] and theirs[0].rtcp_mki_misplaced
    for n in range(4):
        packet = rtcp(packets=n) + rng.randbytes(4 * n)
        wires = [peers[0].protect_rtcp(packet, n % len(keys))
                 for peers in (theirs, ours)]
        if wires[0] != wires[1] or \
                ours[1].unprotect_rtcp(wires[0]) != packet or \
                not deaf and theirs[1].unprotect_rtcp(wires[1]) != packet:
            wrong.append(('RTCP', n))
    tap.equal(wrong, [], f'libsrtp2 and the oracle: {suite}, {what}')


def check_refusals(process, rng):
    """A judge that takes everything would be no judge."""
    for suite, spec in oracle.SUITES.items():
        key = rng.randbytes(spec.key + spec.salt)
        judges = [oracle.Oracle(suite, [(key, b'mki1')])]
        if suite in libsrtp.SUITES:
            judges.append(libsrtp.Libsrtp(process, 'from-', suite,
                                          [(key, b'mki1')]))
        sender = oracle.Oracle(suite, [(key, b'mki1')])
        taken = 0
        for verb, packet in (('', rtp(1)), ('_rtcp', rtcp())):
            wire = getattr(sender, 'protect' + verb)(packet)
            for place in range(12, len(wire)):
                bad = bytearray(wire)
                bad[place] ^= 1 << rng.randrange(8)
                taken += sum(getattr(j, 'unprotect' + verb)(bytes(bad))
                             is not None for j in judges)
        tap.equal(taken, 0, f'{suite}: a changed bit is refused')


def check_derivation_rate():
    """No vectors exist; that of rate 0 is what RFC 3711 makes of r = 0."""
    key = bytes(range(30))
    suite = 'AES_CM_128_HMAC_SHA1_80'
    once, rated = (oracle.Oracle(suite, [key], kdr=kdr) for kdr in (0, 4))
    same = [once.protect(rtp(n)) == rated.protect(rtp(n)) for n in range(40)]
    tap.equal(same, [True] * 16 + [False] * 24,
              'a key derivation rate of 2^4 changes keys at packet 16')
    tap.ok(rated.session(0, False, 16) != rated.session(0, False, 32) and
           rated.session(0, False, 16) == rated.session(0, False, 31),
           'and at 32, not between')


def main():
    seed = random.randrange(1 << 32)
    print(f'# seed {seed}')
    rng = random.Random(seed)
    process = libsrtp.Process()
    check_rfc3711()
    check_rfc6188()
    check_rfc7714()
    for suite in libsrtp.SUITES + ('AES_192_CM_HMAC_SHA1_80',
                                   'AES_192_CM_HMAC_SHA1_32'):
        mki = rng.randbytes(4)
        against_libsrtp(process, rng, suite, 'plain')
        against_libsrtp(process, rng, suite, 'roc set')
        for length in (1, 4, 128):
            mkis = [bytes([n]) * length for n in range(1, 5)]
            against_libsrtp(process, rng, suite,
                            f'4 MKIs of {length} bytes', mkis)
        against_libsrtp(process, rng, suite, 'SRTCP not encrypted', [mki],
                        unencrypted_srtcp=True)
        if 'GCM' in suite:  # libsrtp2 encrypts GCM's SRTP always
            continue
        against_libsrtp(process, rng, suite, 'SRTP not encrypted', [mki],
                        unencrypted_srtp=True)
        against_libsrtp(process, rng, suite, 'SRTP not authenticated', [mki],
                        unauthenticated_srtp=True)
    check_refusals(process, rng)
    check_derivation_rate()
    process.close()
    tap.finish()


main()
