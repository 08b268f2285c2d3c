// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "media/ports.h"

static const struct in_addr here = { 0x0100007f }, there = { 0x0200007f };

/* Bind it ourselves; the socket, or -1. */
static int bind_here(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = here };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_port = htons(port);
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	close(fd);
	return -1;
}

static void test_all_of_a_range(void **state)
{
	struct port_pair p[11], other;
	bool seen[10] = { false };
	int i;

	for (i = 0; i < 10; i++) {
		assert_int_equal(ports_take(here, 21000, 21019, &p[i]), 0);
		assert_int_equal(p[i].port % 2, 0);
		assert_in_range(p[i].port, 21000, 21018);
		assert_false(seen[(p[i].port - 21000) / 2]);
		seen[(p[i].port - 21000) / 2] = true;
		/* Both are held against other programs. */
		assert_int_equal(bind_here(p[i].port), -1);
		assert_int_equal(bind_here(p[i].port + 1), -1);
	}
	assert_int_equal(ports_take(here, 21000, 21019, &p[10]), -EADDRINUSE);
	/* Another address is another pool. */
	assert_int_equal(ports_take(there, 21000, 21001, &other), 0);
	assert_int_equal(other.port, 21000);
	ports_release(&other);

	i = p[3].port;
	ports_release(&p[3]);
	assert_int_equal(p[3].port, 0);
	ports_release(&p[3]);
	assert_int_equal(ports_take(here, 21000, 21019, &p[3]), 0);
	assert_int_equal(p[3].port, i);
	for (i = 0; i < 10; i++)
		ports_release(&p[i]);
}

static void test_range_ends(void **state)
{
	struct port_pair p;

	/* The RTCP port must be inside too; odd ends; port 0 is none. */
	assert_int_equal(ports_take(here, 21000, 21000, &p), -EADDRINUSE);
	assert_int_equal(ports_take(here, 21001, 21002, &p), -EADDRINUSE);
	assert_int_equal(ports_take(here, 21002, 21000, &p), -EADDRINUSE);
	assert_int_equal(ports_take(here, 0, 1, &p), -EADDRINUSE);
	assert_int_equal(ports_take(here, 21001, 21003, &p), 0);
	assert_int_equal(p.port, 21002);
	ports_release(&p);
	assert_int_equal(ports_take(here, 65534, 65535, &p), 0);
	assert_int_equal(p.port, 65534);
	ports_release(&p);
}

static void test_taken_by_others(void **state)
{
	int rtp = bind_here(21000), rtcp = bind_here(21003);
	struct port_pair p, q;

	assert_true(rtp >= 0 && rtcp >= 0);
	assert_int_equal(ports_take(here, 21000, 21005, &p), 0);
	assert_int_equal(p.port, 21004);
	assert_int_equal(ports_take(here, 21000, 21005, &q), -EADDRINUSE);
	ports_release(&p);
	close(rtp);
	close(rtcp);
	/* A failed try must not have kept the first socket of a pair. */
	rtp = bind_here(21002);
	assert_true(rtp >= 0);
	close(rtp);
}

static void test_no_address(void **state)
{
	const struct in_addr nowhere = { htonl(0xc0000201) }, any = { 0 };
	struct port_pair p;

	assert_int_equal(ports_take(nowhere, 21000, 21999, &p), -EADDRNOTAVAIL);
	assert_int_equal(ports_take(any, 21000, 21999, &p), -EADDRNOTAVAIL);
}

static void test_no_descriptors(void **state)
{
	struct rlimit old, lim;
	struct port_pair p;
	int fd = dup(0);

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	lim = old;
	lim.rlim_cur = fd + 1; /* room for one */
	close(fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &lim), 0);
	assert_int_equal(ports_take(here, 21000, 21999, &p), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	/* The one was given back. */
	assert_int_equal(dup(0), fd);
	close(fd);
}

static void test_take_this(void **state)
{
	struct port_pair p, q;
	int fd;

	assert_int_equal(ports_take_this(here, 21000, &p), 0);
	assert_int_equal(bind_here(21001), -1);
	assert_int_equal(ports_take_this(here, 21000, &q), -EADDRINUSE);
	assert_int_equal(ports_take_this(here, 21001, &q), -EINVAL);
	assert_int_equal(ports_take_this(here, 0, &q), -EINVAL);
	assert_int_equal(ports_take(here, 21000, 21001, &q), -EADDRINUSE);
	ports_release(&p);

	/* The kernel's session has it, whoever has bound it since. */
	fd = bind_here(21000);
	assert_int_equal(ports_take_this(here, 21000, &p), 0);
	assert_int_equal(p.fd[0], -1);
	close(fd);
	/* Taken all the same, although no socket says so any more. */
	assert_int_equal(ports_take(here, 21000, 21001, &q), -EADDRINUSE);
	ports_release(&p);
}

static bool is_bound(uint16_t port)
{
	int fd = bind_here(port);

	close(fd);
	return fd < 0;
}

/* What a call gave back isn't another's soon, and then without a new socket. */
static void test_resting(void **state)
{
	static struct port_pair p, held, freed[PORTS_RESTING_MIN + 1];
	int fd;

	assert_int_equal(ports_take(here, 20000, 20001, &held), 0);
	for (int i = 0; i <= PORTS_RESTING_MIN; i++) {
		assert_int_equal(ports_take(here, 21000, 29999, &p), 0);
		freed[i] = p;
		ports_release(&p);
		assert_true(is_bound(freed[i].port));
		for (int j = 0; j < i; j++)
			assert_int_not_equal(freed[j].port, freed[i].port);
	}
	fd = dup(0);
	for (int i = 0; i <= PORTS_RESTING_MIN; i++) {
		assert_int_equal(ports_take(here, 21000, 29999, &p), 0);
		assert_int_equal(p.port, freed[i].port);
		assert_int_equal(p.fd[0], freed[i].fd[0]);
		ports_release(&p);
	}
	close(fd);
	assert_int_equal(dup(0), fd);
	close(fd);
	/* Not of that range, of a new configuration. */
	assert_int_equal(ports_take(here, 30000, 30999, &p), 0);
	assert_in_range(p.port, 30000, 30998);
	assert_false(is_bound(freed[0].port));
	freed[0] = p;
	ports_release(&p);
	assert_true(is_bound(freed[0].port));
	/* One of a session that goes on is not another's, if it rests. */
	assert_int_equal(ports_take_this(here, freed[0].port, &p), 0);
	assert_int_equal(p.fd[0], freed[0].fd[0]);
	ports_release(&p);
	ports_release(&held);
	/* No call is left. */
	assert_false(is_bound(20000));
	assert_false(is_bound(freed[0].port));
}

/* More calls end at once than there is room for: the rest is closed. */
static void test_many_rest(void **state)
{
	static struct port_pair p[PORTS_RESTING_MAX + 10];
	const unsigned int n = sizeof(p) / sizeof(p[0]);
	static uint16_t port[PORTS_RESTING_MAX + 10];
	struct port_pair held;
	unsigned int bound = 0;

	assert_int_equal(ports_take(here, 20000, 20001, &held), 0);
	for (unsigned int i = 0; i < n; i++) {
		assert_int_equal(ports_take(here, 21000, 29999, &p[i]), 0);
		port[i] = p[i].port;
	}
	for (unsigned int i = 0; i < n; i++)
		ports_release(&p[i]);
	for (unsigned int i = 0; i < n; i++)
		bound += is_bound(port[i]);
	assert_int_equal(bound, PORTS_RESTING_MAX);
	ports_release(&held);
	assert_false(is_bound(port[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_a_range),
		cmocka_unit_test(test_range_ends),
		cmocka_unit_test(test_taken_by_others),
		cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_take_this),
		cmocka_unit_test(test_resting),
		cmocka_unit_test(test_many_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
