/* SPDX-License-Identifier: GPL-2.0-only */
/* A context with a packet in hand. Include it before the sources under test. */
#ifndef _RGF_SRTP_FIXTURE_H
#define _RGF_SRTP_FIXTURE_H

/* The tests' own clock, in place of jiffies. */
#define rgf_srtp_now() rgf_test_now

#include <linux/completion.h>
#include <linux/types.h>

#include "../compat.h"
#include "../parse.h"
#include "../srtp.h"
#include "tests.h"

#define SUITE_80  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80
#define SUITE_32  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32
#define SUITE_GCM RINGFENCE_SUITE_AEAD_AES_128_GCM
#define SUITE_F8  RINGFENCE_SUITE_F8_128_HMAC_SHA1_80

#define TEST_SSRC 0xcafebabe
#define TEST_LEN  28 /* of test_rtp(): header and payload */

/* Jiffies between two packets. */
#define TEST_PTIME (HZ / 50)

struct bench {
	struct rgf_srtp *srtp;
	struct rgf_crypt *crypt;
	struct rgf_pkt pkt;
	u8 *data;
	unsigned int size; /* of data */
	unsigned int loads; /* so far */
	struct completion done;
	int err;
	bool waited; /* the last packet had to */
};

extern unsigned long rgf_test_now;

/* Master key and salt as the suite has them, told apart by @n. */
struct rgf_srtp_spec test_spec(enum ringfence_suite suite, u8 n);

/* The completion of a packet's cipher; its data is a bench. */
void rgf_test_done(rgf_crypto_arg *arg, int err);

/* Each @spec has one key; false after a failed expectation. */
bool bench_open(struct kunit *test, struct bench *b,
		const struct rgf_srtp_spec *spec, const struct rgf_srtp *old);
void bench_close(struct bench *b);

/* A copy with nothing to spare behind it but what protection adds. */
bool bench_load(struct bench *b, const void *data, unsigned int len, bool rtcp,
		unsigned int hdr_len, bool tx);

/* All of a packet's way. */
int bench_protect(struct bench *b);
int bench_unprotect(struct bench *b);

/* Are the packet's bytes these? */
void bench_expect(struct kunit *test, const struct bench *b, const void *data,
		  unsigned int len, const char *name);

/* RTP with SSRC TEST_SSRC, its payload told by number. */
int test_rtp_protect(struct bench *tx, u16 seq);

/* What @tx has in hand goes to @rx; @tx keeps it. */
int test_receive(struct bench *rx, const struct bench *tx);

/* Both of it. */
int test_rtp(struct bench *tx, struct bench *rx, u16 seq);

/* A packet for @rx that is not authentic. */
int test_forged(struct bench *rx, u32 ssrc, u16 seq);

/* RTCP of 24 bytes. */
int test_rtcp_protect(struct bench *tx);

/* As if a stream had got to @index, the next RTCP packet being one more. */
void test_set_top(struct bench *b, u32 ssrc, bool rtcp, s64 index);

/* From now on, contexts are set up with ciphers that always wait. */
void rgf_test_set_async(bool on);

#endif
