#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every attribute of every operation, wrong in every way its type allows.

The cases come from the spec, so that an attribute added there is covered.
Each must be refused with a reason and change nothing. What is well-formed but
makes no sense is in meaning.py.
"""
import errno
import itertools
import pathlib
import re
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, key, leg, load_module, run,  # noqa: E402
                   topology)
from ynl import INTS, NLA_F_NESTED, NLM_F_DUMP, Netlink, NlError, nla  # noqa

KEYS = [bytes((k + i * 7) & 0xff for i in range(30)) for k in (1, 50, 90)]
SUITE = 'aes-cm-128-hmac-sha1-80'
NET6 = '2001:db8:b'
CONFIG = {'media-port-min': 40000, 'media-port-max': 49999}
RULES = {
    'default-local': 'accept', 'default-network': 'drop', 'confirm': 60,
    'set': [{'name': 's', 'entry': [
        {'ipv4': '192.0.2.0', 'length': 24},
        {'ipv6': '2001:db8::', 'length': 32}]}],
    'rule': [
        {'chain': 'network', 'action': 'jump', 'jump': 'c', 'in': 'va',
         'out': 'v*', 'from': {'ipv4': '192.0.2.0', 'length': 24},
         'to-set': 's', 'protocol': 17,
         'sport': [{'first': 1, 'last': 2}],
         'dport': [{'first': 5, 'last': 7}, {'first': 9, 'last': 9}],
         'dscp': 46, 'comment': 'one'},
        {'chain': 'c', 'action': 'log', 'log-rate': 5, 'from-set': 's',
         'to': {'ipv6': '2001:db8::', 'length': 128}, 'protocol': 58,
         'icmp-type': 128, 'icmp-code': 0}]}
CHANGE = {'name': 's', 'mode': 'add', 'entry': [
    {'ipv4': '10.0.0.0', 'length': 8}, {'ipv6': '2001:db8::', 'length': 64}]}
BAN = {'prefix': {'ipv4': '192.0.2.0', 'length': 24}, 'time': 80000,
       'comment': 'one'}
TRUST = {'prefix': {'ipv6': '2001:db8:c::', 'length': 48}, 'time': 80001,
         'comment': 'two'}
LIMITS = {
    'limit': [{'class': 'register', 'enabled': 1, 'rate': 5, 'burst': 10,
               'global-rate': 100, 'global-burst': 200, 'newcomer-rate': 50,
               'trusted-rate': 300, 'trusted-burst': 400, 'strikes': 3,
               'window': 30, 'ban-time': 60, 'ban-time-max': 120},
              {'class': 'strike', 'strikes': 4}],
    'signaling-port': [5060, 5080], 'secure-port': [5061], 'ipv4-length': 32,
    'ipv6-length': 64, 'sources': 1024}
STRIKE = {'prefix': {'ipv4': '192.0.2.9', 'length': 32}, 'reason': 'scanner',
          'proved': 0, 'count': 1}
GUARD = {'ban-new': BAN, 'ban-del': {'prefix': BAN['prefix']},
         'trust-new': TRUST, 'trust-del': {'prefix': TRUST['prefix']},
         'limit-set': LIMITS, 'strike': STRIKE}
# What a request must have, (operation, path). All else is optional.
REQUIRED = {('session-set', 'id'), ('session-del', 'id'),
            ('session-get', 'id'),
            ('session-new', 'leg-a'), ('session-new', 'leg-b')} | {
    ('session-new', f'leg-{x}/{end}-{what}') for x, ip in ('a4', 'b6')
    for end in ('local', 'peer') for what in (f'ipv{ip}', 'port')} | {
    ('session-new', f'leg-b/{name}')
    for name in ('suite', 'tx-key', 'rx-key')} | {  # all of SRTP or none
    (op, f'leg-b/{name}-key/master')
    for name in ('tx', 'rx') for op in ('session-new', 'session-set')} | {
    ('rules-set', path) for path in (
        'set', 'set/name', 'set/entry/ipv4', 'set/entry/ipv6', 'rule/chain',
        'rule/action', 'rule/jump', 'rule/from/ipv4', 'rule/to/ipv6',
        'rule/protocol', 'rule/sport/first', 'rule/dport/first',
        'rule/icmp-type')} | {
    ('address-set-change', path)
    for path in ('name', 'entry/ipv4', 'entry/ipv6')} | {
    (op, path) for op, ip in (
        ('ban-new', 'ipv4'), ('trust-new', 'ipv6'), ('trust-del', 'ipv6'),
        ('strike', 'ipv4')) for path in ('prefix', f'prefix/{ip}')} | {
    ('ban-del', 'prefix/ipv4'), ('ban-del', 'prefix/length'),
    ('trust-del', 'prefix/length'), ('limit-set', 'limit/class')}

tap = Tap()


def session(number):
    port = 20000 + 100 * number
    return {'id': number, 'label': f'call {number}', 'idle-timeout': 60,
            'leg-a': leg('192.0.2', port, port + 2,
                         local_rtcp_port=port + 1, peer_rtcp_port=port + 3,
                         suite='none', latch='strict', dscp=46,
                         clock_rate=16000, flags=['expect-stun']),
            'leg-b': leg(NET6, port, port + 2,
                         local_rtcp_port=port + 1, peer_rtcp_port=port + 3,
                         suite=SUITE, kdr=5, latch='address',
                         flags=['expect-dtls', 'unencrypted-srtcp'],
                         tx_key=[key(KEYS[0], b'12', 1000)],
                         rx_key=[key(KEYS[1], b'34', 1 << 48)]),
            'flags': ['udptl']}


def state(nl):
    """All that a request could have changed."""
    sessions = nl.dump('session-get')
    for one in sessions:
        one.pop('age'), one.pop('idle')
    return sorted(sessions, key=lambda s: s['id']), nl.do('stats-get'), \
        nl.do('config-get'), rules(nl), guard(nl)


def without_times(found):
    return [{k: v for k, v in one.items() if k not in ('age', 'left')}
            for one in found]


def guard(nl):
    """But for times; the table of sources may have an entry more."""
    about = nl.do('limit-get')
    return without_times(nl.dump('ban-get')), \
        without_times(nl.dump('trust-get')), \
        {k: v for k, v in about.items() if not k.startswith('sources-')}, \
        nl.dump('limit-get')


def rules(nl):
    """But what differs each time."""
    about = nl.do('rules-get')
    for name in ('compile-time', 'confirm'):
        about.pop(name, None)
    return about, nl.dump('rules-get')


def is_sentence(text):
    return bool(re.match(r"^[A-Za-z'][^\0\n]* [^\0\n]*[a-z0-9)'.]$", text))


def refused(nl, name, op, payload, flags=0):
    try:
        nl.raw(op, payload, flags)
        tap.ok(False, name, 'accepted')
    except NlError as refusal:
        reason = is_sentence(refusal.text) or refusal.miss_type is not None
        tap.ok(refusal.errno > 0 and reason, name, refusal)


def unchanged(nl, before, what):
    after = state(nl)
    tap.ok(after == before, f'{what}: nothing changed',
           f'{before} then {after}')


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
    if attr.get('enum') in spec.enums:
        count = len(spec.enums[attr['enum']])
        yield 'no value of its enum', count.to_bytes(size, sys.byteorder)
    if attr.get('enum') in spec.flags:
        count = len(spec.flags[attr['enum']])
        for bit in (count, 8 * size - 1):
            yield f'with unknown bit {bit}', \
                (1 << bit).to_bytes(size, sys.byteorder)


def bad_string(spec, attr):
    most = spec.limit(attr['checks']['max-len'])
    yield 'without its terminating zero', b'x' * 4
    yield 'without a single byte', b''
    yield 'too long', b'x' * (most + 1) + b'\0'
    yield 'very long', b'x' * 8192 + b'\0'


def bad_bytes(spec, attr):
    checks = {k: spec.limit(v) for k, v in attr['checks'].items()}
    exact = checks.get('exact-len')
    if exact:
        lengths = {0, 1, exact - 1, exact + 1, 2 * exact, 8192}
    else:
        lengths = {checks.get('min-len', 1) - 1, checks['max-len'] + 1, 8192}
    if attr['name'] == 'master':  # the suite says how long it is
        lengths |= {1, 29, 31, checks['max-len']}
    for length in sorted(lengths):
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
            else bad_string(spec, attr) if attr['type'] == 'string' \
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


def request_with(spec, aset, values, raw):
    """values with raw in place of what has its type.

    raw is a whole attribute, or (name, raw) for one in the nest of a name.
    """
    if isinstance(raw, bytes):
        kind = struct.unpack_from('HH', raw)[1] & 0x3fff
        kept = {k: v for k, v in values.items()
                if spec.sets[aset][k]['value'] != kind}
        return spec.encode(aset, kept) + raw
    name, raw = raw
    attr = spec.sets[aset][name]
    inner = values.get(name, {})
    inner = inner[0] if isinstance(inner, list) else inner
    payload = request_with(spec, attr['nested-attributes'], inner, raw)
    kept = {k: v for k, v in values.items() if k != name}
    return spec.encode(aset, kept) + nla(attr['value'] | NLA_F_NESTED, payload)


def request_of(spec, op):
    """A request that the kernel accepts while session 1 exists."""
    full = CONFIG | RULES | session(2 if op == 'session-new' else 1)
    if op == 'address-set-change':
        full = CHANGE
    full = GUARD.get(op, full)
    return {n: full[n] for n in spec.request(op) if n in full}


def paths(values, prefix=''):
    for name, value in values.items():
        yield prefix + name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from paths(inner, f'{prefix}{name}/')


def without(values, path):
    if isinstance(values, list):
        return [without(v, path) for v in values]
    name, _, rest = path.partition('/')
    return {k: without(v, rest) if k == name else v
            for k, v in values.items() if k != name or rest}


def check_wrong(nl, op):
    spec, values = nl.spec, request_of(nl.spec, op)
    before = state(nl)
    aset = spec.ops[op]['attribute-set']
    cases = wrong_in_set(spec, aset, spec.request(op))
    for path, group in itertools.groupby(cases, lambda case: case[0]):
        if not spec.request(op) and path == 'type 0':
            continue  # an empty policy has no other
        for _, what, raw in group:
            refused(nl, f'{op}: {path} {what}', op,
                    request_with(spec, aset, values, raw))
        unchanged(nl, before, f'{op}: {path}')


def undo(nl, op):
    if op == 'session-new':
        for one in nl.dump('session-get'):
            if one['id'] != 1:
                nl.do('session-del', {'id': one['id']})
    elif op == 'session-del':
        nl.do('session-new', session(1))
    elif op == 'ban-del':
        nl.do('ban-new', BAN)
    elif op in ('trust-new', 'trust-del'):  # one without a length is more
        for one in nl.dump('trust-get'):
            nl.do('trust-del', {'prefix': one['prefix']})
        nl.do('trust-new', TRUST)
    elif op in ('rules-set', 'address-set-change'):
        nl.do('rules-set', {k: v for k, v in RULES.items() if k != 'confirm'})


def check_missing(nl, op):
    spec, values = nl.spec, request_of(nl.spec, op)
    for path in paths(values):
        less = without(values, path)
        if (op, path) in REQUIRED:
            before = state(nl)
            refused(nl, f'{op}: {path} missing', op,
                    spec.encode(spec.ops[op]['attribute-set'], less))
            unchanged(nl, before, f'{op}: {path} missing')
            continue
        try:
            nl.do(op, less)
            tap.ok(True, f'{op}: {path} may be missing')
            undo(nl, op)
        except NlError as refusal:
            tap.ok(False, f'{op}: {path} may be missing', refusal)


def check_dump(nl):
    spec, before = nl.spec, state(nl)
    refused(nl, 'session-get dump: unknown attribute', 'session-get',
            nla(1000, bytes(4)), NLM_F_DUMP)
    refused(nl, 'session-get dump: id of 3 bytes', 'session-get',
            nla(1, bytes(3)), NLM_F_DUMP)
    refused(nl, 'session-get dump: id, for it lists all', 'session-get',
            nla(1, struct.pack('I', 1)), NLM_F_DUMP)
    unchanged(nl, before, 'session-get dump')
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


def shown(values):
    """A session as session-get shows it when no packet has come."""
    out = dict(values)
    for x in ('leg-a', 'leg-b'):
        out[x] = dict(out[x])
        for name in {'tx-key', 'rx-key'} & out[x].keys():
            out[x][name] = [{'packets': 0} | {
                k: v for k, v in one.items() if k != 'master'}
                for one in out[x][name]]
    return out


def without_counters(have):
    out = {k: v for k, v in have.items() if k not in ('age', 'idle')}
    for x in ('leg-a', 'leg-b'):
        out[x] = {k: v for k, v in out[x].items() if k != 'stats'}
    return out


def check_rules(nl):
    about, parts = rules(nl)
    counters = about.pop('count')
    tap.equal(about, {'default-local': 'accept', 'default-network': 'drop',
                      'rules': 2, 'flat-rules': 1,
                      'memory': about['memory']}, 'rules-get says how many')
    tap.equal(counters, [{'what': what, 'packets': 0, 'bytes': 0}
                         for what in nl.spec.enums['rules-counter']],
              'and what no rule counts')
    tap.equal([p['set'][0] for p in parts if 'set' in p], RULES['set'],
              'a dump has the sets that rules-set was given')
    tap.equal([p['rule'][0] for p in parts if 'rule' in p],
              [rule | {'number': n, 'packets': 0, 'bytes': 0}
               for n, rule in enumerate(RULES['rule'], 1)],
              'and the rules')


def check_guard(nl):
    tap.equal((nl.dump('ban-get'), nl.dump('trust-get'),
               nl.do('limit-get')['memory']), ([], [], 0),
              'a namespace begins without bans, trust and a source table')
    for op in ('ban-new', 'trust-new', 'limit-set'):
        nl.do(op, GUARD[op])
    have = nl.dump('ban-get')[0]
    tap.equal({k: have.get(k) for k in BAN}, BAN, 'ban-get shows ban-new')
    have = nl.dump('trust-get')[0]
    tap.equal({k: have.get(k) for k in ('prefix', 'comment', 'kind')},
              {'prefix': TRUST['prefix'], 'comment': 'two', 'kind': 'granted'},
              'trust-get shows trust-new')
    have = nl.do('limit-get')
    tap.equal({k: have.get(k) for k in LIMITS if k != 'limit'},
              {k: v for k, v in LIMITS.items() if k != 'limit'},
              'limit-get shows limit-set')
    have = {one['limit'][0]['class']: one['limit'][0]
            for one in nl.dump('limit-get')}
    tap.equal(sorted(have), sorted(nl.spec.enums['limit-class']),
              'a dump has each class')
    want = LIMITS['limit'][0]
    tap.equal({k: have['register'][k] for k in want}, want,
              'as limit-set said')


def check_replies(nl):
    reply = nl.do('session-new', session(1))
    tap.equal(reply, {'id': 1}, 'session-new replies with the id')
    tap.equal(without_counters(nl.dump('session-get')[0]), shown(session(1)),
              'a dump shows what session-new was given')
    tap.equal(without_counters(nl.do('session-get', {'id': 1})),
              shown(session(1)), 'and so does session-get')
    nl.do('session-new', {'id': 9, 'leg-a': leg('192.0.2', 100, 200),
                          'leg-b': leg('198.51.100', 100, 200)})
    have = without_counters(nl.do('session-get', {'id': 9}))
    more = {'local-rtcp-port': 101, 'peer-rtcp-port': 201, 'suite': 'none',
            'latch': 'port'}
    tap.equal(have, {'id': 9, 'idle-timeout': 0,
                     'leg-a': leg('192.0.2', 100, 200) | more,
                     'leg-b': leg('198.51.100', 100, 200) | more},
              'other defaults are left out')
    nl.do('session-del', {'id': 9})
    undo(nl, 'rules-set')
    check_rules(nl)
    check_guard(nl)
    nl.do('config-set', CONFIG)
    tap.equal(nl.do('config-get'), CONFIG, 'config-get shows the settings')


def main():
    load_module()
    with topology() as (_, gateway, _):
        run('ip', '-n', gateway, 'address', 'add', f'{NET6}::1/64', 'dev',
            'vb', 'nodad')
        nl = in_netns(gateway, Netlink)
        check_replies(nl)
        for op, entry in nl.spec.ops.items():
            if 'do' in entry:
                check_wrong(nl, op)
                check_missing(nl, op)
        check_dump(nl)
        check_events_are_no_requests(nl)
        nl.do('session-del', {'id': 1})
        tap.equal(nl.dump('session-get'), [], 'session-del leaves nothing')
    tap.clean_log()
    tap.finish()


main()
