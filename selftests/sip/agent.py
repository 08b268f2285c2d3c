# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP user agents that do by themselves what RFC 3261 asks of them: transactions,
retransmissions, dialogs; many calls at a time, in one event loop. What comes and
goes by UDP may be lost, with a likelihood."""

import asyncio
import random
import re
import ssl

from peer import Dialog, Message, Peer, SDP, Side, check, token

T1, T2 = 0.5, 4
PATIENCE = 64 * T1
KNOWN = PATIENCE + 4  # seconds that a server transaction is known
KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
SUITE = "AES_CM_128_HMAC_SHA1_80"


class Stream(asyncio.Protocol):
    """A connection, whoever opened it."""

    def __init__(self, agent):
        self.agent, self.transport, self.rest = agent, None, b""

    def connection_made(self, transport):
        self.transport = transport
        self.agent.streams.append(self)

    def connection_lost(self, exc):
        self.agent.streams.remove(self)

    def data_received(self, data):
        self.rest = (self.rest + data).lstrip(b"\r\n")
        while b"\r\n\r\n" in self.rest:
            head, _, rest = self.rest.partition(b"\r\n\r\n")
            length = int(re.search(rb"(?im)^content-length:\s*(\d+)",
                                   head).group(1))
            if len(rest) < length:
                return
            self.rest = rest[length:].lstrip(b"\r\n")
            self.agent.received(head + b"\r\n\r\n" + rest[:length], self)


class Client:
    """A client transaction: what was sent, and the answers."""

    def __init__(self, agent, text, method, stream=None):
        self.agent, self.method, self.text = agent, method, text
        self.answers = asyncio.Queue()
        self.ack = None  # for each repetition of a final answer
        self.stream = stream
        self.heard = self.over = False
        self.task = asyncio.create_task(self.run())

    async def run(self):
        wait, left = T1, PATIENCE
        self.agent.send(self.text, self.stream)
        while left > 0 and not self.over:
            await asyncio.sleep(wait)
            left -= wait
            if not self.agent.tcp and not self.over and not (
                    self.heard and self.method == "INVITE"):
                self.agent.send(self.text)
            wait = wait * 2 if self.method == "INVITE" else min(wait * 2, T2)
        self.answers.put_nowait(None)

    def answered(self, msg, stream):
        self.heard = True
        if self.over:
            if self.ack:
                self.agent.send(self.ack, stream)
            return
        self.over = msg.status >= 200
        if self.method == "INVITE" and msg.status >= 300:
            self.ack = failure_ack(self.text, msg)
            self.agent.send(self.ack, stream)
        self.answers.put_nowait(msg)


def failure_ack(invite, msg):
    """Of the INVITE's transaction (RFC 3261, 17.1.1.3)."""
    text = invite.partition("\r\n\r\n")[0].replace("INVITE ", "ACK ", 1)
    text = re.sub(r"(?m)^(CSeq: \d+) INVITE", r"\1 ACK", text)
    text = re.sub(r"(?m)^To: [^\r]*", lambda m: "To: " + msg.get("to"), text)
    text = re.sub(r"(?m)^Content-(Type|Length): [^\r]*\r?\n?", "", text)
    return text.rstrip("\r\n") + "\r\nContent-Length: 0\r\n\r\n"


class Agent(Peer):
    """At one address, with one transport: udp, tcp or tls."""

    def __init__(self, name, addr, gateway, transport="udp", loss=0,
                 tls=None):
        # pylint: disable=super-init-not-called
        self.name, self.addr, self.gateway = name, addr, gateway
        self.transport, self.tcp = transport, transport != "udp"
        self.loss, self.tls = loss, tls
        self.streams, self.cuts, self.lost, self.repeats = [], 0, 0, 0
        self.clients, self.servers, self.legs, self.acks = {}, {}, {}, {}
        self.on_invite = None
        self.sock = None
        self.side, self.leaks = Side.of(gateway), []

    async def start(self):
        loop = asyncio.get_running_loop()
        if self.tcp:
            await loop.create_server(
                lambda: Stream(self), *self.addr, reuse_address=True,
                ssl=self.tls and self.tls(True))
        else:
            self.sock, _ = await loop.create_datagram_endpoint(
                lambda: self, local_addr=self.addr)

    def cut(self):
        """All connections break, with a reset."""
        self.cuts += 1
        for stream in list(self.streams):
            stream.transport.abort()

    # asyncio.DatagramProtocol's
    def connection_made(self, _):
        pass

    def connection_lost(self, _):
        pass

    def error_received(self, _):
        pass

    def datagram_received(self, data, _):
        if random.random() < self.loss:
            self.lost += 1
        else:
            self.received(data, None)

    def via(self, branch=None):
        via = super().via(branch)
        return via.replace("/TCP", "/TLS") if self.tls else via

    def send(self, text, to=None):
        """@to: a connection, if it is still there."""
        self.side.sends(text)
        data = text.encode("latin-1")
        if not self.tcp:
            if random.random() < self.loss:
                self.lost += 1
            else:
                self.sock.sendto(data, self.gateway)
        else:
            alive = [s for s in self.streams if not s.transport.is_closing()]
            if alive:
                (to if to in alive else alive[-1]).transport.write(data)
            else:
                asyncio.create_task(self.connect(data))

    async def connect(self, data):
        loop = asyncio.get_running_loop()
        for _ in range(10):
            try:
                _, stream = await loop.create_connection(
                    lambda: Stream(self), *self.gateway,
                    local_addr=(self.addr[0], 0),
                    ssl=self.tls and self.tls(False),
                    server_hostname=self.gateway[0] if self.tls else None)
                stream.transport.write(data)
                return
            except (OSError, ssl.SSLError):
                await asyncio.sleep(0.2)

    def received(self, data, stream):
        msg = Message(data.decode("latin-1"))
        seen = self.side.leaks(msg.text)
        if seen:
            self.leaks.append("%s sees %s: %s" % (self.name, seen, msg.text))
        branch = re.search(r"branch=([^;,]+)", msg.all("via")[0]).group(1)
        if msg.status:
            client = self.clients.get((branch, msg.get("cseq").split()[1]))
            if client:
                client.answered(msg, stream)
        elif msg.method == "ACK":
            self.acked(msg)
        else:
            self.request_came(msg, (branch, msg.method), stream)

    def acked(self, msg):
        done = self.acks.pop((msg.get("call-id"), msg.get("cseq").split()[0]),
                             None)
        if done and not done.done():
            done.set_result(msg)

    def request_came(self, msg, key, stream):
        if key in self.servers:
            self.repeats += 1
            if self.servers[key]:
                self.send(self.servers[key], stream)
            return
        self.servers[key] = None
        asyncio.get_running_loop().call_later(KNOWN, self.servers.pop, key,
                                              None)
        msg.key, msg.stream = key, stream
        leg = self.legs.get(msg.get("call-id"))
        if leg:
            leg.asked(msg)
        elif msg.method == "INVITE" and not msg.tag("to"):
            self.on_invite(self, msg)
        else:
            self.answer(msg, 481)

    def answer(self, msg, status, **kw):
        """For INVITE's final one, what is done when its ACK has come."""
        text = self.response(msg, status, **kw)
        self.servers[msg.key] = text
        self.send(text, msg.stream)
        if msg.method != "INVITE" or status < 200:
            return None
        done = asyncio.get_running_loop().create_future()
        self.acks[(msg.get("call-id"), msg.get("cseq").split()[0])] = done
        asyncio.create_task(self.repeat(text, msg, done, status))
        return done

    async def repeat(self, text, msg, done, status):
        wait, left = T1, PATIENCE
        while left > 0 and not done.done():
            await asyncio.wait([done], timeout=wait)
            left -= wait
            wait = min(wait * 2, T2)
            if not done.done() and (not self.tcp or status < 300):
                self.send(text, msg.stream)
        if not done.done():
            done.set_result(None)

    def client(self, text, method, branch, stream=None):
        client = self.clients[branch, method] = Client(self, text, method,
                                                       stream)
        asyncio.get_running_loop().call_later(
            3 * PATIENCE, self.clients.pop, (branch, method), None)
        return client


def sdp(agent, offer="", more="", version=1):
    """With a key where the transport hides it; an answer's has the offer's tag."""
    text = SDP.replace("1 1 IN", "1 %d IN" % version)
    if agent.tls:
        tag = re.search(r"a=crypto:(\d+) %s " % SUITE, offer)
        text = text.replace("RTP/AVP", "RTP/SAVP") + \
            "a=crypto:%s %s inline:%s\r\n" % (tag.group(1) if tag else "1",
                                              SUITE, KEY)
    return text + more


class Leg(Dialog):
    """One side of a call."""

    def __init__(self, agent, invite=None):
        super().__init__()
        self.agent, self.invite_in, self.branch = agent, invite, None
        self.tag, self.version, self.media = token("t"), 1, None
        self.over = asyncio.Event()
        self.came = asyncio.Queue()  # requests that a flow may wait for
        self.deaf = self.cancelled = self.answered = False
        if invite:
            self.call_id = invite.get("call-id")
            self.local = invite.get("to") + ";tag=" + self.tag
            self.remote, self.target = invite.get("from"), invite.uri()
            self.note_media(invite)
        agent.legs[self.call_id] = self

    def forget(self):
        self.agent.legs.pop(self.call_id, None)

    def note_media(self, msg):
        """Where the gateway wants our media: ADDRESS:PORT."""
        found = re.search(r"(?ms)^c=IN IP4 ([\d.]+).*^m=audio (\d+)", msg.body)
        self.media = ":".join(found.groups()) if found else self.media

    # As a server

    def asked(self, msg):
        if self.deaf:
            return
        if msg.method == "CANCEL":
            self.agent.answer(msg, 200, tag=self.tag)
            self.cancelled = True
            if not self.answered:
                self.reject(487)
        elif msg.method in ("INVITE", "UPDATE"):
            kw = {"body": sdp(self.agent, msg.body, version=self.changed())} \
                if msg.body or msg.method == "INVITE" else {}
            timer = msg.get("session-expires")
            if timer:
                kw["headers"] = ["Session-Expires: %s;refresher=uac" %
                                 timer.split(";")[0], "Require: timer"]
            self.agent.answer(msg, 200, **kw)
        elif msg.method in ("BYE", "PRACK", "INFO", "NOTIFY", "OPTIONS"):
            self.agent.answer(msg, 200)
        else:
            self.agent.answer(msg, 405)
        if msg.method == "BYE":
            self.over.set()
        self.came.put_nowait(msg)

    async def wait(self, method, timeout=PATIENCE, such=lambda msg: True):
        while True:
            try:
                msg = await asyncio.wait_for(self.came.get(), timeout)
            except asyncio.TimeoutError:
                check(False, "%s: no %s" % (self.agent.name, method))
            if msg.method == method and such(msg):
                return msg

    def changed(self):
        self.version += 1
        return self.version

    def ring(self, status=180, **kw):
        self.agent.answer(self.invite_in, status, tag=self.tag, **kw)

    def reject(self, status, **kw):
        self.over.set()
        self.answered = True
        return self.agent.answer(self.invite_in, status, tag=self.tag, **kw)

    async def accept(self, **kw):
        """The ACK, or None."""
        if self.cancelled:
            return None
        self.answered = True
        kw.setdefault("body", sdp(self.agent, self.invite_in.body))
        return await self.agent.answer(self.invite_in, 200, tag=self.tag, **kw)

    # As a client

    def send(self, method, uri=None, **kw):
        self.branch = token("z9hG4bK")
        text = self.agent.request(method, uri or self.target, self,
                                  branch=self.branch, **kw)
        return self.agent.client(text, method, self.branch)

    async def ask(self, method, **kw):
        """The final answer's status; 0: none came."""
        self.cseq += 1
        msg = await self.final(self.send(method, **kw))
        return msg.status if msg else 0

    async def final(self, client, heard=None):
        """@heard: is told provisional answers."""
        while True:
            msg = await client.answers.get()
            if not msg or msg.status >= 200:
                return msg
            if heard:
                heard(msg)

    def confirm(self, client, msg, body=None):
        """The ACK to a 2xx, and to each repetition of it."""
        self.remote, self.target = msg.get("to"), msg.uri()
        cseq = int(msg.get("cseq").split()[0])
        client.ack = self.agent.request("ACK", self.target, self, cseq=cseq,
                                        body=body)
        self.agent.send(client.ack)
        self.note_media(msg)

    async def change(self, method="INVITE", more="", headers=(), body=True):
        """Another offer, by re-INVITE or UPDATE; again while it is too soon."""
        for _ in range(10):
            self.cseq += 1
            client = self.send(
                method, headers=headers, body=sdp(
                    self.agent, more=more, version=self.changed())
                if body else None)
            msg = await self.final(client)
            if msg and method == "INVITE" and msg.status == 200:
                self.confirm(client, msg)
            if not msg or msg.status not in (491, 500):
                break
            await asyncio.sleep(0.7)
        return msg.status if msg else 0

    async def bye(self):
        self.over.set()
        return await self.ask("BYE")
