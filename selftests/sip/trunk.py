#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway registers at a trunk, and answers the trunk's challenges."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from calls import CONFIGURATION, Lab
from peer import (CALLEE, Call, OUTSIDE, Peer, SDP, check, own_namespace, run,
                  token)
from phone import HASHES

PASSWORD = "open sesame"
ONE = CONFIGURATION + """
log level debug
sip gateway outside registration alice password "%s"
sip gateway outside registration alice auth-user alice-auth
sip gateway outside registration alice expires 600
sip gateway outside registration alice retry-min 1
sip gateway outside registration alice retry-max 2
""" % PASSWORD
REALM = "trunk.example"


def challenge(algorithm="SHA-256", nonce="n1", realm=REALM, qop='"auth"',
              extra="", name="WWW-Authenticate"):
    return '%s: Digest realm="%s", nonce="%s"%s%s%s' % (
        name, realm, nonce, ', qop=%s' % qop if qop else "",
        ", algorithm=" + algorithm if algorithm else "", extra)


def answer_of(req, name="authorization"):
    """The credentials of a request: {parameter: value}."""
    fields = req.all(name)
    check(len(fields) == 1, "%d of %s: %s" % (len(fields), name, req.text))
    check(fields[0].startswith("Digest "), fields[0])
    return {k.lower(): v.strip('"') for k, v in
            re.findall(r'(\w+)=("[^"]*"|[^ ,]+)', fields[0])}


def is_right(req, password=PASSWORD, user="alice-auth", realm=REALM,
             name="authorization"):
    """Check a digest as a registrar would; its parameters."""
    a = answer_of(req, name)
    check((a["username"], a["realm"]) == (user, realm), str(a))
    check(a["uri"] == req.start.split()[1], "the Request-URI")
    h = HASHES[a.get("algorithm", "MD5")]

    def digest(*parts):
        return h(":".join(parts).encode()).hexdigest()

    middle = [a["nc"], a["cnonce"], "auth"] if "qop" in a else []
    check(a["response"] == digest(*[digest(user, realm, password), a["nonce"]]
                                  + middle + [digest(req.method, a["uri"])]),
          "a right digest: " + str(a))
    return a


def accept(t, req, seconds=600):
    t.callee.respond(req, 200, tag="r", headers=[
        "Contact: %s;expires=%d" % (req.get("contact"), seconds)])


def register(t, *challenges, seconds=600, **right):
    """A REGISTER that is challenged, answered, and accepted."""
    first = t.callee.expect("REGISTER")
    t.callee.respond(first, 401, tag="r",
                     headers=list(challenges) or [challenge()])
    again = t.callee.expect("REGISTER")
    a = is_right(again, **right)
    check(again.get("call-id") == first.get("call-id"), "one Call-ID")
    check(int(again.get("cseq").split()[0]) ==
          int(first.get("cseq").split()[0]) + 1, "CSeq")
    accept(t, again, seconds)
    t.until_state("registered")
    return again, a


class Registrar(Peer):
    """A slow test must not take a REGISTER that is repeated for another."""

    seen = ()

    def _receive(self, timeout):
        msg = super()._receive(timeout)
        if not msg or not msg.is_("REGISTER"):
            return msg
        if msg.get("via") in self.seen:
            return self._receive(timeout)
        self.seen += (msg.get("via"),)
        return msg


class Trunk(Lab):
    def __init__(self, config):
        super().__init__(config)
        self.callee.__class__ = Registrar

    def accounts(self):
        return [r for r in self.json("registration", "list")
                if "account" in r]

    def until_state(self, want):
        self.gw.until(lambda: self.accounts()[0]["state"] == want,
                      "never %s: %s" % (want, self.accounts()), timeout=40)

    def check_clean(self):
        check(PASSWORD not in self.gw.said(), "the password is in the log")
        super().check_clean()


def basic(t):
    """a challenge by SHA-256, a right answer, and what there is to see"""
    t.gw.until(lambda: t.accounts()[0]["state"] == "trying", "not trying")
    first = t.callee.expect("REGISTER")
    check(first.start == "REGISTER sip:127.0.2.2:5080 SIP/2.0", first.start)
    check(first.uri("to") == first.uri("from") == "sip:alice@127.0.2.2", "AOR")
    check(first.uri() == "sip:alice@127.0.2.1:5060", first.get("contact"))
    check(first.get("expires") == "600", "Expires")
    check(not first.all("authorization"), "nobody has asked")
    t.callee.respond(first, 401, tag="r", headers=[
        challenge("MD5", "weak"), challenge("SHA-512-256", "unknown"),
        challenge(nonce="strong", extra=', opaque="o p"'),
        challenge("MD5", "weak too")])
    again = t.callee.expect("REGISTER")
    a = is_right(again)
    check((a["algorithm"], a["nonce"], a["qop"], a["nc"], a["opaque"]) ==
          ("SHA-256", "strong", "auth", "00000001", "o p"), str(a))
    accept(t, again, 300)
    t.until_state("registered")
    one, = t.accounts()
    check((one["account"], one["gateway"], one["registrar"],
           one["transport"]) == ("alice", "outside", "127.0.2.2:5080", "udp"),
          str(one))
    # a tenth and 32 seconds before the end
    check(295 < one["expires"] <= 300 and 230 < one["next"] <= 238, str(one))
    lines = t.cli("registration", "list").splitlines()
    check(lines[-2].startswith("ACCOUNT") and lines[-1].split()[:5] ==
          ["alice", "outside", "registered", "udp", "127.0.2.2:5080"],
          str(lines))
    check("SipEp 370: alice of SIP gateway outside is registered at "
          "127.0.2.2:5080 for 300 seconds" in t.gw.said(), "told")
    t.callee.silent()


def md5(t):
    """MD5 alone, without qop or an algorithm; with auth-int too"""
    a = register(t, challenge(None, qop=None))[1]
    check("cnonce" not in a and "qop" not in a, str(a))
    t.cli("config", "set", "sip", "gateway", "outside", "registration",
          "alice", "expires", "700")
    t.cli("config", "commit")
    end = t.callee.expect("REGISTER")
    check(end.get("expires") == "0" and end.all("authorization"), "the end")
    t.callee.respond(end, 401, tag="r", headers=[
        challenge("MD5", nonce="e", extra=", stale=true")])
    # the new one must not be ended by that: it waits
    end = t.callee.expect("REGISTER")
    check(end.get("expires") == "0", "still the end: " + end.text)
    t.callee.respond(end, 200, tag="r")
    register(t, challenge("MD5", qop='"auth-int, auth"'))


def refresh(t):
    """a refresh uses the nonce again, a stale one is replaced, nextnonce"""
    _, a = register(t, seconds=2)
    check(a["nc"] == "00000001", "the first")
    second = t.callee.expect("REGISTER")
    a = is_right(second)
    check((a["nonce"], a["nc"]) == ("n1", "00000002"), str(a))
    t.callee.respond(second, 401, tag="r", headers=[
        challenge(nonce="n2", extra=", stale=TRUE")])
    third = t.callee.expect("REGISTER")
    a = is_right(third)
    check((a["nonce"], a["nc"]) == ("n2", "00000001"), str(a))
    t.callee.respond(third, 200, tag="r", headers=[
        "Expires: 2", 'Authentication-Info: nextnonce="n3"'])
    fourth = t.callee.expect("REGISTER")
    a = is_right(fourth)
    check((a["nonce"], a["nc"]) == ("n3", "00000001"), str(a))
    # the old nonce is forgotten, without a word of stale: no wrong password
    t.callee.respond(fourth, 401, tag="r", headers=[challenge(nonce="n4")])
    accept(t, t.callee.expect("REGISTER"), 2)
    fifth = t.callee.expect("REGISTER")
    accept(t, fifth, 600)
    check(t.gw.said().count("SipEp 370:") == 1, "a refresh is not told")
    check(len({m.get("call-id") for m in (second, fifth)}) == 1, "Call-ID")


def always_stale(t):
    """a registrar that is never content gets four REGISTER, and then waits"""
    for n in range(4):
        t.callee.respond(t.callee.expect("REGISTER"), 401, tag="r", headers=[
            challenge(nonce="n%d" % n, extra=", stale=true")])
    t.callee.silent(timeout=0.5)
    t.until_state("refused")


def wrong_password(t):
    """one answer to a challenge, and then it waits, each time"""
    for n in range(2):
        t.callee.respond(t.callee.expect("REGISTER"), 401, tag="r",
                         headers=[challenge(nonce="a%d" % n)])
        req = t.callee.expect("REGISTER")
        t.callee.respond(req, 401, tag="r",
                         headers=[challenge(nonce="b%d" % n)])
        t.callee.silent(timeout=0.8)
        t.until_state("refused")
    check(t.gw.said().count("SipEp 371:") == 1, "told once")
    one, = t.accounts()
    check(one["reason"] == "the user or the password is wrong", str(one))
    register(t)


def refused(t):
    """403 and 404 stay, and are tried again slowly; so is a foreign realm"""
    for status in (403, 404):
        t.callee.respond(t.callee.expect("REGISTER"), status, tag="r")
        t.callee.silent(timeout=0.8)
        t.until_state("refused")
        check("it answers %d; again in" % status in t.gw.said(), "told")
    t.cli("config", "set", "sip", "gateway", "outside", "registration",
          "alice", "realm", REALM)
    t.cli("config", "commit")
    t.callee.respond(t.callee.expect("REGISTER"), 401, tag="r",
                     headers=[challenge(realm="evil.example")])
    t.callee.silent(timeout=0.8)
    check("not for the realm" in t.accounts()[0]["reason"], "why")
    register(t, challenge(realm="evil.example"), challenge("MD5"))


def interval(t):
    """423: it asks for as long as the registrar wants, once"""
    t.callee.respond(t.callee.expect("REGISTER"), 423, tag="r",
                     headers=["Min-Expires: 900"])
    req = t.callee.expect("REGISTER")
    check(req.get("expires") == "900", "Expires")
    t.callee.respond(req, 423, tag="r", headers=["Min-Expires: 1000"])
    t.callee.silent(timeout=0.8)
    t.until_state("refused")


def later(t):
    """503: it backs off, as Retry-After says; then all is well"""
    t.callee.respond(t.callee.expect("REGISTER"), 503, tag="r",
                     headers=["Retry-After: 2 (busy)"])
    t.callee.silent(timeout=1.5)
    t.until_state("failed")
    t.callee.respond(t.callee.expect("REGISTER"), 500, tag="r",
                     headers=["Retry-After: 99999"])  # no more than retry-max
    t.callee.respond(t.callee.expect("REGISTER"), 500, tag="r")
    register(t)
    check("failed" not in str(t.accounts()), "state")


def removed(t):
    """a commit ends a registration, and begins another; a restart too"""
    register(t)
    t.cli("config", "set", "sip", "gateway", "outside", "options-failures",
          "4")
    t.cli("config", "commit")
    t.callee.silent()
    t.cli("config", "del", "sip", "gateway", "outside", "registration")
    t.cli("config", "commit")
    end = t.callee.expect("REGISTER")
    check(end.get("expires") == "0", "Expires")
    check(is_right(end)["nc"] == "00000002", "with credentials at once")
    t.callee.respond(end, 401, tag="r", headers=[
        challenge(nonce="n9", extra=", stale=true")])
    end = t.callee.expect("REGISTER")
    check(end.get("expires") == "0", "Expires")
    is_right(end)
    t.callee.respond(end, 200, tag="r")
    check(t.accounts() == [], "none")
    for words in (["bob", "password", "b"], ["bob", "contact-user", "+49"]):
        t.cli("config", "set", "sip", "gateway", "outside", "registration",
              *words)
    t.cli("config", "commit")
    again, _ = register(t, password="b", user="bob")
    check(again.uri() == "sip:+49@127.0.2.1:5060", again.uri())
    # another registrar: the old one hears of it
    carol = t.keep(Registrar("carol", ("127.0.2.3", 5080), OUTSIDE))
    t.cli("config", "set", "sip", "gateway", "outside", "registrar-host",
          "127.0.2.3")
    t.cli("config", "set", "sip", "gateway", "outside", "registrar-port",
          "5080")
    t.cli("config", "commit")
    check(t.callee.expect("REGISTER").get("expires") == "0", "Expires")
    first = carol.expect("REGISTER")
    check(first.start == "REGISTER sip:127.0.2.3:5080 SIP/2.0", first.start)
    check(not first.all("authorization"), "nothing for others")
    carol.respond(first, 200, tag="r")
    t.until_state("registered")
    check(t.gw.stop() == 0, "a clean stop")
    check(carol.expect("REGISTER").get("expires") == "0", "at the end, too")
    t.gw.start()
    first = carol.expect("REGISTER")
    check(first.uri() == "sip:+49@127.0.2.1:5060", "as it was committed")
    carol.respond(first, 200, tag="r")
    t.until_state("registered")


def options(t):
    """transport= always or never, sip registrar-host, an outbound proxy"""
    register(t)
    carol = t.keep(Registrar("carol", ("127.0.2.3", 5090), OUTSIDE))
    for line in ("outside transport-parameter always",
                 "outside outbound-proxy-host 127.0.2.3",
                 "outside outbound-proxy-port 5090"):
        t.cli("config", "set", "sip", "gateway", *line.split())
    t.cli("config", "set", "sip", "registrar-host", "127.0.2.9")
    t.cli("config", "commit")
    first = carol.expect("REGISTER")
    check(first.start == "REGISTER sip:127.0.2.9:5060;transport=udp SIP/2.0",
          first.start)
    check(first.uri() == "sip:alice@127.0.2.1:5060;transport=udp",
          first.uri())
    carol.respond(first, 200, tag="r")
    t.until_state("registered")
    call = Call(t.caller, carol).establish()
    check(call.invite_b.start == "INVITE sip:bob@127.0.2.2:5080 SIP/2.0",
          call.invite_b.start)
    call.bye()
    call = Call(carol, t.caller).establish()
    call.bye()
    check(t.callee.expect("REGISTER").get("expires") == "0", "the old one")
    t.callee.silent()


def proxy_of_all(t):
    """sip proxy-host is of the trunk that has none, and of no other"""
    register(t)
    carol = t.keep(Registrar("carol", ("127.0.2.3", 5090), OUTSIDE))
    own = [("proxy-host", "127.0.2.2"), ("proxy-port", "5080")]
    for leaf, _ in own:
        t.cli("config", "del", "sip", "gateway", "outside", leaf)
    t.cli("config", "set", "sip", "proxy-host", "127.0.2.3")
    t.cli("config", "set", "sip", "proxy-port", "5090")
    t.cli("config", "commit")
    check(t.callee.expect("REGISTER").get("expires") == "0", "the old one")
    carol.respond(carol.expect("REGISTER"), 200, tag="r")
    t.until_state("registered")
    call = Call(t.caller, carol).establish()
    check(call.invite_b.start == "INVITE sip:bob@127.0.2.3:5090 SIP/2.0",
          call.invite_b.start)
    call.bye()
    for leaf, value in own:
        t.cli("config", "set", "sip", "gateway", "outside", leaf, value)
    t.cli("config", "commit")
    check(carol.expect("REGISTER").get("expires") == "0", "not any more")
    t.callee.respond(t.callee.expect("REGISTER"), 200, tag="r")
    call = Call(t.caller, t.callee).establish()
    call.bye()
    carol.silent()


def challenged_call(t, realm=REALM, status=407, name="Proxy-Authenticate",
                    **kw):
    call = Call(t.caller, t.callee, **kw)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    first = t.callee.expect("INVITE", skip=("REGISTER",))
    check(not first.all("authorization") +
          first.all("proxy-authorization"), "nobody has asked")
    t.callee.respond(first, status, tag="x",
                     headers=[challenge(realm=realm, name=name)])
    t.callee.expect("ACK")
    return call, first


def invite(t):
    """an INVITE and what follows are answered for, without the caller"""
    register(t)
    call, first = challenged_call(t)
    call.invite_b = t.callee.expect("INVITE")
    is_right(call.invite_b, name="proxy-authorization")
    check(call.invite_b.get("call-id") == first.get("call-id"), "Call-ID")
    check(call.invite_b.get("via") != first.get("via"), "a new branch")
    check(call.invite_b.body == first.body, "the same SDP")
    call.ring().answer().ack()
    check(call.ack_b.get("proxy-authorization") ==
          call.invite_b.get("proxy-authorization"), "the ACK has them, too")
    check(call.ack_b.get("cseq").split()[0] ==
          call.invite_b.get("cseq").split()[0], "the ACK's CSeq")
    for m in (call.ringing, call.ok):
        check("authenticate" not in m.text.lower() and REALM not in m.text,
              "nothing for the caller")
    # a re-INVITE, and the BYE
    d = call.da
    d.cseq += 1
    t.caller.send(t.caller.request("INVITE", d.target, d, body=SDP))
    t.caller.expect(100)
    re_invite = t.callee.expect("INVITE")
    t.callee.respond(re_invite, 401, headers=[challenge(nonce="re")])
    t.callee.expect("ACK")
    again = t.callee.expect("INVITE")
    is_right(again)
    t.callee.respond(again, 200, body=SDP)
    t.caller.expect(200)
    t.caller.send(t.caller.request("ACK", d.target, d))
    check(answer_of(t.callee.expect("ACK"))["nonce"] == "re", "its ACK")
    d.cseq += 1
    t.caller.send(t.caller.request("BYE", d.target, d))
    t.caller.expect(200)
    bye = t.callee.expect("BYE")
    t.callee.respond(bye, 407, headers=[
        challenge(nonce="bye", name="Proxy-Authenticate")])
    bye = t.callee.expect("BYE")
    is_right(bye, name="proxy-authorization")
    t.callee.respond(bye, 200)


def given_up(t):
    """two challenges to one INVITE are one too many; a cancelled call none"""
    register(t)
    call, _ = challenged_call(t)
    again = t.callee.expect("INVITE")
    t.callee.respond(again, 407, tag="x", headers=[
        challenge(nonce="other", name="Proxy-Authenticate")])
    t.callee.expect("ACK")
    said = t.caller.expect(502)
    check("authenticate" not in said.text.lower(), "nothing for the caller")
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    call = Call(t.caller, t.callee).invite()
    t.caller.send(t.caller.request("CANCEL", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.caller.expect(200)
    t.caller.expect(487)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.respond(call.invite_b, 407, tag="x", headers=[
        challenge(name="Proxy-Authenticate")])
    t.callee.expect("ACK")
    t.callee.silent(skip=("CANCEL",))


def leak(t):
    """a foreign realm gets no digest; nor do the caller's credentials pass"""
    register(t)
    stolen = 'Digest username="alice", realm="%s", nonce="n", uri="sip:x", ' \
        'response="%s"' % (REALM, "0" * 32)
    call, first = challenged_call(t, "evil.example", 401, "WWW-Authenticate",
                                  headers=["Authorization: " + stolen,
                                           "Proxy-Authorization: " + stolen])
    check("Digest" not in first.text, "the caller's own")
    t.caller.expect(502)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.silent()
    check("for no realm of its registrations" in t.gw.said(), "told")
    # the inner side has no account: its challenges are its own
    call = Call(t.callee, t.caller)
    t.callee.send(call.invite_text)
    t.callee.expect(100)
    req = t.caller.expect("INVITE")
    t.caller.respond(req, 401, tag="x", headers=[challenge()])
    t.caller.expect("ACK")
    t.callee.expect(502)
    t.callee.send(t.callee.request("ACK", "sip:bob@127.0.2.1", call.da,
                                   branch=call.branch))
    t.caller.silent()


def leak_in_dialog(t):
    """nor does a foreign realm in a call, for a re-INVITE or BYE"""
    register(t)
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: "is established" in t.gw.said(), "not yet")
    evil = [challenge(realm="evil.example"),
            challenge(realm="evil.example", name="Proxy-Authenticate")]
    for status in (401, 407):
        call.da.cseq += 1
        branch = token("z9hG4bK")
        t.caller.send(t.caller.request("INVITE", call.da.target, call.da,
                                       body=SDP, branch=branch))
        there = t.callee.expect("INVITE")
        check("Digest" not in there.text, "nobody has asked")
        t.callee.respond(there, status, headers=evil)
        t.callee.expect("ACK")
        answer = t.caller.expect(502, skip=(100,))
        check("evil" not in answer.text, answer.text)
        t.caller.send(t.caller.request("ACK", call.da.target, call.da,
                                       branch=branch))
        t.callee.silent()
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(200)
    bye = t.callee.expect("BYE")
    check("Digest" not in bye.text, "nobody has asked")
    t.callee.respond(bye, 401, headers=evil)
    t.callee.silent()


def before(t):
    """without a realm, nothing is answered before the registrar has named it"""
    t.callee.expect("REGISTER")
    call, _ = challenged_call(t)
    t.caller.expect(502)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.silent(skip=("REGISTER",))
    call, _ = challenged_call(t, realm=CALLEE[0])
    t.callee.expect("INVITE", skip=("REGISTER",))
    t.cli("call", "hangup", "2")
    t.caller.expect(480)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.silent(skip=("REGISTER",))


TESTS = [basic, md5, refresh, always_stale, wrong_password, refused, interval,
         later, removed, options, proxy_of_all, invite, given_up, leak,
         leak_in_dialog, before]

if __name__ == "__main__":
    own_namespace()
    run([test for test in TESTS if test.__name__ in sys.argv[1:]] or TESTS,
        lambda test: Trunk(ONE))
