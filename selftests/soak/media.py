# SPDX-License-Identifier: GPL-2.0-or-later
"""Traffic for the tests that change things under it.

    host a  -- RTP -->  gateway  -- RTP or SRTP -->  host b
            <----------          <---------------

Slots are places for a session: ports that hosts and gateway have agreed on. Two
neighbouring slots, 2n and 2n+1, have each other's keys on leg b, and host b sends
what came from one back through the other; so there is valid SRTP both ways
without a cipher in the test. Each slot's RTCP port has traffic too.
"""
import hashlib
import multiprocessing
import select

from guest import in_netns, leg, rtcp, rtp, udp

NET_A, NET_B = '192.0.2', '198.51.100'
PORT = 20000


def port(slot):
    return PORT + 4 * slot


def keys(slot, generation):
    """Of a secured leg b. The module takes no tx-key a second time."""
    ways = [hashlib.sha512(f'{slot & ~1} {generation} {way}'.encode())
            .digest()[:30] for way in (0, 1)]
    return {'suite': 'aes-cm-128-hmac-sha1-80', 'tx_key': ways[slot & 1],
            'rx_key': ways[~slot & 1]}


def session(slot, secured, number=None, generation=0):
    """The request for a session in that slot."""
    more = keys(slot, generation) if secured else {}
    values = {'leg-a': leg(NET_A, port(slot), port(slot)),
              'leg-b': leg(NET_B, port(slot), port(slot), **more)}
    return values | ({'id': number} if number else {})


class Host(multiprocessing.Process):
    """A process that sends, receives and counts, until it is told not to."""

    def __init__(self, namespace, net, slots, reflects, sends=None):
        """Of its own accord it sends in the slots of sends, or in all."""
        super().__init__(daemon=True)
        self.net, self.reflects = net, reflects
        self.sends = range(slots) if sends is None else sends
        self.sockets = {}
        for slot in range(slots):
            for control in (0, 1):
                sock = udp(namespace, f'{net}.2', port(slot) + control)
                sock.setblocking(False)
                self.sockets[slot, control] = sock
        self.names = {s.fileno(): k for k, s in self.sockets.items()}
        self.sent = multiprocessing.Value('Q')
        self.received = multiprocessing.Value('Q')
        self.sending = multiprocessing.Value('b', True)
        self.ending = multiprocessing.Value('b', False)

    def send(self, key, packet):
        """A full queue or a route that has gone is no packet sent."""
        slot, control = key
        try:
            self.sockets[key].sendto(
                packet, (f'{self.net}.1', port(slot) + control))
        except OSError:
            return
        self.sent.value += 1

    def drain(self, poll, wait):
        for fd, _ in poll.poll(wait):
            slot, control = key = self.names[fd]
            try:
                while True:
                    packet = self.sockets[key].recv(2048)
                    self.received.value += 1
                    if self.reflects and self.sending.value:
                        self.send((slot ^ 1, control), packet)
            except BlockingIOError:
                pass
            except OSError:  # an ICMP error, or the device has gone
                pass

    def run(self):
        poll = select.poll()
        for fd in self.names:
            poll.register(fd, select.POLLIN)
        seq = 0
        while not self.ending.value:
            if not self.sending.value:
                self.drain(poll, 20)
                continue
            seq += 1
            for slot in self.sends:
                self.send((slot, 0), rtp(seq))
                self.send((slot, 1), rtcp(packets=seq & 0xffff))
                self.drain(poll, 0)
            self.drain(poll, 0 if self.sends else 20)

    def end(self):
        self.sending.value, self.ending.value = False, True
        self.join(20)
        self.close_sockets()

    def close_sockets(self):
        for sock in self.sockets.values():
            sock.close()


def start(names, slots, sends_b=None):
    """Hosts a and b of guest.topology(), sending."""
    hosts = [Host(names[0], NET_A, slots, False),
             Host(names[2], NET_B, slots, True, sends_b)]
    for host in hosts:
        host.start()
    return hosts


def snmp(namespace, protocol='Udp'):
    """The counters of a namespace by name."""
    def read():
        with open('/proc/thread-self/net/snmp', encoding='ascii') as file:
            rows = [line.split() for line in file
                    if line.startswith(f'{protocol}:')]
        return dict(zip(rows[0][1:], map(int, rows[1][1:])))
    return in_netns(namespace, read)


def backlog_drops():
    """Packets that all processors' input queues had no room for."""
    with open('/proc/net/softnet_stat', encoding='ascii') as file:
        return sum(int(line.split()[1], 16) for line in file)
