#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The configuration changes in the middle of a call: limits of the kernel's
# firewall, and the version of TLS. Neither is felt by who talks.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

# change LINE...: commands of "ringfence config", and a commit.
change()
{
	local line

	for line in "$@" commit; do
		# shellcheck disable=SC2086 # words
		in_ns gw ringfence -s "$RUN_DIR/control.sock" config $line ||
			return
	done
}

# limit_is CLASS WORDS: what the kernel has.
limit_is()
{
	in_ns gw ringfence limit list | grep "^$1 "
	in_ns gw ringfence limit list | grep -qE "^$1 .*$2"
}

more_than()
{
	[ "$(rx_packets 0)" -gt $(($1 + 50)) ] &&
		[ "$(rx_packets 1)" -gt $(($2 + 50)) ]
}

media_flows()
{
	local a b

	a=$(rx_packets 0)
	b=$(rx_packets 1)
	wait_for 20 more_than "$a" "$b"
}

# connections: those of the gateway with the outside phone, by their ports.
connections()
{
	in_ns gw ss -Htn state established dst "$OUTSIDE" | awk '{ print $3 }' |
		sort
}

connections_are()
{
	echo "$(connections), before: $1"
	[ "$(connections)" = "$1" ]
}

not_connected()
{
	! connections_are "$1"
}

call_stage
dial inside
check "the call is established" wait_for 20 calls_established 1
check "media flows both ways" media_flows
BEFORE=$(connections)
SESSION=$(first_session)
check "limits are committed" change "set guard limit invite rate 7" \
	"set guard limit tls-connect burst 3" "set guard sources 2048" \
	"set guard strike strikes 7"
check "the kernel has them" limit_is invite "7"
check "media flows as before" media_flows
check "the TLS connection is the same" connections_are "$BEFORE"
check "another version of TLS is committed" \
	change "set sip gateway outside tls tls-versions max tls12"
check "the TLS connection was made on other terms" \
	wait_for 20 not_connected "$BEFORE"
check "media flows as before" media_flows
check "the session is the same" test "$(first_session)" = "$SESSION"
phone inside hangup >/dev/null
check "both calls end" wait_for 20 calls_ended 1
check "the session is gone" wait_for 10 no_session
check "nothing was lost inside" no_loss inside
check "nothing was lost outside" no_loss outside
call_end
