// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/media.h"
#include "sip/store.h"

/* For store_save(), which test-sip-slots.c tests. */
uint32_t media_call_session(const struct media_call *mc)
{
	return 0;
}

static struct store_record sample(void)
{
	static struct dialog d = {
		.call_id = (char *)"id@host",
		.local_tag = (char *)"l1",
		.remote_tag = (char *)"r1",
		.local = (char *)"\"A B\" <sip:a@10.0.0.1>",
		.remote = (char *)"<sip:b@10.0.0.2>",
		.target = (char *)"sip:b@10.0.0.2:5070",
		.route = { (char *)"<sip:10.0.0.9;lr>", (char *)"<sip:1;lr>" },
		.n_routes = 2,
		.local_cseq = 4294967295U,
		.remote_cseq = 17,
		.update = true,
	};
	struct store_record r = {
		.number = 12,
		.session = 34,
		.start = 1600000000,
		.since = 1700000000,
		.caller = "alice b",
		.called = "+49",
		.leg = { { .gateway = (char *)"inside",
			   .dialog = d,
			   .expires = 1800,
			   .ours = 1 },
			 { .gateway = (char *)"outside", .dialog = d } },
	};

	r.leg[0].transport = SIP_TCP;
	r.leg[0].peer.sin_family = AF_INET;
	r.leg[0].peer.sin_addr.s_addr = htonl(0x0a000002);
	r.leg[0].peer.sin_port = htons(5070);

	r.leg[1].dialog.n_routes = 0;
	r.leg[1].dialog.call_id = (char *)"other";
	return r;
}

static char *text_of(const struct store_record *r)
{
	char buf[SIP_RECORD_MAX];
	size_t len = store_format(r, buf, sizeof(buf));

	assert_int_not_equal(len, 0);
	assert_int_equal(len, strlen(buf));
	return strdup(buf);
}

/* As the daemons before this one wrote it, too. */
static void test_text(void **state)
{
	static const char leg[] =
		"local-tag l1\nremote-tag r1\nlocal \"A B\" <sip:a@10.0.0.1>\n"
		"remote <sip:b@10.0.0.2>\ntarget sip:b@10.0.0.2:5070\n"
		"local-cseq 4294967295\nremote-cseq 17\nupdate 1\n";
	struct store_record r = sample();
	char *text = text_of(&r), *expected;

	assert_true(asprintf(&expected,
			     "ringfence-call 2\nnumber 12\nsession 34\n"
			     "start 1600000000\nsince 1700000000\n"
			     "caller alice b\ncalled +49\n"
			     "leg inside\ncall-id id@host\n%s"
			     "expires 1800\nours 1\n"
			     "route <sip:10.0.0.9;lr>\nroute <sip:1;lr>\n"
			     "peer tcp 10.0.0.2 5070\n"
			     "leg outside\ncall-id other\n%s"
			     "expires 0\nours 0\nend\n",
			     leg, leg) > 0);
	assert_string_equal(text, expected);
	free(expected);
	free(text);
}

static void test_round_trip(void **state)
{
	struct store_record r = sample(), back;
	char *text = text_of(&r), *again;

	assert_int_equal(store_parse(text, strlen(text), &back), 0);
	assert_int_equal(back.number, 12);
	assert_int_equal(back.session, 34);
	assert_true(back.start == 1600000000);
	assert_true(back.since == 1700000000);
	assert_string_equal(back.caller, "alice b");
	assert_string_equal(back.called, "+49");
	assert_string_equal(back.leg[0].gateway, "inside");
	assert_string_equal(back.leg[1].gateway, "outside");
	assert_int_equal(back.leg[0].dialog.n_routes, 2);
	assert_true(back.leg[0].dialog.update);
	assert_int_equal(back.leg[0].expires, 1800);
	assert_int_equal(back.leg[0].ours, 1);
	assert_int_equal(back.leg[0].dialog.local_cseq, 4294967295U);
	assert_string_equal(back.leg[1].dialog.call_id, "other");
	assert_int_equal(back.leg[0].transport, SIP_TCP);
	assert_int_equal(ntohs(back.leg[0].peer.sin_port), 5070);
	assert_int_equal(back.leg[1].peer.sin_port, 0);
	again = text_of(&back);
	assert_string_equal(again, text);
	store_record_clear(&back);
	free(again);
	free(text);
}

/* Nothing shorter is a record, and each line is needed, in its place. */
static void test_damage(void **state)
{
	struct store_record r = sample(), back;
	char *text = text_of(&r);
	size_t len = strlen(text);

	for (size_t n = 0; n < len; n++)
		assert_int_equal(store_parse(text, n, &back), -EBADMSG);
	for (char *line = text; *line; line = strchr(line, '\n') + 1) {
		size_t rest = strlen(strchr(line, '\n') + 1);
		char *without = strdup(text);

		if (strncmp(line, "route ", 6) != 0 &&
		    strncmp(line, "peer ", 5) != 0) {
			memmove(without + (line - text), strchr(line, '\n') + 1,
				rest + 1);
			assert_int_equal(store_parse(without, strlen(without),
						     &back),
					 -EBADMSG);
		}
		free(without);
	}
	free(text);
}

static void test_bad_values(void **state)
{
	static const char *const bad[][2] = {
		{ "number 12", "number -1" },
		{ "number 12", "number 4294967296" },
		{ "number 12", "number 12x" },
		{ "number 12", "number " },
		{ "session 34", "session 0" },
		{ "since 17", "since 99999999999999999999" },
		{ "call-id other", "call-id " },
		{ "call-id other", "call-id o\rher" },
		{ "peer tcp", "peer sctp" },
		{ "peer tcp 10.0.0.2", "peer tcp 10.0.0" },
		{ "peer tcp 10.0.0.2 5070", "peer tcp 10.0.0.2" },
		{ "peer tcp 10.0.0.2 5070", "peer tcp 10.0.0.2 65536" },
		{ "peer tcp 10.0.0.2 5070", "peer tcp 10.0.0.2 0" },
		{ "peer tcp 10.0.0.2 5070", "peer tcp 10.0.0.2 5x" },
		{ "peer tcp 10.0.0.2 5070", "peer " },
		{ "end\n", "end\nend\n" },
		{ "expires 1800", "expires 86401" },
		{ "ours 1", "ours 2" },
		{ "ringfence-call 2", "ringfence-call 1" },
	};
	struct store_record r = sample(), back;
	char *text = text_of(&r);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char copy[2048], *at = strstr(text, bad[i][0]);

		assert_non_null(at);
		snprintf(copy, sizeof(copy), "%.*s%s%s", (int)(at - text), text,
			 bad[i][1], at + strlen(bad[i][0]));
		if (store_parse(copy, strlen(copy), &back) != -EBADMSG)
			fail_msg("accepted: %s", bad[i][1]);
	}
	free(text);
}

static void test_too_many_routes(void **state)
{
	struct store_record r = sample(), back;
	char copy[8192] = "", *text = text_of(&r), *at;

	at = strstr(text, "route ");
	strncat(copy, text, (size_t)(at - text));
	for (unsigned int i = 2; i < SIP_ROUTES_MAX; i++)
		strcat(copy, "route <sip:x>\n");
	strcat(copy, at);
	assert_int_equal(store_parse(copy, strlen(copy), &back), 0);
	store_record_clear(&back);
	strcpy(copy + (at - text), "route <sip:x>\n");
	for (unsigned int i = 2; i < SIP_ROUTES_MAX; i++)
		strcat(copy, "route <sip:x>\n");
	strcat(copy, at);
	assert_int_equal(store_parse(copy, strlen(copy), &back), -EBADMSG);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_too_many_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
