// SPDX-License-Identifier: GPL-2.0-only
#include "guard_put.h"

#include <net/netlink.h>

#include "filter_put.h"
#include "net.h"
#include "notify.h"

static u32 rgf_seconds(u64 ticks)
{
	return div_u64(ticks, HZ);
}

/* Until a node ends; 0 if that was. */
static u32 rgf_seconds_left(const struct rgf_prefix_node *node)
{
	u64 now = get_jiffies_64();

	return node->end > now ? rgf_seconds(node->end - now + HZ - 1) : 0;
}

static int rgf_put_ban_why(struct sk_buff *msg, const struct rgf_ban *ban)
{
	int err = nla_put_u32(msg, RINGFENCE_A_BAN_REASON, ban->reason);

	if (err)
		return err;
	switch ((enum ringfence_ban_reason)ban->reason) {
	case RINGFENCE_BAN_REASON_LIMIT:
		return nla_put_u32(msg, RINGFENCE_A_BAN_CLASS, ban->class)
			       ?: nla_put_u32(msg, RINGFENCE_A_BAN_RATE,
					      ban->rate);
	case RINGFENCE_BAN_REASON_DAEMON:
		return nla_put_u32(msg, RINGFENCE_A_BAN_STRIKE_REASON,
				   ban->strike_reason);
	case RINGFENCE_BAN_REASON_RULE:
		return nla_put_u32(msg, RINGFENCE_A_BAN_RULE, ban->rule);
	case RINGFENCE_BAN_REASON_OPERATOR:
	case __RINGFENCE_BAN_REASON_MAX:
		break;
	}
	return 0;
}

static int rgf_put_ban_times(struct sk_buff *msg, const struct rgf_ban *ban)
{
	u64 now = get_jiffies_64(), last = READ_ONCE(ban->last);

	if (nla_put_u32(msg, RINGFENCE_A_BAN_AGE,
			rgf_seconds(now - ban->since)))
		return -EMSGSIZE;
	if (ban->seconds &&
	    (nla_put_u32(msg, RINGFENCE_A_BAN_TIME, ban->seconds) ||
	     nla_put_u32(msg, RINGFENCE_A_BAN_LEFT, rgf_seconds_left(&ban->n))))
		return -EMSGSIZE;
	if (last &&
	    nla_put_u32(msg, RINGFENCE_A_BAN_IDLE, rgf_seconds(now - last)))
		return -EMSGSIZE;
	return 0;
}

static int rgf_put_ban_counts(struct sk_buff *msg, const struct rgf_ban *ban)
{
	return nla_put_u64_64bit(msg, RINGFENCE_A_BAN_PACKETS,
				 atomic64_read(&ban->packets),
				 RINGFENCE_A_BAN_PAD)
		       ?: nla_put_u32(msg, RINGFENCE_A_BAN_OFFENCES,
				      ban->offences);
}

int rgf_put_ban(struct sk_buff *msg, const struct rgf_ban *ban)
{
	if (rgf_put_prefix(msg, RINGFENCE_A_BAN_PREFIX, &ban->n.prefix) ||
	    rgf_put_ban_why(msg, ban) ||
	    (*ban->comment &&
	     nla_put_string(msg, RINGFENCE_A_BAN_COMMENT, ban->comment)) ||
	    rgf_put_ban_times(msg, ban))
		return -EMSGSIZE;
	return rgf_put_ban_counts(msg, ban);
}

int rgf_put_trust(struct sk_buff *msg, const struct rgf_trust *trust)
{
	u64 age = get_jiffies_64() - trust->since;
	u32 kind = trust->n.stays ? RINGFENCE_TRUST_KIND_CONFIGURED
				  : RINGFENCE_TRUST_KIND_GRANTED;

	if (rgf_put_prefix(msg, RINGFENCE_A_TRUST_PREFIX, &trust->n.prefix) ||
	    (*trust->comment &&
	     nla_put_string(msg, RINGFENCE_A_TRUST_COMMENT, trust->comment)) ||
	    nla_put_u32(msg, RINGFENCE_A_TRUST_KIND, kind) ||
	    nla_put_u32(msg, RINGFENCE_A_TRUST_AGE, rgf_seconds(age)) ||
	    (!trust->n.stays && nla_put_u32(msg, RINGFENCE_A_TRUST_LEFT,
					    rgf_seconds_left(&trust->n))))
		return -EMSGSIZE;
	return 0;
}

/* Limits */

/* The sum over CPUs of a counter at an offset; 0 without a guard. */
static u64 rgf_guard_sum(const struct rgf_guard *guard, size_t offset)
{
	const struct rgf_guard_counts *c;
	unsigned int start;
	u64 sum = 0, n;
	int cpu;

	if (!guard)
		return 0;
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(guard->counts, cpu);
		do {
			start = u64_stats_fetch_begin(&c->syncp);
			n = u64_stats_read((void *)c + offset);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		sum += n;
	}
	return sum;
}

static int rgf_put_limits_sum(struct sk_buff *msg, int type,
			      const struct rgf_guard *guard, size_t offset)
{
	return nla_put_u64_64bit(msg, type, rgf_guard_sum(guard, offset),
				 RINGFENCE_A_LIMITS_PAD);
}

#define RGF_PUT_SUM(msg, type, guard, member) \
	rgf_put_limits_sum(msg, type, guard,  \
			   offsetof(struct rgf_guard_counts, member))

static int rgf_put_limit_counts(struct sk_buff *msg,
				const struct rgf_guard *guard, u32 class)
{
	size_t offset = offsetof(struct rgf_guard_counts, limit) +
			class * sizeof_field(struct rgf_guard_counts, limit[0]);
	unsigned int i;
	u64 sum;

	BUILD_BUG_ON(RINGFENCE_A_LIMIT_PASSED + RGF_LIMIT_BANNED !=
		     RINGFENCE_A_LIMIT_BANNED);
	for (i = 0; i < RGF_NR_LIMIT_COUNTS; i++) {
		sum = rgf_guard_sum(guard, offset + i * sizeof(u64_stats_t));
		if (nla_put_u64_64bit(msg, RINGFENCE_A_LIMIT_PASSED + i, sum,
				      RINGFENCE_A_LIMIT_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

int rgf_put_limit(struct sk_buff *msg, const struct rgf_guard *guard,
		  const struct rgf_limits *limits, u32 class)
{
	const u32 *setting = &limits->limit[class].set.enabled;
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_LIMITS_LIMIT);
	unsigned int i;

	if (!nest || nla_put_u32(msg, RINGFENCE_A_LIMIT_CLASS, class) ||
	    nla_put_u8(msg, RINGFENCE_A_LIMIT_ENABLED, setting[0]))
		return -EMSGSIZE;
	for (i = 1; i < RGF_NR_LIMIT_SETTINGS; i++)
		if (nla_put_u32(msg, RINGFENCE_A_LIMIT_ENABLED + i, setting[i]))
			return -EMSGSIZE;
	if (rgf_put_limit_counts(msg, guard, class))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int rgf_put_limit_ports(struct sk_buff *msg, int type,
			       const struct rgf_limit_ports *ports)
{
	int i, err = 0;

	for (i = 0; i < ports->n && !err; i++)
		err = nla_put_u16(msg, type, ntohs(ports->port[i]));
	return err;
}

static int rgf_put_sources(struct sk_buff *msg, const struct rgf_guard *guard,
			   struct rgf_sources *sources)
{
	u32 used = 0, known = 0;
	u64 memory = 0;

	if (sources) {
		rgf_sources_count(sources, &used, &known);
		memory = rgf_sources_memory(sources);
	}
	if (nla_put_u32(msg, RINGFENCE_A_LIMITS_SOURCES_USED, used) ||
	    nla_put_u32(msg, RINGFENCE_A_LIMITS_SOURCES_KNOWN, known) ||
	    RGF_PUT_SUM(msg, RINGFENCE_A_LIMITS_SOURCES_REPLACED, guard,
			replaced) ||
	    RGF_PUT_SUM(msg, RINGFENCE_A_LIMITS_SOURCES_FULL, guard, full) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_LIMITS_MEMORY, memory,
			      RINGFENCE_A_LIMITS_PAD))
		return -EMSGSIZE;
	return 0;
}

int rgf_put_limits(struct sk_buff *msg, struct rgf_guard *guard,
		   const struct rgf_limits *limits, struct rgf_sources *sources)
{
	u32 bans = guard ? READ_ONCE(guard->bans.n) - READ_ONCE(guard->n_past)
			 : 0;

	if (rgf_put_limit_ports(msg, RINGFENCE_A_LIMITS_SIGNALING_PORT,
				&limits->signaling) ||
	    rgf_put_limit_ports(msg, RINGFENCE_A_LIMITS_SECURE_PORT,
				&limits->secure) ||
	    nla_put_u8(msg, RINGFENCE_A_LIMITS_IPV4_LENGTH,
		       limits->length[0] - 96) ||
	    nla_put_u8(msg, RINGFENCE_A_LIMITS_IPV6_LENGTH,
		       limits->length[1]) ||
	    nla_put_u32(msg, RINGFENCE_A_LIMITS_SOURCES, limits->sources) ||
	    rgf_put_sources(msg, guard, sources) ||
	    nla_put_u32(msg, RINGFENCE_A_LIMITS_BANS, bans) ||
	    RGF_PUT_SUM(msg, RINGFENCE_A_LIMITS_BANNED_PACKETS, guard,
			banned) ||
	    nla_put_u32(msg, RINGFENCE_A_LIMITS_TRUSTS,
			guard ? READ_ONCE(guard->trusts.n) : 0))
		return -EMSGSIZE;
	return 0;
}

int rgf_put_source(struct sk_buff *msg, const struct rgf_limits *limits,
		   const struct rgf_source *s, u32 now)
{
	struct rgf_prefix prefix = {};

	memcpy(&prefix.addr, s->key, sizeof(prefix.addr));
	prefix.len = limits->length[!rgf_addr_is_v4(&prefix.addr)];
	if (rgf_put_prefix(msg, RINGFENCE_A_SOURCE_PREFIX, &prefix) ||
	    nla_put_u32(msg, RINGFENCE_A_SOURCE_CLASS, s->class) ||
	    nla_put_u32(msg, RINGFENCE_A_SOURCE_PASSED, s->passed) ||
	    nla_put_u32(msg, RINGFENCE_A_SOURCE_LIMITED, s->limited) ||
	    nla_put_u32(msg, RINGFENCE_A_SOURCE_STRIKES, s->strikes) ||
	    nla_put_u8(msg, RINGFENCE_A_SOURCE_KNOWN, s->known) ||
	    nla_put_u32(msg, RINGFENCE_A_SOURCE_IDLE, (now - s->last) / HZ))
		return -EMSGSIZE;
	return 0;
}

/* Events */

struct rgf_unban_event {
	const struct rgf_ban *ban;
	enum ringfence_unban_cause cause;
};

struct rgf_full_event {
	enum ringfence_guard_table table;
	u64 count;
};

static int rgf_ban_event_put(struct sk_buff *msg, const void *what)
{
	return rgf_put_ban(msg, what);
}

static int rgf_unban_event_put(struct sk_buff *msg, const void *what)
{
	const struct rgf_unban_event *ev = what;

	if (rgf_put_prefix(msg, RINGFENCE_A_BAN_PREFIX, &ev->ban->n.prefix) ||
	    rgf_put_ban_why(msg, ev->ban) || rgf_put_ban_counts(msg, ev->ban))
		return -EMSGSIZE;
	return nla_put_u32(msg, RINGFENCE_A_BAN_CAUSE, ev->cause);
}

static int rgf_full_event_put(struct sk_buff *msg, const void *what)
{
	const struct rgf_full_event *ev = what;

	return nla_put_u32(msg, RINGFENCE_A_GUARD_FULL_TABLE, ev->table)
		       ?: nla_put_u64_64bit(msg, RINGFENCE_A_GUARD_FULL_COUNT,
					    ev->count,
					    RINGFENCE_A_GUARD_FULL_PAD);
}

void rgf_notify_ban(struct rgf_guard *guard, const struct rgf_ban *ban)
{
	rgf_notify_net(guard->rn->net, RINGFENCE_CMD_BAN_NEW_NTF,
		       rgf_ban_event_put, ban);
}

void rgf_notify_unban(struct rgf_guard *guard, const struct rgf_ban *ban,
		      enum ringfence_unban_cause cause)
{
	const struct rgf_unban_event ev = { ban, cause };

	rgf_notify_net(guard->rn->net, RINGFENCE_CMD_BAN_DEL_NTF,
		       rgf_unban_event_put, &ev);
}

void rgf_notify_full(struct rgf_guard *guard, enum ringfence_guard_table table,
		     u64 count)
{
	const struct rgf_full_event ev = { table, count };

	rgf_notify_net(guard->rn->net, RINGFENCE_CMD_GUARD_FULL_NTF,
		       rgf_full_event_put, &ev);
}
