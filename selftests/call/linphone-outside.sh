#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The outside phone is linphone, an extension that registers from there over TLS:
# it verifies the gateway's name, and the gateway its certificate. The inside one
# is baresip, with plain SIP and RTP. Calls go both ways.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"
# shellcheck source=linphone-lib.sh
. "$RF_TOP/selftests/call/linphone-lib.sh"

GATE=gate.example.net

# outside_knows NAME ADDRESS: what stands for DNS there.
outside_knows()
{
	local dir

	dir=/etc/netns/$(ns_name out)
	mkdir -p "$dir"
	defer rm -rf "$dir"
	echo "$2 $1" >"$dir/hosts"
}

# stranger_knocks: with a certificate of the right name and another CA.
stranger_knocks()
{
	in_ns out openssl s_client -connect "$OUTSIDE_GW:5061" -quiet \
		-cert "$CALL_DIR/stranger.pem" -key "$CALL_DIR/stranger.key" \
		</dev/null >"$CALL_DIR/stranger.log" 2>&1
	wait_for 5 daemon_says 'certificate "CN=stranger".*(CA|issuer|trusted)'
}

load_module
call_network
outside_knows $GATE $OUTSIDE_GW
make_ca ca
make_ca other
make_certificate gateway ca "$OUTSIDE_GW,DNS:$GATE"
make_certificate stranger other "$OUTSIDE,DNS:phone.example.net"
make_certificate outside ca "$OUTSIDE,DNS:phone.example.net"
phone_make inside inside udp auto
gateway_config "sip gateway outside type" endpoint \
	"sip gateway outside tls peer-name" phone.example.net \
	"sip extension 2001 password" "$LINPHONE_PASSWORD"
sed -i '/^sip gateway outside proxy-host /d' "$CONFIG"
gateway_start
phone_start inside

check "the gateway refuses a certificate of another CA" stranger_knocks
linphone_make 2001 outside $GATE
linphone_certificate 2001 outside
linphone_start 2001
check "linphone registers, over TLS" wait_for 30 linphone_registered 2001 ||
	bail "$(tail -n 30 "$DAEMON_LOG" "$CALL_DIR/2001/log")"
capture_start
linphone_calls 2001 $GATE inside "2001@$INSIDE_GW"
capture_stop
wire_facts 300
check "inside: all of it plain G.711" fact_is inside_not_plain 0
gateway_stop
call_end
