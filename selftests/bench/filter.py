#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What rule sets add to forwarding, in instructions per packet, in the guest.

scripts/bench filter boots the guest and runs this there. Each case is measured
for ringfence and for nftables (nft/...), with rules that mean the same; of the
rules only the last one matches. Prints name, value, unit and ratio to plain
forwarding, separated by tabs; filter/compile-5000 is what the kernel spends on
the whole rule set, once.

filter.py CASE marks that case's batches for the profiler, and ends after it.
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench.meter import (CHECKED, PROFILED, Report, measure,  # noqa: E402
                         run_meter, set_up_network)
from guest import BUILD, load_cpu_modules, load_module, run  # noqa: E402

CLI = str(BUILD / 'userspace/ringfence/ringfence')
LAST = '198.18.0.0/24', '40000-41000'  # the flows of the meter


def address(number):
    return f'10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}'


def rules(count):
    """(source, destination ports) of each, all but the last for nobody."""
    return [(address(7 * n), str(1024 + n)) for n in range(count - 1)] + \
        [LAST]


def entries(count):
    return [address(2 * n + 1) for n in range(count - 1)] + ['198.18.0.2']


def feed(*command, text):
    subprocess.run(command, check=True, input=text, text=True,
                   stdout=subprocess.PIPE)


def ringfence_rules(count):
    return ''.join(f'network from {source} udp dport {ports} accept\n'
                   for source, ports in rules(count))


def ringfence_set(count):
    return ''.join(f'set s {entry}\n' for entry in entries(count)) + \
        'network from @s accept\n'


def ringfence_state(_):
    """All packets of the meter go one way: their connections stay new."""
    return 'network state established,related accept\n' \
        'network udp state new accept\n'


def nft_chain(body):
    return 'table ip bench {\n' + body[0] + \
        'chain network { type filter hook forward priority 0; ' \
        'policy accept;\n' + body[1] + '}\n}\n'


def nft_rules(count):
    return nft_chain(('', ''.join(
        f'ip saddr {source} udp dport {ports} counter accept\n'
        for source, ports in rules(count))))


def nft_set(count):
    return nft_chain((
        'set s { type ipv4_addr; elements = { ' +
        ', '.join(entries(count)) + ' }; }\n',
        'ip saddr @s counter accept\n'))


def nft_state(_):
    return nft_chain(('', 'ct state established,related counter accept\n'
                      'meta l4proto udp ct state new counter accept\n'))


CASES = {'filter/rules-10': (ringfence_rules, nft_rules, 10),
         'filter/rules-1000': (ringfence_rules, nft_rules, 1000),
         'filter/rules-5000': (ringfence_rules, nft_rules, 5000),
         'filter/set-5000': (ringfence_set, nft_set, 5000),
         # with the kernel's connection tracking, which both pay for
         'filter/state': (ringfence_state, nft_state, 2)}


class Bench:
    def __init__(self):
        self.report = Report()
        self.forward, following = measure('forward', forward=1)
        run_meter(CHECKED, following, forward=1, verify=1)
        self.report.line('forward', self.forward)

    def line(self, name):
        cost, following = measure(name, forward=1)
        run_meter(CHECKED, following, forward=1, verify=1)
        self.report.line(name, cost - self.forward)


def status():
    return json.loads(run(CLI, '-j', 'rules', 'list'))


def bench_ringfence(bench):
    load_module()
    for name, (make, _, count) in CASES.items():
        feed(CLI, 'rules', 'load', '-', text=make(count))
        bench.line(name)
        have = status()
        if not have['rules'][-1]['packets']:
            sys.exit(f'{name}: the last rule has matched nothing')
        if name == 'filter/rules-5000':
            # A guest's nanosecond is an instruction.
            print(f"filter/compile-5000\t{have['compile_time'] * 1000}\t"
                  f"instructions\t-\nfilter/memory-5000\t{have['memory']}\t"
                  'bytes\t-', flush=True)
    run(CLI, 'rules', 'clear')


def bench_nft(bench):
    for name, (_, make, count) in CASES.items():
        feed('nft', '-f', '-', text=make(count))
        bench.line(f'nft/{name}')
        run('nft', 'flush', 'ruleset')


def main():
    load_cpu_modules()
    set_up_network()
    bench = Bench()
    bench_ringfence(bench)
    bench_nft(bench)
    if PROFILED:
        sys.exit(f'no case {PROFILED}')


main()
