// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct rgf_sources *rgf_sources_new(u32 entries)
{
	u32 i, n = entries / RGF_SOURCE_WAYS;
	struct rgf_sources *sources;

	sources = kzalloc(sizeof(*sources), GFP_KERNEL_ACCOUNT);
	if (!sources)
		return NULL;
	sources->sets = kvcalloc(n, sizeof(*sources->sets), GFP_KERNEL_ACCOUNT);
	if (!sources->sets) {
		kfree(sources);
		return NULL;
	}
	sources->mask = n - 1;
	for (i = 0; i < n; i++)
		spin_lock_init(&sources->sets[i].lock);
	return sources;
}

void rgf_sources_free(struct rgf_sources *sources)
{
	if (!sources)
		return;
	kvfree(sources->sets);
	kfree(sources);
}

size_t rgf_sources_memory(const struct rgf_sources *sources)
{
	return sizeof(*sources) +
	       (sources->mask + 1ul) * sizeof(*sources->sets);
}

static void rgf_set_count(struct rgf_source_set *set, u32 *used, u32 *known)
{
	unsigned int i;

	spin_lock_bh(&set->lock);
	for (i = 0; i < RGF_SOURCE_WAYS; i++) {
		*used += set->tag[i] != 0;
		*known += set->tag[i] && set->way[i].known;
	}
	spin_unlock_bh(&set->lock);
}

void rgf_sources_count(struct rgf_sources *sources, u32 *used, u32 *known)
{
	u32 i;

	*used = 0;
	*known = 0;
	for (i = 0; i <= sources->mask; i++) {
		rgf_set_count(&sources->sets[i], used, known);
		cond_resched();
	}
}

static bool rgf_source_is_idle(const struct rgf_source *s, u32 now)
{
	return now - s->last >=
	       (u32)(s->known ? RGF_KNOWN_IDLE : RGF_NEWCOMER_IDLE);
}

/* The one that is idle longest, of those that may go; -1: none may. */
static int rgf_set_victim(const struct rgf_source_set *set, u32 now, bool force)
{
	const struct rgf_source *s;
	int i, victim = -1;

	for (i = 0; i < RGF_SOURCE_WAYS; i++) {
		s = &set->way[i];
		if (!rgf_source_is_idle(s, now) && (s->known || !force))
			continue;
		if (victim < 0 || now - s->last > now - set->way[victim].last)
			victim = i;
	}
	return victim;
}

static int rgf_set_free_way(const struct rgf_source_set *set, u32 hash)
{
	int i, home = rgf_source_home(hash);

	if (!set->tag[home])
		return home;
	for (i = 0; i < RGF_SOURCE_WAYS; i++)
		if (!set->tag[i])
			return i;
	return -1;
}

enum rgf_source_place rgf_source_add(struct rgf_source_set *set, u32 hash,
				     const u64 key[2], u8 class, u32 now,
				     bool force, struct rgf_source **ret)
{
	enum rgf_source_place place = RGF_SOURCE_FREE;
	int i = rgf_set_free_way(set, hash);

	if (i < 0) {
		i = rgf_set_victim(set, now, force);
		place = RGF_SOURCE_REPLACED;
	}
	if (i < 0)
		return RGF_SOURCE_NONE;
	set->tag[i] = rgf_source_tag(hash);
	set->way[i] = (struct rgf_source){
		.key = { key[0], key[1] },
		.last = now,
		.first = now,
		.window = now,
		.struck = now - HZ,
		.class = class,
	};
	*ret = &set->way[i];
	return place;
}

bool rgf_source_strike(struct rgf_source *s, u32 now, u32 n, u32 window,
		       u32 strikes)
{
	if (now - s->window >= window) {
		s->window = now;
		s->excess = 0;
		s->strikes = 0;
	}
	s->struck = now;
	s->strikes = min_t(u32, s->strikes + n, U16_MAX);
	if (!strikes || s->strikes < strikes)
		return false;
	s->strikes = 0;
	s->window = now;
	s->passed = 0;
	s->first = now;
	s->known = false;
	return true;
}
