#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every operation and the events need CAP_NET_ADMIN over the namespace."""
import errno
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (CLONE_NEWNET, CLONE_NEWUSER, Tap, in_child,  # noqa: E402
                   in_netns, leg, libc, load_module, run, topology,
                   unshare)
from ynl import NLM_F_DUMP, Netlink, NlError  # noqa: E402

NOBODY = 65534
PR_SET_DUMPABLE = 4
SESSION = {'id': 1, 'leg-a': leg('192.0.2', 20000, 30000),
           'leg-b': leg('198.51.100', 20000, 30000)}
PREFIX = {'prefix': {'ipv4': '192.0.2.9'}}
VALUES = {'session-new': SESSION | {'id': 2}, 'session-set': SESSION,
          'session-del': {'id': 1}, 'session-get': {'id': 1},
          'rules-set': {'default-local': 'accept', 'confirm': 60,
                        'set': [{'name': 's'}]},
          'address-set-change': {'name': 's'},
          'ban-new': PREFIX, 'trust-new': PREFIX, 'trust-del': PREFIX,
          'strike': PREFIX}

tap = Tap()


def requests(spec):
    """(name, operation, flags) of all there is, from the spec."""
    for op, entry in spec.ops.items():
        for mode, flags in (('do', 0), ('dump', NLM_F_DUMP)):
            if mode in entry:
                yield f'{op} {mode}', op, flags


def attempt(nl, op, flags):
    values = {} if flags else VALUES.get(op, {})
    try:
        nl.raw(op, nl.spec.encode(nl.spec.ops[op]['attribute-set'], values),
               flags)
        return 'OK'
    except NlError as refusal:
        return errno.errorcode[refusal.errno]


def join(nl):
    try:
        nl.join('events')
        return 'OK'
    except OSError as error:
        return errno.errorcode[error.errno]


def as_nobody(function, *args):
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    return function(Netlink(), *args)


def become_root_of_new_user_namespace(flags):
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1)  # a process that was root isn't
    unshare(CLONE_NEWUSER | flags)
    for path, text in (('setgroups', 'deny'), ('uid_map', f'0 {uid} 1'),
                       ('gid_map', f'0 {gid} 1')):
        pathlib.Path(f'/proc/self/{path}').write_text(text, encoding='ascii')


def as_foreign_root(function, *args):
    """Full capabilities, in a user namespace that doesn't own ours."""
    become_root_of_new_user_namespace(0)
    return function(Netlink(), *args)


def in_own_namespace():
    """An ordinary user with a network namespace of his own."""
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    become_root_of_new_user_namespace(CLONE_NEWNET)
    run('ip', 'link', 'set', 'lo', 'up')
    for address in ('192.0.2.1', '198.51.100.1'):
        run('ip', 'address', 'add', f'{address}/32', 'dev', 'lo')
    nl = Netlink()
    results = [join(nl), attempt(nl, 'session-new', 0)]
    results += [str(len(nl.dump('session-get'))),
                str(nl.do('stats-get')['sessions'])]
    return ' '.join(results)


def check_all(gateway, nl, who, wrapper):
    before = nl.dump('session-get')
    for name, op, flags in requests(nl.spec):
        result = in_netns(gateway, in_child, wrapper, attempt, op, flags)
        tap.equal(result, 'EPERM', f'{name} {who}')
    tap.equal(in_netns(gateway, in_child, wrapper, join), 'EPERM',
              f'joining the events {who}')
    after = nl.dump('session-get')
    for one in before + after:
        one.pop('age'), one.pop('idle')
    tap.equal(after, before, f'nothing changed {who}')


def main():
    load_module()
    with topology() as (_, gateway, _):
        nl = in_netns(gateway, Netlink)
        nl.do('session-new', SESSION)
        check_all(gateway, nl, 'as nobody', as_nobody)
        check_all(gateway, nl, 'as root of a foreign user namespace',
                  as_foreign_root)
        tap.equal(in_child(in_own_namespace), 'OK OK 1 1',
                  'a user may, in a network namespace of his own')
        tap.equal([s['id'] for s in nl.dump('session-get')], [1],
                  'namespaces do not see each other')
        tap.equal([attempt(nl, 'session-get', 0), join(nl)], ['OK', 'OK'],
                  'root may')
    tap.clean_log()
    tap.finish()


main()
