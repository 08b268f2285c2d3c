#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Multicast events, caused by real UDP traffic."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, key, leg, load_module,  # noqa: E402
                   received, rtp, topology, udp)
from ynl import Netlink, NlError  # noqa: E402

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


def named(events, name, seconds, want=1):
    """The events of a name that come in time, others left out."""
    end, found = time.monotonic() + seconds, []
    while len(found) < want and time.monotonic() < end:
        found += [values for kind, values in
                  events.events(end - time.monotonic()) if kind == name]
    return found


def check_lifetime(nl, events, a, b):
    """A key for 16 packets, whose turn is over 2 packets before that."""
    nl.do('session-new', {
        'id': 3, 'label': 'call 3', 'leg-a': leg('192.0.2', 20020, 30020),
        'leg-b': leg('198.51.100', 20020, 30020, suite=SUITE,
                     rx_key=SRTP['rx_key'],
                     tx_key=[key(SRTP['tx_key'], b'\1\2', 16)])})
    whose = {'id': 3, 'label': 'call 3', 'leg': 1, 'direction': 'tx',
             'mki': b'\1\2'}
    for seq in range(18):
        a.sendto(rtp(seq), ('192.0.2.1', 20020))
    tap.equal(named(events, 'session-key-ntf', 3, 2),
              [whose | {'count': 2}, whose | {'count': 0}],
              'a key is told of when an eighth is left, and when none is')
    tap.equal(sum(received(b, 0.3) is not None for _ in range(18)), 16,
              '16 packets are sent with it')
    leg_b = nl.do('session-get', {'id': 3})['leg-b']
    tap.equal(leg_b['tx-key'],
              [{'mki': b'\1\2', 'lifetime': 16, 'packets': 16}],
              'the use of the key is shown')
    nl.do('session-del', {'id': 3})


def check_desync(nl, events, a, b):
    """Session 4 protects what session 5 has to check: authentic packets."""
    nl.do('session-new', {
        'id': 4, 'leg-a': leg('192.0.2', 20030, 30020),
        'leg-b': leg('198.51.100', 20030, 30020, suite=SUITE,
                     rx_key=SRTP['rx_key'], tx_key=SRTP['tx_key'])})
    nl.do('session-new', {
        'id': 5, 'label': 'call 5', 'leg-a': leg('192.0.2', 20040, 30020),
        'leg-b': leg('198.51.100', 20040, 30020, suite=SUITE,
                     rx_key=SRTP['tx_key'], tx_key=SRTP['rx_key'])})

    def send(seq, spoil):
        a.sendto(rtp(seq, 0xd5), ('192.0.2.1', 20030))
        packet = received(b)
        b.sendto(packet[:-1] + bytes([packet[-1] ^ spoil]),
                 ('198.51.100.1', 20040))

    send(1, 0)
    tap.equal(received(a), rtp(1, 0xd5), 'an authentic packet is relayed')
    events.events(0.2, 100)
    for seq in range(2, 62):
        send(seq, 1)
        time.sleep(0.04)
    found = named(events, 'session-desync-ntf', 3, 2)
    count = found[0].pop('count') if found else 0
    tap.equal(found, [{'id': 5, 'label': 'call 5', 'leg': 1, 'ssrc': 0xd5}],
              'a stream that can not be decoded is told, once')
    tap.ok(49 <= count <= 60, 'with the number of failures before', count)
    for number in (4, 5):
        nl.do('session-del', {'id': number})


def check_rules(nl, events):
    rule = {'chain': 'network', 'action': 'accept'}
    one = {'rule': [rule], 'set': [{'name': 's',
                                    'entry': [{'ipv4': '10.0.0.0',
                                               'length': 8}]}]}

    def told(name, values, what):
        tap.equal(events.events(3), [(name, values)], what)

    nl.do('rules-del')
    nl.do('rules-set', one)
    told('rules-set-ntf', {'rules': 1}, 'rules are told, but not that none went')
    nl.do('address-set-change', {'name': 's', 'mode': 'add', 'entry': [
        {'ipv6': '2001:db8::', 'length': 32}]})
    told('address-set-ntf', {'rules': 1, 'set': 's', 'entries': 2},
         'so is a set that changes')
    nl.do('rules-set', {'rule': [rule, rule], 'confirm': 1})
    told('rules-set-ntf', {'rules': 2, 'confirm': 1}, 'rules on trial')
    told('rules-rollback-ntf', {'rules': 1}, 'those that come back')
    nl.do('rules-set', {'rule': [], 'confirm': 60})
    told('rules-set-ntf', {'rules': 0, 'confirm': 60}, 'no rules, on trial')
    nl.do('rules-confirm')
    told('rules-confirm-ntf', {'rules': 0}, 'that they are confirmed')
    nl.do('rules-del')
    told('rules-del-ntf', {}, 'that they are removed')
    nl.do('rules-set', one | {'confirm': 1})
    events.events(1)
    told('rules-rollback-ntf', {}, 'that none come back')
    for op, values in (('rules-confirm', None), ('rules-set', {
            'rule': [{'chain': 'x'}]}), ('address-set-change', {'name': 'y'})):
        try:
            nl.do(op, values)
        except NlError:
            pass
    tap.equal(events.events(0.3), [], 'what was refused is not told')


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
        pair = udp(host_a, '192.0.2.2', 30020), \
            udp(host_b, '198.51.100.2', 30020)
        check_lifetime(nl, events, *pair)
        check_desync(nl, events, *pair)
        events.events(0.5, 100)
        check_rules(nl, events)
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
