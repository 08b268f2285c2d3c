#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Calls with sipp as both phones, in a network namespace of its own, on loopback:
#
#	sipp 127.0.1.2:5070 -- 127.0.1.1 gateway 127.0.2.1 -- sipp 127.0.2.2:5080
#
# b2bua.py looks at each message; here another implementation judges, and there
# are many calls at a time.
set -u
. "$RF_TOP/selftests/lib.sh"

GATEWAY=${RF_SIP_GATEWAY:-$RF_BUILD/userspace/sip/sip-gateway}
export RINGFENCE_YANG_DIR=${RINGFENCE_YANG_DIR:-$RF_TOP/userspace/config}
export RF_FAKE_SESSIONS
DIR=$(mktemp -d)
defer rm -rf "$DIR"
RF_FAKE_SESSIONS=$DIR/sessions

command -v sipp >/dev/null || bail "sipp is not installed (sip-tester)"
ns_add sip

# gateway_start TRANSPORT: both gateways with it.
gateway_start()
{
	rm -rf "$DIR/run" "$DIR/sessions"
	mkdir -p "$DIR/run" "$DIR/sessions"
	sed "s/TRANSPORT/$1/" >"$DIR/conf" <<-EOC
		network inside address 127.0.1.1
		network outside address 127.0.2.1
		sip gateway inside network inside
		sip gateway inside transport TRANSPORT
		sip gateway inside proxy-host 127.0.1.2
		sip gateway inside proxy-port 5070
		sip gateway outside network outside
		sip gateway outside transport TRANSPORT
		sip gateway outside proxy-host 127.0.2.2
		sip gateway outside proxy-port 5080
		sip route out from inside
		sip route out to outside
	EOC
	# Not a subshell: the process must be ours, to be waited for.
	ip netns exec "$(ns_name sip)" "$GATEWAY" "$DIR/conf" "$DIR/run" \
		>"$DIR/log" 2>&1 &
	gateway=$!
	wait_for 10 grep -q 'main: ready' "$DIR/log" || bail "no gateway"
}

# calls SIPP-TRANSPORT UAS-SCENARIO ARGS...: sipp's own verdict is the result.
calls()
{
	local mode=$1 scenario=$2 uas status

	shift 2
	rm -f "$DIR"/*.messages
	ip netns exec "$(ns_name sip)" sipp -sn "$scenario" -t "$mode" -i 127.0.2.2 \
		-p 5080 -nostdin -trace_msg -message_file "$DIR/uas.messages" \
		>"$DIR/uas" 2>&1 &
	uas=$!
	sleep 0.5
	in_ns sip sipp -sn uac -t "$mode" -i 127.0.1.2 -p 5070 \
		127.0.1.1:5060 -s bob -nostdin -timeout 120 -timeout_error \
		-trace_msg -message_file "$DIR/uac.messages" \
		"$@" >"$DIR/uac" 2>&1
	status=$?
	kill_wait "$uas"
	[ "$status" -eq 0 ] || tail -40 "$DIR/uac"
	return "$status"
}

nothing_left()
{
	[ -z "$(find "$DIR/sessions" -type f)" ] &&
		! grep -aq ringfence-call "$DIR/run/calls"
}

# hidden: nothing that the callee sees tells of the caller, and the other way round.
hidden()
{
	[ "$(grep -c '^INVITE ' "$DIR/uas.messages")" -ge 1 ] || return
	if grep -F 127.0.1. "$DIR/uas.messages" ||
		grep -F 127.0.2. "$DIR/uac.messages"; then
		return 1
	fi
	! call_ids uac | grep -Fxf <(call_ids uas)
}

# call_ids uac|uas: all that it has seen.
call_ids()
{
	sed -n 's/^Call-ID: *\([^\r]*\)\r*$/\1/p' "$DIR/$1.messages" | sort -u
}

for transport in udp:u1 tcp:t1; do
	gateway_start "${transport%:*}"
	check "${transport%:*}: one call" \
		calls "${transport#*:}" uas -m 1 -d 200
	# Slow enough for an emulated processor: sipp takes a lost ACK badly.
	check "${transport%:*}: 60 calls, 5 a second" \
		calls "${transport#*:}" uas -m 60 -r 5 -d 2000
	check "${transport%:*}: neither side has seen the other's addresses or Call-IDs" \
		hidden
	check "${transport%:*}: no session and no record is left" \
		wait_for 40 nothing_left
	kill "$gateway"
	wait "$gateway"
	check "${transport%:*}: a clean exit" [ $? -eq 0 ]
done
tap_end
