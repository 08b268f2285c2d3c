// SPDX-License-Identifier: GPL-2.0-only
/* Many packets at a time that wait for their cipher. */
#include "srtp-fixture.h"

#include <linux/slab.h>

#include "../drop.h"
#include "../srtp_ctx.h"

#define FLIGHT_MAX 1500 /* more than cryptd queues */

struct flight {
	struct bench *b; /* one for each packet; they share a context */
	unsigned int nr;
	struct rgf_srtp *srtp;
};

static void flight_close(struct flight *f)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++) {
		f->b[i].srtp = NULL;
		bench_close(&f->b[i]);
	}
	kvfree(f->b);
	rgf_srtp_put(f->srtp);
}

static bool flight_open(struct kunit *test, struct flight *f,
			const struct rgf_srtp_spec *spec, unsigned int nr)
{
	struct bench *b;

	f->nr = 0;
	f->srtp = rgf_srtp_new(spec, NULL);
	f->b = kvcalloc(nr, sizeof(*f->b), GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, !IS_ERR(f->srtp) && f->b);
	if (IS_ERR(f->srtp))
		f->srtp = NULL;
	while (f->srtp && f->b && f->nr < nr) {
		b = &f->b[f->nr++];
		b->srtp = f->srtp;
		init_completion(&b->done);
		b->crypt =
			kzalloc(sizeof(*b->crypt) + rgf_srtp_reqsize(f->srtp),
				GFP_KERNEL);
		if (!b->crypt)
			break;
	}
	if (f->b && f->nr == nr && f->b[nr - 1].crypt)
		return true;
	flight_close(f);
	return false;
}

/* All at once, so that none is done before the last one came. */
static void flight_start(struct flight *f,
			 int (*run)(struct rgf_srtp *, struct rgf_crypt *, int))
{
	struct bench *b;

	local_bh_disable();
	rcu_read_lock();
	for (b = f->b; b < f->b + f->nr; b++) {
		b->crypt->data = b->data;
		b->crypt->end = b->data + b->size;
		b->crypt->pkt = &b->pkt;
		b->crypt->done = rgf_test_done;
		b->crypt->done_data = b;
		b->waited = true;
		b->err = run(f->srtp, b->crypt, 0);
		if (b->err != -EINPROGRESS)
			b->waited = false;
	}
	rcu_read_unlock();
	local_bh_enable();
}

/* Returns how many did not have to wait. */
static unsigned int flight_land(struct flight *f,
				int (*run)(struct rgf_srtp *,
					   struct rgf_crypt *, int))
{
	unsigned int at_once = 0;
	struct bench *b;

	for (b = f->b; b < f->b + f->nr; b++) {
		if (!b->waited) {
			at_once++;
			continue;
		}
		wait_for_completion(&b->done);
		local_bh_disable();
		rcu_read_lock();
		b->err = run(f->srtp, b->crypt, b->err);
		rcu_read_unlock();
		local_bh_enable();
	}
	return at_once;
}

static void load_rtp(struct bench *b, u16 seq)
{
	u8 data[TEST_LEN] = { 0x80, 0, seq >> 8, seq };

	put_unaligned_be32(TEST_SSRC, data + 8);
	bench_load(b, data, sizeof(data), false, 12, true);
}

/*
 * The queue of the cipher fills up. Those that it refused are dropped, those
 * that it took are good, and the receiver can tell that no index came twice.
 */
static void queue_full(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	unsigned int i, good = 0, full = 0;
	struct flight f;
	struct bench rx;

	if (!flight_open(test, &f, &spec, FLIGHT_MAX))
		return;
	if (!bench_open(test, &rx, &spec, NULL)) {
		flight_close(&f);
		return;
	}
	for (i = 0; i < f.nr; i++)
		load_rtp(&f.b[i], i);
	flight_start(&f, rgf_srtp_protect);
	flight_land(&f, rgf_srtp_protect);
	for (i = 0; i < f.nr; i++) {
		full += f.b[i].err == RGF_DROP(QUEUE_FULL);
		if (f.b[i].err)
			continue;
		good++;
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &f.b[i]), 0);
		KUNIT_EXPECT_EQ(test, rx.crypt->index, i);
	}
	KUNIT_EXPECT_TRUE(test, good >= 500);
	KUNIT_EXPECT_TRUE(test, full >= 100);
	KUNIT_EXPECT_EQ(test, good + full, f.nr);
	/* What was refused used up its index all the same. */
	load_rtp(&f.b[0], FLIGHT_MAX - 1);
	KUNIT_EXPECT_EQ(test, bench_protect(&f.b[0]), RGF_DROP(REPLAYED));
	bench_close(&rx);
	flight_close(&f);
}

static void rgf_test_queue_full(struct kunit *test)
{
	rgf_test_set_async(true);
	queue_full(test, SUITE_80);
	queue_full(test, SUITE_GCM);
	rgf_test_set_async(false);
}

/* Copies of a packet on the way at the same time: one of them gets through. */
static void copies(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	unsigned int i, good = 0, replayed = 0;
	struct flight f;
	struct bench tx;

	if (!flight_open(test, &f, &spec, 20))
		return;
	if (!bench_open(test, &tx, &spec, NULL)) {
		flight_close(&f);
		return;
	}
	KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, 7), 0);
	for (i = 0; i < f.nr; i++)
		bench_load(&f.b[i], tx.data, tx.pkt.len, false, 12, false);
	flight_start(&f, rgf_srtp_unprotect);
	flight_land(&f, rgf_srtp_unprotect);
	for (i = 0; i < f.nr; i++) {
		good += !f.b[i].err;
		replayed += f.b[i].err == RGF_DROP(REPLAYED);
	}
	KUNIT_EXPECT_EQ(test, good, 1);
	KUNIT_EXPECT_EQ(test, replayed, f.nr - 1);
	bench_close(&tx);
	flight_close(&f);
}

static void rgf_test_copies(struct kunit *test)
{
	rgf_test_set_async(true);
	copies(test, SUITE_80);
	copies(test, SUITE_GCM);
	rgf_test_set_async(false);
	copies(test, SUITE_80);
	copies(test, SUITE_GCM);
}

/* A stream in order, all of it on the way at once, over a wrap. */
static void stream(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);
	struct flight tx, rx;
	unsigned int i;

	if (!flight_open(test, &tx, &spec, 40))
		return;
	if (!flight_open(test, &rx, &spec, 40)) {
		flight_close(&tx);
		return;
	}
	for (i = 0; i < tx.nr; i++)
		load_rtp(&tx.b[i], 65520 + i);
	flight_start(&tx, rgf_srtp_protect);
	flight_land(&tx, rgf_srtp_protect);
	for (i = 0; i < tx.nr; i++) {
		KUNIT_EXPECT_EQ(test, tx.b[i].err, 0);
		bench_load(&rx.b[i], tx.b[i].data, tx.b[i].pkt.len, false, 12,
			   false);
		/* One by one: none may be more than half a cycle ahead. */
		KUNIT_EXPECT_EQ(test, bench_unprotect(&rx.b[i]), 0);
		KUNIT_EXPECT_EQ(test, rx.b[i].crypt->index, 65520 + i);
	}
	flight_close(&rx);
	flight_close(&tx);
}

static void rgf_test_async_stream(struct kunit *test)
{
	rgf_test_set_async(true);
	stream(test, SUITE_80);
	stream(test, SUITE_GCM);
	rgf_test_set_async(false);
}

static struct kunit_case rgf_srtp_async_cases[] = {
	KUNIT_CASE(rgf_test_queue_full),
	KUNIT_CASE(rgf_test_copies),
	KUNIT_CASE(rgf_test_async_stream),
	{}
};

struct kunit_suite rgf_srtp_async_suite = {
	.name = "srtp-async",
	.test_cases = rgf_srtp_async_cases,
};
