#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""OPTIONS: what the gateway answers, and whom it asks."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from calls import Lab, CONFIGURATION
from peer import Call, Peer, SDP, check, own_namespace, run

SECOND_GW, SECOND = ("127.0.3.1", 5060), ("127.0.3.2", 5090)
WATCHED = CONFIGURATION + """
network second address 127.0.3.1
sip gateway second network second
sip gateway second proxy-host 127.0.3.2
sip gateway second proxy-port 5090
sip route spare from inside
sip route spare to second
sip gateway outside options-interval 1
sip gateway outside options-failures 2
"""


def answers(t):
    """OPTIONS is answered as an INVITE would be, and says what there is"""
    for uri, want in (("sip:127.0.1.1", 200), ("sip:bob@127.0.1.1", 200),
                      ("tel:+49", 416)):
        t.caller.send(t.caller.request("OPTIONS", uri, t.caller.dialog()))
        answer = t.caller.expect(want)
        check("INVITE" in answer.get("allow"), "Allow")
        check(answer.get("accept") == "application/sdp", "Accept")
        check(answer.get("accept-encoding") == "identity", "Accept-Encoding")
        check(answer.get("accept-language") == "en", "Accept-Language")
        check(answer.tag("to"), "a tag")
        check("127.0.2" not in answer.text, "nothing of the other side")
    t.callee.silent()
    call = Call(t.caller, t.callee).establish()
    call.da.cseq += 1
    t.caller.send(t.caller.request("OPTIONS", call.da.target, call.da))
    t.caller.expect(200)
    call.bye()


def no_route(t):
    """nobody is there whom an INVITE could reach: 404"""
    t.callee.send(t.callee.request("OPTIONS", "sip:x@127.0.2.1",
                                   t.callee.dialog()))
    t.callee.expect(404, skip=("OPTIONS",))
    t.callee.send(t.callee.request("OPTIONS", "sip:127.0.2.1",
                                   t.callee.dialog()))
    t.callee.expect(200, skip=("OPTIONS",))


def state(t, name="outside"):
    return [g for g in t.json("gateway", "list") if g["name"] == name][0]


def becomes(t, want):
    t.gw.until(lambda: state(t)["state"] == want, "never " + want, timeout=40)


def down_and_up(t):
    """a gateway that doesn't answer is down; calls go elsewhere until it does"""
    carol = t.keep(Peer("carol", SECOND, SECOND_GW))
    ask = t.callee.expect("OPTIONS")
    check(ask.start == "OPTIONS sip:127.0.2.2:5080 SIP/2.0", ask.start)
    for text in ("127.0.1", "alice", "secret"):
        check(text not in ask.text, text)
    check(ask.get("max-forwards") == "70", "Max-Forwards")
    t.callee.respond(ask, 404, tag="x")  # any answer will do
    check(state(t)["state"] == "up", str(state(t)))
    becomes(t, "down")
    check("343 SIP gateway outside is down: 127.0.2.2:5080 left 2" in
          t.cli("log", "show", "service", "SipEp"), "notification")
    check("outside          down      udp 127.0.2.1:5060" in
          t.cli("gateway", "list"), t.cli("gateway", "list"))
    call = Call(t.caller, carol).establish()
    t.callee.silent(skip=("OPTIONS",))
    check([state(t, n)["calls"] for n in ("inside", "outside", "second")] ==
          [1, 0, 1], "calls")
    call.bye()
    # Only when all others have failed it is tried.
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    refused = carol.expect("INVITE")
    carol.respond(refused, 503, tag="y")
    carol.expect("ACK")
    call.invite_b = t.callee.expect("INVITE", skip=("OPTIONS",))
    call.tag = "b"
    t.callee.respond(call.invite_b, 200, tag="b", body=SDP)
    t.callee.expect("ACK", skip=("OPTIONS",))
    ok = t.caller.expect(200)
    call.da.remote, call.da.target = ok.get("to"), ok.uri()
    call.ack()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    t.callee.respond(t.callee.expect("BYE", skip=("OPTIONS",)), 200)
    t.callee.respond(t.callee.expect("OPTIONS"), 200, tag="z")
    becomes(t, "up")
    check("344 SIP gateway outside is up" in t.cli("log", "show"), "told")
    carol.silent()


def busy(t):
    """408 and 503 count as no answer"""
    for status in (503, 408, 503, 408):
        ask = t.callee.expect("OPTIONS")
        t.callee.respond(ask, status, tag="x")
    check(state(t)["state"] == "down", str(state(t)))


def changed(t):
    """a commit keeps what is known of a proxy, and forgets that of another"""
    becomes(t, "down")
    t.cli("config", "set", "sip", "gateway", "outside", "options-interval",
          "2")
    t.cli("config", "commit")
    check(state(t)["state"] == "down", "it is known to be")
    t.cli("config", "set", "sip", "gateway", "outside", "proxy-port", "5081")
    t.cli("config", "commit")
    check(state(t)["state"] == "up", "a proxy that is not known to be down")
    becomes(t, "down")
    t.cli("config", "set", "sip", "gateway", "outside", "options-interval",
          "0")
    t.cli("config", "commit")
    check(state(t)["state"] == "unwatched", "it is not asked")
    check(state(t)["unanswered"] == 0, "nothing is known")


if __name__ == "__main__":
    own_namespace()
    run([answers, no_route, down_and_up, busy, changed],
        lambda test: Lab(CONFIGURATION if test is answers else
                         CONFIGURATION.replace("sip route in from outside\n"
                                               "sip route in to inside\n", "")
                         if test is no_route else WATCHED))
