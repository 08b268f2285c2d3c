#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration changes while there is a call behind TLS."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from reconfigure import change, config, listens, ringfence
from peer import Call, check, own_namespace, run
from tls import (SECURE, accept, certificate, certificates, connect, listen,
                 setup)


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
    change(t, "set sip gateway outside tls version-max tls12")
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
    run([version, limit, renewed, staple], setup)
