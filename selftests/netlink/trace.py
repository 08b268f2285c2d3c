#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracepoints: their records, and the names of all drop reasons."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import (Tap, in_netns, leg, load_module, received,  # noqa: E402
                   rtp, run, topology, udp, wait_for)
from ynl import Netlink  # noqa: E402

TRACING = pathlib.Path('/sys/kernel/tracing')
DROP = TRACING / 'events/ringfence/rgf_drop'

tap = Tap()


def recorded(name):
    lines = (TRACING / 'trace').read_text(encoding='ascii').splitlines()
    return [line.partition(f' {name}: ')[2] for line in lines
            if f' {name}: ' in line]


def check_names(spec):
    text = (DROP / 'format').read_text(encoding='ascii')
    symbols = re.findall(r'\{ ?(\d+), "([a-z-]+)" ?\}', text)
    tap.equal([(int(n), name) for n, name in symbols],
              list(enumerate(spec.enums['drop-reason'])),
              'tracing tools know each drop reason by its name')


def check_drop(sock, far):
    where = ('192.0.2.1', 20000)
    sock.sendto(b'\x80\0\0\1short', where)
    sock.sendto(rtp(1), where)
    tap.equal(received(far), rtp(1), 'a good packet is relayed')
    found = wait_for(lambda: recorded('rgf_drop'))
    tap.ok(len(found) == 1 and re.fullmatch(
        r'session=7 leg=a ssrc=0x00000000 len=\d+ reason=malformed', found[0]),
        'a bad one is recorded', found)


def main():
    load_module()
    if not DROP.exists():
        run('mount', '-t', 'tracefs', 'tracefs', TRACING, check=False)
    with topology() as (host_a, gateway, host_b):
        nl = in_netns(gateway, Netlink)
        check_names(nl.spec)
        nl.do('session-new', {'id': 7,
                              'leg-a': leg('192.0.2', 20000, 20000),
                              'leg-b': leg('198.51.100', 20000, 20000)})
        (TRACING / 'trace').write_text('')
        (DROP / 'enable').write_text('1')
        check_drop(udp(host_a, '192.0.2.2', 20000),
                   udp(host_b, '198.51.100.2', 20000))
        (DROP / 'enable').write_text('0')
    tap.clean_log()
    tap.finish()


main()
