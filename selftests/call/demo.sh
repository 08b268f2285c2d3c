#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What scripts/demo --keep runs, so that the demo itself can't break unseen: a
# plain phone calls an SRTP phone, SIP over UDP inside; the caller hangs up.
# Every claim is a point; then the shell that --keep leaves is asked a few
# things.
# shellcheck source=../lib.sh
. "$RF_TOP/selftests/lib.sh"

OUT=$RF_OUT/demo

"$RF_TOP/selftests/call/demo" --keep >"$OUT" 2>"$RF_OUT/demo-errors" <<'END'
echo "in $(ip -o addr show gw0 | grep -o '10\.[0-9.]*/24')"
ringfence status
phone inside listcalls
exit
END
check "the demo succeeds" test $? -eq 0
while IFS= read -r line; do
	case $line in
	"  yes  "*) ok "${line#  yes  }" ;;
	"  NO   "*) not_ok "${line#  NO   }" ;;
	esac
done <"$OUT"

# says TEXT REGEXP: the demo's output has that line.
says()
{
	check "$1" grep -qE -- "$2" "$OUT"
}

says "it sums up, with the number of claims" \
	"^demo: .* talked for [0-9]+ s .* all $((TAP_NUMBER - 1)) claims hold "
says "it draws the call's SIP messages" '\|-+ INVITE -+>\|'
says "--keep: the shell is in the gateway's namespace" '^in 10\.0\.1\.1/24$'
says "--keep: ringfence sees the module" '^module loaded'
says "--keep: ringfence sees the daemon" '^daemon running, pid [0-9]+$'
says "--keep: phones can be told to call" 'active calls|\(0\)'
[ "$TAP_FAILED" -eq 0 ] || diag "$(tail -n 40 "$OUT" "$RF_OUT/demo-errors")"
tap_end
