#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An address that isn't there yet, comes, goes, and comes back."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from calls import Lab
from peer import CONFIG, Call, Context, Peer, check, own_namespace, run
from trunk import Registrar

ADDRESS, PEER = "10.9.9.1", "10.9.9.2"
LATE = CONFIG.format(inside="udp", outside="udp").split("sip route")[0] + """
network late address 10.9.9.1
sip gateway late network late
sip gateway late proxy-host 10.9.9.2
sip gateway late proxy-port 5090
sip route first from inside
sip route first to late
sip route spare from inside
sip route spare to outside
sip route back from late
sip route back to inside
"""
MEDIA = """
network media interface wan
network media media-port-min 40000
network media media-port-max 40009
sip gateway late media-network media
"""


def address(what):
    subprocess.run(["ip", "address", what, ADDRESS + "/32", "dev", "lo"],
                   check=True)


def comes_and_goes(t):
    """calls go by it while it is there, else by the next route"""
    t.gw.until(lambda: "SipEp 345: address 10.9.9.1 of SIP gateway late is not"
               in t.gw.said(), "told at start")
    Call(t.caller, t.callee).establish().bye()
    for times in (1, 2):
        address("add")
        t.gw.until(lambda n=times: t.gw.said().count(
            "SipEp 346: address 10.9.9.1") == n, "told that it is there")
        carol = Peer("carol", (PEER, 5090), (ADDRESS, 5060))
        Call(t.caller, carol).establish().bye()
        Call(carol, t.caller).establish().bye()
        tcp = Peer.connected("carol", (PEER, 5091), (ADDRESS, 5060))
        Call(tcp, t.caller).establish().bye()
        tcp.close()
        carol.close()
        address("del")
        t.gw.until(lambda n=times: t.gw.said().count(
            "SipEp 345: address 10.9.9.1") == n + 1, "told that it is gone")
        Call(t.caller, t.callee).establish().bye()
    # What is of no gateway is of no concern.
    subprocess.run(["ip", "address", "add", "10.9.9.7/32", "dev", "lo"],
                   check=True)
    Call(t.caller, t.callee).establish().bye()
    check(t.gw.said().count("SipEp 34") == 5, "told once each time")


def move(*changes):
    for change in changes:
        subprocess.run(["ip", "address", *change.split(), "dev", "wan"],
                       check=True)


def follows(t):
    """a network's interface has no address, one, another one, none"""
    t.gw.until(lambda: "SipEp 345: address wan of SIP gateway late is not"
               in t.gw.said(), "told at start")
    Call(t.caller, t.callee).establish().bye()
    check(state(t) == ["no-address", "0.0.0.0:5060"], str(state(t)))
    for n, addr in enumerate(("10.9.9.1", "10.9.9.3"), 1):
        move(*["del 10.9.9.1/24"] * (n - 1), "add %s/24" % addr)
        t.gw.until(lambda a=addr: state(t) == ["unwatched", a + ":5060"],
                   "never " + addr)
        carol = Registrar("carol", (PEER, 5090), (addr, 5060))
        register = carol.expect("REGISTER", skip=("REGISTER",))
        check(addr in register.uri(), register.get("contact"))
        carol.respond(register, 200, tag="r")
        call = Call(t.caller, carol).establish()
        check("c=IN IP4 " + addr in call.invite_b.body, call.invite_b.body)
        call.bye()
        Call(carol, t.caller).establish().bye()
        carol.close()
    check("SipEp 345: address 10.9.9.1" in t.gw.said(), "gone")
    check("SipEp 346: address 10.9.9.3" in t.gw.said(), "there")
    move("del 10.9.9.3/24")
    t.gw.until(lambda: state(t) == ["no-address", "0.0.0.0:5060"], "never")
    Call(t.caller, t.callee).establish().bye()
    # It isn't there at all, and comes.
    subprocess.run(["ip", "link", "del", "wan"], check=True)
    interface()
    move("add 10.9.9.1/24")
    t.gw.until(lambda: state(t) == ["unwatched", "10.9.9.1:5060"], "never")


def media_elsewhere(t):
    """media has a network of its own, which comes, moves, goes"""
    t.gw.until(lambda: "SipEp 345: address wan of SIP gateway late is not"
               in t.gw.said(), "told at start")
    Call(t.caller, t.callee).establish().bye()
    for n, addr in enumerate(("10.9.9.3", "10.9.9.4"), 1):
        move(*["del 10.9.9.3/24"] * (n - 1), "add %s/24" % addr)
        t.gw.until(lambda a=addr: "SipEp 346: address " + a in t.gw.said(),
                   "never " + addr)
        carol = Peer("carol", (PEER, 5090), (ADDRESS, 5060))
        call = Call(t.caller, carol).establish()
        offer = call.invite_b.body
        check("c=IN IP4 " + addr in offer, offer)
        port = int(offer.split("m=audio ")[1].split()[0])
        check(40000 <= port <= 40009, offer)
        check(ADDRESS in call.invite_b.get("contact"), "signaling stays")
        call.bye()
        carol.close()
    check("SipEp 345: address 10.9.9.3" in t.gw.said(), "gone")
    move("del 10.9.9.4/24")
    t.gw.until(lambda: state(t)[0] == "no-address", "never")
    Call(t.caller, t.callee).establish().bye()


def state(t):
    gw = [g for g in t.json("gateway", "list") if g["name"] == "late"][0]
    return [gw["state"], gw["local"]]


def interface():
    subprocess.run(["ip", "link", "add", "wan", "type", "veth", "peer",
                    "name", "far"], check=True)
    for end in ("far", "wan"):
        subprocess.run(["ip", "link", "set", end, "up"], check=True)


def setup(test):
    if test is comes_and_goes:
        return Context(config=LATE)
    if test is media_elsewhere:
        subprocess.run(["ip", "address", "flush", "dev", "wan"], check=True)
        address("add")
        return Lab(LATE + MEDIA)
    interface()
    return Lab(LATE.replace("late address 10.9.9.1", "late interface wan") +
               'sip gateway late registration alice password "x"\n')


if __name__ == "__main__":
    own_namespace()
    subprocess.run(["ip", "address", "add", PEER + "/32", "dev", "lo"],
                   check=True)
    run([comes_and_goes, follows, media_elsewhere], setup)
