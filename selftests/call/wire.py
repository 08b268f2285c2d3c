#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture of the gateway's two wires proves.

wire.py judge CAPTURE
    facts, one "name value" a line (see judge)
wire.py arrows CAPTURE RINGFENCED.log
    the call's SIP messages between phone, gateway and phone; those inside are
    read off the wire, those outside, which the wire shows only encrypted, from
    the gateway's debug log

tshark reads the capture, once (it is slow to start in a guest); what it saw
stays in CAPTURE.fields.
"""
import datetime
import os
import pathlib
import re
import subprocess
import sys

INSIDE_WIRE, OUTSIDE_WIRE = "gw0", "gw1"
# lib.sh exports them.
INSIDE, INSIDE_GW, OUTSIDE, OUTSIDE_GW = (
    os.environ[name] for name in ("INSIDE", "INSIDE_GW", "OUTSIDE", "OUTSIDE_GW"))
FIELDS = ["frame.interface_name", "frame.time_epoch", "ip.src", "ip.dst", "_ws.col.Protocol",
          "sip.Request-Line", "sip.Status-Line", "sip.CSeq", "rtp.p_type",
          "rtp.ssrc", "rtp.seq", "udp.payload", "tcp.payload",
          "icmp.type"]
WINDOW = 16       # bytes of plain media looked for on the outside wire
RTP_HEADER = 12
RTCP_TYPES = range(200, 208)
TAG = {10, 4}     # SRTP's authentication tag: HMAC_SHA1_80 and _32
G711_20MS = 160
BINDING_REQUEST = b"\0\1"
STUN_COOKIE = b"\x21\x12\xa4\x42"


class Packet:
    def __init__(self, values):
        self.fields = dict(zip(FIELDS, values))
        # An ICMP error quotes a packet; it isn't another one.
        udp = "" if self["icmp.type"] else self["udp.payload"]
        self.udp = bytes.fromhex(udp.replace(":", ""))
        self.tcp = bytes.fromhex(self["tcp.payload"].replace(":", ""))

    def __getitem__(self, name):
        return self.fields.get(name, "")

    @property
    def is_rtcp(self):
        return len(self.udp) >= 8 and self.udp[1] in RTCP_TYPES

    @property
    def is_stun(self):
        return self.udp[:2] == BINDING_REQUEST and self.udp[4:8] == STUN_COOKIE

    @property
    def is_rtp(self):
        return (len(self.udp) > RTP_HEADER and self.udp[0] >> 6 == 2
                and not self.is_rtcp)


def fields(capture):
    """tshark's view of the capture, a packet a line."""
    kept = pathlib.Path(f"{capture}.fields")
    if not kept.exists():
        command = ["tshark", "-n", "-r", capture, "--enable-heuristic", "rtp_udp",
                   "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t"]
        for field in FIELDS:
            command += ["-e", field]
        kept.write_text(subprocess.run(
            command, check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True).stdout)
    return kept.read_text()


def packets(capture, wire):
    return [packet for packet in map(Packet, (
        line.split("\t") for line in fields(capture).splitlines()))
            if packet["frame.interface_name"] == wire]


def missing(rtp):
    """Sequence numbers that a stream lacks between its first and last."""
    by_ssrc = {}
    for packet in rtp:
        seq = int.from_bytes(packet.udp[2:4], "big")
        by_ssrc.setdefault(packet.udp[8:12], []).append(seq)
    lost = 0
    for numbers in by_ssrc.values():
        seen = {(n - numbers[0]) & 0xFFFF for n in numbers}
        lost += max(n for n in seen if n < 0x8000) + 1 - len(seen)
    return lost


def leaks(plain, wire):
    """How many packets' media can be read, even in part, on the other wire."""
    haystack = b"\0".join(packet.udp for packet in wire)
    return sum(
        any(packet.udp[at:at + WINDOW] in haystack
            for at in range(RTP_HEADER, len(packet.udp) - WINDOW + 1, WINDOW))
        for packet in plain)


def judge(capture):
    inside = packets(capture, INSIDE_WIRE)
    outside = packets(capture, OUTSIDE_WIRE)
    in_rtp = [p for p in inside if p.is_rtp]
    out_rtp = [p for p in outside if p.is_rtp]
    facts = {
        "inside_sip": sum("SIP" in p["_ws.col.Protocol"] for p in inside),
        "inside_sip_udp": sum("SIP" in p["_ws.col.Protocol"] and p.udp != b""
                              for p in inside),
        "inside_rtp_from_phone": sum(p["ip.src"] == INSIDE for p in in_rtp),
        "inside_rtp_to_phone": sum(p["ip.dst"] == INSIDE for p in in_rtp),
        # G.711 for 20 ms, no tag behind it.
        "inside_not_plain": sum(
            len(p.udp) != RTP_HEADER + G711_20MS or p["rtp.p_type"] != "0"
            for p in in_rtp),
        "inside_not_srtp": sum(
            len(p.udp) - RTP_HEADER - G711_20MS not in TAG for p in in_rtp),
        "inside_missing": missing([p for p in in_rtp if p["ip.src"] == INSIDE])
        + missing([p for p in in_rtp if p["ip.dst"] == INSIDE]),
        "outside_tls": sum(p["_ws.col.Protocol"].startswith("TLS")
                           for p in outside),
        "outside_readable_sip": sum(b"SIP/2.0" in p.tcp + p.udp
                                    or "SIP" in p["_ws.col.Protocol"]
                                    for p in outside),
        "outside_srtp_from_phone": sum(p["ip.src"] == OUTSIDE for p in out_rtp),
        "outside_srtp_to_phone": sum(p["ip.dst"] == OUTSIDE for p in out_rtp),
        "outside_not_srtp": sum(
            len(p.udp) - RTP_HEADER - G711_20MS not in TAG for p in out_rtp),
        "outside_not_media": sum(
            bool(p.udp) and not p.is_rtp and not p.is_rtcp for p in outside),
        "outside_stun_from_phone": sum(p.is_stun and p["ip.src"] == OUTSIDE
                                       for p in outside),
        "outside_missing": missing([p for p in out_rtp if p["ip.src"] == OUTSIDE])
        + missing([p for p in out_rtp if p["ip.dst"] == OUTSIDE]),
        # The search itself works: everything is found where it is plain.
        "inside_readable": leaks(in_rtp, inside),
        "outside_readable": leaks(in_rtp, outside),
    }
    for name, value in facts.items():
        print(name, value)


def local_time(epoch):
    """Seconds since midnight, as the gateway's log counts."""
    moment = datetime.datetime.fromtimestamp(float(epoch))
    return (moment.hour * 60 + moment.minute) * 60 + moment.second \
        + moment.microsecond / 1e6


def inside_messages(capture):
    for packet in packets(capture, INSIDE_WIRE):
        line = packet["sip.Request-Line"] or packet["sip.Status-Line"]
        if line:
            yield (local_time(packet["frame.time_epoch"]), "inside",
                   packet["ip.src"] == INSIDE_GW, line, packet["sip.CSeq"])


# "12:00:00.123 debug sip: send tls 10.0.2.2:5061 gateway outside: INVITE sip:"
TRACE = re.compile(r"^(\d\d):(\d\d):(\d\d\.\d+) debug sip: "
                   r"(send|recv) \S+ \S+ gateway outside: (.*)$")


def outside_messages(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            if match := TRACE.match(line):
                hours, minutes, seconds, direction, text = match.groups()
                yield (float(seconds) + 60 * (int(minutes) + 60 * int(hours)),
                       "outside", direction == "send", text, "")


def short(line):
    """INVITE, or 180 Ringing."""
    if line.startswith("SIP/2.0 "):
        return line[len("SIP/2.0 "):].split(" (")[0][:24]
    return line.split(" ")[0]


def arrow(text, right):
    bar = f" {text} ".center(28, "-")
    return f"{bar}>" if right else f"<{bar}"


def arrows(capture, log):
    messages = sorted([*inside_messages(capture), *outside_messages(log)])
    start = messages[0][0] if messages else 0
    print(f"{'':8}{'phone inside':14}{'gateway':^33}{'phone outside':>14}")
    print(f"{'':8}{INSIDE:14}{INSIDE_GW + ' | ' + OUTSIDE_GW:^33}{OUTSIDE:>14}")
    for when, side, sent, line, _ in messages:
        # Sent by the gateway: to the left inside, to the right outside.
        right = sent == (side == "outside")
        left, right_half = "", ""
        if side == "inside":
            left = arrow(short(line), right)
        else:
            right_half = arrow(short(line), right)
        print(f"{when - start:7.3f} |{left or ' ' * 29}|{right_half or ' ' * 29}|")


def main():
    actions = {("judge", 3): judge, ("arrows", 4): arrows}
    action = actions.get((sys.argv[1] if sys.argv[1:] else "", len(sys.argv)))
    if not action:
        sys.exit(__doc__)
    action(*sys.argv[2:])


if __name__ == "__main__":
    main()
