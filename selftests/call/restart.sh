#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The daemon is killed in the middle of a call. Media goes on without it; the
# next one adopts the call, and a BYE of either phone still ends it.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

# media_flows: both legs receive more than a second ago.
media_flows()
{
	local a b

	a=$(rx_packets 0)
	b=$(rx_packets 1)
	sleep 1
	[ "$(rx_packets 0)" -ge $((a + 40)) ] &&
		[ "$(rx_packets 1)" -ge $((b + 40)) ]
}

# survive NUMBER HANGS_UP
survive()
{
	dial inside
	check "call $1 is established" wait_for 20 calls_established "$1"
	wait_for 5 sessions_are 1
	sleep 2
	kill -KILL "$DAEMON"
	wait "$DAEMON" 2>/dev/null
	check "call $1: media goes on without the daemon" media_flows
	gateway_start
	check "call $1: the session is still there" sessions_are 1
	check "call $1: media goes on with the new daemon" media_flows
	phone "$2" hangup >/dev/null
	check "call $1: $2 hangs up, both calls end" \
		wait_for 20 calls_ended "$1"
	check "call $1: the session is gone" wait_for 10 no_session
	check "call $1: nothing was lost inside" no_loss inside
	check "call $1: nothing was lost outside" no_loss outside
}

call_stage
survive 1 inside
survive 2 outside
dial inside
check "a new call is established" wait_for 20 calls_established 3
phone inside hangup >/dev/null
check "and ends" wait_for 10 no_session
call_end
