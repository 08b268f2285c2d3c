// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of the calls' records: whose slot is whose, and what a kill leaves. */
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

#include "base/notify.h"
#include "media/media.h"
#include "sip/call.h"
#include "sip/store.h"

#define SESSION 34
#define ALL	(-1)

static char dir[] = "/tmp/test-sip-store-XXXXXX";
static char file[sizeof(dir) + 16];
static int writes = ALL; /* that succeed; after them the daemon is dead */
static bool disk_full; /* only half of any write has room */

uint32_t media_call_session(const struct media_call *mc)
{
	return SESSION;
}

ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (writes == 0) {
		errno = EIO;
		return -1;
	}
	if (writes > 0)
		writes--;
	if (disk_full && n > 1)
		n /= 2;
	return __real_pwrite64(fd, p, n, at);
}

static struct call call(uint32_t number)
{
	static struct gateway gw[2] = { { .name = "inside" },
					{ .name = "outside" } };
	static const struct dialog d = {
		.call_id = (char *)"id@host",
		.local_tag = (char *)"l1",
		.remote_tag = (char *)"r1",
		.local = (char *)"<sip:a@10.0.0.1>",
		.remote = (char *)"<sip:b@10.0.0.2>",
		.target = (char *)"sip:b@10.0.0.2:5070",
	};
	struct call c = {
		.number = number,
		.media = (struct media_call *)&gw, /* any */
		.start = 1600000000,
		.since = 1700000000,
		.caller = "alice",
		.called = "bob",
	};

	for (unsigned int i = 0; i < 2; i++) {
		c.leg[i].gw = &gw[i];
		c.leg[i].dialog = d;
	}
	return c;
}

/* Its text takes @n pages. */
static void make_long(struct call *c, unsigned int n)
{
	static char name[SIP_RECORD_MAX + 1];

	memset(name, 'n', sizeof(name) - 1);
	name[(n - 1) * 4096 + 100] = '\0';
	c->leg[0].dialog.local = name;
}

struct found {
	unsigned int n;
	uint32_t number[16], cseq[16];
	unsigned int slot[16];
	size_t local[16]; /* its length, in leg 0 */
	uint32_t unwanted; /* this number */
};

static int found(struct store_record *r, void *arg)
{
	struct found *f = arg;

	assert_true(f->n < 16);
	f->number[f->n] = r->number;
	f->slot[f->n] = r->slot;
	f->cseq[f->n] = r->leg[1].dialog.remote_cseq;
	f->local[f->n] = strlen(r->leg[0].dialog.local);
	f->n++;
	return r->number == f->unwanted ? -ENOENT : 0;
}

/* As after a restart. */
static struct found read_back(uint32_t unwanted)
{
	struct found f = { .unwanted = unwanted };

	writes = ALL;
	store_exit();
	assert_int_equal(store_init(file), 0);
	store_each(found, &f);
	return f;
}

static off_t slots(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return (st.st_size + SIP_RECORD_MAX - 1) / SIP_RECORD_MAX;
}

static int count(const struct notify_entry *e, void *arg)
{
	if (e->kind == notify_kind(NOTIFY_SIP_CALL_VOLATILE))
		++*(unsigned int *)arg;
	return 0;
}

static unsigned int volatiles(void)
{
	unsigned int n = 0;

	notify_each(0, count, &n);
	return n;
}

static int open_store(void **state)
{
	unlink(file);
	writes = ALL;
	return store_init(file);
}

static int close_store(void **state)
{
	store_exit();
	return unlink(file);
}

static void test_save(void **state)
{
	struct call a = call(1), b = call(2), none = call(3);
	struct found f;
	struct stat st;

	none.media = NULL;
	store_save(&a);
	store_save(&b);
	store_save(&none);
	assert_int_equal(none.slot, 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	f = read_back(0);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.number[0], 1);
	assert_int_equal(f.number[1], 2);
	assert_int_equal(f.slot[0], a.slot);
	assert_int_equal(f.slot[1], b.slot);
	store_save(&none); /* nothing of what is there is in its way */
	none.media = a.media;
	store_save(&none);
	assert_int_equal(none.slot, 3);
}

static void test_overwrite(void **state)
{
	struct call a = call(1), b = call(2);
	struct found f;

	store_save(&a);
	store_save(&b);
	for (unsigned int pages = 1; pages <= 4; pages++) {
		for (unsigned int less = 1; less <= pages; less++) {
			make_long(&a, pages);
			store_save(&a);
			make_long(&a, less);
			a.leg[1].dialog.remote_cseq++;
			store_save(&a);
			f = read_back(0);
			assert_int_equal(f.n, 2);
			assert_int_equal(f.slot[0], 1);
			assert_int_equal(f.local[0],
					 strlen(a.leg[0].dialog.local));
			assert_int_equal(f.cseq[0],
					 a.leg[1].dialog.remote_cseq);
		}
	}
	assert_int_equal(slots(), 2);
}

static void test_delete(void **state)
{
	struct call c[4] = { call(1), call(2), call(3), call(4) };
	struct found f;

	for (unsigned int i = 0; i < 3; i++)
		store_save(&c[i]);
	store_delete(&c[1]);
	assert_int_equal(c[1].slot, 0);
	store_delete(&c[1]);
	store_delete(&c[0]);
	store_save(&c[3]);
	assert_int_equal(c[3].slot, 1);
	f = read_back(0);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.number[0], 4);
	assert_int_equal(f.number[1], 3);
	read_back(3);
	assert_int_equal(slots(), 1); /* the end is cut off */
	f = read_back(4);
	assert_int_equal(f.n, 1);
	assert_int_equal(slots(), 0);
}

static void test_full(void **state)
{
	struct call *c = calloc(SIP_CALLS_MAX + 1, sizeof(*c));
	unsigned int before = volatiles(), last = SIP_CALLS_MAX;

	assert_non_null(c);
	for (unsigned int i = 0; i <= SIP_CALLS_MAX; i++) {
		c[i] = call(i + 1);
		store_save(&c[i]);
		assert_int_equal(c[i].slot, i < last ? i + 1 : 0);
	}
	assert_int_equal(volatiles(), before + 1);
	assert_int_equal(slots(), SIP_CALLS_MAX);
	store_delete(&c[77]);
	store_save(&c[last]);
	assert_int_equal(c[last].slot, 78);
	store_delete(&c[last]);
	while (last > 4096)
		store_delete(&c[--last]);
	assert_int_equal(slots(), 4096);
	for (unsigned int i = 0; i < last; i++)
		store_delete(&c[i]);
	assert_int_equal(slots(), 0);
	free(c);
}

/* A call in 65 slots doesn't make and cut the file each time. */
static void test_kept(void **state)
{
	struct call c[65];

	for (unsigned int i = 0; i < 65; i++) {
		c[i] = call(i + 1);
		store_save(&c[i]);
	}
	for (unsigned int i = 64; i > 32; i--)
		store_delete(&c[i]);
	assert_int_equal(slots(), 65);
	store_delete(&c[32]);
	assert_int_equal(slots(), 32);
	for (unsigned int i = 0; i < 32; i++)
		store_delete(&c[i]);
	assert_int_equal(slots(), 32);
}

static void test_too_long(void **state)
{
	struct call a = call(1);
	unsigned int before = volatiles();

	store_save(&a);
	make_long(&a, 4);
	store_save(&a);
	assert_int_equal(a.slot, 1);
	a.leg[1].dialog.local = a.leg[0].dialog.local;
	store_save(&a);
	assert_int_equal(a.slot, 0);
	assert_int_equal(volatiles(), before + 1);
	assert_int_equal(read_back(0).n, 0);
}

/* Whenever it is killed, there is the old one, the new one, or none. */
static void test_killed(void **state)
{
	static const unsigned int pages[][2] = {
		{ 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 }, { 3, 4 },
	};

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		for (int n = 0; n <= 3; n++) {
			struct call a = call(1);
			struct found f;
			size_t old;

			make_long(&a, pages[i][0]);
			old = strlen(a.leg[0].dialog.local);
			store_save(&a);
			make_long(&a, pages[i][1]);
			a.leg[1].dialog.remote_cseq++;
			writes = n;
			store_save(&a);
			f = read_back(1); /* and it is gone */
			if (n == 0)
				assert_int_equal(f.local[0], old);
			else if (pages[i][1] > 1 && n < 3)
				assert_int_equal(f.n, 0);
			else
				assert_int_equal(f.cseq[0],
						 a.leg[1].dialog.remote_cseq);
		}
	}
}

/* But if the daemon lives, nothing is left of the call. */
static void test_failed(void **state)
{
	struct call a = call(1), b = call(2);
	unsigned int before = volatiles();
	struct found f;

	writes = 0;
	store_save(&a);
	assert_int_equal(a.slot, 0);
	assert_int_equal(volatiles(), before + 1);
	store_delete(&a);
	writes = ALL;
	store_save(&b);
	assert_int_equal(b.slot, 1);
	store_save(&a);
	disk_full = true;
	store_save(&a);
	disk_full = false;
	assert_int_equal(a.slot, 0);
	assert_int_equal(volatiles(), before + 2);
	f = read_back(0);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.number[0], 2);
}

/* By another's hand. */
static void write_at(off_t at, const char *text, size_t n)
{
	int fd = open(file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, n, at), n);
	close(fd);
}

static size_t some_text(char text[SIP_RECORD_MAX])
{
	struct call c = call(12);
	struct store_record r = {
		.number = c.number,
		.session = SESSION,
		.caller = "alice",
		.called = "bob",
	};

	for (unsigned int i = 0; i < 2; i++) {
		r.leg[i].gateway = c.leg[i].gw->name;
		r.leg[i].dialog = c.leg[i].dialog;
	}
	return store_format(&r, text, SIP_RECORD_MAX);
}

static void test_bad_slots(void **state)
{
	struct call a = call(1), b = call(2);
	char text[SIP_RECORD_MAX];
	size_t len = some_text(text);
	struct found f;

	store_save(&a);
	b.slot = 0;
	for (unsigned int i = 0; i < 5; i++) {
		struct call again = call(2);

		store_save(&again);
	}
	write_at(2 * SIP_RECORD_MAX, "x", 1);
	write_at(6 * SIP_RECORD_MAX, text, len); /* without its NUL */
	f = read_back(0);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.number[0], 1);
	assert_int_equal(f.number[1], 2);
	assert_int_equal(f.slot[1], 2);
	assert_int_equal(slots(), 2);
	write_at(4 * SIP_RECORD_MAX, text, len + 1);
	f = read_back(2);
	assert_int_equal(f.n, 3);
	assert_int_equal(f.slot[2], 5);
	store_save(&b);
	assert_int_equal(b.slot, 2);
}

static void test_too_many_slots(void **state)
{
	char text[SIP_RECORD_MAX];
	size_t len = some_text(text);
	struct found f;

	write_at((off_t)SIP_CALLS_MAX * SIP_RECORD_MAX, text, len + 1);
	f = read_back(0);
	assert_int_equal(f.n, 0);
	assert_int_equal(slots(), 0);
	write_at((off_t)(SIP_CALLS_MAX - 1) * SIP_RECORD_MAX, text, len + 1);
	f = read_back(0);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.slot[0], SIP_CALLS_MAX);
	write_at((off_t)SIP_CALLS_MAX * SIP_RECORD_MAX, text, len + 1);
	f = read_back(0);
	assert_int_equal(f.n, 1);
	assert_int_equal(slots(), SIP_CALLS_MAX);
}

static void test_file(void **state)
{
	char inner[sizeof(file) + 2];
	struct stat st;

	snprintf(inner, sizeof(inner), "%s/x", file);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	assert_int_equal(store_init(file), -ENOTEMPTY);
	assert_int_equal(rmdir(inner), 0);
	assert_int_equal(store_init(file), 0);
	store_exit();
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(store_init(file), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	store_exit();
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_int_equal(store_init(file), -ELOOP);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(store_init(file), -EEXIST);
	assert_int_equal(unlink(file), 0);
}

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/calls", dir);
	return 0;
}

static int remove_dir(void **state)
{
	return rmdir(dir);
}

#define with_store(test) \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_save),	     with_store(test_overwrite),
		with_store(test_delete),     with_store(test_full),
		with_store(test_kept),	     with_store(test_too_long),
		with_store(test_killed),     with_store(test_failed),
		with_store(test_bad_slots),  with_store(test_too_many_slots),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
