#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reliable provisional answers, PRACK (RFC 3262), of each leg on its own."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (Call, Context, SDP, check, own_namespace, run, token)

CAN, MUST = "Supported: 100rel", "Require: 100rel"


def rel(number):
    return ["Require: 100rel", "RSeq: %d" % number]


def early(t, call, status, number, tag="b", body=SDP):
    """The callee's reliable answer, and its PRACK."""
    t.callee.respond(call.invite_b, status, tag=tag, body=body,
                     headers=rel(number))
    prack = t.callee.expect("PRACK")
    check(prack.get("rack") == "%d %s" % (
        number, call.invite_b.get("cseq")), prack.get("rack"))
    check(prack.tag("to") == tag, "in the early dialog")
    for text in ("127.0.1", "alice@127.0.1.2", "secret"):
        check(text not in prack.text, text)
    t.callee.respond(prack, 200)
    return prack


def heard(t, status):
    """What the caller gets, reliable."""
    ringing = t.caller.expect(status)
    check(ringing.get("require") == "100rel", "Require")
    check("127.0.2" not in ringing.text, "nothing of the outside")
    check(ringing.get("contact") and ringing.tag("to"), "makes a dialog")
    return ringing


def prack(t, call, ringing, number=None, want=200, skip=(), **kw):
    call.da.cseq += 1
    remote, call.da.remote = call.da.remote, ringing.get("to")
    t.caller.send(t.caller.request(
        "PRACK", ringing.uri(), call.da, headers=[
            "RAck: %s %d INVITE" % (number or ringing.get("rseq"), 1)], **kw))
    call.da.remote = remote
    return t.caller.expect(want, skip=skip)


def finish(t, call, answer=True):
    if answer:
        t.callee.respond(call.invite_b, 200, tag="b", body=SDP)
    t.callee.expect("ACK")
    ok = t.caller.expect(200)
    call.tag = "b"
    call.da.remote, call.da.target = ok.get("to"), ok.uri()
    cseq, call.da.cseq = call.da.cseq, 1
    call.ack()
    call.da.cseq = cseq
    call.bye()


def start(t, header=CAN, **kw):
    return Call(t.caller, t.callee, headers=[header], **kw).invite()


def passed(t):
    """183 is reliable on both sides, and repeated until its PRACK"""
    call = start(t)
    check("100rel" in call.invite_b.all("supported"), "Supported")
    first = early(t, call, 183, 7)
    check(int(first.get("cseq").split()[0]) ==
          int(call.invite_b.get("cseq").split()[0]) + 1, "CSeq")
    ringing = heard(t, 183)
    check("127.0.1.1" in ringing.body, "with our SDP")
    check(t.caller.expect(183).text == ringing.text, "repeated")
    prack(t, call, ringing, skip=(183,))
    t.caller.silent(timeout=1.5)
    finish(t, call)


def caller_without(t):
    """a caller that knows no PRACK gets it as ever"""
    call = Call(t.caller, t.callee).invite()
    early(t, call, 183, 1)
    ringing = t.caller.expect(183)
    check(not ringing.get("require") and not ringing.get("rseq"), "plain")
    finish(t, call)


def callee_without(t):
    """only a caller that demands it gets a plain 180 reliably"""
    call = start(t)
    t.callee.respond(call.invite_b, 180, tag="b")
    check(not t.caller.expect(180).get("require"), "plain")
    finish(t, call)
    call = start(t, MUST)
    t.callee.respond(call.invite_b, 180, tag="b")
    prack(t, call, heard(t, 180))
    finish(t, call)


def held(t):
    """the 2xx waits until early SDP has its PRACK, and not for a bare 180"""
    call = start(t)
    early(t, call, 183, 1)
    ringing = heard(t, 183)
    t.callee.respond(call.invite_b, 200, tag="b", body=SDP)
    t.callee.expect("ACK")
    t.caller.silent(skip=(183,))
    prack(t, call, ringing, skip=(183,))
    t.callee.respond(call.invite_b, 200, tag="b", body=SDP)  # repeated: an ACK
    finish(t, call, answer=False)
    call = start(t)
    early(t, call, 180, 1, body=None)
    heard(t, 180)
    finish(t, call)


def cancelled(t):
    """CANCEL, or BYE of the callee, while the 2xx waits"""
    for by_caller in (True, False):
        call = start(t)
        early(t, call, 183, 1)
        heard(t, 183)
        call.tag = "b"
        t.callee.respond(call.invite_b, 200, tag="b", body=SDP)
        t.callee.expect("ACK")
        if by_caller:
            t.caller.send(t.caller.request(
                "CANCEL", "sip:bob@127.0.1.1", call.da, branch=call.branch,
                contact=False))
            t.caller.expect(200, skip=(183,))
            t.callee.respond(t.callee.expect("BYE"), 200)
        else:
            d = call.callee_dialog()
            t.callee.send(t.callee.request("BYE", d.target, d))
            t.callee.expect(200)
        t.caller.expect(487 if by_caller else 480, skip=(183,))
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))


def in_order(t):
    """what is repeated, or comes before its turn, is not passed on"""
    call = start(t)
    early(t, call, 183, 5)
    prack(t, call, heard(t, 183))
    for number in (5, 7, 4):
        t.callee.respond(call.invite_b, 183, tag="b", body=SDP,
                         headers=rel(number))
    t.callee.silent()
    t.caller.silent()
    early(t, call, 180, 6, body=None)
    prack(t, call, heard(t, 180))
    finish(t, call)


def one_at_a_time(t):
    """the next one waits for the PRACK; of several the last"""
    call = start(t)
    early(t, call, 183, 1)
    first = heard(t, 183)
    early(t, call, 181, 2, body=None)
    early(t, call, 180, 3, body=None)
    t.caller.silent(skip=(183,))
    prack(t, call, first, skip=(183,))
    second = heard(t, 180)
    check(int(second.get("rseq")) == int(first.get("rseq")) + 1, "RSeq")
    prack(t, call, second)
    t.caller.silent()
    finish(t, call)


def wrong(t):
    """PRACKs for nothing are 481, one with an offer 488"""
    call = start(t)
    early(t, call, 183, 1)
    ringing = heard(t, 183)
    for number in ("1", str(int(ringing.get("rseq")) + 1), "x", "-1"):
        prack(t, call, ringing, number, 481, skip=(183,))
    prack(t, call, ringing, want=488, skip=(183,), body=SDP)
    t.caller.silent(timeout=1.2)
    prack(t, call, ringing, want=481)
    call.tag = "b"
    d = call.callee_dialog()
    t.callee.send(t.callee.request("PRACK", d.target, d, headers=[
        "RAck: 1 1 INVITE"]))
    t.callee.expect(481)
    finish(t, call)


def late(t):
    """without an offer nothing is reliable; who demands it hears no ringing"""
    for header in (CAN, MUST):
        call = Call(t.caller, t.callee, headers=[header], body=None).invite()
        check("100rel" not in call.invite_b.all("supported"), "not offered")
        t.callee.respond(call.invite_b, 180, tag="b")
        if header == CAN:
            check(not t.caller.expect(180).get("require"), "plain")
        else:
            t.caller.silent()
        t.callee.respond(call.invite_b, 200, tag="b", body=SDP)
        ok = t.caller.expect(200)
        call.tag = "b"
        call.da.remote, call.da.target = ok.get("to"), ok.uri()
        t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                       body=SDP))
        t.callee.expect("ACK")
        call.bye()


def forks(t):
    """each early dialog of a fork has its own numbers; a fifth has no PRACK"""
    call = start(t)
    tags = [token("f") for _ in range(5)]
    early(t, call, 183, 10, tag=tags[0])
    prack(t, call, heard(t, 183))
    for n, tag in enumerate(tags[1:4]):
        early(t, call, 180, 20 + n, tag=tag, body=None)
        prack(t, call, heard(t, 180))
    early(t, call, 180, 11, tag=tags[0], body=None)
    prack(t, call, heard(t, 180))
    t.callee.respond(call.invite_b, 180, tag=tags[4], headers=rel(1))
    t.callee.silent()
    prack(t, call, heard(t, 180))
    finish(t, call)


def failed(t):
    """a final failure doesn't wait for the PRACK"""
    call = start(t)
    early(t, call, 183, 1)
    heard(t, 183)
    t.callee.respond(call.invite_b, 486, tag="b")
    t.callee.expect("ACK")
    t.caller.expect(486)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.caller.silent(timeout=1.2)


if __name__ == "__main__":
    own_namespace()
    run([passed, caller_without, callee_without, held, cancelled, in_order,
         one_at_a_time, wrong, late, forks, failed], lambda test: Context())
