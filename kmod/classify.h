/* SPDX-License-Identifier: GPL-2.0-only */
/* What the first bytes of a UDP payload are to the limits; pure. */
#ifndef _RGF_CLASSIFY_H
#define _RGF_CLASSIFY_H

#include <linux/compiler.h>
#include <linux/ringfence.h>
#include <linux/string.h>
#include <linux/types.h>

#define RGF_CLASSIFY_LEN 32 /* bytes; no method is longer */

/* Eight bytes as a number, to be compared at once. */
static inline u64 rgf_8(const void *p)
{
	u64 word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* The usual ones; @p has nine bytes. MAX: none of them. */
static __always_inline enum ringfence_limit_class rgf_classify_head(const u8 *p)
{
	u64 head = rgf_8(p);

	if (head == rgf_8("REGISTER") && p[8] == ' ')
		return RINGFENCE_LIMIT_CLASS_REGISTER;
	if (head == rgf_8("OPTIONS "))
		return RINGFENCE_LIMIT_CLASS_OPTIONS;
	if (head == rgf_8("SIP/2.0 "))
		return RINGFENCE_LIMIT_CLASS_RESPONSE;
	if (!memcmp(p, "INVITE ", 7))
		return RINGFENCE_LIMIT_CLASS_INVITE;
	return __RINGFENCE_LIMIT_CLASS_MAX;
}

/* What isn't; as rgf_limit_classify(). */
enum ringfence_limit_class rgf_limit_classify_rest(const u8 *p, u32 len,
						   bool signaling);

/**
 * rgf_limit_classify() - what came by UDP, to no port for media
 * @p: the first bytes of the payload
 * @len: how many, up to RGF_CLASSIFY_LEN
 * @signaling: to a signaling port
 */
static inline enum ringfence_limit_class
rgf_limit_classify(const u8 *p, u32 len, bool signaling)
{
	enum ringfence_limit_class class;

	if (likely(signaling && len >= 9)) {
		class = rgf_classify_head(p);
		if (class != __RINGFENCE_LIMIT_CLASS_MAX)
			return class;
	}
	return rgf_limit_classify_rest(p, len, signaling);
}

#endif
