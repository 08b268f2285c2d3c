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

INSIDE=10.0.1.2
INSIDE_GW=10.0.1.1
OUTSIDE_GW=10.0.2.1
OUTSIDE=10.0.2.2
INSIDE_HZ=440
OUTSIDE_HZ=1000
CALL_DIR=$(mktemp -d)
CONFIG=$CALL_DIR/ringfence.conf
DAEMON_LOG=$CALL_DIR/ringfenced.log
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
	tone_make "$dir/tone.wav" $hz 60
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

# phone_start NAME
phone_start()
{
	local dir=$CALL_DIR/$1

	# The bit rate that it prints five times a second is left out.
	in_ns "$(cat "$dir/namespace")" baresip -f "$dir" -4 </dev/null \
		> >(sed -u 's/\(\[[0-9:]* *\] audio=[^)]*)[ \r]*\)*//g' >"$dir/log") \
		2>&1 &
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
	printf '%d:%s,' "${#json}" "$json" |
		in_ns "$(cat "$CALL_DIR/$1/namespace")" \
			socat -t 2 - TCP:127.0.0.1:4444
}

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
		sip gateway outside tls certificate-file $CALL_DIR/gateway.pem
		sip gateway outside tls ca-file $CALL_DIR/ca.pem
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
	mkdir -p "$CALL_DIR/run"
	in_ns gw ringfenced -c "$CONFIG" --run-dir "$CALL_DIR/run" \
		>>"$DAEMON_LOG" 2>&1 &
	DAEMON=$!
	defer kill_wait $DAEMON
	wait_for 30 daemon_ready "${before:-0}" ||
		bail "ringfenced doesn't start: $(tail -n 20 "$DAEMON_LOG")"
}

# What the daemon logs when it is ready.
DAEMON_READY="ready"
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

# capture_start NAME DEVICE: what the gateway sends and gets there, to
# CALL_DIR/NAME.pcap, until capture_stop NAME.
capture_start()
{
	local file=$CALL_DIR/$1.pcap

	in_ns gw tcpdump -Z root -U -s 0 -B 4096 -w "$file" -i "$2" \
		>"$CALL_DIR/$1.tcpdump" 2>&1 &
	echo $! >"$CALL_DIR/$1.pid"
	defer kill_wait $!
	wait_for 30 grep -q 'listening on' "$CALL_DIR/$1.tcpdump" ||
		bail "can't capture: $(cat "$CALL_DIR/$1.tcpdump")"
}

capture_stop()
{
	kill_wait "$(cat "$CALL_DIR/$1.pid")"
}

# capture_count NAME FILTER [TSHARK OPTION]...: the packets that match.
capture_count()
{
	local file=$CALL_DIR/$1.pcap filter=$2

	shift 2
	tshark -n -r "$file" "$@" -Y "$filter" 2>/dev/null | wc -l
}
