# SPDX-License-Identifier: GPL-2.0-or-later
"""What many sessions cost: a packet among them, one to set up, its memory."""
import base64
import pathlib
import resource
import time

from bench.meter import BATCH, RTP_LEN, SINK, SOURCE, WARM, measure
from guest import load_module, run

COUNTS = 10, 1000, 50000
PORTS = 10000  # sessions of one pair of addresses, see rgf_meter.c
# Case; of leg b: suite, bytes of its keys and of its tag.
CASES = {'rtp-rtp': None,
         'rtp-srtp/AES_CM_128_HMAC_SHA1_80':
             ('AES_CM_128_HMAC_SHA1_80', 30, 10),
         'rtp-srtp/AEAD_AES_128_GCM': ('AEAD_AES_128_GCM', 28, 16)}
MEMORY = 'Slab:', 'Percpu:', 'VmallocUsed:'


def words(n, suite):
    """Line n of a batch for the CLI; each session has keys of its own."""
    host = 10 + n // PORTS if n >= PORTS else 1
    port = n % PORTS * 2
    line = (f'session add a local 198.18.0.{host}:{20000 + port} '
            f'peer 198.18.0.2:{30000 + port} '
            f'b local 198.18.1.{host}:{20000 + port} '
            f'peer 198.18.1.2:{40000 + port}')
    if suite:
        name, length, _ = suite
        tx, rx = (base64.b64encode(bytes([way]) + n.to_bytes(
            length - 1, 'big')).decode() for way in (1, 2))
        line += f' suite {name} tx-key inline:{tx} rx-key inline:{rx}'
    return line


def kernel_memory():
    """Bytes, once what waits for a grace period is gone."""
    time.sleep(1)
    pathlib.Path('/proc/sys/vm/drop_caches').write_text('3')
    lines = pathlib.Path('/proc/meminfo').read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines
               if line.startswith(MEMORY))


def children():
    """Instructions of programs that ended, and of the kernel for them: one
    takes a nanosecond. Idle time doesn't count, in which the clock jumps."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1e9


def create(count, suite):
    """(instructions, bytes of kernel memory) of a session"""
    batch = pathlib.Path('/run/sessions.batch')
    batch.touch(0o600)
    with batch.open('w', encoding='ascii') as file:
        for n in range(count):
            print(words(n, suite), file=file)
    before = kernel_memory()
    start = children()
    run('ringfence', '-b', str(batch))
    cost = children() - start
    batch.unlink()
    return cost / count, (kernel_memory() - before) / count


def measure_all(report):
    for last in (10, 11, 12, 13, 14):
        for net, dev in ((0, SOURCE), (1, SINK)):
            run('ip', 'address', 'add', f'198.18.{net}.{last}/24', 'dev', dev)
    for case, suite in CASES.items():
        for count in COUNTS:
            run('rmmod', 'ringfence')  # the quickest way to remove sessions
            load_module()
            setup, memory = create(count, suite)
            # The first packet of a stream is not like the others.
            warm = WARM + count // BATCH + 1
            cost, following = measure(
                f'relay/{case}@{count}', warm=warm, flows=count,
                expect=RTP_LEN + (suite[2] if suite else 0))
            report.line(f'relay/{case}@{count}', cost)
            if count > COUNTS[0]:  # the start of a program is in it, too
                report.line(f'setup/{case}@{count}', setup,
                            'instructions/session')
        report.line(f'memory/{case}', memory, 'bytes/session')
