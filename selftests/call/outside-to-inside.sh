#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An SRTP phone calls a plain phone, SIP over UDP inside; the callee hangs up.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

call_stage
whole_call outside inside
call_end
