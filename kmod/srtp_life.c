// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_life.h"

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "drop.h"
#include "srtp.h"
#include "srtp_index.h"

#define RGF_LIFE_BATCH_MAX 64
/* A batch is this part of what is left, so all streams hold 1/64 at most. */
#define RGF_LIFE_PART (64 * RINGFENCE_MAX_SSRCS)

struct rgf_life *rgf_life_new(void)
{
	struct rgf_life *life = kzalloc(sizeof(*life), GFP_KERNEL_ACCOUNT);

	if (!life)
		return NULL;
	refcount_set(&life->ref, 1);
	return life;
}

struct rgf_life *rgf_life_get(struct rgf_life *life)
{
	refcount_inc(&life->ref);
	return life;
}

void rgf_life_put(struct rgf_life *life)
{
	if (life && refcount_dec_and_test(&life->ref))
		kfree(life);
}

void rgf_life_limits(u64 packets[2], u64 wanted)
{
	wanted = wanted ?: U64_MAX;
	packets[false] = min_t(u64, wanted, RGF_SRTP_INDEX_MAX + 1);
	packets[true] = min_t(u64, wanted, RGF_SRTCP_INDEX_MAX + 1);
}

/* Takes a batch from the count. Returns its size, 0 at the end. */
static u32 rgf_life_take(struct rgf_life_limit *limit, bool rtcp, u64 *left)
{
	atomic64_t *taken = &limit->life->taken[rtcp];
	s64 old = atomic64_read(taken);
	u32 batch;

	do {
		*left = limit->packets[rtcp] -
			min_t(u64, old, limit->packets[rtcp]);
		if (!*left)
			return 0;
		batch = clamp_t(u64, *left / RGF_LIFE_PART, 1,
				RGF_LIFE_BATCH_MAX);
	} while (!atomic64_try_cmpxchg(taken, &old, old + batch));
	*left -= batch;
	return batch;
}

/* Once for each kind of packet. */
static u8 rgf_life_tell(struct rgf_life_limit *limit, bool rtcp, u64 left)
{
	u8 event = left ? RGF_SRTP_EV_KEY_LOW : RGF_SRTP_EV_KEY_USED;

	if (left > limit->packets[rtcp] / 8)
		return 0;
	return test_and_set_bit(__ffs(event) + 8 * rtcp, &limit->told) ? 0
								       : event;
}

void rgf_life_return(struct rgf_credit *credit, bool rtcp)
{
	if (!credit->life)
		return;
	atomic64_sub(credit->packets, &credit->life->taken[rtcp]);
	rgf_life_put(credit->life);
	*credit = (struct rgf_credit){};
}

int rgf_life_refill(struct rgf_life_limit *limit, struct rgf_credit *credit,
		    bool rtcp, u8 *events)
{
	u32 batch;
	u64 left;

	rgf_life_return(credit, rtcp);
	batch = rgf_life_take(limit, rtcp, &left);
	*events |= rgf_life_tell(limit, rtcp, left);
	if (!batch)
		return RGF_DROP(KEY_EXHAUSTED);
	credit->life = rgf_life_get(limit->life);
	credit->packets = batch - 1;
	return 0;
}
