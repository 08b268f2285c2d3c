#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The largest messages, and streams that arrive in two parts, split anywhere."""

import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (BUILD, CALLER, CONFIG, Call, Context, INSIDE, Peer, SDP, WAIT,
                  check, listen, own_namespace, run)
from tls import DIR, EXTRA, accept, certificates, connect

DATAGRAM = 65507  # IPv4's most, less both headers
MESSAGE = 65535  # RFC 3261, 18.1.1
FIELD = 8000  # one header field of ours
NEGOTIATES = BUILD + "/userspace/sip/bench-gateway"  # has SDP without a kernel
MEDIA = "m=audio 20000 RTP/AVP 0\r\n"


def padded(text, size):
    """The message with header fields to make it that long."""
    head, _, body = text.partition("\r\n\r\n")
    while len(text) < size:
        room = min(size - len(text), FIELD)
        if FIELD < size - len(text) < FIELD + 100:
            room -= 100  # the last one needs room for its name
        head += "\r\nX-Pad: " + "p" * (room - len("\r\nX-Pad: "))
        text = head + "\r\n\r\n" + body
    check(len(text) == size, "%d, not %d" % (len(text), size))
    return text


def refused(call, status=486):
    call.a.expect(status)
    call.a.send(call.a.request("ACK", "sip:bob@" + call.a.gateway[0], call.da,
                               branch=call.branch))


def whole_call(call, size, answers=None):
    """Its INVITE and the answers to it have that size."""
    call.invite_text = padded(call.invite_text, size)
    call.invite()
    check(call.invite_b.body.endswith(MEDIA), "the SDP")
    check("X-Pad" not in call.invite_b.text, "nothing unknown goes on")
    send = call.b.send
    call.b.send = lambda text: send(padded(text, answers or size))
    call.ring().answer().ack()
    check(call.ok.body.endswith(MEDIA), "the answer's SDP")
    call.b.send = send
    call.bye()


def datagrams(t):
    """by UDP, an INVITE and answers of 65,507 bytes, the most that there is"""
    whole_call(Call(t.caller, t.callee), DATAGRAM)


def accepted(t, server):
    conn, _ = server.accept()
    return t.keep(Peer.connected("bob", ("127.0.2.2", 5080),
                                 ("127.0.2.1", 5060), conn))


def tcp(t):
    """by TCP, 65,535 bytes; one more gets 513, and the connection is closed"""
    server = listen(t)
    caller = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call = Call(caller, None)
    caller.send(padded(call.invite_text, MESSAGE))
    caller.expect(100)
    call.b = accepted(t, server)
    call.invite_b = call.b.expect("INVITE")
    call.b.respond(call.invite_b, 486, tag="b")
    call.b.expect("ACK")
    refused(call)
    whole_call(Call(caller, call.b), MESSAGE)
    too_large(t, caller, call.b)


def too_large(t, caller, other):
    """One byte more; the answer has all that belongs to it."""
    call = Call(caller, other)
    caller.send(padded(call.invite_text, MESSAGE + 1))
    said = caller.expect(513)
    check(said.get("call-id") == call.da.call_id, "Call-ID")
    check(call.branch in said.get("via"), "Via")
    check(caller.closed(), "closed")
    other.silent()


def tls(t):
    """the same by TLS"""
    b = connect(t)
    whole_call(Call(b, t.caller), MESSAGE, DATAGRAM)
    server = listen(t)
    call = Call(t.caller, None)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    call.b = accept(t, server)
    call.b.respond(call.b.expect("INVITE"), 486, tag="b")
    call.b.expect("ACK")
    refused(call)
    whole_call(Call(t.caller, call.b), DATAGRAM, MESSAGE)
    too_large(t, b, t.caller)


def large_answer(t):
    """an answer that is too large is none, and harms nobody"""
    server = listen(t)
    caller = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call = Call(caller, None)
    caller.send(call.invite_text)
    caller.expect(100)
    b = accepted(t, server)
    invite = b.expect("INVITE")
    send = b.send
    b.send = lambda text: send(padded(text, MESSAGE + 1))
    b.respond(invite, 486, tag="b")
    check(b.closed(), "closed")
    # It is taken for a connection that was stale.
    b = accepted(t, server)
    again = b.expect("INVITE")
    check(again.get("via") == invite.get("via"), "the same")
    b.respond(again, 486, tag="b")
    b.expect("ACK")
    refused(call)


def long_answer(t):
    """an answer must repeat each Via: one that overflows a datagram is told"""
    via = "Via: SIP/2.0/UDP 127.0.9.9;branch=z9hG4bKx;pad="

    def publish(pad):
        return t.caller.request("PUBLISH", "sip:127.0.1.1", t.caller.dialog(),
                                headers=[via + "v" * pad] * 8, contact=False)

    t.caller.send(publish(FIELD))
    said = t.caller.expect(405)  # with all that is allowed: it is longer
    check(said.text.count("v" * FIELD) == 8, "every Via")
    t.caller.send(publish(FIELD + (DATAGRAM - len(publish(FIELD))) // 8))
    t.caller.silent()
    t.gw.until(lambda: "cannot send to gateway inside: Message too long" in
               t.gw.said(), "told")
    t.caller.send(t.caller.request("OPTIONS", "sip:127.0.1.1",
                                   t.caller.dialog()))
    t.caller.expect(200)


def formats(size):
    """SDP of about that size, with nothing in it that is left out."""
    known = range(96, 96 + 30)
    text = SDP.rstrip() + "".join(" %d" % n for n in known) + "\r\n"
    each = (size - len(text)) // 30 - len("a=rtpmap:96 x/8000\r\n" +
                                          "a=fmtp:96 \r\n")
    for n in known:
        text += "a=rtpmap:%d x/8000\r\na=fmtp:%d %s\r\n" % (n, n, "f" * each)
    return text


def large_sdp(t):
    """SDP as large as a message may be goes on, if the next link can take it"""
    server = listen(t)
    call = Call(t.caller, t.callee, body=formats(30000))
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    b = accepted(t, server)
    invite = b.expect("INVITE")
    check(invite.body.count("f" * 500) == 30, "every line")
    b.respond(invite, 486, tag="b")
    b.expect("ACK")
    refused(call)


def unread(port):
    """Bytes that wait at sockets of that port for the gateway to read them."""
    with open("/proc/self/net/tcp") as f:
        rows = [line.split() for line in f.readlines()[1:]]
    return sum(int(row[4].split(":")[1], 16) for row in rows
               if int(row[1].split(":")[1], 16) == port and row[3] == "01")


def send_split(peer, text, at):
    """In two parts; the second when the first has been read."""
    peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.send(text[:at])
    end = time.monotonic() + WAIT
    while unread(peer.gateway[1]):
        check(time.monotonic() < end, "the gateway doesn't read")
        time.sleep(0.0005)
    peer.send(text[at:])


def every_split(caller, callee):
    """A refused call for each byte that its INVITE can be split at."""
    number = 0
    while True:
        call = Call(caller, callee)
        number += 1
        if number >= len(call.invite_text):
            return number - 1
        send_split(caller, call.invite_text, number)
        caller.expect(100)
        invite = callee.expect("INVITE")
        check(invite.body.endswith(MEDIA), "%d: %s" % (number, invite.body))
        callee.respond(invite, 486, tag="b")
        callee.expect("ACK")
        refused(call)


def tcp_split(t):
    """an INVITE by TCP, split at every byte"""
    caller = t.keep(Peer.connected("alice", CALLER, INSIDE))
    check(every_split(caller, t.callee) > 400, "so many splits")


def tls_split(t):
    """an INVITE by TLS, split at every byte"""
    check(every_split(connect(t), t.caller) > 400, "so many splits")


def bytewise(t):
    """an INVITE by TCP and TLS, a byte at a time"""
    b = connect(t)
    call = Call(b, t.caller)
    text = call.invite_text
    call.a.send(text[:1])
    for n in range(1, len(text) - 1):
        send_split(b, text[n:n + 1], 1)
    call.invite_text = text[-1:]
    call.establish().bye()


LABS = {
    tcp: lambda: Context("tcp", "tcp"),
    large_answer: lambda: Context("tcp", "tcp"),
    large_sdp: lambda: Context("udp", "tcp", program=NEGOTIATES),
    tcp_split: lambda: Context("tcp", "udp"),
}
SECURE = (tls, tls_split, bytewise)


def lab(test):
    if test in SECURE:
        return Context(config=CONFIG.format(inside="udp", outside="tls") +
                       "sip connections message-timeout 60\n" +
                       EXTRA.format(dir=DIR.name))
    return LABS.get(test, Context)()


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([datagrams, tcp, tls, large_answer, long_answer, large_sdp, tcp_split,
         tls_split, bytewise], lab)
