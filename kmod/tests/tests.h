/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_TESTS_H
#define _RGF_TESTS_H

#include "kunit-compat.h"

extern struct kunit_suite rgf_index_suite;
extern struct kunit_suite rgf_parse_suite;
extern struct kunit_suite rgf_srtp_suite;

#endif
