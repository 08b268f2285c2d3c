#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An INVITE with Replaces (RFC 3891): its sender has a peer's call from now on.

    alice 127.0.1.2:5070, dave :5071 --- gateway --- bob 127.0.2.2:5080

alice talks to bob, and has told dave the dialog's name."""

import base64
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import attended
import phone
import races
from attended import BENCH, crypto, secure, KEYS
from peer import (CONFIG, Call, Context, INSIDE, Peer, SDP, check,
                  own_namespace, run)

DAVE_SDP = SDP.replace("4000", "6000")


class Lab(Context):
    def __init__(self, more="", **kw):
        super().__init__(config=CONFIG.format(inside="udp", outside="udp") +
                         more, **kw)
        self.dave = self.keep(Peer("dave", ("127.0.1.2", 5071), INSIDE))


class Secure(Lab):
    """SDP and keys in earnest; $RF_KEYS: keys of the sessions."""

    def __init__(self, more):
        os.environ["RF_KEYS"] = "keys"  # in the gateway's folder
        super().__init__("sip gateway inside media-security secure\n"
                         "sip gateway inside sdes-without-tls true\n" + more,
                         program=BENCH)


class Phones(phone.Context):
    """1001 and 1002 are extensions."""


def replaces(d, more=""):
    """The dialog of alice's, as she tells it."""
    tags = [re.search(r";tag=([^;>]+)", who).group(1)
            for who in (d.remote, d.local)]
    return "Replaces: %s;to-tag=%s;from-tag=%s%s" % ((d.call_id, *tags, more))


def established(t):
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    return call


def takes(t, header, uri="sip:127.0.1.1", **kw):
    """dave's INVITE"""
    call = Call(t.dave, t.callee, headers=[header], **dict(
        {"body": DAVE_SDP}, **kw))
    call.invite_text = call.invite_text.replace(
        "sip:bob@127.0.1.1 SIP", uri + " SIP")
    t.dave.send(call.invite_text)
    return call


def refused(t, header, status, **kw):
    call = takes(t, header, **kw)
    resp = t.dave.expect(status, skip=(100,))
    ack = t.dave.dialog()
    ack.call_id, ack.local = call.da.call_id, call.da.local
    ack.remote = resp.get("to")
    t.dave.send(t.dave.request("ACK", "sip:127.0.1.1", ack,
                               branch=call.branch))
    return resp


def asked(t, first):
    again = t.callee.expect("INVITE")
    check(again.get("call-id") == first.invite_b.get("call-id"), "his dialog")
    check(again.tag("to") == first.tag, "his tag")
    for text in ("127.0.1", "secret", "dave", "eplaces:"):
        check(text not in again.text, text)
    return again


def answered(t, new):
    """dave has his answer, and alice her BYE."""
    new.ok = t.dave.expect(200, skip=(100,))
    check("c=IN IP4 127.0.1.1" in new.ok.body, new.ok.body)
    for text in ("127.0.2", "secret", "bob@"):
        check(text not in new.ok.text.replace(new.da.remote, ""), text)
    new.da.remote, new.da.target = new.ok.get("to"), new.ok.uri()
    t.caller.respond(t.caller.expect("BYE"), 200)
    new.a = t.dave


def over(t, first, new, by_dave=True):
    if by_dave:
        new.da.cseq += 1
        t.dave.send(t.dave.request("BYE", new.da.target, new.da))
        t.dave.expect(200)
        t.callee.respond(t.callee.expect("BYE"), 200)
    else:
        d = first.callee_dialog()
        t.callee.send(t.callee.request("BYE", d.target, d))
        t.callee.expect(200)
        t.dave.respond(t.dave.expect("BYE"), 200)
    t.caller.silent()


def taken(t):
    """dave has alice's call: one re-INVITE for bob, BYE for alice"""
    first = established(t)
    new = takes(t, replaces(first.da))
    again = asked(t, first)
    check("c=IN IP4 127.0.2.1" in again.body, again.body)
    t.dave.silent(skip=(100,))
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    answered(t, new)
    new.ack()
    t.gw.until(lambda: len(t.gw.sessions()) == 1, "one session is left")
    t.gw.until(lambda: t.gw.said().count("is established") == 2, "not yet")
    d = first.callee_dialog()
    t.callee.send(t.callee.request("INVITE", d.target, d, body=SDP))
    change = t.dave.expect("INVITE")
    check(change.get("call-id") == new.da.call_id, "dave's dialog")
    t.dave.respond(change, 200, body=DAVE_SDP)
    t.dave.expect("ACK")
    t.callee.expect(200, skip=(100,))
    t.callee.send(t.callee.request("ACK", d.target, d))
    over(t, first, new)


def without_offer(t):
    """dave's INVITE has no SDP: bob makes the offer, dave's ACK has the answer"""
    first = established(t)
    new = takes(t, replaces(first.da), body=None)
    again = asked(t, first)
    check(not again.body, "no offer")
    t.callee.respond(again, 200, body=SDP)
    answered(t, new)
    t.callee.silent()
    t.dave.send(t.dave.request("ACK", new.da.target, new.da, body=DAVE_SDP))
    check("127.0.2.1" in t.callee.expect("ACK").body, "the answer")
    over(t, first, new, by_dave=False)


def meanwhile(t):
    """bob's INFO on the way to alice: 500, since his call goes on"""
    first = established(t)
    attended.info(t, t.callee, first)
    new = takes(t, replaces(first.da))
    t.callee.respond(asked(t, first), 200, body=SDP)
    t.callee.expect("ACK")
    attended.put_off(t.callee)
    answered(t, new)
    new.ack()
    over(t, first, new)


def of_callee(t):
    """alice was called; Require: replaces is fine"""
    first = Call(t.callee, t.caller).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    new = takes(t, replaces(first.callee_dialog()) + "\r\nRequire: replaces",
                uri="sip:bob@127.0.1.1")
    again = t.callee.expect("INVITE")
    check(again.get("call-id") == first.da.call_id, "bob's dialog")
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    answered(t, new)
    new.ack()
    over(t, first, new)


def refusals(t):
    """no such call, or not one that may be had so: each by its number"""
    first = established(t)
    good = replaces(first.da)
    for header, status in (
            (good.replace("to-tag=", "to-tag=0"), 481),
            (good.replace("from-tag=", "from-tag=0"), 481),
            (good.replace("Replaces: ", "Replaces: 0"), 481),
            # bob's dialog is on the other side; dave can't have that end.
            (replaces(first.callee_dialog()), 481),
            (good + ";early-only", 486), (good + ";Early-Only;x=y", 486),
            ("Replaces: x", 400), ("Replaces:", 400), (good + ";to-tag=x", 400),
            (good + ", b;to-tag=c;from-tag=d", 400),
            (good + "\r\n" + good, 400),
            (good + "\r\nJoin: a;to-tag=b;from-tag=c", 400)):
        refused(t, header, status)
    refused(t, good, 415, body="x", content_type="text/plain")
    t.caller.silent()
    t.callee.silent()
    first.bye()


def ended(t):
    """a call that has just ended: 603, nobody's phone rings; afterwards 481"""
    first = established(t)
    first.da.cseq += 1
    t.caller.send(t.caller.request("BYE", first.da.target, first.da))
    t.caller.expect(200)
    bye = t.callee.expect("BYE")
    refused(t, replaces(first.da), 603)
    t.callee.respond(bye, 200)
    t.gw.gone()
    t.gw.until(lambda: "dead, was ending" in t.gw.said(), "never over")
    refused(t, replaces(first.da), 481)


def early(t):
    """a call that rings: 481, and both sides of it hear nothing of that"""
    first = Call(t.caller, t.callee).invite().ring()
    first.da.remote = first.ringing.get("to")
    back = Call(t.callee, t.caller).invite().ring()
    # The gateway keeps no tag of a phone that it calls before its 200.
    for d, why in ((first.da, "the call that it replaces is not answered"),
                   (back.callee_dialog(), "names no call of this gateway")):
        for n, more in enumerate(("", ";early-only"), 1):
            refused(t, replaces(d, more), 481)
            check(t.gw.said().count(why) == n, why)
    t.caller.silent()
    t.callee.silent()
    first.answer().ack().bye()
    back.answer().ack().bye()


def unacknowledged(t):
    """a 200 without its ACK yet: 491; answered for who wants an early one"""
    first = Call(t.caller, t.callee).invite().ring().answer()
    refused(t, replaces(first.da), 491)
    refused(t, replaces(first.da, ";early-only"), 486)
    t.callee.silent()
    first.ack()
    t.gw.until(lambda: "is established" in t.gw.said(), "no ACK")
    first.bye()


def given_up(t):
    """alice has cancelled, and bob still has to answer that: 603"""
    first = Call(t.caller, t.callee).invite().ring()
    t.caller.send(races.cancel(first))
    t.caller.expect(200)
    first.da.remote = t.caller.expect(487).get("to")
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", first.da,
                                   branch=first.branch))
    stop = t.callee.expect("CANCEL")
    for more in ("", ";early-only"):
        refused(t, replaces(first.da, more), 603)
    t.callee.respond(stop, 200)
    t.callee.respond(first.invite_b, 487, tag=first.tag)
    t.callee.expect("ACK")


def unwilling(t):
    """bob refuses: alice's call goes on"""
    first = established(t)
    new = takes(t, replaces(first.da))
    t.callee.respond(asked(t, first), 488)
    t.callee.expect("ACK")
    t.dave.expect(488, skip=(100,))
    t.dave.send(t.dave.request("ACK", "sip:127.0.1.1", new.da,
                               branch=new.branch))
    first.da.cseq += 1
    t.caller.send(t.caller.request("INVITE", first.da.target, first.da,
                                   body=SDP))
    t.callee.respond(t.callee.expect("INVITE"), 200, body=SDP)
    t.callee.expect("ACK")
    t.caller.expect(200, skip=(100,))
    first.ack()
    first.bye()


def cancel(t, new):
    t.dave.send(t.dave.request("CANCEL", "sip:127.0.1.1", new.da,
                               branch=new.branch, contact=False))
    t.dave.expect(200, skip=(100,))
    t.dave.expect(487)
    t.dave.send(t.dave.request("ACK", "sip:127.0.1.1", new.da,
                               branch=new.branch))


def cancelled(t):
    """dave gives up meanwhile: bob, who agrees, gets back what he had"""
    first = established(t)
    new = takes(t, replaces(first.da))
    again = asked(t, first)
    refused(t, replaces(first.da), 491)  # one at a time
    cancel(t, new)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    back = asked(t, first)
    check(back.body, "alice's offer")
    t.callee.respond(back, 200, body=SDP)
    t.callee.expect("ACK")
    first.bye()


def hung_up(t):
    """alice hangs up meanwhile: dave gets 603"""
    first = established(t)
    new = takes(t, replaces(first.da))
    again = asked(t, first)
    first.da.cseq += 1
    t.caller.send(t.caller.request("BYE", first.da.target, first.da))
    t.caller.expect(200)
    bye = t.callee.expect("BYE")
    t.dave.expect(603, skip=(100,))
    t.dave.send(t.dave.request("ACK", "sip:127.0.1.1", new.da,
                               branch=new.branch))
    # His answers cross the BYE.
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    t.callee.respond(bye, 200)


def unusable(t):
    """bob's answer is no use for dave: 488, and bob gets back what he had"""
    first = established(t)
    new = takes(t, replaces(first.da))
    t.callee.respond(asked(t, first), 200, body=SDP + "a=refuse-me\r\n")
    t.callee.expect("ACK")
    t.dave.expect(488, skip=(100,))
    t.dave.send(t.dave.request("ACK", "sip:127.0.1.1", new.da,
                               branch=new.branch))
    back = asked(t, first)
    t.callee.respond(back, 200, body=SDP)
    t.callee.expect("ACK")
    first.bye()


def forbidden(t):
    """transfer false: dave gets 403"""
    first = established(t)
    refused(t, replaces(first.da), 403)
    t.callee.silent()
    first.bye()


def keys_hold(t):
    """inside is secure: dave needs a key, and gets one that alice never had"""
    first = Call(t.caller, t.callee, body=secure(SDP, 1, KEYS[0])).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    old = crypto(first.ok.body)
    refused(t, replaces(first.da), 488)  # plain
    t.callee.silent()
    new = takes(t, replaces(first.da), body=secure(DAVE_SDP, 2, KEYS[1]))
    again = asked(t, first)
    check("RTP/AVP" in again.body and not crypto(again.body), again.body)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    answered(t, new)
    (tag, _, key), = crypto(new.ok.body)
    check("RTP/SAVP" in new.ok.body and tag == "2", new.ok.body)
    check(key not in KEYS and key != old[0][2], "a key of its own")
    new.ack()
    over(t, first, new)


def keys_go_on(t):
    """crypto-context regenerate: alice's key stays, since nobody tells her"""
    first = Call(t.caller, t.callee, body=secure(SDP, 1, KEYS[0])).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    new = takes(t, replaces(first.da), body=secure(DAVE_SDP, 2, KEYS[1]))
    again = asked(t, first)
    cancel(t, new)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    t.callee.respond(asked(t, first), 200, body=SDP)  # back to alice
    t.callee.expect("ACK")
    t.caller.silent()
    with open(t.gw.dir + "/keys") as f:
        keys = [line.split(" ")[0] for line in f]
    told = base64.b64decode(crypto(first.ok.body)[0][2]).hex()
    check(keys == [told, told], "%s, she has %s" % (keys, told))
    first.bye()


def phones(t):
    """extension 1002 has 1001's call; without its password it gets 407"""
    one, two = t.phone(), t.phone("1002", "127.0.1.3")
    one.register()
    two.register()
    first = phone.PhoneCall(one, t.trunk, "+1").establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    new = phone.PhoneCall(two, None, "x")
    text = new.text
    new.text = lambda authorization=None: text(authorization).replace(
        "Max-Forwards", replaces(first.da) + "\r\nMax-Forwards", 1)
    new.invite()  # challenged first
    t.trunk.respond(t.trunk.expect("INVITE"), 200, body=SDP)
    t.trunk.expect("ACK")
    ok = two.expect(200)
    new.da.remote, new.da.target = ok.get("to"), ok.uri()
    new.ack()
    one.respond(one.expect("BYE"), 200)
    new.da.cseq += 1
    two.send(two.request("BYE", new.da.target, new.da))
    two.expect(200)
    t.trunk.respond(t.trunk.expect("BYE"), 200)


if __name__ == "__main__":
    own_namespace()
    run([taken, without_offer, meanwhile, of_callee, refusals, ended, early,
         unacknowledged, given_up, unwilling, cancelled, hung_up, unusable,
         forbidden, keys_hold, keys_go_on, phones],
        lambda test: Phones() if test is phones else
        Secure("sip gateway inside crypto-context regenerate\n"
               if test is keys_go_on else "")
        if test in (keys_hold, keys_go_on) else
        Lab("sip gateway inside transfer false\n" if test is forbidden
            else ""))
