#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sipvicious against the gateway: svmap, svwar and svcrack find nothing that a
caller could use, and are banned; the trunk is served all the time."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from lab import GATEWAY, PLAIN, STRANGERS, Lab
from guest import Tap, run

tap = Tap()
TOOLS = (
    ('svwar', ['svwar', '-e100-140', '-m', 'REGISTER', '--maximumtime=3']),
    ('svwar, by INVITE', ['svwar', '-e100-140', '-m', 'INVITE', '--force',
                           '--maximumtime=3']),
    ('svcrack', ['svcrack', '-u100', '-r1000-1040', '--maximumtime=3']),
)


def tool(lab, address, words):
    """Its whole output, from an address; they don't all bind to one."""
    run('ip', '-n', lab.out, 'route', 'replace', f'{GATEWAY}/32', 'dev',
        'eth0', 'src', address)
    got = subprocess.run(
        ['ip', 'netns', 'exec', lab.out, *words, GATEWAY], text=True, check=False, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=lab.dir,
        stdin=subprocess.DEVNULL, env={
            'HOME': str(lab.dir), 'PATH': '/usr/bin:/bin:/usr/sbin:/sbin'})
    run('ip', '-n', lab.out, 'route', 'del', f'{GATEWAY}/32')
    return got.stdout


def served(lab, name):
    tap.ok('200' in (lab.answered(PLAIN) or ''), f'{name}: the trunk is served')


def main():
    lab = Lab()
    try:
        text = tool(lab, STRANGERS[0], ['svmap'])
        tap.ok(lab.banned(STRANGERS[0]), 'svmap: banned', text)
        served(lab, 'svmap')
        for i, (name, words) in enumerate(TOOLS, 1):
            text = tool(lab, STRANGERS[i], words)
            found = [line for line in text.splitlines()
                     if 'reqauth' in line or 'noauth' in line or
                     'password' in line.lower() and '|' in line and
                     'Password' not in line]
            tap.equal(found, [], f'{name}: nothing is found')
            tap.ok(lab.banned(STRANGERS[i]), f'{name}: banned', text)
            served(lab, name)
    finally:
        if tap.failed:
            print(''.join(f'# {line}\n' for line in
                          lab.said().splitlines()[-30:]))
        lab.close()
    tap.clean_log()
    tap.finish()


main()
