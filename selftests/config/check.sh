#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ringfenced --check, and its options: what it says, and its exit codes. Needs
# neither the kernel module nor privilege. RINGFENCED names another binary.
RF_TOP=${RF_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
RINGFENCED=${RINGFENCED:-${RF_BUILD:-$RF_TOP/build}/userspace/ringfenced/ringfenced}
export RINGFENCE_YANG_DIR=$RF_TOP/userspace/config
# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"
cd "$RF_TOP/selftests/config" || bail "no folder of the test"
tmp=$(mktemp -d) || bail "no temporary folder"
defer rm -rf "$tmp"

# says STATUS TEXT COMMAND...: the status, and all that it prints.
says()
{
	local want=$1 text=$2 got

	shift 2
	got=$("$@" 2>&1)
	set -- "$?" "$@"
	[ "$1" -eq "$want" ] || echo "exit status $1, not $want"
	diff <(printf '%s\n' "$text") <(printf '%s\n' "$got") &&
		[ "$1" -eq "$want" ]
}

check "a good file" says 0 "good.conf: no errors" \
	"$RINGFENCED" --check -c good.conf
example=$RF_TOP/Documentation/ringfence.conf.example
check "the manual's example" says 0 "$example: no errors" \
	"$RINGFENCED" --check -c "$example"
check "an empty file" says 0 "/dev/null: no errors" \
	"$RINGFENCED" --check -c /dev/null
check "every kind of error" says 1 "$(cat bad.expected)" \
	"$RINGFENCED" --check -c bad.conf

errors_of_150()
{
	local text

	yes nonsense | head -150 >"$tmp/many.conf"
	text=$("$RINGFENCED" --check -c "$tmp/many.conf" 2>&1)
	[ $? -eq 1 ] && [ "$(wc -l <<<"$text")" -eq 101 ] &&
		[ "$(tail -1 <<<"$text")" = "$tmp/many.conf: 50 more errors" ]
}
check "100 errors, then how many more" errors_of_150

check "no such file" says 1 "can't read none.conf: No such file or directory" \
	"$RINGFENCED" --check -c none.conf
check "a folder" says 1 "can't read /: Is a directory" \
	"$RINGFENCED" --check -c /
check "no model" says 1 \
	"can't load the data model ringfence.yang: No such file or directory; RINGFENCE_YANG_DIR can name its directory" \
	env RINGFENCE_YANG_DIR=/nonexistent "$RINGFENCED" --check -c good.conf

# The checkout may be closed to others.
unprivileged()
{
	cp "$RINGFENCED" "$tmp/ringfenced" &&
		cp good.conf "$RINGFENCE_YANG_DIR/ringfence.yang" "$tmp" &&
		chmod -R a+rX "$tmp" &&
		says 0 "$tmp/good.conf: no errors" \
			env RINGFENCE_YANG_DIR="$tmp" \
			setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$tmp/ringfenced" --check -c "$tmp/good.conf"
}
check "without privilege" unprivileged

# setup's wolfSSL is linked statically and complete; Debian's is neither.
lacks=" without SRTP, AES-NI, DTLS 1.3, key logging, OCSP stapling, TLS 1.0, RC2"
ldd "$RINGFENCED" | grep -q libwolfssl || lacks=
version_of()
{
	local text

	text=$("$RINGFENCED" "$1" | sed '2s/[0-9.]\{5,\}/N/')
	diff <(printf 'ringfenced 0.1.0\nwolfSSL N%s\n' "$lacks") \
		<(printf '%s\n' "$text")
}
check "version, and what TLS lacks" version_of -V
check "--version" version_of --version
help_of()
{
	local text

	text=$("$RINGFENCED" "$1") && [[ $text == "Usage: ringfenced "* ]]
}
check "-h" help_of -h
check "--help" help_of --help
check "an argument" says 2 "ringfenced: unexpected argument: good.conf
ringfenced: see ringfenced --help" "$RINGFENCED" --check good.conf
check "an unknown option" says 2 "$RINGFENCED: unrecognized option '--chekc'
ringfenced: see ringfenced --help" "$RINGFENCED" --chekc
check "an option without its argument" says 2 \
	"$RINGFENCED: option requires an argument -- 'c'
ringfenced: see ringfenced --help" "$RINGFENCED" -c

tap_end
