#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The inside phone is an extension: it registers, and calls, by its password; the
# kernel trusts its address as long, and bans who guesses.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

GUESSER=10.0.1.9
PASSWORD=correct-horse

daemon_cli()
{
	in_ns gw ringfence -s "$RUN_DIR/control.sock" "$@"
}

registered()
{
	daemon_cli registration list | grep -q "^inside .* $INSIDE:5060 "
}

# trusted ADDRESS, banned ADDRESS: by the kernel
trusted()
{
	in_ns gw ringfence trust list | grep -q "^$1.*registration"
}

banned()
{
	in_ns gw ringfence ban list | grep -q "^$1.*failed-digest"
}

not()
{
	! "$@"
}

# A right user with a wrong password, again and again.
guess()
{
	in_ns in python3 - "$GUESSER" "$INSIDE_GW" <<-'END'
		import os, sys
		sys.path.insert(0, os.environ["RF_TOP"] + "/selftests/sip")
		from phone import Phone, challenges
		me, gateway = (sys.argv[1], 5070), (sys.argv[2], 5060)
		p = Phone("inside", me, gateway).setup("guess")
		p.uri = "sip:" + gateway[0]
		for _ in range(30):
		    p.send(p.register_text())
		    resp = p._receive(2)
		    if not resp:
		        break  # banned
		    p.challenge, p.count = challenges(resp)["MD5"], 0
		    p.send(p.register_text(authorization=p.authorize()))
		    if not p._receive(2):
		        break
	END
}

load_module
call_network
ip -n "$(ns_name in)" address add $GUESSER/24 dev in0
make_ca ca
make_certificate gateway ca $OUTSIDE_GW
make_certificate outside ca $OUTSIDE
phone_make inside inside udp auto
phone_make outside outside tls auto
echo "<sip:inside@$INSIDE_GW;transport=udp>;auth_pass=$PASSWORD;regint=60;answermode=auto;audio_codecs=pcmu/8000/1" \
	>"$CALL_DIR/inside/accounts"
gateway_config "sip gateway inside type" endpoint
sed -i '/^sip gateway inside proxy-host /d' "$CONFIG"
# baresip 1.0 gives up when it sees SHA-256, even beside MD5.
cat >>"$CONFIG" <<-END
	sip extension inside password $PASSWORD
	sip registrar algorithm MD5
END
gateway_start
phone_start inside
phone_start outside
check "the phone registers" wait_for 30 registered ||
	diag "$(tail -n 30 "$DAEMON_LOG")"
check "the kernel trusts its address" trusted $INSIDE
whole_call inside outside
dial outside
check "it can be called, too" wait_for 20 calls_established 2
phone outside hangup >/dev/null
check "and that call ends" wait_for 10 no_session
guess
check "who guesses is banned" wait_for 5 banned $GUESSER
check "the phone is not" not banned $INSIDE
phone_stop inside
check "the phone ends, and takes its registration back" \
	wait_for 10 not registered
check "its address is trusted no more" wait_for 10 not trusted $INSIDE
call_end
