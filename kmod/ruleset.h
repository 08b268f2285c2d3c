/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rule set as it was given: rules, chains, address sets. Immutable once made,
 * but for counters and rates. The classifier is compiled from it.
 */
#ifndef _RGF_RULESET_H
#define _RGF_RULESET_H

#include <linux/if.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/ringfence.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "addr.h"
#include "rate.h"
#include "source_rate.h"

struct netlink_ext_ack;

/* A value of any field; those of fewer bits are in lo. */
struct rgf_key {
	u64 hi;
	u64 lo;
};

/* From lo to hi, both included. */
struct rgf_range {
	struct rgf_key lo;
	struct rgf_key hi;
};

/* Of either family; the length is that of the address as IPv6. */
struct rgf_prefix {
	struct rgf_addr addr;
	u8 len;
};

struct rgf_port_range {
	u16 min; /* host byte order */
	u16 max;
};

/* Which conditions a rule has. */
enum {
	RGF_RULE_IN = 1 << 0,
	RGF_RULE_OUT = 1 << 1,
	RGF_RULE_FROM = 1 << 2,
	RGF_RULE_TO = 1 << 3,
	RGF_RULE_FROM_SET = 1 << 4,
	RGF_RULE_TO_SET = 1 << 5,
	RGF_RULE_PROTOCOL = 1 << 6,
	RGF_RULE_SPORT = 1 << 7,
	RGF_RULE_DPORT = 1 << 8,
	RGF_RULE_ICMP_TYPE = 1 << 9,
	RGF_RULE_ICMP_CODE = 1 << 10,
	RGF_RULE_DSCP = 1 << 11,
	RGF_RULE_STATE = 1 << 12,
	RGF_RULE_DAYS = 1 << 13,
	RGF_RULE_TIME = 1 << 14,
	RGF_RULE_RATE = 1 << 15,
};

struct rgf_rule {
	u32 has;
	u8 action; /* enum ringfence_rule_action */
	u8 chain; /* index into rgf_ruleset.chains */
	u8 jump; /* likewise */
	u8 from_set; /* index into the sets */
	u8 to_set;
	u8 protocol;
	u8 icmp_type;
	u8 icmp_code;
	u8 dscp;
	u8 state; /* enum ringfence_connection_state, several */
	u8 days; /* enum ringfence_weekday, several */
	u16 time_start; /* minute of the day */
	u16 time_end; /* the first one behind; before the start: of the next day */
	u8 n_sport;
	u8 n_dport;
	u32 log_rate; /* packets a second */
	u32 ban_time; /* seconds, of the action ban */
	u32 rate; /* of a source */
	u32 rate_burst;
	u8 rate_unit; /* enum ringfence_rate_unit */
	u8 rate_mode; /* enum ringfence_rate_mode */
	struct rgf_bucket_rate source_rate; /* the same in other units */
	struct rgf_prefix from;
	struct rgf_prefix to;
	char in[IFNAMSIZ]; /* a last * stands for the rest of a name */
	char out[IFNAMSIZ];
	struct rgf_port_range sport[RINGFENCE_MAX_PORT_RANGES];
	struct rgf_port_range dport[RINGFENCE_MAX_PORT_RANGES];
	char *comment; /* NULL: none */
};

/* The first two chains are where packets come in. */
enum {
	RGF_CHAIN_LOCAL,
	RGF_CHAIN_NETWORK,
	RGF_NR_HOOKS,
};

#define RGF_NAME_SIZE (RINGFENCE_RULE_NAME_MAX + 1)

struct rgf_count {
	u64_stats_t packets;
	u64_stats_t bytes;
};

/* Of one CPU: one per rule, then one per enum ringfence_rules_counter. */
struct rgf_counts {
	struct u64_stats_sync syncp;
	struct rgf_count n[];
};

struct rgf_ruleset {
	refcount_t users;
	u8 dflt[RGF_NR_HOOKS]; /* enum ringfence_verdict */
	u32 n_rules;
	u32 n_chains;
	u32 n_sets;
	struct rgf_rule *rules;
	char chains[RINGFENCE_MAX_CHAINS][RGF_NAME_SIZE];
	char sets[RINGFENCE_MAX_ADDRESS_SETS][RGF_NAME_SIZE];
	struct rgf_counts *__percpu *counts;
	struct rgf_rate *rates; /* by rule, for those that log */
	struct rgf_rate_table *sources; /* if a rule has a rate for each */
};

/* The entries of an address set: sorted, none twice. */
struct rgf_addrset {
	refcount_t users;
	u32 n;
	u32 n_ranges[2]; /* IPv4, IPv6 */
	struct rgf_range *ranges[2]; /* what the entries cover, in order */
	struct rgf_prefix entries[];
};

/* Room for so many rules; NULL without memory. The caller fills it in. */
struct rgf_ruleset *rgf_ruleset_new(u32 n_rules);
void rgf_ruleset_put(struct rgf_ruleset *rs); /* NULL is fine */

/* Counters at zero, before the rule set meets packets. */
int rgf_ruleset_counts_new(struct rgf_ruleset *rs);

/* Of a rule or, from n_rules on, of enum ringfence_rules_counter. */
void rgf_ruleset_sum(const struct rgf_ruleset *rs, u32 index, u64 *packets,
		     u64 *bytes);

/* Counting is for disabled bottom halves. */
static inline void rgf_ruleset_count(const struct rgf_ruleset *rs, u32 index,
				     unsigned int len)
{
	struct rgf_counts *c = *this_cpu_ptr(rs->counts);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->n[index].packets);
	u64_stats_add(&c->n[index].bytes, len);
	u64_stats_update_end(&c->syncp);
}

/**
 * rgf_addrset_new() - a set of @n prefixes
 * @prefixes: put in order
 *
 * Return: NULL without memory.
 */
struct rgf_addrset *rgf_addrset_new(struct rgf_prefix *prefixes, u32 n);
void rgf_addrset_put(struct rgf_addrset *set); /* NULL is fine */
bool rgf_addrset_has(const struct rgf_addrset *set,
		     const struct rgf_prefix *prefix);

/* Is all beyond the prefix's length zero? */
bool rgf_prefix_is_whole(const struct rgf_prefix *prefix);

/* Its first and last address; those of IPv4 as 32 bits. */
struct rgf_range rgf_prefix_range(const struct rgf_prefix *prefix);

static inline int rgf_key_cmp(const struct rgf_key *a, const struct rgf_key *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

#endif
