// SPDX-License-Identifier: GPL-2.0-only
#include "stats.h"

#include <linux/gfp.h>
#include <linux/string.h>

struct rgf_counters __percpu *rgf_counters_new(void)
{
	struct rgf_counters __percpu *counters;
	int cpu;

	counters = alloc_percpu_gfp(struct rgf_counters, GFP_KERNEL_ACCOUNT);
	if (!counters)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counters, cpu)->syncp);
	return counters;
}

void rgf_counters_sum(const struct rgf_counters __percpu *counters,
		      u64 sum[RGF_NR_COUNTERS])
{
	const struct rgf_counters *c;
	u64 n[RGF_NR_COUNTERS];
	unsigned int start, i;
	int cpu;

	memset(sum, 0, sizeof(u64) * RGF_NR_COUNTERS);
	if (!counters)
		return;
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(counters, cpu);
		do {
			start = u64_stats_fetch_begin(&c->syncp);
			for (i = 0; i < RGF_NR_COUNTERS; i++)
				n[i] = u64_stats_read(&c->n[i]);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		for (i = 0; i < RGF_NR_COUNTERS; i++)
			sum[i] += n[i];
	}
}
