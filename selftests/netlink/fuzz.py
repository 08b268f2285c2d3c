#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random requests, made from the spec.

Half of them are such that the kernel may accept them, so that sessions come,
change and go; of the others the values, the attributes or the bytes are wrong.
Whatever comes back must be as the spec says and hold no key, every refusal has
a sentence, and the module works as before when it is over.

RF_FUZZ_SEED and RF_FUZZ_COUNT choose other requests, or more. On a slow kernel
it ends after RF_FUZZ_SECONDS, which are fewer when RF_THIN is set.
"""
import errno
import os
import pathlib
import random
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (THIN, Tap, in_netns, leg, load_module,  # noqa: E402
                   received, rtp, run, topology, udp)
from ynl import INTS, NLA_F_NESTED, NLM_F_DUMP, Netlink  # noqa: E402
from ynl import NlError, nla  # noqa: E402

SEED = int(os.environ.get('RF_FUZZ_SEED', '20250711'))
COUNT = int(os.environ.get('RF_FUZZ_COUNT', '20000'))
SECONDS = int(os.environ.get('RF_FUZZ_SECONDS',
                             '400' if THIN == 1 else '120'))
CHECK_EVERY = 500
IDS = 40  # sessions have few ids, so that requests meet
MARK = b'\xdeSECRET\xad'  # in every key
NET6 = '2001:db8:b'
KEY_LENGTHS = {'none': 30, 'aead-aes-128-gcm': 28, 'aead-aes-256-gcm': 44} | {
    f'aes-cm-{bits}-hmac-sha1-{tag}': length
    for bits, length in ((128, 30), (192, 38), (256, 46))
    for tag in (32, 80)} | {
    f'{name}-hmac-sha1-{tag}': 30
    for name, tag in (('f8-128', 80), ('null', 80), ('null', 32))}
# No sentence of ours: from the generic code, or nothing to add.
SILENT = (errno.EOPNOTSUPP, errno.ENOMEM, errno.EMSGSIZE)

tap = Tap()


class Fuzzer:
    def __init__(self, spec, seed):
        self.spec, self.rng = spec, random.Random(seed)
        self.ops = [op for op, entry in spec.ops.items() if 'do' in entry]
        # what makes and changes sessions is looked at most
        self.ops += ['session-new', 'session-set', 'session-set'] * 3
        self.ops += ['session-del']

    # what may be accepted

    def key(self, length):
        """One in 50 is such that it was given before."""
        tail = self.rng.randbytes(46) if self.rng.random() < 0.98 else MARK * 8
        return (MARK + tail)[:length]

    def keys(self, suite):
        count = self.rng.choice([1] * 10 + [2, 3, 4] * 3 + [5])
        mki = self.rng.choice((0, 1, 2, 128)) if count == 1 else \
            self.rng.choice((2, 4, 128))
        out = []
        for _ in range(count):
            one = {'master': self.key(KEY_LENGTHS[suite])}
            if mki:
                one['mki'] = self.rng.randbytes(mki)
            if self.rng.random() < 0.2:
                one['lifetime'] = self.rng.choice((1, 2, 1 << 31, 1 << 48))
            out.append(one)
        return out

    def transport(self, x):
        port = 20000 + 2 * self.rng.randrange(400)
        net = {'a': '192.0.2', 'b': '198.51.100'}[x]
        out = leg(self.rng.choice((net, NET6)), port, port)
        if self.rng.random() < 0.1:
            out |= self.some('leg-in', ('local-rtcp-port', 'peer-rtcp-port'))
        return out

    def protection(self):
        rng, names = self.rng, list(self.spec.flags['leg-flags'])
        suite = rng.choice(['none'] * 4 + list(KEY_LENGTHS))
        out = {'suite': suite}
        if suite != 'none':
            out |= {'tx-key': self.keys(suite), 'rx-key': self.keys(suite)}
            out |= self.some('leg-in', ('kdr',))
        elif rng.random() < 0.95:
            names = [n for n in names if not n.endswith(('srtp', 'srtcp'))]
        if rng.random() < 0.5 or 'null' in suite:
            out['flags'] = ['allow-null'] + [
                n for n in rng.sample(names, rng.randrange(3))
                if n != 'allow-null' and
                (n != 'resync' or rng.random() < 0.3)]
        return out

    def leg(self, x, is_new):
        """All that belongs together, or what stands for itself."""
        rng, out = self.rng, {}
        if is_new or rng.random() < 0.3:
            out |= self.transport(x)
        if is_new or rng.random() < 0.4:
            out |= self.protection()
        if rng.random() < 0.5:
            out |= self.some('leg-in', ('latch', 'dscp', 'clock-rate'))
        if rng.random() < 0.1:
            out.pop(rng.choice(list(out) or ['none']), None)
        return out

    def some(self, aset, names):
        return {n: self.value(self.spec.sets[aset][n])
                for n in names if self.rng.random() < 0.5}

    def plausible(self, op):
        rng = self.rng
        if op.startswith('config'):
            low = rng.randrange(1, 60000)
            return rng.choice(({}, {'media-port-min': 0, 'media-port-max': 0},
                               {'media-port-min': low,
                                'media-port-max': low + rng.randrange(99)}))
        if op == 'rules-set':
            return self.rules()
        if op == 'address-set-change':
            return {'name': rng.choice('st'), 'entry': self.entries()} | \
                self.some('address-set', ('mode',))
        if op.startswith(('ban', 'trust', 'limit', 'strike')):
            return self.guard(op)
        if op not in ('session-new', 'session-set'):
            return {'id': rng.randint(1, IDS)} if self.spec.request(op) else {}
        is_new = op == 'session-new'
        out = self.some('session-in', ('label', 'idle-timeout', 'flags'))
        out['id'] = rng.randint(1, IDS)
        for x in 'ab':
            if is_new or rng.random() < 0.5:
                out[f'leg-{x}'] = self.leg(x, is_new)
        return out

    def prefix(self):
        return self.rng.choice((
            {'ipv4': '10.0.0.0', 'length': self.rng.randint(7, 33)},
            {'ipv6': '2001:db8::', 'length': self.rng.randint(31, 128)},
            {'ipv4': f'192.0.2.{self.rng.randrange(256)}'}))

    def entries(self):
        return [self.prefix() for _ in range(self.rng.randrange(5))]

    def rule(self):
        rng = self.rng
        out = {'chain': rng.choice(('local', 'network', 'c', 'd')),
               'action': rng.choice(('accept', 'drop', 'reject', 'count'))}
        if out['chain'] != 'd' and rng.random() < 0.3:
            out |= {'action': 'jump', 'jump': rng.choice('cdd')}
        if rng.random() < 0.3:
            out['from'] = self.prefix()
        elif rng.random() < 0.3:
            out['from-set'] = rng.choice('sst')
        if rng.random() < 0.5:
            out['protocol'] = rng.choice((6, 17))
            out['dport'] = [{'first': rng.randrange(1 << 16)}
                            for _ in range(rng.choice((1, 3, 16)))]
        return out | self.some('rule', ('in', 'dscp', 'comment'))

    def rules(self):
        """Chain c has rules or none, sets are there or not."""
        out = self.some('rules', ('default-network', 'confirm'))
        out['set'] = [{'name': name, 'entry': self.entries()}
                      for name in self.rng.choice(('s', 'st'))]
        out['rule'] = [self.rule() for _ in range(self.rng.randrange(6))] + \
            [{'chain': 'd', 'action': 'count'}]
        return out

    def guard(self, op):
        rng = self.rng
        if op == 'limit-set':
            names = rng.sample(self.spec.enums['limit-class'], 3)
            return self.some('limits-in', ('ipv4-length', 'ipv6-length')) | {
                'sources': rng.choice((1024, 2048, 8192)),
                'limit': [{'class': n, 'enabled': rng.randrange(2)}
                          for n in names]}
        if not self.spec.request(op):
            return {}
        one = {'prefix': rng.choice((
            {'ipv4': f'192.0.2.{rng.randrange(8)}'},
            {'ipv6': f'2001:db8::{rng.randrange(4)}', 'length': 128},
            {'ipv4': '10.0.0.0', 'length': rng.choice((8, 9))}))}
        if op.endswith('new'):
            one |= {'time': rng.randrange(9), 'comment': 'x'}
        return one

    # what the spec allows, sensible or not

    def integer(self, attr):
        checks = {k: self.spec.limit(v)
                  for k, v in attr.get('checks', {}).items()}
        low = checks.get('min', 0)
        high = checks.get('max', 256 ** struct.calcsize(
            '=' + INTS[attr['type']]) - 1)
        if 'flags-mask' in checks:
            return self.rng.getrandbits(32) & checks['flags-mask']
        return self.rng.choice((low, high, min(low + 1, high),
                                self.rng.randint(low, high)))

    def value(self, attr):
        if attr['type'] in INTS:
            return [self.integer(attr) for _ in range(self.rng.choice(
                (1, 2, 17)))] if attr.get('multi-attr') else self.integer(attr)
        if attr['type'] == 'nest':
            aset = attr['nested-attributes']
            values = [self.values(aset, self.spec.sets[aset])
                      for _ in range(self.rng.choice((1, 1, 2, 5)))]
            return values if attr.get('multi-attr') else values[0]
        checks = {k: self.spec.limit(v)
                  for k, v in attr.get('checks', {}).items()}
        least = checks.get('exact-len', checks.get('min-len', 0))
        most = checks.get('exact-len', checks.get('max-len', 64))
        length = self.rng.choice((least, most, self.rng.randint(least, most)))
        if attr['type'] == 'string':
            return ''.join(self.rng.choices('ab \n%', k=length))
        return self.key(length) if attr['name'] == 'master' else \
            self.rng.randbytes(length)

    def values(self, aset, names):
        return {n: self.value(self.spec.sets[aset][n])
                for n in names if self.rng.random() < 0.5}

    # what it doesn't

    def spoil_bytes(self, data):
        rng, data = self.rng, bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 8))):
            if data:
                data[rng.randrange(len(data))] = rng.choice(
                    (0, 1, 0x7f, 0x80, 0xff, rng.randrange(256)))
        return bytes(data)

    def spoil_lengths(self, data):
        """Any two bytes at a multiple of 4 may be a length."""
        data = bytearray(data)
        if len(data) >= 4:
            at = self.rng.randrange(len(data) // 4) * 4
            struct.pack_into('=H', data, at, self.rng.choice(
                (0, 3, 4, 5, 8, len(data), 0xffff)))
        return bytes(data)

    def strange(self, depth=0):
        rng = self.rng
        payload = self.strange(depth + 1) if depth < 12 and \
            rng.random() < 0.7 else rng.randbytes(rng.randrange(40))
        return nla(rng.choice((0, rng.randrange(1, 30), 0x3fff)) |
                   rng.choice((0, NLA_F_NESTED, 0x4000)), payload)

    def spoil(self, data):
        rng = self.rng
        how = rng.randrange(6)
        if how == 0:
            return data[:rng.randrange(len(data) + 1)]
        if how == 1:
            return self.spoil_bytes(data)
        if how == 2:
            return self.spoil_lengths(data)
        if how == 3:
            return data + self.strange()
        if how == 4:
            return data + data[:rng.randrange(0, len(data) + 1, 4) or None]
        return rng.randbytes(rng.randrange(300))

    def request(self):
        """(operation, attributes, flags)"""
        rng = self.rng
        op = rng.choice(self.ops)
        aset = self.spec.ops[op]['attribute-set']
        if rng.random() < 0.6:
            values = self.plausible(op)
        else:
            values = self.values(aset, self.spec.request(op))
        data = self.spec.encode(aset, values)
        if rng.random() < 0.4:
            data = self.spoil(data)
        return op, data, rng.choice([0] * 40 + [NLM_F_DUMP, 0x400, 0x800])


def judge(nl, op, data, flags):
    """(accepted, complaint)"""
    aset = nl.spec.ops[op]['attribute-set']
    try:
        replies = nl.raw(op, data, flags)
    except InterruptedError:
        return True, None
    except NlError as refusal:
        if not refusal.text and refusal.miss_type is None and \
                refusal.errno not in SILENT:
            return False, f'{refusal} without a reason'
        return False, None
    if MARK in b''.join(replies):
        return True, 'a key in a reply'
    try:
        for reply in replies:
            nl.spec.decode(aset, reply)
    except (KeyError, ValueError, IndexError, struct.error) as error:
        return True, f'not as the spec says: {error!r}'
    return True, None


def is_sane(nl):
    """Do the parts agree on what there is?"""
    sessions = nl.dump('session-get')
    ids = [s['id'] for s in sessions]
    ports = [(end.get('local-ipv4', end.get('local-ipv6')), end[port])
             for s in sessions for end in (s['leg-a'], s['leg-b'])
             for port in ('local-port', 'local-rtcp-port') if port in end]
    return len(set(ids)) == len(ids) == nl.do('stats-get')['sessions'] and \
        len(set(ports)) == len(ports)


def still_relays(nl, hosts):
    sock_a, sock_b = hosts
    nl.do('session-new', {'id': 1, 'leg-a': leg('192.0.2', 9000, 9000),
                          'leg-b': leg('198.51.100', 9000, 9000)})
    sock_a.sendto(rtp(1), ('192.0.2.1', 9000))
    return received(sock_b) == rtp(1)


def fuzz(nl):
    fuzzer = Fuzzer(nl.spec, SEED)
    done = {op: [0, 0] for op in fuzzer.ops}
    end = time.monotonic() + SECONDS
    for number in range(COUNT):
        if time.monotonic() > end:
            break
        op, data, flags = fuzzer.request()
        accepted, complaint = judge(nl, op, data, flags)
        done[op][accepted] += 1
        if not complaint and number % CHECK_EVERY == 0 and not is_sane(nl):
            complaint = 'sessions, ports and statistics disagree'
        if complaint:
            tap.ok(False, f'request {number}: {op}',
                   f'{complaint}\n{data.hex()} flags {flags:#x}')
            return
    tap.ok(True, f'{COUNT} requests with seed {SEED}')
    print(f'# {sum(map(sum, done.values()))} requests in time')
    for op, (bad, good) in done.items():
        print(f'# {op}: {good} accepted, {bad} refused')
        tap.ok(good and bad, f'{op} was accepted and refused')


def main():
    load_module()
    print(f'# RF_FUZZ_SEED={SEED} RF_FUZZ_COUNT={COUNT}')
    with topology() as (host_a, gateway, host_b):
        run('ip', '-n', gateway, 'address', 'add', f'{NET6}::1/64', 'dev',
            'vb', 'nodad')
        nl = in_netns(gateway, Netlink)
        nl.sock.settimeout(60)
        fuzz(nl)
        tap.ok(is_sane(nl), 'sessions, ports and statistics agree')
        left = [s['id'] for s in nl.dump('session-get')]
        tap.ok(left, 'sessions are left', left)
        results = nl.batch([('session-del', {'id': i}) for i in left])
        tap.equal([r for r in results if r], [], 'all of them are removed')
        tap.ok(still_relays(nl, (udp(host_a, '192.0.2.2', 9000),
                                 udp(host_b, '198.51.100.2', 9000))),
               'media flows')
    tap.clean_log()
    tap.finish()


main()
