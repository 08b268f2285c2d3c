#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rule sets and real packets, judged three times.

Each rule's counter must be what a naive reference says and what nftables counts
for the same rule set and the same packets: rules are loaded by the command line
tool from text. nftables stands in front and accepts all it decides about, so
that each packet meets both.

RF_FILTER_SEED and RF_FILTER_SETS choose other rule sets, or more.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rulegen  # noqa: E402
from guest import BUILD, Tap, in_netns, load_module, own_clock  # noqa: E402
from guest import run, topology, wait_for  # noqa: E402

SEED = int(os.environ.get('RF_FILTER_SEED', '20261126'))
SETS = int(os.environ.get('RF_FILTER_SETS', '30'))
PACKETS = 150
MONDAY = 1_772_409_600  # 2 March 2026, 0:00 UTC
SIZES = (1, 3, 8, 20, 70, 200, 0)
CLI = str(BUILD / 'userspace/ringfence/ringfence')
tap = Tap()


class Lab:
    """Packets are put on the wire beside the hosts' own stacks."""

    def __init__(self, host_a, gateway, host_b):
        self.gateway = gateway
        self.sockets, self.macs = {}, {}
        for host, near in ((host_a, 'va'), (host_b, 'vb')):
            # no packet but ours: neither discovery nor answers
            self.sysctl(host, 'ipv6/conf/all/disable_ipv6', 1)
            self.sockets[near] = in_netns(host, self.wire)
            link = json.loads(run('ip', '-n', gateway, '-j', 'link', 'show',
                                  near))[0]
            self.macs[near] = bytes.fromhex(link['address'].replace(':', ''))
        self.set_up_gateway()

    @staticmethod
    def wire():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        sock.bind(('eth0', 0))
        return sock

    @staticmethod
    def sysctl(namespace, name, value):
        in_netns(namespace, lambda: pathlib.Path('/proc/sys/net', name)
                 .write_text(str(value), encoding='ascii'))

    def set_up_gateway(self):
        def ip(*words):
            run('ip', '-n', self.gateway, *words)

        for name, value in (('ipv4/ip_forward', 1),
                            ('ipv6/conf/all/forwarding', 1),
                            ('ipv6/conf/all/accept_ra', 0),
                            ('ipv4/conf/all/rp_filter', 0),
                            ('ipv4/conf/va/rp_filter', 0),
                            ('ipv4/conf/vb/rp_filter', 0),
                            ('ipv4/conf/all/send_redirects', 0),
                            ('ipv4/conf/va/send_redirects', 0),
                            ('ipv4/conf/vb/send_redirects', 0),
                            # the reference forgets nothing, and sums nothing
                            ('netfilter/nf_conntrack_checksum', 0),
                            ('netfilter/nf_conntrack_udp_timeout', 9999),
                            ('netfilter/nf_conntrack_udp_timeout_stream',
                             9999)):
            self.sysctl(self.gateway, name, value)
        for address in rulegen.LOCAL:
            ip('address', 'add', f'{address}/32', 'dev', 'lo')
        for address in rulegen.LOCAL6:
            ip('address', 'add', f'{address}/128', 'dev', 'lo', 'nodad')
        ip('address', 'add', 'fd00::1/64', 'dev', 'vb', 'nodad')
        for address in ('198.51.100.2', 'fd00::2'):
            ip('neighbour', 'add', address, 'lladdr', '02:00:00:00:00:02',
               'dev', 'vb', 'nud', 'permanent')
            ip('route', 'add', 'default', 'via', address)

    def send(self, pkt):
        """Returns the length of the IP packet."""
        data = rulegen.ip_bytes(pkt)
        kind = b'\x86\xdd' if pkt['version'] == 6 else b'\x08\x00'
        self.sockets[pkt['in']].send(self.macs[pkt['in']] +
                                     b'\x02\0\0\0\0\x09' + kind + data)
        return len(data)

    def ringfence(self, *words, text=None):
        return subprocess.run([CLI, '-n', self.gateway, *words], check=True,
                              input=text, text=True,
                              stdout=subprocess.PIPE).stdout

    def nft(self, *words, text=None):
        return subprocess.run(['ip', 'netns', 'exec', self.gateway, 'nft',
                               *words], check=True, input=text, text=True,
                              stdout=subprocess.PIPE).stdout


def ringfence_counts(lab):
    """(of each rule, of what no rule decided about)"""
    have = json.loads(lab.ringfence('-j', 'rules', 'list'))
    return ([[r['packets'], r['bytes']] for r in have['rules']],
            {name.replace('_', '-'): [have[name]['packets'],
                                      have[name]['bytes']]
             for name in ('local_implicit', 'local_default',
                          'network_default')})


def nft_counts(lab, rules):
    out = [[0, 0] for _ in rules]
    for item in json.loads(lab.nft('-j', 'list', 'table', 'inet',
                                   'judge'))['nftables']:
        if 'rule' not in item:
            continue
        counter = next(e['counter'] for e in item['rule']['expr']
                       if 'counter' in e)
        hits = out[int(item['rule']['comment']) - 1]
        hits[0] += counter['packets']
        hits[1] += counter['bytes']
    return out


def decided(counts, rules):
    """Packets that are through."""
    hits, other = counts
    return sum(h[0] for h, r in zip(hits, rules)
               if r['action'] in rulegen.TERMINAL) + \
        sum(o[0] for o in other.values())


def differences(rules, want, have):
    return '\n'.join(f'{n} {rulegen.text(rule)}: {h}, should be {w}'
                     for n, (rule, w, h) in enumerate(zip(rules, want, have),
                                                      1) if w != h)


def check_one(lab, generator, number, tracker):
    size = SIZES[number % len(SIZES)]
    generator.stateful = number % 4 == 1
    sets, rules, defaults = generator.rules(size)
    minute = generator.minute()
    time.clock_settime(time.CLOCK_REALTIME, MONDAY + minute * 60)
    text = rulegen.rule_file(sets, rules, defaults)
    lab.ringfence('rules', 'load', '-', text=text)
    lab.nft('-f', '-', text='flush ruleset\n' + rulegen.nft_file(sets, rules))
    if not any('state' in rule for rule in rules):
        tracker = None  # nobody tracks
    judge = rulegen.Judge(sets, rules, defaults, minute, tracker)
    for _ in range(PACKETS):
        pkt = generator.datagram() if tracker else \
            generator.packet(number % 4 == 3)
        judge.judge(pkt, lab.send(pkt))
    wait_for(lambda: decided(ringfence_counts(lab), rules) >= PACKETS)
    hits, other = ringfence_counts(lab)
    name = f'rule set {number} of {len(rules)} rules'
    tap.ok(hits == judge.hits and other == judge.other, f'{name}: reference',
           differences(rules, judge.hits, hits) +
           f'\n{other}, should be {judge.other}')
    nft = nft_counts(lab, rules)
    tap.ok(nft == hits, f'{name}: nftables', differences(rules, nft, hits))
    return sum(bool(h[0]) for h in hits)


def main():
    load_module()
    print(f'# RF_FILTER_SEED={SEED} RF_FILTER_SETS={SETS}')
    generator, matched = rulegen.Generator(SEED), 0
    tracker = rulegen.Tracker()
    with topology() as names, own_clock():
        lab = Lab(*names)
        for number in range(SETS):
            matched += check_one(lab, generator, number, tracker)
    tap.ok(matched > 4 * SETS, 'rules were matched', matched)
    tap.clean_log()
    tap.finish()


main()
