// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a message is what libosip2 makes of it; which seldom has to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip-messages.h"
#include "sip/message.h"

static const char credentials[] =
	"Authorization: Digest username=\"a\", realm=\"r\", "
	"nonce=\"n\", uri=\"sip:b\", response=\"d\"\r\n";

static unsigned int asked; /* libosip2, by message_text() */

int __real_osip_message_to_str(osip_message_t *msg, char **dest, size_t *len);
int __wrap_osip_message_to_str(osip_message_t *msg, char **dest, size_t *len);
int __wrap_osip_message_to_str(osip_message_t *msg, char **dest, size_t *len)
{
	asked++;
	return __real_osip_message_to_str(msg, dest, len);
}

static int setup(void **state)
{
	osip_t *osip;

	message_init();
	osip_init(&osip);
	*state = osip;
	return 0;
}

static int teardown(void **state)
{
	osip_release(*state);
	return 0;
}

static void same(osip_message_t *msg, bool by_osip)
{
	char *ours, *theirs = NULL;
	size_t n = 0, their_n = 0;

	asked = 0;
	ours = message_text(msg, &n);
	assert_non_null(ours);
	if (asked != by_osip)
		fail_msg("libosip2 %s asked for\n%s", by_osip ? "isn't" : "is",
			 ours);
	osip_message_force_update(msg);
	assert_int_equal(__real_osip_message_to_str(msg, &theirs, &their_n), 0);
	assert_string_equal(ours, theirs);
	assert_int_equal(n, their_n);
	assert_int_equal(ours[n], '\0');
	osip_free(ours);
	osip_free(theirs);
	osip_message_free(msg);
}

/* @more: header lines of an OPTIONS with @uri. */
static osip_message_t *message(const char *uri, const char *more)
{
	struct sip_head head;
	osip_message_t *msg;
	char *text;

	assert_true(asprintf(&text,
			     "OPTIONS %s SIP/2.0\r\n" M_VIA M_FROM M_TO
				     M_CALL_ID M_FORWARDS "CSeq: 7 OPTIONS\r\n"
			     "%s" M_NO_BODY,
			     uri, more) > 0);
	if (sip_validate(text, strlen(text), true, &head) != SIP_ACCEPT)
		fail_msg("%s\n%s", head.reason, text);
	msg = message_parse(text, &head);
	assert_non_null(msg);
	free(text);
	return msg;
}

static void test_usual(void **state)
{
	static const char *const uris[] = {
		"sip:b@h",
		"sip:h",
		"sip:+4930(1)~_*!'@h",
		"sip:b@192.0.2.1:1",
		"sip:h;lr",
		"sip:b@h;transport=tcp;lr",
		"sips:b@h",
		"sip:b@h;a=b;c=d:5",
	};
	static const char *const headers[] = {
		"",
		"Contact: <sip:a@h;x=y>;q=0.5;expires=5, \"A B\" <sip:b@h>\r\n",
		"Route: <sip:r1;lr>, \"R\" <sip:r2;lr>;x\r\n",
		"Record-Route: <sip:r1;lr>;a=b\r\nRecord-Route: <sip:r2>\r\n",
		"Allow: INVITE, BYE\r\nAllow: X\r\n",
		"x-lower: 1\r\nSubject: a b\r\nX-Empty:\r\nX-Y: \t z \r\n",
		"Via: SIP/2.0/TLS h;branch=z9hG4bKb;a=\"q ; r\";b\r\n",
		"Content-Type: application/sdp\r\n",
	};

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		same(message(uris[i], ""), false);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		same(message("sip:b@h", headers[i]), false);
}

/* Of one URI libosip2 is asked, of the message it isn't. */
static void test_escapes(void **state)
{
	static const char *const uris[] = {
		"sip:b%20c@h",
		"sip:b@h;a=%22",
		"sip:b:p%41@h",
		"sip:b@h?a=b&c=",
		"tel:+49-30;phone-context=x",
		"sip:b@[::1]:5",
		"sip:b@h;x-obr;xy=1",
		"sip:b/c?d@h",
	};
	char contact[256];

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		same(message(uris[i], ""), false);
		snprintf(contact, sizeof(contact), "Contact: A <%s>;b\r\n",
			 uris[i]);
		same(message("sip:b@h", contact), false);
	}
}

static void test_rare(void **state)
{
	static const char *const headers[] = {
		"Via: SIP/2.0/UDP [2001:db8::1]:5;branch=z9hG4bKb\r\n",
		"Contact: *\r\n",
		"Content-Type: text/plain;charset=utf-8\r\n",
		"Content-Type: multipart/mixed;boundary=a\r\n",
		"MIME-Version: 1.0\r\n",
		"Accept: application/sdp\r\n",
		credentials,
		"Call-Info: <http://h/>\r\n",
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		same(message("sip:b@h", headers[i]), true);
}

static void test_bodies(void **state)
{
	static const size_t lengths[] = { 1, 9, 10, 999, 3000 };
	char body[8001];
	osip_message_t *msg;

	memset(body, 'v', sizeof(body));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		msg = message("sip:b@h", "");
		assert_int_equal(message_set_body(msg, "a/b", body, lengths[i]),
				 0);
		same(msg, false);
	}
	msg = message("sip:b@h", ""); /* more than there is room for */
	assert_int_equal(message_set_body(msg, "a/b", body, 8000), 0);
	same(msg, true);
	msg = message("sip:b@h", "");
	assert_int_equal(osip_message_set_body(msg, "1", 1), 0);
	assert_int_equal(osip_message_set_body(msg, "2", 1), 0);
	same(msg, true);
}

static void test_responses(void **state)
{
	for (int status = 100; status < 700; status += 10) {
		osip_message_t *msg = message("sip:b@h", "");

		same(message_response(msg, status, NULL, "t1"), false);
		same(message_response(msg, status, "", "t1"), false);
		osip_message_free(msg);
	}
}

/* What libosip2 refuses isn't sent. */
static void test_incomplete(void **state)
{
	osip_message_t *msg = message("sip:b@h", "");
	size_t n;

	osip_uri_free(msg->req_uri);
	msg->req_uri = NULL;
	assert_null(message_text(msg, &n));
	osip_message_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_rare),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_incomplete),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
