#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""MESSAGE (RFC 3428) between extensions and trunk, by who may."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Dialog, Peer, check, own_namespace, run, token
from phone import CONFIG, Context, challenges

TEXT = "Grüße 12.7\r\n"
SPARE = ("127.0.3.2", 5080)
TWO = CONFIG + """
network third address 127.0.3.1
sip gateway spare network third
sip gateway spare proxy-host 127.0.3.2
sip gateway spare proxy-port 5080
sip route other from phones
sip route other to spare
"""


def say(peer, number, own=None, body=TEXT, kind="text/plain", headers=(),
        host="127.0.1.1", forwards=70, scheme="sip"):
    """A MESSAGE as text, of a dialog that nobody keeps."""
    uri = "%s:%s%s" % (scheme, number + "@" if number else "", host)
    d = Dialog(token("msg"), "<sip:%s@test.example>;tag=%s" % (
        own or peer.name, token("t")), "<%s>" % uri)
    text = peer.request("MESSAGE", uri, d, contact=False, body=body,
                        content_type=kind, headers=list(headers),
                        forwards=forwards)
    if body:  # in bytes: the body may be UTF-8
        raw = body.encode()
        head = text.split("\r\n\r\n")[0]
        head = re.sub(r"Content-Length: \d+", "Content-Length: %d" % len(raw),
                      head)
        return head.encode() + b"\r\n\r\n" + raw
    return text.encode()


def send(phone, number, want, headers=(), own=None, **kw):
    """Challenged, and again with credentials; the answer."""
    phone.send(say(phone, number, own=own, headers=headers, **kw))
    phone.challenge = challenges(phone.expect(407))["SHA-256"]
    phone.count = 0
    uri = "%s:%s%s" % (kw.get("scheme", "sip"),
                       number + "@" if number else "",
                       kw.get("host", "127.0.1.1"))
    phone.send(say(phone, number, own=own, headers=list(headers) + [
        "Proxy-Authorization: " + phone.authorize("MESSAGE", uri)], **kw))
    return phone.expect(want) if want else None


def hidden(msg, *texts):
    for text in texts + ("test.example", "Authorization", "sesame", "msg1"):
        check(text not in msg.text, "%s in %s" % (text, msg.text))


def to_trunk(t):
    """an extension's message goes on, and nothing else of it does"""
    p = t.phone()
    p.register(300)
    send(p, "+49555", None, kind="text/plain;charset=UTF-8;x=127.0.1.2",
         headers=["Subject: hello", "X-Inside: 127.0.1.2",
                  "User-Agent: Inside/1.0"])
    got = t.trunk.expect("MESSAGE")
    check(got.start == "MESSAGE sip:+49555@127.0.2.2:5080 SIP/2.0", got.start)
    check("<sip:1001@127.0.2.1>;tag=" in got.get("from"), got.get("from"))
    check(got.body.encode("latin-1").decode() == TEXT, repr(got.body))
    check(got.get("content-type") == "text/plain; charset=UTF-8",
          got.get("content-type"))
    check(got.get("subject") == "hello", "Subject")
    check(got.get("max-forwards") == "69", "Max-Forwards")
    check(not got.get("contact"), "no Contact (RFC 3428, 5)")
    hidden(got, "127.0.1", "Inside")
    t.trunk.respond(got, 202, headers=["Server: secret", "X-Out: 127.0.2.2"])
    ok = p.expect(202)
    for text in ("127.0.2", "secret"):
        check(text not in ok.text, ok.text)
    check(not ok.get("contact") and ";tag=" in ok.get("to"), ok.text)


def from_trunk(t):
    """the trunk's message reaches the extension where it registered"""
    p = t.phone()
    t.trunk.send(say(t.trunk, "1001", host="127.0.2.1"))
    t.trunk.expect(480)  # nobody there, and nothing is kept
    t.trunk.send(say(t.trunk, "1999", host="127.0.2.1"))
    t.trunk.expect(404)
    p.register(300)
    p.silent()
    t.trunk.send(say(t.trunk, "1001", host="127.0.2.1",
                     kind="application/im-iscomposing+xml"))
    got = p.expect("MESSAGE")
    check(got.start.startswith("MESSAGE sip:1001@127.0.1.2:5070"), got.start)
    check(got.get("content-type") == "application/im-iscomposing+xml", "type")
    hidden(got, "127.0.2")
    p.respond(got, 486)
    t.trunk.expect(486)


def between(t):
    """from extension to extension; by TCP too; repeated, it goes on once"""
    one, two = t.phone(), t.phone("1002", "127.0.1.3", tcp=True)
    one.register(300)
    two.register(300)
    send(one, "1002", None)
    got = two.expect("MESSAGE")
    again = say(one, "1002")
    one.silent()
    two.respond(got, 200)
    one.expect(200)
    one.send(again)  # a new one, without credentials
    one.expect(407)
    two.silent()


def strangers(t):
    """who isn't registered can't send any, to nobody; nor in another's name"""
    one, two = t.phone(), t.phone("1002", "127.0.1.3")
    two.register(300)
    one.send(say(one, "1002"))
    one.expect(403)
    two.silent()
    one.register(300)
    send(one, "1002", 403, own="1002")
    one.send(say(one, "1002", headers=["Proxy-Authorization: " + one.authorize(
        "MESSAGE", "sip:1002@127.0.1.1", password="wrong")]))
    one.expect(407)
    two.silent()
    check("strike 127.0.1.2: other" in t.gw.said(), "struck")
    other = t.keep(Peer("x", ("127.0.2.9", 5080), ("127.0.2.1", 5060)))
    other.send(say(other, "1002", host="127.0.2.1"))
    other.expect(403)
    two.silent()


def refused(t):
    """what can't be relayed, each by its number"""
    p = t.phone()
    p.register(300)
    resp = send(p, "+49", 415, kind="text/html")
    check(resp.get("accept").startswith("text/plain"), "Accept")
    send(p, "+49", 415, kind="multipart/mixed;boundary=x")
    send(p, "+49", 415, headers=["Content-Encoding: gzip"])
    send(p, "+49", 415, body=None)
    send(p, "+49", 413, body="x" * 1301)
    send(p, "+49", 483, forwards=0)
    send(p, "", 404)
    t.trunk.silent()


def allowed(t):
    """it is said that MESSAGE is possible; in a dialog it is not"""
    p = t.phone()
    p.register(300)
    p.send(p.request("OPTIONS", "sip:127.0.1.1", p.dialog()))
    check("MESSAGE" in p.expect(200).get("allow"), "Allow")
    p.send(p.request("PUBLISH", "sip:127.0.1.1", p.dialog()))
    check("MESSAGE" in p.expect(405).get("allow"), "Allow")
    d = p.dialog()
    d.remote += ";tag=x"
    p.send(p.request("MESSAGE", "sip:127.0.1.1", d))
    p.expect(481)


def by_another(t):
    """a trunk that can't: the next route's gets it; then its own answer counts"""
    spare = t.keep(Peer("spare", SPARE, ("127.0.3.1", 5060)))
    p = t.phone()
    p.register(300)
    for first, second, want in ((503, 200, 200), (302, 480, 480),
                                (500, 503, 500), (404, None, 404)):
        send(p, "+49", None)
        t.trunk.respond(t.trunk.expect("MESSAGE"), first)
        if second:
            spare.respond(spare.expect("MESSAGE"), second)
        p.expect(want)
    spare.silent()


def bounded(t):
    """so many may wait for an answer; the next one gets 503"""
    for _ in range(64):
        t.trunk.send(say(t.trunk, "1001", host="127.0.2.1"))
        t.trunk.expect(480)
    p = t.phone()
    p.register(300)
    for _ in range(256):
        t.trunk.send(say(t.trunk, "1001", host="127.0.2.1"))
    t.gw.until(lambda: t.gw.said().count("recv") >= 256, "they came")
    t.trunk.send(say(t.trunk, "1001", host="127.0.2.1"))
    check(t.trunk.expect(503).get("retry-after"), "Retry-After")
    calls = set()
    while len(calls) < 256:
        got = p.expect("MESSAGE")
        if got.get("call-id") not in calls:
            p.respond(got, 200)
            t.trunk.expect(200)
        calls.add(got.get("call-id"))
    t.trunk.send(say(t.trunk, "1001", host="127.0.2.1"))
    got = p.expect("MESSAGE", skip=("MESSAGE",))
    while got.get("call-id") in calls:
        got = p.expect("MESSAGE")
    p.respond(got, 200)
    t.trunk.expect(200)


def bounded_each(t):
    """16 of one extension may wait; another one's go on"""
    one, two = t.phone(), t.phone("1002", "127.0.1.3")
    one.register(300)
    two.register(300)
    for _ in range(16):
        send(one, "+49", None)
    check(send(one, "+49", 503).get("retry-after"), "Retry-After")
    send(two, "+49", None)
    calls = set()
    while len(calls) < 17:
        got = t.trunk.expect("MESSAGE")
        calls.add(got.get("call-id"))
        t.trunk.respond(got, 200)
    for _ in range(16):
        one.expect(200)
    two.expect(200)
    t.trunk.silent(skip=("MESSAGE",))
    send(one, "+49", None)
    t.trunk.respond(t.trunk.expect("MESSAGE"), 200)
    one.expect(200)


if __name__ == "__main__":
    own_namespace()
    run([to_trunk, from_trunk, between, strangers, refused, allowed, by_another,
         bounded, bounded_each],
        lambda test: Context(TWO) if test is by_another else Context())
