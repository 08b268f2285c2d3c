# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of the limits share: settings, counters and what changes them;
packets of anybody."""
import socket
import struct

from guest import in_netns
from ynl import Netlink

COUNTS = ('passed', 'limited', 'global-limited', 'newcomer-limited', 'struck',
          'banned')


def spoofed(source, target, port, payload):
    """IPv4 and UDP without a checksum; the kernel fills in that of IPv4."""
    head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 28 + len(payload), 1, 0, 64,
                       17, 0, socket.inet_aton(source),
                       socket.inet_aton(target))
    return head + struct.pack('>HHHH', 9, port, 8 + len(payload), 0) + payload


def raw(namespace):
    """A socket that spoofed() packets go out by."""
    return in_netns(namespace, socket.socket, socket.AF_INET, socket.SOCK_RAW,
                    socket.IPPROTO_RAW)


class Limits:
    """Of the gateway's namespace."""

    def __init__(self, gateway):
        self.nl = in_netns(gateway, Netlink)

    def limit(self, name, **values):
        self.nl.do('limit-set', {'limit': [
            {'class': name} | {k.replace('_', '-'): v
                               for k, v in values.items()}]})

    def counts(self):
        return {one['limit'][0]['class']: {k: one['limit'][0][k]
                                           for k in COUNTS}
                for one in self.nl.dump('limit-get')}

    def change(self, function, *args):
        """{class: {counter: by how much function has changed it}}"""
        before = self.counts()
        function(*args)
        after = self.counts()
        diff = {c: {k: after[c][k] - before[c][k] for k in COUNTS
                    if after[c][k] != before[c][k]} for c in after}
        return {c: d for c, d in diff.items() if d}

    def enable_all(self, **values):
        """Rates that nobody reaches, and no bans; values are others."""
        for name in self.nl.spec.enums['limit-class']:
            if name != 'strike':
                self.limit(name, **{
                    'enabled': 1, 'rate': 1000, 'burst': 1000,
                    'global_rate': 0, 'newcomer_rate': 0, 'strikes': 0} |
                    values)

    def bans(self):
        """{address: ban}"""
        return {b['prefix'].get('ipv4') or b['prefix']['ipv6']: b
                for b in self.nl.dump('ban-get')}
