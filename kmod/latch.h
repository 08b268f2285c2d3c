/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which sources a leg takes packets from, and what it learns of them.
 *
 * Only the signalled peer, at first; how much of its transport address may
 * differ is the leg's latch. The first packet that is accepted then decides,
 * for good: the leg's path to its peer becomes where that packet came from.
 */
#ifndef _RGF_LATCH_H
#define _RGF_LATCH_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "conf.h"
#include "drop.h"
#include "relay.h"

struct net;

static inline bool rgf_path_is(const struct rgf_path *path,
			       const struct rgf_in *in)
{
	return path->port == in->sport &&
	       rgf_addr_equal(&path->addr, &in->saddr);
}

/* The source is not that of @path: may it take its place? */
bool rgf_may_latch(struct net *net, const struct rgf_leg *leg,
		   const struct rgf_path *path, const struct rgf_in *in,
		   bool provable);

/* The leg is not latched; it is from now on. */
void rgf_latch_fix(struct rgf_leg *leg, unsigned int n,
		   const struct rgf_in *in);

/**
 * rgf_latch_check() - may a packet come from there?
 * @net: namespace
 * @leg: it came to
 * @n: path, 0 is RTP's and 1 RTCP's
 * @in: its headers; ->ends is filled in
 * @provable: the leg is an SRTP one, and authentication will tell whether it is
 *	from the peer
 *
 * Under RCU.
 *
 * Return: 0 or RGF_DROP(WRONG_SOURCE).
 */
static inline int rgf_latch_check(struct net *net, const struct rgf_leg *leg,
				  unsigned int n, struct rgf_in *in,
				  bool provable)
{
	const struct rgf_path *path = rcu_dereference(leg->path[n]);

	if (likely(path && rgf_path_is(path, in))) {
		/* The same ends the other way round have the same sum. */
		in->ends = path->ends;
		return 0;
	}
	in->ends = rgf_sum_ends(&in->saddr, in->sport, &leg->port[n].addr,
				leg->port[n].port);
	return rgf_may_latch(net, leg, path, in, provable)
		       ? 0
		       : RGF_DROP(WRONG_SOURCE);
}

/**
 * rgf_latch_learn() - the leg accepted this packet: it is where the peer is
 *
 * Nothing to do once latched. Without memory the next packet tries again.
 * Under RCU, softirq.
 */
static inline void rgf_latch_learn(struct rgf_leg *leg, unsigned int n,
				   const struct rgf_in *in)
{
	const struct rgf_path *path = rcu_dereference(leg->path[n]);

	if (unlikely(!path || !READ_ONCE(path->latched)))
		rgf_latch_fix(leg, n, in);
}

#endif
