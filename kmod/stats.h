/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters per CPU, of a leg or of a namespace. */
#ifndef _RGF_STATS_H
#define _RGF_STATS_H

#include <linux/percpu.h>
#include <linux/ringfence.h>
#include <linux/u64_stats_sync.h>

enum rgf_counter {
	RGF_RX_PACKETS,
	RGF_RX_BYTES,
	RGF_RX_RTCP_PACKETS,
	RGF_TX_PACKETS,
	RGF_TX_BYTES,
	RGF_TX_RTCP_PACKETS,
	RGF_DROPPED, /* the first of one per drop reason */
	RGF_NR_COUNTERS = RGF_DROPPED + __RINGFENCE_DROP_REASON_MAX,
};

struct rgf_counters {
	u64_stats_t n[RGF_NR_COUNTERS];
	struct u64_stats_sync syncp;
};

/* All zero; NULL without memory. Free with free_percpu(). */
struct rgf_counters __percpu *rgf_counters_new(void);

/* Adds up all CPUs, the unchanged @counters being NULL counts as zero. */
void rgf_counters_sum(const struct rgf_counters __percpu *counters,
		      u64 sum[RGF_NR_COUNTERS]);

/*
 * Counting is for softirq or disabled bottom halves. @packets, its bytes and
 * its RTCP counter are neighbours in enum rgf_counter.
 */
static inline void rgf_count_packet(struct rgf_counters __percpu *counters,
				    enum rgf_counter packets, unsigned int len,
				    bool rtcp)
{
	struct rgf_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->n[packets]);
	u64_stats_add(&c->n[packets + 1], len);
	if (unlikely(rtcp))
		u64_stats_inc(&c->n[packets + 2]);
	u64_stats_update_end(&c->syncp);
}

static inline void rgf_count_drop(struct rgf_counters __percpu *counters,
				  enum ringfence_drop_reason reason)
{
	struct rgf_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->n[RGF_DROPPED + reason]);
	u64_stats_update_end(&c->syncp);
}

#endif
