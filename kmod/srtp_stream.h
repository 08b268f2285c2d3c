/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The streams (SSRCs) of a context: their indices, what of them was seen, and
 * how they recover. Steps one, two and four of receiving, and the reservation
 * of indices for sending.
 *
 * Streams are found under RCU and are never removed from their table, which
 * goes with the last context that has it. Each has a lock of its own.
 */
#ifndef _RGF_SRTP_STREAM_H
#define _RGF_SRTP_STREAM_H

#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "parse.h"
#include "srtp.h"
#include "srtp_ctx.h"
#include "srtp_index.h"
#include "srtp_life.h"
#include "srtp_recover.h"

#define RGF_STREAM_BITS 4

/* RTP or RTCP of a stream; a window is started by the first packet. */
struct rgf_flow {
	struct rgf_window window;
	struct rgf_credit credit;
	unsigned long last; /* jiffies, of the last authentic packet */
} ____cacheline_aligned;

struct rgf_stream {
	struct hlist_node node;
	u32 ssrc; /* constant */
	spinlock_t lock; /* all that follows */
	struct rgf_flow flow[2]; /* RTP, RTCP */
	struct rgf_recovery recovery; /* RTP; RTCP tells its index */
	u32 rtcp_went_back; /* the resync that RTCP used */
};

/* SSRCs are chosen by the peer, hence the seed; and there are only so many. */
struct rgf_streams {
	u32 seed;
	struct hlist_head head[1 << RGF_STREAM_BITS];
	refcount_t ref;
	spinlock_t lock; /* adding to head and nr; resync */
	unsigned int nr;
	u32 resync; /* counts rgf_srtp_resync(); 0: never */
	unsigned long resync_end; /* jiffies; valid if there was one */
};

/* Process context; NULL without memory. */
struct rgf_streams *rgf_streams_new(void);
struct rgf_streams *rgf_streams_get(struct rgf_streams *streams);
/* Process context, no packet uses them any more; NULL is fine. */
void rgf_streams_put(struct rgf_streams *streams);

static inline struct hlist_head *rgf_streams_head(struct rgf_streams *streams,
						  u32 ssrc)
{
	return &streams->head[hash_32(ssrc ^ streams->seed, RGF_STREAM_BITS)];
}

/* NULL if there is none. Under RCU. */
static inline struct rgf_stream *rgf_stream_find(struct rgf_streams *streams,
						 u32 ssrc)
{
	struct rgf_stream *stream;

	hlist_for_each_entry_rcu(stream, rgf_streams_head(streams, ssrc), node,
				 lockdep_is_held(&streams->lock))
		if (likely(stream->ssrc == ssrc))
			return stream;
	return NULL;
}

/* ERR_PTR() if there is none, nor room for another. Under RCU. */
struct rgf_stream *rgf_stream_find_or_add(struct rgf_streams *streams,
					  u32 ssrc);

/* The RGF_DROP() for that. */
int rgf_stream_drop(const struct rgf_stream *stream);

/* For some time, going back is allowed. */
void rgf_streams_resync(struct rgf_streams *streams, unsigned long now);

/* Packets that streams took from a key's lifetime and did not use yet. */
u64 rgf_streams_unused(struct rgf_streams *streams, const struct rgf_life *life,
		       bool rtcp);

/**
 * rgf_streams_hints() - where the streams are, for a successor
 * @streams: of the predecessor
 * @hints: room for RINGFENCE_MAX_SSRCS
 *
 * Return: how many there are.
 */
unsigned int rgf_streams_hints(struct rgf_streams *streams,
			       struct rgf_hint *hints);

/**
 * rgf_rx_failed() - a packet is not good with the index that it has
 * @srtp: context
 * @crypt: packet
 * @drop: RGF_DROP(AUTH_FAILED), or what rgf_window_check() says
 *
 * Return: 0 to try the index that is there now, or @drop.
 */
int rgf_rx_failed(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int drop);

/* Nothing is known of the SSRC; only what authenticates will change that. */
int rgf_rx_check_stray(struct rgf_srtp *srtp, struct rgf_crypt *crypt);

/* If it fails, may it be tried again? */
bool rgf_rx_is_due(struct rgf_srtp *srtp, struct rgf_stream *stream);

/**
 * rgf_rx_check() - steps one and two: estimate the index, check for replay
 * @srtp: context
 * @crypt: packet; of RTCP, the index is known
 * @rtcp: @crypt->pkt->rtcp
 *
 * Return: 0 to authenticate it with the index that it has now, or RGF_DROP().
 */
static __always_inline int rgf_rx_check(struct rgf_srtp *srtp,
					struct rgf_crypt *crypt, bool rtcp)
{
	const struct rgf_pkt *pkt = crypt->pkt;
	struct rgf_stream *stream;
	struct rgf_window *w;
	int drop;

	stream = rgf_stream_find(srtp->streams, pkt->ssrc);
	crypt->stream = stream;
	if (unlikely(!stream))
		return rgf_rx_check_stray(srtp, crypt);
	w = &stream->flow[rtcp].window;
	spin_lock(&stream->lock);
	if (likely(!rtcp)) {
		crypt->index = rgf_index_estimate(w, pkt->seq);
		if (unlikely(stream->recovery.fails))
			crypt->retry = rgf_rx_is_due(srtp, stream);
	}
	drop = rgf_window_check(w, crypt->index);
	spin_unlock(&stream->lock);
	return unlikely(drop) ? rgf_rx_failed(srtp, crypt, drop) : 0;
}

/* May the window be taken back? Once per resync. */
int rgf_rx_check_back(struct rgf_srtp *srtp, struct rgf_crypt *crypt);

/**
 * rgf_rx_commit() - step four: an authentic packet was received
 * @srtp: context
 * @crypt: packet
 * @rtcp: @crypt->pkt->rtcp
 *
 * Another CPU may have taken a copy of the packet since step two, or the last
 * one that the key had, so look again.
 *
 * Return: 0 or a RGF_DROP().
 */
static __always_inline int rgf_rx_commit(struct rgf_srtp *srtp,
					 struct rgf_crypt *crypt, bool rtcp)
{
	struct rgf_stream *stream = crypt->stream;
	s64 index = crypt->index;
	struct rgf_flow *flow;
	int drop;

	if (unlikely(!stream)) {
		stream =
			rgf_stream_find_or_add(srtp->streams, crypt->pkt->ssrc);
		if (IS_ERR(stream))
			return rgf_stream_drop(stream);
		crypt->stream = stream;
	}
	flow = &stream->flow[rtcp];
	spin_lock(&stream->lock);
	drop = unlikely(crypt->back) ? rgf_rx_check_back(srtp, crypt)
				     : rgf_window_check(&flow->window, index);
	drop = drop
		       ?: rgf_life_use(&srtp->key[crypt->key].limit,
				       &flow->credit, rtcp, &crypt->events);
	if (likely(!drop)) {
		/* All zero, as if no packet had been seen. */
		if (unlikely(crypt->back))
			flow->window = (struct rgf_window){};
		rgf_window_commit(&flow->window, index);
		flow->last = rgf_srtp_now();
		if (unlikely(stream->recovery.fails) && !rtcp)
			rgf_recovery_succeeded(&stream->recovery);
	}
	spin_unlock(&stream->lock);
	return drop;
}

/* RTP: the sequence number fixes the index. RTCP: the next one. */
static __always_inline int rgf_tx_index(const struct rgf_window *w, bool rtcp,
					u16 seq, s64 *index)
{
	if (!rtcp) {
		*index = rgf_index_estimate(w, seq);
		return rgf_window_check(w, *index);
	}
	*index = w->started ? w->top + 1 : 0;
	return *index > RGF_SRTCP_INDEX_MAX ? RGF_DROP(KEY_EXHAUSTED) : 0;
}

/**
 * rgf_tx_reserve() - get an index to send with
 * @srtp: context, whose first key it is to be used with
 * @crypt: packet
 * @rtcp: @crypt->pkt->rtcp
 *
 * It is reserved before it is used and never given back, so that it is used
 * once whatever the plain side repeats and however many CPUs send.
 *
 * Return: 0 or a RGF_DROP().
 */
static __always_inline int rgf_tx_reserve(struct rgf_srtp *srtp,
					  struct rgf_crypt *crypt, bool rtcp)
{
	const struct rgf_pkt *pkt = crypt->pkt;
	struct rgf_stream *stream;
	struct rgf_flow *flow;
	s64 index;
	int drop;

	stream = rgf_stream_find(srtp->streams, pkt->ssrc);
	if (unlikely(!stream)) {
		stream = rgf_stream_find_or_add(srtp->streams, pkt->ssrc);
		if (IS_ERR(stream))
			return rgf_stream_drop(stream);
	}
	flow = &stream->flow[rtcp];
	spin_lock(&stream->lock);
	drop = rgf_tx_index(&flow->window, rtcp, pkt->seq, &index)
		       ?: rgf_life_use(&srtp->key[0].limit, &flow->credit, rtcp,
				       &crypt->events);
	if (likely(!drop))
		rgf_window_commit(&flow->window, index);
	spin_unlock(&stream->lock);
	crypt->index = index;
	return drop;
}

#endif
