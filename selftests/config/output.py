#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where what the daemon says goes, and what is never in it: a syslog server, the
journal, a user who logs in to the command line, and secrets."""
import os
import pathlib
import pty
import re
import select
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from control import GROUPS, point, run

SYSLOG = re.compile(
    r"<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ ringfenced \d+ "
    r"(\S+) - (.*)")


def syslog(lab):
    """To a server, as RFC 5424 has it, and what the filters let through."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        lab.says("", "config", "set", "log", "syslog-address", "127.0.0.1")
        lab.says("", "config", "set", "log", "syslog-port",
                 str(server.getsockname()[1]))
        lab.says("", "config", "set", "log", "target", "syslog")
        lab.says("", "config", "set", "log", "service", "Conf", "level",
                 "error")
        lab.says("", "config", "commit")
        lab.says("", "config", "del", "log", "service")
        lab.says("", "config", "commit", "comment", "told again")
        got = SYSLOG.fullmatch(server.recv(4096).decode())
        point(got and got.group(1) == str(3 << 3 | 5) and got.group(2) ==
              "Conf-10" and got.group(3).startswith("Conf 10: commit "),
              "a syslog server gets the second commit, and not the first", got)
        before = lab.log.read_text()
        lab.says("", "config", "del", "log", "target")
        lab.says("", "config", "del", "log", "syslog-address")
        lab.says("", "config", "del", "log", "syslog-port")
        lab.says("", "config", "commit")
        point("Conf 10" in lab.log.read_text()[len(before):],
              "and then standard error has it again")


def journal(lab):
    """What journald would get, by its native protocol, in its place."""
    # In the namespace of mounts that run() has made.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    place = pathlib.Path("/run/systemd/journal")
    place.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(place / "socket"))
        server.settimeout(20)
        lab.says("", "config", "set", "log", "target", "journal")
        lab.says("", "config", "commit")
        got = server.recv(65536).decode()
        while "Conf 10" not in got:
            got = server.recv(65536).decode()
        fields = dict(line.split("=", 1) for line in got.splitlines())
        point(fields.pop("MESSAGE").startswith("Conf 10: commit ") and
              fields == {"PRIORITY": "5", "SERVICE": "Conf", "NOTIFICATION":
                         "10", "SYSLOG_IDENTIFIER": "ringfenced"},
              "the journal gets fields to look for", got)
    lab.says("", "config", "del", "log", "target")
    lab.says("", "config", "commit")
    subprocess.run(["umount", "/run"], check=True)


def log_in(*words):
    """As gate, whose shell ringfence is, on a terminal; all that it says."""
    pid, fd = pty.fork()
    if pid == 0:
        # libedit never frees the names of functions that were added to it.
        os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
        os.execvp("su", ["su", "-w", "ASAN_OPTIONS", "-", "gate", *words])
    text, typed = "", bool(words)
    while select.select([fd], [], [], 20)[0]:
        try:
            text += os.read(fd, 65536).decode()
        except OSError:
            break
        if not typed and "ringfence> " in text:
            os.write(fd, b"config show log\rconfig set log level info\rexit\r")
            typed = True
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text


def login(lab):
    """The command line as a login shell, for a user of a group."""
    accounts = lab.folder / "passwd"
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    pathlib.Path("/run/ringfence").symlink_to(lab.run_dir)
    lab.says("", "config", "set", "log", "level", "notice")
    lab.says("", "config", "commit")
    for role, may in ("read-only", False), ("operator", True):
        accounts.write_text(
            pathlib.Path("/etc/passwd").read_text() +
            f"gate:*:54321:{GROUPS[role]}::/:{lab.cli}\n")
        accounts.chmod(0o644)
        subprocess.run(["mount", "--bind", accounts, "/etc/passwd"],
                       check=True)
        got = log_in("-c", "config show log")
        point(got[0] == 0 and got[1].split() == ["log", "level", "notice"],
              f"{role}: one command", got)
        got = log_in()
        point(got[0] == 0 and "log level notice\r\n" in got[1] and
              ("you may only read" in got[1]) != may,
              f"{role}: the prompt", got)
        subprocess.run(["umount", "/etc/passwd"], check=True)
    lab.says("gate (session ", "config", "discard", status=1,
             name="its session is its own")
    lab.says("", "config", "take")
    lab.says("", "config", "discard")
    lab.says("", "config", "del", "log", "level")
    lab.says("", "config", "commit")
    subprocess.run(["umount", "/run"], check=True)


SECRETS = ("sesame-4711", "mellon-0815")
READS = [line.split() for line in (
    "config show", "config show all", "config show candidate",
    "config show candidate all", "config show sip extension 4242",
    "config diff", "config history", "config save -", "log show",
    "call list", "gateway list", "extension list", "extension show 4242",
    "policy show", "registration list", "certificate list", "status")]
REFUSED = [line.split() for line in (
    "config set sip extension 4242 password mellon-0815",
    "config set sip extension 4242 password mellon-0815 mellon-0815",
    "config set sip nothing mellon-0815", "config del sip extension 4242",
    "config rollback 1", "config load secrets", "backup save -")]


def said_to(lab, role):
    """All that is said to one of that role, whatever it asks."""
    text = ""
    for words in READS + REFUSED:
        for more in (), ("-j",):
            text += lab.ringfence(*more, *words, group=GROUPS[role])[1]
            time.sleep(0.06)  # within the rate of one user
    return text


def secrets(lab):
    """Who may only read sees no secret, set or about to be, in any output."""
    file = lab.folder / "secrets"
    file.write_text(f"""log level debug
sip extension 4242 password {SECRETS[0]}
sip gateway inside registration joe password {SECRETS[0]}
sip gateway inside registration joe auth-user joseph
""")
    file.chmod(0o644)
    lab.says("", "config", "load", str(file), "merge")
    lab.says("", "config", "commit")
    lab.says("", "config", "set", "sip", "extension", "4242", "password",
             SECRETS[1])
    for words in ("config", "show"), ("config", "show", "candidate"):
        point(not any(s in lab.ringfence(*words)[1] for s in SECRETS),
              "nor does an administrator, who doesn't ask for it")
    for role in "read-only", "operator":
        text = said_to(lab, role)
        point("4242" in text and "joseph" in text and not
              any(s in text for s in SECRETS), f"{role}: no secret in "
              f"{len(text)} bytes", text)
    lab.says("", "config", "commit")
    private = lab.folder / "private"
    lab.says("", "config", "save", str(private))
    point(all(s in private.read_text() for s in SECRETS),
          "an administrator can save them", private.read_text())
    said = lab.log.read_text() + lab.ringfence("log", "show")[1]
    point("debug" in said and not any(s in said for s in SECRETS),
          "and the log has none, at the level debug either")
    lab.says("", "config", "del", "sip", "extension")
    lab.says("", "config", "del", "sip", "gateway", "inside", "registration")
    lab.says("", "config", "del", "log", "level")
    lab.says("", "config", "commit")


if __name__ == "__main__":
    run(syslog, journal, login, secrets)
