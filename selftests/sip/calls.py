#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls by the control socket, and their records."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (BUILD, CONFIG, Call, Context, check, own_namespace, run)

CLI = BUILD + "/userspace/ringfence/ringfence"
DAEMON = BUILD + "/userspace/ringfenced/config-daemon"
CONFIGURATION = CONFIG.format(inside="udp", outside="udp") + """
control operator-group man
control read-only-group mail
"""
OPERATOR, READER, NOBODY = 12, 8, 65534  # groups of Debian's base-passwd


class Lab(Context):
    """ringfenced without the kernel module, and its command line."""

    def __init__(self, config=CONFIGURATION):
        super().__init__(config=config, program=DAEMON)
        os.chmod(self.gw.dir, 0o755)
        os.chmod(self.gw.dir + "/run", 0o755)

    def cli(self, *words, group=None, status=0):
        who = {} if group is None else {
            "user": NOBODY, "group": NOBODY, "extra_groups": [group]}
        got = subprocess.run(
            [CLI, "-s", self.gw.dir + "/run/control.sock", *words], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, cwd="/", **who)
        check(got.returncode == status, "%s: status %d, said %s" %
              (words, got.returncode, got.stdout))
        return got.stdout

    def json(self, *words, **how):
        return json.loads(self.cli("-j", *words, **how))


class Recorded(Lab):
    """The same with records; the file is in the gateway's folder."""

    def __init__(self):
        super().__init__(CONFIGURATION + "sip call-record-file "
                         "/proc/self/cwd/records\n")

    @property
    def file(self):
        return pathlib.Path(self.gw.dir + "/records")

    def records(self):
        return [json.loads(line) for line in
                self.file.read_text().splitlines()]


def listed(t):
    """call list: those that ring and those that talk, until they end"""
    check(t.json("call", "list") == [], "none")
    check(t.cli("call", "list").split() ==
          ["ID", "STATE", "START", "FROM", "TO", "WHO"], "a head")
    call = Call(t.caller, t.callee).invite().ring()
    found = t.json("call", "list")
    check(len(found) == 1 and found[0]["state"] == "ringing", str(found))
    check(found[0]["from"] == "alice" and found[0]["to"] == "bob", "who")
    check([leg["gateway"] for leg in found[0]["legs"]] ==
          ["inside", "outside"], "gateways")
    check(found[0]["answer"] is None, "no answer")
    call.answer().ack()
    t.gw.until(lambda: t.json("call", "list")[0]["state"] == "established",
               "never established")
    check(re.search(r"(?m)^1 +established .* alice to bob$",
                    t.cli("call", "list")), "a line")
    call.bye()
    t.gw.until(lambda: t.json("call", "list") == [], "it is over")


def shown(t):
    """call show: with the media's counters; a wrong ID is refused"""
    call = Call(t.caller, t.callee).establish()
    one = t.json("call", "show", "1")
    check(one["session"] == int(t.gw.sessions()[0]), "session")
    check([leg["media"]["rx-packets"] for leg in one["legs"]] == [10, 11],
          str(one))
    check([leg["transport"] for leg in one["legs"]] == ["udp", "udp"], "udp")
    check("rx-packets 11" in t.cli("call", "show", "1"), "text")
    check("no such call" in t.cli("call", "show", "2", status=1), "2")
    for wrong in (["0"], ["x"], [], ["1", "2"], ["4294967296"]):
        t.cli("call", "show", *wrong, status=2)
    check("show ID" in t.cli("help"), "help")
    call.bye()


def hung_up(t):
    """call hangup: BYE to both, CANCEL and 480 when it rings"""
    Call(t.caller, t.callee).establish()
    t.gw.until(lambda: t.json("call", "list")[0]["state"] == "established",
               "never established")
    check(t.cli("call", "hangup", "1") == "", "quiet")
    for peer in (t.caller, t.callee):
        peer.respond(peer.expect("BYE"), 200)
    t.gw.gone()
    check("no such call" in t.cli("call", "hangup", "1", status=1), "again")
    call = Call(t.caller, t.callee).invite().ring()
    t.cli("call", "hangup", "2")
    t.caller.expect(480)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.callee.respond(t.callee.expect("CANCEL"), 200)
    t.callee.respond(call.invite_b, 487, tag=call.tag)
    t.callee.expect("ACK")


def roles(t):
    """who may read only may not hang up, strangers may not read"""
    call = Call(t.caller, t.callee).establish()
    for command in (["list"], ["show", "1"]):
        t.cli("call", *command, group=READER)
        t.cli("call", *command, group=NOBODY, status=1)
    check("only read" in t.cli("call", "hangup", "1", group=READER, status=1),
          "a reader")
    t.cli("call", "hangup", "1", group=NOBODY, status=1)
    t.caller.silent()
    call.bye()
    Call(t.caller, t.callee).establish()
    t.cli("call", "hangup", "2", group=OPERATOR)
    for peer in (t.caller, t.callee):
        peer.respond(peer.expect("BYE"), 200)


def recorded(t):
    """a line for each call that ends, with all that is known of it"""
    Call(t.caller, t.callee).establish().bye()
    t.gw.gone()
    call = Call(t.caller, t.callee).invite().ring()
    t.callee.respond(call.invite_b, 486, tag=call.tag)
    t.callee.expect("ACK")
    t.caller.expect(486)
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    Call(t.caller, t.callee).establish().bye(by_caller=False)
    t.gw.gone()
    first, second, third = t.records()
    check((first["call"], first["from"], first["to"]) == (1, "alice", "bob"),
          str(first))
    check(first["cause"] == "the caller hung up", first["cause"])
    check("status" not in first and second["status"] == 486, "status")
    check(first["start"] <= first["answer"] <= first["end"], "times")
    check(second["answer"] is None and second["seconds"] == 0, "unanswered")
    check(third["cause"] == "the callee hung up", third["cause"])
    for n, leg in enumerate(first["legs"]):
        check(leg["gateway"] == ("inside", "outside")[n], "gateway")
        check(leg["suite"] == ("none", "AES_CM_128_HMAC_SHA1_80")[n],
              leg["suite"])
        check(leg["media"]["lost"] == n, "counters")
    check("suite" not in second["legs"][0], "no session, no suite")
    check(t.file.stat().st_mode & 0o777 == 0o600, "nobody else reads it")


def refused(t):
    """a call that the media refuses has a record too, strange names are safe"""
    call = Call(t.caller, t.callee, body="v=0\r\na=refuse-me\r\n")
    t.caller.send(call.invite_text.replace(
        "sip:bob@", "sip:%%0A%%22%%e4%s@" % ("9" * 300), 1))
    t.caller.expect(488, skip=(100,))
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    record = t.records()[0]
    check(record["status"] == 488, str(record))
    check(record["to"] == '?"?' + "9" * 125, record["to"])
    check(record["cause"] == "asked to refuse", record["cause"])


def rotated(t):
    """the file may be renamed at any time; what can't be written is told"""
    Call(t.caller, t.callee).establish().bye()
    t.gw.gone()
    old = t.file.rename(t.gw.dir + "/records.1")
    Call(t.caller, t.callee).establish().bye()
    t.gw.gone()
    check(len(old.read_text().splitlines()) == 1, "the old one")
    check(t.records()[0]["call"] == 2, "the new one")
    t.file.unlink()
    t.file.mkdir()
    Call(t.caller, t.callee).establish().bye()
    t.gw.gone()
    check("the record of call 3 can't be written" in t.gw.said(), "told")


def adopted(t):
    """a call that outlives the daemon has one record, with its beginning"""
    call = Call(t.caller, t.callee).establish()
    t.gw.until(lambda: t.json("call", "list")[0]["state"] == "established",
               "never established")
    start = t.json("call", "show", "1")["start"]
    check(t.gw.stop(signal.SIGTERM) == 0, "a clean stop")
    check(t.records() == [], "it is not over")
    t.gw.start()
    check(t.json("call", "show", "1")["from"] == "alice", "still known")
    call.bye()
    t.gw.gone()
    record, = t.records()
    check((record["start"], record["from"], record["to"]) ==
          (start, "alice", "bob"), str(record))


if __name__ == "__main__":
    own_namespace()
    run([listed, shown, hung_up, roles, recorded, refused, rotated, adopted],
        lambda test: Recorded() if test in (recorded, refused, rotated,
                                            adopted) else Lab())
