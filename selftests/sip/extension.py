#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions call, and are called."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Call, Dialog, SDP, check, own_namespace, run
from phone import CONFIG, Context, PhoneCall


def outside(t):
    """a call of an extension to the trunk, without its credentials"""
    p = t.phone()
    p.register(300)
    call = PhoneCall(p, t.trunk, "49123").invite()
    out = call.invite_b
    for leak in ("uthorization", "127.0.1.", "test.example", "nonce",
                 "sesame", call.da.call_id):
        check(leak not in out.text, "the trunk sees " + leak)
    check(out.start == "INVITE sip:49123@127.0.2.2:5080 SIP/2.0", out.start)
    check("sip:1001@127.0.2.1" in out.get("from"), "From: the extension")
    call.ring().answer().ack().bye()
    PhoneCall(p, t.trunk, "49123").establish().bye(by_caller=False)


def only_so(t):
    """no call with a wrong password, for somebody else, or unregistered"""
    p = t.phone()
    PhoneCall(p, t.trunk, "1").send().reject(403)
    p.register(300)
    call = PhoneCall(p, t.trunk, "1").send(password="wrong")
    call.reject(407)
    PhoneCall(p, t.trunk, "1").send(user="4242").reject(407)
    check(t.gw.said().count("strike 127.0.1.2: failed-digest") == 2, "struck")
    call = PhoneCall(p, t.trunk, "1")
    call.da.local = call.da.local.replace("1001", "1002")
    call.send().reject(403)
    # the extension is registered, but elsewhere
    q = t.phone("1001", "127.0.1.9")
    PhoneCall(q, t.trunk, "1").send().reject(403)
    p.register(0)
    PhoneCall(p, t.trunk, "1").send().reject(403)
    t.trunk.silent()


def once(t):
    """an answer to a challenge makes one call"""
    p = t.phone()
    p.register(300)
    call = PhoneCall(p, t.trunk, "1").invite()
    call.ring()
    t.trunk.respond(call.invite_b, 486, tag=call.tag)
    t.trunk.expect("ACK")
    call.reject(486)
    call.da.call_id += "x"
    call.da.cseq += 1
    p.count -= 1
    p.send(call.text(p.authorize("INVITE", call.uri)))
    call.reject(407)
    # nor is that of a REGISTER good for a call
    p.challenged()
    p.send(call.text(p.authorize("REGISTER", call.uri)))
    call.reject(407)
    t.trunk.silent()


def called(t):
    """the trunk calls an extension"""
    p = t.phone()
    p.register(300, contact="<sip:1001@127.0.1.2:5070;ob=1>")
    call = Call(t.trunk, p)
    call.invite_text = call.invite_text.replace("sip:bob@", "sip:1001@")
    call.invite()
    check(call.invite_b.start ==
          "INVITE sip:1001@127.0.1.2:5070;ob=1 SIP/2.0", call.invite_b.start)
    check("127.0.2." not in call.invite_b.text, "nothing of the outside")
    call.ring().answer().ack().bye()
    call = Call(t.trunk, p)
    call.invite_text = call.invite_text.replace("sip:bob@", "sip:1001@")
    call.establish().bye(by_caller=False)


def trunk_call(t, callee, number="1001"):
    call = Call(t.trunk, callee)
    call.invite_text = call.invite_text.replace("sip:bob@",
                                                "sip:%s@" % number)
    return call


def refused(t, number, status):
    call = trunk_call(t, None, number)
    t.trunk.send(call.invite_text)
    t.trunk.expect(status, skip=(100,))
    t.trunk.send(t.trunk.request("ACK", "sip:x@127.0.2.1", call.da,
                                 branch=call.branch))


def nobody(t):
    """extensions that are unknown, off, or not registered"""
    refused(t, "7777", 404)
    refused(t, "1003", 404)
    refused(t, "1001", 480)
    p = t.phone()
    p.register(300)
    p.register(0)
    refused(t, "1001", 480)


def each_other(t):
    """extensions call each other without a route"""
    p, q = t.phone(), t.phone("1002", "127.0.1.3")
    p.register(300)
    q.register(300)
    call = PhoneCall(p, q, "1002").establish()
    check("127.0.1.2" not in call.invite_b.text, "who calls is hidden")
    call.bye()
    PhoneCall(q, p, "1001").establish().bye(by_caller=False)
    q.register(0)
    # the route takes it: the trunk may know the number
    PhoneCall(p, t.trunk, "1002").establish().bye()


def serial(t):
    """contacts are tried one after another, the newest first"""
    p = t.phone(port=5070)
    new, newest = t.phone(port=5071), t.phone(port=5072)
    for phone in (p, new, newest):
        phone.register(300)
    call = trunk_call(t, newest).invite()
    newest.respond(call.invite_b, 503, tag="a")
    newest.expect("ACK")
    out = new.expect("INVITE")
    new.respond(out, 500, tag="a")
    new.expect("ACK")
    call.b, call.invite_b = p, p.expect("INVITE")
    call.ring().answer().ack().bye()
    # busy is an answer
    call = trunk_call(t, newest).invite()
    newest.respond(call.invite_b, 486, tag="a")
    newest.expect("ACK")
    t.trunk.expect(486)
    t.trunk.send(t.trunk.request("ACK", "sip:x@127.0.2.1", call.da,
                                 branch=call.branch))
    new.silent()
    p.silent()


def nat(t):
    """calls go to where the REGISTER came from, whatever the Contact says"""
    p = t.phone()
    victim = t.phone("1002", "127.0.1.8")
    p.register(300, contact="<sip:1001@127.0.1.8:5070>")
    call = trunk_call(t, p).invite()
    check(call.invite_b.start == "INVITE sip:1001@127.0.1.8:5070 SIP/2.0",
          "its Contact")
    # so does the 2xx's Contact not move what follows
    call.ring()
    p.addr = ("127.0.1.8", 5070)
    p.respond(call.invite_b, 200, tag=call.tag, body=SDP)
    p.addr = ("127.0.1.2", 5070)
    p.expect("ACK")
    ok = t.trunk.expect(200)
    call.da.remote, call.da.target = ok.get("to"), ok.uri()
    call.ack().bye()
    victim.silent()
    # without rport: the port that Via names, the address that it came from
    other = t.phone(port=5099)
    other.challenged()
    p.challenge, p.count = other.challenge, 0
    p.send(p.register_text(
        via="SIP/2.0/UDP 127.0.1.8:5099;branch=z9hG4bKnat",
        authorization=p.authorize()))
    other.expect(200)
    call = trunk_call(t, other).invite()
    call.ring().answer().ack().bye()


def by_tcp(t):
    """calls to and from TCP, on the phone's connection only"""
    p = t.phone(tcp=True)
    p.register(300)
    trunk_call(t, p).establish().bye()
    PhoneCall(p, t.trunk, "49").establish().bye(by_caller=False)
    udp = t.phone("1001", "127.0.1.3")
    udp.register(300)
    p.register(300)
    p.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not noticed")
    # the newest has no connection any more
    trunk_call(t, udp).establish().bye()
    udp.register(0)
    refused(t, "1001", 480)


def lost(t):
    """a call whose phone has lost its connection can end"""
    p = t.phone(tcp=True)
    p.register(300)
    call = trunk_call(t, p).establish()
    p.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not noticed")
    call.da.cseq += 1
    t.trunk.send(t.trunk.request("BYE", call.da.target, call.da))
    t.trunk.expect(200)
    t.gw.gone()
    check("0.0.0.0" not in t.gw.said(), "and nobody else is tried")


def path(t):
    """Path becomes Route"""
    p = t.phone()
    p.register(300, headers=["Path: <sip:edge.example;lr>",
                             "Path: <sip:inner.example;lr>"])
    call = trunk_call(t, p).invite()
    check(call.invite_b.all("route") == ["<sip:edge.example;lr>",
                                         "<sip:inner.example;lr>"], "Route")
    call.ring().answer().ack().bye()


def intruder(t):
    """nobody else gets into a call, or out of it"""
    p = t.phone()
    p.register(300)
    call = PhoneCall(p, t.trunk, "49").establish()
    mallory = t.phone("1002", "127.0.1.6")
    mallory.register(300)
    for method in ("BYE", "INFO", "UPDATE", "INVITE"):
        d = Dialog(call.da.call_id, call.da.local, call.da.remote)
        d.cseq = call.da.cseq + 10
        mallory.send(mallory.request(method, call.da.target, d))
        mallory.expect(481)
    t.trunk.silent()
    call.bye()
    call = PhoneCall(p, t.trunk, "49").invite().ring()
    mallory.send(mallory.request("CANCEL", call.uri, call.da,
                                 branch=call.branch).replace(
        mallory.via(call.branch), p.via(call.branch)))
    mallory.expect(481)
    t.trunk.silent()
    call.answer().ack().bye()


def cancel(t):
    """an extension cancels its call"""
    p = t.phone()
    p.register(300)
    call = PhoneCall(p, t.trunk, "49").invite().ring()
    p.send(p.request("CANCEL", call.uri, call.da, branch=call.branch))
    p.expect(200)
    cancelled = t.trunk.expect("CANCEL")
    t.trunk.respond(cancelled, 200)
    t.trunk.respond(call.invite_b, 487, tag=call.tag)
    t.trunk.expect("ACK")
    call.reject(487)


def restart(t):
    """calls and contacts go on after a restart"""
    p = t.phone()
    p.register(300)
    call = PhoneCall(p, t.trunk, "49").establish()
    back = trunk_call(t, p).establish()
    t.gw.until(lambda: len(t.gw.records()) == 2, "no records")
    check(t.gw.stop() == 0, "exit status")
    t.gw.start()
    call.bye(by_caller=False)
    back.bye()
    trunk_call(t, p).establish().bye()


TESTS = [outside, only_so, once, called, nobody, each_other, serial, nat,
         by_tcp, lost, path, intruder, cancel, restart]

if __name__ == "__main__":
    own_namespace()
    run([test for test in TESTS if test.__name__ in sys.argv[1:]] or TESTS,
        lambda test: Context())
