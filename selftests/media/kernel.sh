#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The media package on the real kernel module: sessions, changes, hold, media
# time-out, restart and adoption.
#
#   10.0.1.0/24 ── 10.0.1.1 [ gw ] 10.0.2.1 ── 10.0.2.0/24
set -u
. "$RF_TOP/selftests/lib.sh"

program=$RF_BUILD/userspace/media/media-kernel
[ -x "$program" ] || bail "no $program; run scripts/build"

ns_add gw
ns_add phones
ns_link gw inside 10.0.1.1/24 phones inside 10.0.1.10/24
ns_link gw outside 10.0.2.1/24 phones outside 10.0.2.20/24

check "without the module, media says so" in_ns gw "$program" absent
load_module
text=$(CMOCKA_MESSAGE_OUTPUT=TAP in_ns gw "$program")
status=$?
while IFS= read -r line; do
	case $line in
	"ok "*) ok "${line##* - }" ;;
	"not ok "*) not_ok "${line##* - }" ;;
	*) diag "$line" ;;
	esac
done <<<"$text"
check "and it ends well" test "$status" -eq 0
[ "$TAP_NUMBER" -ge 8 ] || bail "only $TAP_NUMBER points"
tap_end
