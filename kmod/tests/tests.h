/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_TESTS_H
#define _RGF_TESTS_H

#include "kunit-compat.h"

extern struct kunit_suite rgf_filter_suite;
extern struct kunit_suite rgf_index_suite;
extern struct kunit_suite rgf_latch_suite;
extern struct kunit_suite rgf_limit_suite;
extern struct kunit_suite rgf_parse_suite;
extern struct kunit_suite rgf_rate_suite;
extern struct kunit_suite rgf_rtpstat_suite;
extern struct kunit_suite rgf_srtp_async_suite;
extern struct kunit_suite rgf_srtp_keys_suite;
extern struct kunit_suite rgf_srtp_recover_suite;
extern struct kunit_suite rgf_srtp_rekey_suite;
extern struct kunit_suite rgf_srtp_stream_suite;
extern struct kunit_suite rgf_srtp_suite;

#endif
