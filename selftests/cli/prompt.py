#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt, typed at as a user does: on a terminal, with Tab and Up; and -c,
which is what a login shell is asked. Needs neither daemon nor module. BUILD
names another build folder."""
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "selftests"))
# pylint: disable=wrong-import-position
from guest import Tap

BUILD = os.environ.get("BUILD") or \
    f"{os.environ.get('RF_BUILD', TOP / 'build')}/userspace"
RINGFENCE = f"{BUILD}/ringfence/ringfence"
WAIT = 30  # seconds; a guest is slow
PROMPT = "ringfence> "
tap = Tap()
point = tap.ok


class Terminal:
    def __init__(self, *args):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "dumb"
            os.execv(RINGFENCE, ["-ringfence", *args])
        self.text = ""

    def until(self, want):
        """All that comes until it ends so; "" if it never does."""
        deadline = time.monotonic() + WAIT
        while not re.search(want, self.text):
            if not select.select([self.fd], [], [],
                                 max(0, deadline - time.monotonic()))[0]:
                return ""
            try:
                self.text += os.read(self.fd, 65536).decode()
            except OSError:
                break
        found = re.search(want, self.text)
        got, self.text = self.text[:found.end() if found else 0], \
            self.text[found.end() if found else 0:]
        return got

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def status(self):
        """Its exit status; -9 if it doesn't end by itself."""
        deadline = time.monotonic() + WAIT
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        while not pid and time.monotonic() < deadline:
            time.sleep(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            os.kill(self.pid, signal.SIGKILL)
            status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def session():
    t = Terminal("-s", "/nonexistent")
    point(t.until(PROMPT), "a prompt, and no command given", t.text)
    t.type("version\r")
    got = t.until(r"ringfence \d\S*\r?\n[^\n]*" + PROMPT)
    point(got, "a command", t.text)
    t.type("vers\t")
    point(t.until("version "), "Tab completes a command", t.text)
    t.type("\r")
    point(t.until(r"ringfence \d\S*\r?\n[^\n]*" + PROMPT), "it runs", t.text)
    t.type("config help lo\tlev\t\r")
    point(t.until("one of error, warning, notice, info, debug"),
          "Tab completes a path", t.text)
    t.until(PROMPT)
    t.type("config set sip gateway x transport t\t")
    point(t.until("tcp  tls"), "Tab lists the values", t.text)
    t.type("\x15nonsense\r")
    point(t.until('unknown command "nonsense"'), "a wrong command", t.text)
    t.until(PROMPT)
    t.type("config show\r")
    point(t.until("ringfenced is not running"), "no daemon", t.text)
    t.until(PROMPT)
    t.type("\x10\x10\x10\r")  # Ctrl-P: up
    point(t.until("one of error, warning"), "the history has all lines",
          t.text)
    t.until(PROMPT)
    t.type('config set "log\r')
    point(t.until("must end"), "a quote without an end", t.text)
    t.until(PROMPT)
    t.type("exit\r")
    point(t.status() == 0, "exit")
    t = Terminal()
    t.until(PROMPT)
    t.type("\x04")
    point(t.status() == 0, "the end of the input")
    t = Terminal()
    t.type("\x04")  # while the terminal still makes lines of it
    point(t.status() == 0, "the end of the input, typed ahead")


def line(status, want, *args):
    got = subprocess.run([RINGFENCE, *args], text=True, check=False,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    point(got.returncode == status and want in got.stdout,
          " ".join(args) or "no command, and no terminal", got)


def main():
    os.environ.setdefault("RINGFENCE_YANG_DIR", str(TOP / "userspace/config"))
    # libedit never frees the names of functions that were added to it.
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    session()
    line(0, "Default: 120\n", "-c", "config help media idle-timeout")
    line(2, 'unknown command "config help"', "-c", '"config help"')
    line(2, "unexpected word", "-c", "version", "now")
    line(2, "-c needs a value", "-c")
    line(2, "the command is not complete")
    tap.finish()


main()
