/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A keyed hash of addresses for the packets' way: multiply-shift (Dietzfelbinger
 * 1996), which is strongly universal. Who doesn't know the key can't choose
 * addresses that collide more often than by chance.
 */
#ifndef _RGF_ADDRHASH_H
#define _RGF_ADDRHASH_H

#include <linux/in6.h>
#include <linux/types.h>

struct rgf_hash_key {
	u64 add;
	u64 mul[4];
};

static inline u32 rgf_hash_v4(const struct rgf_hash_key *key, __be32 addr)
{
	return (key->add + key->mul[0] * (__force u32)addr) >> 32;
}

static inline u32 rgf_hash_v6(const struct rgf_hash_key *key,
			      const struct in6_addr *addr)
{
	const __be32 *word = addr->s6_addr32;

	return (key->add + key->mul[0] * (__force u32)word[0] +
		key->mul[1] * (__force u32)word[1] +
		key->mul[2] * (__force u32)word[2] +
		key->mul[3] * (__force u32)word[3]) >>
	       32;
}

#endif
