// SPDX-License-Identifier: GPL-2.0-or-later
/* In a network namespace of its own, whose addresses come and go. */
#include <arpa/inet.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/own-addr.h"

static bool is_own(const char *text)
{
	struct in_addr addr;

	assert_int_equal(inet_pton(AF_INET, text, &addr), 1);
	return own_addr(addr);
}

static void ip(const char *command)
{
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static int setup(void **state)
{
	/* Without the right to, it has nothing to change. */
	return unshare(CLONE_NEWNET);
}

static int teardown(void **state)
{
	own_addr_exit();
	return 0;
}

static void test_changes(void **state)
{
	assert_false(is_own("192.0.2.1"));
	ip("ip link set lo up && ip address add 192.0.2.1/24 brd + dev lo");
	assert_true(is_own("192.0.2.1"));
	assert_true(is_own("127.0.0.1"));
	assert_false(is_own("192.0.2.2"));
	ip("ip address add 192.0.2.2/32 dev lo");
	assert_true(is_own("192.0.2.2"));
	ip("ip address del 192.0.2.2/32 dev lo");
	assert_false(is_own("192.0.2.2"));
	assert_true(is_own("192.0.2.1"));
}

/* More than the socket keeps. */
static void test_many(void **state)
{
	assert_false(is_own("198.51.100.1"));
	ip("for i in $(seq 250); do for j in 1 2 3 4 5 6 7 8; do "
	   "echo address add 203.$j.113.$i/32 dev lo; done; done | "
	   "ip -batch -");
	assert_true(is_own("203.8.113.250"));
	assert_true(is_own("203.1.113.1"));
	ip("ip address flush dev lo");
	assert_false(is_own("203.8.113.250"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
