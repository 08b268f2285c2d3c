#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every attribute of every operation, wrong in every way its type allows.

The cases come from the spec, so that an attribute added there is covered.
Each must be refused with a reason and change nothing.
"""
import errno
import itertools
import pathlib
import re
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import Tap, in_netns, leg, load_module, topology  # noqa: E402
from ynl import INTS, NLA_F_NESTED, NLM_F_DUMP, Netlink, NlError, nla  # noqa

KEYS = [bytes((k + i * 7) & 0xff for i in range(30)) for k in (1, 50, 90)]
SUITE = 'aes-cm-128-hmac-sha1-80'
# What a request must have, (operation, path). All else is optional.
REQUIRED = {('session-set', 'id'), ('session-del', 'id'),
            ('session-get', 'id'),
            ('session-new', 'leg-a'), ('session-new', 'leg-b')} | {
    ('session-new', f'leg-{x}/{name}') for x in 'ab'
    for name in ('local-ipv4', 'local-port', 'peer-ipv4', 'peer-port')} | {
    ('session-new', f'leg-b/{name}')
    for name in ('suite', 'tx-key', 'rx-key')}  # all of SRTP or none

tap = Tap()


def session(number):
    port = 20000 + 100 * number
    return {'id': number, 'label': f'call {number}', 'idle-timeout': 60,
            'leg-a': leg('192.0.2', port, port + 2,
                         local_rtcp_port=port + 1, peer_rtcp_port=port + 3,
                         suite='none'),
            'leg-b': leg('198.51.100', port, port + 2,
                         local_rtcp_port=port + 1, peer_rtcp_port=port + 3,
                         suite=SUITE, tx_key=KEYS[0], rx_key=KEYS[1])}


def state(nl):
    """All that a request could have changed."""
    sessions = nl.dump('session-get')
    for one in sessions:
        one.pop('age'), one.pop('idle')
    return sorted(sessions, key=lambda s: s['id']), nl.do('stats-get')


def is_sentence(text):
    return bool(re.match(r"^[A-Za-z'][^\0\n]* [^\0\n]*[a-z0-9)'.]$", text))


def refused(nl, name, op, payload, flags=0, before=None):
    before = before or state(nl)
    try:
        nl.raw(op, payload, flags)
        tap.ok(False, name, 'accepted')
    except NlError as refusal:
        reason = is_sentence(refusal.text) or refusal.miss_type is not None
        tap.ok(refusal.errno > 0 and reason and state(nl) == before, name,
               f'{refusal}, state {before} then {state(nl)}')


def bad_ints(spec, attr):
    """(what, payload) for an integer attribute."""
    size = struct.calcsize('=' + INTS[attr['type']])
    for length in {0, size - 1, size + 1, 2 * size} - {size}:
        yield f'{length} bytes long', bytes([1]) * length
    checks = attr.get('checks', {})
    if 'min' in checks:
        low = spec.limit(checks['min'])
        yield 'below its minimum', (low - 1).to_bytes(size, sys.byteorder)
    top = 256 ** size - 1
    if 'max' in checks:
        high = spec.limit(checks['max'])
        for value in (high + 1, top):
            yield f'{value}, over its maximum', \
                value.to_bytes(size, sys.byteorder)
    if 'enum' in attr:
        count = len(spec.enums[attr['enum']])
        yield 'no value of its enum', count.to_bytes(size, sys.byteorder)


def bad_bytes(spec, attr):
    most = spec.limit(attr['checks']['max-len'])
    if attr['type'] == 'string':
        yield 'without its terminating zero', b'x' * 4
        yield 'without a single byte', b''
        yield 'too long', b'x' * (most + 1) + b'\0'
        yield 'very long', b'x' * 8192 + b'\0'
    else:
        for length in (0, 1, 29, 31, most, most + 1, 8192):
            yield f'{length} bytes long', b'k' * length


def bad_nests():
    yield 'with a truncated header inside', b'\x08\0'
    yield 'with an attribute longer than itself', \
        struct.pack('HH', 200, 1) + b'\1\2\3\4'
    yield 'with an attribute shorter than its header', \
        struct.pack('HH', 3, 1) + b'\1\2\3\4'
    yield 'with an unknown attribute', nla(1000, b'\1\2\3\4')
    yield 'with an attribute of type 0', nla(0, b'\1\2\3\4')
    yield 'with noise inside', bytes((i * 37 + 11) & 0xff for i in range(64))


def wrong_attribute(spec, attr):
    """(what, whole attribute) for an attribute that a request may carry."""
    value, nested = attr['value'], attr['type'] == 'nest'
    if nested:
        cases = bad_nests()
        yield 'not marked as nested', nla(value, spec.encode(
            attr['nested-attributes'], {}))
    else:
        cases = bad_ints(spec, attr) if attr['type'] in INTS \
            else bad_bytes(spec, attr)
        yield 'marked as nested', nla(value | NLA_F_NESTED, bytes(4))
    for what, payload in cases:
        yield what, nla(value | (NLA_F_NESTED if nested else 0), payload)


def plain_value(attr):
    """A well-formed value for an attribute that only replies carry."""
    sizes = {k: struct.calcsize('=' + v) for k, v in INTS.items()}
    flag = NLA_F_NESTED if attr['type'] == 'nest' else 0
    return nla(attr['value'] | flag, bytes(sizes.get(attr['type'], 0)))


def whole_set(spec, aset):
    """The parent of a subset: the set with the same and more values."""
    want = {(a['name'], a['value']) for a in spec.sets[aset].values()}
    return max((s for s in spec.sets.values()
                if want <= {(a['name'], a['value']) for a in s.values()}),
               key=len)


def wrong_in_set(spec, aset, allowed):
    """(path, what, attribute) for all of a set, nested sets included."""
    for name, attr in whole_set(spec, aset).items():
        if name not in allowed:
            if attr['type'] != 'pad':
                yield name, 'which only replies carry', plain_value(attr)
            continue
        for what, raw in wrong_attribute(spec, allowed[name]):
            yield name, what, raw
        if attr['type'] == 'nest':
            inner = allowed[name]['nested-attributes']
            for path, what, raw in wrong_in_set(spec, inner,
                                                spec.sets[inner]):
                yield f'{name}/{path}', what, (name, raw)
    unknown = max(a['value'] for a in whole_set(spec, aset).values()) + 1
    for value in (0, unknown, 0x3fff):
        yield f'type {value}', 'unknown', nla(value, bytes(4))


def request_with(spec, op, values, raw):
    """values, and raw in addition: the last of two of a type counts."""
    aset = spec.ops[op]['attribute-set']
    if isinstance(raw, bytes):
        name = None
    else:
        name, raw = raw
    out = b''
    for key, value in values.items():
        attr = spec.sets[aset][key]
        inner = spec.encode_value(attr, value)
        flag = NLA_F_NESTED if attr['type'] == 'nest' else 0
        # a replaced inner attribute is sent once
        if key == name:
            kind = struct.unpack_from('HH', raw)[1] & 0x3fff
            kept = {k: v for k, v in value.items() if spec.sets[
                attr['nested-attributes']][k]['value'] != kind}
            inner = spec.encode(attr['nested-attributes'], kept) + raw
        elif name is None and attr['value'] == \
                struct.unpack_from('HH', raw)[1] & 0x3fff:
            continue
        out += nla(attr['value'] | flag, inner)
    return out + (raw if name is None else b'')


def request_of(spec, op):
    """A request that the kernel accepts while session 1 exists."""
    full = session(2 if op == 'session-new' else 1)
    return {n: full[n] for n in spec.request(op) if n in full}


def paths(values, prefix=''):
    for name, value in values.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from paths(value, f'{prefix}{name}/')


def without(values, path):
    name, _, rest = path.partition('/')
    return {k: without(v, rest) if k == name else v
            for k, v in values.items() if k != name or rest}


def check_wrong(nl, op):
    spec, values = nl.spec, request_of(nl.spec, op)
    before = state(nl)
    aset = spec.ops[op]['attribute-set']
    for path, what, raw in wrong_in_set(spec, aset, spec.request(op)):
        if aset == 'stats' and path == 'type 0':
            continue  # an empty policy has no other
        refused(nl, f'{op}: {path} {what}', op,
                request_with(spec, op, values, raw), before=before)


def undo(nl, op):
    if op == 'session-new':
        for one in nl.dump('session-get'):
            if one['id'] != 1:
                nl.do('session-del', {'id': one['id']})
    elif op == 'session-del':
        nl.do('session-new', session(1))


def check_missing(nl, op):
    spec, values = nl.spec, request_of(nl.spec, op)
    for path in paths(values):
        less = without(values, path)
        if (op, path) in REQUIRED:
            refused(nl, f'{op}: {path} missing', op,
                    spec.encode(spec.ops[op]['attribute-set'], less))
            continue
        try:
            nl.do(op, less)
            tap.ok(True, f'{op}: {path} may be missing')
            undo(nl, op)
        except NlError as refusal:
            tap.ok(False, f'{op}: {path} may be missing', refusal)


def check_dump(nl):
    spec = nl.spec
    refused(nl, 'session-get dump: unknown attribute', 'session-get',
            nla(1000, bytes(4)), NLM_F_DUMP)
    refused(nl, 'session-get dump: id of 3 bytes', 'session-get',
            nla(1, bytes(3)), NLM_F_DUMP)
    refused(nl, 'session-get dump: id, for it lists all', 'session-get',
            nla(1, struct.pack('I', 1)), NLM_F_DUMP)
    for op, entry in spec.ops.items():
        if 'dump' in entry:
            continue
        try:
            nl.raw(op, b'', NLM_F_DUMP)
            tap.ok(False, f'{op}: no dump', 'accepted')
        except NlError as refusal:
            tap.equal(refusal.errno, errno.EOPNOTSUPP, f'{op}: no dump')


def check_events_are_no_requests(nl):
    for op, entry in nl.spec.ops.items():
        if 'event' in entry:
            try:
                nl.raw(op, b'')
                tap.ok(False, f'{op}: no request', 'accepted')
            except NlError as refusal:
                tap.equal(refusal.errno, errno.EOPNOTSUPP,
                          f'{op}: no request')


MEANING = (
    # what, errno, operation, changes by path
    ('an id that is taken', errno.EEXIST, 'session-new', {'id': 1}),
    ('no such session', errno.ENOENT, 'session-set', {'id': 99}),
    ('no such session', errno.ENOENT, 'session-del', {'id': 99}),
    ('no such session', errno.ENOENT, 'session-get', {'id': 99}),
    ('a local port of another session', errno.EADDRINUSE, 'session-new',
     {'leg-a/local-port': 20100}),
    ('a local port that is RTCP elsewhere', errno.EADDRINUSE, 'session-new',
     {'leg-a/local-rtcp-port': 20101}),
    ('RTP and RTCP on one local port', errno.EINVAL, 'session-new',
     {'leg-a/local-rtcp-port': 20200}),
    ('legs on one local port', errno.EINVAL, 'session-new',
     {'leg-b/local-ipv4': '192.0.2.1'}),
    ('RTP port 65535 with RTCP by default', errno.EINVAL, 'session-new',
     {'leg-a/local-port': 65535, 'leg-a/local-rtcp-port': None}),
    ('a key and no protection', errno.EINVAL, 'session-new',
     {'leg-b/suite': 'none'}),
) + tuple(
    (f'{which}-ipv4 {address}', code, 'session-new',
     {f'leg-a/{which}-ipv4': address})
    for which, address, code in (
        ('local', '0.0.0.0', errno.EINVAL),
        ('local', '192.0.2.9', errno.EADDRNOTAVAIL),
        ('local', '224.0.0.1', errno.EINVAL),
        ('local', '255.255.255.255', errno.EINVAL),
        ('peer', '0.0.0.0', errno.EINVAL),
        ('peer', '127.0.0.1', errno.EINVAL),
        ('peer', '224.0.0.1', errno.EINVAL),
        ('peer', '255.255.255.255', errno.EINVAL)))


def changed(values, changes):
    out = {k: dict(v) if isinstance(v, dict) else v
           for k, v in values.items()}
    for path, value in changes.items():
        *outer, name = path.split('/')
        where = out[outer[0]] if outer else out
        where[name] = value
        if value is None:
            del where[name]
    return out


def check_meaning(nl):
    """Well-formed requests that make no sense."""
    for what, code, op, changes in MEANING:
        before = state(nl)
        values = changed(request_of(nl.spec, op), changes)
        try:
            nl.do(op, values)
            tap.ok(False, f'{op}: {what}', 'accepted')
            undo(nl, op)
        except NlError as refusal:
            tap.ok(refusal.errno == code and is_sentence(refusal.text) and
                   state(nl) == before, f'{op}: {what}', refusal)


def check_keys_stay(nl):
    """No four bytes of a key in anything that the kernel sends."""
    nl.do('session-set', {'id': 1, 'leg-b': {'tx-key': KEYS[2]}})
    replies = nl.raw('session-get', nla(1, struct.pack('I', 1))) + \
        nl.raw('session-get', b'', NLM_F_DUMP)
    pieces = [key[i:i + 4] for key in KEYS for i in range(len(key) - 3)]
    tap.ok(len(replies) == 2 and not any(
        piece in reply for piece, reply in itertools.product(pieces, replies)),
        'keys are not in get and dump')
    tap.ok(all(not {'tx-key', 'rx-key'} & one[x].keys()
               for one in nl.dump('session-get') for x in ('leg-a', 'leg-b')),
           'no key attribute in a dump')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl = in_netns(gateway, Netlink)
        reply = nl.do('session-new', session(1))
        tap.equal(reply, {'id': 1}, 'session-new replies with the id')
        want, have = session(1), nl.dump('session-get')[0]
        for x in ('leg-a', 'leg-b'):
            for secret in ('tx-key', 'rx-key'):
                want[x].pop(secret, None)
            have[x].pop('stats')
        have.pop('age'), have.pop('idle')
        tap.equal(have, want, 'session-get shows what session-new was given')
        for op, entry in nl.spec.ops.items():
            if 'do' in entry:
                check_wrong(nl, op)
                check_missing(nl, op)
        check_dump(nl)
        check_events_are_no_requests(nl)
        check_meaning(nl)
        check_keys_stay(nl)
        nl.do('session-del', {'id': 1})
        tap.equal(nl.dump('session-get'), [], 'session-del leaves nothing')
    tap.clean_log()
    tap.finish()


main()
