#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls through the gateway, message by message."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLEE, CALLER, Call, Context, Dialog, INSIDE, OUTSIDE,
                  Peer, SDP, WAIT, check, listen, own_namespace, run, token)


def basic(t):
    """a call, hung up by the caller"""
    call = Call(t.caller, t.callee).establish()
    check(len(t.gw.sessions()) == 1, "one session")
    check(len(t.gw.records()) == 1, "one record")
    bye = call.bye()
    check(bye.tag("to") == call.tag, "BYE has the callee's tag")
    check("INVITE" in call.invite_b.get("cseq"), "CSeq")
    t.caller.silent()
    t.callee.silent()


def other_direction(t):
    """a call the other way, hung up by the callee"""
    Call(t.callee, t.caller).establish().bye(by_caller=False)
    t.caller.silent()
    t.callee.silent()


def topology(t):
    """nothing of the inside gets outside, nor the other way"""
    call = Call(t.caller, t.callee, headers=[
        "User-Agent: secret-phone", "Subject: greetings", "Priority: urgent",
        "X-Secret: 127.0.1.2", "Organization: secret",
        "P-Asserted-Identity: <sip:x@127.0.1.2>"]).invite()
    out = call.invite_b
    for leak in ("127.0.1.", "secret", call.da.call_id,
                 call.da.local.split("tag=")[1]):
        check(leak not in out.text, "the callee sees " + leak)
    check(out.start == "INVITE sip:bob@127.0.2.2:5080 SIP/2.0", "URI")
    check(out.get("max-forwards") == "69", "Max-Forwards")
    check(out.get("subject") == "greetings", "Subject passes")
    check('"Alice A." <sip:alice@127.0.2.1>' in out.get("from"), "From")
    check(out.get("to") == "<sip:bob@127.0.2.2>", "To")
    check(out.uri() == "sip:127.0.2.1:5060", "Contact")
    check(len(out.all("via")) == 1, "one Via")
    t.callee.respond(out, 200, tag="x1", body=SDP.replace("127.0.1", "127.9.9"),
                     headers=["Server: secret-pbx"])
    t.callee.expect("ACK")
    ok = t.caller.expect(200)
    for leak in ("127.0.2.", "127.9.9", "secret-pbx", "x1"):
        check(leak not in ok.text, "the caller sees " + leak)
    check(ok.get("call-id") == call.da.call_id, "the caller's own Call-ID")
    call.da.remote, call.da.target, call.tag = ok.get("to"), ok.uri(), "x1"
    call.ack().bye()


def no_namesake(t):
    """anonymous callers without display name pass, user=phone is kept"""
    d = t.caller.dialog()
    d.local = "sip:anonymous@anonymous.invalid;tag=7"
    t.caller.send(t.caller.request("INVITE",
                                   "sip:+4912@127.0.1.1;user=phone;x=y", d,
                                   body=SDP))
    t.caller.expect(100)
    out = t.callee.expect("INVITE")
    check(out.start ==
          "INVITE sip:+4912@127.0.2.2:5080;user=phone SIP/2.0", out.start)
    check("<sip:anonymous@127.0.2.1>" in out.get("from"), out.get("from"))
    t.callee.respond(out, 404, tag="z")
    t.callee.expect("ACK")
    t.caller.expect(404)
    t.caller.send(t.caller.request("ACK", "sip:+4912@127.0.1.1", d,
                                   contact=False, forwards=None))


def failures(t):
    """failures of the callee, as the caller gets them"""
    for status, want in ((486, 486), (603, 603), (404, 404), (302, 480),
                         (401, 502), (407, 502), (503, 500), (500, 500)):
        call = Call(t.caller, t.callee).invite().ring()
        t.callee.respond(call.invite_b, status, tag=call.tag)
        ack = t.callee.expect("ACK")
        check(ack.get("via") == call.invite_b.get("via"), "ACK is hop by hop")
        check(ack.get("max-forwards"), "ACK has Max-Forwards")
        final = t.caller.expect(want)
        check(final.tag("to") == call.ringing.tag("to"), "same tag")
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))
        t.caller.silent()
    t.callee.silent()


def retransmissions(t):
    """requests repeat until answered, answers to repeated requests too"""
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    call.invite_b = t.callee.expect("INVITE")
    again = t.callee.expect("INVITE")
    check(again.text == call.invite_b.text, "the same INVITE again")
    call.ring()
    t.caller.send(call.invite_text)
    t.caller.expect(180)
    t.callee.respond(call.invite_b, 486, tag=call.tag)
    t.callee.expect("ACK", skip=("INVITE",))
    t.caller.expect(486)
    t.caller.expect(486)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.respond(call.invite_b, 486, tag=call.tag)
    t.callee.expect("ACK")
    t.caller.silent(timeout=1.5, skip=(486,))


def repeat_2xx(t):
    """200 repeats until the caller's ACK, and the callee's 200 gets ACK again"""
    call = Call(t.caller, t.callee).invite().ring().answer()
    for _ in range(2):
        check(t.caller.expect(200).text == call.ok.text, "the same 200")
    t.caller.send(call.invite_text)  # the repeated INVITE is no new call
    check(t.caller.expect(200).text == call.ok.text, "the same 200")
    call.ack()
    t.caller.silent(timeout=2.5, skip=(200,))
    t.caller.silent()
    t.callee.respond(call.invite_b, 200, tag=call.tag, body=SDP)
    check(t.callee.expect("ACK").text == call.ack_b.text, "the same ACK")
    call.bye()


def repeat_2xx_tcp(t):
    """200 repeats on TCP, too"""
    a = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call = Call(a, t.callee).invite().ring().answer()
    check(a.expect(200).text == call.ok.text, "the same 200")
    call.ack().bye()


def fork(t):
    """a second answer of a fork gets ACK and BYE, the first call goes on"""
    call = Call(t.caller, t.callee).establish()
    t.callee.respond(call.invite_b, 200, tag="second", body=SDP)
    ack = t.callee.expect("ACK")
    check(ack.tag("to") == "second", "ACK to the second")
    bye = t.callee.expect("BYE")
    check(bye.tag("to") == "second", "BYE to the second")
    t.callee.respond(bye, 200)
    t.caller.silent()
    call.bye()


def cancel_text(call, branch=None):
    return call.a.request("CANCEL", "sip:bob@127.0.1.1", call.da,
                          branch=branch or call.branch, contact=False)


def cancel(t):
    """CANCEL while it rings"""
    call = Call(t.caller, t.callee).invite().ring()
    t.caller.send(cancel_text(call, "z9hG4bKother"))
    t.caller.expect(481)
    t.caller.send(cancel_text(call))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    out = t.callee.expect("CANCEL")
    check(out.get("via") == call.invite_b.get("via"), "CANCEL has its Via")
    check(out.get("cseq").split()[0] == call.invite_b.get("cseq").split()[0],
          "CANCEL has its CSeq")
    t.callee.respond(out, 200)
    t.callee.respond(call.invite_b, 487, tag=call.tag)
    t.callee.expect("ACK")
    t.caller.silent()


def cancel_early(t):
    """CANCEL before the callee said anything waits for it to"""
    call = Call(t.caller, t.callee).invite()
    t.caller.send(cancel_text(call))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.callee.silent(skip=("INVITE",))
    t.callee.respond(call.invite_b, 100)
    out = t.callee.expect("CANCEL", skip=("INVITE",))
    t.callee.respond(out, 200)
    t.callee.respond(call.invite_b, 487, tag="c")
    t.callee.expect("ACK")
    t.caller.silent()


def cancel_race(t):
    """a 200 that crosses CANCEL gets ACK and BYE"""
    call = Call(t.caller, t.callee).invite().ring()
    t.caller.send(cancel_text(call))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.callee.expect("CANCEL")
    t.callee.respond(call.invite_b, 200, tag=call.tag, body=SDP)
    t.callee.expect("ACK", skip=("CANCEL",))
    t.callee.respond(t.callee.expect("BYE", skip=("CANCEL",)), 200)
    t.caller.silent()


def early_bye(t):
    """the callee hangs up before the caller's ACK: BYE waits for that"""
    call = Call(t.caller, t.callee).invite().ring().answer()
    d = call.callee_dialog()
    t.callee.send(t.callee.request("BYE", d.target, d))
    t.callee.expect(200)
    t.caller.silent(skip=(200,))
    call.ack()
    t.caller.respond(t.caller.expect("BYE", skip=(200,)), 200)
    t.callee.silent()


def early_media(t):
    """183 with SDP passes, and 200 without SDP repeats that answer"""
    call = Call(t.caller, t.callee).invite().ring(183, body=SDP)
    check("c=IN IP4 127.0.1.1" in call.ringing.body, "SDP with our address")
    call.answer(body=None)
    check(call.ok.body == call.ringing.body, "the same SDP")
    call.ack().bye()


def late_call(t, **kw):
    """A call whose caller offers nothing, up to its 200."""
    call = Call(t.caller, t.callee, body=None).invite()
    check(not call.invite_b.body, "no offer")
    call.ring(183, body=SDP)
    check(not call.ringing.body, "an offer there could not be answered")
    t.callee.respond(call.invite_b, 200, tag=call.tag,
                     **dict({"body": SDP + "a=sendonly\r\n"}, **kw))
    return call


def late(t):
    """INVITE without SDP: the offer is in the 200, the answer in the ACK"""
    call = late_call(t)
    ok = t.caller.expect(200)
    check("c=IN IP4 127.0.1.1" in ok.body and "a=sendonly" in ok.body, "offer")
    call.da.remote, call.da.target = ok.get("to"), ok.uri()
    t.callee.silent()
    check(not t.gw.sessions() and not t.gw.records(), "nothing yet")
    t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                   body=SDP + "a=recvonly\r\n"))
    ack = t.callee.expect("ACK")
    check("c=IN IP4 127.0.2.1" in ack.body and "a=recvonly" in ack.body,
          "answer")
    t.callee.respond(call.invite_b, 200, tag=call.tag, body=SDP)
    check(t.callee.expect("ACK").text == ack.text, "the same ACK")
    t.gw.until(lambda: t.gw.records(), "no record")
    check(len(t.gw.sessions()) == 1, "one session")
    call.bye()


def late_unanswered(t):
    """an ACK without the answer, or no offer in the 200: the call ends"""
    call = late_call(t)
    ok = t.caller.expect(200)
    call.da.remote, call.da.target = ok.get("to"), ok.uri()
    call.ack()
    check(not t.callee.expect("ACK").body, "no answer")
    t.callee.respond(t.callee.expect("BYE"), 200)
    t.caller.respond(t.caller.expect("BYE"), 200)
    call = late_call(t, body=None)
    t.callee.expect("ACK")
    t.callee.respond(t.callee.expect("BYE"), 200)
    t.caller.expect(502)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))
    t.caller.silent()


def bad_answer(t):
    """an answer without SDP, or with one that is refused, ends the call"""
    for body, want in ((None, 502), (SDP + "a=refuse-me\r\n", 488)):
        call = Call(t.caller, t.callee).invite().ring()
        t.callee.respond(call.invite_b, 200, tag=call.tag, body=body)
        t.callee.expect("ACK")
        t.callee.respond(t.callee.expect("BYE"), 200)
        t.caller.expect(want)
        t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                     branch=call.branch))
    t.caller.silent()


def idle(t):
    """without media both sides get BYE"""
    Call(t.caller, t.callee).establish()
    t.gw.idle()
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.respond(t.callee.expect("BYE"), 481)
    check("no media" in t.gw.said(), "the log says why")


def within(t):
    """OPTIONS 200, MESSAGE 405: the call goes on"""
    call = Call(t.caller, t.callee).establish()
    for method, want in (("OPTIONS", 200), ("MESSAGE", 405),
                         ("OPTIONS", 200)):
        call.da.cseq += 1
        t.caller.send(t.caller.request(method, call.da.target, call.da,
                                       body=SDP))
        answer = t.caller.expect(want)
        check("BYE" in answer.get("allow"), "Allow")
    t.callee.silent()
    check(len(t.gw.sessions()) == 1, "the session is there")
    call.da.cseq = 3  # lower than the last
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(500)
    call.da.cseq = 20
    call.bye()


DTMF = {"content_type": "application/dtmf-relay",
        "body": "Signal=5\r\nDuration=160\r\n"}


def established(t):
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "no ACK")
    return call


def info(t):
    """INFO with a key press passes both ways, its answer comes back"""
    call = established(t)
    for me, other, d in ((t.caller, t.callee, call.da),
                         (t.callee, t.caller, call.callee_dialog())):
        for answer, want in ((200, 200), (415, 415), (503, 500)):
            d.cseq += 1
            me.send(me.request("INFO", d.target, d, **DTMF,
                               headers=["X-Secret: 127.0.1.2"]))
            there = other.expect("INFO")
            check(there.body == DTMF["body"], "the body")
            check(there.get("content-type") == DTMF["content_type"], "type")
            check("Secret" not in there.text, "no header passes")
            other.respond(there, answer)
            me.expect(want)
    d = call.da
    d.cseq += 1
    t.caller.send(t.caller.request("INFO", d.target, d))
    t.callee.respond(t.callee.expect("INFO"), 200)
    t.caller.expect(200)
    call.bye()


def info_refused(t):
    """INFO of another type, too long, or too many"""
    call = established(t)
    d = call.da
    for want, kw in ((415, {"content_type": "application/sdp", "body": SDP}),
                     (413, dict(DTMF, body="x" * 1025))):
        d.cseq += 1
        t.caller.send(t.caller.request("INFO", d.target, d, **kw))
        answer = t.caller.expect(want)
        check(want != 415 or "dtmf" in answer.get("accept"), "Accept")
    t.callee.silent()
    for n in range(9):
        d.cseq += 1
        t.caller.send(t.caller.request("INFO", d.target, d, **DTMF))
        if n < 8:
            t.callee.expect("INFO", skip=("INFO",))
    t.caller.expect(500)
    # The call ends, and so do those.
    d.cseq += 1
    t.caller.send(t.caller.request("BYE", d.target, d))
    for _ in range(8):
        t.caller.expect(481, skip=(200,))
    t.callee.respond(t.callee.expect("BYE", skip=("INFO",)), 200)


def strange_dialogs(t):
    """BYE with a wrong tag, Call-ID or gateway: 481, the call goes on"""
    call = Call(t.caller, t.callee).establish()
    good = call.da
    wrong = [Dialog(good.call_id, good.local, good.remote + "x"),
             Dialog(good.call_id, good.local + "x", good.remote),
             Dialog(good.call_id + "x", good.local, good.remote),
             Dialog(good.call_id, good.local, "<sip:bob@127.0.1.1>")]
    for d in wrong:
        d.cseq = 9
        t.caller.send(t.caller.request("BYE", good.target, d))
        t.caller.expect(481)
    t.callee.send(t.callee.request("BYE", good.target, good, cseq=9))
    t.callee.expect(481)  # the other side's dialog
    t.caller.silent()
    t.callee.silent()
    call.bye()


def refusals(t):
    """INVITEs that can't be calls"""
    uri = "sip:bob@127.0.1.1"
    for want, kw in ((415, {"content_type": "text/plain"}),
                     (415, {"content_type": "multipart/mixed;boundary=\""}),
                     (415, {"headers": ["Content-Encoding: gzip"]}),
                     (416, {"uri": "tel:+4912"}),
                     (416, {"uri": "sips:bob@127.0.1.1"}),
                     (404, {"uri": "sip:127.0.1.1"}),
                     (483, {"forwards": 0}),
                     (420, {"headers": ["Require: timer, foo,100rel , bar"]}),
                     (400, {"contact": False}),
                     (488, {"body": SDP + "a=refuse-me\r\n"})):
        d = t.caller.dialog()
        kw = dict({"body": SDP}, **kw)
        branch = token("z9hG4bK")
        t.caller.send(t.caller.request("INVITE", kw.pop("uri", uri), d,
                                       branch=branch, **kw))
        answer = t.caller.expect(want, skip=(100,))
        check(answer.tag("to"), "%d has a tag" % want)
        if want == 420:
            check(answer.get("unsupported") == "foo, bar", "Unsupported")
        if want == 415:
            check(answer.get("accept") == "application/sdp", "Accept")
        t.caller.send(t.caller.request("ACK", uri, d, branch=branch))
    t.callee.silent()


def outside_dialogs(t):
    """requests outside of dialogs: OPTIONS 200, others 405 or 481"""
    for method, want in (("OPTIONS", 200), ("MESSAGE", 404),
                         ("SUBSCRIBE", 404), ("NOTIFY", 481),
                         ("REGISTER", 405),
                         ("NOSUCH", 405), ("BYE", 481), ("CANCEL", 481)):
        t.caller.send(t.caller.request(method, "sip:127.0.1.1",
                                       t.caller.dialog()))
        answer = t.caller.expect(want)
        if want == 405:
            check("INVITE" in answer.get("allow"), "Allow")
    t.caller.send(t.caller.request("ACK", "sip:127.0.1.1", t.caller.dialog()))
    t.caller.silent()
    t.callee.silent()


def foreign_methods(t):
    """MESSAGE, SUBSCRIBE and the like in a call: 405, and nothing passes"""
    call = Call(t.caller, t.callee).establish()
    d = call.da
    for method in ("MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "NOSUCH"):
        d.cseq += 1
        t.caller.send(t.caller.request(method, d.target, d, body="hello",
                                       content_type="text/plain",
                                       headers=["Event: presence"]))
        answer = t.caller.expect(405)
        check("INVITE" in answer.get("allow"), "Allow")
        check(method not in answer.get("allow"), "and not " + method)
    t.callee.silent()
    call.bye()


def late_fork(t):
    """forks that ring, answer, and answer once more: ACK and BYE, each its own"""
    call = Call(t.caller, t.callee).invite()
    for tag in ("f1", "f2", "f3"):
        t.callee.respond(call.invite_b, 180, tag=tag)
        t.caller.expect(180)
    call.tag = "f2"
    call.answer().ack()
    for tag in ("f1", "f3", "f4"):
        t.callee.respond(call.invite_b, 200, tag=tag, body=SDP)
        for method in ("ACK", "BYE"):
            req = t.callee.expect(method)
            check(req.tag("to") == tag, "to the fork")
            check("127.0.1" not in req.text, "nothing of the inside")
        t.callee.respond(req, 200)
    t.caller.silent()
    call.bye()


def merged(t):
    """the same INVITE by another path is refused with 482"""
    call = Call(t.caller, t.callee).invite().ring()
    t.caller.send(t.caller.request("INVITE", "sip:bob@127.0.1.1", call.da,
                                   body=SDP))
    t.caller.expect(482)
    call.answer().ack().bye()


def record_route(t):
    """Record-Routes make the route of later requests"""
    call = Call(t.caller, t.callee,
                headers=["Record-Route: <sip:127.0.1.2:5070;lr;a>",
                         "Record-Route: <sip:10.1.1.1;lr;b>"]).invite()
    check("10.1.1.1" not in call.invite_b.text, "not passed on")
    t.callee.respond(call.invite_b, 200, tag="rr", body=SDP, headers=[
        "Record-Route: <sip:10.2.2.2;lr;c>, <sip:127.0.2.2:5080;lr;d>"])
    ack = t.callee.expect("ACK")
    check(ack.all("route") == ["<sip:127.0.2.2:5080;lr;d>",
                               "<sip:10.2.2.2;lr;c>"], str(ack.all("route")))
    ok = t.caller.expect(200)
    check(len(ok.all("record-route")) == 2, "Record-Route comes back")
    call.da.remote, call.da.target, call.tag = ok.get("to"), ok.uri(), "rr"
    call.ack()
    bye = call.bye(by_caller=False)
    check(bye.all("route") == ["<sip:127.0.1.2:5070;lr;a>",
                               "<sip:10.1.1.1;lr;b>"], str(bye.all("route")))


def rport(t):
    """answers go to the source port with rport, to that of Via without"""
    other = t.keep(Peer("alice", (CALLER[0], 5099), INSIDE))
    text = other.request("OPTIONS", "sip:127.0.1.1", other.dialog())
    other.send(text.replace("127.0.1.2:5099;", "127.0.1.2:5070;"))
    answer = other.expect(200)
    check(";rport=5099" in answer.get("via"), "rport is filled in")
    check(";received=127.0.1.2" in answer.get("via"), "received")
    text = other.request("OPTIONS", "sip:127.0.1.1", other.dialog())
    other.send(text.replace("127.0.1.2:5099;", "nowhere.invalid:5070;")
               .replace(";rport", ""))
    t.caller.expect(200)
    other.silent()


def tcp_caller(t):
    """a caller on TCP: at any split, answers and BYE on its connection"""
    a = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call = Call(a, t.callee)
    text = call.invite_text
    for i in range(0, len(text), 7):
        a.send(text[i:i + 7])
    a.expect(100)
    call.invite_b = t.callee.expect("INVITE")
    call.ring().answer()
    # ACK and OPTIONS in one segment, a keep-alive between them
    options = a.request("OPTIONS", "sip:127.0.1.1", a.dialog())
    a.send(a.request("ACK", call.da.target, call.da) + "\r\n\r\n" + options)
    a.stream = b""
    a.sock.settimeout(WAIT)
    data = a.sock.recv(2)
    check(data == b"\r\n", "the keep-alive is answered")
    a.expect(200)
    call.bye(by_caller=False)


def tcp_callee(t):
    """a callee on TCP: one connection, kept, and opened again when it's lost"""
    server = listen(t, CALLEE)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    conn, addr = server.accept()
    check(addr[0] == "127.0.2.1", "from the gateway's address")
    call.b = b = t.keep(Peer.connected("bob", CALLEE, OUTSIDE, conn))
    call.invite_b = b.expect("INVITE")
    check(call.invite_b.uri() == "sip:127.0.2.1:5060;transport=tcp", "Contact")
    check("SIP/2.0/TCP" in call.invite_b.get("via"), "Via")
    call.ring().answer().ack().bye()
    second = Call(t.caller, b).establish()
    b.close()
    second.da.cseq += 1
    t.caller.send(t.caller.request("BYE", second.da.target, second.da))
    t.caller.expect(200)
    conn, _ = server.accept()
    b = t.keep(Peer.connected("bob", CALLEE, OUTSIDE, conn))
    b.respond(b.expect("BYE"), 200)


def tcp_refused(t):
    """no connection to the callee: 502 at once, twice"""
    for _ in range(2):
        call = Call(t.caller, t.callee)
        t.caller.send(call.invite_text)
        t.caller.expect(502, skip=(100,), timeout=5)
        t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                     branch=call.branch))


def tcp_lost(t):
    """the connection breaks before an answer: once more, then 502"""
    server = listen(t, CALLEE)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    seen = []
    for _ in range(2):
        conn, _ = server.accept()
        b = t.keep(Peer.connected("bob", CALLEE, OUTSIDE, conn))
        seen.append(b.expect("INVITE").text)
        b.close()
    check(seen[0] == seen[1], "the same INVITE")
    t.caller.expect(502, timeout=5)
    t.caller.send(call.a.request("ACK", "sip:bob@127.0.1.1", call.da,
                                 branch=call.branch))


def tcp_abandoned(t):
    """callers on TCP that close in mid-INVITE leave nothing (ES2020-02)"""
    for _ in range(20):
        a = Peer.connected("alice", CALLER, INSIDE)
        call = Call(a, t.callee)
        a.send(call.invite_text)
        a.close()
        b = t.callee.expect("INVITE", skip=("ACK",))
        t.callee.respond(b, 486, tag="gone")
    t.callee.silent(skip=("ACK",))


TCP = (tcp_callee, tcp_refused, tcp_lost)

if __name__ == "__main__":
    own_namespace()
    run([basic, other_direction, topology, no_namesake, failures,
         retransmissions, repeat_2xx, repeat_2xx_tcp, fork, cancel,
         cancel_early, cancel_race, early_bye, early_media, late,
         late_unanswered, bad_answer, idle,
         within, info, info_refused, strange_dialogs, refusals,
         outside_dialogs, foreign_methods, late_fork, merged,
         record_route, rport, tcp_caller, tcp_callee, tcp_refused, tcp_lost,
         tcp_abandoned],
        lambda test: Context(outside="tcp" if test in TCP else "udp"))
