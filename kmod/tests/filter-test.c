// SPDX-License-Identifier: GPL-2.0-only
/* The classifier against rules that are tried one by one. */
#include "../filter_compile.c"
#include "../filter_cond.c"
#include "../filter_flat.c"
#include "../ruleset.c"

#include "filter-fixture.h"
#include "tests.h"

/* KASAN makes each fifty times as slow. */
#define RULE_SETS (IS_ENABLED(CONFIG_KASAN) ? 500 : 20000)
#define PACKETS	  12

/* The classifier */

struct compiled {
	struct rgf_arena arena;
	struct rgf_table tables[RGF_NR_HOOKS][2];
};

static int compile(struct compiled *c, const struct rgf_ruleset *rs,
		   struct rgf_addrset *const *sets)
{
	struct rgf_flat_path *paths;
	int i, n, err = 0;
	u32 bad;

	rgf_arena_init(&c->arena);
	paths = kvcalloc(RINGFENCE_MAX_FLAT_RULES, sizeof(*paths), GFP_KERNEL);
	if (!paths)
		return -ENOMEM;
	for (i = 0; i < 4 && !err; i++) {
		n = rgf_filter_flatten(rs, i / 2, i % 2, paths, &bad);
		err = n < 0 ? n
			    : rgf_filter_compile(&c->tables[i / 2][i % 2], rs,
						 sets, i % 2, paths, n,
						 &c->arena);
	}
	kvfree(paths);
	return err;
}

static struct rgf_key key_of(const struct rgf_addr *addr)
{
	return rgf_key_of(addr);
}

static void pkt_key(struct rgf_pkt_key *key, const struct pkt *pkt)
{
	char in[IFNAMSIZ], out[IFNAMSIZ];

	/* Behind a name's end there may be anything. */
	memset(in, 'x', sizeof(in));
	memset(out, 0xff, sizeof(out));
	memcpy(in, pkt->in, strlen(pkt->in) + 1);
	memcpy(out, pkt->out, strlen(pkt->out) + 1);
	memset(key, 0xee, sizeof(*key));
	key->narrow[RGF_FIELD_PROTOCOL] = pkt->protocol;
	key->narrow[RGF_FIELD_SPORT] = pkt->sport;
	key->narrow[RGF_FIELD_DPORT] = pkt->dport;
	key->narrow[RGF_FIELD_ICMP] = pkt->icmp;
	key->narrow[RGF_FIELD_DSCP] = pkt->dscp;
	key->narrow[RGF_FIELD_STATE] = pkt->state;
	key->narrow[RGF_FIELD_TIME] = pkt->minute;
	key->narrow[RGF_FIELD_FROM4] = ntohl(rgf_addr_to_v4(&pkt->from));
	key->narrow[RGF_FIELD_TO4] = ntohl(rgf_addr_to_v4(&pkt->to));
	key->wide[RGF_FIELD_FROM6 - RGF_NR_NARROW] = key_of(&pkt->from);
	key->wide[RGF_FIELD_TO6 - RGF_NR_NARROW] = key_of(&pkt->to);
	key->wide[RGF_FIELD_IN - RGF_NR_NARROW] = rgf_ifname_key(in);
	key->wide[RGF_FIELD_OUT - RGF_NR_NARROW] = rgf_ifname_key(out);
}

static void classify(struct trace *trace, const struct rgf_table *table,
		     const struct pkt *pkt)
{
	const struct rgf_flat *flat;
	struct rgf_pkt_key key;
	struct rgf_match match;

	pkt_key(&key, pkt);
	rgf_match_start(&match, table, &key);
	while ((flat = rgf_match_next(&match)))
		if (trace_add(trace, flat->rule, flat->action))
			return;
}

/* Both */

struct sample {
	struct rgf_ruleset *rs;
	struct rgf_addrset *sets[3];
	struct compiled c;
};

static void sample_free(struct sample *s)
{
	int i;

	rgf_arena_free(&s->c.arena);
	rgf_ruleset_put(s->rs);
	for (i = 0; i < ARRAY_SIZE(s->sets); i++)
		rgf_addrset_put(s->sets[i]);
}

static int random_sample(struct sample *s, u32 n_rules)
{
	u32 n_chains = percent(40) ? 5 : 2, i;

	memset(s, 0, sizeof(*s));
	rgf_arena_init(&s->c.arena);
	s->rs = rgf_ruleset_new(n_rules);
	if (!s->rs)
		return -ENOMEM;
	s->rs->n_chains = n_chains;
	for (i = 0; i < ARRAY_SIZE(s->sets); i++) {
		s->sets[i] = filter_random_set();
		if (!s->sets[i])
			return -ENOMEM;
	}
	s->rs->n_sets = i;
	for (i = 0; i < n_rules; i++)
		filter_random_rule(&s->rs->rules[i], n_chains, s->rs->n_sets);
	return compile(&s->c, s->rs, s->sets);
}

/* Do both see the same rules? Says how many they saw. */
static bool same_rules(struct kunit *test, const struct sample *s, u32 number,
		       u32 *seen)
{
	struct trace want = {}, have = {};
	struct pkt pkt;
	u8 hook = rnd(RGF_NR_HOOKS);
	u32 i;

	filter_random_pkt(&pkt);
	filter_reference(&want, s->rs, s->sets, hook, &pkt);
	classify(&have, &s->c.tables[hook][pkt.v6], &pkt);
	*seen += want.n;
	KUNIT_EXPECT_EQ_MSG(test, have.n, want.n, "rules, in set %u", number);
	if (have.n != want.n)
		return false;
	for (i = 0; i < want.n; i++) {
		if (have.rules[i] == want.rules[i])
			continue;
		KUNIT_EXPECT_EQ_MSG(test, have.rules[i], want.rules[i],
				    "in set %u", number);
		return false;
	}
	return true;
}

static bool test_sample(struct kunit *test, u32 n_rules, u32 packets,
			u32 number, u32 *seen)
{
	struct sample *s = kvzalloc(sizeof(*s), GFP_KERNEL);
	bool good = s;
	u32 i;
	int err;

	if (!s)
		return false;
	err = random_sample(s, n_rules);
	/* So many jumps that the bound is met are no failure. */
	if (err != -E2BIG)
		KUNIT_EXPECT_EQ_MSG(test, err, 0, "set %u", number);
	for (i = 0; i < packets && !err && good; i++)
		good = same_rules(test, s, number, seen);
	sample_free(s);
	kvfree(s);
	cond_resched();
	return good && (!err || err == -E2BIG);
}

static void rgf_test_filter_small(struct kunit *test)
{
	u32 i, seen = 0;

	filter_rnd_state = 1;
	for (i = 0; i < RULE_SETS; i++)
		if (!test_sample(test, rnd(12), PACKETS, i, &seen))
			return;
	KUNIT_EXPECT_TRUE(test, seen > RULE_SETS * PACKETS / 20);
}

/* Several words of bits, and several words in front of those. */
static void rgf_test_filter_large(struct kunit *test)
{
	static const u32 sizes[] = { 63, 64, 65, 128, 300, 1000, 4097 };
	u32 i, seen = 0;

	filter_rnd_state = 2;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (!test_sample(test, sizes[i], 300, sizes[i], &seen))
			return;
	KUNIT_EXPECT_TRUE(test, seen > 300);
}

/* Only the last of many rules matches: all that is in front is skipped. */
static void rgf_test_filter_last(struct kunit *test)
{
	static struct compiled c;
	struct rgf_ruleset *rs = rgf_ruleset_new(RINGFENCE_MAX_RULES);
	struct pkt pkt = { .from = rgf_addr_v4(htonl(0x0b000000)),
			   .to = rgf_addr_v4(htonl(1)),
			   .in = "eth0",
			   .out = "eth1",
			   .protocol = IPPROTO_UDP };
	struct trace trace = {};
	u32 i;

	for (i = 0; rs && i < rs->n_rules; i++)
		rs->rules[i] = (struct rgf_rule){
			.has = RGF_RULE_FROM | RGF_RULE_PROTOCOL,
			.chain = RGF_CHAIN_NETWORK,
			.protocol = IPPROTO_UDP,
			.from = { rgf_addr_v4(htonl(0x0b000000 + rs->n_rules -
						    1 - i)),
				  128 },
		};
	KUNIT_EXPECT_EQ(test, compile(&c, rs, NULL), 0);
	classify(&trace, &c.tables[RGF_CHAIN_NETWORK][0], &pkt);
	KUNIT_EXPECT_EQ(test, trace.n, 1);
	KUNIT_EXPECT_EQ(test, trace.rules[0], rs->n_rules - 1);
	KUNIT_EXPECT_EQ(test, c.tables[RGF_CHAIN_NETWORK][0].n_front, 2);
	rgf_arena_free(&c.arena);
	rgf_ruleset_put(rs);
}

static int flatten(const struct rgf_ruleset *rs, u32 *bad)
{
	struct rgf_flat_path *paths;
	int n;

	paths = kvcalloc(RINGFENCE_MAX_FLAT_RULES, sizeof(*paths), GFP_KERNEL);
	if (!paths)
		return -ENOMEM;
	n = rgf_filter_flatten(rs, RGF_CHAIN_LOCAL, false, paths, bad);
	kvfree(paths);
	return n;
}

/* Where a rule that jumps ends, if it doesn't. */
static void rgf_test_filter_end(struct kunit *test)
{
	static const struct {
		u8 chain;
		u8 jump; /* 0: none */
	} rules[] = {
		{ 0, 0 }, { 0, 2 }, { 0, 0 }, { 2, 3 }, { 2, 0 }, { 3, 0 }
	};
	/* As it is flat: 0, 1 (3 (5) 4), 2. */
	static const u32 flat[] = { 0, 1, 3, 5, 4, 2 };
	static const u32 ends[] = { 1, 5, 4, 4, 5, 6 };
	struct rgf_ruleset *rs = rgf_ruleset_new(ARRAY_SIZE(rules));
	static struct compiled c;
	const struct rgf_table *table = &c.tables[RGF_CHAIN_LOCAL][0];
	u32 i;

	if (!rs)
		return;
	for (i = 0; i < rs->n_rules; i++)
		rs->rules[i] = (struct rgf_rule){
			.chain = rules[i].chain,
			.jump = rules[i].jump,
			.action = rules[i].jump ? RINGFENCE_RULE_ACTION_JUMP
						: RINGFENCE_RULE_ACTION_COUNT,
		};
	KUNIT_EXPECT_EQ(test, compile(&c, rs, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(flat); i++) {
		KUNIT_EXPECT_EQ(test, table->flat[i].rule, flat[i]);
		KUNIT_EXPECT_EQ(test, table->flat[i].end, ends[i]);
	}
	rgf_arena_free(&c.arena);
	rgf_ruleset_put(rs);
}

static void rgf_test_filter_bounds(struct kunit *test)
{
	struct rgf_ruleset *rs = rgf_ruleset_new(RINGFENCE_MAX_RULES);
	u32 bad = 0, i;

	if (!rs)
		return;
	/* Each of so many rules jumps to the last two. */
	for (i = 0; i < rs->n_rules; i++)
		rs->rules[i] =
			(struct rgf_rule){ .action = RINGFENCE_RULE_ACTION_JUMP,
					   .jump = 2 };
	for (i = rs->n_rules - 2; i < rs->n_rules; i++)
		rs->rules[i] = (struct rgf_rule){ .chain = 2 };
	KUNIT_EXPECT_EQ(test, flatten(rs, &bad), -E2BIG);
	KUNIT_EXPECT_EQ(test, bad, rs->n_rules - 2);

	/* A chain of chains, one longer than may be; and a circle. */
	rs->n_rules = RINGFENCE_MAX_JUMPS + 2;
	for (i = 0; i < rs->n_rules; i++)
		rs->rules[i] =
			(struct rgf_rule){ .action = RINGFENCE_RULE_ACTION_JUMP,
					   .chain = i ? i + 1 : 0,
					   .jump = i + 2 };
	KUNIT_EXPECT_EQ(test, flatten(rs, &bad), -ELOOP);
	KUNIT_EXPECT_EQ(test, bad, RINGFENCE_MAX_JUMPS);
	rs->rules[RINGFENCE_MAX_JUMPS].action = RINGFENCE_RULE_ACTION_COUNT;
	KUNIT_EXPECT_EQ(test, flatten(rs, &bad), RINGFENCE_MAX_JUMPS + 1);
	rs->n_rules = 2;
	rs->rules[1].jump = 2;
	KUNIT_EXPECT_EQ(test, flatten(rs, &bad), -ELOOP);
	rgf_ruleset_put(rs);
}

static void rgf_test_filter_memory(struct kunit *test)
{
	struct rgf_arena arena;
	char *p;

	rgf_arena_init(&arena);
	p = rgf_arena_alloc(&arena, RINGFENCE_RULES_MEMORY_MAX / 2);
	KUNIT_EXPECT_FALSE(test, IS_ERR(p));
	p = rgf_arena_alloc(&arena, RINGFENCE_RULES_MEMORY_MAX / 2);
	KUNIT_EXPECT_FALSE(test, IS_ERR(p));
	p = rgf_arena_alloc(&arena, 8);
	KUNIT_EXPECT_EQ(test, PTR_ERR(p), -E2BIG);
	rgf_arena_free(&arena);
	KUNIT_EXPECT_EQ(test, arena.used, 0);
}

static void rgf_test_filter_minute(struct kunit *test)
{
	static const struct {
		time64_t seconds;
		u32 minute;
	} cases[] = {
		{ 0, 3 * 1440 }, /* Thursday */
		{ 59, 3 * 1440 },
		{ 60, 3 * 1440 + 1 },
		{ 345599, 7 * 1440 - 1 }, /* Sunday, 4 January 1970 */
		{ 345600, 0 },
		{ 1709251199, 3 * 1440 + 1439 }, /* 29 February 2024 */
		{ 1709251200, 4 * 1440 },
		{ 4294967296, 6 * 1440 + 6 * 60 + 28 }, /* 7 February 2106 */
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, rgf_minute_of_week(cases[i].seconds),
				    cases[i].minute, "%lld", cases[i].seconds);
}

static struct kunit_case rgf_filter_cases[] = {
	KUNIT_CASE(rgf_test_filter_small),  KUNIT_CASE(rgf_test_filter_large),
	KUNIT_CASE(rgf_test_filter_last),   KUNIT_CASE(rgf_test_filter_bounds),
	KUNIT_CASE(rgf_test_filter_end),    KUNIT_CASE(rgf_test_filter_memory),
	KUNIT_CASE(rgf_test_filter_minute), {}
};

struct kunit_suite rgf_filter_suite = {
	.name = "filter",
	.test_cases = rgf_filter_cases,
};
