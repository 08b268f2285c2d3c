#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a packet comes in and goes out by: fragments, small MTUs, VLANs,
bridges, macvlans, GRO and GSO, checksum offload, sniffers; routes, neighbours
and devices that change under a call; a namespace that goes with its calls."""
import contextlib
import json
import os
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from guest import THIN, in_netns, topology, wait_for  # noqa: E402
from lab import (Call, Lab, NETS, Secure, Tap, address,  # noqa: E402
                 open_lab, received, rtp, run)

tap = Tap()
CM, GCM = 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'
UDP_SEGMENT, ETH_P_ALL = 103, 3
FAMILIES = ((4, 4), (6, 6), (4, 6), (6, 4))
SECURE = 'plain' not in sys.argv


def ip(namespace, *words):
    return run('ip', '-n', namespace, *words)


def inside(namespace, *command):
    return run('ip', 'netns', 'exec', namespace, *command)


def legs():
    """Protections of leg b: none, and one that changes payloads in place."""
    return [None, Secure(CM), Secure(GCM)] if SECURE else [None]


def text(leg):
    return leg.suite if leg else 'plain'


def relayed(call, which, packets):
    """All at once; the numbers of those that didn't arrive as they were."""
    far = call.far(which)
    for packet in packets:
        call.send(which, call.legs[which].seal(packet))
    return [n for n, packet in enumerate(packets)
            if call.legs[far].open(call.next(far)) != packet]


def both_ways(call, lengths=(0, 160, 1000)):
    return [relayed(call, which, [call.fresh(which, payload=bytes(n))
                                  for n in lengths]) for which in 'ab']


def check_fragments(lab):
    """Larger than a link: in pieces on the way in, and on the way out."""
    for family in FAMILIES:
        for leg in legs():
            with Call(lab, b=leg, family=family) as call:
                tap.equal(both_ways(call, (1500, 3000, 1473, 9000)),
                          [[], []], 'IPv{} to IPv{}'.format(*family) +
                          f', {text(leg)}: fragments')
                tap.equal([call.drops(w) for w in 'ab'], [{}, {}],
                          'and none dropped')


def check_too_big(lab):
    """What protection makes longer than a datagram can be."""
    if not SECURE:
        return
    with Call(lab, b=Secure(CM)) as call:
        call.send('a', call.fresh('a', payload=bytes(65495)))
        tap.ok(call.lives('a') and call.drops('a') == {'too-big': 1},
               'too long once it is protected', call.drops('a'))


def check_mtu(lab):
    """The way out is narrower than the way in."""
    ends = ((lab.gateway, 'vb'), (lab.names[2], 'eth0'))
    for family in (4, 6):
        for ns, dev in ends:
            ip(ns, 'link', 'set', dev, 'mtu', '1280')
        for leg in legs():
            with Call(lab, b=leg, family=(family, family)) as call:
                tap.equal(both_ways(call, (160, 500, 572, 1232, 1400)),
                          [[], []], f'IPv{family}, {text(leg)}: output '
                          'beyond an MTU of 1280')
        for ns, dev in ends:
            ip(ns, 'link', 'set', dev, 'mtu', '1500')
    route = (f'{address("b", 0)}/24', 'dev', 'vb', 'src', address('b', 1))
    ip(lab.gateway, 'route', 'replace', *route, 'mtu', 'lock', '400')
    for leg in legs():
        with Call(lab, b=leg) as call:
            tap.equal(both_ways(call, (160, 500, 1400)), [[], []],
                      f'{text(leg)}: output beyond 400 bytes of a route')
    ip(lab.gateway, 'route', 'replace', *route)


# Devices above and beside

def with_address(lab, which, near, far, last):
    """A further network on devices of gateway and phone; undone by deleting
    them."""
    host = lab.names[0 if which == 'a' else 2]
    for ns, dev, end in ((lab.gateway, near, 1), (host, far, 2)):
        ip(ns, 'address', 'add', f'203.0.{last}.{end}/24', 'dev', dev)
        ip(ns, 'link', 'set', dev, 'up')


def check_call_at(lab, what, last, leg):
    """A call whose leg a is in the network 203.0.<last>.0."""
    old = NETS['a'][4]
    NETS['a'][4] = f'203.0.{last}.'
    try:
        with Call(lab, b=leg) as call:
            tap.equal(both_ways(call, (160, 1400, 3000)), [[], []],
                      f'{what}, {text(leg)}: relayed both ways')
            tap.equal([call.drops(w) for w in 'ab'] +
                      [call.stats(w)['rx-packets'] for w in 'ab'],
                      [{}, {}, 3, 3], f'{what}, {text(leg)}: once each')
    finally:
        NETS['a'][4] = old


def check_vlan(lab):
    host, gateway = lab.names[0], lab.gateway
    for offload in ('on', 'off'):
        for ns, dev, parent in ((gateway, 'va.7', 'va'),
                                (host, 'eth0.7', 'eth0')):
            inside(ns, 'ethtool', '-K', parent, 'txvlan', offload, 'rxvlan',
                   offload)
            ip(ns, 'link', 'add', 'link', parent, 'name', dev, 'type', 'vlan',
               'id', '7')
        with_address(lab, 'a', 'va.7', 'eth0.7', 7)
        for leg in legs():
            check_call_at(lab, f'VLAN, offload {offload}', 7, leg)
        ip(gateway, 'link', 'delete', 'va.7')
        ip(host, 'link', 'delete', 'eth0.7')


def check_bridge(lab):
    host, gateway = lab.names[0], lab.gateway
    ip(gateway, 'link', 'add', 'br0', 'type', 'bridge')
    ip(gateway, 'link', 'add', 'port0', 'type', 'veth', 'peer', 'name',
       'eth1', 'netns', host)
    ip(gateway, 'link', 'set', 'port0', 'master', 'br0', 'up')
    with_address(lab, 'a', 'br0', 'eth1', 8)
    for leg in legs():
        check_call_at(lab, 'bridge', 8, leg)
    ip(gateway, 'link', 'delete', 'port0')
    ip(gateway, 'link', 'delete', 'br0')


def check_macvlan(lab):
    """The debug kernel has none; to the module they are as bridges are."""
    if os.environ.get('RF_KERNEL') == 'debug':
        return
    host, gateway = lab.names[0], lab.gateway
    ip(gateway, 'link', 'add', 'link', 'va', 'name', 'mac0', 'type',
       'macvlan', 'mode', 'bridge')
    ip(host, 'link', 'add', 'link', 'eth0', 'name', 'mac0', 'type',
       'macvlan', 'mode', 'bridge')
    with_address(lab, 'a', 'mac0', 'mac0', 9)
    for leg in legs():
        check_call_at(lab, 'macvlan', 9, leg)
    ip(gateway, 'link', 'delete', 'mac0')
    ip(host, 'link', 'delete', 'mac0')


# Offloads

def check_gso(lab):
    """Datagrams that the sender hands over as one, and veth passes on so."""
    for family in ((4, 4), (6, 6), (4, 6)):
        for leg in legs():
            with Call(lab, b=leg, family=family) as call:
                what = 'IPv{} to IPv{}'.format(*family) + f', {text(leg)}'
                sock = call.phones['a'].sockets[0]
                packets = [call.fresh('a') for _ in range(20)]
                packets[-1] = packets[-1][:100]  # the last may be shorter
                sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT,
                                len(packets[0]))
                call.send('a', b''.join(packets))
                sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
                have = [call.legs['b'].open(call.next('b'))
                        for _ in packets]
                tap.equal(have, packets, f'{what}: GSO of 20 datagrams')
                tap.equal(call.stats('a')['rx-packets'], 20,
                          f'{what}: counted one by one')
                tap.ok(call.lives('a') and call.lives('b'),
                       f'{what}: and it goes on')


def check_gro(lab):
    """Datagrams that the gateway's own device merges."""
    for ns, dev in ((lab.gateway, 'va'), (lab.names[0], 'eth0')):
        inside(ns, 'ethtool', '-K', dev, 'gro', 'on')
    inside(lab.gateway, 'ethtool', '-K', 'va', 'rx-udp-gro-forwarding', 'on')
    for leg in legs():
        with Call(lab, b=leg) as call:
            packets = [call.fresh('a') for _ in range(200)]
            tap.equal(relayed(call, 'a', packets), [],
                      f'UDP GRO forwarding, {text(leg)}: 200 in a burst')
    check_gso(lab)
    inside(lab.gateway, 'ethtool', '-K', 'va', 'rx-udp-gro-forwarding',
           'off', 'rx-gro-list', 'on')
    for leg in legs():
        with Call(lab, b=leg) as call:
            packets = [call.fresh('a') for _ in range(200)]
            tap.equal(relayed(call, 'a', packets), [],
                      f'GRO by list, {text(leg)}: 200 in a burst')
    for ns, dev in ((lab.gateway, 'va'), (lab.names[0], 'eth0')):
        inside(ns, 'ethtool', '-K', dev, 'gro', 'off')


def check_checksum_offload(lab):
    ends = ((lab.names[0], 'eth0'), (lab.gateway, 'va'), (lab.gateway, 'vb'),
            (lab.names[2], 'eth0'))
    for off in ((0,), (2,), (0, 2), (0, 1, 2, 3)):
        for n in off:
            inside(ends[n][0], 'ethtool', '-K', ends[n][1], 'tx', 'off', 'rx',
                   'off')
        # Two of them have all ways in and out.
        for family in FAMILIES if THIN == 1 else FAMILIES[2:]:
            for leg in legs():
                with Call(lab, b=leg, family=family) as call:
                    tap.equal(both_ways(call), [[], []],
                              'IPv{} to IPv{}'.format(*family) +
                              f', {text(leg)}: checksum offload off at ' +
                              ', '.join(f'{ends[n][1]} of {ends[n][0][:2]}'
                                        for n in off))
        for n in off:
            inside(ends[n][0], 'ethtool', '-K', ends[n][1], 'tx', 'on', 'rx',
                   'on')


def check_taps(lab):
    """A sniffer on each device sees what was on it, and nothing changes."""
    for leg in legs():
        with Call(lab, b=leg) as call:
            taps = {}
            for ns, dev in ((lab.gateway, 'va'), (lab.gateway, 'vb'),
                            (lab.names[0], 'eth0'), (lab.names[2], 'eth0')):
                sock = in_netns(ns, socket.socket, socket.AF_PACKET,
                                socket.SOCK_RAW, socket.htons(ETH_P_ALL))
                sock.bind((dev, ETH_P_ALL))
                taps[dev + ns[:2]] = sock
            packets = [call.fresh('a') for _ in range(20)]
            tap.equal(relayed(call, 'a', packets), [],
                      f'{text(leg)}: sniffers on all devices, to b')
            near = taps['va' + lab.gateway[:2]]
            seen = [f[42:] for f in iter(lambda: received(near, .1), None)]
            tap.equal([p for p in packets if p not in seen], [],
                      f'{text(leg)}: one at va sees what a sent')
            far = taps['vb' + lab.gateway[:2]]
            seen = [f for f in iter(lambda: received(far, .1), None)]
            tap.equal(len([f for f in seen if any(
                p[:12] == f[42:54] for p in packets)]), 20,
                f'{text(leg)}: one at vb sees what goes to b')
            packets = [call.fresh('b') for _ in range(20)]
            wires = [call.legs['b'].seal(p) for p in packets]
            for wire in wires:
                call.send('b', wire)
            tap.equal([call.next('a') for _ in packets], packets,
                      f'{text(leg)}: sniffers on all devices, to a')
            seen = [f[42:] for f in iter(lambda: received(far, .1), None)]
            tap.equal([w for w in wires if w not in seen], [],
                      f'{text(leg)}: one at vb sees what b sent')
            for sock in taps.values():
                sock.close()


# Changes under a call

def check_route(lab):
    """Phone b is behind a router, then behind another."""
    gateway, host = lab.gateway, lab.names[2]
    ip(gateway, 'link', 'add', 'vc', 'type', 'veth', 'peer', 'name', 'eth1',
       'netns', host)
    for ns, dev, last in ((gateway, 'vc', 1), (host, 'eth1', 2)):
        ip(ns, 'address', 'add', f'203.0.113.{last}/24', 'dev', dev)
        ip(ns, 'link', 'set', dev, 'up')
    ip(host, 'address', 'add', '203.0.114.2/32', 'dev', 'lo')
    for name in ('all', 'eth0', 'eth1', 'lo'):
        inside(host, 'sysctl', '-qw', f'net.ipv4.conf.{name}.rp_filter=0')
    for name in ('all', 'vb', 'vc'):
        inside(gateway, 'sysctl', '-qw', f'net.ipv4.conf.{name}.rp_filter=0')
    routes = {'vb': ('via', '198.51.100.2'), 'vc': ('via', '203.0.113.2')}
    for leg in legs():
        ip(gateway, 'route', 'replace', '203.0.114.0/24', *routes['vb'])
        with Call(lab, b=leg, legs={'b': {'peer-ipv4': '203.0.114.2',
                                          'latch': 'strict'}}) as call:
            sock = in_netns(host, socket.socket, socket.AF_INET,
                            socket.SOCK_DGRAM)
            port = call.phones['b'].port
            call.phones['b'].sockets[0].close()
            sock.bind(('203.0.114.2', port))
            call.phones['b'].sockets[0] = sock
            for dev in ('vb', 'vc', 'vb'):
                ip(gateway, 'route', 'replace', '203.0.114.0/24',
                   *routes[dev])
                before = sent_by(gateway, dev)
                lost = both_ways(call, (10,) * 50)
                tap.ok(lost == [[], []] and sent_by(gateway, dev) - before
                       >= 50, f'{text(leg)}: the route to b is by {dev} now',
                       (lost, sent_by(gateway, dev) - before))
            ip(gateway, 'route', 'delete', '203.0.114.0/24')
            for _ in range(5):
                call.send('a', call.fresh('a'))
            quiet = call.next('b', 0, .2) is None
            tap.ok(quiet and call.drops('a') == {'no-route': 5},
                   f'{text(leg)}: without a route it is counted',
                   call.drops('a'))
            ip(gateway, 'route', 'add', '203.0.114.0/24', *routes['vb'])
            tap.equal(both_ways(call), [[], []],
                      f'{text(leg)}: and with one it goes on')
    ip(gateway, 'route', 'delete', '203.0.114.0/24')
    ip(gateway, 'link', 'delete', 'vc')
    ip(host, 'address', 'delete', '203.0.114.2/32', 'dev', 'lo')


def sent_by(namespace, dev):
    """Packets that a device has sent."""
    return json.loads(ip(namespace, '-j', '-s', 'link', 'show', 'dev', dev))[
        0]['stats64']['tx']['packets']


def check_neighbour(lab):
    """The phone is another one now, with the same address."""
    host = lab.names[2]
    for family in (4, 6):
        with Call(lab, family=(family, family)) as call:
            good = call.lives('a')
            for n in (1, 2):
                mac = f'02:00:00:00:0{family}:0{n}'
                ip(host, 'link', 'set', 'eth0', 'address', mac)
                ip(lab.gateway, 'neigh', 'replace', address('b', 2, family),
                   'lladdr', mac, 'dev', 'vb', 'nud', 'reachable')
                good &= call.lives('a')
            tap.ok(good, f'IPv{family}: a new link-layer address of b is '
                   'used at once')
            ip(lab.gateway, 'neigh', 'flush', 'dev', 'vb')
            tap.ok(call.lives('a'), f'IPv{family}: found again after its '
                   'entry was deleted')


def back(call):
    """Late packets out of the way, all is as before."""
    for phone in call.phones.values():
        phone.drain()
    return both_ways(call) == [[], []]


def check_down(lab):
    for leg in legs():
        with Call(lab, b=leg) as call:
            good = not any(both_ways(call))
            for dev in ('va', 'vb'):
                ip(lab.gateway, 'link', 'set', dev, 'down')
                for which in 'ab':
                    call.send(which, call.legs[which].seal(
                        call.fresh(which)))
                ip(lab.gateway, 'link', 'set', dev, 'up')
                tap.ok(good and wait_for(lambda: back(call)),
                       f'{text(leg)}: {dev} down and up again')


def check_replaced(lab):
    """The device goes, and another of its name comes."""
    gateway, host = lab.gateway, lab.names[2]
    call = Call(lab)
    good = call.lives('a') and call.lives('b')
    ip(gateway, 'link', 'delete', 'vb')
    call.send('a', call.fresh('a'))
    ip(gateway, 'link', 'add', 'vb', 'type', 'veth', 'peer', 'name', 'eth0',
       'netns', host)
    for ns, dev, last in ((gateway, 'vb', 1), (host, 'eth0', 2)):
        ip(ns, 'address', 'add', f'{address("b", last)}/24', 'dev', dev)
        ip(ns, 'address', 'add', f'{address("b", last, 6)}/64', 'dev', dev,
           'nodad')
        ip(ns, 'link', 'set', dev, 'up')
    ip(host, 'address', 'add', f'{address("b", 3)}/24', 'dev', 'eth0')
    ip(host, 'route', 'add', 'default', 'via', address('b', 1))
    ip(gateway, 'link', 'set', 'va', 'down')
    ip(gateway, 'link', 'set', 'va', 'name', 'vx')
    ip(gateway, 'link', 'set', 'vx', 'up')
    tap.ok(good and both_ways(call) == [[], []],
           'a device deleted and made again, another one renamed')
    ip(gateway, 'link', 'set', 'vx', 'down')
    ip(gateway, 'link', 'set', 'vx', 'name', 'va')
    ip(gateway, 'link', 'set', 'va', 'up')
    call.close()


def check_namespace():
    """A gateway that goes with its calls, packets on their way."""
    for round_ in range(3):
        with topology() as names:
            lab = Lab(names)
            calls = [Call(lab, b=leg) for leg in legs() for _ in range(20)]
            for call in calls:
                call.send('a', rtp(1))
                call.send('b', rtp(1))
            lab.close()
            run('ip', 'netns', 'delete', names[1])
            for call in calls:
                for phone in call.phones.values():
                    with contextlib.suppress(OSError):  # unreachable soon
                        for n in range(100):
                            phone.send(rtp(n))
                    phone.close()
            run('ip', 'netns', 'add', names[1])
        with topology() as names:
            lab = Lab(names)
            with Call(lab) as call:
                tap.ok(call.lives('a') and call.lives('b'), 'a namespace was '
                       f'deleted with its calls, round {round_ + 1}')
            lab.close()


def main():
    with open_lab() as lab:
        for check in (check_fragments, check_too_big, check_mtu,
                      check_vlan, check_bridge, check_macvlan, check_gso,
                      check_gro, check_checksum_offload, check_taps,
                      check_route, check_neighbour, check_down,
                      check_replaced):
            check(lab)
    check_namespace()
    tap.clean_log()
    tap.finish()


main()
