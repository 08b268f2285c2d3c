#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that cross each other (RFC 5407), message by message."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from change import HELD, HOLD, established
from peer import Call, Context, SDP, check, own_namespace, run, token


def cancel(call, branch=None):
    return call.a.request("CANCEL", "sip:bob@127.0.1.1", call.da,
                          branch=branch or call.branch, contact=False)


def reinvite(me, d, body=HOLD):
    """Its branch."""
    d.cseq += 1
    branch = token("z9hG4bK")
    me.send(me.request("INVITE", d.target, d, body=body, branch=branch))
    return branch


def refused(me, d, branch, status):
    answer = me.expect(status, skip=(100,))
    me.send(me.request("ACK", d.target, d, branch=branch))
    return answer


def cancel_after_ok(t):
    """CANCEL after the 200: 481, for its INVITE is over; the call goes on"""
    call = Call(t.caller, t.callee).invite().ring().answer()
    t.caller.send(cancel(call))
    t.caller.expect(481, skip=(200,))
    t.callee.silent()
    call.ack()
    t.gw.until(lambda: "is established" in t.gw.said(), "no ACK")
    t.caller.send(cancel(call))  # and after its ACK
    t.caller.expect(481, skip=(200,))
    t.callee.silent()
    call.bye()


def ok_in_flight(t):
    """CANCEL of a caller whose 200 is on its way: it says BYE then"""
    call = Call(t.caller, t.callee).invite().ring()
    t.callee.respond(call.invite_b, 200, tag=call.tag, body=SDP)
    t.caller.send(cancel(call))  # the 200 is not read yet
    t.callee.expect("ACK", skip=("CANCEL",))
    got = {}
    while len(got) < 2:
        msg = t.caller._receive(5)
        check(msg, "an answer to each: " + str(list(got)))
        got[msg.get("cseq").split()[1]] = msg
    if got["INVITE"].status == 200:
        # The 200 was first: CANCEL has no effect (RFC 3261, 9.2).
        check(got["CANCEL"].status == 481, got["CANCEL"].start)
        call.da.remote = got["INVITE"].get("to")
        call.da.target = got["INVITE"].uri()
        call.ack().bye()
        return
    check((got["INVITE"].status, got["CANCEL"].status) == (487, 200), "both")
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.callee.respond(t.callee.expect("BYE", skip=("CANCEL",)), 200)


def cancel_twice(t):
    """CANCEL that is repeated, and one more after the 487: no second CANCEL"""
    call = Call(t.caller, t.callee).invite().ring()
    text = cancel(call)
    t.caller.send(text)
    t.caller.expect(200)
    final = t.caller.expect(487)
    t.caller.send(text)
    t.caller.expect(200, skip=(487,))
    again = cancel(call).replace("Max-Forwards: 70", "Max-Forwards: 69")
    t.caller.send(again)
    t.caller.expect(200, skip=(487,))
    check(final.tag("to"), "a tag")
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.callee.respond(t.callee.expect("CANCEL"), 200)
    t.callee.respond(call.invite_b, 180, tag=call.tag)
    t.callee.silent()
    t.callee.respond(call.invite_b, 487, tag=call.tag)
    t.callee.expect("ACK")
    t.callee.silent()


def cancel_refused(t):
    """a 486 that crosses CANCEL: the caller has its 487, the callee its ACK"""
    call = Call(t.caller, t.callee).invite().ring()
    t.caller.send(cancel(call))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    out = t.callee.expect("CANCEL")
    t.callee.respond(call.invite_b, 486, tag=call.tag)
    t.callee.expect("ACK")
    t.callee.respond(out, 481)
    t.caller.silent()
    t.callee.silent()


def both_call(t):
    """each calls the other at once: two calls"""
    one, two = Call(t.caller, t.callee), Call(t.callee, t.caller)
    two.invite_text = two.invite_text.replace("sip:bob@", "sip:alice@")
    t.caller.send(one.invite_text)
    t.callee.send(two.invite_text)
    for call in (one, two):
        got = {}
        while len(got) < 2:
            msg = call.a._receive(5)
            check(msg, "100 and INVITE")
            got[msg.status or msg.method] = msg
        check(set(got) == {100, "INVITE"}, str(list(got)))
        (two if call is one else one).invite_b = got["INVITE"]
    for call in (one, two):
        call.ring().answer().ack()
    t.gw.until(lambda: len(t.gw.sessions()) == 2, "two sessions")
    one.bye()
    two.bye(by_caller=False)


def both_change(t):
    """re-INVITEs cross: both get 491, nothing has changed, one more goes"""
    call = established(t)
    d = call.callee_dialog()
    branch = reinvite(t.caller, call.da)
    there = t.callee.expect("INVITE")
    back = reinvite(t.callee, d)  # before it has read that one
    check(not refused(t.callee, d, back, 491).get("retry-after"), "no time")
    t.caller.silent(skip=(100,))
    t.callee.respond(there, 491)  # as it must (RFC 3261, 14.2)
    t.callee.expect("ACK")
    refused(t.caller, call.da, branch, 491)
    # Each tries again after a time of its own.
    for me, other, dialog in ((t.callee, t.caller, d),
                              (t.caller, t.callee, call.da)):
        reinvite(me, dialog)
        there = other.expect("INVITE")
        check("a=sendonly" in there.body, "hold")
        other.respond(there, 200, body=HELD)
        other.expect("ACK")
        me.expect(200, skip=(100,))
        n = t.gw.said().count("has changed")
        me.send(me.request("ACK", dialog.target, dialog))
        t.gw.until(lambda: t.gw.said().count("has changed") > n, "no ACK")
    call.bye()


def again_too_early(t):
    """a second one of the same side: 500 with Retry-After, both ways"""
    for by_caller in (True, False):
        call = established(t)
        me, other = (t.caller, t.callee) if by_caller else (t.callee, t.caller)
        d = call.da if by_caller else call.callee_dialog()
        reinvite(me, d)
        first = d.cseq
        there = other.expect("INVITE")
        branch = reinvite(me, d)
        wait = refused(me, d, branch, 500).get("retry-after")
        check(wait and 0 <= int(wait) <= 10, "Retry-After (14.2)")
        other.silent()
        other.respond(there, 200, body=HELD)
        other.expect("ACK")
        ok = me.expect(200)
        check(ok.get("cseq") == "%d INVITE" % first, "of the first")
        me.send(me.request("ACK", d.target, d, cseq=first))
        d.cseq = call.da.cseq = 20
        if by_caller:
            call.bye()
        else:
            me.send(me.request("BYE", d.target, d))
            me.expect(200)
            other.respond(other.expect("BYE"), 200)


def late_ack(t):
    """a re-INVITE overtakes the ACK: 491 to the callee, 500 to the caller"""
    call = Call(t.caller, t.callee).invite().ring().answer()
    d = call.callee_dialog()
    d.cseq = 0
    branch = reinvite(t.callee, d)
    refused(t.callee, d, branch, 491)
    branch = reinvite(t.caller, call.da)
    answer = t.caller.expect(500, skip=(100, 200))
    check(answer.get("retry-after"), "Retry-After")
    t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                   branch=branch))
    t.caller.send(t.caller.request("ACK", call.da.target, call.da, cseq=1))
    t.gw.until(lambda: "is established" in t.gw.said(), "no ACK")
    t.callee.silent()
    call.bye()


def both_hang_up(t):
    """BYEs cross: each gets its 200, and nothing else"""
    call = established(t)
    d = call.callee_dialog()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    there = t.callee.expect("BYE")
    t.callee.send(t.callee.request("BYE", d.target, d))
    t.callee.expect(200)
    t.callee.respond(there, 481)
    t.caller.silent()
    t.callee.silent()


def bye_and_change(t):
    """BYE crosses a re-INVITE: that gets 487 or 481, and its side's BYE too"""
    call = established(t)
    d = call.callee_dialog()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    there = t.callee.expect("BYE")
    branch = reinvite(t.callee, d)  # before it has read that
    refused(t.callee, d, branch, 481)
    t.callee.respond(there, 200)
    t.caller.silent()


if __name__ == "__main__":
    own_namespace()
    run([cancel_after_ok, ok_in_flight, cancel_twice, cancel_refused, both_call,
         both_change, again_too_early, late_ack, both_hang_up, bye_and_change],
        lambda test: Context())
