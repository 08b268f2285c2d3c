#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two processors send one stream: no packet index is ever used twice.

Both send the very same packets at the same time, from one address and port.
"""
import os
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import in_netns  # noqa: E402
from lab import (Call, GCM, SSRC, Secure, Tap, address, open_lab,  # noqa: E402
                 oracle, received, rtcp, rtp)

tap = Tap()
SUITES = ('AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM')
ROUNDS, BURST = 4 if os.environ.get('RF_KERNEL') == 'debug' else 8, 250
START = 65536 - ROUNDS * BURST // 2  # over a wrap


def shared(call, which, control):
    """Two sockets at the phone's address and port, in place of its own."""
    phone = call.phones[which]
    phone.sockets[control].close()

    def create():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((address(which), phone.port + control))
        return sock
    pair = [in_netns(phone.namespace, create) for _ in range(2)]
    phone.sockets[control] = pair[0]
    return pair


class Senders:
    """A process on each processor, that sends when told and says when done."""

    def __init__(self, call, which, control):
        # Neighbours are known then; their queues would change the order.
        good = [call.relay(w, rtp(1, SSRC + 1))[2] for w in 'ab']
        assert all(good), good
        self.pair = shared(call, which, control)
        self.target = (address(which, 1), call.phones[which].port + control)
        self.ends = []

    def send(self, packets):
        """All packets by both; returns when they have."""
        gate, opened = os.pipe()
        pids = []
        for cpu, sock in enumerate(self.pair):
            pid = os.fork()
            if not pid:
                os.sched_setaffinity(0, {cpu})
                os.close(opened)
                os.read(gate, 1)  # at the same time
                for packet in packets:
                    sock.sendto(packet, self.target)
                os._exit(0)
            pids.append(pid)
        os.close(gate)
        os.close(opened)
        statuses = [os.waitpid(pid, 0)[1] for pid in pids]
        assert statuses == [0, 0], statuses

    def close(self):
        self.pair[1].close()


def everything(call, which, control, count):
    """What arrives: at least count, if none is lost."""
    sock, found = call.phones[which].sockets[control], []
    while (wire := received(sock, 2 if len(found) < count else .2)) is not \
            None:
        found.append(wire)
    return found


def check_rtp(lab, suite, kdr=0):
    """RTP to SRTP: each sequence number is protected once."""
    what = f'{suite}, rate {kdr}'
    leg = Secure(suite, kdr=kdr)
    with Call(lab, b=leg) as call:
        senders = Senders(call, 'a', 0)
        wires = []
        for n in range(ROUNDS):
            packets = [rtp(START + BURST * n + i) for i in range(BURST)]
            senders.send(packets)
            wires += everything(call, 'b', 0, BURST)
        numbers = [w[2:4] for w in wires]
        drops = call.drops('a')
        # More than can wait for derived keys, at a rate that has them.
        left_out = drops.pop('queue-full', 0) if kdr else 0
        tap.equal([len(set(numbers)), len(numbers) + left_out],
                  [len(numbers), ROUNDS * BURST],
                  f'{what}: no index is used twice, none is left out')
        index = {struct.pack('>H', (START + n) & 0xffff): START + n
                 for n in range(ROUNDS * BURST)}
        judge = leg.receiver
        wires.sort(key=lambda wire: index[wire[2:4]])
        bad = [n for n, wire in enumerate(wires)
               if judge.unprotect(wire) != rtp(index[wire[2:4]])]
        tap.equal(bad, [], f'{what}: the judge takes each')
        tap.equal([drops, call.stats('a')['rx-packets']],
                  [{'replayed': ROUNDS * BURST}, 2 * ROUNDS * BURST + 1],
                  f'{what}: the other copies are counted')
        senders.close()


def check_rtcp(lab, suite):
    """Every RTCP packet gets an index of its own."""
    leg = Secure(suite)
    with Call(lab, b=leg) as call:
        senders = Senders(call, 'a', 1)
        wires = []
        for n in range(ROUNDS // 2):
            senders.send([rtcp(packets=i) for i in range(BURST)])
            wires += everything(call, 'b', 1, 2 * BURST)
        count = 2 * BURST * (ROUNDS // 2)
        end = 4 if suite in GCM else 4 + oracle.RTCP_TAG
        words = [struct.unpack_from('>I', w, len(w) - end)[0] for w in wires]
        tap.equal([len(words), len(set(words)), max(words) - min(words)],
                  [count, count, count - 1],
                  f'{suite}: no SRTCP index is used twice or left out')
        wires.sort(key=lambda w: w[len(w) - end:len(w) - end + 4])
        bad = [n for n, wire in enumerate(wires)
               if leg.open(wire, 1) is None]
        tap.equal(bad, [], f'{suite}: the judge takes each SRTCP packet')
        senders.close()


def check_received(lab, suite):
    """SRTP to RTP: of two copies, one is relayed."""
    leg = Secure(suite)
    with Call(lab, b=leg) as call:
        senders = Senders(call, 'b', 0)
        found = []
        for n in range(ROUNDS):
            packets = [rtp(START + BURST * n + i) for i in range(BURST)]
            sealed = [leg.seal(p) for p in packets]
            senders.send(sealed)
            found += everything(call, 'a', 0, BURST)
        count = ROUNDS * BURST
        tap.equal(sorted(found), sorted(rtp(START + n)
                                        for n in range(count)),
                  f'{suite}: each is relayed once')
        # When one processor lags, its copies may look like a lost stream.
        found = call.drops('b')
        tap.ok(sum(found.values()) == count and
               found.keys() <= {'replayed', 'auth-failed'},
               f'{suite}: the other copies are counted', found)
        senders.close()


def check_lifetime(lab, suite):
    """The limit is exact, whoever counts."""
    with Call(lab, b=Secure(suite, lifetime=1001)) as call:
        senders = Senders(call, 'a', 0)
        wires = []
        for n in range(8):
            senders.send([rtp(BURST * n + i) for i in range(BURST)])
            wires += everything(call, 'b', 0, BURST if n < 4 else 0)
        tap.equal(len(wires), 1000, f'{suite}: a lifetime of 1001 packets, '
                  'one of which was used, is that many')
        senders.close()


def main():
    tap.equal(os.cpu_count(), 2, 'two processors')
    with open_lab() as lab:
        for suite in sys.argv[1:] or SUITES:
            check_rtp(lab, suite)
            check_rtcp(lab, suite)
            check_received(lab, suite)
            check_lifetime(lab, suite)
        check_rtp(lab, SUITES[0], 4)
    tap.clean_log()
    tap.finish()


main()
