// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transform, with packets of another implementation (srtp-vectors.py) and
 * with damaged ones of every length.
 */
#include "srtp-fixture.h"

#include "../srtp.c"
#include "../srtp_cipher.c"
#include "../srtp_ctx.c"
#include "../srtp_life.c"
#include "../srtp_stream.c"

#include "srtp-vectors.h"

unsigned long rgf_test_now = 1000000;

/* RFC 3711, B.3, and RFC 6188, 7.4 and 7.2 */
static const u8 test_master_128[] =
	"\xe1\xf9\x7a\x0d\x3e\x01\x8b\xe0\xd6\x4f\xa3\x2c\x06\xde\x41\x39"
	"\x0e\xc6\x75\xad\x49\x8a\xfe\xeb\xb6\x96\x0b\x3a\xab\xe6";
static const u8 test_master_192[] =
	"\x73\xed\xc6\x6c\x4f\xa1\x57\x76\xfb\x57\xf9\x50\x5c\x17\x13\x65"
	"\x50\xff\xda\x71\xf3\xe8\xe5\xf1"
	"\xc8\x52\x2f\x3a\xcd\x4c\xe8\x6d\x5a\xdd\x78\xed\xbb\x11";
static const u8 test_master_256[] =
	"\xf0\xf0\x49\x14\xb5\x13\xf2\x76\x3a\x1b\x1f\xa1\x30\xf1\x0e\x29"
	"\x98\xf6\xf6\xe4\x3e\x43\x09\xd1\xe6\x22\xa0\xe3\x32\xb9\xf1\xb6"
	"\x3b\x04\x80\x3d\xe5\x1e\xe7\xc9\x64\x23\xab\x5b\x78\xd2";

/* Others, which differ from them in the first byte. */
static u8 test_others[4][RINGFENCE_KEY_MAX];

static const u8 *test_master(const struct rgf_suite *suite)
{
	return suite->key_len == 16   ? test_master_128
	       : suite->key_len == 24 ? test_master_192
				      : test_master_256;
}

struct rgf_srtp_spec test_spec(enum ringfence_suite suite, u8 n)
{
	const struct rgf_suite *s = rgf_suite_get(suite);
	struct rgf_srtp_spec spec = { .suite = suite, .nr_keys = 1 };

	spec.key->master = test_master(s);
	spec.key->master_len = rgf_suite_master_len(s);
	if (n) {
		memcpy(test_others[n], spec.key->master, spec.key->master_len);
		test_others[n][0] ^= n;
		spec.key->master = test_others[n];
	}
	return spec;
}

void rgf_test_done(rgf_crypto_arg *arg, int err)
{
	struct bench *b = rgf_crypto_data(arg);

	if (err == -EINPROGRESS)
		return;
	b->err = err;
	complete(&b->done);
}

void bench_close(struct bench *b)
{
	if (!IS_ERR_OR_NULL(b->srtp))
		rgf_srtp_put(b->srtp);
	kfree(b->crypt);
	kfree(b->data);
}

bool bench_open(struct kunit *test, struct bench *b,
		const struct rgf_srtp_spec *spec, const struct rgf_srtp *old)
{
	memset(b, 0, sizeof(*b));
	init_completion(&b->done);
	b->srtp = rgf_srtp_new(spec, old);
	KUNIT_EXPECT_FALSE(test, IS_ERR(b->srtp));
	if (IS_ERR(b->srtp))
		return false;
	b->crypt = kmalloc(sizeof(*b->crypt) + rgf_srtp_reqsize(b->srtp),
			   GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, b->crypt);
	if (!b->crypt) {
		bench_close(b);
		return false;
	}
	/* What the transform doesn't set, it may not read. */
	memset(b->crypt, 0xa5, sizeof(*b->crypt));
	return true;
}

bool bench_load(struct bench *b, const void *data, unsigned int len, bool rtcp,
		unsigned int hdr_len, bool tx)
{
	kfree(b->data);
	b->size = len + (tx ? rgf_srtp_overhead(b->srtp) : 0) + !len;
	/* Some have room for the padding of the hash behind them. */
	if (b->loads++ % 2)
		b->size += RGF_ROC_LEN + RGF_SHA1_PAD_MAX;
	b->data = kmalloc(b->size, GFP_KERNEL);
	if (!b->data)
		return false;
	memcpy(b->data, data, len);
	b->pkt = (struct rgf_pkt){ .len = len, .rtcp = rtcp };
	b->pkt.hdr_len = hdr_len;
	if (len >= (rtcp ? 8 : 12)) {
		b->pkt.seq = get_unaligned_be16(b->data + 2);
		b->pkt.ssrc = get_unaligned_be32(b->data + (rtcp ? 4 : 8));
	}
	return true;
}

/* As a hook would, and as the completion of a cipher would. */
static int bench_run(struct bench *b,
		     int (*run)(struct rgf_srtp *, struct rgf_crypt *, int))
{
	struct rgf_crypt *crypt = b->crypt;
	int err = 0;

	b->waited = false;
	crypt->data = b->data;
	crypt->end = b->data + b->size;
	crypt->pkt = &b->pkt;
	crypt->done = rgf_test_done;
	crypt->done_data = b;
	crypt->at_once = rgf_srtp_is_at_once(b->srtp);
	crypt->step = 0;
	crypt->events = 0;
	for (;;) {
		local_bh_disable();
		rcu_read_lock();
		err = run(b->srtp, crypt, err);
		rcu_read_unlock();
		local_bh_enable();
		if (err != -EINPROGRESS)
			return err;
		wait_for_completion(&b->done);
		reinit_completion(&b->done);
		err = b->err;
		b->waited = true;
	}
}

int bench_protect(struct bench *b)
{
	return bench_run(b, rgf_srtp_protect);
}

int bench_unprotect(struct bench *b)
{
	return bench_run(b, rgf_srtp_unprotect);
}

void bench_expect(struct kunit *test, const struct bench *b, const void *data,
		  unsigned int len, const char *name)
{
	KUNIT_EXPECT_EQ_MSG(test, b->pkt.len, len, "%s", name);
	KUNIT_EXPECT_MEMEQ_MSG(test, b->data, data, len, "%s", name);
}

static void test_rtp_header(u8 *data, u32 ssrc, u16 seq)
{
	memset(data, 0xab, TEST_LEN);
	data[0] = 0x80;
	data[1] = 0;
	put_unaligned_be16(seq, data + 2);
	put_unaligned_be32(0, data + 4);
	put_unaligned_be32(ssrc, data + 8);
}

int test_rtp_protect(struct bench *tx, u16 seq)
{
	u8 data[TEST_LEN];

	test_rtp_header(data, TEST_SSRC, seq);
	if (!bench_load(tx, data, sizeof(data), false, 12, true))
		return -ENOMEM;
	return bench_protect(tx);
}

int test_receive(struct bench *rx, const struct bench *tx)
{
	if (!bench_load(rx, tx->data, tx->pkt.len, tx->pkt.rtcp,
			tx->pkt.hdr_len, false))
		return -ENOMEM;
	return bench_unprotect(rx);
}

int test_rtp(struct bench *tx, struct bench *rx, u16 seq)
{
	return test_rtp_protect(tx, seq) ?: test_receive(rx, tx);
}

int test_forged(struct bench *rx, u32 ssrc, u16 seq)
{
	u8 data[TEST_LEN + 16];

	memset(data, 0x5a, sizeof(data));
	test_rtp_header(data, ssrc, seq);
	if (!bench_load(rx, data, sizeof(data), false, 12, false))
		return -ENOMEM;
	return bench_unprotect(rx);
}

int test_rtcp_protect(struct bench *tx)
{
	static const u8 data[24] = { 0x80, 201, 0, 5, 0xca, 0xfe, 0xba, 0xbe };

	if (!bench_load(tx, data, sizeof(data), true, 8, true))
		return -ENOMEM;
	return bench_protect(tx);
}

void test_set_top(struct bench *b, u32 ssrc, bool rtcp, s64 index)
{
	struct rgf_stream *stream;

	local_bh_disable();
	rcu_read_lock();
	stream = rgf_stream_find_or_add(b->srtp->streams, ssrc);
	if (!IS_ERR(stream))
		rgf_window_restart(&stream->flow[rtcp].window, index);
	rcu_read_unlock();
	local_bh_enable();
}

static bool call_open(struct kunit *test, struct bench *b,
		      const struct srtp_call *call)
{
	struct rgf_srtp_spec spec = test_spec(call->suite, 0);

	spec.flags = call->flags;
	spec.kdr = call->kdr;
	spec.key->mki = (const u8 *)call->mki;
	spec.key->mki_len = call->mki_len;
	return bench_open(test, b, &spec, NULL);
}

static void load_plain(struct bench *b, const struct srtp_packet *p)
{
	bench_load(b, p->plain, p->len, p->rtcp, p->hdr_len, true);
}

static void load_wire(struct bench *b, const struct srtp_packet *p)
{
	bench_load(b, p->wire, p->wire_len, p->rtcp, p->hdr_len, false);
}

static void protect_call(struct kunit *test, const struct srtp_call *call)
{
	const struct srtp_packet *p = &srtp_packets[call->first];
	struct bench b;

	if (!call_open(test, &b, call))
		return;
	for (; p < &srtp_packets[call->first + call->nr]; p++) {
		load_plain(&b, p);
		KUNIT_EXPECT_EQ_MSG(test, bench_protect(&b), 0, "%s",
				    call->name);
		bench_expect(test, &b, p->wire, p->wire_len, call->name);
		KUNIT_EXPECT_EQ(test, b.crypt->step, 0);
		KUNIT_EXPECT_EQ(test, b.crypt->events, 0);
	}
	bench_close(&b);
}

static void unprotect_call(struct kunit *test, const struct srtp_call *call)
{
	const struct srtp_packet *p = &srtp_packets[call->first];
	struct bench b;

	if (!call_open(test, &b, call))
		return;
	for (; p < &srtp_packets[call->first + call->nr]; p++) {
		load_wire(&b, p);
		KUNIT_EXPECT_EQ_MSG(test, bench_unprotect(&b), 0, "%s",
				    call->name);
		bench_expect(test, &b, p->plain, p->len, call->name);
		KUNIT_EXPECT_EQ(test, b.crypt->step, 0);
		KUNIT_EXPECT_EQ(test, b.crypt->events, 0);
		load_wire(&b, p);
		KUNIT_EXPECT_EQ_MSG(test, bench_unprotect(&b),
				    RGF_DROP(REPLAYED), "%s again", call->name);
	}
	bench_close(&b);
}

static void all_calls(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(srtp_calls); i++) {
		protect_call(test, &srtp_calls[i]);
		unprotect_call(test, &srtp_calls[i]);
	}
}

static void rgf_test_vectors(struct kunit *test)
{
	all_calls(test);
}

/* The same with ciphers that always make a packet wait. */
static void rgf_test_vectors_async(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct bench b;

	rgf_test_set_async(true);
	all_calls(test);
	if (bench_open(test, &b, &spec, NULL)) {
		KUNIT_EXPECT_EQ(test, test_rtp_protect(&b, 1), 0);
		KUNIT_EXPECT_TRUE(test, b.waited);
		bench_close(&b);
	}
	rgf_test_set_async(false);
}

/* Every bit of the first and the last packet kind matters. */
static void tamper_call(struct kunit *test, const struct srtp_call *call)
{
	unsigned int i, at;
	struct bench b;
	int drop;

	if (!call_open(test, &b, call))
		return;
	for (i = call->first; i < call->first + call->nr; i += 3) {
		const struct srtp_packet *p = &srtp_packets[i];

		for (at = 0; at < p->wire_len; at++) {
			rgf_test_now += HZ;
			load_wire(&b, p);
			b.data[at] ^= 1 << (at % 8);
			b.pkt.seq = get_unaligned_be16(b.data + 2);
			drop = bench_unprotect(&b);
			KUNIT_EXPECT_EQ_MSG(test, drop, RGF_DROP(AUTH_FAILED),
					    "%s, byte %u", call->name, at);
		}
	}
	KUNIT_EXPECT_EQ(test, b.srtp->streams->nr, 0);
	load_wire(&b, &srtp_packets[call->first]);
	KUNIT_EXPECT_EQ(test, bench_unprotect(&b), 0);
	bench_close(&b);
}

static bool is_plain_call(const struct srtp_call *call)
{
	return !call->flags && !call->mki_len && !call->kdr && call->nr == 6;
}

static void rgf_test_tampered(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(srtp_calls); i++)
		if (is_plain_call(&srtp_calls[i]))
			tamper_call(test, &srtp_calls[i]);
}

/* A packet cut at each length: without all of the tail it is malformed. */
static void truncate_packet(struct kunit *test, struct bench *b,
			    const struct srtp_call *call,
			    const struct srtp_packet *p)
{
	unsigned int len, tail = p->wire_len - p->len;
	int drop;

	for (len = 0; len < p->wire_len; len++) {
		bench_load(b, p->wire, len, p->rtcp, p->hdr_len, false);
		drop = bench_unprotect(b);
		if (len < p->hdr_len + tail)
			KUNIT_EXPECT_EQ_MSG(test, drop, RGF_DROP(MALFORMED),
					    "%s, %u bytes", call->name, len);
		else
			KUNIT_EXPECT_TRUE(test, drop > 0 || !tail);
	}
}

/* And with a header that ends anywhere, up to behind the packet. */
static void truncate_header(struct kunit *test, struct bench *b,
			    const struct srtp_packet *p)
{
	unsigned int hdr_len, tail = p->wire_len - p->len;

	for (hdr_len = p->len + 1; hdr_len <= p->wire_len; hdr_len++) {
		bench_load(b, p->wire, p->wire_len, p->rtcp, hdr_len, false);
		if (tail)
			KUNIT_EXPECT_EQ(test, bench_unprotect(b),
					RGF_DROP(MALFORMED));
	}
}

static void rgf_test_truncated(struct kunit *test)
{
	const struct srtp_call *call;
	struct bench b;
	unsigned int i;

	for (call = srtp_calls; call < srtp_calls + ARRAY_SIZE(srtp_calls);
	     call++) {
		if (!call_open(test, &b, call))
			return;
		for (i = call->first; i < call->first + call->nr; i++) {
			truncate_packet(test, &b, call, &srtp_packets[i]);
			truncate_header(test, &b, &srtp_packets[i]);
		}
		bench_close(&b);
	}
}

/* @from protects RTCP, @to's peer agreed on something else. */
static void wrong_encryption_from(struct kunit *test,
				  const struct rgf_srtp_spec *from,
				  const struct rgf_srtp_spec *to)
{
	struct bench tx, rx;

	if (!bench_open(test, &tx, from, NULL))
		return;
	if (bench_open(test, &rx, to, NULL)) {
		KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx),
				RGF_DROP(WRONG_ENCRYPTION));
		KUNIT_EXPECT_EQ(test, rx.srtp->streams->nr, 0);
		/* It is not told to those who can't authenticate. */
		tx.data[10] ^= 1;
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx),
				RGF_DROP(AUTH_FAILED));
		bench_close(&rx);
	}
	bench_close(&tx);
}

static void wrong_encryption(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec hidden = test_spec(suite, 0), clear = hidden;

	clear.flags = RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP;
	wrong_encryption_from(test, &hidden, &clear);
	wrong_encryption_from(test, &clear, &hidden);
}

static void rgf_test_wrong_encryption(struct kunit *test)
{
	wrong_encryption(test, SUITE_80);
	wrong_encryption(test, SUITE_F8);
	wrong_encryption(test, SUITE_GCM);
}

/* With the NULL cipher the E bit means nothing, and both are seen. */
static void rgf_test_null_encryption(struct kunit *test)
{
	struct rgf_srtp_spec spec =
		test_spec(RINGFENCE_SUITE_NULL_HMAC_SHA1_80, 0);
	u8 tag[SHA1_DIGEST_SIZE];
	struct bench tx, rx;

	if (!bench_open(test, &tx, &spec, NULL))
		return;
	if (bench_open(test, &rx, &spec, NULL)) {
		KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), 0);
		KUNIT_EXPECT_EQ(test, tx.data[24] & 0x80, 0);
		tx.data[24] |= 0x80;
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx),
				RGF_DROP(AUTH_FAILED));
		KUNIT_EXPECT_EQ(test,
				rgf_hmac(&tx.srtp->key->keys[true],
					 &tx.crypt->req.hash, tx.data, 28, tag),
				0);
		memcpy(tx.data + 28, tag, 10);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx), 0);
		bench_close(&rx);
	}
	bench_close(&tx);
}

/* Several keys: each is known by its MKI, the first one sends. */
static void several_keys(struct kunit *test, enum ringfence_suite suite)
{
	struct rgf_srtp_spec all = { .suite = suite, .nr_keys = 4 }, one;
	static const u8 mki[4][3] = { "one", "two", "thr", "fou" };
	struct bench tx, rx;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		all.key[i] = test_spec(suite, i).key[0];
		all.key[i].mki = mki[i];
		all.key[i].mki_len = 3;
	}
	if (!bench_open(test, &rx, &all, NULL))
		return;
	for (i = 0; i < 4; i++) {
		one = all;
		one.nr_keys = 1;
		one.key[0] = all.key[i];
		if (!bench_open(test, &tx, &one, NULL))
			break;
		KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, i), 0);
		KUNIT_EXPECT_EQ(test, rx.crypt->key, i);
		KUNIT_EXPECT_EQ(test, test_rtcp_protect(&tx), 0);
		KUNIT_EXPECT_EQ(test, test_receive(&rx, &tx),
				i ? RGF_DROP(REPLAYED) : 0);
		one.key[0].mki = "xxx";
		bench_close(&tx);
		if (!bench_open(test, &tx, &one, NULL))
			break;
		KUNIT_EXPECT_EQ(test, test_rtp(&tx, &rx, 10),
				RGF_DROP(UNKNOWN_MKI));
		bench_close(&tx);
	}
	KUNIT_EXPECT_EQ(test, test_rtp_protect(&rx, 20), 0);
	KUNIT_EXPECT_EQ(test, rx.crypt->key, 0);
	bench_close(&rx);
}

static void rgf_test_several_keys(struct kunit *test)
{
	several_keys(test, SUITE_80);
	several_keys(test, SUITE_32);
	several_keys(test, SUITE_GCM);
}

static void rgf_test_overhead(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_32, 0);
	struct bench b;

	spec.key->mki = "four";
	spec.key->mki_len = 4;
	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_EQ(test, rgf_srtp_overhead(b.srtp), 4 + 4 + 10);
	KUNIT_EXPECT_TRUE(test, rgf_srtp_authenticates(b.srtp, false));
	KUNIT_EXPECT_TRUE(test, rgf_srtp_authenticates(b.srtp, true));
	bench_close(&b);

	spec.flags = RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP;
	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_authenticates(b.srtp, false));
	KUNIT_EXPECT_TRUE(test, rgf_srtp_authenticates(b.srtp, true));
	bench_close(&b);

	spec = test_spec(SUITE_GCM, 0);
	spec.flags = RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP;
	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_EQ(test, rgf_srtp_overhead(b.srtp), 16 + 4);
	KUNIT_EXPECT_TRUE(test, rgf_srtp_authenticates(b.srtp, false));
	bench_close(&b);
}

static void rgf_test_bad_spec(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0);
	struct rgf_srtp *srtp;

	spec.nr_keys = 0;
	srtp = rgf_srtp_new(&spec, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(srtp), -EINVAL);
	spec = test_spec(SUITE_80, 0);
	spec.key->master_len--;
	srtp = rgf_srtp_new(&spec, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(srtp), -EINVAL);
	spec = test_spec(SUITE_80, 0);
	spec.suite = RINGFENCE_SUITE_NONE;
	srtp = rgf_srtp_new(&spec, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(srtp), -EINVAL);
}

static void rgf_test_matches(struct kunit *test)
{
	struct rgf_srtp_spec spec = test_spec(SUITE_80, 0), other = spec;
	struct bench b;
	u8 master[30];

	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_TRUE(test, rgf_srtp_matches(b.srtp, &spec));
	other.flags = RINGFENCE_LEG_FLAGS_RESYNC | RINGFENCE_LEG_FLAGS_RTCP_MUX;
	KUNIT_EXPECT_TRUE(test, rgf_srtp_matches(b.srtp, &other));
	other.flags = RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTP;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));
	other = spec;
	other.suite = SUITE_32;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));
	other = spec;
	other.kdr = 1;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));
	other = spec;
	other.key->lifetime = 7;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));
	other.key->lifetime = RINGFENCE_KEY_LIFETIME_MAX;
	KUNIT_EXPECT_TRUE(test, rgf_srtp_matches(b.srtp, &other));
	other = spec;
	other.key->mki = "a";
	other.key->mki_len = 1;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));
	other = test_spec(SUITE_80, 1);
	KUNIT_EXPECT_FALSE(test, rgf_srtp_matches(b.srtp, &other));

	memcpy(master, spec.key->master, sizeof(master));
	KUNIT_EXPECT_TRUE(test, rgf_srtp_has_master(b.srtp, master, 30));
	KUNIT_EXPECT_FALSE(test, rgf_srtp_has_master(b.srtp, master, 29));
	master[29] ^= 1;
	KUNIT_EXPECT_FALSE(test, rgf_srtp_has_master(b.srtp, master, 30));
	bench_close(&b);
}

static struct kunit_case rgf_srtp_cases[] = {
	KUNIT_CASE(rgf_test_vectors),
	KUNIT_CASE(rgf_test_vectors_async),
	KUNIT_CASE(rgf_test_tampered),
	KUNIT_CASE(rgf_test_truncated),
	KUNIT_CASE(rgf_test_wrong_encryption),
	KUNIT_CASE(rgf_test_null_encryption),
	KUNIT_CASE(rgf_test_several_keys),
	KUNIT_CASE(rgf_test_overhead),
	KUNIT_CASE(rgf_test_bad_spec),
	KUNIT_CASE(rgf_test_matches),
	{}
};

struct kunit_suite rgf_srtp_suite = {
	.name = "srtp",
	.test_cases = rgf_srtp_cases,
};
