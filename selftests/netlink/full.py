#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens when the tables of bans and of trust are full."""
import errno
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import BUILD, Tap, in_netns, load_module, topology  # noqa: E402
from netlink import refusal  # noqa: E402
from ynl import Netlink  # noqa: E402

MAX = 65536  # bans, and trusted prefixes
CLI = BUILD / 'userspace/ringfence/ringfence'
tap = Tap()


def numbered(n):
    return f'10.{n >> 16}.{n >> 8 & 255}.{n & 255}'


def prefix(n, **more):
    return {'prefix': {'ipv4': numbered(n)}} | more


def fill(gateway, kind):
    """By the CLI, which is quicker than Python; what it says of the last one."""
    text = ''.join(f'{kind} add {numbered(n)}\n' for n in range(MAX + 1))
    done = subprocess.run(['ip', 'netns', 'exec', gateway, CLI, '-b', '-'],
                          input=text, text=True, stderr=subprocess.PIPE,
                          check=False)
    return done.stderr


def check_room(said, sentence):
    tap.ok(said.count('\n') == 1 and f':{MAX + 1}:' in said and
           sentence in said, f'no room for one more: {sentence}', said[:500])


def check_full_bans(nl, gateway):
    """The operator's stay, those that end too."""
    check_room(fill(gateway, 'ban'), 'there are 65536 bans')
    tap.equal(nl.do('limit-get')['bans'], MAX, 'there are that many')
    nl.do('ban-del', prefix(0))
    nl.do('ban-new', prefix(MAX, time=100))
    refusal.refused(tap, nl, lambda: nl.do('limit-get')['bans'],
                    'one that would end', (
                        'ban-new', prefix(MAX + 1, time=200), errno.ENOSPC,
                        'there are 65536 bans', None))
    check_displaced(nl, gateway)
    nl.do('ban-del')


def strike(nl, n, seconds):
    """A ban that isn't the operator's."""
    nl.do('limit-set', {'limit': [{'class': 'strike', 'strikes': 1,
                                   'ban-time': seconds}]})
    return nl.do('strike', prefix(n))['banned']


def check_displaced(nl, gateway):
    """A ban that is past gives way, then the one that ends first."""
    past, first, last, late, more = range(MAX + 10, MAX + 15)
    nl.do('ban-del', prefix(1))
    nl.do('ban-del', prefix(2))
    nl.do('ban-del', prefix(3))
    listener = in_netns(gateway, Netlink)
    listener.join('events')
    banned = [strike(nl, past, 1), strike(nl, last, 900),
              strike(nl, first, 300)]
    time.sleep(2)
    banned += [strike(nl, late, 600), strike(nl, more, 600)]
    gone = [(values['prefix']['ipv4'], values['cause'])
            for name, values in listener.events(2, want=9)
            if name == 'ban-del-ntf']
    tap.equal((banned, gone), ([1] * 5, [
        (numbered(past), 'expired'), (numbered(first), 'displaced')]),
              'what is past gives way, then what ends first')
    listener.close()
    have = {one['prefix']['ipv4'] for one in nl.dump('ban-get')}
    tap.equal((len(have), have >= {numbered(n) for n in (4, last, late, more)}),
              (MAX, True), "the operator's bans stay")


def check_full_trusts(nl, gateway):
    """What is granted gives way, what is configured stays."""
    check_room(fill(gateway, 'trust'), '65536 prefixes are trusted')
    nl.do('trust-del', prefix(0))
    nl.do('trust-new', prefix(MAX, time=100))
    nl.do('trust-new', prefix(MAX + 1, time=200))
    have = {one['prefix']['ipv4'] for one in nl.dump('trust-get')}
    tap.equal((len(have), numbered(MAX) in have, numbered(MAX + 1) in have),
              (MAX, False, True), 'trust-new: what ends first gives way')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl = in_netns(gateway, Netlink)
        check_full_bans(nl, gateway)
        check_full_trusts(nl, gateway)
        nl.close()
    tap.clean_log()
    tap.finish()


main()
