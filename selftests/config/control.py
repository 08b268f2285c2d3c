#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration of a running daemon: roles of real users, editors, what a
change touches, limits of the control socket, and kill -9 at the wrong time.

The daemon is config-daemon, ringfenced without the kernel module. BUILD names
another build folder. Needs root, to be other users."""
import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "selftests"))
# pylint: disable=wrong-import-position
from guest import Tap

BUILD = pathlib.Path(os.environ.get("BUILD") or
                     f"{os.environ.get('RF_BUILD', TOP / 'build')}/userspace")
MODEL = TOP / "userspace/config/ringfence.yang"
CONFIG = """# by hand
network lan address 127.0.0.1
sip gateway inside network lan
sip gateway inside proxy-host 127.0.0.1
sip gateway inside port 15060
control admin-group games
control operator-group man
control read-only-group mail
"""
# Of Debian's base-passwd, on each machine the same.
GROUPS = {"admin": 60, "operator": 12, "read-only": 8, "none": 65534}
NOBODY = 65534
tap = Tap()
point = tap.ok


def wait_for(seconds, condition):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Lab:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.config = self.folder / "test.conf"
        self.run_dir = self.folder / "run"
        self.run_dir.mkdir()
        self.socket = str(self.run_dir / "control.sock")
        self.log = self.folder / "log"
        # The checkout may be closed to others.
        self.cli = shutil.copy(BUILD / "ringfence/ringfence", folder)
        shutil.copy(MODEL, folder)
        os.environ["RINGFENCE_YANG_DIR"] = folder
        self.config.write_text(CONFIG)
        self.daemon = None

    def start(self):
        with self.log.open("a") as log:
            self.daemon = subprocess.Popen(
                [BUILD / "ringfenced/config-daemon", self.config, self.run_dir],
                stderr=log)
        if not wait_for(30, self.answers):
            print(f"Bail out! no daemon: {self.log.read_text()}")
            sys.exit(1)

    def answers(self):
        try:
            return self.ask("GET", "/config/state")[0] == 200
        except OSError:
            return False

    def stop(self, sig=signal.SIGTERM):
        self.daemon.send_signal(sig)
        return self.daemon.wait(30)

    def ask(self, method, uri, body=None, headers=None):
        conn = Connection(self.socket)
        try:
            conn.request(method, uri, body, headers or {})
            answer = conn.getresponse()
            return answer.status, answer.read().decode()
        finally:
            conn.close()

    def ringfence(self, *words, group=None, new_session=False, **how):
        """As root, or as nobody in a group; status and all that it says."""
        who = {} if group is None else {
            "user": NOBODY, "group": NOBODY, "extra_groups": [group]}
        got = subprocess.run([self.cli, "-s", self.socket, *words], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=new_session, check=False,
                             stdin=subprocess.DEVNULL, cwd=self.folder,
                             **who, **how)
        return got.returncode, got.stdout

    def says(self, want, *words, status=0, name=None, **how):
        got = self.ringfence(*words, **how)
        point(got[0] == status and (want in got[1] if want else not got[1]),
              name or f"ringfence {' '.join(words)}",
              f"status {got[0]}, not {status}; said: {got[1]}\nwanted: {want}")

    def sockets(self):
        """Of SIP: who has the ports, by inode, which a new socket changes."""
        found = set()
        for table in ("tcp", "udp"):
            text = pathlib.Path(f"/proc/net/{table}").read_text()
            for line in text.splitlines()[1:]:
                words = line.split()
                if words[1].endswith(f":{15060:04X}"):
                    found.add((table, words[9]))
        return found


def commits(lab):
    before = lab.sockets()
    point(len(before) == 2, "SIP listens by UDP and TCP", before)
    lab.says("", "config", "set", "log", "level", "debug")
    lab.says("+ log level debug\n", "config", "diff")
    lab.says("", "config", "commit", "comment", "more words")
    lab.says("log level debug\n", "config", "show", "log")
    lab.says('{"ringfence:log":{"level":"debug"}}\n', "-j", "config", "show",
             "log")
    lab.says("", "config", "set", "media", "idle-timeout", "60")
    lab.says("", "config", "commit")
    point(lab.sockets() == before, "other changes don't touch SIP's sockets",
          f"{before} {lab.sockets()}")
    text = lab.config.read_text()
    point("log level debug\nnetwork lan" in text and "idle-timeout 60" in text,
          "the file has both", text)
    lab.says(" root more words\n", "config", "history")
    lab.says("lan\n", "complete", "-s", lab.socket, "config", "set", "sip",
             "gateway", "inside", "network", name="completion of names")
    # To what was before anything was committed.
    lab.says("", "config", "rollback", "2")
    lab.says("- log level debug\n- media idle-timeout 60\n", "config", "diff")
    lab.says("", "config", "commit")
    lab.says("", "config", "show", "media")
    saved = lab.folder / "saved"
    lab.says("", "config", "save", str(saved))
    point(saved.stat().st_mode & 0o777 == 0o600, "a saved file is private")
    lab.says("", "config", "load", str(saved))
    lab.says("", "config", "diff", name="what is saved is what runs")
    lab.says("", "config", "discard")
    saved.write_text("log level info\nlog level loud\n")
    lab.says(f"{saved}:2: log level: ", "config", "load", str(saved),
             status=2)
    lab.says("there is no candidate", "config", "discard", status=1)


def confirmed(lab):
    old = lab.config.read_text()
    lab.says("", "config", "set", "log", "level", "warning")
    lab.says("undone in 60 seconds", "config", "commit", "confirmed", "60")
    lab.says("log level warning\n", "config", "show", "log")
    point(lab.config.read_text() == old, "unconfirmed: the file is the old one")
    lab.stop(signal.SIGKILL)
    lab.start()
    lab.says("", "config", "show", "log", name="kill -9 undoes it")
    point(lab.config.read_text() == old, "and the file is still the old one")
    lab.says("no commit waits", "config", "confirm", status=1)

    lab.says("", "config", "set", "log", "level", "warning")
    lab.says("undone in 60", "config", "commit", "confirmed", "60")
    lab.says("", "config", "confirm")
    lab.stop(signal.SIGKILL)
    lab.start()
    lab.says("log level warning\n", "config", "show", "log",
             name="confirmed: kill -9 changes nothing")

    lab.says("", "config", "set", "log", "level", "error")
    lab.says("undone in 1 ", "config", "commit", "confirmed", "1")
    gone = wait_for(30, lambda: "log level warning" in
                    lab.ringfence("config", "show", "log")[1])
    point(gone, "in time it is undone")
    point("was not confirmed in time" in lab.log.read_text(),
          "and the log says so")

    lab.says("", "config", "set", "log", "level", "error")
    lab.stop(signal.SIGKILL)
    lab.start()
    lab.says("log level warning\n", "config", "show", "candidate", "log",
             name="a candidate is gone with the daemon")
    lab.says("", "config", "rollback", "1")
    lab.says("", "config", "commit")
    lab.says("", "config", "show", "log",
             name="the history survives kill -9")


def notifications(lab):
    lab.says("", "config", "set", "log", "level", "error")
    lab.says("undone in 1 ", "config", "commit", "confirmed", "1")
    lab.says("notice Conf 11 root commits, to be confirmed", "log", "show")
    point(wait_for(30, lambda: not
                   lab.ringfence("config", "show", "log")[1]), "an undo")
    lab.says("Conf 13 a commit was not confirmed", "log", "show", "service",
             "Conf", "severity", "warning")
    point("Conf 11" not in lab.ringfence("log", "show", "severity",
                                         "warning")[1], "less is left out")
    lab.says("", "log", "show", "service", "Nonsense")
    lab.says("severity is one of error", "log", "show", "severity", "loud",
             status=2)
    def counts():
        return (lab.log.read_text().count("Conf 10"),
                lab.ringfence("log", "show")[1].count("Conf 10"))
    logged, kept = counts()
    lab.says("", "config", "set", "log", "service", "Conf", "level", "error")
    lab.says("", "config", "commit")
    point(counts() == (logged, kept + 1), "a service has its own level in the "
          "log, and all is kept", counts())
    lab.says("", "config", "del", "log", "service", "Conf")
    lab.says("", "config", "set", "log", "service", "Cert", "level", "error")
    lab.says("", "config", "commit")
    point(counts() == (logged + 1, kept + 2), "until it is removed", counts())
    lab.says("", "config", "del", "log", "service", "Cert")
    lab.says("", "config", "commit")
    lines = lab.ringfence("-j", "log", "show")[1].splitlines()
    seqs = [json.loads(line)["seq"] for line in lines]
    point(seqs == list(range(1, len(seqs) + 1)) and len(seqs) > 1,
          "as JSON, in order", seqs)
    with subprocess.Popen([lab.cli, "-s", lab.socket, "log", "follow",
                           "service", "Conf"],
                          stdout=subprocess.PIPE) as follow:
        os.set_blocking(follow.stdout.fileno(), False)
        time.sleep(0.5)  # it asks what there is first
        lab.says("", "config", "set", "media", "idle-timeout", "61")
        lab.says("", "config", "commit")
        text = b""

        def came():
            nonlocal text
            text += follow.stdout.read() or b""
            return b"Conf 10 commit" in text
        point(wait_for(20, came), "what comes is printed", text)
        point(text.count(b"\n") == 1, "and only that", text)
        follow.terminate()
    lab.says("", "config", "rollback", "1")
    lab.says("", "config", "commit")


def editors(lab):
    lab.says("", "config", "set", "log", "level", "error")
    lab.says("is changing the candidate", "config", "set", "log", "level",
             "info", status=1, new_session=True,
             name="another session is told of the first")
    lab.says("+ log level error\n", "config", "diff", new_session=True)
    lab.says("is changing the candidate", "config", "commit", status=1,
             new_session=True, name="and can't commit")
    lab.says("", "config", "take", new_session=True)
    lab.says("is changing the candidate", "config", "discard", status=1,
             name="the first is told too")
    lab.says("", "config", "take")
    lab.says("", "config", "discard")


def roles(lab):
    # What, and the exit statuses for none, read-only, operator, admin.
    table = (
        (("config", "show"), (1, 0, 0, 0)),
        (("config", "history"), (1, 0, 0, 0)),
        (("config", "set", "log", "level", "error"), (1, 1, 0, 0)),
        (("config", "diff"), (1, 0, 0, 0)),
        (("config", "set", "control", "admin-group", "mail"), (1, 1, 1, 0)),
        (("config", "set", "sip", "gateway", "inside", "tls", "ca-certs", "x"),
         (1, 1, 1, 0)),
        (("config", "take"), (1, 1, 0, 0)),
        (("config", "discard"), (1, 1, 0, 0)),
        (("config", "rollback", "1"), (1, 1, 0, 0)),
        (("config", "commit", "confirmed", "9"), (1, 1, 0, 0)),
        (("config", "confirm"), (1, 1, 0, 0)),
        (("config", "save", "-"), (1, 0, 0, 0)),
        (("log", "show"), (1, 0, 0, 0)),
    )
    for i, role in enumerate(("none", "read-only", "operator", "admin")):
        group = GROUPS[role]
        for words, statuses in table:
            got = lab.ringfence(*words, group=group)
            point(got[0] == statuses[i], f"{role}: {' '.join(words)}", got)
            time.sleep(0.1)  # within the rate of one user
    state = lab.ringfence("config", "show", group=None)
    point(state[0] == 0, "root needs no group", state)


class Slow:
    """A connection that sends a byte now and then."""

    def __init__(self, lab):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(lab.socket)
        self.sock.setblocking(False)

    def closed(self):
        try:
            self.sock.send(b"G")
            return self.sock.recv(100) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


NOBODYS = """
import os, socket, sys, time
os.setgroups([]); os.setgid(65534); os.setuid(65534)
socks = []
for i in range(20):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.settimeout(0.5)
    socks.append(s)
def is_open(s):
    try:
        return s.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False
print(sum(is_open(s) for s in socks), flush=True)
sys.stdin.read()
"""


def limits(lab):
    with subprocess.Popen([sys.executable, "-c", NOBODYS, lab.socket],
                          text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:
        left = int(other.stdout.readline())
        point(left == 4, "a user has 4 connections", left)
        point(lab.answers(), "root is answered meanwhile")
        other.stdin.close()
    slow = [Slow(lab) for _ in range(40)]
    started = time.monotonic()
    point(wait_for(10, lambda: sum([not s.closed() for s in slow]) == 32),
          "there are 32 connections")
    point(wait_for(60, lambda: all([s.closed() for s in slow])),
          "slow ones are closed")
    point(time.monotonic() - started > 15, "but not before their time")
    point(wait_for(30, lab.answers), "and then there is room again")

    status, _ = lab.ask("PUT", "/config/candidate", b"#" * (2 << 20))
    point(status == 400, "2 MiB of body are read, and refused", status)
    try:
        status, _ = lab.ask("PUT", "/config/candidate", b"#" * (3 << 20))
    except OSError:
        status = 0
    point(status in (0, 413), "3 MiB are not", status)
    try:
        status, _ = lab.ask("GET", "/config/state", headers={"X": "x" * 9000})
    except (OSError, http.client.HTTPException):
        status = 0
    point(status in (0, 400), "nor are 9,000 bytes of headers", status)
    point(lab.answers(), "the daemon is well")

    busy = """
import http.client, socket, sys
import os
os.setgroups([8]); os.setgid(65534); os.setuid(65534)
c = http.client.HTTPConnection('localhost')
c.sock = socket.socket(socket.AF_UNIX)
c.sock.connect(sys.argv[1])
seen = []
for i in range(300):
    c.request('GET', '/config/state')
    r = c.getresponse()
    r.read()
    seen.append(r.status)
print(seen.count(200), seen.count(429), len(seen))
"""
    got = subprocess.run([sys.executable, "-c", busy, lab.socket], text=True,
                         capture_output=True, check=False)
    counts = [int(n) for n in got.stdout.split()] or [0, 0, 0]
    point(counts[0] >= 40 and counts[1] > 0 and sum(counts[:2]) == 300,
          "too many requests of one user are refused", got)


HOSTILE = (
    b"\0" * 4000, b"\r\n" * 4000, b"GET", b"GET / HTTP/9.9\r\n\r\n",
    b"GET \xff\xfe HTTP/1.1\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
    b"BREW /config/state HTTP/1.1\r\n\r\n",
    b"GET /config/state HTTP/1.1\r\n: x\r\n\r\n",
    b"GET /config/running?path=%00%ff HTTP/1.1\r\n\r\n",
    b"GET /config/running?path=" + b"%41" * 2000 + b" HTTP/1.1\r\n\r\n",
    b"POST /config/edit HTTP/1.1\r\nContent-Length: -1\r\n\r\nx",
    b"POST /config/edit HTTP/1.1\r\nContent-Length: 99999999999999999999"
    b"\r\n\r\nx",
    b"PUT /config/candidate HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"ffffffffffffffff\r\nx\r\n",
    b"PUT /config/candidate HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"-5\r\nx\r\n",
    b"PUT /config/candidate HTTP/1.1\r\nContent-Length: 5\r\n"
    b"Content-Type: application/yang-data+json\r\n\r\n[[[[[",
    b"POST /config/edit HTTP/1.1\r\nContent-Length: 12\r\n\r\n" + b"[" * 12,
    b"GET /config/state HTTP/1.1\r\n\r\n" * 50,
    b"DELETE /config/candidate HTTP/1.1\r\nContent-Length: 4\r\n\r\n\0\0\0\0",
)


def hostile(lab):
    for data in HOSTILE:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(lab.socket)
            sock.settimeout(20)
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
            except OSError:
                pass
        point(wait_for(30, lab.answers), f"the daemon is well after {data[:40]}")
    # Gone while the answer is on its way.
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(lab.socket)
            sock.sendall(b"GET /config/running HTTP/1.1\r\n\r\n" * 10)
    point(wait_for(30, lab.answers), "and after clients that are gone")


KEY = ("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n"
       "-----END PRIVATE KEY-----\n")


def backups(lab):
    file = lab.folder / "backup"
    passphrase = lab.folder / "passphrase"
    wrong = lab.folder / "wrong"
    passphrase.write_text("correct horse\n")
    wrong.write_text("incorrect horse\n")
    before = lab.ringfence("config", "show")[1]
    lab.says("", "backup", "save", str(file))
    lab.says("", "config", "set", "log", "level", "error")
    lab.says("it is the candidate now", "backup", "restore", str(file))
    lab.says("", "config", "diff", name="a backup without secrets")
    lab.says("", "config", "discard")

    own = lab.folder / "certificates/host/own.pem"
    own.parent.mkdir(parents=True)
    own.write_text(KEY)
    file.unlink()
    lab.says("would hold secrets: give a passphrase", "backup", "save",
             str(file), status=2)
    point(not file.exists(), "then there is no file")
    lab.says("must have 8 bytes", "backup", "save", str(file), "passphrase",
             "-", status=2)
    lab.says("", "backup", "save", str(file), "passphrase", str(passphrase))
    text = file.read_text()
    whole = "".join(text.split("\n")[1:])
    point(text.startswith("ringfence-backup 1 scrypt 17 ") and
          b"PRIVATE" not in base64.b64decode(whole), "it is encrypted", text)
    point(file.stat().st_mode & 0o777 == 0o600, "and private")
    own.unlink()
    lab.says("", "config", "set", "log", "level", "error")
    lab.says("", "config", "commit")
    lab.says("is encrypted: give its passphrase", "backup", "restore",
             str(file), status=2)
    lab.says("the passphrase is wrong", "backup", "restore", str(file),
             "passphrase", str(wrong), status=2)
    damaged = lab.folder / "damaged"
    damaged.write_text(text[:-10] + "AAAA" + text[-6:])
    lab.says("or the backup is damaged", "backup", "restore", str(damaged),
             "passphrase", str(passphrase), status=2)
    lab.says("is no backup", "backup", "restore", str(passphrase), status=1)
    point(not own.exists(), "nothing was written by those")
    lab.says("it is the candidate now", "backup", "restore", str(file),
             "passphrase", str(passphrase))
    point(own.read_text() == KEY and own.stat().st_mode & 0o777 == 0o600,
          "the key is back, and private")
    lab.says("", "config", "commit")
    lab.says(before, "config", "show", name="and the configuration")
    for role, status in (("read-only", 1), ("operator", 1), ("admin", 0)):
        got = lab.ringfence("backup", "restore", str(file), "passphrase",
                            str(passphrase), group=GROUPS[role])
        point(got[0] == 1, f"{role} can't read another one's file", got)
        shared = lab.folder / "shared"
        shared.write_text(text)
        shared.chmod(0o644)
        passphrase.chmod(0o644)
        got = lab.ringfence("backup", "restore", str(shared), "passphrase",
                            str(passphrase), group=GROUPS[role])
        point(got[0] == status, f"{role}: backup restore", got)
        got = lab.ringfence("backup", "save", "-", "passphrase",
                            str(passphrase), group=GROUPS[role])
        point(got[0] == status, f"{role}: backup save", got)
    lab.says("", "config", "take")
    lab.says("", "config", "discard")
    said = lab.log.read_text() + lab.ringfence("log", "show")[1]
    point("horse" not in said and "MIGH" not in said and
          "Conf 21" in said and "Conf 22" in said,
          "it is told, without secrets", said)
    own.unlink()
    own.parent.rmdir()
    own.parent.parent.rmdir()


def stop(lab):
    point(lab.stop() == 0, "a clean stop")
    point(not os.path.exists(lab.socket), "the socket is gone")
    lab.says("ringfenced is not running", "config", "show", status=1)
    lab.says("Default: 120\n", "config", "help", "media", "idle-timeout")


def run(*steps):
    if os.geteuid() != 0:
        print("Bail out! must be root, to be other users")
        sys.exit(1)
    # In a network of its own, whose ports nobody else has. And in a session of
    # the kernel's that has no number here, as of those that "docker exec" runs.
    if os.environ.get("RF_OWN_NETNS") != "1":
        os.environ["RF_OWN_NETNS"] = "1"
        os.execvp("unshare", ["unshare", "-n", "--pid", "--fork",
                              "--kill-child", "--mount-proc",
                              sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder)
        lab.start()
        try:
            for step in steps:
                step(lab)
        finally:
            if lab.daemon.poll() is None:
                lab.daemon.kill()
            if tap.failed:
                print("".join(f"# {line}\n" for line in
                              lab.log.read_text().splitlines()[-40:]), end="")
    tap.finish()


if __name__ == "__main__":
    run(commits, confirmed, notifications, editors, roles, backups, hostile,
        limits, stop)
