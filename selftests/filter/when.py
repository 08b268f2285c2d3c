#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules for some times of the week, with the guest's clock set to them, and rules
with a rate per source.

A rate of one an hour gives nothing back while the test runs.

    a 192.0.2.2 --- 192.0.2.1 gateway 198.51.100.1 --- 198.51.100.2 b
      fd00::2 ...      fd00::1
"""
import json
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (BUILD, Tap, in_netns, load_module, own_clock,  # noqa: E402
                   run, topology, udp, wait_for)

CLI = str(BUILD / 'userspace/ringfence/ringfence')
GW4, A4, B4, GW6 = '192.0.2.1', '192.0.2.2', '198.51.100.2', 'fd00::1'
MONDAY = 1_772_409_600  # 2 March 2026, 0:00 UTC
tap = Tap()


class Lab:
    def __init__(self, host_a, gateway, host_b):
        self.a, self.gateway, self.b = host_a, gateway, host_b
        in_netns(gateway, lambda: pathlib.Path(
            '/proc/sys/net/ipv4/ip_forward').write_text('1',
                                                        encoding='ascii'))
        run('ip', '-n', gateway, 'address', 'add', f'{GW6}/48', 'dev', 'va',
            'nodad')

    def add(self, address):
        """One more source, at a."""
        bits = 48 if ':' in address else 24
        run('ip', '-n', self.a, 'address', 'add', f'{address}/{bits}', 'dev',
            'eth0', *(['nodad'] if ':' in address else []))

    def load(self, text):
        subprocess.run([CLI, '-n', self.gateway, 'rules', 'load', '-'],
                       check=True, input=text, text=True)

    def packets(self):
        listed = json.loads(run(CLI, '-n', self.gateway, '-j', 'rules',
                                'list'))
        return [rule['packets'] for rule in listed['rules']]

    def send(self, count, source=A4, target=GW4):
        family = socket.AF_INET6 if ':' in source else socket.AF_INET

        def create():
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.bind((source, 0))
            return sock
        with in_netns(self.a, create) as sock:
            for _ in range(count):
                sock.sendto(b'x', (target, 5060))
                # so that no two of them are merged on the way
                time.sleep(0.001)


def clock(day, hour, minute, second=5):
    time.clock_settime(time.CLOCK_REALTIME, MONDAY + day * 86400 +
                       hour * 3600 + minute * 60 + second)


# (conditions, [(day, hour, minute)] that match, those that don't)
MON, TUE, WED, FRI, SAT, SUN = 0, 1, 2, 4, 5, 6
WINDOWS = (
    ('time 08:00-18:00', [(MON, 8, 0), (SUN, 17, 59)],
     [(MON, 7, 59), (MON, 18, 0), (SAT, 0, 0)]),
    ('days mon-fri', [(MON, 0, 0), (FRI, 23, 59)], [(SAT, 0, 0),
                                                    (SUN, 23, 59)]),
    ('days mon-fri time 08:00-18:00', [(FRI, 8, 0)], [(SAT, 8, 0),
                                                      (FRI, 18, 0)]),
    ('days fri,sun time 22:00-06:00',
     [(FRI, 22, 0), (SAT, 5, 59), (SUN, 23, 0), (MON, 0, 0), (MON, 5, 59)],
     [(FRI, 5, 0), (SAT, 6, 0), (SAT, 22, 0), (SUN, 1, 0), (MON, 6, 0)]),
    ('time 22:00-24:00', [(WED, 23, 59)], [(TUE, 0, 0), (WED, 21, 59)]))


@own_clock()
def check_windows(lab):
    for conditions, inside, outside in WINDOWS:
        lab.load(f'local udp {conditions} count\nlocal udp count\n')
        for matches, moments in ((1, inside), (0, outside)):
            for moment in moments:
                before = lab.packets()
                clock(*moment)
                lab.send(1)
                wait_for(lambda: lab.packets()[1] > before[1])
                have = [now - then for now, then in zip(lab.packets(),
                                                        before)]
                tap.equal(have, [matches, 1], f'{conditions}: day {moment[0]}'
                          f' at {moment[1]:02}:{moment[2]:02}')


def counted(lab, sent):
    """What each rule counted when the last one has counted all."""
    wait_for(lambda: lab.packets()[-1] == sent)
    return lab.packets()


def check_rate(lab):
    for number in range(3, 6):
        lab.add(f'192.0.2.{number}')
    lab.load('local udp rate 1/h burst 4 per source count\n'
             'local udp rate over 1/h burst 2 per source count\n'
             'local udp count\n')
    lab.send(6)
    tap.equal(counted(lab, 6), [4, 4, 6], 'a burst, then no more')
    lab.send(1)
    tap.equal(counted(lab, 7), [4, 5, 7], 'nor later')
    lab.send(3, '192.0.2.3')
    tap.equal(counted(lab, 10), [7, 6, 10], 'each source has its own')
    lab.load('local udp rate 1/h burst 4 per source count\n'
             'local udp count\n')
    lab.send(3)
    tap.equal(counted(lab, 3), [3, 3], 'a new rule set knows of nothing')


def check_refill(lab):
    """At 1000 a second a burst of one is back before the next packet."""
    lab.load('local udp rate 1000/s burst 1 per source count\n'
             'local udp rate 1/m burst 1 per source count\n'
             'local udp count\n')
    for _ in range(5):
        lab.send(1)
        time.sleep(0.01)
    tap.equal(counted(lab, 5), [5, 1, 5], 'what a source has not used comes back')


def check_rate_set(lab):
    """A set that changes is another filter of the same rule set."""
    lab.load('set s 10.0.0.0/8\n'
             'local udp rate 1/h burst 2 per source count\n'
             'local from @s drop\nlocal udp count\n')
    lab.send(2)
    counted(lab, 2)
    run(CLI, '-n', lab.gateway, 'rules', 'set', 'add', 's', '10.1.1.1')
    lab.send(2)
    tap.equal(counted(lab, 4), [2, 0, 4], 'rates outlive a change of a set')


def check_rate_v6(lab):
    """An IPv6 source is a prefix of 64 bits."""
    for address in ('fd00::2', 'fd00::3', 'fd00:0:0:1::2'):
        lab.add(address)
    lab.load('local udp rate 1/h burst 3 per source count\n'
             'local udp count\n')
    lab.send(2, 'fd00::2', GW6)
    lab.send(2, 'fd00::3', GW6)
    tap.equal(counted(lab, 4), [3, 4], 'IPv6: neighbours share a rate')
    lab.send(2, 'fd00:0:0:1::2', GW6)
    tap.equal(counted(lab, 6), [5, 6], 'other prefixes have theirs')


def check_jump(lab):
    """A rate in front of a chain: "no" passes over all of it."""
    lab.load('chain inner udp count\n'
             'chain outer udp jump inner\n'
             'chain outer udp count\n'
             'local udp rate 1/h burst 2 per source jump outer\n'
             'local udp count\n')
    lab.send(5)
    tap.equal(counted(lab, 5), [2, 2, 2, 2, 5], 'a chain behind a rate')
    lab.load('local udp rate over 1/h burst 2 per source drop\n'
             'local udp accept\n')
    lab.send(5)
    wait_for(lambda: sum(lab.packets()) == 5)
    tap.equal(lab.packets(), [3, 2], 'what is over the rate is dropped')


def check_forwarded(lab):
    lab.load('network udp rate 1/h burst 2 per source accept\n'
             'network drop\n')
    receiver = udp(lab.b, B4, 5060)
    lab.send(5, A4, B4)
    wait_for(lambda: sum(lab.packets()) == 5)
    receiver.setblocking(False)
    got = 0
    try:
        while receiver.recv(10):
            got += 1
    except BlockingIOError:
        pass
    tap.equal((got, lab.packets()), (2, [2, 3]), 'a rate of what is forwarded')


def main():
    load_module()
    with topology() as names:
        lab = Lab(*names)
        for check in (check_windows, check_rate, check_refill, check_rate_set,
                      check_rate_v6, check_jump, check_forwarded):
            check(lab)
    tap.clean_log()
    tap.finish()


main()
