#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Registrations, seen and ended by the command line; TLS; live changes."""

import json
import os
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["RF_SIP_GATEWAY"] = os.environ.get(
    "RF_BUILD", os.path.abspath(os.path.join(
        os.path.dirname(__file__), "../../build"))) + \
    "/userspace/ringfenced/config-daemon"
# pylint: disable=wrong-import-position
from peer import BUILD, Call, WAIT, check, own_namespace, run
from phone import CONFIG, Context, Phone, SECURE, contacts
from tls import DIR, TlsPeer, certificates

CLI = BUILD + "/userspace/ringfence/ringfence"
TLS = CONFIG.replace("route in to phones", "route in to secure") + """
log level debug
sip gateway secure network inside
sip gateway secure type endpoint
sip gateway secure transport tls
sip gateway secure tls certificate {dir}/gateway.pem
sip gateway secure tls ca-certs {dir}/ca.pem
sip gateway secure tls client-authentication false
sip route out2 from secure
sip route out2 to trunk
"""


class TlsPhone(Phone, TlsPeer):
    def contact(self, extra=""):
        return "<sip:%s@%s:%d;transport=tls>%s" % ((self.name,) + self.addr +
                                                   (extra,))


def tls_phone(t, number="1001", host="127.0.1.2"):
    sock = socket.create_connection(SECURE, WAIT, (host, 0))
    ctx = ssl.create_default_context(cafile=DIR.name + "/ca.pem")
    ctx.check_hostname = False  # it is that of the trunk side
    sock = ctx.wrap_socket(sock)
    return t.keep(TlsPhone.connected(number, (host, 5070), SECURE,
                                     sock).setup())


def cli(t, *words, ok=True):
    got = subprocess.run([CLI, "-s", t.gw.dir + "/run/control.sock", *words],
                         text=True, capture_output=True, check=False)
    check((got.returncode == 0) == ok, "%s: %s" % (words, got.stderr))
    return got.stdout if ok else got.stderr


def registrations(t):
    return json.loads(cli(t, "-j", "registration", "list"))


def commit(t, *lines):
    for line in lines:
        cli(t, "config", *line.split())
    cli(t, "config", "commit")


def listed(t):
    """what is registered, for people and for programs"""
    check(registrations(t) == [], "none")
    p, q = t.phone(), t.phone("1002", "127.0.1.3", tcp=True)
    p.register(300, headers=["User-Agent: Phone 1"])
    q.register(400)
    one, two = registrations(t)
    check((one["extension"], one["address"], one["port"], one["transport"],
           one["contact"], one["user-agent"], one["gateway"],
           one["connected"]) ==
          ("1001", "127.0.1.2", 5070, "udp", "sip:1001@127.0.1.2:5070",
           "Phone 1", "phones", True), one)
    check(290 < one["expires"] <= 300 and two["connected"], "two")
    for secret in ("sesame", "4711", "password"):
        check(secret not in json.dumps([one, two]), secret)
    lines = cli(t, "registration", "list").splitlines()
    check(len(lines) == 3 and lines[1].split()[:4] ==
          ["1001", "phones", "udp", "127.0.1.2:5070"], lines)
    q.close()
    t.gw.until(lambda: not registrations(t)[1]["connected"], "still there")
    check(" lost " in cli(t, "registration", "list"), "lost")
    check(cli(t, "complete", "-s", t.gw.dir + "/run/control.sock",
              "registration", "delete") == "all\n1001\n1002\n", "completion")


def deleted(t):
    """an operator ends registrations"""
    p = t.phone()
    p.register(300)
    p.register(300, contact="<sip:second@127.0.1.2>")
    check("isn't registered" in cli(t, "registration", "delete", "1002",
                                    ok=False), "an error")
    cli(t, "registration", "delete", ok=False)
    cli(t, "registration", "delete", "x" * 100, ok=False)
    check(json.loads(cli(t, "-j", "registration", "delete", "1001")) ==
          {"ended": 2}, "both")
    check(registrations(t) == [] and p.registered() == {}, "none")
    log = cli(t, "log", "show")
    check("by an operator" in log and "ends 2 registrations of extension 1001"
          in log, "told, and who it was")


def one(t):
    """one extension, and what it has registered"""
    check("no such extension" in cli(t, "extension", "show", "4242",
                                     ok=False), "an error")
    for wrong in (), ("x" * 100,), ("1001", "1002"):
        cli(t, "extension", "show", *wrong, ok=False)
    lines = cli(t, "extension", "show", "1001").splitlines()
    check(len(lines) == 2 and lines[1].split() ==
          ["1001", "no", "secure", "password", "password", "0", "0"], lines)
    p, q = t.phone(), t.phone("1002", "127.0.1.3")
    p.register(300)
    q.register(300)
    lines = cli(t, "extension", "show", "1001").splitlines()
    check(len(lines) == 5 and lines[1].split()[5] == "1" and not lines[2] and
          lines[4].split()[:4] == ["1001", "phones", "udp", "127.0.1.2:5070"],
          lines)
    seen = json.loads(cli(t, "-j", "extension", "show", "1002"))
    check((seen["extension"], seen["contacts"], seen["tls"]) ==
          ("1002", 1, "password"), seen)
    check([r["contact"] for r in seen["registrations"]] ==
          ["sip:1002@127.0.1.3:5070"], seen)
    check("sesame" not in json.dumps(seen), "no secret")
    check(cli(t, "complete", "-s", t.gw.dir + "/run/control.sock",
              "extension", "show").splitlines() ==
          [e["extension"] for e in
           json.loads(cli(t, "-j", "extension", "list"))], "completion")


def all_ended(t):
    """an operator ends all registrations, as after another policy"""
    p, q = t.phone(), t.phone("1002", "127.0.1.3")
    p.register(300)
    p.register(300, contact="<sip:second@127.0.1.2>")
    q.register(300)
    cli(t, "extension", "unregister", "all", "1001", ok=False)
    check(len(registrations(t)) == 3, "not by a wrong command")
    check(json.loads(cli(t, "-j", "extension", "unregister", "all")) ==
          {"ended": 3}, "all")
    check(registrations(t) == [] and p.registered() == {}, "none")
    log = cli(t, "log", "show", "service", "SipEp")
    check("SipEp 357 root ends all 3 registrations" in log and
          log.count("by an operator") == 3, "told")
    check(json.loads(cli(t, "-j", "registration", "delete", "all")) ==
          {"ended": 0}, "none is left")
    check(cli(t, "log", "show").count("SipEp 357") == 1, "nothing to tell")
    p.register(300)


def changed(t):
    """a commit ends what it has no place for, and nothing else"""
    p, q = t.phone(), t.phone("1002", "127.0.1.3")
    p.register(300)
    q.register(300)
    commit(t, "set sip registrar expires-max 600")
    check(len(registrations(t)) == 2, "both go on")
    commit(t, "set sip extension 1002 enabled false")
    check([r["extension"] for r in registrations(t)] == ["1001"], "one")
    q.try_register(401)
    commit(t, "set sip extension 1002 enabled true",
           "set sip extension 1001 password other")
    check([r["extension"] for r in registrations(t)] == ["1001"],
          "it goes on until it has to prove itself again")
    p.try_register(401)
    p.password = "other"
    p.register(300)
    # an address of the trunk for the gateway: nobody registers there any more
    commit(t, "set sip gateway phones proxy-host 127.0.1.7")
    check(registrations(t) == [], "none")
    check("it is not configured any more" in cli(t, "log", "show"), "told")
    p.send(p.register_text())
    p.expect(403)
    commit(t, "del sip gateway phones proxy-host")
    p.register(300)
    check(len(registrations(t)) == 1, "again")
    commit(t, "del sip route out", "del sip route in",
           "del sip gateway phones")
    check(registrations(t) == [], "gone with its gateway")


def trusted(t):
    """the kernel trusts a phone as long as it is registered, and no longer"""
    p = t.phone()
    p.register(300)
    check("trust 127.0.1.2 for 300 s: registration" in t.gw.said(), "trust")
    check("trust 127.0.1.2 for 1 s" not in t.gw.said(), "for that long")
    p.register(0)
    check("trust 127.0.1.2 for 1 s: registration" in t.gw.said(), "no more")


def tls(t):
    """extensions by TLS, with a password and no certificate"""
    t.again(TLS.format(dir=DIR.name))
    p = tls_phone(t)
    ok = p.register(300)
    check(list(contacts(ok)) == ["sip:1001@127.0.1.2:5070;transport=tls"],
          "registered")
    check(registrations(t)[0]["transport"] == "tls", "by tls")
    p.sock.sendall(b"\r\n\r\n")
    check(p.sock.recv(10) == b"\r\n", "pong")
    call = Call(t.trunk, p)
    call.invite_text = call.invite_text.replace("sip:bob@", "sip:1001@")
    call.establish().bye()
    # no password is good without TLS where the extension's gateway has it
    p.close()
    t.gw.until(lambda: not registrations(t)[0]["connected"], "still there")
    again = tls_phone(t)
    again.register(300)
    check([r["connected"] for r in registrations(t)] == [True],
          "its new connection takes the place of the old one")


def no_certificate(t):
    """client-authentication without a name to verify is refused"""
    check(t.gw.stop() == 0, "exit status")
    text = TLS.format(dir=DIR.name).replace(
        "sip gateway secure tls client-authentication false\n", "")
    with open(t.gw.dir + "/conf", "w") as f:
        f.write(text)
    start = len(t.gw.said())
    got = subprocess.run([os.environ["RF_SIP_GATEWAY"], t.gw.dir + "/conf",
                          t.gw.dir + "/run"], text=True, capture_output=True,
                         timeout=WAIT * 3, check=False, env=dict(
                             os.environ, RF_FAKE_SESSIONS=t.gw.dir,
                             RINGFENCE_YANG_DIR=YANG))
    check(got.returncode != 0 and "needs tls peer-name" in got.stderr,
          got.stderr)
    check(start == len(t.gw.said()), "nothing else")
    t.again_started(CONFIG)


YANG = os.environ.get("RINGFENCE_YANG_DIR", os.path.abspath(os.path.join(
    os.path.dirname(__file__), "../../userspace/config")))
TESTS = [listed, deleted, one, all_ended, changed, trusted, tls, no_certificate]


class Daemon(Context):
    def __init__(self):
        super().__init__(CONFIG + "log level debug\n")

    def again_started(self, config):
        with open(self.gw.dir + "/conf", "w") as f:
            f.write(config)
        self.gw.start()


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([test for test in TESTS if test.__name__ in sys.argv[1:]] or TESTS,
        lambda test: Daemon())
