#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The inside phone speaks SIP over TCP and is called; the caller hangs up.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

INSIDE_TRANSPORT=tcp
call_stage "sip gateway inside transport" tcp
whole_call outside outside
check "inside: the SIP was over TCP" fact_is inside_sip_udp 0
call_end
