#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's verdicts, each provoked once. Runs on the host, not in the guest:
# a harness that can't see a crash makes every other test worthless.
cd "$(dirname "$0")/../.." || exit 1
kernel=${1:-6.12}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
number=0 failed=0

# expect STATUS NAME TIMEOUT COMMAND
expect()
{
	local status=0 verdict=ok

	selftests/qemu/run --kernel "$kernel" --timeout "$3" --out "$out" \
		-- bash -c "$4" >"$out/log" 2>&1 || status=$?
	number=$((number + 1))
	if [ "$status" -ne "$1" ]; then
		verdict="not ok" failed=1
		echo "# status $status, want $1"
		sed 's/^/# /' "$out/log" | tail -n 20
	fi
	echo "$verdict $number $2"
}

echo "1..6"
expect 7 "the command's status comes back" 120 'exit 7'
expect 255 "a status above 127 comes back" 120 'exit 255'
expect 124 "a hang is a time-out" 30 'sleep 1000'
expect 125 "a panic is a crash" 120 'echo c >/proc/sysrq-trigger; sleep 100'
expect 125 "a power-off is a crash" 120 'echo o >/proc/sysrq-trigger; sleep 100'
expect 126 "a complaint in the kernel's log fails a good command" 120 \
	'echo "<4>WARNING: provoked" >/dev/kmsg'
exit "$failed"
