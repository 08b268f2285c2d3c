/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifetime of master keys (RFC 3711, 9.2): how many packets one may still
 * protect or authenticate, RTP and RTCP each.
 *
 * The count is of the master key, however many contexts it is in at a time and
 * one after the other. So that streams on several CPUs share no cache line for
 * each packet, a stream takes a few packets from the count at once, and fewer
 * as the end comes near: one by one when less than 8192 are left. A stream that
 * went silent holds on to what it took, so a key may end early, by 1.6 % in the
 * worst case; it never ends late.
 */
#ifndef _RGF_SRTP_LIFE_H
#define _RGF_SRTP_LIFE_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/types.h>

/* A master key's; indices of two are RTP, RTCP. */
struct rgf_life {
	refcount_t ref;
	atomic64_t taken[2]; /* packets, by streams */
};

/* How long a context lets it live. */
struct rgf_life_limit {
	struct rgf_life *life; /* a reference */
	u64 packets[2];
	unsigned long told; /* RGF_SRTP_EV_KEY_*, RTCP's shifted; atomic bits */
};

/* What a stream has of a life; its lock protects it. */
struct rgf_credit {
	struct rgf_life *life; /* a reference, NULL at first */
	u32 packets;
};

/* Process context; NULL without memory. */
struct rgf_life *rgf_life_new(void);
struct rgf_life *rgf_life_get(struct rgf_life *life);
/* NULL is fine. */
void rgf_life_put(struct rgf_life *life);

/**
 * rgf_life_limits() - how many packets a key may be used for
 * @packets: result, RTP packets and RTCP packets
 * @wanted: of either; 0: the most that RFC 3711 allows
 */
void rgf_life_limits(u64 packets[2], u64 wanted);

/* Gives back what was not used; @credit is as new. */
void rgf_life_return(struct rgf_credit *credit, bool rtcp);

/* The slow path of rgf_life_use(). */
int rgf_life_refill(struct rgf_life_limit *limit, struct rgf_credit *credit,
		    bool rtcp, u8 *events);

/**
 * rgf_life_use() - count one packet
 * @limit: of the key that it is protected with
 * @credit: of its stream, whose lock is held
 * @rtcp: RTP or RTCP
 * @events: RGF_SRTP_EV_KEY_* are added
 *
 * Return: 0 or RGF_DROP(KEY_EXHAUSTED).
 */
static inline int rgf_life_use(struct rgf_life_limit *limit,
			       struct rgf_credit *credit, bool rtcp, u8 *events)
{
	if (unlikely(!credit->packets || credit->life != limit->life))
		return rgf_life_refill(limit, credit, rtcp, events);
	credit->packets--;
	return 0;
}

#endif
