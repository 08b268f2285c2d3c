#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module's own tests, of kmod/tests: the reference vectors of RFC 3711,
# appendix B, packets of other implementations, index estimation, replay
# window, parsers, rule sets. They run in the kernel when ringfence_test.ko is loaded;
# their KTAP is in the kernel log, and becomes TAP here.
set -u
. "$RF_TOP/selftests/lib.sh"

test_ko=${RF_KO%/*}/ringfence_test.ko
[ -e "$test_ko" ] || bail "no $test_ko; run scripts/build"

# The ciphers that a processor of today has; or the vectors would only judge the
# generic ones, which no gateway uses.
for pair in aes:aesni_intel pclmulqdq:ghash_clmulni_intel ssse3:sha1_ssse3; do
	! grep -qw "${pair%:*}" /proc/cpuinfo ||
		check "${pair#*:} is there" modprobe "${pair#*:}"
done

begin="ringfence vectors $$"
echo "$begin" >/dev/kmsg
for dependency in $(modinfo -F depends "$test_ko" | tr ',' ' '); do
	modprobe "$dependency" || bail "can't load $dependency"
done
check "the module loads" insmod "$test_ko" && defer rmmod ringfence_test

# Cases are indented under "# Subtest: SUITE"; the suites' own lines are not.
suite=
while IFS= read -r line; do
	case $line in
	*"# Subtest: "*) suite=${line##*# Subtest: } ;;
	"    ok "*) ok "$suite: ${line##* }" ;;
	"    not ok "*) not_ok "$suite: ${line##* }" ;;
	"        # "*) diag "${line#*# }" ;;
	esac
done < <(dmesg --notime | sed "1,/$begin/d")

# Fewer cases than this means that some did not run.
[ "$TAP_NUMBER" -ge 83 ] || bail "only $TAP_NUMBER points"
tap_end
