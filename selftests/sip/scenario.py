# SPDX-License-Identifier: GPL-2.0-or-later
"""A call flow, as text, becomes a scenario of sipp for each who takes part.

A flow is a ladder; each line is one's step, in the order of time:

    alice > INVITE sdp              sends it
    bob   < INVITE sdp              gets it, with SDP
      Require: 100rel               and that; it's a header of it where it is sent
      !Supported                    without that header
      body: regular expression      or msg: of all of it
      $name = RSeq: ([0-9]+)        remembered, for [$name]
    bob   > 183/INVITE sdp=sendonly tag=f1

Words: sdp[=direction]; tag=, of a fork; to=USER of the called; dialog=2; timeout=ms;
wait=ms before; again: what was sent or came before, byte by byte; optional: it may
come; early: in no dialog yet; body=dtmf|text|sipfrag|summary; auth=USER:PASSWORD. An
answer belongs to the last request that has none, or /METHOD, or /METHOD-1, the last
but one.

sipp checks of each message that it came in its turn, and the eregs here its Via,
CSeq, Call-ID, tags, Contact, SDP, and that nothing in it is of the other sides."""

import re

GATEWAY = {"alice": "127.0.1.1", "bob": "127.0.2.1", "carol": "127.0.3.1"}
ADDRESS = {"alice": ("127.0.1.2", 5070), "bob": ("127.0.2.2", 5080),
           "carol": ("127.0.3.2", 5090)}
BODIES = {
    "dtmf": ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"),
    "text": ("text/plain", "Hello 1.2\r\n"),
    "sipfrag": ("message/sipfrag", "SIP/2.0 200 OK\r\n"),
    "summary": ("application/simple-message-summary",
                "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"),
}
SDP = """v=0
o=secret 1 {version} IN IP4 {called}
s=secret
c=IN IP4 {host}
t=0 0
m=audio 4000 RTP/AVP 0 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a={direction}
"""
STEP = re.compile(r"(\w+(?:\.\d)?)\s+([<>])\s+(\S+)((?:\s+\S+)*)$")


class Step:
    def __init__(self, line, found):
        self.line, self.lines = line, []
        self.who, self.way, what, words = found.groups()
        what, _, of = what.partition("/")
        self.of, _, back = of.partition("-")
        self.back = int(back or 0)
        self.status = int(what) if what.isdigit() else None
        self.method = None if self.status else what
        self.words = dict((w.partition("=")[::2]) for w in words.split())
        self.sent = self.way == ">"

    def word(self, name, default=None):
        return self.words.get(name) or default


def read(path):
    """(title, lines of configuration, {who: options}, steps)"""
    title, conf, options, steps = "", [], {}, []
    with open(path, encoding="ascii") as f:
        for line in f:
            found = STEP.match(line.strip())
            if line.startswith("# SPDX"):
                continue
            if line.startswith("#"):
                title = title or line[1:].strip()
            elif line.startswith("conf "):
                conf.append(line[5:].strip())
            elif line.startswith("options "):
                _, who, more = line.split(maxsplit=2)
                options[who] = more.split()
            elif line.startswith(" "):
                steps[-1].lines.append(line.strip())
            elif found:
                steps.append(Step(line.strip(), found))
            elif line.strip():
                raise ValueError("%s: %s" % (path, line))
    return title, conf, options, steps


class Transaction:
    """One request, which came or was sent; its variables end with @number."""

    def __init__(self, number, method, dialog, sent, tag):
        self.number, self.method, self.dialog = number, method, dialog
        self.sent, self.tag, self.status, self.text = sent, tag, 0, {}
        self.cseq = self.branch = self.uri = None
        self.answer = None  # the number of the final answer that came


class Dialog:
    def __init__(self, number, mine, cseq):
        self.number, self.mine, self.cseq = number, mine, cseq
        self.known = False  # [$remoteN], [$targetN] and [$rtagN]
        self.established = False
        self.last = {}  # tag: number of the last request that came


class Party:
    """One's scenario, step by step."""

    def __init__(self, who):
        self.who, self.name = who, who.split(".")[0]
        self.host, self.port = ADDRESS[self.name]
        self.gateway = GATEWAY[self.name]
        self.called = "host-%s.example" % self.name
        self.client, self.xml, self.names = None, [], set()
        self.dialogs, self.transactions, self.version = {}, [], 0
        self.messages = 0
        others = [a.rpartition(".")[0] for n, a in GATEWAY.items()
                  if n != self.name]
        self.hidden = "secret|" + "|".join(
            [re.escape(a) + r"\." for a in others] +
            [word + n for n in GATEWAY if n != self.name
             for word in ("tag-", "host-")])

    def variable(self, name):
        self.names.add(name)
        return name

    # What both ways have in common

    def dialog(self, step):
        number = step.word("dialog", "1")
        if number not in self.dialogs:
            self.dialogs[number] = Dialog(number, self.client,
                                          0 if self.client else 100)
        return self.dialogs[number]

    def tag(self, d):
        return "tag-%s-%s" % (self.name, d.number)

    def last(self, sent, method, dialog=None, back=0):
        return [t for t in self.transactions if t.sent == sent and
                t.method == method and dialog in (None, t.dialog)][-1 - back]

    def of_answer(self, step):
        """The request that is answered."""
        if step.of:
            return self.last(not step.sent, step.of, back=step.back)
        return [t for t in self.transactions if t.sent != step.sent and
                t.method != "ACK" and t.status < 200][-1]

    def add(self, step):
        if self.client is None:
            self.client = step.sent
        if step.word("wait"):
            self.xml.append('<pause milliseconds="%s"/>' % step.words["wait"])
        if step.sent:
            self.send(step)
        else:
            self.receive(step)

    # Sending

    def send(self, step):
        if "again" in step.words:
            t = self.of_answer(step) if step.status else \
                self.last(True, step.method)
            text = t.text[step.status]
        elif step.status:
            t = self.of_answer(step)
            text = self.answer(step, t)
            t.status = max(t.status, step.status)
            t.text[step.status] = text
        else:
            t, text = self.request(step)
            t.text[None] = text
        self.xml.append("<send><![CDATA[\n%s]]></send>" % text.replace(
            "\r\n", "\n"))

    def body(self, step):
        """Lines of the header, and of the body."""
        kind, text = BODIES.get(step.word("body"), (None, ""))
        if "sdp" in step.words:
            self.version += 1
            kind = "application/sdp"
            text = SDP.format(host=self.host, called=self.called,
                              version=self.version,
                              direction=step.word("sdp", "sendrecv"))
        lines = ["Content-Type: " + kind] if kind else []
        if "crlf" in step.words:  # sipp would cut off the end of its text
            return "Content-Length: 0\n" + 5 * "\n" + "[$%s]" % \
                self.variable("nothing")
        return "\n".join(lines + ["Content-Length: [len]", "", text])

    def headers(self, step):
        return ["X-Secret: %s" % self.host] + [
            line for line in step.lines if not line.startswith("$")]

    def via(self, branch):
        return "Via: SIP/2.0/[transport] %s:%d;branch=%s" % (
            self.called, self.port, branch)

    def contact(self):
        return "Contact: <sip:%s@%s:%d;transport=[transport]>" % (
            self.name, self.called, self.port)

    def request(self, step):
        d, method = self.dialog(step), step.method
        t = Transaction(len(self.transactions) + 1, method, d, True,
                        step.word("tag"))
        invite = self.last(True, "INVITE", d, step.back) \
            if method in ("ACK", "CANCEL") else None
        if method == "INVITE" and not d.established:
            d.known = False
        outside = method == "CANCEL" or "early" in step.words or \
            not (d.known and (d.established or method != "INVITE"))
        failed = method == "ACK" and invite.status >= 300
        if invite:
            t.cseq = invite.cseq
        else:
            d.cseq += 1
            t.cseq = d.cseq
        t.branch = invite.branch if invite and (failed or outside) else \
            "z9hG4bK-%s-%d" % (self.who, t.number)
        t.uri = invite.uri if invite and (failed or outside) else \
            self.uri(step) if outside else "[$target%s]" % d.number
        local, remote = self.ends(step, d, outside)
        if failed:
            remote = "[$to%d]" % invite.answer
        lines = ["%s %s SIP/2.0" % (method, t.uri), self.via(t.branch),
                 "Max-Forwards: 70", "From: " + local, "To: " + remote,
                 "Call-ID: %s[call_id]" % ("" if d.number == "1" else
                                           d.number + "///"),
                 "CSeq: %d %s" % (t.cseq, method)]
        if method not in ("ACK", "CANCEL", "BYE", "MESSAGE"):
            lines.append(self.contact())
        lines += ["User-Agent: secret/1.0"] + self.headers(step)
        if step.word("auth"):
            lines.append("[authentication username=%s password=%s]" %
                         tuple(step.words["auth"].split(":")))
        self.transactions.append(t)
        return t, "\n".join(lines) + "\n" + self.body(step)

    def uri(self, step):
        if step.method == "REGISTER":
            return "sip:" + self.gateway
        return "sip:%s@%s" % (step.word("to", "bob"), self.gateway)

    def ends(self, step, d, outside):
        """From and To of a request."""
        if d.mine:
            local = "\"%s\" <sip:%s@%s>;tag=%s" % (
                self.name.title(), step.word("from", self.name), self.called,
                self.tag(d))
            if not outside:
                return local, "[$remote%s]" % d.number
            return local, local.split(";")[0].split(" ")[1] \
                if step.method == "REGISTER" else "<%s>" % self.uri(step)
        return "[$local%s];tag=%s" % (d.number, step.word(
            "tag", self.tag(d))), "[$remote%s]" % d.number

    def answer(self, step, t):
        d = t.dialog
        to = "To:[$to%d]" % t.number
        if step.status > 100 and not (d.mine or t.tag):
            to += ";tag=" + step.word("tag", self.tag(d))
        lines = ["SIP/2.0 %d Secret" % step.status, "Via:[$via%d]" % t.number,
                 "From:[$from%d]" % t.number, to, "Call-ID:[$id%d]" % t.number,
                 "CSeq: [$cseq%d] %s" % (t.number, t.method)]
        if step.status > 100 and not any(line.startswith("Contact:") for line
                                         in step.lines):
            lines.append(self.contact())
        lines += ["Server: secret/1.0"] + self.headers(step)
        if 200 <= step.status < 300:
            d.established = True
        return "\n".join(lines) + "\n" + self.body(step)

    # Receiving

    def ereg(self, regexp, header=None, names=None, where=None, inverse=False):
        """A check that fails the call; @names: what to remember, whole and groups."""
        self.messages += 1
        names = names or [self.variable("x%d" % self.messages)]
        where = 'search_in="hdr" header="%s:"' % header if header else \
            'search_in="%s"' % (where or "msg")
        return '<ereg regexp="%s" %s check_it%s="true" assign_to="%s"/>' % (
            regexp.replace("&", "&amp;").replace("<", "&lt;").replace(
                '"', "&quot;"), where, "_inverse" if inverse else "",
            ",".join(self.variable(n) for n in names))

    def equal(self, one, two, inverse=False):
        self.messages += 1
        return '<strcmp assign_to="%s" variable="%s" variable2="%s" ' \
            'check_it%s="true"/>' % (self.variable("x%d" % self.messages),
                                     one, two, "_inverse" if inverse else "")

    def follows(self, one, two):
        """The number in variable @one is the next after that in @two."""
        n, m, x = (self.variable(v + one) for v in ("n", "m", "x"))
        return ['<todouble assign_to="%s" variable="%s"/>' % (n, one),
                '<todouble assign_to="%s" variable="%s"/>' % (m, two),
                '<add assign_to="%s" value="1"/>' % m,
                '<test assign_to="%s" variable="%s" variable2="%s" '
                'compare="equal" check_it="true"/>' % (x, n, m)]

    def receive(self, step):
        acts = [self.ereg(self.hidden, inverse=True)]
        attributes = ""
        if step.word("timeout"):
            attributes += ' timeout="%s"' % step.words["timeout"]
        if "optional" in step.words:
            attributes += ' optional="true"'
        if step.status:
            acts += self.answered(step)
            attributes += ' response="%d"' % step.status
            if step.status in (401, 407):
                attributes += ' auth="true"'
        else:
            acts += self.asked(step)
            attributes += ' request="%s"' % step.method
        acts += self.content(step)
        for line in step.lines:
            acts += self.wanted(step, line)
        self.xml.append("<recv%s><action>\n\t%s\n</action></recv>" % (
            attributes, "\n\t".join(acts)))

    def content(self, step):
        kind, text = BODIES.get(step.word("body"), (None, ""))
        if "sdp" in step.words:
            return [
                self.ereg("^ *application/sdp$", "Content-Type"),
                self.ereg(r"o=[^ ]+ [0-9]+ [0-9]+ IN IP4 %s.*"
                          r"c=IN IP4 %s.*"
                          r"m=audio [1-9][0-9]+ RTP/AVP 0 101.*"
                          r"a=rtpmap:101 telephone-event/8000.*"
                          r"a=fmtp:101 0-16.*"
                          r"a=%s" % (re.escape(self.gateway),
                                     re.escape(self.gateway),
                                     step.word("sdp", "sendrecv")),
                          where="body")]
        if text or any(line.startswith("body:") for line in step.lines):
            acts = [self.ereg("^ *%s" % re.escape(kind), "Content-Type")] \
                if kind else []
            return acts + [self.ereg(
                re.escape(line).replace("\\ ", " "), where="body")
                for line in text.split("\r\n") if line]
        return [self.ereg("^ *0$", "Content-Length"),
                self.ereg("\nContent-Type:", inverse=True)]

    def wanted(self, step, line):
        """One line of a step."""
        name, equals, rest = line.partition(" = ")
        if name.startswith("$") and equals:
            header, _, regexp = rest.partition(": ")
            names = [self.variable(name[1:] + "_all"), name[1:]]
            return [self.ereg(regexp, header, names)]
        if line.startswith("!"):
            return [self.ereg("\n%s:" % line[1:], inverse=True)]
        header, _, regexp = line.replace("\\n", "\n").partition(": ")
        if header in ("body", "msg"):
            return [self.ereg(regexp, where=header)]
        if header == "RAck":  # the INVITE's number is the gateway's
            names = ["rack_all%d" % self.messages, "rack%d" % self.messages]
            t = self.last(False, "INVITE")
            return [self.ereg("^ *%s ([0-9]+) INVITE" % regexp, header, names),
                    self.equal(names[1], "cseq%d" % t.number)]
        return [self.ereg(regexp, header)]

    def answered(self, step):
        t = self.of_answer(step)
        d = t.dialog
        t.status = max(t.status, step.status)
        acts = [self.ereg("branch=%s(;|$)" % t.branch, "Via"),
                self.ereg("^ *%d %s$" % (t.cseq, t.method), "CSeq")]
        acts.append(self.ereg(";tag=%s$" % (t.tag or self.tag(d)), "From"))
        if step.status == 100:
            return acts
        number = self.messages = self.messages + 1
        names = ["to%d" % number, "uri_all%d" % number, "uri%d" % number,
                 "tag_all%d" % number, "tag%d" % number]
        acts += [self.ereg(".*", "To", names[:1]),
                 self.ereg(";tag=([^;>]+)$", "To", names[3:])]
        t.answer = number
        if t.method in ("INVITE", "SUBSCRIBE", "UPDATE", "REFER") and \
                step.status < 300:
            acts.append(self.ereg("<(sip:[^>]*%s[^>]*)>" % re.escape(
                self.gateway), "Contact", names[1:3]))
        if d.known and t.method != "CANCEL":
            acts.append(self.equal(names[4], "rtag%s" % d.number))
        elif t.method in ("INVITE", "SUBSCRIBE") and step.status < 300:
            for var, new in zip((names[2], names[0], names[4]),
                                ("target", "remote", "rtag")):
                acts.append('<assignstr assign_to="%s" value="[$%s]"/>' % (
                    self.variable(new + d.number), var))
            d.known = True
        if t.method in ("INVITE", "SUBSCRIBE") and step.status // 100 == 2:
            d.established = True
        return acts

    def asked(self, step):
        d, method = self.dialog(step), step.method
        tag = step.word("tag", self.tag(d))
        invite = self.last(False, "INVITE", d, step.back) \
            if method in ("ACK", "CANCEL") else None
        t = Transaction(len(self.transactions) + 1, method, d, False, tag)
        n = t.number
        acts = [self.ereg("^%s sip:" % method, where="msg"),
                self.ereg("\nVia:.*\nVia:", inverse=True),
                self.ereg("^ *SIP/2.0/(UDP|TCP) %s:5060;branch=z9hG4bK" %
                          re.escape(self.gateway), "Via",
                          ["via_%d" % n, "transport%d" % n]),
                self.ereg("^ *(6[0-9]|70)$", "Max-Forwards"),
                self.ereg("^ *([0-9]+) %s$" % method, "CSeq",
                          ["cseq_all%d" % n, "cseq%d" % n])]
        for name, header in (("via", "Via"), ("from", "From"), ("to", "To"),
                             ("id", "Call-ID")):
            acts.append(self.ereg(".*", header, ["%s%d" % (name, n)]))
        acts.append(self.ereg(";tag=([^;>]+)$", "From",
                              ["ftag_all%d" % n, "ftag%d" % n]))
        if method in ("INVITE", "UPDATE", "SUBSCRIBE", "REFER"):
            acts.append(self.ereg("<(sip:[^>]*%s[^>]*)>" % re.escape(
                self.gateway), "Contact", ["uri_%d" % n, "uri%d_" % n]))
        acts += self.in_dialog(step, d, t, tag, invite)
        self.transactions.append(t)
        return acts

    def in_dialog(self, step, d, t, tag, invite):
        n, acts = t.number, []
        if "again" in step.words:
            before = self.last(False, t.method, d)
            t.tag = before.tag
            return [self.equal("%s%d" % (v, n), "%s%d" % (v, before.number))
                    for v in ("via", "from", "to", "cseq")]
        first = not d.mine and (not d.known or "early" in step.words)
        if first or t.method == "CANCEL":
            acts.append(self.ereg(";tag=", "To", inverse=True))
            t.tag = None
        else:
            acts.append(self.ereg(";tag=%s$" % tag, "To"))
        if first:
            for var, new in (("from%d", "remote"), ("to%d", "local"),
                             ("uri%d_", "target"), ("ftag%d", "rtag")):
                if t.method == "MESSAGE" and new == "target":
                    continue
                acts.append('<assignstr assign_to="%s" value="[$%s]"/>' % (
                    self.variable(new + d.number), var % n))
            if "early" in step.words:  # another try
                acts += self.follows("cseq%d" % n, "cseq%d" % d.last[""])
            d.known, d.last[""] = True, n
            return acts
        acts.append(self.equal("ftag%d" % n, "rtag" + d.number))
        if invite:
            acts.append(self.equal("cseq%d" % n, "cseq%d" % invite.number))
            hop = t.method == "CANCEL" or invite.status >= 300
            acts.append(self.equal("via%d" % n, "via%d" % invite.number,
                                   inverse=not hop))
            return acts
        last = d.last.get(tag) or d.last.get("")
        if last:
            acts += self.follows("cseq%d" % n, "cseq%d" % last)
        d.last[tag] = n
        return acts

    def text(self, title):
        self.xml.append('<pause milliseconds="400"/>')  # and nothing comes
        names = sorted(self.names)
        return '<?xml version="1.0" encoding="ISO-8859-1" ?>\n' \
            '<!DOCTYPE scenario SYSTEM "sipp.dtd">\n' \
            '<scenario name="%s">\n%s\n<Reference variables="%s"/>\n' \
            '</scenario>\n' % (re.sub("[\"<>&]", "", title),
                               "\n".join(self.xml), ",".join(names))


def compile_flow(title, steps):
    """{who: (scenario, does it begin?)}, in order of appearance"""
    parties = {}
    for step in steps:
        party = parties.setdefault(step.who, Party(step.who))
        party.add(step)
    return {who: (p.text(title), p.client) for who, p in parties.items()}
