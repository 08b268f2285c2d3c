#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The inside phone is linphone, an extension that registers over TLS by SHA-256;
# the outside one is baresip. Calls go both ways, with SDES on both sides.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"
# shellcheck source=linphone-lib.sh
. "$RF_TOP/selftests/call/linphone-lib.sh"

load_module
call_network
make_ca ca
make_certificate gateway ca $OUTSIDE_GW
# linphone's TLS looks for addresses among DNS names.
make_certificate inside-gateway ca "$INSIDE_GW,DNS:$INSIDE_GW"
make_certificate outside ca $OUTSIDE
phone_make outside outside tls auto
gateway_config "sip gateway inside type" endpoint \
	"sip gateway inside transport" tls \
	"sip gateway inside media-security" secure \
	"sip gateway inside tls certificate" "$CALL_DIR/inside-gateway.pem" \
	"sip gateway inside tls ca-certs" "$CALL_DIR/ca.pem" \
	"sip gateway inside tls client-authentication" false \
	"sip extension 1001 password" "$LINPHONE_PASSWORD"
sed -i '/^sip gateway inside proxy-host /d' "$CONFIG"
gateway_start
linphone_make 1001 inside $INSIDE_GW
linphone_start 1001
phone_start outside
check "linphone registers, over TLS" wait_for 30 linphone_registered 1001 ||
	bail "$(tail -n 30 "$DAEMON_LOG" "$CALL_DIR/1001/log")"
! relayed || capture_start
linphone_calls 1001 $INSIDE_GW outside 1001@$OUTSIDE_GW:5061
if relayed; then
	capture_stop
	wire_facts 300
	check "inside: every packet has a tag" fact_is inside_not_srtp 0
	check "inside: no SIP to be read" fact_is inside_sip 0
fi
check "both offered and took SRTP alone" \
	[ "$(grep -c 'm=audio .* RTP/SAVP' "$CALL_DIR/1001/trace")" -ge 4 ]
check "it proved its password by SHA-256" \
	grep -q 'Authorization:.*algorithm=SHA-256' "$CALL_DIR/1001/trace"
gateway_stop
call_end
