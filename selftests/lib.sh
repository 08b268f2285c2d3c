# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the shell tests: TAP, clean-up, network namespaces, waiting for a
# condition, tones. Source it first:
#
#	. "$RF_TOP/selftests/lib.sh"
#
# A test prints one line per point and ends with tap_end. It exits 0 (pass),
# 1 (fail) or 4 (skip), as kselftest's do.

TAP_NUMBER=0
TAP_FAILED=0
NS_PREFIX=${NS_PREFIX:-rf$$}

# ok NAME, not_ok NAME: one point of the test.
ok()
{
	TAP_NUMBER=$((TAP_NUMBER + 1))
	printf 'ok %d %s\n' "$TAP_NUMBER" "$1"
}

not_ok()
{
	TAP_NUMBER=$((TAP_NUMBER + 1))
	TAP_FAILED=$((TAP_FAILED + 1))
	printf 'not ok %d %s\n' "$TAP_NUMBER" "$1"
}

# diag TEXT: a line for whoever reads a failure.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# check NAME COMMAND...: a point that passes if COMMAND succeeds; what it
# printed is shown if it doesn't.
check()
{
	local name=$1 text

	shift
	if text=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name"
		diag "failed: $*"
		[ -z "$text" ] || diag "$text"
		return 1
	fi
}

# check_fails NAME TEXT COMMAND...: passes if COMMAND fails and says TEXT (an
# extended regular expression).
check_fails()
{
	local name=$1 want=$2 text

	shift 2
	if text=$("$@" 2>&1); then
		not_ok "$name"
		diag "should have failed: $*"
	elif ! grep -qE -- "$want" <<<"$text"; then
		not_ok "$name"
		diag "should have said \"$want\": $text"
	else
		ok "$name"
		return 0
	fi
	return 1
}

# skip_all REASON: leave without having tested anything. scripts/test fails
# unless selftests/skip-allowed lists the test.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 4
}

# bail REASON: the test can't go on; that is a failure.
bail()
{
	echo "Bail out! $*"
	exit 1
}

# tap_end: the plan, and the exit status.
tap_end()
{
	echo "1..$TAP_NUMBER"
	[ "$TAP_FAILED" -eq 0 ] || exit 1
	exit 0
}

# defer COMMAND...: run it when the test ends, however it ends; last in, first
# out.
CLEANUP=()
defer()
{
	CLEANUP+=("$(printf '%q ' "$@")")
}

run_deferred()
{
	local status=$? i

	trap - EXIT
	for ((i = ${#CLEANUP[@]} - 1; i >= 0; i--)); do
		eval "${CLEANUP[i]}" >/dev/null 2>&1
	done
	exit "$status"
}
trap run_deferred EXIT
trap 'exit 1' INT TERM HUP

# wait_for SECONDS COMMAND...: poll until COMMAND succeeds; fails after SECONDS.
wait_for()
{
	local deadline=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# kill_wait PID: end a process of ours, by force if it must be, and reap it.
kill_wait()
{
	kill "$1" 2>/dev/null
	wait_for 10 pid_gone "$1" || kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

pid_gone()
{
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"
}

# ns_add NAME: a network namespace of this test, with lo up. ns_name gives its
# real name, which no other test has; in_ns runs a command there.
ns_name()
{
	echo "$NS_PREFIX-$1"
}

ns_add()
{
	local name

	name=$(ns_name "$1")
	ip netns add "$name" || bail "can't make namespace $name"
	defer ip netns del "$name"
	ip -n "$name" link set lo up
}

in_ns()
{
	local name

	name=$(ns_name "$1")
	shift
	ip netns exec "$name" "$@"
}

# ns_exec NAME COMMAND...: to start a process in the background with, so that $!
# is the process itself and not a shell around it.
ns_exec()
{
	local name

	name=$(ns_name "$1")
	shift
	exec ip netns exec "$name" "$@"
}

# ns_link NS1 DEV1 ADDR1 NS2 DEV2 ADDR2: join two namespaces by a veth pair;
# the addresses carry their prefix length.
ns_link()
{
	local a b

	a=$(ns_name "$1")
	b=$(ns_name "$4")
	ip link add "$2" netns "$a" type veth peer name "$5" netns "$b" ||
		bail "can't link $1 and $4"
	ip -n "$a" addr add "$3" dev "$2"
	ip -n "$b" addr add "$6" dev "$5"
	ip -n "$a" link set "$2" up
	ip -n "$b" link set "$5" up
}

# load_module: insert ringfence.ko and what it depends on; removed at the end.
load_module()
{
	local dependency

	grep -q '^ringfence ' /proc/modules && return
	for dependency in $(modinfo -F depends "$RF_KO" | tr ',' ' '); do
		modprobe "$dependency" || bail "can't load $dependency"
	done
	insmod "$RF_KO" || bail "can't load $RF_KO"
	defer rmmod ringfence
}

# tone_make FILE HZ SECONDS: a sine of 8,000 samples a second, mono, 16 bit.
# A second of it, repeated: HZ is a whole number, so there is no seam.
tone_make()
{
	sox -n -r 8000 -c 1 -b 16 "$1.second.wav" synth 1 sine "$2" gain -6
	sox "$1.second.wav" "$1" repeat $(($3 - 1))
	rm "$1.second.wav"
}

# tone_rms FILE [EFFECT...]: the level of the file's middle, 0 to 1.
tone_rms()
{
	local file=$1

	shift
	sox "$file" -n trim 2 -2 "$@" stat 2>&1 |
		sed -n 's/^RMS .*amplitude: *//p'
}

# tone_check FILE HZ: the file holds that tone and next to nothing else more
# than 120 Hz away.
tone_check()
{
	local all band

	all=$(tone_rms "$1")
	band=$(tone_rms "$1" sinc "$(($2 - 120))-$(($2 + 120))")
	echo "${1##*/}: level ${all:-none}, around $2 Hz ${band:-none}"
	awk -v all="${all:-0}" -v band="${band:-0}" \
		'BEGIN { exit !(all > 0.05 && band > 0.9 * all) }'
}
