#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The shell's completion: words as a user types them, and what is offered.
set -u
. "$RF_TOP/selftests/cli/lib.sh"
# shellcheck source=../../userspace/ringfence/ringfence.bash
. "$RF_TOP/userspace/ringfence/ringfence.bash"

# offers LINE WANT...: after LINE, whose last word may be empty.
offers()
{
	local line=$1 got

	shift
	mapfile -t COMP_WORDS < <(tr ' ' '\n' <<<"$line")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_ringfence
	got=$(printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"} | sort | xargs)
	if [ "$got" = "$(printf '%s\n' "$@" | sort | xargs)" ]; then
		ok "after \"$line\""
	else
		not_ok "after \"$line\""
		diag "offers: $got"
	fi
}

offers 'ringfence s' session stats status
offers 'ringfence session ' add set del list show
offers 'ringfence session s' set show
offers 'ringfence -j -n x mon' monitor
offers 'ringfence session set id 7 b l' label local latch
offers 'ringfence session set id 7 b suite AEAD' AEAD_AES_128_GCM AEAD_AES_256_GCM
offers 'ringfence session set id 7 b latch ' strict port address
offers 'ringfence session set id 7 flags ' none udptl
offers 'ringfence session set id 7 b flags un' unencrypted-srtp unencrypted-srtcp unauthenticated-srtp
offers 'ringfence session set id 7 b flags rtcp-mux,expect-' rtcp-mux,expect-stun rtcp-mux,expect-dtls
offers 'ringfence session set id 7 b tx-key x m' mki
offers 'ringfence session set id 7 b peer [2001:db8::1]:5 rt' rtcp
offers 'ringfence netns set ' media-ports
offers 'ringfence ban ' list add del flush
offers 'ringfence ban add 192.0.2.1 ' time comment
offers 'ringfence limit set re' register request response
offers 'ringfence limit set register on ra' rate
offers 'ringfence limit set register rate '
offers 'ringfence config s' set show save
offers 'ringfence config set ' log network media sip certificate guard control
offers 'ringfence config set log level ' error warning notice info debug
offers 'ringfence config set sip gateway x t' type transport transport-parameter transfer tls
offers 'ringfence config commit ' confirmed comment
offers 'ringfence extension ' list show unregister
offers 'ringfence extension unregister ' all
offers 'ringfence extension unregister all '
offers 'ringfence top ' -d -n
offers 'ringfence nonsense '
offers 'ringfence complete '
touch "$WORK/key one" "$WORK/key-two"
offers "ringfence session set id 7 b tx-key $WORK/key-" "$WORK/key-two"
offers "ringfence -b $WORK/key-t" "$WORK/key-two"

# Ids come from the module, quietly none without it.
offers 'ringfence session show id '
load_module
gateway_addresses
ringfence session add id 7 a local 10.0.1.1:20000 b local 192.0.2.1:20000 >/dev/null
ringfence session add id 70 a local 10.0.1.1:20002 b local 192.0.2.1:20002 >/dev/null
offers 'ringfence session show id ' 7 70
offers 'ringfence session del id 70' 70
offers 'ringfence session del ' id all

tap_end
