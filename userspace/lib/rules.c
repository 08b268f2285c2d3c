// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules.h"

struct rgf_rules *rgf_rules_new(void)
{
	struct rgf_rules *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->default_local = RINGFENCE_VERDICT_DROP;
	r->default_network = RINGFENCE_VERDICT_ACCEPT;
	return r;
}

void rgf_rules_free(struct rgf_rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_sets; i++)
		free(r->sets[i].entries);
	free(r->rules);
	free(r);
}

/* More room in an array, twice as much each time. */
static void *more_room(void *array, size_t *room, size_t n, size_t size)
{
	size_t want = *room ? *room * 2 : 16;

	if (n < *room)
		return array;
	array = reallocarray(array, want, size);
	if (array)
		*room = want;
	return array;
}

struct rgf_rule *rgf_rules_add(struct rgf_rules *r)
{
	struct rgf_rule *rules;

	if (r->n_rules == RINGFENCE_MAX_RULES)
		return NULL;
	rules = more_room(r->rules, &r->rules_room, r->n_rules,
			  sizeof(*r->rules));
	if (!rules)
		return NULL;
	r->rules = rules;
	memset(&rules[r->n_rules], 0, sizeof(*rules));
	return &rules[r->n_rules++];
}

struct rgf_address_set *rgf_rules_set_find(struct rgf_rules *r,
					   const char *name, bool add)
{
	struct rgf_address_set *set;

	for (size_t i = 0; i < r->n_sets; i++)
		if (strcmp(r->sets[i].name, name) == 0)
			return &r->sets[i];
	if (!add || r->n_sets == RINGFENCE_MAX_ADDRESS_SETS)
		return NULL;
	set = &r->sets[r->n_sets++];
	snprintf(set->name, sizeof(set->name), "%s", name);
	return set;
}

int rgf_address_set_add(struct rgf_address_set *set,
			const struct rgf_prefix *prefix)
{
	struct rgf_prefix *entries;

	if (set->n == RINGFENCE_MAX_SET_ENTRIES)
		return -ENOSPC;
	entries = more_room(set->entries, &set->room, set->n, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	set->entries = entries;
	entries[set->n++] = *prefix;
	return 0;
}
