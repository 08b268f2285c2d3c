#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Well-formed requests that make no sense, or would give a secret away.

Each refusal has a sentence that says what to change, points to the attribute
that is wrong or names the one that is missing, and leaves nothing behind.
"""
import errno
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, key, leg, load_module, run,  # noqa: E402
                   topology)
from netlink import refusal  # noqa: E402
from ynl import NETLINK_CAP_ACK, NLM_F_DUMP, SOL_NETLINK  # noqa: E402
from ynl import Netlink, NlError, nla, parse_nlas  # noqa: E402

NET_A, NET_B, NET6 = '192.0.2', '198.51.100', '2001:db8:b'
CM, CM192, CM256 = (f'aes-cm-{n}-hmac-sha1-80' for n in (128, 192, 256))
GCM, GCM256 = 'aead-aes-128-gcm', 'aead-aes-256-gcm'
NULL = 'null-hmac-sha1-80'
SET, NEW, DEL, GET = (f'session-{op}' for op in ('set', 'new', 'del', 'get'))
MAPPED = bytes(10) + b'\xff\xff\xc0\0\2\2'

tap = Tap()
every_key = []


def secret(number, length=30):
    """The master key of a number; no two have four bytes in common."""
    out = bytes(c for i in range(0, length, 2)
                for c in (number & 0xff, 0x80 | (i + (number >> 8)) & 0x7f))
    every_key.append(out)
    return out


K = [secret(n) for n in range(16)]


def keys(*numbers, mki=None):
    """mki: one for each."""
    return [key(K[n], m) for n, m in zip(numbers, mki or [None] * 9)]


def session(number, **more):
    port = 20000 + 100 * number
    return {'id': number, 'label': f'call {number}',
            'leg-a': leg(NET_A, port, port + 2),
            'leg-b': leg(NET6, port, port + 2, suite=CM, tx_key=keys(0),
                         rx_key=keys(1))} | more


def changed(values, changes):
    """A copy; changes by path, None removes."""
    out = {k: dict(v) if isinstance(v, dict) else v
           for k, v in values.items()}
    for path, value in changes.items():
        *outer, name = path.split('/')
        where = out.setdefault(outer[0], {}) if outer else out
        where[name] = value
        if value is None:
            del where[name]
    return out


def state(nl):
    sessions = nl.dump('session-get')
    for one in sessions:
        one.pop('age'), one.pop('idle')
    return sessions, nl.do('stats-get'), nl.do('config-get')


def refused(nl, what, *case):
    refusal.refused(tap, nl, lambda: state(nl), what, case)


INVAL = errno.EINVAL
# what, operation, changes to session 2 (new) or of session 1 (set, ...),
# errno, sentence, where
CASES = (
    ('an id that is taken', NEW, {'id': 1}, errno.EEXIST,
     'id is in use', None),
    ('no such session', SET, {'id': 99}, errno.ENOENT, 'no session', None),
    ('no such session', DEL, {'id': 99}, errno.ENOENT, 'no session', None),
    ('no such session', GET, {'id': 99}, errno.ENOENT, 'no session', None),
    ('one leg', NEW, {'leg-b': None}, INVAL, 'give leg-b', '-leg-b'),

    # ports
    ('a local port of another session', NEW, {'leg-a/local-port': 20100},
     errno.EADDRINUSE, 'in use by', 'leg-a/local-port'),
    ('a local port that is RTCP elsewhere', NEW,
     {'leg-a/local-rtcp-port': 20101}, errno.EADDRINUSE, 'in use by',
     'leg-a/local-rtcp-port'),
    ('RTP and RTCP on one local port', NEW, {'leg-a/local-rtcp-port': 20200},
     INVAL, 'leg-a: without rtcp-mux, RTCP needs', 'leg-a/local-rtcp-port'),
    ('RTP and RTCP on one peer port', NEW, {'leg-b/peer-rtcp-port': 20202},
     INVAL, 'leg-b: without rtcp-mux, RTCP needs', 'leg-b/peer-rtcp-port'),
    ('legs on one local port', NEW, {
        'leg-b': leg(NET_A, 20200, 9, flags=['rtcp-mux'])}, INVAL,
     'given twice', 'leg-a/local-port'),
    ('RTP port 65535 with RTCP by default', NEW,
     {'leg-a/local-port': 65535}, INVAL, 'give local-rtcp-port',
     'leg-a/local-port'),
    ('RTP port 65535 of the peer with RTCP by default', NEW,
     {'leg-a/peer-port': 65535}, INVAL, 'give peer-rtcp-port',
     'leg-a/peer-port'),
    ('a local RTCP port with rtcp-mux', NEW,
     {'leg-a/local-rtcp-port': 5, 'leg-a/flags': ['rtcp-mux']}, INVAL,
     'no local-rtcp-port with rtcp-mux', 'leg-a/local-rtcp-port'),
    ('an RTCP port of the peer with rtcp-mux', NEW,
     {'leg-a/peer-rtcp-port': 5, 'leg-a/flags': ['rtcp-mux']}, INVAL,
     'no peer-rtcp-port with rtcp-mux', 'leg-a/peer-rtcp-port'),
    ('a peer without address', NEW, {'leg-a/peer-ipv4': None}, INVAL,
     "give the peer's address", '-leg-a/peer-ipv4'),
    ('an IPv6 peer without address', NEW, {'leg-b/peer-ipv6': None}, INVAL,
     "give the peer's address", '-leg-b/peer-ipv6'),
    ('a peer without port', NEW, {'leg-a/peer-port': None}, INVAL,
     'give peer-port', '-leg-a/peer-port'),

    # addresses
    ('a local address on loopback, and a peer elsewhere', NEW,
     {'leg-a/local-ipv4': '127.0.0.1'}, INVAL, 'peers on loopback only',
     'leg-a/peer-ipv4'),
    ('an IPv6 one', NEW, {'leg-b/local-ipv6': '::1'}, INVAL,
     'peers on loopback only', 'leg-b/peer-ipv6'),
    ('two local addresses', NEW, {'leg-a/local-ipv6': f'{NET6}::1'}, INVAL,
     'not both', 'leg-a/local-ipv6'),
    ('two addresses of the peer', NEW, {'leg-b/peer-ipv4': f'{NET_A}.2'},
     INVAL, 'not both', 'leg-b/peer-ipv6'),
    ('a peer of the other family', NEW,
     {'leg-a/peer-ipv4': None, 'leg-a/peer-ipv6': f'{NET6}::2'}, INVAL,
     'both IPv4 or both IPv6', 'leg-a/peer-ipv6'),
    ('a local address of another family than the peer', SET,
     {'leg-a/local-ipv6': f'{NET6}::1'}, INVAL, 'both IPv4 or both IPv6',
     'leg-a/local-ipv6'),
) + tuple(
    (f'{end} address {address}', NEW,
     {f'leg-{x}/{end}-ipv{ip}': address}, code, sentence,
     f'leg-{x}/{end}-ipv{ip}')
    for end, ip, address, code, sentence in (
        ('local', 4, '0.0.0.0', INVAL, 'local-ipv4 must be an address of'),
        ('local', 4, f'{NET_A}.9', errno.EADDRNOTAVAIL, 'address of ours'),
        ('local', 4, f'{NET_A}.255', errno.EADDRNOTAVAIL, 'address of ours'),
        ('local', 4, '224.0.0.1', INVAL, 'address of ours'),
        ('local', 4, '255.255.255.255', INVAL, 'address of ours'),
        ('peer', 4, '0.0.0.0', INVAL, "another host's address"),
        ('peer', 4, '127.0.0.1', INVAL, 'loopback'),
        ('peer', 4, '224.0.0.1', INVAL, "another host's address"),
        ('peer', 4, '240.0.0.1', INVAL, "another host's address"),
        ('peer', 4, '255.255.255.255', INVAL, "another host's address"),
        ('peer', 4, f'{NET_A}.255', INVAL, "another host's address"),
        ('peer', 4, f'{NET_A}.1', INVAL, "another host's address"),
        ('peer', 4, f'{NET_B}.1', INVAL, "another host's address"),
        ('local', 6, '::', INVAL, 'all zero'),
        ('local', 6, f'{NET6}::9', errno.EADDRNOTAVAIL,
         'local-ipv6 must be an address of ours'),
        ('local', 6, 'ff02::1', INVAL, 'address of ours'),
        ('local', 6, 'fe80::1', INVAL, 'link-local'),
        ('local', 6, MAPPED, INVAL, 'as local-ipv4 or peer-ipv4'),
        ('local', 6, '::192.0.2.1', INVAL, 'address of ours'),
        ('peer', 6, '::', INVAL, 'all zero'),
        ('peer', 6, '::1', INVAL, 'loopback'),
        ('peer', 6, 'ff0e::1', INVAL, "another host's address"),
        ('peer', 6, 'fe80::2', INVAL, 'link-local'),
        ('peer', 6, MAPPED, INVAL, 'as local-ipv4 or peer-ipv4'),
        ('peer', 6, '::192.0.2.2', INVAL, "another host's address"),
        ('peer', 6, f'{NET6}::1', INVAL, "another host's address"),
        ('peer', 6, f'{NET6}::', INVAL, "another host's address"))
    for x in ('a' if ip == 4 else 'b')) + (

    # suites
    ('a key and no suite', NEW, {'leg-b/suite': 'none'}, INVAL,
     'leg-b: name the suite', 'leg-b/tx-key'),
    ('a suite and no tx-key', NEW, {'leg-b/tx-key': None}, INVAL,
     'leg-b: the suite needs', '-leg-b/tx-key'),
    ('a suite and no rx-key', NEW, {'leg-b/rx-key': None}, INVAL,
     'the suite needs', '-leg-b/rx-key'),
    ('a suite for a plain leg, and no key', SET, {'leg-a/suite': CM}, INVAL,
     'leg-a: the suite needs', '-leg-a/tx-key'),
    ('flags for SRTP on a plain leg', NEW,
     {'leg-a/flags': ['unencrypted-srtp']}, INVAL, 'need a suite',
     'leg-a/flags'),
    ('kdr on a plain leg', NEW, {'leg-a/kdr': 1}, INVAL, 'kdr needs a suite',
     'leg-a/kdr'),
    ('resync on a plain leg', SET, {'leg-a/flags': ['resync']}, INVAL,
     'resync is for a leg with a suite', 'leg-a/flags'),
    ('resync of a new session', NEW, {'leg-b/flags': ['resync']}, INVAL,
     'resync is for session-set', 'leg-b/flags'),
    ('a NULL suite', NEW, {'leg-b/suite': NULL}, INVAL, 'flag allow-null',
     'leg-b/suite'),
    ('another suite without new keys', SET, {'leg-b/suite': CM192}, INVAL,
     'need new keys', '-leg-b/tx-key'),
    ('another suite with one new key', SET,
     {'leg-b/suite': 'aes-cm-128-hmac-sha1-32', 'leg-b/tx-key': keys(9)},
     INVAL, 'need new keys', '-leg-b/rx-key'),
    ('another suite with the same key', SET,
     {'leg-b/suite': 'aes-cm-128-hmac-sha1-32', 'leg-b/tx-key': keys(0),
      'leg-b/rx-key': keys(9)}, INVAL, 'need new keys', 'leg-b/tx-key'),
    ('another kdr without new keys', SET, {'leg-b/kdr': 3}, INVAL,
     'need new keys', '-leg-b/tx-key'),
    ('other SRTP flags without new keys', SET,
     {'leg-b/flags': ['unencrypted-srtcp']}, INVAL, 'need new keys',
     '-leg-b/tx-key'),
    ('other SRTP flags with the same key', SET,
     {'leg-b/flags': ['unencrypted-srtp'], 'leg-b/tx-key': keys(9),
      'leg-b/rx-key': keys(1)}, INVAL, 'need new keys', 'leg-b/rx-key'),
) + tuple(
    (f'unauthenticated-srtp with {suite}', NEW,
     {'leg-b/flags': ['unauthenticated-srtp'], 'leg-b/suite': suite,
      'leg-b/tx-key': [key(secret(20, length))],
      'leg-b/rx-key': [key(secret(21, length))]}, INVAL,
     "AEAD suite can't", 'leg-b/suite')
    for suite, length in ((GCM, 28), (GCM256, 44))) + tuple(
    (f'a {way} of {length} bytes for {suite}', NEW,
     {'leg-b/suite': suite, 'leg-b/flags': ['allow-null'],
      'leg-b/tx-key': [key(secret(22, length if way == 'tx-key' else good))],
      'leg-b/rx-key': [key(secret(23, length if way == 'rx-key' else good))]},
     INVAL, 'key and salt must be|key then salt', f'leg-b/{way}')
    for suite, good in ((CM, 30), (CM192, 38), (CM256, 46), (GCM, 28),
                        (GCM256, 44), ('f8-128-hmac-sha1-80', 30),
                        (NULL, 30))
    for way in ('tx-key', 'rx-key')
    for length in {28, 30, 38, 44, 46} - {good}) + (

    # several keys
    ('five keys', NEW, {'leg-b/tx-key': keys(
        2, 3, 4, 5, 6, mki=[b'1', b'2', b'3', b'4', b'5'])}, INVAL,
     'at most 4 keys', 'leg-b/tx-key.4'),
    ('a key without master', NEW, {'leg-b/tx-key': [{'mki': b'1'}]}, INVAL,
     'give the master', '-leg-b/tx-key/master'),
    ('a second key without master', NEW, {'leg-b/rx-key': keys(
        2, mki=[b'1']) + [{'mki': b'2'}]}, INVAL, 'give the master',
     '-leg-b/rx-key.1/master'),
    ('two keys, no mki', NEW, {'leg-b/tx-key': keys(2, 3)}, INVAL,
     'give each key its mki', 'leg-b/tx-key.1'),
    ('two keys, one mki', NEW, {'leg-b/rx-key': keys(2, 3, mki=[b'1', None])},
     INVAL, 'give each key its mki', 'leg-b/rx-key.1'),
    ('mkis of several lengths', NEW,
     {'leg-b/tx-key': keys(2, 3, mki=[b'1', b'22'])}, INVAL, 'of one length',
     'leg-b/tx-key.1'),
    ('the same mki twice', NEW,
     {'leg-b/tx-key': keys(2, 3, 4, mki=[b'12', b'22', b'12'])}, INVAL,
     'mki is given twice', 'leg-b/tx-key.2'),
    ('the same key twice', NEW,
     {'leg-b/rx-key': keys(2, 3, 2, mki=[b'1', b'2', b'3'])}, INVAL,
     'key is given twice', 'leg-b/rx-key.2'),
    ('a second key of a wrong length', NEW,
     {'leg-b/rx-key': keys(2, mki=[b'1']) + [key(secret(24, 28), b'2')]},
     INVAL, 'key', 'leg-b/rx-key.1'),

    # keys that must differ
    ('one key in both directions', NEW, {'leg-b/rx-key': keys(0)}, INVAL,
     'tx-key and rx-key must differ', 'leg-b/tx-key'),
    ('a second key in both directions', NEW,
     {'leg-b/tx-key': keys(2, 3, mki=[b'1', b'2']),
      'leg-b/rx-key': keys(4, 3, mki=[b'1', b'2'])}, INVAL,
     'tx-key and rx-key must differ', 'leg-b/tx-key'),
    ('one tx-key for both legs', NEW,
     {'leg-a/suite': CM, 'leg-a/tx-key': keys(0), 'leg-a/rx-key': keys(3)},
     INVAL, 'key of the other leg', 'leg-a/tx-key'),
    ('the rx-key of one leg as tx-key of the other', NEW,
     {'leg-a/suite': CM, 'leg-a/tx-key': keys(1), 'leg-a/rx-key': keys(3)},
     INVAL, 'key of the other leg', 'leg-a/tx-key'),
    ('tx-key and rx-key swapped', SET,
     {'leg-b/tx-key': keys(1), 'leg-b/rx-key': keys(0)}, INVAL,
     'used before', 'leg-b/tx-key'),

    # settings
    ('a maximum and no minimum', 'config-set', {'media-port-max': 5}, INVAL,
     'media-port-min', 'media-port-max'),
    ('a minimum and no maximum', 'config-set', {'media-port-min': 5}, INVAL,
     'less than', 'media-port-min'),
    ('a maximum less than the minimum', 'config-set',
     {'media-port-min': 5, 'media-port-max': 4}, INVAL, 'less than',
     'media-port-max'),
)


def base(op):
    if op == NEW:
        return session(2)
    return {} if op == 'config-set' else {'id': 1}


def check_cases(nl):
    for what, op, changes, code, sentence, where in CASES:
        refused(nl, what, op, changed(base(op), changes), code, sentence,
                where)


def accepted(nl, what, op, changes, values=None):
    try:
        nl.do(op, changed(values or base(op), changes))
        return tap.ok(True, what)
    except NlError as refusal:
        return tap.ok(False, what, refusal)


def shows(nl, number, x, what, **want):
    have = nl.do('session-get', {'id': number})[f'leg-{x}']
    want = {name.replace('_', '-'): value for name, value in want.items()}
    tap.equal({name: have.get(name) for name in want}, want, what)


def check_options(nl):
    """What goes from one setting to the other."""
    accepted(nl, 'rtcp-mux on both legs', NEW,
             {'leg-a/flags': ['rtcp-mux'], 'leg-b/flags': ['rtcp-mux'],
              'leg-a/local-port': 65535})
    shows(nl, 2, 'a', 'a leg with rtcp-mux has no RTCP ports',
          local_port=65535, local_rtcp_port=None, peer_rtcp_port=None)
    accepted(nl, 'their next ports are free', NEW,
             {'id': 3, 'leg-b/local-port': 20201})
    nl.do('session-del', {'id': 3})
    accepted(nl, 'no rtcp-mux any more', SET,
             {'id': 2, 'leg-b/flags': []})
    shows(nl, 2, 'b', 'RTCP has the next port again',
          local_rtcp_port=20201, peer_rtcp_port=20203, flags=None)
    shows(nl, 2, 'b', 'a leg with keys learns addresses', latch='address')
    accepted(nl, 'plain after SRTP', SET, {'id': 2, 'leg-b/suite': 'none'})
    shows(nl, 2, 'b', 'a plain leg learns ports, and has no keys',
          latch='port', tx_key=None, rx_key=None)
    accepted(nl, 'SRTP with options', SET, {
        'id': 2, 'leg-b/suite': CM, 'leg-b/tx-key': keys(10),
        'leg-b/rx-key': keys(11), 'leg-b/kdr': 4,
        'leg-b/flags': ['unauthenticated-srtp', 'expect-dtls']})
    shows(nl, 2, 'b', 'a leg that does not authenticate learns ports',
          latch='port', kdr=4, flags=['expect-dtls', 'unauthenticated-srtp'])
    accepted(nl, 'a label, nothing else', SET, {'id': 2, 'label': 'new'})
    accepted(nl, 'the same keys again', SET,
             {'id': 2, 'leg-b/tx-key': keys(10), 'leg-b/rx-key': keys(11)})
    accepted(nl, 'plain again', SET, {'id': 2, 'leg-b/suite': 'none'})
    shows(nl, 2, 'b', 'the options of SRTP are gone', kdr=None,
          flags=['expect-dtls'])
    accepted(nl, 'latch by request', SET, {'id': 2, 'leg-b/latch': 'strict'})
    accepted(nl, 'SRTP once more', SET, {
        'id': 2, 'leg-b/suite': CM, 'leg-b/tx-key': keys(12),
        'leg-b/rx-key': keys(13)})
    shows(nl, 2, 'b', 'a latch by request stays', latch='strict')
    accepted(nl, 'resync', SET, {'id': 2, 'leg-b/flags': ['resync']})
    shows(nl, 2, 'b', 'it is not kept', flags=None)
    accepted(nl, 'a NULL suite, allowed', SET, {
        'id': 2, 'leg-b/suite': NULL, 'leg-b/tx-key': keys(2),
        'leg-b/rx-key': keys(3), 'leg-b/flags': ['allow-null']})
    nl.do('session-del', {'id': 2})


def check_several_keys(nl):
    four = keys(2, 3, 4, 5, mki=[b'aa', b'bb', b'cc', b'dd'])
    accepted(nl, 'four keys', NEW, {'leg-b/tx-key': four})
    told = [{'mki': one['mki'], 'lifetime': 1 << 48, 'packets': 0}
            for one in four]
    shows(nl, 2, 'b', 'all but the keys is told', tx_key=told)
    accepted(nl, 'the order of keys changed', SET,
             {'id': 2, 'leg-b/tx-key': four[::-1]})
    shows(nl, 2, 'b', 'so is the order told', tx_key=told[::-1])
    accepted(nl, 'a key less', SET, {'id': 2, 'leg-b/tx-key': four[:3]})
    refused(nl, 'a key that was taken out', SET,
            changed({'id': 2}, {'leg-b/tx-key': four}), INVAL,
            'used before', 'leg-b/tx-key.3')
    nl.do('session-del', {'id': 2})


def check_retired(nl):
    """No tx-key comes back, in any way."""
    def back(what, x, *numbers):
        refused(nl, what, SET, changed({'id': 2}, {
            f'leg-{x}/tx-key': keys(*numbers)}), INVAL, 'used before',
            f'leg-{x}/tx-key')

    nl.do(NEW, changed(session(2), {
        'leg-a/suite': CM, 'leg-a/tx-key': keys(2), 'leg-a/rx-key': keys(3)}))
    refused(nl, 'tx-keys swapped between the legs', SET, changed(
        {'id': 2}, {'leg-a/tx-key': keys(0), 'leg-b/tx-key': keys(2)}),
        INVAL, 'used before', 'leg-a/tx-key')
    nl.do(SET, changed({'id': 2}, {'leg-b/tx-key': keys(4)}))
    back('a tx-key that was replaced', 'b', 0)
    back('as tx-key of the other leg', 'a', 0)
    nl.do(SET, changed({'id': 2}, {'leg-b/suite': 'none'}))
    refused(nl, 'a tx-key from before the leg was plain', SET, changed(
        {'id': 2}, {'leg-b/suite': CM, 'leg-b/tx-key': keys(4),
                    'leg-b/rx-key': keys(1)}), INVAL, 'used before',
        'leg-b/tx-key')
    first = [secret(100 + n) for n in range(32)]
    for one in first:
        nl.do(SET, changed({'id': 2}, {'leg-a/tx-key': [key(one)]}))
    late = [one for one in [K[2]] + first[:-1]
            if not remembers(nl, 2, one)]
    tap.equal(late, [], '32 replaced keys are remembered')
    tap.ok(not remembers(nl, 2, K[0]), 'the one before them is forgotten')
    nl.do('session-del', {'id': 2})


def remembers(nl, number, master):
    try:
        nl.do(SET, changed({'id': number}, {'leg-a/tx-key': [key(master)]}))
        return False
    except NlError as refusal:
        return 'used before' in refusal.text


def pieces(data):
    return {data[i:i + 4] for i in range(len(data) - 3)}


def check_keys_stay(nl, events):
    """No four bytes of a key in anything that the kernel sent."""
    tap.ok(not pieces(K[0]) & pieces(K[1]), 'keys have nothing in common')
    sent = nl.raw('session-get', nla(1, struct.pack('I', 1))) + \
        nl.raw('session-get', b'', NLM_F_DUMP)
    # Without this option a refusal brings the request back.
    nl.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 0)
    for what in ({'leg-b/tx-key': [key(K[14][:29])]},
                 {'leg-b/tx-key': keys(14, 15, mki=[b'1', b'22'])},
                 {'leg-b/tx-key': keys(14, 15, mki=[b'1', None])},
                 {'leg-b/rx-key': keys(14) + [{'mki': b'1'}]},
                 {'leg-a/tx-key': keys(14), 'leg-b/local-port': 65535}):
        sent += echo(nl, SET, changed({'id': 1}, what))
        sent += echo(nl, NEW, changed(session(2), what))
    twice = nl.spec.encode('session-in', {'id': 1}) + 2 * nl.spec.encode(
        'session-in', {'leg-b': {'tx-key': keys(14), 'local-port': 65535}})
    sent += echo(nl, SET, twice)
    nl.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
    nl.do('session-del', {'id': 1})
    sent += raw_events(events)
    found = pieces(b''.join(sent))
    tap.ok(len(sent) > 12, 'replies, events, refusals', len(sent))
    tap.equal([k.hex() for k in every_key if pieces(k) & found], [],
              'no key in any of them')


def echo(nl, op, values):
    """All that comes back when a request is refused, as bytes."""
    payload = values if isinstance(values, bytes) else nl.spec.encode(
        nl.spec.ops[op]['attribute-set'], values)
    nl.sock.send(nl.message(nl.family, nl.spec.ops[op]['value'], payload))
    data = nl.sock.recv(1 << 16)
    tap.ok(len(data) > 20 + len(payload) and b'used' not in data[:20],
           f'{op}: a refusal with the request in it')
    return [data]


def raw_events(events):
    events.sock.settimeout(2)
    out = []
    try:
        while True:
            out.append(events.sock.recv(1 << 16))
            events.sock.settimeout(0.2)
    except (TimeoutError, BlockingIOError):
        return out


def check_config(nl):
    tap.equal(nl.do('config-get'),
              {'media-port-min': 0, 'media-port-max': 0}, 'no media ports')
    nl.do('config-set', {'media-port-min': 100, 'media-port-max': 200})
    nl.do('config-set', {'media-port-max': 300})
    nl.do('config-set', {'media-port-min': 300})
    tap.equal(nl.do('config-get'),
              {'media-port-min': 300, 'media-port-max': 300},
              'either end is set alone')
    nl.do('config-set', {})
    for values, where in (({'media-port-max': 299}, 'media-port-max'),
                          ({'media-port-min': 301}, 'media-port-min'),
                          ({'media-port-min': 0}, 'media-port-min'),
                          ({'media-port-max': 0}, 'media-port-max')):
        refused(nl, f'{values} with 300 and 300', 'config-set', values,
                INVAL, 'media-port', where)
    nl.do('config-set', {'media-port-min': 0, 'media-port-max': 0})
    tap.equal(nl.do('config-get'),
              {'media-port-min': 0, 'media-port-max': 0}, 'none again')


def main():
    load_module()
    with topology() as (_, gateway, _):
        run('ip', '-n', gateway, 'address', 'add', f'{NET6}::1/64', 'dev',
            'vb', 'nodad')
        # Only a router has the anycast address of its net.
        run('ip', 'netns', 'exec', gateway, 'sysctl', '-qw',
            'net.ipv6.conf.all.forwarding=1')
        nl, events = in_netns(gateway, Netlink), in_netns(gateway, Netlink)
        events.join('events')
        check_config(nl)
        nl.do(NEW, session(1))
        check_cases(nl)
        check_options(nl)
        check_several_keys(nl)
        check_retired(nl)
        check_keys_stay(nl, events)
        tap.equal(nl.dump('session-get'), [], 'nothing is left')
    tap.clean_log()
    tap.finish()


main()
