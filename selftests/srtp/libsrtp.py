# SPDX-License-Identifier: GPL-2.0-or-later
"""libsrtp2, by the program srtp-peer, with the methods of oracle.Oracle."""
import subprocess

from guest import BUILD

# What libsrtp2 2.5 has of oracle.SUITES, and can judge: it derives AES-192's
# session keys with AES-256, not as RFC 6188, 3 says (see oracle-test.py).
SUITES = ('AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32',
          'AES_256_CM_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_32',
          'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'NULL_HMAC_SHA1_80')


class Process:
    """srtp-peer; has 64 streams."""

    def __init__(self):
        self.process = subprocess.Popen(
            [BUILD / 'userspace/srtp-peer'], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.names = 0

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f'srtp-peer ended at: {words}')
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Libsrtp:
    """One direction of one peer: name begins with 'to-' if it protects."""

    def __init__(self, process, name, suite, keys, **options):
        self.process, self.name = process, name
        text = ','.join(
            k.hex() if isinstance(k, bytes) else
            k[0].hex() + (':' + k[1].hex() if k[1] else '') for k in keys)
        flags = [o.replace('_', '-') for o, on in options.items() if on]
        assert process.ask('new', name, suite, text, *flags) == 'ok'
        # It looks for the MKI of SRTCP where SRTP's would be.
        self.rtcp_mki_misplaced = suite.endswith('_32') or \
            options.get('unauthenticated_srtp', False)

    def run(self, verb, packet, *more):
        """The packet, or None where libsrtp2 refuses."""
        answer = self.process.ask(verb, self.name, packet.hex(), *more)
        return None if answer.startswith('error') else bytes.fromhex(answer)

    def set_roc(self, ssrc, roc):
        assert self.process.ask('roc', self.name, ssrc, roc) == 'ok'

    def protect(self, packet, number=0):
        return self.run('protect', packet, number)

    def unprotect(self, packet):
        return self.run('unprotect', packet)

    def protect_rtcp(self, packet, number=0):
        return self.run('protect-rtcp', packet, number)

    def unprotect_rtcp(self, packet):
        return self.run('unprotect-rtcp', packet)
