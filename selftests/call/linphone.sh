#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The inside phone is linphone, an extension that registers over TLS by SHA-256;
# the outside one is baresip. Calls go both ways, with SDES on both sides.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

PASSWORD=correct-horse
PHONE=$CALL_DIR/linphone

# linphone_make: extension 1001, which verifies the gateway's certificate and takes
# no plain media.
linphone_make()
{
	mkdir -p "$PHONE/.local/share/linphone"
	cat >"$PHONE/rc" <<-END
		[sip]
		sip_port=0
		sip_tcp_port=0
		sip_tls_port=5061
		media_encryption=srtp
		media_encryption_mandatory=1
		root_ca=$CALL_DIR/ca.pem
		verify_server_certs=1
		verify_server_cn=1
		default_proxy=0
		guess_hostname=1
		[proxy_0]
		reg_proxy=<sip:$INSIDE_GW:5061;transport=tls>
		reg_identity=<sip:1001@$INSIDE_GW>
		reg_expires=600
		reg_sendregister=1
		publish=0
		[auth_info_0]
		username=1001
		passwd=$PASSWORD
		realm=ringfence
		algorithm=SHA-256
		[video]
		enabled=0
		capture=0
		display=0
		[rtp]
		audio_rtp_port=16384-16484
	END
	tone_make "$PHONE/tone.wav" $INSIDE_HZ 60
	mkfifo "$PHONE/commands"
}

linphone_start()
{
	HOME=$PHONE ns_exec in linphonec -c "$PHONE/rc" -d 6 -l "$PHONE/trace" \
		<"$PHONE/commands" >"$PHONE/log" 2>&1 &
	defer kill_wait $!
	exec 7>"$PHONE/commands"
	linphone "soundcard use files"
	linphone "play $PHONE/tone.wav"
}

# linphone COMMAND: as a person would type it.
linphone()
{
	echo "$1" >&7
}

linphone_says()
{
	grep -qE -- "$1" "$PHONE/log"
}

registered()
{
	in_ns gw ringfence -s "$RUN_DIR/control.sock" registration list |
		grep -qE "^1001 .*tls"
}

load_module
call_network
make_ca ca
make_certificate gateway ca $OUTSIDE_GW
# linphone's TLS looks for addresses among DNS names.
make_certificate inside-gateway ca "$INSIDE_GW,DNS:$INSIDE_GW"
make_certificate outside ca $OUTSIDE
phone_make outside outside tls auto
gateway_config "sip gateway inside type" endpoint \
	"sip gateway inside transport" tls \
	"sip gateway inside media-security" secure \
	"sip gateway inside tls certificate" "$CALL_DIR/inside-gateway.pem" \
	"sip gateway inside tls ca-certs" "$CALL_DIR/ca.pem" \
	"sip gateway inside tls client-authentication" false \
	"sip extension 1001 password" "$PASSWORD"
sed -i '/^sip gateway inside proxy-host /d' "$CONFIG"
gateway_start
linphone_make
linphone_start
phone_start outside
check "linphone registers, over TLS" wait_for 30 registered ||
	bail "$(tail -n 30 "$DAEMON_LOG" "$PHONE/log")"
linphone "call sip:outside@$INSIDE_GW"
check "it calls" wait_for 20 daemon_says 'call 1 from .* is established'
sleep 4
linphone terminate
check "and hangs up" wait_for 10 daemon_says 'call 1 from .* ended'
phone outside dial "sip:1001@$OUTSIDE_GW:5061" >/dev/null
check "it is called" wait_for 20 linphone_says 'Receiving new incoming call'
linphone answer
check "and answers" wait_for 20 daemon_says 'call 2 from .* is established'
sleep 4
phone outside hangup >/dev/null
check "it is told of the end" wait_for 10 daemon_says 'call 2 from .* ended'
kill "$DAEMON"
wait "$DAEMON"
check "it was encrypted throughout" \
	[ "$(grep -c 'm=audio .* RTP/SAVP' "$PHONE/trace")" -ge 4 ]
check "it proved its password by SHA-256" \
	grep -q 'Authorization:.*algorithm=SHA-256' "$PHONE/trace"
check "a clean stop" [ $? -eq 0 ]
tap_end
