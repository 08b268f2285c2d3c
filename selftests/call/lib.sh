# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Two phones and a gateway, for the tests of whole calls and for the demo.
#
#   namespace in            namespace gw                namespace out
#  +------------+      +---------------------+        +-------------+
#  | phone      |      | ringfence.ko        |        | phone       |
#  | "inside"   | SIP  | ringfenced          | SIP    | "outside"   |
#  | 440 Hz     |------|                     |--------| 1000 Hz     |
#  |            | RTP  |                     | TLS,   |             |
#  +------------+      +---------------------+ SRTP   +-------------+
#   10.0.1.2  in0      gw0 10.0.1.1 | 10.0.2.1 gw1      out0  10.0.2.2
#
# Both phones are baresip. Certificates are made on the spot; each names the
# address of its owner. Everything lies in CALL_DIR, in the guest's memory, and
# is copied to RF_OUT at the end.

# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"

# A test may set others, before call_network.
export INSIDE INSIDE_GW OUTSIDE_GW OUTSIDE # for wire.py
INSIDE=10.0.1.2
INSIDE_GW=10.0.1.1
OUTSIDE_GW=10.0.2.1
OUTSIDE=10.0.2.2
INSIDE_HZ=440
OUTSIDE_HZ=1000
CALL_DIR=$(mktemp -d)
CONFIG=$CALL_DIR/ringfence.conf
DAEMON_LOG=$CALL_DIR/ringfenced.log
RUN_DIR=${RUN_DIR:-$CALL_DIR/run}
DAEMON=

defer rm -rf "$CALL_DIR"
defer call_keep_files

# Private keys are of no use to who reads a failure.
call_keep_files()
{
	find "$CALL_DIR" \( -name '*.key' -o -name '*.pem' \) -delete
	rm -rf "$CALL_DIR"/*/tone.wav "$CALL_DIR/run"
	cp -r "$CALL_DIR/." "$RF_OUT/"
}

call_network()
{
	ns_add in
	ns_add gw
	ns_add out
	ns_link in in0 $INSIDE/24 gw gw0 $INSIDE_GW/24
	ns_link gw gw1 $OUTSIDE_GW/24 out out0 $OUTSIDE/24
	ip -n "$(ns_name in)" route add default via $INSIDE_GW
	ip -n "$(ns_name out)" route add default via $OUTSIDE_GW
	# Nothing gets across but through ringfence.
	in_ns gw sysctl -qw net.ipv4.ip_forward=0
}

# make_ca NAME: CALL_DIR/NAME.pem and its key.
make_ca()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj "/CN=$1" -keyout "$CALL_DIR/$1.key" \
		-out "$CALL_DIR/$1.pem" 2>/dev/null || bail "can't make CA $1"
}

# make_certificate NAME CA ADDRESS: CALL_DIR/NAME.pem, certificate then key, as
# baresip wants it.
make_certificate()
{
	local file=$CALL_DIR/$1

	if ! openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=$1" -keyout "$file.key" -out "$file.csr" 2>/dev/null ||
		! openssl x509 -req -in "$file.csr" -days 30 \
			-CA "$CALL_DIR/$2.pem" -CAkey "$CALL_DIR/$2.key" \
			-CAcreateserial -out "$file.crt" -extfile <(
				echo "subjectAltName=IP:$3"
				echo "extendedKeyUsage=serverAuth,clientAuth"
			) 2>/dev/null; then
		bail "can't make certificate $1"
	fi
	(umask 077 && cat "$file.crt" "$file.key" >"$file.pem")
	rm "$file.csr" "$file.crt"
}

# phone_make NAME inside|outside udp|tcp|tls auto|manual: the phone's files.
# It answers by itself, or rings until told to.
phone_make()
{
	local dir=$CALL_DIR/$1 address device hz encryption=

	case $2 in
	inside) address=$INSIDE device=in0 hz=$INSIDE_HZ ;;
	outside) address=$OUTSIDE device=out0 hz=$OUTSIDE_HZ ;;
	esac
	mkdir -p "$dir"
	tone_make "$dir/tone.wav" $hz "${TONE_SECONDS:-60}"
	[ "$3" != tls ] || encryption=";mediaenc=srtp-mand"
	cat >"$dir/config" <<-END
		sip_listen $address:5060
		sip_certificate $CALL_DIR/$1.pem
		sip_cafile $CALL_DIR/ca.pem
		sip_verify_server yes
		audio_source aufile,$dir/tone.wav
		net_interface $device
		rtp_ports 16384-16484
		rtp_stats yes
		module_path /usr/lib/baresip/modules
		module g711.so
		module aufile.so
		module sndfile.so
		module srtp.so
		snd_path $dir
		module_tmp account.so
		module_app menu.so
		module_app ctrl_tcp.so
		ctrl_tcp_listen 127.0.0.1:4444
	END
	[ "$3" = tls ] || sed -i '/^sip_cert\|^sip_ca\|^sip_verify/d' "$dir/config"
	echo "<sip:$1@$address;transport=$3>;regint=0;answermode=$4;audio_codecs=pcmu/8000/1$encryption" \
		>"$dir/accounts"
	: >"$dir/contacts"
	case $2 in
	inside) echo in ;;
	outside) echo out ;;
	esac >"$dir/namespace"
}

# phone_start NAME: what it says is in its log, its SIP messages are in its trace.
phone_start()
{
	local dir=$CALL_DIR/$1

	# The bit rate that it prints five times a second is left out.
	ns_exec "$(cat "$dir/namespace")" baresip -s -f "$dir" -4 </dev/null \
		> >(sed -u -e '/\x1b\[36;1m#/,/\x1b\[;m/{' -e "w $dir/trace" \
			-e 'd' -e '}' \
			-e 's/\(\[[0-9:]* *\] audio=[^)]*)[ \r]*\)*//g' \
			>"$dir/log") 2>&1 &
	echo $! >"$dir/pid"
	defer kill_wait $!
	wait_for 30 phone_says "$1" 'baresip is ready' ||
		bail "phone $1 doesn't start: $(cat "$dir/log")"
}

# phone_stop NAME: it hangs up, and ends.
phone_stop()
{
	kill_wait "$(cat "$CALL_DIR/$1/pid")"
}

# phone_says NAME REGEXP: its log holds it.
phone_says()
{
	grep -qE -- "$2" "$CALL_DIR/$1/log"
}

# phone NAME COMMAND [PARAMETERS]: one command of baresip's, as dial, accept,
# hangup, listcalls; prints the answer.
phone()
{
	local json

	json="{\"command\":\"$2\",\"params\":\"${3-}\",\"token\":\"t\"}"
	in_ns "$(cat "$CALL_DIR/$1/namespace")" \
		bash -c "$PHONE_ASK" phone "$json"
}

# Netstrings both ways. The connection stays open and brings events, too, so the
# end of the answer must be seen; a time would be waited for in full.
# shellcheck disable=SC2016 # for the other bash
export PHONE_ASK='
LC_ALL=C
exec 3<>/dev/tcp/127.0.0.1/4444 || exit
printf "%d:%s," "${#1}" "$1" >&3
while IFS= read -r -t 10 -u 3 -d : length &&
	IFS= read -r -t 10 -u 3 -N "$((length + 1))" text; do
	if [[ $text == *"\"response\":true"* ]]; then
		echo "${text%,}"
		exit 0
	fi
done
exit 1'

# phone_lost NAME: the packets it missed in its last call, sent and received as
# its peer and itself counted them ("0 0").
phone_lost()
{
	sed -n 's/^lost: *\([0-9]*\) *\([0-9]*\).*/\1 \2/p' \
		"$CALL_DIR/$1/log" | tail -n 1
}

# phone_received NAME: the packets it got in its last call.
phone_received()
{
	awk '/^packets:/ { n = $3 } END { print n + 0 }' "$CALL_DIR/$1/log"
}

# phone_tone NAME HZ: what it heard in its last call is that tone.
phone_tone()
{
	local file

	file=$(find "$CALL_DIR/$1" -name 'dump-*-dec.wav' | sort | tail -n 1)
	[ -n "$file" ] || { echo "$1 recorded nothing"; return 1; }
	tone_check "$file" "$2"
}

# gateway_config [PATH VALUE]...: the gateway between the two phones; a PATH
# given here replaces or joins the lines of the standard one.
gateway_config()
{
	cat >"$CONFIG" <<-END
		log level debug
		network inside address $INSIDE_GW
		network outside address $OUTSIDE_GW
		sip gateway inside network inside
		sip gateway inside transport udp
		sip gateway inside proxy-host $INSIDE
		sip gateway outside network outside
		sip gateway outside transport tls
		sip gateway outside proxy-host $OUTSIDE
		sip gateway outside media-security secure
		sip gateway outside tls certificate $CALL_DIR/gateway.pem
		sip gateway outside tls ca-certs $CALL_DIR/ca.pem
		sip route out from inside
		sip route out to outside
		sip route in from outside
		sip route in to inside
	END
	while [ $# -gt 0 ]; do
		sed -i "\\|^$1 |d" "$CONFIG"
		echo "$1 $2" >>"$CONFIG"
		shift 2
	done
}

# gateway_start: the daemon, until it is ready for calls. The log goes on.
gateway_start()
{
	local before

	before=$(grep -c "$DAEMON_READY" "$DAEMON_LOG" 2>/dev/null)
	mkdir -p "$RUN_DIR"
	gateway_daemon >>"$DAEMON_LOG" 2>&1 &
	DAEMON=$!
	defer kill_wait $DAEMON
	wait_for 30 daemon_ready "${before:-0}" ||
		bail "ringfenced doesn't start: $(tail -n 20 "$DAEMON_LOG")"
}

gateway_daemon()
{
	ns_exec gw ringfenced -c "$CONFIG" --run-dir "$RUN_DIR"
}

# What the daemon logs when it is ready.
DAEMON_READY="ringfenced .* is running"
# Without the module, on this machine: SIP and the negotiation of media, no media.
if [ "$RF_KERNEL" = host ]; then
	PATH=$RF_BUILD/userspace/ringfence:$PATH
	export RINGFENCE_YANG_DIR=$RF_TOP/userspace/config
	DAEMON_READY="main: ready"
	load_module()
	{
		:
	}
	gateway_daemon()
	{
		ns_exec gw "$RF_BUILD/userspace/ringfenced/negotiating-daemon" \
			"$CONFIG" "$RUN_DIR"
	}
fi

daemon_ready()
{
	[ "$(grep -c "$DAEMON_READY" "$DAEMON_LOG")" -gt "$1" ]
}

# daemon_says REGEXP
daemon_says()
{
	grep -qE -- "$1" "$DAEMON_LOG"
}

# sessions: how many the module has in the gateway's namespace.
sessions()
{
	in_ns gw ringfence -j session list |
		python3 -c 'import json,sys; print(len(json.load(sys.stdin)))'
}

sessions_are()
{
	[ "$(sessions)" = "$1" ]
}

# capture_start: what goes over the gateway's two wires, to CAPTURE, until
# capture_stop.
CAPTURE=$CALL_DIR/wires.pcapng
CAPTURE_PID=
capture_start()
{
	ns_exec gw dumpcap -q -s 0 -B 8 -i gw0 -i gw1 -w "$CAPTURE" \
		>"$CALL_DIR/dumpcap.log" 2>&1 &
	CAPTURE_PID=$!
	defer kill_wait $CAPTURE_PID
	wait_for 30 grep -q '^File:' "$CALL_DIR/dumpcap.log" ||
		bail "can't capture: $(cat "$CALL_DIR/dumpcap.log")"
}

capture_stop()
{
	kill_wait "$CAPTURE_PID"
}

# call_stage [PATH VALUE]...: everything up to two idle phones. The inside one
# speaks INSIDE_TRANSPORT (udp); ANSWER (auto) says what both do with a call.
call_stage()
{
	load_module
	call_network
	make_ca ca
	make_certificate gateway ca $OUTSIDE_GW
	make_certificate outside ca $OUTSIDE
	phone_make inside inside "${INSIDE_TRANSPORT:-udp}" "${ANSWER:-auto}"
	phone_make outside outside tls "${ANSWER:-auto}"
	gateway_config "$@"
	gateway_start
	phone_start inside
	phone_start outside
}

# dial CALLER: it calls the other phone.
dial()
{
	case $1 in
	inside*) phone "$1" dial "sip:outside@$INSIDE_GW" ;;
	outside*) phone "$1" dial "sip:inside@$OUTSIDE_GW:5061" ;;
	esac >/dev/null
}

# calls_established COUNT: both phones have had so many calls.
calls_established()
{
	[ "$(grep -c 'Call established' "$CALL_DIR/inside/log")" -eq "$1" ] &&
		[ "$(grep -c 'Call established' "$CALL_DIR/outside/log")" -eq "$1" ]
}

# calls_ended COUNT: both phones have given account of so many calls.
calls_ended()
{
	[ "$(grep -c '^lost:' "$CALL_DIR/inside/log")" -eq "$1" ] &&
		[ "$(grep -c '^lost:' "$CALL_DIR/outside/log")" -eq "$1" ]
}

# call_over NUMBER: the gateway has ended that call, and both phones are idle.
call_over()
{
	daemon_says "call $1 from .* ended" && phone_idle inside &&
		phone_idle outside
}

phone_idle()
{
	phone "$1" listcalls | grep -q 'no active calls\|(0)'
}

no_session()
{
	sessions_are 0
}

# rx_packets LEG: what leg 0 (the caller's) or 1 of the only session received.
rx_packets()
{
	in_ns gw ringfence -j session list | python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["legs"][int(sys.argv[1])]["rx_packets"])' "$1"
}

# relayed: there is the module, and so there is media.
relayed()
{
	[ "$RF_KERNEL" != host ]
}

# suite_is ADDRESS SUITE: of our leg there in the only session; none is plain media.
suite_is()
{
	local suite

	suite=$(in_ns gw ringfence -j session list | python3 -c '
import json, sys
(session,) = json.load(sys.stdin)
print(next(l.get("suite", "none") for l in session["legs"]
           if l["local"]["address"] == sys.argv[1]))' "$1")
	echo "the suite at $1 is $suite"
	[ "$suite" = "$2" ]
}

# traces inside|outside: the SIP messages of the phones there.
traces()
{
	local dir side=out

	[ "$1" = outside ] || side=in
	for dir in "$CALL_DIR"/*/; do
		[ "$(cat "$dir/namespace" 2>/dev/null)" != $side ] ||
			cat "$dir/trace"
	done
}

# outside_sees_nothing: no address of the inside, and none of its Call-IDs.
outside_sees_nothing()
{
	local seen=$CALL_DIR/traces.outside ids=$CALL_DIR/call-ids.inside

	traces outside >"$seen"
	traces inside | sed -n 's/^Call-ID: *\([^\r]*\).*/\1/Ip' | sort -u >"$ids"
	if [ ! -s "$seen" ] || [ ! -s "$ids" ]; then
		echo "no SIP was seen"
		return 1
	fi
	! grep -F -e "$INSIDE" -e "$INSIDE_GW" -f "$ids" "$seen"
}

# call_end: the test's end, after calls between inside and outside.
call_end()
{
	check "the SIP outside tells nothing of the inside" outside_sees_nothing
	tap_end
}

# facts: of the capture, to CALL_DIR/facts (wire.py names them); fact NAME
# prints one, fact_is compares it.
facts()
{
	"$RF_TOP/selftests/call/wire.py" judge "$CAPTURE" >"$CALL_DIR/facts"
}

fact()
{
	awk -v name="$1" '$1 == name { print $2 }' "$CALL_DIR/facts"
}

# fact_is NAME [TEST OPERATOR] VALUE: fact_is inside_missing 0
fact_is()
{
	local value

	value=$(fact "$1")
	echo "$1 is ${value:-unknown}"
	if [ $# -eq 3 ]; then
		test "${value:--1}" "$2" "$3"
	else
		test "$value" = "$2"
	fi
}

# no_loss PHONE: it got media, all of it, and so did its peer.
no_loss()
{
	echo "$1 received $(phone_received "$1"), lost $(phone_lost "$1")"
	[ "$(phone_received "$1")" -gt 100 ] && [ "$(phone_lost "$1")" = "0 0" ]
}

# whole_call CALLER HANGS_UP: the life of one call, with all checks of it; the
# stage must be set.
whole_call()
{
	local seconds=7

	capture_start
	dial "$1"
	check "$1 calls, and the call is established" \
		wait_for 20 calls_established 1 || {
		diag "$(tail -n 30 "$DAEMON_LOG")"
		tap_end
	}
	check "the module has one session" wait_for 5 sessions_are 1
	sleep $seconds
	in_ns gw ringfence session show id "$(first_session)" \
		>"$CALL_DIR/session" 2>&1
	check "the session has counted packets both ways" \
		both_legs_count $((seconds * 40))
	phone "$2" hangup >/dev/null
	check "$2 hangs up, and both calls end" wait_for 10 calls_ended 1
	check "the session is gone" wait_for 5 no_session
	capture_stop
	call_checks $((seconds * 45))
}

first_session()
{
	in_ns gw ringfence -j session list |
		python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])'
}

# both_legs_count N
both_legs_count()
{
	local a b

	a=$(rx_packets 0)
	b=$(rx_packets 1)
	echo "leg a received $a, leg b $b packets, want $1"
	[ "$a" -ge "$1" ] && [ "$b" -ge "$1" ]
}

# call_checks PACKETS: what the phones heard and the wires showed.
call_checks()
{
	check "the inside phone heard the outside one's tone" \
		phone_tone inside $OUTSIDE_HZ
	check "the outside phone heard the inside one's tone" \
		phone_tone outside $INSIDE_HZ
	check "the inside phone and its peer lost nothing" no_loss inside
	check "the outside phone and its peer lost nothing" no_loss outside
	facts
	check "inside: the phone's RTP" fact_is inside_rtp_from_phone -ge "$1"
	check "inside: RTP to the phone" fact_is inside_rtp_to_phone -ge "$1"
	check "inside: all of it plain G.711" fact_is inside_not_plain 0
	check "inside: no packet missing" fact_is inside_missing 0
	check "outside: the phone's SRTP" fact_is outside_srtp_from_phone -ge "$1"
	check "outside: SRTP to the phone" fact_is outside_srtp_to_phone -ge "$1"
	check "outside: every packet has a tag" fact_is outside_not_srtp 0
	check "outside: no UDP but media" fact_is outside_not_media 0
	check "outside: no packet missing" fact_is outside_missing 0
	check "outside: signaling is TLS" fact_is outside_tls -ge 5
	check "outside: no SIP to be read" fact_is outside_readable_sip 0
	check "inside: the search for media finds all of it" \
		fact_is inside_readable "$(($(fact inside_rtp_from_phone) + \
			$(fact inside_rtp_to_phone)))"
	check "outside: the search for media finds none" \
		fact_is outside_readable 0
}
