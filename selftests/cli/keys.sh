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

# bytes FILE: of the netlink messages there, TX or RX for each key attribute.
cat >"$WORK/nlmon.py" <<'END'
import base64, os, socket, struct, sys
tx, rx = (base64.b64decode(k) for k in sys.stdin.read().split())
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
s.bind(("nlmon0", 0))
s.settimeout(30)
open(sys.argv[1], "w").close()
while True:
    p = s.recv(65536)
    for name, kind in (("tx", 8), ("rx", 9)):
        for which, key in (("TX", tx), ("RX", rx)):
            if struct.pack("HH", 4 + len(key), kind) + key in p:
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
	sort -u "$WORK/seen" | cmp -s - <(printf 'rx RX\ntx TX\n')
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
LEN='a key is 40 characters of base64, optionally after inline:; here are'
bad "empty file" tx-key 'no key; it must be one line of 40' ''
bad "comments only" tx-key 'no key' '# x\n\n'
bad "short" tx-key "$LEN 39$" "${TX:1}\n"
bad "long" tx-key "$LEN 41$" "A$TX\n"
bad "not base64" tx-key "$LEN 40, not all of base64" "${TX:1}!\n"
bad "padding" tx-key "$LEN 40, not all of base64" "${TX:2}==\n"
bad "only inline:" tx-key "$LEN 0" 'inline:\n'
bad "lifetime" tx-key 'lifetime and MKI are not supported' "inline:$TX|2^31\n"
bad "MKI" tx-key 'lifetime and MKI are not supported' "inline:$TX|1:4\n"
bad "two words" tx-key 'more than one word in the line of the key' "tx $TX\n"
bad "two keys" tx-key 'more than one line with a key' "$TX\n$RX\n"
bad "one line only" keys 'there is no line rx KEY' "tx $TX\n"
bad "the other line only" keys 'there is no line tx KEY' "rx $RX\n"
bad "empty file" keys 'there is no line tx KEY' ''
bad "no tx and rx" keys 'it must have two lines: tx KEY and rx KEY' "$TX\n$RX\n"
bad "tx twice" keys 'it must have two lines' "tx $TX\ntx $RX\n"
bad "three lines" keys 'it must have two lines' "tx $TX\nrx $RX\nrx $RX\n"
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
says 2 'tx-key is given twice for leg b' session set id 1 b tx-key "$WORK/tx" tx-key "$WORK/tx"
says 2 'the key is given twice for leg b' session set id 1 b rx-key "$WORK/rx" keys "$WORK/pair"
says 1 'tx-key and rx-key must differ' session set id 1 b $SUITE tx-key "$WORK/tx" rx-key "$WORK/tx"
}

# While a batch waits in the middle, no process shows a key.
mkfifo "$WORK/fifo"
command ringfence -b "$WORK/fifo" >/dev/null &
batch=$!
exec 8>"$WORK/fifo"
echo "session set id 1 b tx-key inline:$RX rx-key inline:$TX" >&8
wait_for 20 sh -c "cat /proc/$batch/cmdline | tr '\0' ' ' | grep -q ringfence.*fifo" ||
	bail "the batch does not run"
check "no key in any command line" \
	sh -c "! cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep -qF -f '$WORK/tx'"
check "no key in any environment" \
	sh -c "! cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -qF -f '$WORK/tx'"
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
