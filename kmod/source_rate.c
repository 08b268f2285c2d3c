// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bucket that has never been used, or not for long, is zero or in the past, and
 * needs no entry.
 */
#include "source_rate.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/ringfence.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define RGF_RATE_WAYS  8
#define RGF_RATE_SLOTS (RINGFENCE_MAX_RATE_SOURCES / RGF_RATE_WAYS)

struct rgf_rate_bucket {
	struct rgf_rate_source source;
	u64 full; /* as bucket.h has it */
};

struct rgf_rate_slot {
	spinlock_t lock; /* the buckets; softirq */
	struct rgf_rate_bucket buckets[RGF_RATE_WAYS];
};

struct rgf_rate_table {
	siphash_key_t key; /* or a stranger could choose whom to displace */
	struct rgf_rate_slot slots[RGF_RATE_SLOTS];
};

struct rgf_rate_table *rgf_rate_table_new(void)
{
	struct rgf_rate_table *table =
		kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!table)
		return NULL;
	get_random_bytes(&table->key, sizeof(table->key));
	for (i = 0; i < RGF_RATE_SLOTS; i++)
		spin_lock_init(&table->slots[i].lock);
	return table;
}

void rgf_rate_table_free(struct rgf_rate_table *table)
{
	kvfree(table);
}

/* The source's bucket, or that of the victim, made its own. */
static struct rgf_rate_bucket *
rgf_rate_bucket(struct rgf_rate_slot *slot,
		const struct rgf_rate_source *source)
{
	struct rgf_rate_bucket *bucket, *victim = slot->buckets;
	u32 i;

	for (i = 0; i < RGF_RATE_WAYS; i++) {
		bucket = &slot->buckets[i];
		if (bucket->source.addr == source->addr &&
		    bucket->source.limit == source->limit)
			return bucket;
		if (bucket->full < victim->full)
			victim = bucket;
	}
	victim->source = *source;
	victim->full = 0;
	return victim;
}

bool rgf_rate_table_take(struct rgf_rate_table *table,
			 const struct rgf_rate_source *source,
			 const struct rgf_bucket_rate *rate, u64 now)
{
	u32 hash = siphash_2u64(source->addr, source->limit, &table->key);
	struct rgf_rate_slot *slot =
		&table->slots[reciprocal_scale(hash, RGF_RATE_SLOTS)];
	struct rgf_rate_bucket *bucket;
	bool within;

	spin_lock(&slot->lock);
	bucket = rgf_rate_bucket(slot, source);
	within = rgf_bucket_take(&bucket->full, rate, now, 1);
	spin_unlock(&slot->lock);
	return within;
}
