# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Linphone as one of the two phones of lib.sh, which must be sourced before. It is
# an extension, whose number is its name, and has its files in CALL_DIR/NUMBER. It
# is never the server of a TLS connection ("New connection arriving on TLS, not
# handled"): it is called by the connection with which it registered.

LINPHONE_PASSWORD=correct-horse

# linphone_make NUMBER inside|outside HOST: it registers at HOST, a name that the
# gateway's certificate must have, over TLS, and takes no plain media.
linphone_make()
{
	local dir=$CALL_DIR/$1 hz=$INSIDE_HZ

	[ "$2" = inside ] || hz=$OUTSIDE_HZ
	mkdir -p "$dir/.local/share/linphone"
	cat >"$dir/rc" <<-END
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
		[net]
		dns_srv_enabled=0
		[proxy_0]
		reg_proxy=<sip:$3:5061;transport=tls>
		reg_identity=<sip:$1@$3>
		reg_expires=600
		reg_sendregister=1
		publish=0
		[auth_info_0]
		username=$1
		passwd=$LINPHONE_PASSWORD
		realm=ringfence
		algorithm=SHA-256
		[video]
		enabled=0
		capture=0
		display=0
		[rtp]
		audio_rtp_port=16384-16484
	END
	tone_make "$dir/tone.wav" "$hz" 60
	mkfifo "$dir/commands"
	case $2 in
	inside) echo in ;;
	outside) echo out ;;
	esac >"$dir/namespace"
}

# linphone_certificate NUMBER NAME: it shows CALL_DIR/NAME.pem.
linphone_certificate()
{
	sed -i "/^\[sip\]/a client_cert_chain=$CALL_DIR/$2.pem\nclient_cert_key=$CALL_DIR/$2.key" \
		"$CALL_DIR/$1/rc"
}

# linphone_start NUMBER: what it says is in its log, its SIP messages are in its
# trace; file descriptor 7 is its keyboard.
linphone_start()
{
	local dir=$CALL_DIR/$1

	HOME=$dir ns_exec "$(cat "$dir/namespace")" linphonec -c "$dir/rc" -d 6 \
		-l "$dir/trace" <"$dir/commands" >"$dir/log" 2>&1 &
	echo $! >"$dir/pid"
	defer kill_wait $!
	exec 7>"$dir/commands"
	linphone "soundcard use files"
	linphone "play $dir/tone.wav"
	linphone "record $dir/heard.wav"
}

# linphone COMMAND: as a person would type it.
linphone()
{
	echo "$1" >&7
}

linphone_registered()
{
	in_ns gw ringfence -s "$RUN_DIR/control.sock" registration list |
		grep -qE "^$1 .*tls"
}

# linphone_heard NUMBER HZ: since the last time, that tone.
linphone_heard()
{
	local file=$CALL_DIR/$1/heard.wav

	tone_check "$file" "$2" && rm "$file"
}

# established NUMBER, ended NUMBER: the gateway says so of that call.
established()
{
	daemon_says "call $1 from .* is established"
}

ended()
{
	daemon_says "call $1 from .* ended"
}

# call_media NUMBER: there is some both ways in that call, for 4 seconds.
call_media()
{
	relayed || return 0
	check "call $1: the module has one session" wait_for 5 sessions_are 1
	check "call $1: it counts packets both ways" \
		wait_for 20 both_legs_count 200
}

# linphone_calls NUMBER HOST OTHER CALLED: it calls OTHER, which is baresip, at HOST
# and hangs up; then OTHER calls it as CALLED.
linphone_calls()
{
	linphone "call sip:$3@$2"
	check "linphone calls" wait_for 20 established 1 ||
		bail "$(tail -n 30 "$DAEMON_LOG" "$CALL_DIR/$1/log")"
	call_media 1
	linphone terminate
	check "and hangs up" wait_for 10 ended 1
	both_heard 1 "$1" "$3"
	phone "$3" dial "sip:$4" >/dev/null
	check "it is called" wait_for 20 \
		grep -q 'Receiving new incoming call' "$CALL_DIR/$1/log"
	linphone answer
	check "and answers" wait_for 20 established 2
	call_media 2
	phone "$3" hangup >/dev/null
	check "it is told of the end" wait_for 10 ended 2
	both_heard 2 "$1" "$3"
	! relayed || check "no session stays" wait_for 5 no_session
}

# wire_facts PACKETS: what both wires showed, with so many each way. Linphone punches
# holes by STUN until media comes.
wire_facts()
{
	facts
	check "inside: the phone's media" fact_is inside_rtp_from_phone -ge "$1"
	check "inside: media to the phone" fact_is inside_rtp_to_phone -ge "$1"
	check "inside: no packet missing" fact_is inside_missing 0
	check "outside: the phone's SRTP" fact_is outside_srtp_from_phone -ge "$1"
	check "outside: SRTP to the phone" fact_is outside_srtp_to_phone -ge "$1"
	check "outside: every packet has a tag" fact_is outside_not_srtp 0
	check "outside: no UDP but media and the phone's STUN" \
		fact_is outside_not_media "$(fact outside_stun_from_phone)"
	check "outside: no packet missing" fact_is outside_missing 0
	check "outside: no SIP to be read" fact_is outside_readable_sip 0
	check "outside: the search for the media of inside finds none" \
		fact_is outside_readable 0
}

# gateway_stop: the daemon ends, as it should.
gateway_stop()
{
	kill "$DAEMON"
	wait "$DAEMON"
	check "a clean stop" [ $? -eq 0 ]
}

# both_heard CALL NUMBER OTHER: each of them the other's tone.
both_heard()
{
	local mine=$INSIDE_HZ other=$OUTSIDE_HZ

	[ "$3" = outside ] || { mine=$OUTSIDE_HZ other=$INSIDE_HZ; }
	wait_for 5 phone_idle "$3"
	relayed || return 0
	check "call $1: linphone heard the other's tone" \
		linphone_heard "$2" "$other"
	check "call $1: the other heard linphone's" phone_tone "$3" "$mine"
}
