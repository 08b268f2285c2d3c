#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A thousand sessions at once, and dumps while they come and go.

RF_THIN, which is so by itself on the debug kernel: 300 sessions."""
import errno
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import THIN, Tap, in_netns, leg, load_module  # noqa: E402
from guest import topology  # noqa: E402
from ynl import NLM_F_DUMP, NLM_F_DUMP_INTR, NLMSG_DONE  # noqa: E402
from ynl import Netlink, NlError  # noqa: E402

COUNT = 1000 if THIN == 1 else 300
SUITE = 'aes-cm-128-hmac-sha1-80'

tap = Tap()


def session(n):
    port = 20000 + 2 * n
    key = bytes([n & 0xff, n >> 8]) + bytes(28)
    return {'label': f'call {n}', 'leg-a': leg('192.0.2', port, port),
            'leg-b': leg('198.51.100', port, port, suite=SUITE,
                         tx_key=b'\1' + key[1:], rx_key=b'\2' + key[1:])}


def create(nl, count=COUNT):
    replies = nl.batch([('session-new', session(n)) for n in range(count)])
    return [r['id'] for r in replies if isinstance(r, dict)]


def remove(nl, ids):
    return [r for r in nl.batch([('session-del', {'id': i}) for i in ids])
            if r is not None]


def check_batch(nl):
    ids = create(nl)
    tap.equal(len(set(ids)), COUNT, f'{COUNT} sessions have {COUNT} ids')
    ports = {s['leg-a']['local-port'] for s in nl.dump('session-get')}
    tap.equal(ports, {20000 + 2 * n for n in range(COUNT)},
              'the dump has each of them')
    tap.equal(nl.do('stats-get')['sessions'], COUNT, 'so do the statistics')

    results = nl.batch([('session-new', session(n))
                        for n in (COUNT, 3, COUNT + 1)])
    tap.ok(isinstance(results[0], dict) and isinstance(results[2], dict) and
           isinstance(results[1], NlError) and
           results[1].errno == errno.EADDRINUSE,
           'a refused one does not harm its neighbours', results)
    ids += [r['id'] for r in results if isinstance(r, dict)]

    tap.equal(remove(nl, ids), [], 'all are removed')
    tap.equal(nl.dump('session-get'), [], 'and none is left')
    tap.equal(nl.do('stats-get')['sessions'], 0, 'in the statistics too')


def dump_slowly(nl, between):
    """Ids of one dump, and if it was flagged; between() runs after the
    first datagram."""
    nl.sock.send(nl.message(nl.family, nl.spec.ops['session-get']['value'],
                            b'', flags=NLM_F_DUMP))
    ids, flagged, done = [], False, False
    while not done:
        for kind, flags, _, payload in nl.received():
            flagged |= bool(flags & NLM_F_DUMP_INTR)
            if kind == NLMSG_DONE:
                done = True
            else:
                ids.append(nl.spec.decode('session', payload[4:])['id'])
        if between:
            between()
            between = None
    return ids, flagged


def check_dump_and_change(nl, other):
    ids = create(nl)
    seen, flagged = dump_slowly(nl, None)
    tap.ok(sorted(seen) == sorted(ids) and not flagged,
           'an undisturbed dump is whole and not flagged')

    gone = ids[1::2]
    seen, flagged = dump_slowly(nl, lambda: remove(other, gone))
    tap.ok(flagged, 'a dump during removals is flagged as interrupted')
    tap.equal(len(seen), len(set(seen)), 'it shows none twice')
    tap.ok(set(ids[::2]) <= set(seen) <= set(ids),
           'it misses none that was there all the time')

    seen, flagged = dump_slowly(nl, lambda: other.do('session-new',
                                                     session(COUNT + 5)))
    tap.ok(flagged or len(seen) == COUNT // 2 + 1,
           'a dump during an addition is flagged or has it')
    left = [s['id'] for s in nl.dump('session-get')]
    tap.equal(len(left), COUNT // 2 + 1, 'the repeated dump is right')

    seen, _ = dump_slowly(nl, lambda: remove(other, left))
    tap.ok(set(seen) <= set(left), 'a dump survives that all go')
    tap.equal(nl.dump('session-get'), [], 'and the next is empty')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl, other = in_netns(gateway, Netlink), in_netns(gateway, Netlink)
        check_batch(nl)
        check_dump_and_change(nl, other)
        create(nl, 10)
    nl.close()
    other.close()
    tap.clean_log('sessions end quietly with their namespace')
    tap.finish()


main()
