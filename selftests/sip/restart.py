#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls survive the daemon: adoption after kill -9 and after a clean stop."""

import os
import signal
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLER, INSIDE, RECORD_MAX, Call, Context, Failure, Peer,
                  check, listen, own_namespace, run)


def restart(t, sig=signal.SIGKILL):
    status = t.gw.stop(sig)
    check(status == -sig or status == 0, "exit status %d" % status)
    t.gw.start()


def killed(t):
    """after kill -9 the caller can hang up"""
    call = Call(t.caller, t.callee).establish()
    mode = os.stat(t.gw.dir + "/run/calls").st_mode
    check(stat.S_IMODE(mode) == 0o600, "records are for their owner only")
    restart(t)
    check(len(t.gw.sessions()) == 1, "the session is there")
    call.bye()


def killed_twice(t):
    """after two kills the callee can hang up"""
    call = Call(t.caller, t.callee).establish()
    restart(t)
    restart(t)
    call.bye(by_caller=False)


def stopped(t):
    """a clean stop leaves answered calls, and ends others"""
    call = Call(t.caller, t.callee).establish()
    ringing = Call(t.caller, t.callee).invite().ring()
    restart(t, signal.SIGTERM)
    t.caller.expect(503)
    t.caller.send(ringing.a.request("ACK", "sip:bob@127.0.1.1", ringing.da,
                                    branch=ringing.branch))
    t.callee.expect("CANCEL")
    check(len(t.gw.sessions()) == 1, "one session is there")
    t.caller.silent()
    call.bye()


def by_tcp(t):
    """a caller on TCP is called back by TCP"""
    call = Call(t.keep(Peer.connected("alice", CALLER, INSIDE)),
                t.callee).establish()
    server = listen(t, CALLER)
    restart(t)
    d = call.callee_dialog()
    t.callee.send(t.callee.request("BYE", d.target, d))
    conn, _ = server.accept()
    again = t.keep(Peer.connected("alice", CALLER, INSIDE, conn))
    again.respond(again.expect("BYE"), 200)
    t.callee.expect(200)
    t.caller.silent()


def idle(t):
    """an adopted call ends when its media do"""
    Call(t.caller, t.callee).establish()
    restart(t)
    t.gw.idle()
    t.caller.respond(t.caller.expect("BYE"), 200)
    t.callee.respond(t.callee.expect("BYE"), 200)


def new_call(t):
    """a new call beside an adopted one has another number"""
    old = Call(t.caller, t.callee).establish()
    restart(t)
    new = Call(t.caller, t.callee).establish()
    check(len(t.gw.records()) == 2, "two records")
    old.bye()
    new.bye()


def no_session(t):
    """a record without a session is dropped"""
    call = Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    os.unlink(t.gw.dir + "/sessions/" + t.gw.sessions()[0])
    t.gw.start()
    check(not t.gw.records(), "the record is gone")
    check("no such session" in t.gw.said(), "the log says why")
    call.da.cseq += 1
    t.caller.send(t.caller.request("BYE", call.da.target, call.da))
    t.caller.expect(481)


def no_record(t):
    """a session without a record is removed"""
    Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    t.gw.write_records([])
    t.gw.start()
    check(not t.gw.sessions(), "the session is gone")


def updated(t):
    """an update that is longer or shorter than the record was is as good"""
    call = Call(t.caller, t.callee).establish()
    for n in (3, 300, 30, 5000, 4000, 6000, 3):
        contact = "sip:%s@127.0.1.2:5070" % ("n" * n)
        call.da.cseq += 1
        t.caller.send(t.caller.request(
            "UPDATE", call.da.target, call.da, contact=False,
            headers=["Contact: <%s>" % contact]))
        t.caller.expect(200)
        restart(t)
        record, = t.gw.records()
        check("\ntarget %s\n" % contact in record, "the new one: " + record)
    check(t.gw.said().count("goes on") == 7, "adopted each time")
    call.bye()


def damages(good):
    """Records that are none, with what the log says of them."""
    pages = good.replace("local ", "local %s" % ("n" * 5000), 1)
    bad = [good[:n] + "\0" for n in range(40, len(good) - 1, 40)]
    bad += [good + "x\0", good.replace("number 1", "number 4294967296") + "\0",
            good.replace("session", "sessions") + "\0",
            good.replace("end\n", "route x\n" * 20 + "end\n") + "\0",
            good.replace("end\n", "end\n\r") + "\0",
            "x" * RECORD_MAX, "x" * (RECORD_MAX - 1) + "\0",
            # torn: a page of a new one before nothing, or another
            pages[:4096] + "\0" * 4096, pages[:4096] + good + "\0",
            good.ljust(RECORD_MAX, "x")]
    return [(text, "it is damaged") for text in bad] + [
        (good.replace("leg outside", "leg nowhere") + "\0",
         "its gateways are gone")]


def damaged(t):
    """damaged records are dropped, whatever is wrong with them"""
    call = Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    good, = t.gw.records()
    bad = damages(good)
    texts = [text.replace("number 1\n", "number %d\n" % n)
             for n, (text, _) in enumerate(bad, 100)]
    t.gw.write_records(["", "\0" * 100, "\0" + good] + texts + [good + "\0"])
    t.gw.start()
    check(t.gw.records() == [good], "left are: %s" % t.gw.records())
    said = t.gw.said()
    for why in {why for _, why in bad}:
        check(said.count(why) == [w for _, w in bad].count(why), why)
    check("record in slot 4 is dropped: it is damaged" in said, "which it is")
    call.bye()


def twice(t):
    """of two records with the same number the second is dropped"""
    call = Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    good, = t.gw.records()
    second = good.replace("caller ", "caller 2")
    t.gw.write_records([good + "\0", second + "\0"])
    t.gw.start()
    check(t.gw.records() == [good], "left are: %s" % t.gw.records())
    check("slot 2 is dropped: it is damaged" in t.gw.said(), "the log says it")
    call.bye()


def length(t):
    """the file's length says nothing: its last slot may be any part of one"""
    call = Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    good, = t.gw.records()
    for n in (0, 1, 5000, RECORD_MAX - len(good) - 1, RECORD_MAX):
        t.gw.write_records(["", good + "\0" + "\0" * n])
        t.gw.start()
        check(t.gw.records() == [good], "left are: %s" % t.gw.records())
        check("damaged" not in t.gw.said(), "nothing is")
        t.gw.stop(signal.SIGKILL)
    t.gw.write_records(["", good + "\0", "", "\0"])
    t.gw.start()
    size = os.path.getsize(t.gw.dir + "/run/calls")
    check(size == 2 * RECORD_MAX, "%d bytes are left" % size)
    call.bye()


def link(t):
    """records are not read behind a link: there is no start"""
    call = Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    path = t.gw.dir + "/run/calls"
    os.rename(path, t.gw.dir + "/record")
    os.symlink(t.gw.dir + "/record", path)
    try:
        t.gw.start()
    except Failure:
        pass
    check(t.gw.process.poll(), "it has started")
    check("run/calls can't be used: Too many levels" in t.gw.said(), "why not")
    os.rename(t.gw.dir + "/record", path)
    t.gw.start()
    call.bye()


if __name__ == "__main__":
    own_namespace()
    run([killed, killed_twice, stopped, by_tcp, idle, new_call, no_session,
         no_record, updated, damaged, twice, length, link], lambda test: Context())
