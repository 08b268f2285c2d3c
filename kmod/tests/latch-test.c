// SPDX-License-Identifier: GPL-2.0-only
/* Who may send to a leg, and when it learns; what needs no namespace. */
#include "../host.c"
#include "../latch.c"
#include "../path.c"

#include <linux/rcupdate.h>

#include "tests.h"

#define PEER  0xc0000202 /* 192.0.2.2 */
#define OTHER 0xc0000203
#define PORT  4000

static const struct {
	const char *name;
	enum ringfence_latch latch;
	bool known; /* a peer was signalled */
	bool latched;
	u32 from;
	u16 port;
	bool good;
} checks[] = {
	{ "strict, the peer", RINGFENCE_LATCH_STRICT, 1, 0, PEER, PORT, true },
	{ "strict, another port", RINGFENCE_LATCH_STRICT, 1, 0, PEER, 9 },
	{ "strict, another address", RINGFENCE_LATCH_STRICT, 1, 0, OTHER,
	  PORT },
	{ "strict, no peer", RINGFENCE_LATCH_STRICT, 0, 0, PEER, PORT },
	{ "port, the peer", RINGFENCE_LATCH_PORT, 1, 0, PEER, PORT, true },
	{ "port, another port", RINGFENCE_LATCH_PORT, 1, 0, PEER, 9, true },
	{ "port, port 0", RINGFENCE_LATCH_PORT, 1, 0, PEER, 0 },
	{ "port, another address", RINGFENCE_LATCH_PORT, 1, 0, OTHER, PORT },
	{ "port, no peer", RINGFENCE_LATCH_PORT, 0, 0, PEER, PORT },
	{ "latched, the peer", RINGFENCE_LATCH_PORT, 1, 1, PEER, PORT, true },
	{ "latched, another port", RINGFENCE_LATCH_PORT, 1, 1, PEER, 9 },
	{ "latched, another address", RINGFENCE_LATCH_ADDRESS, 1, 1, OTHER,
	  PORT },
};

static struct rgf_in source(u32 addr, u16 port)
{
	return (struct rgf_in){ .saddr = rgf_addr_v4(htonl(addr)),
				.sport = htons(port) };
}

static void rgf_test_latch_check(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		struct rgf_in peer = source(PEER, PORT);
		struct rgf_in in = source(checks[i].from, checks[i].port);
		struct rgf_path path = { .addr = peer.saddr,
					 .port = peer.sport,
					 .latched = checks[i].latched };
		struct rgf_leg leg = { .latch = checks[i].latch };

		if (checks[i].known)
			RCU_INIT_POINTER(leg.path[0], &path);
		rcu_read_lock();
		KUNIT_EXPECT_EQ_MSG(test,
				    rgf_latch_check(NULL, &leg, 0, &in, true),
				    checks[i].good ? 0 : RGF_DROP(WRONG_SOURCE),
				    "%s", checks[i].name);
		rcu_read_unlock();
	}
}

/* The first packet decides, RTP and RTCP each for itself. */
static void rgf_test_latch_learn(struct kunit *test)
{
	struct rgf_in peer = source(PEER, PORT), first = source(PEER, 9),
		      second = source(PEER, 10);
	struct rgf_leg leg = { .latch = RINGFENCE_LATCH_PORT };
	struct rgf_path *path;
	unsigned int i;

	for (i = 0; i < 2; i++)
		RCU_INIT_POINTER(leg.path[i],
				 rgf_path_new(&leg.port[i], &peer.saddr,
					      peer.sport, false, GFP_KERNEL));
	rcu_read_lock();
	rgf_latch_learn(&leg, 0, &first);
	rgf_latch_learn(&leg, 0, &second);
	rgf_latch_learn(&leg, 1, &peer);
	path = rcu_dereference(leg.path[0]);
	KUNIT_EXPECT_EQ(test, ntohs(path->port), 9);
	KUNIT_EXPECT_TRUE(test, path->latched);
	KUNIT_EXPECT_EQ(test, rgf_latch_check(NULL, &leg, 0, &first, true), 0);
	KUNIT_EXPECT_EQ(test, rgf_latch_check(NULL, &leg, 0, &peer, true),
			RGF_DROP(WRONG_SOURCE));
	path = rcu_dereference(leg.path[1]);
	KUNIT_EXPECT_EQ(test, ntohs(path->port), PORT);
	KUNIT_EXPECT_TRUE(test, path->latched);
	KUNIT_EXPECT_EQ(test, rgf_latch_check(NULL, &leg, 1, &second, true),
			RGF_DROP(WRONG_SOURCE));
	rcu_read_unlock();
	for (i = 0; i < 2; i++)
		rgf_path_free(rcu_dereference_protected(leg.path[i], true));
	/* They are freed by code of this module. */
	rcu_barrier();
}

static struct kunit_case rgf_latch_cases[] = { KUNIT_CASE(rgf_test_latch_check),
					       KUNIT_CASE(rgf_test_latch_learn),
					       {} };

struct kunit_suite rgf_latch_suite = {
	.name = "latch",
	.test_cases = rgf_latch_cases,
};
