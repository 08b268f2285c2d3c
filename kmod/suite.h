/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_SUITE_H
#define _RGF_SUITE_H

#include <linux/ringfence.h>
#include <linux/types.h>

/* Lengths in bytes. The SRTCP tag never shrinks (RFC 4568, 6.2.2). */
struct rgf_suite {
	const char *name; /* SDES name, RFC 4568 */
	const char *cipher; /* of the kernel's crypto API */
	const char *auth;
	u8 key_len;
	u8 salt_len;
	u8 auth_key_len;
	u8 rtp_tag_len;
	u8 rtcp_tag_len;
};

#define RGF_TAG_LEN_MAX 10

/* NULL for RINGFENCE_SUITE_NONE and what is no suite. */
const struct rgf_suite *rgf_suite_get(enum ringfence_suite id);

static inline unsigned int rgf_suite_master_len(const struct rgf_suite *suite)
{
	return suite->key_len + suite->salt_len;
}

#endif
