/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reception statistics by SSRC (RFC 3550, 6.4.1 and A.3, A.8) of one leg. They
 * tell, they never decide: a stream that is forgotten loses its numbers only.
 */
#ifndef _RGF_RTPSTAT_H
#define _RGF_RTPSTAT_H

#include <linux/math64.h>
#include <linux/ringfence.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "parse.h"

/* 0 packets: a free place. */
struct rgf_rtpstat {
	u32 ssrc;
	u32 base; /* extended sequence numbers: the first, */
	u32 top; /* and the highest */
	u32 jitter; /* RFC 3550, A.8: 16 times, in timestamp units */
	u32 transit;
	u64 packets;
	u64 bytes; /* RTP payload */
	u64 last; /* when, ktime_get_ns() */
};

struct rgf_rtpstats {
	spinlock_t lock; /* all of it; softirq */
	struct rgf_rtpstat *recent; /* where the last packet was counted */
	struct rgf_rtpstat stream[RINGFENCE_MAX_STREAMS];
};

void rgf_rtpstats_init(struct rgf_rtpstats *stats);

/* Not the last one's: the place of @ssrc, or the one that it takes. */
struct rgf_rtpstat *rgf_rtpstats_find_any(struct rgf_rtpstats *stats, u32 ssrc);

static inline struct rgf_rtpstat *rgf_rtpstats_find(struct rgf_rtpstats *stats,
						    u32 ssrc)
{
	struct rgf_rtpstat *s = stats->recent;

	if (likely(s->ssrc == ssrc && s->packets))
		return s;
	return rgf_rtpstats_find_any(stats, ssrc);
}

/*
 * The extended sequence number nearest to the highest. One from more than half
 * the space back can't be told from one ahead, which is what A.1 has, too.
 */
static inline u32 rgf_rtpstat_extend(const struct rgf_rtpstat *s, u16 seq)
{
	return s->top + (s16)(seq - (u16)s->top);
}

/* RFC 3550, A.8; the difference of two transits fits, whatever the clocks. */
static inline void rgf_rtpstat_jitter_add(struct rgf_rtpstat *s, u32 timestamp,
					  u32 clock_rate, u64 now)
{
	/* now * rate wraps as the timestamps do: modulo 2^32, exact to 1 us. */
	u32 arrival = mul_u64_u32_div(now, clock_rate, NSEC_PER_SEC);
	u32 transit = arrival - timestamp;
	s32 d = transit - s->transit;

	s->transit = transit;
	if (likely(s->packets))
		s->jitter += abs(d) - ((s->jitter + 8) >> 4);
}

/**
 * rgf_rtpstats_count() - count an accepted RTP packet
 * @stats: of the leg it came in on
 * @pkt: parsed and unprotected
 * @clock_rate: of its timestamps, Hz
 * @now: ktime_get_ns()
 *
 * The victim when all places are taken is the stream silent longest. Softirq.
 */
static inline void rgf_rtpstats_count(struct rgf_rtpstats *stats,
				      const struct rgf_pkt *pkt, u32 clock_rate,
				      u64 now)
{
	struct rgf_rtpstat *s;
	u32 seq;

	spin_lock(&stats->lock);
	s = rgf_rtpstats_find(stats, pkt->ssrc);
	if (unlikely(!s->packets)) {
		/* One cycle up, so that what was reordered stays positive. */
		s->base = 0x10000 | pkt->seq;
		s->top = s->base;
	}
	seq = rgf_rtpstat_extend(s, pkt->seq);
	if ((s32)(seq - s->top) > 0)
		s->top = seq;
	rgf_rtpstat_jitter_add(s, pkt->timestamp, clock_rate, now);
	s->packets++;
	s->bytes += pkt->len - pkt->hdr_len;
	s->last = now;
	spin_unlock(&stats->lock);
}

/* A copy to show; false if there is none with this number. Process context. */
bool rgf_rtpstats_get(struct rgf_rtpstats *stats, unsigned int n,
		      struct rgf_rtpstat *ret);

/* Packets expected but not received, 0 if duplicates outweigh them. */
u32 rgf_rtpstat_lost(const struct rgf_rtpstat *s);

/* Microseconds. */
u32 rgf_rtpstat_jitter(const struct rgf_rtpstat *s, u32 clock_rate);

#endif
