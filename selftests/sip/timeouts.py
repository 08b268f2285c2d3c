#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Peers that never answer. The 32 seconds of 64 T1 pass once, for all."""

import os
import select
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Call, Context, SDP, check, run_at_once, token
from route import ROUTES, second

LONG = 60


def no_answer(t):
    """a callee that is silent: 408"""
    call = Call(t.caller, t.callee).invite()
    t.caller.expect(408, timeout=LONG)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))


def next_route(t):
    """a callee that is silent, and another route: the call goes there then"""
    carol = second(t)
    call = Call(t.caller, t.callee).invite()
    first, call.b = call.invite_b, carol
    call.invite_b = carol.expect("INVITE", timeout=LONG)
    check("gateway second is next" in t.gw.said(), "the log says so")
    check(first.get("call-id") != call.invite_b.get("call-id"), "Call-ID")
    call.ring().answer().ack().bye()
    check(not t.gw.sessions(), "no session of the first is left")


def no_ack(t):
    """a caller that sends no ACK: both get BYE"""
    Call(t.caller, t.callee).invite().ring().answer()
    t.callee.respond(t.callee.expect("BYE", timeout=LONG), 200)
    t.caller.respond(t.caller.expect("BYE", skip=(200,)), 200)
    check("no ACK" in t.gw.said(), "the log says why")


def no_prack(t):
    """a caller that sends no PRACK: 504, the callee gets CANCEL"""
    call = Call(t.caller, t.callee, headers=["Require: 100rel"])
    call.invite()
    t.callee.respond(call.invite_b, 180, tag="x")
    t.caller.expect(504, skip=(180,), timeout=LONG)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.callee.respond(t.callee.expect("CANCEL"), 200)
    t.callee.respond(call.invite_b, 487, tag="x")
    t.callee.expect("ACK")


def no_bye_answer(t):
    """a callee that answers no BYE: its call is forgotten"""
    call = Call(t.caller, t.callee).establish()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    t.gw.gone()  # session and record go at once
    t.gw.until(lambda: "BYE to gateway outside: no answer" in t.gw.said(),
               "not yet")


def cancelled_for_good(t):
    """a callee that ends no INVITE after CANCEL: its call is forgotten"""
    call = Call(t.caller, t.callee).invite().ring()
    t.caller.send(t.caller.request("CANCEL", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.gw.until(lambda: "dead, was cancelling" in t.gw.said(), "not yet")
    while t.callee.expect("CANCEL"):  # those that came meanwhile
        if not select.select([t.callee.sock], [], [], 0)[0]:
            break
    t.callee.respond(call.invite_b, 487, tag=call.tag)
    t.callee.silent()  # its transaction is gone, too


def change_unanswered(t):
    """a change of the session that has no answer: both get BYE"""
    call = Call(t.caller, t.callee).establish()
    call.da.cseq += 1
    branch = token("z9hG4bK")
    t.caller.send(t.caller.request("INVITE", call.da.target, call.da, body=SDP,
                                   branch=branch))
    t.caller.expect(100)
    t.callee.respond(t.callee.expect("INVITE"), 100)
    t.caller.expect(408, timeout=LONG)
    t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                   branch=branch))
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.respond(t.callee.expect("BYE"), 200)


def change_without_ack(t):
    """a callee that sends no ACK for its re-INVITE: both get BYE"""
    call = Call(t.caller, t.callee).establish()
    d = call.callee_dialog()
    t.gw.until(lambda: "is established" in t.gw.said(), "no ACK")
    t.callee.send(t.callee.request("INVITE", d.target, d, body=SDP, cseq=2))
    t.caller.respond(t.caller.expect("INVITE"), 200, body=SDP)
    t.caller.expect("ACK")
    t.caller.respond(t.caller.expect("BYE", timeout=LONG), 200)
    t.callee.respond(t.callee.expect("BYE", skip=(100, 200)), 200)
    check("the callee sent no ACK" in t.gw.said(), "the log says why")


if __name__ == "__main__":
    os.environ["RF_WAIT"] = str(LONG)
    run_at_once([no_answer, next_route, no_ack, no_prack, no_bye_answer, cancelled_for_good,
                 change_unanswered, change_without_ack],
                lambda test: Context(config=ROUTES.format(outside="udp"))
                if test is next_route else Context())
