#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What strangers and broken peers send."""

import os
import random
import re
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (BUILD, CALLER, Call, Context, INSIDE, Message, Peer, check,
                  own_namespace, run)

FORWARDED = "forwarded"
NEGOTIATES = BUILD + "/userspace/sip/bench-gateway"  # looks at the SDP


def options(t, **kw):
    return t.caller.request("OPTIONS", "sip:127.0.1.1", t.caller.dialog(),
                            **kw)


def malformed(t):
    """malformed requests get 400 or their own status, and nothing is kept"""
    good = options(t)
    via = "Via: " + good.split("Via: ")[1].split("\r\n")[0] + "\r\n"
    for status, old, new in (
            (400, "CSeq: 1 OPTIONS", "CSeq: 4294967296999 OPTIONS"),
            (400, "CSeq: 1 OPTIONS", "CSeq: 2147483648 OPTIONS"),
            (400, "CSeq: 1 OPTIONS", "CSeq: 1 INVITE"),
            (400, "CSeq: 1 OPTIONS", "CSeq: -1 OPTIONS"),
            (400, "Content-Length: 0", "Content-Length: -1"),
            (400, "Content-Length: 0", "Content-Length: 10"),
            (513, "Content-Length: 0", "Content-Length: 99999999"),
            (400, "Content-Length: 0", "Content-Length: 0\r\nl: 0"),
            (400, "Max-Forwards: 70", "Max-Forwards: 256"),
            (400, "Max-Forwards: 70\r\n", ""),
            (400, "Max-Forwards: 70", "Max Forwards: 70"),
            (400, "Max-Forwards: 70", "Max-Forwards: 70\r\nX\x01Y: z"),
            (400, "Max-Forwards: 70", "Max-Forwards: 70\r\nX: \x00"),
            (400, "Max-Forwards: 70", "Max-Forwards: 70\r\nX: a\nb"),
            (400, "Call-ID:", "Call-ID: two words"),
            (400, "Call-ID:", "Call-ID: again\r\nCall-ID:"),
            (400, "To: ", "To: <sip:x@y>\r\nTo: "),
            (400, "To: ", "X-To: "),
            (400, "From: ", "From: \"unterminated <sip:"),
            (400, "OPTIONS sip:127.0.1.1 ", "OPTIONS  sip:127.0.1.1 "),
            (400, "OPTIONS sip:127.0.1.1 ", "OPTIONS <sip:127.0.1.1> "),
            (400, "OPTIONS sip:127.0.1.1 ", "OPT(ONS sip:127.0.1.1 "),
            (414, "sip:127.0.1.1 ", "sip:" + "x" * 2000 + " "),
            (505, "SIP/2.0\r\nVia", "SIP/7.0\r\nVia"),
            (400, "Max-Forwards: 70",
             "Max-Forwards: 70" + "\r\nX: y" * 130),
            (400, "Max-Forwards: 70\r\n", "Max-Forwards: 70\r\n" + via * 80),
            (400, "Max-Forwards: 70", "Max-Forwards: 70\r\nX: " + "a" * 9000),
            (400, "branch=", "branch=" + "b" * 300),
            (400, ";tag=", ";tag=" + "t" * 200)):
        check(old in good, old)
        t.caller.send(good.replace(old, new, 1))
        answer = t.caller.expect(status)
        check(answer.get("via"), "Via: " + answer.text)
        check(answer.get("call-id"), "Call-ID: " + answer.text)
    t.caller.send(good)
    t.caller.expect(200)


def dropped(t):
    """what can't even be answered is dropped"""
    good = options(t)
    for text in ("", "\r\n\r\n", "\0", "x", good[:40], good[:-2],
                 good.replace("Via:", "X-Via:"),
                 good.replace("OPTIONS", "ACK").replace("CSeq: 1", "CSeq: x"),
                 "SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 999 x\r\n\r\n",
                 good.replace("OPTIONS sip:127.0.1.1 SIP/2.0",
                              "SIP/2.0 200 OK")):
        t.caller.send(text)
    t.caller.silent()
    t.caller.send(good)
    t.caller.expect(200)


def folded(t):
    """folded and compact header fields are good"""
    text = options(t).replace("Max-Forwards: 70", "Max-Forwards:\r\n 70")
    for name, compact in (("Via", "v"), ("From", "f"), ("To", "t"),
                          ("Call-ID", "i"), ("Content-Length", "l")):
        text = text.replace("\r\n%s:" % name, "\r\n%s:" % compact)
    t.caller.send(text)
    t.caller.expect(200)


def strangers(t):
    """strangers get a few 403 by UDP, then silence; TCP is closed"""
    other = t.keep(Peer("mallory", ("127.0.1.9", 5070), INSIDE))
    for _ in range(20):
        other.send(Call(other, t.callee).invite_text)
    for _ in range(5):
        other.expect(403)
    other.silent()
    tcp = t.keep(Peer.connected("mallory", ("127.0.1.9", 5070), INSIDE))
    check(tcp.closed(), "the connection is closed")
    t.callee.silent()
    lines = t.gw.said().count("only its proxy-host may call")
    check(lines == 5, "%d log lines" % lines)


def garbage(t):
    """a flood of garbage and broken messages does no harm"""
    rnd = random.Random(1)
    good = Call(t.caller, t.callee).invite_text.encode("latin-1")
    call = Call(t.caller, t.callee).establish()
    before = t.gw.rss()
    for i in range(5000):
        data = bytearray(good)
        for _ in range(rnd.randrange(1, 6)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        if i % 7 == 0:
            data = bytearray(rnd.randbytes(rnd.randrange(1, 1500)))
        t.caller.send(bytes(data))
        if i % 50 == 0:
            drain(t.caller)
            drain(t.callee)
    settle(t)
    check(t.gw.rss() - before < 40000, "memory: %d kB more" %
          (t.gw.rss() - before))
    check(t.gw.process.poll() is None, "the gateway lives")
    call.bye()


def drain(peer):
    """Answer what is there: a caller sends ACK, a callee refuses."""
    n = 0
    while True:
        peer.sock.settimeout(0.01)
        try:
            msg = Message(peer.sock.recv(65536).decode("latin-1"))
        except socket.timeout:
            return n
        n += 1
        if msg.is_("INVITE"):
            peer.respond(msg, 486, tag="no")
        elif (msg.status or 0) >= 300 and "INVITE" in (msg.get("cseq") or
                                                       ""):
            peer.send(msg.text.replace(msg.start, "ACK sip:x@y SIP/2.0")
                      .replace(msg.get("cseq"),
                               msg.get("cseq").replace("INVITE", "ACK")))


def settle(t):
    while drain(t.caller) + drain(t.callee):
        pass


# What has broken others, by its advisory: a change of a good INVITE, and the answer.
# FORWARDED: the call is passed on; None: no answer can reach this peer.
VIA = re.compile(r"Via: [^\r]*")
CONTACT = re.compile(r"Contact: [^\r]*")
ADVISORIES = (
    ("ES2017-01, CSeq", "CSeq: 1 INVITE", "CSeq: 1 " + "A" * 800, 400),
    ("ES2017-02, no boundary", "application/sdp", "multipart/mixed", 415),
    ("ES2017-02, boundary", "application/sdp",
     "multipart/mixed;boundary=" + "x" * 2000, 415),
    ("CVE-2022-41550, part", "application/sdp\r\n",
     "multipart/mixed;boundary=b\r\nX: --b\r\n:\r\n\r\n--b--\r\n", 400),
    ("AST-2018-004, Accept", "Max-Forwards: 70",
     "Max-Forwards: 70" + "\r\nAccept: application/sdp" * 60, FORWARDED),
    ("AST-2018-004, one Accept", "Max-Forwards: 70",
     "Max-Forwards: 70\r\nAccept: " + "a/b," * 1500 + "c/d", 400),
    ("AST-2018-002, format", "RTP/AVP 0", "RTP/AVP 4294967296", 400),
    ("AST-2018-003, fmtp", "RTP/AVP 0\r\n", "RTP/AVP 0\r\na=fmtp:\r\n", 400),
    ("AST-2018-003, NUL", "RTP/AVP 0\r\n", "RTP/AVP 0\r\na=fmtp\0:0 x\r\n", 400),
    ("CVE-2018-8828, tag", ";tag=", ";tag=" + "B" * 1000, 400),
    ("CVE-2018-8828, branch", "branch=", "branch=z9hG4bK" + "A" * 1000, 400),
    ("CVE-2020-28361, name", "Max-Forwards: 70",
     "Max-Forwards: 70\r\nFrom\x0b: <sip:x@y>;tag=1", 400),
    ("CVE-2020-28361, space", "Max-Forwards: 70",
     "Max-Forwards: 70\r\nFrom : <sip:x@y>;tag=1", 400),
    ("GHSA-4h4c-qgxg-p3qv", "Max-Forwards: 70",
     "Max-Forwards: 70\r\nX-A: 1\x01\x7f", 400),
    ("GHSA-358f-935m-7p9c, user", "INVITE sip:bob@127.0.1.1",
     "INVITE sip::@127.0.1.1", 400),
    ("GHSA-358f-935m-7p9c, port", "INVITE sip:bob@127.0.1.1",
     "INVITE sip:bob@127.0.1.1:;user=phone", 400),
    ("CVE-2017-7853, length", "Content-Length: ", "Content-Length: 1", 400),
    ("CVE-2016-10324, To", "To: <sip:bob@127.0.1.1>", "To: ;tag", 400),
    ("GHSA-64qc-9x89-rx5j", "Max-Forwards: 70",
     "Max-Forwards: 70\r\nAuthorization: Digest username=\"" + "\\\"" * 800 +
     "\r\nProxy-Authorization: Digest ,,=,\"", FORWARDED),
)
VIAS = ("", "a", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ;", "SIP/2.0/UDP [::",
        "SIP/2.0/UDP [::]:;branch", "SIP/2.0/UDP 127.0.1.2:99999",
        "SIP/2.0/UDP 127.0.1.2:5070;;=;branch=", "SIP/2.0/UDP 127.0.1.2;i=(,",
        "SIP/2.0/UDP 127.0.1.2:5070;branch=x;received=" + "1" * 900,
        "SIP/2.0/UDP 127.0.1.2 , , ,", "SIP / 2.0 / UDP a (((((", "\"" * 50)


def becomes(t, text):
    """The answer's status, or FORWARDED; the call is ended."""
    t.caller.send(text.encode("latin-1"))
    status, there = None, None
    while status is None or status == 100:
        msg = t.caller._receive(1)  # pylint: disable=protected-access
        if not msg:
            return status
        status = msg.status
        if status == 100:
            there = t.callee._receive(0.5)  # pylint: disable=protected-access
        if status == 100 and there:
            t.callee.respond(there, 486, tag="no")
            t.callee.expect("ACK")
    t.caller.send(re.sub(r"CSeq: (\d+) INVITE", r"CSeq: \1 ACK",
                         msg.text.replace(msg.start, "ACK sip:x@y SIP/2.0")))
    return FORWARDED if there else status


def advisories(t):
    """what has broken others gets its answer, and the next call is as good"""
    for name, old, new, want in ADVISORIES:
        text = Call(t.caller, t.callee).invite_text
        check(old in text, name)
        head, _, body = text.replace(old, new, 1).partition("\r\n\r\n")
        if "length" not in name:
            head = re.sub(r"(?m)^Content-Length: \d+",
                          "Content-Length: %d" % len(body), head)
        got = becomes(t, head + "\r\n\r\n" + body)
        check(got == want, "%s: %s, not %s: %s" % (
            name, got, want, t.gw.said()[-200:]))
        t.caller.send(options(t))
        t.caller.expect(200, skip=(400, 415, 486))
    for via in VIAS:
        for text in (options(t), Call(t.caller, t.callee).invite_text):
            t.caller.send(VIA.sub(lambda _, v=via: "Via: " + v, text, 1))
        settle(t)
        t.caller.send(options(t))
        t.caller.expect(200)
    Call(t.caller, t.callee).establish().bye()


METHODS = ("INVITE", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS",
           "INFO")


def floods(t):
    """seven methods, each time in another dialog: no memory is kept (ES2021-06)"""
    def once():
        for i in range(2800):
            t.caller.send(t.caller.request(
                METHODS[i % 7], "sip:bob@127.0.1.1", t.caller.dialog(),
                headers=["Event: presence"]))
            if i % 50 == 0:
                drain(t.caller)
                drain(t.callee)
        settle(t)

    for _ in range(3):  # what is kept for repetitions has its bounds
        once()
    before = t.gw.rss()
    for _ in range(2):
        once()
    check(t.gw.rss() - before < 4096, "memory: %d kB more" %
          (t.gw.rss() - before))
    Call(t.caller, t.callee).establish().bye()


def slow_stream(t):
    """a message that takes too long to arrive costs its connection"""
    peer = t.keep(Peer.connected("alice", CALLER, INSIDE))
    peer.send(options(t))
    peer.expect(200)
    peer.send("INVITE sip:bob@127.0.1.1 SIP/2.0\r\nVia: ")
    check(peer.closed(timeout=20), "the connection is closed")
    check("a message took too long" in t.gw.said(), "the log says why")


def bad_stream(t):
    """on streams a message without Content-Length gets 400, then the end"""
    for text in (options(t).replace("Content-Length: 0\r\n", ""),
                 options(t).replace("Content-Length: 0",
                                    "Content-Length: 0\r\nl: 0")):
        peer = t.keep(Peer.connected("alice", CALLER, INSIDE))
        peer.send(text)
        peer.expect(400)
        check(peer.closed(), "the connection is closed")
    peer = t.keep(Peer.connected("alice", CALLER, INSIDE))
    peer.send("x" * 70000)
    check(peer.closed(), "the connection is closed")


def many_connections(t):
    """a peer's 17th connection takes the place of the quietest"""
    peers = [t.keep(Peer.connected("alice", CALLER, INSIDE))
             for _ in range(16)]
    for p in peers:
        p.send(options(t))
        p.expect(200)
    peers[0].send(options(t))
    peers[0].expect(200)
    new = t.keep(Peer.connected("alice", CALLER, INSIDE))
    new.send(options(t))
    new.expect(200)
    check(peers[1].closed(), "the quietest is closed")
    peers[0].send(options(t))
    peers[0].expect(200)


def hundred(t):
    """100 calls at once, and as many ends"""
    calls = [Call(t.caller, t.callee).invite().ring() for _ in range(100)]
    for call in calls:
        call.answer().ack()
    check(len(t.gw.sessions()) == 100, "100 sessions")
    for call in calls:
        call.bye()


if __name__ == "__main__":
    own_namespace()
    run([malformed, dropped, folded, strangers, garbage, advisories, floods,
         slow_stream, bad_stream, many_connections, hundred],
        lambda test: Context(program=NEGOTIATES) if test is advisories
        else Context())
