#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whom a leg listens to and answers: rules of latching, RTP bleed, hijacking.

A stranger is another address than the signalled one, with any port. Where the
gateway sends to is seen by who gets the packet of the other phone.
"""
import pathlib
import select
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lab import (Call, Plain, Secure, Tap, added, address,  # noqa: E402
                 open_lab, received, rtcp, rtp)

tap = Tap()
CM = 'AES_CM_128_HMAC_SHA1_80'


class Sources:
    """Three sockets of phone a: where it was signalled to be (RTP, or with
    control RTCP), another port there, another address."""

    def __init__(self, call, control=0, which='a'):
        self.call, self.control, self.which = call, control, which
        self.phone = call.phones[which]
        self.socks = {'signalled': self.phone.sockets[control],
                      'port': self.phone.socket(),
                      'address': self.phone.socket(last=3)}

    def send(self, name, packet):
        self.phone.send(packet, self.control, self.socks[name])

    def who_gets(self):
        """The names of the sockets that get the other phone's next packet."""
        call, far = self.call, self.call.far(self.which)
        packet = rtcp() if self.control else call.fresh(far)
        call.send(far, call.legs[far].seal(packet, self.control),
                  self.control)
        names, got = {sock: name for name, sock in self.socks.items()}, []
        while ready := select.select(names, [], [], .1 if got else 2)[0]:
            got += [names[sock] for sock in ready if received(sock, .1)]
        return got[0] if len(got) == 1 else got

    def close(self):
        self.socks['port'].close()
        self.socks['address'].close()


# What the first packet comes from, and whom the leg sends to after it.
RULES = {
    'strict': {'signalled': 'signalled', 'port': 'signalled',
               'address': 'signalled'},
    'port': {'signalled': 'signalled', 'port': 'port',
             'address': 'signalled'},
    'address': {'signalled': 'signalled', 'port': 'port',
                'address': 'address'},
}


def check_rules(lab):
    for latch, rules in RULES.items():
        for first, want in rules.items():
            for control in (0, 1):
                check_rule(lab, latch, first, want, control)
    with Call(lab) as call:
        tap.equal([call.get()[f'leg-{w}'].get('latch') for w in 'ab'],
                  ['port'] * 2, 'a plain leg learns the port by default')


def check_rule(lab, latch, first, want, control):
    what = f"{'RTCP' if control else 'RTP'}, latch {latch}, " + \
        f'first heard from {first}'
    with Call(lab, Plain(latch=latch)) as call:
        sources = Sources(call, control)
        packet = rtcp() if control else call.fresh('a')
        before = sources.who_gets()
        sources.send(first, packet)
        taken = want == first
        tap.ok(before == 'signalled' and
               (call.next('b', control, 2 if taken else .2) ==
                packet) == taken, f"{what}: is {'' if taken else 'not '}"
               'relayed', before)
        tap.equal(sources.who_gets(), want, f'{what}: then {want} is sent to')
        known = call.get()['leg-a'].get(
            'rtcp-source' if control else 'rtp-source')
        learnt = want != 'signalled'
        tap.ok(bool(known) == learnt and
               (not learnt or (known['ipv4'], known['port']) ==
                sources.socks[want].getsockname()),
               f'{what}: session-get tells what was learnt', known)
        # Once for all: from now on only that one.
        if not taken:
            sources.send('signalled', packet)
            call.next('b', control)
        drops = call.drops('a')
        for name in sources.socks:
            if name != want:
                sources.send(name, packet)
        sources.send(want, packet)
        tap.ok(call.next('b', control) == packet and
               call.next('b', control, .1) is None and
               sources.who_gets() == want,
               f'{what}: and no other any more')
        tap.equal(added(drops, call.drops('a')), {'wrong-source': 2},
                  f'{what}: counted')
        sources.close()


def check_separately(lab):
    """RTP's port says nothing of RTCP's, but with rtcp-mux."""
    with Call(lab) as call:
        rtp_from = Sources(call)
        rtcp_from = Sources(call, 1)
        rtp_from.send('port', call.fresh('a'))
        call.next('b')
        tap.equal([rtp_from.who_gets(), rtcp_from.who_gets()],
                  ['port', 'signalled'], 'RTP and RTCP learn by themselves')
        rtp_from.close(), rtcp_from.close()
    with Call(lab, Plain(flags=['rtcp-mux'])) as call:
        sources = Sources(call)
        sources.send('port', rtcp())
        call.next('b', 1)
        tap.equal(sources.who_gets(), 'port', 'but with rtcp-mux as one')
        sources.close()


def check_again(lab):
    """What session-set changes may be learnt anew, the rest is kept."""
    with Call(lab, Plain(latch='port')) as call:
        sources = Sources(call)
        sources.send('port', call.fresh('a'))
        call.next('b')
        same = {'peer-ipv4': address('a'), 'peer-port': call.phones['a'].port}
        call.set(leg_a=same | {'dscp': 3}, label='again')
        tap.equal(sources.who_gets(), 'port',
                  'what was learnt is kept when the same is signalled again')
        call.set(leg_a={'peer-ipv4': address('a', 3)})
        sources.send('port', call.fresh('a'))
        tap.ok(call.next('b', 0, .2) is None,
               'another address signalled: the old one is refused')
        packet = call.fresh('a')
        sources.send('address', packet)
        tap.ok(call.next('b') == packet and sources.who_gets() == 'address',
               'and the new one is learnt')
        sources.close()


def check_no_peer(lab):
    """The phone was not signalled at all yet."""
    for latch, taken in (('strict', False), ('port', False),
                         ('address', True)):
        with Call(lab) as call:
            port = call.phones['a'].port + 100
            lab.nl.do('session-new', {
                'id': call.number + 100000,
                'leg-a': {'local-ipv4': address('a', 1), 'local-port': port,
                          'latch': latch},
                'leg-b': {'local-ipv4': address('b', 1), 'local-port': port,
                          'peer-ipv4': address('b'),
                          'peer-port': call.phones['b'].port}})
            packet = call.fresh('a')
            call.phones['a'].send(packet, port=port)
            have = call.next('b', 0, 2 if taken else .2)
            tap.equal(have == packet, taken,
                      f"without a signalled peer, latch {latch} takes "
                      f"{'the first' if taken else 'none'}")
            call.send('b', call.fresh('b'))  # nowhere to go, but no harm
            lab.nl.do('session-del', {'id': call.number + 100000})


def check_bleed(lab):
    """RTP bleed: packets sprayed over the ports get nothing in return."""
    calls = [Call(lab, b=leg) for leg in
             (None, Secure(CM, seed=1), Secure(CM, seed=2, latch='port'))]
    low = min(c.phones['a'].port for c in calls)
    for which in 'ab':
        stranger = calls[0].phones[which].socket(last=3)
        for packet in (b'\x80\0' + bytes(10), rtp(1), rtcp(), bytes(172),
                       b'\0\1\0\0\x21\x12\xa4\x42' + bytes(12)):
            for port in range(low, low + 40):
                calls[0].phones[which].send(packet, 0, stranger, port)
        lives = [call.lives(w) for call in calls for w in 'ab']
        tap.ok(all(lives) and received(stranger, .2) is None,
               f'leg {which}: spraying the ports returns nothing', lives)
        stranger.close()
    for call in calls:
        call.close()


def check_hijack(lab):
    """ES2025-01: each way to learn, by packets in front of the phone's and
    between them. With SRTP an unauthenticated packet teaches nothing."""
    for latch in ('strict', 'port', 'address', None):
        for when in ('before', 'between'):
            for mux in ((), ('rtcp-mux',)):
                more = {'latch': latch} if latch else {}
                leg = Secure(CM, flags=mux, **more)
                with Call(lab, b=leg) as call:
                    check_hijack_of(call, f'latch {latch}, {when}, ' +
                                    ('rtcp-mux' if mux else 'no rtcp-mux'),
                                    when)


def check_hijack_of(call, what, when):
    sources = Sources(call, which='b')
    alien = Secure(CM, seed=99)
    alien.start(call.lab, 'alien')
    sealed = call.legs['b'].seal(call.fresh('b'))
    if when == 'between':
        call.send('b', call.legs['b'].seal(call.fresh('b')))
        call.next('a')
    forged = [rtp(1), rtcp(), alien.seal(rtp(2)), alien.seal(rtcp(), 1),
              sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:40],
              b'\x80\0' + bytes(10)]
    for packet in forged:
        for name in ('address', 'port'):
            sources.send(name, packet)
    quiet = call.next('a', 0, .1) is None
    tap.ok(quiet and sources.who_gets() == 'signalled',
           f'SRTP, {what} its media: the stranger is not sent to')
    good = call.legs['b'].seal(call.fresh('b'))
    sources.send('signalled', good)
    tap.ok(call.next('a') is not None and
           sources.who_gets() == 'signalled',
           f'SRTP, {what} its media: the phone is')
    # A copy of a genuine packet, sent by the stranger: replayed or late.
    sources.send('address', good)
    tap.ok(call.next('a', 0, .1) is None and
           sources.who_gets() == 'signalled',
           f'SRTP, {what} its media: nor by a copy of a genuine packet')
    sources.close()


def check_authentic(lab):
    """The first authentic packet tells where an SRTP peer is, RTP or RTCP."""
    for control in (0, 1):
        for options, learns in (((), True),
                                (('unauthenticated-srtp',), False)):
            leg = Secure(CM, options=options, latch='address')
            with Call(lab, b=leg) as call:
                sources = Sources(call, control, 'b')
                packet = rtcp() if control else call.fresh('b')
                sources.send('address', leg.seal(packet, control))
                learns = learns or bool(control)  # SRTCP always proves it
                tap.ok((call.next('a', control, 2 if learns else .2) ==
                        packet) == learns and sources.who_gets() ==
                       ('address' if learns else 'signalled'),
                       f"{'SRTCP' if control else 'SRTP'}, "
                       f"{options or 'authenticated'}: its address is "
                       f"{'' if learns else 'not '}learnt")
                sources.close()


def main():
    checks = [check_rules, check_separately, check_again, check_no_peer]
    if 'plain' not in sys.argv:
        checks += [check_bleed, check_hijack, check_authentic]
    with open_lab() as lab:
        for check in checks:
            check(lab)
    tap.clean_log()
    tap.finish()


main()
