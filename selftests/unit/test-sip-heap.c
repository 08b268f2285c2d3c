// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sip/heap.h"

#define N_SIZES 20000

/* How does a process end that does it? */
static int end_of(void (*what)(void))
{
	const struct rlimit none = { 0 };
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		setrlimit(RLIMIT_CORE, &none);
		close(STDERR_FILENO);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool aborts(void (*what)(void))
{
	int status = end_of(what);

	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT
				   : WEXITSTATUS(status) != 0;
}

/* Each size, before and after it was kept: aligned, and as large as asked for. */
static void test_sizes(void **state)
{
	for (int turn = 0; turn < 2; turn++) {
		for (size_t size = 0; size <= N_SIZES; size += 7) {
			unsigned char *p = heap_alloc(size);
			unsigned char *q = heap_zalloc(size);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t),
					 0);
			memset(p, 0xaa, size);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(q[i], 0);
			heap_free(q);
			heap_free(p);
		}
	}
	heap_free(NULL);
}

static void test_grow(void **state)
{
	char *p = heap_realloc(NULL, 3);

	memcpy(p, "ab", 3);
	for (size_t size = 3; size < N_SIZES; size = size * 2 + 1) {
		p = heap_realloc(p, size);
		assert_string_equal(p, "ab");
	}
	p = heap_realloc(p, 2);
	assert_memory_equal(p, "ab", 2);
	heap_free(p);
}

/* More than is kept; what is too much goes back. */
static void test_many(void **state)
{
	static void *p[3 * HEAP_KEPT_MAX / 16384];
	const size_t n = sizeof(p) / sizeof(p[0]);

	for (int turn = 0; turn < 3; turn++) {
		for (size_t i = 0; i < n; i++) {
			p[i] = heap_alloc(16384);
			assert_non_null(p[i]);
		}
		for (size_t i = 0; i < n; i++)
			heap_free(p[i]);
	}
	assert_null(heap_alloc(SIZE_MAX));
}

static void before_begin(void)
{
	char *volatile p = heap_alloc(40);

	p[-1] ^= 1;
	heap_free(p);
}

static void twice(void)
{
	void *volatile p = heap_alloc(100);

	heap_free(p);
	heap_free(p);
}

static void large_twice(void)
{
	void *volatile p = heap_alloc(N_SIZES);

	heap_free(p);
	heap_free(p);
}

static void not_ours(void)
{
	static char memory[64];

	heap_free(memory + 32);
}

static void nothing_wrong(void)
{
	heap_free(heap_alloc(40));
}

static void test_guard(void **state)
{
	assert_false(aborts(nothing_wrong));
	assert_true(aborts(before_begin));
	assert_true(aborts(twice));
	assert_true(aborts(large_twice));
	assert_true(aborts(not_ours));
}

/* Wiped, but if it was said that there will be no secret. Only what is kept can be
 * looked at afterwards. */
static void test_wiped(void **state)
{
#ifndef __clang__ /* which builds with ASan */
	char *volatile p = heap_alloc(64);

	memset(p, 's', 64);
	heap_free(p);
	for (size_t i = sizeof(void *); i < 64; i++)
		assert_int_equal(p[i], 0);
	p = heap_alloc(64);
	memset(p, 's', 64);
	heap_plain(p);
	heap_free(p);
	assert_int_equal(p[63], 's');
	/* The next one of that room may have secrets again. */
	p = heap_alloc(64);
	memset(p, 's', 64);
	heap_free(p);
	assert_int_equal(p[63], 0);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_grow),
		cmocka_unit_test(test_many),  cmocka_unit_test(test_guard),
		cmocka_unit_test(test_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
