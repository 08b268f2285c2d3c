/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Token buckets, as the generic cell rate algorithm (ITU-T I.371, annex A): in
 * place of tokens and the time they were counted at, a bucket keeps the time at
 * which it will be full. Times are nanoseconds of the kernel's tick, in jiffies'
 * steps; a bucket is a tick's worth larger than its burst, so that the steps
 * cost no rate.
 */
#ifndef _RGF_BUCKET_H
#define _RGF_BUCKET_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/time64.h>
#include <linux/types.h>

#define RGF_BUCKET_TRIES 16 /* of CPUs that take at the same time */

struct rgf_bucket_rate {
	u64 interval; /* ns a token; 0: no limit */
	u64 depth; /* ns until an empty bucket is full */
};

/* @rate: tokens a second, 0: no limit; @burst: from 1 */
static inline struct rgf_bucket_rate rgf_bucket_rate(u32 rate, u32 burst)
{
	u64 interval = rate ? NSEC_PER_SEC / rate : 0;

	return (struct rgf_bucket_rate){ interval,
					 interval * burst + TICK_NSEC };
}

static inline u64 rgf_bucket_now(void)
{
	return get_jiffies_64() * TICK_NSEC;
}

/**
 * rgf_bucket_take() - take tokens, all or none
 * @full: the bucket; 0: full
 * @n: tokens
 *
 * Return: whether they were there
 */
static inline bool rgf_bucket_take(u64 *full, const struct rgf_bucket_rate *r,
				   u64 now, u32 n)
{
	u64 then = max(*full, now) + r->interval * n;

	if (then > now + r->depth)
		return false;
	*full = then;
	return true;
}

/* The same of a bucket that CPUs share without a lock. */
static inline bool rgf_bucket_take_shared(atomic64_t *full,
					  const struct rgf_bucket_rate *r,
					  u64 now, u32 n)
{
	s64 old = atomic64_read(full);
	unsigned int i;
	u64 then;

	for (i = 0; i < RGF_BUCKET_TRIES; i++) {
		then = old;
		if (!rgf_bucket_take(&then, r, now, n))
			return false;
		if (atomic64_try_cmpxchg(full, &old, then))
			return true;
	}
	return false;
}

#endif
