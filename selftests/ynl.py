# SPDX-License-Identifier: GPL-2.0-or-later
"""Generic netlink to the module as its YAML spec describes it, for tests.

Independent of libringfence, so that the tests judge both the module and the
spec. Values are ints, bytes (binary), str (string, enum, address), dicts
(nest) and lists (multi-attr; names of flags). A test may give raw attributes
to send what no client would.
"""
import errno
import functools
import pathlib
import socket
import struct
import time

import yaml

TOP = pathlib.Path(__file__).resolve().parent.parent
SPEC = TOP / 'Documentation/netlink/specs/ringfence.yaml'

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_DUMP_INTR, NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x10, 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED = 0x8000
NETLINK_GENERIC, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 16, 270, 1
NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 10, 11, 12
ERR_MSG, ERR_OFFS, ERR_MISS_TYPE, ERR_MISS_NEST = 1, 2, 5, 6
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
TIMEOUT = 120  # seconds for an answer; a test that waits longer is stuck
INTS = {'u8': 'B', 'u16': 'H', 'u32': 'I', 'u64': 'Q'}


class NlError(Exception):
    """A refusal: errno, the kernel's sentence, and where it points to."""

    def __init__(self, code, tlvs):
        self.errno = code
        self.text = tlvs.get(ERR_MSG, b'').rstrip(b'\0').decode()
        self.offset = number(tlvs.get(ERR_OFFS))
        self.miss_type = number(tlvs.get(ERR_MISS_TYPE))
        self.miss_nest = number(tlvs.get(ERR_MISS_NEST))
        super().__init__(f'-{errno.errorcode.get(code, code)}'
                         f' "{self.text}" miss={self.miss_type}')


def number(data):
    return None if data is None else int.from_bytes(data, 'little')


def nla(kind, payload):
    """One attribute: header, payload, padding."""
    pad = -len(payload) % 4
    return struct.pack('HH', len(payload) + 4, kind) + payload + bytes(pad)


def parse_nlas(data):
    """[(type without flags, payload)]"""
    found = []
    while len(data) >= 4:
        length, kind = struct.unpack_from('HH', data)
        if not 4 <= length <= len(data):
            raise ValueError(f'attribute {kind} of {length} bytes')
        found.append((kind & 0x3fff, data[4:length]))
        data = data[(length + 3) & ~3:]
    return found


class Spec:
    def __init__(self):
        # The loader in C: the one in Python takes seconds in a guest.
        spec = yaml.load(SPEC.read_text(encoding='utf-8'),
                         Loader=yaml.CSafeLoader)
        self.name = spec['name']
        self.consts = {d['name']: d['value'] for d in spec['definitions']
                       if d['type'] == 'const'}
        self.enums = {d['name']: [e['name'] for e in d['entries']]
                      for d in spec['definitions'] if d['type'] == 'enum'}
        self.flags = {d['name']: [e['name'] for e in d['entries']]
                      for d in spec['definitions'] if d['type'] == 'flags'}
        self.sets = {}
        for aset in spec['attribute-sets']:
            self._add_set(aset)
        self.ops = {}
        for value, op in enumerate(spec['operations']['list'], 1):
            self.ops[op['name']] = op | {'value': value}

    def _add_set(self, aset):
        """Attributes by name, each with its 'value'; subsets resolved."""
        if 'subset-of' in aset:
            whole = self.sets[aset['subset-of']]
            attrs = {a['name']: whole[a['name']] | a
                     for a in aset['attributes']}
        else:
            attrs = {a['name']: a | {'value': n}
                     for n, a in enumerate(aset['attributes'], 1)}
        self.sets[aset['name']] = attrs

    def limit(self, value):
        return self.consts.get(value, value)

    def request(self, op, mode='do'):
        """{name: attribute} of what a request of op may carry."""
        names = self.ops[op].get(mode, {}).get('request', {})
        aset = self.sets[self.ops[op]['attribute-set']]
        return {n: aset[n] for n in names.get('attributes', [])}

    def encode_int(self, attr, value):
        if isinstance(value, list):
            names = self.flags[attr['enum']]
            value = sum(1 << names.index(name) for name in value)
        elif isinstance(value, str) and 'enum' in attr:
            value = self.enums[attr['enum']].index(value)
        elif isinstance(value, str):
            return socket.inet_aton(value)
        order = '>' if attr.get('byte-order') == 'big-endian' else '='
        return struct.pack(order + INTS[attr['type']], value)

    def encode_value(self, attr, value):
        kind = attr['type']
        if kind in INTS:
            return self.encode_int(attr, value)
        if kind == 'string':
            return value.encode(errors='surrogateescape') + b'\0'
        if kind == 'nest':
            return self.encode(attr['nested-attributes'], value)
        if isinstance(value, str):
            return socket.inet_pton(socket.AF_INET6, value)
        return value

    def encode(self, aset, values):
        out = b''
        for name, value in values.items():
            attr = self.sets[aset][name]
            flag = NLA_F_NESTED if attr['type'] == 'nest' else 0
            for one in value if attr.get('multi-attr') else [value]:
                out += nla(attr['value'] | flag, self.encode_value(attr, one))
        return out

    def decode_int(self, attr, data):
        if attr.get('display-hint') == 'ipv4':
            return socket.inet_ntoa(data)
        value = struct.unpack('=' + INTS[attr['type']], data)[0]
        if attr.get('enum') in self.flags:
            names = self.flags[attr['enum']]
            if value >> len(names):
                raise ValueError(f'unknown flags {value:#x}')
            return [n for bit, n in enumerate(names) if value >> bit & 1]
        return self.enums[attr['enum']][value] if 'enum' in attr else value

    def decode_value(self, attr, data):
        kind = attr['type']
        if kind in INTS:
            return self.decode_int(attr, data)
        if attr.get('display-hint') == 'ipv6':
            return socket.inet_ntop(socket.AF_INET6, data)
        if kind == 'string':
            return data.rstrip(b'\0').decode(errors='surrogateescape')
        if kind == 'nest':
            return self.decode(attr['nested-attributes'], data)
        return data

    def decode(self, aset, data):
        by_value = {a['value']: a for a in self.sets[aset].values()}
        out = {}
        for kind, payload in parse_nlas(data):
            attr = by_value[kind]
            value = self.decode_value(attr, payload)
            if attr.get('multi-attr'):
                out.setdefault(attr['name'], []).append(value)
            elif attr['type'] != 'pad':
                out[attr['name']] = value
        return out


@functools.cache
def the_spec():
    """Read once, for a child process too if its parent did."""
    return Spec()


class Netlink:
    """A connection; its network namespace is the one it was opened in."""

    def __init__(self, spec=None):
        self.spec = spec or the_spec()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for option in (NETLINK_EXT_ACK, NETLINK_CAP_ACK,
                       NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.sock.settimeout(TIMEOUT)
        self.sock.bind((0, 0))
        self.seq = int(time.time()) & 0xffffff
        self.family, self.groups = self._resolve()

    def close(self):
        self.sock.close()

    def _resolve(self):
        name = nla(2, self.spec.name.encode() + b'\0')
        reply = self._transact(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, name, 1)[0]
        found = dict(parse_nlas(reply))
        groups = {}
        for _, group in parse_nlas(found.get(7, b'')):
            entry = dict(parse_nlas(group))
            groups[entry[1].rstrip(b'\0').decode()] = number(entry[2])
        return number(found[1]), groups

    def message(self, family, cmd, payload, version=1, flags=0):
        self.seq += 1
        return struct.pack('=IHHII', 20 + len(payload), family,
                           NLM_F_REQUEST | NLM_F_ACK | flags, self.seq, 0) + \
            struct.pack('=BBH', cmd, version, 0) + payload

    def received(self):
        """Messages of one datagram: (type, flags, seq, payload)."""
        data = self.sock.recv(1 << 20)
        while len(data) >= 16:
            length, kind, flags, seq, _ = struct.unpack_from('=IHHII', data)
            yield kind, flags, seq, data[16:length]
            data = data[(length + 3) & ~3:]

    @staticmethod
    def check_error(kind, flags, payload):
        code = -struct.unpack_from('=i', payload)[0]
        if not code:
            return
        tlvs = {}
        if flags & NLM_F_ACK_TLVS:
            skip = 4 if kind == NLMSG_DONE else 20
            if kind == NLMSG_ERROR and not flags & NLM_F_CAPPED:
                inner = struct.unpack_from('=I', payload, 4)[0]
                skip = 4 + ((inner + 3) & ~3)
            tlvs = dict(parse_nlas(payload[skip:]))
        raise NlError(code, tlvs)

    def _transact(self, family, cmd, payload, version=1, flags=0):
        self.sock.send(self.message(family, cmd, payload, version, flags))
        return self._collect(self.seq)

    def _collect(self, want):
        replies, interrupted = [], False
        while True:
            for kind, flags, seq, payload in self.received():
                if seq != want:
                    continue
                interrupted |= bool(flags & NLM_F_DUMP_INTR)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self.check_error(kind, flags, payload)
                    if interrupted:
                        raise InterruptedError('dump')
                    return replies
                replies.append(payload[4:])

    def raw(self, op, payload, flags=0):
        """Send payload as the attributes of op; undecoded replies."""
        return self._transact(self.family, self.spec.ops[op]['value'],
                              payload, flags=flags)

    def do(self, op, values=None):
        aset = self.spec.ops[op]['attribute-set']
        replies = self.raw(op, self.spec.encode(aset, values or {}))
        return self.spec.decode(aset, replies[0]) if replies else None

    def dump(self, op):
        """Repeated until it was not interrupted."""
        aset = self.spec.ops[op]['attribute-set']
        for _ in range(1000):
            try:
                replies = self.raw(op, b'', NLM_F_DUMP)
                return [self.spec.decode(aset, r) for r in replies]
            except InterruptedError:
                continue
        raise InterruptedError('every dump was interrupted')

    def batch(self, requests):
        """[(op, values)], pipelined: [reply, None or NlError] of each."""
        results = []
        for start in range(0, len(requests), 32):
            part = requests[start:start + 32]
            data, seqs = b'', []
            for op, values in part:
                aset = self.spec.ops[op]['attribute-set']
                data += self.message(self.family, self.spec.ops[op]['value'],
                                     self.spec.encode(aset, values))
                seqs.append(self.seq)
            self.sock.send(data)
            results += self._collect_batch(part, seqs)
        return results

    def _collect_batch(self, part, seqs):
        reply, done = {}, {}
        while len(done) < len(part):
            for kind, flags, seq, payload in self.received():
                if kind != NLMSG_ERROR:
                    reply[seq] = payload[4:]
                    continue
                try:
                    self.check_error(kind, flags, payload)
                    done[seq] = None
                except NlError as refusal:
                    done[seq] = refusal
        return [done[s] or (s in reply and self.spec.decode(
                    self.spec.ops[op]['attribute-set'], reply[s])) or None
                for s, (op, _) in zip(seqs, part)]

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def events(self, seconds, want=1):
        """Up to want events (name, values) that arrive within seconds."""
        names = {op['value']: name for name, op in self.spec.ops.items()}
        found, end = [], time.monotonic() + seconds
        while len(found) < want:
            self.sock.settimeout(max(end - time.monotonic(), 0.001))
            try:
                for kind, _, _, payload in self.received():
                    if kind != self.family:
                        continue
                    op = names[payload[0]]
                    aset = self.spec.ops[op]['attribute-set']
                    found.append((op, self.spec.decode(aset, payload[4:])))
            except TimeoutError:
                break
        self.sock.settimeout(TIMEOUT)
        return found
