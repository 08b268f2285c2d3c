#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Keys: where they may come from, that the kernel gets the right ones (seen on
# an nlmon device), and that nobody else gets to see them.
set -u
. "$RF_TOP/selftests/cli/lib.sh"

load_module
gateway_addresses

TX=$(make_key)
RX=$(make_key)
echo "$TX" >"$WORK/tx"
echo "inline:$RX" >"$WORK/rx"
printf '# a pair\n\n  tx  %s\r\nrx\tinline:%s \n' "$TX" "$RX" >"$WORK/pair"
SUITE="suite AES_CM_128_HMAC_SHA1_80"
PLAIN="a local 10.0.1.1:20000 b local 192.0.2.1:20000"

# What the tool printed, all of it; keys must never be in there.
LOG=$WORK/log
ringfence()
{
	command ringfence "$@" > >(tee -a "$LOG") 2> >(tee -a "$LOG" >&2)
}

# Of the netlink messages, TX or RX for each key attribute: a nest of kind 8 or
# 9, and in it the key as the first attribute, of type 1. In a ring the messages
# are copied before the module gets them: it wipes the keys in them.
cat >"$WORK/nlmon.py" <<'END'
import base64, mmap, select, socket, struct, sys
SOL_PACKET, PACKET_RX_RING, PACKET_VERSION, TPACKET_V2 = 263, 5, 10, 1
FRAME, FRAMES = 8192, 64
tx, rx = (base64.b64decode(k) for k in sys.stdin.read().split())
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
s.setsockopt(SOL_PACKET, PACKET_RX_RING,
             struct.pack("IIII", FRAME * FRAMES, 1, FRAME, FRAMES))
ring = mmap.mmap(s.fileno(), FRAME * FRAMES)
s.bind(("nlmon0", 0))
open(sys.argv[1], "w").close()
at = 0
while True:
    while not struct.unpack_from("I", ring, at)[0] & 1:
        select.select([s], [], [])
    status, _, length, mac = struct.unpack_from("IIIH", ring, at)
    p = ring[at + mac:at + mac + length]
    struct.pack_into("I", ring, at, 0)
    at = (at + FRAME) % (FRAME * FRAMES)
    for name, kind in (("tx", 8), ("rx", 9)):
        for which, key in (("TX", tx), ("RX", rx)):
            if struct.pack("HHH", 0x8000 | kind, 4 + len(key), 1) + key in p:
                print(name, which, flush=True)
END
modprobe nlmon
ip link add nlmon0 type nlmon || bail "can't make an nlmon device"
ip link set nlmon0 up
defer ip link del nlmon0
/usr/bin/python3 "$WORK/nlmon.py" "$WORK/ready" <<<"$TX $RX" >>"$WORK/seen" &
defer kill $!
wait_for 20 test -e "$WORK/ready" || bail "nlmon does not start"

two_lines()
{
	[ "$(wc -l <"$WORK/seen")" -ge 2 ]
}

# The kernel got TX as tx-key and RX as rx-key.
seen()
{
	wait_for 10 two_lines
	sort -u "$WORK/seen" | diff - <(printf 'rx RX\ntx TX\n')
}
fresh()
{
	command ringfence session del all
	: >"$WORK/seen"
}

# shellcheck disable=SC2086 # words
{
says 0 '^1$' session add id 1 $PLAIN $SUITE tx-key "$WORK/tx" rx-key "$WORK/rx"
check "two files" seen
fresh
says 0 '^1$' session add id 1 $PLAIN $SUITE keys "$WORK/pair"
check "one file" seen
fresh
printf '%s\n%s\n' "$TX" "$RX" | ringfence session add id 1 $PLAIN $SUITE tx-key - rx-key - >/dev/null
check "standard input, tx first" seen
fresh
printf '%s\n%s\n' "$RX" "$TX" | ringfence session add id 1 $PLAIN $SUITE rx-key - tx-key - >/dev/null
check "standard input, rx first" seen
fresh
ringfence session add id 1 $PLAIN $SUITE keys - <"$WORK/pair" >/dev/null
check "standard input, a pair" seen
fresh
ringfence session add id 1 $PLAIN $SUITE tx-key - rx-key "$WORK/rx" <"$WORK/tx" >/dev/null
check "standard input and a file" seen
fresh
echo "session add id 1 $PLAIN $SUITE tx-key inline:$TX rx-key inline:$RX" |
	ringfence -b - >/dev/null
check "a batch with keys" seen
fresh
echo "session add id 1 $PLAIN $SUITE tx-key $WORK/tx rx-key $WORK/rx" |
	ringfence -force -b - >/dev/null
check "a batch with key files" seen
fresh
ringfence session add id 1 $PLAIN >/dev/null
ringfence session set id 1 b $SUITE keys "$WORK/pair"
check "set" seen

# Readable by others: a warning, no refusal.
for mode in 604 602 601; do
	chmod $mode "$WORK/pair"
	says 0 "warning: .*pair holds keys and is open to others; run: chmod o= " \
		session set id 1 b $SUITE keys "$WORK/pair"
done
chmod 640 "$WORK/pair"
says 0 '' session set id 1 b $SUITE keys "$WORK/pair"
chmod 600 "$WORK/pair"
echo "session set id 1 b $SUITE tx-key inline:$TX rx-key inline:$RX" >"$WORK/batch"
chmod 644 "$WORK/batch"
text=$(ringfence -b "$WORK/batch" 2>&1)
judge "a batch with keys that others can read" 0 \
	"batch:1: warning: the batch holds keys and is open to others; run: chmod o= $WORK/batch" $? "$text"
check "one warning for two keys" test "$(grep -c warning <<<"$text")" = 1

# Never from the command line, whatever it looks like; never shown again.
REFUSED='a key is not taken from the command line, where others can see it; write it to a file'
says_key()
{
	local status=$1 want=$2 name=$3 text got=0

	shift 3
	text=$(ringfence "$@" 2>&1 </dev/null) || got=$?
	judge "$name" "$status" "$want" "$got" "$text"
}
for word in tx-key rx-key keys; do
	says_key 2 "$REFUSED" "$word KEY" session set id 1 b $word "$TX"
	says_key 2 "$REFUSED" "$word inline:KEY" session set id 1 b $word "inline:$TX"
done
says_key 2 'unknown word \(what looks like a key, not shown\)' "KEY as a word" session set id 1 b "$TX"
says_key 2 'unknown word \(what looks like a key' "inline:KEY as a word" session set id 1 b "inline:$TX"
says_key 2 'not \(what looks like a key' "KEY as an id" session set id "$TX"
says_key 2 'not \(what looks like a key' "KEY as a port" session set id 1 b peer "10.0.1.2:$TX"
says_key 2 'unknown suite \(what looks' "KEY as a suite" session set id 1 b suite "$TX"
says_key 2 'unknown command \(what looks' "KEY as a command" "$TX"
says_key 2 'unknown word \(what looks' "tx-key=KEY" session set id 1 b "tx-key=$TX"
says_key 2 'unknown word \(what looks' "tx-key=inline:KEY" session set id 1 b "tx-key=inline:$TX"
says_key 2 'not \(what looks' "KEY after an address" session set id 1 b peer "10.0.1.2/$TX"
says_key 2 'unknown suite \(what looks' "SUITE:KEY" session set id 1 b suite "AES_CM_128_HMAC_SHA1_80:$TX"
says_key 1 'key file \(what looks like a key, not shown\): No such file' "tx:KEY as a file" \
	session set id 1 b tx-key "tx:$TX"
text=$(echo "session set id 1 b tx-key $TX" | ringfence -b - 2>&1)
judge "KEY without inline: in a batch" 2 'in a batch a key is written as tx-key inline:' $? "$text"
text=$(echo "session set id 1 b keys inline:$TX" | ringfence -b - 2>&1)
judge "keys inline: in a batch" 2 'in a batch a key is written as tx-key inline:' $? "$text"
text=$(echo "session set id 1 b tx-key -" | ringfence -b - 2>&1)
judge "- in a batch" 2 "in a batch a key can't come from standard input" $? "$text"

# bad NAME WORD REGEXP CONTENT: a key file with CONTENT is refused.
bad()
{
	local name=$1 word=$2 want=$3 text got=0

	printf '%b' "$4" >"$WORK/bad"
	text=$(ringfence session set id 1 b $SUITE $word "$WORK/bad" 2>&1) || got=$?
	judge "$word: $name" 2 "bad: $want" "$got" "$text"
}
LEN='a key is 40, 52, 60 or 64 characters of base64, by suite, optionally after inline:; here are'
bad "empty file" tx-key 'no key; it must be one line of base64' ''
bad "comments only" tx-key 'no key' '# x\n\n'
bad "short" tx-key "$LEN 39$" "${TX:1}\n"
bad "long" tx-key "$LEN 41$" "A$TX\n"
bad "not base64" tx-key "$LEN 40, not all digits of base64" "${TX:1}!\n"
bad "padding" tx-key "$LEN 40, not all digits of base64" "${TX:3}===\n"
bad "padding in the middle" tx-key "$LEN 40, not all digits" "${TX:0:20}=${TX:21}\n"
bad "only inline:" tx-key "$LEN 0" 'inline:\n'
for params in '|' '|0' '|2^49' '|2^' '|1:0' '|256:1' '|1:129' '|x:1' '|1:4|2^31' '|1|1:1|1'; do
	bad "$params" tx-key 'after the key may follow .LIFETIME, from 1 to 2.48 packets, and' "inline:$TX$params\n"
done
bad "two words" tx-key 'more than one word in the line of the key' "tx $TX\n"
bad "two keys" tx-key 'more than one line with a key' "$TX\n$RX\n"
bad "one line only" keys 'there is no line rx KEY' "tx $TX\n"
bad "the other line only" keys 'there is no line tx KEY' "rx $RX\n"
bad "empty file" keys 'there is no line tx KEY' ''
bad "no tx and rx" keys 'each line must be tx KEY or rx KEY' "$TX\n$RX\n"
bad "tx twice" keys 'there is no line rx KEY' "tx $TX\ntx $RX\n"
bad "another word" keys 'each line must be' "tx $TX\nrx $RX\nxx $RX\n"
bad "bad key" keys "$LEN 39" "tx ${TX:1}\nrx $RX\n"
head -c 5000 /dev/zero | tr '\0' '#' >"$WORK/big"
says 1 'cannot read the key file .*: File too large' session set id 1 b tx-key "$WORK/big"
printf 'abc\0def\n' >"$WORK/zero"
says 1 'cannot read the key file .*: Invalid or incomplete' session set id 1 b tx-key "$WORK/zero"
says 1 'cannot read the key file .*none: No such file' session set id 1 b tx-key "$WORK/none"
says 1 'cannot read the key file .*: Is a directory' session set id 1 b tx-key "$WORK"
text=$(ringfence session set id 1 b $SUITE tx-key - rx-key - <"$WORK/tx" 2>&1)
judge "standard input ends after one key" 2 'standard input: no key' $? "$text"
says 2 'leg b has keys but suite none; add its suite' session set id 1 b suite none keys "$WORK/pair"
says 2 'tx-key is given more than once, so each needs an MKI, and all of one length' session set id 1 b tx-key "$WORK/tx" tx-key "$WORK/tx"
says 2 'rx-key is given more than once, so each needs an MKI' session set id 1 b rx-key "$WORK/rx" keys "$WORK/pair"
says 1 'tx-key and rx-key must differ' session set id 1 b $SUITE tx-key "$WORK/tx" rx-key "$WORK/tx"
says 2 'mki must be 1 to 128 bytes' session set id 1 b tx-key "$WORK/tx" mki 0
says 2 'lifetime must be a number of packets from 1 to 2.48' session set id 1 b tx-key "$WORK/tx" lifetime 0
K="tx-key $WORK/tx"
says 2 'more than 4 tx keys for a leg' session set id 1 b $K $K $K $K $K
}

# Several keys, with MKI and lifetime from words and from files.
for n in 2 3 4; do
	make_key >"$WORK/tx$n"
	make_key >"$WORK/rx$n"
done
keys_shown()
{
	local got

	got=$(command ringfence -j session show id 1 | jq -c ".legs[1].$1 | map([.mki, .lifetime])")
	[ "$got" = "$2" ] || {
		echo "$1 are $got, not $2"
		return 1
	}
}
says 0 '' session set id 1 b tx-key "$WORK/tx" mki 01 tx-key "$WORK/tx2" mki 02 lifetime 1000 \
	tx-key "$WORK/tx3" mki ff lifetime '2^20' tx-key "$WORK/tx4" lifetime '2^48' mki 00 \
	rx-key "$WORK/rx" mki 0001
check "four keys to send with" keys_shown tx_keys \
	'[["01",281474976710656],["02",1000],["ff",1048576],["00",281474976710656]]'
check "one key to receive with" keys_shown rx_keys '[["0001",281474976710656]]'
printf 'inline:%s|2^31|258:4\n' "$(cat "$WORK/tx2")" >"$WORK/sdes"
printf 'tx %s|1:1\ntx %s|2:1\nrx %s|2^10|1:1\n' "$(cat "$WORK/tx2")" "$(cat "$WORK/tx3")" "$RX" >"$WORK/three"
says 0 '' session set id 1 b tx-key "$WORK/sdes"
check "MKI and lifetime from the file" keys_shown tx_keys '[["00000102",2147483648]]'
check "keys of the other direction stay" keys_shown rx_keys '[["0001",281474976710656]]'
says 1 'this tx-key was used before; take a new one' session set id 1 b keys "$WORK/three"
ringfence session del all
# shellcheck disable=SC2086 # words
ringfence session add id 1 $PLAIN $SUITE keys "$WORK/three" >/dev/null
check "MKI from a file of both" keys_shown tx_keys '[["01",281474976710656],["02",281474976710656]]'
check "lifetime from a file of both" keys_shown rx_keys '[["01",1024]]'

# While a batch waits in the middle, no process shows a key.
mkfifo "$WORK/fifo"
command ringfence -b "$WORK/fifo" >/dev/null &
batch=$!
exec 8>"$WORK/fifo"
echo "session set id 1 b tx-key inline:$(cat "$WORK/tx4") rx-key inline:$(cat "$WORK/rx4")" >&8
wait_for 20 sh -c "cat /proc/$batch/cmdline | tr '\0' ' ' | grep -q ringfence.*fifo" ||
	bail "the batch does not run"
check "no key in any command line" \
	sh -c "! cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep -qF -f '$WORK/tx4'"
check "no key in any environment" \
	sh -c "! cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -qF -f '$WORK/tx4'"
exec 8>&-
wait "$batch"

# Nor does any command.
for command in 'session list' 'session show id 1' '-j session list' \
	'-j session show id 1' stats status; do
	# shellcheck disable=SC2086 # words
	ringfence $command >/dev/null
done
sleep 0.2
hex=$(base64 -d <<<"$TX" | od -An -tx1 | tr -d ' \n')
check "the log has something" test "$(wc -l <"$LOG")" -gt 50
check "no key was printed" sh -c "! grep -qF -e '${TX:4:20}' -e '${RX:4:20}' '$LOG'"
check "no key was printed in hexadecimal" sh -c "! grep -qiF '${hex:8:20}' '$LOG'"

command ringfence session del all
tap_end
