#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls to and from a callee behind TLS; OpenSSL is the peer."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLEE, CONFIG, Call, Context, Peer, WAIT, check, listen,
                  own_namespace, run)

SECURE = ("127.0.2.1", 5061)
DIR = tempfile.TemporaryDirectory()
EXTRA = """
sip gateway outside tls certificate {dir}/gateway.pem
sip gateway outside tls ca-certs {dir}/ca.pem
"""
REQ = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
       "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]


def certificate(name, san, ca="ca"):
    """NAME.pem, key and certificate in one file."""
    path = DIR.name + "/" + name
    args = REQ + ["-subj", "/CN=" + name, "-keyout", path + ".key", "-out",
                  path + ".crt"]
    if ca:
        args += ["-CA", "%s/%s.pem" % (DIR.name, ca), "-CAkey",
                 "%s/%s.key" % (DIR.name, ca), "-addext",
                 "basicConstraints=CA:FALSE"]
        if san:
            args += ["-addext", "subjectAltName=" + san]
    subprocess.run(args, check=True, stderr=subprocess.DEVNULL)
    with open(path + ".pem", "w") as out:
        for part in (".crt", ".key") if ca else (".crt",):
            with open(path + part) as f:
                out.write(f.read())
    os.chmod(path + ".pem", 0o600)


def certificates():
    certificate("ca", "", None)
    certificate("other-ca", "", None)
    certificate("gateway", "IP:127.0.2.1")
    certificate("bob", "IP:127.0.2.2")
    certificate("mallory", "IP:127.0.2.9")
    certificate("stranger", "IP:127.0.2.2", "other-ca")
    certificate("127.0.2.2", None)


def context(server, name="bob", ca="ca"):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else
                         ssl.PROTOCOL_TLS_CLIENT)
    ctx.load_verify_locations("%s/%s.pem" % (DIR.name, ca))
    ctx.verify_mode = ssl.CERT_REQUIRED
    if name:
        ctx.load_cert_chain("%s/%s.pem" % (DIR.name, name))
    return ctx


class TlsPeer(Peer):
    alias = False  # RFC 5923

    def via(self, branch=None):
        return super().via(branch).replace("/TCP", "/TLS") + \
            (";alias" if self.alias else "")

    def closed(self, timeout=None):
        try:
            return super().closed(timeout)
        except ssl.SSLError:
            return True


def accept(t, server, **kw):
    conn, _ = server.accept()
    conn.settimeout(WAIT)
    conn = context(True, **kw).wrap_socket(conn, server_side=True)
    return t.keep(TlsPeer.connected("bob", CALLEE, SECURE, conn))


def connect(t, **kw):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.settimeout(WAIT)
    s.bind((CALLEE[0], 0))
    s.connect(SECURE)
    s = context(False, **kw).wrap_socket(s, server_hostname=SECURE[0])
    return t.keep(TlsPeer.connected("bob", CALLEE, SECURE, s))


def outgoing(t):
    """calls to TLS, both on one connection, verified by both sides"""
    server = listen(t)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    b = accept(t, server)
    check("127.0.2.1" in str(b.sock.getpeercert()), "our certificate")
    call.b = b
    call.invite_b = b.expect("INVITE")
    check(call.invite_b.start ==
          "INVITE sip:bob@127.0.2.2:5080;transport=tls SIP/2.0", "URI")
    check("SIP/2.0/TLS 127.0.2.1:5061" in call.invite_b.get("via"), "Via")
    check(call.invite_b.uri() == "sip:127.0.2.1:5061;transport=tls",
          "Contact")
    call.ring().answer().ack().bye()
    Call(t.caller, b).establish().bye(by_caller=False)
    check("TLS connection with remote host 127.0.2.2:5080 is now ready to be "
          "used for SIP gateway outside" in t.gw.said(), "the log")


def incoming(t):
    """a call from TLS; what follows comes on its connection"""
    b = connect(t)
    call = Call(b, t.caller).establish()
    call.bye(by_caller=False)


def reused(t):
    """a verified peer that says alias gets our requests there (RFC 5923)"""
    server = listen(t)
    b = connect(t)
    b.alias = True
    Call(b, t.caller).establish().bye(by_caller=False)
    Call(t.caller, b).establish().bye()
    server.settimeout(0)
    try:
        server.accept()
        check(False, "a connection of our own")
    except BlockingIOError:
        pass
    b.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not closed")
    server.settimeout(WAIT)
    to_server(t, server)


def not_reused(t):
    """no alias, another port, another host: we connect ourselves"""
    server = listen(t)
    b = connect(t)
    Call(b, t.caller).establish().bye(by_caller=False)
    b.alias, right = True, b.addr
    for b.addr in (right[0], 5099), ("127.0.2.9", 5080), ("bob.test", 5080):
        Call(b, t.caller).establish().bye(by_caller=False)
    b.addr = right
    to_server(t, server)


def to_server(t, server):
    """A call that comes by a new connection, which may be used both ways."""
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    call.b = accept(t, server)
    call.invite_b = call.b.expect("INVITE")
    check(call.invite_b.get("via").endswith(";alias"), "alias")
    call.ring().answer().ack().bye()


def incoming_lost(t):
    """when the caller's TLS connection is gone we open one to it"""
    server = listen(t)
    b = connect(t)
    call = Call(b, t.caller).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "no call")
    b.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not closed")
    d = call.callee_dialog()
    t.caller.send(t.caller.request("BYE", d.target, d))
    t.caller.expect(200)
    again = accept(t, server)
    again.respond(again.expect("BYE"), 200)


def bad_callee(t):
    """a callee with a wrong CA, or a wrong name: 502 and a logged reason"""
    server = listen(t)
    for name, says in (("stranger", "is not signed by a CA in"),
                       ("mallory", "is for 127.0.2.9, not for 127.0.2.2"),
                       # Good for host-name, but full is the default.
                       ("127.0.2.2", "by the strict rules of RFC 5922")):
        call = Call(t.caller, t.callee)
        t.caller.send(call.invite_text)
        t.caller.expect(100)
        try:
            check(accept(t, server, name=name).closed(), "not closed")
        except OSError:
            pass
        t.caller.expect(502)
        t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                     branch=call.branch))
        t.gw.until(lambda s=says: s in t.gw.said(), "the log lacks: " + says)
        time.sleep(1.1)  # the pause after a failed connection


def bad_caller(t):
    """a caller with no, a wrong or a foreign certificate gets nowhere"""
    for name, says in ((None, "peer sent no certificate"),
                       ("stranger", "is not signed by a CA in"),
                       ("mallory", "is for 127.0.2.9, not for 127.0.2.2")):
        try:
            b = connect(t, name=name)
            b.send(Call(b, t.caller).invite_text)
            check(b.closed(), "the connection is closed")
        except (ssl.SSLError, OSError):
            pass
        t.gw.until(lambda s=says: s in t.gw.said(), "the log lacks: " + says)
    t.caller.silent()


def not_plain(t):
    """no UDP and no plain TCP where TLS is wanted"""
    for port in (5060, 5061):
        t.callee.send(Call(t.callee, t.caller).invite_text,
                      ("127.0.2.1", port))
    t.callee.silent()
    try:
        Peer.connected("bob", CALLEE, ("127.0.2.1", 5060))
        check(False, "port 5060 is open")
    except ConnectionRefusedError:
        pass
    plain = t.keep(Peer.connected("bob", CALLEE, SECURE))
    plain.send(Call(plain, t.caller).invite_text)
    check(plain.closed(), "plain TCP on 5061 is closed")
    t.caller.silent()


def setup(_test):
    return Context(config=CONFIG.format(inside="udp", outside="tls") +
                   EXTRA.format(dir=DIR.name))


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([outgoing, incoming, reused, not_reused, incoming_lost, bad_callee, bad_caller,
         not_plain], setup)
