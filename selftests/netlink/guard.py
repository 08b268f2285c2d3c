#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Well-formed requests about bans, trust, limits and strikes that make no sense.

As meaning.py has them of sessions.
"""
import errno
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import Tap, in_netns, load_module, prefix, topology  # noqa: E402
from netlink import refusal  # noqa: E402
from ynl import Netlink, NlError  # noqa: E402

INVAL, NOENT = errno.EINVAL, errno.ENOENT
tap = Tap()


def limits(*several, **more):
    return {'limit': [{'class': name} | values for name, values in several]} \
        | {name.replace('_', '-'): value for name, value in more.items()}


def state(nl):
    """But for times."""
    return [[{k: v for k, v in one.items() if k not in ('age', 'left')}
             for one in nl.dump(op)]
            for op in ('ban-get', 'trust-get', 'limit-get')], \
        nl.do('limit-get')


# what, then what refusal.refused() takes
CASES = (
    ('everybody', 'ban-new', prefix('0.0.0.0/0'), INVAL, 'one of you',
     'prefix'),
    ('everybody by IPv6', 'ban-new', prefix('::/0'), INVAL, 'one of you',
     'prefix'),
    ('all of IPv4, mapped', 'ban-new', prefix('::ffff:0.0.0.0/96'), INVAL,
     '', 'prefix/ipv6'),
    ('33 bits of IPv4', 'ban-new', prefix('192.0.2.0/33'), INVAL,
     '32 bits at most', 'prefix/length'),
    ('bits beyond the length', 'ban-new', prefix('192.0.2.1/24'), INVAL,
     'bits beyond', 'prefix'),
    ('bits beyond the length', 'trust-new', prefix('2001:db8::1/64'), INVAL,
     'bits beyond', 'prefix'),
    ('two addresses', 'ban-new',
     {'prefix': {'ipv4': '192.0.2.1', 'ipv6': '2001:db8::1'}}, INVAL, '',
     'prefix'),
    ('a trusted address', 'ban-new', prefix('203.0.113.1'), errno.EPERM,
     'remove the trust', 'prefix'),
    ('no such ban', 'ban-del', prefix('192.0.2.9'), NOENT,
     'no ban of this prefix', 'prefix'),
    ('the ban has another length', 'ban-del', prefix('198.51.100.0/25'),
     NOENT, 'no ban of this prefix', 'prefix'),
    ('no such trust', 'trust-del', prefix('192.0.2.9'), NOENT,
     "isn't trusted", 'prefix'),
    ('no prefix', 'trust-del', {}, INVAL, 'give an address', '-prefix'),
    ('a prefix', 'strike', prefix('192.0.2.0/24'), INVAL, 'not a prefix',
     'prefix'),
    ('a class twice', 'limit-set', limits(('stun', {}), ('stun', {})), INVAL,
     'given twice', 'limit.1/class'),
    ('a limit without class', 'limit-set', {'limit': [{'rate': 1}]}, INVAL,
     'give the class', '-limit/class'),
    ('a rate of strikes', 'limit-set', limits(('strike', {'rate': 5})), INVAL,
     'no rate', 'limit/rate'),
    ('a burst of strikes', 'limit-set', limits(('strike', {'burst': 5})),
     INVAL, 'no burst', 'limit/burst'),
    ('a longest ban shorter than the first', 'limit-set',
     limits(('invite', {'ban-time': 10, 'ban-time-max': 9})), INVAL,
     'less than ban-time', 'limit'),
    ('one good and one bad', 'limit-set',
     limits(('invite', {'rate': 7}), ('strike', {'rate': 5})), INVAL,
     'no rate', 'limit.1/rate'),
    ('no port, and one', 'limit-set', {'signaling-port': [0, 5060]}, INVAL,
     'alone', 'signaling-port.1'),
    ('a port, and none', 'limit-set', {'secure-port': [5061, 0]}, INVAL,
     'alone', 'secure-port.1'),
    ('17 ports', 'limit-set', {'signaling-port': list(range(1, 18))}, INVAL,
     'more than 16', 'signaling-port.16'),
    ('another prefix length while there are sources', 'limit-set',
     {'ipv4-length': 24}, errno.EBUSY, 'change their size', None),
)


def check_cases(nl):
    nl.do('trust-new', prefix('203.0.113.1'))
    nl.do('ban-new', prefix('198.51.100.0/24'))
    nl.do('limit-set', limits(('register', {'enabled': 1})))
    for what, *case in CASES:
        refusal.refused(tap, nl, lambda: state(nl), what, case)
    nl.do('trust-del', prefix('203.0.113.1'))
    nl.do('ban-del')


def last_refusal(nl, op, requests):
    """What the only refusal says, which must be the last answer."""
    results = nl.batch([(op, one) for one in requests])
    early = [r for r in results[:-1] if isinstance(r, NlError)]
    return str(early[0]) if early else str(results[-1])


def check_lengths(nl):
    """Eight prefix lengths a table, beside that of whole addresses."""
    several = [prefix(f'10.0.0.0/{n}') for n in range(8, 17)]
    for op, what in (('ban-new', 'bans have 8'), ('trust-new', 'trust has 8')):
        tap.ok(what in last_refusal(nl, op, several), f'{op}: a ninth length')
        nl.do(op, prefix('192.0.2.7'))
    tap.equal(len(nl.dump('ban-get')), 8,
              'trust takes bans of addresses away, not of prefixes')
    for one in nl.dump('trust-get'):
        nl.do('trust-del', {'prefix': one['prefix']})
    nl.do('ban-del')
    nl.do('ban-new', prefix('192.0.2.0/24'))
    tap.equal(len(nl.dump('ban-get')), 1, 'a length is free again')
    nl.do('ban-del')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl = in_netns(gateway, Netlink)
        check_cases(nl)
        check_lengths(nl)
        nl.close()
    tap.clean_log()
    tap.finish()


main()
