/* SPDX-License-Identifier: GPL-2.0-only */
/* A token bucket for work that packets cause before they are authenticated. */
#ifndef _RGF_SRTP_BUDGET_H
#define _RGF_SRTP_BUDGET_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

/* Zeroed, it is full. The caller serialises. */
struct rgf_budget {
	unsigned long stamp; /* jiffies, when it was filled up to now */
	unsigned long left; /* jiffies; one token costs HZ / rate of them */
};

/* Is there a token? @rate: tokens a second, up to HZ; @burst: tokens. */
static inline bool rgf_budget_has(struct rgf_budget *b, unsigned long now,
				  unsigned int rate, unsigned int burst)
{
	b->left = min_t(unsigned long, b->left + (now - b->stamp),
			HZ / rate * burst);
	b->stamp = now;
	return b->left >= HZ / rate;
}

/* Takes a token, if there is one. */
static inline bool rgf_budget_take(struct rgf_budget *b, unsigned long now,
				   unsigned int rate, unsigned int burst)
{
	if (!rgf_budget_has(b, now, rate, burst))
		return false;
	b->left -= HZ / rate;
	return true;
}

#endif
