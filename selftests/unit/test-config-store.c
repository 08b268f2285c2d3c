// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration on disk: each system call of a commit fails in turn, and
 * the power goes before each. Afterwards the file is the old one or the new.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/store.h"

static char dir[] = "/tmp/test-store-XXXXXX";
static char file[64];

/* What becomes of the calls that the store makes. */
static bool watched;
static unsigned int calls, fail_at; /* the first is 1; 0: none */
static bool power_cut; /* those after it fail too */
static bool short_writes;

/* What would be lost, or half there, after a power cut. */
static bool unsynced_data, unsynced_name;

static bool fails(void)
{
	if (!watched)
		return false;
	calls++;
	if (!fail_at || calls < fail_at || (calls > fail_at && !power_cut))
		return false;
	errno = EIO;
	return true;
}

int __real_openat64(int fd, const char *name, int flags, ...);
int __wrap_openat64(int fd, const char *name, int flags, mode_t mode);
int __wrap_openat64(int fd, const char *name, int flags, mode_t mode)
{
	return fails() ? -1 : __real_openat64(fd, name, flags, mode);
}

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n)
{
	return fails() ? -1 : __real_read(fd, p, n);
}

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	if (fails())
		return -1;
	if (watched)
		unsynced_data = true;
	return __real_write(fd, p, watched && short_writes && n > 3 ? 3 : n);
}

static bool is_dir(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return S_ISDIR(st.st_mode);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	if (fails())
		return -1;
	if (is_dir(fd))
		unsynced_name = false;
	else
		unsynced_data = false;
	return 0;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int err = __real_close(fd);

	return fails() ? -1 : err;
}

int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	if (fails())
		return -1;
	/* Else a name could come to lead to nothing. */
	assert_false(unsynced_data);
	unsynced_name = true;
	return __real_renameat(a, from, b, to);
}

int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags)
{
	return fails() ? -1 : __real_unlinkat(fd, name, flags);
}

int __real_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	return fails() ? -1 : __real_mkdirat(fd, name, mode);
}

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
	return fails() ? NULL : __real_fdopendir(fd);
}

struct dirent *__real_readdir64(DIR *d);
struct dirent *__wrap_readdir64(DIR *d);
struct dirent *__wrap_readdir64(DIR *d)
{
	return fails() ? NULL : __real_readdir64(d);
}

static void watch(unsigned int at, bool cut)
{
	calls = 0;
	fail_at = at;
	power_cut = cut;
	unsynced_data = false;
	unsynced_name = false;
	watched = true;
}

static struct store *open_store(void)
{
	struct store *s;

	assert_int_equal(store_new(file, &s), 0);
	return s;
}

static int commit(struct store *s, const char *text)
{
	struct store_entry e = { .when = "2026-11-27T00:00:00Z",
				 .who = "root",
				 .comment = "because of it" };

	return store_commit(s, text, &e);
}

/* The text without the line that the store put before it. */
static char *body(char *text)
{
	char *lf = strchr(text, '\n');

	return !strncmp(text, "# ringfence commit ", 19) && lf ? lf + 1 : text;
}

static void holds(struct store *s, unsigned int back, const char *want)
{
	char *text;
	size_t len;

	assert_int_equal(store_read(s, back, &text, &len), 0);
	assert_int_equal(strlen(text), len);
	assert_string_equal(body(text), want);
	free(text);
}

static void write_by_hand(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void start_anew(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s/*", dir);
	assert_int_equal(system(command), 0);
}

static unsigned int count_files(const char *name)
{
	unsigned int n = 0;
	DIR *d = opendir(name);

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_history(void **state)
{
	struct store_entry e[STORE_HISTORY_MAX];
	struct store *s;
	char text[32], history[80];
	size_t len;
	char *old;

	start_anew();
	s = open_store();
	assert_int_equal(store_history(s, e), 0);
	assert_int_equal(store_read(s, 0, &old, &len), -ENOENT);
	assert_int_equal(store_read(s, 1, &old, &len), -ENOENT);
	write_by_hand("by hand\n");
	for (int i = 1; i <= 30; i++) {
		snprintf(text, sizeof(text), "number %d\n", i);
		assert_int_equal(commit(s, text), 0);
		if (i > 2)
			continue;
		holds(s, (unsigned int)i, "by hand\n");
		assert_int_equal(store_history(s, e), i);
		assert_string_equal(e[i - 1].when, "");
		assert_int_equal(e[i - 1].number, 1);
	}
	for (unsigned int back = 0; back < STORE_HISTORY_MAX; back++) {
		snprintf(text, sizeof(text), "number %u\n", 30 - back);
		holds(s, back, text);
	}
	assert_int_equal(store_read(s, STORE_HISTORY_MAX, &old, &len), -ENOENT);
	assert_int_equal(store_history(s, e), STORE_HISTORY_MAX - 1);
	assert_int_equal(e[0].number, 30);
	assert_string_equal(e[0].when, "2026-11-27T00:00:00Z");
	assert_string_equal(e[0].who, "root");
	assert_string_equal(e[0].comment, "because of it");
	snprintf(history, sizeof(history), "%s.history", file);
	assert_int_equal(count_files(history), STORE_HISTORY_MAX);

	/* An edit by hand is what the next commit can go back to. */
	write_by_hand("edited\n");
	holds(s, 0, "edited\n");
	holds(s, 1, "number 30\n");
	assert_int_equal(commit(s, "last\n"), 0);
	holds(s, 0, "last\n");
	holds(s, 1, "edited\n");
	holds(s, 2, "number 30\n");
	store_free(s);
}

static void test_private(void **state)
{
	char history[80];
	struct store *s;
	struct stat st;

	start_anew();
	s = open_store();
	assert_int_equal(commit(s, "x\n"), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(history, sizeof(history), "%s.history", file);
	assert_int_equal(stat(history, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	store_free(s);
}

/* A link to the file stays one. */
static void test_link(void **state)
{
	char link[80];
	struct store *s;
	struct stat st;

	start_anew();
	write_by_hand("old\n");
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(file, link), 0);
	assert_int_equal(store_new(link, &s), 0);
	assert_int_equal(commit(s, "new\n"), 0);
	store_free(s);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	s = open_store();
	holds(s, 0, "new\n");
	store_free(s);
}

/*
 * Nothing of it is lost, and what came no further is not in it. It may have the
 * old one twice, if it couldn't be read, and so seemed to be edited by hand.
 */
static void check_history(struct store *s, bool is_new)
{
	unsigned int back = is_new ? 2 : 1;
	size_t len;
	char *text;

	do {
		assert_int_equal(store_read(s, back++, &text, &len), 0);
		if (!strcmp(body(text), "oldest\n"))
			break;
		assert_string_equal(body(text), "old\n");
		free(text);
	} while (true);
	free(text);
	assert_in_range(back, is_new ? 4 : 3, is_new ? 5 : 4);
	assert_int_equal(store_read(s, back, &text, &len), -ENOENT);
}

/* The file is one or the other; the store goes on from there. */
static void check_after(struct store *s, int ret, bool cut, bool first)
{
	static unsigned int times;
	char *text, next[32];
	size_t len;
	bool is_new;
	int r;

	watched = false;
	r = store_read(s, 0, &text, &len);
	if (first && r == -ENOENT) {
		is_new = false;
	} else {
		assert_int_equal(r, 0);
		is_new = !strcmp(body(text), "new\n");
		assert_true(is_new || (!first && !strcmp(body(text), "old\n")));
		free(text);
	}
	if (!ret) {
		assert_true(is_new);
		assert_false(unsynced_name);
	} else if (!cut) {
		assert_false(is_new);
	}
	snprintf(next, sizeof(next), "next %u\n", times++);
	assert_int_equal(commit(s, next), 0);
	holds(s, 0, next);
	if (is_new)
		holds(s, 1, "new\n");
	else if (!first)
		holds(s, 1, "old\n");
	/* Without a file, with which the daemon doesn't start, what came no
	 * further can't be told from what did. */
	if (!first)
		check_history(s, is_new);
}

static void fail_each(bool cut, bool first)
{
	unsigned int at = 1, failed = 0, n;

	do {
		struct store *s;
		int ret;

		start_anew();
		s = open_store();
		if (!first) {
			assert_int_equal(commit(s, "oldest\n"), 0);
			assert_int_equal(commit(s, "old\n"), 0);
		}
		watch(at, cut);
		ret = commit(s, "new\n");
		n = calls;
		failed += ret != 0;
		check_after(s, ret, cut, first);
		store_free(s);
	} while (n >= at++);
	assert_true(at > 20);
	assert_true(failed > 10);
	print_message("# %u calls, %u made the commit fail\n", at - 2, failed);
}

static void test_each_call_fails(void **state)
{
	fail_each(false, false);
}

static void test_each_call_fails_first(void **state)
{
	fail_each(false, true);
}

static void test_power_cut(void **state)
{
	fail_each(true, false);
}

static void test_power_cut_first(void **state)
{
	fail_each(true, true);
}

static void test_short_writes(void **state)
{
	struct store *s;

	start_anew();
	s = open_store();
	short_writes = true;
	watch(0, false);
	assert_int_equal(commit(s, "a longer text\n"), 0);
	watched = false;
	short_writes = false;
	holds(s, 0, "a longer text\n");
	store_free(s);
}

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/test.conf", dir);
	return 0;
}

static int teardown(void **state)
{
	start_anew();
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_each_call_fails),
		cmocka_unit_test(test_each_call_fails_first),
		cmocka_unit_test(test_power_cut),
		cmocka_unit_test(test_power_cut_first),
		cmocka_unit_test(test_short_writes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
