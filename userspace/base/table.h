/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table of what has a text as its key, which may be a stranger's: the hash is
 * secret, so that nobody can choose keys that meet. Beside a tree of 30,000, whose
 * nodes are seldom in the cache, it saves waiting for memory.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A member of what is found. */
struct table_entry {
	struct table_entry *next; /* of those that met */
	uint64_t hash;
	const char *key; /* as long as it is in the table */
};

struct table {
	struct table_entry **bucket; /* NULL: not there, nothing is found */
	uint32_t mask;
	uint64_t secret;
};

/* What @e, which is not NULL, is the @member of. */
#define table_of(e, type, member) \
	((type *)(void *)((char *)(e)-offsetof(type, member)))

/* For some @n entries; with many more it becomes slow. 0 or -errno. */
int table_init(struct table *t, uint32_t n);
void table_exit(struct table *t); /* what was in it is the caller's */

/* NULL: none has that key. */
struct table_entry *table_find(const struct table *t, const char *key);
/* False: another one has its key; nothing has changed. */
bool table_add(struct table *t, struct table_entry *e, const char *key);
/* It must be in the table. */
void table_remove(struct table *t, struct table_entry *e);
/* @to, which is in none, takes the place and the key of @e. */
void table_replace(struct table *t, struct table_entry *e,
		   struct table_entry *to);

#endif
