#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Session timers (RFC 4028) of each leg. A minute passes once, for all: sessions
of 90 seconds, the shortest that there are."""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CONFIG, Call, Context, SDP, check, run_at_once, token)

CONFIGURATION = CONFIG.format(inside="udp", outside="udp") + """
sip session-expires 90
"""
LONG = 80  # seconds until the latest of what must come by itself
ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE"


def asked(seconds=90, who="uac"):
    return "Session-Expires: %d;refresher=%s" % (seconds, who)


def connect(t, callee=(), **kw):
    """A call; headers of the callee's 200."""
    call = Call(t.caller, t.callee, **kw).invite()
    call.tag = token("b")
    t.callee.respond(call.invite_b, 200, tag=call.tag, body=SDP,
                     headers=callee)
    t.callee.expect("ACK")
    call.ok = t.caller.expect(200)
    call.da.remote, call.da.target = call.ok.get("to"), call.ok.uri()
    return call.ack()


def offers(t):
    """the callee is asked for a timer, a caller that knows none gets none"""
    call = connect(t)
    check("timer" in call.invite_b.all("supported"), "Supported")
    check(call.invite_b.get("session-expires") == "90", "Session-Expires")
    check(not call.ok.get("session-expires"), "nobody asked")
    call.bye()


def wishes(t):
    """who refreshes is the caller's choice, else the caller who can"""
    for value, supported, want in (
            ("90;refresher=uac", True, "90;refresher=uac"),
            ("90;refresher=uas", True, "90;refresher=uas"),
            ("90 ; x=y ; refresher=uas", True, "90;refresher=uas"),
            ("90", True, "90;refresher=uac"),
            ("90", False, "90;refresher=uas"),
            ("5000", True, "90;refresher=uac"),
            (None, True, "90;refresher=uas")):
        headers = ["Supported: x, timer"] if supported else []
        headers += ["Session-Expires: " + value] if value else []
        call = connect(t, headers=headers)
        check(call.ok.get("session-expires") == want, "%s: %s" % (
            value, call.ok.get("session-expires")))
        check((call.ok.get("require") == "timer") == ("uac" in want),
              "Require")
        call.bye()


def too_small(t):
    """422 with Min-SE for less than 90 seconds; bad ones 400; who can't know it
    is not refused"""
    for value, want in (("89", 422), ("0", 422), ("x", 400), ("", 400),
                        ("99999999999", 400), ("90x", 400)):
        call = Call(t.caller, t.callee, headers=[
            "Supported: timer", "Session-Expires: " + value])
        t.caller.send(call.invite_text)
        answer = t.caller.expect(want)
        check(want != 422 or answer.get("min-se") == "90", "Min-SE")
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))
    call = connect(t, headers=["x: 30"])
    check(call.ok.get("session-expires") == "90;refresher=uas", "at least 90")
    call.bye()


def longer(t):
    """a callee's 422: the INVITE again, with its Min-SE"""
    call = Call(t.caller, t.callee).invite()
    t.callee.respond(call.invite_b, 422, tag="x", headers=["Min-SE: 300"])
    t.callee.expect("ACK")
    first = call.invite_b
    call.invite_b = t.callee.expect("INVITE")
    check(call.invite_b.get("session-expires") == "300", "Session-Expires")
    check(call.invite_b.get("min-se") == "300", "Min-SE")
    check(call.invite_b.get("call-id") == first.get("call-id"), "Call-ID")
    check(int(call.invite_b.get("cseq").split()[0]) ==
          int(first.get("cseq").split()[0]) + 1, "CSeq")
    check("127.0.1" not in call.invite_b.text, "nothing of the inside")
    call.ring().answer().ack().bye()


def never_enough(t):
    """a callee that always answers 422 is not asked for ever"""
    call = Call(t.caller, t.callee).invite()
    for seconds in (300, 400, 500):
        t.callee.respond(call.invite_b, 422, tag="x",
                         headers=["Min-SE: %d" % seconds])
        t.callee.expect("ACK")
        if seconds < 500:
            call.invite_b = t.callee.expect("INVITE")
    t.caller.expect(502)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.silent()


def by_update(t):
    """we refresh, by UPDATE without SDP, and the other leg sees nothing of it"""
    call = connect(t, [ALLOW, asked()])
    update = t.callee.expect("UPDATE", timeout=LONG)
    check(not update.body, "no SDP")
    check(update.get("session-expires") == "90;refresher=uac", "the same")
    check("127.0.1" not in update.text, "nothing of the inside")
    # Once more, after an answer that is none.
    t.callee.respond(update, 500)
    t.callee.respond(t.callee.expect("UPDATE", timeout=LONG), 200,
                     headers=[asked()])
    t.caller.silent()
    call.bye()


def by_invite(t):
    """we refresh, by a re-INVITE that offers what there was"""
    call = connect(t, [asked()])
    again = t.callee.expect("INVITE", timeout=LONG)
    check(again.body == call.invite_b.body, "the same SDP")
    check(again.tag("to") == call.tag, "in the dialog")
    t.callee.respond(again, 200, body=SDP, headers=[asked()])
    t.callee.expect("ACK")
    t.caller.silent()
    check(len(t.gw.sessions()) == 1, "the session is there")
    call.bye()


def caller_side(t):
    """we refresh the caller's leg, too"""
    call = connect(t, headers=["Supported: timer", asked(who="uas"), ALLOW])
    update = t.caller.expect("UPDATE", timeout=LONG)
    check("127.0.2" not in update.text, "nothing of the outside")
    t.caller.respond(update, 200, headers=[asked()])
    t.callee.silent()
    call.bye()


def gone(t):
    """a peer that knows the dialog no more: BYE to the other"""
    connect(t, [ALLOW, asked()])
    t.callee.respond(t.callee.expect("UPDATE", timeout=LONG), 481)
    for peer in (t.callee, t.caller):
        peer.respond(peer.expect("BYE"), 200)


def expired(t):
    """a peer that doesn't refresh: BYE to both before the end"""
    connect(t, [asked(who="uas")])
    for peer in (t.callee, t.caller):
        peer.respond(peer.expect("BYE", timeout=LONG), 200)
    check("outside was not refreshed" in t.gw.said(), "the log says why")


def refreshed(t):
    """a peer that refreshes, by UPDATE: the call goes on"""
    call = connect(t, [asked(who="uas")])
    time.sleep(20)
    d = call.callee_dialog()
    d.cseq = 7
    t.callee.send(t.callee.request("UPDATE", d.target, d, headers=[
        "Supported: timer", asked()]))
    ok = t.callee.expect(200)
    check(ok.get("session-expires") == "90;refresher=uac", "goes on")
    t.callee.silent(timeout=50)
    t.caller.silent()
    d.cseq = 8
    t.callee.send(t.callee.request("UPDATE", d.target, d, headers=[
        "Supported: timer", asked(60)]))
    check(t.callee.expect(422).get("min-se") == "90", "not so short")
    call.bye()


def restarted(t):
    """a restart doesn't forget that it is we who refresh"""
    call = connect(t, [ALLOW, asked()])
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    check(t.gw.stop(signal.SIGTERM) == 0, "a clean stop")
    t.gw.start()
    t.callee.respond(t.callee.expect("UPDATE", timeout=30), 200,
                     headers=[asked()])
    call.bye()


if __name__ == "__main__":
    run_at_once([offers, wishes, too_small, longer, never_enough, by_update,
                 by_invite, caller_side, gone, expired, refreshed, restarted],
                lambda test: Context(config=CONFIGURATION))
