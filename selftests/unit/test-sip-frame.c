// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip-messages.h"
#include "sip/frame.h"
#include "sip/limits.h"

#define STREAM M_INVITE "\r\n" M_OPTIONS_HEAD M_NO_BODY "\r\n\r\n" M_INVITE

/* What a stream came to: i(nvite), o(ptions), p(ing), l(ast). */
struct seen {
	char what[64];
	size_t n;
	struct frame frame;
};

static void note(struct seen *s, char what)
{
	assert_true(s->n < sizeof(s->what) - 1);
	s->what[s->n++] = what;
}

static void check_message(struct seen *s, const char *msg, size_t len)
{
	static const char *const texts[] = { M_INVITE,
					     M_OPTIONS_HEAD M_NO_BODY };
	const char *text = texts[msg[0] != 'I'];

	assert_int_equal(len, strlen(text));
	assert_memory_equal(msg, text, len);
	note(s, msg[0] == 'I' ? 'i' : 'o');
}

static void take(struct seen *s)
{
	enum frame_result r;
	const char *msg;
	size_t len;

	while ((r = frame_next(&s->frame, &msg, &len)) != FRAME_MORE) {
		if (r == FRAME_MESSAGE) {
			check_message(s, msg, len);
		} else if (r == FRAME_PING) {
			note(s, 'p');
		} else {
			note(s, 'l');
			return;
		}
	}
}

static void feed(struct seen *s, const char *p, size_t n)
{
	while (n) {
		long took = frame_feed(&s->frame, (const uint8_t *)p, n);

		assert_true(took > 0);
		p += took;
		n -= (size_t)took;
		take(s);
		if (s->n && s->what[s->n - 1] == 'l')
			return;
	}
}

static void expect(const char *stream, size_t len, size_t split,
		   const char *what)
{
	struct seen s = { .n = 0 };

	frame_init(&s.frame);
	feed(&s, stream, split);
	feed(&s, stream + split, len - split);
	assert_string_equal(s.what, what);
	frame_reset(&s.frame);
}

static void test_every_split(void **state)
{
	for (size_t split = 0; split <= strlen(STREAM); split++)
		expect(STREAM, strlen(STREAM), split, "iopi");
}

static void test_every_chunk(void **state)
{
	size_t len = strlen(STREAM);

	for (size_t chunk = 1; chunk < len; chunk++) {
		struct seen s = { .n = 0 };

		frame_init(&s.frame);
		for (size_t i = 0; i < len; i += chunk)
			feed(&s, &STREAM[i], len - i < chunk ? len - i : chunk);
		assert_string_equal(s.what, "iopi");
		assert_false(frame_partial(&s.frame));
		frame_reset(&s.frame);
	}
}

static void test_pings(void **state)
{
	struct seen s = { .n = 0 };

	frame_init(&s.frame);
	feed(&s, "\r\n", 2);
	assert_int_equal(s.n, 0);
	assert_false(frame_partial(&s.frame));
	feed(&s, "\r\n\r\n\r\n", 6);
	assert_string_equal(s.what, "pp");
	feed(&s, "INV", 3);
	assert_true(frame_partial(&s.frame));
	frame_reset(&s.frame);
}

/* Without a good Content-Length the header comes alone, and no more. */
static void test_last(void **state)
{
	static const char *const bad[] = {
		"X: y\r\n\r\n",
		"Content-Length: x\r\n\r\n",
		"Content-Length:\r\n\r\n",
		"Content-Length: -1\r\n\r\n",
		"Content-Length: 1 1\r\n\r\n",
		"Content-Length: 0\r\nl: 0\r\n\r\n",
		"Content-Length: 0\r\nContent-Length: 7\r\n\r\n",
		"Content-Length: 65536\r\n\r\n",
		"Content-Length: 99999999999999999999\r\n\r\n",
		"Content-Length: 65530\r\n\r\n",
		"Content-Length : 0\r\nl\t: 0\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[1024];
		struct frame f;
		const char *msg;
		size_t len, head;

		head = (size_t)sprintf(text, "%s%s", M_OPTIONS_HEAD, bad[i]);
		strcpy(text + head, M_INVITE);
		frame_init(&f);
		frame_feed(&f, (uint8_t *)text, strlen(text));
		assert_int_equal(frame_next(&f, &msg, &len), FRAME_LAST);
		assert_int_equal(len, head);
		assert_memory_equal(msg, text, head);
		frame_reset(&f);
	}
}

static void test_too_large(void **state)
{
	char *text = malloc(2 * SIP_MESSAGE_MAX);

	memset(text, 'x', 2 * SIP_MESSAGE_MAX);
	expect(text, 2 * SIP_MESSAGE_MAX, 1000, "l");
	free(text);
}

static void test_largest(void **state)
{
	struct frame f;
	char *text = malloc(SIP_MESSAGE_MAX);
	const char *msg;
	size_t len;
	int n;

	n = sprintf(text, M_OPTIONS_HEAD "Content-Length \t:%zu\r\n\r\n",
		    SIP_MESSAGE_MAX - strlen(M_OPTIONS_HEAD) - 26);
	memset(text + n, 'x', SIP_MESSAGE_MAX - (size_t)n);
	frame_init(&f);
	assert_int_equal(frame_feed(&f, (uint8_t *)text, SIP_MESSAGE_MAX),
			 SIP_MESSAGE_MAX);
	assert_int_equal(frame_next(&f, &msg, &len), FRAME_MESSAGE);
	assert_int_equal(len, SIP_MESSAGE_MAX);
	frame_reset(&f);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_every_chunk),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
