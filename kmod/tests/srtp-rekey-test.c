// SPDX-License-Identifier: GPL-2.0-only
/* Key derivation rates: sets of keys that come and go, packets that wait. */
#include "srtp-fixture.h"

#include "../srtp_rekey.c"

#include "tests.h"

#define QUEUE_FULL RGF_DROP(QUEUE_FULL)

/* What was wanted ahead of time is derived. */
static void settle(const struct bench *b)
{
	flush_work(&b->srtp->rekey->work);
}

static bool rekey_open(struct kunit *test, struct bench *tx, struct bench *rx,
		       enum ringfence_suite suite, u8 kdr)
{
	struct rgf_srtp_spec spec = test_spec(suite, 0);

	spec.kdr = kdr;
	if (!bench_open(test, tx, &spec, NULL))
		return false;
	if (bench_open(test, rx, &spec, NULL))
		return true;
	bench_close(tx);
	return false;
}

/*
 * In order, nobody waits: the next keys are there already. With a suite whose
 * cipher never makes a packet wait.
 */
static void rgf_test_rekey_in_order(struct kunit *test)
{
	unsigned int n, waited = 0;
	struct bench tx, rx;

	if (!rekey_open(test, &tx, &rx, SUITE_F8, 3))
		return;
	for (n = 0; n < 500; n++) {
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, n), 0);
		waited += tx.waited;
		settle(&tx);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
		waited += rx.waited;
		settle(&rx);
	}
	KUNIT_EXPECT_EQ(test, waited, 0);
	bench_close(&tx);
	bench_close(&rx);
}

/* Over the wrap with jumps; whoever waits gets through. */
static void rekey_jumps(struct kunit *test, enum ringfence_suite suite)
{
	struct bench tx, rx;
	unsigned int n;

	if (!rekey_open(test, &tx, &rx, suite, 4))
		return;
	for (n = 60000; n < 80000; n += 1 + n % 97) {
		rgf_test_now += TEST_PTIME;
		KUNIT_EXPECT_EQ_MSG(test, test_rtp(&tx, &rx, n), 0, "%u", n);
		KUNIT_EXPECT_EQ(test, rx.crypt->index, n);
		if (n % 5)
			continue;
		KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
	}
	bench_close(&tx);
	bench_close(&rx);
}

static void rgf_test_rekey_jumps(struct kunit *test)
{
	rekey_jumps(test, SUITE_80);
	rekey_jumps(test, SUITE_GCM);
	rekey_jumps(test, SUITE_F8);
	rgf_test_set_async(true);
	rekey_jumps(test, SUITE_80);
	rekey_jumps(test, SUITE_GCM);
	rgf_test_set_async(false);
}

/* Old packets within the window find the keys of their time. */
static void rgf_test_rekey_reordered(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_GCM, 0);
	struct bench tx, rx, late;
	unsigned int n;

	if (!rekey_open(test, &tx, &rx, SUITE_GCM, 2))
		return;
	if (!bench_open(test, &late, &spec, NULL))
		return;
	for (n = 0; n < 200; n++) {
		rgf_test_now += TEST_PTIME;
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&tx, n), 0);
		if (n % 10 == 3)
			bench_load(&late, tx.data, tx.pkt.len, false, 12,
				   false);
		else
			KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
		if (n % 10 == 9) {
			KUNIT_EXPECT_EQ(test, test_receive(&rx, &late), 0);
			KUNIT_EXPECT_EQ(test, test_receive(&rx, &late),
					RGF_DROP(REPLAYED));
		}
	}
	bench_close(&late);
	bench_close(&tx);
	bench_close(&rx);
}

/* Forged packets can't have many keys derived, nor harm a stream. */
static void rgf_test_rekey_forged(struct kunit *test)
{
	unsigned int n, full = 0, derived = 0;
	struct bench tx, rx;

	if (!rekey_open(test, &tx, &rx, SUITE_F8, 1))
		return;
	KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, 0), 0);
	for (n = 0; n < 1000; n++) {
		int drop = test_forged(&rx, TEST_SSRC, 200 + n * 30);

		full += drop == QUEUE_FULL;
		derived += rx.waited;
		if (n % 10)
			continue;
		settle(&tx);
		settle(&rx);
		KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, n / 10 + 1), 0);
		KUNIT_EXPECT_FALSE(test, rx.waited);
	}
	KUNIT_EXPECT_EQ(test, derived, RGF_REKEY_BURST);
	KUNIT_EXPECT_EQ(test, full, 1000 - RGF_REKEY_BURST);
	bench_close(&tx);
	bench_close(&rx);
}

/* The bound on packets that wait, and every one of them gets an answer. */
static void rgf_test_rekey_waiting(struct kunit *test)
{
	unsigned int i, nr = RGF_REKEY_WAITING + 5, waiting = 0;
	struct rgf_rekey *rekey;
	struct bench tx, rx;
	struct bench *b;

	b = kcalloc(nr, sizeof(*b), GFP_KERNEL);
	if (!b || !rekey_open(test, &tx, &rx, SUITE_80, 8))
		return;
	rekey = rx.srtp->rekey;
	/* One set that the work does not see for now. */
	rekey->set[1].state = RGF_SET_DERIVING;
	rekey->set[1].r = 1;
	for (i = 0; i < nr; i++) {
		init_completion(&b[i].done);
		b[i].crypt = kzalloc(sizeof(*b[i].crypt), GFP_KERNEL);
		if (!b[i].crypt)
			break;
		b[i].pkt.seq = 256 + i;
		b[i].crypt->pkt = &b[i].pkt;
		b[i].crypt->index = b[i].pkt.seq;
		b[i].crypt->done = rgf_test_done;
		b[i].crypt->done_data = &b[i];
		b[i].crypt->at_once = false;
		local_bh_disable();
		b[i].err = rgf_rekey_get(rekey, b[i].crypt);
		local_bh_enable();
		waiting += b[i].err == -EINPROGRESS;
	}
	KUNIT_EXPECT_EQ(test, i, nr);
	KUNIT_EXPECT_EQ(test, waiting, RGF_REKEY_WAITING);
	KUNIT_EXPECT_EQ(test, b[nr - 1].err, QUEUE_FULL);
	rekey->set[1].state = RGF_SET_WANTED;
	queue_work(system_wq, &rekey->work);
	settle(&rx);
	for (i = 0; i < nr; i++) {
		if (i < RGF_REKEY_WAITING) {
			wait_for_completion(&b[i].done);
			KUNIT_EXPECT_EQ(test, b[i].err, 0);
			local_bh_disable();
			rgf_rekey_put(rekey, b[i].crypt);
			local_bh_enable();
		}
		kfree(b[i].crypt);
	}
	KUNIT_EXPECT_EQ(test, rekey->set[1].users, 0);
	KUNIT_EXPECT_EQ(test, rekey->nr_waiting, 0);
	kfree(b);
	bench_close(&tx);
	bench_close(&rx);
}

static int get_keys(struct bench *b, u16 seq)
{
	int err;

	b->pkt.seq = seq;
	b->crypt->pkt = &b->pkt;
	b->crypt->key = 0;
	b->crypt->index = seq;
	b->crypt->done = rgf_test_done;
	b->crypt->done_data = b;
	b->crypt->at_once = false;
	local_bh_disable();
	err = rgf_rekey_get(b->srtp->rekey, b->crypt);
	local_bh_enable();
	if (err != -EINPROGRESS)
		return err;
	wait_for_completion(&b->done);
	reinit_completion(&b->done);
	return b->err;
}

static void put_keys(struct bench *b)
{
	local_bh_disable();
	rgf_rekey_put(b->srtp->rekey, b->crypt);
	local_bh_enable();
}

/* Keys stay as long as a packet has them, however many others come. */
static void rgf_test_rekey_in_use(struct kunit *test)
{
	struct rgf_keyset *set;
	struct bench a, b;
	unsigned int i;

	if (!rekey_open(test, &a, &b, SUITE_80, 4))
		return;
	KUNIT_EXPECT_EQ(test, get_keys(&a, 16 * 100), 0);
	set = container_of(a.crypt->keys, struct rgf_keyset, keys);
	rgf_srtp_put(b.srtp);
	b.srtp = rgf_srtp_get(a.srtp);
	for (i = 0; i < 3 * RGF_REKEY_SETS; i++) {
		rgf_test_now += HZ;
		KUNIT_EXPECT_EQ(test, get_keys(&b, 16 * (200 + i)), 0);
		put_keys(&b);
	}
	KUNIT_EXPECT_EQ(test, set->r, 100);
	KUNIT_EXPECT_EQ(test, set->state, RGF_SET_READY);
	KUNIT_EXPECT_EQ(test, set->users, 1);
	put_keys(&a);
	for (i = 0; i < RGF_REKEY_SETS; i++) {
		rgf_test_now += HZ;
		KUNIT_EXPECT_EQ(test, get_keys(&b, 16 * (300 + i)), 0);
		put_keys(&b);
	}
	KUNIT_EXPECT_TRUE(test, set->r >= 300);
	bench_close(&a);
	bench_close(&b);
}

static struct kunit_case rgf_srtp_rekey_cases[] = {
	KUNIT_CASE(rgf_test_rekey_in_order),
	KUNIT_CASE(rgf_test_rekey_jumps),
	KUNIT_CASE(rgf_test_rekey_reordered),
	KUNIT_CASE(rgf_test_rekey_forged),
	KUNIT_CASE(rgf_test_rekey_waiting),
	KUNIT_CASE(rgf_test_rekey_in_use),
	{}
};

struct kunit_suite rgf_srtp_rekey_suite = {
	.name = "srtp-rekey",
	.test_cases = rgf_srtp_rekey_cases,
};
