// SPDX-License-Identifier: GPL-2.0-only
#include "../parse.c"

#include <linux/kernel.h>

#include "tests.h"

#define SEQ  0x1234
#define SSRC 0xdecafbad

/* A packet of zeros but for its header. */
struct rtp_sample {
	const char *name;
	u8 first; /* version, padding, extension, CSRC count */
	u8 second; /* marker, payload type */
	u16 len;
	u16 hdr_len; /* expected; 0: malformed */
	u16 ext_len; /* words, as the extension's header has it */
};

static const struct rtp_sample rtp_samples[] = {
	{ "fixed header", 0x80, 0, 172, 12 },
	{ "no payload", 0x80, 0, 12, 12 },
	{ "marker", 0x80, 0x80, 20, 12 },
	{ "empty", 0, 0, 0, 0 },
	{ "11 bytes", 0x80, 0, 11, 0 },
	{ "version 0", 0x00, 0, 172, 0 },
	{ "version 1", 0x40, 0, 172, 0 },
	{ "version 3", 0xc0, 0, 172, 0 },
	{ "2 CSRCs", 0x82, 0, 30, 20 },
	{ "15 CSRCs fit", 0x8f, 0, 72, 72 },
	{ "15 CSRCs don't fit", 0x8f, 0, 71, 0 },
	{ "extension of 1 word", 0x90, 0, 30, 20, 1 },
	{ "empty extension", 0x90, 0, 16, 16, 0 },
	{ "extension header cut", 0x90, 0, 15, 0, 0 },
	{ "extension cut", 0x90, 0, 23, 0, 2 },
	{ "endless extension", 0x90, 0, 172, 0, 0xffff },
	{ "CSRC and extension", 0x91, 0, 24, 24, 1 },
	{ "RTCP SR", 0x80, 200, 28, 0 },
	{ "RTCP APP", 0x80, 204, 28, 0 },
	{ "marker and payload type 71", 0x80, 199, 28, 12 },
	{ "marker and payload type 77", 0x80, 205, 28, 12 },
	{ "STUN", 0x00, 0x01, 28, 0 },
	{ "DTLS", 22, 254, 60, 0 },
};

/* A header with SSRC, and if wanted the header of a second part at byte 8. */
struct rtcp_sample {
	const char *name;
	u8 first; /* version, padding, count */
	u8 type;
	u16 words; /* as the header has it: minus one */
	u16 len;
	bool good;
	bool srtp;
	u16 second_words; /* 0: no second part */
};

static const struct rtcp_sample rtcp_samples[] = {
	{ "SR", 0x80, 200, 6, 28, true },
	{ "empty RR", 0x80, 201, 1, 8, true },
	{ "RR and SDES", 0x80, 201, 1, 20, true, false, 2 },
	{ "first type", 0x80, 192, 1, 8, true },
	{ "last type", 0x80, 223, 1, 8, true },
	{ "below them", 0x80, 191, 1, 8, false },
	{ "above them", 0x80, 224, 1, 8, false },
	{ "empty", 0, 0, 0, 0, false },
	{ "7 bytes", 0x80, 201, 1, 7, false },
	{ "no SSRC", 0x80, 203, 0, 4, false },
	{ "version 1", 0x40, 201, 1, 8, false },
	{ "too long a part", 0x80, 201, 2, 8, false },
	{ "longest part", 0x80, 201, 0xffff, 8, false },
	{ "1 byte left over", 0x80, 201, 1, 9, false },
	{ "zeros left over", 0x80, 201, 1, 12, false },
	{ "bad second part", 0x80, 201, 1, 20, false, false, 3 },
	{ "SR cut", 0x80, 200, 5, 24, false },
	{ "SR without its report", 0x81, 200, 6, 28, false },
	{ "SR with a report", 0x81, 200, 12, 52, true },
	{ "RR without its reports", 0x82, 201, 7, 32, false },
	{ "BYE of 2 sources", 0x82, 203, 2, 12, true },
	{ "BYE of 3 in room for 2", 0x83, 203, 2, 12, false },
	{ "padding of 0", 0xa0, 201, 1, 8, false },
	{ "SRTCP hides its parts", 0x80, 201, 7, 22, true, true },
	{ "SRTCP of 7 bytes", 0x80, 201, 1, 7, false, true },
	{ "RTP", 0x80, 0, 1, 172, false },
};

static void rgf_test_rtp_sample(struct kunit *test, const struct rtp_sample *s)
{
	int want = s->hdr_len ? 0 : RGF_DROP(MALFORMED);
	struct rgf_pkt pkt = { .len = s->len };
	u8 data[192] = { s->first, s->second };

	put_unaligned_be16(SEQ, data + 2);
	put_unaligned_be32(SSRC, data + 8);
	if (s->first & 0x10)
		put_unaligned_be16(s->ext_len,
				   data + 12 + 4 * (s->first & 15) + 2);
	KUNIT_EXPECT_EQ_MSG(test, rgf_parse_media(data, false, &pkt), want,
			    "%s", s->name);
	if (want)
		return;
	KUNIT_EXPECT_EQ_MSG(test, pkt.hdr_len, s->hdr_len, "%s", s->name);
	KUNIT_EXPECT_EQ_MSG(test, pkt.seq, SEQ, "%s", s->name);
	KUNIT_EXPECT_EQ_MSG(test, pkt.ssrc, SSRC, "%s", s->name);
}

static void rgf_test_rtp(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rtp_samples); i++)
		rgf_test_rtp_sample(test, &rtp_samples[i]);
}

static void rgf_test_rtcp_sample(struct kunit *test,
				 const struct rtcp_sample *s)
{
	struct rgf_pkt pkt = { .len = s->len, .rtcp = true };
	int want = s->good ? 0 : RGF_DROP(MALFORMED);
	u8 data[192] = { s->first, s->type };

	put_unaligned_be16(s->words, data + 2);
	put_unaligned_be32(SSRC, data + 4);
	if (s->second_words) {
		data[8] = 0x81;
		data[9] = 202;
		put_unaligned_be16(s->second_words, data + 10);
	}
	KUNIT_EXPECT_EQ_MSG(test, rgf_parse_media(data, s->srtp, &pkt), want,
			    "%s", s->name);
	if (want)
		return;
	KUNIT_EXPECT_EQ_MSG(test, pkt.hdr_len, 8, "%s", s->name);
	KUNIT_EXPECT_EQ_MSG(test, pkt.ssrc, SSRC, "%s", s->name);
}

static void rgf_test_rtcp(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rtcp_samples); i++)
		rgf_test_rtcp_sample(test, &rtcp_samples[i]);
}

/* A header and @len bytes in all, the last of them @last. */
struct padding_sample {
	const char *name;
	u8 first;
	u16 len;
	u8 last;
	bool good;
};

static const struct padding_sample rtp_paddings[] = {
	{ "4 of 8", 0xa0, 20, 4, true },
	{ "all of 8", 0xa0, 20, 8, true },
	{ "9 of 8", 0xa0, 20, 9, false },
	{ "0 of 8", 0xa0, 20, 0, false },
	{ "0 of 0", 0xa0, 12, 0, false },
	{ "1 of 0 with a CSRC", 0xa1, 16, 1, false },
	{ "no P bit", 0x80, 20, 255, true },
};

/* An RR of that length. */
static const struct padding_sample rtcp_paddings[] = {
	{ "4 of 12", 0xa0, 12, 4, true },
	{ "8 of 12, no room for the SSRC", 0xa0, 12, 8, false },
	{ "3 of 12, not words", 0xa0, 12, 3, false },
	{ "16 of 12", 0xa0, 12, 16, false },
};

static void rgf_test_padding_sample(struct kunit *test, bool rtcp,
				    const struct padding_sample *s)
{
	struct rgf_pkt pkt = { .len = s->len, .rtcp = rtcp };
	int want = s->good ? 0 : RGF_DROP(MALFORMED);
	u8 data[64] = { s->first, rtcp ? RGF_RTCP_RR : 0 };

	if (rtcp)
		put_unaligned_be16(s->len / 4 - 1, data + 2);
	data[s->len - 1] = s->last;
	KUNIT_EXPECT_EQ_MSG(test, rgf_parse_media(data, false, &pkt), want,
			    "%s", s->name);
	/* Protected, it can't be seen until it was opened. */
	KUNIT_EXPECT_EQ_MSG(test, rgf_parse_media(data, true, &pkt), 0, "%s",
			    s->name);
	KUNIT_EXPECT_EQ_MSG(test, rgf_parse_opened(data, &pkt), want, "%s",
			    s->name);
}

static void rgf_test_padding(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rtp_paddings); i++)
		rgf_test_padding_sample(test, false, &rtp_paddings[i]);
	for (i = 0; i < ARRAY_SIZE(rtcp_paddings); i++)
		rgf_test_padding_sample(test, true, &rtcp_paddings[i]);
}

/* RFC 7983, 7: every first byte. */
static void rgf_test_kind(struct kunit *test)
{
	unsigned int first;

	for (first = 0; first < 256; first++) {
		u8 data[2] = { first, 0 };
		enum rgf_kind want =
			first <= 3		       ? RGF_KIND_STUN
			: first >= 20 && first <= 63   ? RGF_KIND_DTLS
			: first >= 128 && first <= 191 ? RGF_KIND_RTP
						       : RGF_KIND_OTHER;

		KUNIT_EXPECT_EQ_MSG(test, rgf_parse_kind(data, 2, false, false),
				    want, "first byte %u", first);
		if (want == RGF_KIND_RTP)
			want = RGF_KIND_RTCP;
		KUNIT_EXPECT_EQ_MSG(test, rgf_parse_kind(data, 2, false, true),
				    want, "first byte %u", first);
	}
	KUNIT_EXPECT_EQ(test, rgf_parse_kind(NULL, 0, false, false),
			RGF_KIND_RTP);
	KUNIT_EXPECT_EQ(test, rgf_parse_kind(NULL, 0, false, true),
			RGF_KIND_RTCP);
}

/* RFC 5761, 4: every second byte. */
static void rgf_test_mux(struct kunit *test)
{
	unsigned int second;

	for (second = 0; second < 256; second++) {
		u8 data[2] = { 0x80, second };

		KUNIT_EXPECT_EQ_MSG(test, rgf_parse_kind(data, 2, true, false),
				    second >= 192 && second <= 223
					    ? RGF_KIND_RTCP
					    : RGF_KIND_RTP,
				    "second byte %u", second);
	}
	KUNIT_EXPECT_EQ(test, rgf_parse_kind((u8[]){ 0x80 }, 1, true, false),
			RGF_KIND_RTP);
}

static struct kunit_case rgf_parse_cases[] = {
	KUNIT_CASE(rgf_test_rtp),     KUNIT_CASE(rgf_test_rtcp),
	KUNIT_CASE(rgf_test_padding), KUNIT_CASE(rgf_test_kind),
	KUNIT_CASE(rgf_test_mux),     {}
};

struct kunit_suite rgf_parse_suite = {
	.name = "parse",
	.test_cases = rgf_parse_cases,
};
