#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that are slow, many, or gone at once: each is cut by its own
limit, and another client is served meanwhile."""

import os
import socket
import ssl
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLEE, CALLER, CONFIG, Call, Context, INSIDE, Peer, WAIT,
                  check, own_namespace, run)
from tls import EXTRA, SECURE, TlsPeer, certificates, DIR, context

SLOW = "no message came"
LONG = 300  # seconds, of timers that are not the test's

# name: seconds, or a number; the rest is far away.
FAR = {"handshake-timeout": 60, "first-byte-timeout": LONG,
       "message-timeout": 60, "idle-timeout": 3600, "per-source": 16,
       "handshakes": 64, "maximum": 256}
NEAR = {
    "half_message": {"message-timeout": 2},
    "byte_a_second": {"message-timeout": 3},
    "idle": {"first-byte-timeout": 2},
    "only_pings": {"first-byte-timeout": 3},
    "idle_later": {"idle-timeout": 2},
    "stalled_handshake": {"handshake-timeout": 2},
    "slow_tls": {"message-timeout": 2},
    "many_handshakes": {"handshakes": 4},
    "full": {"maximum": 64, "per-source": 64},
}


class Tcp:
    """A raw connection."""

    def __init__(self, t, addr, to, data=b""):
        self.sock = t.keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        self.sock.settimeout(WAIT)
        self.sock.bind((addr[0], 0))
        self.sock.connect(to)
        if data:
            self.sock.sendall(data)

    def closed(self, timeout=WAIT):
        self.sock.settimeout(timeout)
        try:
            while self.sock.recv(65536):
                pass
            return True
        except (ConnectionResetError, BrokenPipeError):
            return True
        except socket.timeout:
            return False

    def drip(self, data, pause=0.5):
        """A byte now and then until it is closed; how many were sent."""
        for n in range(len(data)):
            try:
                self.sock.send(data[n:n + 1])
            except OSError:
                return n
            if self.closed(pause):
                return n + 1
        return None


def tls(t):
    s = Tcp(t, CALLEE, SECURE).sock
    s = context(False).wrap_socket(s, server_hostname=SECURE[0])
    return t.keep(TlsPeer.connected("bob", CALLEE, SECURE, s))


def options(peer):
    return peer.request("OPTIONS", "sip:127.0.1.1", peer.dialog())


def served(t, *peers):
    """The caller by UDP, and those who are connected."""
    for peer in (t.caller,) + peers:
        peer.send(options(peer))
        peer.expect(200)


def invite(t, peer):
    return Call(peer, t.callee).invite_text.encode()


def said(t, text):
    t.gw.until(lambda: text in t.gw.said(), "the log lacks: " + text)


def half_message(t):
    """half a message: cut in time, others are served"""
    slow = [Tcp(t, CALLER, INSIDE, invite(t, t.caller)[:200])
            for _ in range(8)]
    served(t)
    check(all(s.closed() for s in slow), "not closed")
    said(t, "a message took too long")
    said(t, "strike 127.0.1.2: slow, proved")


def byte_a_second(t):
    """a byte now and then: what came does not put the end off"""
    sent = Tcp(t, CALLER, INSIDE).drip(invite(t, t.caller)[:40])
    check(sent is not None and sent >= 3, "closed after %s" % sent)
    served(t)
    said(t, "a message took too long")


def idle(t):
    """an idle connection is cut"""
    slow = Tcp(t, CALLER, INSIDE)
    served(t)
    check(slow.closed(), "not closed")
    said(t, SLOW)


def only_pings(t):
    """keep-alives are no message"""
    slow = Tcp(t, CALLER, INSIDE)
    sent = slow.drip(b"\r\n\r\n" * 25, pause=0.2)
    check(sent is not None, "not closed")
    said(t, "closed: ")


def idle_later(t):
    """a connection that was used is cut when idle, not while it is kept"""
    quiet = t.keep(Peer.connected("alice", CALLER, INSIDE))
    kept = t.keep(Peer.connected("alice", CALLER, INSIDE))
    served(t, quiet, kept)
    gone = False
    for _ in range(60):
        kept.send("\r\n\r\n")
        gone = gone or quiet.closed(0.1)
        if gone:
            break
    check(gone, "the quiet one is closed")
    said(t, "it was idle for too long")
    check("strike" not in t.gw.said(), "who is idle is struck")
    kept.stream = kept.stream.replace(b"\r\n", b"")
    kept.send(options(kept))
    while True:
        kept.sock.settimeout(WAIT)
        data = kept.sock.recv(65536)
        check(data, "the other was closed too")
        if b"200 OK" in data:
            break


def stalled_handshake(t):
    """a handshake that stalls, or drips, is cut; TLS goes on"""
    hello = client_hello()
    stalled = [Tcp(t, CALLEE, SECURE), Tcp(t, CALLEE, SECURE, hello[:40]),
               Tcp(t, CALLEE, SECURE, hello)]
    served(t, tls(t))
    sent = Tcp(t, CALLEE, SECURE).drip(hello)
    check(sent is not None and sent < len(hello), "closed after %s" % sent)
    check(all(s.closed() for s in stalled), "not closed")
    said(t, "handshake not finished within 2.0 s")
    said(t, "strike 127.0.2.2: bad-handshake, proved")


def client_hello():
    out = ssl.MemoryBIO()
    tls_object = context(False).wrap_bio(ssl.MemoryBIO(), out, False,
                                         SECURE[0])
    try:
        tls_object.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def slow_tls(t):
    """half a message inside TLS: cut; a call goes on"""
    bob = tls(t)
    call = Call(bob, t.caller).establish()
    slow = tls(t)
    slow.send(invite(t, slow)[:300])
    check(slow.closed(), "not closed")
    said(t, "a message took too long")
    call.bye()


def many_handshakes(t):
    """of handshakes that are not finished the oldest goes"""
    bob = tls(t)
    stalled = [Tcp(t, CALLEE, SECURE) for _ in range(4)]
    served(t, bob)
    new = tls(t)
    check(stalled[0].closed(), "the oldest is not closed")
    served(t, bob, new)
    check(not stalled[3].closed(0.2), "the last is closed too")
    said(t, "too many handshakes are not finished")


def many_of_one_source(t):
    """who has sent a message stays when its source opens many"""
    good = t.keep(Peer.connected("alice", CALLER, INSIDE))
    served(t, good)
    many = [Tcp(t, CALLER, INSIDE) for _ in range(60)]
    check(many[0].closed(), "the oldest silent one is not closed")
    served(t, good)
    served(t, tls(t))
    open_ = sum(not s.closed(0.05) for s in many)
    check(open_ == 15, "%d silent ones are open" % open_)


def full(t):
    """when there are too many, a new one only replaces a silent one; our own
    has room"""
    peers = [t.keep(Peer.connected("alice", CALLER, INSIDE))
             for _ in range(63)]
    served(t, *peers)
    silent = Tcp(t, CALLEE, SECURE)
    new = t.keep(Peer.connected("alice", CALLER, INSIDE))
    check(silent.closed(), "the silent one is not closed")
    served(t, new)
    check(Tcp(t, CALLEE, SECURE).closed(), "one too many is let in")
    said(t, "is refused")
    server = t.keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    server.bind(CALLEE)
    server.listen(1)
    server.settimeout(WAIT)
    t.caller.send(Call(t.caller, t.callee).invite_text)
    conn = server.accept()[0]
    conn.close()
    check(peers[0].closed(), "the quietest is not closed for our own")
    t.caller.expect(502, skip=(100,))


def strangers(t):
    """a stranger's connections are closed at once, and no one else's"""
    good = t.keep(Peer.connected("alice", CALLER, INSIDE))
    served(t, good)
    for _ in range(300):
        s = Tcp(t, ("127.0.1.9", 0), INSIDE)
        check(s.closed(), "a stranger is let in")
        s.sock.close()
    served(t, good)


def refuse_all(caller):
    """Who is called says no, until there is no more to answer."""
    while True:
        msg = caller._receive(1)  # pylint: disable=protected-access
        if not msg:
            return
        if msg.is_("INVITE"):
            caller.respond(msg, 486, tag="no")
        elif msg.is_("CANCEL"):
            caller.respond(msg, 200, tag="no")


def invite_and_close(t):
    """INVITE by TCP and TLS, then gone: nothing is left"""
    for n in range(60):
        s = Tcp(t, CALLER, INSIDE, invite(t, t.caller))
        if n % 3 == 0:  # by a reset
            s.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              b"\1\0\0\0\0\0\0\0")
        s.sock.close()
    for _ in range(20):
        bob = tls(t)
        bob.send(Call(bob, t.caller).invite_text)
        bob.sock.close()
    refuse_all(t.caller)
    served(t, t.keep(Peer.connected("alice", CALLER, INSIDE)))
    Call(tls(t), t.caller).establish().bye()


def setup(test):
    values = dict(FAR, **NEAR.get(test.__name__, {}))
    return Context(config=CONFIG.format(inside="udp", outside="tls") +
                   EXTRA.format(dir=DIR.name) + "".join(
                       "sip connections %s %d\n" % pair
                       for pair in values.items()))


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([half_message, byte_a_second, idle, only_pings, idle_later,
         stalled_handshake, slow_tls, many_handshakes, many_of_one_source,
         full, strangers, invite_and_close], setup)
