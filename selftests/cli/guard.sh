#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bans, trust and limits by the command line: made, shown, removed; what the
# kernel refuses and what the tool does; events.
set -u
. "$RF_TOP/selftests/cli/lib.sh"

load_module
gateway_addresses

# is COMMAND FILTER VALUE: jq FILTER of the JSON of a command gives VALUE.
is()
{
	local got

	# shellcheck disable=SC2086 # the command is several words
	got=$(ringfence -j $1 | jq -c "$2")
	[ "$got" = "$3" ] || {
		echo "$2 is $got, not $3"
		return 1
	}
}

says 0 '^\[\]$' -j ban list
says 0 '^\[\]$' -j trust list
says 0 '^register +off ' limit list
check "limits are off at first" is 'limit list' '[.classes[].enabled] | map(select(.)) | length' 1

ringfence monitor >"$WORK/events" 2>&1 &
monitor=$!
defer kill "$monitor"
sleep 1

says 0 '' ban add 192.0.2.7 comment 'too noisy'
says 0 '' ban add 2001:db8:1::/48 time 600
says 0 '^192\.0\.2\.7 +0 +- +- +0  operator too noisy$' ban list
check "a prefix with its time" is 'ban list' \
	'.[] | select(.prefix == "2001:db8:1::/48") | [.reason, .left <= 600, .left > 590]' \
	'["operator",true,true]'
says 0 '' trust add 192.0.2.8 comment trunk
says 0 '' trust add 192.0.2.9 time 60
says 0 '^192\.0\.2\.8 +configured +-  trunk$' trust list
check "granted trust" is 'trust list' '.[] | select(.kind == "granted") | .prefix' '"192.0.2.9"'
says 1 'the address is trusted; remove the trust.*prefix' ban add 192.0.2.8
says 1 'a ban of everybody would be one of you' ban add 0.0.0.0/0
says 1 'there is no ban of this prefix' ban del 192.0.2.0/24
says 1 "this prefix isn't trusted" trust del 192.0.2.0/24
says 0 '' trust del 192.0.2.8
says 0 '' ban add 192.0.2.8
says 0 '' ban del 192.0.2.7
says 0 '' ban flush
says 0 '^\[\]$' -j ban list

says 2 'ban add needs ADDRESS' ban add
says 2 'is no address' ban add nonsense
says 2 'unexpected word "for"' ban add 192.0.2.7 for 5
says 2 'time must be a number from 1 to 31536000' ban add 192.0.2.7 time 0
says 2 'a comment has up to 127 bytes' trust add 192.0.2.7 comment "$(printf 'x%.0s' {1..128})"
says 2 'unexpected word "now"' ban flush now

says 0 '' limit set register on rate 7 burst 9 strikes 3
check "a class as it was set" is 'limit list' \
	'.classes.register | [.enabled, .rate, .burst, .strikes, .global_rate]' '[true,7,9,3,2000]'
says 0 '' limit set register off
says 0 '' limit set signaling-ports 5060,5080 secure-ports none ipv6-length 56 sources 5000
check "ports and sizes" is 'limit list' \
	'[.signaling_ports, .secure_ports, .ipv4_length, .ipv6_length, .sources]' \
	'[[5060,5080],[],32,56,8192]'
says 0 '^sources 8192 used 0 known 0 replaced 0 full 0 memory [1-9]' limit list
says 0 '^SOURCE ' limit sources
says 0 '^\[\]$' -j limit sources 5
says 1 'ban-time-max is less than ban-time.*limit' limit set invite ban-time 600 ban-time-max 60
says 1 'strikes have no rate' limit set strike rate 5
says 2 'unknown word "phones"; there are: register, ' limit set phones on
says 2 'unknown setting "speed"; there are: on, off, rate' limit set invite speed 5
says 2 'limit set needs: CLASS on, off' limit set invite
says 2 'signaling-ports must be none or up to 16 ports' limit set signaling-ports 5060,0
says 2 'sources must be a number from 1024' limit set sources 5
says 2 'limit sources must be a number from 1 to 1000' limit sources 0

# What was removed was told.
sleep 1
check "monitor tells of the end of a ban" \
	grep -qE ' unban 192\.0\.2\.7 operator offences 0 packets 0 cause removed$' "$WORK/events"

tap_end
