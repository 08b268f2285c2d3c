# SPDX-License-Identifier: GPL-2.0-or-later
"""What the Python tests share: TAP, the module, namespaces, sockets, RTP."""
import contextlib
import ctypes
import errno
import os
import pathlib
import re
import socket
import struct
import subprocess
import time

TOP = pathlib.Path(os.environ.get('RF_TOP',
                                  pathlib.Path(__file__).resolve().parent
                                  .parent))
BUILD = pathlib.Path(os.environ.get('RF_BUILD', TOP / 'build'))
# Every how manyeth of many like cases is tried, where what they cost is time.
# Not a multiple of 8, or it would be one bit of each byte.
THIN = int(os.environ.get('RF_THIN') or
           (7 if os.environ.get('RF_KERNEL') == 'debug' else 1))
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SPLAT = re.compile(r'BUG:|WARNING:|Oops|KASAN|UBSAN|suspicious RCU|'
                   r'circular locking|refcount_t:|general protection')
libc = ctypes.CDLL(None, use_errno=True)


class Tap:
    """Test results, plan last."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, detail=''):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}",
              flush=True)
        if not good and detail != '':
            print('\n'.join(f'# {line}' for line in
                            str(detail).splitlines()), flush=True)
        return good

    def equal(self, have, want, name):
        return self.ok(have == want, name, f'have {have!r}\nwant {want!r}')

    def clean_log(self, name='nothing in the kernel log'):
        log = run('dmesg').splitlines()
        self.equal([line for line in log if SPLAT.search(line)], [], name)

    def skip(self, name, reason):
        """Fails unless selftests/skip-allowed lists the test."""
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {reason}', flush=True)

    def finish(self):
        print(f'1..{self.count}', flush=True)
        raise SystemExit(1 if self.failed or not self.count else 0)


def thin(cases):
    """The first of many like cases, and every THINth after it."""
    return list(cases)[::THIN]


def run(*command, check=True):
    """Standard output of a command."""
    return subprocess.run(command, check=check, text=True,
                          stdout=subprocess.PIPE).stdout


def is_loaded():
    return pathlib.Path('/sys/module/ringfence').exists()


def load_cpu_modules():
    """The ciphers for this processor, as udev does elsewhere."""
    cpu = pathlib.Path('/sys/devices/system/cpu/modalias').read_text(
        encoding='ascii')
    run('modprobe', '-q', cpu.strip(), check=False)


def load_module():
    """Also what RF_KO depends on, which insmod doesn't load."""
    if is_loaded():
        return
    load_cpu_modules()
    needs = run('modinfo', '-F', 'depends', os.environ['RF_KO']).strip()
    for name in filter(None, needs.split(',')):
        run('modprobe', name)
    run('insmod', os.environ['RF_KO'])


def wait_for(condition, seconds=10):
    """The first true value of condition(), or its last one."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return value


@contextlib.contextmanager
def own_clock():
    """The guest's time of day may be set, and then goes back to the world's."""
    offset = time.time() - time.monotonic()
    try:
        yield
    finally:
        time.clock_settime(time.CLOCK_REALTIME, offset + time.monotonic())


def unshare(flags):
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), 'unshare')


def in_netns(name, function, *args):
    """Call function in a named network namespace, then come back."""
    def enter(fd):
        if libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f'setns {name}')

    with open('/proc/self/ns/net', 'rb') as here, \
            open(f'/run/netns/{name}', 'rb') as there:
        enter(there.fileno())
        try:
            return function(*args)
        finally:
            enter(here.fileno())


def in_child(function, *args):
    """What function returns as text, from a process of its own."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            text = str(function(*args))
        except OSError as error:
            text = errno.errorcode[error.errno]
        except Exception as error:  # the parent shall see any of them
            text = f'{type(error).__name__} {error}'
        os.write(write_end, text.encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end, encoding='utf-8') as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return text


@contextlib.contextmanager
def topology():
    """Three hosts; yields the names of their namespaces.

    a 192.0.2.2 --- 192.0.2.1 gateway 198.51.100.1 --- 198.51.100.2 b
    """
    names = [f'{host}-{os.getpid()}' for host in ('a', 'gw', 'b')]
    host_a, gateway, host_b = names
    try:
        for name in names:
            run('ip', 'netns', 'add', name)
            run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        for host, near, net in ((host_a, 'va', '192.0.2'),
                                (host_b, 'vb', '198.51.100')):
            run('ip', '-n', gateway, 'link', 'add', near, 'type', 'veth',
                'peer', 'name', 'eth0', 'netns', host)
            for ns, dev, last in ((gateway, near, 1), (host, 'eth0', 2)):
                run('ip', '-n', ns, 'address', 'add', f'{net}.{last}/24',
                    'dev', dev)
                run('ip', '-n', ns, 'link', 'set', dev, 'up')
            run('ip', '-n', host, 'route', 'add', 'default', 'via',
                f'{net}.1')
        yield names
    finally:
        for name in names:
            run('ip', 'netns', 'delete', name, check=False)


def udp(namespace, address, port):
    """A bound UDP socket that waits 2 seconds at most."""
    def create():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((address, port))
        sock.settimeout(2)
        return sock
    return in_netns(namespace, create)


def received(sock, seconds=2.0):
    """The next datagram, or None when none comes in time."""
    sock.settimeout(seconds)
    try:
        return sock.recv(65536)
    except (TimeoutError, BlockingIOError):
        return None


def rtp(seq, ssrc=0x11223344, payload=bytes(range(160))):
    return struct.pack('>BBHII', 0x80, 0, seq & 0xffff,
                       160 * seq & 0xffffffff, ssrc) + payload


def rtcp(ssrc=0x11223344, packets=1):
    """A sender report without report blocks (RFC 3550, 6.4.1)."""
    return struct.pack('>BBHIQIII', 0x80, 200, 6, ssrc, 0x1234, 160,
                       packets, 160 * packets)


def key(master, mki=None, lifetime=None):
    """A tx-key or rx-key."""
    given = {'master': master, 'mki': mki, 'lifetime': lifetime}
    return {name: value for name, value in given.items() if value is not None}


def leg(net, port, peer_port, mki=None, **more):
    """A leg of topology().

    net is '192.0.2', '198.51.100' or an IPv6 prefix such as '2001:db8:a';
    tx_key and rx_key are the bytes of one, with mki if given, or lists of
    key().
    """
    family, dot = ('ipv6', '::') if ':' in net else ('ipv4', '.')
    values = {f'local-{family}': f'{net}{dot}1', 'local-port': port,
              f'peer-{family}': f'{net}{dot}2', 'peer-port': peer_port}
    for name, value in more.items():
        if name in ('tx_key', 'rx_key') and isinstance(value, bytes):
            value = [key(value, mki)]
        values[name.replace('_', '-')] = value
    return values


def prefix(text, **more):
    """What bans, trust and strikes are given; without a length one address."""
    address, _, length = text.partition('/')
    family = 'ipv6' if ':' in address else 'ipv4'
    return {'prefix': {family: address} |
            ({'length': int(length)} if length else {})} | more


def secure(first=0):
    """What makes a leg SRTP: leg(..., **secure()). Keys differ by first."""
    return {'suite': 'aes-cm-128-hmac-sha1-80',
            'tx_key': bytes((first + i) & 0xff for i in range(30)),
            'rx_key': bytes((first + 100 + i) & 0xff for i in range(30))}
