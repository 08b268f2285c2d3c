// SPDX-License-Identifier: GPL-2.0-only
/* Recovery of the roll-over counter (ROC), on the tests' own clock. */
#include "srtp-fixture.h"

#include "../srtp_recover.c"

#include "../drop.h"
#include "../srtp_ctx.h"
#include "../srtp_stream.h"

#define REPLAYED    RGF_DROP(REPLAYED)
#define AUTH_FAILED RGF_DROP(AUTH_FAILED)
#define DESYNC	    RGF_SRTP_EV_DESYNC

/* In so many packets of 20 ms a peer must be back. */
#define RECOVER_PACKETS 25

static const enum ringfence_suite test_suites[] = { SUITE_80, SUITE_GCM };

struct pair {
	struct bench tx, rx;
};

static bool pair_open(struct kunit *test, struct pair *p,
		      const struct rgf_srtp_spec *spec)
{
	if (!bench_open(test, &p->tx, spec, NULL))
		return false;
	if (bench_open(test, &p->rx, spec, NULL))
		return true;
	bench_close(&p->tx);
	return false;
}

static void pair_close(struct pair *p)
{
	bench_close(&p->tx);
	bench_close(&p->rx);
}

/* The peer sends from @index on; how many packets until one is received? */
static unsigned int packets_until_back(struct pair *p, s64 index)
{
	unsigned int n;

	test_set_top(&p->tx, TEST_SSRC, false, index - 1);
	for (n = 1; n <= 10 * RECOVER_PACKETS; n++) {
		rgf_test_now += TEST_PTIME;
		if (!test_rtp(&p->tx, &p->rx, index++))
			return n;
	}
	return n;
}

/* And from then on it is received for good. */
static void expect_in_sync(struct kunit *test, struct pair *p, const char *name)
{
	s64 index = p->tx.crypt->index;
	unsigned int n;

	for (n = 1; n < 200; n++) {
		rgf_test_now += TEST_PTIME;
		KUNIT_EXPECT_EQ_MSG(test, test_rtp(&p->tx, &p->rx, index + n),
				    0, "%s, packet %u", name, n);
		KUNIT_EXPECT_EQ(test, p->rx.crypt->index, index + n);
	}
}

/* @pause: jiffies before the peer goes on elsewhere */
static const struct {
	const char *name;
	s64 from; /* indices */
	s64 to;
	unsigned long pause;
	bool resync;
	bool back;
} moves[] = {
	{ "one roll-over missed", 0x18000, 0x28001, 10 * HZ, false, true },
	{ "and no pause", 0x18000, 0x28001, 0, false, true },
	{ "two missed", 0x18000, 0x38001, HZ, false, true },
	{ "a jump that looks like one back", 0x11000, 0x1f000, HZ, false,
	  true },
	{ "the same with ROC 0", 0x1000, 0xf000, 0, false, true },
	{ "far ahead", 0x18000, 0x98001, HZ, false, false },
	{ "back to ROC 0", 0x28000, 0x8001, HZ, false, false },
	{ "back to ROC 0, resync", 0x28000, 0x8001, 0, true, true },
	{ "back to a new sequence number", 0x28000, 0x77, HZ, true, true },
	{ "back within ROC 0", 0x9000, 0x3000, 0, true, true },
	{ "one ROC back", 0x58000, 0x48001, 0, true, true },
	{ "back over a wrap", 0x50010, 0x3fff0, 0, true, true },
	{ "ahead, and back allowed", 0x28000, 0x38001, 0, true, true },
};

static void move(struct kunit *test, enum ringfence_suite suite, u8 kdr,
		 unsigned int i)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	unsigned int n;
	struct pair p;

	spec.kdr = kdr;
	if (!pair_open(test, &p, &spec))
		return;
	test_set_top(&p.rx, TEST_SSRC, false, moves[i].from - 2);
	test_set_top(&p.tx, TEST_SSRC, false, moves[i].from - 2);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, moves[i].from - 1), 0);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, moves[i].from), 0);
	rgf_test_now += moves[i].pause;
	if (moves[i].resync)
		rgf_srtp_resync(p.rx.srtp);
	n = packets_until_back(&p, moves[i].to);
	if (moves[i].back) {
		KUNIT_EXPECT_EQ_MSG(test, n <= RECOVER_PACKETS, 1,
				    "%s: %u packets", moves[i].name, n);
		expect_in_sync(test, &p, moves[i].name);
	} else {
		KUNIT_EXPECT_EQ_MSG(test, n, 10 * RECOVER_PACKETS + 1, "%s",
				    moves[i].name);
	}
	pair_close(&p);
}

static void rgf_test_moves(struct kunit *test)
{
	unsigned int i, k;

	for (k = 0; k < ARRAY_SIZE(test_suites); k++)
		for (i = 0; i < ARRAY_SIZE(moves); i++)
			move(test, test_suites[k], 0, i);
}

/* The second look waits for a cipher, as the first did, and for keys. */
static void rgf_test_moves_async(struct kunit *test)
{
	unsigned int i, k;

	rgf_test_set_async(true);
	for (k = 0; k < ARRAY_SIZE(test_suites); k++)
		for (i = 0; i < ARRAY_SIZE(moves); i++)
			move(test, test_suites[k], 0, i);
	rgf_test_set_async(false);
}

static void rgf_test_moves_rekey(struct kunit *test)
{
	unsigned int i, k;

	for (k = 0; k < ARRAY_SIZE(test_suites); k++)
		for (i = 0; i < ARRAY_SIZE(moves); i++)
			move(test, test_suites[k], 12, i);
}

/* A peer may begin anew once for each resync, and only for ten seconds. */
static void rgf_test_resync_once(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct pair p;

	if (!pair_open(test, &p, &spec))
		return;
	test_set_top(&p.rx, TEST_SSRC, false, 0x28000);
	rgf_srtp_resync(p.rx.srtp);
	KUNIT_EXPECT_TRUE(test,
			  packets_until_back(&p, 0x8001) <= RECOVER_PACKETS);
	test_set_top(&p.rx, TEST_SSRC, false, 0x28000);
	KUNIT_EXPECT_FALSE(test,
			   packets_until_back(&p, 0x8001) <= RECOVER_PACKETS);
	rgf_srtp_resync(p.rx.srtp);
	KUNIT_EXPECT_TRUE(test,
			  packets_until_back(&p, 0x8001) <= RECOVER_PACKETS);
	test_set_top(&p.rx, TEST_SSRC, false, 0x28000);
	rgf_srtp_resync(p.rx.srtp);
	rgf_test_now += 10 * HZ + 1;
	KUNIT_EXPECT_FALSE(test,
			   packets_until_back(&p, 0x8001) <= RECOVER_PACKETS);
	pair_close(&p);

	/* Or as a flag of a successor. */
	if (!pair_open(test, &p, &spec))
		return;
	test_set_top(&p.rx, TEST_SSRC, false, 0x28000);
	bench_close(&p.tx);
	p.tx = p.rx;
	spec.flags = RINGFENCE_LEG_FLAGS_RESYNC;
	if (bench_open(test, &p.rx, &spec, p.tx.srtp)) {
		bench_close(&p.tx);
		if (bench_open(test, &p.tx, &spec, NULL)) {
			KUNIT_EXPECT_TRUE(test,
					  packets_until_back(&p, 0x8001) <=
						  RECOVER_PACKETS);
			bench_close(&p.tx);
		}
		bench_close(&p.rx);
	}
}

/* The far ends of two keys of @p->rx, of which the first is good for two. */
static bool used_up_open(struct kunit *test, struct pair *p, struct bench *b)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 1), both = spec;

	spec.key->mki = "a";
	spec.key->mki_len = 1;
	both.nr_keys = 2;
	both.key[0] = spec.key[0];
	both.key[0].lifetime = 2;
	both.key[1] = test_spec(SUITE_80, 2).key[0];
	both.key[1].mki = "b";
	both.key[1].mki_len = 1;
	if (!bench_open(test, &p->tx, &spec, NULL))
		return false;
	spec.key[0] = both.key[1];
	if (!bench_open(test, b, &spec, NULL))
		goto err_tx;
	if (bench_open(test, &p->rx, &both, NULL))
		return true;
	bench_close(b);
err_tx:
	bench_close(&p->tx);
	return false;
}

/* What would go back, but with a key that is used up, changes nothing. */
static void rgf_test_resync_used_up(struct kunit *test)
{
	struct bench b;
	struct pair p;
	unsigned int n;
	int drop = 0;

	if (!used_up_open(test, &p, &b))
		return;
	test_set_top(&p.rx, TEST_SSRC, false, 0x28000);
	test_set_top(&p.tx, TEST_SSRC, false, 0x28000);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 0x8001), 0);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 0x8002), 0);
	test_set_top(&b, TEST_SSRC, false, 0x28002);
	KUNIT_EXPECT_EQ(test, test_rtp(&b, &p.rx, 0x8003), 0);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &b), REPLAYED);

	rgf_srtp_resync(p.rx.srtp);
	test_set_top(&p.tx, TEST_SSRC, false, 0x8003);
	for (n = 0; n < RECOVER_PACKETS; n++) {
		rgf_test_now += TEST_PTIME;
		drop = test_rtp(&p.tx, &p.rx, 0x8004 + n);
		if (drop == RGF_DROP(KEY_EXHAUSTED))
			break;
	}
	KUNIT_EXPECT_EQ(test, drop, RGF_DROP(KEY_EXHAUSTED));
	KUNIT_EXPECT_TRUE(test, p.rx.crypt->back);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &b), REPLAYED);
	bench_close(&b);
	pair_close(&p);
}

static void rgf_test_resync_rtcp(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct pair p;
	int i;

	if (!pair_open(test, &p, &spec))
		return;
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, test_rtcp_protect(&p.tx), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), 0);
	}
	/* A copy, and a peer that begins anew without having been asked. */
	rgf_test_now += HZ;
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), REPLAYED);
	test_set_top(&p.tx, TEST_SSRC, true, 0);
	KUNIT_EXPECT_EQ(test, test_rtcp_protect(&p.tx), 0);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), REPLAYED);
	rgf_srtp_resync(p.rx.srtp);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), 0);
	KUNIT_EXPECT_EQ(test, test_rtcp_protect(&p.tx), 0);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), 0);
	rgf_test_now += HZ;
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), REPLAYED);
	pair_close(&p);
}

/* New keys, and the peer keeps its ROC, or not; with and without loss. */
static void successor(struct kunit *test, enum ringfence_suite suite, s64 to,
		      unsigned int packets)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	struct bench old, middle;
	unsigned int n;
	struct pair p;

	if (!bench_open(test, &old, &spec, NULL))
		return;
	test_set_top(&old, TEST_SSRC, false, 0x5fff0);
	spec = test_spec(suite, 1);
	if (!bench_open(test, &middle, &spec, old.srtp))
		return;
	bench_close(&old);
	spec = test_spec(suite, 2);
	if (!bench_open(test, &p.tx, &spec, NULL) ||
	    !bench_open(test, &p.rx, &spec, middle.srtp))
		return;
	bench_close(&middle);
	n = packets_until_back(&p, to);
	KUNIT_EXPECT_EQ_MSG(test, n <= packets, 1, "to %llx: %u packets", to,
			    n);
	expect_in_sync(test, &p, "successor");
	pair_close(&p);
}

static void rgf_test_successor_hints(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(test_suites); i++) {
		successor(test, test_suites[i], 0x5fff1, 4);
		successor(test, test_suites[i], 0x60005, 4);
		successor(test, test_suites[i], 0x70000, 8);
		successor(test, test_suites[i], 0xfff1, 1);
		successor(test, test_suites[i], 0x10005, RECOVER_PACKETS);
	}
}

/* The first packets that we get are from the middle of a stream. */
static void rgf_test_unknown_ssrc(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int roc;
	struct pair p;

	for (roc = 0; roc <= 4; roc++) {
		if (!pair_open(test, &p, &spec))
			return;
		KUNIT_EXPECT_EQ_MSG(test,
				    packets_until_back(&p,
						       roc << 16 | 0x4000) <=
					    RECOVER_PACKETS,
				    roc <= 3, "ROC %u", roc);
		if (roc <= 3)
			expect_in_sync(test, &p, "unknown SSRC");
		KUNIT_EXPECT_EQ(test, p.rx.srtp->streams->nr, roc <= 3);
		pair_close(&p);
	}
	/* RTCP knows it, RTP does not. */
	if (!pair_open(test, &p, &spec))
		return;
	KUNIT_EXPECT_EQ(test, test_rtcp_protect(&p.tx), 0);
	KUNIT_EXPECT_EQ(test, test_receive(&p.rx, &p.tx), 0);
	KUNIT_EXPECT_TRUE(test,
			  packets_until_back(&p, 0x14000) <= RECOVER_PACKETS);
	pair_close(&p);
}

/* No forged packet buys a second look, and no good one is lost for it. */
static void rgf_test_forged_in_sync(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int n, i, retried = 0;
	struct pair p;

	if (!pair_open(test, &p, &spec))
		return;
	for (n = 65000; n < 66000; n++) {
		for (i = 0; i < 10; i++) {
			int drop = test_forged(&p.rx, TEST_SSRC,
					       n * 31 + i * 6553);

			KUNIT_EXPECT_EQ(test,
					drop == AUTH_FAILED || drop == REPLAYED,
					1);
			retried += p.rx.crypt->retry;
		}
		rgf_test_now += TEST_PTIME;
		KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, n), 0);
		KUNIT_EXPECT_EQ(test, p.rx.crypt->index, n);
		KUNIT_EXPECT_EQ(test, p.rx.crypt->events, 0);
	}
	/* Before the first good one, the stream was unknown. */
	KUNIT_EXPECT_TRUE(test, retried <= RGF_RETRY_BURST);
	pair_close(&p);
}

/* Was the last packet authenticated a second time? */
static bool was_retried(const struct bench *rx, u16 seq)
{
	return (u16)rx->crypt->index == seq && rx->crypt->index >= 0 &&
	       rx->crypt->index != 0x10000 + seq;
}

/* A flood while nobody speaks: 25 second looks a second, 8 at once. */
static void rgf_test_budget(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_GCM, 0);
	unsigned int n, retried = 0;
	struct pair p;

	if (!pair_open(test, &p, &spec))
		return;
	test_set_top(&p.rx, TEST_SSRC, false, 0x14000);
	test_set_top(&p.tx, TEST_SSRC, false, 0x14000);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 0x4001), 0);
	rgf_test_now += HZ;
	for (n = 0; n < 1000; n++) {
		KUNIT_EXPECT_EQ(test, test_forged(&p.rx, TEST_SSRC, 0x4100),
				AUTH_FAILED);
		retried += was_retried(&p.rx, 0x4100);
	}
	KUNIT_EXPECT_EQ(test, retried, RGF_RETRY_BURST);
	for (retried = 0, n = 0; n < 10 * HZ; n++) {
		rgf_test_now++;
		test_forged(&p.rx, TEST_SSRC, 0x4100);
		retried += was_retried(&p.rx, 0x4100);
		KUNIT_EXPECT_EQ(test, p.rx.crypt->events & ~DESYNC, 0);
	}
	/* Lots leave some of it unused. */
	KUNIT_EXPECT_TRUE(test, retried <= 10 * RGF_RETRY_RATE);
	KUNIT_EXPECT_TRUE(test, retried >= 4 * RGF_RETRY_RATE);
	/* It is in sync all the same. */
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 0x4002), 0);
	pair_close(&p);
}

/* The same for SSRCs that change: one budget for all of them. */
static void rgf_test_budget_strays(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int n, retried = 0;
	struct pair p;

	if (!pair_open(test, &p, &spec))
		return;
	for (n = 0; n < 20 * HZ; n++) {
		rgf_test_now++;
		test_forged(&p.rx, n / 8, 0x4000);
		retried += p.rx.crypt->index != 0x4000;
	}
	KUNIT_EXPECT_TRUE(test,
			  retried <= RGF_RETRY_BURST + 20 * RGF_RETRY_RATE);
	KUNIT_EXPECT_EQ(test, p.rx.srtp->streams->nr, 0);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 1), 0);
	pair_close(&p);
}

/* The same with @forged packets of these SSRCs in front of each. */
static unsigned int packets_under_fire(struct pair *p, s64 index, u32 ssrc,
				       unsigned int forged)
{
	unsigned int n, i;

	test_set_top(&p->tx, TEST_SSRC, false, index - 1);
	for (n = 1; n < 1000; n++) {
		rgf_test_now += TEST_PTIME;
		for (i = 0; i < forged; i++)
			test_forged(&p->rx, ssrc ?: n * forged + i, index);
		if (!test_rtp(&p->tx, &p->rx, index++))
			break;
	}
	return n;
}

/*
 * Of 200 packets a second 25 are tried again, with one of three indices (or of
 * two, when the stream is known): by chance, every 24th (16th) brings it back.
 */
static void under_fire(struct kunit *test, bool known, u32 ssrc)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int run, n, sum = 0;
	struct pair p;

	for (run = 0; run < 20; run++) {
		if (!pair_open(test, &p, &spec))
			return;
		if (known)
			test_set_top(&p.rx, TEST_SSRC, false, 0x4000);
		n = packets_under_fire(&p, 0x14100, ssrc, 3);
		KUNIT_EXPECT_EQ_MSG(test, n < 1000, 1, "run %u", run);
		expect_in_sync(test, &p, "after the fire");
		sum += n;
		pair_close(&p);
	}
	KUNIT_EXPECT_EQ_MSG(test, sum < 20 * 80, 1, "%u packets of 20", sum);
}

/* Who forges packets in front of each good one delays it, no more. */
static void rgf_test_under_fire(struct kunit *test)
{
	under_fire(test, true, TEST_SSRC);
	under_fire(test, false, TEST_SSRC);
	under_fire(test, false, 0);
}

/* Told once, and again after it was back. */
static void rgf_test_desync(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int n, told = 0, when = 0;
	struct pair p;

	if (!pair_open(test, &p, &spec))
		return;
	for (n = 1; n < 300; n++) {
		rgf_test_now += TEST_PTIME;
		test_forged(&p.rx, TEST_SSRC, n);
		told += p.rx.crypt->events == DESYNC;
	}
	KUNIT_EXPECT_EQ_MSG(test, told, 0, "of an unknown SSRC");
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 1000), 0);
	for (n = 1; n < 300; n++) {
		rgf_test_now += TEST_PTIME;
		test_forged(&p.rx, TEST_SSRC, 1000 + n);
		told += p.rx.crypt->events == DESYNC;
		when = when ?: told ? n : 0;
	}
	KUNIT_EXPECT_EQ(test, told, 1);
	KUNIT_EXPECT_EQ(test, when, 2 * HZ / TEST_PTIME + 1);
	KUNIT_EXPECT_EQ(test, test_rtp(&p.tx, &p.rx, 1001), 0);
	KUNIT_EXPECT_EQ(test, p.rx.crypt->events, 0);
	for (n = 1; n <= 49; n++) {
		rgf_test_now += HZ;
		test_forged(&p.rx, TEST_SSRC, 2000);
		told += p.rx.crypt->events == DESYNC;
	}
	KUNIT_EXPECT_EQ(test, told, 1);
	test_forged(&p.rx, TEST_SSRC, 2000);
	KUNIT_EXPECT_EQ(test, p.rx.crypt->events, DESYNC);
	pair_close(&p);
}

static struct kunit_case rgf_srtp_recover_cases[] = {
	KUNIT_CASE(rgf_test_moves),
	KUNIT_CASE(rgf_test_moves_async),
	KUNIT_CASE(rgf_test_moves_rekey),
	KUNIT_CASE(rgf_test_resync_once),
	KUNIT_CASE(rgf_test_resync_rtcp),
	KUNIT_CASE(rgf_test_resync_used_up),
	KUNIT_CASE(rgf_test_successor_hints),
	KUNIT_CASE(rgf_test_unknown_ssrc),
	KUNIT_CASE(rgf_test_forged_in_sync),
	KUNIT_CASE(rgf_test_budget),
	KUNIT_CASE(rgf_test_budget_strays),
	KUNIT_CASE(rgf_test_under_fire),
	KUNIT_CASE(rgf_test_desync),
	{}
};

struct kunit_suite rgf_srtp_recover_suite = {
	.name = "srtp-recover",
	.test_cases = rgf_srtp_recover_cases,
};
