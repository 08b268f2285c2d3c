#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway registers at a Kamailio, and answers its challenges."""

import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import Call, WAIT, check, own_namespace, run
from trunk import ONE, PASSWORD, Trunk

ADDRESS = "127.0.2.3"
SERVER = """#!KAMAILIO
debug=2
log_stderror=yes
children=1
dns=no
rev_dns=no
auto_aliases=no
disable_tcp=yes
listen=udp:%s:5080
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "xlog.so"
loadmodule "auth.so"
modparam("auth", "nonce_count", 1)
modparam("auth", "qop", "auth")
modparam("auth", "algorithm", "%s")
modparam("registrar", "min_expires", 1)
modparam("registrar", "max_expires", 4)
request_route {
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("kam.example", "%s", "0")) {
			xlog("L_WARN", "challenged\\n");
			auth_challenge("kam.example", "1");
			exit;
		}
		xlog("L_WARN", "registered $au: $ct, $hdr(Expires)\\n");
		save("location");
		exit;
	}
	if (is_method("INVITE")) {
		if (!pv_proxy_authenticate("kam.example", "%s", "0")) {
			auth_challenge("kam.example", "1");
			exit;
		}
		xlog("L_WARN", "called by $au\\n");
		send_reply("486", "Right Password");
		exit;
	}
	if (!is_method("ACK"))
		send_reply("200", "OK");
}
"""


# Where scripts/setup unpacks it.
ROOT = os.environ.get("RINGFENCE_CACHE", "/var/cache/ringfence") + \
    "/kamailio/usr"
MODULES = ROOT + "/lib/x86_64-linux-gnu/kamailio/modules"


class Kamailio(Trunk):
    """It listens where the gateway's proxy is."""

    def __init__(self, algorithm, password=PASSWORD):
        super().__init__(ONE.replace("proxy-host 127.0.2.2",
                                     "proxy-host " + ADDRESS))
        path = self.gw.dir + "/kamailio"
        os.mkdir(path)
        with open(path + "/cfg", "w") as f:
            f.write(SERVER % (ADDRESS, algorithm, password, password))
        self.server_log = open(path + "/log", "w+")
        self.server = subprocess.Popen(
            [ROOT + "/sbin/kamailio", "-L", MODULES, "-f", path + "/cfg", "-DD", "-E", "-Y", path, "-P",
             path + "/pid", "-m", "16", "-M", "8"], stdout=self.server_log,
            stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"LD_LIBRARY_PATH": os.path.dirname(MODULES)})

    def kamailio_said(self):
        with open(self.server_log.name) as f:
            return f.read()

    def server_says(self, text, times=1):
        end = time.monotonic() + 4 * WAIT
        while self.kamailio_said().count(text) < times:
            check(time.monotonic() < end, "%s: %s" % (
                text, self.kamailio_said()[-400:]))
            time.sleep(0.05)

    def close(self):
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait(timeout=WAIT)
        self.server_log.close()
        super().close()


def works(t):
    """it registers, refreshes, calls, and ends the registration"""
    t.until_state("registered")
    check(t.accounts()[0]["expires"] <= 4, "what it grants")
    t.server_says("registered alice-auth: <sip:alice@127.0.2.1:5060>, 600", 3)
    check(t.kamailio_said().count("challenged") <= 2,
          "a refresh isn't challenged: " + t.kamailio_said())
    call = Call(t.caller, t.callee)
    t.caller.send(call.invite_text)
    t.caller.expect(486, skip=(100,))
    t.caller.send(t.caller.request("ACK", "sip:bob@127.0.1.1", call.da,
                                   branch=call.branch))
    t.server_says("called by alice-auth")
    t.cli("config", "del", "sip", "gateway", "outside", "registration")
    t.cli("config", "commit")
    t.server_says("registered alice-auth: <sip:alice@127.0.2.1:5060>, 0")


def md5(t):
    """the same by MD5"""
    works(t)


def wrong(t):
    """a wrong password is refused"""
    t.until_state("refused")


if __name__ == "__main__":
    own_namespace()
    run([works, md5, wrong],
        lambda test: Kamailio("MD5" if test is md5 else "SHA-256",
                              "other" if test is wrong else PASSWORD))
