#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The outside phone's SRTP with the suites that it has, then fallback: with a phone
# that offers SRTP in RTP/AVP, with one that has none, in both directions.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

CALLS=0

# gateway_again [PATH VALUE]...: with another configuration.
gateway_again()
{
	gateway_config "$@"
	kill_wait "$DAEMON"
	gateway_start
}

# outside_phone ACCOUNT-PARAMETERS: the phone anew, with those for its media. The
# gateway must close its connections first: the phone can't listen on a port that
# one it has closed has yet.
outside_phone()
{
	kill_wait "$DAEMON"
	phone_stop inside
	phone_stop outside
	CALLS=0
	sed -i "s/;mediaenc=[a-z-]*//; s/\$/$1/" "$CALL_DIR/outside/accounts"
	phone_start inside
	phone_start outside
	gateway_start
}

# call_with SUITE CALLER WHAT: a call that is long enough for RTCP to tell of it.
call_with()
{
	CALLS=$((CALLS + 1))
	dial "$2"
	check "$3: the call is established" \
		wait_for 20 calls_established $CALLS ||
		diag "$(tail -n 20 "$DAEMON_LOG")"
	check "$3: the suite is $1" suite_is "$OUTSIDE_GW" "$1"
	sleep 7
	phone "$2" hangup >/dev/null
	check "$3: it ends" wait_for 10 calls_ended $CALLS
	check "$3: the inside phone and its peer lost nothing" no_loss inside
	check "$3: the outside phone and its peer lost nothing" no_loss outside
}

nothing_plain()
{
	! daemon_says 'Mipt 116'
}

# The phone offers nothing but AES_CM_128, and answers no AES_256_CM.
call_stage
for suite in AEAD_AES_128_GCM AEAD_AES_256_GCM; do
	gateway_again "sip gateway outside suite" $suite
	call_with $suite inside $suite
done
gateway_again "sip gateway outside suite" AEAD_AES_256_GCM \
	"sip gateway outside answer-suite" AES_CM_128_HMAC_SHA1_80
call_with AES_CM_128_HMAC_SHA1_80 outside "another suite for answers"

gateway_again "sip gateway outside media-security" fallback
for caller in inside outside; do
	outside_phone ";mediaenc=srtp"
	call_with AES_CM_128_HMAC_SHA1_80 "$caller" "a phone with SRTP, $caller calls"
done
check "nothing was plain so far" nothing_plain
for caller in inside outside; do
	outside_phone ""
	call_with none "$caller" "a phone without SRTP, $caller calls"
done
check "which was told" daemon_says 'Mipt 116: .* media on endpoint outside is not'

gateway_again
dial inside
check "secure: no call with it" wait_for 20 phone_says inside '488|Not Acceptable'
check "and no session" sessions_are 0
call_end
