// SPDX-License-Identifier: GPL-2.0-or-later
/* What is made of a name server's records. The answers are the test's. */
#include <ares.h>
#include <arpa/nameser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/dns.h"
#include "base/loop.h"

#define WEIRD 63 /* bytes of a label; each is written \001 */

static unsigned char packet[1024];
static size_t len;
static struct dns_reply got;
static bool done;

void __wrap_ares_query(ares_channel channel, const char *name, int class,
		       int type, ares_callback cb, void *arg);
void __wrap_ares_query(ares_channel channel, const char *name, int class,
		       int type, ares_callback cb, void *arg)
{
	cb(arg, ARES_SUCCESS, 0, packet, (int)len);
}

static void put(const void *data, size_t n)
{
	assert_true(n <= sizeof(packet) - len);
	memcpy(packet + len, data, n);
	len += n;
}

static void put_16(unsigned int n)
{
	const unsigned char b[] = { (unsigned char)(n >> 8), (unsigned char)n };

	put(b, 2);
}

static void put_head(unsigned int n_answers, int type)
{
	const unsigned char question[] = { 1, 'x', 0 };

	len = 0;
	put_16(0);
	put_16(0x8400);
	put_16(1);
	put_16(n_answers);
	put("\0\0\0\0", 4);
	put(question, 3);
	put_16((unsigned int)type);
	put_16(ns_c_in);
}

/* A name of so many labels, each of so many bytes. */
static void put_name(unsigned int labels, unsigned int n, char what)
{
	unsigned char label[1 + WEIRD];

	label[0] = (unsigned char)n;
	memset(label + 1, what, n);
	while (labels--)
		put(label, 1 + n);
	put("", 1);
}

static void put_record(int type, size_t n)
{
	put("\xc0\x0c", 2);
	put_16((unsigned int)type);
	put_16(ns_c_in);
	put("\0\0\1\0", 4);
	put_16((unsigned int)n);
}

static void on_reply(const struct dns_reply *reply, void *arg)
{
	got = *reply;
	done = true;
}

static void ask(enum dns_kind kind)
{
	done = false;
	assert_non_null(dns_ask(kind, "x", "127.0.0.1", on_reply, NULL));
	for (int i = 0; !done && i < 10; i++)
		event_base_loop(loop_base(), EVLOOP_ONCE);
	assert_true(done);
}

/* 3 labels are 195 bytes, and 758 when they are written; 255 are kept. */
static void test_srv(void **state)
{
	put_head(2, ns_t_srv);
	put_record(ns_t_srv, 6 + 3 * (1 + WEIRD) + 1);
	put("\0\1\0\2\0\3", 6);
	put_name(3, WEIRD, 1);
	put_record(ns_t_srv, 6 + 4);
	put("\0\4\0\5\0\6", 6);
	put_name(1, 2, 'a');
	ask(DNS_SRV);
	assert_int_equal(got.err, 0);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.record[0].name, "aa");
	assert_int_equal(got.record[0].order, 4);
	assert_int_equal(got.record[0].preference, 5);
	assert_int_equal(got.record[0].port, 6);
}

static void test_naptr(void **state)
{
	static const char fields[] = "\0\1\0\2\1s\7SIP+D2U";

	put_head(2, ns_t_naptr);
	put_record(ns_t_naptr, sizeof(fields) + 3 * (1 + WEIRD) + 1);
	put(fields, sizeof(fields)); /* the last byte is an empty regexp */
	put_name(3, WEIRD, 1);
	put_record(ns_t_naptr, sizeof(fields) + 4);
	put(fields, sizeof(fields));
	put_name(1, 2, 'a');
	ask(DNS_NAPTR);
	assert_int_equal(got.err, 0);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.record[0].name, "aa");
	assert_string_equal(got.record[0].service, "SIP+D2U");
}

static int setup(void **state)
{
	return loop_init() || dns_init() ? -1 : 0;
}

static int teardown(void **state)
{
	dns_exit();
	loop_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_srv),
		cmocka_unit_test(test_naptr),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
