# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rule sets and packets, and three ways to judge them.

A rule is a dict. text() writes it in ringfence's language, nft() in nftables',
and Judge walks the rules one by one as the manual page says. None of the three
shares code with another.
"""
import ipaddress
import random
import socket
import struct

SOURCES = [f'10.0.{i}.{j}' for i in range(3) for j in range(1, 4)]
HOSTS = [f'10.1.{i}.{j}' for i in range(3) for j in range(1, 4)]
LOCAL = [f'10.2.0.{j}' for j in range(1, 4)]
SOURCES6 = [f'2001:db8:0:{i}::{j}' for i in range(3) for j in range(1, 4)]
HOSTS6 = [f'2001:db8:1:{i}::{j}' for i in range(3) for j in range(1, 4)]
LOCAL6 = [f'2001:db8:2::{j}' for j in range(1, 4)]
PORTS = [0, 1, 2, 3, 4, 1023, 1024, 5060, 5061, 65534, 65535]
PROTOCOLS = {'tcp': 6, 'udp': 17, 'icmp': 1, 'icmpv6': 58, 'gre': 47,
             'esp': 50}
ICMP_TYPES = {'icmp': [0, 3, 8, 11, 13], 'icmpv6': [1, 2, 128, 129, 200]}
DSCPS = [0, 10, 46, 63]
ICMP_IMPLICIT = {'icmp': {0, 3, 11, 12}, 'icmpv6': {1, 2, 3, 4, 129, 130, 131,
                                                    132, 143}}
TERMINAL = ('accept', 'drop', 'reject')
DAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
NFT_DAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday',
            'Saturday', 'Sunday')
DAY, WEEK = 1440, 7 * 1440  # minutes
MINUTES = (0, 1, 480, 1080, 1439, 1440)
STATES = ('new', 'established', 'related', 'invalid', 'untracked')


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.stateful = False  # rules ask for the state of a connection
        self.sent = []  # since then

    def prefix(self, pool):
        rng, address = self.rng, ipaddress.ip_address(
            self.rng.choice(pool))
        bits = address.max_prefixlen
        length = rng.choice((bits, bits, bits - 8, bits - 1, bits - 2,
                             bits // 2, 0, rng.randint(0, bits)))
        return ipaddress.ip_network(f'{address}/{length}', strict=False)

    def set(self):
        pools = (SOURCES + HOSTS, SOURCES6 + HOSTS6 + LOCAL6)
        return {self.prefix(self.rng.choice(pools))
                for _ in range(self.rng.randint(0, 8))}

    def ports(self):
        out = []
        for _ in range(self.rng.choice((1, 1, 1, 2, 4))):
            first = self.rng.choice(PORTS)
            last = self.rng.choice([p for p in PORTS if p >= first])
            out.append((first, self.rng.choice((first, last))))
        return out

    def addresses(self, rule, names):
        rng = self.rng
        family = rng.choice((4, 4, 6))
        pools = {4: (SOURCES, HOSTS + LOCAL), 6: (SOURCES6, HOSTS6 + LOCAL6)}
        for which, pool in zip(('from', 'to'), pools[family]):
            if rng.random() < 0.4:
                rule[which] = self.prefix(pool)
            elif names and rng.random() < 0.2:
                rule[which] = '@' + rng.choice(names)

    def transport(self, rule):
        rng = self.rng
        if rng.random() < 0.25:
            return
        rule['protocol'] = rng.choice(
            ['udp'] * 4 + ['tcp'] * 3 + list(PROTOCOLS))
        if rule['protocol'] in ('udp', 'tcp'):
            for which in ('sport', 'dport'):
                if rng.random() < 0.5:
                    rule[which] = self.ports()
        if rule['protocol'] in ICMP_TYPES and rng.random() < 0.7:
            rule['type'] = rng.choice(ICMP_TYPES[rule['protocol']])
            if rng.random() < 0.4:
                rule['code'] = rng.randrange(3)

    def rule(self, chain, names, jumps):
        rng = self.rng
        rule = {'chain': chain}
        if rng.random() < 0.2:
            rule['in'] = rng.choice(('va', 'vb', 'v*', 'vx', '*'))
        if chain != 'local' and rng.random() < 0.2:
            rule['out'] = rng.choice(('va', 'vb', 'v*'))
        self.addresses(rule, names)
        self.transport(rule)
        if rng.random() < 0.1:
            rule['dscp'] = rng.choice(DSCPS)
        if self.stateful and rng.random() < 0.4:
            rule['state'] = rng.sample(STATES, rng.choice((1, 1, 2, 3)))
        self.when(rule)
        rule['action'] = rng.choice(TERMINAL + ('accept', 'drop', 'count'))
        if jumps and rng.random() < 0.25:
            rule['action'], rule['jump'] = 'jump', rng.choice(jumps)
        return rule

    def when(self, rule):
        """Rates give nothing back within an hour, and so while this runs."""
        rng = self.rng
        if rng.random() < 0.1:
            rule['days'] = sorted(rng.sample(range(7), rng.choice((1, 2, 5))))
        if rng.random() < 0.1:
            start, end = rng.sample(MINUTES, 2)
            if start % DAY != end % DAY or not start:
                rule['time'] = (start % DAY, end or DAY)
        if 'days' not in rule and 'time' not in rule and rng.random() < 0.1:
            rule['rate'] = rng.choice((1, 2, 5))

    def minute(self):
        """Of the week, often one with which a window begins or ends."""
        rng = self.rng
        return (rng.randrange(7) * DAY + rng.choice(MINUTES) -
                rng.randrange(2)) % WEEK

    def rules(self, size):
        """(sets by name, rules, defaults); a chain jumps to later ones."""
        rng = self.rng
        sets = {f's{i}': self.set() for i in range(rng.randint(0, 3))}
        chains = [f'c{i}' for i in range(rng.choice((0, 0, 1, 3)))]
        rules = []
        for i, chain in enumerate(chains):
            for _ in range(rng.randint(1, 5)):
                rules.append(self.rule(chain, list(sets), chains[i + 1:]))
        for _ in range(size):
            rules.append(self.rule(rng.choice(('local', 'network')),
                                   list(sets), chains))
        rng.shuffle(rules)
        defaults = {'local': rng.choice(('drop', 'drop', 'accept')),
                    'network': rng.choice(('drop', 'accept'))}
        return sets, rules, defaults

    def follow(self):
        """One more of a connection, in either direction."""
        rng = self.rng
        old = rng.choice(self.sent)
        pkt = old | {'in': rng.choice(('va', 'vb')), 'dscp': rng.choice(DSCPS)}
        if old['out'] and rng.random() < 0.7:
            for one, other in (('from', 'to'), ('sport', 'dport')):
                pkt[one], pkt[other] = old[other], old[one]
        return pkt

    def datagram(self):
        """Of UDP, whose states the reference knows."""
        if self.sent and self.rng.random() < 0.6:
            pkt = self.follow()
        else:
            pkt = self.packet(False)
            for name in ('type', 'code'):
                pkt.pop(name, None)
            pkt |= {'protocol': 'udp', 'sport': self.rng.choice(PORTS),
                    'dport': self.rng.choice(PORTS)}
        self.sent.append(pkt)
        return pkt

    def packet(self, fragments):
        """in, out (None: to this host), addresses and what is above them."""
        rng = self.rng
        v6 = rng.random() < 0.4
        local = rng.random() < 0.4
        sources, hosts = (SOURCES6, HOSTS6) if v6 else (SOURCES, HOSTS)
        pkt = {'version': 6 if v6 else 4, 'in': rng.choice(('va', 'vb')),
               'out': None if local else 'vb',
               'from': rng.choice(sources),
               'to': rng.choice((LOCAL6 if v6 else LOCAL) if local
                                else hosts),
               'dscp': rng.choice(DSCPS),
               'protocol': rng.choice(
                   ['udp', 'udp', 'tcp', 'tcp', 'gre', 'esp'] +
                   ['icmpv6' if v6 else 'icmp'] * 2)}
        if pkt['protocol'] in ('udp', 'tcp'):
            pkt['sport'], pkt['dport'] = rng.choice(PORTS), rng.choice(PORTS)
        elif pkt['protocol'] in ICMP_TYPES:
            pkt['type'] = rng.choice(ICMP_TYPES[pkt['protocol']])
            pkt['code'] = rng.randrange(3)
        if fragments and not v6 and not local and rng.random() < 0.3:
            pkt['later'] = True  # a fragment that isn't the first
        if v6 and rng.random() < 0.1:
            pkt['options'] = True  # an extension header
        return pkt


# ringfence's language

def number_list(ranges):
    return ','.join(f'{a}-{b}' if a != b else str(a) for a, b in ranges)


def text(rule):
    words = [rule['chain']] if rule['chain'] in ('local', 'network') \
        else ['chain', rule['chain']]
    for name in ('in', 'out', 'from', 'to'):
        if name in rule:
            words += [name, str(rule[name])]
    words += [rule['protocol']] if 'protocol' in rule else []
    for name in ('sport', 'dport'):
        if name in rule:
            words += [name, number_list(rule[name])]
    if 'type' in rule:
        words += ['type', str(rule['type'])]
        words[-1] += f"/{rule['code']}" if 'code' in rule else ''
    words += ['dscp', str(rule['dscp'])] if 'dscp' in rule else []
    words += ['state', ','.join(rule['state'])] if 'state' in rule else []
    if 'days' in rule:
        words += ['days', ','.join(DAYS[day] for day in rule['days'])]
    if 'time' in rule:
        words += ['time', '-'.join(f'{m // 60:02}:{m % 60:02}'
                                   for m in rule['time'])]
    if 'rate' in rule:
        words += f"rate over 1/h burst {rule['rate']} per source".split()
    words.append(rule['action'])
    words += [rule['jump']] if 'jump' in rule else []
    return ' '.join(words)


def rule_file(sets, rules, defaults):
    lines = [f'default {name} {verdict}' for name, verdict in
             defaults.items()]
    lines += [' '.join(['set', name, *map(str, sorted(
        entries, key=lambda e: (e.version, e)))])
        for name, entries in sets.items()]
    return '\n'.join(lines + [text(rule) for rule in rules]) + '\n'


# nftables'

def nft_families(rule):
    """Those that the rule must be written for, or [None] for all at once."""
    for name in ('from', 'to'):
        if name in rule and not isinstance(rule[name], str):
            return [rule[name].version]
    if any(n in rule for n in ('dscp', 'from', 'to', 'sport', 'dport',
                               'type', 'rate')):
        return [4, 6]
    return [None]


def nft_match(rule, family):
    ip = {4: 'ip', 6: 'ip6', None: None}[family]
    out = []
    for name, word in (('in', 'iifname'), ('out', 'oifname')):
        if rule.get(name) not in (None, '*'):
            out.append(f'{word} "{rule[name]}"')
    for name, word in (('from', 'saddr'), ('to', 'daddr')):
        if name in rule:
            value = rule[name]
            value = f'{value}v{family}' if isinstance(value, str) else value
            out.append(f'{ip} {word} {value}')
    if 'protocol' in rule:
        out.append(f"meta l4proto {PROTOCOLS[rule['protocol']]}")
    if family == 4 and any(n in rule for n in ('sport', 'dport', 'type')):
        # or it takes the data of a later fragment for them, as its short cut
        # nft_payload_fast_eval() doesn't ask for the fragment's offset
        out.append('ip frag-off & 0x1fff == 0')
    elif family == 6 and not any(n in rule for n in ('from', 'to', 'dscp')):
        out.append('meta nfproto ipv6')
    for name in ('sport', 'dport'):
        if name in rule:
            # it has no overlaps in a set
            out.append(f'th {name} {{ {nft_ports(rule[name])} }}')
    if 'type' in rule:
        # both families' header begins with type and code
        out.append(f"@th,0,8 {rule['type']}")
    if 'code' in rule:
        out.append(f"@th,8,8 {rule['code']}")
    if 'dscp' in rule:
        out.append(f"{ip} dscp {rule['dscp']}")
    if 'state' in rule:
        out.append(f"ct state {','.join(rule['state'])}")
    return ' '.join(out)


def nft_time(rule):
    """A match for each part of a window that one day has whole."""
    if 'days' not in rule and 'time' not in rule:
        return ['']
    start, end = rule.get('time', (0, DAY))
    days = rule.get('days', range(7))
    parts = [(days, start, end)] if start < end else \
        [(days, start, DAY), ([(day + 1) % 7 for day in days], 0, end)]
    out = []
    for on, first, last in parts:
        names = ', '.join(NFT_DAYS[day] for day in on)
        last -= 1
        out.append(f'meta day {{ {names} }} meta hour '
                   f'"{first // 60:02}:{first % 60:02}:00"-'
                   f'"{last // 60:02}:{last % 60:02}:59" ')
    return out


def nft_rate(rule, number, family):
    if 'rate' not in rule:
        return ''
    source = {4: 'ip saddr', 6: 'ip6 saddr and ffff:ffff:ffff:ffff::'}[family]
    return f'update @r{number}v{family} {{ {source} limit rate over 1/hour ' \
        f"burst {rule['rate']} packets }} "


def nft_ports(ranges):
    ports = sorted(ranges)
    merged = [list(ports[0])]
    for first, last in ports[1:]:
        if first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return ', '.join(f'{a}-{b}' if a != b else str(a) for a, b in merged)


def nft_file(sets, rules):
    """Counts only: what it accepts goes on to ringfence."""
    out = ['table inet judge {']
    for name, entries in sets.items():
        for family, kind in ((4, 'ipv4_addr'), (6, 'ipv6_addr')):
            mine = [str(e) for e in entries if e.version == family]
            out.append(f'set {name}v{family} {{ type {kind}; flags interval; '
                       'auto-merge; ' + (
                           f"elements = {{ {', '.join(mine)} }}; " if mine
                           else '') + '}')
    for number, rule in enumerate(rules, 1):
        for family, kind in ((4, 'ipv4_addr'), (6, 'ipv6_addr')):
            if 'rate' in rule:
                out.append(f'set r{number}v{family} {{ type {kind}; '
                           'flags dynamic; size 1024; }')
    chains = dict.fromkeys(['local', 'network'])
    chains |= dict.fromkeys(rule['chain'] for rule in rules)
    for chain in sorted(chains):  # nft wants a chain before its jumps
        out.append(f'chain {chain} {{')
        if chain in ('local', 'network'):
            hook = {'local': 'input', 'network': 'forward'}[chain]
            out.append(f'type filter hook {hook} priority -50; '
                       'policy accept;')
        out.append('}')
    out.append('}')
    for number, rule in enumerate(rules, 1):
        action = {'jump': f"jump {rule.get('jump')}", 'count': ''}.get(
            rule['action'], 'accept')
        for family in nft_families(rule):
            for when in nft_time(rule):
                out.append(f"add rule inet judge {rule['chain']} "
                           f'{nft_match(rule, family)} {when}'
                           f'{nft_rate(rule, number, family)}'
                           f'counter {action} comment "{number}"')
    return '\n'.join(out) + '\n'


# the reference

class Tracker:
    """Connections of UDP; those of which a packet was dropped don't count."""

    def __init__(self):
        self.answered = {}  # by the first packet's ends

    @staticmethod
    def ends(pkt):
        one, other = ((pkt[n], pkt[p]) for n, p in (('from', 'sport'),
                                                    ('to', 'dport')))
        return (one, other), (other, one)

    def state(self, pkt):
        forth, back = self.ends(pkt)
        if forth in self.answered:
            return 'established' if self.answered[forth] else 'new'
        if back in self.answered:
            self.answered[back] = True
            return 'established'
        return 'new'

    def accepted(self, pkt):
        forth, back = self.ends(pkt)
        if back not in self.answered:
            self.answered.setdefault(forth, False)


class Judge:
    """Counts what each rule matches, and what none decided about."""

    def __init__(self, sets, rules, defaults, minute=0, tracker=None):
        self.sets, self.rules, self.defaults = sets, rules, defaults
        self.tracker, self.minute = tracker, minute
        self.used = {}  # packets by rule and source
        self.hits = [[0, 0] for _ in rules]
        self.other = {'local-implicit': [0, 0], 'local-default': [0, 0],
                      'network-default': [0, 0]}

    def has_address(self, want, address):
        address = ipaddress.ip_address(address)
        if isinstance(want, str):
            return any(address in net for net in self.sets[want[1:]])
        return address in want

    @staticmethod
    def has_name(want, name):
        if want.endswith('*'):
            return name.startswith(want[:-1])
        return name == want

    def in_time(self, rule):
        start, end = rule.get('time', (0, DAY))
        length = end - start if start < end else end + DAY - start
        return any((self.minute - day * DAY - start) % WEEK < length
                   for day in rule.get('days', range(7)))

    def is_over(self, number, rule, pkt):
        """Asked only if all else matches, as it counts."""
        if 'rate' not in rule:
            return True
        source = ipaddress.ip_address(pkt['from'])
        key = number, ipaddress.ip_network(
            (source, 32 if source.version == 4 else 64), strict=False)
        if self.used.get(key, 0) == rule['rate']:
            return True
        self.used[key] = self.used.get(key, 0) + 1
        return False

    def matches(self, rule, pkt):
        whole = 'later' not in pkt
        return (('in' not in rule or self.has_name(rule['in'], pkt['in'])) and
                ('out' not in rule or
                 self.has_name(rule['out'], pkt['out'] or '-')) and
                all(self.has_address(rule[n], pkt[n])
                    for n in ('from', 'to') if n in rule) and
                rule.get('protocol', pkt['protocol']) == pkt['protocol'] and
                all(whole and any(a <= pkt[n] <= b for a, b in rule[n])
                    for n in ('sport', 'dport') if n in rule) and
                all(whole and rule[n] == pkt[n]
                    for n in ('type', 'code') if n in rule) and
                rule.get('dscp', pkt['dscp']) == pkt['dscp'] and
                ('state' not in rule or pkt['state'] in rule['state']) and
                self.in_time(rule))

    def walk(self, chain, pkt, length):
        for number, rule in enumerate(self.rules):
            if rule['chain'] != chain or not self.matches(rule, pkt) or \
                    not self.is_over(number, rule, pkt):
                continue
            hits = self.hits[number]
            hits[0] += 1
            hits[1] += length
            if rule['action'] in TERMINAL:
                return rule['action']
            if rule['action'] == 'jump' and (
                    verdict := self.walk(rule['jump'], pkt, length)):
                return verdict
        return None

    def judge(self, pkt, length):
        if self.tracker:
            pkt = pkt | {'state': self.tracker.state(pkt)}
        if self.verdict(pkt, length) == 'accept' and self.tracker:
            self.tracker.accepted(pkt)

    def verdict(self, pkt, length):
        chain = 'network' if pkt['out'] else 'local'
        if verdict := self.walk(chain, pkt, length):
            return verdict
        what = f'{chain}-default'
        if chain == 'local' and self.defaults['local'] == 'drop' and \
                pkt.get('type') in ICMP_IMPLICIT.get(pkt['protocol'], ()):
            what = 'local-implicit'
        self.other[what][0] += 1
        self.other[what][1] += length
        return 'accept' if what == 'local-implicit' else self.defaults[chain]


# packets as bytes

def checksum(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def transport_bytes(pkt):
    if pkt['protocol'] == 'udp':
        return struct.pack('>HHHH', pkt['sport'], pkt['dport'], 12, 0) + \
            b'data'
    if pkt['protocol'] == 'tcp':
        return struct.pack('>HHIIBBHHH', pkt['sport'], pkt['dport'], 1, 0,
                           0x50, 2, 1000, 0, 0)
    if pkt['protocol'] in ICMP_TYPES:
        return struct.pack('>BBHI', pkt['type'], pkt['code'], 0, 0)
    return bytes(range(8))


def ip_bytes(pkt):
    data, number = transport_bytes(pkt), PROTOCOLS[pkt['protocol']]
    if pkt['version'] == 4:
        frag = 0x0010 if 'later' in pkt else 0
        head = struct.pack('>BBHHHBBH4s4s', 0x45, pkt['dscp'] << 2,
                           20 + len(data), 7, frag, 64, number, 0,
                           socket.inet_aton(pkt['from']),
                           socket.inet_aton(pkt['to']))
        return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + \
            data
    if 'options' in pkt:
        data = struct.pack('>BBBBI', number, 0, 1, 4, 0) + data  # PadN
        number = 60
    return struct.pack('>IHBB16s16s', 6 << 28 | pkt['dscp'] << 22, len(data),
                       number, 64,
                       socket.inet_pton(socket.AF_INET6, pkt['from']),
                       socket.inet_pton(socket.AF_INET6, pkt['to'])) + data
