#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ciphers that always make the packet wait: cryptd's, by the module's parameter
test_async. Every suite, deletes and unloading with packets in flight."""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import load_module, run, wait_for  # noqa: E402
from lab import Call, Secure, open_lab, oracle, rtp  # noqa: E402
from srtp import suites  # noqa: E402

tap = suites.tap
PARAMETER = pathlib.Path('/sys/module/ringfence/parameters/test_async')
TRACING = pathlib.Path('/sys/kernel/tracing')
CM, GCM = 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'


def make_async():
    run('modprobe', 'aesni_intel')
    load_module()
    PARAMETER.write_text('1', encoding='ascii')


def waits(lab, leg):
    """Do packets of a new call go through cryptd's queue?"""
    if not (TRACING / 'trace').exists():
        run('mount', '-t', 'tracefs', 'tracefs', str(TRACING))
    event = TRACING / 'events/workqueue/workqueue_queue_work'
    (event / 'filter').write_text('workqueue == "cryptd"', encoding='ascii')
    (TRACING / 'trace').write_text('', encoding='ascii')
    (event / 'enable').write_text('1', encoding='ascii')
    with Call(lab, b=leg) as call:
        lives = call.lives('a') and call.lives('b')
    (event / 'enable').write_text('0', encoding='ascii')
    trace = (TRACING / 'trace').read_text(encoding='ascii')
    return lives and 'workqueue_queue_work' in trace


def check_knob(lab):
    """Or all of this would prove nothing."""
    for suite in CM, GCM:
        PARAMETER.write_text('0', encoding='ascii')
        tap.ok(not waits(lab, Secure(suite)), f'{suite} need not wait')
        PARAMETER.write_text('1', encoding='ascii')
        tap.ok(waits(lab, Secure(suite)), f'{suite} waits when told to')


def check_suites(lab):
    for suite in oracle.SUITES:
        for mki in (0, 4):
            what = f'async {suite}, {suites.MKIS[mki]}'
            with Call(lab, b=Secure(suite, mki=mki)) as call:
                suites.check_forms(call, what)
            with Call(lab, b=Secure(suite, mki=mki)) as call:
                suites.check_changed(call, what)
                suites.check_replayed(call, what)
    suites.check_rate(lab, GCM, 4, 100, 65500)
    suites.check_rate(lab, CM, 1, 40, 0)


def check_burst(lab):
    """As many as come, in the order they came."""
    for suite in (CM, GCM):
        leg = Secure(suite)
        with Call(lab, b=leg) as call:
            for which in 'ab':
                packets = [call.fresh(which) for _ in range(300)]
                wires = [call.legs[which].seal(p) for p in packets]
                for wire in wires:
                    call.send(which, wire)
                far = call.far(which)
                have = []
                while len(have) < len(packets) and (wire := call.next(far)):
                    have.append(call.legs[far].open(wire))
                lost = [n for n, p in enumerate(packets) if p not in have]
                tap.ok(have == packets, f'async {suite}: 300 in a burst from '
                       f'{which}, none lost', (lost, call.drops(which)))
            tap.equal([call.drops('a'), call.drops('b')], [{}, {}],
                      f'async {suite}: nor dropped')


def check_deleted(lab):
    """Sessions go, or get new keys, with packets on their way."""
    for suite in (CM, GCM):
        for number in range(100):
            leg = Secure(suite, seed=number)
            call = Call(lab, b=leg)
            wires = [leg.seal(rtp(n)) for n in range(20)]
            for n, wire in enumerate(wires):
                call.send('b', wire)
                call.send('a', rtp(n))
                if n == 10 and number % 2:
                    new = Secure(suite, seed=1000 + number)
                    call.set(leg_b=new.keys())
            call.close()
        tap.equal(lab.totals()['sessions'], 0,
                  f'async {suite}: 100 calls deleted in mid-stream')
        with Call(lab, b=Secure(suite)) as call:
            tap.ok(call.lives('a') and call.lives('b'),
                   f'async {suite}: another one works')


def check_unloaded(lab):
    """The module goes, sessions, packets and all."""
    for number in range(3):
        make_async()
        calls = [Call(lab, b=Secure(suite, seed=n))
                 for n, suite in enumerate((CM, GCM) * 5)]
        pid = os.fork()
        if not pid:
            seq = 0
            while True:
                seq += 1
                for call in calls:
                    call.send('a', rtp(seq))
        wait_for(lambda: all(call.stats('b')['tx-packets'] > 10
                             for call in calls))
        sent = [call.stats('b')['tx-packets'] for call in calls]
        lab.nl.close()
        lab.listener.close()
        run('rmmod', 'ringfence')
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        tap.ok(min(sent) > 10 and not PARAMETER.exists(),
               f'async: unloaded under traffic, round {number + 1}', sent)
        for call in calls:
            for phone in call.phones.values():
                phone.close()
        load_module()
        lab.connect()


def main():
    make_async()
    with open_lab() as lab:
        for check in (check_knob, check_suites, check_burst, check_deleted,
                      check_unloaded):
            check(lab)
    tap.clean_log()
    tap.finish()


main()
