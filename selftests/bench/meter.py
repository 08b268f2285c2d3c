# SPDX-License-Identifier: GPL-2.0-or-later
"""rgf_meter.ko from the side of its user: runs, cases, a report.

GRO is off, as it should be on devices whose traffic is media: it costs its
share and never finds two packets of a flow to put together.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import run  # noqa: E402

DEBUGFS = pathlib.Path('/sys/kernel/debug')
METER = DEBUGFS / 'rgf_meter'
BATCH, FLOWS, RTP_LEN = 64, 200, 172
WARM, ROUNDS, CHECKED = 16, 128, 16  # batches
UNIT = 'instructions/packet'
SOURCE, SINK = 'metersrc', 'metersink'
OFF = {'base': 0, 'forward': 0, 'capture': 0, 'playback': 0, 'verify': 0,
       'expect': RTP_LEN, 'profile': 0, 'flows': FLOWS,
       'sources': 1, 'sip': 0, 'syn': 0, 'discard': 0}
PROFILED = sys.argv[1] if sys.argv[1:] else None


def load_beside(name):
    """A test module, which scripts/build lays beside the real one."""
    run('insmod', str(pathlib.Path(os.environ['RF_KO']).with_name(name)))


def set_gro(dev, state):
    run('ethtool', '-K', dev, 'gro', state)


def set_up_network():
    load_beside('rgf_meter.ko')
    for name, value in (('ip_forward', 1), ('conf/all/rp_filter', 0)):
        pathlib.Path(f'/proc/sys/net/ipv4/{name}').write_text(str(value))
    for dev, net in ((SOURCE, '198.18.0'), (SINK, '198.18.1')):
        pathlib.Path(f'/proc/sys/net/ipv6/conf/{dev}/disable_ipv6'
                     ).write_text('1')
        run('ip', 'address', 'add', f'{net}.1/24', 'dev', dev)
        set_gro(dev, 'off')
        run('ip', 'link', 'set', dev, 'up')
        run('ip', 'neighbour', 'add', f'{net}.2', 'lladdr',
            '02:00:00:00:00:02', 'dev', dev, 'nud', 'permanent')


def run_meter(rounds, first, arrive=True, **knobs):
    """The median of a batch; all packets must have come through."""
    for name, value in (OFF | knobs | {'rounds': rounds,
                                       'first': first}).items():
        METER.joinpath(name).write_text(str(value))
    words = METER.joinpath('run').read_text().split()
    result = dict(zip(words[::2], map(int, words[1::2])))
    want = result['sent'] if arrive else 0
    if not knobs.get('base') and (result['sunk'] != want or result['wrong']):
        sys.exit(f'{knobs}: not all packets came through whole: {result}')
    return result['median']


def measure(name, first=0, warm=WARM, **knobs):
    """(cost of a packet, number of the next packet)"""
    mark = {'profile': int(name == PROFILED)}
    base = run_meter(ROUNDS, first, base=1, **knobs, **mark)
    run_meter(warm, first, **knobs)
    first += warm * BATCH
    cost = (run_meter(ROUNDS, first, **knobs, **mark) - base) / BATCH
    return cost, first + ROUNDS * BATCH


class Report:
    """Prints lines; the first is what the others are compared with."""

    def __init__(self):
        self.yardstick = None

    def line(self, name, cost, unit=UNIT):
        self.yardstick = self.yardstick or cost
        ratio = f'{cost / self.yardstick:.2f}' if unit == UNIT else '-'
        print(f'{name}\t{cost:.0f}\t{unit}\t{ratio}', flush=True)
        if name == PROFILED:
            symbols = pathlib.Path('/proc/kallsyms').read_text()
            pathlib.Path(os.environ['RF_OUT'], 'kallsyms').write_text(symbols)
            sys.exit()
