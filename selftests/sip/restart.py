#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls survive the daemon: adoption after kill -9 and after a clean stop."""

import os
import signal
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import (CALLER, INSIDE, Call, Context, Peer, check, listen,
                  own_namespace, run)


def restart(t, sig=signal.SIGKILL):
    status = t.gw.stop(sig)
    check(status == -sig or status == 0, "exit status %d" % status)
    t.gw.start()


def killed(t):
    """after kill -9 the caller can hang up"""
    call = Call(t.caller, t.callee).establish()
    mode = os.stat(t.gw.dir + "/run/calls").st_mode
    check(stat.S_IMODE(mode) == 0o700, "calls/ is for its owner only")
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
    os.unlink(t.gw.records()[0])
    t.gw.start()
    check(not t.gw.sessions(), "the session is gone")


def damaged(t):
    """damaged records are dropped, whatever is wrong with them"""
    Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    path = t.gw.records()[0]
    with open(path) as f:
        good = f.read()
    bad = [good[:n] for n in range(0, len(good) - 1, 40)]
    bad += [good + "x", good.replace("number 1", "number 4294967296"),
            good.replace("session", "sessions"), "\0" * 100, "x" * 100000,
            good.replace("leg outside", "leg nowhere"),
            good.replace("end\n", "route x\n" * 20 + "end\n")]
    os.unlink(path)
    for n, text in enumerate(bad, 100):
        with open("%s/run/calls/%d" % (t.gw.dir, n), "w") as f:
            f.write(text.replace("number 1\n", "number %d\n" % n))
    os.symlink("/etc/passwd", t.gw.dir + "/run/calls/99")
    t.gw.start()
    check(not t.gw.records(), "records are left: %s" % t.gw.records())


def elsewhere(t):
    """a record under another name, or behind a link, is not read"""
    Call(t.caller, t.callee).establish()
    t.gw.stop(signal.SIGKILL)
    path = t.gw.records()[0]
    os.rename(path, t.gw.dir + "/record")
    os.symlink(t.gw.dir + "/record", path)
    with open(t.gw.dir + "/record") as f:
        text = f.read()
    with open(os.path.dirname(path) + "/77", "w") as f:
        f.write(text)
    t.gw.start()
    check("goes on" not in t.gw.said(), "it was adopted")


if __name__ == "__main__":
    own_namespace()
    run([killed, killed_twice, stopped, by_tcp, idle, new_call, no_session,
         no_record, damaged, elsewhere], lambda test: Context())
