#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Attended transfer: REFER with Replaces (RFC 5589, 7.3) joins two calls.

    alice 127.0.1.2:5070 --- gateway --- bob 127.0.2.2:5080, then
                                     --- carol 127.0.3.2:5090, too

alice talks to both, and has the gateway connect them."""

import os
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import BUILD, Call, SDP, check, own_namespace, run
from refer import BACK, Lab, refer, told

BENCH = BUILD + "/userspace/sip/bench-gateway"  # SDP and keys in earnest
HELD = SDP + "a=sendonly\r\n"
CAROL_SDP = SDP.replace("4000", "6000")


def consult(t, ack=True):
    """alice talks to bob, and then to carol."""
    first = Call(t.caller, t.callee).establish()
    second = Call(t.caller, t.carol)
    second.invite_text = second.invite_text.replace("sip:bob@", "sip:+1800@")
    second.invite().ring()
    if ack:
        second.answer().ack()
        t.gw.until(lambda: t.gw.said().count("is established") == 2, "both")
    return first, second


def replaces(d, more=""):
    """A Refer-To that names alice's call with that dialog of hers."""
    tag = re.search(r";tag=([^;>]+)", d.remote).group(1)
    own = re.search(r";tag=([^;>]+)", d.local).group(1)
    return "<sip:127.0.1.1?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s%s>" % (
        d.call_id.replace("@", "%40"), tag, own, more)


def hides(msg, *others):
    for text in others + ("secret",):
        check(text not in msg.text, "%s in %s" % (text, msg.text))


def asked(t, second):
    """The target is asked for an offer, in his dialog."""
    ask = t.carol.expect("INVITE")
    check(ask.get("call-id") == second.invite_b.get("call-id"), "his dialog")
    check(ask.tag("to") == second.tag, "his tag")
    check(not ask.body and ask.get("cseq") == "2 INVITE", ask.text)
    check("replaces" in ", ".join(ask.all("supported")), "Supported")
    hides(ask, "127.0.1", "127.0.2", "bob")
    return ask


def offered(t, first, second, body=CAROL_SDP):
    """The target's offer reaches the transferee, in his dialog."""
    ask = asked(t, second)
    t.carol.respond(ask, 200, body=body)
    again = t.callee.expect("INVITE")
    check(again.get("call-id") == first.invite_b.get("call-id"), "his dialog")
    check(again.tag("to") == first.tag, "his tag")
    check("c=IN IP4 127.0.2.1" in again.body, "our address")
    hides(again, "127.0.1", "127.0.3", "carol")
    t.carol.silent()  # its ACK needs the answer
    return again


def joined(t, first, second):
    again = offered(t, first, second)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    ack = t.carol.expect("ACK")
    check("c=IN IP4 127.0.3.1" in ack.body, "the answer, with our address")
    hides(ack, "127.0.1", "127.0.2", "bob")
    told(t.caller, 200)
    ended = []
    for _ in range(2):
        bye = t.caller.expect("BYE")
        t.caller.respond(bye, 200)
        ended.append(bye.get("call-id"))
    check(sorted(ended) == sorted([first.da.call_id, second.da.call_id]),
          "both of alice's calls end")
    t.gw.until(lambda: len(t.gw.sessions()) == 1, "one session is left")


def over(t, first, second, by):
    """One of the two that are left hangs up."""
    one, other, call = (t.callee, t.carol, first) if by is t.callee else (
        t.carol, t.callee, second)
    d = call.callee_dialog()
    d.cseq = 7
    one.send(one.request("BYE", d.target, d))
    one.expect(200)
    other.respond(other.expect("BYE"), 200)
    t.caller.silent()


def attended(t):
    """alice joins bob and carol, and has no part in it any more"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    joined(t, first, second)
    d = first.callee_dialog()
    t.callee.send(t.callee.request("INFO", d.target, d, body="Signal=1\r\n",
                                   content_type="application/dtmf-relay"))
    t.carol.respond(t.carol.expect("INFO"), 200)
    t.callee.expect(200)
    d = second.callee_dialog()
    t.carol.send(t.carol.request("INVITE", d.target, d, body=HELD))
    hold = t.callee.expect("INVITE")
    check("a=sendonly" in hold.body, "hold")
    t.callee.respond(hold, 200, body=SDP)
    t.callee.expect("ACK")
    t.carol.expect(200, skip=(100,))
    t.carol.send(t.carol.request("ACK", d.target, d))
    over(t, first, second, t.callee)


def info(t, peer, call):
    """An INFO for alice, who doesn't answer it; it comes no more for a while."""
    d = call.callee_dialog()
    peer.send(peer.request("INFO", d.target, d, body="Signal=1\r\n",
                           content_type="application/dtmf-relay"))
    there = t.caller.expect("INFO")
    t.caller.respond(there, 100)
    return there


def put_off(peer):
    """His call goes on (RFC 5057): 481 would say that there is none."""
    resp = peer.expect(500)
    check("INFO" in resp.get("cseq") and resp.get("retry-after"), resp.text)


def meanwhile(t):
    """INFO and UPDATE on the way when two calls become one: neither ends it"""
    first, second = consult(t)
    infos = [info(t, t.callee, first), info(t, t.carol, second)]
    d = first.callee_dialog()
    d.cseq = 2
    t.callee.send(t.callee.request("UPDATE", d.target, d))
    t.callee.expect(200)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    joined(t, first, second)
    put_off(t.callee)
    put_off(t.carol)
    for late in infos:
        t.caller.respond(late, 200)
    d.cseq = 3
    t.callee.send(t.callee.request("INFO", d.target, d, body="Signal=2\r\n",
                                   content_type="application/dtmf-relay"))
    again = t.carol.expect("INFO")
    check("Signal=2" in again.body, again.body)
    t.carol.respond(again, 200)
    t.callee.expect(200)
    over(t, first, second, t.callee)


def other_way(t):
    """bob and carol have called alice; carol is transferred, and hangs up"""
    d = t.callee.dialog()
    calls = []
    for peer, own in ((t.callee, "127.0.2.1"), (t.carol, "127.0.3.1")):
        call = Call(peer, t.caller)
        call.invite_text = call.invite_text.replace("sip:bob@", "sip:alice@")
        calls.append(call.establish())
        check(own in call.ok.get("contact"), own)
    t.gw.until(lambda: t.gw.said().count("is established") == 2, "both")
    first, second = calls
    mine, theirs = first.callee_dialog(), second.callee_dialog()
    t.caller.send(t.caller.request("REFER", theirs.target, theirs, headers=[
        "Refer-To: " + replaces(mine, "&Require=replaces")]))
    t.caller.expect(202)
    told_names = t.caller.expect("NOTIFY")
    check(told_names.body.startswith("SIP/2.0 100"), told_names.body)
    t.caller.respond(told_names, 200)
    ask = t.callee.expect("INVITE")
    check(ask.get("call-id") == first.da.call_id and not ask.body, "bob")
    t.callee.respond(ask, 200, body=SDP)
    again = t.carol.expect("INVITE")
    check(again.get("call-id") == second.da.call_id, "carol")
    t.carol.respond(again, 200, body=SDP)
    t.carol.expect("ACK")
    t.callee.expect("ACK")
    t.caller.respond(t.caller.expect("NOTIFY"), 200)
    for _ in range(2):
        t.caller.respond(t.caller.expect("BYE"), 200)
    d = second.da
    d.cseq += 1
    t.carol.send(t.carol.request("BYE", d.target, d))
    t.carol.expect(200)
    t.callee.respond(t.callee.expect("BYE"), 200)


def restarted(t):
    """a restart knows the joined call, and none of the others"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    joined(t, first, second)
    t.gw.until(lambda: len(t.gw.records()) == 1, "one record")
    check(t.gw.stop(signal.SIGTERM) == 0, "a clean stop")
    t.gw.start()
    over(t, first, second, t.carol)


def before_answer(t):
    """carol still rings: she is joined once she has answered"""
    first, second = consult(t, ack=False)
    second.da.remote = second.ringing.get("to")
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.silent()
    second.answer().ack()
    joined(t, first, second)
    over(t, first, second, t.callee)


def never_answered(t):
    """carol still rings, and then refuses: bob is where he was"""
    first, second = consult(t, ack=False)
    second.da.remote = second.ringing.get("to")
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.respond(second.invite_b, 486, tag=second.tag)
    t.carol.expect("ACK")
    told(t.caller, 486)
    t.caller.expect(486)
    t.caller.send(t.caller.request("ACK", "sip:+1800@127.0.1.1", second.da,
                                   branch=second.branch))
    first.bye()


def unable(t):
    """carol makes no offer when she is asked: both calls are as they were"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.respond(asked(t, second), 488)
    t.carol.expect("ACK")
    told(t.caller, 488)
    t.callee.silent()
    second.da.cseq = first.da.cseq = 10
    second.bye()
    first.bye()


def unwilling(t):
    """bob refuses: carol's offer gets the answer that alice would give"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.callee.respond(offered(t, first, second), 488)
    t.callee.expect("ACK")
    ack = t.carol.expect("ACK")
    check("127.0.3.1" in ack.body, "an answer")
    told(t.caller, 488)
    for call, peer in ((first, t.callee), (second, t.carol)):
        call.da.cseq = 10  # both can be changed
        t.caller.send(t.caller.request("INVITE", call.da.target, call.da,
                                       body=SDP))
        peer.respond(peer.expect("INVITE"), 200, body=SDP)
        peer.expect("ACK")
        t.caller.expect(200, skip=(100,))
        call.ack()
        call.bye()


def unusable(t):
    """bob answers with what is no use to carol: his call ends, hers doesn't"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.callee.respond(offered(t, first, second), 200,
                     body=SDP + "a=refuse-me\r\n")
    t.callee.expect("ACK")
    t.callee.respond(t.callee.expect("BYE"), 200)
    check("127.0.3.1" in t.carol.expect("ACK").body, "an answer")
    t.caller.respond(t.caller.expect("BYE"), 200)
    second.da.cseq = 10
    second.bye()


def no_offer(t):
    """carol's 200 has no offer: her call ends, bob's doesn't"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.respond(asked(t, second), 200)
    t.carol.expect("ACK")
    t.carol.respond(t.carol.expect("BYE"), 200)
    told(t.caller, 480)
    t.caller.respond(t.caller.expect("BYE"), 200)
    first.da.cseq = 10
    first.bye()


def target_leaves(t):
    """carol hangs up when bob has her offer: he gets back what he had"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    again = offered(t, first, second)
    d = second.callee_dialog()
    t.carol.send(t.carol.request("BYE", d.target, d))
    t.carol.expect(200, skip=("ACK",))
    got = [t.caller.expect("NOTIFY", skip=("BYE",))]
    check(got[0].body.startswith("SIP/2.0 480"), got[0].body)
    t.caller.respond(got[0], 200)
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    back = t.callee.expect("INVITE")
    check(back.tag("to") == first.tag, "in his dialog")
    t.callee.respond(back, 200, body=SDP)
    t.callee.expect("ACK")
    t.carol.silent(skip=("ACK",))
    first.da.cseq = 10
    first.bye()


def transferor_leaves(t):
    """alice hangs up on bob before carol's offer: carol is where she was"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    ask = asked(t, second)
    first.da.cseq = 10
    first.bye()
    t.carol.respond(ask, 200, body=CAROL_SDP)
    check("127.0.3.1" in t.carol.expect("ACK").body, "an answer")
    t.callee.silent()
    second.da.cseq = 10
    second.bye()


def knows_no_more(t):
    """carol answers 481: she has no call, and bob's goes on"""
    first, second = consult(t)
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.respond(asked(t, second), 481)
    t.carol.expect("ACK")
    t.carol.respond(t.carol.expect("BYE"), 481)
    told(t.caller, 480)
    t.caller.respond(t.caller.expect("BYE"), 200)
    first.da.cseq = 10
    first.bye()


def changing(t):
    """carol's call is just being changed: 491, and nothing has happened"""
    first, second = consult(t)
    d = second.callee_dialog()
    t.carol.send(t.carol.request("INVITE", d.target, d, body=HELD))
    hold = t.caller.expect("INVITE")
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    told(t.caller, 491)
    t.caller.respond(hold, 200, body=SDP)
    t.caller.expect("ACK")
    t.carol.expect(200, skip=(100,))
    t.carol.send(t.carol.request("ACK", d.target, d))
    t.callee.silent()
    first.da.cseq = second.da.cseq = 10
    first.bye()
    second.bye()


def not_his(t):
    """calls that a Replaces may not name: of others, none, itself, or broken"""
    first, second = consult(t)
    d = second.da
    wrong = [replaces(first.da), replaces(d).replace("to-tag%3D", "to-tag%3D0"),
             replaces(d).replace("from-tag%3D", "from-tag%3D0"),
             replaces(d).replace(d.call_id.replace("@", "%40"), "x"),
             replaces(d, "%3Bearly-only"),
             # The far side's dialog: only its own peer may name that.
             replaces(second.callee_dialog())]
    for to in wrong:
        refer(t, first, to, 403)
    broken = [replaces(d, "&Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc"),
              replaces(d, "%3Bto-tag%3Dx"), replaces(d, "%2Cb"),
              replaces(d).replace("from-tag", "form-tag"),
              replaces(d).replace("to-tag%3D", "to-tag%3D" + 200 * "x"),
              "<sip:x@127.0.1.1?Replaces=>", "<sip:x@127.0.1.1?Replaces=%00>"]
    for to in broken:
        refer(t, first, to, 400)
    # bob's trunk may not say what becomes of alice's call with carol.
    b = first.callee_dialog()
    t.callee.send(t.callee.request("REFER", b.target, b, headers=[
        "Refer-To: " + replaces(d)]))
    t.callee.expect(403)
    refer(t, first, replaces(d).replace("<sip:", "<sip:x@"))
    told(t.caller, 100)
    refer(t, first, replaces(d), 500)  # one at a time
    joined(t, first, second)
    over(t, first, second, t.carol)


def forbidden(t):
    """a gateway that may not transfer"""
    first, second = consult(t)
    refer(t, first, replaces(second.da), 403)
    t.carol.silent()
    first.da.cseq = 10
    first.bye()
    second.bye()


CRYPTO = "a=crypto:%d AES_CM_128_HMAC_SHA1_80 inline:%s\r\n"
KEYS = [c * 40 for c in "ABCDEF"]


def secure(body, tag, key):
    return body.replace("RTP/AVP", "RTP/SAVP") + CRYPTO % (tag, key)


def crypto(body):
    return re.findall(r"a=crypto:(\d+) (\S+) inline:([^|\r]+)", body)


def keys_hold(t):
    """carol's side is secure: her leg stays so, and its key is a new one"""
    first = Call(t.caller, t.callee).establish()
    second = Call(t.caller, t.carol)
    second.invite_text = second.invite_text.replace("sip:bob@", "sip:+1800@")
    second.invite()
    check("RTP/SAVP" in second.invite_b.body, "secure")
    before = [key for _, _, key in crypto(second.invite_b.body)]
    second.answer(body=secure(SDP, 1, KEYS[0])).ack()
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    ask = asked(t, second)
    t.carol.respond(ask, 200, body=secure(CAROL_SDP, 3, KEYS[1]))
    again = t.callee.expect("INVITE")
    check("RTP/AVP" in again.body and "crypto" not in again.body, again.body)
    t.callee.respond(again, 200, body=SDP)
    t.callee.expect("ACK")
    ack = t.carol.expect("ACK")
    (tag, _, key), = crypto(ack.body)
    check("RTP/SAVP" in ack.body and tag == "3", ack.body)
    check(key not in before + KEYS, "a key of its own")
    told(t.caller, 200)
    for _ in range(2):
        t.caller.respond(t.caller.expect("BYE"), 200)
    over(t, first, second, t.carol)


def no_fall_back(t):
    """carol's side is secure: an offer without a key is refused"""
    first = Call(t.caller, t.callee).establish()
    second = Call(t.caller, t.carol)
    second.invite_text = second.invite_text.replace("sip:bob@", "sip:+1800@")
    second.invite().answer(body=secure(SDP, 1, KEYS[0])).ack()
    refer(t, first, replaces(second.da))
    told(t.caller, 100)
    t.carol.respond(asked(t, second), 200, body=CAROL_SDP)
    t.caller.respond(t.caller.expect("NOTIFY"), 200)
    check(not t.carol.expect("ACK").body, "no answer that is plain")
    t.carol.respond(t.carol.expect("BYE"), 200)
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.silent()
    first.da.cseq = 10
    first.bye()


MEDIA = """
sip gateway second media-security secure
sip gateway second sdes-without-tls true
"""


class Real(Lab):
    """With SDP as it is negotiated in earnest."""

    def __init__(self):
        super().__init__(MEDIA, program=BENCH)


if __name__ == "__main__":
    own_namespace()
    run([attended, meanwhile, other_way, restarted, before_answer, never_answered, unable,
         unwilling, unusable, no_offer, target_leaves, transferor_leaves,
         knows_no_more, changing, not_his, forbidden, keys_hold, no_fall_back],
        lambda test: Real() if test in (keys_hold, no_fall_back) else
        Lab("sip gateway inside transfer false\n" if test is forbidden
            else BACK + ("sip route more from second\nsip route more to inside\n"
                         if test is other_way else "")))
