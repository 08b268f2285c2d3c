// SPDX-License-Identifier: GPL-2.0-only
#include "limit.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "ban.h"
#include "guard.h"

#define RGF_STRIKE_EVERY HZ /* a source is struck once in each */
#define RGF_CLASS_SPREAD 0x9e3779b1 /* 2^32 over the golden ratio */

/*
 * What a telephone needs many times over, and a scanner much more. Media that
 * comes after a call, and anything else, is no reason to ban.
 */
static const struct rgf_limit_settings rgf_limit_defaults[RGF_NR_CLASSES] = {
#define RGF_DEFAULT(name, on, r, b, gr, gb, nr, s, w, bt, bm) \
	[RINGFENCE_LIMIT_CLASS_##name] = {                    \
		.enabled = on,                                \
		.rate = r,                                    \
		.burst = b,                                   \
		.global_rate = gr,                            \
		.global_burst = gb,                           \
		.newcomer_rate = nr,                          \
		.trusted_burst = 1000,                        \
		.strikes = s,                                 \
		.window = w,                                  \
		.ban_time = bt,                               \
		.ban_time_max = bm,                           \
	}
	RGF_DEFAULT(REGISTER, 0, 10, 20, 2000, 2000, 200, 10, 60, 300, 86400),
	RGF_DEFAULT(INVITE, 0, 10, 20, 1000, 1000, 100, 10, 60, 300, 86400),
	RGF_DEFAULT(OPTIONS, 0, 5, 10, 500, 500, 50, 10, 60, 300, 86400),
	RGF_DEFAULT(REQUEST, 0, 30, 60, 4000, 4000, 400, 10, 60, 300, 86400),
	RGF_DEFAULT(RESPONSE, 0, 50, 100, 5000, 5000, 500, 10, 60, 300, 86400),
	RGF_DEFAULT(MALFORMED, 0, 1, 10, 100, 100, 20, 5, 60, 300, 86400),
	RGF_DEFAULT(TCP_CONNECT, 0, 5, 20, 500, 500, 100, 10, 60, 300, 86400),
	RGF_DEFAULT(TLS_CONNECT, 0, 5, 20, 200, 200, 50, 10, 60, 300, 86400),
	RGF_DEFAULT(STUN, 0, 10, 20, 1000, 1000, 200, 10, 60, 300, 86400),
	RGF_DEFAULT(CLOSED_MEDIA, 0, 100, 200, 5000, 5000, 1000, 0, 60, 300,
		    86400),
	RGF_DEFAULT(OTHER, 0, 200, 400, 10000, 10000, 2000, 0, 60, 300, 86400),
	RGF_DEFAULT(STRIKE, 1, 0, 1, 0, 1, 0, 10, 60, 300, 86400),
#undef RGF_DEFAULT
};

static void rgf_limit_finish(struct rgf_limit *limit)
{
	const struct rgf_limit_settings *set = &limit->set;

	limit->rate = rgf_bucket_rate(set->rate, set->burst);
	limit->global = rgf_bucket_rate(set->global_rate, set->global_burst);
	limit->newcomer =
		rgf_bucket_rate(set->newcomer_rate, set->newcomer_rate);
	limit->trusted = rgf_bucket_rate(set->trusted_rate, set->trusted_burst);
}

void rgf_limits_finish(struct rgf_limits *limits)
{
	struct in6_addr ones, mask;
	unsigned int i;

	memset(&ones, 0xff, sizeof(ones));
	for (i = 0; i < 2; i++) {
		ipv6_addr_prefix(&mask, &ones, limits->length[i]);
		memcpy(limits->mask[i], &mask, sizeof(mask));
	}
	limits->enabled = 0;
	for (i = 0; i < RGF_NR_CLASSES; i++) {
		rgf_limit_finish(&limits->limit[i]);
		if (limits->limit[i].set.enabled)
			limits->enabled |= BIT(i);
	}
}

struct rgf_limits *rgf_limits_new(const struct rgf_limits *old)
{
	struct rgf_limits *limits =
		kzalloc(sizeof(*limits), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!limits)
		return NULL;
	if (old) {
		*limits = *old;
		return limits;
	}
	limits->length[0] = 96 + 32;
	limits->length[1] = 64;
	limits->sources = RINGFENCE_SOURCES_DEFAULT;
	limits->signaling = (struct rgf_limit_ports){ 1, { htons(5060) } };
	limits->secure = (struct rgf_limit_ports){ 1, { htons(5061) } };
	for (i = 0; i < RGF_NR_CLASSES; i++)
		limits->limit[i].set = rgf_limit_defaults[i];
	rgf_limits_finish(limits);
	return limits;
}

static void rgf_limit_count(struct rgf_guard *guard, unsigned int class,
			    enum rgf_limit_count what, u32 n)
{
	struct rgf_guard_counts *c = this_cpu_ptr(guard->counts);

	u64_stats_update_begin(&c->syncp);
	u64_stats_add(&c->limit[class][what], n);
	u64_stats_update_end(&c->syncp);
}

static void rgf_source_count(struct rgf_guard *guard,
			     enum rgf_source_place place)
{
	struct rgf_guard_counts *c = this_cpu_ptr(guard->counts);

	u64_stats_update_begin(&c->syncp);
	if (place == RGF_SOURCE_REPLACED)
		u64_stats_inc(&c->replaced);
	else if (place == RGF_SOURCE_NONE)
		u64_stats_inc(&c->full);
	u64_stats_update_end(&c->syncp);
	if (place == RGF_SOURCE_NONE)
		rgf_guard_full(guard, RINGFENCE_GUARD_TABLE_SOURCES);
}

static noinline void rgf_source_mask(const struct rgf_guard *guard,
				     struct rgf_limit_pkt *pkt)
{
	const u64 *mask = pkt->limits->mask[pkt->v6];

	pkt->key[0] &= mask[0];
	pkt->key[1] &= mask[1];
	pkt->key_hash =
		rgf_hash_v6(&guard->bans.key, (struct in6_addr *)pkt->key);
}

static __always_inline void rgf_source_key(const struct rgf_guard *guard,
					   struct rgf_limit_pkt *pkt)
{
	memcpy(pkt->key, &pkt->saddr, sizeof(pkt->key));
	pkt->key_hash = pkt->hash;
	if (unlikely(pkt->limits->length[pkt->v6] != 128))
		rgf_source_mask(guard, pkt);
	pkt->key_hash += pkt->class * RGF_CLASS_SPREAD;
}

/* Packets a second since the window began, at least those it may. */
static u32 rgf_source_rate(const struct rgf_source *s, u32 now, u32 rate)
{
	u32 elapsed = max_t(u32, now - s->window, HZ);

	return rate + (u32)div_u64((u64)s->excess * HZ, elapsed);
}

static void rgf_limit_ban(struct rgf_guard *guard,
			  const struct rgf_limit_pkt *pkt, u32 rate)
{
	const struct rgf_limit_settings *set =
		&pkt->limits->limit[pkt->class].set;
	const struct rgf_ban_spec spec = {
		.reason = RINGFENCE_BAN_REASON_LIMIT,
		.class = pkt->class,
		.rate = rate,
		.seconds = set->ban_time,
		.seconds_max = set->ban_time_max,
	};

	if (!rgf_ban_set(guard, &pkt->saddr, pkt->limits->length[pkt->v6],
			 &spec, NULL))
		rgf_limit_count(guard, pkt->class, RGF_LIMIT_BANNED, 1);
}

/* A strike, once a second; the lock of the set is held, and released. */
static noinline bool
rgf_limit_struck(struct rgf_guard *guard, const struct rgf_limit_pkt *pkt,
		 struct rgf_source_set *set, struct rgf_source *s, u32 now)
	__releases(&set->lock)
{
	const struct rgf_limit_settings *conf =
		&pkt->limits->limit[pkt->class].set;
	u32 rate = rgf_source_rate(s, now, conf->rate);
	bool ban;

	ban = rgf_source_strike(s, now, 1, conf->window * HZ, conf->strikes);
	spin_unlock(&set->lock);
	rgf_limit_count(guard, pkt->class, RGF_LIMIT_LIMITED, pkt->n);
	rgf_limit_count(guard, pkt->class, RGF_LIMIT_STRUCK, 1);
	if (ban)
		rgf_limit_ban(guard, pkt, rate);
	return false;
}

/* More than the source may; as above. */
static __always_inline bool
rgf_limit_over(struct rgf_guard *guard, const struct rgf_limit_pkt *pkt,
	       struct rgf_source_set *set, struct rgf_source *s)
	__releases(&set->lock)
{
	u32 now = jiffies;

	s->last = now;
	s->limited += pkt->n;
	s->excess += pkt->n;
	if (unlikely(now - s->struck >= RGF_STRIKE_EVERY))
		return rgf_limit_struck(guard, pkt, set, s, now);
	spin_unlock(&set->lock);
	rgf_limit_count(guard, pkt->class, RGF_LIMIT_LIMITED, pkt->n);
	return false;
}

/* May the newcomers, or all, have another packet? */
static bool rgf_limit_shared(struct rgf_guard *guard,
			     const struct rgf_limit_pkt *pkt, bool newcomer,
			     bool placeless, u64 now)
{
	const struct rgf_limit *limit = &pkt->limits->limit[pkt->class];
	struct rgf_limit_state *state = &guard->state[pkt->class];

	if (newcomer && (placeless || limit->newcomer.interval) &&
	    (!limit->newcomer.interval ||
	     !rgf_bucket_take_shared(&state->newcomer, &limit->newcomer, now,
				     pkt->n))) {
		rgf_limit_count(guard, pkt->class, RGF_LIMIT_NEWCOMER_LIMITED,
				pkt->n);
		return false;
	}
	if (limit->global.interval &&
	    !rgf_bucket_take_shared(&state->global, &limit->global, now,
				    pkt->n)) {
		rgf_limit_count(guard, pkt->class, RGF_LIMIT_GLOBAL_LIMITED,
				pkt->n);
		return false;
	}
	return true;
}

/* A source without an entry, or within its rate; as above. */
static noinline bool
rgf_limit_within(struct rgf_guard *guard, const struct rgf_limit_pkt *pkt,
		 struct rgf_source_set *set, struct rgf_source *s, u64 now)
	__releases(&set->lock)
{
	const struct rgf_limit *limit = &pkt->limits->limit[pkt->class];
	enum rgf_source_place place = RGF_SOURCE_FREE;
	u32 tick = jiffies;
	bool pass;

	if (!s) {
		place = rgf_source_add(set, pkt->key_hash, pkt->key, pkt->class,
				       tick, false, &s);
		if (s &&
		    !rgf_bucket_take(&s->bucket, &limit->rate, now, pkt->n))
			return rgf_limit_over(guard, pkt, set, s);
	}
	pass = rgf_limit_shared(guard, pkt, !s || !s->known, !s, now);
	if (pass && s)
		rgf_source_passed(s, tick);
	spin_unlock(&set->lock);
	if (place != RGF_SOURCE_FREE)
		rgf_source_count(guard, place);
	return pass;
}

/* The sources' own rate, and what they share. */
static __always_inline bool rgf_limit_source(struct rgf_guard *guard,
					     struct rgf_limit_pkt *pkt,
					     const struct rgf_sources *sources,
					     const struct rgf_limit *limit,
					     u64 now)
{
	struct rgf_source_set *set;
	struct rgf_source *s;

	rgf_source_key(guard, pkt);
	set = rgf_source_set(sources, pkt->key_hash);
	spin_lock(&set->lock);
	s = rgf_source_find(set, pkt->key_hash, pkt->key, pkt->class);
	if (s && !rgf_bucket_take(&s->bucket, &limit->rate, now, pkt->n))
		return rgf_limit_over(guard, pkt, set, s);
	return rgf_limit_within(guard, pkt, set, s, now);
}

static bool rgf_limit_trusted(struct rgf_guard *guard,
			      const struct rgf_limit_pkt *pkt, u64 now)
{
	const struct rgf_limit *limit = &pkt->limits->limit[pkt->class];

	if (!limit->trusted.interval ||
	    rgf_bucket_take_shared(&guard->state[pkt->class].trusted,
				   &limit->trusted, now, pkt->n))
		return true;
	rgf_limit_count(guard, pkt->class, RGF_LIMIT_GLOBAL_LIMITED, pkt->n);
	return false;
}

static bool rgf_limit_is_trusted(const struct rgf_guard *guard,
				 const struct rgf_limit_pkt *pkt)
{
	const struct rgf_addr *addr = &pkt->saddr;
	__be32 v4 = rgf_addr_to_v4(addr);
	u64 now = get_jiffies_64();

	if (!pkt->v6)
		return rgf_prefixtab_match_v4(&guard->trusts, v4, pkt->hash,
					      now);
	return rgf_prefixtab_match_v6(&guard->trusts, &addr->in6, pkt->hash,
				      now);
}

bool rgf_limit_judge(struct rgf_guard *guard, struct rgf_limit_pkt *pkt)
{
	const struct rgf_limit *limit = &pkt->limits->limit[pkt->class];
	const struct rgf_sources *sources = rcu_dereference(guard->sources);
	u64 now = rgf_bucket_now();
	bool pass;

	if (READ_ONCE(guard->trusts.n) && rgf_limit_is_trusted(guard, pkt))
		pass = rgf_limit_trusted(guard, pkt, now);
	else if (limit->rate.interval && likely(sources))
		pass = rgf_limit_source(guard, pkt, sources, limit, now);
	else
		pass = rgf_limit_shared(guard, pkt, false, false, now);
	if (pass)
		rgf_limit_count(guard, pkt->class, RGF_LIMIT_PASSED, pkt->n);
	return pass;
}

/* Userspace's strikes have entries of their own. */

static bool rgf_strike_source(struct rgf_guard *guard,
			      struct rgf_limit_pkt *pkt, u32 n)
{
	const struct rgf_sources *sources = rcu_dereference(guard->sources);
	const struct rgf_limit_settings *conf =
		&pkt->limits->limit[pkt->class].set;
	enum rgf_source_place place = RGF_SOURCE_FREE;
	struct rgf_source *s = NULL;
	struct rgf_source_set *set;
	u32 tick = jiffies;
	bool ban = false;

	rgf_source_key(guard, pkt);
	set = rgf_source_set(sources, pkt->key_hash);
	spin_lock(&set->lock);
	s = rgf_source_find(set, pkt->key_hash, pkt->key, pkt->class);
	if (!s)
		place = rgf_source_add(set, pkt->key_hash, pkt->key, pkt->class,
				       tick, true, &s);
	if (s) {
		s->last = tick;
		ban = rgf_source_strike(s, tick, n, conf->window * HZ,
					conf->strikes);
	}
	spin_unlock(&set->lock);
	if (place != RGF_SOURCE_FREE)
		rgf_source_count(guard, place);
	return ban;
}

bool rgf_limit_strike(struct rgf_guard *guard, const struct rgf_addr *addr,
		      enum ringfence_strike_reason reason, bool proved, u32 n)
{
	const struct rgf_limits *limits = rcu_dereference(guard->limits);
	const struct rgf_limit_settings *set =
		&limits->limit[RINGFENCE_LIMIT_CLASS_STRIKE].set;
	bool v6 = !rgf_addr_is_v4(addr);
	struct rgf_limit_pkt pkt = {
		.limits = limits,
		.saddr = *addr,
		.v6 = v6,
		.hash = v6 ? rgf_prefixtab_hash_v6(&guard->bans, &addr->in6)
			   : rgf_prefixtab_hash_v4(&guard->bans,
						   rgf_addr_to_v4(addr)),
		.class = RINGFENCE_LIMIT_CLASS_STRIKE,
	};
	const struct rgf_ban_spec spec = {
		.reason = RINGFENCE_BAN_REASON_DAEMON,
		.strike_reason = reason,
		.seconds = set->ban_time,
		.seconds_max = set->ban_time_max,
		.proved = proved,
	};

	if (!set->enabled)
		return false;
	rgf_limit_count(guard, pkt.class, RGF_LIMIT_STRUCK, n);
	if (!rgf_strike_source(guard, &pkt, n) ||
	    rgf_ban_set(guard, addr, limits->length[v6], &spec, NULL))
		return false;
	rgf_limit_count(guard, pkt.class, RGF_LIMIT_BANNED, 1);
	return true;
}
