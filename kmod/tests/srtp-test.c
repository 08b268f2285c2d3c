// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vectors of RFC 3711, appendix B, and SRTP packets made with the key of
 * B.3 by another implementation (AES of OpenSSL, HMAC of Python), of which the
 * first RTP and the second RTCP one are also those that libsrtp tests with.
 */
#include "../srtp.c"
#include "../srtp_kdf.c"
#include "../suite.c"

#include <linux/completion.h>

#include "tests.h"

#define OFFSET	 28 /* as in the relay */
#define SUITE_80 RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80
#define SUITE_32 RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32

static const u8 b2_key[16] =
	"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c";

static const struct {
	u8 iv[17];
	u8 stream[49];
} b2[] = {
	{ "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\x00\x00",
	  "\xe0\x3e\xad\x09\x35\xc9\x5e\x80\xe1\x66\xb1\x6d\xd9\x2b\x4e\xb4"
	  "\xd2\x35\x13\x16\x2b\x02\xd0\xf7\x2a\x43\xa2\xfe\x4a\x5f\x97\xab"
	  "\x41\xe9\x5b\x3b\xb0\xa2\xe8\xdd\x47\x79\x01\xe4\xfc\xa8\x94\xc0" },
	{ "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff",
	  "\xec\x8c\xdf\x73\x98\x60\x7c\xb0\xf2\xd2\x16\x75\xea\x9e\xa1\xe4"
	  "\x36\x2b\x7c\x3c\x67\x73\x51\x63\x18\xa0\x77\xd7\xfc\x50\x73\xae"
	  "\x6a\x2c\xc3\x78\x78\x89\x37\x4f\xbe\xb4\xc8\x1b\x17\xba\x6c\x44" },
};

/* Master key and master salt of B.3 */
static const u8 b3_master[31] =
	"\xe1\xf9\x7a\x0d\x3e\x01\x8b\xe0\xd6\x4f\xa3\x2c\x06\xde\x41\x39"
	"\x0e\xc6\x75\xad\x49\x8a\xfe\xeb\xb6\x96\x0b\x3a\xab\xe6";

static const u8 b3_cipher_key[17] =
	"\xc6\x1e\x7a\x93\x74\x4f\x39\xee\x10\x73\x4a\xfe\x3f\xf7\xa0\x87";
static const u8 b3_salt[15] =
	"\x30\xcb\xbc\x08\x86\x3d\x8c\x85\xd4\x9d\xb3\x4a\x9a\xe1";
static const u8 b3_auth_key[95] =
	"\xce\xbe\x32\x1f\x6f\xf7\x71\x6b\x6f\xd4\xab\x49\xaf\x25\x6a\x15"
	"\x6d\x38\xba\xa4\x8f\x0a\x0a\xcf\x3c\x34\xe2\x35\x9e\x6c\xdb\xce"
	"\xe0\x49\x64\x6c\x43\xd9\x32\x7a\xd1\x75\x57\x8e\xf7\x22\x70\x98"
	"\x63\x71\xc1\x0c\x9a\x36\x9a\xc2\xf9\x4a\x8c\x5f\xbc\xdd\xdc\x25"
	"\x6d\x6e\x91\x9a\x48\xb6\x10\xef\x17\xc2\x04\x1e\x47\x40\x35\x76"
	"\x6b\x68\x64\x2c\x59\xbb\xfc\x2f\x34\xdb\x60\xdb\xdf\xb2";

#define AB16	 "\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab"
#define RTP_REST "\xde\xca\xfb\xad\xca\xfe\xba\xbe"

struct vector {
	const char *name;
	unsigned int call; /* the packets of one share a context */
	enum ringfence_suite suite;
	bool rtcp;
	unsigned int len; /* plain */
	unsigned int hdr_len;
	unsigned int added;
	u8 plain[48];
	u8 wire[64];
};

/* In the order of their indices; the last of call 1 has ROC 1. */
static const struct vector vectors[] = {
	{ "RTP, 80 bit", 0, SUITE_80, false, 28, 12, 10,
	  "\x80\x0f\x12\x34" RTP_REST AB16,
	  "\x80\x0f\x12\x34" RTP_REST
	  "\x4e\x55\xdc\x4c\xe7\x99\x78\xd8\x8c\xa4\xd2\x15\x94\x9d\x24\x02"
	  "\xb7\x8d\x6a\xcc\x99\xea\x17\x9b\x8d\xbb" },
	{ "RTP before the wrap", 1, SUITE_80, false, 28, 12, 10,
	  "\x80\x0f\xff\xff" RTP_REST AB16,
	  "\x80\x0f\xff\xff" RTP_REST
	  "\xf3\x6e\x96\xfc\x87\xac\x01\x75\x8c\xea\x5f\x94\xba\x17\x1d\xb8"
	  "\x11\x49\xc9\xc4\x9e\xfa\x93\xc1\xb4\x83" },
	{ "RTP after the wrap", 1, SUITE_80, false, 28, 12, 10,
	  "\x80\x0f\x00\x00" RTP_REST AB16,
	  "\x80\x0f\x00\x00" RTP_REST
	  "\x24\xec\xf9\x2d\x9c\x97\xbf\x2a\xc6\x79\xb7\x96\xfd\xfd\x36\x5a"
	  "\x26\x7b\xee\xcd\xc5\x64\x56\x59\x0e\x62" },
	{ "RTCP, the first", 0, SUITE_80, true, 24, 8, 14,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe" AB16,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe"
	  "\xb1\x9c\x21\x9a\x08\x6b\x6c\x7a\xe6\x1d\x8e\x0b\xfe\xb4\xbe\x3f"
	  "\x80\x00\x00\x00\x56\x31\xd6\xcf\xc9\x06\xcd\xb3\x0f\x41" },
	{ "RTCP, the second", 0, SUITE_80, true, 24, 8, 14,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe" AB16,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe"
	  "\x71\x28\x03\x5b\xe4\x87\xb9\xbd\xbe\xf8\x90\x41\xf9\x77\xa5\xa8"
	  "\x80\x00\x00\x01\x99\x3e\x08\xcd\x54\xd6\xc1\x23\x07\x98" },
	{ "RTP, 32 bit", 2, SUITE_32, false, 28, 12, 4,
	  "\x80\x0f\x12\x34" RTP_REST AB16,
	  "\x80\x0f\x12\x34" RTP_REST
	  "\x4e\x55\xdc\x4c\xe7\x99\x78\xd8\x8c\xa4\xd2\x15\x94\x9d\x24\x02"
	  "\xb7\x8d\x6a\xcc" },
	{ "RTCP of the 32 bit suite", 2, SUITE_32, true, 24, 8, 14,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe" AB16,
	  "\x81\xc8\x00\x0b\xca\xfe\xba\xbe"
	  "\xb1\x9c\x21\x9a\x08\x6b\x6c\x7a\xe6\x1d\x8e\x0b\xfe\xb4\xbe\x3f"
	  "\x80\x00\x00\x00\x56\x31\xd6\xcf\xc9\x06\xcd\xb3\x0f\x41" },
};

static const struct vector with_extension = {
	"RTP with CSRC and extension",
	3,
	SUITE_80,
	false,
	40,
	24,
	10,
	"\x91\x0f\x12\x34" RTP_REST "\x01\x02\x03\x04\xbe\xde\x00\x01"
	"\x10\xaa\x00\x00" AB16,
	"\x91\x0f\x12\x34" RTP_REST "\x01\x02\x03\x04\xbe\xde\x00\x01"
	"\x10\xaa\x00\x00"
	"\x4e\x55\xdc\x4c\xe7\x99\x78\xd8\x8c\xa4\xd2\x15\x94\x9d\x24\x02"
	"\x85\xad\x7e\x44\xe8\xda\xab\x85\xf6\x65"
};

/* SRTCP with a good tag, but not encrypted. */
static const u8 clear_rtcp[39] =
	"\x81\xc8\x00\x0b\xca\xfe\xba\xbe" AB16
	"\x00\x00\x00\x00\x21\x3f\x5f\x12\xb3\x15\x76\x2f\x07\x9d";

/* A cipher with a key, and room for @len bytes from it. */
static struct crypto_skcipher *cipher_open(struct kunit *test, const u8 *key,
					   u8 **out, unsigned int len)
{
	struct crypto_skcipher *cipher;

	*out = kzalloc(len, GFP_KERNEL);
	cipher = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR(cipher));
	if (IS_ERR(cipher))
		return NULL;
	KUNIT_EXPECT_EQ(test, crypto_skcipher_setkey(cipher, key, 16), 0);
	return cipher;
}

static void rgf_test_b2_keystream(struct kunit *test)
{
	struct crypto_skcipher *cipher;
	unsigned int i;
	u8 *out;

	cipher = cipher_open(test, b2_key, &out, 48);
	for (i = 0; cipher && out && i < ARRAY_SIZE(b2); i++) {
		KUNIT_EXPECT_EQ(test,
				rgf_aes_cm_keystream(cipher, b2[i].iv, out, 48),
				0);
		KUNIT_EXPECT_MEMEQ(test, out, b2[i].stream, 48);
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(b2));
	crypto_free_skcipher(cipher);
	kfree(out);
}

static const struct {
	enum rgf_kdf_label label;
	const u8 *key;
	unsigned int len;
} b3[] = {
	{ RGF_KDF_RTP_CIPHER, b3_cipher_key, 16 },
	{ RGF_KDF_RTP_SALT, b3_salt, 14 },
	{ RGF_KDF_RTP_AUTH, b3_auth_key, 94 },
};

static void rgf_test_b3_derivation(struct kunit *test)
{
	struct crypto_skcipher *prf;
	unsigned int i;
	u8 *out;

	prf = cipher_open(test, b3_master, &out, 94);
	for (i = 0; prf && out && i < ARRAY_SIZE(b3); i++) {
		KUNIT_EXPECT_EQ(test,
				rgf_kdf(prf, b3_master + 16, b3[i].label, out,
					b3[i].len),
				0);
		KUNIT_EXPECT_MEMEQ(test, out, b3[i].key, b3[i].len);
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(b3));
	crypto_free_skcipher(prf);
	kfree(out);
}

/* A context with a packet in hand. */
struct bench {
	struct rgf_srtp *srtp;
	struct rgf_crypt *crypt;
	struct sk_buff *skb;
	struct rgf_pkt pkt;
	struct completion done;
	int err;
};

static void bench_done(rgf_crypto_arg *arg, int err)
{
	struct bench *b = rgf_crypto_data(arg);

	if (err == -EINPROGRESS)
		return;
	b->err = err;
	complete(&b->done);
}

static void bench_close(struct bench *b)
{
	if (!IS_ERR_OR_NULL(b->srtp))
		rgf_srtp_put(b->srtp);
	kfree(b->crypt);
	kfree_skb(b->skb);
}

static bool bench_open(struct kunit *test, struct bench *b,
		       enum ringfence_suite suite)
{
	memset(b, 0, sizeof(*b));
	init_completion(&b->done);
	b->srtp = rgf_srtp_new(suite, b3_master);
	if (!IS_ERR(b->srtp))
		b->crypt =
			kzalloc(sizeof(*b->crypt) + rgf_srtp_reqsize(b->srtp),
				GFP_KERNEL);
	b->skb = alloc_skb(512, GFP_KERNEL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(b->srtp));
	KUNIT_EXPECT_TRUE(test, b->crypt && b->skb);
	if (IS_ERR(b->srtp) || !b->crypt || !b->skb) {
		bench_close(b);
		return false;
	}
	b->crypt->done = bench_done;
	b->crypt->data = b;
	return true;
}

static void bench_load(struct bench *b, const u8 *data, unsigned int len,
		       bool rtcp, unsigned int hdr_len)
{
	skb_trim(b->skb, 0);
	skb_put(b->skb, OFFSET);
	skb_put_data(b->skb, data, len);
	memset(&b->pkt, 0, sizeof(b->pkt));
	b->pkt.len = len;
	b->pkt.rtcp = rtcp;
	b->pkt.hdr_len = hdr_len;
	b->pkt.seq = get_unaligned_be16(data + 2);
	b->pkt.ssrc = get_unaligned_be32(data + (rtcp ? 4 : 8));
}

static int bench_wait(struct bench *b, int err)
{
	if (err != -EINPROGRESS)
		return err;
	wait_for_completion(&b->done);
	reinit_completion(&b->done);
	return b->err;
}

static int bench_protect(struct bench *b)
{
	int err;

	local_bh_disable();
	err = rgf_srtp_encrypt(b->srtp, b->skb, OFFSET, &b->pkt, b->crypt);
	local_bh_enable();
	err = bench_wait(b, err);
	return err ?: rgf_srtp_seal(b->srtp, b->skb, OFFSET, &b->pkt, b->crypt);
}

static int bench_unprotect(struct bench *b)
{
	int err;

	local_bh_disable();
	err = rgf_srtp_unprotect(b->srtp, b->skb, OFFSET, &b->pkt, b->crypt);
	local_bh_enable();
	return bench_wait(b, err);
}

static void bench_expect(struct kunit *test, const struct bench *b,
			 const u8 *data, unsigned int len, const char *name)
{
	KUNIT_EXPECT_EQ_MSG(test, b->pkt.len, len, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, b->skb->len, OFFSET + len, "%s", name);
	KUNIT_EXPECT_MEMEQ_MSG(test, b->skb->data + OFFSET, data, len, "%s",
			       name);
}

static void load_plain(struct bench *b, const struct vector *v)
{
	bench_load(b, v->plain, v->len, v->rtcp, v->hdr_len);
}

static void load_wire(struct bench *b, const struct vector *v)
{
	bench_load(b, v->wire, v->len + v->added, v->rtcp, v->hdr_len);
}

static void protect_all(struct kunit *test, unsigned int call,
			enum ringfence_suite suite)
{
	const struct vector *v;
	struct bench b;

	if (!bench_open(test, &b, suite))
		return;
	for (v = vectors; v < vectors + ARRAY_SIZE(vectors); v++) {
		if (v->call != call)
			continue;
		load_plain(&b, v);
		KUNIT_EXPECT_EQ_MSG(test, bench_protect(&b), 0, "%s", v->name);
		bench_expect(test, &b, v->wire, v->len + v->added, v->name);
	}
	bench_close(&b);
}

static void rgf_test_protect(struct kunit *test)
{
	protect_all(test, 0, SUITE_80);
	protect_all(test, 1, SUITE_80);
	protect_all(test, 2, SUITE_32);
}

static void unprotect_all(struct kunit *test, unsigned int call,
			  enum ringfence_suite suite)
{
	const struct vector *v;
	struct bench b;

	if (!bench_open(test, &b, suite))
		return;
	for (v = vectors; v < vectors + ARRAY_SIZE(vectors); v++) {
		if (v->call != call)
			continue;
		load_wire(&b, v);
		KUNIT_EXPECT_EQ_MSG(test, bench_unprotect(&b), 0, "%s",
				    v->name);
		bench_expect(test, &b, v->plain, v->len, v->name);
		load_wire(&b, v);
		KUNIT_EXPECT_EQ_MSG(test, bench_unprotect(&b),
				    RGF_DROP(REPLAYED), "%s again", v->name);
	}
	bench_close(&b);
}

static void rgf_test_unprotect(struct kunit *test)
{
	unprotect_all(test, 0, SUITE_80);
	unprotect_all(test, 1, SUITE_80);
	unprotect_all(test, 2, SUITE_32);
}

static void rgf_test_extension(struct kunit *test)
{
	const struct vector *v = &with_extension;
	struct bench b;

	if (!bench_open(test, &b, v->suite))
		return;
	load_plain(&b, v);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	bench_expect(test, &b, v->wire, v->len + v->added, v->name);
	bench_close(&b);
}

/* Every byte matters, and no forgery leaves a trace. */
static void rgf_test_tampered(struct kunit *test)
{
	static const u8 which[] = { 0, 3 }; /* RTP, RTCP */
	const struct vector *v;
	unsigned int i, at;
	struct bench b;
	int drop;

	if (!bench_open(test, &b, SUITE_80))
		return;
	for (i = 0; i < ARRAY_SIZE(which); i++) {
		v = &vectors[which[i]];
		for (at = 0; at < v->len + v->added; at++) {
			load_wire(&b, v);
			b.skb->data[OFFSET + at] ^= 1;
			b.pkt.seq =
				get_unaligned_be16(b.skb->data + OFFSET + 2);
			drop = bench_unprotect(&b);
			KUNIT_EXPECT_EQ_MSG(test, drop, RGF_DROP(AUTH_FAILED),
					    "%s, byte %u", v->name, at);
		}
		KUNIT_EXPECT_EQ(test, b.srtp->nr_streams, 0);
	}
	load_wire(&b, &vectors[0]);
	KUNIT_EXPECT_EQ(test, bench_unprotect(&b), 0);
	bench_close(&b);
}

static void rgf_test_too_short(struct kunit *test)
{
	struct bench b;

	if (!bench_open(test, &b, SUITE_80))
		return;
	bench_load(&b, vectors[0].wire, 12 + 9, false, 12);
	KUNIT_EXPECT_EQ(test, bench_unprotect(&b), RGF_DROP(MALFORMED));
	bench_load(&b, vectors[3].wire, 8 + 13, true, 8);
	KUNIT_EXPECT_EQ(test, bench_unprotect(&b), RGF_DROP(MALFORMED));
	bench_load(&b, clear_rtcp, 38, true, 8);
	KUNIT_EXPECT_EQ(test, bench_unprotect(&b), RGF_DROP(MALFORMED));
	KUNIT_EXPECT_EQ(test, b.srtp->nr_streams, 0);
	bench_close(&b);
}

/* Whatever the plain side repeats, no index protects two packets. */
static void rgf_test_tx_once(struct kunit *test)
{
	struct bench b;

	if (!bench_open(test, &b, SUITE_80))
		return;
	load_plain(&b, &vectors[0]);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	load_plain(&b, &vectors[0]);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), RGF_DROP(REPLAYED));
	bench_expect(test, &b, vectors[0].plain, vectors[0].len, "untouched");
	bench_close(&b);
}

static void rgf_test_exhausted(struct kunit *test)
{
	struct bench b;

	if (!bench_open(test, &b, SUITE_80))
		return;
	load_plain(&b, &vectors[3]);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	b.srtp->streams[0].rtcp.top = RGF_SRTCP_INDEX_MAX - 1;
	load_plain(&b, &vectors[3]);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	load_plain(&b, &vectors[3]);
	KUNIT_EXPECT_EQ(test, bench_protect(&b), RGF_DROP(KEY_EXHAUSTED));

	load_plain(&b, &vectors[1]); /* number 65535 */
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	b.srtp->streams[0].rtp.top = RGF_SRTP_INDEX_MAX;
	load_plain(&b, &vectors[2]); /* number 0 */
	KUNIT_EXPECT_EQ(test, bench_protect(&b), RGF_DROP(KEY_EXHAUSTED));
	bench_close(&b);
}

static void rgf_test_ssrc_limit(struct kunit *test)
{
	unsigned int i;
	struct bench b;

	if (!bench_open(test, &b, SUITE_80))
		return;
	for (i = 0; i < RINGFENCE_MAX_SSRCS; i++) {
		load_plain(&b, &vectors[0]);
		b.pkt.ssrc = i;
		KUNIT_EXPECT_EQ_MSG(test, bench_protect(&b), 0, "SSRC %u", i);
	}
	load_plain(&b, &vectors[0]);
	b.pkt.ssrc = i;
	KUNIT_EXPECT_EQ(test, bench_protect(&b), RGF_DROP(SSRC_LIMIT));
	load_plain(&b, &vectors[0]);
	b.pkt.ssrc = 0;
	b.pkt.seq++;
	KUNIT_EXPECT_EQ(test, bench_protect(&b), 0);
	bench_close(&b);
}

static void rgf_test_same_master(struct kunit *test)
{
	struct bench a, b;
	u8 other[30];

	if (!bench_open(test, &a, SUITE_80))
		return;
	if (bench_open(test, &b, SUITE_32)) {
		KUNIT_EXPECT_TRUE(test, rgf_srtp_same_master(a.srtp, b.srtp));
		bench_close(&b);
	}
	memcpy(other, b3_master, sizeof(other));
	other[29] ^= 1;
	KUNIT_EXPECT_TRUE(test, rgf_srtp_has_master(a.srtp, b3_master, 30));
	KUNIT_EXPECT_FALSE(test, rgf_srtp_has_master(a.srtp, b3_master, 29));
	KUNIT_EXPECT_FALSE(test, rgf_srtp_has_master(a.srtp, other, 30));
	bench_close(&a);
}

static struct kunit_case rgf_srtp_cases[] = {
	KUNIT_CASE(rgf_test_b2_keystream), KUNIT_CASE(rgf_test_b3_derivation),
	KUNIT_CASE(rgf_test_protect),	   KUNIT_CASE(rgf_test_unprotect),
	KUNIT_CASE(rgf_test_extension),	   KUNIT_CASE(rgf_test_tampered),
	KUNIT_CASE(rgf_test_too_short),	   KUNIT_CASE(rgf_test_tx_once),
	KUNIT_CASE(rgf_test_exhausted),	   KUNIT_CASE(rgf_test_ssrc_limit),
	KUNIT_CASE(rgf_test_same_master),  {}
};

struct kunit_suite rgf_srtp_suite = {
	.name = "srtp",
	.test_cases = rgf_srtp_cases,
};
