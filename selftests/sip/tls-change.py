#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration changes while there is a call behind TLS."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from reconfigure import change, config, listens, ringfence
from peer import Call, check, own_namespace, run
from tls import (DIR, SECURE, accept, certificate, certificates, connect,
                 listen, setup)


def established(t, server):
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    call.b = accept(t, server)
    call.invite_b = call.b.expect("INVITE")
    return call.ring().answer().ack()


def version(t):
    """another version of TLS: new connections have it, the call goes on"""
    server = listen(t)
    call = established(t, server)
    check(call.b.sock.version() == "TLSv1.3", "it begins with the newest")
    change(t, "set sip gateway outside tls tls-versions max tls12")
    check(call.b.closed(), "the connection was made on other terms")
    check(listens(SECURE), "it listens")
    dialog = call.da
    dialog.cseq += 1
    t.caller.send(t.caller.request("BYE", dialog.target, dialog))
    t.caller.expect(200)
    again = accept(t, server)
    check(again.sock.version() == "TLSv1.2", "the new version")
    again.respond(again.expect("BYE"), 200)


def limit(t):
    """another limit of the firewall touches no call, and no connection"""
    server = listen(t)
    call = established(t, server)
    change(t, "set guard limit invite rate 7",
           "set guard limit tls-connect burst 3")
    check(not call.b.closed(0.2), "the connection is closed")
    call.bye()


def renewed(t):
    """a renewed certificate: shown to new peers, felt by no call"""
    server = listen(t)
    call = established(t, server)
    old = call.b.sock.getpeercert(True)
    certificate("gateway", "IP:127.0.2.1")
    ringfence(t, "certificate", "reload")
    check(not call.b.closed(0.2), "the connection is closed")
    new = connect(t).sock.getpeercert(True)
    check(new != old, "the server shows the new one")
    # The dialog goes on by a connection that we open.
    call.b.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not closed")
    dialog = call.da
    dialog.cseq += 1
    t.caller.send(t.caller.request("BYE", dialog.target, dialog))
    t.caller.expect(200)
    again = accept(t, server)
    check(again.sock.getpeercert(True) == new, "so does the client")
    again.respond(again.expect("BYE"), 200)


def suite(t):
    """cipher suites of a gateway, and its key in a file of its own"""
    tls = "set sip gateway outside tls "
    change(t, tls + "cipher-suite TLS_AES_256_GCM_SHA384",
           tls + "cipher-suite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
           tls + "certificate %s/gateway.crt" % DIR.name,
           tls + "asymmetric-key %s/gateway.key" % DIR.name)
    server = listen(t)
    call = established(t, server)
    check(call.b.sock.cipher()[0] == "TLS_AES_256_GCM_SHA384",
          call.b.sock.cipher())
    check(call.b.sock.shared_ciphers() and
          {name for name, _, _ in call.b.sock.shared_ciphers()} <=
          {"TLS_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
          "others are offered: %s" % call.b.sock.shared_ciphers())
    call.bye()


def crl(revoked):
    """DIR/crl.pem, of the CA, with or without bob in it."""
    files = {"index.txt": "", "ca.cnf": "[ca]\ndefault_ca=d\n[d]\ndatabase="
             "%s/index.txt\ndefault_md=sha256\n" % DIR.name}
    for name, text in files.items():
        with open("%s/%s" % (DIR.name, name), "w") as f:
            f.write(text)
    ca = ["openssl", "ca", "-config", DIR.name + "/ca.cnf", "-keyfile",
          DIR.name + "/ca.key", "-cert", DIR.name + "/ca.crt"]
    if revoked:
        subprocess.run(ca + ["-revoke", DIR.name + "/bob.crt"], check=True,
                       stderr=subprocess.DEVNULL)
    subprocess.run(ca + ["-gencrl", "-crldays", "2", "-out",
                         DIR.name + "/crl.pem"], check=True,
                   stderr=subprocess.DEVNULL)


def revoked_callee(t):
    """a CRL file: a callee that isn't in it, and one that is since a reload"""
    crl(False)
    change(t, "set sip gateway outside tls crl-file %s/crl.pem" % DIR.name)
    server = listen(t)
    call = established(t, server)
    call.bye()
    crl(True)
    ringfence(t, "certificate", "reload")
    call.b.close()
    t.gw.until(lambda: "closed by peer" in t.gw.said(), "not closed")
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    try:
        check(accept(t, server).closed(), "the connection is closed")
    except OSError:
        pass
    t.caller.expect(502)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.gw.until(lambda: "certificate \"CN=bob\" has been revoked by its issuer"
               in t.gw.said(), "the log doesn't say why")


def staple(t):
    """a callee without the OCSP response that is required: 502, and why"""
    config(t, *"set sip gateway outside tls ocsp required".split())
    said = config(t, "commit", status=None)
    if "there is no OCSP stapling in" in said:
        print("# " + said.strip())
        return
    server = listen(t)
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(100)
    check(accept(t, server).closed(), "the connection is closed")
    t.caller.expect(502)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.gw.until(lambda: "certificate \"CN=bob\" came without an OCSP response "
               "(stapling)" in t.gw.said(), "the log doesn't say why")


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([version, limit, renewed, suite, revoked_callee, staple], setup)
