// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/table.h"

#define N 5000

struct thing {
	int n;
	struct table_entry entry;
	char key[64];
};

static struct thing *things;

static int setup(void **state)
{
	things = calloc(N, sizeof(*things));
	return !things;
}

static int teardown(void **state)
{
	free(things);
	return 0;
}

static struct thing *find(const struct table *t, const char *key)
{
	struct table_entry *e = table_find(t, key);

	return e ? table_of(e, struct thing, entry) : NULL;
}

/* Keys of each length, of which many have the same begin, or end. */
static void fill(struct table *t)
{
	for (int i = 0; i < N; i++) {
		snprintf(things[i].key, sizeof(things[i].key), "%0*d%s",
			 1 + i % 40, i, i % 3 ? "" : "z9hG4bK");
		things[i].n = i;
		assert_true(table_add(t, &things[i].entry, things[i].key));
	}
}

/* With fewer buckets than entries, and with more. */
static void test_found(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 7, 64, 2 * N };
	struct table t;

	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		assert_int_equal(table_init(&t, sizes[k]), 0);
		fill(&t);
		for (int i = 0; i < N; i++) {
			char copy[64];

			strcpy(copy, things[i].key);
			assert_ptr_equal(find(&t, copy), &things[i]);
		}
		assert_null(find(&t, ""));
		assert_null(find(&t, "0x"));
		table_exit(&t);
	}
}

static void test_removed(void **state)
{
	struct table t;

	assert_int_equal(table_init(&t, 64), 0);
	fill(&t);
	for (int i = 0; i < N; i += 2)
		table_remove(&t, &things[i].entry);
	for (int i = 0; i < N; i++)
		assert_ptr_equal(find(&t, things[i].key),
				 i % 2 ? &things[i] : NULL);
	for (int i = 0; i < N; i += 2)
		assert_true(table_add(&t, &things[i].entry, things[i].key));
	for (int i = 0; i < N; i++)
		assert_ptr_equal(find(&t, things[i].key), &things[i]);
	table_exit(&t);
}

static void test_twice(void **state)
{
	struct thing a = { 0 }, b = { 0 };
	struct table t;

	assert_int_equal(table_init(&t, 1), 0);
	assert_true(table_add(&t, &a.entry, "key"));
	assert_false(table_add(&t, &b.entry, "key"));
	assert_ptr_equal(find(&t, "key"), &a);
	assert_true(table_add(&t, &b.entry, "kez"));
	table_replace(&t, &a.entry, &things[0].entry);
	assert_ptr_equal(find(&t, "key"), &things[0]);
	assert_ptr_equal(find(&t, "kez"), &b);
	assert_true(!table_add(&t, &a.entry, "key"));
	table_exit(&t);
	assert_null(table_find(&t, "key"));
}

static unsigned int longest(const struct table *t)
{
	unsigned int most = 0;

	for (uint32_t i = 0; i <= t->mask; i++) {
		unsigned int n = 0;

		for (struct table_entry *e = t->bucket[i]; e; e = e->next)
			n++;
		if (n > most)
			most = n;
	}
	return most;
}

/* They spread, by another secret each time; 5000 in 8192 have hardly 12 meet. */
static void test_spread(void **state)
{
	uint64_t first = 0;
	struct table t;

	for (int turn = 0; turn < 8; turn++) {
		assert_int_equal(table_init(&t, N), 0);
		fill(&t);
		assert_in_range(longest(&t), 2, 14);
		if (!turn)
			first = things[0].entry.hash;
		else
			assert_true(things[0].entry.hash != first);
		table_exit(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
