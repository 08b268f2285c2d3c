// SPDX-License-Identifier: GPL-2.0-only
#include "rtpstat.h"

#include <linux/math64.h>

void rgf_rtpstats_init(struct rgf_rtpstats *stats)
{
	spin_lock_init(&stats->lock);
	stats->recent = stats->stream;
}

struct rgf_rtpstat *rgf_rtpstats_find_any(struct rgf_rtpstats *stats, u32 ssrc)
{
	unsigned int i, oldest = 0;
	struct rgf_rtpstat *s;

	for (i = 0; i < RINGFENCE_MAX_STREAMS; i++) {
		s = &stats->stream[i];
		if (s->ssrc == ssrc && s->packets)
			goto found;
		if (s->last < stats->stream[oldest].last)
			oldest = i;
	}
	s = &stats->stream[oldest];
	*s = (struct rgf_rtpstat){ .ssrc = ssrc };
found:
	stats->recent = s;
	return s;
}

bool rgf_rtpstats_get(struct rgf_rtpstats *stats, unsigned int n,
		      struct rgf_rtpstat *ret)
{
	spin_lock_bh(&stats->lock);
	*ret = stats->stream[n];
	spin_unlock_bh(&stats->lock);
	return ret->packets;
}

u32 rgf_rtpstat_lost(const struct rgf_rtpstat *s)
{
	u64 expected = (u64)(s->top - s->base) + 1;

	return expected > s->packets ? expected - s->packets : 0;
}

u32 rgf_rtpstat_jitter(const struct rgf_rtpstat *s, u32 clock_rate)
{
	return div_u64((u64)(s->jitter >> 4) * USEC_PER_SEC, clock_rate);
}
