// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

/* Linked with --wrap: what the memory held when it was freed. */
static const uint8_t *watched;
static uint8_t at_free[64];

void __real_free(void *p);
void __wrap_free(void *p);
void __wrap_free(void *p)
{
	if (p && p == watched) {
		memcpy(at_free, p, sizeof(at_free));
		watched = NULL;
	}
	__real_free(p);
}

static const uint8_t zeros[64];

static void test_wipe(void **state)
{
	uint8_t key[66];

	memset(key, 0x5a, sizeof(key));
	secret_wipe(key + 1, 64);
	assert_memory_equal(key + 1, zeros, 64);
	assert_int_equal(key[0], 0x5a);
	assert_int_equal(key[65], 0x5a);
}

static void test_wiped_free(void **state)
{
	uint8_t *key = malloc(64);

	assert_non_null(key);
	memset(key, 0x5a, 64);
	memset(at_free, 0xff, sizeof(at_free));
	watched = key;
	secret_free(key, 64);
	assert_null(watched);
	assert_memory_equal(at_free, zeros, 64);
	secret_free(NULL, 64);
}

static void test_random(void **state)
{
	/* More than one getrandom() gives without being interrupted. */
	static uint8_t a[1000], b[1000];

	assert_int_equal(secret_random(a, sizeof(a)), 0);
	assert_int_equal(secret_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a + sizeof(a) - 64, zeros, 64);
	assert_int_equal(secret_random(a, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_wiped_free),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
