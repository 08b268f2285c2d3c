/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the limits remember of a source in a class. The table has a fixed size,
 * in sets of eight entries; a hash with a secret key chooses the set. A packet
 * takes the lock of its set only, and allocates nothing.
 *
 * A source without an entry takes a free one of its set, or that of the source
 * that was idle longest, if it was for RGF_NEWCOMER_IDLE, or for RGF_KNOWN_IDLE
 * if it was known. Else it finds no place, and others keep theirs.
 */
#ifndef _RGF_SOURCE_H
#define _RGF_SOURCE_H

#include <linux/build_bug.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "addr.h"

#define RGF_SOURCE_WAYS	  8
#define RGF_NEWCOMER_IDLE (10 * HZ)
#define RGF_KNOWN_IDLE	  (7200 * HZ) /* two registrations' usual time */
/* A source is known that often, and that long after its first packet. */
#define RGF_KNOWN_PACKETS 8
#define RGF_KNOWN_AGE	  (10 * HZ)

struct rgf_source {
	u64 key[2]; /* address, beyond its prefix zero */
	u64 bucket; /* bucket.h */
	u32 last; /* jiffies of the last packet, as the following */
	u32 first;
	u32 window; /* start of the one that strikes count in */
	u32 struck; /* last strike */
	u32 passed; /* packets within the rate */
	u32 limited; /* packets that weren't */
	u32 excess; /* those since window */
	u16 strikes; /* since window */
	u8 class;
	bool known;
};

struct rgf_source_set {
	spinlock_t lock; /* what follows; softirq */
	u32 tag[RGF_SOURCE_WAYS]; /* of the hash; 0: free */
	struct rgf_source way[RGF_SOURCE_WAYS];
} ____cacheline_aligned;

struct rgf_sources {
	u32 mask; /* sets less one */
	struct rgf_source_set *sets;
};

/* @entries: a power of two; NULL without memory. Process context. */
struct rgf_sources *rgf_sources_new(u32 entries);
void rgf_sources_free(struct rgf_sources *sources); /* NULL is fine */

static inline u32 rgf_sources_entries(const struct rgf_sources *sources)
{
	return (sources->mask + 1) * RGF_SOURCE_WAYS;
}

size_t rgf_sources_memory(const struct rgf_sources *sources);

/* Waits for a while every now and then. Process context. */
void rgf_sources_count(struct rgf_sources *sources, u32 *used, u32 *known);

static inline struct rgf_source_set *
rgf_source_set(const struct rgf_sources *sources, u32 hash)
{
	return &sources->sets[hash & sources->mask];
}

static inline u32 rgf_source_tag(u32 hash)
{
	return hash ?: 1;
}

static inline bool rgf_source_is(const struct rgf_source *s, const u64 key[2],
				 u8 class)
{
	return s->key[1] == key[1] && s->key[0] == key[0] && s->class == class;
}

/* Where a source is if it came in when that place was free. */
static inline unsigned int rgf_source_home(u32 hash)
{
	return hash >> 29;
}

/* The source's entry, or NULL. The lock of the set is held, as below. */
static inline struct rgf_source *rgf_source_find(struct rgf_source_set *set,
						 u32 hash, const u64 key[2],
						 u8 class)
{
	unsigned int i = rgf_source_home(hash), n;
	u32 tag = rgf_source_tag(hash);

	BUILD_BUG_ON(RGF_SOURCE_WAYS != 8);
	for (n = 0; n < RGF_SOURCE_WAYS; n++, i = (i + 1) % RGF_SOURCE_WAYS)
		if (set->tag[i] == tag &&
		    rgf_source_is(&set->way[i], key, class))
			return &set->way[i];
	return NULL;
}

/* What became of rgf_source_add(). */
enum rgf_source_place {
	RGF_SOURCE_FREE,
	RGF_SOURCE_REPLACED,
	RGF_SOURCE_NONE,
};

/**
 * rgf_source_add() - an entry for a source that has none
 * @now: jiffies
 * @force: also take the place of a newcomer that isn't idle
 * @ret: the entry, with first, last and window set; untouched if there is none
 */
enum rgf_source_place rgf_source_add(struct rgf_source_set *set, u32 hash,
				     const u64 key[2], u8 class, u32 now,
				     bool force, struct rgf_source **ret);

/* A packet was within the rate. */
static inline void rgf_source_passed(struct rgf_source *s, u32 now)
{
	s->passed++;
	s->last = now;
	if (!s->known && s->passed >= RGF_KNOWN_PACKETS &&
	    now - s->first >= RGF_KNOWN_AGE)
		s->known = true;
}

/**
 * rgf_source_strike() - strike a source
 * @n: so many times
 * @window: jiffies
 * @strikes: how many are enough; 0: never
 *
 * Return: whether it was enough; then it starts anew, and is no more known
 */
bool rgf_source_strike(struct rgf_source *s, u32 now, u32 n, u32 window,
		       u32 strikes);

#endif
