# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway between two phones, and the judges of what it relays.

   phone a  192.0.2.2    --- 192.0.2.1    gateway  198.51.100.1 ---  phone b
            2001:db8:a::2    2001:db8:a::1         2001:db8:b::1

Whether a packet was dropped is seen without waiting: a good one follows it,
and must be the next to arrive.
"""
import contextlib
import itertools
import random
import socket

from guest import (Tap, in_netns, key, load_module, received, rtcp, rtp, run,
                   topology)
from srtp import libsrtp, oracle
from ynl import Netlink, NlError

WINDOW = 128
IP_RECVTTL, SO_RCVBUFFORCE = 12, 33  # Python doesn't know them
SSRC = 0x11223344
NETS = {'a': {4: '192.0.2.', 6: '2001:db8:a::'},
        'b': {4: '198.51.100.', 6: '2001:db8:b::'}}
GCM = ('AEAD_AES_128_GCM', 'AEAD_AES_256_GCM')
NULL = ('NULL_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32')
__all__ = ['GCM', 'NETS', 'NULL', 'SSRC', 'WINDOW', 'Call', 'Lab', 'NlError',
           'Plain', 'Secure', 'Tap', 'added', 'address', 'numbered',
           'open_lab', 'oracle', 'received', 'rtcp', 'rtp', 'run']


def address(which, last=2, family=4):
    return f'{NETS[which][family]}{last}'


def added(before, after):
    return {r: n - before.get(r, 0) for r, n in after.items()
            if n != before.get(r, 0)}


def numbered(packet, seq):
    return packet[:2] + (seq & 0xffff).to_bytes(2, 'big') + packet[4:]


class Plain:
    """A leg without protection, and what Secure has too."""

    suite = None
    flags = ()

    def __init__(self, **netlink):
        self.flags = netlink.pop('flags', ())
        self.more = netlink

    def netlink(self):
        """Attributes of the leg."""
        more = {name.replace('_', '-'): v for name, v in self.more.items()}
        return more | ({'flags': list(self.flags)} if self.flags else {})

    def start(self, lab, name):
        """New judges, of one call."""

    def seal(self, packet, control=0, number=0):
        """As the phone sends it."""
        return packet

    def open(self, wire, control=0):
        """What the phone makes of it, None if it refuses."""
        return wire

    def overhead(self, control):
        return 0


class Secure(Plain):
    """A suite, its keys and its session parameters.

    mki: bytes of each key's MKI. judge: 'libsrtp', 'oracle' or None for the
    one that can.
    """

    def __init__(self, suite, *, keys=1, mki=0, kdr=0, options=(),
                 lifetime=None, judge=None, seed=1, **netlink):
        super().__init__(**netlink)
        self.suite, self.kdr, self.options = suite, kdr, tuple(options)
        self.flags = tuple(self.flags) + self.options + \
            (('allow-null',) if suite in NULL else ())
        self.lifetime, self.judge = lifetime, judge
        self.spec = oracle.SUITES[suite]
        rng = random.Random(f'{suite} {seed}')
        self.tx, self.rx = ([(rng.randbytes(self.spec.key + self.spec.salt),
                              rng.randbytes(mki))
                             for _ in range(keys)] for _ in range(2))
        self.sender = self.receiver = None

    def key_attributes(self, keys):
        """The one place that knows how keys are given."""
        return [key(master, mki or None, self.lifetime)
                for master, mki in keys]

    def keys(self):
        return {'tx-key': self.key_attributes(self.tx),
                'rx-key': self.key_attributes(self.rx)}

    def netlink(self):
        more = super().netlink() | self.keys() | {'suite': self.spec.netlink}
        if self.kdr:
            more['kdr'] = self.kdr
        return more

    def judged_by(self):
        able = self.suite in libsrtp.SUITES and not self.kdr and not (
            self.suite in GCM and 'unencrypted-srtp' in self.options)
        return self.judge or ('libsrtp' if able else 'oracle')

    def new_judge(self, lab, name, keys):
        options = {o.replace('-', '_'): True for o in self.options}
        if self.judged_by() == 'libsrtp':
            return libsrtp.Libsrtp(lab.libsrtp(), name, self.suite, keys,
                                   **options)
        return oracle.Oracle(self.suite, keys, kdr=self.kdr, **options)

    def start(self, lab, name):
        self.sender = self.new_judge(lab, f'to-{name}', self.rx)
        self.receiver = self.new_judge(lab, f'from-{name}', self.tx)

    def seal(self, packet, control=0, number=0):
        if control:
            return self.sender.protect_rtcp(packet, number)
        return self.sender.protect(packet, number)

    def open(self, wire, control=0):
        if wire is None:
            return None
        if not control:
            return self.receiver.unprotect(wire)
        if self.tx[0][1] and getattr(self.receiver, 'rtcp_mki_misplaced',
                                     False):
            options = {o.replace('-', '_'): True for o in self.options}
            return oracle.Oracle(self.suite, self.tx,
                                 **options).unprotect_rtcp(wire)
        return self.receiver.unprotect_rtcp(wire)

    def overhead(self, control):
        options = {o.replace('-', '_'): True for o in self.options}
        return oracle.Oracle(self.suite, self.tx, **options).overhead(
            bool(control))


class Phone:
    """RTP and RTCP sockets, and where the gateway listens."""

    def __init__(self, lab, which, port, family, mux):
        self.lab, self.which, self.family = lab, which, family
        self.port, self.mux = port, mux
        self.namespace = lab.names[0 if which == 'a' else 2]
        self.sockets = [self.socket(port + n) for n in range(1 + (not mux))]

    def socket(self, port=0, last=2):
        """Bound to one of the phone's addresses."""
        def create():
            inet = {4: socket.AF_INET, 6: socket.AF_INET6}[self.family]
            sock = socket.socket(inet, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
            sock.bind((address(self.which, last, self.family), port))
            return sock
        return in_netns(self.namespace, create)

    def at(self, control):
        """Which of the sockets has RTCP."""
        return control and not self.mux

    def send(self, packet, control=0, sock=None, port=None):
        sock = sock or self.sockets[self.at(control)]
        port = port or self.port + self.at(control)
        sock.sendto(packet, (address(self.which, 1, self.family), port))

    def next(self, control=0, seconds=20.0):
        return received(self.sockets[self.at(control)], seconds)

    def receive(self, control=0, seconds=20.0):
        """(packet, source address, port, TTL, TOS), None if none comes."""
        sock = self.sockets[self.at(control)]
        for level, option in (
                {4: ((socket.IPPROTO_IP, IP_RECVTTL),
                     (socket.IPPROTO_IP, socket.IP_RECVTOS)),
                 6: ((socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT),
                     (socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS))})[
                         self.family]:
            sock.setsockopt(level, option, 1)
        sock.settimeout(seconds)
        try:
            data, more, _, source = sock.recvmsg(65536, 256)
        except (TimeoutError, BlockingIOError):
            return None
        values = {kind: value[0] for _, kind, value in more}  # < 256
        ttl = values.get(socket.IP_TTL, values.get(socket.IPV6_HOPLIMIT))
        tos = values.get(socket.IP_TOS, values.get(socket.IPV6_TCLASS))
        return data, source[0], source[1], ttl, tos

    def drain(self):
        for sock in self.sockets:
            while received(sock, 0.05) is not None:
                pass

    def close(self):
        for sock in self.sockets:
            sock.close()


class Lab:
    def __init__(self, names):
        self.names = names
        self.gateway = names[1]
        self.connect()
        self.numbers = itertools.count(1)
        self.process = None

    def connect(self):
        """Anew, when the module was loaded again."""
        self.nl = in_netns(self.gateway, Netlink)
        self.listener = in_netns(self.gateway, Netlink)
        self.listener.join('events')

    def libsrtp(self):
        if not self.process:
            self.process = libsrtp.Process()
        return self.process

    def events(self, seconds=2.0, want=1, only=None):
        """(name, values) of the next events named only, or of all."""
        found = []
        while len(found) < want:
            some = self.listener.events(seconds, 1)
            if not some:
                break
            found += [e for e in some if only in (None, e[0])]
        return found

    def forget_events(self):
        self.listener.events(0.05, 1 << 20)

    def totals(self):
        """Of the namespace: stats with drops by reason."""
        stats = self.nl.do('stats-get')
        return stats | {'drop': {d['reason']: d['packets']
                                 for d in stats.get('drop', [])}}

    def close(self):
        if self.process:
            self.process.close()
        self.nl.close()
        self.listener.close()


@contextlib.contextmanager
def open_lab():
    load_module()
    with topology() as names:
        gateway = names[1]
        for which, host, near in (('a', names[0], 'va'),
                                  ('b', names[2], 'vb')):
            run('ip', '-n', host, 'address', 'add',
                f'{address(which, 3)}/24', 'dev', 'eth0')
            for ns, dev, lasts in ((gateway, near, (1,)),
                                   (host, 'eth0', (2, 3))):
                for last in lasts:
                    run('ip', '-n', ns, 'address', 'add',
                        f'{address(which, last, 6)}/64', 'dev', dev, 'nodad')
            run('ip', '-n', host, 'route', 'add', 'default', 'via',
                address(which, 1, 6))
        lab = Lab(names)
        try:
            yield lab
        finally:
            lab.close()


class Call:
    """One session between two phones; a and b tell the legs' protection."""

    def __init__(self, lab, a=None, b=None, *, family=(4, 4), legs=None,
                 **session):
        self.lab = lab
        self.number = next(lab.numbers)
        self.legs = {'a': a or Plain(), 'b': b or Plain()}
        self.seq = {'a': 1000, 'b': 2000}
        port = 20000 + 10 * (self.number % 4000)
        self.phones = {}
        request = {'id': self.number} | session
        for (which, one), version in zip(self.legs.items(), family):
            mux = 'rtcp-mux' in one.flags
            self.phones[which] = Phone(lab, which, port, version, mux)
            # srtp-peer has room for the judges of so many calls.
            one.start(lab, f'{self.number % 16}{which}')
            request[f'leg-{which}'] = {
                f'local-ipv{version}': address(which, 1, version),
                'local-port': port,
                f'peer-ipv{version}': address(which, 2, version),
                'peer-port': port} | one.netlink() | (legs or {}).get(
                    which, {})
        self.request = request
        lab.nl.do('session-new', request)

    def set(self, **what):
        """session-set; leg_a and leg_b are attributes of the legs."""
        self.lab.nl.do('session-set', {'id': self.number} | {
            name.replace('_', '-'): value for name, value in what.items()})

    def get(self):
        return self.lab.nl.do('session-get', {'id': self.number})

    def stats(self, which):
        return self.get()[f'leg-{which}']['stats']

    def drops(self, which):
        return {d['reason']: d['packets']
                for d in self.stats(which).get('drop', [])}

    def close(self):
        self.lab.nl.do('session-del', {'id': self.number})
        for phone in self.phones.values():
            phone.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def far(which):
        return 'b' if which == 'a' else 'a'

    def send(self, which, wire, control=0):
        self.phones[which].send(wire, control)

    def next(self, which, control=0, seconds=20.0):
        return self.phones[which].next(control, seconds)

    def relay(self, which, packet, control=0, number=0):
        """From a phone to the other: what was sent, what arrived, and what
        the receiver made of it."""
        far = self.far(which)
        wire = self.legs[which].seal(packet, control, number)
        self.send(which, wire, control)
        arrived = self.next(far, control)
        return wire, arrived, self.legs[far].open(arrived, control)

    def fresh(self, which, ssrc=SSRC, **more):
        self.seq[which] += 1
        return rtp(self.seq[which], ssrc, **more)

    def lives(self, which, control=0):
        """A new good packet arrives next, and so nothing else before it."""
        if control:
            self.seq[which] += 1
            packet = rtcp(packets=self.seq[which])
        else:
            packet = self.fresh(which)
        return self.relay(which, packet, control)[2] == packet
