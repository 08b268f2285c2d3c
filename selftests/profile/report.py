#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py DIR [LINES]: where a packet's instructions go.

DIR has what a profiled run left: profile (see profile.c beside this) and
kallsyms. Prints instructions per packet and the function, separated by a tab.
What the freed batches spent is subtracted, as in the figure itself. This is
the mean and the figure a median: here the timer's interrupts are in it.
"""
import bisect
import collections
import pathlib
import sys

BATCH = 64  # packets, as in relay.py


def read_symbols(path):
    """Addresses in order and their names; code only."""
    table = {}
    for line in path.read_text().splitlines():
        addr, kind, name, *module = line.split()
        if kind in 'tTwW':
            table.setdefault(int(addr, 16), ' '.join([name, *module]))
    addrs = sorted(table)
    return addrs, [table[addr] for addr in addrs]


def main():
    folder = pathlib.Path(sys.argv[1])
    lines = int(sys.argv[2]) if sys.argv[2:] else None
    addrs, names = read_symbols(folder / 'kallsyms')
    spent = collections.Counter()
    batches = None
    for line in (folder / 'profile').read_text().splitlines():
        addr, base, run = line.split()
        if batches is None:
            batches = int(base), int(run)
            if 0 in batches:
                sys.exit('no batch was profiled')
            continue
        cost = int(run) / batches[1] - int(base) / batches[0]
        name = names[bisect.bisect_right(addrs, int(addr, 16)) - 1]
        spent[name] += cost / BATCH
    print(f'{sum(spent.values()):.1f}\ttotal')
    for name, cost in spent.most_common(lines):
        if abs(cost) >= 0.05:
            print(f'{cost:.1f}\t{name}')


main()
