// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_stream.h"

#include <linux/err.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "drop.h"
#include "parse.h"
#include "srtp.h"
#include "srtp_ctx.h"

struct rgf_streams *rgf_streams_new(void)
{
	struct rgf_streams *streams;

	streams = kzalloc(sizeof(*streams), GFP_KERNEL_ACCOUNT);
	if (!streams)
		return NULL;
	refcount_set(&streams->ref, 1);
	spin_lock_init(&streams->lock);
	get_random_bytes(&streams->seed, sizeof(streams->seed));
	return streams;
}

struct rgf_streams *rgf_streams_get(struct rgf_streams *streams)
{
	refcount_inc(&streams->ref);
	return streams;
}

static void rgf_stream_free(struct rgf_stream *stream)
{
	rgf_life_return(&stream->flow[false].credit, false);
	rgf_life_return(&stream->flow[true].credit, true);
	kfree(stream);
}

void rgf_streams_put(struct rgf_streams *streams)
{
	struct rgf_stream *stream;
	struct hlist_node *next;
	unsigned int i;

	if (!streams || !refcount_dec_and_test(&streams->ref))
		return;
	for (i = 0; i < ARRAY_SIZE(streams->head); i++)
		hlist_for_each_entry_safe(stream, next, &streams->head[i], node)
			rgf_stream_free(stream);
	kfree(streams);
}

void rgf_streams_resync(struct rgf_streams *streams, unsigned long now)
{
	spin_lock_bh(&streams->lock);
	WRITE_ONCE(streams->resync_end, now + RGF_RESYNC_TIME);
	/* Whoever sees the new count sees the new end. */
	smp_store_release(&streams->resync, streams->resync + 1);
	spin_unlock_bh(&streams->lock);
}

/* The resync that allows a stream to go back, if it did not use it; or 0. */
static u32 rgf_streams_may_go_back(const struct rgf_streams *streams, u32 used,
				   unsigned long now)
{
	/* Pairs with rgf_streams_resync(). */
	u32 resync = smp_load_acquire(&streams->resync);

	if (likely(resync == used) ||
	    time_after(now, READ_ONCE(streams->resync_end)))
		return 0;
	return resync;
}

/* The newcomer is the victim: forgetting an SSRC would forget its indices. */
static struct rgf_stream *rgf_stream_add(struct rgf_streams *streams, u32 ssrc)
{
	struct rgf_stream *stream;

	lockdep_assert_held(&streams->lock);
	if (streams->nr == RINGFENCE_MAX_SSRCS)
		return ERR_PTR(-ENOSPC);
	stream = kzalloc(sizeof(*stream), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!stream)
		return ERR_PTR(-ENOMEM);
	stream->ssrc = ssrc;
	spin_lock_init(&stream->lock);
	hlist_add_head_rcu(&stream->node, rgf_streams_head(streams, ssrc));
	streams->nr++;
	return stream;
}

/* Searches again under the lock, as another CPU may have added it. */
struct rgf_stream *rgf_stream_find_or_add(struct rgf_streams *streams, u32 ssrc)
{
	struct rgf_stream *stream;

	spin_lock(&streams->lock);
	stream = rgf_stream_find(streams, ssrc)
			 ?: rgf_stream_add(streams, ssrc);
	spin_unlock(&streams->lock);
	return stream;
}

int rgf_stream_drop(const struct rgf_stream *stream)
{
	return PTR_ERR(stream) == -ENOSPC ? RGF_DROP(SSRC_LIMIT)
					  : RGF_DROP(NO_MEMORY);
}

static u32 rgf_stream_unused(struct rgf_stream *stream,
			     const struct rgf_life *life, bool rtcp)
{
	const struct rgf_credit *credit = &stream->flow[rtcp].credit;
	u32 packets;

	spin_lock_bh(&stream->lock);
	packets = credit->life == life ? credit->packets : 0;
	spin_unlock_bh(&stream->lock);
	return packets;
}

u64 rgf_streams_unused(struct rgf_streams *streams, const struct rgf_life *life,
		       bool rtcp)
{
	struct rgf_stream *stream;
	u64 packets = 0;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(streams->head); i++)
		hlist_for_each_entry_rcu(stream, &streams->head[i], node)
			packets += rgf_stream_unused(stream, life, rtcp);
	rcu_read_unlock();
	return packets;
}

/* False if there is nothing to tell: it had no RTP. */
static bool rgf_stream_hint(struct rgf_stream *stream, struct rgf_hint *hint)
{
	spin_lock_bh(&stream->lock);
	hint->ssrc = stream->ssrc;
	hint->window = stream->flow[false].window;
	spin_unlock_bh(&stream->lock);
	return hint->window.started;
}

unsigned int rgf_streams_hints(struct rgf_streams *streams,
			       struct rgf_hint *hints)
{
	struct rgf_stream *stream;
	unsigned int i, nr = 0;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(streams->head); i++)
		hlist_for_each_entry_rcu(stream, &streams->head[i], node)
			if (nr < RINGFENCE_MAX_SSRCS)
				nr += rgf_stream_hint(stream, &hints[nr]);
	rcu_read_unlock();
	return nr;
}

static struct rgf_hint *rgf_hint_find(struct rgf_strays *strays, u32 ssrc)
{
	unsigned int i;

	for (i = 0; i < strays->nr_hints; i++)
		if (strays->hints[i].ssrc == ssrc)
			return &strays->hints[i];
	return NULL;
}

/* What is forged may have any SSRC: those that nothing is known of share one. */
static struct rgf_recovery *rgf_stray_recovery(struct rgf_strays *strays,
					       struct rgf_hint *hint)
{
	lockdep_assert_held(&strays->lock);
	return hint ? &hint->recovery : &strays->recovery;
}

int rgf_rx_check_stray(struct rgf_srtp *srtp, struct rgf_crypt *crypt)
{
	struct rgf_strays *strays = &srtp->strays;
	struct rgf_pkt *pkt = crypt->pkt;
	struct rgf_recovery *r;

	if (pkt->rtcp)
		return 0;
	crypt->index = pkt->seq;
	spin_lock(&strays->lock);
	r = rgf_stray_recovery(strays, rgf_hint_find(strays, pkt->ssrc));
	crypt->retry = rgf_recovery_is_due(r, true, rgf_srtp_now());
	spin_unlock(&strays->lock);
	return 0;
}

static bool rgf_flow_is_quiet(const struct rgf_flow *flow, unsigned long now)
{
	return !flow->window.started ||
	       time_after_eq(now, flow->last + RGF_SUSPECT_TIME);
}

bool rgf_rx_is_due(struct rgf_srtp *srtp, struct rgf_stream *stream)
{
	unsigned long now = rgf_srtp_now();
	bool quiet;

	quiet = rgf_flow_is_quiet(&stream->flow[false], now) ||
		rgf_streams_may_go_back(srtp->streams,
					stream->recovery.went_back, now);
	return rgf_recovery_is_due(&stream->recovery, quiet, now);
}

/*
 * A peer that begins anew does so with RTCP, too, but there is nothing to find
 * out. Nothing but a quiet time tells it from a copy of an old packet.
 */
static int rgf_rtcp_failed(struct rgf_srtp *srtp, struct rgf_crypt *crypt,
			   int drop)
{
	struct rgf_stream *stream = crypt->stream;
	unsigned long now = rgf_srtp_now();

	if (drop != RGF_DROP(REPLAYED))
		return drop;
	spin_lock(&stream->lock);
	crypt->back = rgf_streams_may_go_back(srtp->streams,
					      stream->rtcp_went_back, now) &&
		      rgf_flow_is_quiet(&stream->flow[true], now);
	spin_unlock(&stream->lock);
	return crypt->back ? 0 : drop;
}

/* What is known of the place of a packet. */
static void rgf_rx_guess(struct rgf_srtp *srtp, const struct rgf_crypt *crypt,
			 const struct rgf_hint *hint, unsigned long now,
			 struct rgf_guess *guess)
{
	const struct rgf_stream *stream = crypt->stream;

	guess->est = crypt->index;
	guess->known = stream && stream->flow[false].window.started;
	guess->hint = -1;
	if (hint && !guess->known)
		guess->hint =
			rgf_index_estimate(&hint->window, crypt->pkt->seq);
	guess->back = guess->known &&
		      rgf_streams_may_go_back(srtp->streams,
					      stream->recovery.went_back, now);
}

/* A copy of a packet says nothing of its stream, a very old one may. */
static bool rgf_rx_is_failure(const struct rgf_crypt *crypt, int drop)
{
	const struct rgf_window *w;

	if (drop == RGF_DROP(AUTH_FAILED))
		return true;
	w = &crypt->stream->flow[false].window;
	return drop == RGF_DROP(REPLAYED) &&
	       rgf_window_is_past(w, crypt->index);
}

/* Counts the failure; is there another index to try? Under the lock of @r. */
static bool rgf_rx_try_again(struct rgf_srtp *srtp, struct rgf_crypt *crypt,
			     struct rgf_recovery *r,
			     const struct rgf_hint *hint, int drop)
{
	struct rgf_guess guess = { .tried = drop == RGF_DROP(AUTH_FAILED) };
	unsigned long now = rgf_srtp_now();
	s64 index;

	if (!rgf_rx_is_failure(crypt, drop))
		return false;
	rgf_rx_guess(srtp, crypt, hint, now, &guess);
	if (rgf_recovery_failed(r, now) && (guess.known || hint))
		crypt->events |= RGF_SRTP_EV_DESYNC;
	if (!crypt->retry || !rgf_recovery_next(r, &guess, now, &index))
		return false;
	crypt->index = index;
	crypt->back = guess.known &&
		      index <= crypt->stream->flow[false].window.top;
	return true;
}

static bool rgf_stray_failed(struct rgf_srtp *srtp, struct rgf_crypt *crypt,
			     struct rgf_hint *hint, int drop)
{
	struct rgf_strays *strays = &srtp->strays;
	struct rgf_recovery *r;
	bool again;

	spin_lock(&strays->lock);
	r = rgf_stray_recovery(strays, hint);
	again = rgf_rx_try_again(srtp, crypt, r, hint, drop);
	spin_unlock(&strays->lock);
	return again;
}

int rgf_rx_failed(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int drop)
{
	struct rgf_stream *stream = crypt->stream;
	const struct rgf_pkt *pkt = crypt->pkt;
	struct rgf_hint *hint;
	bool again;

	if (pkt->rtcp)
		return rgf_rtcp_failed(srtp, crypt, drop);
	if (crypt->retried)
		return drop;
	crypt->retried = true;
	hint = rgf_hint_find(&srtp->strays, pkt->ssrc);
	if (!stream)
		return rgf_stray_failed(srtp, crypt, hint, drop) ? 0 : drop;
	spin_lock(&stream->lock);
	again = rgf_rx_try_again(srtp, crypt, &stream->recovery, hint, drop);
	spin_unlock(&stream->lock);
	return again ? 0 : drop;
}

int rgf_rx_check_back(struct rgf_srtp *srtp, struct rgf_crypt *crypt)
{
	struct rgf_stream *stream = crypt->stream;
	u32 *used = crypt->pkt->rtcp ? &stream->rtcp_went_back
				     : &stream->recovery.went_back;
	u32 resync;

	resync = rgf_streams_may_go_back(srtp->streams, *used, rgf_srtp_now());
	if (!resync)
		return RGF_DROP(REPLAYED);
	*used = resync;
	return 0;
}
