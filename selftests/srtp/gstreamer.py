#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""GStreamer's srtpenc and srtpdec as the phone: AES-CM and GCM, both ways."""
import pathlib
import sys

import gi

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lab import (SSRC, Call, Secure, Tap, open_lab, oracle,  # noqa: E402
                 rtcp, rtp)

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

tap = Tap()
# Cipher and authentication in GStreamer's words, of RTP and of RTCP.
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': ('aes-128-icm', 'hmac-sha1-80',
                                'hmac-sha1-80'),
    'AES_CM_128_HMAC_SHA1_32': ('aes-128-icm', 'hmac-sha1-32',
                                'hmac-sha1-80'),
    'AES_256_CM_HMAC_SHA1_80': ('aes-256-icm', 'hmac-sha1-80',
                                'hmac-sha1-80'),
    'AES_256_CM_HMAC_SHA1_32': ('aes-256-icm', 'hmac-sha1-32',
                                'hmac-sha1-80'),
    'AEAD_AES_128_GCM': ('aes-128-gcm', 'null', 'null'),
    'AEAD_AES_256_GCM': ('aes-256-gcm', 'null', 'null'),
}
PATIENCE = 5 * Gst.SECOND
RTP_CAPS = (f'application/x-rtp,media=audio,clock-rate=8000,'
            f'encoding-name=PCMU,payload=0,ssrc=(uint){SSRC}')


class Pipe:
    """appsrc, one element, appsink; RTP and RTCP."""

    def __init__(self, element, caps):
        self.pipeline = Gst.Pipeline()
        self.pipeline.add(element)
        self.ends = {}
        for kind, text in caps.items():
            source = Gst.ElementFactory.make('appsrc')
            source.set_property('caps', Gst.Caps.from_string(text))
            source.set_property('format', Gst.Format.TIME)
            sink = Gst.ElementFactory.make('appsink')
            for name in ('sync', 'async'):
                sink.set_property(name, False)
            # Python holds the buffer, but srtpdec 1.22 wants one of its own.
            copy = Gst.ElementFactory.make('identity')
            copy.set_property('single-segment', True)
            for one in (source, copy, sink):
                self.pipeline.add(one)
            source.link(copy)
            self.connect(element, kind, copy, sink)
            self.ends[kind] = source, sink
        self.pipeline.set_state(Gst.State.PLAYING)
        self.clock = 0

    def connect(self, element, kind, source, sink):
        raise NotImplementedError

    def run(self, kind, packet):
        """What comes out for a packet, None if nothing does."""
        source, sink = self.ends[kind]
        buffer = Gst.Buffer.new_wrapped(packet)
        self.clock += 20 * Gst.MSECOND
        buffer.pts = buffer.dts = self.clock
        source.emit('push-buffer', buffer)
        sample = sink.emit('try-pull-sample', PATIENCE)
        if not sample:
            return None
        out = sample.get_buffer()
        return out.extract_dup(0, out.get_size())

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


class Encoder(Pipe):
    def __init__(self, suite, key):
        cipher, auth, rtcp_auth = SUITES[suite]
        element = Gst.ElementFactory.make('srtpenc')
        for name, value in (('rtp-cipher', cipher), ('rtp-auth', auth),
                            ('rtcp-cipher', cipher),
                            ('rtcp-auth', rtcp_auth)):
            Gst.util_set_object_arg(element, name, value)
        element.set_property('key', Gst.Buffer.new_wrapped(key))
        super().__init__(element, {'rtp': RTP_CAPS,
                                   'rtcp': 'application/x-rtcp'})

    def connect(self, element, kind, source, sink):
        source.link_pads('src', element, f'{kind}_sink_0')
        element.link_pads(f'{kind}_src_0', sink, 'sink')


class Decoder(Pipe):
    def __init__(self, suite, key):
        cipher, auth, rtcp_auth = SUITES[suite]
        element = Gst.ElementFactory.make('srtpdec')
        keys = (f'srtp-key=(buffer){key.hex()},srtp-cipher={cipher},'
                f'srtp-auth={auth},srtcp-cipher={cipher},'
                f'srtcp-auth={rtcp_auth}')
        super().__init__(element, {
            'rtp': RTP_CAPS.replace('x-rtp', 'x-srtp') + f',{keys}',
            'rtcp': f'application/x-srtcp,{keys},ssrc=(uint){SSRC}'})

    def connect(self, element, kind, source, sink):
        source.link_pads('src', element, f'{kind}_sink')
        element.link_pads(f'{kind}_src', sink, 'sink')


class GStreamer(Secure):
    """The judges of a leg."""

    def start(self, lab, name):
        self.sender = Encoder(self.suite, self.rx[0][0])
        self.receiver = Decoder(self.suite, self.tx[0][0])

    def seal(self, packet, control=0, number=0):
        return self.sender.run('rtcp' if control else 'rtp', packet)

    def open(self, wire, control=0):
        if wire is None:
            return None
        return self.receiver.run('rtcp' if control else 'rtp', wire)

    def stop(self):
        self.sender.close()
        self.receiver.close()


def check(lab, suite):
    leg = GStreamer(suite)
    with Call(lab, b=leg) as call:
        for which, way in (('a', 'to'), ('b', 'from')):
            lost = []
            for n in [*range(65500, 65600)]:
                packet = rtp(n, payload=bytes([n & 0xff]) * (n % 200))
                sent, arrived, result = call.relay(which, packet)
                wire = arrived if which == 'a' else sent
                if result != packet or len(wire) != len(packet) + \
                        oracle.SUITES[suite].tag:
                    lost.append(n)
            tap.equal(lost, [], f'{suite}: 100 packets over a wrap {way} '
                      'GStreamer')
            lost = [n for n in range(10) if call.relay(
                which, rtcp(packets=n), 1)[2] != rtcp(packets=n)]
            tap.equal(lost, [], f'{suite}: RTCP {way} GStreamer')
        tap.equal([call.drops('a'), call.drops('b')], [{}, {}],
                  f'{suite}: none dropped')
        other = Secure(suite, seed=5)
        other.start(lab, 'other')
        call.send('b', other.seal(rtp(70000)))
        tap.ok(call.lives('b') and call.drops('b') == {'auth-failed': 1},
               f'{suite}: with other keys it is dropped', call.drops('b'))
    leg.stop()


def main():
    Gst.init(None)
    with open_lab() as lab:
        for suite in SUITES:
            check(lab, suite)
    tap.clean_log()
    tap.finish()


main()
