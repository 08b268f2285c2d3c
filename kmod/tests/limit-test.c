// SPDX-License-Identifier: GPL-2.0-only
/* What limits and bans are made of: buckets, sources, prefixes, classes. */
#include "../classify.c"
#include "../prefixtab.c"
#include "../source.c"

#include "../ban.h"
#include "../bucket.h"
#include "tests.h"

#define MS NSEC_PER_MSEC

/* How many of @n packets, one each @step ns, pass. */
static u32 rgf_pass(u64 *bucket, const struct rgf_bucket_rate *rate, u64 *now,
		    u64 step, u32 n)
{
	u32 passed = 0;

	while (n--) {
		passed += rgf_bucket_take(bucket, rate, *now, 1);
		*now += step;
	}
	return passed;
}

static void rgf_test_bucket(struct kunit *test)
{
	const struct rgf_bucket_rate rate = rgf_bucket_rate(10, 20);
	u64 bucket = 0, now = 1000 * NSEC_PER_SEC;
	u32 passed;

	KUNIT_EXPECT_EQ(test, rgf_pass(&bucket, &rate, &now, 0, 100), 20u);
	now += NSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, rgf_pass(&bucket, &rate, &now, 0, 100), 10u);
	now += 100 * NSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, rgf_pass(&bucket, &rate, &now, 0, 100), 20u);
	/* Twice the rate for 100 seconds: half of it passes. */
	passed = rgf_pass(&bucket, &rate, &now, 50 * MS, 2000);
	KUNIT_EXPECT_TRUE(test, passed >= 999 && passed <= 1001);
	/* All or none. */
	now += 100 * NSEC_PER_SEC;
	KUNIT_EXPECT_FALSE(test, rgf_bucket_take(&bucket, &rate, now, 21));
	KUNIT_EXPECT_TRUE(test, rgf_bucket_take(&bucket, &rate, now, 20));
}

/* A rate above the tick's with a burst of one loses nothing to the tick. */
static void rgf_test_bucket_tick(struct kunit *test)
{
	const struct rgf_bucket_rate rate = rgf_bucket_rate(10000, 1);
	u64 bucket = 0, now = NSEC_PER_SEC;
	u32 passed = 0, i;

	for (i = 0; i < HZ; i++) {
		passed += rgf_pass(&bucket, &rate, &now, 0, 20000 / HZ);
		now += TICK_NSEC;
	}
	KUNIT_EXPECT_TRUE(test, passed >= 9900 && passed <= 10100);
}

static void rgf_test_bucket_shared(struct kunit *test)
{
	const struct rgf_bucket_rate rate = rgf_bucket_rate(5, 5);
	atomic64_t bucket = ATOMIC64_INIT(0);
	u32 passed = 0, i;

	for (i = 0; i < 20; i++)
		passed +=
			rgf_bucket_take_shared(&bucket, &rate, NSEC_PER_SEC, 1);
	KUNIT_EXPECT_EQ(test, passed, 5u);
}

static void rgf_test_ban_growth(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(300, 86400, 0), 300u);
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(300, 86400, 1), 600u);
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(300, 86400, 8), 76800u);
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(300, 86400, 9), 86400u);
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(300, 86400, 4000), 86400u);
	KUNIT_EXPECT_EQ(test, rgf_ban_seconds(31536000, 31536000, 31),
			31536000u);
}

static void rgf_test_strikes(struct kunit *test)
{
	struct rgf_source s = { .window = 1000, .known = true };
	u32 window = 60 * HZ;

	KUNIT_EXPECT_FALSE(test, rgf_source_strike(&s, 1000, 1, window, 3));
	KUNIT_EXPECT_FALSE(test, rgf_source_strike(&s, 1100, 1, window, 3));
	/* The window is over: the two are forgotten. */
	KUNIT_EXPECT_FALSE(test,
			   rgf_source_strike(&s, 1000 + window, 1, window, 3));
	KUNIT_EXPECT_EQ(test, s.strikes, 1);
	KUNIT_EXPECT_TRUE(test, s.known);
	KUNIT_EXPECT_TRUE(test,
			  rgf_source_strike(&s, 1001 + window, 2, window, 3));
	KUNIT_EXPECT_FALSE(test, s.known);
	KUNIT_EXPECT_EQ(test, s.strikes, 0);
	KUNIT_EXPECT_FALSE(test,
			   rgf_source_strike(&s, 1002 + window, 99, window, 0));
	/* The counter of jiffies wraps. */
	s = (struct rgf_source){ .window = -10u, .strikes = 2 };
	KUNIT_EXPECT_TRUE(test, rgf_source_strike(&s, 10, 1, window, 3));
}

static enum rgf_source_place rgf_add(struct rgf_source_set *set, u64 n, u32 now,
				     bool force, struct rgf_source **s)
{
	const u64 key[2] = { 0, n };

	return rgf_source_add(set, n, key, 0, now, force, s);
}

static struct rgf_source *rgf_find(struct rgf_source_set *set, u64 n)
{
	const u64 key[2] = { 0, n };

	return rgf_source_find(set, n, key, 0);
}

/* Who gives way in a full set. */
static void rgf_test_sources(struct kunit *test)
{
	struct rgf_source_set *set = kzalloc(sizeof(*set), GFP_KERNEL);
	struct rgf_source *s = NULL;
	u32 now = -5u; /* it wraps */
	u64 i;

	if (!set)
		return;
	for (i = 1; i <= RGF_SOURCE_WAYS; i++)
		KUNIT_EXPECT_EQ(test, (int)rgf_add(set, i, now, false, &s),
				(int)RGF_SOURCE_FREE);
	KUNIT_EXPECT_EQ(test, (int)rgf_add(set, 100, now, false, &s),
			(int)RGF_SOURCE_NONE);
	/* All have been idle long enough but 3, and 5 is known. */
	now += RGF_NEWCOMER_IDLE;
	rgf_find(set, 3)->last = now;
	rgf_find(set, 5)->known = true;
	rgf_find(set, 5)->last -= 10;
	rgf_find(set, 7)->last -= 5;
	KUNIT_EXPECT_EQ(test, (int)rgf_add(set, 101, now, false, &s),
			(int)RGF_SOURCE_REPLACED);
	KUNIT_EXPECT_TRUE(test, !rgf_find(set, 7) && rgf_find(set, 101));
	for (i = 102; i < 107; i++)
		KUNIT_EXPECT_EQ(test, (int)rgf_add(set, i, now, false, &s),
				(int)RGF_SOURCE_REPLACED);
	KUNIT_EXPECT_EQ(test, (int)rgf_add(set, 107, now, false, &s),
			(int)RGF_SOURCE_NONE);
	KUNIT_EXPECT_TRUE(test, rgf_find(set, 3) && rgf_find(set, 5));
	/* Userspace's strikes displace a newcomer, never one who is known. */
	KUNIT_EXPECT_EQ(test, (int)rgf_add(set, 108, now, true, &s),
			(int)RGF_SOURCE_REPLACED);
	KUNIT_EXPECT_TRUE(test, !!rgf_find(set, 5));
	now += RGF_KNOWN_IDLE;
	KUNIT_EXPECT_EQ(test, (int)rgf_add(set, 109, now, false, &s),
			(int)RGF_SOURCE_REPLACED);
	KUNIT_EXPECT_FALSE(test, !!rgf_find(set, 5));
	kfree(set);
}

static void rgf_test_known(struct kunit *test)
{
	struct rgf_source s = { .first = 1000 };
	unsigned int i;

	for (i = 0; i < 2 * RGF_KNOWN_PACKETS; i++)
		rgf_source_passed(&s, 1000);
	KUNIT_EXPECT_FALSE(test, s.known);
	rgf_source_passed(&s, 1000 + RGF_KNOWN_AGE);
	KUNIT_EXPECT_TRUE(test, s.known);
	s = (struct rgf_source){ .first = 1000 };
	for (i = 1; i < RGF_KNOWN_PACKETS; i++)
		rgf_source_passed(&s, 9000 + 60 * HZ);
	KUNIT_EXPECT_FALSE(test, s.known);
}

static struct rgf_prefix_node *rgf_match(const struct rgf_prefixtab *tab,
					 u32 addr, u64 now)
{
	__be32 v4 = htonl(addr);

	return rgf_prefixtab_match_v4(tab, v4, rgf_prefixtab_hash_v4(tab, v4),
				      now);
}

static void rgf_fill(struct rgf_prefix_node *node, u32 addr, u8 len, u64 end,
		     bool stays)
{
	*node = (struct rgf_prefix_node){ .end = end, .stays = stays };
	node->prefix.addr = rgf_addr_v4(htonl(addr));
	node->prefix.len = 96 + len;
}

static void rgf_test_prefixes(struct kunit *test)
{
	struct rgf_prefix_node host, net, all, other[8];
	struct rgf_prefixtab tab = {};
	struct rgf_hash_key key = { 1, { 3, 5, 7, 9 } };
	bool room;
	u8 i;

	KUNIT_EXPECT_EQ(test, rgf_prefixtab_init(&tab, &key), 0);
	rgf_fill(&host, 0x0a000001, 32, 100, false);
	rgf_fill(&net, 0x0a000000, 24, 50, true);
	rgf_fill(&all, 0, 0, RGF_PREFIX_FOREVER, false);
	rgf_prefixtab_add(&tab, &host);
	rgf_prefixtab_add(&tab, &net);
	KUNIT_EXPECT_TRUE(test, rgf_match(&tab, 0x0a000001, 10) == &host);
	KUNIT_EXPECT_TRUE(test, rgf_match(&tab, 0x0a0000ff, 10) == &net);
	KUNIT_EXPECT_TRUE(test, !rgf_match(&tab, 0x0a0000ff, 50));
	KUNIT_EXPECT_TRUE(test, !rgf_match(&tab, 0x0a000100, 10));
	KUNIT_EXPECT_TRUE(test, rgf_prefixtab_victim(&tab) == &host);
	KUNIT_EXPECT_TRUE(test, !rgf_prefixtab_ended(&tab, 49));
	KUNIT_EXPECT_TRUE(test, rgf_prefixtab_ended(&tab, 50) == &net);
	rgf_prefixtab_past(&tab, &net);
	KUNIT_EXPECT_TRUE(test, !rgf_prefixtab_ended(&tab, 50));
	KUNIT_EXPECT_TRUE(test, rgf_prefixtab_find(&tab, &net.prefix) == &net);
	rgf_prefixtab_add(&tab, &all);
	KUNIT_EXPECT_TRUE(test, rgf_match(&tab, 0xc0000201, 60) == &all);
	/* Two lengths besides the addresses' are there, six fit in. */
	for (i = 0; i < 8; i++)
		rgf_fill(&other[i], 0x10000000, 8 + i, RGF_PREFIX_FOREVER,
			 false);
	for (i = 0; i < 6; i++) {
		room = rgf_prefixtab_has_room(&tab, &other[i].prefix);
		KUNIT_EXPECT_TRUE(test, room);
		rgf_prefixtab_add(&tab, &other[i]);
	}
	KUNIT_EXPECT_FALSE(test,
			   rgf_prefixtab_has_room(&tab, &other[6].prefix));
	rgf_prefixtab_del(&tab, &net);
	KUNIT_EXPECT_TRUE(test, rgf_prefixtab_has_room(&tab, &other[6].prefix));
	rgf_prefixtab_add(&tab, &other[6]);
	rgf_prefixtab_del(&tab, &all);
	KUNIT_EXPECT_TRUE(test, !rgf_match(&tab, 0xc0000201, 60));
	KUNIT_EXPECT_TRUE(test, !!rgf_match(&tab, 0x10000001, 60));
	rgf_prefixtab_free(&tab);
}

static void rgf_test_classify(struct kunit *test)
{
	static const struct {
		const char *text;
		enum ringfence_limit_class class;
	} cases[] = {
		{ "REGISTER sip:a", RINGFENCE_LIMIT_CLASS_REGISTER },
		{ "INVITE sip:a", RINGFENCE_LIMIT_CLASS_INVITE },
		{ "OPTIONS sip:a", RINGFENCE_LIMIT_CLASS_OPTIONS },
		{ "BYE sip:a", RINGFENCE_LIMIT_CLASS_REQUEST },
		{ "invite sip:a", RINGFENCE_LIMIT_CLASS_REQUEST },
		{ "a.b-c!%*_+`'~ x", RINGFENCE_LIMIT_CLASS_REQUEST },
		{ "SIP/2.0 200", RINGFENCE_LIMIT_CLASS_RESPONSE },
		{ "SIP/3.0 200", RINGFENCE_LIMIT_CLASS_MALFORMED },
		{ "\r\n\r\n", RINGFENCE_LIMIT_CLASS_REQUEST },
		{ "\r\nINVITE sip:a", RINGFENCE_LIMIT_CLASS_INVITE },
		{ "INVITE", RINGFENCE_LIMIT_CLASS_MALFORMED },
		{ " INVITE sip:a", RINGFENCE_LIMIT_CLASS_MALFORMED },
		{ "INVITE\tsip:a", RINGFENCE_LIMIT_CLASS_MALFORMED },
		{ "\xff\xfe x", RINGFENCE_LIMIT_CLASS_MALFORMED },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		int class = rgf_limit_classify((const u8 *)text, strlen(text),
					       true);

		KUNIT_EXPECT_EQ_MSG(test, class, (int)cases[i].class, "%s",
				    text);
	}
}

static struct kunit_case rgf_limit_cases[] = {
	KUNIT_CASE(rgf_test_bucket),	    KUNIT_CASE(rgf_test_bucket_tick),
	KUNIT_CASE(rgf_test_bucket_shared), KUNIT_CASE(rgf_test_ban_growth),
	KUNIT_CASE(rgf_test_strikes),	    KUNIT_CASE(rgf_test_sources),
	KUNIT_CASE(rgf_test_known),	    KUNIT_CASE(rgf_test_prefixes),
	KUNIT_CASE(rgf_test_classify),	    {}
};

struct kunit_suite rgf_limit_suite = {
	.name = "limit",
	.test_cases = rgf_limit_cases,
};
