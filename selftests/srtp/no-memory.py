#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A share of the packet path's allocations fail, at random.

Then packets are dropped, each counted as no-memory, and nothing else happens.
"""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       'soak'))
import failnth  # noqa: E402
import media  # noqa: E402
from guest import (Tap, in_netns, load_module, topology,  # noqa: E402
                   wait_for)
from ynl import Netlink  # noqa: E402

SLOTS, PLAIN = 4, 2  # those from PLAIN on are secured
PERCENT = 20
ENOUGH = 1000  # packets sent meanwhile

tap = Tap()


def drops(stats):
    return {d['reason']: d['packets'] for d in stats.get('drop', [])}


def relayed(nl):
    """Both ways, by every session."""
    found = nl.dump('session-get')
    return [s[leg]['stats']['tx-packets'] for s in found
            for leg in ('leg-a', 'leg-b')]


def all_flow(nl):
    before = relayed(nl)
    return wait_for(lambda: all(now > n + 5 for now, n in
                                zip(relayed(nl), before)), 30)


def at_rest(nl, hosts):
    for host in hosts:
        host.sending.value = False
    last = None
    while (now := [h.received.value for h in hosts]) != last:
        last = now
        time.sleep(1)
    return nl.do('stats-get')


def check(nl, hosts):
    tap.ok(all_flow(nl), 'packets flow in all sessions, both ways',
           relayed(nl))
    tap.equal(drops(nl.do('stats-get')), {}, 'none is dropped')
    # No request meanwhile, it would fail as well.
    sent = sum(h.sent.value for h in hosts)
    with failnth.failslab_below('ringfence', PERCENT):
        tap.ok(wait_for(lambda: sum(h.sent.value for h in hosts) >
                        sent + ENOUGH, 120), 'memory lacks for a while')
    stats = at_rest(nl, hosts)
    found = drops(stats)
    print(f'# {found}')
    tap.equal(set(found), {'no-memory'}, 'packets are dropped for that')
    # Half of the packets, those of secured sessions, allocate once or twice.
    tap.ok(found.get('no-memory', 0) > ENOUGH / 100, 'and not just a few',
           found)
    tap.equal(stats['tx-packets'] + sum(found.values()),
              sum(h.sent.value for h in hosts),
              'each packet was relayed or counted')
    for host in hosts:
        host.sending.value = True
    tap.ok(all_flow(nl), 'afterwards they flow again')
    at_rest(nl, hosts)
    tap.equal(drops(nl.do('stats-get')), found, 'without a drop')


def main():
    if not failnth.is_available():
        tap.skip('packets without memory', 'the kernel can\'t inject faults')
        tap.finish()
    load_module()
    with topology() as names:
        nl = in_netns(names[1], Netlink)
        for slot in range(SLOTS):
            nl.do('session-new', media.session(slot, slot >= PLAIN, slot + 1))
        # What host b sent itself to a secured leg would not be authentic.
        hosts = media.start(names, SLOTS, range(PLAIN))
        check(nl, hosts)
        for host in hosts:
            host.end()
        nl.close()
    tap.clean_log()
    tap.finish()


main()
