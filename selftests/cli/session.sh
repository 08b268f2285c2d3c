#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sessions as the kernel has them: made, changed, shown, removed; what the
# kernel refuses; privileges and network namespaces.
set -u
. "$RF_TOP/selftests/cli/lib.sh"

load_module
gateway_addresses
make_key >"$WORK/k1"
make_key >"$WORK/k2"
make_key >"$WORK/k3"
make_key >"$WORK/k4"

# shown FILTER VALUE: jq FILTER of session 7 gives VALUE.
shown()
{
	local got

	got=$(ringfence -j session show id 7 | jq -c "$1")
	[ "$got" = "$2" ] || {
		echo "$1 is $got, not $2"
		return 1
	}
}

says 0 '' session list
says 0 '^\[\]$' -j session list
says 0 '' session del all

# Everything that add can say.
says 0 '^7$' session add id 7 label 'a "label" \ of é' idle-timeout 30 \
	a local 10.0.1.1:20000 rtcp 20010 peer 10.0.1.2:4000 rtcp 4010 suite none \
	b local 192.0.2.1:30000 peer 192.0.2.2:5000 \
	suite AES_CM_128_HMAC_SHA1_32 tx-key "$WORK/k1" rx-key "$WORK/k2"
check "id" shown .id 7
check "label" shown .label '"a \"label\" \\ of é"'
check "idle timeout" shown .idle_timeout 30
check "leg a" shown '.legs[0] | [.leg, .local, .peer, .suite]' \
	'["a",{"address":"10.0.1.1","port":20000,"rtcp_port":20010},{"address":"10.0.1.2","port":4000,"rtcp_port":4010},"none"]'
check "leg b" shown '.legs[1] | [.leg, .local, .peer, .suite]' \
	'["b",{"address":"192.0.2.1","port":30000,"rtcp_port":30001},{"address":"192.0.2.2","port":5000,"rtcp_port":5001},"AES_CM_128_HMAC_SHA1_32"]'
check "counters are zero" shown \
	'.legs[] | [.rx_packets, .rx_bytes, .rx_rtcp_packets, .tx_packets, .tx_bytes, .tx_rtcp_packets, .dropped, (.drops | add)] | unique' \
	$'[0]\n[0]'
check "each drop reason" shown '.legs[1].drops | keys_unsorted' \
	'["malformed","wrong-source","auth-failed","replayed","ssrc-limit","key-exhausted","crypto-error","no-memory","no-route","too-big","ttl-expired","no-session","unexpected","rate-limited","unknown-mki","wrong-encryption","queue-full"]'

# The same as text.
text=$(ringfence session list)
check "list has a head and two lines" test "$(wc -l <<<"$text")" -eq 3
check "list says the columns" grep -qE \
	'^ID +LABEL +LEG +LOCAL +PEER +SUITE +RX +TX +DROPPED +AGE$' <<<"$text"
check "list of leg a" grep -qE \
	'^7 +a\\x20"label"\\x20\\x5c\\x20of\\x20\\xc3\\xa9 +a +10.0.1.1:20000 +10.0.1.2:4000 +none +0 +0 +0 +[0-9]+$' <<<"$text"
check "list of leg b" grep -qE \
	' b +192.0.2.1:30000 +192.0.2.2:5000 +AES_CM_128_HMAC_SHA1_32 +0 +0 +0 +[0-9]+$' <<<"$text"
text=$(ringfence session show id 7)
for want in 'session 7' '  idle-timeout 30 seconds' '  leg a' \
	'    local 10.0.1.1:20000 rtcp 20010' '    peer 192.0.2.2:5000 rtcp 5001' \
	'    suite AES_CM_128_HMAC_SHA1_32' \
	'    received 0 packets \(0 RTCP\), 0 bytes' '    dropped 0 packets' \
	'      wrong-source 0' '      queue-full 0' '  flags none' \
	'    learnt rtp - rtcp -' '    latch port' '    latch address' \
	'    dscp keep' '    clock-rate 8000' '    kdr 0' '    streams none' \
	'    tx-key mki - lifetime 2\^48 packets 0' \
	'    rx-key mki - lifetime 2\^48 packets 0'; do
	check "show says: $want" grep -qE "^$want\$" <<<"$text"
done
check "list and show give the same JSON" test \
	"$(ringfence -j session list | jq -S '.[0] | del(.age, .idle)')" = \
	"$(ringfence -j session show id 7 | jq -S 'del(.age, .idle)')"

# Changes touch nothing else.
before=$(ringfence -j session show id 7 | jq -S 'del(.age, .idle)')
says 0 '' session set id 7 b peer 192.0.2.2:5002
check "set changes the peer and its RTCP port" test \
	"$(ringfence -j session show id 7 | jq -S 'del(.age, .idle)')" = \
	"$(jq -S '.legs[1].peer = {address: "192.0.2.2", port: 5002, rtcp_port: 5003}' <<<"$before")"
says 0 '' session set id 7 b peer 192.0.2.2:5000 label x idle-timeout 0
check "set changes label and idle timeout" test \
	"$(ringfence -j session show id 7 | jq -S 'del(.age, .idle)')" = \
	"$(jq -S '.label = "x" | .idle_timeout = 0' <<<"$before")"
says 0 'idle-timeout never' session show id 7
says 0 '' session set id 7 label ''
check "set removes the label" shown .label '""'
says 0 '^  label -$' session show id 7
says 0 '' session set id 7 a local 10.0.1.1:20002
check "set changes the local port" shown '.legs[0].local.rtcp_port' 20003
says 1 'this tx-key was used before; take a new one \(in: leg-a tx-key\)' session set id 7 \
	a suite AES_CM_128_HMAC_SHA1_80 tx-key "$WORK/k1" rx-key "$WORK/k2"
says 0 '' session set id 7 a suite AES_CM_128_HMAC_SHA1_80 tx-key "$WORK/k3" rx-key "$WORK/k4"
check "set turns SRTP on" shown '.legs[0].suite' '"AES_CM_128_HMAC_SHA1_80"'
says 0 '' session set id 7 a suite none
check "set turns SRTP off" shown '.legs[0].suite' '"none"'

# What the kernel refuses keeps its own sentence.
# shellcheck disable=SC2046 # words
{
says 1 'session add: id is in use' session add id 7 $(plain_session 22000)
says 1 'session add: (a )?local port .*is in use by (another )?session' session add $(plain_session 30000)
}
says 1 'session add: leg-b: local-ipv6 must be an address of ours' session add \
	a local 10.0.1.1:22000 b local '[2001:db8::77]:22000'
says 1 'session add: leg-b: .* both IPv4 or both IPv6 \(in: leg-b peer-ipv4\)' session add \
	a local 10.0.1.1:22000 b local '[2001:db8::1]:22000' peer 10.0.1.2:5
says 1 'session add: leg-a: .*allow-null \(in: leg-a suite\)' session add \
	a local 10.0.1.1:22000 suite NULL_HMAC_SHA1_80 tx-key "$WORK/k1" rx-key "$WORK/k2" b local 192.0.2.1:22000
says 1 'session set: leg-a: .* \(in: leg-a kdr\)' session set id 7 a kdr 5
says 1 'session set: leg-a: .*local-rtcp-port .*rtcp-mux.* \(in: leg-a local-rtcp-port\)' session set id 7 \
	a local 10.0.1.1:20002 rtcp 20003 flags rtcp-mux
says 1 'session set: leg-b: .* \(in: leg-b peer-port\)' session set id 7 b peer 192.0.2.2:65535
says 1 'session set: leg-b: .* new keys \(missing: leg-b tx-key\)' session set id 7 b kdr 1
says 1 'session add: leg-a: local-ipv4 must be an address of ours' session add \
	a local 10.0.1.77:20000 b local 192.0.2.1:22000
says 1 'session set: leg-a: the suite needs tx-key and rx-key \(missing: leg-a tx-key\)' \
	session set id 7 a suite AES_CM_128_HMAC_SHA1_80
says 1 'session set: no session has' session set id 8 label x
says 1 'session show: no session has' session show id 8
says 1 'session del: no session has' session del id 8
check "a refused change changes nothing" shown '.legs[0].suite' '"none"'

# Each suite, and the key that it wants.
for suite in AES_CM_128_HMAC_SHA1_80:30 AES_CM_128_HMAC_SHA1_32:30 \
	AES_192_CM_HMAC_SHA1_80:38 AES_192_CM_HMAC_SHA1_32:38 \
	AES_256_CM_HMAC_SHA1_80:46 AES_256_CM_HMAC_SHA1_32:46 \
	AEAD_AES_128_GCM:28 AEAD_AES_256_GCM:44 F8_128_HMAC_SHA1_80:30 \
	NULL_HMAC_SHA1_80:30 NULL_HMAC_SHA1_32:30; do
	make_key "${suite#*:}" >"$WORK/t"
	make_key "${suite#*:}" >"$WORK/r"
	says 0 '' session set id 7 a flags allow-null suite "${suite%:*}" tx-key "$WORK/t" rx-key "$WORK/r"
	check "suite ${suite%:*}" shown '.legs[0].suite' "\"${suite%:*}\""
done
says 0 '' session set id 7 a flags none suite none

# The other words, one after the other: each keeps what the others set.
options='.legs[1] | [.flags, .latch, .dscp, .clock_rate, .kdr]'
check "defaults" shown "$options" '[[],"address",null,8000,0]'
says 0 '' session set id 7 b latch strict
says 0 '' session set id 7 b dscp 46
says 0 '' session set id 7 b clock-rate 48000
says 0 '' session set id 7 b flags expect-dtls,expect-stun
check "each word is kept" shown "$options" '[["expect-stun","expect-dtls"],"strict",46,48000,0]'
says 0 '^    flags expect-stun,expect-dtls$' session show id 7
says 0 '^    dscp 46$' session show id 7
make_key >"$WORK/k5"
make_key >"$WORK/k6"
says 0 '' session set id 7 b kdr 24 flags unencrypted-srtcp dscp keep tx-key "$WORK/k5" rx-key "$WORK/k6"
check "flags replace all" shown "$options" '[["unencrypted-srtcp"],"strict",null,48000,24]'
says 0 '' session set id 7 b flags unencrypted-srtcp,resync
check "resync is not kept" shown '.legs[1].flags' '["unencrypted-srtcp"]'
says 0 '' session set id 7 flags udptl
check "flags of the session" shown .flags '["udptl"]'
says 0 '^  flags udptl$' session show id 7
says 0 '' session set id 7 flags none
check "no flags of the session" shown .flags '[]'

# RTCP on one port, and back.
says 0 '' session set id 7 a flags rtcp-mux
check "rtcp-mux: no ports for RTCP" shown '.legs[0] | [.local.rtcp_port, .peer.rtcp_port]' '[null,null]'
says 0 '^    peer 10.0.1.2:4000$' session show id 7
says 0 '' session set id 7 a local 10.0.1.1:65535
check "rtcp-mux: the last port" shown '.legs[0].local.port' 65535
says 0 '' session set id 7 a flags none local 10.0.1.1:20002 peer 10.0.1.2:4000 rtcp 4020
check "without rtcp-mux" shown '.legs[0] | [.local.rtcp_port, .peer.rtcp_port]' '[20003,4020]'

# IPv6.
says 0 '^9$' session add id 9 a local 10.0.1.1:23000 \
	b local '[2001:db8::1]:23000' peer '[2001:db8::2]:5000' rtcp 5005
says 0 '^9 +- +b +\[2001:db8::1\]:23000 +\[2001:db8::2\]:5000 +none' session list
check "IPv6 as JSON" test "$(ringfence -j session show id 9 | jq -c '.legs[1] | [.local, .peer]')" = \
	'[{"address":"2001:db8::1","port":23000,"rtcp_port":23001},{"address":"2001:db8::2","port":5000,"rtcp_port":5005}]'
says 0 '' session del id 9

# Settings.
says 0 '^media-ports none$' netns show
says 0 '^\{"media_ports":null\}$' -j netns show
says 0 '' netns set media-ports 20000-29999
says 0 '^media-ports 20000-29999$' netns show
says 0 '^\{"media_ports":\{"min":20000,"max":29999\}\}$' -j netns show
says 0 '' netns set media-ports none
says 0 '^media-ports none$' netns show

# A leg without a peer.
says 0 '^8$' session add id 8 a local 10.0.1.1:24000 b local 192.0.2.1:24000
check "no peer is null" test \
	"$(ringfence -j session show id 8 | jq -c '[.legs[].peer]')" = '[null,null]'
says 0 '^    peer -$' session show id 8
says 0 '^8 +- +b +192.0.2.1:24000 +- +none' session list

# Sums and status.
check "stats counts the sessions" test "$(session_count)" = 2
says 0 '^sessions 2$' stats
says 0 '^  ttl-expired 0$' stats
says 0 '^  no-session 0$' stats
version=$(modinfo -F version "$RF_KO")
says 0 "^module loaded, version $version\$" status
says 0 '^daemon not running$' status
says 0 '^sessions 2$' status
check "status as JSON" test "$(ringfence -j status |
	jq -c '[.module.loaded, .module.version, .daemon.running, .daemon.pid, .stats.sessions]')" = \
	"[true,\"$version\",false,null,2]"

# The daemon, played by another program of its name.
mkdir -p /run/ringfence
cp "$(command -v sleep)" "$WORK/ringfenced"
"$WORK/ringfenced" 600 &
daemon=$!
defer rm -f /run/ringfence/ringfenced.pid
defer kill "$daemon"
echo "$daemon" >/run/ringfence/ringfenced.pid
says 0 "^daemon running, pid $daemon\$" status
says 0 "\"daemon\":\{\"running\":true,\"pid\":$daemon\}" -j status
kill_wait "$daemon"
says 0 '^daemon not running$' status
sleep 600 &
defer kill $!
echo $! >/run/ringfence/ringfenced.pid
says 0 '^daemon not running$' status
for bad in '' x -1 0 99999999999999999999; do
	echo "$bad" >/run/ringfence/ringfenced.pid
	says 0 '^daemon not running$' status
done

# Another namespace has its own.
ns_add other
other=$(ns_name other)
says 0 '^sessions 0$' -n "$other" stats
says 0 '^media-ports none$' -n "$other" netns show
says 0 '' -n "$other" session del all
check "del all stays in its namespace" test "$(session_count)" = 2

# Without privilege: each command that asks the module.
unprivileged()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all "$@"
}
for command in stats status 'session list' 'session show id 7' \
	'session del id 7' 'session del all' 'session set id 7 label y' \
	"session add $(plain_session 26000)" 'netns show' \
	'netns set media-ports 1-2' 'top -n 1' monitor; do
	# shellcheck disable=SC2086 # words
	text=$(unprivileged timeout 20 ringfence $command 2>&1)
	judge "unprivileged: ringfence ${command%% a *}" 1 \
		'Operation not permitted; run it as root, or with CAP_NET_ADMIN' $? "$text"
done
check "unprivileged: help works" unprivileged ringfence help
check "unprivileged: nothing was changed" test "$(session_count)" = 2

says 0 '' session del id 7
says 1 'no session has' session show id 7
says 0 '' session del all
says 0 '' session list
check "all are gone" test "$(session_count)" = 0

tap_end
