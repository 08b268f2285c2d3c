# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the tests of the command line tool. Source it first:
#
#	. "$RF_TOP/selftests/cli/lib.sh"

# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"

WORK=$(mktemp -d)
defer rm -rf "$WORK"
umask 077

# says STATUS REGEXP ARGS...: `ringfence ARGS` exits so and says so, on either
# channel; an empty REGEXP: it says nothing.
says()
{
	local status=$1 want=$2 text got=0

	shift 2
	text=$(ringfence "$@" 2>&1 </dev/null) || got=$?
	judge "ringfence ${*//$WORK\//}" "$status" "$want" "$got" "$text"
}

# judge NAME STATUS REGEXP GOT_STATUS GOT_TEXT
judge()
{
	local name=$1 status=$2 want=$3 got=$4 text=$5

	if [ "$got" -ne "$status" ]; then
		not_ok "$name"
		diag "exit status $got, not $status: $text"
	elif [ -z "$want" ] && [ -n "$text" ]; then
		not_ok "$name"
		diag "should have said nothing: $text"
	elif ! grep -qE -- "$want" <<<"$text"; then
		not_ok "$name"
		diag "should have said \"$want\": $text"
	else
		ok "$name"
	fi
}

# gateway_addresses: 10.0.1.1/24, 192.0.2.1/24 and 2001:db8::1/64, which the
# sessions use, in this network namespace.
gateway_addresses()
{
	ip link set lo up
	ip link add gw0 type dummy || bail "can't make a dummy device"
	defer ip link del gw0
	ip addr add 10.0.1.1/24 dev gw0
	ip addr add 192.0.2.1/24 dev gw0
	ip addr add 2001:db8::1/64 dev gw0 nodad
	ip link set gw0 up
}

# two_phones: the module, and in namespaces of their own
#
#	inside 10.0.1.2 -- 10.0.1.1 gateway 192.0.2.1 -- 192.0.2.2 outside
two_phones()
{
	load_module
	ns_add inside
	ns_add gateway
	ns_add outside
	ns_link gateway in0 10.0.1.1/24 inside eth0 10.0.1.2/24
	ns_link gateway out0 192.0.2.1/24 outside eth0 192.0.2.2/24
}

# gw WORD...: ringfence in the gateway of two_phones.
gw()
{
	ringfence -n "$(ns_name gateway)" "$@"
}

# make_key [BYTES]: base64 of so many, 30 (40 characters) for AES-128.
make_key()
{
	head -c "${1:-30}" /dev/urandom | base64 -w 0
	echo
}

# plain_session [PORT]: words of a session without SRTP.
plain_session()
{
	local port=${1:-20000}

	echo "a local 10.0.1.1:$port peer 10.0.1.2:4000" \
		"b local 192.0.2.1:$port peer 192.0.2.2:4000"
}

# session_count: from the module's own sum.
session_count()
{
	ringfence -j stats | jq .sessions
}
