// SPDX-License-Identifier: GPL-2.0-or-later
/* The key log's file: who may read it, and for how long it is written. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cert/keylog.h"

static char dir[] = "/tmp/test-keylog-XXXXXX";
static char file[64];

/* Linked with --wrap: time goes by when the test says so. */
static time_t now;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	*ret = (struct timespec){ .tv_sec = now };
	return 0;
}

static void start(unsigned int seconds)
{
	assert_int_equal(keylog_start(seconds), 0);
}

static off_t size(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_size;
}

static void test_seconds(void **state)
{
	static const struct {
		time_t later;
		unsigned int left;
	} cases[] = {
		{ 0, 10 }, { 1, 9 }, { 9, 1 }, { 10, 0 }, { 11, 0 },
	};

	now = 1000;
	assert_int_equal(keylog_seconds(), 0);
	start(10);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		now = 1000 + cases[i].later;
		assert_int_equal(keylog_seconds(), cases[i].left);
	}
	/* The longest that is allowed. */
	start(KEYLOG_SECONDS_MAX);
	assert_int_equal(keylog_seconds(), KEYLOG_SECONDS_MAX);
	keylog_stop(false);
	assert_int_equal(keylog_seconds(), 0);
}

static void test_end(void **state)
{
	now = 1000;
	start(10);
	keylog_write("one");
	assert_int_equal(size(), 4);
	now = 1009;
	keylog_write("two");
	assert_int_equal(size(), 8);
	now = 1010;
	keylog_write("late");
	assert_int_equal(size(), 8);
}

/* Whatever the process's umask would allow. */
static void test_private(void **state)
{
	struct stat st;

	start(10);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* What others put in its place is neither followed nor written to. */
static void test_in_its_place(void **state)
{
	char other[64];
	struct stat st;
	int fd;

	snprintf(other, sizeof(other), "%s/other", dir);
	fd = open(other, O_CREAT | O_WRONLY, 0666);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(symlink(other, file), 0);
	start(10);
	keylog_write("line");
	assert_int_equal(lstat(file, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_size, 0);
	unlink(other);
}

static void test_anew(void **state)
{
	start(10);
	keylog_write("old");
	start(10);
	assert_int_equal(size(), 0);
	keylog_stop(false);
	assert_int_equal(size(), 0);
	keylog_stop(true);
	assert_int_equal(access(file, F_OK), -1);
	keylog_write("nowhere");
	assert_int_equal(access(file, F_OK), -1);
	/* One of a daemon that was killed. */
	start(10);
	keylog_set_file(file);
	assert_int_equal(access(file, F_OK), -1);
	keylog_set_file(NULL);
	assert_string_equal(keylog_file(), "");
	assert_int_equal(keylog_start(10), -ENOENT);
}

static void test_bytes(void **state)
{
	const size_t len = KEYLOG_BYTES_MAX / 4;
	char *line = malloc(len);

	assert_non_null(line);
	memset(line, 'x', len - 1);
	line[len - 1] = '\0';
	start(10);
	for (int i = 0; i < 5; i++)
		keylog_write(line);
	free(line);
	assert_int_equal(size(), KEYLOG_BYTES_MAX);
	keylog_write("");
	assert_int_equal(size(), KEYLOG_BYTES_MAX);
}

/* Debian's wolfSSL tells nobody its secrets. */
static void test_unable(void **state)
{
	assert_int_equal(keylog_start(10), -ENOTSUP);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(keylog_seconds(), 0);
}

static int setup(void **state)
{
	keylog_set_file(file);
	return 0;
}

static int teardown(void **state)
{
	keylog_set_file(NULL);
	return 0;
}

static bool make_dir(void)
{
	umask(0);
	if (!mkdtemp(dir))
		return false;
	snprintf(file, sizeof(file), "%s/keys", dir);
	return true;
}

static bool is_able(void)
{
	int r;

	keylog_set_file(file);
	r = keylog_start(1);
	keylog_set_file(NULL);
	return r != -ENOTSUP;
}

static int remove_dir(void **state)
{
	return rmdir(dir);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_seconds),	 TEST(test_end),  TEST(test_private),
		TEST(test_in_its_place), TEST(test_anew), TEST(test_bytes),
	};

	const struct CMUnitTest without[] = { TEST(test_unable) };

	if (!make_dir())
		return 1;
	if (!is_able())
		return cmocka_run_group_tests(without, NULL, remove_dir);
	return cmocka_run_group_tests(tests, NULL, remove_dir);
}
