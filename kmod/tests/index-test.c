// SPDX-License-Identifier: GPL-2.0-only
/* RFC 3711, 3.3.1 and 3.3.2 */
#include "../srtp_index.c"

#include <linux/kernel.h>

#include "tests.h"

#define REPLAYED  RGF_DROP(REPLAYED)
#define EXHAUSTED RGF_DROP(KEY_EXHAUSTED)

static const struct {
	const char *name;
	u64 top;
	bool fresh;
	u16 seq;
	int drop; /* by the window, afterwards */
	s64 index;
} estimates[] = {
	{ "first packet", 0, true, 65000, 0, 65000 },
	{ "next", 10, false, 11, 0, 11 },
	{ "same", 10, false, 10, 0, 10 },
	{ "earlier", 10, false, 3, 0, 3 },
	{ "before the first roll-over counter", 10, false, 65535, REPLAYED,
	  -1 },
	{ "half forward, s_l low", 10, false, 10 + 32768, 0, 10 + 32768 },
	{ "more than half forward is back", 0x10000 + 10, false, 10 + 32769,
	  REPLAYED, 10 + 32769 },
	{ "half back, s_l high", 0x18001, false, 1, REPLAYED, 0x10001 },
	{ "more than half back is forward", 0x18002, false, 1, 0, 0x20001 },
	{ "wrap", 0xffff, false, 0, 0, 0x10000 },
	{ "wrap with loss", 0xfff0, false, 5, 0, 0x10005 },
	{ "late after the wrap", 0x10002, false, 0xfffe, 0, 0xfffe },
	{ "ROC 2^16", 0xffffffffULL, false, 0, 0, 0x100000000ULL },
	{ "the very last", RGF_SRTP_INDEX_MAX - 1, false, 0xffff, 0,
	  RGF_SRTP_INDEX_MAX },
	{ "no index after it", RGF_SRTP_INDEX_MAX, false, 0, EXHAUSTED,
	  RGF_SRTP_INDEX_MAX + 1 },
};

static void rgf_test_estimate(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(estimates); i++) {
		struct rgf_window w = {
			.top = estimates[i].top,
			.started = !estimates[i].fresh,
		};
		s64 index = rgf_index_estimate(&w, estimates[i].seq);

		/* Nothing but the top itself was seen in this window. */
		KUNIT_EXPECT_EQ_MSG(test, rgf_window_check(&w, index),
				    estimates[i].drop, "%s", estimates[i].name);
		KUNIT_EXPECT_EQ_MSG(test, index, estimates[i].index, "%s",
				    estimates[i].name);
	}
}

struct arrival {
	u64 index;
	bool replayed;
};

static void rgf_test_arrivals(struct kunit *test, const struct arrival *a,
			      unsigned int n)
{
	struct rgf_window w = {};
	unsigned int i;
	int drop;

	for (i = 0; i < n; i++) {
		drop = rgf_window_check(&w, a[i].index);
		KUNIT_EXPECT_EQ_MSG(test, drop, a[i].replayed ? REPLAYED : 0,
				    "arrival %u, index %llu", i, a[i].index);
		if (!drop)
			rgf_window_commit(&w, a[i].index);
	}
}

#define TEST_ARRIVALS(test, ...)                                      \
	do {                                                          \
		static const struct arrival list[] = { __VA_ARGS__ }; \
		rgf_test_arrivals(test, list, ARRAY_SIZE(list));      \
	} while (0)

static void rgf_test_in_order(struct kunit *test)
{
	TEST_ARRIVALS(test, { 0 }, { 1 }, { 2 }, { 3 });
}

static void rgf_test_duplicate(struct kunit *test)
{
	TEST_ARRIVALS(test, { 7 }, { 7, true }, { 8 }, { 7, true },
		      { 8, true });
}

static void rgf_test_reordered(struct kunit *test)
{
	TEST_ARRIVALS(test, { 5 }, { 9 }, { 7 }, { 6 }, { 8 }, { 7, true },
		      { 5, true }, { 9, true }, { 4 }, { 4, true });
}

static void rgf_test_edges(struct kunit *test)
{
	/* The oldest index in the window, and the one left of it. */
	TEST_ARRIVALS(test, { 1000 }, { 1000 - 127 }, { 1000 - 127, true },
		      { 1000 - 128, true }, { 1001 }, { 1001 - 127 },
		      { 1001 - 128, true });
	/* A seen one that moves to the left edge, and out. */
	TEST_ARRIVALS(test, { 10 }, { 10 + 127 }, { 10, true }, { 11 },
		      { 10 + 128 }, { 10, true }, { 11, true });
}

static void rgf_test_jumps(struct kunit *test)
{
	/* By less than a word, a word, more, the window, more than it. */
	TEST_ARRIVALS(test, { 100 }, { 163 }, { 100, true }, { 163, true });
	TEST_ARRIVALS(test, { 100 }, { 164 }, { 100, true }, { 101 });
	TEST_ARRIVALS(test, { 100 }, { 165 }, { 100, true }, { 102 });
	TEST_ARRIVALS(test, { 100 }, { 227 }, { 100, true }, { 101 });
	TEST_ARRIVALS(test, { 100 }, { 228 }, { 100, true }, { 101 });
	TEST_ARRIVALS(test, { 100 }, { 100000 }, { 100000 - 127 },
		      { 100, true }, { 100000, true });
	TEST_ARRIVALS(test, { 3 }, { RGF_SRTP_INDEX_MAX }, { 3, true });
}

/* Every gap, against a window that remembers all. */
static void rgf_test_all_gaps(struct kunit *test)
{
	unsigned int gap, i;

	for (gap = 1; gap < 300; gap++) {
		struct rgf_window w = {};

		rgf_window_commit(&w, 1000);
		rgf_window_commit(&w, 990);
		rgf_window_commit(&w, 1000 + gap);
		for (i = 0; i < 128; i++) {
			u64 index = 1000 + gap - i;
			bool seen = index == 1000 || index == 990 || !i;

			KUNIT_EXPECT_EQ_MSG(test, rgf_window_check(&w, index),
					    seen ? REPLAYED : 0,
					    "gap %u, index %llu", gap, index);
		}
	}
}

/* Estimation and window together, over the wrap of the sequence number. */
static void rgf_test_wrap(struct kunit *test)
{
	static const struct {
		u16 seq;
		u64 index;
	} arrivals[] = {
		{ 65533, 65533 }, { 65535, 65535 }, { 1, 65537 },
		{ 65534, 65534 }, { 0, 65536 },	    { 2, 65538 },
	};
	struct rgf_window w = {};
	unsigned int i;
	s64 index;

	for (i = 0; i < ARRAY_SIZE(arrivals); i++) {
		index = rgf_index_estimate(&w, arrivals[i].seq);
		KUNIT_EXPECT_EQ(test, index, arrivals[i].index);
		KUNIT_EXPECT_EQ(test, rgf_window_check(&w, index), 0);
		rgf_window_commit(&w, index);
	}
	for (i = 0; i < ARRAY_SIZE(arrivals); i++)
		KUNIT_EXPECT_EQ(test, rgf_window_check(&w, arrivals[i].index),
				REPLAYED);
}

static struct kunit_case rgf_index_cases[] = { KUNIT_CASE(rgf_test_estimate),
					       KUNIT_CASE(rgf_test_in_order),
					       KUNIT_CASE(rgf_test_duplicate),
					       KUNIT_CASE(rgf_test_reordered),
					       KUNIT_CASE(rgf_test_edges),
					       KUNIT_CASE(rgf_test_jumps),
					       KUNIT_CASE(rgf_test_all_gaps),
					       KUNIT_CASE(rgf_test_wrap),
					       {} };

struct kunit_suite rgf_index_suite = {
	.name = "srtp-index",
	.test_cases = rgf_index_cases,
};
