// SPDX-License-Identifier: GPL-2.0-only
/* RFC 3550, A.3 and A.8 */
#include "../rtpstat.c"

#include "tests.h"

#define RATE  8000
#define FRAME 160 /* timestamp units, 20 ms */

/* Packet @n of a stream of 20-ms frames, arriving @late microseconds late. */
static void arrive(struct rgf_rtpstats *stats, u32 ssrc, u32 n, u32 late)
{
	struct rgf_pkt pkt = {
		.ssrc = ssrc,
		.seq = n,
		.timestamp = n * FRAME,
		.len = 172,
		.hdr_len = 12,
	};
	u64 now = (1000000ULL + 20000ULL * n + late) * NSEC_PER_USEC;

	rgf_rtpstats_count(stats, &pkt, RATE, now);
}

static struct rgf_rtpstat get(struct rgf_rtpstats *stats, unsigned int n)
{
	struct rgf_rtpstat s = {};

	rgf_rtpstats_get(stats, n, &s);
	return s;
}

static void rgf_test_lost(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 packets[8];
		u32 lost;
		u32 top; /* above the first */
	} cases[] = {
		{ "in order", { 5, 6, 7, 8, 9, 10, 11, 12 }, 0, 7 },
		{ "one lost", { 5, 6, 7, 9, 10, 11, 12, 13 }, 1, 8 },
		{ "reordered", { 5, 7, 6, 9, 8, 10, 12, 11 }, 0, 7 },
		{ "before the first", { 5, 4, 6, 7, 8, 9, 10, 11 }, 0, 6 },
		{ "duplicates hide a loss",
		  { 5, 5, 6, 6, 8, 9, 10, 11 },
		  0,
		  6 },
		{ "wrap with one lost",
		  { 65533, 65534, 65535, 65537, 65538, 65539, 65540, 65541 },
		  1,
		  8 },
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rgf_rtpstats stats = {};
		struct rgf_rtpstat s;

		rgf_rtpstats_init(&stats);
		for (k = 0; k < 8; k++)
			arrive(&stats, 1, cases[i].packets[k], 0);
		s = get(&stats, 0);
		KUNIT_EXPECT_EQ_MSG(test, rgf_rtpstat_lost(&s), cases[i].lost,
				    "%s", cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, s.top - s.base, cases[i].top, "%s",
				    cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, s.packets, 8, "%s", cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, s.bytes, 8 * 160, "%s",
				    cases[i].name);
	}
}

/* Packets alternately 0 and 1 ms late differ by 1 ms each. */
static void rgf_test_jitter(struct kunit *test)
{
	struct rgf_rtpstats stats = {};
	struct rgf_rtpstat s;
	u32 n;

	rgf_rtpstats_init(&stats);
	for (n = 0; n < 100; n++)
		arrive(&stats, 1, n, 0);
	s = get(&stats, 0);
	KUNIT_EXPECT_EQ(test, rgf_rtpstat_jitter(&s, RATE), 0);
	for (; n < 400; n++)
		arrive(&stats, 1, n, n % 2 * 1000);
	s = get(&stats, 0);
	KUNIT_EXPECT_TRUE(test, rgf_rtpstat_jitter(&s, RATE) >= 875);
	KUNIT_EXPECT_TRUE(test, rgf_rtpstat_jitter(&s, RATE) <= 1000);
}

/* More SSRCs than places: the one silent longest goes. */
static void rgf_test_places(struct kunit *test)
{
	struct rgf_rtpstats stats = {};
	unsigned int i;

	rgf_rtpstats_init(&stats);
	for (i = 0; i < RINGFENCE_MAX_STREAMS; i++)
		arrive(&stats, 100 + i, i, 0);
	arrive(&stats, 100, 50, 0);
	arrive(&stats, 200, 51, 0);
	for (i = 0; i < RINGFENCE_MAX_STREAMS; i++) {
		struct rgf_rtpstat s = get(&stats, i);

		KUNIT_EXPECT_EQ(test, s.ssrc, i == 1 ? 200 : 100 + i);
		KUNIT_EXPECT_EQ(test, s.packets, i ? 1 : 2);
	}
}

static struct kunit_case rgf_rtpstat_cases[] = { KUNIT_CASE(rgf_test_lost),
						 KUNIT_CASE(rgf_test_jitter),
						 KUNIT_CASE(rgf_test_places),
						 {} };

struct kunit_suite rgf_rtpstat_suite = {
	.name = "rtpstat",
	.test_cases = rgf_rtpstat_cases,
};
