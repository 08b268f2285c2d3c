// SPDX-License-Identifier: GPL-2.0-only
/* Streams: indices in use, limits, lifetimes, and what a successor keeps. */
#include "srtp-fixture.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include "../drop.h"
#include "../srtp_ctx.h"
#include "../srtp_stream.h"

#define REPLAYED  RGF_DROP(REPLAYED)
#define EXHAUSTED RGF_DROP(KEY_EXHAUSTED)
#define LOW	  RGF_SRTP_EV_KEY_LOW
#define USED	  RGF_SRTP_EV_KEY_USED

static const enum ringfence_suite test_suites[] = { SUITE_80, SUITE_GCM,
						    SUITE_F8 };

/* A sender and a receiver. */
static bool pair_open(struct kunit *test, struct bench *tx, struct bench *rx,
		      const struct rgf_srtp_spec *spec)
{
	if (!bench_open(test, tx, spec, NULL))
		return false;
	if (bench_open(test, rx, spec, NULL))
		return true;
	bench_close(tx);
	return false;
}

static void pair_close(struct bench *tx, struct bench *rx)
{
	bench_close(tx);
	bench_close(rx);
}

/* Whatever the plain side repeats, no index protects two packets. */
static void rgf_test_tx_once(struct kunit *test)
{
	static const struct {
		u16 seq;
		int drop;
	} sends[] = {
		{ 5, 0 },	   { 5, REPLAYED },	{ 7, 0 },
		{ 6, 0 },	   { 6, REPLAYED },	{ 200, 0 },
		{ 100, 0 },	   { 72, REPLAYED },	{ 73, 0 },
		{ 100, REPLAYED }, { 65000, REPLAYED },
	};
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int i;
	struct bench b;

	if (!bench_open(test, &b, &spec, NULL))
		return;
	for (i = 0; i < ARRAY_SIZE(sends); i++)
		KUNIT_EXPECT_EQ_MSG(test, test_rtp_protect(&b, sends[i].seq),
				    sends[i].drop, "send %u", i);
	bench_close(&b);
}

/* Over the wrap of the sequence number, with loss, reordering and copies. */
static void wrap_suite(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	struct bench tx, rx, late;
	unsigned int n;

	if (!pair_open(test, &tx, &rx, &spec))
		return;
	if (!bench_open(test, &late, &spec, NULL)) {
		pair_close(&tx, &rx);
		return;
	}
	for (n = 65500; n < 65600; n++) {
		if (n % 10 == 3) {
			/* Kept back, to come after the next one. */
			KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, n), 0);
			bench_load(&late, tx.data, tx.pkt.len, false, 12,
				   false);
			continue;
		}
		if (n % 7 == 0) {
			KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, n), 0);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, test_rtp(&tx, &rx, n), 0, "%u", n);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), REPLAYED);
		if (n % 10 == 4)
			KUNIT_EXPECT_EQ(test, test_receive(&rx, &late), 0);
	}
	KUNIT_EXPECT_EQ(test, rx.crypt->index, 65599);
	bench_close(&late);
	pair_close(&tx, &rx);
}

static void rgf_test_stream_wrap(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(test_suites); i++)
		wrap_suite(test, test_suites[i]);
}

/* The last indices there are. */
static void rgf_test_last_index(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct bench tx, rx;

	if (!pair_open(test, &tx, &rx, &spec))
		return;
	test_set_top(&tx, TEST_SSRC, true, RGF_SRTCP_INDEX_MAX - 1);
	KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), 0);
	KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
	KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), EXHAUSTED);

	test_set_top(&tx, TEST_SSRC, false, RGF_SRTP_INDEX_MAX - 1);
	test_set_top(&rx, TEST_SSRC, false, RGF_SRTP_INDEX_MAX - 1);
	KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, 65535), 0);
	KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, 0), EXHAUSTED);
	KUNIT_EXPECT_EQ(test, test_forged(&rx, TEST_SSRC, 0), EXHAUSTED);
	pair_close(&tx, &rx);
}

static int protect_ssrc(struct bench *b, u32 ssrc, u16 seq)
{
	u8 data[20] = { 0x80, 0, seq >> 8, seq };

	put_unaligned_be32(ssrc, data + 8);
	bench_load(b, data, sizeof(data), false, 12, true);
	return bench_protect(b);
}

static void rgf_test_ssrc_limit(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct bench tx, rx, more;
	unsigned int i;

	if (!pair_open(test, &tx, &rx, &spec))
		return;
	for (i = 0; i < RINGFENCE_MAX_SSRCS; i++) {
		/* Forged ones take no place. */
		KUNIT_EXPECT_EQ(test, test_forged(&rx, 1000 + i, 7),
				RGF_DROP(AUTH_FAILED));
		KUNIT_EXPECT_EQ_MSG(test, protect_ssrc(&tx, i, 1), 0, "SSRC %u",
				    i);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
		KUNIT_EXPECT_EQ(test, rx.srtp->streams->nr, i + 1);
	}
	KUNIT_EXPECT_EQ(test, protect_ssrc(&tx, i, 1), RGF_DROP(SSRC_LIMIT));
	if (bench_open(test, &more, &spec, NULL)) {
		KUNIT_EXPECT_EQ(test, protect_ssrc(&more, i, 1), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &more),
				RGF_DROP(SSRC_LIMIT));
		bench_close(&more);
	}
	for (i = 0; i < RINGFENCE_MAX_SSRCS; i++) {
		KUNIT_EXPECT_EQ(test, protect_ssrc(&tx, i, 2), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
	}
	pair_close(&tx, &rx);
}

/* Neither more nor less, RTP and RTCP each, and told once. */
static void lifetime_packet(struct kunit *test, struct bench *tx,
			    struct bench *rx, bool rtcp, u64 life, u64 n)
{
	u8 want = n == life ? USED : 0;
	int drop;

	if (n < life && life - n == life / 8)
		want = LOW;
	drop = rtcp ? test_rtcp_protect(tx) : test_rtp_protect(tx, n);
	KUNIT_EXPECT_EQ_MSG(test, drop, n <= life ? 0 : EXHAUSTED,
			    "life %llu, packet %llu", life, n);
	KUNIT_EXPECT_EQ_MSG(test, tx->crypt->events, want,
			    "life %llu, packet %llu", life, n);
	if (n > life)
		return;
	KUNIT_EXPECT_EQ(test, test_receive(rx, tx), 0);
	KUNIT_EXPECT_EQ(test, rx->crypt->events, want);
}

static void lifetime_suite(struct kunit *test, enum ringfence_suite suite,
			   u64 life)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	struct rgf_key_info info;
	struct bench tx, rx, on;
	u64 n;

	spec.key->lifetime = life;
	if (!pair_open(test, &tx, &rx, &spec))
		return;
	for (n = 1; n <= life + 3; n++) {
		lifetime_packet(test, &tx, &rx, false, life, n);
		lifetime_packet(test, &tx, &rx, true, life, n);
	}
	rgf_srtp_key_info(tx.srtp, 0, &info);
	KUNIT_EXPECT_EQ(test, info.packets, 2 * life);
	KUNIT_EXPECT_EQ(test, info.lifetime, life);

	/* The receiver stops as well. */
	spec.key->lifetime = 0;
	if (bench_open(test, &on, &spec, NULL)) {
		KUNIT_EXPECT_EQ(test, test_rtp(&on, &rx, life + 1), EXHAUSTED);
		KUNIT_EXPECT_EQ(test, rx.crypt->events, 0);
		bench_close(&on);
	}
	pair_close(&tx, &rx);
}

static void rgf_test_lifetime(struct kunit *test)
{
	static const u64 lives[] = { 1, 2, 7, 8, 10, 100 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lives); i++) {
		lifetime_suite(test, SUITE_80, lives[i]);
		lifetime_suite(test, SUITE_GCM, lives[i]);
	}
}

/* Many streams on one key: never late, and not much too early. */
static void rgf_test_lifetime_shared(struct kunit *test)
{
	struct rgf_credit credit[RINGFENCE_MAX_SSRCS] = {};
	struct rgf_life_limit limit = {};
	u64 life = 300000, used = 0;
	u32 low = 0, spent = 0;
	unsigned int i, idle;
	u8 events;

	limit.life = rgf_life_new();
	KUNIT_EXPECT_TRUE(test, limit.life);
	if (!limit.life)
		return;
	rgf_life_limits(limit.packets, life);
	for (idle = 0; idle < ARRAY_SIZE(credit);) {
		/* Of these, some are used once only. */
		for (i = 0, idle = 0; i < ARRAY_SIZE(credit); i++) {
			if (i % 4 == 1 && credit[i].life) {
				idle++;
				continue;
			}
			events = 0;
			if (rgf_life_use(&limit, &credit[i], false, &events))
				idle++;
			else
				used++;
			low += events == LOW;
			spent += events == USED;
		}
	}
	KUNIT_EXPECT_TRUE(test, used <= life);
	KUNIT_EXPECT_TRUE(test, used >= life - life / 60);
	KUNIT_EXPECT_EQ(test, low, 1);
	KUNIT_EXPECT_EQ(test, spent, 1);
	for (i = 0; i < ARRAY_SIZE(credit); i++)
		rgf_life_return(&credit[i], false);
	KUNIT_EXPECT_EQ(test, atomic64_read(&limit.life->taken[false]), used);
	KUNIT_EXPECT_EQ(test, refcount_read(&limit.life->ref), 1);
	rgf_life_put(limit.life);
}

/* Two keys in turns take from their own lifetimes. */
static void rgf_test_lifetime_keys(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 1), both = spec;
	struct rgf_key_info info;
	struct bench a, b, rx;
	u16 seq;

	spec.key->mki = "a";
	spec.key->mki_len = 1;
	both.nr_keys = 2;
	both.key[0] = spec.key[0];
	both.key[1] = test_spec(SUITE_80, 2).key[0];
	both.key[1].mki = "b";
	both.key[1].mki_len = 1;
	if (!pair_open(test, &rx, &a, &both))
		return;
	spec.key[0] = both.key[1];
	if (!bench_open(test, &b, &spec, NULL)) {
		pair_close(&rx, &a);
		return;
	}
	for (seq = 0; seq < 200; seq++) {
		struct bench *from = seq & 3 ? &a : &b;

		KUNIT_EXPECT_EQ(test, test_rtp(from, &rx, seq), 0);
	}
	rgf_srtp_key_info(rx.srtp, 0, &info);
	KUNIT_EXPECT_EQ(test, info.packets, 150);
	rgf_srtp_key_info(rx.srtp, 1, &info);
	KUNIT_EXPECT_EQ(test, info.packets, 50);
	KUNIT_EXPECT_EQ(test, info.mki_len, 1);
	bench_close(&b);
	pair_close(&rx, &a);
}

/* A successor with a key in common goes on where its predecessor was. */
static void rgf_test_successor(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0), more = spec;
	struct rgf_key_info info;
	struct bench tx, tx2, rx, rx2;

	spec.key->mki = "a";
	spec.key->mki_len = 1;
	more.nr_keys = 2;
	more.key[0] = test_spec(SUITE_80, 1).key[0];
	more.key[0].mki = "b";
	more.key[0].mki_len = 1;
	more.key[1] = spec.key[0];
	if (!pair_open(test, &tx, &rx, &spec))
		return;
	test_set_top(&tx, TEST_SSRC, false, 0x2fffe);
	test_set_top(&rx, TEST_SSRC, false, 0x2fffe);
	KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, 0xffff), 0);
	if (!bench_open(test, &rx2, &more, rx.srtp) ||
	    !bench_open(test, &tx2, &more, tx.srtp))
		return;
	KUNIT_EXPECT_TRUE(test, rgf_srtp_shares_master(rx.srtp, rx2.srtp));
	KUNIT_EXPECT_EQ(test, test_receive(&rx2, &tx), REPLAYED);
	KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx2, 0), 0);
	KUNIT_EXPECT_EQ(test, rx2.crypt->key, 1);
	KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), REPLAYED);
	KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx2, 0), REPLAYED);
	KUNIT_EXPECT_EQ(test, test_rtp(&tx2, &rx2, 1), 0);
	KUNIT_EXPECT_EQ(test, rx2.crypt->key, 0);
	KUNIT_EXPECT_EQ(test, tx2.crypt->index, 0x30001);
	rgf_srtp_key_info(rx2.srtp, 1, &info);
	KUNIT_EXPECT_EQ(test, info.packets, 2);
	pair_close(&tx, &rx);
	KUNIT_EXPECT_EQ(test, test_rtp(&tx2, &rx2, 2), 0);
	pair_close(&tx2, &rx2);

	/* A lifetime that is over stays so with another suite. */
	spec = test_spec(SUITE_80, 0);
	spec.key->lifetime = 1;
	if (!bench_open(test, &tx, &spec, NULL))
		return;
	KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, 1), 0);
	spec.suite = SUITE_32;
	if (bench_open(test, &tx2, &spec, tx.srtp)) {
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx2, 1), REPLAYED);
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx2, 2), EXHAUSTED);
		bench_close(&tx2);
	}
	bench_close(&tx);
}

static void rgf_test_no_key_in_common(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct bench old, new;

	if (!bench_open(test, &old, &spec, NULL))
		return;
	test_set_top(&old, TEST_SSRC, false, 0x50000);
	spec = test_spec(SUITE_80, 1);
	if (bench_open(test, &new, &spec, old.srtp)) {
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&new, 7), 0);
		KUNIT_EXPECT_EQ(test, new.crypt->index, 7);
		bench_close(&new);
	}
	bench_close(&old);
}

#define RACE_RTP  20000 /* less than half of the numbers */
#define RACE_RTCP 300000 /* so many that CPUs of an emulator meet */

struct racer {
	struct bench bench; /* its context is shared */
	atomic_t *ready; /* counts racers down to 0 */
	unsigned long *seen[2]; /* indices of RTP, RTCP */
	unsigned int sent[2];
	unsigned int twice;
	struct completion done;
};

static void race_reserve(struct racer *r, bool rtcp, u16 seq)
{
	struct rgf_crypt *crypt = r->bench.crypt;
	int drop;

	r->bench.pkt =
		(struct rgf_pkt){ .ssrc = TEST_SSRC, .rtcp = rtcp, .seq = seq };
	crypt->pkt = &r->bench.pkt;
	crypt->key = 0;
	local_bh_disable();
	rcu_read_lock();
	drop = rgf_tx_reserve(r->bench.srtp, crypt, rtcp);
	rcu_read_unlock();
	local_bh_enable();
	if (drop)
		return;
	r->sent[rtcp]++;
	r->twice += test_and_set_bit(crypt->index, r->seen[rtcp]);
}

/* The same packets as another CPU, at the same time. */
static int race(void *data)
{
	struct racer *r = data;
	unsigned int n;

	atomic_dec(r->ready);
	while (atomic_read(r->ready))
		cpu_relax();
	for (n = 0; n < RACE_RTCP; n++) {
		if (n < RACE_RTP)
			race_reserve(r, false, n);
		race_reserve(r, true, 0);
	}
	complete(&r->done);
	return 0;
}

static bool race_start(struct kunit *test, struct racer *r, unsigned int cpu)
{
	struct task_struct *task = kthread_create(race, r, "rgf-race");

	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	if (IS_ERR(task))
		return false;
	kthread_bind(task, cpu);
	wake_up_process(task);
	return true;
}

static void rgf_test_race(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	unsigned int cpu, nr = 0, sent[2] = {}, twice = 0, i;
	unsigned long *seen[2];
	struct racer r[2] = {};
	atomic_t ready;

	seen[0] = bitmap_zalloc(RACE_RTP, GFP_KERNEL);
	seen[1] = bitmap_zalloc(2 * RACE_RTCP, GFP_KERNEL);
	/* With one CPU, it does not race with anybody. */
	atomic_set(&ready, min(num_online_cpus(), 2U));
	for (cpu = 0; cpu < nr_cpu_ids && nr < 2; cpu++) {
		if (!cpu_online(cpu))
			continue;
		if (!seen[0] || !seen[1] ||
		    !bench_open(test, &r[nr].bench, &spec, NULL))
			break;
		if (nr) {
			rgf_srtp_put(r[1].bench.srtp);
			r[1].bench.srtp = rgf_srtp_get(r[0].bench.srtp);
		}
		r[nr].ready = &ready;
		memcpy(r[nr].seen, seen, sizeof(seen));
		init_completion(&r[nr].done);
		if (!race_start(test, &r[nr], cpu))
			return;
		nr++;
	}
	for (i = 0; i < nr; i++) {
		wait_for_completion(&r[i].done);
		sent[0] += r[i].sent[0];
		sent[1] += r[i].sent[1];
		twice += r[i].twice;
	}
	/* Where both lagged behind the window, a number is lost. */
	KUNIT_EXPECT_TRUE(test, sent[0] && sent[0] <= RACE_RTP);
	KUNIT_EXPECT_EQ(test, sent[1], nr * RACE_RTCP);
	KUNIT_EXPECT_EQ(test, twice, 0);
	for (i = 0; i < nr; i++)
		bench_close(&r[i].bench);
	bitmap_free(seen[0]);
	bitmap_free(seen[1]);
}

static struct kunit_case rgf_srtp_stream_cases[] = {
	KUNIT_CASE(rgf_test_tx_once),
	KUNIT_CASE(rgf_test_stream_wrap),
	KUNIT_CASE(rgf_test_last_index),
	KUNIT_CASE(rgf_test_ssrc_limit),
	KUNIT_CASE(rgf_test_lifetime),
	KUNIT_CASE(rgf_test_lifetime_shared),
	KUNIT_CASE(rgf_test_lifetime_keys),
	KUNIT_CASE(rgf_test_successor),
	KUNIT_CASE(rgf_test_no_key_in_common),
	KUNIT_CASE(rgf_test_race),
	{}
};

struct kunit_suite rgf_srtp_stream_suite = {
	.name = "srtp-stream",
	.test_cases = rgf_srtp_stream_cases,
};
