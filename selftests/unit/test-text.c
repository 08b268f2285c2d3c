// SPDX-License-Identifier: GPL-2.0-or-later
/* Text put together without stdio. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void test_numbers(void **state)
{
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 4294967296, "4294967296" },
		{ UINT64_MAX, "18446744073709551615" },
	};
	static const char *const addrs[] = { "0.0.0.0", "192.0.2.1",
					     "255.255.255.255", "1.20.3.99" };
	char buf[32];
	struct text t;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_begin(&t, buf, sizeof(buf));
		text_put_number(&t, cases[i].n);
		assert_int_equal(text_end(&t), strlen(cases[i].text));
		assert_string_equal(buf, cases[i].text);
	}
	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		text_begin(&t, buf, sizeof(buf));
		text_put_addr(&t, (struct in_addr){ inet_addr(addrs[i]) });
		text_end(&t);
		assert_string_equal(buf, addrs[i]);
		assert_string_equal(
			text_addr((struct in_addr){ inet_addr(addrs[i]) }, buf),
			addrs[i]);
	}
}

/* Nothing comes after what didn't fit, even if it would. */
static void test_room(void **state)
{
	char buf[8] = "1234567";
	struct text t;

	text_begin(&t, buf, 5);
	text_put(&t, "abcd");
	assert_int_equal(text_end(&t), 4);
	assert_string_equal(buf, "abcd");
	assert_int_equal(buf[5], '6');
	text_begin(&t, buf, 5);
	text_put(&t, "ab");
	text_put(&t, "cde");
	text_put_char(&t, 'c');
	assert_int_equal(text_end(&t), 0);
	assert_string_equal(buf, "ab");
	assert_int_equal(buf[5], '6');
}

static void test_joined(void **state)
{
	char buf[16], *text;
	struct text t;

	text_begin(&t, buf, sizeof(buf));
	text_join(&t, "a", "", "bc");
	assert_int_equal(text_end(&t), 3);
	assert_string_equal(buf, "abc");
	text_join(&t, "0123456789", "01", "2345");
	assert_int_equal(text_end(&t), 0);
	assert_string_equal(buf, "abc012345678901");

	text = text_joined("", "x", "yz");
	assert_string_equal(text, "xyz");
	free(text);
	text = text_joined("");
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
