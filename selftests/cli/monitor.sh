#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Events, from packets that make them happen.
#
#	inside 10.0.1.2 -- 10.0.1.1 gateway 192.0.2.1 -- 192.0.2.2 outside
set -u
. "$RF_TOP/selftests/cli/lib.sh"

two_phones
GW=$(ns_name gateway)
printf 'tx %s\nrx %s\n' "$(make_key)" "$(make_key)" >"$WORK/keys"
make_key >"$WORK/tx"
make_key >"$WORK/rx"

# send NS FROM-PORT TO PORT COUNT: RTP packets of the SSRC 0x12345678.
send()
{
	in_ns "$1" /usr/bin/python3 - "$2" "$3" "$4" "$5" <<-'END'
	import socket, struct, sys
	sport, host, port, count = sys.argv[1:]
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("", int(sport)))
	for i in range(int(count)):
	    p = struct.pack("!BBHII", 0x80, 0, i, i * 160, 0x12345678) + bytes(160)
	    s.sendto(p, (host, int(port)))
	END
}

# Both forms at once. They are ready when each has shown an event.
gw monitor >"$WORK/text" &
text_pid=$!
gw -j monitor >"$WORK/json" &
json_pid=$!
defer kill "$text_pid"
defer kill "$json_pid"
ready()
{
	gw session add id 99 label probe a local 10.0.1.1:29000 b local 192.0.2.1:29000
	gw session del id 99
	grep -q probe "$WORK/text" && grep -q probe "$WORK/json"
}
wait_for 30 ready || bail "the monitors do not start"

# said REGEXP: the text has such a line, soon.
said()
{
	wait_for 20 grep -qE "$1" "$WORK/text" || {
		cat "$WORK/text"
		return 1
	}
}
# told FILTER: the JSON has an event for which FILTER is true, soon.
told()
{
	wait_for 20 sh -c "jq -es 'any(.[]; $1)' '$WORK/json'" || {
		cat "$WORK/json"
		return 1
	}
}
TIME='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
check "deleted" said "$TIME deleted id 99 label probe\$"
check "deleted, JSON" told '.event == "deleted" and .id == 99 and .label == "probe" and (has("leg") | not)'

gw session add id 1 label 'a call' idle-timeout 1 \
	a local 10.0.1.1:20000 peer 10.0.1.2:4000 \
	b local 192.0.2.1:20000 peer 192.0.2.2:4000 \
	suite AES_CM_128_HMAC_SHA1_80 keys "$WORK/keys" >/dev/null
send inside 4000 10.0.1.1 20000 5
check "media" said "$TIME media id 1 label a\\\\x20call leg a ssrc 0x12345678\$"
check "media, JSON" told '.event == "media" and .id == 1 and .label == "a call" and .leg == "a" and .ssrc == 305419896'
check "media, JSON has a time" told '.event == "media" and (.time | test("^[0-9-]+T[0-9:.]+Z$"))'
check "media is told once" test "$(grep -c ' media id 1 ' "$WORK/text")" = 1

send outside 4000 192.0.2.1 20000 30
check "auth-failed" said "$TIME auth-failed id 1 label a\\\\x20call leg b ssrc 0x12345678 count 1[0-9]\$"
check "auth-failed, JSON" told '.event == "auth-failed" and .leg == "b" and .count > 10 and .ssrc == 305419896'
check "idle" said "$TIME idle id 1 label a\\\\x20call idle [1-9][0-9]*\$"
check "idle, JSON" told '.event == "idle" and .id == 1 and .idle >= 1 and (has("leg") | not)'

# Counters, as the commands show them.
shown()
{
	local got

	got=$(gw -j session show id 1 | jq -c "$1")
	[ "$got" = "$2" ] || {
		echo "$1 is $got, not $2"
		return 1
	}
}
check "leg a received" shown '.legs[0] | [.rx_packets, .rx_bytes, .tx_packets]' '[5,860,0]'
check "leg b sent" shown '.legs[1] | [.tx_packets, .tx_bytes, .rx_packets]' '[5,910,0]'
check "leg b dropped" shown '.legs[1] | [.dropped, .drops["auth-failed"]]' '[30,30]'
check "list has the counters" sh -c "ringfence -n $GW session list |
	grep -qE '^1 .* b .* AES_CM_128_HMAC_SHA1_80 +0 +5 +30 +[0-9]+$'"
check "show has the counters" sh -c "ringfence -n $GW session show id 1 |
	grep -qE '^    sent 5 packets \(0 RTCP\), 910 bytes$'"
check "stats has the sums" test "$(gw -j stats |
	jq -c '[.sessions, .rx_packets, .tx_packets, .drops["auth-failed"]]')" = '[1,5,5,30]'

# A key that may protect 16 packets: told when an eighth is left, and at the end.
gw session add id 2 label short a local 10.0.1.1:21000 peer 10.0.1.2:4000 \
	b local 192.0.2.1:21000 peer 192.0.2.2:4000 suite AES_CM_128_HMAC_SHA1_80 \
	tx-key "$WORK/tx" mki 00a1 lifetime 16 rx-key "$WORK/rx" >/dev/null
send inside 4000 10.0.1.1 21000 20
check "key" said "$TIME key id 2 label short leg b direction tx mki 00a1 left 2\$"
check "key at its end" said "$TIME key id 2 label short leg b direction tx mki 00a1 left 0\$"
check "key, JSON" told '.event == "key" and .leg == "b" and .direction == "tx" and .mki == "00a1" and .left == 0'
check "key-exhausted is counted" test "$(gw -j session show id 2 |
	jq -c '[.legs[] | .drops["key-exhausted"]] | add')" = 4
check "the key's packets are shown" test "$(gw -j session show id 2 |
	jq -c '.legs[1].tx_keys')" = '[{"mki":"00a1","lifetime":16,"packets":16}]'
check "the stream is shown" test "$(gw -j session show id 2 |
	jq -c '.legs[0].streams | map([.ssrc, .packets, .octets, .lost, .sequence, .roc])')" = \
	'[[305419896,20,3200,0,19,0]]'
gw session del id 2

echo 'set s 10.0.0.0/8' | gw rules load --confirm 60 -
check "rules-loaded" said "$TIME rules-loaded rules 0 confirm 60\$"
check "rules-loaded, JSON" told '.event == "rules-loaded" and .rules == 0 and .confirm == 60 and (has("id") | not)'
gw rules set add s 192.0.2.9
check "address-set" said "$TIME address-set rules 0 set s entries 2\$"
gw rules confirm
check "rules-confirmed" said "$TIME rules-confirmed rules 0\$"
echo 'local udp accept' | gw rules load --confirm 1 -
check "rules-back" said "$TIME rules-back rules 0\$"
gw rules clear
check "rules-deleted" said "$TIME rules-deleted\$"

gw session del id 1
check "deleted with its label" said "$TIME deleted id 1 label a\\\\x20call\$"
check "each line is JSON" sh -c "jq -c . '$WORK/json' | cmp -s - '$WORK/json'"
check "both tell the same" test "$(wc -l <"$WORK/text")" = "$(wc -l <"$WORK/json")"

# More events than the socket holds: a warning, no end.
ringfence -n "$GW" monitor >"$WORK/many" 2>"$WORK/many.err" &
many=$!
defer kill "$many"
wait_for 30 sh -c "ringfence -n $GW session add id 98 a local 10.0.1.1:29000 b local 192.0.2.1:29000;
	ringfence -n $GW session del id 98; grep -q 98 '$WORK/many'" || bail "no monitor"
kill -STOP "$many"
{
	for ((i = 1; i <= 3000; i++)); do
		echo "session add id $i a local 10.0.1.1:20000 b local 192.0.2.1:20000"
		echo "session del id $i"
	done
} | gw -force -b - >/dev/null
kill -CONT "$many"
check "lost events are told" wait_for 20 grep -q 'warning: events were lost' "$WORK/many.err"
check "it goes on" wait_for 20 sh -c "ringfence -n $GW session add id 97 label later a local 10.0.1.1:29000 b local 192.0.2.1:29000;
	ringfence -n $GW session del id 97; grep -q later '$WORK/many'"

# Its reader goes away, with no event to notice it by.
mkfifo "$WORK/fifo"
timeout 20 ringfence -n "$GW" monitor >"$WORK/fifo" 2>"$WORK/fifo.err" &
pid=$!
exec 9<"$WORK/fifo"
exec 9<&-
wait "$pid"
judge "ends when its reader does" 1 'standard output was closed' $? "$(cat "$WORK/fifo.err")"

tap_end
