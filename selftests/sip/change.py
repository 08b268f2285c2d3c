#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of an established call: re-INVITE and UPDATE, by either side."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Call, Context, SDP, check, own_namespace, run, token

HOLD, HELD = SDP + "a=sendonly\r\n", SDP + "a=recvonly\r\n"


class Change:
    """A request of one side, and what becomes of it at the other."""

    def __init__(self, call, by_caller=True):
        self.call = call
        self.me, self.other = (call.a, call.b) if by_caller else (call.b,
                                                                  call.a)
        self.dialog = call.da if by_caller else call.callee_dialog()
        self.ours = "127.0.2.1" if by_caller else "127.0.1.1"

    def send(self, method="INVITE", body=HOLD, **kw):
        self.dialog.cseq += 1
        self.method, self.branch = method, token("z9hG4bK")
        self.text = self.me.request(method, self.dialog.target, self.dialog,
                                    body=body, branch=self.branch, **kw)
        self.me.send(self.text)
        if method == "INVITE":
            self.me.expect(100)
        return self

    def arrives(self, method="INVITE", body="a=sendonly"):
        self.there = self.other.expect(method)
        check(self.there.tag("to") and self.there.tag("from"), "in the dialog")
        check(not body or body in self.there.body, "what is offered")
        check(not body or self.ours in self.there.body, "our address")
        check(bool(body) == bool(self.there.body), "a body or none")
        check("UPDATE" in self.there.get("allow"), "Allow")
        return self

    def answer(self, body=HELD, want="a=recvonly"):
        self.other.respond(self.there, 200, body=body)
        if self.there.method == "INVITE":
            self.ack_there = self.other.expect("ACK")
        self.ok = self.me.expect(200)
        check(want in self.ok.body, "what is answered")
        check(self.ours not in self.ok.body, "our address on its side")
        return self

    def ack(self, **kw):
        self.me.send(self.me.request("ACK", self.dialog.target, self.dialog,
                                     **kw))
        return self

    def refused(self, status):
        answer = self.me.expect(status)
        if self.method == "INVITE":
            self.me.send(self.me.request(
                "ACK", self.dialog.target, self.dialog, branch=self.branch))
        return answer

    def whole(self, t):
        """All of it, until the gateway has seen the ACK."""
        n = t.gw.said().count("has changed")
        self.send().arrives().answer().ack()
        t.gw.until(lambda: t.gw.said().count("has changed") > n, "no ACK")
        return self


def established(t, **kw):
    """A call whose ACK the gateway has seen, whichever socket it reads first."""
    n = t.gw.said().count("is established")
    call = Call(t.caller, t.callee, **kw).establish()
    t.gw.until(lambda: t.gw.said().count("is established") > n, "no ACK")
    return call


def quiet(t):
    t.caller.silent()
    t.callee.silent()


def hold(t):
    """hold and resume, by the caller"""
    call = established(t)
    first = Change(call).whole(t)
    check(int(first.there.get("cseq").split()[0]) ==
          int(call.invite_b.get("cseq").split()[0]) + 1, "the next CSeq")
    check(first.ack_there.get("cseq").split()[0] ==
          first.there.get("cseq").split()[0], "CSeq of the ACK")
    Change(call).send(body=SDP).arrives(body="m=audio").answer(
        body=SDP, want="m=audio").ack()
    quiet(t)
    check(len(t.gw.sessions()) == 1, "one session")
    call.bye()


def hold_by_callee(t):
    """hold by the callee, then one by the caller"""
    call = established(t)
    Change(call, by_caller=False).whole(t)
    Change(call).whole(t)
    quiet(t)
    call.bye()


def refused(t):
    """a change that is refused leaves the call as it was"""
    call = established(t)
    for status, want in ((488, 488), (491, 491), (503, 500), (302, 480),
                         (401, 502)):
        change = Change(call).send().arrives()
        t.callee.respond(change.there, status)
        t.callee.expect("ACK")
        answer = change.refused(want)
        check((want == 488) == bool(answer.get("warning")), "Warning")
    change = Change(call).send(body=SDP + "a=refuse-me\r\n")
    change.refused(488)
    quiet(t)
    Change(call).whole(t)
    call.bye()


def wrong_body(t):
    """a body that is no SDP: 415"""
    call = established(t)
    for method in ("INVITE", "UPDATE"):
        call.da.cseq += 1
        branch = token("z9hG4bK")
        t.caller.send(t.caller.request(
            method, call.da.target, call.da, body="x", branch=branch,
            content_type="text/plain"))
        check(t.caller.expect(415).get("accept") == "application/sdp",
              "Accept")
        if method == "INVITE":
            t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                           branch=branch))
    quiet(t)
    call.bye()


def glare(t):
    """while one changes it the other gets 491, and the same one 500"""
    call = established(t)
    first = Change(call).send().arrives()
    for change, status in ((Change(call, by_caller=False), 491),
                           (Change(call), 500)):
        for method in ("INVITE", "UPDATE"):
            change.dialog.cseq += 1
            change.method, change.branch = method, token("z9hG4bK")
            change.me.send(change.me.request(
                method, change.dialog.target, change.dialog, body=HOLD,
                branch=change.branch))
            answer = change.refused(status)
            check((status == 500) == bool(answer.get("retry-after")),
                  "Retry-After")
        check(status != 491 or change.dialog.cseq == 3, "both methods")
    first.dialog.cseq = 2
    first.answer()
    # Not before the ACK either.
    second = Change(call, by_caller=False)
    second.dialog.cseq = 10
    second.method, second.branch = "INVITE", token("z9hG4bK")
    t.callee.send(t.callee.request("INVITE", second.dialog.target,
                                   second.dialog, body=HOLD,
                                   branch=second.branch))
    second.refused(491)
    first.ack()
    quiet(t)
    call.da.cseq = 10
    call.bye()


def early(t):
    """not before the call is established"""
    call = Call(t.caller, t.callee).invite().ring().answer()
    change = Change(call, by_caller=False)
    change.dialog.cseq, change.method = 2, "UPDATE"
    t.callee.send(t.callee.request("UPDATE", change.dialog.target,
                                   change.dialog, body=HOLD))
    change.refused(491)
    call.ack()
    t.caller.silent(skip=(200,))
    call.bye()


ALLOW = ["Allow: INVITE, ACK, BYE", "Allow: CANCEL, UPDATE"]


def update(t):
    """UPDATE passes as such to a peer that allows it, else as re-INVITE"""
    call = established(t, headers=ALLOW)
    Change(call).send("UPDATE").arrives("INVITE").answer()
    Change(call, by_caller=False).send("UPDATE").arrives("UPDATE").answer()
    change = Change(call).send("UPDATE", headers=["Allow: INVITE"])
    change.arrives().answer()
    quiet(t)
    call.bye()


def update_refused(t):
    """UPDATE that is refused"""
    call = established(t, headers=ALLOW)
    change = Change(call, by_caller=False).send("UPDATE").arrives("UPDATE")
    t.caller.respond(change.there, 488)
    change.refused(488)
    quiet(t)
    call.bye()


def refresh(t):
    """UPDATE without SDP is answered here, and its Contact is noted"""
    call = established(t)
    call.da.cseq += 1
    t.caller.send(t.caller.request(
        "UPDATE", call.da.target, call.da, contact=False,
        headers=["Contact: <sip:other@127.0.1.2:5070>"]))
    check(t.caller.expect(200).get("contact"), "Contact")
    t.callee.silent()
    bye = call.bye(by_caller=False)
    check(bye.start.startswith("BYE sip:other@127.0.1.2:5070 "), bye.start)


def targets(t):
    """the Contacts of a re-INVITE and of its answer are noted"""
    call = established(t)
    t.caller.name, t.callee.name = "alice2", "bob2"
    Change(call).whole(t)
    check(call.bye().start.startswith("BYE sip:bob2@"), "of the answer")
    t.caller.name, t.callee.name = "alice", "bob"
    call = established(t)
    t.caller.name = "alice2"
    Change(call).whole(t)
    check(call.bye(by_caller=False).start.startswith("BYE sip:alice2@"),
          "of the request")


def late(t):
    """re-INVITE without SDP: the offer is in the 200, the answer in ACK"""
    call = established(t)
    for by_caller in (True, False):
        change = Change(call, by_caller).send(body=None).arrives(body=None)
        change.other.respond(change.there, 200, body=HOLD)
        ok = change.me.expect(200)
        check("a=sendonly" in ok.body, "what is offered")
        check(change.ours not in ok.body, "our address on its side")
        change.other.silent()
        change.ack(body=HELD)
        ack = change.other.expect("ACK")
        check("a=recvonly" in ack.body and change.ours in ack.body, "answer")
        change.other.respond(change.there, 200, body=HOLD)
        check(change.other.expect("ACK").text == ack.text, "the same ACK")
    quiet(t)
    call.bye()


def late_without_answer(t):
    """an ACK without the answer that it should have ends the call"""
    call = established(t)
    change = Change(call).send(body=None).arrives(body=None)
    t.callee.respond(change.there, 200, body=HOLD)
    t.caller.expect(200)
    change.ack()
    t.callee.expect("ACK")
    t.callee.respond(t.callee.expect("BYE"), 200)
    t.caller.respond(t.caller.expect("BYE"), 200)


def repeats(t):
    """200 repeats until its ACK, ACK for each 200, nothing is done twice"""
    call = established(t)
    change = Change(call).send().arrives().answer()
    check(t.caller.expect(200).text == change.ok.text, "the same 200")
    t.caller.send(change.text)
    check(t.caller.expect(200).text == change.ok.text, "the same 200")
    t.callee.respond(change.there, 200, body=HELD)
    check(t.callee.expect("ACK").text == change.ack_there.text, "the same ACK")
    change.ack()
    t.caller.silent(skip=(200,))
    t.caller.send(change.text)
    change.ack()
    t.caller.silent(timeout=2)
    t.callee.silent()
    call.bye()


def bye_meanwhile(t):
    """BYE ends the change, too; a late 200 still gets its ACK"""
    call = established(t)
    change = Change(call).send().arrives()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    got = [t.caller.expect(200), t.caller.expect(487)]
    check("BYE" in got[0].get("cseq"), "200 is for BYE")
    call.da.cseq -= 1
    t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                   branch=change.branch))
    bye = t.callee.expect("BYE")
    t.callee.respond(change.there, 200, body=HELD)
    check(t.callee.expect("ACK").get("cseq").split()[0] ==
          change.there.get("cseq").split()[0], "CSeq of the ACK")
    t.callee.respond(bye, 200)
    quiet(t)


def late_ok(t):
    """a 200 that comes after the call's end still gets its ACK, each copy too"""
    call = established(t)
    change = Change(call).send().arrives()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    t.caller.expect(487)
    call.da.cseq -= 1
    t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                   branch=change.branch))
    t.callee.respond(t.callee.expect("BYE"), 200)
    t.gw.until(lambda: "dead, was ending" in t.gw.said(), "never over")
    t.callee.respond(change.there, 200, body=HELD)
    ack = t.callee.expect("ACK")
    check(ack.get("cseq").split()[0] == change.there.get("cseq").split()[0],
          "CSeq of the ACK")
    check(ack.get("to") == change.there.get("to") and
          ack.get("call-id") == change.there.get("call-id"), ack.text)
    t.callee.respond(change.there, 200, body=HELD)
    check(t.callee.expect("ACK").text == ack.text, "the same ACK")
    other = t.callee.response(change.there, 200, body=HELD)
    t.callee.send(other.replace(";tag=" + call.tag, ";tag=x"))
    t.callee.send(other.replace("CSeq: ", "CSeq: 1"))
    quiet(t)


def bye_of_other(t):
    """the other side hangs up instead of answering"""
    call = established(t)
    change = Change(call).send().arrives()
    d = call.callee_dialog()
    d.cseq = 2
    t.callee.send(t.callee.request("BYE", d.target, d))
    t.callee.expect(200)
    change.refused(487)
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.respond(change.there, 487)
    t.callee.expect("ACK")
    quiet(t)


def cancelled(t):
    """CANCEL of a re-INVITE changes nothing: its answer is on the way"""
    call = established(t)
    change = Change(call).send().arrives()
    t.caller.send(t.caller.request("CANCEL", call.da.target, call.da,
                                   branch=change.branch, contact=False))
    check("CANCEL" in t.caller.expect(200).get("cseq"), "200 for CANCEL")
    change.answer().ack()
    quiet(t)
    call.bye()


def lost_dialog(t):
    """481 and 408 mean that the other side has no such call: it ends"""
    for status in (481, 408):
        call = established(t)
        change = Change(call).send().arrives()
        t.callee.respond(change.there, status)
        t.callee.expect("ACK")
        change.refused(status)
        t.callee.respond(t.callee.expect("BYE"), 481)
        t.caller.respond(t.caller.expect("BYE"), 200)
    quiet(t)


def bad_answer(t):
    """an answer that can't be passed on ends the call"""
    for body, status in ((None, 502), (SDP + "a=refuse-me\r\n", 488)):
        call = established(t)
        change = Change(call).send().arrives()
        t.callee.respond(change.there, 200, body=body)
        t.callee.expect("ACK")
        change.refused(status)
        t.callee.respond(t.callee.expect("BYE"), 200)
        t.caller.respond(t.caller.expect("BYE"), 200)
    quiet(t)


if __name__ == "__main__":
    own_namespace()
    run([hold, hold_by_callee, refused, wrong_body, glare, early, update,
         update_refused, refresh, targets, late, late_without_answer, repeats,
         bye_meanwhile, late_ok, bye_of_other, cancelled, lost_dialog, bad_answer],
        lambda test: Context())
