#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ringfenced as a process: start, the lock on its run directory, signals, going
# to the background, limits. RINGFENCED names another binary.
RF_TOP=${RF_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
RINGFENCED=${RINGFENCED:-${RF_BUILD:-$RF_TOP/build}/userspace/ringfenced/ringfenced}
export RINGFENCE_YANG_DIR=$RF_TOP/userspace/config
# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"
tmp=$(mktemp -d) || bail "no temporary folder"
defer rm -rf "$tmp"
run=$tmp/run
[ -n "${RF_KO-}" ] || skip_all "no kernel module: use selftests/qemu/run"

config=$tmp/ringfence.conf
cat >"$config" <<'EOF'
network lan address 127.0.0.1
sip gateway inside network lan
sip gateway inside proxy-host 127.0.0.1
sip gateway inside proxy-port 5070
EOF
echo "log level chatty" >"$tmp/bad.conf"

pid()
{
	cat "$run/ringfenced.pid"
}

# start: to the background, once it runs.
start()
{
	"$RINGFENCED" -d -c "$config" --run-dir "$run" 2>>"$tmp/log" &&
		kill -0 "$(pid)"
}

kill_left()
{
	kill -KILL "$(pid)"
}
defer kill_left

# stops SIGNAL: that signal ends the daemon, which empties the pid file.
stops()
{
	local pid

	pid=$(pid)
	kill "-$1" "$pid" && wait_for 10 pid_gone "$pid" &&
		[ -e "$run/ringfenced.pid" ] && [ ! -s "$run/ringfenced.pid" ]
}

# survives SIGNAL TEXT: it goes on, and says so in the log if there is a TEXT.
survives()
{
	kill "-$1" "$(pid)" || return 1
	if [ -n "$2" ]; then
		wait_for 10 grep -q "$2" "$tmp/log" || return 1
	fi
	! start && kill -0 "$(pid)"
}

# status_of SIGNAL: of a daemon in the foreground that the signal ends.
status_of()
{
	local status

	rm -f "$tmp/foreground"
	"$RINGFENCED" -c "$config" --run-dir "$run" 2>"$tmp/foreground" &
	wait_for 10 grep -q "is running" "$tmp/foreground" &&
		kill "-$1" "$!"
	wait "$!"
	status=$?
	[ "$status" -eq 0 ] && return
	echo "exit status $status"
	cat "$tmp/foreground"
	return 1
}

check_fails "without the kernel module" \
	"the ringfence kernel module is not loaded; load it with: modprobe" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$run"
load_module

umask 022
ulimit -Sn 256 # less than the hard limit
check "starts in the background" start
first=$(pid)
check "log says so" grep -q 'notice Main 1: ringfenced .* is running' "$tmp/log"
check "its run directory can't be listed by others" \
	test "$(stat -c %a "$run")" = 711
check "its calls are closed to others" \
	test "$(stat -c %a "$run/calls")" = 600
check "its control socket is for all" \
	test "$(stat -c %a "$run/control.sock")" = 666
check_fails "a second one is refused" \
	"another ringfenced runs in $run, process $first; stop it, or give" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$run"
check_fails "a second one in the background too" \
	"another ringfenced runs in $run, process $first; stop it, or give" \
	timeout 20 "$RINGFENCED" -d -c "$config" --run-dir "$run"
check "the first goes on" kill -0 "$first"
check "its pid file too" test "$(pid)" = "$first"
check "SIGHUP is ignored" survives HUP "SIGHUP ignored"
check "SIGPIPE is ignored" survives PIPE ""

limit()
{
	awk -v name="$1" 'index($0, name) == 1 {
		print substr($0, length(name) + 1) }' "/proc/$first/limits" |
		awk '{ print $1, $2 }'
}
check "no core file" test "$(limit 'Max core file size')" = "0 0"
hard=$(ulimit -Hn)
check "as many open files as it may have" \
	test "$(limit 'Max open files')" = "$hard $hard"
cli()
{
	"${RINGFENCED%/*}/../ringfence/ringfence" -s "$run/control.sock" "$@"
}
check "the command line reaches it" cli config set media idle-timeout 90
check "a commit" cli config commit
check "it is in the file" grep -qx "media idle-timeout 90" "$config"
check "SIGTERM ends it" stops TERM
check "its control socket is gone" test ! -e "$run/control.sock"

check "starts again" start
first=$(pid)
kill -KILL "$first"
wait_for 10 pid_gone "$first"
check "SIGKILL leaves its pid file" test "$(pid)" = "$first"
check "which stops no other" start
check "SIGINT ends it" stops INT

check "SIGTERM: exit status 0" status_of TERM
check "SIGINT: exit status 0" status_of INT

check_fails "a wrong configuration" \
	"error Conf 20: $tmp/bad.conf:1: log level: .chatty. won't do: give one of" \
	timeout 20 "$RINGFENCED" -c "$tmp/bad.conf" --run-dir "$run"
check_fails "a wrong configuration in the background" \
	"error Conf 20: $tmp/bad.conf:1: log level: .chatty. won't do: give one of" \
	timeout 20 "$RINGFENCED" -d -c "$tmp/bad.conf" --run-dir "$run"
check_fails "no configuration" \
	"error Conf 20: can't read $tmp/none: No such file or directory" \
	timeout 20 "$RINGFENCED" -c "$tmp/none" --run-dir "$run"
bad_status()
{
	timeout 20 "$RINGFENCED" -d -c "$tmp/bad.conf" --run-dir "$run" 2>/dev/null
	[ $? -eq 1 ]
}
check "exit status 1" bad_status

mkdir -m 0770 "$tmp/open" && chmod 0770 "$tmp/open"
check_fails "a run directory that others may write to" \
	"$tmp/open must belong to the user that runs ringfenced, and be" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$tmp/open"
mkdir -m 0700 "$tmp/alien" && chown 65534 "$tmp/alien"
check_fails "a run directory of somebody else" \
	"$tmp/alien must belong to the user that runs ringfenced, and be" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$tmp/alien"
check_fails "a run directory nowhere" \
	"can't make the run directory $tmp/no/where: No such file or dir" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$tmp/no/where"
check_fails "a file as run directory" \
	"can't use the run directory $config: Not a directory" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$config"
mkdir -m 0700 "$tmp/link" && ln -s "$config" "$tmp/link/ringfenced.pid"
check_fails "a link in place of the pid file" \
	"can't open $tmp/link/ringfenced.pid: Too many levels of symbolic" \
	timeout 20 "$RINGFENCED" -c "$config" --run-dir "$tmp/link"
check "what it led to is whole" grep -q "^network lan" "$config"

# The files of a process that can be dumped belong to its user. This one runs as
# nobody, with the capability that the kernel module asks for.
as_nobody()
{
	exec setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
		--bounding-set=-all,+net_admin env RINGFENCE_YANG_DIR="$public" "$@"
}

# owned_by USER PID
owned_by()
{
	[ "$(stat -c %u "/proc/$2/environ")" = "$1" ]
}

not_dumpable()
{
	local public=$tmp/public status=1

	mkdir -p "$public/run"
	cp "$RINGFENCED" "$RINGFENCE_YANG_DIR/ringfence.yang" "$config" "$public"
	chmod -R a+rX "$tmp"
	chown 65534 "$public/run"
	as_nobody "$public/${RINGFENCED##*/}" -c "$public/ringfence.conf" \
		--run-dir "$public/run" 2>"$tmp/nobody" &
	wait_for 10 grep -q "is running" "$tmp/nobody" &&
		owned_by 0 "$!" && status=0
	cat "$tmp/nobody"
	kill_wait "$!"
	as_nobody sleep 100 &
	wait_for 10 owned_by 65534 "$!" || status=1
	kill_wait "$!"
	return "$status"
}
check "its memory can't be dumped" not_dumpable

# READY=1 when it runs, STOPPING=1 when it no longer does.
notifies()
{
	local receiver status=1

	socat -u "UNIX-RECV:$tmp/notify" "CREATE:$tmp/notified" &
	receiver=$!
	wait_for 10 test -S "$tmp/notify" &&
		NOTIFY_SOCKET=$tmp/notify start &&
		wait_for 10 grep -q READY=1 "$tmp/notified" &&
		! grep -q STOPPING=1 "$tmp/notified" && stops TERM &&
		wait_for 10 grep -q STOPPING=1 "$tmp/notified" && status=0
	kill "$receiver"
	return "$status"
}
check "tells systemd" notifies

quiet()
{
	echo "log level error" >>"$config"
	: >"$tmp/log"
	start && stops TERM && [ ! -s "$tmp/log" ]
}
check "log level of the configuration" quiet

tap_end
