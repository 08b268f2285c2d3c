#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Multicast events, caused by real UDP traffic."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, leg, load_module, received,  # noqa: E402
                   rtp, topology, udp)
from ynl import Netlink  # noqa: E402

SUITE = 'aes-cm-128-hmac-sha1-80'
SRTP = {'suite': SUITE, 'tx_key': bytes(range(30)),
        'rx_key': bytes(range(30, 60))}

tap = Tap()


def check_first_packet(nl, events, plain):
    a, b = plain
    nl.do('session-new', {'id': 1, 'label': 'call 1',
                          'leg-a': leg('192.0.2', 20000, 30000),
                          'leg-b': leg('198.51.100', 20000, 30000)})
    for sock, far, where, leg_index, ssrc in (
            (a, b, ('192.0.2.1', 20000), 0, 0xa1),
            (b, a, ('198.51.100.1', 20000), 1, 0xb2)):
        sock.sendto(rtp(1, ssrc), where)
        tap.equal(received(far), rtp(1, ssrc), f'leg {leg_index} relays')
        tap.equal(events.events(2),
                  [('session-media-ntf', {'id': 1, 'label': 'call 1',
                                          'leg': leg_index, 'ssrc': ssrc})],
                  f'its first packet is told, leg {leg_index}')
        sock.sendto(rtp(2, ssrc), where)
        received(far)
    tap.equal(events.events(0.5), [], 'the second ones are not')


def check_authentication(nl, events, sock):
    nl.do('session-new', {'id': 2, 'label': 'call 2',
                          'leg-a': leg('192.0.2', 20010, 30010),
                          'leg-b': leg('198.51.100', 20010, 30010, **SRTP)})
    where = ('198.51.100.1', 20010)
    for seq in range(5):
        sock.sendto(rtp(seq, 0xbad), where)
    tap.equal(events.events(1.5), [], '5 forgeries are not told')
    for seq in range(200):
        sock.sendto(rtp(seq, 0xbad), where)
    found = events.events(1.5, want=10)
    tap.ok(1 <= len(found) <= 3, '200 forgeries are told once a second',
           found)
    name, values = found[0] if found else ('', {})
    tap.ok(name == 'session-auth-ntf' and 15 < values.pop('count') <= 205,
           'with the number of them', found)
    tap.equal(values, {'id': 2, 'label': 'call 2', 'leg': 1, 'ssrc': 0xbad},
              'and whose they are')
    drops = nl.do('session-get', {'id': 2})['leg-b']['stats']['drop']
    tap.equal(drops, [{'reason': 'auth-failed', 'packets': 205}],
              'all are counted')


def check_idle(nl, events, plain):
    a, b = plain
    nl.do('session-set', {'id': 1, 'idle-timeout': 1})
    a.sendto(rtp(3, 0xa1), ('192.0.2.1', 20000))
    received(b)
    found = events.events(4)
    name, values = found[0] if found else ('', {})
    tap.ok(name == 'session-idle-ntf' and 1 <= values.pop('idle') <= 3,
           'a silence is told', found)
    tap.equal(values, {'id': 1, 'label': 'call 1'}, 'with whose it is')
    tap.equal(events.events(2.5), [], 'and once only')
    a.sendto(rtp(4, 0xa1), ('192.0.2.1', 20000))
    received(b)
    tap.equal([name for name, _ in events.events(4)], ['session-idle-ntf'],
              'the next silence is told again')
    nl.do('session-set', {'id': 1, 'idle-timeout': 0})
    a.sendto(rtp(5, 0xa1), ('192.0.2.1', 20000))
    received(b)
    tap.equal(events.events(2.5), [], 'time-out 0 is never')


def main():
    load_module()
    with topology() as (host_a, gateway, host_b):
        nl, events = in_netns(gateway, Netlink), in_netns(gateway, Netlink)
        stranger = Netlink()
        for one in (events, stranger):
            one.join('events')
        plain = (udp(host_a, '192.0.2.2', 30000),
                 udp(host_b, '198.51.100.2', 30000))
        check_first_packet(nl, events, plain)
        check_authentication(nl, events, udp(host_b, '198.51.100.2', 30010))
        check_idle(nl, events, plain)
        for number in (1, 2):
            nl.do('session-del', {'id': number})
            tap.equal(events.events(2), [
                ('session-del-ntf', {'id': number,
                                     'label': f'call {number}'})],
                f'removal of session {number} is told')
        tap.equal(stranger.events(0.2), [],
                  'another namespace heard nothing of all this')
    tap.clean_log()
    tap.finish()


main()
