#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# harness.sh [KERNEL]: the guest's verdicts, each provoked once; with KERNEL debug
# those that only the debug kernel can give. Runs on the host, not in the guest:
# a harness that can't see a crash makes every other test worthless.
cd "$(dirname "$0")/../.." || exit 1
kernel=${1:-6.12}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
number=0 failed=0

# point GOOD NAME: what the run said is shown if GOOD is empty.
point()
{
	local verdict=ok

	number=$((number + 1))
	if [ -z "$1" ]; then
		verdict="not ok" failed=1
		sed 's/^/# /' "$out/log" | tail -n 20
	fi
	echo "$verdict $number $2"
}

# expect STATUS NAME TIMEOUT COMMAND
expect()
{
	local status=0

	selftests/qemu/run --kernel "$kernel" --timeout "$3" --out "$out" \
		-- bash -c "$4" >"$out/log" 2>&1 || status=$?
	if [ "$status" -eq "$1" ]; then
		point good "$2"
	else
		echo "status $status, want $1" >>"$out/log"
		point "" "$2"
	fi
}

# expect_break HOW STATUS TEXT NAME: a module with that bug ends so, and the
# harness says TEXT. The insmod itself succeeds.
expect_break()
{
	# shellcheck disable=SC2016 # for the guest
	expect "$2" "$4" 600 \
		'insmod "${RF_KO%/*}/rgf_break.ko" how='"$1"' && sleep 1'
	point "$(grep -qE "$3" "$out/log" && echo good)" "and it is named"
}

if [ "$kernel" = debug ]; then
	echo "1..11"
	expect 0 "a good run is good" 600 true
	expect_break leak 126 'kmemleak lists .* objects' "a leak is seen"
	expect_break lockdep-off 126 'lockdep is off' "lockdep off is seen"
	expect_break use-after-free 125 'KASAN: .*use-after-free' \
		"a use after free is a crash"
	expect_break deadlock 126 'possible circular locking' \
		"a lock order that may deadlock is seen"
	expect_break atomic-sleep 125 'scheduling while atomic|sleeping function' \
		"to sleep in atomic context is a crash"
	exit "$failed"
fi

echo "1..7"
expect 7 "the command's status comes back" 120 'exit 7'
# shellcheck disable=SC2016 # for the guest
RF_SOAK_SECONDS=9 expect 9 "what a test is told reaches it" 120 \
	'exit "$RF_SOAK_SECONDS"'
expect 255 "a status above 127 comes back" 120 'exit 255'
expect 124 "a hang is a time-out" 30 'sleep 1000'
expect 125 "a panic is a crash" 120 'echo c >/proc/sysrq-trigger; sleep 100'
expect 125 "a power-off is a crash" 120 'echo o >/proc/sysrq-trigger; sleep 100'
expect 126 "a complaint in the kernel's log fails a good command" 120 \
	'echo "<4>WARNING: provoked" >/dev/kmsg'
exit "$failed"
