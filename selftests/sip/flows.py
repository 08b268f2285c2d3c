#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Call flows with sipp at every end: another implementation judges each message.

scenarios/*.flow are the flows, scenario.py makes scenarios of sipp of them:

    alice 127.0.1.2:5070 -- gateway --- bob 127.0.2.2:5080
                                    `-- carol 127.0.3.2:5090

Each has a gateway and a network namespace of its own; the media is negotiated, and
nobody relays it. What sipp can't show: it swallows the CRLF that answers a keep-alive
(b2bua.py and register.py see it), and without the kernel module there are no packets
of RFC 4733, only its telephone-event in each SDP. RF_KEEP=FOLDER keeps the scenarios,
and all messages."""

import glob
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import BUILD, CONFIG, Gateway, check, own_namespace, run
from scenario import ADDRESS, GATEWAY, compile_flow, read

BENCH = BUILD + "/userspace/sip/bench-gateway"
FLOWS = os.path.dirname(os.path.abspath(__file__)) + "/scenarios"
AT_ONCE = 6
PATIENCE = 90  # seconds for the longest flow, on a busy machine
CAROL = """
network third address 127.0.3.1
sip gateway third network third
sip gateway third transport {t}
sip gateway third proxy-host 127.0.3.2
sip gateway third proxy-port 5090
sip route abroad from inside
sip route abroad called +1
sip route abroad to third
"""


def transports(path):
    """UDP, or what the flow says."""
    return next((l.split()[1:] for l in read(path)[1] if l.startswith(
        "transport ")), ["udp"])


def configuration(lines, transport):
    """@lines may take out what they name."""
    text = CAROL.format(t=transport) + CONFIG.format(
        inside=transport, outside=transport)
    for line in lines:
        if line.startswith("del "):
            text = "".join(l + "\n" for l in text.splitlines()
                           if not l.startswith(line[4:]))
        elif not line.startswith("transport "):
            text += line + "\n"
    return text


class Sipp:
    """One party's."""

    def __init__(self, lab, who, scenario, client, more):
        self.name, self.path = who, lab.dir + "/" + who
        with open(self.path + ".xml", "w", encoding="ascii") as f:
            f.write(scenario)
        host, port = ADDRESS[who.split(".")[0]]
        words = ["sipp", "-sf", self.path + ".xml", "-t",
                 "u1" if lab.transport == "udp" else "t1", "-i", host, "-p",
                 str(port), "-m", "1", "-nostdin", "-cid_str",
                 "%u-%p-" + host, "-recv_timeout", "30000", "-timeout",
                 str(PATIENCE), "-timeout_error", "-default_behaviors",
                 "abortunexp", "-trace_msg", "-message_file",
                 self.path + ".messages", "-trace_err", "-error_file",
                 self.path + ".errors", *more]
        if client:
            words.append("%s:5060" % GATEWAY[who.split(".")[0]])
        with open(self.path + ".out", "w", encoding="ascii") as out:
            self.process = subprocess.Popen(
                words, stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, cwd=lab.dir)
        if not client:
            wait_bound(host, port)

    def over(self):
        status = self.process.poll()
        check(not status, "sipp, %s: %s: %s" % (self.name, status,
                                                self.said()))
        return status == 0

    def said(self):
        for name in (self.path + ".errors", self.path + ".out"):
            if os.path.exists(name) and os.path.getsize(name):
                with open(name, encoding="latin-1") as f:
                    return f.read()[-3000:].replace("\n", "\n#   ")
        return "nothing"

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def wait_bound(host, port):
    """Until it has that port, by UDP or TCP."""
    words = host.split(".")
    there = "%s:%04X " % ("".join("%02X" % int(w) for w in reversed(words)),
                          port)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for table in ("udp", "tcp"):
            with open("/proc/net/" + table, encoding="ascii") as f:
                if there in f.read():
                    return
        time.sleep(0.02)
    check(False, "sipp doesn't listen on %s:%d" % (host, port))


class Lab:
    """The gateway of one flow."""

    def __init__(self, flow, transport):
        _, conf, self.options, self.steps = read(flow)
        self.transport = transport
        self.gw = Gateway(config=configuration(conf, transport),
                          program=BENCH)
        self.dir, self.running = self.gw.dir, []

    def play(self, title):
        """Who is called is there first; who calls does so one after another."""
        parties = compile_flow(title, self.steps)
        for wanted in (False, True):
            for who, (scenario, client) in parties.items():
                if client == wanted:
                    self.running.append(Sipp(self, who, scenario, client,
                                             self.options.get(who, ())))
                    if client:
                        self.until(self.running[-1:])
        self.until(self.running)

    def until(self, these):
        """They are through; whoever fails first has the reason."""
        while not all([sipp.over() for sipp in self.running if sipp in these or
                       sipp.process.poll()]):
            time.sleep(0.05)

    def check_clean(self):
        """No call is left, and the end is clean."""
        self.gw.until(lambda: not self.gw.records(), "a call is left",
                      timeout=40)
        check(self.gw.stop() == 0, "exit status, or a sanitizer's report")

    def close(self):
        for sipp in self.running:
            sipp.end()
        if self.gw.process.poll() is None:
            self.gw.process.kill()
            self.gw.process.wait()
        if os.environ.get("RF_KEEP"):
            shutil.copytree(self.dir, os.environ["RF_KEEP"],
                            dirs_exist_ok=True)
        self.gw.remove()


def one(name):
    """NAME/TRANSPORT, or NAME with its first."""
    flow, _, transport = name.partition("/")
    path = "%s/%s.flow" % (FLOWS, flow)
    title = "%s: %s" % (name, read(path)[0])

    def test(t):
        t.play(title)
    test.__doc__ = title
    test.lab = path, transport or transports(path)[0]
    return test


def all_at_once(names):
    """Each in a process, and so in a namespace, of its own; the longest first."""
    waiting, started, done = list(names), {}, {}
    print("1..%d" % len(names))
    while waiting or started:
        while waiting and len(started) < AT_ONCE:
            name = waiting.pop(0)
            started[name] = subprocess.Popen(
                [sys.executable, sys.argv[0], name], stdout=subprocess.PIPE,
                text=True, env={k: v for k, v in os.environ.items()
                                if k != "RF_OWN_NETNS"})
        for name, process in list(started.items()):
            if process.poll() is not None:
                done[name] = process.stdout.read().replace("1..1\n", "", 1)
                del started[name]
        time.sleep(0.05)
    failed = 0
    for n, name in enumerate(names, 1):
        text = done[name] or "not ok 1 %s: it said nothing\n" % name
        failed += not text.startswith("ok")
        print(text.replace("ok 1 ", "ok %d " % n, 1), end="")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if not shutil.which("sipp"):
        print("Bail out! sipp is not installed (sip-tester)")
        sys.exit(1)
    if len(sys.argv) > 1:
        own_namespace()
        run([one(name) for name in sys.argv[1:]], lambda test: Lab(*test.lab))
    all_at_once(sorted(
        (os.path.basename(path)[:-5] + "/" + transport
         for path in glob.glob(FLOWS + "/*.flow")
         for transport in transports(path)),
        key=lambda name: (not name.startswith("timer/"), name)))
