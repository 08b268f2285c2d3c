#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Routes: by what is called, and to the next gateway when one fails."""

import datetime
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CONFIG, Call, Context, Peer, SDP, check, own_namespace, run)

SECOND_GW, SECOND = ("127.0.3.1", 5060), ("127.0.3.2", 5090)
ROUTES = CONFIG.format(inside="udp", outside="{outside}").split("sip route")[
    0] + """
network second address 127.0.3.1
sip gateway second network second
sip gateway second proxy-host 127.0.3.2
sip gateway second proxy-port 5090
sip route abroad from inside
sip route abroad called +1
sip route abroad called 001
sip route abroad to second
sip route out from inside
sip route out to outside
sip route spare from inside
sip route spare to second
"""


def second(t):
    return t.keep(Peer("carol", SECOND, SECOND_GW))


def call_to(t, user, other):
    call = Call(t.caller, other)
    call.invite_text = call.invite_text.replace("sip:bob@", "sip:%s@" % user,
                                                1)
    return call.invite()


def called(t):
    """the number called decides"""
    carol = second(t)
    for user in ("+123", "00123"):
        call = call_to(t, user, carol)
        check(call.invite_b.start.startswith("INVITE sip:%s@127.0.3.2" % user),
              call.invite_b.start)
        call.ring().answer().ack().bye()
    for user in ("+4930", "0012", "alice"):
        call = call_to(t, user, carol if user == "0012" else t.callee)
        call.ring().answer().ack().bye()
    t.callee.silent()
    carol.silent()


def by_day(t):
    """a route of other days is none, one of these days is"""
    carol = second(t)
    call_to(t, "+123", carol).ring().answer().ack().bye()
    t.callee.silent()
    call_to(t, "alice", t.callee).ring().answer().ack().bye()
    carol.silent()


def days(first, number):
    """So many, from some days after today."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    today = datetime.date.today().weekday()
    return [names[(today + first + i) % 7] for i in range(number)]


def configuration(test):
    text = ROUTES.format(outside="tcp" if test is unreachable else "udp")
    if test is not by_day:
        return text
    text += "sip route abroad time 00:00-24:00\n"
    for name, first, number in (("abroad", 0, 2), ("out", 0, 2),
                                ("never", 2, 4)):
        for day in days(first, number):
            text += "sip route %s day %s\n" % (name, day)
    return text.replace("sip route out from", """
sip route never from inside
sip route never to second
sip route out from""", 1)


def next_gateway(t):
    """5xx and 408: the next gateway is tried, media and all"""
    carol = second(t)
    for status in (503, 500, 408):
        call = Call(t.caller, t.callee).invite()
        t.callee.respond(call.invite_b, 100)
        t.callee.respond(call.invite_b, status, tag="x")
        t.callee.expect("ACK")
        first, call.b = call.invite_b, carol
        call.invite_b = carol.expect("INVITE")
        check(first.get("call-id") != call.invite_b.get("call-id"), "Call-ID")
        check("127.0.3.1" in call.invite_b.body, "address of its side")
        call.ring().answer().ack()
        check(len(t.gw.sessions()) == 1, "one session")
        call.bye()
        check("gateway second is next" in t.gw.said(), "the log says so")
    t.callee.silent()


def last_gateway(t):
    """what the last gateway says is for the caller; 4xx and 6xx at once"""
    carol = second(t)
    for first, then, want in ((503, 486, 486), (500, 502, 502),
                              (486, None, 486), (603, None, 603)):
        call = Call(t.caller, t.callee).invite()
        t.callee.respond(call.invite_b, first, tag="x")
        t.callee.expect("ACK")
        if then:
            carol.respond(carol.expect("INVITE"), then, tag="y")
            carol.expect("ACK")
        t.caller.expect(want)
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))
    carol.silent()
    t.callee.silent()


def redirected(t):
    """3xx is not followed: the next gateway, or 480, and nobody hears where"""
    carol = second(t)
    for status in (300, 301, 302, 305, 380):
        call = Call(t.caller, t.callee).invite()
        t.callee.respond(call.invite_b, status, tag="x", headers=[
            "Contact: <sip:secret@127.0.2.9>"])
        t.callee.expect("ACK")
        invite = carol.expect("INVITE")
        check("secret" not in invite.text.split("\r\n\r\n")[0], "a leak")
        carol.respond(invite, status, tag="y", headers=[
            "Contact: <sip:secret@127.0.2.9>"])
        carol.expect("ACK")
        answer = t.caller.expect(480)
        check("secret" not in answer.text, "no Contact passes")
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))
    t.callee.silent()


def not_after_ringing(t):
    """a callee that rang is not left for another gateway"""
    carol = second(t)
    call = Call(t.caller, t.callee).invite().ring()
    t.callee.respond(call.invite_b, 503, tag=call.tag)
    t.callee.expect("ACK")
    t.caller.expect(500)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    carol.silent()


def cancelled(t):
    """CANCEL reaches the gateway that is tried now, no other is tried then"""
    carol = second(t)
    call = Call(t.caller, t.callee).invite()
    t.callee.respond(call.invite_b, 503, tag="x")
    t.callee.expect("ACK")
    invite = carol.expect("INVITE")
    carol.respond(invite, 100)
    t.caller.send(t.caller.request("CANCEL", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch, contact=False))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    carol.respond(carol.expect("CANCEL"), 200)
    carol.respond(invite, 487, tag="y")
    carol.expect("ACK")
    t.callee.silent()


def unreachable(t):
    """a connection that is refused: the next gateway at once"""
    carol = second(t)
    closed = t.keep(socket.socket())
    closed.bind(("127.0.2.2", 5080))  # nobody listens
    call = Call(t.caller, carol)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    call.invite_b = carol.expect("INVITE")
    call.ring().answer().ack().bye()


if __name__ == "__main__":
    own_namespace()
    run([called, by_day, next_gateway, last_gateway, redirected, not_after_ringing, cancelled,
         unreachable],
        lambda test: Context(config=configuration(test)))
