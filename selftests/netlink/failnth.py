#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every allocation of every request fails once.

A request then either works or says -ENOMEM and has changed nothing, and works
when it is repeated. Netlink itself may lose an answer for want of memory; it
reports -ENOBUFS on the socket, and the request may have been carried out.
"""
import errno
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import failnth  # noqa: E402
from guest import (Tap, in_netns, leg, load_module, run,  # noqa: E402
                   secure, topology)
from ynl import NLM_F_DUMP, Netlink, NlError  # noqa: E402

RULES = {'set': [{'name': 's', 'entry': [{'ipv4': '10.0.0.0', 'length': 8}]}],
         'rule': [{'chain': 'network', 'from-set': 's', 'protocol': 17,
                   'dport': [{'first': 5}], 'action': 'jump', 'jump': 'c'},
                  {'chain': 'c', 'in': 'va', 'action': 'drop',
                   'comment': 'one'}]}
ID, OTHERS = 7, 40  # so many others that a dump takes several messages
tap = Tap()


def session(number, **more):
    port = 20000 + 4 * number
    return {'id': number, 'label': f'call {number}', 'idle-timeout': 60,
            'leg-a': leg('192.0.2', port, port),
            'leg-b': leg('198.51.100', port, port, **more)}


def without_time(found):
    return {k: v for k, v in found.items() if k not in ('age', 'idle')}


class Lab:
    def __init__(self, gateway):
        self.gateway = gateway
        self.reopen()

    def reopen(self):
        """After a lost answer the socket has no more use."""
        self.nl = in_netns(self.gateway, Netlink)
        self.nl.sock.settimeout(30)

    def state(self):
        return [without_time(s) for s in self.nl.dump('session-get')] + \
            self.nl.dump('rules-get') + self.nl.dump('trust-get') + \
            self.nl.dump('ban-get') + [self.nl.do('limit-get')]

    def set_up(self, values):
        """Session ID is as values say, or isn't there."""
        self.nl.do('rules-set', RULES)
        self.nl.do('ban-del')
        self.nl.do('limit-set', {'sources': 1024})
        for one in self.nl.dump('trust-get'):
            self.nl.do('trust-del', {'prefix': one['prefix']})
        try:
            self.nl.do('session-del', {'id': ID})
        except NlError as refusal:
            if refusal.errno != errno.ENOENT:
                raise
        if values:
            self.nl.do('session-new', values)


def outcome(error):
    if error is None:
        return 'works'
    if isinstance(error, NlError) and error.errno == errno.ENOMEM:
        return 'refused'
    if isinstance(error, OSError) and error.errno in (errno.ENOBUFS,
                                                      errno.ENOMEM):
        return 'unanswered'
    return f'{type(error).__name__} {error}'


def check_request(lab, name, before, op, values=None, flags=0):
    """op with values, where session ID is as before says."""
    aset = lab.nl.spec.ops[op]['attribute-set']
    payload = lab.nl.spec.encode(aset, values or {})
    lab.set_up(before)
    lab.nl.raw(op, payload, flags)  # loads what it needs
    lab.set_up(before)
    start = lab.state()
    seen, wrong = {}, []
    for number, _, error, injected in failnth.each(
            lambda: lab.nl.raw(op, payload, flags)):
        what = outcome(error)
        seen[what] = seen.get(what, 0) + injected
        if what == 'unanswered':
            lab.nl.close()
            lab.reopen()
        if what == 'refused' and lab.state() != start:
            wrong.append(f'allocation {number}: refused, yet it changed')
        lab.set_up(before)
        try:
            lab.nl.raw(op, payload, flags)
        except (NlError, OSError) as again:
            wrong.append(f'after allocation {number}: {again}')
        lab.set_up(before)
    print(f'# {name}: {seen}')
    tap.ok(set(seen) <= {'works', 'refused', 'unanswered'},
           f'{name}: works or says -ENOMEM', seen)
    tap.equal(wrong, [], f'{name}: changes nothing then, and works again')
    tap.ok(sum(seen.values()) > 3, f'{name}: allocations failed', seen)
    return seen


def check_all(lab):
    plain, srtp = session(ID), session(ID, **secure())
    refused = 0
    for name, before, op, values, flags in (
            ('new, plain', None, 'session-new', plain, 0),
            ('new, SRTP', None, 'session-new', srtp, 0),
            ('set, new keys', srtp, 'session-set',
             {'id': ID, 'leg-b': session(ID, **secure(60))['leg-b']},
             0),
            ('set, from plain to SRTP', plain, 'session-set', srtp, 0),
            ('set, a label', plain, 'session-set',
             {'id': ID, 'label': 'other'}, 0),
            ('get', srtp, 'session-get', {'id': ID}, 0),
            ('dump', srtp, 'session-get', None, NLM_F_DUMP),
            ('del', srtp, 'session-del', {'id': ID}, 0),
            ('rules', plain, 'rules-set',
             {'rule': [RULES['rule'][1] | {'chain': 'local'}]}, 0),
            ('rules of several kinds', plain, 'rules-set', RULES | {
                'default-network': 'drop', 'confirm': 60}, 0),
            # conntrack's hooks of both families, a table of sources
            ('rules with state, time and rate', plain, 'rules-set', {'rule': [
                {'chain': 'network', 'state': ['established'],
                 'action': 'accept'},
                {'chain': 'local', 'days': ['mon'], 'time-start': 60,
                 'time-end': 30, 'rate': 3, 'action': 'accept'}]}, 0),
            ('rules del', plain, 'rules-del', None, 0),
            ('a set', plain, 'address-set-change',
             {'name': 's', 'mode': 'add',
              'entry': [{'ipv6': '2001:db8::', 'length': 32}]}, 0),
            ('a set, less', plain, 'address-set-change',
             {'name': 's', 'mode': 'del', 'entry': RULES['set'][0]['entry']},
             0),
            ('rules dump', plain, 'rules-get', None, NLM_F_DUMP),
            ('rules get', plain, 'rules-get', None, 0),
            ('ban', plain, 'ban-new', {'prefix': {'ipv4': '192.0.2.7'},
                                       'comment': 'x'}, 0),
            ('ban dump', plain, 'ban-get', None, NLM_F_DUMP),
            ('trust', plain, 'trust-new', {'prefix': {'ipv4': '192.0.2.8'},
                                           'comment': 'x'}, 0),
            ('limits', plain, 'limit-set', {
                'sources': 2048, 'limit': [{'class': 'invite', 'enabled': 1}]},
             0),
            ('limits get', plain, 'limit-get', None, 0),
            ('sources dump', plain, 'source-get', None, NLM_F_DUMP),
            ('stats', plain, 'stats-get', None, 0)):
        seen = check_request(lab, name, before, op, values, flags)
        refused += seen.get('refused', 0)
    tap.ok(refused > 20, 'many requests were refused', refused)


def check_first(number, values):
    """config-set in a new namespace, which is then ready for media or as new:
    (outcome, what is wrong, whether allocation number was reached)."""
    name = f'new-{os.getpid()}'
    run('ip', 'netns', 'add', name)
    nl = in_netns(name, Netlink)
    try:
        nl.sock.settimeout(30)
        payload = nl.spec.encode(nl.spec.ops['config-set']['attribute-set'],
                                 values)
        _, error, injected = failnth.fail_once(
            number, lambda: nl.raw('config-set', payload))
        what, wrong = outcome(error), []
        nl.close()  # an answer may be lost, or late
        nl = in_netns(name, Netlink)
        if what == 'refused' and any(nl.do('config-get').values()):
            wrong.append(f'allocation {number}: refused, yet it changed')
        nl.do('config-set', values)
        if nl.do('config-get') != values:
            wrong.append(f'after allocation {number}: it does not work')
    finally:
        nl.close()
        run('ip', 'netns', 'delete', name)
    return what, wrong, injected


def check_namespace():
    """Tables, counters and hooks come with the first session or port range."""
    values = {'media-port-min': 40000, 'media-port-max': 49999}
    seen, wrong = {}, []
    for number in range(1, 200):
        what, bad, injected = check_first(number, values)
        seen[what] = seen.get(what, 0) + injected
        wrong += bad
        if not injected:
            break
    print(f'# new namespace: {seen}')
    tap.ok(set(seen) <= {'works', 'refused', 'unanswered'} and not injected,
           'a new namespace: works or says -ENOMEM', seen)
    tap.equal(wrong, [], 'a new namespace: changes nothing then, and works '
              'again')
    tap.ok(seen.get('refused', 0) > 3, 'a new namespace: was refused', seen)


def main():
    if not failnth.is_available():
        tap.skip('failing allocations', 'the kernel has no fault injection')
        tap.finish()
    load_module()
    failnth.prepare()
    with topology() as (_, gateway, _):
        lab = Lab(gateway)
        for number in range(100, 100 + OTHERS):
            lab.nl.do('session-new', session(number))
        check_all(lab)
        lab.nl.close()
    check_namespace()
    tap.clean_log()
    tap.finish()


main()
