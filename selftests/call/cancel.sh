#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Calls that don't come about: the caller gives up while the phone rings, the
# callee declines. Both directions; nothing may stay behind.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

ANSWER=manual
call_stage

ringing()
{
	phone "$1" listcalls | grep -q INCOMING
}

idle()
{
	phone "$1" listcalls | grep -q 'no active calls\|(0)'
}

both_idle()
{
	idle inside && idle outside
}

# give_up CALLER CALLEE
give_up()
{
	dial "$1"
	check "$1 calls, $2 rings" wait_for 10 ringing "$2"
	check "$1 hears that it rings" wait_for 5 phone_says "$1" '180 Ringing'
	phone "$1" hangup >/dev/null
	check "$1 gives up, both phones are idle" wait_for 10 both_idle
	check "no session stays" wait_for 5 no_session
}

# decline CALLER CALLEE
decline()
{
	dial "$1"
	check "$1 calls again, $2 rings" wait_for 10 ringing "$2"
	phone "$2" hangup >/dev/null
	check "$2 declines, both phones are idle" wait_for 10 both_idle
	check "$1 is told it is busy" wait_for 5 phone_says "$1" '486 Busy'
	check "no session stays" wait_for 5 no_session
}

give_up inside outside
decline inside outside
give_up outside inside
decline outside inside

dial inside
wait_for 10 ringing outside
phone outside accept >/dev/null
check "then a call is answered" wait_for 10 calls_established 1
phone outside hangup >/dev/null
check "and ended" wait_for 10 both_idle
check "no session stays" wait_for 5 no_session
call_end
