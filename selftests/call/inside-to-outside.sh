#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A plain phone calls an SRTP phone, SIP over UDP inside; the caller hangs up.
# shellcheck source=lib.sh
. "$RF_TOP/selftests/call/lib.sh"

call_stage
whole_call inside inside
tap_end
