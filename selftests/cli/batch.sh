#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Batches: 1,000 sessions made and removed in one, what an error does to the
# rest, which lines are named.
set -u
. "$RF_TOP/selftests/cli/lib.sh"

N=1000
load_module
gateway_addresses

# adds FIRST LAST: SRTP sessions with a key of their own each.
adds()
{
	local i key

	key=$(make_key)
	for ((i = $1; i <= $2; i++)); do
		printf 'session add id %d label call-%d %s suite %s' "$i" "$i" \
			"$(plain_session $((10000 + 4 * i)))" AES_CM_128_HMAC_SHA1_80
		printf ' tx-key inline:%04d%s rx-key inline:%s%04d\n' \
			"$i" "${key:4}" "${key:4}" "$i"
	done
}

# run_batch NAME STATUS OUT-REGEXP FILE OPTIONS...: standard output is kept
run_batch()
{
	local name=$1 status=$2 want=$3 file=$4 text got=0

	shift 4
	text=$(ringfence "$@" -b "$file" 2>&1 >"$WORK/out") || got=$?
	judge "$name" "$status" "$want" "$got" "$text"
}

plain_session_a() { echo "a local 10.0.1.1:$1 b local 192.0.2.1:$1"; }

adds 1 $N >"$WORK/adds"
run_batch "$N sessions, one after the other" 0 '' "$WORK/adds"
check "each id is printed" cmp -s "$WORK/out" <(seq 1 $N)
check "the module has them" test "$(session_count)" = $N
check "the list has them" test "$(ringfence -j session list | jq length)" = $N
check "each with its label and ports" test "$(ringfence -j session list |
	jq -r '[.[] | select(.label == "call-\(.id)" and .legs[0].local.port == 10000 + 4 * .id)] | length')" = $N
seq -f 'session del id %.0f' 1 $N >"$WORK/dels"
run_batch "$N removed" 0 '' "$WORK/dels"
check "none is left" test "$(session_count)" = 0

run_batch "$N sessions together" 0 '' "$WORK/adds" -force
check "together: each id is printed, in order" cmp -s "$WORK/out" <(seq 1 $N)
check "together: the module has them" test "$(session_count)" = $N
run_batch "$N refused together" 1 "^$WORK/adds:1: session add: .* in use" \
	"$WORK/adds" -force
check "none is printed" test ! -s "$WORK/out"
text=$(ringfence -force -b "$WORK/adds" 2>&1)
check "each refused line is named, in order" cmp -s \
	<(sed 's/^[^:]*:\([0-9]*\):.*/\1/' <<<"$text") <(seq 1 $N)
run_batch "$N removed together" 0 '' "$WORK/dels" -force
check "together: none is left" test "$(session_count)" = 0
check "del all of $N" sh -c "ringfence -force -b '$WORK/adds' && ringfence session del all"
check "del all: none is left" test "$(session_count)" = 0

# Errors in the middle.
{
	echo "session add id 1 $(plain_session_a 20000)"
	echo "# a comment"
	echo "session add id 1 $(plain_session_a 20002)"
	echo "session add id 3 $(plain_session_a 20004)"
	echo "session add id 4"
	echo "session add id 5 $(plain_session_a 20006)"
} >"$WORK/mixed"
run_batch "stops at the first error" 1 "^$WORK/mixed:3: session add: id is in use" "$WORK/mixed"
check "what was before stays, what is after is not done" test \
	"$(ringfence -j session list | jq -c '[.[].id]')" = '[1]'
ringfence session del all
run_batch "-force goes on" 1 "^$WORK/mixed:3: session add: id is in use" "$WORK/mixed" -force
check "-force: all good lines are done" test \
	"$(ringfence -j session list | jq -c '[.[].id]')" = '[1,3,5]'
text=$(ringfence -force -b "$WORK/mixed" 2>&1)
check "-force: errors of both kinds in the order of lines" test \
	"$(sed 's/^[^:]*:\([0-9]*\):.*/\1/' <<<"$text" | xargs)" = "1 3 4 5 6"
ringfence session del all
{
	echo "session add id 9"
	echo "session del id 1"
} >"$WORK/usage-first"
run_batch "exit status of the first: usage" 2 'leg a is not complete' "$WORK/usage-first" -force
{
	echo "session del id 1"
	echo "session add id 9"
} >"$WORK/refused-first"
run_batch "exit status of the first: refused" 1 'no session has' "$WORK/refused-first" -force

# Reading in between sees what came before it.
{
	echo "session add id 1 $(plain_session_a 20000)"
	echo "stats"
	echo "session set id 1 label \"two words\""
	echo "session show id 1"
	echo "session del all"
	echo "session list"
} >"$WORK/reads"
run_batch "-force: reads and changes" 0 '' "$WORK/reads" -force
check "stats sees the session" grep -q '^sessions 1$' "$WORK/out"
check "show sees the label" grep -qF 'label two\x20words' "$WORK/out"
check "list sees none" test "$(tail -n 1 "$WORK/out" | grep -c ^ID)" = 0
run_batch "-force -j: reads and changes" 0 '' "$WORK/reads" -force -j
check "each command gives a JSON line" test "$(jq -c type "$WORK/out" | xargs)" = \
	"object object object array"

# Standard input, slowly, and the reader goes away.
text=$({
	echo "session add id 1 $(plain_session_a 20000)"
	sleep 0.5
	echo "session del id 1"
} | ringfence -b - 2>&1)
judge "from a pipe" 0 '^1$' $? "$text"
text=$({ ringfence -force -b "$WORK/adds" 2>&1 >&3 3>&-; echo "status $?"; } 3> >(exec true))
judge "broken pipe" 0 'status 1' 0 "$text"
check "broken pipe: the changes are done" test "$(session_count)" = $N
ringfence session del all
check "all are gone" test "$(session_count)" = 0

tap_end
