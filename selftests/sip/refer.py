#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Blind transfer by REFER (RFC 3515): the gateway calls the target itself."""

import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import phone
from peer import (CONFIG, Call, Context, Peer, SDP, check, own_namespace, run)

CAROL_GW, CAROL = ("127.0.3.1", 5060), ("127.0.3.2", 5090)
CONFIGURATION = CONFIG.format(inside="udp", outside="udp").split(
    "sip route")[0] + """
network second address 127.0.3.1
sip gateway second network second
sip gateway second proxy-host 127.0.3.2
sip gateway second proxy-port 5090
sip route abroad from inside
sip route abroad called +1
sip route abroad to second
sip route spare from inside
sip route spare called +1
sip route spare to outside
sip route out from inside
sip route out to outside
"""
BACK = """
sip route in from outside
sip route in to inside
"""
class Lab(Context):
    def __init__(self, more="", **kw):
        super().__init__(config=CONFIGURATION + more, **kw)
        self.carol = self.keep(Peer("carol", CAROL, CAROL_GW))
        self.peers = [self.caller, self.callee, self.carol]


def refer(t, call, to="<sip:+1800@127.0.1.1>", want=202, headers=()):
    """The caller transfers the callee."""
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    call.da.cseq += 1
    headers = list(headers) + (["Refer-To: " + to] if to else [])
    t.caller.send(t.caller.request("REFER", call.da.target, call.da,
                                   headers=headers))
    t.caller.expect(want)


def told(peer, status, hidden=("127.0.2", "127.0.3", "carol")):
    """A NOTIFY with that status, and no word of the other side."""
    notify = peer.expect("NOTIFY")
    check(notify.body.startswith("SIP/2.0 %d " % status), notify.body)
    check(notify.body.count("\r\n") == 1, "a status line only")
    check(notify.get("event").startswith("refer"), "Event")
    check(notify.get("content-type").startswith("message/sipfrag"), "type")
    state = notify.get("subscription-state")
    check(state.startswith("active" if status < 200 else "terminated"), state)
    for text in hidden:
        check(text not in notify.text, text)
    peer.respond(notify, 200)


def target_rings(t):
    invite = t.carol.expect("INVITE")
    check(not invite.body, "no SDP")
    check(invite.start.startswith("INVITE sip:+1800@127.0.3.2:5090"), "target")
    check("<sip:bob@127.0.3.1>" in invite.get("from"), invite.get("from"))
    for text in ("127.0.1", "127.0.2", "alice", "secret"):
        check(text not in invite.text, text)
    t.carol.respond(invite, 180, tag="c")
    return invite


def offered(t, call, invite):
    """The target answers, and its offer reaches the transferee."""
    t.carol.respond(invite, 200, tag="c", body=SDP)
    again = t.callee.expect("INVITE")
    check(again.get("call-id") == call.invite_b.get("call-id"), "his dialog")
    check("127.0.2.1" in again.body, "with our address")
    for text in ("127.0.1", "127.0.3", "carol"):
        check(text not in again.text, text)
    return again


def transferred(t):
    call = Call(t.caller, t.callee).establish()
    refer(t, call)
    told(t.caller, 100)
    again = offered(t, call, target_rings(t))
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    ack = t.carol.expect("ACK")
    check("127.0.3.1" in ack.body, "the answer, with our address")
    told(t.caller, 200)
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.gw.until(lambda: len(t.gw.sessions()) == 1, "one session is left")
    return call


def blind(t):
    """caller transfers callee: connected to the target, the caller gets BYE"""
    call = transferred(t)
    d = call.callee_dialog()
    t.callee.send(t.callee.request("INFO", d.target, d, body="Signal=1\r\n",
                                   content_type="application/dtmf-relay"))
    t.carol.respond(t.carol.expect("INFO"), 200)
    t.callee.expect(200)
    d.cseq += 1
    t.callee.send(t.callee.request("BYE", d.target, d))
    t.callee.expect(200)
    t.carol.respond(t.carol.expect("BYE"), 200)
    t.caller.silent()


def by_callee(t):
    """callee transfers caller, to somebody of the caller's side"""
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    d = call.callee_dialog()
    t.callee.send(t.callee.request("REFER", d.target, d, headers=[
        "Refer-To: <sip:dave@127.0.2.1>"]))
    t.callee.expect(202)
    t.callee.respond(t.callee.expect("NOTIFY"), 200)
    invite = t.caller.expect("INVITE")
    check(invite.start.startswith("INVITE sip:dave@127.0.1.2"), invite.start)
    t.caller.respond(invite, 200, tag="d", body=SDP)
    again = t.caller.expect("INVITE")
    check(again.get("call-id") == call.da.call_id, "alice's dialog")
    t.caller.respond(again, 200, body=SDP)
    t.caller.expect("ACK", skip=("ACK",))
    t.caller.expect("ACK")
    check(t.callee.expect("NOTIFY").body.startswith("SIP/2.0 200"), "told")
    t.callee.respond(t.callee.expect("BYE"), 200)
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    t.caller.respond(t.caller.expect("BYE"), 200)


def restarted(t):
    """a restart knows the call as it is now"""
    call = transferred(t)
    check(t.gw.stop(signal.SIGTERM) == 0, "a clean stop")
    t.gw.start()
    d = call.callee_dialog()
    d.cseq = 5
    t.callee.send(t.callee.request("BYE", d.target, d))
    t.callee.expect(200)
    t.carol.respond(t.carol.expect("BYE"), 200)


def busy(t):
    """the target refuses, by each of its routes: the call goes on"""
    call = Call(t.caller, t.callee).establish()
    refer(t, call)
    told(t.caller, 100)
    t.carol.respond(t.carol.expect("INVITE"), 503, tag="c")
    t.carol.expect("ACK")
    invite = t.callee.expect("INVITE")
    check(invite.start.startswith("INVITE sip:+1800@127.0.2.2"), "next route")
    t.callee.respond(invite, 486, tag="x")
    t.callee.expect("ACK")
    told(t.caller, 486)
    t.gw.until(lambda: len(t.gw.sessions()) == 1, "its session")
    call.bye()


def unwilling(t):
    """the transferee refuses: the target gets BYE, the call goes on"""
    call = Call(t.caller, t.callee).establish()
    refer(t, call)
    told(t.caller, 100)
    again = offered(t, call, target_rings(t))
    t.callee.respond(again, 488)
    t.callee.expect("ACK")
    t.carol.expect("ACK")
    t.carol.respond(t.carol.expect("BYE"), 200)
    told(t.caller, 488)
    call.da.cseq += 1  # another change is possible now
    t.caller.send(t.caller.request("INVITE", call.da.target, call.da,
                                   body=SDP))
    t.callee.respond(t.callee.expect("INVITE"), 200, body=SDP)
    t.callee.expect("ACK")
    t.caller.expect(200, skip=(100,))
    call.ack()
    call.bye()


def given_up(t):
    """who hangs up before ends the transfer, and the call; the target too"""
    for who in (t.caller, t.callee):
        call = Call(t.caller, t.callee).establish()
        refer(t, call)
        told(t.caller, 100)
        invite = target_rings(t)
        call.da.cseq += who is t.caller
        call.bye(by_caller=who is t.caller)
        t.carol.respond(t.carol.expect("CANCEL"), 200)
        t.carol.respond(invite, 487, tag="c")
        t.carol.expect("ACK")
        t.gw.gone()


def target_leaves(t):
    """the target hangs up before the transferee has answered"""
    call = Call(t.caller, t.callee).establish()
    refer(t, call)
    told(t.caller, 100)
    invite = target_rings(t)
    again = offered(t, call, invite)
    t.carol.send("\r\n".join([
        "BYE %s SIP/2.0" % invite.uri(), "Via: " + t.carol.via(),
        "Max-Forwards: 70", "From: %s;tag=c" % invite.get("to"),
        "To: " + invite.get("from"), "Call-ID: " + invite.get("call-id"),
        "CSeq: 1 BYE", "Content-Length: 0", "", ""]))
    t.carol.expect(200, skip=("ACK", "BYE"))
    told(t.caller, 480)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    # What he got was the target's: now he gets back what he had.
    back = t.callee.expect("INVITE")
    check(back.tag("to") == call.tag, "in his dialog")
    t.callee.respond(back, 200, body=SDP)
    t.callee.expect("ACK")
    t.carol.silent(skip=("ACK", "BYE"))
    refer(t, call, want=202)
    told(t.caller, 100)
    t.carol.respond(target_rings(t), 486, tag="e")
    t.carol.expect("ACK")
    told(t.caller, 486)
    call.bye()


def refused(t):
    """what is no transfer that we do"""
    call = Call(t.caller, t.callee).establish()
    for to, want in ((None, 400), ("<tel:+1800>", 400), ("x", 400),
                     ("<sip:127.0.1.1>", 400),
                     ("<sip:+1@127.0.1.1?Subject=x>", 403)):
        refer(t, call, to, want)
    refer(t, call, want=400, headers=["Refer-To: <sip:+1@127.0.1.1>"])
    refer(t, call)
    told(t.caller, 100)
    invite = target_rings(t)
    refer(t, call, want=500)
    t.carol.respond(invite, 603, tag="c")
    t.carol.expect("ACK")
    told(t.caller, 603)
    call.bye()


def forbidden(t):
    """a gateway that may not transfer: 403"""
    call = Call(t.caller, t.callee).establish()
    refer(t, call, want=403)
    t.carol.silent()
    call.bye()
    t.caller.send(t.caller.request("REFER", "sip:bob@127.0.1.1",
                                   t.caller.dialog(), headers=[
                                       "Refer-To: <sip:+1@127.0.1.1>"]))
    t.caller.expect(405)  # outside of a call there is none


def goes_on(t, call, caller, callee):
    """Either side changes it, and it ends as any."""
    call.da.cseq += 1
    caller.send(caller.request("INVITE", call.da.target, call.da,
                               body=SDP + "a=sendonly\r\n"))
    callee.respond(callee.expect("INVITE"), 200, body=SDP)
    callee.expect("ACK")
    caller.expect(200, skip=(100,))
    call.ack()
    call.bye()


def by_other(peer, call, to):
    """The callee transfers the caller."""
    d = call.callee_dialog()
    peer.send(peer.request("REFER", d.target, d, headers=["Refer-To: " + to]))
    check(peer.expect(202).uri() == "sip:127.0.2.1:5060", "Contact")


def nowhere(t):
    """no route leads there: a NOTIFY says so, the call goes on"""
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    by_other(t.callee, call, "<sip:x@127.0.2.1>")
    told(t.callee, 404, hidden=("127.0.1", "127.0.3"))
    t.carol.silent()
    goes_on(t, call, t.caller, t.callee)


def absent(t):
    """an extension that isn't registered: a NOTIFY says so, the call goes on"""
    one = t.phone()
    one.register()
    call = phone.PhoneCall(one, t.trunk, "+1").establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    by_other(t.trunk, call, "<sip:1002@127.0.2.1>")
    told(t.trunk, 480, hidden=("127.0.1",))
    goes_on(t, call, one, t.trunk)


if __name__ == "__main__":
    own_namespace()
    run([blind, by_callee, restarted, busy, unwilling, given_up,
         target_leaves, refused, forbidden, nowhere, absent],
        lambda test: phone.Context() if test is absent else
        Lab("sip gateway inside transfer false\n" if test is forbidden
            else "" if test is nowhere else BACK))
