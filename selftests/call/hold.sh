#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Hold and resume by re-INVITE, by the plain phone and by the SRTP phone. A held
# call has another time-out; media flows again, under the keys of before, for a
# phone like this one takes no others.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

# Both phones say that their call is over. They tell of lost packets, as others are
# asked, only if a report came since the last change.
both_ended()
{
	grep -q 'terminated (duration' "$CALL_DIR/inside/log" &&
		grep -q 'terminated (duration' "$CALL_DIR/outside/log"
}

# changes_are N: the gateway has passed on so many re-INVITEs.
changes_are()
{
	[ "$(grep -c 'has changed the session' "$DAEMON_LOG")" -eq "$1" ]
}

session_field()
{
	in_ns gw ringfence -j session list | python3 -c '
import json, sys
session = json.load(sys.stdin)[0]
print(eval(sys.argv[1], {"s": session, "legs": session["legs"]}))' "$1"
}

field_is()
{
	local value

	value=$(session_field "$1")
	echo "$1 is $value"
	[ "$value" = "$2" ]
}

# media_flows: both legs receive 50 packets more.
media_flows()
{
	local a b

	a=$(rx_packets 0)
	b=$(rx_packets 1)
	wait_for 20 more_than "$a" "$b"
}

more_than()
{
	[ "$(rx_packets 0)" -gt $(($1 + 50)) ] &&
		[ "$(rx_packets 1)" -gt $(($2 + 50)) ]
}

# hold_and_resume PHONE CHANGES
hold_and_resume()
{
	phone "$1" hold >/dev/null
	check "$1 holds the call" wait_for 10 changes_are $(($2 + 1))
	check "a held call may be silent for hold-timeout" \
		field_is 's["idle_timeout"]' 60
	phone "$1" resume >/dev/null
	check "$1 resumes the call" wait_for 10 changes_are $(($2 + 2))
	check "idle-timeout counts again" field_is 's["idle_timeout"]' 5
	check "media flows both ways" media_flows
}

TONE_SECONDS=300 # a phone hangs up at the end of its tone
call_stage "media idle-timeout" 5 "media hold-timeout" 60
dial inside
check "the call is established" wait_for 20 calls_established 1
check "media flows both ways" media_flows
hold_and_resume inside 0
hold_and_resume outside 2
check "nothing failed authentication" field_is \
	'sum(l.get("drops", {}).get("auth-failed", 0) for l in legs)' 0
check "one session, for all of it" sessions_are 1
check "the SRTP phone could decrypt all that came" \
	[ -z "$(grep 'failed to decrypt' "$CALL_DIR/outside/log")" ]
phone inside hangup >/dev/null
check "both calls end" wait_for 10 both_ended
check "the session is gone" wait_for 5 no_session
call_end
