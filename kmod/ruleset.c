// SPDX-License-Identifier: GPL-2.0-only
#include "ruleset.h"

#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "compat.h"

struct rgf_ruleset *rgf_ruleset_new(u32 n_rules)
{
	struct rgf_ruleset *rs = kvzalloc(sizeof(*rs), GFP_KERNEL_ACCOUNT);

	if (!rs)
		return NULL;
	refcount_set(&rs->users, 1);
	rs->rules =
		kvcalloc(n_rules ?: 1, sizeof(*rs->rules), GFP_KERNEL_ACCOUNT);
	if (!rs->rules) {
		kvfree(rs);
		return NULL;
	}
	rs->n_rules = n_rules;
	strscpy(rs->chains[RGF_CHAIN_LOCAL], "local", RGF_NAME_SIZE);
	strscpy(rs->chains[RGF_CHAIN_NETWORK], "network", RGF_NAME_SIZE);
	rs->n_chains = RGF_NR_HOOKS;
	rs->dflt[RGF_CHAIN_LOCAL] = RINGFENCE_VERDICT_DROP;
	rs->dflt[RGF_CHAIN_NETWORK] = RINGFENCE_VERDICT_ACCEPT;
	return rs;
}

static void rgf_ruleset_counts_free(struct rgf_ruleset *rs)
{
	int cpu;

	if (!rs->counts)
		return;
	for_each_possible_cpu(cpu)
		kvfree(*per_cpu_ptr(rs->counts, cpu));
	free_percpu(rs->counts);
	rs->counts = NULL;
}

static int rgf_ruleset_rates_new(struct rgf_ruleset *rs)
{
	u32 i;

	for (i = 0; i < rs->n_rules; i++)
		if (rs->rules[i].has & RGF_RULE_RATE)
			break;
	if (i == rs->n_rules)
		return 0;
	rs->sources = rgf_rate_table_new();
	return rs->sources ? 0 : -ENOMEM;
}

/* An array per CPU of its own: they would be too long for alloc_percpu(). */
int rgf_ruleset_counts_new(struct rgf_ruleset *rs)
{
	u32 n = rs->n_rules + __RINGFENCE_RULES_COUNTER_MAX;
	struct rgf_counts *c;
	u32 i;
	int cpu;

	rs->rates = kvcalloc(rs->n_rules ?: 1, sizeof(*rs->rates),
			     GFP_KERNEL_ACCOUNT);
	rs->counts = alloc_percpu_gfp(struct rgf_counts *, GFP_KERNEL_ACCOUNT);
	if (!rs->rates || !rs->counts)
		return -ENOMEM;
	for (i = 0; i < rs->n_rules; i++)
		rgf_rate_init(&rs->rates[i]);
	for_each_possible_cpu(cpu) {
		c = kvzalloc(struct_size(c, n, n), GFP_KERNEL_ACCOUNT);
		if (!c)
			return -ENOMEM;
		u64_stats_init(&c->syncp);
		*per_cpu_ptr(rs->counts, cpu) = c;
	}
	return rgf_ruleset_rates_new(rs);
}

void rgf_ruleset_put(struct rgf_ruleset *rs)
{
	u32 i;

	if (!rs || !refcount_dec_and_test(&rs->users))
		return;
	for (i = 0; i < rs->n_rules; i++)
		kfree(rs->rules[i].comment);
	rgf_ruleset_counts_free(rs);
	rgf_rate_table_free(rs->sources);
	kvfree(rs->rates);
	kvfree(rs->rules);
	kvfree(rs);
}

void rgf_ruleset_sum(const struct rgf_ruleset *rs, u32 index, u64 *packets,
		     u64 *bytes)
{
	const struct rgf_counts *c;
	unsigned int start;
	u64 p, b;
	int cpu;

	*packets = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu) {
		c = *per_cpu_ptr(rs->counts, cpu);
		do {
			start = u64_stats_fetch_begin(&c->syncp);
			p = u64_stats_read(&c->n[index].packets);
			b = u64_stats_read(&c->n[index].bytes);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		*packets += p;
		*bytes += b;
	}
}

static struct rgf_key rgf_key_of(const struct rgf_addr *addr)
{
	const __be64 *half = (const __be64 *)&addr->in6;

	return (struct rgf_key){ get_unaligned_be64(half),
				 get_unaligned_be64(half + 1) };
}

/* The bits beyond a prefix's length. */
static struct rgf_key rgf_host_bits(u8 len)
{
	return (struct rgf_key){
		len < 64 ? U64_MAX >> len : 0,
		len <= 64    ? U64_MAX
		: len == 128 ? 0
			     : U64_MAX >> (len - 64),
	};
}

bool rgf_prefix_is_whole(const struct rgf_prefix *prefix)
{
	struct rgf_key key = rgf_key_of(&prefix->addr);
	struct rgf_key host = rgf_host_bits(prefix->len);

	return !(key.hi & host.hi) && !(key.lo & host.lo);
}

struct rgf_range rgf_prefix_range(const struct rgf_prefix *prefix)
{
	struct rgf_key lo = rgf_key_of(&prefix->addr);
	struct rgf_key host = rgf_host_bits(prefix->len);
	struct rgf_range range = { lo, { lo.hi | host.hi, lo.lo | host.lo } };

	if (rgf_addr_is_v4(&prefix->addr)) {
		range.lo = (struct rgf_key){ .lo = (u32)range.lo.lo };
		range.hi = (struct rgf_key){ .lo = (u32)range.hi.lo };
	}
	return range;
}

static int rgf_prefix_cmp(const void *a, const void *b)
{
	const struct rgf_prefix *x = a, *y = b;

	return memcmp(&x->addr, &y->addr, sizeof(x->addr)) ?: x->len - y->len;
}

/* Prefixes contain one another or are apart, so in order they merge simply. */
static void rgf_addrset_cover(struct rgf_addrset *set)
{
	struct rgf_range range, *last;
	unsigned int v6;
	u32 i;

	for (i = 0; i < set->n; i++) {
		range = rgf_prefix_range(&set->entries[i]);
		v6 = !rgf_addr_is_v4(&set->entries[i].addr);
		last = set->n_ranges[v6]
			       ? &set->ranges[v6][set->n_ranges[v6] - 1]
			       : NULL;
		if (last && rgf_key_cmp(&range.lo, &last->hi) <= 0)
			continue;
		set->ranges[v6][set->n_ranges[v6]++] = range;
	}
}

struct rgf_addrset *rgf_addrset_new(struct rgf_prefix *prefixes, u32 n)
{
	struct rgf_addrset *set;
	u32 count[2] = {};
	u32 i;

	set = kvzalloc(struct_size(set, entries, n), GFP_KERNEL_ACCOUNT);
	if (!set)
		return NULL;
	refcount_set(&set->users, 1);
	sort(prefixes, n, sizeof(*prefixes), rgf_prefix_cmp, NULL);
	for (i = 0; i < n; i++) {
		if (i && !rgf_prefix_cmp(&prefixes[i], &prefixes[i - 1]))
			continue;
		set->entries[set->n++] = prefixes[i];
		count[!rgf_addr_is_v4(&prefixes[i].addr)]++;
	}
	for (i = 0; i < 2; i++) {
		set->ranges[i] = kvcalloc(count[i] ?: 1,
					  sizeof(*set->ranges[i]),
					  GFP_KERNEL_ACCOUNT);
		if (!set->ranges[i]) {
			rgf_addrset_put(set);
			return NULL;
		}
	}
	rgf_addrset_cover(set);
	return set;
}

void rgf_addrset_put(struct rgf_addrset *set)
{
	if (!set || !refcount_dec_and_test(&set->users))
		return;
	kvfree(set->ranges[0]);
	kvfree(set->ranges[1]);
	kvfree(set);
}

bool rgf_addrset_has(const struct rgf_addrset *set,
		     const struct rgf_prefix *prefix)
{
	return bsearch(prefix, set->entries, set->n, sizeof(*prefix),
		       rgf_prefix_cmp);
}
