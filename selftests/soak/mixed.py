#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions come, change and go at random under traffic, and no packet is lost
without a counter that says so.

RF_SOAK_SECONDS is how long, default 60. Two threads change the same sessions, so
refusals are part of it; a third one looks at everything.
"""
import errno
import os
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import media  # noqa: E402
from guest import (Tap, in_netns, load_module, run, topology,  # noqa: E402
                   wait_for)
from ynl import Netlink, NlError  # noqa: E402

SECONDS = int(os.environ.get('RF_SOAK_SECONDS', '60'))
SLOTS, CHANGERS = 8, 2
# Two threads want the same session or port.
RACES = {errno.EEXIST, errno.ENOENT, errno.EADDRINUSE, errno.EBUSY}
# The key of before, when the leg had another one or none meanwhile.
USED = 'this tx-key was used before'

tap = Tap()


class Worker(threading.Thread):
    """Does something at random until the end; counts what."""

    def __init__(self, gateway, seed, end):
        super().__init__()
        self.nl = in_netns(gateway, Netlink)
        self.nl.sock.settimeout(60)
        self.random, self.end_time = random.Random(seed), end
        self.done, self.refused, self.wrong = {}, 0, []

    def run(self):
        try:
            while time.monotonic() < self.end_time and not self.wrong:
                self.one()
        except Exception as error:  # or a thread's end would go unseen
            self.wrong.append(f'{type(error).__name__} {error}')

    def request(self, op, values=None):
        try:
            self.nl.do(op, values)
            self.done[op] = self.done.get(op, 0) + 1
        except NlError as error:
            self.refused += 1
            if error.errno not in RACES and USED not in error.text:
                self.wrong.append(f'{op} {values}: {error}')


class Changer(Worker):
    def change(self, slot):
        # Often new keys, which the neighbouring slot doesn't have; else those
        # that session-new gave.
        generation = self.random.choice([0, self.random.getrandbits(32)])
        whole = media.session(slot, self.random.random() < 0.7,
                              generation=generation)
        some = self.random.choice([('leg-a',), ('leg-b',),
                                   ('leg-a', 'leg-b'), ()])
        values = {'id': slot + 1, 'label': f'n{self.random.randrange(9)}',
                  'idle-timeout': self.random.choice([0, 1, 60])}
        # A leg that isn't secured says so, else it would stay so.
        values |= {name: {'suite': 'none'} | whole[name] for name in some}
        self.request('session-set', values)

    def one(self):
        slot = self.random.randrange(SLOTS)
        dice = self.random.random()
        if dice < 0.5:
            self.request('session-new', media.session(
                slot, self.random.random() < 0.7, slot + 1))
        elif dice < 0.85:
            self.change(slot)
        else:
            self.request('session-del', {'id': slot + 1})
        time.sleep(self.random.random() / 20)


class Reader(Worker):
    def one(self):
        self.request('session-get', {'id': self.random.randrange(SLOTS) + 1})
        self.request('stats-get')
        found = self.nl.dump('session-get')
        self.done['dump'] = self.done.get('dump', 0) + 1
        if len(found) > SLOTS:
            self.wrong.append(f'{len(found)} sessions')
        time.sleep(self.random.random() / 10)


def summed(dicts):
    total = {}
    for one in dicts:
        for key, value in one.items():
            total[key] = total.get(key, 0) + value
    return total


def at_rest(hosts):
    """Everything that was on its way has arrived."""
    def count():
        return sum(h.received.value for h in hosts)
    for host in hosts:
        host.sending.value = False
    last = None
    while (now := count()) != last:
        last = now
        time.sleep(1)


def lost(names, nl, hosts, start):
    """Packets that no counter knows, and all that do."""
    drops = nl.do('stats-get').get('drop', [])
    found = {d['reason']: d['packets'] for d in drops} | {
        'no session': media.snmp(names[1])['NoPorts'],
        'full socket': sum(media.snmp(n)['RcvbufErrors'] for n in names),
        'no socket': sum(media.snmp(names[i])['NoPorts'] for i in (0, 2)),
        'full backlog': media.backlog_drops() - start,
        'received': sum(h.received.value for h in hosts)}
    sent = sum(h.sent.value for h in hosts)
    return sent - sum(found.values()), found | {'sent': sent}


def soak(names):
    nl, listener = in_netns(names[1], Netlink), in_netns(names[1], Netlink)
    listener.join('events')  # never read: it overruns
    backlog = media.backlog_drops()
    hosts = media.start(names, SLOTS)
    seed = int(os.environ.get('RF_SOAK_SEED', time.time()))
    print(f'# seed {seed}, {SECONDS} s', flush=True)
    end = time.monotonic() + SECONDS
    workers = [Changer(names[1], seed + i, end) for i in range(CHANGERS)]
    workers.append(Reader(names[1], seed, end))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    check_workers(workers)
    at_rest(hosts)
    check_packets(names, nl, hosts, backlog, summed(
        w.done for w in workers if isinstance(w, Changer)))
    for one in nl.dump('session-get'):
        nl.do('session-del', {'id': one['id']})
    tap.equal([nl.dump('session-get'), nl.do('stats-get')['sessions']],
              [[], 0], 'all sessions can be removed')
    for host in hosts:
        host.end()
    nl.close()
    listener.close()


def check_workers(workers):
    done = summed(w.done for w in workers)
    print(f'# {done}, {sum(w.refused for w in workers)} refused')
    tap.equal(sum((w.wrong for w in workers), []), [],
              'every request works or lost a race')
    tap.ok(all(done.get(op, 0) > 5 for op in (
        'session-new', 'session-set', 'session-del', 'session-get', 'dump',
        'stats-get')), 'every kind of request worked', done)


def check_packets(names, nl, hosts, backlog, changes):
    missing, found = lost(names, nl, hosts, backlog)
    print(f'# {found}, {missing} missing, {changes}')
    # A packet that was in the hook while its session went is freed silently;
    # there is one at most for a processor and a change.
    bound = sum(changes.values()) * os.cpu_count()
    tap.ok(0 <= missing <= bound, 'every packet is accounted for',
           f'{missing} missing: {found}')
    tap.ok(found['received'] > 100 and found['no session'] > 0,
           'packets were relayed, and others found no session', found)
    stats = nl.do('stats-get')
    tap.ok(stats['tx-packets'] >= found['received'] and
           stats['tx-rtcp-packets'] > 0, 'and the module counted them', stats)


def main():
    load_module()
    with topology() as names:
        for host in (names[0], names[2]):
            net = media.NET_A if host == names[0] else media.NET_B
            run('ip', 'netns', 'exec', host, 'ping', '-c', '1', f'{net}.1')
        soak(names)
    result = wait_for(lambda: run('awk', '/^ringfence / { print $3 }',
                                  '/proc/modules').strip() == '0')
    tap.ok(result, 'nobody holds the module')
    tap.clean_log()
    tap.finish()


main()
