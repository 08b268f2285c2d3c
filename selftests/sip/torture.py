#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of messages of RFC 4475, and what becomes of them.

Each is made after the RFC's description, section by section; what the RFC leaves
open is as there. Top Vias name this peer, or no answer would come, and where the
RFC's request would be none for a gateway, it is an INVITE or OPTIONS. After each
the gateway must work as before. FORWARDED: the call is passed on; a number: that
answer; SILENCE: none."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import phone
from phone import challenges, contacts
from peer import (Call, CALLER, Context, QUIET, SDP, WAIT, check,
                  own_namespace, run)

FORWARDED, SILENCE = "forwarded", None
VIA = "Via: SIP/2.0/UDP 127.0.1.2:5070;branch=z9hG4bK{n};rport"
BODY = SDP.replace("\r\n", "\n")


def request(first, *, via=VIA, to="<sip:bob@127.0.1.1>",
            sender="<sip:alice@127.0.1.2>;tag=f{n}", cseq="1 {method}",
            call_id="Call-ID: torture{n}@127.0.1.2", more=(), body="",
            length=None, contact="Contact: <sip:alice@127.0.1.2:5070>"):
    """Lines, whose ends become CRLF."""
    method = first.split(" ")[0]
    lines = [first, via, "Max-Forwards: 70", "From: " + sender, "To: " + to,
             call_id, "CSeq: " + cseq.replace("{method}", method), contact,
             *more]
    if body and not any(m.lower().startswith("content-type") for m in more):
        lines.append("Content-Type: application/sdp")
    size = len(body.replace("\n", "\r\n")) if length is None else length
    lines.append("Content-Length: %s" % size)
    return "\n".join(line for line in lines if line) + "\n\n" + body


INVITE = "INVITE sip:bob@127.0.1.1 SIP/2.0"
OPTIONS = "OPTIONS sip:127.0.1.1 SIP/2.0"
WSINV = """INVITE sip:bob@127.0.1.1;unknownparam SIP/2.0
TO :
 sip:bob@127.0.1.1 ;   unknown    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : {length}
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    127.0.1.2:5070;rport;branch=z9hG4bK390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:alice@127.0.1.2:5070> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

""".replace("{length}", str(len(SDP))) + BODY
MULTIPART = "--7a9cbec02ceef655\nContent-Type: text/plain\n\nHello\n" \
    "--7a9cbec02ceef655--\n"

# Section, name, message, what becomes of it.
MESSAGES = (
    ("3.1.1.1", "wsinv", WSINV, FORWARDED),
    # A control byte in a quoted string is legal. We have none, in any place.
    ("3.1.1.2", "control", request(
        OPTIONS, to="\"BEL:\\\x07\" <sip:bob@127.0.1.1>"), 400),
    ("3.1.1.2", "intmeth", request(
        "!interesting-Method0123456789_* sip:1_unusual.URI~(to-be!sure)&isn't"
        "+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
        "@127.0.1.1 SIP/2.0", to="<sip:1_unusual.URI~(to-be!sure)@127.0.1.1>"), 405),
    ("3.1.1.3", "esc01", request(
        "INVITE sip:sips%3Auser%40example.com@127.0.1.1 SIP/2.0",
        to="sip:%75se%72@127.0.1.1", body=BODY), FORWARDED),
    ("3.1.1.4", "escnull", request(
        "OPTIONS sip:null-%00-null@127.0.1.1 SIP/2.0",
        to="sip:null-%00-null@127.0.1.1"), 200),
    ("3.1.1.5", "esc02", request("RE%47IST%45R sip:127.0.1.1 SIP/2.0"), 405),
    ("3.1.1.6", "lwsdisp", request(
        OPTIONS, sender="caller<sip:caller@127.0.1.2>;tag=323"), 200),
    ("3.1.1.7", "longreq", request(
        INVITE, to='"I have a user name of ' + "extreme" * 12 +
        ' proportion"<sip:bob@127.0.1.1>', more=(
            "Unknown-" + "Long-" * 20 + "Name: " + "unknown-" * 60,
            "Unknown-Value: " + "extreme;" * 40), body=BODY), FORWARDED),
    ("3.1.1.8", "dblreq", request(OPTIONS) + request(
        INVITE, call_id="Call-ID: dblreq@127.0.1.2", body=BODY), 200),
    ("3.1.1.9", "semiuri", request(
        "OPTIONS sip:user;par=u%40example.net@127.0.1.1 SIP/2.0",
        to="sip:j_user@127.0.1.1"), 200),
    ("3.1.1.10", "transports", request(OPTIONS, more=(
        "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
        "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
        "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en")), 200),
    ("3.1.1.11", "mpart01", request(
        INVITE, more=("Content-Type: multipart/mixed;boundary="
                      "7a9cbec02ceef655",), body=MULTIPART), 415),
    ("3.1.1.12", "unreason", "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e\n" +
     request(INVITE).split("\n", 1)[1], SILENCE),
    ("3.1.1.13", "noreason", "SIP/2.0 100 \n" +
     request(INVITE).split("\n", 1)[1], SILENCE),
    # OPTIONS: an ACK to a malformed INVITE is malformed, and the answer comes again.
    ("3.1.2.1", "badinv01", request(
        OPTIONS, sender="<sip:alice@127.0.1.2>;;;;;tag=x", more=(
            "Contact: \"Joe\" <sip:joe@example.org>;;;;",)), 400),
    ("3.1.2.2", "clerr", request(INVITE, body=BODY, length=9999), 400),
    ("3.1.2.3", "ncl", request(INVITE, body=BODY, length=-999), 400),
    ("3.1.2.4", "scalar02", request(
        OPTIONS, cseq="36893488147419103232 OPTIONS"), 400),
    ("3.1.2.5", "scalarlg", "SIP/2.0 503 Service Unavailable\n" + request(
        INVITE, cseq="9292394834772304023312 INVITE",
        more=("Retry-After: 949302838503028349304023988",)).split("\n", 1)[1],
     SILENCE),
    ("3.1.2.6", "quotbal", request(
        OPTIONS, to='"Mr. J. User <sip:j.user@127.0.1.1>'), 400),
    ("3.1.2.7", "ltgtruri", request("INVITE <sip:user@127.0.1.1> SIP/2.0",
                                    body=BODY), 400),
    ("3.1.2.8", "lwsruri", request(
        "INVITE sip:user@127.0.1.1; lr SIP/2.0", body=BODY), 400),
    ("3.1.2.9", "lwsstart", request(
        "INVITE  sip:user@127.0.1.1  SIP/2.0", body=BODY), 400),
    ("3.1.2.10", "trws", request("OPTIONS sip:127.0.1.1 SIP/2.0  "), 400),
    # What is escaped there is not taken over: the callee gets a URI of ours.
    ("3.1.2.11", "escruri", request(
        "INVITE sip:user@127.0.1.1?Route=%3Csip:example.com%3E SIP/2.0",
        body=BODY), FORWARDED),
    ("3.1.2.12", "baddate", request(INVITE, more=(
        "Date: Fri, 01 Jan 2010 16:00:00 EST",), body=BODY), FORWARDED),
    ("3.1.2.13", "regbadct", request(
        INVITE, contact="Contact: sip:user@127.0.1.2?Route=%3Csip:x%3E",
        body=BODY), FORWARDED),
    ("3.1.2.14", "badaspec", request(
        OPTIONS, to='"Watson, Thomas" < sip:t.watson@127.0.1.1 >'), 400),
    ("3.1.2.15", "baddn", request(
        OPTIONS, sender="Bell, Alexander <sip:a.g.bell@127.0.1.2>;tag=43"),
     400),
    ("3.1.2.16", "badvers", request("OPTIONS sip:127.0.1.1 SIP/7.0"), 505),
    ("3.1.2.17", "mismatch01", request(OPTIONS, cseq="8 INVITE"), 400),
    ("3.1.2.18", "mismatch02", request("NEWMETHOD sip:127.0.1.1 SIP/2.0",
                                       cseq="8 INVITE"), 400),
    ("3.1.2.19", "bigcode", "SIP/2.0 4294967301 better not break\n" +
     request(INVITE).split("\n", 1)[1], SILENCE),
    ("3.2.1", "badbranch", request(
        OPTIONS, via="Via: SIP/2.0/UDP 127.0.1.2:5070;branch=z9hG4bK;rport"),
     200),
    ("3.3.1", "insuf", request(OPTIONS, call_id="").replace(
        "From:", "X-From:"), 400),
    ("3.3.2", "unkscm", request("OPTIONS nobodyKnowsThisScheme:totallyopaque"
                                "content SIP/2.0"), 416),
    ("3.3.3", "novelsc", request(
        "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"), 416),
    ("3.3.4", "unksm2", request(
        OPTIONS, to="isbn:2983792873", sender="<http://www.example.com>;tag=3"
    ), 200),
    ("3.3.5", "bext01", request(OPTIONS, more=(
        "Require: nothingSupportsThis, nothingSupportsThisEither",
        "Proxy-Require: noProxiesSupportThis")), 420),
    ("3.3.6", "invut", request(INVITE, more=(
        "Content-Type: application/unknownformat",), body="<audio/>\n"), 415),
    ("3.3.8", "multi01", request(
        INVITE, more=("Call-ID: another@127.0.1.2", "CSeq: 59 INVITE",
                      "From: <sip:other@127.0.1.2>;tag=3413415"), body=BODY),
     400),
    ("3.3.9", "mcl01", request(OPTIONS, more=("Content-Length: 13",)), 400),
    ("3.3.10", "bcast", "SIP/2.0 200 OK\n" + request(
        INVITE, via="Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23"
    ).split("\n", 1)[1], SILENCE),
    ("3.3.11", "zeromf", request(INVITE, body=BODY).replace(
        "Max-Forwards: 70", "Max-Forwards: 0"), 483),
    ("3.3.12", "cparam01", request(
        INVITE, contact="Contact: sip:alice@127.0.1.2:5070;unknownparam",
        body=BODY), FORWARDED),
    ("3.3.14", "regescrt", request(
        INVITE, contact="Contact: <sip:alice@127.0.1.2:5070?Route=%3Csip:a%3E>",
        body=BODY), FORWARDED),
    ("3.3.15", "sdp01", request(INVITE, more=("Accept: text/nobodyKnowsThis",),
                                body=BODY), FORWARDED),
    # Of RFC 2543: without a branch it goes, without a tag of From it can't.
    ("3.4.1", "inv2543", request(
        INVITE, via="Via: SIP/2.0/UDP 127.0.1.2:5070", body=BODY), FORWARDED),
    ("3.4.1", "tagless", request(
        OPTIONS, via="Via: SIP/2.0/UDP 127.0.1.2:5070",
        sender="<sip:alice@127.0.1.2>"), 200),
)


def becomes(t, text, wait):
    """What comes back, but for 100; or FORWARDED, and it is ended."""
    t.caller.send(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(
        "utf-8"))
    msg = t.caller._receive(wait)
    while msg and msg.status == 100:
        msg = t.callee._receive(QUIET if wait == QUIET else 2)
        if msg and msg.method == "INVITE":
            check(not msg.get("route") and "Route" not in msg.start, msg.start)
            t.callee.respond(msg, 486, tag="b")
            t.callee.expect("ACK")
            final = t.caller.expect(486)
            t.caller.send(ack_of(text, final))
            return FORWARDED
        msg = t.caller._receive(wait)
    if not msg:
        return SILENCE
    if text.startswith("INVITE"):
        t.caller.send(ack_of(text, msg))
    return msg.status


def ack_of(text, final):
    """By what the answer repeats of the request."""
    return "ACK sip:bob@127.0.1.1 SIP/2.0\r\n" + "".join(
        "%s: %s\r\n" % (name, final.all(name)[0]) for name in
        ("via", "from", "to", "call-id")) + \
        "CSeq: %s ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n" % \
        final.get("cseq").split()[0]


def escaped_contact(t):
    """headers in a Contact don't get into a Request-URI"""
    call = Call(t.caller, t.callee)
    call.invite_text = call.invite_text.replace(
        "127.0.1.2:5070>", "127.0.1.2:5070?Route=%3Csip:127.0.1.9%3E>", 1)
    check("?Route" in call.invite_text, "it is there")
    call.establish()
    t.callee.send(t.callee.request("BYE", call.invite_b.uri(),
                                   call.callee_dialog()))
    t.callee.expect(200)
    bye = t.caller.expect("BYE")
    check(bye.start == "BYE sip:alice@127.0.1.2:5070 SIP/2.0" and
          not bye.get("route"), bye.start)
    t.caller.respond(bye, 200)


def unknown_scheme(t):
    """3.3.7 regaut01: credentials of an unknown scheme: challenged as without"""
    p = t.phone()
    p.send(p.register_text(authorization="NoOneKnowsThisScheme "
                           "opaque-data=here"))
    check("SHA-256" in challenges(p.expect(401)), "a challenge")
    # They are no failed attempt, and good ones beside them count.
    check("strike" not in t.gw.said(), "struck")
    p.challenged()
    p.send(p.register_text(headers=[
        "Authorization: NoOneKnowsThisScheme opaque-data=here",
        "Expires: 300"], authorization=p.authorize()))
    p.expect(200)


def contact_parameters(t):
    """3.3.12 to 3.3.14: unknown parameters of a Contact, and of its URI, escapes"""
    p = t.phone()
    for contact, uri in (
            # Without brackets it is the header's, and of no meaning to us.
            ("sip:1001@127.0.1.2:5070;unknownparam",
             "sip:1001@127.0.1.2:5070"),
            ("<sip:1001@127.0.1.2:5070;unknownparam>",
             "sip:1001@127.0.1.2:5070;unknownparam"),
            # Escaped headers are no part of a Request-URI (19.1.1).
            ("<sip:1001@127.0.1.2:5070?Route=%3Csip:sip.example.com%3E>",
             "sip:1001@127.0.1.2:5070")):
        p.try_register(contact="*", headers=["Expires: 0"])
        found = contacts(p.try_register(contact=contact,
                                        headers=["Expires: 300"]))
        check(list(found) == [uri], "%s: %s" % (contact, found))
        call = Call(t.trunk, p)
        call.invite_text = call.invite_text.replace("sip:bob@", "sip:1001@")
        call.invite()
        check(call.invite_b.start == "INVITE %s SIP/2.0" % uri,
              call.invite_b.start)
        check(not call.invite_b.get("route"), "no Route")
        call.ring().answer().ack().bye()


REGISTERS = (unknown_scheme, contact_parameters)


def one(number, section, name, text, want):
    def test(t):
        got = becomes(t, text.replace("{n}", str(number)),
                      QUIET if want is SILENCE else WAIT)
        check(got == want, "%s, not %s" % (got, want))
        Call(t.caller, t.callee).establish().bye()
    test.__doc__ = "%s %s: %s" % (section, name, want or "silence")
    return test


if __name__ == "__main__":
    own_namespace()
    check(CALLER == ("127.0.1.2", 5070), "the Vias")
    run([one(n, *m) for n, m in enumerate(MESSAGES)
         if len(sys.argv) < 2 or m[1] in sys.argv] +
        [escaped_contact, *REGISTERS],
        lambda test: phone.Context() if test in REGISTERS else Context())
