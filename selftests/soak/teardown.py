#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes away while packets use it: sessions, the module, the namespace."""
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import media  # noqa: E402
from guest import (Tap, in_netns, is_loaded, load_module,  # noqa: E402
                   run, topology, wait_for)
from ynl import Netlink  # noqa: E402

SLOTS = 4
ROUNDS = 3
SESSIONS = 60  # created and removed, one after the other

tap = Tap()


def create(nl):
    for slot in range(SLOTS):
        nl.do('session-new', media.session(slot, slot >= SLOTS // 2, slot + 1))


def flows(hosts):
    """Both hosts get packets, now."""
    before = [h.received.value for h in hosts]
    return wait_for(lambda: all(h.received.value > n + 10 for h, n in
                                zip(hosts, before)), 30)


def still(hosts):
    """Neither host gets a packet in half a second."""
    before = [h.received.value for h in hosts]
    time.sleep(0.5)
    return [h.received.value for h in hosts] == before


def end(hosts):
    for host in hosts:
        host.end()
    tap.equal([h.exitcode for h in hosts], [0, 0], 'the hosts ended well')


def check_sessions(names):
    nl = in_netns(names[1], Netlink)
    hosts = media.start(names, SLOTS)
    quiet = 0
    for _ in range(SESSIONS // SLOTS):
        create(nl)
        quiet += not flows(hosts)
        for slot in range(SLOTS):
            nl.do('session-del', {'id': slot + 1})
    tap.equal(quiet, 0, 'each time sessions are created, packets flow')
    tap.equal(nl.dump('session-get'), [], 'and each time all can be removed')
    # The hosts send on; what is in their queues already takes a slow one a while.
    tap.ok(wait_for(lambda: still(hosts), 30),
           'without a session nothing is relayed')
    end(hosts)
    nl.close()


def check_unload(names):
    hosts = media.start(names, SLOTS)
    for number in range(1, ROUNDS + 1):
        load_module()
        nl = in_netns(names[1], Netlink)
        create(nl)
        tap.ok(flows(hosts), f'round {number}: packets flow')
        nl.close()
        result = subprocess.run(['rmmod', 'ringfence'], check=False,
                                capture_output=True, text=True)
        tap.ok(not result.returncode and not is_loaded(),
               f'round {number}: the module goes under traffic',
               result.stderr)
    end(hosts)


def check_namespace(number):
    """Its file goes first, the rest follows in the background."""
    with topology() as names:
        nl = in_netns(names[1], Netlink)
        create(nl)
        nl.close()
        hosts = media.start(names, SLOTS)
        tap.ok(flows(hosts), f'round {number}: packets flow')
        run('ip', 'netns', 'delete', names[1])
        tap.ok(wait_for(lambda: not links(names[0]), 60),
               f'round {number}: the namespace goes under traffic')
        end(hosts)
        run('ip', 'netns', 'add', names[1])  # topology() removes it


def links(namespace):
    """The host's end of the pair goes with the gateway's."""
    return [line for line in run('ip', '-n', namespace, '-o', 'link',
                                 check=False).splitlines()
            if ' lo:' not in line]


def main():
    load_module()
    with topology() as names:
        check_sessions(names)
        check_unload(names)
    load_module()
    for number in range(1, ROUNDS + 1):
        check_namespace(number)
    tap.ok(wait_for(lambda: not subprocess.run(
        ['rmmod', 'ringfence'], check=False,
        capture_output=True).returncode, 30), 'the module can be removed')
    tap.clean_log()
    tap.finish()


main()
