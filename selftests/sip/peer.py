# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP peer that does exactly what a test tells it, and the gateway to test.

The test runs in a network namespace of its own, on loopback:

    caller 127.0.1.2:5070 -- 127.0.1.1 gateway 127.0.2.1 -- 127.0.2.2:5080 callee
             inside                                             outside
"""

import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.environ.get("RF_TOP") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.environ.get("RF_BUILD", TOP + "/build")
GATEWAY = os.environ.get("RF_SIP_GATEWAY",
                         BUILD + "/userspace/sip/sip-gateway")
WAIT = float(os.environ.get("RF_WAIT", "10"))  # seconds; a guest is slow
QUIET = 0.3  # seconds in which nothing must come
RECORD_MAX = 16384  # bytes of a call's slot in run/calls, see sip/store.h

INSIDE, OUTSIDE = ("127.0.1.1", 5060), ("127.0.2.1", 5060)
CALLER, CALLEE = ("127.0.1.2", 5070), ("127.0.2.2", 5080)
SDP = ("v=0\r\no=phone 1 1 IN IP4 127.0.1.2\r\ns=secret\r\n"
       "c=IN IP4 127.0.1.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")

CONFIG = """
network inside address 127.0.1.1
network outside address 127.0.2.1
sip gateway inside network inside
sip gateway inside transport {inside}
sip gateway inside proxy-host 127.0.1.2
sip gateway inside proxy-port 5070
sip gateway outside network outside
sip gateway outside transport {outside}
sip gateway outside proxy-host 127.0.2.2
sip gateway outside proxy-port 5080
sip route out from inside
sip route out to outside
sip route in from outside
sip route in to inside
"""


def own_namespace():
    """Run the rest of the script in a network namespace of its own."""
    if os.environ.get("RF_OWN_NETNS") != "1":
        os.environ["RF_OWN_NETNS"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


class Message:
    """One SIP message; header names in lower case."""

    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.start = lines[0]
        self.text = text
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields.append((name.strip().lower(), value.strip()))

    def all(self, name):
        return [v for n, v in self.fields if n == name]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    def tag(self, name):
        m = re.search(r";tag=([^;>]+)", self.get(name) or "")
        return m.group(1) if m else None

    def uri(self, name="contact"):
        return re.search(r"<([^>]+)>", self.get(name)).group(1)

    @property
    def status(self):
        return int(self.start.split()[1]) if self.start.startswith(
            "SIP/2.0") else None

    @property
    def method(self):
        return None if self.status else self.start.split()[0]

    def is_(self, what):
        """what: a status, or a method (of a request)."""
        if isinstance(what, int):
            return self.status == what
        return self.method == what


_numbers = iter(range(1, 1 << 30))


def token(prefix):
    return "%s%d-%d" % (prefix, os.getpid(), next(_numbers))


class Dialog:
    """What a peer knows of its side of a call."""

    def __init__(self, call_id=None, local=None, remote=None):
        self.call_id = call_id or token("call")
        self.local = local
        self.remote = remote
        self.target = None
        self.cseq = 1


ADDRESS = re.compile(r"\b127\.0\.\d+\.\d+\b")
CALL_ID = re.compile(r"(?im)^(?:call-id|i)[ \t]*:[ \t]*(\S+)")
TAG = re.compile(r"(?im)^(?:from|to|f|t)[ \t]*:[^\r\n]*;[ \t]*tag=([^;>\s]+)")
AGENT = re.compile(r"phone-of-[^/\s]+/")  # of User-Agent and Server
ORIGIN = re.compile(r"(?m)^(?:o=phone|s=secret)")  # as in SDP, above


class Side:
    """Topology hiding: the other side's addresses, Call-IDs, tags and the names of
    its programs aren't seen here; nor is anybody's name of an SDP.

    What a side has said itself may come back to it.
    """

    known = {}  # address of the gateway: that side of it
    SAYS = {"addresses": ADDRESS, "calls": CALL_ID, "tags": TAG,
            "agents": AGENT}

    def __init__(self, gateway):
        self.net = gateway.rpartition(".")[0] + "."
        self.said = {what: set() for what in self.SAYS}

    @classmethod
    def of(cls, gateway):
        return cls.known.setdefault(gateway[0], cls(gateway[0]))

    def sends(self, text):
        for what, pattern in self.SAYS.items():
            self.said[what].update(pattern.findall(text))

    def leaks(self, text):
        """What is in the text, and must not be."""
        others = [s for s in self.known.values() if s.net != self.net]
        seen = {a for a in ADDRESS.findall(text)
                if a not in self.said["addresses"] and
                not a.startswith(self.net)}
        for what in ("calls", "tags"):
            seen.update(v for v in self.SAYS[what].findall(text)
                        if v not in self.said[what] and
                        any(v in s.said[what] for s in others))
        for s in others:
            seen.update(v for v in s.said["agents"] - self.said["agents"]
                        if v in text)
        return seen | set(ORIGIN.findall(text))

    def gets(self, text):
        seen = self.leaks(text)
        check(not seen, "%s is seen from the other side: %s" % (seen, text))


def listen_on(addr):
    """A TCP server's socket."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(addr)
    s.listen(5)
    s.settimeout(WAIT)
    return s


def listen(t, addr=CALLEE):
    """One that the test closes at its end."""
    return t.keep(listen_on(addr))


class Peer:
    def __init__(self, name, addr, gateway, tcp=False):
        self.name, self.addr, self.gateway = name, addr, gateway
        self.tcp = tcp
        self.backlog = []
        self.stream = b""
        self.side = Side.of(gateway)
        if not tcp:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.bind(addr)

    @classmethod
    def connected(cls, name, addr, gateway, sock=None):
        """A TCP peer on a connection to the gateway, or one it accepted."""
        peer = cls(name, addr, gateway, tcp=True)
        if sock is None:
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sock.bind((addr[0], 0))
            sock.settimeout(WAIT)
            sock.connect(gateway)
        peer.sock = sock
        return peer

    def close(self):
        self.sock.close()

    def send(self, text, to=None):
        data = text if isinstance(text, bytes) else text.encode("latin-1")
        self.side.sends(data.decode("latin-1"))
        if self.tcp:
            self.sock.sendall(data)
        else:
            self.sock.sendto(data, to or self.gateway)

    def _framed(self):
        head, sep, rest = self.stream.partition(b"\r\n\r\n")
        if not sep or not head:
            return None
        length = int(re.search(rb"(?im)^content-length:\s*(\d+)",
                               head).group(1))
        if len(rest) < length:
            return None
        self.stream = rest[length:]
        return (head + sep + rest[:length]).decode("latin-1")

    def _receive(self, timeout):
        msg = self._next(timeout)
        if msg:
            self.side.gets(msg.text)
        return msg

    def _next(self, timeout):
        end = time.monotonic() + timeout
        while True:
            if self.tcp:
                text = self._framed()
                if text:
                    return Message(text)
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                return None
            except ConnectionResetError:
                return None
            if not self.tcp:
                return Message(data.decode("latin-1"))
            if not data:
                return None
            self.stream += data

    def closed(self, timeout=None):
        """Has the gateway closed the connection?"""
        self.sock.settimeout(timeout or WAIT)
        try:
            while self.sock.recv(65536):
                pass
            return True
        except ConnectionResetError:
            return True
        except socket.timeout:
            return False

    def expect(self, what, timeout=None, skip=()):
        """The next message, which must be `what`; those in skip may come."""
        end = time.monotonic() + (timeout or WAIT)
        while True:
            msg = self._receive(end - time.monotonic())
            check(msg, "%s: no %s came" % (self.name, what))
            if msg.is_(what):
                return msg
            check(any(msg.is_(s) for s in skip), "%s: wanted %s, got: %s" %
                  (self.name, what, msg.start))

    def silent(self, skip=(), timeout=QUIET):
        end = time.monotonic() + timeout
        while True:
            msg = self._receive(end - time.monotonic())
            if not msg:
                return
            check(any(msg.is_(s) for s in skip),
                  "%s: unexpected: %s" % (self.name, msg.start))

    # Requests and responses

    def via(self, branch=None):
        return "SIP/2.0/%s %s:%d;branch=%s;rport" % (
            "TCP" if self.tcp else "UDP", self.addr[0], self.addr[1],
            branch or token("z9hG4bK"))

    def request(self, method, uri, dialog, body=None, headers=(), branch=None,
                cseq=None, forwards=70, contact=True, content_type=None):
        lines = ["%s %s SIP/2.0" % (method, uri), "Via: " + self.via(branch)]
        if forwards is not None:
            lines.append("Max-Forwards: %d" % forwards)
        lines += ["From: " + dialog.local, "To: " + dialog.remote,
                  "Call-ID: " + dialog.call_id,
                  "CSeq: %d %s" % (cseq or dialog.cseq, method)]
        if contact:
            lines.append("Contact: <sip:%s@%s:%d>" % ((self.name,) +
                                                      self.addr))
        lines += headers
        if not any(h.lower().startswith("user-agent") for h in headers):
            lines.append("User-Agent: phone-of-%s/1.0" % self.name)
        if body:
            lines.append("Content-Type: " +
                         (content_type or "application/sdp"))
        lines += ["Content-Length: %d" % len(body or ""), "", body or ""]
        return "\r\n".join(lines)

    def dialog(self):
        return Dialog(local='"Alice A." <sip:%s@%s>;tag=%s' % (
            self.name, self.addr[0], token("t")),
            remote="<sip:bob@%s>" % self.gateway[0])

    def response(self, req, status, reason="x", tag=None, body=None,
                 headers=()):
        to = req.get("to")
        if tag and ";tag=" not in to:
            to += ";tag=" + tag
        lines = ["SIP/2.0 %d %s" % (status, reason)]
        lines += ["Via: " + v for v in req.all("via")]
        lines += ["From: " + req.get("from"), "To: " + to,
                  "Call-ID: " + req.get("call-id"),
                  "CSeq: " + req.get("cseq"),
                  "Contact: <sip:%s@%s:%d>" % ((self.name,) + self.addr)]
        lines += headers
        if not any(h.lower().startswith("server") for h in headers):
            lines.append("Server: phone-of-%s/1.0" % self.name)
        if body:
            lines.append("Content-Type: application/sdp")
        lines += ["Content-Length: %d" % len(body or ""), "", body or ""]
        return "\r\n".join(lines)

    def respond(self, *args, **kw):
        self.send(self.response(*args, **kw))


class Gateway:
    """The SIP module in a process; see gateway.c."""

    def __init__(self, inside="udp", outside="udp", config=None,
                 program=GATEWAY):
        self.program = program
        self.dir = tempfile.mkdtemp()
        os.mkdir(self.dir + "/sessions")
        os.mkdir(self.dir + "/run")
        with open(self.dir + "/conf", "w") as f:
            f.write(config or CONFIG.format(inside=inside, outside=outside))
        self.log = open(self.dir + "/log", "w+")
        self.start()

    def start(self):
        env = dict(os.environ, RF_FAKE_SESSIONS=self.dir + "/sessions")
        env.setdefault("RINGFENCE_YANG_DIR", TOP + "/userspace/config")
        start = os.path.getsize(self.dir + "/log")
        self.process = subprocess.Popen(
            [self.program, self.dir + "/conf", self.dir + "/run"],
            stdout=self.log, stderr=subprocess.STDOUT, env=env, cwd=self.dir)
        self.until(lambda: "main: ready" in self.said(start), "no start")

    def said(self, start=0):
        with open(self.dir + "/log") as f:
            f.seek(start)
            return f.read()

    def until(self, condition, text, timeout=None):
        end = time.monotonic() + (timeout or WAIT)
        while not condition():
            check(time.monotonic() < end, text)
            check(self.process.poll() is None,
                  "the gateway ended: " + self.said()[-300:])
            time.sleep(0.02)

    def sessions(self):
        return [os.path.basename(p) for p in glob.glob(
            self.dir + "/sessions/*") if not p.endswith(".idle")]

    def records(self):
        """The texts of the calls' records."""
        with open(self.dir + "/run/calls", "rb") as f:
            slots = iter(lambda: f.read(RECORD_MAX), b"")
            texts = [slot.split(b"\0")[0].decode() for slot in slots]
        return [text for text in texts if text]

    def write_records(self, texts):
        """These slots, in place of all."""
        with open(self.dir + "/run/calls", "wb") as f:
            for n, text in enumerate(texts):
                f.seek(n * RECORD_MAX)
                f.write(text.encode())

    def idle(self):
        """The media time-out of the only session."""
        open("%s/sessions/%s.idle" % (self.dir, self.sessions()[0]),
             "w").close()

    def gone(self):
        self.until(lambda: not self.sessions() and not self.records(),
                   "a session or record is left", timeout=10)

    def rss(self):
        """Resident memory, kB; 0 with ASan, which hoards what was freed."""
        with open(self.program, "rb") as f:
            if b"__asan_init" in f.read():
                return 0
        with open("/proc/%d/status" % self.process.pid) as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def stop(self, sig=signal.SIGTERM):
        """End it; returns the exit status."""
        self.process.send_signal(sig)
        return self.process.wait(timeout=WAIT * 3)

    def remove(self):
        self.log.close()
        shutil.rmtree(self.dir)


class Call:
    """Steps of a call that most tests share."""

    def __init__(self, caller, callee, **kw):
        self.a, self.b = caller, callee
        self.da = caller.dialog()
        self.branch = token("z9hG4bK")
        self.kw = kw
        self.invite_text = caller.request(
            "INVITE", "sip:bob@%s" % caller.gateway[0], self.da,
            **dict({"body": SDP, "branch": self.branch}, **kw))

    def invite(self):
        self.a.send(self.invite_text)
        self.a.expect(100)
        self.invite_b = self.b.expect("INVITE")
        return self

    def ring(self, status=180, **kw):
        self.tag = token("b")
        self.b.respond(self.invite_b, status, tag=self.tag, **kw)
        self.ringing = self.a.expect(status)
        return self

    def answer(self, body=SDP):
        if not hasattr(self, "tag"):
            self.tag = token("b")
        self.b.respond(self.invite_b, 200, tag=self.tag, body=body)
        self.ack_b = self.b.expect("ACK")
        self.ok = self.a.expect(200, skip=(180, 183))
        self.da.remote = self.ok.get("to")
        self.da.target = self.ok.uri()
        return self

    def ack(self):
        self.a.send(self.a.request("ACK", self.da.target, self.da))
        return self

    def establish(self):
        return self.invite().ring().answer().ack()

    def callee_dialog(self):
        d = Dialog(self.invite_b.get("call-id"),
                   self.invite_b.get("to") + ";tag=" + self.tag,
                   self.invite_b.get("from"))
        d.target = self.invite_b.uri()
        return d

    def bye(self, by_caller=True):
        me, other = (self.a, self.b) if by_caller else (self.b, self.a)
        d = self.da if by_caller else self.callee_dialog()
        d.cseq += 1
        me.send(me.request("BYE", d.target, d))
        me.expect(200)
        bye = other.expect("BYE")
        other.respond(bye, 200)
        return bye


def run(tests, setup):
    """TAP: each test gets what setup() returns, and its own clean-up."""
    failed = 0
    print("1..%d" % len(tests))
    for n, test in enumerate(tests, 1):
        name = (test.__doc__ or test.__name__).split("\n")[0]
        Side.known.clear()
        context = setup(test)
        try:
            test(context)
            context.check_clean()
            print("ok %d %s" % (n, name))
        except Exception as e:  # pylint: disable=broad-except
            failed += 1
            print("not ok %d %s" % (n, name))
            print("# %s: %s" % (type(e).__name__, e))
            for line in context.gw.said().splitlines()[-40:]:
                print("#   " + line)
        finally:
            context.close()
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


def run_at_once(tests, setup):
    """As run(), but all together, each in a namespace of its own."""
    if len(sys.argv) > 1:
        own_namespace()
        run([test for test in tests if test.__name__ == sys.argv[1]], setup)
    started = [subprocess.Popen([sys.executable, sys.argv[0], test.__name__],
                                stdout=subprocess.PIPE, text=True)
               for test in tests]
    print("1..%d" % len(tests))
    failed = 0
    for n, process in enumerate(started, 1):
        text = process.communicate()[0].replace("1..1\n", "", 1)
        print(re.sub(r"^(not ok|ok) 1\b", r"\1 %d" % n, text), end="",
              flush=True)
        failed += process.returncode != 0
    sys.exit(1 if failed else 0)


class Context:
    """Gateway, caller and callee of one test."""

    def __init__(self, inside="udp", outside="udp", config=None,
                 program=GATEWAY):
        self.gw = Gateway(inside, outside, config, program)
        self.caller = Peer("alice", CALLER, INSIDE)
        self.callee = Peer("bob", CALLEE, OUTSIDE)
        self.extra = []

    def keep(self, thing):
        self.extra.append(thing)
        return thing

    def check_clean(self):
        """Nothing left of the calls, nothing unasked for, a clean exit."""
        self.gw.gone()
        check(self.gw.stop() == 0, "exit status, or a sanitizer's report")

    def close(self):
        for thing in self.extra + [self.caller, self.callee]:
            thing.close()
        if self.gw.process.poll() is None:
            self.gw.stop(signal.SIGKILL)
        self.gw.remove()
