#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The systemd unit: what systemd says of it, and ringfenced under it, with the
# module, in a systemd of its own (namespaces of processes, mounts and cgroups).
# Then all that is not allowed there.
set -u
# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"

UNIT=$RF_BUILD/userspace/ringfenced/ringfenced.service
UNITS=/run/rf-units
INIT=
# Tenths of what systemd-analyze gives, from 0 (safe) to 10. Without ProtectClock=,
# which forbids to read whether the clock is synchronized; CAP_SYS_TIME, to set it,
# the unit has not.
EXPOSURE_MAX=24

# verify: nothing to complain of but that it can't see manual pages here.
verify()
{
	local text

	text=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no \
		"$UNIT" 2>&1 | grep -F ringfenced)
	echo "$text"
	[ -z "$text" ]
}

exposure()
{
	local text score

	text=$(systemd-analyze security --offline=true --no-pager "$UNIT")
	score=$(sed -n 's/.*Overall exposure.*: \([0-9.]*\) .*/\1/p' <<<"$text")
	echo "$text" | grep -v ✓
	echo "exposure ${score:-unknown}"
	[ -n "$score" ] && [ "${score/./}" -le "$EXPOSURE_MAX" ]
}

# install_files: where the unit looks for them.
install_files()
{
	mkdir -p /usr/local/share/ringfence /etc/ringfence
	cp "$RF_BUILD/userspace/ringfenced/ringfenced" /usr/local/sbin/
	cp "$RF_TOP/userspace/config/ringfence.yang" /usr/local/share/ringfence/
	cat >/etc/ringfence/ringfence.conf <<-END
		network lan address 127.0.0.1
		sip gateway pbx network lan
		sip gateway pbx proxy-host 127.0.0.2
		sip gateway pbx port 50 # needs CAP_NET_BIND_SERVICE
	END
}

# Only what the unit needs of the system's own.
make_units()
{
	local unit

	mkdir -p "$UNITS/ringfenced.service.d"
	for unit in sysinit basic shutdown sockets network-online network; do
		printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' \
			"$unit" >"$UNITS/$unit.target"
	done
	printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n%s\n' \
		"ExecStart=/bin/true" >"$UNITS/modprobe@.service"
	printf '[Unit]\nDescription=test\nDefaultDependencies=no\n' \
		>"$UNITS/test.target"
	cp "$UNIT" "$UNITS/ringfenced.service"
	cat >"$UNITS/ringfenced.service.d/test.conf" <<-END
		[Service]
		StandardError=append:$UNITS/log
	END
}

# start_systemd: as the first process of a container.
start_systemd()
{
	mkdir -p /sys/fs/cgroup/rf
	defer rmdir /sys/fs/cgroup/rf
	(
		echo "$BASHPID" >/sys/fs/cgroup/rf/cgroup.procs
		# shellcheck disable=SC2016 # for the inner shell
		exec unshare --pid --mount --cgroup --fork --kill-child \
			--mount-proc bash -c '
				mkdir -p /run/systemd
				exec env -i container=test SYSTEMD_UNIT_PATH=$0 \
					PATH=/usr/sbin:/usr/bin:/sbin:/bin \
					/lib/systemd/systemd --system \
					--unit=test.target --log-target=console \
					--show-status=no' "$UNITS"
	) >"$RF_OUT/systemd.log" 2>&1 &
	OUTER=$!
	defer kill_wait "$OUTER"
	wait_for 30 find_init || bail "no systemd: $(cat "$RF_OUT/systemd.log")"
	wait_for 60 ctl list-units || bail "systemd doesn't answer: $(
		ctl list-units 2>&1; cat "$RF_OUT/systemd.log")"
}

find_init()
{
	INIT=$(pgrep -P "$OUTER" -x systemd)
	[ -n "$INIT" ]
}

inside()
{
	nsenter -t "$INIT" -p -m -- "$@"
}

ctl()
{
	inside env SYSTEMD_UNIT_PATH="$UNITS" systemctl --no-pager "$@"
}

daemon_pid()
{
	ctl show -P MainPID ringfenced
}

# The number that the daemon has out here.
outer_pid()
{
	pgrep -x ringfenced | head -n 1
}

status_of()
{
	sed -n "s/^$1:\s*//p" "/proc/$(outer_pid)/status"
}

# as_daemon COMMAND...: in its mounts.
as_daemon()
{
	nsenter -t "$(outer_pid)" -m -- "$@"
}

restarted()
{
	local now

	now=$(daemon_pid)
	[ "$now" != 0 ] && [ "$now" != "$1" ] && ctl is-active ringfenced
}

load_module
install_files
check "systemd has nothing to complain of" verify
check "its exposure is small" exposure
make_units
start_systemd

check "it starts, and says that it is ready" ctl start ringfenced ||
	diag "$(cat "$UNITS/log" "$RF_OUT/systemd.log")"
check "it is active" ctl is-active ringfenced
check "it answers" inside "$RF_BUILD/userspace/ringfence/ringfence" \
	config show sip
check "it sees the module" grep -q "Main 1: ringfenced" "$UNITS/log"

# CAP_NET_BIND_SERVICE and CAP_NET_ADMIN: bits 10 and 12.
check "it has two capabilities" test "$(status_of CapBnd)" = 0000000000001400
check "it can't get others" test "$(status_of NoNewPrivs)" = 1
check "its system calls are filtered" test "$(status_of Seccomp)" = 2
check_fails "it can't write to the system" "Read-only" \
	as_daemon touch /usr/local/sbin/x /var/x
check_fails "nor to the kernel's settings" "Read-only|nonexistent" \
	as_daemon sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
check "its temporary files are its own" \
	as_daemon sh -c '! ls -A /tmp | grep .'
check "it has no devices" as_daemon sh -c '! ls /dev | grep -E "mem|kmsg|vda"'
check "it can write its configuration" \
	inside "$RF_BUILD/userspace/ringfence/ringfence" -b - <<-END
		config set media idle-timeout 61
		config commit
	END
check "which is there" grep -q "idle-timeout 61" \
	/etc/ringfence/ringfence.conf

BEFORE=$(daemon_pid)
kill -KILL "$(outer_pid)"
check "it is started again when it is killed" wait_for 30 restarted "$BEFORE"
check "its run directory outlives it" inside test -f /run/ringfence/calls
check "it stops" ctl stop ringfenced
check "and well" test "$(ctl show -P Result ringfenced)" = success
echo "sip gateway pbx port 0" >>/etc/ringfence/ringfence.conf
check_fails "a wrong configuration doesn't start" "" ctl start ringfenced
check "and the log says why" grep -q "ringfence.conf:.*port" "$UNITS/log"
tap_end
