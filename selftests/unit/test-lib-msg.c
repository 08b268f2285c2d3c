// SPDX-License-Identifier: GPL-2.0-or-later
/* libringfence: requests as bytes, answers from canned bytes. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/msg.h"

#define BUF_MAX 8192

static _Alignas(struct nlmsghdr) uint8_t buf[BUF_MAX];

static struct nlmsghdr *start(uint8_t cmd)
{
	memset(buf, 0xa5, sizeof(buf));
	return rgf_put_request(buf, 30, cmd, NLM_F_ACK, 7);
}

static void put_u16_twice(struct nlmsghdr *nlh, uint16_t type)
{
	const uint16_t two[2] = { 1, 2 };

	mnl_attr_put(nlh, type, sizeof(two), two);
}

static struct rgf_addr ipv4(uint32_t addr)
{
	return rgf_addr_v4((struct in_addr){ htonl(addr) });
}

static struct rgf_addr ipv6(const char *text)
{
	struct rgf_addr addr;

	assert_int_equal(inet_pton(AF_INET6, text, &addr.in6), 1);
	return addr;
}

static struct rgf_session sample(void)
{
	struct rgf_session s = {
		.has = RGF_HAS_LABEL | RGF_HAS_IDLE_TIMEOUT | RGF_HAS_LEG_A |
		       RGF_HAS_LEG_B | RGF_HAS_FLAGS,
		.id = 77,
		.label = "abc", /* no padding: see test_truncated() */
		.idle_timeout = 30,
		.flags = RINGFENCE_SESSION_FLAGS_UDPTL,
	};

	for (unsigned int i = 0; i < 2; i++) {
		s.leg[i] = (struct rgf_leg){
			.has = RGF_HAS_LOCAL_ADDR | RGF_HAS_LOCAL_PORT |
			       RGF_HAS_LOCAL_RTCP_PORT | RGF_HAS_PEER_ADDR |
			       RGF_HAS_PEER_PORT | RGF_HAS_PEER_RTCP_PORT |
			       RGF_HAS_SUITE | RGF_HAS_FLAGS | RGF_HAS_LATCH |
			       RGF_HAS_DSCP | RGF_HAS_KDR | RGF_HAS_CLOCK_RATE,
			.local_addr = ipv4(0x0a000101 + i),
			.peer_addr = i ? ipv6("2001:db8::1") : ipv4(0xc0000201),
			.flags = RINGFENCE_LEG_FLAGS_RTCP_MUX << i,
			.latch = RINGFENCE_LATCH_PORT + i,
			.dscp = (uint8_t)(46 + 18 * i),
			.kdr = (uint8_t)(24 * i),
			.clock_rate = 8000 + 40000 * i,
			.local_port = (uint16_t)(20000 + i),
			.local_rtcp_port = (uint16_t)(20010 + i),
			.peer_port = (uint16_t)(4000 + i),
			.peer_rtcp_port = (uint16_t)(4010 + i),
			.suite = i ? RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80
				   : RINGFENCE_SUITE_NONE,
		};
	}
	return s;
}

static void test_round_trip(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const struct rgf_session s = sample();
	struct rgf_session got;

	assert_int_equal(rgf_put_session(nlh, &s), 0);
	assert_int_equal(rgf_read_session(nlh, &got), 0);
	assert_memory_equal(&s, &got, sizeof(s));
}

static void test_only_what_is_given(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const struct rgf_session s = {
		.id = 5,
		.has = RGF_HAS_LEG_B,
		.leg[1] = { .has = RGF_HAS_PEER_PORT,
			    .peer_port = 4002,
			    .dscp = RINGFENCE_DSCP_KEEP,
			    .clock_rate = RGF_CLOCK_RATE_DEFAULT },
	};
	struct rgf_session got;

	assert_int_equal(rgf_put_session(nlh, &s), 0);
	assert_int_equal(nlh->nlmsg_len, 16 + 4 + 8 + 4 + 8);
	assert_int_equal(rgf_read_session(nlh, &got), 0);
	assert_memory_equal(&s, &got, sizeof(s));
}

/* The nests of @type in leg a of a request, in order. */
static unsigned int nests_of(const struct nlmsghdr *nlh, uint16_t type,
			     const struct nlattr *ret[RINGFENCE_MAX_KEYS + 1])
{
	const struct nlattr *leg, *attr;
	unsigned int n = 0;

	leg = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN + 8);
	assert_int_equal(mnl_attr_get_type(leg), RINGFENCE_A_SESSION_LEG_A);
	mnl_attr_for_each_nested(attr, leg) {
		if (mnl_attr_get_type(attr) != type)
			continue;
		assert_in_range(n, 0, RINGFENCE_MAX_KEYS);
		assert_true(attr->nla_type & NLA_F_NESTED);
		ret[n++] = attr;
	}
	return n;
}

static void check_key(const struct nlattr *nest,
		      const struct rgf_master_key *want)
{
	const struct nlattr *tb[RINGFENCE_A_KEY_MAX + 1], *attr;

	assert_int_equal(rgf_attrs_read(mnl_attr_get_payload(nest),
					mnl_attr_get_payload_len(nest),
					&rgf_key_attrs, tb),
			 0);
	attr = tb[RINGFENCE_A_KEY_MASTER];
	assert_int_equal(mnl_attr_get_payload_len(attr), want->key.len);
	assert_memory_equal(mnl_attr_get_payload(attr), want->key.data,
			    want->key.len);
	attr = tb[RINGFENCE_A_KEY_MKI];
	assert_int_equal(attr != NULL, want->mki_len != 0);
	if (attr) {
		assert_int_equal(mnl_attr_get_payload_len(attr), want->mki_len);
		assert_memory_equal(mnl_attr_get_payload(attr), want->mki,
				    want->mki_len);
	}
	attr = tb[RINGFENCE_A_KEY_LIFETIME];
	assert_int_equal(attr != NULL, want->lifetime != 0);
	if (attr)
		assert_true(mnl_attr_get_u64(attr) == want->lifetime);
	assert_null(tb[RINGFENCE_A_KEY_PACKETS]);
}

static void set_key(struct rgf_master_key *mk, uint8_t len, uint8_t mki_len,
		    uint64_t lifetime)
{
	mk->key.len = len;
	memset(mk->key.data, len + mki_len, len);
	mk->mki_len = mki_len;
	memset(mk->mki, 0x80 | mki_len, mki_len);
	mk->lifetime = lifetime;
	mk->packets = 99; /* not for the kernel */
}

static void test_keys(void **state)
{
	const struct nlattr *nest[RINGFENCE_MAX_KEYS + 1] = { 0 };
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_SET);
	struct rgf_session s = {
		.id = 5,
		.has = RGF_HAS_LEG_A,
		.leg[0] = { .has = RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS },
	};
	struct rgf_leg *leg = &s.leg[0];

	leg->tx.n = 1;
	set_key(&leg->tx.key[0], 30, 0, 0);
	leg->rx.n = RINGFENCE_MAX_KEYS;
	set_key(&leg->rx.key[0], RINGFENCE_KEY_MAX, 1,
		RINGFENCE_KEY_LIFETIME_MAX);
	set_key(&leg->rx.key[1], 28, RINGFENCE_MKI_MAX, 1);
	set_key(&leg->rx.key[2], 38, 4, UINT32_MAX + 1ULL);
	set_key(&leg->rx.key[3], 44, 0, 0);
	assert_int_equal(rgf_put_session(nlh, &s), 0);
	assert_int_equal(nests_of(nlh, RINGFENCE_A_LEG_TX_KEY, nest), 1);
	check_key(nest[0], &leg->tx.key[0]);
	assert_int_equal(nests_of(nlh, RINGFENCE_A_LEG_RX_KEY, nest),
			 RINGFENCE_MAX_KEYS);
	for (unsigned int i = 0; i < RINGFENCE_MAX_KEYS; i++)
		check_key(nest[i], &leg->rx.key[i]);

	/* Metadata that was read is not sent back. */
	leg->has = 0;
	nlh = start(RINGFENCE_CMD_SESSION_SET);
	assert_int_equal(rgf_put_session(nlh, &s), 0);
	assert_int_equal(nests_of(nlh, RINGFENCE_A_LEG_RX_KEY, nest), 0);
}

static void test_impossible_keys(void **state)
{
	struct rgf_session s = {
		.id = 5,
		.has = RGF_HAS_LEG_A,
		.leg[0] = { .has = RGF_HAS_RX_KEYS, .rx.n = 2 },
	};
	struct rgf_keys *rx = &s.leg[0].rx;

	assert_int_equal(rgf_put_session(start(1), &s), 0);
	rx->key[1].key.len = RINGFENCE_KEY_MAX + 1;
	assert_int_equal(rgf_put_session(start(1), &s), -EINVAL);
	rx->key[1].key.len = RINGFENCE_KEY_MAX;
	assert_int_equal(rgf_put_session(start(1), &s), 0);
	rx->key[1].mki_len = RINGFENCE_MKI_MAX + 1;
	assert_int_equal(rgf_put_session(start(1), &s), -EINVAL);
	rx->key[1].mki_len = RINGFENCE_MKI_MAX;
	assert_int_equal(rgf_put_session(start(1), &s), 0);
	rx->n = RINGFENCE_MAX_KEYS + 1;
	assert_int_equal(rgf_put_session(start(1), &s), -EINVAL);
}

static void test_longest_request(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_NEW);
	struct rgf_session s = sample();

	memset(s.label, 'x', RINGFENCE_LABEL_MAX);
	for (unsigned int i = 0; i < 2; i++) {
		struct rgf_leg *leg = &s.leg[i];

		leg->has |= RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS;
		leg->local_addr = ipv6("2001:db8::2");
		leg->peer_addr = ipv6("2001:db8::2");
		leg->tx.n = RINGFENCE_MAX_KEYS;
		leg->rx.n = RINGFENCE_MAX_KEYS;
		for (unsigned int k = 0; k < RINGFENCE_MAX_KEYS; k++) {
			set_key(&leg->tx.key[k], RINGFENCE_KEY_MAX,
				RINGFENCE_MKI_MAX, 1);
			leg->rx.key[k] = leg->tx.key[k];
		}
	}
	assert_int_equal(rgf_put_session(nlh, &s), 0);
	assert_in_range(nlh->nlmsg_len, 3000, RGF_REQUEST_MAX);

	memset(s.label, 'x', sizeof(s.label));
	nlh = start(RINGFENCE_CMD_SESSION_NEW);
	assert_int_equal(rgf_put_session(nlh, &s), -EINVAL);
}

/* An attribute of each length but the right one. */
struct length_case {
	const char *what;
	uint16_t nest; /* 0: top */
	uint16_t type;
	uint16_t right; /* bytes */
};

static const struct length_case length_cases[] = {
	{ "id", 0, RINGFENCE_A_SESSION_ID, 4 },
	{ "idle-timeout", 0, RINGFENCE_A_SESSION_IDLE_TIMEOUT, 4 },
	{ "age", 0, RINGFENCE_A_SESSION_AGE, 4 },
	{ "idle", 0, RINGFENCE_A_SESSION_IDLE, 4 },
	{ "local-ipv4", RINGFENCE_A_SESSION_LEG_A, RINGFENCE_A_LEG_LOCAL_IPV4,
	  4 },
	{ "local-port", RINGFENCE_A_SESSION_LEG_A, RINGFENCE_A_LEG_LOCAL_PORT,
	  2 },
	{ "peer-port", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_PEER_PORT,
	  2 },
	{ "suite", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_SUITE, 4 },
	{ "session flags", 0, RINGFENCE_A_SESSION_FLAGS, 4 },
	{ "local-ipv6", RINGFENCE_A_SESSION_LEG_A, RINGFENCE_A_LEG_LOCAL_IPV6,
	  16 },
	{ "peer-ipv6", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_PEER_IPV6,
	  16 },
	{ "flags", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_FLAGS, 4 },
	{ "latch", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_LATCH, 4 },
	{ "dscp", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_DSCP, 1 },
	{ "kdr", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_KDR, 1 },
	{ "clock-rate", RINGFENCE_A_SESSION_LEG_B, RINGFENCE_A_LEG_CLOCK_RATE,
	  4 },
};

static int read_with(const struct length_case *c, uint16_t len)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const uint8_t value[20] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	struct rgf_session untouched, got;
	struct nlattr *nest = NULL;
	int r;

	memset(&got, 0x5a, sizeof(got));
	untouched = got;
	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	if (c->nest)
		nest = mnl_attr_nest_start(nlh, c->nest);
	mnl_attr_put(nlh, c->type, len, value);
	if (nest)
		mnl_attr_nest_end(nlh, nest);
	r = rgf_read_session(nlh, &got);
	if (r)
		assert_memory_equal(&got, &untouched, sizeof(got));
	return r;
}

static void test_wrong_length(void **state)
{
	for (size_t i = 0; i < sizeof(length_cases) / sizeof(*length_cases);
	     i++) {
		const struct length_case *c = &length_cases[i];

		for (uint16_t len = 0; len <= 17; len++) {
			int want = len == c->right ? 0 : -EBADMSG;

			if (read_with(c, len) != want)
				fail_msg("%s of %u bytes", c->what, len);
		}
	}
}

static int read_label(const void *p, uint16_t len, struct rgf_session *ret)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	mnl_attr_put(nlh, RINGFENCE_A_SESSION_LABEL, len, p);
	return rgf_read_session(nlh, ret);
}

static void test_labels(void **state)
{
	char text[RINGFENCE_LABEL_MAX + 2];
	struct rgf_session s;

	memset(text, 'l', sizeof(text));
	assert_int_equal(read_label(text, RINGFENCE_LABEL_MAX, &s), 0);
	assert_int_equal(strlen(s.label), RINGFENCE_LABEL_MAX);
	assert_int_equal(read_label(text, RINGFENCE_LABEL_MAX + 1, &s),
			 -EBADMSG);
	text[RINGFENCE_LABEL_MAX] = 0;
	assert_int_equal(read_label(text, RINGFENCE_LABEL_MAX + 1, &s), 0);
	assert_int_equal(read_label("ab\0c", 4, &s), -EBADMSG);
	assert_int_equal(read_label("ab\0", 4, &s), -EBADMSG);
	assert_int_equal(read_label("", 0, &s), 0);
	assert_string_equal(s.label, "");
}

static void test_truncated(void **state)
{
	const struct rgf_session s = sample();
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	uint32_t full;
	struct rgf_session got;

	assert_int_equal(rgf_put_session(nlh, &s), 0);
	full = nlh->nlmsg_len;
	/* At the end of an attribute the rest is just absent. */
	for (uint32_t len = sizeof(*nlh); len < full; len++) {
		int r;

		nlh->nlmsg_len = len;
		r = rgf_read_session(nlh, &got);
		if (r && r != -EBADMSG)
			fail_msg("%d at %u bytes", r, len);
		if (!r && len % 4)
			fail_msg("%u bytes were taken", len);
	}
}

static void test_message_length(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const int len = (int)nlh->nlmsg_len;

	assert_true(rgf_msg_ok(nlh, len));
	assert_true(rgf_msg_ok(nlh, len + 1));
	assert_false(rgf_msg_ok(nlh, len - 1));
	assert_false(rgf_msg_ok(nlh, 0));
	assert_false(rgf_msg_ok(nlh, -4));
	nlh->nlmsg_len = UINT32_MAX;
	assert_false(rgf_msg_ok(nlh, len));
	nlh->nlmsg_len = sizeof(*nlh) - 1;
	assert_false(rgf_msg_ok(nlh, len));
}

static void test_garbage_in_nest(void **state)
{
	/* A length of 3 is less than its own header; 200 is more than all. */
	static const uint16_t lengths[] = { 0, 3, 200 };
	struct rgf_session got;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
		struct nlattr *nest, *inner;

		mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
		nest = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
		inner = mnl_nlmsg_get_payload_tail(nlh);
		mnl_attr_put_u16(nlh, RINGFENCE_A_LEG_LOCAL_PORT, 1);
		mnl_attr_nest_end(nlh, nest);
		assert_int_equal(rgf_read_session(nlh, &got), 0);
		inner->nla_len = lengths[i];
		assert_int_equal(rgf_read_session(nlh, &got), -EBADMSG);
	}
}

static void test_unknown_is_ignored(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	struct rgf_session got;
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 9);
	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_MAX + 1, 1);
	mnl_attr_put_u32(nlh, 0x3fff, 1);
	nest = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
	put_u16_twice(nlh, RINGFENCE_A_LEG_MAX + 1);
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(rgf_read_session(nlh, &got), 0);
	assert_int_equal(got.id, 9);
	assert_int_equal(got.has, RGF_HAS_LEG_A);
}

/* A nest in a nest of leg b: what each may hold, and what it must. */
struct inner_case {
	const char *what;
	uint16_t nest, type;
	uint16_t right; /* bytes; what is variable is in test_mki() */
	uint16_t must; /* another attribute that the nest needs; 0: none */
	uint16_t must_len;
};

#define IN_KEY	  RINGFENCE_A_LEG_RX_KEY
#define IN_STREAM RINGFENCE_A_LEG_STREAM
#define IN_SOURCE RINGFENCE_A_LEG_RTP_SOURCE
#define WITH_SSRC RINGFENCE_A_STREAM_SSRC, 4
#define WITH_PORT RINGFENCE_A_TRANSPORT_PORT, 2
#define WITH_IPV4 RINGFENCE_A_TRANSPORT_IPV4, 4
#define ALONE	  0, 0

static const struct inner_case inner_cases[] = {
	{ "lifetime", IN_KEY, RINGFENCE_A_KEY_LIFETIME, 8, ALONE },
	{ "packets", IN_KEY, RINGFENCE_A_KEY_PACKETS, 8, ALONE },
	{ "ssrc", IN_STREAM, RINGFENCE_A_STREAM_SSRC, 4, ALONE },
	{ "stream packets", IN_STREAM, RINGFENCE_A_STREAM_PACKETS, 8,
	  WITH_SSRC },
	{ "stream bytes", IN_STREAM, RINGFENCE_A_STREAM_BYTES, 8, WITH_SSRC },
	{ "lost", IN_STREAM, RINGFENCE_A_STREAM_LOST, 4, WITH_SSRC },
	{ "jitter", IN_STREAM, RINGFENCE_A_STREAM_JITTER, 4, WITH_SSRC },
	{ "sequence", IN_STREAM, RINGFENCE_A_STREAM_SEQUENCE, 4, WITH_SSRC },
	{ "stream idle", IN_STREAM, RINGFENCE_A_STREAM_IDLE, 4, WITH_SSRC },
	{ "source ipv4", IN_SOURCE, RINGFENCE_A_TRANSPORT_IPV4, 4, WITH_PORT },
	{ "source ipv6", IN_SOURCE, RINGFENCE_A_TRANSPORT_IPV6, 16, WITH_PORT },
	{ "source port", IN_SOURCE, RINGFENCE_A_TRANSPORT_PORT, 2, WITH_IPV4 },
	{ "RTCP source", RINGFENCE_A_LEG_RTCP_SOURCE,
	  RINGFENCE_A_TRANSPORT_PORT, 2, WITH_IPV4 },
};

static int read_inner(const struct inner_case *c, int len, bool must,
		      struct rgf_session *ret)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const uint8_t value[20] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct nlattr *leg, *nest;

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_B);
	nest = mnl_attr_nest_start(nlh, c->nest);
	if (len >= 0)
		mnl_attr_put(nlh, c->type, (uint16_t)len, value);
	mnl_attr_put_u32(nlh, 60, 1); /* unknown */
	if (must && c->must)
		mnl_attr_put(nlh, c->must, c->must_len, value);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, leg);
	return rgf_read_session(nlh, ret);
}

static void test_inner_lengths(void **state)
{
	struct rgf_session got;

	for (size_t i = 0; i < sizeof(inner_cases) / sizeof(*inner_cases);
	     i++) {
		const struct inner_case *c = &inner_cases[i];

		for (int len = 0; len <= 17; len++) {
			int want = len == c->right ? 0 : -EBADMSG;

			if (read_inner(c, len, true, &got) != want)
				fail_msg("%s of %d bytes", c->what, len);
		}
		if (c->must && read_inner(c, c->right, false, &got) != -EBADMSG)
			fail_msg("%s is enough", c->what);
	}
	/* A key that tells nothing is one all the same. */
	assert_int_equal(read_inner(&inner_cases[0], -1, false, &got), 0);
	assert_int_equal(got.leg[1].rx.n, 1);
	assert_int_equal(got.leg[1].has, 0);
}

static void test_mki(void **state)
{
	uint8_t mki[RINGFENCE_MKI_MAX + 1];
	struct rgf_session got;
	struct rgf_event e;

	memset(mki, 7, sizeof(mki));
	for (size_t n = 0; n <= sizeof(mki); n++) {
		struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
		uint16_t len = (uint16_t)n;
		int want = len <= RINGFENCE_MKI_MAX ? 0 : -EBADMSG;
		struct nlattr *leg, *nest;

		mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
		leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
		nest = mnl_attr_nest_start(nlh, RINGFENCE_A_LEG_TX_KEY);
		mnl_attr_put(nlh, RINGFENCE_A_KEY_MKI, len, mki);
		mnl_attr_nest_end(nlh, nest);
		mnl_attr_nest_end(nlh, leg);
		assert_int_equal(rgf_read_session(nlh, &got), want);
		if (!want) {
			assert_int_equal(got.leg[0].tx.key[0].mki_len, len);
			assert_memory_equal(got.leg[0].tx.key[0].mki, mki, len);
		}
		nlh = start(RINGFENCE_CMD_SESSION_KEY_NTF);
		mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 1);
		mnl_attr_put(nlh, RINGFENCE_A_EVENT_MKI, len, mki);
		assert_int_equal(rgf_read_event(nlh, &e), want);
		if (!want)
			assert_int_equal(e.mki_len, len);
	}
}

static void put_key_reply(struct nlmsghdr *nlh, uint16_t type, uint8_t mki)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u8(nlh, RINGFENCE_A_KEY_MKI, mki);
	mnl_attr_put(nlh, RINGFENCE_A_KEY_PAD, 0, NULL);
	mnl_attr_put_u64(nlh, RINGFENCE_A_KEY_LIFETIME, 1000 + mki);
	mnl_attr_put_u64(nlh, RINGFENCE_A_KEY_PACKETS, mki);
	mnl_attr_nest_end(nlh, nest);
}

static void put_stream(struct nlmsghdr *nlh, uint32_t n)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RINGFENCE_A_LEG_STREAM);

	mnl_attr_put_u32(nlh, RINGFENCE_A_STREAM_SSRC, 0xdead0000 + n);
	mnl_attr_put_u64(nlh, RINGFENCE_A_STREAM_PACKETS, 100 + n);
	mnl_attr_put_u64(nlh, RINGFENCE_A_STREAM_BYTES, 16000 + n);
	mnl_attr_put_u32(nlh, RINGFENCE_A_STREAM_LOST, 3 + n);
	mnl_attr_put_u32(nlh, RINGFENCE_A_STREAM_JITTER, 1250 + n);
	mnl_attr_put_u32(nlh, RINGFENCE_A_STREAM_SEQUENCE, 0x2ffff);
	mnl_attr_put_u32(nlh, RINGFENCE_A_STREAM_IDLE, 20 + n);
	mnl_attr_nest_end(nlh, nest);
}

/* Full lists, and one more than fits, which must not land behind them. */
static void test_lists_of_leg(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	const struct rgf_leg none = { 0 };
	const struct rgf_stream *st;
	struct nlattr *leg, *nest;
	struct rgf_session got;

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
	for (uint8_t i = 0; i <= RINGFENCE_MAX_KEYS; i++) {
		put_key_reply(nlh, RINGFENCE_A_LEG_TX_KEY, 10 + i);
		put_key_reply(nlh, RINGFENCE_A_LEG_RX_KEY, 20 + i);
	}
	for (uint32_t i = 0; i <= RINGFENCE_MAX_STREAMS; i++)
		put_stream(nlh, i);
	nest = mnl_attr_nest_start(nlh, RINGFENCE_A_LEG_RTP_SOURCE);
	mnl_attr_put_u32(nlh, RINGFENCE_A_TRANSPORT_IPV4, htonl(0x0a000102));
	mnl_attr_put_u16(nlh, RINGFENCE_A_TRANSPORT_PORT, 4002);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, leg);
	assert_int_equal(rgf_read_session(nlh, &got), 0);

	assert_int_equal(got.leg[0].tx.n, RINGFENCE_MAX_KEYS);
	assert_int_equal(got.leg[0].rx.n, RINGFENCE_MAX_KEYS);
	assert_int_equal(got.leg[0].tx.key[3].mki[0], 13);
	assert_int_equal(got.leg[0].rx.key[3].mki[0], 23);
	assert_int_equal(got.leg[0].rx.key[3].lifetime, 1023);
	assert_int_equal(got.leg[0].rx.key[3].packets, 23);
	assert_int_equal(got.leg[0].rx.key[3].key.len, 0);
	assert_int_equal(got.leg[0].n_streams, RINGFENCE_MAX_STREAMS);
	st = &got.leg[0].stream[7];
	assert_int_equal(st->ssrc, 0xdead0007);
	assert_int_equal(st->packets, 107);
	assert_int_equal(st->bytes, 16007);
	assert_int_equal(st->lost, 10);
	assert_int_equal(st->jitter, 1257);
	assert_int_equal(st->sequence, 0x2ffff);
	assert_int_equal(st->idle, 27);
	assert_int_equal(got.leg[0].rtp_source.port, 4002);
	assert_int_equal(
		ntohl(rgf_addr_to_v4(&got.leg[0].rtp_source.addr).s_addr),
		0x0a000102);
	assert_int_equal(got.leg[0].rtcp_source.port, 0);
	assert_int_equal(got.leg[0].has, 0);
	assert_memory_equal(&got.leg[1], &none, sizeof(none));
}

static void test_two_families(void **state)
{
	static const struct {
		uint16_t nest, ipv4, ipv6;
	} cases[] = {
		{ 0, RINGFENCE_A_LEG_LOCAL_IPV4, RINGFENCE_A_LEG_LOCAL_IPV6 },
		{ 0, RINGFENCE_A_LEG_PEER_IPV4, RINGFENCE_A_LEG_PEER_IPV6 },
		{ RINGFENCE_A_LEG_RTP_SOURCE, RINGFENCE_A_TRANSPORT_IPV4,
		  RINGFENCE_A_TRANSPORT_IPV6 },
	};
	const struct rgf_addr six = ipv6("2001:db8::1");

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
		struct nlattr *leg, *nest = NULL;
		struct rgf_session got;

		mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
		leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
		if (cases[i].nest) {
			nest = mnl_attr_nest_start(nlh, cases[i].nest);
			mnl_attr_put_u16(nlh, RINGFENCE_A_TRANSPORT_PORT, 1);
		}
		mnl_attr_put_u32(nlh, cases[i].ipv4, htonl(0x0a000101));
		mnl_attr_put(nlh, cases[i].ipv6, sizeof(six), &six);
		if (nest)
			mnl_attr_nest_end(nlh, nest);
		mnl_attr_nest_end(nlh, leg);
		assert_int_equal(rgf_read_session(nlh, &got), -EBADMSG);
	}
}

static void test_addresses(void **state)
{
	const struct rgf_addr four = ipv4(0x0a000101), none = { 0 };
	const struct rgf_addr six = ipv6("2001:db8::1");
	const struct rgf_addr mapped = ipv6("::ffff:10.0.1.1");

	assert_true(rgf_addr_is_v4(&four));
	assert_false(rgf_addr_is_v4(&six));
	assert_false(rgf_addr_is_v4(&none));
	assert_int_equal(ntohl(rgf_addr_to_v4(&four).s_addr), 0x0a000101);
	assert_true(rgf_addr_equal(&four, &mapped));
	assert_false(rgf_addr_equal(&four, &six));
}

static void test_config(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_CONFIG_GET);
	const struct rgf_config c = { RGF_HAS_MEDIA_PORTS, 20000, 29999 };
	struct rgf_config got;

	rgf_put_config(nlh, &c);
	assert_int_equal(nlh->nlmsg_len, 16 + 4 + 8 + 8);
	assert_int_equal(rgf_read_config(nlh, &got), 0);
	assert_memory_equal(&c, &got, sizeof(c));
	nlh = start(RINGFENCE_CMD_CONFIG_GET);
	mnl_attr_put_u16(nlh, RINGFENCE_A_CONFIG_MEDIA_PORT_MAX, 5);
	assert_int_equal(rgf_read_config(nlh, &got), 0);
	assert_int_equal(got.has, 0);
	mnl_attr_put_u32(nlh, RINGFENCE_A_CONFIG_MEDIA_PORT_MIN, 5);
	assert_int_equal(rgf_read_config(nlh, &got), -EBADMSG);
	nlh = start(RINGFENCE_CMD_CONFIG_SET);
	assert_int_equal(rgf_read_config(nlh, &got), -EBADMSG);
}

static void put_drop(struct nlmsghdr *nlh, uint32_t reason, uint64_t packets)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RINGFENCE_A_STATS_DROP);

	mnl_attr_put_u32(nlh, RINGFENCE_A_DROP_REASON, reason);
	mnl_attr_put_u64(nlh, RINGFENCE_A_DROP_PACKETS, packets);
	mnl_attr_nest_end(nlh, nest);
}

static void test_stats(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_STATS_GET);
	struct rgf_stats got;
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, RINGFENCE_A_STATS_SESSIONS, 3);
	mnl_attr_put_u64(nlh, RINGFENCE_A_STATS_RX_PACKETS, UINT64_MAX);
	mnl_attr_put(nlh, RINGFENCE_A_STATS_PAD, 0, NULL);
	mnl_attr_put_u64(nlh, RINGFENCE_A_STATS_TX_RTCP_PACKETS, 6);
	put_drop(nlh, RINGFENCE_DROP_REASON_MALFORMED, 11);
	put_drop(nlh, RINGFENCE_DROP_REASON_MAX, 12);
	put_drop(nlh, RINGFENCE_DROP_REASON_MAX + 1, 13); /* a newer one */
	put_drop(nlh, UINT32_MAX, 14);
	assert_int_equal(rgf_read_stats(nlh, &got), 0);
	assert_int_equal(got.sessions, 3);
	assert_true(got.counters.rx_packets == UINT64_MAX);
	assert_int_equal(got.counters.tx_rtcp_packets, 6);
	assert_int_equal(got.counters.drop[RINGFENCE_DROP_REASON_MALFORMED],
			 11);
	assert_int_equal(got.counters.drop[RINGFENCE_DROP_REASON_MAX], 12);

	nest = mnl_attr_nest_start(nlh, RINGFENCE_A_STATS_DROP);
	mnl_attr_put_u32(nlh, RINGFENCE_A_DROP_REASON, 1);
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(rgf_read_stats(nlh, &got), -EBADMSG);
}

static void test_leg_counters(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_GET);
	struct nlattr *leg, *stats;
	struct rgf_session got;

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	/* A newer reason must not land in what follows the array. */
	leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_A);
	stats = mnl_attr_nest_start(nlh, RINGFENCE_A_LEG_STATS);
	put_drop(nlh, RINGFENCE_DROP_REASON_MAX + 1, 0x5a5a);
	mnl_attr_nest_end(nlh, stats);
	mnl_attr_nest_end(nlh, leg);
	assert_int_equal(rgf_read_session(nlh, &got), 0);
	assert_int_equal(got.leg[1].has, 0);

	leg = mnl_attr_nest_start(nlh, RINGFENCE_A_SESSION_LEG_B);
	stats = mnl_attr_nest_start(nlh, RINGFENCE_A_LEG_STATS);
	mnl_attr_put_u64(nlh, RINGFENCE_A_STATS_TX_BYTES, 1720);
	put_drop(nlh, RINGFENCE_DROP_REASON_REPLAYED, 2);
	mnl_attr_nest_end(nlh, stats);
	mnl_attr_nest_end(nlh, leg);
	assert_int_equal(rgf_read_session(nlh, &got), 0);
	assert_int_equal(got.leg[1].counters.tx_bytes, 1720);
	assert_int_equal(
		got.leg[1].counters.drop[RINGFENCE_DROP_REASON_REPLAYED], 2);
	assert_int_equal(got.leg[0].counters.tx_bytes, 0);
}

static void test_wrong_command(void **state)
{
	struct rgf_session s;
	struct rgf_stats st;
	struct rgf_event e;
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_DEL);

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, 1);
	assert_int_equal(rgf_read_session(nlh, &s), -EBADMSG);
	assert_int_equal(rgf_read_stats(nlh, &st), -EBADMSG);
	assert_int_equal(rgf_read_event(nlh, &e), -EOPNOTSUPP);
	nlh = start(RINGFENCE_CMD_SESSION_GET); /* without its id */
	assert_int_equal(rgf_read_session(nlh, &s), -EBADMSG);
	nlh->nlmsg_len = sizeof(*nlh) + 2; /* less than a genlmsghdr */
	assert_int_equal(rgf_read_session(nlh, &s), -EBADMSG);
	assert_int_equal(rgf_read_event(nlh, &e), -EBADMSG);
}

static void test_events(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_AUTH_NTF);
	struct rgf_event e;

	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 4);
	mnl_attr_put_strz(nlh, RINGFENCE_A_EVENT_LABEL, "x");
	mnl_attr_put_u8(nlh, RINGFENCE_A_EVENT_LEG, 1);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_SSRC, 0xdeadbeef);
	mnl_attr_put_u64(nlh, RINGFENCE_A_EVENT_COUNT, 12);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_AUTH);
	assert_int_equal(e.id, 4);
	assert_string_equal(e.label, "x");
	assert_int_equal(e.leg, 1);
	assert_int_equal(e.ssrc, 0xdeadbeef);
	assert_int_equal(e.count, 12);

	mnl_attr_put_u8(nlh, RINGFENCE_A_EVENT_LEG, 2); /* legs are 0 and 1 */
	assert_int_equal(rgf_read_event(nlh, &e), -EBADMSG);
	nlh = start(RINGFENCE_CMD_SESSION_IDLE_NTF);
	assert_int_equal(rgf_read_event(nlh, &e), -EBADMSG); /* no id */
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 4);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_IDLE, 30);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_IDLE);
	assert_int_equal(e.idle, 30);
}

static void test_key_event(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_KEY_NTF);
	const uint8_t mki[] = { 0, 0, 0, 1 };
	struct rgf_event e;

	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 4);
	mnl_attr_put_u8(nlh, RINGFENCE_A_EVENT_LEG, 1);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_DIRECTION,
			 RINGFENCE_DIRECTION_TX);
	mnl_attr_put(nlh, RINGFENCE_A_EVENT_MKI, sizeof(mki), mki);
	mnl_attr_put_u64(nlh, RINGFENCE_A_EVENT_COUNT, 1ULL << 45);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_KEY);
	assert_int_equal(e.leg, 1);
	assert_int_equal(e.direction, RINGFENCE_DIRECTION_TX);
	assert_int_equal(e.mki_len, 4);
	assert_memory_equal(e.mki, mki, 4);
	assert_true(e.count == 1ULL << 45);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_DIRECTION,
			 RINGFENCE_DIRECTION_TX + 1);
	assert_int_equal(rgf_read_event(nlh, &e), -EBADMSG);
}

static void test_rules_events(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_ADDRESS_SET_NTF);
	char name[RINGFENCE_RULE_NAME_MAX + 2];
	struct rgf_event e;

	mnl_attr_put_u32(nlh, RINGFENCE_A_RULES_EVENT_RULES, 7);
	mnl_attr_put_strz(nlh, RINGFENCE_A_RULES_EVENT_SET, "peers");
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULES_EVENT_ENTRIES, 3);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_ADDRESS_SET);
	assert_true(rgf_event_of_rules(&e) && e.has_rules);
	assert_int_equal(e.rules, 7);
	assert_string_equal(e.set, "peers");
	assert_int_equal(e.entries, 3);

	nlh = start(RINGFENCE_CMD_RULES_ROLLBACK_NTF);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_RULES_BACK);
	assert_false(e.has_rules);

	memset(name, 'x', sizeof(name));
	nlh = start(RINGFENCE_CMD_ADDRESS_SET_NTF);
	mnl_attr_put(nlh, RINGFENCE_A_RULES_EVENT_SET, sizeof(name), name);
	assert_int_equal(rgf_read_event(nlh, &e), -EBADMSG);
}

static void test_desync_event(void **state)
{
	struct nlmsghdr *nlh = start(RINGFENCE_CMD_SESSION_DESYNC_NTF);
	struct rgf_event e;

	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 4);
	mnl_attr_put_strz(nlh, RINGFENCE_A_EVENT_LABEL, "sip:7");
	mnl_attr_put_u8(nlh, RINGFENCE_A_EVENT_LEG, 1);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_SSRC, 0xdeadbeef);
	mnl_attr_put_u64(nlh, RINGFENCE_A_EVENT_COUNT, 50);
	assert_int_equal(rgf_read_event(nlh, &e), 0);
	assert_int_equal(e.type, RGF_EVENT_DESYNC);
	assert_string_equal(e.label, "sip:7");
	assert_int_equal(e.ssrc, 0xdeadbeef);
	assert_int_equal(e.count, 50);
	nlh = start(RINGFENCE_CMD_MAX + 1);
	mnl_attr_put_u32(nlh, RINGFENCE_A_EVENT_ID, 4);
	assert_int_equal(rgf_read_event(nlh, &e), -EOPNOTSUPP);
}

static struct nlmsghdr *start_family(const char *group)
{
	struct nlmsghdr *nlh = start(CTRL_CMD_NEWFAMILY);
	struct nlattr *groups, *one;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, 31);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	one = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 17);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, group);
	mnl_attr_nest_end(nlh, one);
	mnl_attr_nest_end(nlh, groups);
	return nlh;
}

static void test_family(void **state)
{
	struct nlmsghdr *nlh = start_family("events");
	uint16_t id = 0;
	uint32_t group = 0;

	assert_int_equal(rgf_read_family(nlh, &id, &group), 0);
	assert_int_equal(id, 31);
	assert_int_equal(group, 17);

	nlh = start_family("other");
	assert_int_equal(rgf_read_family(nlh, &id, &group), -EBADMSG);
	nlh = start(CTRL_CMD_NEWFAMILY);
	assert_int_equal(rgf_read_family(nlh, &id, &group), -EBADMSG);
	assert_int_equal(group, 17);
}

/* An NLMSG_ERROR in buf, for a request elsewhere. */
static struct nlmsghdr *start_error(int err, uint16_t flags)
{
	struct nlmsghdr *nlh;
	struct nlmsgerr *e;

	memset(buf, 0xa5, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = flags;
	e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));
	e->error = err;
	e->msg.nlmsg_len = sizeof(e->msg);
	return nlh;
}

static _Alignas(struct nlmsghdr) uint8_t req_buf[RGF_REQUEST_MAX];

static const struct nlmsghdr *sample_request(void)
{
	struct nlmsghdr *req = rgf_put_request(
		req_buf, 30, RINGFENCE_CMD_SESSION_NEW, NLM_F_ACK, 7);
	const struct rgf_session s = sample();

	assert_int_equal(rgf_put_session(req, &s), 0);
	return req;
}

/* Byte offset in sample_request() of an attribute of leg b, or of the leg. */
static uint32_t leg_b_offset(uint16_t inner)
{
	const struct nlmsghdr *req = sample_request();
	const struct nlattr *attr, *in;

	mnl_attr_for_each(attr, req, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) != RINGFENCE_A_SESSION_LEG_B)
			continue;
		if (!inner)
			return (uint32_t)((const uint8_t *)attr - req_buf);
		mnl_attr_for_each_nested(in, attr) {
			if (mnl_attr_get_type(in) == inner)
				return (uint32_t)((const uint8_t *)in -
						  req_buf);
		}
	}
	fail();
	return 0;
}

static void test_error_plain(void **state)
{
	const struct nlmsghdr *req = sample_request();
	char text[RGF_TEXT_MAX];
	struct nlmsghdr *nlh = start_error(0, 0);

	assert_int_equal(rgf_read_error(nlh, req, text), 0);
	nlh = start_error(-ENOENT, NLM_F_CAPPED);
	assert_int_equal(rgf_read_error(nlh, req, text), -ENOENT);
	assert_string_equal(text, "No such file or directory");
	/* What the kernel never sends. */
	nlh = start_error(5, NLM_F_CAPPED);
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
	nlh = start_error(INT32_MIN, NLM_F_CAPPED);
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
	nlh = start_error(-EINVAL, NLM_F_CAPPED);
	nlh->nlmsg_len -= 4;
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
	assert_string_equal(text, "the kernel's answer is malformed");
}

static void test_error_in_attribute(void **state)
{
	const struct nlmsghdr *req = sample_request();
	char text[RGF_TEXT_MAX];
	struct nlmsghdr *nlh =
		start_error(-ERANGE, NLM_F_CAPPED | NLM_F_ACK_TLVS);

	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "integer out of range");
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
			 leg_b_offset(RINGFENCE_A_LEG_PEER_PORT));
	assert_int_equal(rgf_read_error(nlh, req, text), -ERANGE);
	assert_string_equal(text, "integer out of range (in: leg-b peer-port)");
}

static void test_error_missing(void **state)
{
	const struct nlmsghdr *req = sample_request();
	char text[RGF_TEXT_MAX];
	struct nlmsghdr *nlh =
		start_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);

	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE,
			 RINGFENCE_A_SESSION_LEG_A);
	assert_int_equal(rgf_read_error(nlh, req, text), -EINVAL);
	assert_string_equal(text, "Invalid argument (missing: leg-a)");

	nlh = start_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, RINGFENCE_A_LEG_TX_KEY);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_NEST, leg_b_offset(0));
	assert_int_equal(rgf_read_error(nlh, req, text), -EINVAL);
	assert_string_equal(text, "Invalid argument (missing: leg-b tx-key)");
}

static void test_error_uncapped(void **state)
{
	const struct nlmsghdr *req = sample_request();
	struct nlmsghdr *nlh = start_error(-EBUSY, NLM_F_ACK_TLVS);
	struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	char text[RGF_TEXT_MAX];

	e->msg.nlmsg_len = req->nlmsg_len;
	memcpy(mnl_nlmsg_put_extra_header(nlh, req->nlmsg_len - sizeof(e->msg)),
	       mnl_nlmsg_get_payload(req), req->nlmsg_len - sizeof(e->msg));
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "busy");
	assert_int_equal(rgf_read_error(nlh, req, text), -EBUSY);
	assert_string_equal(text, "busy");

	e->msg.nlmsg_len = 3000; /* more than is there */
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
	e->msg.nlmsg_len = 8; /* less than its own header */
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
}

static void test_error_hostile(void **state)
{
	static const uint32_t offsets[] = { 0,	1,  15,	 16,   17,
					    21, 32, 300, 4000, UINT32_MAX };
	const struct nlmsghdr *req = sample_request();
	char text[RGF_TEXT_MAX], longtext[2 * RGF_TEXT_MAX];
	struct nlmsghdr *nlh;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		nlh = start_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, UINT32_MAX);
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_NEST, offsets[i]);
		assert_int_equal(rgf_read_error(nlh, req, text), -EINVAL);
		nlh = start_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offsets[i]);
		assert_int_equal(rgf_read_error(nlh, req, text), -EINVAL);
	}
	memset(longtext, '\n', sizeof(longtext)); /* and no zero */
	nlh = start_error(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	mnl_attr_put(nlh, NLMSGERR_ATTR_MSG, sizeof(longtext), longtext);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, leg_b_offset(0));
	assert_int_equal(rgf_read_error(nlh, req, text), -EINVAL);
	assert_int_equal(strlen(text), RGF_TEXT_MAX - 1);
	assert_null(strchr(text, '\n'));
}

static void test_error_of_dump(void **state)
{
	const struct nlmsghdr *req = sample_request();
	char text[RGF_TEXT_MAX];
	struct nlmsghdr *nlh;
	int *err;

	memset(buf, 0xa5, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_DONE;
	assert_int_equal(rgf_read_error(nlh, req, text), -EBADMSG);
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	assert_int_equal(rgf_read_error(nlh, req, text), 0);
	*err = -ENOMEM;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "no room");
	assert_int_equal(rgf_read_error(nlh, req, text), -ENOMEM);
	assert_string_equal(text, "no room");
}

/* RFC 4568, 6.2, RFC 6188 and RFC 7714, and not as the enum is spelt. */
static void test_suites(void **state)
{
	static const struct {
		const char *name;
		size_t key_len;
	} want[] = {
		[RINGFENCE_SUITE_NONE] = { "none", 0 },
		[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80] = { "AES_CM_128_HMAC_"
							      "SHA1_80",
							      30 },
		[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32] = { "AES_CM_128_HMAC_"
							      "SHA1_32",
							      30 },
		[RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_80] = { "AES_192_CM_HMAC_"
							      "SHA1_80",
							      38 },
		[RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_32] = { "AES_192_CM_HMAC_"
							      "SHA1_32",
							      38 },
		[RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_80] = { "AES_256_CM_HMAC_"
							      "SHA1_80",
							      46 },
		[RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_32] = { "AES_256_CM_HMAC_"
							      "SHA1_32",
							      46 },
		[RINGFENCE_SUITE_AEAD_AES_128_GCM] = { "AEAD_AES_128_GCM", 28 },
		[RINGFENCE_SUITE_AEAD_AES_256_GCM] = { "AEAD_AES_256_GCM", 44 },
		[RINGFENCE_SUITE_F8_128_HMAC_SHA1_80] = { "F8_128_HMAC_SHA1_80",
							  30 },
		[RINGFENCE_SUITE_NULL_HMAC_SHA1_80] = { "NULL_HMAC_SHA1_80",
							30 },
		[RINGFENCE_SUITE_NULL_HMAC_SHA1_32] = { "NULL_HMAC_SHA1_32",
							30 },
	};

	for (unsigned int i = 0; i < __RINGFENCE_SUITE_MAX; i++) {
		enum ringfence_suite suite = RINGFENCE_SUITE_MAX;

		assert_string_equal(rgf_suite_name(i), want[i].name);
		assert_int_equal(rgf_suite_key_len(i), want[i].key_len);
		assert_in_range(want[i].key_len, 0, RINGFENCE_KEY_MAX);
		assert_int_equal(rgf_suite_by_name(want[i].name, &suite), 0);
		assert_int_equal(suite, i);
	}
	assert_int_equal(rgf_suite_key_len(__RINGFENCE_SUITE_MAX), 0);
}

static void test_other_names(void **state)
{
	unsigned int n;

	assert_string_equal(rgf_latch_name(RINGFENCE_LATCH_ADDRESS), "address");
	assert_null(rgf_latch_name(__RINGFENCE_LATCH_MAX));
	assert_string_equal(rgf_leg_flag_name(5), "unauthenticated-srtp");
	for (n = 0; rgf_leg_flag_name(n); n++)
		;
	assert_int_equal(1 << n, RINGFENCE_LEG_FLAGS_RESYNC << 1);
	assert_string_equal(rgf_session_flag_name(0), "udptl");
	assert_null(rgf_session_flag_name(1));
	assert_null(rgf_leg_flag_name(31));
	assert_string_equal(rgf_drop_name(RINGFENCE_DROP_REASON_QUEUE_FULL),
			    "queue-full");
}

static void test_names(void **state)
{
	enum ringfence_suite suite = RINGFENCE_SUITE_NONE;

	assert_int_equal(rgf_suite_by_name("AES_CM_128_HMAC_SHA1_32", &suite),
			 0);
	assert_int_equal(suite, RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32);
	assert_int_equal(rgf_suite_key_len(suite), 30);
	assert_string_equal(rgf_suite_name(suite), "AES_CM_128_HMAC_SHA1_32");
	assert_int_equal(rgf_suite_by_name("aes_cm", &suite), -ENOENT);
	assert_null(rgf_suite_name(__RINGFENCE_SUITE_MAX));
	assert_null(rgf_drop_name(__RINGFENCE_DROP_REASON_MAX));
	assert_string_equal(rgf_drop_name(RINGFENCE_DROP_REASON_TTL_EXPIRED),
			    "ttl-expired");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_only_what_is_given),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_impossible_keys),
		cmocka_unit_test(test_longest_request),
		cmocka_unit_test(test_wrong_length),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_message_length),
		cmocka_unit_test(test_garbage_in_nest),
		cmocka_unit_test(test_unknown_is_ignored),
		cmocka_unit_test(test_inner_lengths),
		cmocka_unit_test(test_mki),
		cmocka_unit_test(test_lists_of_leg),
		cmocka_unit_test(test_two_families),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_leg_counters),
		cmocka_unit_test(test_wrong_command),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_key_event),
		cmocka_unit_test(test_rules_events),
		cmocka_unit_test(test_desync_event),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_error_plain),
		cmocka_unit_test(test_error_in_attribute),
		cmocka_unit_test(test_error_missing),
		cmocka_unit_test(test_error_uncapped),
		cmocka_unit_test(test_error_hostile),
		cmocka_unit_test(test_error_of_dump),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
