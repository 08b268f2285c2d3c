#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bans and trust, with real packets, and the events that tell of them.

The source is host a, which has many addresses; the gateway has a socket that
would get what it sends, and a media session whose packets pass any ban.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, leg, load_module, prefix,  # noqa: E402
                   received, rtp, run, topology, udp, wait_for)
from ynl import Netlink, NlError  # noqa: E402

GATEWAY = '192.0.2.1'
ALICE, BOB, MALLORY = '192.0.2.2', '192.0.2.3', '192.0.2.4'
tap = Tap()


class Net:
    """The gateway's side, and a sender of each address."""

    def __init__(self, host_a, gateway):
        self.host_a = host_a
        self.nl = in_netns(gateway, Netlink)
        self.events = in_netns(gateway, Netlink)
        self.events.join('events')
        self.server = udp(gateway, GATEWAY, 7000)
        self.senders = {a: udp(host_a, a, 0) for a in (ALICE, BOB, MALLORY)}

    def passes(self, address):
        """Does a packet of this address reach the socket?"""
        self.senders[address].sendto(b'hello', (GATEWAY, 7000))
        return received(self.server, 0.3) == b'hello'

    def bans(self):
        return {one['prefix'].get('ipv4') or one['prefix']['ipv6']: one
                for one in self.nl.dump('ban-get')}

    def event(self, name):
        return next((e for n, e in self.events.events(5) if n == name), None)


def check_operator(net):
    nl = net.nl
    tap.ok(net.passes(ALICE), 'a packet passes where nobody is banned')
    nl.do('ban-new', prefix(ALICE) | {'comment': 'noisy'})
    tap.ok(not net.passes(ALICE), 'a banned source is not heard')
    tap.ok(net.passes(BOB), 'its neighbour is')
    ban = net.bans()[ALICE]
    tap.equal({k: ban.get(k) for k in ('reason', 'comment', 'packets', 'left',
                                       'offences')},
              {'reason': 'operator', 'comment': 'noisy', 'packets': 1,
               'left': None, 'offences': 0}, 'the ban says why and how often')
    tap.equal(nl.do('limit-get')['banned-packets'], 1, 'and so does the sum')
    nl.do('ban-del', prefix(ALICE))
    tap.ok(net.passes(ALICE), 'after ban-del it is heard again')
    tap.equal((net.event('ban-del-ntf') or {}).get('cause'), 'removed',
              'an event tells that the ban was removed')


def check_prefix(net):
    nl = net.nl
    nl.do('ban-new', prefix('192.0.2.2/31'))
    tap.equal([net.passes(a) for a in (ALICE, BOB, MALLORY)],
              [False, False, True], 'a prefix bans what is in it only')
    nl.do('trust-new', prefix(BOB))
    tap.equal([net.passes(a) for a in (ALICE, BOB)], [False, True],
              'but not what is trusted')
    nl.do('trust-del', prefix(BOB))
    nl.do('ban-del', {})
    tap.equal(net.bans(), {}, 'ban-del without a prefix removes all')


def check_expiry(net):
    net.nl.do('ban-new', prefix(ALICE) | {'time': 1})
    tap.ok(not net.passes(ALICE), 'a ban for a second')
    event = net.event('ban-del-ntf')
    while event and event['cause'] != 'expired':
        event = net.event('ban-del-ntf')
    tap.ok(event, 'its end is told')
    tap.ok(net.passes(ALICE), 'and the source is heard again')
    tap.equal(net.bans(), {}, 'it is no more in the list')


def check_trust(net):
    nl = net.nl
    nl.do('trust-new', prefix(ALICE) | {'comment': 'trunk'})
    try:
        nl.do('ban-new', prefix(ALICE))
        tap.ok(False, 'a trusted address is not banned', 'accepted')
    except NlError as refusal:
        tap.ok('trusted' in refusal.text, 'a trusted address is not banned',
               refusal)
    nl.do('trust-new', prefix(ALICE) | {'time': 60})
    tap.equal([(t['kind'], t['comment']) for t in nl.dump('trust-get')],
              [('configured', 'trunk')],
              'granted trust does not take the place of configured trust')
    nl.do('trust-del', prefix(ALICE))
    for trusted in (ALICE, '192.0.2.0/30'):
        nl.do('ban-new', prefix(ALICE))
        nl.do('trust-new', prefix(trusted))
        tap.ok(not net.bans() and net.passes(ALICE),
               f'trust in {trusted} removes the ban of {ALICE}')
        nl.do('trust-del', prefix(trusted))
    nl.do('trust-new', prefix(ALICE) | {'time': 1})
    tap.equal([t['kind'] for t in nl.dump('trust-get')], ['granted'],
              'trust is granted for a time')
    tap.ok(wait_for(lambda: not nl.dump('trust-get'), 5), 'and ends')


def strike(nl, address, **more):
    return nl.do('strike', prefix(address) |
                 {k.replace('_', '-'): v for k, v in more.items()})['banned']


def check_strikes(net):
    nl = net.nl
    nl.do('ban-del', {})  # and what it remembers
    nl.do('limit-set', {'limit': [{'class': 'strike', 'strikes': 3,
                                   'ban-time': 1, 'ban-time-max': 60}]})
    tap.equal([strike(nl, ALICE, reason='scanner') for _ in range(3)],
              [0, 0, 1], 'the third of three strikes bans')
    ban = net.bans()[ALICE]
    tap.equal((ban['reason'], ban['strike-reason'], ban['time']),
              ('daemon', 'scanner', 1), 'and the ban says for what')
    tap.ok(not net.passes(ALICE), 'the source is not heard')
    tap.ok(wait_for(lambda: not net.bans(), 5), 'until the ban has ended')
    tap.equal(strike(nl, ALICE, count=3), 1, 'three strikes at once do too')
    ban = net.bans()[ALICE]
    tap.equal((ban['offences'], ban['time']), (1, 2),
              'the second ban is twice as long')
    nl.do('ban-del', {})
    nl.do('trust-new', prefix(BOB))
    nl.do('trust-new', prefix(MALLORY) | {'time': 60})
    tap.equal([strike(nl, a, count=3) for a in (BOB, MALLORY)], [0, 0],
              'what may be forged bans nobody who is trusted')
    tap.equal([strike(nl, a, count=3, proved=1) for a in (BOB, MALLORY)],
              [0, 1], 'what is proved does, but for configured trust')
    tap.equal([net.passes(a) for a in (BOB, MALLORY)], [True, False],
              'granted trust is gone then')
    nl.do('ban-del', {})


def check_session(net, host_b):
    """Media of an open call is nobody's to ban."""
    nl = net.nl
    nl.do('session-new', {'leg-a': leg('192.0.2', 20000, 30000),
                          'leg-b': leg('198.51.100', 20000, 30000)})
    near = udp(net.host_a, ALICE, 30000)
    far = udp(host_b, '198.51.100.2', 30000)
    nl.do('ban-new', prefix(ALICE))
    near.sendto(rtp(1), (GATEWAY, 20000))
    tap.equal(received(far), rtp(1), 'media of a session passes a ban')
    tap.ok(not net.passes(ALICE), 'which holds for the rest')
    nl.do('ban-del', {})


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        for address in (BOB, MALLORY):
            run('ip', '-n', host_a, 'address', 'add', f'{address}/24', 'dev',
                'eth0')
        net = Net(host_a, gateway)
        for check in (check_operator, check_prefix, check_expiry, check_trust,
                      check_strikes):
            check(net)
        check_session(net, host_b)
    tap.clean_log()
    tap.finish()


main()
