# SPDX-License-Identifier: GPL-2.0-or-later
"""SRTP and SRTCP in Python, from the RFCs: 3711, 4568, 6188, 7714.

The judge of what libsrtp2 doesn't have: F8, key derivation rates, NULL with a
32-bit tag, GCM without encryption. AES is OpenSSL's, SHA-1 is Python's.
oracle-test.py judges it, by the RFCs' vectors and by libsrtp2.
"""
import collections
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Suite = collections.namedtuple('Suite', 'netlink cipher key salt tag')
# By the name of RFC 4568: the name in the netlink spec, cipher, bytes of key,
# salt and RTP's tag. RTCP's tag is of 10 bytes, or 16 of GCM.
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': Suite('aes-cm-128-hmac-sha1-80', 'cm',
                                     16, 14, 10),
    'AES_CM_128_HMAC_SHA1_32': Suite('aes-cm-128-hmac-sha1-32', 'cm',
                                     16, 14, 4),
    'AES_192_CM_HMAC_SHA1_80': Suite('aes-cm-192-hmac-sha1-80', 'cm',
                                     24, 14, 10),
    'AES_192_CM_HMAC_SHA1_32': Suite('aes-cm-192-hmac-sha1-32', 'cm',
                                     24, 14, 4),
    'AES_256_CM_HMAC_SHA1_80': Suite('aes-cm-256-hmac-sha1-80', 'cm',
                                     32, 14, 10),
    'AES_256_CM_HMAC_SHA1_32': Suite('aes-cm-256-hmac-sha1-32', 'cm',
                                     32, 14, 4),
    'AEAD_AES_128_GCM': Suite('aead-aes-128-gcm', 'gcm', 16, 12, 16),
    'AEAD_AES_256_GCM': Suite('aead-aes-256-gcm', 'gcm', 32, 12, 16),
    'F8_128_HMAC_SHA1_80': Suite('f8-128-hmac-sha1-80', 'f8', 16, 14, 10),
    'NULL_HMAC_SHA1_80': Suite('null-hmac-sha1-80', 'null', 16, 14, 10),
    'NULL_HMAC_SHA1_32': Suite('null-hmac-sha1-32', 'null', 16, 14, 4),
}
RTCP_TAG, GCM_TAG, AUTH_KEY, BLOCK = 10, 16, 20, 16
E_BIT = 1 << 31

Session = collections.namedtuple('Session', 'key auth salt')


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def ecb(key, blocks):
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(blocks)


def cm_keystream(key, start, length):
    """RFC 3711, 4.1.1: of the counter block start, a number of 128 bits."""
    blocks = b''.join(((start + n) % (1 << 128)).to_bytes(BLOCK, 'big')
                      for n in range((length + BLOCK - 1) // BLOCK))
    return ecb(key, blocks)[:length]


def f8_crypt(key, salt, start, data):
    """RFC 3711, 4.1.2: start is the IV before it is encrypted."""
    mask = salt + b'\x55' * (len(key) - len(salt))
    first = ecb(xor(key, mask), start)
    block, stream = bytes(BLOCK), b''
    for n in range((len(data) + BLOCK - 1) // BLOCK):
        counter = n.to_bytes(BLOCK, 'big')
        block = ecb(key, xor(xor(first, counter), block))
        stream += block
    return xor(data, stream)


def derive(master, salt, label, r, length):
    """RFC 3711, 4.3.1 and 4.3.3; a salt of 96 bits as RFC 7714, 11."""
    x = int.from_bytes(salt.ljust(14, b'\0'), 'big') ^ (label << 48 | r)
    return cm_keystream(master, x << 16, length)


def session_keys(suite, master, rtcp, r):
    """Of a master key with its salt; r is the index DIV the rate."""
    key, salt = master[:suite.key], master[suite.key:]
    assert len(salt) == suite.salt, 'length of a master key'
    first = 3 if rtcp else 0
    return Session(*(derive(key, salt, first + n, r, length) for n, length
                     in enumerate((suite.key, AUTH_KEY, suite.salt))))


def header_length(packet):
    """Of RTP: fixed part, CSRCs, extension."""
    length = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        length += 4 + 4 * struct.unpack_from('>H', packet, length + 2)[0]
    return length


class Oracle:
    """One direction of one peer; any number of SSRCs.

    keys: [(master key and salt, MKI)]. Indices are kept by SSRC in self.top
    and self.control, and may be set from outside.
    """

    def __init__(self, suite, keys, *, kdr=0, unencrypted_srtp=False,
                 unencrypted_srtcp=False, unauthenticated_srtp=False):
        self.suite = SUITES[suite]
        self.keys = [(k, b'') if isinstance(k, bytes) else k for k in keys]
        self.kdr = kdr
        self.clear = {False: unencrypted_srtp, True: unencrypted_srtcp}
        self.unauthenticated = unauthenticated_srtp
        self.top = {}  # SSRC: highest index of RTP
        self.control = {}  # SSRC: next index of SRTCP to send
        self.cache = {}

    def session(self, number, rtcp, index):
        r = index >> self.kdr if self.kdr else 0
        where = number, rtcp, r
        if where not in self.cache:
            self.cache[where] = session_keys(
                self.suite, self.keys[number][0], rtcp, r)
        return self.cache[where]

    def tag_length(self, rtcp):
        if self.suite.cipher == 'gcm':
            return GCM_TAG
        if rtcp:
            return RTCP_TAG
        return 0 if self.unauthenticated else self.suite.tag

    def encrypted(self, rtcp):
        return not self.clear[rtcp] and self.suite.cipher != 'null'

    def overhead(self, rtcp, number=0):
        return (4 if rtcp else 0) + len(self.keys[number][1]) + \
            self.tag_length(rtcp)

    # Indices: 48 bits of RTP, the sequence number being the last 16.

    def set_roc(self, ssrc, roc):
        """The next packet of ssrc has this roll-over counter."""
        self.top[ssrc] = roc << 16 | 0x8000

    def estimate(self, ssrc, seq):
        """RFC 3711, 3.3.1: the index nearest to the highest one."""
        top = self.top.get(ssrc)
        if top is None:
            return seq
        guesses = [max((top >> 16) + n, 0) << 16 | seq for n in (-1, 0, 1)]
        return min(guesses, key=lambda guess: abs(guess - top))

    # Ciphers: data is what is encrypted, header what stands before it.

    def crypt(self, session, header, data, index, word):
        """word is E and SRTCP's index, None of RTP."""
        if self.suite.cipher == 'f8':
            if word is None:
                start = b'\0' + header[1:12] + struct.pack('>I', index >> 16)
            else:
                start = bytes(4) + struct.pack('>I', word) + header[:8]
            return f8_crypt(session.key, session.salt, start, data)
        at = 8 if word is None else 4
        ssrc = int.from_bytes(header[at:at + 4], 'big')
        start = int.from_bytes(session.salt, 'big') << 16 ^ \
            ssrc << 64 ^ index << 16
        return xor(data, cm_keystream(session.key, start, len(data)))

    def gcm_iv(self, session, ssrc, index, word):
        """RFC 7714, 8.1 and 9.1"""
        if word is None:
            plain = struct.pack('>HIIH', 0, ssrc, index >> 16, index & 0xffff)
        else:
            plain = struct.pack('>HIHI', 0, ssrc, 0, index)
        return xor(plain, session.salt)

    def mac(self, session, data, length):
        return hmac.new(session.auth, data, hashlib.sha1).digest()[:length]

    # Packets

    def _close(self, packet, header_len, index, word, number):
        """Encrypt, and add what is added."""
        rtcp = word is not None
        session = self.session(number, rtcp, index)
        header, data = packet[:header_len], packet[header_len:]
        trailer = b'' if word is None else struct.pack('>I', word)
        mki = self.keys[number][1]
        if self.suite.cipher == 'gcm':
            ssrc = int.from_bytes(header[4:8] if rtcp else header[8:12],
                                  'big')
            cipher = AESGCM(session.key)
            iv = self.gcm_iv(session, ssrc, index, word)
            if self.encrypted(rtcp):
                sealed = header + cipher.encrypt(iv, data, header + trailer)
            else:
                sealed = packet + cipher.encrypt(iv, b'', packet + trailer)
            return sealed + trailer + mki
        if self.encrypted(rtcp):
            data = self.crypt(session, header, data, index, word)
        body = header + data + trailer
        roc = b'' if rtcp else struct.pack('>I', index >> 16)
        tag = self.mac(session, body + roc, self.tag_length(rtcp))
        return body + mki + tag

    def _split(self, wire, rtcp):
        """(what is encrypted with what stands before it, tag, E and index,
        number of the key), or None for an unknown MKI."""
        tag_len, mki_len = self.tag_length(rtcp), len(self.keys[0][1])
        gcm = self.suite.cipher == 'gcm'
        end = len(wire) - (0 if gcm else tag_len)
        mki, body = wire[end - mki_len:end], wire[:end - mki_len]
        word = None
        if rtcp:
            word = struct.unpack('>I', body[-4:])[0]
            body = body[:-4]
        tag = body[len(body) - tag_len:] if gcm else wire[end:]
        if gcm:
            body = body[:-tag_len]
        for number, (_, known) in enumerate(self.keys):
            if known == mki:
                return body, tag, word, number
        return None

    def _open(self, wire, header_len, index, split):
        body, tag, word, number = split
        rtcp = word is not None
        if rtcp and bool(word & E_BIT) != self.encrypted(True):
            return None
        session = self.session(number, rtcp, index)
        header, data = body[:header_len], body[header_len:]
        trailer = b'' if word is None else struct.pack('>I', word)
        if self.suite.cipher == 'gcm':
            ssrc = int.from_bytes(header[4:8] if rtcp else header[8:12],
                                  'big')
            iv = self.gcm_iv(session, ssrc, index, word)
            cipher = AESGCM(session.key)
            try:
                if self.encrypted(rtcp):
                    return header + cipher.decrypt(iv, data + tag,
                                                   header + trailer)
                cipher.decrypt(iv, tag, body + trailer)
                return body
            except InvalidTag:
                return None
        roc = b'' if rtcp else struct.pack('>I', index >> 16)
        if self.mac(session, body + trailer + roc, len(tag)) != tag:
            return None
        if self.encrypted(rtcp):
            data = self.crypt(session, header, data, index, word)
        return header + data

    def protect(self, packet, number=0):
        seq, _, ssrc = struct.unpack_from('>HII', packet, 2)
        index = self.estimate(ssrc, seq)
        self.top[ssrc] = max(index, self.top.get(ssrc, 0))
        return self._close(packet, header_length(packet), index, None, number)

    def unprotect(self, wire):
        """The packet, or None."""
        seq, _, ssrc = struct.unpack_from('>HII', wire, 2)
        split = self._split(wire, False)
        if not split:
            return None
        index = self.estimate(ssrc, seq)
        packet = self._open(wire, header_length(wire), index, split)
        if packet is not None:
            self.top[ssrc] = max(index, self.top.get(ssrc, 0))
        return packet

    def protect_rtcp(self, packet, number=0):
        ssrc = struct.unpack_from('>I', packet, 4)[0]
        index = self.control.setdefault(ssrc, 1)
        self.control[ssrc] += 1
        word = index | (E_BIT if self.encrypted(True) else 0)
        return self._close(packet, 8, index, word, number)

    def unprotect_rtcp(self, wire):
        split = self._split(wire, True)
        if not split:
            return None
        return self._open(wire, 8, split[2] & ~E_BIT, split)
