#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule set may have at most, and how many sessions there may be.

Each bound by requests of our own: the command line tool and the daemon refuse
what is beyond it themselves, and so would never ask the module.
"""
import errno
import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (BUILD, Tap, in_netns, load_module, run,  # noqa: E402
                   topology)
from ynl import Netlink, NlError  # noqa: E402

SESSIONS = ENTRIES = 65536
RULES, CHAINS, SETS, RANGES = 8192, 64, 64, 15
PART = 4096  # entries that fit in one attribute
SO_SNDBUFFORCE = 32
CLI = BUILD / 'userspace/ringfence/ringfence'
tap = Tap()


def addresses(first, count):
    """Not one of them is next to another, so none are joined."""
    return [{'ipv4': socket.inet_ntoa((0x0a000000 + 2 * n).to_bytes(4, 'big'))}
            for n in range(first, first + count)]


def rule(**more):
    return {'chain': 'local', 'action': 'count'} | more


def rules(count):
    return {'rule': [rule()] * count}


def chains(count):
    """local and network are two of them."""
    return {'rule': [rule(chain=f'c{n}') for n in range(count - 2)]}


def sets(count):
    return {'set': [{'name': f's{n}', 'entry': addresses(n, 1)}
                    for n in range(count)]}


def entries(count):
    """In two sets, of which one is given in parts."""
    return {'set': [{'name': f's{n // (ENTRIES - PART)}',
                     'entry': addresses(n, min(PART, count - n))}
                    for n in range(0, count, PART)]}


def ranges(count):
    return {'rule': [rule(protocol=17, dport=[
        {'first': 10 * n + 1, 'last': 10 * n + 5} for n in range(count)])]}


def answer(nl, op, values):
    try:
        nl.do(op, values)
        return None
    except NlError as refusal:
        return refusal.errno, refusal.text


def check_bound(nl, values, most, sentence):
    tap.equal(answer(nl, 'rules-set', values(most)), None,
              f'{values.__name__}: {most}')
    tap.equal(answer(nl, 'rules-set', values(most + 1)),
              (errno.EINVAL, sentence), f'{values.__name__}: one more')


def check_change(nl):
    """Of a set, while all sets have as many entries as they may."""
    nl.do('rules-set', entries(ENTRIES))
    for mode, what, want in (
            ('add', addresses(ENTRIES, 1),
             (errno.EINVAL, 'more than 65536 entries in all sets')),
            ('add', addresses(ENTRIES - 1, 1), None),
            ('replace', addresses(0, PART + 1),
             (errno.EINVAL, 'more than 65536 entries in all sets')),
            ('replace', addresses(0, ENTRIES + 1),
             (errno.EINVAL, 'more than 65536 entries')),
            ('replace', addresses(0, PART), None)):
        have = answer(nl, 'address-set-change',
                      {'name': 's1', 'mode': mode, 'entry': what})
        tap.equal(have, want, f'{len(what)} entries, {mode}')
    nl.do('rules-del')


def sessions(gateway):
    """By the CLI, which is quicker than Python; what it says."""
    for n in (3, 4, 5):
        for dev, net in (('va', '192.0.2'), ('vb', '198.51.100')):
            run('ip', '-n', gateway, 'address', 'add', f'{net}.{n}/24', 'dev',
                dev)
    ends = ((n // 30000 + 3, 2 * (n % 30000) + 2000)
            for n in range(SESSIONS + 1))
    text = ''.join(f'session add a local 192.0.2.{last}:{port} '
                   f'b local 198.51.100.{last}:{port}\n'
                   for last, port in ends)
    return subprocess.run(['ip', 'netns', 'exec', gateway, CLI, '-force', '-b',
                           '-'], input=text, text=True, check=False,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE).stderr


def check_sessions(nl, gateway):
    said = sessions(gateway)
    tap.ok(said.count('\n') == 1 and f':{SESSIONS + 1}:' in said and
           'too many sessions' in said, 'no room for one more session',
           said[:500])
    tap.equal(nl.do('stats-get')['sessions'], SESSIONS, 'there are that many')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl = in_netns(gateway, Netlink)
        nl.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
        check_bound(nl, rules, RULES, 'more than 8192 rules')
        check_bound(nl, chains, CHAINS, 'more than 64 chains')
        check_bound(nl, sets, SETS, 'more than 64 sets')
        check_bound(nl, entries, ENTRIES, 'more than 65536 entries in all sets')
        check_bound(nl, ranges, RANGES, 'more than 15 port ranges')
        check_change(nl)
        check_sessions(nl, gateway)
        nl.close()
    tap.clean_log()
    tap.finish()


main()
