# SPDX-License-Identifier: GPL-2.0-or-later
"""Let the kernel's allocations fail, one after the other or at random.

Fault injection is in the debug kernel only (CONFIG_FAILSLAB and FAIL_PAGE_ALLOC).
"""
import contextlib
import os
import pathlib

DEBUGFS = pathlib.Path('/sys/kernel/debug')
FAIL_NTH = '/proc/thread-self/fail-nth'
# Silent, since a report is a stack trace, which is what a splat looks like.
QUIET = {'verbose': '0'}
# GFP_KERNEL allocations and whole pages fail too.
ALL = {'failslab': {'ignore-gfp-wait': 'N'},
       'fail_page_alloc': {'ignore-gfp-wait': 'N', 'ignore-gfp-highmem': 'N',
                           'min-order': '0'}}


def is_available():
    return os.path.exists(FAIL_NTH) and (DEBUGFS / 'failslab').exists()


def configure(name, settings):
    for key, value in settings.items():
        (DEBUGFS / name / key).write_text(value, encoding='ascii')


def prepare():
    for name, settings in ALL.items():
        configure(name, QUIET | settings)


def fail_once(number, function):
    """Call function with this thread's allocation of that number failing.

    Returns (what function returned, the OSError or other error it raised,
    whether there were so many allocations). Both ends are one system call of
    an open file, so that few allocations are not the function's.
    """
    result = error = None
    fd = os.open(FAIL_NTH, os.O_RDWR)
    try:
        os.write(fd, b'%d' % number)
        try:
            result = function()
        except Exception as caught:  # the caller judges it
            error = caught
        left = int(os.pread(fd, 16, 0))
        os.write(fd, b'0')
    finally:
        os.close(fd)
    return result, error, left == 0


def each(function, limit=2000):
    """fail_once() with 1, 2, 3, ... until nothing failed any more."""
    for number in range(1, limit):
        result, error, injected = fail_once(number, function)
        yield number, result, error, injected
        if not injected:
            return
    raise RuntimeError(f'still failing at allocation {limit}')


def module_text(name):
    """First and last address of a module's code."""
    addresses = []
    with open('/proc/kallsyms', encoding='ascii') as symbols:
        for line in symbols:
            words = line.split()
            if words[3:] == [f'[{name}]'] and words[1] in 'tT':
                addresses.append(int(words[0], 16))
    return min(addresses), max(addresses)


@contextlib.contextmanager
def failslab_below(module, percent):
    """Allocations by a module, or by what it calls, fail at that rate."""
    first, last = module_text(module)
    configure('failslab', QUIET | ALL['failslab'] | {
        'task-filter': 'N', 'times': '-1', 'interval': '1',
        'require-start': hex(first), 'require-end': hex(last + 1),
        'stacktrace-depth': '32', 'probability': str(percent)})
    try:
        yield
    finally:
        configure('failslab', {'probability': '0', 'require-start': '0',
                               'require-end': hex((1 << 64) - 1)})
