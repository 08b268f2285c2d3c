/* SPDX-License-Identifier: GPL-2.0-only */
/* Random rules and packets, and what rules that are tried one by one do. */
#ifndef _RGF_FILTER_FIXTURE_H
#define _RGF_FILTER_FIXTURE_H

#include "../filter_match.h"

#define TRACE_MAX 64

/* Reproducible (Knuth's MMIX). */
extern u64 filter_rnd_state;

static inline u32 rnd(u32 below)
{
	filter_rnd_state = filter_rnd_state * 6364136223846793005ULL +
			   1442695040888963407ULL;
	return (filter_rnd_state >> 33) % below;
}

static inline bool percent(u32 n)
{
	return rnd(100) < n;
}

struct pkt {
	bool v6;
	struct rgf_addr from;
	struct rgf_addr to;
	const char *in;
	const char *out;
	u32 protocol;
	u32 sport;
	u32 dport;
	u32 icmp;
	u8 dscp;
	u8 state; /* a number */
	u16 minute; /* of the week */
};

/* The rules that a packet meets, in order. */
struct trace {
	u32 n;
	u32 rules[TRACE_MAX];
};

static inline bool is_final(u8 action)
{
	return action == RINGFENCE_RULE_ACTION_ACCEPT ||
	       action == RINGFENCE_RULE_ACTION_DROP ||
	       action == RINGFENCE_RULE_ACTION_BAN ||
	       action == RINGFENCE_RULE_ACTION_REJECT;
}

static inline bool trace_add(struct trace *trace, u32 rule, u8 action)
{
	if (trace->n == TRACE_MAX)
		return true;
	trace->rules[trace->n++] = rule;
	return is_final(action);
}

/* Chains jump to later ones only. */
void filter_random_rule(struct rgf_rule *rule, u32 n_chains, u32 n_sets);
/* NULL without memory. */
struct rgf_addrset *filter_random_set(void);
void filter_random_pkt(struct pkt *pkt);

/* The rules that @pkt meets from @chain on; true if one has decided. */
bool filter_reference(struct trace *trace, const struct rgf_ruleset *rs,
		      struct rgf_addrset *const *sets, u8 chain,
		      const struct pkt *pkt);

#endif
