#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIP configuration changes while calls go on: config-daemon, told by the
command line."""

import os
import socket
import subprocess
import sys

TOP = os.environ.get("RF_TOP") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.environ.get("RF_BUILD", TOP + "/build") + "/userspace"
os.environ["RF_SIP_GATEWAY"] = BUILD + "/ringfenced/config-daemon"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLEE, CALLER, Call, Context, INSIDE, OUTSIDE, Peer, SDP,
                  check, own_namespace, run)


def ringfence(t, *words, status=0):
    """What it says; @status: what it must end with, None: whatever."""
    env = dict(os.environ)
    env.setdefault("RINGFENCE_YANG_DIR", TOP + "/userspace/config")
    got = subprocess.run([BUILD + "/ringfence/ringfence", "-s",
                          t.gw.dir + "/run/control.sock", *words],
                         text=True, stdout=subprocess.PIPE, check=False,
                         stderr=subprocess.STDOUT, env=env)
    check(status in (None, got.returncode), "%s: %d: %s" %
          (" ".join(words), got.returncode, got.stdout))
    return got.stdout


def config(t, *words, status=0):
    return ringfence(t, "config", *words, status=status)


def change(t, *commands):
    """Commands like "set sip gateway ...", and a commit."""
    for command in commands:
        config(t, *command.split())
    config(t, "commit")


def listens(addr):
    """As the kernel has it: a try would be logged as a stranger's."""
    host = socket.inet_aton(addr[0])[::-1].hex().upper()
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(words[1] == f"{host}:{addr[1]:04X}" and words[3] == "0A"
                   for words in (line.split() for line in table))


def another(t):
    """another gateway comes and goes; a call doesn't notice"""
    call = Call(t.caller, t.callee).establish()
    change(t, "set network third address 127.0.3.1",
           "set sip gateway third network third",
           "set sip gateway third proxy-host 127.0.3.2",
           "set sip route third from third", "set sip route third to inside")
    check(listens(("127.0.3.1", 5060)), "it listens")
    peer = t.keep(Peer("carol", ("127.0.3.2", 5060), ("127.0.3.1", 5060)))
    Call(peer, t.caller).establish().bye()
    Call(t.caller, t.callee).establish().bye()
    change(t, "del sip route third", "del sip gateway third",
           "del network third")
    t.gw.until(lambda: not listens(("127.0.3.1", 5060)), "it listens still",
               timeout=90)
    call.bye(by_caller=False)


def proxy(t):
    """another proxy-port: the call goes on, the next one goes there"""
    call = Call(t.caller, t.callee).establish()
    change(t, "set sip gateway outside proxy-port 5081")
    moved = t.keep(Peer("bob", (CALLEE[0], 5081), OUTSIDE))
    Call(t.caller, moved).establish().bye()
    call.bye()
    t.callee.silent()


def removed(t):
    """a gateway that is removed listens until its calls are over"""
    call = Call(t.caller, t.callee).establish()
    change(t, "del sip route", "del sip gateway outside")
    check(listens(OUTSIDE), "it listens while there is a call")
    dialog = t.caller.dialog()
    t.caller.send(t.caller.request("INVITE", "sip:bob@127.0.1.1", dialog,
                                   body=SDP))
    refused = t.caller.expect(404, skip=(100,))
    dialog.remote = refused.get("to")
    via = refused.get("via").split("branch=")[1].split(";")[0]
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", dialog,
                                   branch=via))
    call.bye(by_caller=False)
    t.gw.until(lambda: not listens(OUTSIDE), "it listens still", timeout=90)
    check("gateway outside, removed, has no calls" in t.gw.said(), "the log")
    check(listens(INSIDE), "the other one does")


def came_back(t):
    """a removed gateway comes back while its call goes on"""
    call = Call(t.caller, t.callee).establish()
    change(t, "del sip route", "del sip gateway outside")
    config(t, "rollback", "1")
    config(t, "commit")
    Call(t.callee, t.caller).establish().bye()
    call.bye()


def renamed(t):
    """another name in the same place: calls go on"""
    call = Call(t.caller, t.callee).establish()
    change(t, "del sip route", "del sip gateway outside",
           "set sip gateway provider network outside",
           "set sip gateway provider proxy-host 127.0.2.2",
           "set sip gateway provider proxy-port 5080",
           "set sip route out from inside", "set sip route out to provider")
    Call(t.caller, t.callee).establish().bye()
    call.bye(by_caller=False)


def moved_port(t):
    """another port: new calls come there, the old call goes on"""
    call = Call(t.caller, t.callee).establish()
    change(t, "set sip gateway inside port 5062")
    check(not listens(INSIDE), "nobody listens where it was")
    other = t.keep(Peer("dora", ("127.0.1.2", 5071), ("127.0.1.1", 5062)))
    Call(other, t.callee).establish().bye()
    t.caller.gateway = ("127.0.1.1", 5062)
    call.bye(by_caller=False)


def refused_port(t):
    """a port that is taken: all stays as it is"""
    with socket.socket() as sock:
        sock.bind(("127.0.1.1", 5062))
        sock.listen()
        config(t, "set", "sip", "gateway", "inside", "port", "5062")
        config(t, "set", "sip", "gateway", "outside", "proxy-port", "5081")
        said = config(t, "commit", status=1)
        check("gateway inside can't listen on 127.0.1.1 port 5062" in said,
              said)
        Call(t.caller, t.callee).establish().bye()
    config(t, "discard")


def undone(t):
    """an unconfirmed change is undone, calls and all"""
    call = Call(t.caller, t.callee).establish()
    config(t, "set", "sip", "gateway", "inside", "port", "5062")
    config(t, "set", "sip", "gateway", "outside", "proxy-port", "5081")
    config(t, "commit", "confirmed", "10")
    check(listens(("127.0.1.1", 5062)), "it listens there")
    t.gw.until(lambda: listens(INSIDE) and not listens(("127.0.1.1", 5062)),
               "it isn't back", timeout=60)
    Call(t.caller, t.callee).establish().bye()
    call.bye()


def ringing(t):
    """a call that rings is answered after the change"""
    call = Call(t.caller, t.callee).invite().ring()
    change(t, "set sip gateway outside media-security unsecure",
           "set media idle-timeout 77", "set network inside media-port-max "
           "25000")
    call.answer().ack().bye()


def tcp(t):
    """other terms end TCP connections, but not the calls on them"""
    change(t, "set sip gateway inside transport tcp")
    caller = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call = Call(caller, t.callee).establish()
    change(t, "set sip gateway inside proxy-port 5071")
    check(caller.closed(), "the connection is closed")
    again = t.keep(Peer.connected("alice", CALLER, INSIDE))
    call.a = again
    call.bye()


def limits(t):
    """other limits of connections hold for the next ones, and touch none"""
    change(t, "set sip gateway inside transport tcp")
    peers = [t.keep(Peer.connected("alice", CALLER, INSIDE))
             for _ in range(3)]
    call = Call(peers[0], t.callee).establish()
    change(t, "set sip connections per-source 2",
           "set sip connections first-byte-timeout 1")
    for peer in peers:
        check(not peer.closed(0.2), "a connection is closed")
    new = t.keep(Peer.connected("alice", CALLER, INSIDE))
    check(peers[1].closed(), "there are four")
    check(new.closed(), "the old limit holds")
    check(not peers[2].closed(0.2), "the new limit holds for an old one")
    call.bye()


# One after the other: a guest is too slow for ten daemons at once.
if __name__ == "__main__":
    own_namespace()
    run([another, proxy, removed, came_back, renamed, moved_port, refused_port,
         undone, ringing, tcp, limits], lambda test: Context())
