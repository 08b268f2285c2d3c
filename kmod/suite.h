/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_SUITE_H
#define _RGF_SUITE_H

#include <linux/ringfence.h>
#include <linux/types.h>

enum rgf_cipher {
	RGF_CIPHER_NULL, /* RFC 3711, 4.1.3 */
	RGF_CIPHER_AES_CM, /* RFC 3711, 4.1.1, and RFC 6188 */
	RGF_CIPHER_AES_F8, /* RFC 3711, 4.1.2 */
	RGF_CIPHER_AES_GCM, /* RFC 7714, AEAD */
};

/* Lengths in bytes. The SRTCP tag never shrinks (RFC 4568, 6.2.2). */
struct rgf_suite {
	const char *name; /* SDES name, RFC 4568 */
	enum rgf_cipher cipher;
	u8 key_len; /* master and session key alike */
	u8 salt_len; /* master and session salt alike */
	u8 auth_key_len; /* of HMAC-SHA1; 0: AEAD */
	u8 rtp_tag_len;
	u8 rtcp_tag_len;
};

#define RGF_TAG_LEN_MAX 16

/* NULL for RINGFENCE_SUITE_NONE and what is no suite. */
const struct rgf_suite *rgf_suite_get(enum ringfence_suite id);

static inline unsigned int rgf_suite_master_len(const struct rgf_suite *suite)
{
	return suite->key_len + suite->salt_len;
}

static inline bool rgf_suite_is_aead(const struct rgf_suite *suite)
{
	return suite->cipher == RGF_CIPHER_AES_GCM;
}

static inline bool rgf_suite_is_null(const struct rgf_suite *suite)
{
	return suite->cipher == RGF_CIPHER_NULL;
}

#endif
