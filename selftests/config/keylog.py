#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The key log: a forward-secret capture of SIP inside TLS opens in tshark with
it, only what an administrator switched on is in it, and it ends by itself."""
import http.server
import json
import pathlib
import socket
import socketserver
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from certificate import NEW, PORT, connect
from control import GROUPS, point, run, wait_for

OPTIONS = """OPTIONS sip:%s@127.0.0.1:15061;transport=tls SIP/2.0\r
Via: SIP/2.0/TLS 127.0.0.1:15062;branch=z9hG4bK%s\r
Max-Forwards: 70\r
From: <sip:a@127.0.0.1>;tag=1\r
To: <sip:b@127.0.0.1>\r
Call-ID: %s\r
CSeq: 1 OPTIONS\r
Content-Length: 0\r
\r
"""


def options(name, version):
    """One request in a connection of its own; the answer's first line."""
    with connect(version) as conn:
        conn.sendall((OPTIONS % (name, name, name)).encode())
        return conn.recv(4096).decode().split("\r\n")[0], conn.version()


def tshark(lab, *words):
    got = subprocess.run(["tshark", "-r", "capture", "-d",
                          f"tls.port=={PORT},sip", "-Y", "sip", "-T", "fields",
                          "-e", "sip.Call-ID", *words], cwd=lab.folder,
                         capture_output=True, text=True, check=False)
    return set(got.stdout.split())


class Capture:
    def __init__(self, lab):
        self.file = lab.folder / "capture"
        self.file.unlink(missing_ok=True)
        self.tcpdump = subprocess.Popen(
            ["tcpdump", "--immediate-mode", "-U", "-i", "lo", "-Z", "root", "-w", self.file,
             "tcp", "port", str(PORT)], stderr=subprocess.DEVNULL)
        wait_for(20, lambda: self.file.exists() and
                 self.file.stat().st_size >= 24)

    def end(self):
        # It is at the end of what there is, when it has seen a last packet.
        size = self.file.stat().st_size
        try:
            socket.create_connection(("127.0.0.1", PORT), 20).close()
        except OSError:
            pass
        wait_for(20, lambda: self.file.stat().st_size > size)
        self.tcpdump.terminate()
        self.tcpdump.wait(20)


def listen(lab):
    lab.ringfence("certificate", "self-signed", "own", "cn", "gate")
    (lab.folder / "tls").write_text(NEW.replace("tls12", "tls13"))
    lab.says("", "config", "load", "tls", "merge")
    lab.says("", "config", "commit")


def switch(lab):
    keys = lab.run_dir / "tls-keys.log"
    capture = Capture(lab)
    point(not keys.exists(), "no key log by itself")
    options("before", ssl.TLSVersion.TLSv1_3)
    status, text = lab.ringfence("keylog", "on", "600")
    if "this wolfSSL can't" in text:
        print(f"# skipped: {text}")
        capture.end()
        return
    point(status == 0 and f"WARNING: TLS keys are written to {keys} for "
          in text, "an administrator switches it on", text)
    point(keys.stat().st_mode & 0o777 == 0o600, "only root may read it")
    answers = [options("newest", ssl.TLSVersion.TLSv1_3),
               options("older", ssl.TLSVersion.TLSv1_2)]
    point([version for _, version in answers] == ["TLSv1.3", "TLSv1.2"] and
          all(first.startswith("SIP/2.0 ") for first, _ in answers),
          "SIP in both versions", answers)
    lab.says(f"WARNING: TLS keys are written to {keys} for ", "status",
             status=lab.ringfence("status")[0], name="status warns")
    state = json.loads(lab.ask("GET", "/state")[1])
    point(590 < state["keylog"]["seconds"] <= 600, "it will end", state)
    # It begins anew: what was in the file is gone.
    lab.says("more seconds", "keylog", "on", "6")
    options("last", ssl.TLSVersion.TLSv1_3)
    point(wait_for(20, lambda: "TLS keys are no longer written" in
                   lab.log.read_text()), "it ends by itself, which is said")
    options("after", ssl.TLSVersion.TLSv1_3)
    capture.end()
    log = lab.log.read_text()
    point("root has TLS keys written to " in log and "for 600 seconds" in log,
          "the log warns")


def opened(lab):
    keys = lab.run_dir / "tls-keys.log"
    if not keys.exists():
        return
    point(tshark(lab) == set(), "nobody opens the capture without it")
    point(tshark(lab, "-o", f"tls.keylog_file:{keys}") == {"last"},
          "with it tshark finds what was switched on last, and no more",
          tshark(lab, "-o", f"tls.keylog_file:{keys}"))
    lab.says("", "keylog", "off")
    point(not keys.exists(), "off removes the file")


def both_versions(lab):
    keys = lab.run_dir / "tls-keys.log"
    capture = Capture(lab)
    if lab.ringfence("keylog", "on", "600")[0]:
        capture.end()
        return
    options("newest", ssl.TLSVersion.TLSv1_3)
    options("older", ssl.TLSVersion.TLSv1_2)
    capture.end()
    found = tshark(lab, "-o", f"tls.keylog_file:{keys}")
    point(found == {"newest", "older"}, "TLS 1.2 and 1.3 open in tshark",
          found)


def roles(lab):
    for role in ("read-only", "operator"):
        lab.says("only an administrator may do that", "keylog", "on", "9",
                 group=GROUPS[role], status=1, name=f"{role} may not")
        lab.says("only an administrator may do that", "keylog", "off",
                 group=GROUPS[role], status=1, name=f"{role} may not end it")
    lab.says("1 to 86400", "keylog", "on", "86401", status=2)


class State(http.server.BaseHTTPRequestHandler):
    """A daemon whose clock is as the test says."""
    clock = ""

    def do_GET(self):  # pylint: disable=invalid-name
        body = json.dumps({"keylog": {"seconds": 0, "file": ""},
                           "clock": self.clock}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "local"

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass


class Server(socketserver.UnixStreamServer):
    def get_request(self):
        return self.socket.accept()[0], ("local", 0)


def clock(lab):
    """What "ringfence status" makes of the daemon's word; ours can't be set."""
    words = json.loads(lab.ask("GET", "/state")[1])["clock"]
    point(words in ("synchronized", "unsynchronized"), "the real clock", words)
    path = str(lab.folder / "other.sock")
    with Server(path, State) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for State.clock, want in (
                ("wrong", "WARNING: the clock is wrong: no certificate"),
                ("unsynchronized", "WARNING: the clock was never synchron"),
                ("synchronized", None)):
            text = lab.ringfence("-s", path, "status")[1]
            point(want in text if want else "WARNING" not in text,
                  f"status, and the clock is {State.clock}", text)
        server.shutdown()


def left(lab):
    keys = lab.run_dir / "tls-keys.log"
    point(lab.stop() == 0 and not keys.exists(),
          "nothing is left behind at the end")


if __name__ == "__main__":
    run(listen, roles, clock, switch, opened, both_versions, left)
