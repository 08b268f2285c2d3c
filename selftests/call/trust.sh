#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The outside phone shows a certificate of another CA, then one with another
# name. Calls fail in both directions, the log says why, nothing stays behind;
# with the right certificate the same gateway works.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

# log_since LINE REGEXP
log_since()
{
	tail -n "+$(($1 + 1))" "$DAEMON_LOG" | grep -qiE -- "$2"
}

lines()
{
	wc -l <"$DAEMON_LOG"
}

call_failed()
{
	phone "$1" listcalls | grep -q 'no active calls\|(0)'
}

# refused WHAT REGEXP: calls fail both ways, the log says it.
refused()
{
	local before

	before=$(lines)
	dial inside
	check "$1: the inside phone's call fails" wait_for 40 call_failed inside
	check "$1: the log says why" wait_for 5 log_since "$before" "$2"
	before=$(lines)
	dial outside
	check "$1: the outside phone's call fails" wait_for 40 call_failed outside
	check "$1: the log says why again" wait_for 5 log_since "$before" "$2"
	check "$1: no call came about" calls_established 0
	check "$1: no session stays" wait_for 5 no_session
}

# show_certificate CA ADDRESS: the outside phone starts again with it.
show_certificate()
{
	phone_stop outside
	make_certificate outside "$1" "$2"
	phone_start outside
}

call_stage
make_ca other
show_certificate other $OUTSIDE
refused "wrong CA" 'certificate.*(CA|issuer|authority|trusted)'
show_certificate ca 10.0.2.99
refused "wrong name" "certificate.*(name|10\\.0\\.2\\.2)"
show_certificate ca $OUTSIDE
dial inside
check "right certificate: the call is established" \
	wait_for 40 calls_established 1
phone inside hangup >/dev/null
check "and ends" wait_for 5 no_session
tap_end
