// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/table.h"

/* A prime, 2^61 - 1: what is above bit 61 is added to what is below. */
#define PRIME ((UINT64_C(1) << 61) - 1)

static uint64_t times_plus(uint64_t a, uint64_t b, uint64_t plus)
{
	unsigned __int128 n = (unsigned __int128)a * b + plus;
	uint64_t ret = (uint64_t)(n & PRIME) + (uint64_t)(n >> 61);

	return ret >= PRIME ? ret - PRIME : ret;
}

/*
 * The text, 7 bytes a digit, as a number of the base @secret, modulo PRIME: of all
 * secrets only one in PRIME / (length / 7) makes two texts meet.
 */
static uint64_t hash(uint64_t secret, const char *text)
{
	size_t len = strlen(text);
	uint64_t h = len, digit = 0;

	for (; len >= 7; len -= 7, text += 7) {
		memcpy(&digit, text, 7);
		h = times_plus(h, secret, digit);
	}
	digit = 0;
	memcpy(&digit, text, len);
	h = times_plus(h, secret, digit);
	return times_plus(h, secret, 0);
}

int table_init(struct table *t, uint32_t n)
{
	uint32_t size = 1;
	int ret = secret_random(&t->secret, sizeof(t->secret));

	if (ret < 0)
		return ret;
	t->secret %= PRIME;
	while (size < n)
		size *= 2;
	t->mask = size - 1;
	t->bucket = calloc(size, sizeof(t->bucket[0]));
	return t->bucket ? 0 : -ENOMEM;
}

void table_exit(struct table *t)
{
	free(t->bucket);
	memset(t, 0, sizeof(*t));
}

/* Where the one with that key is pointed to, or would be. */
static struct table_entry **place(const struct table *t, uint64_t h,
				  const char *key)
{
	struct table_entry **at = &t->bucket[h & t->mask];

	while (*at && ((*at)->hash != h || strcmp((*at)->key, key) != 0))
		at = &(*at)->next;
	return at;
}

struct table_entry *table_find(const struct table *t, const char *key)
{
	return t->bucket ? *place(t, hash(t->secret, key), key) : NULL;
}

bool table_add(struct table *t, struct table_entry *e, const char *key)
{
	uint64_t h = hash(t->secret, key);
	struct table_entry **at = place(t, h, key);

	if (*at)
		return false;
	*e = (struct table_entry){ .hash = h, .key = key };
	*at = e;
	return true;
}

static struct table_entry **place_of(const struct table *t,
				     const struct table_entry *e)
{
	struct table_entry **at = &t->bucket[e->hash & t->mask];

	while (*at != e)
		at = &(*at)->next;
	return at;
}

void table_remove(struct table *t, struct table_entry *e)
{
	*place_of(t, e) = e->next;
}

void table_replace(struct table *t, struct table_entry *e,
		   struct table_entry *to)
{
	*to = *e;
	*place_of(t, e) = to;
}
