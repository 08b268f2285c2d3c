// SPDX-License-Identifier: GPL-2.0-only
#include "../source_rate.c"

#include "tests.h"

#define START 1000000ULL
#define FLOOD (IS_ENABLED(CONFIG_KASAN) ? 50000 : 500000)

/* 1000 ns a packet, a burst of three. */
static const struct rgf_bucket_rate rate = { 1000, 3000 };

static bool take(struct rgf_rate_table *sources, u64 addr, u32 limit, u64 now)
{
	const struct rgf_rate_source source = { addr, limit };

	return rgf_rate_table_take(sources, &source, &rate, now);
}

static void rgf_test_rate_burst(struct kunit *test)
{
	struct rgf_rate_table *sources = rgf_rate_table_new();
	u32 i;

	if (!sources)
		return;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, take(sources, 1, 0, START));
	/* What is over the rate takes nothing. */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_FALSE(test, take(sources, 1, 0, START));
	KUNIT_EXPECT_FALSE(test, take(sources, 1, 0, START + 999));
	KUNIT_EXPECT_TRUE(test, take(sources, 1, 0, START + 1000));
	KUNIT_EXPECT_FALSE(test, take(sources, 1, 0, START + 1000));
	/* A bucket holds a burst, however long it was left alone. */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, take(sources, 1, 0, START + 1000000),
				i < 3);
	rgf_rate_table_free(sources);
}

static void rgf_test_rate_apart(struct kunit *test)
{
	struct rgf_rate_table *sources = rgf_rate_table_new();
	u32 i;

	if (!sources)
		return;
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, take(sources, 0, 0, START), i < 3);
	KUNIT_EXPECT_TRUE(test, take(sources, 1, 0, START));
	KUNIT_EXPECT_TRUE(test, take(sources, 0, 1, START));
	KUNIT_EXPECT_FALSE(test, take(sources, 0, 0, START));
	rgf_rate_table_free(sources);
}

/* A flood of strangers doesn't make a source be forgotten that is over its rate. */
static void rgf_test_rate_flood(struct kunit *test)
{
	struct rgf_rate_table *sources = rgf_rate_table_new();
	u32 i, refused = 0;

	if (!sources)
		return;
	for (i = 0; i < 3; i++)
		take(sources, 1, 0, START);
	for (i = 0; i < FLOOD; i++)
		refused += !take(sources, 1000 + i, 0, START);
	KUNIT_EXPECT_EQ(test, refused, 0);
	KUNIT_EXPECT_FALSE(test, take(sources, 1, 0, START));
	rgf_rate_table_free(sources);
}

static struct kunit_case rgf_rate_cases[] = { KUNIT_CASE(rgf_test_rate_burst),
					      KUNIT_CASE(rgf_test_rate_apart),
					      KUNIT_CASE(rgf_test_rate_flood),
					      {} };

struct kunit_suite rgf_rate_suite = {
	.name = "source-rate",
	.test_cases = rgf_rate_cases,
};
