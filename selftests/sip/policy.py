#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Security policies: every row of what a registration gets, over UDP and TLS."""

import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from registration import (TLS, cli, commit, registrations, tls_phone)
from peer import WAIT, check, own_namespace, run
from phone import Context, PhoneCall, challenges
from tls import DIR, certificates

NONE, ALL = "none", "all-secure"
EXCEPTION = "all-secure-extension-exception"
TYPE = "all-secure-exception-type"
PIN, OPEN, NO = "PIN", "open", "not allowed"
# policy; security-exception, a password, terminal-type; by UDP, by TLS
ROWS = (
    (NONE, True, False, "secure", OPEN, NO),
    (NONE, True, True, "secure", PIN, PIN),
    (NONE, False, True, "secure", PIN, PIN),
    (NONE, True, True, "insecure", PIN, PIN),
    (NONE, True, False, "insecure", OPEN, NO),
    (NONE, False, True, "insecure", PIN, PIN),
    (ALL, False, True, "secure", NO, PIN),
    (ALL, False, True, "insecure", NO, PIN),
    (EXCEPTION, True, False, "secure", OPEN, NO),
    (EXCEPTION, True, True, "secure", PIN, PIN),
    (EXCEPTION, False, True, "secure", NO, PIN),
    (EXCEPTION, True, False, "insecure", OPEN, NO),
    (EXCEPTION, True, True, "insecure", PIN, PIN),
    (EXCEPTION, False, True, "insecure", NO, PIN),
    (TYPE, False, True, "secure", NO, PIN),
    (TYPE, False, True, "insecure", PIN, PIN),
)
# What an encrypted policy needs: media of extensions is secured by TLS's gateway.
MEDIA = ("media security extension secure\n"
         "sip gateway phones media-security unsecure\n")


def config(policy, rows):
    lines = [TLS.format(dir=DIR.name).replace(
        "sip extension 1004 max-contacts 1\n", ""), MEDIA,
             "sip security-policy " + policy]
    for number, (_, exception, password, kind, _, _) in rows.items():
        what = "sip extension %s " % number
        lines.append(what + "terminal-type " + kind)
        if exception:
            lines.append(what + "security-exception true")
        if password:
            lines.append(what + "password pw-" + number)
    return "\n".join(lines) + "\n"


def final(phone):
    """The next answer, whatever it is, and its status."""
    msg = phone._receive(WAIT)  # pylint: disable=protected-access
    check(msg, "an answer to " + phone.name)
    return msg, int(msg.start.split()[1])


def verdict(phone):
    """What it gets: at once, with its password, or never."""
    phone.password = "pw-" + phone.name
    phone.send(phone.register_text())
    first, status = final(phone)
    if status == 200:
        return OPEN
    phone.challenge, phone.count = challenges(first)["SHA-256"], 0
    phone.send(phone.register_text(authorization=phone.authorize()))
    # One without a password can't be told from one that doesn't exist.
    return {200: PIN, 403: NO, 401: NO}[final(phone)[1]]


def policy_test(policy):
    rows = {"2%03d" % n: row for n, row in enumerate(ROWS)
            if row[0] == policy}

    def test(t):
        t.again(config(policy, rows))
        for number, row in rows.items():
            udp = verdict(t.phone(number, "127.0.1.2", 5070 + int(number) % 100))
            tls = verdict(tls_phone(t, number))
            check((udp, tls) == row[4:], "%s: by UDP %s, by TLS %s" %
                  (row, udp, tls))
            wrong = t.phone(number, "127.0.1.3", 5070 + int(number) % 100)
            wrong.challenge = t.phone("9999", "127.0.1.3",
                                      6000 + int(number) % 100).challenged()
            wrong.send(wrong.register_text(authorization=wrong.authorize(
                password="wrong")))
            wrong.expect(200 if row[4] == OPEN else 401)
        said = t.gw.said()
        for number, row in rows.items():
            told = "SipEp 356: extension %s at" % number in said
            check(told == (row[4] == NO), "%s: told %s" % (row, told))
    test.__doc__ = policy + ": who may register, and how"
    return test


def goes_on(t):
    """a policy leaves what is registered until it registers again"""
    p = t.phone()
    p.register(300)
    commit(t, "set media security extension secure",
           "set sip gateway phones media-security unsecure",
           "del sip extension 1004", "set sip security-policy all-secure")
    check(len(registrations(t)) == 1, "still registered")
    call = PhoneCall(p, t.trunk, "5551").establish()
    call.bye()
    p.try_register(403)
    check(len(registrations(t)) == 1, "a refusal ends nothing")
    seen = json.loads(cli(t, "-j", "policy", "show"))
    check(seen["policy"] == ALL and [
        e["extension"] for e in seen["extensions"] if e["against-policy"]] ==
        ["1001"], seen)
    lines = cli(t, "policy", "show").splitlines()
    check(lines[0] == "policy all-secure, contacts against it 1" and
          lines[2].split() == ["1001", "no", "secure", "no", "password", "1",
                               "1"], lines)
    cli(t, "extension", "unregister", "1001")
    check(registrations(t) == [], "but an operator can")
    p.try_register(403)
    check(cli(t, "policy", "show") ==
          "policy all-secure, contacts against it 0\n", "none is left")
    check([(e["extension"], e["plain"], e["tls"], e["contacts"]) for e in
           json.loads(cli(t, "-j", "extension", "list"))] ==
          [("1001", "no", "password", 0), ("1002", "no", "password", 0)],
          "extensions")


def call_challenge(t):
    q = t.phone("1002", "127.0.1.4")
    q.send(q.register_text())
    return q.expect(401)


def no_password(t):
    """by TLS, one without a password is like one that doesn't exist"""
    t.again(config(NONE, {"2000": ROWS[0]}))
    p = tls_phone(t, "2000")
    c = p.challenged()
    # As if the hash of its password were empty.
    digest = hashlib.sha256(":".join(
        ("", c["nonce"], "00000001", "cc", "auth",
         hashlib.sha256(b"REGISTER:" + p.uri.encode()).hexdigest())
    ).encode()).hexdigest()
    p.send(p.register_text(authorization=p.authorize(
        cnonce='"cc"', response='"%s"' % digest)))
    p.expect(401)
    check("extension 2000 from 127.0.1.2" in t.gw.said(), "told")


def open_door(t):
    """without a password: whoever says the number, from where it registered"""
    commit(t, "set sip extension 3000 security-exception true")
    p, q = t.phone("3000"), t.phone("3000", "127.0.1.3")
    p.send(p.register_text())
    p.expect(200)
    call = PhoneCall(p, t.trunk, "5551")
    call.a.send(call.text())
    call.a.expect(100)
    call.invite_b = call.b.expect("INVITE")
    call.b.respond(call.invite_b, 486, tag="b")
    call.b.expect("ACK")
    call.reject(486)
    other = PhoneCall(q, t.trunk, "5551")
    other.a.send(other.text())
    other.reject(403)
    # An address that anybody could give isn't trusted.
    check("trust 127.0.1.2" not in t.gw.said(), "no trust")
    # Who has the number's old password yet gets in, too.
    p.challenge, p.count = challenges(call_challenge(t))["SHA-256"], 0
    p.send(p.register_text(authorization=p.authorize(password="old")))
    p.expect(200)
    check("failed-digest" not in t.gw.said(), "no offence")
    # It ends when the number gets a password, whatever the policy.
    check(registrations(t)[0]["open"] is True, "open")
    commit(t, "set sip extension 3000 password new")
    check(registrations(t) == [], "nothing a stranger has set is left")
    commit(t, "del sip extension 3000 password")
    # Nor as somebody else, who has a password.
    p.name = "1001"
    call = PhoneCall(p, t.trunk, "5551")
    call.a.send(call.text())
    call.reject(407)


def refused(t):
    """what a policy has no place for is refused, and told"""
    cli(t, "config", "set", "media", "security", "extension", "secure")
    check("gateway phones media-security: media security of its class needs "
          "transport tls" in cli(t, "config", "commit", ok=False), "plain SIP")
    cli(t, "config", "discard")
    commit(t, "set media security extension secure",
           "set sip gateway phones media-security unsecure",
           "del sip extension 1004",
           "set sip extension 1002 security-exception true")
    cli(t, "config", "set", "sip", "security-policy", ALL)
    check("directory numbers with security exception exist" in
          cli(t, "config", "commit", ok=False), "the policy")
    cli(t, "config", "discard")
    cli(t, "config", "set", "sip", "security-policy", EXCEPTION)
    cli(t, "config", "del", "media", "security", "extension")
    check("media security extension can't be unsecure" in
          cli(t, "config", "commit", ok=False), "media")
    cli(t, "config", "discard")


if __name__ == "__main__":
    own_namespace()
    certificates()
    run([policy_test(p) for p in (NONE, ALL, EXCEPTION, TYPE)] +
        [goes_on, no_password, open_door, refused],
        lambda test: Context(TLS.format(dir=DIR.name)))
