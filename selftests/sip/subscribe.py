#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Subscriptions (RFC 6665) by extensions and trunk, in two dialogs each."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Dialog, Peer, check, own_namespace, run, token
from phone import Context, challenges

SUMMARY = "application/simple-message-summary"
WAITING = ("Messages-Waiting: yes\r\nMessage-Account: sip:1001@127.0.2.2\r\n"
           "Voice-Message: 2/8 (0/2)\r\nX-Secret: yes\r\n"
           "Fax-Message: sip:x@127.0.2.2\r\n\r\n"
           "To: <sip:1001@127.0.2.2>\r\nSubject: secret\r\n")
PASSED = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"


class Subscription:
    """By `me` to a number; `other` is to be asked for it."""

    def __init__(self, me, other, number, event="message-summary",
                 host="127.0.1.1"):
        self.me, self.other, self.event = me, other, event
        self.uri = "sip:%s@%s" % (number, host)
        self.d = Dialog(token("sub"), "<sip:%s@test.example>;tag=%s" % (
            me.name, token("t")), "<%s>" % self.uri)
        self.d.target = self.uri
        self.d.cseq = 0

    def text(self, expires=600, headers=()):
        self.d.cseq += 1
        return self.me.request("SUBSCRIBE", self.d.target, self.d, headers=[
            "Event: " + self.event, "Expires: %d" % expires,
            "X-Inside: 127.0.1.2", *headers])

    def send(self, **kw):
        """With credentials, where they are asked for."""
        if hasattr(self.me, "challenge"):
            self.me.send(self.text(**kw))
            self.me.challenge = challenges(self.me.expect(407))["SHA-256"]
            self.me.count = 0
            kw["headers"] = ["Proxy-Authorization: " + self.me.authorize(
                "SUBSCRIBE", self.uri)]
        self.me.send(self.text(**kw))
        return self

    def arrives(self, *hidden):
        self.there = self.other.expect("SUBSCRIBE")
        check(self.there.get("event") == self.event, "Event")
        for text in hidden + ("test.example", "Authorization", "X-Inside"):
            check(text not in self.there.text, self.there.text)
        check("NOTIFY" in self.there.get("allow"), "Allow")
        return self

    def accept(self, expires=600):
        self.tag = getattr(self, "tag", None) or token("n")
        self.other.respond(self.there, 200, tag=self.tag,
                           headers=["Expires: %d" % expires, "X: 127.0.2.2"])
        self.ok = self.me.expect(200)
        check(self.ok.get("expires") == str(expires), "Expires")
        check("X" not in [n.upper() for n, _ in self.ok.fields], "no header")
        self.d.remote, self.d.target = self.ok.get("to"), self.ok.uri()
        if not hasattr(self, "nd"):
            self.nd = self.notifier_dialog()
        return self

    def notifier_dialog(self):
        d = Dialog(self.there.get("call-id"),
                   self.there.get("to") + ";tag=" + self.tag,
                   self.there.get("from"))
        d.target = self.there.uri()
        d.cseq = 100
        return d

    def notify(self, state="active;expires=599", body=WAITING, kind=SUMMARY,
               event=None):
        d = self.nd
        d.cseq += 1
        self.other.send(self.other.request(
            "NOTIFY", d.target, d, body=body, content_type=kind, headers=[
                "Event: " + (event or self.event),
                "Subscription-State: " + state]))
        return self

    def told(self, state="active;expires=599", body=PASSED, status=200):
        got = self.me.expect("NOTIFY")
        check(got.get("call-id") == self.d.call_id, "his dialog")
        check(got.tag("to") == re.search("tag=(.*)", self.d.local).group(1),
              "his tag")
        check(got.get("subscription-state") == state,
              got.get("subscription-state"))
        check(got.get("event") == self.event, "Event")
        check(got.body == body, repr(got.body))
        self.me.respond(got, status)
        return got

    def begin(self):
        return self.send().arrives().accept()

    def passes(self):
        """One NOTIFY, all of it."""
        self.notify().told()
        self.other.expect(200)
        return self


def registered(t, number="1001", host="127.0.1.2", **kw):
    p = t.phone(number, host, **kw)
    p.register(300)
    return p


def waiting(t):
    """message-summary of the trunk: told, refreshed, ended"""
    p = registered(t)
    s = Subscription(p, t.trunk, "98").send().arrives("127.0.1")
    check(s.there.start == "SUBSCRIBE sip:98@127.0.2.2:5080 SIP/2.0",
          s.there.start)
    check(s.there.get("accept") == SUMMARY, "Accept")
    check(s.there.get("expires") == "600", "Expires")
    s.accept(300)
    check("127.0.2" not in s.ok.text, s.ok.text)
    s.notify()
    got = s.told()
    for text in ("127.0.2", "trunk", "secret"):
        check(text not in got.text, got.text)
    t.trunk.expect(200)
    p.send(s.text(expires=99999))
    s.there = t.trunk.expect("SUBSCRIBE")
    check(s.there.tag("to") == s.tag, "in its dialog")
    check(s.there.get("expires") == "3600", "cut")
    s.accept(3600)
    s.passes()
    p.send(s.text(expires=0))
    s.there = t.trunk.expect("SUBSCRIBE")
    check(s.there.get("expires") == "0", "the end")
    s.accept(0)
    s.notify("terminated;reason=timeout;x=127.0.2.2").told(
        "terminated;reason=timeout")
    t.trunk.expect(200)
    s.notify()
    t.trunk.expect(481)
    p.silent()


def early(t):
    """the NOTIFY comes before the 200"""
    p = registered(t)
    s = Subscription(p, t.trunk, "98").send().arrives()
    s.tag = token("n")
    s.nd = s.notifier_dialog()
    s.notify("pending").told("pending")
    t.trunk.expect(200)
    s.accept()
    s.passes()
    s.notify("terminated", body=None).told("terminated", body="")
    t.trunk.expect(200)


def from_trunk(t):
    """the trunk subscribes to what an extension has"""
    absent = Subscription(t.trunk, None, "1001", host="127.0.2.1").send()
    t.trunk.expect(480)
    absent.d.call_id = token("sub")
    p = registered(t, tcp=True)
    s = Subscription(t.trunk, p, "1001", host="127.0.2.1")
    s.send().arrives("127.0.2").accept()
    s.passes()
    s.notify("terminated;reason=deactivated").told(
        "terminated;reason=deactivated")
    p.expect(200)


def local(t):
    """presence and dialog: between extensions, with their bodies as they are"""
    one, two = registered(t), registered(t, "1002", "127.0.1.3")
    for event, kind in (("dialog;id=7", "application/dialog-info+xml"),
                        ("presence", "application/pidf+xml")):
        s = Subscription(one, two, "1002", event).begin()
        s.notify(body="<x/>", kind=kind).told(body="<x/>")
        two.expect(200)
        s.notify("terminated;reason=noresource", body=None).told(
            "terminated;reason=noresource", body="")
        two.expect(200)
        # Its bodies would tell the trunk of addresses.
        Subscription(one, t.trunk, "98", event).send()
        check("message-summary" in one.expect(489).get("allow-events"), "which")


def strangers(t):
    """who isn't registered can't subscribe, nor in another's name"""
    p = t.phone()
    for method in ("SUBSCRIBE", "NOTIFY"):
        p.send(p.request(method, "sip:98@127.0.1.1", p.dialog(),
                         headers=["Event: presence"]))
        p.expect(403)
    check("strike 127.0.1.2: other" in t.gw.said(), "struck")
    p.register(300)
    s = Subscription(p, t.trunk, "98")
    s.d.local = s.d.local.replace("1001", "1002")
    s.send()
    p.expect(403)
    s = Subscription(p, t.trunk, "98").begin()
    # Who has learnt all of it can't use it from elsewhere.
    q = registered(t, "1002", "127.0.1.3")
    q.send(q.request("SUBSCRIBE", s.d.target, s.d, cseq=9, headers=[
        "Event: message-summary", "Expires: 0"]))
    q.expect(481)
    other = t.keep(Peer("x", ("127.0.2.9", 5080), ("127.0.2.1", 5060)))
    other.send(other.request("NOTIFY", s.nd.target, s.nd, headers=[
        "Event: message-summary", "Subscription-State: terminated"]))
    other.expect(403)
    p.silent()
    s.passes()


def refused(t):
    """what is no subscription that we do, and NOTIFYs that are none"""
    p = registered(t)
    for event in ("reg", "refer", "message-summaryx", "x"):
        Subscription(p, t.trunk, "98", event).send()
        check("presence" in p.expect(489).get("allow-events"), "which")
    s = Subscription(p, t.trunk, "98").send().arrives()
    t.trunk.respond(s.there, 403, tag="x")
    p.expect(403)
    s = Subscription(p, t.trunk, "98").begin()
    for want, kw in ((489, {"event": "presence"}),
                     (415, {"kind": "text/plain"}),
                     (413, {"body": "x" * 16385})):
        s.notify(**kw)
        t.trunk.expect(want)
    t.trunk.send(t.trunk.request("NOTIFY", s.nd.target, s.nd, cseq=200,
                                 headers=["Event: message-summary"]))
    t.trunk.expect(400)  # no state
    t.trunk.send(t.trunk.request("NOTIFY", s.nd.target, s.nd, cseq=50))
    t.trunk.expect(500)  # out of order
    t.trunk.send(t.trunk.request("INVITE", s.nd.target, s.nd, cseq=201,
                                 branch="z9hG4bKx"))
    check(t.trunk.expect(405).get("allow") == "SUBSCRIBE, NOTIFY", "Allow")
    t.trunk.send(t.trunk.request("ACK", s.nd.target, s.nd, cseq=201,
                                 branch="z9hG4bKx"))
    p.silent()
    s.nd.cseq = 300
    p.send(s.text())
    s.there = t.trunk.expect("SUBSCRIBE")
    p.send(s.text())
    p.expect(500)  # one at a time
    t.trunk.respond(s.there, 423, headers=["Min-Expires: 900"])
    p.expect(423)
    s.passes()  # it is as it was
    p.send(s.text())
    t.trunk.respond(t.trunk.expect("SUBSCRIBE"), 481)
    p.expect(481)
    s.notify()
    t.trunk.expect(481)


def gone(t):
    """a subscriber that knows it no more: 481, and that is its end"""
    p = registered(t)
    s = Subscription(p, t.trunk, "98").begin()
    s.notify().told(status=481)
    t.trunk.expect(481)
    s.notify()
    t.trunk.expect(481)
    p.silent()


def unsolicited(t):
    """a NOTIFY that nobody has asked for: 481"""
    t.trunk.send(t.trunk.request("NOTIFY", "sip:1001@127.0.2.1",
                                 t.trunk.dialog(), headers=[
                                     "Event: message-summary"]))
    t.trunk.expect(481)


def bounded(t):
    """1,024 subscriptions, then 503; four NOTIFYs of one that wait"""
    p = registered(t)
    s = Subscription(p, t.trunk, "98").begin()
    for _ in range(5):
        s.notify()
    t.trunk.expect(503)
    for _ in range(4):
        p.respond(p.expect("NOTIFY", skip=("NOTIFY",)), 200)
        t.trunk.expect(200)
    for n in range(1024):
        new = Subscription(t.trunk, p, "1001", host="127.0.2.1").send()
        if n == 1023:
            check(t.trunk.expect(503).get("retry-after"), "Retry-After")
            break
        got = p.expect("SUBSCRIBE", skip=("SUBSCRIBE", "NOTIFY"))
        p.respond(got, 200, tag="n%d" % n, headers=["Expires: 600"])
        t.trunk.expect(200)
    check(new is not s, "the last")


def bounded_each(t):
    """64 subscriptions of one extension, then 503; another one may have its own"""
    one, two = registered(t), t.phone("1002", "127.0.1.3")
    two.register(300)
    for _ in range(64):
        last = Subscription(one, t.trunk, "98").begin()
    check(Subscription(one, t.trunk, "98").send() and
          one.expect(503).get("retry-after"), "Retry-After")
    t.trunk.silent()
    Subscription(two, t.trunk, "98").begin()
    last.notify("terminated;reason=noresource")
    one.respond(one.expect("NOTIFY"), 200)
    t.trunk.expect(200)
    Subscription(one, t.trunk, "98").begin()


def expires(t):
    """what nobody refreshes ends, and the subscriber is told"""
    p = registered(t)
    s = Subscription(p, t.trunk, "98").send(expires=1).arrives().accept(1)
    got = p.expect("NOTIFY", timeout=60)
    check(got.get("subscription-state") == "terminated;reason=timeout", "state")
    p.respond(got, 200)
    s.notify()
    t.trunk.expect(481)


if __name__ == "__main__":
    own_namespace()
    run([waiting, early, from_trunk, local, strangers, refused, gone,
         unsolicited, bounded, bounded_each, expires], lambda test: Context())
