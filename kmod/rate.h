/* SPDX-License-Identifier: GPL-2.0-only */
/* How often something has happened in the second that its first time began. */
#ifndef _RGF_RATE_H
#define _RGF_RATE_H

#include <linux/jiffies.h>
#include <linux/spinlock.h>

struct rgf_rate {
	spinlock_t lock; /* what follows; softirq */
	unsigned long start; /* jiffies */
	unsigned int count; /* 0: never yet */
};

static inline void rgf_rate_init(struct rgf_rate *rate)
{
	spin_lock_init(&rate->lock);
}

/* It happens now: the how manyeth time of its second is it, from 1? Softirq. */
static inline unsigned int rgf_rate_count(struct rgf_rate *rate)
{
	unsigned int count;

	spin_lock(&rate->lock);
	if (!rate->count || time_after_eq(jiffies, rate->start + HZ)) {
		rate->start = jiffies;
		rate->count = 0;
	}
	count = ++rate->count;
	spin_unlock(&rate->lock);
	return count;
}

#endif
