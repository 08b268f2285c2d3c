#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A long run, compressed: thousands of calls with random flows, lost datagrams,
broken connections, restarts of the daemon; and nothing of it is left.

    alice 127.0.1.2 UDP ┐                 ┌ 127.0.2.1 -- 127.0.2.2 bob, UDP
    anna  127.0.1.2 TCP ┴─ 127.0.1.1  ────┼ 127.0.3.1 -- 127.0.3.2 carol, UDP
                                          ├ 127.0.4.1 -- 127.0.4.2 dora, TCP
                                          └ 127.0.5.1 -- 127.0.5.2 eve, TLS, SDES

RF_LONG_CALLS=N (100 or more), RF_LONG_RATE=N a second, RF_LONG_RESTARTS=N,
RF_SEED=N. What call N does is drawn from the seed: the same each time, if not at
the same moment. RF_VERBOSE=1 tells of the calls that a restart or a broken
connection disturbed, which may fail.
"""

import asyncio
import collections
import contextlib
import glob
import os
import random
import re
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import tls
from agent import PATIENCE, Agent, Leg, sdp
from calls import CLI, Lab
from peer import BUILD, Failure, Gateway, check, own_namespace

DAEMON = BUILD + "/userspace/ringfenced/long-daemon"
CALLS = int(os.environ.get("RF_LONG_CALLS", "600"))
RATE = float(os.environ.get("RF_LONG_RATE", "25"))
RESTARTS = int(os.environ.get("RF_LONG_RESTARTS", "4" if CALLS < 2000 else
                              "12"))
SEED = int(os.environ.get("RF_SEED", random.randrange(1 << 32)))
VERBOSE = os.environ.get("RF_VERBOSE")
LOSS = 0.02
TIMER = ["Supported: timer", "Session-Expires: 90;refresher=uac"]
GATEWAY = """
network {name} address 127.0.{n}.1
sip gateway {name} network {name}
sip gateway {name} transport {transport}
sip gateway {name} proxy-host 127.0.{n}.2
sip gateway {name} proxy-port {port}
"""
ROUTE = """
sip route {name} from {start}
sip route {name} {called}to {to}
"""


def configuration():
    text = "log level info\n"
    for name, n, transport, port in (
            ("inside", 1, "udp", 5070), ("bob", 2, "udp", 5080),
            ("carol", 3, "udp", 5080), ("dora", 4, "tcp", 5080),
            ("eve", 5, "tls", 5080)):
        text += GATEWAY.format(name=name, n=n, transport=transport, port=port)
    text += tls.EXTRA.replace("outside", "eve").format(dir=tls.DIR.name)
    text += "sip gateway eve media-security secure\n"
    for name, called, to in (("b", 1, "bob"), ("bc", 1, "carol"),
                             ("c", 2, "carol"), ("d", 4, "dora"),
                             ("e", 5, "eve")):
        text += ROUTE.format(name=name, start="inside", to=to,
                             called="called %d\nsip route %s " % (called,
                                                                  name))
    for name in ("bob", "carol", "dora", "eve"):
        text += ROUTE.format(name="in-" + name, start=name, to="inside",
                             called="")
    return text


class Call:
    """One, with a flow of its own."""

    def __init__(self, lab, number):
        self.lab, self.number = lab, number
        self.rng = random.Random("%d/%d" % (SEED, number))
        self.flow = self.draw()
        self.where = 1 if self.flow in AT_BOB else self.rng.choice((1, 1, 4, 5))
        # Connections break; no_ack must come to its end.
        agent = lab.anna if self.flow is abandon or self.flow is not no_ack \
            and self.rng.random() < 0.2 else lab.alice
        self.uri = "sip:%d%d@127.0.1.1" % (self.where, number)
        self.callee = {4: lab.dora, 5: lab.eve}.get(self.where)
        self.a, self.b, self.c = Leg(agent), None, None
        self.a.local = "<sip:%s@127.0.1.2>;tag=%s" % (agent.name, self.a.tag)
        self.a.remote = "<%s>" % self.uri
        self.talks, self.tasks = False, []
        self.calm()

    def draw(self):
        """At first one of each. It takes 32 seconds to notice the slow ones, and
        a restart meanwhile forgets that ACK is missing: that one comes last."""
        if self.number == CALLS:
            return no_ack
        flows = [f for f in FLOWS if f not in SLOW or self.number < CALLS / 3]
        if self.number <= len(flows):
            return flows[self.number - 1]
        return self.rng.choices(flows, [FLOWS[f] for f in flows])[0]

    def stamp(self):
        return self.lab.restarts, [agent.cuts for agent in self.lab.agents
                                   if agent in (self.a.agent, self.callee)]

    def disturbed(self):
        return self.before != self.stamp()

    def calm(self):
        """What disturbed it so far must not matter from now on."""
        self.before = self.stamp()

    def pause(self, most=1.0):
        return asyncio.sleep(self.rng.random() * most)

    def invited(self, agent, msg):
        leg = Leg(agent, msg)
        first = self.b is None
        if first:
            self.b = leg
        else:
            self.c = leg
        self.tasks.append(asyncio.create_task(self.guarded(
            CALLEES.get(self.flow, rings)(self, leg, first))))

    async def guarded(self, what):
        with contextlib.suppress(Failure):
            await what

    def invite(self, **kw):
        kw.setdefault("body", sdp(self.a.agent))
        return self.a.send("INVITE", self.uri, **kw)

    async def connect(self, **kw):
        """A call that is answered; both sides know."""
        client = self.invite(**kw)
        msg = await self.a.final(client)
        check(msg and msg.status == 200, "INVITE: %s" % (msg and msg.start))
        self.a.confirm(client, msg)
        self.talks = True
        return msg

    async def refused(self, status, **kw):
        msg = await self.a.final(self.invite(**kw))
        check(msg and msg.status == status, "INVITE: %s, not %d" % (
            msg and msg.start, status))
        self.a.over.set()

    def cancel(self):
        text = self.a.agent.request("CANCEL", self.uri, self.a,
                                    branch=self.a.branch, contact=False)
        return self.a.agent.client(text, "CANCEL", self.a.branch)

    async def hang_up(self, sides=None):
        """Any of both, and the other hears of it."""
        sides = sides or [self.a, self.b]
        self.rng.shuffle(sides)
        self.talks = False
        status = await sides[0].bye()
        check(status == 200, "BYE of %s: %d" % (sides[0].agent.name, status))
        await over(sides[1])

    async def run(self):
        await asyncio.wait_for(self.flow(self), 4 * PATIENCE)

    async def clean_up(self):
        """What a peer would do that has given up."""
        self.talks = False
        for leg in (self.a, self.b, self.c):
            if not leg or leg.over.is_set() or leg.deaf:
                continue
            if leg.invite_in and not leg.answered:
                leg.reject(480)
            elif leg.target:
                await leg.bye()
        # BYE may have been lost with a connection, as the daemon was killed.
        if self.disturbed():
            self.lab.no_media(self.a, self.b, self.c)
        for task in self.tasks:
            task.cancel()
        for leg in (self.a, self.b, self.c):
            if leg:
                asyncio.get_running_loop().call_later(2 * PATIENCE, leg.forget)


async def over(leg):
    try:
        await asyncio.wait_for(leg.over.wait(), PATIENCE + 8)
    except asyncio.TimeoutError:
        raise Failure("%s got no BYE" % leg.agent.name) from None


# Callees

async def rings(c, leg, _):
    await c.pause(0.3)
    leg.ring()
    await c.pause(0.5)
    await leg.accept()


async def rings_early(c, leg, _):
    body = sdp(leg.agent, leg.invite_in.body)
    leg.ring(183, body=body)
    await c.pause(0.5)
    await leg.accept(body=body)


async def rings_reliably(c, leg, _):
    body = sdp(leg.agent, leg.invite_in.body)
    rel = ["Require: 100rel", "RSeq: 7"]
    wait = 0.5
    while wait < 20:
        leg.ring(183, body=body, headers=rel)
        with contextlib.suppress(Failure):
            await leg.wait("PRACK", wait)
            break
        wait *= 2
    await c.pause(0.3)
    await leg.accept(body=body)


async def rings_on(c, leg, _):
    await c.pause(0.2)
    leg.ring()


async def is_busy(c, leg, _):
    await c.pause(0.3)
    leg.reject(c.rng.choice((486, 603)))


async def moved(c, leg, first):
    if first:
        leg.reject(302, headers=["Contact: <sip:nobody@127.0.2.9>"])
    else:
        await rings(c, leg, first)


async def fails(c, leg, first):
    if first:
        leg.reject(503)
    else:
        await rings(c, leg, first)


async def answers_at_once(c, leg, _):
    leg.ring()
    await c.pause(0.3)
    await leg.accept()


async def refreshes(c, leg, _):
    leg.ring()
    await leg.accept(headers=["Session-Expires: 90;refresher=uac",
                              "Require: timer"])


# Callers

async def normal(c):
    await c.connect()
    await c.pause()
    await c.hang_up()


async def late_offer(c):
    """The callee makes the offer, the answer is in the ACK."""
    client = c.invite(body=None)
    msg = await c.a.final(client)
    check(msg and msg.status == 200, "INVITE: %s" % (msg and msg.start))
    c.a.confirm(client, msg, body=sdp(c.a.agent, msg.body))
    await c.pause()
    await c.hang_up()


async def early(c):
    await normal(c)


async def reliable(c):
    """Each reliable answer gets its PRACK, once."""
    known = set()

    def heard(msg):
        number = msg.get("rseq")
        if number and number not in known:
            known.add(number)
            c.a.cseq += 1
            c.a.remote, before = msg.get("to"), c.a.remote
            c.a.send("PRACK", msg.uri(),
                     headers=["RAck: %s 1 INVITE" % number])
            c.a.remote = before

    client = c.invite(headers=["Supported: 100rel"])
    msg = await c.a.final(client, heard)
    check(msg and msg.status == 200, "INVITE: %s" % (msg and msg.start))
    check(known, "nothing was reliable")
    c.a.confirm(client, msg)
    c.talks = True
    await c.pause()
    await c.hang_up()


async def cancel(c):
    """While it rings; a race with the answer may end in either way."""
    client = c.invite()
    msg = await client.answers.get()  # 100, by which CANCEL may go
    await c.pause(0.3)
    answer = c.cancel()
    while msg and msg.status < 200:
        msg = await client.answers.get()
    check(msg, "CANCEL: no end of the INVITE")
    check(await answer.answers.get(), "CANCEL: no answer")
    if msg.status == 200:
        check(c.flow is cancel_race, "CANCEL: %s" % msg.start)
        c.a.confirm(client, msg)
        await c.pause(0.1)
        await c.hang_up()
    else:
        check(msg.status == 487, "CANCEL: %s" % msg.start)
        c.a.over.set()
        if c.b:
            await over(c.b)


async def cancel_race(c):
    await cancel(c)


async def busy(c):
    msg = await c.a.final(c.invite())
    check(msg and msg.status in (486, 603), "INVITE: %s" % (msg and msg.start))
    c.a.over.set()


async def redirected(c):
    await next_route(c)


async def failover(c):
    await next_route(c)


async def next_route(c):
    await c.connect()
    check(c.c and c.c.agent.name == "carol", "the next route")
    await c.pause()
    await c.hang_up([c.a, c.c])


async def hold(c, method="INVITE"):
    await c.connect()
    await c.pause(0.3)
    who = c.rng.choice((c.a, c.b))
    c.talks = False
    for more in ("a=sendonly\r\n", "a=sendrecv\r\n"):
        status = await who.change(method, more)
        check(status == 200, "%s of %s: %d" % (method, who.agent.name, status))
        await c.pause(0.3)
    c.talks = True
    await c.pause()
    await c.hang_up()


async def update(c):
    await hold(c, "UPDATE")


async def transfer(c):
    """The caller transfers the callee to carol."""
    await c.connect()
    c.talks = False  # it gets another session
    for _ in range(10):
        status = await c.a.ask("REFER", headers=[
            "Refer-To: <sip:2%d@127.0.1.1>" % c.number])
        if status not in (491, 500):
            break
        await asyncio.sleep(0.7)
    check(status == 202, "REFER: %d" % status)
    await c.a.wait("NOTIFY", such=lambda m: " 200 " in m.body)
    await over(c.a)
    check(c.c, "carol was never called")
    await c.pause(0.3)
    await c.hang_up([c.b, c.c])


async def timer(c):
    """Sessions with a time limit, and a refresh."""
    msg = await c.connect(headers=TIMER)
    check("uac" in msg.get("session-expires"), "Session-Expires")
    method = c.rng.choice(("INVITE", "UPDATE"))
    c.talks = False
    status = await c.a.change(method, headers=TIMER,
                              body=method == "INVITE")
    check(status == 200, "refresh by %s: %d" % (method, status))
    c.talks = True
    await c.pause()
    await c.hang_up()


async def cut(c):
    """The connections break in mid-call: BYE comes by another."""
    await c.connect()
    await c.pause(0.3)
    for leg in (c.a, c.b):
        leg.agent.cut()
    c.calm()
    await asyncio.sleep(0.3)
    await c.hang_up()


async def abandon(c):
    """The caller's connection breaks, at any time, and it never comes back."""
    c.invite()
    await c.pause(0.6)
    c.a.agent.cut()
    c.a.deaf = True


async def no_ack(c):
    """The caller is gone before its ACK."""
    msg = await c.a.final(c.invite())
    check(msg and msg.status == 200, "INVITE: %s" % (msg and msg.start))
    c.a.deaf = True
    await over(c.b)


async def no_bye(c):
    """The callee is gone when the caller hangs up."""
    await c.connect()
    c.b.deaf = True
    c.talks = False
    check(await c.a.bye() == 200, "BYE")


async def vanish(c):
    """Both are gone: only that no media come tells."""
    await c.connect()
    c.a.deaf = c.b.deaf = True
    c.talks = False
    c.lab.no_media(c.a, c.b)


# How often, in so many.
FLOWS = {normal: 20, late_offer: 5, early: 8, reliable: 8, cancel: 8,
         cancel_race: 8, busy: 5, redirected: 4, failover: 4, hold: 8,
         update: 6, transfer: 6, timer: 5, cut: 2, abandon: 2, no_ack: 3,
         no_bye: 3, vanish: 3}
SLOW = (no_ack, no_bye, vanish)
AT_BOB = (redirected, failover, transfer, no_ack)
CALLEES = {early: rings_early, reliable: rings_reliably, cancel: rings_on,
           cancel_race: answers_at_once, busy: is_busy, redirected: moved,
           failover: fails, timer: refreshes}


class Long(Lab):
    """The daemon, and all who call."""

    def __init__(self):
        tls.certificate("ca", "", None)
        tls.certificate("gateway", "IP:127.0.5.1")
        tls.certificate("bob", "IP:127.0.5.2")
        # pylint: disable=super-init-not-called
        self.gw = Gateway(config=configuration(), program=DAEMON)
        self.extra, self.restarts, self.failed = [], 0, []
        self.calls, self.done = {}, collections.Counter()
        self.alice, self.anna, self.bob, self.carol, self.dora, self.eve = \
            self.agents = [Agent(name, ("127.0.%d.2" % n, port),
                                 ("127.0.%d.1" % n, 5061 if name == "eve" else
                                  5060), transport, LOSS, secure)
                           for name, n, port, transport, secure in (
                               ("alice", 1, 5070, "udp", None),
                               ("anna", 1, 5070, "tcp", None),
                               ("bob", 2, 5080, "udp", None),
                               ("carol", 3, 5080, "udp", None),
                               ("dora", 4, 5080, "tcp", None),
                               ("eve", 5, 5080, "tls", tls.context))]
        for agent in self.agents:
            agent.on_invite = self.invited


    def invited(self, agent, msg):
        number = re.match(r"INVITE sip:\d(\d+)@", msg.start).group(1)
        call = self.calls.get(int(number))
        if call:
            call.invited(agent, msg)
        else:
            agent.answer(msg, 480, tag="late")

    def ours(self):
        """{number of a session: its two ADDRESS:PORT of ours}"""
        found = {}
        for number in self.gw.sessions():
            with contextlib.suppress(OSError, ValueError):
                with open(self.gw.dir + "/sessions/" + number, "rb") as f:
                    found[number] = set(f.readline().decode().split())
        return found

    def no_media(self, *legs):
        """The time-out of the session between them, if there is one. A caller that
        never got its answer doesn't know of it; the callee does."""
        known = {leg.media for leg in legs if leg and leg.media}
        for number, pair in self.ours().items():
            if len(pair & known) >= min(2, len(known)) > 0:
                open("%s/sessions/%s.idle" % (self.gw.dir, number),
                     "w").close()

    async def one(self, number):
        call = self.calls[number] = Call(self, number)
        try:
            await call.run()
            self.done[call.flow.__name__] += 1
        except (Failure, asyncio.TimeoutError) as e:
            what = "call %d, %s by %s to %d: %s" % (
                number, call.flow.__name__, call.a.agent.name, call.where,
                e or "takes too long")
            if not call.disturbed():
                self.failed.append(what)
            elif VERBOSE:
                print("# disturbed: " + what)
            self.done["disturbed"] += call.disturbed()
        await call.clean_up()
        del self.calls[number]

    async def restart(self):
        sig = (signal.SIGKILL, signal.SIGTERM)[self.restarts % 2]
        self.gw.process.send_signal(sig)
        self.restarts += 1
        while self.gw.process.poll() is None:
            await asyncio.sleep(0.02)
        check(self.gw.process.returncode in (0, -signal.SIGKILL),
              "exit status %d" % self.gw.process.returncode)
        talk = {c: c.a.media for c in self.calls.values()
                if c.talks and c.a.media}
        self.gw.start()
        ours = set().union(*self.ours().values())
        lost = [c.number for c, media in talk.items() if media not in ours]
        check(not lost, "sessions of calls %s are lost" % lost)
        self.done["adopted"] += len(talk)
        for call in talk:
            call.calm()

    async def traffic(self):
        for agent in self.agents:
            await agent.start()
        every = CALLS // RESTARTS
        tasks, start = [], time.monotonic()
        for number in range(1, CALLS + 1):
            tasks.append(asyncio.create_task(self.one(number)))
            await asyncio.sleep(max(0, start + number / RATE -
                                    time.monotonic()))
            if number % every == every // 2:
                await self.restart()
        await asyncio.wait(tasks)
        for task in tasks:
            task.result()
        for agent in self.agents:
            agent.cut()
        await asyncio.sleep(0.5)

    def counted(self):
        """(transactions, events) of the daemon."""
        start = os.path.getsize(self.gw.dir + "/log")
        self.gw.process.send_signal(signal.SIGUSR1)
        self.gw.until(lambda: " events" in self.gw.said(start), "no count")
        found = re.search(r"(\d+) transactions, (\d+) events",
                          self.gw.said(start))
        return int(found.group(1)), int(found.group(2))

    def sockets(self):
        """UDP ports of ours."""
        with open("/proc/net/udp") as f:
            return sum(": 010%d007F" % n in line for line in f
                       for n in range(1, 6))


def report(n, name, problems):
    print("%sok %d %s" % ("not " if problems else "", n, name))
    for problem in problems[:40]:
        print("# " + problem)
    sys.stdout.flush()
    return bool(problems)


def main():
    print("1..7")
    random.seed(SEED)
    print("# RF_SEED=%d RF_LONG_CALLS=%d" % (SEED, CALLS), flush=True)
    lab = Long()
    ports, (_, events) = lab.sockets(), lab.counted()
    problems = []
    try:
        asyncio.run(lab.traffic())
    except Failure as e:
        problems = [str(e)]
    print("# %s; %d datagrams lost, %d repeated requests, %d restarts" % (
        ", ".join("%s %d" % pair for pair in sorted(lab.done.items())),
        sum(a.lost for a in lab.agents), sum(a.repeats for a in lab.agents),
        lab.restarts))
    problems += ["%s never came to its end" % flow.__name__
                 for flow in FLOWS if not lab.done[flow.__name__]]
    bad = report(1, "each call ends as it should, each talk outlives a restart",
                 problems + lab.failed)
    bad += finish(lab, ports, events)
    bad += report(7, "nobody has seen anything of the other sides",
                  sum((a.leaks for a in lab.agents), []))
    if bad:
        if os.environ.get("RF_OUT"):
            shutil.copy(lab.gw.dir + "/log", os.environ["RF_OUT"])
        print("".join("# " + line for line in
                      [line for line in lab.gw.said().splitlines(True)
                       if " transactions, " not in line][-40:]))
    lab.gw.remove()
    sys.exit(1 if bad else 0)


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.5)
    return condition()


def finish(lab, ports, events):
    wait_for(lambda: lab.json("call", "list") == [], PATIENCE + 10)
    bad = report(2, "no call is left", [str(c) for c in
                                        lab.json("call", "list")])
    bad += report(3, "no session and no record is left",
                  lab.gw.sessions() + lab.gw.records())
    wait_for(lambda: lab.counted() == (0, events), PATIENCE + 8)
    found = lab.counted()
    bad += report(4, "no transaction is left, no timer",
                  ["%d transactions, %d events, not %d" % (found + (events,))]
                  if found != (0, events) else [])
    bad += report(5, "no port is left", ["%d, not %d" % (lab.sockets(), ports)]
                  if lab.sockets() != ports else [])
    status = lab.gw.stop()
    said = re.findall(r"(?m)^.*(?:Sanitizer|runtime error|is not possible).*$",
                      lab.gw.said())
    return bad + report(6, "a clean end, no leak", said + (
        ["exit status %d" % status] if status else []))


if __name__ == "__main__":
    own_namespace()
    main()
