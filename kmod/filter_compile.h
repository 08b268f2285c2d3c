/* SPDX-License-Identifier: GPL-2.0-only */
/* From a rule set to tables. */
#ifndef _RGF_FILTER_COMPILE_H
#define _RGF_FILTER_COMPILE_H

#include <linux/list.h>

#include "compat.h"
#include "filter_match.h"

/* Memory that is freed together; what is over the bound is refused. */
struct rgf_arena {
	struct list_head blocks;
	size_t used; /* bytes, RINGFENCE_RULES_MEMORY_MAX at most */
	char *next; /* free bytes of the block for small things */
	size_t left;
};

void rgf_arena_init(struct rgf_arena *arena);
void rgf_arena_free(struct rgf_arena *arena);
/* Zeroed; ERR_PTR(-ENOMEM), or ERR_PTR(-E2BIG) over the bound. */
void *rgf_arena_alloc(struct rgf_arena *arena, size_t size);

/* A rule on the way to which a packet matched others, which jump to it. */
struct rgf_flat_path {
	u32 rule;
	u32 parent; /* index of a flat rule, or RGF_NO_PARENT */
};

#define RGF_NO_PARENT U32_MAX

/**
 * rgf_filter_flatten() - the rules of one hook and family, jumps replaced
 * @hook: RGF_CHAIN_LOCAL or RGF_CHAIN_NETWORK
 * @v6: leave out what can match IPv4 only, or else IPv6 only
 * @paths: room for RINGFENCE_MAX_FLAT_RULES
 * @bad: the rule that is to blame
 *
 * Return: how many, or -E2BIG: too many; -ELOOP: too deep
 */
int rgf_filter_flatten(const struct rgf_ruleset *rs, unsigned int hook, bool v6,
		       struct rgf_flat_path *paths, u32 *bad);

/**
 * rgf_filter_compile() - the table of one hook and family
 * @sets: of the rule set, by index
 * @paths: from rgf_filter_flatten()
 * @n: how many
 * @arena: what the table is made in
 *
 * Process context; may take a while, and sleeps.
 *
 * Return: 0, -ENOMEM, -E2BIG: over the bound
 */
int rgf_filter_compile(struct rgf_table *table, const struct rgf_ruleset *rs,
		       struct rgf_addrset *const *sets, bool v6,
		       const struct rgf_flat_path *paths, u32 n,
		       struct rgf_arena *arena);

/* The first zero byte, and what is behind it, as zeros. */
static inline u64 rgf_cut_at_zero(u64 text)
{
	const u64 low7 = 0x7f7f7f7f7f7f7f7fULL;
	u64 zeros = ~(((text & low7) + low7) | text | low7);

	if (!zeros)
		return text;
	/* Its highest bit that is set is that of the first zero byte. */
	return text & ~(U64_MAX >> (63 - __fls(zeros)));
}

/* An interface's name, IFNAMSIZ bytes, as it is compared. */
static inline struct rgf_key rgf_ifname_key(const char *name)
{
	struct rgf_key key = {
		rgf_cut_at_zero(get_unaligned_be64(name)),
		rgf_cut_at_zero(get_unaligned_be64(name + 8)),
	};

	if (!(key.hi & 0xff))
		key.lo = 0;
	return key;
}

#endif
