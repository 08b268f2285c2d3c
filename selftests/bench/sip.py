#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Server processor time of SIP, beside kamailio, on this machine.

   sipp 127.0.1.2:5070 -- 127.0.1.1:5060 server 127.0.2.1 -- 127.0.2.2:5080

A namespace and a loopback of its own. One line a case: name, value, unit and the
ratio to kamailio's. Processor time is that of the server's processes, as the
scheduler counts it. The media is negotiated and relayed by nobody, since a
machine need not have the module; kamailio has rtpengine where keys are made.

Calls: udp-udp, udp-tls, udp-sdes; also: register (with digest), handshake (TLS
1.3, both sides with a certificate; beside a server of wolfSSL's that does nothing
else), memory (of a call by UDP, from thousands that go on), highest (calls a second
by UDP, as many as there can be with less than 0.1 % that fail and less than 1 % of
retransmissions; more is better).

--calls N of a case (10000), --rate N a second (1000).
"""
import argparse
import contextlib
import csv
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get('RF_BUILD', TOP / 'build')) / 'userspace'
SECONDS = 5
REGISTER = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="register">
  <send retrans="500"><![CDATA[%s]]></send>
  <recv response="401" auth="true"/>
  <send retrans="500"><![CDATA[%s]]></send>
  <recv response="200"/>
</scenario>
"""
REQUEST = """
REGISTER sip:127.0.1.1:5060 SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:1000@bench>;tag=[call_number]
To: <sip:1000@bench>
Call-ID: [call_id]
CSeq: %d REGISTER
Contact: <sip:1000@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 600
%sContent-Length: 0

"""

# A moment passes before the callee answers: kamailio's processes may otherwise send
# its two responses the other way round, and sipp takes that for a failure.
ANSWER = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="callee">
  <recv request="INVITE"/>
  <send><![CDATA[%s]]></send>
  <pause milliseconds="20"/>
  <send retrans="500"><![CDATA[%s]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[%s]]></send>
  <timewait milliseconds="4000"/>
</scenario>
"""
RESPONSE = """
SIP/2.0 %s
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:]%s
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
%sContent-Length: [len]

"""
SDP = """v=0
o=callee 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""

RINGFENCE = """
network inside address 127.0.1.1
network outside address 127.0.2.1
network outside media-port-min 10000
network outside media-port-max 59999
network inside media-port-min 10000
network inside media-port-max 59999
sip gateway inside network inside
sip gateway inside proxy-host 127.0.1.2
sip gateway inside proxy-port 5070
sip gateway outside network outside
sip gateway outside proxy-host 127.0.2.2
sip gateway outside proxy-port 5080
sip route out from inside
sip route out to outside
"""
TLS = """
sip gateway outside transport tls
sip gateway outside tls certificate {dir}/server.pem
sip gateway outside tls ca-certs {dir}/ca.pem
"""
SDES = 'sip gateway outside media-security secure\n'
REGISTRAR = """
network inside address 127.0.1.1
sip gateway inside network inside
sip gateway inside type endpoint
sip registrar realm bench
sip registrar algorithm MD5
sip extension 1000 password Bench-Pass-1000
"""

KAMAILIO = """
debug=0
log_stderror=yes
fork=yes
children=2
tcp_children=2
dns=no
rev_dns=no
auto_aliases=no
listen=udp:127.0.1.1:5060
{listen}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "maxfwd.so"
loadmodule "sanity.so"
loadmodule "textops.so"
{modules}
request_route {{
	if (!mf_process_maxfwd_header("10")) exit;
	if (!sanity_check()) exit;
{route}
}}
{more}
"""
PROXY = """
	if (has_totag() && loose_route()) {
		%s
		t_relay();
		exit;
	}
	if (is_method("INVITE")) {
		record_route();
		%s
	}
	$du = "sip:127.0.2.2:5080%s";
	t_relay();
"""
K_TLS = """
loadmodule "tls.so"
modparam("tls", "config", "{dir}/tls.cfg")
"""
K_TLS_CFG = """
[server:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = {dir}/server.pem
certificate = {dir}/server.pem
ca_list = {dir}/ca.pem
[client:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = {dir}/server.pem
certificate = {dir}/server.pem
ca_list = {dir}/ca.pem
"""
K_RTPENGINE = """
loadmodule "rtpengine.so"
modparam("rtpengine", "rtpengine_sock", "udp:127.0.3.1:2223")
"""
K_OFFER = """rtpengine_offer("RTP/SAVP replace-origin \
replace-session-connection ICE=remove rtcp-mux-demux");
		t_on_reply("answer");"""
K_ANSWER = """
onreply_route[answer] {
	if (has_body("application/sdp"))
		rtpengine_answer("RTP/AVP replace-origin \
replace-session-connection ICE=remove");
}
"""
K_REGISTRAR = """
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("auth", "nonce_expire", 300)
"""
K_REGISTER = """
	if (!pv_www_authenticate("bench", "Bench-Pass-1000", "0")) {
		www_challenge("bench", "0");
		exit;
	}
	save("location");
"""


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def tree(pid):
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f'/proc/{pid}/task').glob('*/children'):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def processor_time(pids):
    """Seconds that all threads of them have run."""
    total = 0
    for pid in pids:
        for stat in pathlib.Path(f'/proc/{pid}/task').glob('*/schedstat'):
            total += int(stat.read_text().split()[0])
    return total / 1e9


def memory(pids):
    """Bytes that are theirs alone, or their part of what they share."""
    total = 0
    for pid in pids:
        for line in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text(
                ).splitlines():
            if line.startswith('Pss:'):
                total += int(line.split()[1]) * 1024
    return total


@contextlib.contextmanager
def process(command, ready=None, log=None, **how):
    """One that is stopped at the end; @ready: text that it prints first."""
    with open(log or os.devnull, 'w+b') as out:
        proc = subprocess.Popen(command, stdout=out, stderr=out,
                                stdin=subprocess.DEVNULL,
                                start_new_session=True, **how)
        try:
            end = time.monotonic() + 20
            while ready and ready not in pathlib.Path(log).read_bytes():
                if proc.poll() is not None or time.monotonic() > end:
                    sys.exit(f'{command[0]} did not start:\n' +
                             pathlib.Path(log).read_text(errors='replace'))
                time.sleep(0.05)
            yield proc
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(proc.pid, signal.SIGTERM)
            try:
                proc.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
                proc.wait()


def certificates(folder):
    for name, address in (('ca', None), ('server', '127.0.2.1'),
                          ('peer', '127.0.2.2')):
        path = folder / name
        args = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                f'/CN={name}', '-keyout', f'{path}.key', '-out', f'{path}.crt']
        if address:
            args += ['-CA', folder / 'ca.pem', '-CAkey', folder / 'ca.key',
                     '-addext', f'subjectAltName=IP:{address}',
                     '-addext', 'basicConstraints=CA:FALSE']
        run(*args)
        text = path.with_suffix('.crt').read_text()
        if address:
            text += path.with_suffix('.key').read_text()
        path.with_suffix('.pem').write_text(text)
        path.with_suffix('.pem').chmod(0o600)


class Ringfence:
    name = 'ringfence'

    def __init__(self, folder):
        self.folder = folder

    def config(self, case):
        if case == 'register':
            return REGISTRAR
        text = RINGFENCE
        if case != 'udp-udp':
            text += TLS.format(dir=self.folder)
        return text + (SDES if case == 'udp-sdes' else '')

    @contextlib.contextmanager
    def run(self, case):
        conf, run_dir = self.folder / 'conf', self.folder / 'run'
        conf.write_text(self.config(case))
        run('rm', '-rf', run_dir)
        run_dir.mkdir()
        os.environ['RINGFENCE_YANG_DIR'] = str(TOP / 'userspace/config')
        with process([BUILD / 'sip/bench-gateway', conf, run_dir],
                     b'main: ready', self.folder / 'ringfence.log') as proc:
            yield [proc.pid]


class Kamailio:
    name = 'kamailio'

    def __init__(self, folder):
        self.folder = folder

    def config(self, case):
        if case == 'register':
            return KAMAILIO.format(listen='', modules=K_REGISTRAR, more='',
                                   route=K_REGISTER)
        tls = case != 'udp-udp'
        keys = case == 'udp-sdes'
        modules = K_TLS.format(dir=self.folder) if tls else ''
        return KAMAILIO.format(
            listen='enable_tls=yes\nlisten=tls:127.0.2.1:5061' if tls
            else 'listen=udp:127.0.2.1:5060',
            modules=modules + (K_RTPENGINE if keys else ''),
            route=PROXY % (
                'if (is_method("BYE")) rtpengine_delete();' if keys else '',
                K_OFFER if keys else '', ';transport=tls' if tls else ''),
            more=K_ANSWER if keys else '')

    def wait(self, proc, table):
        """Until it listens, by TLS if it will; then a moment more."""
        end = time.monotonic() + 30
        port = ('0102007F:13C5' if 'tcp' in table else '0101007F:13C4') + \
            ' 00000000:0000 '
        while port not in pathlib.Path(table).read_text():
            if proc.poll() is not None or time.monotonic() > end:
                sys.exit((self.folder / 'kamailio.log').read_text())
            time.sleep(0.1)
        time.sleep(2)

    @contextlib.contextmanager
    def run(self, case):
        conf = self.folder / 'kamailio.cfg'
        conf.write_text(self.config(case))
        (self.folder / 'tls.cfg').write_text(K_TLS_CFG.format(dir=self.folder))
        pid_file = self.folder / 'kamailio.pid'
        with contextlib.ExitStack() as stack:
            others = []
            if case == 'udp-sdes':
                others = [stack.enter_context(process(
                    ['rtpengine', '--table=-1', '--interface=127.0.3.1',
                     '--listen-ng=127.0.3.1:2223', '--foreground',
                     '--log-stderr', '--log-level=3', '--port-min=10000',
                     '--port-max=59999', '--pidfile',
                     self.folder / 'rtpengine.pid'],
                    log=self.folder / 'rtpengine.log'))]
                time.sleep(1)
            proc = stack.enter_context(process(
                ['kamailio', '-DD', '-f', conf, '-P', pid_file, '-m', '512',
                 '-M', '16', '-x', 'tlsf', '-X', 'tlsf', '-Y', self.folder],
                log=self.folder / 'kamailio.log'))
            self.wait(proc, '/proc/net/tcp' if case not in (
                'udp-udp', 'register', 'memory') else '/proc/net/udp')
            yield tree(proc.pid) + [p for o in others for p in tree(o.pid)]


def sipp(folder, name, *args):
    """What a UAC counted."""
    stats = folder / f'{name}.csv'
    stats.unlink(missing_ok=True)
    with open(folder / f'{name}.out', 'wb') as out:
        subprocess.run(
            ['sipp', '-nostdin', '-i', '127.0.1.2', '-p', '5070',
             '-trace_stat', '-stf', stats, '-fd', '1', *args,
             '127.0.1.1:5060'], stdout=out, stderr=out, check=False,
            stdin=subprocess.DEVNULL, timeout=900, cwd=folder)
    with open(stats, encoding='ascii', errors='replace') as lines:
        last = list(csv.DictReader(lines, delimiter=';'))[-1]
    return {'good': int(last['SuccessfulCall(C)']),
            'failed': int(last['FailedCall(C)']),
            'again': int(last['Retransmissions(C)'])}


@contextlib.contextmanager
def callee(case, folder):
    if case == 'udp-udp':
        tag, typed = ';tag=[call_number]', 'Content-Type: application/sdp\n'
        scenario = folder / 'callee.xml'
        scenario.write_text(ANSWER % (
            RESPONSE % ('180 Ringing', tag, ''),
            RESPONSE % ('200 OK', tag, typed) + SDP,
            RESPONSE % ('200 OK', '', '')))
        command = ['sipp', '-sf', scenario, '-nostdin', '-i', '127.0.2.2',
                   '-p', '5080', '-aa']
        with process(command, log=folder / 'uas.out', cwd=folder):
            time.sleep(0.5)
            yield
    else:
        with process([BUILD / 'sip/sip-tls', 'uas', '127.0.2.2', '5080',
                      folder], b'ready', folder / 'uas.out'):
            yield


def calls(server, case, args, folder):
    """Microseconds a call of what was good; counts."""
    with server.run(case) as pids, callee(case, folder):
        sipp(folder, 'warm', '-sn', 'uac', '-m', '100', '-r', '100', '-d', '10')
        before = processor_time(pids)
        found = sipp(folder, server.name, '-sn', 'uac', '-m', str(args.calls),
                     '-r', str(args.rate), '-d', '100', '-l', '100000',
                     '-timeout', '300')
        spent = processor_time(pids) - before
    return spent * 1e6 / max(found['good'], 1), 'us/call', found


def register(server, case, args, folder):
    scenario = folder / 'register.xml'
    scenario.write_text(REGISTER % (REQUEST % (1, ''), REQUEST % (
        2, '[authentication username=1000 password=Bench-Pass-1000]\n')))
    with server.run(case) as pids:
        sipp(folder, 'warm', '-sf', scenario, '-m', '10', '-r', '10')
        before = processor_time(pids)
        found = sipp(folder, server.name, '-sf', scenario, '-m',
                     str(args.calls), '-r', str(args.rate), '-timeout', '300')
        spent = processor_time(pids) - before
    return spent * 1e6 / max(found['good'], 1), 'us/register', found


def handshake(server, case, args, folder):
    """Of connections from the peer, one after another."""
    number = args.calls // 5
    with server.run(case) as pids:
        before = processor_time(pids)
        client = subprocess.run(
            [BUILD / 'sip/sip-tls', 'connect', '127.0.2.1', '5061', folder,
             str(number), '127.0.2.2'], stdout=subprocess.PIPE, check=False)
        spent = processor_time(pids) - before
    good = int(client.stdout or 0)
    return spent * 1e6 / max(good, 1), 'us/handshake', {
        'good': good, 'failed': number - good}


def hold(server, case, args, folder):
    """Of calls that go on; those before them have made the server as large
    as it gets without."""
    number = min(args.calls, 2000)
    with server.run('udp-udp') as pids, callee('udp-udp', folder):
        sipp(folder, 'warm', '-sn', 'uac', '-m', '500', '-r', '100', '-d', '0')
        before = memory(pids)
        with process(['sipp', '-nostdin', '-i', '127.0.1.2', '-p', '5070',
                      '-sn', 'uac', '-m', str(number), '-r', '200', '-d',
                      '60000', '-l', '100000', '127.0.1.1:5060'], cwd=folder):
            # Until the transactions are forgotten.
            time.sleep(number / 200 + 40)
            after = memory(pids)
    return (after - before) / number, 'bytes/call', {}


def holds(server, folder, rate):
    """Does it go well for some seconds?"""
    number = rate * SECONDS
    with server.run('udp-udp'), callee('udp-udp', folder):
        sipp(folder, 'warm', '-sn', 'uac', '-m', '100', '-r', '100', '-d', '10')
        found = sipp(folder, server.name, '-sn', 'uac', '-m', str(number),
                     '-r', str(rate), '-d', '100', '-l', '100000',
                     '-timeout', str(2 * SECONDS))
    return found['good'] > number * 0.999 and found['again'] < number * 0.01


def highest(server, case, args, folder):
    """To a tenth, from --rate on."""
    good, bad, rate = 0, None, args.rate
    while rate > good * 1.1 and (bad is None or rate < bad / 1.05):
        # Once more, since the machine may do something else for a moment.
        if holds(server, folder, rate) or holds(server, folder, rate):
            good = rate
        else:
            bad = rate
        rate = 2 * good if bad is None else (good + bad) // 2
    if not good:
        sys.exit(f'highest: not even {bad} a second with {server.name}')
    return good, 'calls/s', {}


class Bare:
    """A server that does what any must, in a handshake."""
    name = 'bare'

    def __init__(self, folder):
        self.folder = folder

    @contextlib.contextmanager
    def run(self, case):
        with process([BUILD / 'sip/sip-tls', 'accept', '127.0.2.1', '5061',
                      self.folder], b'ready', self.folder / 'bare.log') as proc:
            yield [proc.pid]


CASES = {
    'udp-udp': (calls, Kamailio), 'udp-tls': (calls, Kamailio),
    'udp-sdes': (calls, Kamailio), 'register': (register, Kamailio),
    'handshake': (handshake, Bare), 'memory': (hold, Kamailio),
    'highest': (highest, Kamailio),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('case', nargs='*', metavar='CASE')
    parser.add_argument('--calls', type=int, default=10000)
    parser.add_argument('--rate', type=int, default=1000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir='/dev/shm') as name:
        folder = pathlib.Path(name)
        certificates(folder)
        for case in args.case or CASES:
            how, *others = CASES[case]
            yard = None
            for server in [*others, Ringfence]:
                value, unit, found = how(server(folder), case, args, folder)
                if found and not found['good']:
                    sys.exit(f'{case}: {server.name} did nothing')
                yard = yard or value
                print(f'sip/{case}/{server.name}', f'{value:.1f}', unit,
                      f'{value / yard:.2f}', *(f'{k} {n}' for k, n in
                                               found.items()),
                      sep='\t', flush=True)


if __name__ == '__main__':
    if os.environ.get('RF_OWN_NETNS') != '1':
        os.environ['RF_OWN_NETNS'] = '1'
        os.execvp('unshare', ['unshare', '-n', sys.executable] + sys.argv)
    run('ip', 'link', 'set', 'lo', 'up')
    main()
