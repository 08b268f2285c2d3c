#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The live view, of packets that come while it looks.
#
#	inside 10.0.1.2 -- 10.0.1.1 gateway 192.0.2.1 -- 192.0.2.2 outside
set -u
. "$RF_TOP/selftests/cli/lib.sh"

two_phones
GW=$(ns_name gateway)
printf 'tx %s\nrx %s\n' "$(make_key)" "$(make_key)" >"$WORK/keys"

# Without sessions, and without packets.
text=$(gw top -n 1 -d 0.2 2>&1)
judge "nothing to see" 0 '^[0-9T:.-]+Z sessions 0, over 0\.[0-9]{2} seconds$' $? "$text"
check "no packets" grep -qx 'received 0.0 packets/s, 0 bytes/s' <<<"$text"
check "no drops" grep -qx 'dropped 0.0 packets/s' <<<"$text"
check "no escape sequences where there is no terminal" \
	sh -c "! grep -q '$(printf '\033')' <<END
$text
END"

gw session add id 1 label quiet a local 10.0.1.1:20000 b local 192.0.2.1:20000 >/dev/null
gw session add id 2 label 'a call' a local 10.0.1.1:20002 peer 10.0.1.2:4000 \
	b local 192.0.2.1:20002 peer 192.0.2.2:4000 \
	suite AES_CM_128_HMAC_SHA1_80 keys "$WORK/keys" >/dev/null

# 50 packets a second, of which every tenth is lost on the way, and as many
# forged ones from the other side.
cat >"$WORK/send.py" <<'END'
import socket, struct, sys, time
sport, host, port, lossy = sys.argv[1:]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sport)))
i = 0
while True:
    if lossy == "no" or i % 10:
        p = struct.pack("!BBHII", 0x80, 0, i & 0xffff, i * 160, 0x12345678)
        s.sendto(p + bytes(160), (host, int(port)))
    i += 1
    time.sleep(0.02)
END
ns_exec inside /usr/bin/python3 "$WORK/send.py" 4000 10.0.1.1 20002 yes &
defer kill $!
ns_exec outside /usr/bin/python3 "$WORK/send.py" 4000 192.0.2.1 20002 no &
defer kill $!
flows()
{
	gw -j session show id 2 | jq -e '.legs[0].streams[0].lost > 0 and .legs[1].dropped > 0'
}
wait_for 30 flows || bail "no packets come"

text=$(gw -j top -n 3 -d 1 2>&1)
judge "three views" 0 '^\{"time"' $? "$text"
check "each is a line of JSON" test "$(jq -c 'has("busiest")' <<<"$text" | xargs)" = "true true true"
# 45 packets a second; a busy machine sends fewer, and no clock is that good.
last=$(tail -n 1 <<<"$text")
view()
{
	jq -e "$1" <<<"$last" || {
		echo "$last"
		return 1
	}
}
check "the time that passed" view '.seconds > 0.5'
check "packets" view '.rx_packets > 5 and .rx_packets < 60'
check "bytes" view '.rx_bytes / .rx_packets | . > 171 and . < 173'
check "as many are sent" view '.tx_packets / .rx_packets > 0.8'
check "drops by their reason" view '.drops["auth-failed"] > 5 and .dropped == .drops["auth-failed"]'
check "the busiest is first" view '[.busiest[] | .id] == [2, 1]'
check "leg a" view '.busiest[0].legs[0] | .leg == "a" and .suite == "none" and .rx_packets > 5 and .tx_packets == 0'
check "loss" view '.busiest[0].legs[0].lost_percent | . > 4 and . < 25'
check "jitter" view '.busiest[0].legs[0].jitter_ms | . >= 0 and . < 1000'
check "leg b" view '.busiest[0].legs[1] | .leg == "b" and .tx_packets > 5 and .dropped > 5'
check "the other has none" view '[.busiest[1].legs[] | .rx_packets, .tx_packets, .dropped] == [0, 0, 0, 0, 0, 0]'

text=$(gw top -n 2 -d 0.5 2>&1)
judge "as text" 0 '^received [0-9]+\.[0-9] packets/s, [0-9]+ bytes/s$' $? "$text"
check "two views" test "$(grep -c '^ID ' <<<"$text")" = 2
check "drops as text" grep -qE '^dropped [0-9.]+ packets/s: auth-failed [0-9.]+$' <<<"$text"
check "a line for each leg" test "$(grep -cE '^2 +a\\x20call +[ab] +(none|AES_CM_128_HMAC_SHA1_80)( +[0-9.]+){6}$' <<<"$text")" = 4

# A session that is made anew under the same id has no past.
gw session del id 1
gw session add id 1 label young a local 10.0.1.1:20000 b local 192.0.2.1:20000 >/dev/null
check "a new session" sh -c "ringfence -n '$GW' -j top -n 1 -d 0.2 | jq -e 'any(.busiest[]; .label == \"young\")'"

# While sessions come and go, as fast as they can.
(
	while :; do
		for ((i = 100; i < 400; i++)); do
			echo "session add id $i a local 10.0.1.1:$((21000 + 2 * i)) b local 192.0.2.1:$((21000 + 2 * i))"
		done
		for ((i = 100; i < 400; i++)); do
			echo "session del id $i"
		done
	done
) | ringfence -n "$GW" -force -b - >/dev/null &
defer kill $!
text=$(gw -j top -n 5 -d 0.1 2>&1)
judge "while sessions come and go" 0 '^\{"time"' $? "$text"
check "each view is whole JSON" test "$(jq -c '.partial | type' <<<"$text" | xargs)" = \
	"boolean boolean boolean boolean boolean"
check "no session is there twice" test "$(jq -c '[.busiest[].id] | length == (unique | length)' <<<"$text" |
	sort -u)" = true
kill $! 2>/dev/null

# On a terminal.
on_terminal()
{
	script -qefc "stty rows 12 cols 60; ringfence -n $GW top $1; stty -a" /dev/null
}
text=$(on_terminal "-n 2 -d 0.2" </dev/null | tr -d '\r')
check "it is drawn in place" test "$(grep -c "$(printf '\033\\[H\033\\[J')" <<<"$text")" = 2
check "no line is wider than the terminal" test \
	"$(sed 's/\x1b\[[HJ]//g' <<<"$text" | grep -v '[;=]' | wc -L)" -le 60
check "the terminal is as it was" grep -qE '(^|[; ])icanon( .*)? echo( |$)' <<<"$text"
mkfifo "$WORK/keyboard"
on_terminal "-d 0.2" <"$WORK/keyboard" >"$WORK/screen" &
pid=$!
defer kill "$pid"
exec 9>"$WORK/keyboard"
check "it starts" wait_for 20 grep -q "sessions" "$WORK/screen"
printf 'xq' >&9
check "q ends it" wait_for 20 grep -q 'icanon' "$WORK/screen"
exec 9>&-

# Signals.
ringfence -n "$GW" top -d 0.2 >"$WORK/plain" &
pid=$!
defer kill "$pid"
check "without a terminal it goes on" wait_for 20 sh -c "[ \$(grep -c ^ID '$WORK/plain') -ge 2 ]"
kill -TERM "$pid"
wait "$pid"
judge "SIGTERM ends it" 0 '' $? ''
mkfifo "$WORK/fifo"
timeout 20 ringfence -n "$GW" top -d 5 >"$WORK/fifo" 2>/dev/null &
pid=$!
exec 9<"$WORK/fifo"
exec 9<&-
wait "$pid"
check "it ends when its reader does" test $? -lt 124

tap_end
