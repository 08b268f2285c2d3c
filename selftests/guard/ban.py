#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the daemon sees is struck, banned and trusted in the kernel."""
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from lab import GATEWAY, PLAIN, SECURE, STRANGERS, Lab, message
from guest import Tap, received, wait_for

tap = Tap()


def scanner(lab):
    address = STRANGERS[0]
    scan = message('OPTIONS', address, agent='friendly-scanner')
    lab.answered(address, scan)
    tap.ok(lab.banned(address), 'one request of a scanner bans it',
           lab.said()[-2000:])
    tap.equal(lab.answered(address, seconds=0.5), None,
              'and the kernel drops what follows')
    ban = lab.prefixes('ban-get')[address]
    tap.ok(ban['packets'] >= 1, 'which is counted', ban)
    tap.ok('200' in (lab.answered(PLAIN) or ''), 'the trunk is answered')
    told = lab.notifications('Guard')
    tap.ok(any(n['number'] == 401 and address in n['text'] and
               'scanner' in n['text'] for n in told), 'it is told', told)


def stranger(lab):
    address = STRANGERS[1]
    with lab.udp(address) as sock:
        for i in range(12):
            sock.sendto(message('REGISTER', address, user=str(i)),
                        (GATEWAY, 5060))
    tap.ok(lab.banned(address), 'who is nobody and asks often is banned')


def stranger_by_tcp(lab):
    address = STRANGERS[2]
    for _ in range(12):
        try:
            lab.tcp(address, seconds=0.5).close()
        except OSError:
            break
    tap.ok(lab.banned(address), 'and who connects often')
    ban = lab.prefixes('ban-get')[address]
    try:
        lab.tcp(address, seconds=0.5).close()
        tap.ok(False, 'it connects no more', ban)
    except OSError:
        tap.ok(True, 'it connects no more')


def once(lab):
    address = STRANGERS[3]
    tap.ok('403' in (lab.answered(address) or ''), 'once is no offence')
    tap.ok(address not in lab.prefixes('ban-get'), 'no ban for that')


def trunks(lab):
    trust = lab.prefixes('trust-get')
    tap.equal(sorted(trust), [PLAIN, SECURE], 'both trunks are trusted')
    scan = message('INVITE', PLAIN, agent='sipvicious')
    with lab.udp(PLAIN) as sock:
        for _ in range(50):
            sock.sendto(b'no SIP', (GATEWAY, 5060))
            sock.sendto(scan, (GATEWAY, 5060))
    for _ in range(15):
        with lab.tcp(SECURE, 5061) as sock:
            sock.sendall(b'GET / HTTP/1.0\r\n\r\n')
            sock.settimeout(5)
            try:
                while sock.recv(4096):
                    pass
            except OSError:
                pass
    tap.ok(wait_for(lambda: 'bad-handshake, proved' in lab.said()),
           'bad handshakes are struck')
    tap.ok(wait_for(lambda: f'strike {PLAIN}: malformed' in lab.said()),
           'and what is no SIP')
    tap.ok('200' in (lab.answered(PLAIN) or ''),
           'the trunk whose name was taken is served')
    lab.tcp(SECURE, 5061).close()
    banned = lab.prefixes('ban-get')
    tap.ok(PLAIN not in banned and SECURE not in banned,
           'no trunk is banned', banned)


def slow(lab):
    """Without trust a slow peer is banned, too; then trust comes back."""
    lab.change('set guard trust-gateways false',
               'set guard strike strikes 2', 'set guard strike ban-time 4',
               'set sip connections message-timeout 1')
    tap.equal(lab.prefixes('trust-get'), {}, 'no trust is left')
    socks = [lab.tcp(PLAIN) for _ in range(3)]
    for sock in socks:
        sock.sendall(b'INVITE sip:x')
    tap.ok(lab.banned(PLAIN, 20), 'a slow sender is banned',
           lab.said()[-2000:])
    tap.ok(wait_for(lambda: PLAIN not in lab.prefixes('ban-get'), 30),
           'for its time')
    tap.ok('200' in (lab.answered(PLAIN) or ''), 'and is served again')
    for sock in socks:
        sock.close()
    lab.change('del guard')
    tap.equal(sorted(lab.prefixes('trust-get')), [PLAIN, SECURE],
              'trust is back')


def granted(lab):
    """Who is no configured trunk, but shows its certificate."""
    lab.change('set guard trust-gateways false', 'set guard tls-trust-time 60')
    with lab.tls() as sock:
        tap.equal(lab.prefixes('trust-get'), {}, 'a connection is no message')
        sock.sendall(message('OPTIONS', SECURE).replace(b'/UDP', b'/TLS'))
        trust = wait_for(lambda: lab.prefixes('trust-get')).get(SECURE, {})
    tap.equal((trust.get('kind'), 50 < trust.get('left', 0) <= 60),
              ('granted', True), 'a verified peer is trusted for its time')
    lab.change('del guard')


def limits(lab):
    def settings(name):
        return next(entry['limit'] if 'limit' in entry else entry
                    for entry in classes() if name in str(entry))

    def classes():
        found = []
        for entry in lab.nl.dump('limit-get'):
            limit = entry['limit']
            found += limit if isinstance(limit, list) else [limit]
        return found
    before = lab.said().count('kernel module refuses')
    lab.change('set guard limit options rate 3', 'set guard limit options '
               'burst 4', 'set guard sources 2048')
    options = settings('options')
    tap.ok((options['enabled'], options['rate'], options['burst']) ==
           (1, 3, 4), 'a class is limited', options)
    tap.equal(lab.nl.do('limit-get')['sources'], 2048, 'and the table')
    with lab.udp(STRANGERS[5]) as sock:
        for _ in range(60):
            sock.sendto(message('OPTIONS', STRANGERS[5]), (GATEWAY, 5060))
        while received(sock, 0.2):
            pass
    tap.ok(settings('options')['limited'] > 0, 'by the kernel',
           settings('options'))
    lab.change('del guard limit options')
    tap.equal(settings('options')['enabled'], 0, 'and not any more')
    tap.equal(lab.said().count('kernel module refuses'), before,
              'nothing was refused')


def restart(lab):
    lab.nl.do('rules-set', {'rule': [{'chain': 'local', 'action': 'count',
                                      'comment': 'mine'}]})
    tap.equal(lab.stop(), 0, 'a clean stop')
    tap.equal(sorted(lab.prefixes('trust-get')), [PLAIN, SECURE],
              'trust outlives the daemon')
    conf = lab.dir / 'conf'
    conf.write_text(conf.read_text().replace(
        f'proxy-host {PLAIN}', f'proxy-host {STRANGERS[8]}'))
    lab.start()
    tap.equal(sorted(lab.prefixes('trust-get')),
              sorted([SECURE, STRANGERS[8]]),
              'the next one finds its own again, and puts it right')
    tap.equal([one['rule'][0].get('comment') for one in
               lab.nl.dump('rules-get') if 'rule' in one], ['mine'],
              'rules are none of its business')


def main():
    lab = Lab()
    try:
        scanner(lab)
        stranger(lab)
        stranger_by_tcp(lab)
        once(lab)
        trunks(lab)
        slow(lab)
        granted(lab)
        limits(lab)
        restart(lab)
    finally:
        if tap.failed:
            print(''.join(f'# {line}\n' for line in
                          lab.said().splitlines()[-30:]))
        lab.close()
    tap.clean_log()
    tap.finish()


main()
