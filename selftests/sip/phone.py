# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone that registers, with digests of its own making, and what it needs.

    phones 127.0.1.x -- 127.0.1.1 gateway 127.0.2.1 -- 127.0.2.2:5080 trunk
           "phones", UDP and TCP, or TLS          "trunk", UDP
"""

import hashlib
import re

from peer import (CALLEE, Call, Dialog, Gateway, Peer, SDP, check, token)

PLAIN, SECURE = ("127.0.1.1", 5060), ("127.0.1.1", 5061)
CONFIG = """
network inside address 127.0.1.1
network outside address 127.0.2.1
sip gateway phones network inside
sip gateway phones type endpoint
sip gateway trunk network outside
sip gateway trunk proxy-host 127.0.2.2
sip gateway trunk proxy-port 5080
sip route out from phones
sip route out to trunk
sip route in from trunk
sip route in to phones
sip registrar realm test.example
sip extension 1001 password "sesame open"
sip extension 1002 password 4711
sip extension 1002 max-contacts 1
sip extension 1003 password never
sip extension 1003 enabled false
sip extension 1004 max-contacts 1
"""
PASSWORDS = {"1001": "sesame open", "1002": "4711", "1003": "never"}
HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


def challenges(resp):
    """{algorithm: {parameter: value}} of a 401 or 407, in order."""
    found = {}
    for field in (resp.all("www-authenticate") +
                  resp.all("proxy-authenticate")):
        check(field.startswith("Digest "), field)
        values = {k.lower(): v.strip('"') for k, v in
                  re.findall(r'(\w+)=("[^"]*"|[^ ,]+)', field)}
        found[values["algorithm"]] = values
    return found


def credentials(challenge, method, request_uri, user, password, nc=1, **other):
    """The value of an Authorization header; `other` replaces parameters."""
    h = HASHES[challenge["algorithm"]]
    cnonce = token("c")

    def digest(*parts):
        return h(":".join(parts).encode()).hexdigest()

    values = {"username": '"%s"' % user, "realm": '"%s"' % challenge["realm"],
              "nonce": '"%s"' % challenge["nonce"], "uri": '"%s"' % request_uri,
              "algorithm": challenge["algorithm"], "qop": "auth",
              "nc": "%08x" % nc, "cnonce": '"%s"' % cnonce}
    values["response"] = '"%s"' % digest(
        digest(user, challenge["realm"], password), challenge["nonce"],
        values["nc"], cnonce, "auth", digest(method, request_uri))
    values.update(other)
    return "Digest " + ", ".join("%s=%s" % (k, v) for k, v in values.items()
                                 if v is not None)


class Phone(Peer):
    """One extension at one address."""

    uri = "sip:127.0.1.1"

    def setup(self, password=None):
        self.password = password or PASSWORDS.get(self.name, "x")
        self.call_id, self.cseq = token("reg"), 0
        self.challenge, self.count = None, 0
        return self

    @classmethod
    def udp(cls, number, host, port=5070):
        return cls(number, (host, port), PLAIN).setup()

    @classmethod
    def tcp(cls, number, host, port=5070):
        return cls.connected(number, (host, port), PLAIN).setup()

    def contact(self, extra=""):
        return "<sip:%s@%s:%d%s>" % (self.name, self.addr[0], self.addr[1],
                                     ";transport=tcp" if self.tcp else "") + \
            extra

    def register_text(self, headers=(), contact=None, authorization=None,
                      to=None, cseq=None, call_id=None, via=None):
        self.cseq = cseq or self.cseq + 1
        aor = "<sip:%s@test.example>" % (to or self.name)
        d = Dialog(call_id or self.call_id, aor + ";tag=" + token("r"), aor)
        d.cseq = self.cseq
        headers = list(headers)
        for c in [contact] if isinstance(contact, str) else (
                [self.contact()] if contact is None else contact):
            headers.append("Contact: " + c)
        if authorization:
            headers.append("Authorization: " + authorization)
        text = self.request("REGISTER", self.uri, d, contact=False,
                            headers=headers)
        return re.sub(r"(?m)^Via: [^\r]*", lambda m: "Via: " + via, text) \
            if via else text

    def challenged(self, algorithm="SHA-256", **kw):
        """An unauthenticated REGISTER gets its 401."""
        self.send(self.register_text(**kw))
        self.challenge = challenges(self.expect(401))[algorithm]
        self.count = 0
        return self.challenge

    def authorize(self, method="REGISTER", request_uri=None, **other):
        self.count += 1
        return credentials(self.challenge, method, request_uri or self.uri,
                           other.pop("user", self.name),
                           other.pop("password", self.password),
                           nc=other.pop("nc", self.count), **other)

    def try_register(self, status=200, auth=None, **kw):
        """With credentials, whatever becomes of it; the final answer."""
        self.challenged()
        self.send(self.register_text(authorization=self.authorize(
            **(auth or {})), **kw))
        return self.expect(status)

    def register(self, expires=None, headers=(), **kw):
        if expires is not None:
            headers = list(headers) + ["Expires: %d" % expires]
        return self.try_register(headers=headers, **kw)

    def registered(self):
        """What the registrar says: {URI: seconds}."""
        return contacts(self.try_register(contact=[]))


def contacts(ok):
    found = {}
    for field in ok.all("contact"):
        uri, seconds = re.match(r"<([^>]+)>;expires=(\d+)$", field).groups()
        found[uri] = int(seconds)
    return found


class PhoneCall(Call):
    """A call by a phone, which is challenged, to a number."""

    def __init__(self, caller, callee, number, **kw):
        super().__init__(caller, callee, **kw)
        self.uri = "sip:%s@127.0.1.1" % number
        self.da.local = "<sip:%s@test.example>;tag=%s" % (caller.name,
                                                          token("t"))
        self.da.remote = "<%s>" % self.uri

    def text(self, authorization=None):
        headers = ["Proxy-Authorization: " + authorization] \
            if authorization else []
        self.branch = token("z9hG4bK")
        return self.a.request("INVITE", self.uri, self.da, **dict(
            {"body": SDP, "branch": self.branch, "headers": headers},
            **self.kw))

    def reject(self, status):
        """The final answer to the INVITE before; it gets its ACK."""
        resp = self.a.expect(status, skip=(100, 180))
        ack = Dialog(self.da.call_id, self.da.local, resp.get("to"))
        ack.cseq = self.da.cseq
        self.a.send(self.a.request("ACK", self.uri, ack, branch=self.branch))
        return resp

    def challenged(self):
        self.a.send(self.text())
        self.a.challenge = challenges(self.reject(407))["SHA-256"]
        self.a.count = 0
        self.da.cseq += 1
        return self

    def send(self, **auth):
        self.challenged()
        self.a.send(self.text(self.a.authorize("INVITE", self.uri, **auth)))
        return self

    def invite(self):
        self.send()
        self.a.expect(100)
        if self.b:
            self.invite_b = self.b.expect("INVITE")
        return self


class Context:
    def __init__(self, config=CONFIG):
        self.gw = Gateway(config=config)
        self.trunk = Peer("trunk", CALLEE, ("127.0.2.1", 5060))
        self.extra = []

    def keep(self, thing):
        self.extra.append(thing)
        return thing

    def phone(self, number="1001", host="127.0.1.2", port=5070, tcp=False):
        make = Phone.tcp if tcp else Phone.udp
        return self.keep(make(number, host, port))

    def again(self, config):
        """Another configuration, and a new start."""
        check(self.gw.stop() == 0, "exit status")
        with open(self.gw.dir + "/conf", "w") as f:
            f.write(config)
        self.gw.start()

    def check_clean(self):
        self.trunk.silent()
        check(self.gw.stop() == 0, "exit status, or a sanitizer's report")

    def close(self):
        for thing in self.extra + [self.trunk]:
            thing.close()
        if self.gw.process.poll() is None:
            self.gw.process.kill()
            self.gw.process.wait()
        self.gw.remove()
