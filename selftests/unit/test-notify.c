// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbered notifications: what is logged, what is kept, and how many. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/notify.h"

static char logged[4096];
static unsigned int n_logged;

/* Linked with --wrap. */
void __wrap_log_numbered(enum log_level level, const char *service,
			 unsigned int number, const char *text);
void __wrap_log_numbered(enum log_level level, const char *service,
			 unsigned int number, const char *text)
{
	snprintf(logged, sizeof(logged), "%d %s %u %s", level, service, number,
		 text);
	n_logged++;
}

struct look {
	unsigned int n;
	uint64_t first, last;
	char text[NOTIFY_TEXT_MAX + 1];
	const struct notify_kind *kind;
};

static int look(const struct notify_entry *e, void *arg)
{
	struct look *l = arg;

	if (!l->n++)
		l->first = e->seq;
	l->last = e->seq;
	snprintf(l->text, sizeof(l->text), "%s", e->text);
	l->kind = e->kind;
	return 0;
}

static int stop(const struct notify_entry *e, void *arg)
{
	*(unsigned int *)arg += 1;
	return 1;
}

static uint64_t last(void)
{
	return notify_each(UINT64_MAX, look, &(struct look){ 0 });
}

static void test_one(void **state)
{
	uint64_t before = last();
	struct look l = { 0 };

	errno = ERANGE;
	notify(SIP_TLS_READY, "192.0.2.1", 5061, "trunk");
	assert_int_equal(errno, ERANGE);
	assert_string_equal(logged,
			    "3 SipEp 303 TLS connection with remote host "
			    "192.0.2.1:5061 is now ready to be used for SIP "
			    "gateway trunk");
	assert_int_equal(notify_each(before, look, &l), before + 1);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.first, before + 1);
	assert_string_equal(l.kind->service, "SipEp");
	assert_int_equal(l.kind->number, 303);
	assert_string_equal(l.text, strstr(logged, "TLS"));
}

/* The requirements' own numbers and words. */
static void test_required(void **state)
{
	notify(SIP_REACHABLE, "h", 1, "g");
	assert_string_equal(logged, "3 SipEp 310 Server h:1 is now reachable "
				    "for SIP gateway g");
	notify(MEDIA_DESYNC, "7", "e");
	assert_string_equal(logged,
			    "1 Mipt 110 The call 7 on endpoint e detected an "
			    "SRTP cryptographic error. The secured RTP stream "
			    "is not properly decoded.");
}

static void test_text(void **state)
{
	char longer[2 * NOTIFY_TEXT_MAX];
	struct look l = { 0 };

	notify(CONF_ERROR, "a\nb\\");
	notify_each(last() - 1, look, &l);
	assert_string_equal(l.text, "a\\x0ab\\\\");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	notify(CONF_ERROR, longer);
	notify_each(last() - 1, look, &l);
	assert_int_equal(strlen(l.text), NOTIFY_TEXT_MAX);
	assert_string_equal(l.text + NOTIFY_TEXT_MAX - 4, "x...");
}

static void test_bounded(void **state)
{
	uint64_t before = last();
	struct look l = { 0 };
	unsigned int n = 0;

	for (unsigned int i = 0; i < 2 * NOTIFY_KEPT; i++)
		notify(CONF_COMMIT, i, "root");
	assert_int_equal(last(), before + 2 * NOTIFY_KEPT);
	notify_each(0, look, &l);
	assert_int_equal(l.n, NOTIFY_KEPT);
	assert_int_equal(l.first, last() - NOTIFY_KEPT + 1);
	assert_int_equal(l.last, last());
	assert_string_equal(l.text, "commit 1023 by root");
	notify_each(0, stop, &n);
	assert_int_equal(n, 1);
}

static time_t shift;
int __real_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
	int r = __real_clock_gettime(id, ret);

	ret->tv_sec += shift;
	return r;
}

static void test_rate(void **state)
{
	const unsigned int most = notify_kind(NOTIFY_SIP_SLOW)->most;
	uint64_t before = last();

	assert_true(most > 0);
	n_logged = 0;
	for (unsigned int i = 0; i < 5 * most; i++)
		notify(SIP_SLOW, "192.0.2.1", 1, "trunk", "slow");
	assert_int_equal(n_logged, most);
	assert_int_equal(last(), before + most);
	/* Others have their own. */
	notify(SIP_NO_CONN, "192.0.2.1", 1, "trunk", "why");
	assert_int_equal(last(), before + most + 1);
	shift += NOTIFY_WINDOW;
	notify(SIP_SLOW, "192.0.2.1", 1, "trunk", "slow");
	assert_string_equal(logged,
			    "1 SipEp 321 connection with 192.0.2.1:1 of SIP "
			    "gateway trunk closed: slow (80 such not told)");
	notify(SIP_SLOW, "192.0.2.1", 1, "trunk", "slow");
	assert_null(strstr(logged, "not told"));
}

/* Each service's numbers are its own, and nothing lacks a text. */
static void test_table(void **state)
{
	for (int i = 0; i < NOTIFY_NR; i++) {
		const struct notify_kind *k = notify_kind(i);

		assert_true(k->service[0] && k->number && k->text[0]);
		for (int j = 0; j < i; j++)
			assert_false(
				notify_kind(j)->number == k->number &&
				!strcmp(notify_kind(j)->service, k->service));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),  cmocka_unit_test(test_required),
		cmocka_unit_test(test_text), cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_rate), cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
