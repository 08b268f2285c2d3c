#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Security policies with a real phone, baresip, as extension 1001: all-secure lets
# it in by TLS with its password, with SRTP, and not by UDP; a policy with an
# exception lets one in by UDP. sip/policy.py has every row with our own phone.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

PASSWORD=correct-horse
CALLS=0
SRTP=AES_CM_128_HMAC_SHA1_80

# extension udp|tls [ACCOUNT-PARAMETERS]: the inside phone anew, to register so.
extension()
{
	local port=5060

	[ "$1" = udp ] || port=5061
	if [ -e "$CALL_DIR/inside/pid" ]; then
		phone_stop inside
		wait_for 10 not registered
	fi
	phone_make inside inside "$1" auto
	echo "<sip:1001@$INSIDE_GW:$port;transport=$1>;auth_user=1001;auth_pass=$PASSWORD;regint=60;answermode=auto;audio_codecs=pcmu/8000/1${2-}" \
		>"$CALL_DIR/inside/accounts"
	phone_start inside
}

not()
{
	! "$@"
}

daemon_cli()
{
	in_ns gw ringfence -s "$RUN_DIR/control.sock" "$@"
}

registered()
{
	daemon_cli registration list | grep -q "^1001 "
}

registered_by()
{
	daemon_cli registration list | grep -qE "^1001 .* $1( |\$)"
}

# calls WHAT SUITE: the extension calls, with media of that suite, or, where there
# is no media, both calls and is called.
calls()
{
	CALLS=$((CALLS + 1))
	phone inside dial "sip:outside@$INSIDE_GW" >/dev/null
	check "$1: it calls" wait_for 20 \
		daemon_says "call $CALLS from .* is established"
	! relayed || media "$@"
	phone inside hangup >/dev/null
	check "$1: it ends" wait_for 10 call_over $CALLS
	! relayed || return 0
	CALLS=$((CALLS + 1))
	phone outside dial "sip:1001@$OUTSIDE_GW:5061" >/dev/null
	check "$1: it is called" wait_for 20 \
		daemon_says "call $CALLS from .* is established"
	phone outside hangup >/dev/null
	check "$1: it ends again" wait_for 10 call_over $CALLS
}

# media WHAT SUITE: the call has some both ways, with that suite inside, and is
# always secured outside.
media()
{
	check "$1: inside it has $2" suite_is $INSIDE_GW "$2"
	check "$1: outside it has SRTP" suite_is $OUTSIDE_GW $SRTP
	check "$1: media goes both ways" wait_for 20 both_legs_count 60
}

# policy NAME [LINE]...: from now on, by the command line.
policy()
{
	local line

	for line in "${@:2}" "set sip security-policy $1"; do
		# shellcheck disable=SC2086 # words
		daemon_cli config $line || bail "config $line"
	done
	daemon_cli config commit || bail "no commit of policy $1"
}

load_module
call_network
make_ca ca
make_certificate gateway ca $OUTSIDE_GW
make_certificate inside-gateway ca $INSIDE_GW
make_certificate inside ca $INSIDE
make_certificate outside ca $OUTSIDE
phone_make outside outside tls auto
gateway_config "sip gateway inside type" endpoint \
	"sip gateway inside media-security" unsecure \
	"sip gateway secure type" endpoint \
	"sip gateway secure network" inside \
	"sip gateway secure transport" tls \
	"sip gateway secure tls certificate" "$CALL_DIR/inside-gateway.pem" \
	"sip gateway secure tls ca-certs" "$CALL_DIR/ca.pem" \
	"sip gateway secure tls client-authentication" false \
	"media security extension" secure \
	"sip registrar algorithm" MD5 \
	"sip extension 1001 password" "$PASSWORD" \
	"sip security-policy" all-secure \
	"sip route secure from" secure \
	"sip route secure to" outside \
	"sip route in to" secure \
	"sip route plain from" outside \
	"sip route plain to" inside
sed -i '/^sip gateway inside proxy-host /d' "$CONFIG"
gateway_start
phone_start outside

extension udp
check "all-secure: no logon by UDP" wait_for 20 phone_says inside '403 '
check "all-secure: it isn't registered" not registered
check "all-secure: the operator is told" \
	wait_for 5 daemon_says 'SipEp 356: extension 1001 at'
extension tls ";mediaenc=srtp-mand"
check "all-secure: logon by TLS" wait_for 20 registered_by tls
calls "all-secure" $SRTP

policy all-secure-extension-exception "set sip extension 1001 security-exception true"
extension udp
check "an exception: logon by UDP" wait_for 20 registered_by udp
calls "an exception" none

policy all-secure-exception-type "set sip extension 1001 security-exception false" \
	"set sip extension 1001 terminal-type insecure"
extension udp
check "an insecure type: logon by UDP" wait_for 20 registered_by udp
calls "an insecure type" none

policy none
extension tls ";mediaenc=srtp-mand"
check "none: logon by TLS" wait_for 20 registered_by tls
calls "none" $SRTP
kill "$DAEMON"
wait "$DAEMON"
check "a clean stop" [ $? -eq 0 ]
call_end
