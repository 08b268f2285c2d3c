#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions register: digest, bindings, and what nobody gets to do."""

import glob
import json
import os
import re
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from peer import check, own_namespace, run
from phone import CONFIG, Context, challenges, contacts


def basic(t):
    """a challenge, a right answer, a refresh, and the end"""
    p = t.phone()
    p.send(p.register_text())
    resp = p.expect(401)
    found = challenges(resp)
    check(list(found) == ["SHA-256"], "SHA-256 alone: %s" % list(found))
    check(found["SHA-256"]["realm"] == "test.example", "realm")
    check(found["SHA-256"]["qop"] == "auth", "qop")
    check("stale" not in found["SHA-256"], "stale")
    check(not resp.all("contact"), "no contacts for strangers")
    ok = p.register(300)
    check(list(contacts(ok)) == ["sip:1001@127.0.1.2:5070"], "one contact")
    check(299 <= contacts(ok)["sip:1001@127.0.1.2:5070"] <= 300, "300 s")
    check(ok.get("date"), "Date")
    t.gw.until(lambda: "SipEp 350: extension 1001 has registered from "
               "127.0.1.2:5070 by udp on SIP gateway phones, for 300 seconds"
               in t.gw.said(), "notification")
    ok = p.register(600)
    check(599 <= contacts(ok)["sip:1001@127.0.1.2:5070"] <= 600, "600 s")
    check(t.gw.said().count("SipEp 350:") == 1, "a refresh is not told")
    check(not p.register(0).all("contact"), "none is left")
    check("SipEp 351: extension 1001 is no longer registered from "
          "127.0.1.2:5070 on SIP gateway phones: by itself" in t.gw.said(),
          "the end is told")
    check(p.registered() == {}, "none")


def wrong(t):
    """an unknown extension, one that is off, a wrong password look the same"""
    p, texts = t.phone(), set()
    for user, password in (("1001", "sesame"), ("4242", "x"),
                           ("1003", "never"), ("1004", ""), ("1001", "")):
        resp = p.try_register(401, auth={"user": user, "password": password},
                              to=user)
        check("stale" not in challenges(resp)["SHA-256"], "not stale")
        texts.add(re.sub(r'(branch=|tag=|nonce="|Call-ID: |CSeq: |To: <sip:|'
                         r'From: <sip:)[^@;" \r]+', r"\1", resp.text))
    check(len(texts) == 1, "all the same: %s" % texts)
    said = t.gw.said()
    check(said.count("SipEp 352:") == 5, "five failures")
    check("extension 4242 from 127.0.1.2:5070 on SIP gateway phones: no such "
          "extension" in said, "who")
    check(said.count("strike 127.0.1.2: failed-digest, proved") == 5,
          "the nonce proves the address")
    check("sesame" not in said, "no password in the log")
    check(p.register(100), "and the right one is still let in")


def forged_strike(t):
    """a nonce that was never given proves nothing"""
    p = t.phone()
    p.challenged()
    p.challenge["nonce"] = "0" * 48
    p.send(p.register_text(authorization=p.authorize(password="no")))
    p.expect(401)
    check("strike 127.0.1.2: failed-digest\n" in t.gw.said(), "not proved")


def replay(t):
    """an answer counts once; the nonce goes on with a higher count"""
    p = t.phone()
    p.challenged()
    first = p.register_text(authorization=p.authorize())
    p.send(first)
    p.expect(200)
    p.send(first)  # the answer was lost, so it asks again
    check(challenges(p.expect(401))["SHA-256"]["stale"] == "true", "stale")
    # the same credentials in another request
    p.count -= 1
    p.send(p.register_text(authorization=p.authorize()))
    resp = p.expect(401)
    check(challenges(resp)["SHA-256"]["stale"] == "true", "stale")
    p.send(p.register_text(authorization=p.authorize(nc=2)))
    p.expect(200)
    p.send(p.register_text(authorization=p.authorize(nc=5)))
    p.expect(200)
    p.send(p.register_text(authorization=p.authorize(nc=4)))
    check(challenges(p.expect(401))["SHA-256"]["stale"] == "true", "stale")
    check("failed-digest" not in t.gw.said(), "no offence")


def stolen_nonce(t):
    """a nonce is good for the address that it was given to"""
    p, q = t.phone(), t.phone(host="127.0.1.3")
    q.challenge = p.challenged()
    q.send(q.register_text(authorization=q.authorize()))
    check(challenges(q.expect(401))["SHA-256"]["stale"] == "true",
          "it knows the password, and may ask again")
    p.send(p.register_text(authorization=p.authorize()))
    p.expect(200)


def old_nonce(t):
    """a nonce ends; so do all with a restart"""
    t.again(CONFIG + "sip registrar nonce-lifetime 10\n")
    p = t.phone()
    p.challenged()
    # not a time-out that is asserted: it is over when it says so
    end = time.monotonic() + 40
    while True:
        p.send(p.register_text(authorization=p.authorize()))
        resp = p._receive(5)
        check(time.monotonic() < end, "the nonce never ended")
        if resp.status == 401:
            break
        time.sleep(1)
    check(challenges(resp)["SHA-256"]["stale"] == "true", "stale")
    p.challenged()
    t.again(CONFIG)
    p.send(p.register_text(authorization=p.authorize()))
    check(challenges(p.expect(401))["SHA-256"]["stale"] == "true", "stale")


def malformed(t):
    """credentials that can't be: 400, never a challenge for their user"""
    p = t.phone()
    p.challenged()
    for bad in ({"nc": 0}, {"qop": None}, {"cnonce": None}, {"nonce": None},
                {"username": None}, {"uri": '"sip:other"'}, {"uri": None},
                {"response": '"00"'}, {"qop": "auth-int"},
                {"username": '"%s"' % ("1" * 100)},
                {"cnonce": '"%s"' % ("1" * 1000)}):
        p.send(p.register_text(authorization=p.authorize(**bad)))
        resp = p._receive(5)
        check(resp and resp.status == 400, "%s: %s" % (bad, resp and
                                                       resp.start))
        check(not resp.all("www-authenticate"), "no challenge: %s" % bad)
    # for others, or of other kinds: as if there were none
    sha, weak = dict(p.challenge), dict(p.challenge, algorithm="MD5")
    for challenge, foreign in ((sha, {"realm": '"other.example"'}),
                               (sha, {"algorithm": "SHA-256-sess"}),
                               (sha, {"realm": None}), (weak, {}),
                               (weak, {"algorithm": None})):
        p.challenge = challenge
        p.send(p.register_text(authorization=p.authorize(**foreign)))
        check("stale" not in challenges(p.expect(401))["SHA-256"],
              "as if none: %s" % foreign)
    p.send(p.register_text(authorization="Basic MTAwMTpzZXNhbWUgb3Blbg=="))
    p.expect(401)
    check("failed-digest" not in t.gw.said(), "none of them is a guess")


def two_realms(t):
    """credentials for our realm are found among others"""
    p = t.phone()
    p.challenged()
    p.send(p.register_text(headers=["Authorization: " + p.authorize(
        realm='"other.example"')], authorization=p.authorize()))
    p.expect(200)


def md5(t):
    """MD5 only where it is configured"""
    t.again(CONFIG + "sip registrar algorithm SHA-256\n"
            "sip registrar algorithm MD5\n")
    p = t.phone()
    p.send(p.register_text())
    check(list(challenges(p.expect(401))) == ["SHA-256", "MD5"], "both")
    p.challenged("MD5")
    p.send(p.register_text(authorization=p.authorize()))
    p.expect(200)
    p.challenged("MD5")  # RFC 7616, 3.3: MD5 needs no name
    p.send(p.register_text(authorization=p.authorize(algorithm=None)))
    p.expect(200)
    p.challenged("MD5")
    p.send(p.register_text(authorization=p.authorize(password="no")))
    p.expect(401)


def other_user(t):
    """nobody registers for somebody else"""
    p = t.phone()
    p.try_register(403, to="1002")
    check(t.phone("1002", "127.0.1.3").registered() == {}, "none")


def expiry(t):
    """too short, too long, as asked for, per contact, and unsaid"""
    p = t.phone()
    resp = p.try_register(423, headers=["Expires: 59"])
    check(resp.get("min-expires") == "60", "Min-Expires")
    check(p.registered() == {}, "none")
    uri = "sip:1001@127.0.1.2:5070"
    for headers, extra, want in ((["Expires: 60"], "", 60),
                                 (["Expires: 99999"], "", 3600),
                                 (["Expires: 4294967295"], "", 3600),
                                 ([], "", 3600), (["Expires: soon"], "", 3600),
                                 (["Expires: 100"], ";expires=200", 200),
                                 ([], ";expires=99999999999999", 3600)):
        got = contacts(p.try_register(headers=headers,
                                      contact=p.contact(extra)))[uri]
        check(want - 1 <= got <= want, "%s %s: %d" % (headers, extra, got))
    p.try_register(423, contact=p.contact(";expires=1"))
    p.try_register(contact=p.contact(";expires=0"))
    check(p.registered() == {}, "none")


def over(t):
    """a registration ends by itself"""
    t.again(CONFIG + "sip registrar expires-min 1\n")
    p = t.phone()
    p.register(1)
    t.gw.until(lambda: "127.0.1.2:5070 on SIP gateway phones: its time is over"
               in t.gw.said(), "it never ends")
    check(p.registered() == {}, "none")


def several(t):
    """several contacts; the oldest gives way; all go with *"""
    p = t.phone()
    for i in range(4):
        p.register(300, contact="<sip:a%d@127.0.1.2>" % i)
    p.register(300, contact="<sip:a1@127.0.1.2>")
    p.register(300, contact="<sip:a4@127.0.1.2>")
    check(list(p.registered()) == ["sip:a%d@127.0.1.2" % i
                                   for i in (4, 1, 3, 2)], "the newest four")
    check("a newer contact takes its place" in t.gw.said(), "told")
    p.register(300, contact=["<sip:b1@127.0.1.2>, <sip:b2@127.0.1.2>"])
    check(len(p.registered()) == 4, "four")
    p.try_register(403, contact=["<sip:c%d@127.0.1.2>" % i for i in range(5)])
    check(len(p.registered()) == 4, "as before")
    p.try_register(400, contact="*")
    p.try_register(400, contact="*", headers=["Expires: 1"])
    p.try_register(400, contact=["*", "<sip:x@127.0.1.2>"],
                   headers=["Expires: 0"])
    p.try_register(400, contact=["<sip:x@127.0.1.2>", "*"],
                   headers=["Expires: 0"])
    check(len(p.registered()) == 4, "as before")
    p.try_register(contact="*", headers=["Expires: 0"])
    check(p.registered() == {}, "none")
    q = t.phone("1002", "127.0.1.3")
    q.register(300)
    q.register(300, contact="<sip:new@127.0.1.3>")
    check(list(q.registered()) == ["sip:new@127.0.1.3"], "one is enough")


def order(t):
    """what was overtaken doesn't undo what came later"""
    p = t.phone()
    p.register(300, cseq=50)  # challenged() takes 50, too
    p.try_register(500, cseq=50)
    p.try_register(500, cseq=49, headers=["Expires: 0"])
    p.try_register(500, cseq=48, contact="*", headers=["Expires: 0"])
    check(p.registered(), "it is still there")
    # all or nothing
    p.try_register(500, cseq=40, contact=["<sip:x@127.0.1.2>", p.contact()])
    check(len(p.registered()) == 1, "as before")
    # a phone that was restarted has another Call-ID
    p.register(300, cseq=1, call_id="another")
    p.try_register(contact="*", headers=["Expires: 0"], cseq=1,
                   call_id="third")
    check(p.registered() == {}, "none")


def bad_contacts(t):
    """contacts that could not be called are refused"""
    p = t.phone()
    for bad in ("<sips:1001@127.0.1.2>", "<tel:+491>", "<http://x/>",
                "<sip:%s@127.0.1.2>" % ("x" * 1100),
                "<sip:1001@h\xe4.example>"):
        p.try_register(400, contact=bad)
    check(p.registered() == {}, "none")


def path(t):
    """Path is kept, and comes back"""
    p = t.phone()
    routes = ["<sip:edge.example;lr>", "<sip:p2.example;lr>"]
    ok = p.register(300, headers=["Supported: path"] +
                    ["Path: " + r for r in routes])
    check(ok.all("path") == routes, "as it was")
    p.try_register(400, headers=["Path: nonsense"])
    resp = p.try_register(420, headers=["Require: outbound"])
    check(resp.get("unsupported") == "outbound", "Unsupported")
    p.try_register(400, headers=["Path: <sip:a;lr>"] * 17)


def strangers(t):
    """who isn't registered gets nothing but challenges, and costs nothing"""
    p = t.phone()
    for method in ("OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY",
                   "INFO", "REFER", "UPDATE", "PRACK"):
        d = p.dialog()
        p.send(p.request(method, "sip:1001@127.0.1.1", d))
    for _ in range(5):
        p.expect(403)
    p.silent()
    for method in ("BYE", "CANCEL"):
        p.send(p.request(method, "sip:1001@127.0.1.1", p.dialog()))
        p.expect(481)
    d = p.dialog()
    d.remote += ";tag=x"
    p.send(p.request("INVITE", "sip:1001@127.0.1.1", d))
    p.expect(481)
    check("strike 127.0.1.2: other" in t.gw.said(), "struck")
    p.register(300)
    p.send(p.request("OPTIONS", "sip:127.0.1.1", p.dialog()))
    p.expect(200)
    for method, want in (("MESSAGE", 407), ("SUBSCRIBE", 407),
                         ("PUBLISH", 405)):
        p.send(p.request(method, "sip:1002@127.0.1.1", p.dialog()))
        p.expect(want)


def flood(t):
    """REGISTERs leave nothing behind, without credentials or with"""
    p = t.phone()
    before = t.gw.rss()
    for i in range(6000):
        p.send(p.register_text(authorization=None if i % 2 else
                               'Digest realm="test.example"'))
        p._receive(5)
    check(t.gw.rss() - before < 4096, "memory: %d kB" %
          (t.gw.rss() - before))
    p.register(300)
    before = t.gw.rss()
    for _ in range(9000):  # more than there may be transactions
        p.send(p.register_text(authorization=p.authorize()))
        p.expect(200)
    check(t.gw.rss() - before < 4096, "memory: %d kB" %
          (t.gw.rss() - before))
    check(len(p.registered()) == 1, "one contact")


def tcp(t):
    """TCP: a keep-alive gets its pong; the connection is the way to it"""
    p = t.phone(tcp=True)
    p.register(300)
    p.sock.sendall(b"\r\n\r\n")
    check(p.sock.recv(10) == b"\r\n", "pong")
    check(list(p.registered()) == ["sip:1001@127.0.1.2:5070;transport=tcp"],
          "registered")
    check("registered from 127.0.1.2:%d by tcp" % p.sock.getsockname()[1]
          in t.gw.said(), "the source, not the Contact")


def state_file(t):
    """the file: for its owner only, without anything of the password"""
    p = t.phone()
    p.register(300, headers=["User-Agent: Phone \xe4 1.0",
                             "Path: <sip:edge.example;lr>"])
    name = t.gw.dir + "/run/registrations"
    t.gw.until(lambda: os.path.exists(name), "no file")
    check(stat.S_IMODE(os.stat(name).st_mode) == 0o600, "mode")
    with open(name) as f:
        text = f.read()
    entry, = json.loads(text)["bindings"]
    check(entry["extension"] == "1001", "extension")
    check(entry["contact"] == "sip:1001@127.0.1.2:5070", "contact")
    check(entry["address"] == "127.0.1.2", "address")
    check(entry["user-agent"].startswith("Phone ?"), "user agent")
    check(entry["path"] == ["<sip:edge.example;lr>"], "path")
    for secret in ("sesame", p.challenge["nonce"], "response"):
        check(secret not in text, secret)
    check(glob.glob(name + "*") == [name], "nothing beside it")


def restart(t):
    """a restart, clean or not, forgets no contact, and revives none"""
    t.again(CONFIG + "sip registrar expires-min 1\n")
    p, q = t.phone(), t.phone("1002", "127.0.1.3")
    p.register(300, contact="<sip:a@127.0.1.2>")
    p.register(400, contact="<sip:b@127.0.1.2>", cseq=70)
    q.register(1)
    check(t.gw.stop() == 0, "exit status")
    t.gw.start()
    t.gw.until(lambda: "contacts are registered from before" in t.gw.said(),
               "nothing is restored")
    found = p.registered()
    check(list(found) == ["sip:b@127.0.1.2", "sip:a@127.0.1.2"],
          "both, the newest first: %s" % found)
    check(found["sip:b@127.0.1.2"] <= 400 and
          found["sip:a@127.0.1.2"] <= 300, "no longer than they were")
    p.try_register(500, cseq=70, contact="<sip:b@127.0.1.2>")
    check(q.registered() in ({}, {"sip:1002@127.0.1.3:5070": 0},
                             {"sip:1002@127.0.1.3:5070": 1}), "q ends")
    p.register(0, contact="<sip:a@127.0.1.2>", cseq=80)

    def saved():
        with open(t.gw.dir + "/run/registrations") as f:
            return [b["contact"] for b in json.load(f)["bindings"]
                    if b["extension"] == "1001"] == ["sip:b@127.0.1.2"]
    t.gw.until(saved, "not saved")
    t.gw.stop(9)
    t.gw.start()
    check(list(p.registered()) == ["sip:b@127.0.1.2"], "after a crash")
    # an extension that is gone
    t.again(CONFIG.replace("sip extension 1001 password", "sip extension 9 "
                           "password"))
    t.again(CONFIG)
    check(p.registered() == {}, "gone with its extension")


def damaged(t):
    """a file that is damaged is said to be, and does no harm"""
    p = t.phone()
    p.register(300)
    check(t.gw.stop() == 0, "exit status")
    name = t.gw.dir + "/run/registrations"
    with open(name) as f:
        good = json.load(f)
    entry = good["bindings"][0]
    for text in ("", "{", "[]", '{"version": 1}', '{"version": 9, '
                 '"bindings": []}', "\0\0\0", '{"version": 1, "bindings": 7}'):
        with open(name, "w") as f:
            f.write(text)
        t.gw.start()
        check(p.registered() == {}, "none")
        check(t.gw.stop() == 0, "exit status")
    check("SipEp 354:" in t.gw.said(), "told")
    bad = [dict(entry, **change) for change in (
        {"contact": "tel:1"}, {"contact": "sip:a\r\nb"}, {"contact": 7},
        {"port": 0}, {"port": 70000}, {"address": "x"}, {"until": 1},
        {"extension": "9"}, {"gateway": "trunk"}, {"gateway": "no"},
        {"transport": "tls"}, {"transport": "sctp"}, {"cseq": -1},
        {"path": ["x"] * 17}, {"path": [1]}, {"call-id": ""})]
    good["bindings"] = [7, [], {}] + bad
    with open(name, "w") as f:
        json.dump(good, f)
    t.gw.start()
    check(p.registered() == {}, "none of these")
    check(t.gw.stop() == 0, "exit status")
    entry["until"] = 99999999999
    good["bindings"] = bad + [entry]
    with open(name, "w") as f:
        json.dump(good, f)
    t.gw.start()
    found = p.registered()
    check(list(found) == [entry["contact"]], "the good one")
    check(found[entry["contact"]] <= 3600, "but not for ever")


TESTS = [basic, wrong, forged_strike, replay, stolen_nonce, old_nonce,
         malformed, two_realms, md5, other_user, expiry, over, several, order,
         bad_contacts, path, strangers, flood, tcp, state_file,
         restart, damaged]

if __name__ == "__main__":
    own_namespace()
    run([test for test in TESTS if test.__name__ in sys.argv[1:]] or TESTS,
        lambda test: Context())
