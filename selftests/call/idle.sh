#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Both phones fall silent without a BYE. After the idle time-out the gateway
# ends the call on both sides, and says so.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

signal_phones()
{
	kill "-$1" "$(cat "$CALL_DIR/inside/pid")" "$(cat "$CALL_DIR/outside/pid")"
}

call_stage "media idle-timeout" 5
dial inside
check "the call is established" wait_for 20 calls_established 1
sleep 8
check "a call with media outlives the time-out" sessions_are 1
signal_phones STOP
check "a silent call's session is removed" wait_for 20 no_session
check "the log says why" wait_for 5 daemon_says 'idle|silent|no media'
signal_phones CONT
check "both phones were told" wait_for 40 calls_ended 1
call_end
