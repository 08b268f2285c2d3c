#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions per packet of forwarding and of the relay, in the guest.

scripts/bench boots the guest in which the cycle counter counts instructions
and runs this there; see selftests/bench/rgf_meter.c for what is measured.
Prints name, value, unit and ratio to forwarding, separated by tabs. A packet
that does not arrive whole and in order fails the run.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import load_cpu_modules, load_module, run  # noqa: E402
from ynl import Netlink  # noqa: E402

DEBUGFS = pathlib.Path('/sys/kernel/debug')
METER = DEBUGFS / 'rgf_meter'
BATCH, FLOWS, RTP_LEN = 64, 200, 172
WARM, ROUNDS, CHECKED = 16, 128, 16  # batches
UNIT = 'instructions/packet'
SUITES = {'AES_CM_128_HMAC_SHA1_80': ('aes-cm-128-hmac-sha1-80', 10),
          'AES_CM_128_HMAC_SHA1_32': ('aes-cm-128-hmac-sha1-32', 4)}
OFF = {'base': 0, 'forward': 0, 'capture': 0, 'playback': 0, 'verify': 0,
       'expect': RTP_LEN}


def load_beside(name):
    """A test module, which scripts/build lays beside the real one."""
    run('insmod', str(pathlib.Path(os.environ['RF_KO']).with_name(name)))


def set_up_network():
    load_beside('rgf_meter.ko')
    for name, value in (('ip_forward', 1), ('conf/all/rp_filter', 0)):
        pathlib.Path(f'/proc/sys/net/ipv4/{name}').write_text(str(value))
    for dev, net in (('metersrc', '198.18.0'), ('metersink', '198.18.1')):
        pathlib.Path(f'/proc/sys/net/ipv6/conf/{dev}/disable_ipv6'
                     ).write_text('1')
        run('ip', 'address', 'add', f'{net}.1/24', 'dev', dev)
        run('ip', 'link', 'set', dev, 'up')
        run('ip', 'neighbour', 'add', f'{net}.2', 'lladdr',
            '02:00:00:00:00:02', 'dev', dev, 'nud', 'permanent')


def run_meter(rounds, first, **knobs):
    """The median of a batch; all packets must have come through."""
    for name, value in (OFF | knobs | {'rounds': rounds,
                                       'first': first}).items():
        METER.joinpath(name).write_text(str(value))
    words = METER.joinpath('run').read_text().split()
    result = dict(zip(words[::2], map(int, words[1::2])))
    if not knobs.get('base') and (result['sunk'] != result['sent'] or
                                  result['wrong']):
        sys.exit(f'{knobs}: not all packets came through whole: {result}')
    return result['median']


def measure(first=0, **knobs):
    """(cost of a packet, number of the next packet)"""
    base = run_meter(ROUNDS, first, base=1, **knobs)
    run_meter(WARM, first, **knobs)
    first += WARM * BATCH
    cost = (run_meter(ROUNDS, first, **knobs) - base) / BATCH
    return cost, first + ROUNDS * BATCH


class Report:
    """Prints lines; the first is what the others are compared with."""

    def __init__(self):
        self.yardstick = None

    def line(self, name, cost):
        self.yardstick = self.yardstick or cost
        print(f'{name}\t{cost:.0f}\t{UNIT}\t{cost / self.yardstick:.2f}',
              flush=True)


def relay_sessions(nl, leg_a, leg_b):
    """One session per flow, in place of what sessions there were."""
    old = [('session-del', {'id': s['id']}) for s in nl.dump('session-get')]
    new = [('session-new',
            {'leg-a': {'local-ipv4': '198.18.0.1', 'local-port': 20000 + n,
                       'peer-ipv4': '198.18.0.2', 'peer-port': 30000 + n}
             | leg_a,
             'leg-b': {'local-ipv4': '198.18.1.1', 'local-port': 20000 + n,
                       'peer-ipv4': '198.18.1.2', 'peer-port': 40000 + n}
             | leg_b}) for n in range(0, 2 * FLOWS, 2)]
    for result in nl.batch(old + new):
        if isinstance(result, Exception):
            raise result


def check_counters(nl):
    """No leg may have dropped anything."""
    for one in nl.dump('session-get'):
        for leg in ('leg-a', 'leg-b'):
            if one[leg]['stats'].get('drop'):
                sys.exit(f'dropped: {one}')


def measure_plain(nl, report):
    relay_sessions(nl, {}, {})
    cost, following = measure()
    run_meter(CHECKED, following, verify=1)
    check_counters(nl)
    report.line('relay/rtp-rtp', cost)


def measure_suite(nl, report, name):
    """Protects, captures the result, and has that unprotected again."""
    suite, tag = SUITES[name]
    keys = {'suite': suite, 'tx-key': bytes(range(30)),
            'rx-key': bytes(range(100, 130))}
    relay_sessions(nl, {}, keys)
    cost, start = measure(expect=RTP_LEN + tag)
    report.line(f'relay/rtp-srtp/{name}', cost)
    run_meter(WARM + ROUNDS + CHECKED, start, expect=RTP_LEN + tag, capture=1)
    check_counters(nl)

    keys['tx-key'], keys['rx-key'] = keys['rx-key'], keys['tx-key']
    relay_sessions(nl, keys, {})
    cost, following = measure(start, playback=1)
    run_meter(CHECKED, following, playback=1, verify=1)
    check_counters(nl)
    report.line(f'relay/srtp-rtp/{name}', cost)


def measure_crypto(report):
    load_beside('rgf_crypto.ko')
    for _ in range(2):  # the first is to warm up
        words = (DEBUGFS / 'rgf_crypto').read_text().split()
    report.line('crypto/AES_CM_128_HMAC_SHA1_80',
                int(words[1]) / int(words[3]))


def main():
    load_cpu_modules()
    set_up_network()
    report = Report()
    # Before the module is there, whose hook forwarded packets would pass.
    cost, following = measure(forward=1)
    run_meter(CHECKED, following, forward=1, verify=1)
    report.line('forward', cost)
    measure_crypto(report)
    load_module()
    nl = Netlink()
    measure_plain(nl, report)
    # What the hook costs those that are not media of a session.
    report.line('forward/with-sessions', measure(forward=1)[0])
    for name in SUITES:
        measure_suite(nl, report, name)


main()
