#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An address that isn't there yet, comes, goes, and comes back."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import CONFIG, Call, Context, Peer, check, own_namespace, run

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


if __name__ == "__main__":
    own_namespace()
    subprocess.run(["ip", "address", "add", PEER + "/32", "dev", "lo"],
                   check=True)
    run([comes_and_goes], lambda test: Context(config=LATE))
