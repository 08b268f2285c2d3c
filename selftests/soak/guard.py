#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The module goes, and comes again, while the firewall is at work.

Host a sends from many addresses to what is limited, what a rule bans, what rules
forward by the connection's state or a rate, and in fragments; threads change
rules, sets, limits, bans and trust, and look at them, until the module is gone
under their hands. Timers are pending then: of bans, of granted trust, and of a
rule set on trial.
"""
import multiprocessing
import pathlib
import random
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, is_loaded, load_module, prefix,  # noqa: E402
                   run, topology, wait_for)
from limit.net import raw, spoofed  # noqa: E402
from ynl import Netlink, NlError  # noqa: E402

ROUNDS = 4
CONFIRM = 3  # seconds of a trial; no longer than what follows the last round
SECONDS = 5  # of a round at least: bans of a second or two end in it
GATEWAY, FAR = '192.0.2.1', '198.51.100.2'
SIP, BANNED = 5060, 7000
REGISTER = b'REGISTER sip:x SIP/2.0\r\n'
# The second byte of the source says what it sends: where to, to which port, what.
TRAFFIC = ((GATEWAY, SIP, REGISTER), (GATEWAY, BANNED, b'x'), (FAR, 9, b'x'),
           (GATEWAY, SIP, b'OPTIONS sip:x SIP/2.0\r\n'))
SOURCES = 40  # of each
LIMITS = {'rate': 1, 'burst': 1, 'strikes': 1, 'ban-time': 2,
          'ban-time-max': 3, 'newcomer-rate': 50, 'global-rate': 1000}
FIRST = {
    'default-local': 'accept', 'default-network': 'drop',
    'set': [{'name': 's', 'entry': [{'ipv4': '10.1.0.0', 'length': 16}]}],
    'rule': [
        {'chain': 'local', 'from-set': 's', 'protocol': 17,
         'dport': [{'first': BANNED}], 'action': 'ban', 'ban-time': 2,
         'comment': 'noise'},
        {'chain': 'network', 'state': ['established'], 'action': 'accept'},
        {'chain': 'network', 'rate': 1, 'rate-mode': 'over',
         'action': 'count'},
        {'chain': 'network', 'state': ['new'], 'action': 'accept'}]}
SECOND = FIRST | {'rule': FIRST['rule'][:1] + [
    {'chain': 'network', 'action': 'jump', 'jump': 'c'},
    {'chain': 'c', 'protocol': 17, 'action': 'log', 'log-rate': 5},
    {'chain': 'c', 'action': 'reject'}], 'confirm': CONFIRM}
tap = Tap()


def send(namespace):
    """Until it is killed. Not so much that nobody else gets a turn."""
    sock = raw(namespace)
    whole = in_netns(namespace, socket.socket, socket.AF_INET,
                     socket.SOCK_DGRAM)
    while True:
        for kind, (target, port, payload) in enumerate(TRAFFIC):
            source = f'10.{kind}.0.{1 + random.randrange(SOURCES)}'
            sock.sendto(spoofed(source, target, port, payload), (target, 0))
        try:
            whole.sendto(REGISTER + bytes(3000), (GATEWAY, SIP))
        except OSError:  # an ICMP error of before
            pass
        time.sleep(0.002)


class Worker(threading.Thread):
    """Does its job again and again, until it is refused."""

    def __init__(self, gateway, job):
        super().__init__(daemon=True)
        self.nl, self.job = in_netns(gateway, Netlink), job
        self.nl.sock.settimeout(60)
        self.done, self.why = 0, None
        self.start()

    def run(self):
        try:
            while True:
                self.job(self.nl, self.done)
                self.done += 1
        except (NlError, OSError) as error:
            self.why = error
        self.nl.close()


def rules(nl, n):
    """Mostly the second one is in force, on trial."""
    nl.do('rules-set', FIRST)
    nl.do('rules-set', SECOND)
    nl.do('address-set-change', {'name': 's', 'mode': 'add', 'entry': [
        {'ipv4': f'10.8.{n % 200}.0', 'length': 24}]})
    time.sleep(0.2)


def limits(nl, n):
    nl.do('limit-set', {'sources': 1024 << n % 2, 'limit': [
        {'class': name, 'enabled': 1} | LIMITS
        for name in ('register', 'options', 'other')]})
    time.sleep(0.2)


def bans(nl, n):
    nl.do('ban-new', prefix(f'10.16.{n % 200}.0/24', time=1 + n % 3))
    nl.do('trust-new', prefix(f'10.17.0.{n % 200}', time=1 + n % 3))
    nl.do('strike', prefix(f'10.18.0.{n % 100}', count=20))
    if n % 100 == 99:
        nl.do('ban-del', prefix(f'10.16.{n % 200}.0/24'))


def look(nl, _):
    for op in ('ban-get', 'trust-get', 'limit-get', 'source-get',
               'rules-get'):
        nl.dump(op)
    nl.do('limit-get')
    time.sleep(0.1)


def unused(nl, gateway):
    """What of the firewall isn't in use yet."""
    have = {ban['reason'] for ban in nl.dump('ban-get')}
    missing = {'operator', 'rule', 'limit', 'daemon'} - have
    counts = nl.do('limit-get')
    if not nl.dump('trust-get'):
        missing.add('trust')
    if not counts['banned-packets'] or not counts['sources-used']:
        missing.add('packets')
    if not connections(gateway):
        missing.add('connections')
    return missing


def connections(gateway):
    """That the namespace tracks."""
    path = pathlib.Path('/proc/sys/net/netfilter/nf_conntrack_count')
    return in_netns(gateway, lambda: int(path.read_text(encoding='ascii')))


def is_tracked(host_a, gateway):
    """Is a connection that nobody has seen yet?"""
    before = connections(gateway)

    with raw(host_a) as sock:
        for n in range(100):
            source = f'10.2.{random.randrange(1, 256)}.{n}'
            sock.sendto(spoofed(source, FAR, 9, b'x'), (FAR, 0))
    time.sleep(0.5)
    return connections(gateway) > before


def unload():
    """A dump that goes on holds the module for a moment."""
    return wait_for(lambda: not subprocess.run(
        ['rmmod', 'ringfence'], check=False,
        capture_output=True).returncode, 60)


def check_round(number, host_a, gateway):
    load_module()
    nl, listener = in_netns(gateway, Netlink), in_netns(gateway, Netlink)
    listener.join('events')  # never read: it overruns
    tap.equal([nl.dump(op) for op in ('ban-get', 'trust-get', 'source-get')] +
              [nl.do('rules-get')], [[], [], [], {}],
              f'round {number}: it starts empty')
    workers = [Worker(gateway, job) for job in (limits, rules, bans, look)]
    time.sleep(SECONDS)
    missing = wait_for(lambda: not unused(nl, gateway), 30) or unused(nl, gateway)
    tap.ok(missing is True, f'round {number}: bans of all kinds', missing)
    tap.ok(wait_for(lambda: all(w.done > 3 for w in workers), 60) and
           not any(w.why for w in workers),
           f'round {number}: all can be changed',
           [(w.job.__name__, w.done, w.why) for w in workers])
    tap.ok(unload() and not is_loaded(),
           f'round {number}: the module goes under traffic and requests')
    for worker in workers:
        worker.join(60)
    tap.ok(all(w.why for w in workers), f'round {number}: no more requests')
    tap.ok(not is_tracked(host_a, gateway),
           f'round {number}: no connection is tracked any more')
    nl.close()
    listener.close()


def main():
    load_module()
    with topology() as (host_a, gateway, _):
        in_netns(gateway, lambda: pathlib.Path(
            '/proc/sys/net/ipv4/ip_forward').write_text('1',
                                                        encoding='ascii'))
        run('ip', '-n', gateway, 'route', 'add', '10.0.0.0/8', 'via',
            '192.0.2.2')
        sender = multiprocessing.Process(target=send, args=(host_a,),
                                         daemon=True)
        sender.start()
        for number in range(1, ROUNDS + 1):
            check_round(number, host_a, gateway)
        tap.ok(sender.is_alive(), 'packets came all the time')
        sender.kill()
        sender.join()
    # What a forgotten timer or work would do, it does within this time.
    time.sleep(CONFIRM + 1)
    load_module()
    tap.equal(Netlink().dump('ban-get'), [], 'loaded again, it starts empty')
    tap.clean_log()
    tap.finish()


main()
