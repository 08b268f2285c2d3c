#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The example of Documentation/examples/kamailio, file by file as it is: the gateway
# registers at Kamailio over a TLS link, and calls go both ways, each challenged.
#
#	PBX 192.0.2.10 -- 192.0.2.1 gateway 198.51.100.1 -- Kamailio 198.51.100.5
#	                                                     `- bob 198.51.100.20
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

INSIDE=192.0.2.10 INSIDE_GW=192.0.2.1
OUTSIDE=198.51.100.20 OUTSIDE_GW=198.51.100.1
EXAMPLE=$RF_TOP/Documentation/examples/kamailio
PROXY=198.51.100.5
PROXY_DIR=$CALL_DIR/kamailio
# Where scripts/setup unpacks it.
KAMAILIO=${RINGFENCE_CACHE:-/var/cache/ringfence}/kamailio/usr

# kamailio_start: with the example's files in a folder.
kamailio_start()
{
	local lib=$KAMAILIO/lib/x86_64-linux-gnu/kamailio

	mkdir "$PROXY_DIR" "$PROXY_DIR/run"
	cp "$EXAMPLE/kamailio.cfg" "$EXAMPLE/tls.cfg" "$PROXY_DIR"
	"$EXAMPLE/make-certificates" "$PROXY_DIR" 2>"$PROXY_DIR/openssl.log" ||
		bail "no certificates: $(cat "$PROXY_DIR/openssl.log")"
	# It looks its host's name up, and in a guest waits for DNS in vain.
	# shellcheck disable=SC2016 # for the other shell
	LD_LIBRARY_PATH=$lib ns_exec out unshare --uts \
		sh -c 'hostname localhost && exec "$@"' sh \
		"$KAMAILIO/sbin/kamailio" -L "$lib/modules" \
		-f "$PROXY_DIR/kamailio.cfg" -DD -E -Y "$PROXY_DIR/run" \
		-P "$PROXY_DIR/run/pid" -m 32 -M 8 >"$PROXY_DIR/log" 2>&1 &
	defer kill_wait $!
	wait_for 20 kamailio_listens ||
		bail "Kamailio doesn't start: $(tail -n 20 "$PROXY_DIR/log")"
}

kamailio_listens()
{
	in_ns out ss -Hltn src "$PROXY:5061" | grep -q LISTEN
}

kamailio_says()
{
	grep -qE -- "$1" "$PROXY_DIR/log"
}

# gateway_files: the example's configuration, and what README has imported.
gateway_files()
{
	local store=$CALL_DIR/certificates

	mkdir -p "$store/host" "$store/others"
	cp "$PROXY_DIR/gateway.pem" "$store/host/gateway"
	cp "$PROXY_DIR/ca.pem" "$store/others/sip-ca"
	cp "$EXAMPLE/ringfence.conf" "$CONFIG"
}

# bob_make: an outside phone with an account at Kamailio, and its certificate.
bob_make()
{
	cp "$PROXY_DIR/ca.pem" "$PROXY_DIR/ca.key" "$CALL_DIR"
	make_certificate outside ca $OUTSIDE
	phone_make outside outside tls auto
	echo "<sip:bob@sip.example.net;transport=tls>;auth_user=bob;auth_pass=and-this-one-too;outbound=\"sip:$PROXY:5061;transport=tls\";regint=600;answermode=auto;audio_codecs=pcmu/8000/1;mediaenc=srtp-mand" \
		>"$CALL_DIR/outside/accounts"
}

dial()
{
	case $1 in
	inside) phone inside dial "sip:bob@$INSIDE_GW" ;;
	outside) phone outside dial "sip:pbx@sip.example.net" ;;
	esac >/dev/null
}

# daemon_cli COMMAND-LINE
daemon_cli()
{
	# shellcheck disable=SC2086 # words
	in_ns gw ringfence -s "$RUN_DIR/control.sock" $1
}

registered()
{
	daemon_cli "registration list" |
		grep -qE 'pbx.* registered'
}

# link_ports: our ports of connections with Kamailio, and its of those it made.
link_ports()
{
	in_ns gw ss -Htn dst "$PROXY" | awk '{ print $4, $5 }'
}

one_link()
{
	local ports

	ports=$(link_ports)
	echo "$ports"
	[ "$ports" = "$OUTSIDE_GW:16000 $PROXY:5061" ]
}

# call_media: the second call has some, secured by the gateway, not by Kamailio.
call_media()
{
	check "it has one session, with SRTP outside" \
		suite_is $OUTSIDE_GW AES_CM_128_HMAC_SHA1_80
	check "and plain media inside" suite_is $INSIDE_GW none
	check "which counts packets both ways" wait_for 20 both_legs_count 200
}

call_heard()
{
	check "the PBX heard bob's tone" phone_tone inside $OUTSIDE_HZ
	check "bob heard the PBX's" phone_tone outside $INSIDE_HZ
	check "no session stays" wait_for 5 no_session
}

load_module
call_network
ip -n "$(ns_name out)" address add $PROXY/24 dev out0
kamailio_start
gateway_files
bob_make
phone_make inside inside udp auto
sed -i 's/sip:inside@/sip:pbx@/' "$CALL_DIR/inside/accounts"
gateway_start
check "the gateway registers over TLS" wait_for 30 registered ||
	diag "$(tail -n 20 "$DAEMON_LOG" "$PROXY_DIR/log")"
phone_start inside
phone_start outside
check "so does the outside phone" wait_for 10 phone_says outside '200 OK|registered'
if relayed; then
	whole_call inside outside
else
	dial inside
	check "a call from inside" wait_for 20 calls_established 1
	phone outside hangup >/dev/null
	check "it ends" wait_for 10 call_over 1
fi
check "the INVITE was challenged, by TLS" kamailio_says 'INVITE of .* is challenged by tls'
check "and came again with the account's password" \
	kamailio_says 'pbx calls bob by tls'
dial outside
check "a call from outside" wait_for 20 calls_established 2
! relayed || call_media
phone inside hangup >/dev/null
check "it ends" wait_for 10 call_over 2
! relayed || call_heard
check "bob's INVITE was the PBX's" kamailio_says 'bob calls pbx by tls'
check "all of it went by the gateway's one link, from port 16000" one_link
check "the gateway has no other than 5061 open outside" \
	[ -z "$(in_ns gw ss -Hlnut src "$OUTSIDE_GW" | grep -v ":5061 ")" ]
# What README says of a trial without TLS.
while read -r line; do
	daemon_cli "${line#ringfence }" || bail "$line"
done < <(sed -n 's/^ *\(ringfence config .*\)/\1/p' "$EXAMPLE/README")
check "without TLS it registers at port 5062, as README says" \
	wait_for 30 daemon_says "pbx of SIP gateway trunk is registered at $PROXY:5062"
dial inside
check "and calls" wait_for 20 kamailio_says 'pbx calls bob by udp'
check "bob wants SRTP, and refuses" wait_for 10 daemon_says 'trunk answered 488'
kill "$DAEMON"
wait "$DAEMON"
check "a clean stop" [ $? -eq 0 ]
call_end
