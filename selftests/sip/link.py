#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway's own connection to its proxy is kept up, by TCP and TLS."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from calls import Lab
from peer import (CALLEE, CONFIG, Call, OUTSIDE, Peer, check, listen,
                  listen_on, own_namespace, run)
from tls import DIR, EXTRA, accept, certificates
from trunk import Trunk, is_right, challenge

KEPT = """
log level debug
sip gateway outside link persistent true
"""
QUIET = "sip gateway outside link ping-interval 0\n"
TCP = CONFIG.format(inside="udp", outside="tcp") + KEPT


def accept_tcp(t, server):
    conn, _ = server.accept()
    return t.keep(Peer.connected("bob", CALLEE, OUTSIDE, conn))


def link(t):
    return [g["link"] for g in t.json("gateway", "list")
            if g["name"] == "outside"][0]


def becomes(t, want):
    t.gw.until(lambda: link(t) == want, "never " + want, timeout=40)


def status(t, line):
    """`ringfence status`, which fails here: there is no kernel module."""
    text = t.cli("status", status=1)
    check("\n%s\n" % line in text, text)


def says(t, text, times=1):
    t.gw.until(lambda: t.gw.said().count(text) == times, "%s: %d times" % (
        text, t.gw.said().count(text)), timeout=20)


def tls(t):
    """a TLS link comes by itself, from port 16000 on, and again when killed"""
    check(link(t) in ("down", "connecting"), link(t))
    says(t, "SipEp 311: Server 127.0.2.2:5080 is not reachable for SIP gateway "
         "outside: no connection: Connection refused")
    server = listen(t)
    b = accept(t, server)
    becomes(t, "up")
    check(" up\n" in t.cli("gateway", "list"), t.cli("gateway", "list"))
    status(t, "gateway outside unwatched, link up")
    says(t, "SipEp 303: TLS connection with remote host 127.0.2.2:5080 is now "
         "ready to be used for SIP gateway outside")
    says(t, "SipEp 310: Server 127.0.2.2:5080 is now reachable for SIP "
         "gateway outside")
    first = b.sock.getpeername()[1]
    check(16000 <= first < 16100, str(first))
    Call(t.caller, b).establish().bye()
    # killed, and nobody listens any more: it is tried all the time
    server.close()
    b.sock.close()
    says(t, "SipEp 305: TLS connection with remote host 127.0.2.2:5080 is lost "
         "for SIP gateway outside: closed by peer")
    says(t, "SipEp 311: Server", 2)
    time.sleep(2)
    says(t, "SipEp 311: Server", 2)  # told once, however often it is tried
    becomes(t, "down")
    status(t, "gateway outside unwatched, link down")
    b = accept(t, listen(t))
    becomes(t, "up")
    says(t, "SipEp 303: TLS connection", 2)
    says(t, "SipEp 310: Server", 2)
    check(first < b.sock.getpeername()[1] < 16100, "the next port")
    call = Call(t.caller, b).establish()
    call.bye()


def ports(t):
    """a port in use is left out, by another setting any is taken"""
    server = t.server
    b = accept_tcp(t, server)
    check(b.sock.getpeername()[1] == 30000, "the first")
    b.sock.close()
    b = accept_tcp(t, server)
    check(b.sock.getpeername()[1] == 30002, str(b.sock.getpeername()))
    t.cli("config", "set", "sip", "gateway", "outside", "link", "source-port",
          "0")
    t.cli("config", "commit")
    b = accept_tcp(t, server)
    check(not 30000 <= b.sock.getpeername()[1] < 31000, "any port")
    t.cli("config", "set", "sip", "gateway", "outside", "link", "persistent",
          "false")
    t.cli("config", "commit")
    b.sock.close()
    becomes(t, "none")
    server.settimeout(1.5)
    try:
        server.accept()
    except OSError:
        return
    check(False, "it is made again")


def pings(t):
    """keep-alives go both ways; a link that doesn't answer is made anew"""
    b = accept_tcp(t, t.server)
    b.sock.settimeout(20)
    check(b.sock.recv(10) == b"\r\n\r\n", "a ping")
    b.sock.sendall(b"\r\n")
    b.sock.sendall(b"\r\n\r\n")
    check(b.sock.recv(10) == b"\r\n", "a pong")
    start = time.monotonic()
    check(b.sock.recv(10) == b"\r\n\r\n", "the next ping")
    check(11 < time.monotonic() - start < 17, "a random interval")
    start = time.monotonic()
    check(b.sock.recv(10) == b"", "closed without a pong")
    check(9 < time.monotonic() - start, "after 10 s")
    says(t, "SipEp 305: TCP connection with remote host 127.0.2.2:5080 is lost "
         "for SIP gateway outside: no answer to a keep-alive")
    accept_tcp(t, t.server)
    says(t, "SipEp 304: TCP connection", 2)
    says(t, "SipEp 310:", 1)  # it was never out of reach


def registers(t):
    """a registration goes by the link, and is there again with the proxy"""
    says(t, "SipEp 371: alice of SIP gateway outside can't register at "
         "127.0.2.2:5080: cannot be sent; again in 1 seconds")
    server = listen(t)
    b = accept(t, server)
    first = b.expect("REGISTER")
    check(first.start == "REGISTER sip:127.0.2.2:5080;transport=tls SIP/2.0",
          first.start)
    check(first.uri() == "sip:alice@127.0.2.1:5061;transport=tls",
          first.uri())
    b.respond(first, 401, tag="r", headers=[challenge()])
    ok = b.expect("REGISTER")
    is_right(ok)
    b.respond(ok, 200, tag="r", headers=["Expires: 4"])
    t.until_state("registered")
    status(t, "registration alice of gateway outside registered")
    server.close()
    b.sock.close()
    t.until_state("failed")
    status(t, "registration alice of gateway outside failed")
    b = accept(t, listen(t))
    again = b.expect("REGISTER")
    is_right(again)
    b.respond(again, 200, tag="r", headers=["Expires: 600"])
    t.until_state("registered")
    says(t, "SipEp 370:", 2)
    t.cli("config", "del", "sip", "gateway", "outside", "registration")
    t.cli("config", "set", "sip", "gateway", "outside", "proxy-port", "5089")
    t.cli("config", "commit")
    end = b.expect("REGISTER")
    check(end.get("expires") == "0", "by the old link, before it is closed")


def elsewhere(t):
    """a registrar elsewhere, by TLS, needs an outbound proxy: refused"""
    t.cli("config", "set", "sip", "registrar-host", "127.0.2.9")
    said = t.cli("config", "commit", status=1)
    check("needs outbound-proxy-host" in said, said)
    t.cli("config", "set", "sip", "outbound-proxy-host", "127.0.2.2")
    t.cli("config", "set", "sip", "outbound-proxy-port", "5080")
    t.cli("config", "commit")
    b = accept(t, listen(t))
    first = b.expect("REGISTER")
    check(first.start == "REGISTER sip:127.0.2.9:5061;transport=tls SIP/2.0",
          first.start)
    b.respond(first, 200, tag="r")
    t.until_state("registered")


class Waiting(Lab):
    """The proxy, and another program on a port, are there before it."""

    def __init__(self, line):
        self.server = listen_on(CALLEE)
        blocker = listen_on(("127.0.2.1", 30001))
        super().__init__(TCP + line)
        self.keep(self.server)
        self.keep(blocker)


TLS = CONFIG.format(inside="udp", outside="tls") + KEPT + QUIET
ACCOUNT = """
sip gateway outside registration alice password "open sesame"
sip gateway outside registration alice auth-user alice-auth
sip gateway outside registration alice retry-min 1
sip gateway outside registration alice retry-max 1
"""
TESTS = [tls, ports, pings, registers, elsewhere]


def lab(test):
    secure = TLS + EXTRA.format(dir=DIR.name)
    return {
        tls: lambda: Lab(secure),
        ports: lambda: Waiting(QUIET +
                               "sip gateway outside link source-port 30000"),
        pings: lambda: Waiting("sip gateway outside link ping-interval 15"),
        registers: lambda: Trunk(secure + ACCOUNT),
        elsewhere: lambda: Trunk(secure + ACCOUNT),
    }[test]()


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([test for test in TESTS if test.__name__ in sys.argv[1:]] or TESTS,
        lab)
