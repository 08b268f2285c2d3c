#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers by their names: dnsmasq answers NAPTR, SRV and A (RFC 3263)."""

import os
import random
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import tls
from calls import CONFIGURATION, Lab
from peer import (Call, Dialog, Failure, OUTSIDE, Peer, check, listen, own_namespace,
                  run)

DNS = "127.0.9.53"
OTHER = ("127.0.2.3", 5081)
BY_NAME = CONFIGURATION.replace("proxy-host 127.0.2.2",
                                "proxy-host example.test").replace(
    "sip gateway outside proxy-port 5080\n", "") + """
log level debug
sip dns-server %s
""" % DNS
SPARE = """
network second address 127.0.3.1
sip gateway second network second
sip gateway second proxy-host 127.0.3.2
sip gateway second proxy-port 5090
sip route spare from inside
sip route spare to second
"""
HOSTS = ["host-record=sip1.example.test,127.0.2.2",
         "host-record=sip2.example.test,127.0.2.3"]


def srv(host, port, priority=10, weight=5, service="_sip._udp"):
    return "srv-host=%s.example.test,%s,%d,%d,%d" % (service, host, port,
                                                     priority, weight)


ONE = HOSTS + [srv("sip1.example.test", 5080)]
TWO = ONE + [srv("sip2.example.test", 5081, 20)]


class Lab53(Lab):
    """The gateway, and a name server with these records."""

    def __init__(self, records=None, config=BY_NAME, ttl=3600):
        self.dns = None
        self.ttl = ttl
        if records is not None:
            self.serve(records)
        super().__init__(config)

    def serve(self, records):
        self.stop_dns()
        self.dns = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
             "--pid-file=", "--user=root", "--no-resolv", "--no-hosts",
             "--bind-interfaces", "--listen-address=" + DNS, "--log-queries",
             "--log-facility=-", "--local=/test/", "--local-ttl=%d" % self.ttl]
            + ["--" + r for r in records], stderr=subprocess.PIPE, text=True)
        for line in self.dns.stderr:
            if "started" in line:
                break
        self.questions = []
        threading.Thread(target=self._read, args=(self.dns,),
                         daemon=True).start()

    def _read(self, dns):
        for line in dns.stderr:
            if "query[" in line:
                self.questions.append(line.split("query")[1].split()[:2])

    def stop_dns(self):
        if self.dns:
            self.dns.terminate()
            self.dns.wait()
        self.dns = None

    def gateway(self, name="outside"):
        return [g for g in self.json("gateway", "list")
                if g["name"] == name][0]

    def resolved(self, address="127.0.2.2:5080", timeout=None):
        self.gw.until(lambda: self.gateway()["proxy"] == address,
                      "never %s" % address, timeout)
        return self

    def close(self):
        self.stop_dns()
        super().close()


def by_srv(t):
    """host and port are those of SRV; the URI has the name alone"""
    t.resolved()
    call = Call(t.caller, t.callee).invite()
    check(call.invite_b.start == "INVITE sip:bob@example.test SIP/2.0",
          call.invite_b.start)
    check(call.invite_b.uri("to") == "sip:bob@example.test", "To")
    call.ring().answer().ack().bye()
    Call(t.callee, t.caller).establish().bye()
    gw = t.gateway()
    check(gw["host"] == "example.test" and gw["servers"] == [
        {"address": "127.0.2.2:5080", "host": "sip1.example.test",
         "state": "good", "used": True}], str(gw))
    check([q[0] for q in t.questions[:3]] == ["[NAPTR]", "[SRV]", "[A]"],
          str(t.questions))
    check("SipEp 347" in t.cli("log", "show"), "told")


def by_naptr(t):
    """NAPTR says under which name, for our transport only"""
    t.resolved("127.0.2.3:5081")
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    Call(t.caller, second).establish().bye()
    t.callee.silent()
    check(["[SRV]", "_sip._udp.elsewhere.test"] in t.questions,
          str(t.questions))


def by_address(t):
    """with proxy-port it is the A record alone; the URI has the port"""
    t.resolved()
    call = Call(t.caller, t.callee).invite()
    check(call.invite_b.start == "INVITE sip:bob@example.test:5080 SIP/2.0",
          call.invite_b.start)
    call.ring().answer().ack().bye()
    check(t.questions == [["[A]", "example.test"]], str(t.questions))


def no_srv(t):
    """without SRV: the name's address, the transport's port"""
    t.resolved("127.0.2.2:5060")
    peer = t.keep(Peer("bob", ("127.0.2.2", 5060), OUTSIDE))
    Call(t.caller, peer).establish().bye()


def no_service(t):
    """an SRV of "." says that there is no such service"""
    t.gw.until(lambda: "isn't served there" in t.gw.said(), "not told")
    check(t.gateway()["state"] == "unresolved", str(t.gateway()))


def next_by_503(t):
    """a server says 503: the same call goes to the next one, later ones too"""
    t.resolved()
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    call = Call(t.caller, t.callee).invite()
    t.callee.respond(call.invite_b, 503, tag="busy")
    t.callee.expect("ACK")
    call.b = second
    call.invite_b = second.expect("INVITE")
    call.ring().answer().ack().bye()
    Call(t.caller, second).establish().bye()
    t.callee.silent()
    states = [s["state"] for s in t.gateway()["servers"]]
    check(states == ["failed", "good"], str(states))
    check("SipEp 349" in t.cli("log", "show"), "told")
    # From the first one a call is as welcome as from the other.
    Call(t.callee, t.caller).establish().bye()


def messages_by_503(t):
    """a MESSAGE goes to the next one, too"""
    t.resolved()
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    d = t.caller.dialog()
    t.caller.send(t.caller.request("MESSAGE", "sip:bob@127.0.1.1", d, body="x",
                                   contact=False, content_type="text/plain"))
    t.callee.respond(t.callee.expect("MESSAGE"), 503, tag="busy")
    second.respond(second.expect("MESSAGE"), 200, tag="m")
    t.caller.expect(200)
    t.callee.silent()


def subscribes_by_503(t):
    """a SUBSCRIBE does, too, and its dialog is with who has accepted it"""
    t.resolved()
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    d = t.caller.dialog()
    event = ["Event: message-summary"]
    t.caller.send(t.caller.request("SUBSCRIBE", "sip:bob@127.0.1.1", d,
                                   headers=event + ["Expires: 600"]))
    first = t.callee.expect("SUBSCRIBE")
    t.callee.respond(first, 503, tag="busy")
    there = second.expect("SUBSCRIBE")
    check(there.get("call-id") != first.get("call-id"), "another dialog")
    second.respond(there, 200, tag="n", headers=["Expires: 600"])
    t.caller.expect(200)
    nd = Dialog(there.get("call-id"), there.get("to") + ";tag=n",
                there.get("from"))
    second.send(second.request("NOTIFY", there.uri(), nd, headers=event + [
        "Subscription-State: terminated;reason=noresource"]))
    t.caller.respond(t.caller.expect("NOTIFY"), 200)
    second.expect(200)
    t.callee.silent()


def all_fail(t):
    """all servers say 503: each has had the call once; 500 (16.7)"""
    t.resolved()
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    call = Call(t.caller, t.callee).invite()
    t.callee.respond(call.invite_b, 503, tag="busy")
    t.callee.expect("ACK")
    invite = second.expect("INVITE")
    second.respond(invite, 503, tag="busy")
    second.expect("ACK")
    t.caller.expect(500)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.silent()
    second.silent()


def next_by_tcp(t):
    """a server refuses the connection: the next one has the call at once"""
    t.resolved()
    server = listen(t, OTHER)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    conn, _ = server.accept()
    b = t.keep(Peer.connected("bob", OTHER, OUTSIDE, conn))
    call.b = b
    call.invite_b = b.expect("INVITE")
    check(call.invite_b.start ==
          "INVITE sip:bob@example.test;transport=tcp SIP/2.0",
          call.invite_b.start)
    call.ring().answer().ack().bye()


def next_by_options(t):
    """OPTIONS find out that a server is dead; the gateway stays up"""
    t.gw.until(lambda: "127.0.2.2:5080 is next" in t.gw.said(),
               "never", 20)
    t.resolved()
    options = t.callee.expect("OPTIONS")
    t.callee.respond(options, 200, tag="o")
    check(t.gateway()["state"] == "up", str(t.gateway()))
    check("SipEp 343" not in t.cli("log", "show"), "never down")
    check(options.start == "OPTIONS sip:example.test SIP/2.0", options.start)


def late(t):
    """DNS is down at first: unresolved, calls go by another route, then not"""
    t.gw.until(lambda: "SipEp 348" in t.cli("log", "show"), "not told", 20)
    check(t.gateway()["state"] == "unresolved", str(t.gateway()))
    spare = t.keep(Peer("bob", ("127.0.3.2", 5090), ("127.0.3.1", 5060)))
    Call(t.caller, spare).establish().bye()
    t.callee.silent()
    t.serve(ONE)
    t.resolved(timeout=40)
    Call(t.caller, t.callee).establish().bye()


def refreshed(t):
    """after the time to live it is asked again; old servers may still call"""
    t.resolved()
    t.serve(HOSTS + [srv("sip2.example.test", 5081)])
    t.resolved("127.0.2.3:5081", timeout=45)
    second = t.keep(Peer("bob", OTHER, OUTSIDE))
    Call(t.caller, second).establish().bye()
    Call(t.callee, t.caller).establish().bye()
    stranger = t.keep(Peer("eve", ("127.0.2.4", 5080), OUTSIDE))
    stranger.send(stranger.request("OPTIONS", "sip:127.0.2.1",
                                   stranger.dialog()))
    stranger.expect(403)


def reconfigured(t):
    """a commit that leaves the name alone keeps what is known of it"""
    t.resolved()
    asked = len(t.questions)
    t.cli("config", "set", "sip", "gateway", "outside", "options-failures",
          "4")
    t.cli("config", "commit")
    check(t.gateway()["proxy"] == "127.0.2.2:5080", str(t.gateway()))
    check(len(t.questions) == asked, "it asks again")
    t.cli("config", "set", "sip", "gateway", "outside", "proxy-host",
          "127.0.2.2")
    t.cli("config", "set", "sip", "gateway", "outside", "proxy-port", "5080")
    t.cli("config", "commit")
    check("host" not in t.gateway(), "an address")
    Call(t.caller, t.callee).establish().bye()


def registers(t):
    """a registration has the name, and goes to its server"""
    t.resolved()
    req = t.callee.expect("REGISTER")
    check(req.start == "REGISTER sip:example.test SIP/2.0", req.start)
    check(req.uri("to") == "sip:alice@example.test", "AOR")
    t.callee.respond(req, 200, tag="r", headers=[
        "Contact: %s;expires=600" % req.get("contact")])
    t.gw.until(lambda: [r for r in t.json("registration", "list")
                        if r.get("state") == "registered"], "never")


def tls_call(t, name):
    server = listen(t)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    try:
        call.b = tls.accept(t, server, name=name)
        call.invite_b = call.b.expect("INVITE")
    except (OSError, Failure):
        t.caller.expect(502)
        t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                       branch=call.branch))
        return False
    call.ring().answer().ack().bye()
    return True


def tls_domain(t):
    """TLS: the certificate is for the domain, not for where SRV led"""
    t.resolved()
    check(tls_call(t, "domain"), "the domain's")


def tls_host(t):
    """TLS: a certificate for where SRV led won't do by the strict rules"""
    t.resolved()
    check(not tls_call(t, "host"), "the host's")
    check("is for sip1.example.test, not for example.test" in t.gw.said(),
          "the reason")


def tls_srv(t):
    """TLS, validation dns-srv: where SRV led will do, from both ends"""
    t.resolved()
    check(tls_call(t, "host"), "the host's")
    b = tls.connect(t, name="host")
    Call(b, t.caller).establish().bye()


def tls_other(t):
    """TLS, validation dns-srv: another host's certificate won't do"""
    t.resolved()
    check(not tls_call(t, "other"), "another's")


def garbage(t):
    """a name server that answers with anything: no harm, unresolved"""
    t.gw.until(lambda: "SipEp 348" in t.cli("log", "show"), "not told", 30)
    check(t.gateway()["state"] == "unresolved", str(t.gateway()))
    check(t.answers > 3, "it was asked")


class Garbage(Lab53):
    """Random bytes, or the question with random bytes after it."""

    def __init__(self):
        self.answers = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((DNS, 53))
        threading.Thread(target=self._serve, daemon=True).start()
        super().__init__()

    def _serve(self):
        rng = random.Random(1)
        while True:
            data, addr = self.sock.recvfrom(4096)
            noise = bytes(rng.randrange(256)
                          for _ in range(rng.randrange(600)))
            head = data[:2] + b"\x81\x80\x00\x01\x00\x03\x00\x00\x00\x00"
            # 0xc00c: the question's name; type and class of the question
            record = b"\xc0\x0c" + data[-4:] + b"\x00\x00\x00\x3c"
            for out in (noise, data[:2] + noise, head + data[12:] + noise,
                        head + data[12:] + record + b"\x00\x20" + noise):
                self.sock.sendto(out, addr)
                self.answers += 1
            time.sleep(0.01)


PORT = "sip gateway outside proxy-port 5080\n"
PROBED = """
sip gateway outside options-interval 1
sip gateway outside options-failures 2
"""
TLS = BY_NAME.replace("gateway outside transport udp",
                      "gateway outside transport tls") + \
    tls.EXTRA.format(dir=tls.DIR.name)
SRV_LEVEL = "sip gateway outside tls validation dns-srv\n"
SECURE = HOSTS + [srv("sip1.example.test", 5080, service="_sips._tcp")]
NAPTR = HOSTS + [
    "naptr-record=example.test,10,10,s,SIPS+D2T,,_sips._tcp.bad.test",
    "naptr-record=example.test,20,10,s,SIP+D2U,,_sip._udp.elsewhere.test",
    "naptr-record=example.test,30,10,s,SIP+D2U,,_sip._udp.bad.test",
    "srv-host=_sip._udp.elsewhere.test,sip2.example.test,5081"]
SETUPS = {
    by_naptr: (NAPTR,),
    by_address: (["host-record=example.test,127.0.2.2"], BY_NAME + PORT),
    no_srv: (["host-record=example.test,127.0.2.2"],),
    no_service: (["srv-host=_sip._udp.example.test"],),
    next_by_503: (TWO,),
    messages_by_503: (TWO,),
    subscribes_by_503: (TWO,),
    all_fail: (TWO,),
    next_by_tcp: ([r.replace("_udp", "_tcp") for r in TWO],
                  BY_NAME.replace("gateway outside transport udp",
                                  "gateway outside transport tcp")),
    # The first one is not there at all.
    next_by_options: (HOSTS + ["host-record=sip0.example.test,127.0.2.9",
                               srv("sip0.example.test", 5080),
                               srv("sip1.example.test", 5080, 20)],
                      BY_NAME + PROBED),
    late: (None, BY_NAME + SPARE),
    refreshed: (ONE, BY_NAME, 1),
    registers: (ONE, BY_NAME +
                'sip gateway outside registration alice password "x"\n'),
    tls_domain: (SECURE, TLS),
    tls_host: (SECURE, TLS),
    tls_srv: (SECURE, TLS + SRV_LEVEL),
    tls_other: (SECURE, TLS + SRV_LEVEL),
}


def setup(test):
    return Garbage() if test is garbage else Lab53(*SETUPS.get(test, (ONE,)))


if __name__ == "__main__":
    own_namespace()
    tls.certificates()
    tls.certificate("domain", "DNS:example.test")
    tls.certificate("host", "DNS:sip1.example.test")
    tls.certificate("other", "DNS:sip2.example.test")
    run([by_srv, by_naptr, by_address, no_srv, no_service, next_by_503,
         messages_by_503, subscribes_by_503, all_fail, next_by_tcp, next_by_options, late, refreshed,
         reconfigured, registers, tls_domain, tls_host, tls_srv, tls_other,
         garbage], setup)
