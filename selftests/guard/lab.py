# SPDX-License-Identifier: GPL-2.0-or-later
"""ringfenced with the module between two trunks, and a stranger.

    10.0.0.1 gateway ---+--- 10.0.0.2 plain trunk, by UDP to 5060
                        +--- 10.0.0.3 TLS trunk, to 5061
                        +--- 10.0.0.9 and more: strangers

All but the gateway are addresses of one namespace.
"""
import itertools
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'sip'))
# pylint: disable=wrong-import-position
from guest import in_netns, load_module, received, run, wait_for
from ynl import Netlink

GATEWAY, PLAIN, SECURE = '10.0.0.1', '10.0.0.2', '10.0.0.3'
STRANGERS = [f'10.0.0.{last}' for last in range(9, 30)]
CONFIG = f"""log level debug
network wan address {GATEWAY}
sip gateway plain network wan
sip gateway plain proxy-host {PLAIN}
sip gateway secure network wan
sip gateway secure transport tls
sip gateway secure proxy-host {SECURE}
sip gateway secure tls certificate {{dir}}/gateway.pem
sip gateway secure tls ca-certs {{dir}}/ca.pem
sip route out from plain
sip route out to secure
"""
OPENSSL = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
           'ec_paramgen_curve:P-256', '-nodes', '-days', '2']


NUMBERS = itertools.count(1)


def message(method, source, user='100', agent='phone', port=5060):
    """Of a new call each time."""
    number = next(NUMBERS)
    return (f'{method} sip:{user}@{GATEWAY} SIP/2.0\r\n'
            f'Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK-{number};rport\r\n'
            f'Max-Forwards: 70\r\nFrom: <sip:{user}@{source}>;tag={user}\r\n'
            f'To: <sip:{user}@{GATEWAY}>\r\nCall-ID: {number}@{source}\r\n'
            f'CSeq: 1 {method}\r\nUser-Agent: {agent}\r\n'
            f'Contact: <sip:{user}@{source}:{port}>\r\n'
            'Content-Length: 0\r\n\r\n').encode()


class Lab:
    """With a daemon that runs; close() ends and removes all."""

    def __init__(self, config=''):
        self.temporary = tempfile.TemporaryDirectory()
        self.dir = pathlib.Path(self.temporary.name)
        self.gw, self.out = (f'{name}-{os.getpid()}' for name in ('gw', 'out'))
        self.daemon = None
        load_module()
        self.network()
        self.certificates()
        (self.dir / 'conf').write_text(CONFIG.format(dir=self.dir) + config)
        self.log = (self.dir / 'log').open('w+')
        self.start()
        self.nl = in_netns(self.gw, Netlink)

    def network(self):
        for name in (self.gw, self.out):
            run('ip', 'netns', 'add', name)
            run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        run('ip', '-n', self.gw, 'link', 'add', 'gw0', 'type', 'veth', 'peer',
            'name', 'eth0', 'netns', self.out)
        for name, device, addresses in (
                (self.gw, 'gw0', [GATEWAY]),
                (self.out, 'eth0', [PLAIN, SECURE, *STRANGERS])):
            for address in addresses:
                run('ip', '-n', name, 'address', 'add', f'{address}/24',
                    'dev', device)
            run('ip', '-n', name, 'link', 'set', device, 'up')

    def certificates(self):
        signed = ['-CA', f'{self.dir}/ca.pem', '-CAkey', f'{self.dir}/ca.key',
                  '-addext', 'basicConstraints=CA:FALSE', '-addext']
        for name, more in (
                ('ca', []),
                ('gateway', [*signed, f'subjectAltName=IP:{GATEWAY}']),
                ('secure', [*signed, f'subjectAltName=IP:{SECURE}'])):
            path = self.dir / name
            run(*OPENSSL, '-subj', f'/CN={name}', '-keyout', f'{path}.key',
                '-out', f'{path}.crt', *more)
            text = path.with_suffix('.crt').read_text()
            if more:
                text += path.with_suffix('.key').read_text()
            path.with_suffix('.pem').write_text(text)
            path.with_suffix('.pem').chmod(0o600)

    def start(self):
        start = self.log.tell()
        self.daemon = subprocess.Popen(
            ['ip', 'netns', 'exec', self.gw, 'ringfenced', '-c',
             self.dir / 'conf', '--run-dir', self.dir / 'run'],
            stdout=self.log, stderr=self.log)
        if not wait_for(lambda: 'is running' in self.said(start), 30):
            print(f'Bail out! no daemon: {self.said(start)}')
            sys.exit(1)

    def stop(self):
        self.daemon.terminate()
        return self.daemon.wait(30)

    def said(self, start=0):
        return (self.dir / 'log').read_text()[start:]

    def ringfence(self, *words):
        return run('ip', 'netns', 'exec', self.gw, 'ringfence', '-s',
                   self.dir / 'run/control.sock', *words)

    def change(self, *commands):
        for command in commands:
            self.ringfence('config', *command.split())
        self.ringfence('config', 'commit')

    def notifications(self, service):
        text = self.ringfence('-j', 'log', 'show', 'service', service)
        return [json.loads(line) for line in text.splitlines()]

    def udp(self, address, port=0):
        def create():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((address, port))
            return sock
        return in_netns(self.out, create)

    def tcp(self, address, port=5060, seconds=1.0):
        return in_netns(self.out, socket.create_connection, (GATEWAY, port),
                        seconds, (address, 0))

    def tls(self):
        """The TLS trunk's connection, with its certificate."""
        context = ssl.create_default_context(cafile=self.dir / 'ca.pem')
        context.load_cert_chain(self.dir / 'secure.pem')
        return context.wrap_socket(self.tcp(SECURE, 5061, 5),
                                   server_hostname=GATEWAY)

    def answered(self, address, text=None, seconds=5.0):
        """The first line of the answer; None if none comes."""
        with self.udp(address) as sock:
            sock.sendto(text or message('OPTIONS', address), (GATEWAY, 5060))
            answer = received(sock, seconds)
        return answer and answer.split(b'\r\n')[0].decode()

    def prefixes(self, op):
        """{address: entry} of bans or trust."""
        found = {}
        for entry in self.nl.dump(op):
            text = json.dumps(entry['prefix'], default=lambda v: v.hex())
            found[self.address(entry['prefix'], text)] = entry
        return found

    @staticmethod
    def address(prefix, text):
        for value in prefix.values():
            if isinstance(value, (bytes, bytearray)) and len(value) == 4:
                return socket.inet_ntoa(bytes(value))
            if isinstance(value, str) and value.count('.') == 3:
                return value
        return text

    def banned(self, address, seconds=10):
        return wait_for(lambda: address in self.prefixes('ban-get'), seconds)

    def close(self):
        if self.daemon.poll() is None:
            self.stop()
        self.log.close()
        self.nl.close()
        for name in (self.gw, self.out):
            run('ip', 'netns', 'delete', name, check=False)
        self.temporary.cleanup()
