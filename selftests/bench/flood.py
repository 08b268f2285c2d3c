#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a packet of a flood costs until it is dropped, in the guest.

scripts/bench flood boots the guest and runs this there. Each case is measured
for ringfence and for nftables (nft/...), which drops at the device's ingress
too; GRO is on, as it is on devices that nobody has told otherwise. A packet is
a SIP REGISTER to this host, which has an address that is trusted and one that
is banned besides. Prints name, value, unit and ratio to plain forwarding with
GRO on, separated by tabs.

    flood/banned          of a source that is banned, alone or in a set
    flood/limit-1         of one source over its rate
    flood/limit-100000    of 100,000 sources in turn, each over its rate

flood.py CASE marks that case's batches for the profiler, and ends after it.
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench.meter import (BATCH, CHECKED, PROFILED, ROUNDS, SOURCE,  # noqa: E402
                         Report, measure, run_meter, set_gro,
                         set_up_network)
from guest import load_cpu_modules, load_module, run  # noqa: E402
from ynl import Netlink  # noqa: E402

MANY = 100000
NFT_BANNED = '''table netdev bench {
  set banned { type ipv4_addr; elements = { 198.18.0.2, 203.0.113.9 }; }
  chain in { type filter hook ingress device metersrc priority 0;
    ip saddr @banned counter drop
  }
}
'''
NFT_LIMIT = '''table netdev bench {
  set over { type ipv4_addr; flags dynamic; size 131072; timeout 1h; }
  chain in { type filter hook ingress device metersrc priority 0;
    udp dport 5060 update @over { ip saddr limit rate over 1/hour burst 1 packets } counter drop
  }
}
'''


def fill(sources):
    """Packets until each source has had its one."""
    left, first = 2 * sources // BATCH + 1, 0
    while left > 0:
        rounds = min(left, 1024)
        run_meter(rounds, first, arrive=False, sip=1, sources=sources)
        left, first = left - rounds, first + rounds * BATCH
    return first


def flood(report, name, sources=1):
    first = fill(sources) if sources > 1 else 0
    report.line(name, measure(name, first, arrive=False, sip=1, discard=1,
                              sources=sources)[0])


def limit(nl):
    """{class: counters}"""
    return {one['limit'][0]['class']: one['limit'][0]
            for one in nl.dump('limit-get')}


def bench_ringfence(report):
    load_module()
    nl = Netlink()
    nl.do('trust-new', {'prefix': {'ipv4': '203.0.113.1'}})
    for address in ('198.18.0.2', '203.0.113.9'):
        nl.do('ban-new', {'prefix': {'ipv4': address}})
    flood(report, 'flood/banned')
    hits = nl.do('limit-get')['banned-packets']
    if hits < ROUNDS * BATCH:
        sys.exit(f'flood/banned: only {hits} packets were of a ban')
    nl.do('ban-del', {'prefix': {'ipv4': '198.18.0.2'}})
    nl.do('limit-set', {'sources': 4 * 65536, 'limit': [
        {'class': 'register', 'enabled': 1, 'rate': 1, 'burst': 1,
         'strikes': 0}]})
    for name, sources in (('flood/limit-1', 1), ('flood/limit-100000', MANY)):
        before = limit(nl)['register']['limited']
        flood(report, name, sources)
        after = limit(nl)['register']['limited']
        if after - before < ROUNDS * BATCH:
            sys.exit(f'{name}: only {after - before} packets were over a rate')
    nl.close()
    run('rmmod', 'ringfence')


def bench_nft(report):
    for name, rules, sources in (('banned', NFT_BANNED, 1),
                                 ('limit-1', NFT_LIMIT, 1),
                                 ('limit-100000', NFT_LIMIT, MANY)):
        subprocess.run(['nft', '-f', '-'], check=True, input=rules, text=True)
        flood(report, f'nft/flood/{name}', sources)
        run('nft', 'flush', 'ruleset')


def main():
    load_cpu_modules()
    set_up_network()
    set_gro(SOURCE, 'on')
    report = Report()
    cost, following = measure('forward', forward=1)
    run_meter(CHECKED, following, forward=1, verify=1)
    report.line('forward', cost)
    bench_ringfence(report)
    bench_nft(report)
    if PROFILED:
        sys.exit(f'no case {PROFILED}')


main()
