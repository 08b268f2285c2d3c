#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The media keys of a call are seen by the two ends of the TLS connection and by
# the kernel, and by nobody else: no log, command's output, command line,
# environment, record of the call or core file has them. The outside phone's
# trace of its own SIP messages says what the keys are.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

SEEN=$CALL_DIR/seen
KEYS=$CALL_DIR/keys

# needles: each key as base64 and in hexadecimal, less its ends, which another
# alignment would change; ways to write them, one a line.
needles()
{
	local key

	while read -r key; do
		echo "${key:2:32}"
		base64 -d <<<"$key" | od -An -v -tx1 | tr -d ' \n' | cut -c 5-44
	done <"$KEYS"
}

# has_bytes FILE...: the same keys as they are. Looked for in hexadecimal, for a
# byte of a key may be a line feed.
has_bytes()
{
	cat -- "$@" | od -An -v -tx1 | tr -d ' \n' |
		grep -Fq -f <(needles | sed -n '2~2p')
}

# has_key FILE...: in any of these ways.
has_key()
{
	needles | grep -aiFq -f - -- "$@" || has_bytes "$@"
}

# keyless FILE...: they are there and have no key.
keyless()
{
	cat "$@" >/dev/null || return
	! has_key "$@"
}

keys_known()
{
	grep -ao 'inline:[A-Za-z0-9+/]*' "$CALL_DIR/outside/trace" |
		cut -d: -f2 | sort -u >"$KEYS"
	[ "$(wc -l <"$KEYS")" -ge 2 ] && ! grep -qvE '^.{40}$' "$KEYS"
}

# What every process shows of itself; the environment only to its user.
processes()
{
	cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n'
}

# all_commands: what the command line tool says about a session.
all_commands()
{
	local id command

	id=$(first_session)
	for command in "session list" "session show id $id" stats status \
		"log show"; do
		# shellcheck disable=SC2086 # words
		in_ns gw ringfence $command
		# shellcheck disable=SC2086 # words
		in_ns gw ringfence -j $command
	done
}

# dumps_core PROGRAM...: in CALL_DIR/cores, when it is let.
dumps_core()
{
	"$@" &
	wait_for 10 test -e "/proc/$!/exe"
	sleep 0.5
	kill -SEGV $!
	wait $! 2>/dev/null
	ls "$CALL_DIR/cores"/core.$! || return
	rm -f "$CALL_DIR"/cores/*
}

mkdir -m 777 "$CALL_DIR/cores"
defer sysctl -qw "kernel.core_pattern=$(cat /proc/sys/kernel/core_pattern)"
sysctl -qw "kernel.core_pattern=$CALL_DIR/cores/core.%p"
ulimit -c unlimited
check "here a killed program leaves a core file" dumps_core sleep 100

call_stage
in_ns gw ringfence -j monitor >"$SEEN.monitor" 2>&1 &
defer kill_wait $!
dial inside
check "the call is established" wait_for 20 calls_established 1
check "the outside phone says what the keys are" wait_for 5 keys_known
check "where the keys are they are found" has_key "$CALL_DIR/outside/trace"
key_as_bytes()
{
	head -n 1 "$KEYS" | base64 -d >"$SEEN.bytes"
	has_bytes "$SEEN.bytes"
}
check "also as bytes" key_as_bytes
wait_for 5 test -s "$SEEN.monitor"
all_commands >"$SEEN.commands" 2>&1
processes >"$SEEN.processes"
cat "$RUN_DIR/calls" >"$SEEN.records"
check "a call has a record" grep -aq "^ringfence-call" "$SEEN.records"
check "no key in what the commands say" keyless "$SEEN.commands"
check "no key in the events" keyless "$SEEN.monitor"
check "no key in command lines and environments" keyless "$SEEN.processes"
check "no key in the records of calls" keyless "$SEEN.records"

kill -SEGV "$DAEMON"
wait "$DAEMON" 2>/dev/null
check "a crash of the daemon leaves no core file" \
	test -z "$(ls "$CALL_DIR/cores")"
gateway_start
phone inside hangup >/dev/null
check "the next one ends the call" wait_for 20 no_session
dmesg >"$SEEN.dmesg"
check "the log of both is at debug level" daemon_says ' debug '
check "no key in the log of either" keyless "$DAEMON_LOG"
check "no key in the kernel's log" keyless "$SEEN.dmesg"
check "the SIP outside tells nothing of the inside" outside_sees_nothing
# The files are kept for who reads a failure; the phone's are no secret of ours,
# but a good example.
sed -i 's,inline:.*,inline:...,' "$CALL_DIR"/*/trace "$CALL_DIR/traces.outside"
rm -f "$KEYS" "$SEEN.bytes"
tap_end
