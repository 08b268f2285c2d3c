// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/loop.h"

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	int *n = arg;

	if (++*n == 3)
		loop_stop();
}

static void test_loop(void **state)
{
	const struct timeval soon = { 0, 1000 };
	struct event *ev;
	int n = 0;

	assert_null(loop_base());
	loop_exit();
	assert_int_equal(loop_init(), 0);
	assert_int_equal(loop_init(), -EBUSY);
	ev = event_new(loop_base(), -1, EV_PERSIST, on_timer, &n);
	assert_non_null(ev);
	assert_int_equal(event_add(ev, &soon), 0);
	assert_int_equal(loop_run(), 0);
	assert_int_equal(n, 3);
	event_free(ev);
	loop_exit();
	assert_null(loop_base());
	assert_int_equal(loop_init(), 0);
	loop_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_loop) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
