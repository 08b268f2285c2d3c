#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions per packet of forwarding and of the relay, in the guest.

scripts/bench boots the guest in which the cycle counter counts instructions
and runs this there; see selftests/bench/rgf_meter.c for what is measured.
Prints name, value, unit and ratio to forwarding, separated by tabs. A packet
that does not arrive whole and in order fails the run.

relay.py CASE marks that case's batches for the profiler, and ends after it.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import sessions  # noqa: E402
from bench.meter import (CHECKED, DEBUGFS, FLOWS, PROFILED, ROUNDS,  # noqa: E402
                         RTP_LEN, SOURCE, WARM, Report, load_beside, measure,
                         run_meter, set_gro, set_up_network)
from guest import load_cpu_modules, load_module  # noqa: E402
from ynl import Netlink  # noqa: E402

# Name in the spec, bytes of key and salt, bytes of tag.
SUITES = {'AES_CM_128_HMAC_SHA1_80': ('aes-cm-128-hmac-sha1-80', 30, 10),
          'AES_CM_128_HMAC_SHA1_32': ('aes-cm-128-hmac-sha1-32', 30, 4),
          'AES_256_CM_HMAC_SHA1_80': ('aes-cm-256-hmac-sha1-80', 46, 10),
          'AEAD_AES_128_GCM': ('aead-aes-128-gcm', 28, 16),
          'AEAD_AES_256_GCM': ('aead-aes-256-gcm', 44, 16),
          'F8_128_HMAC_SHA1_80': ('f8-128-hmac-sha1-80', 30, 10)}
FORGED = 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'
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
    cost, following = measure('relay/rtp-rtp')
    run_meter(CHECKED, following, verify=1)
    check_counters(nl)
    report.line('relay/rtp-rtp', cost)


def measure_gro(nl, report):
    """What GRO costs those that leave it on."""
    set_gro(SOURCE, 'on')
    relay_sessions(nl, {}, {})
    for case, knobs in (('gro/forward', {'forward': 1}),
                        ('gro/relay/rtp-rtp', {})):
        report.line(case, measure(case, **knobs)[0])
    set_gro(SOURCE, 'off')


def leg_keys(name, tx, rx):
    """A leg's protection, its keys made from two numbers."""
    suite, length, _ = SUITES[name]
    return {'suite': suite,
            'tx-key': [{'master': bytes(range(tx, tx + length))}],
            'rx-key': [{'master': bytes(range(rx, rx + length))}]}


def capture(nl, name, start=0):
    """Keep what a suite makes of RTP, from its first packet on."""
    relay_sessions(nl, {}, leg_keys(name, 0, 100))
    longer = RTP_LEN + SUITES[name][2]
    run_meter(WARM + ROUNDS + CHECKED, start, expect=longer, capture=1)


def measure_suite(nl, report, name):
    """Protects, captures the result, and has that unprotected again."""
    longer = RTP_LEN + SUITES[name][2]
    relay_sessions(nl, {}, leg_keys(name, 0, 100))
    case = f'relay/rtp-srtp/{name}'
    cost, start = measure(case, expect=longer)
    report.line(case, cost)
    run_meter(WARM + ROUNDS + CHECKED, start, expect=longer, capture=1)
    check_counters(nl)

    relay_sessions(nl, leg_keys(name, 100, 0), {})
    case = f'relay/srtp-rtp/{name}'
    cost, following = measure(case, start, playback=1)
    run_meter(CHECKED, following, playback=1, verify=1)
    check_counters(nl)
    report.line(case, cost)


def measure_both(nl, report, rx, tx):
    """From one suite to another."""
    capture(nl, rx)
    relay_sessions(nl, leg_keys(rx, 100, 0), leg_keys(tx, 101, 1))
    case = f'relay/srtp-srtp/{rx}/{tx}'
    report.line(case, measure(case, playback=1,
                              expect=RTP_LEN + SUITES[tx][2])[0])
    check_counters(nl)


def measure_forged(nl, report, name):
    """Plain RTP to an SRTP leg has no good tag."""
    relay_sessions(nl, leg_keys(name, 100, 0), {})
    case = f'forged/{name}'
    report.line(case, measure(case, arrive=False)[0])


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
    cost, following = measure('forward', forward=1)
    run_meter(CHECKED, following, forward=1, verify=1)
    report.line('forward', cost)
    measure_crypto(report)
    load_module()
    nl = Netlink()
    measure_plain(nl, report)
    # What the hook costs those that are not media of a session.
    case = 'forward/with-sessions'
    report.line(case, measure(case, forward=1)[0])
    for name in SUITES:
        measure_suite(nl, report, name)
    measure_both(nl, report, 'AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80')
    for name in FORGED:
        measure_forged(nl, report, name)
    measure_gro(nl, report)
    nl.close()
    sessions.measure_all(report)
    if PROFILED:
        sys.exit(f'no case {PROFILED}')


main()
