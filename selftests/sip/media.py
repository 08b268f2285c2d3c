#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What SDP is refused with, by its number and in words; SDP is negotiated in earnest.

unit/test-media.c and test-sdp.c have every case; here the caller gets the number,
the callee its ACK and BYE, and the operator the reason."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from attended import BENCH, KEYS, crypto, secure
from peer import CONFIG, Call, Context, SDP, check, own_namespace, run

OWN = "10.9.9.1"
MIKEY = "a=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyONQ6gAAAAA\r\n"
SECURE = CONFIG.format(inside="udp", outside="udp") + """
sip gateway outside media-security secure
sip gateway outside sdes-without-tls true
"""


def refused(call, status):
    """The caller's INVITE gets that."""
    resp = call.a.expect(status, skip=(100,))
    call.a.send(call.a.request("ACK", "sip:bob@" + call.a.gateway[0], call.da,
                               branch=call.branch))
    return resp


def offer_refused(t, peer, body, status, reason):
    """An offer that the other side never hears of."""
    call = Call(peer, None, body=body)
    start = len(t.gw.said())
    peer.send(call.invite_text)
    resp = refused(call, status)
    check(reason in t.gw.said()[start:], t.gw.said()[start:])
    check("127.0.1" not in resp.text or peer is t.caller, resp.text)
    for other in (t.caller, t.callee):
        other.silent()


def answer_refused(t, body, status, reason):
    """An answer that ends the call at both ends."""
    start = len(t.gw.said())
    call = Call(t.caller, t.callee).invite()
    check("RTP/SAVP" in call.invite_b.body, "secure")
    call.tag = "b"
    t.callee.respond(call.invite_b, 200, tag="b", body=body)
    t.callee.expect("ACK")
    t.callee.respond(t.callee.expect("BYE"), 200)
    refused(call, status)
    check(reason in t.gw.said()[start:], t.gw.said()[start:])
    t.gw.gone()


def key_management(t):
    """MIKEY instead of SDES: 415, and the words that are asked for, both ways"""
    body = SDP.replace("RTP/AVP", "RTP/SAVP") + MIKEY
    words = "Received the wrong key management protocol. Secure stream " \
        "disabled."
    offer_refused(t, t.callee, body, 415, words)
    answer_refused(t, body, 415, words)


def no_fall_back(t):
    """secure: neither an offer nor an answer without keys is taken, by 488"""
    offer_refused(t, t.callee, SDP, 488, "audio is offered as RTP/AVP, "
                  "RTP/SAVP is required here")
    offer_refused(t, t.callee, SDP.replace("RTP/AVP", "RTP/SAVP"), 488,
                  "secure audio without a=crypto")
    offer_refused(t, t.callee, SDP + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                  "inline:%s\r\n" % KEYS[0], 488, "RTP/SAVP is required here")
    answer_refused(t, SDP, 488, "RTP/SAVP was offered, RTP/AVP was answered")
    answer_refused(t, secure(SDP, 7, KEYS[0]), 488, "that was not offered")
    call = Call(t.caller, t.callee).invite()
    (tag, suite, _), *_ = crypto(call.invite_b.body)
    check(suite == "AES_CM_128_HMAC_SHA1_80", suite)
    call.answer(body=secure(SDP, int(tag), KEYS[0]))
    check("RTP/AVP" in call.ok.body and not crypto(call.ok.body), call.ok.body)
    call.ack()
    # Nor by a re-INVITE: the call goes on as it was.
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    d = call.callee_dialog()
    t.callee.send(t.callee.request("INVITE", d.target, d, body=SDP,
                                   branch="z9hG4bKplain"))
    t.callee.expect(488, skip=(100,))
    t.callee.send(t.callee.request("ACK", d.target, d,
                                   branch="z9hG4bKplain"))
    t.caller.silent()
    call.bye()


def no_such_target(t):
    """media to any, loopback, multicast, or an address of ours: 488 (attack 22)"""
    subprocess.run(["ip", "address", "add", OWN + "/32", "dev", "lo"],
                   check=True)
    for address, words in ((OWN, "is an address of this gateway's networks"),
                           ("224.0.0.1", "multicast"),
                           ("255.255.255.255", "no unicast"),
                           ("0.0.0.1", "no host's address"),
                           ("localhost", "must be one IPv4 address")):
        body = SDP.replace("c=IN IP4 127.0.1.2", "c=IN IP4 " + address)
        check(address in body, "SDP")
        offer_refused(t, t.caller, body, 488, words)
        call = Call(t.caller, t.callee).invite()
        t.callee.respond(call.invite_b, 200, tag="b", body=body)
        t.callee.expect("ACK")
        t.callee.respond(t.callee.expect("BYE"), 200)
        refused(call, 488)
    # As hold it is no target at all.
    call = Call(t.caller, t.callee, body=SDP.replace(
        "c=IN IP4 127.0.1.2", "c=IN IP4 0.0.0.0")).invite()
    check("c=IN IP4 127.0.2.1" in call.invite_b.body and
          "a=sendonly" in call.invite_b.body, call.invite_b.body)
    call.answer().ack().bye()


if __name__ == "__main__":
    own_namespace()
    run([key_management, no_fall_back, no_such_target],
        lambda test: Context(program=BENCH) if test is no_such_target else
        Context(config=SECURE, program=BENCH))
