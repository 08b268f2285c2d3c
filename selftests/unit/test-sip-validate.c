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
#include "sip/validate.h"

#define REQUEST(line, fields) \
	line "\r\n" M_VIA M_FROM M_TO M_CALL_ID M_FORWARDS fields
#define OPTIONS(fields)                             \
	REQUEST("OPTIONS sip:bob@10.0.0.1 SIP/2.0", \
		"CSeq: 7 OPTIONS\r\n" fields)

static const struct {
	const char *text;
	bool stream;
	enum sip_verdict verdict;
	int status;
	const char *reason;
} table[] = {
	/* Good ones. */
	{ OPTIONS(M_NO_BODY), true, SIP_ACCEPT, 0, NULL },
	{ OPTIONS("\r\n"), false, SIP_ACCEPT, 0, NULL },
	{ M_INVITE, true, SIP_ACCEPT, 0, NULL },
	{ M_INVITE "trailing bytes", false, SIP_ACCEPT, 0, NULL },
	{ OPTIONS("l: 0\r\n\r\n"), true, SIP_ACCEPT, 0, NULL },
	{ OPTIONS("Subject: a\r\n b\r\n\t c\r\n" M_NO_BODY), true, SIP_ACCEPT,
	  0, NULL },
	{ OPTIONS("X:\r\n" M_NO_BODY), true, SIP_ACCEPT, 0, NULL },
	{ OPTIONS("Subject: \xc3\xa4\r\n" M_NO_BODY), true, SIP_ACCEPT, 0,
	  NULL },
	{ "!i-.%*_+`'~ sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID M_FORWARDS
	  "CSeq: 0 !i-.%*_+`'~\r\n" M_NO_BODY,
	  true, SIP_ACCEPT, 0, NULL },
	{ "SIP/2.0 200 OK\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_ACCEPT, 0, NULL },
	{ "SIP/2.0 100 \r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_ACCEPT, 0, NULL },
	{ "ACK sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 ACK\r\n" M_NO_BODY,
	  true, SIP_ACCEPT, 0, NULL },
	{ "CANCEL sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 2147483647 CANCEL\r\n" M_NO_BODY,
	  true, SIP_ACCEPT, 0, NULL },

	/* Start lines. */
	{ REQUEST("BYE  sip:x SIP/2.0", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad Request-URI" },
	{ REQUEST("BYE sip:x  SIP/2.0", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad Request-URI" },
	{ REQUEST("BYE sip:x SIP/2.0 ", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad Request-URI" },
	{ REQUEST("BYE <sip:x> SIP/2.0", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad Request-URI" },
	{ REQUEST("BYE sip:x sip/2.0", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad Request-Line" },
	{ REQUEST("BYE sip:x SIP/3.0", "CSeq: 7 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 505, "Version Not Supported" },
	{ REQUEST("BYE sip:x", "CSeq: 7 BYE\r\n" M_NO_BODY), true, SIP_DROP,
	  400, "Bad Request-Line" },
	{ REQUEST("B(E sip:x SIP/2.0", "CSeq: 7 B(E\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad method" },
	{ "\r\n" OPTIONS(M_NO_BODY), true, SIP_DROP, 400,
	  "Control byte in the start line" },
	{ "SIP/2.0 99 x\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Bad Status-Line" },
	{ "SIP/2.0 700 x\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Bad Status-Line" },
	{ "SIP/2.0 200\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Bad Status-Line" },
	{ "", false, SIP_DROP, 400, "No start line" },
	{ "OPTIONS sip:x SIP/2.0", false, SIP_DROP, 400, "No start line" },
	{ "OPTIONS sip:x SIP/2.0\r\n" M_VIA, false, SIP_DROP, 400,
	  "No end of the header" },

	/* Mandatory header fields, and repeated ones. */
	{ "BYE sip:x SIP/2.0\r\n" M_FROM M_TO M_CALL_ID M_FORWARDS
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Via is missing" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_TO M_CALL_ID M_FORWARDS
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "From or To is missing" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_CALL_ID M_FORWARDS
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "From or To is missing" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_FORWARDS
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Bad or no Call-ID" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID M_FORWARDS
		  M_NO_BODY,
	  true, SIP_REJECT, 400, "CSeq is missing" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Max-Forwards is missing" },
	{ "SIP/2.0 200 OK\r\n" M_VIA M_FROM M_TO "CSeq: 1 BYE\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Bad or no Call-ID" },
	{ OPTIONS(M_FROM M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS("t: <sip:x>\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS("i: x\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS("cseq: 7 OPTIONS\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS(M_FORWARDS M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS("l: 0\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },

	/* Syntax of header fields. */
	{ OPTIONS("Subject \t: x\r\n" M_NO_BODY), true, SIP_ACCEPT, 0, NULL },
	{ OPTIONS("Subject\r\n : x\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Bad header field name" },
	{ OPTIONS("Content-Length\t: 5\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Header field repeated" },
	{ OPTIONS("no colon\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Bad header field name" },
	{ OPTIONS(": x\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Bad header field name" },
	{ OPTIONS("X: a\x01\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Control byte in the header" },
	{ OPTIONS("X: a\nY: b\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Control byte in the header" },
	{ OPTIONS("X: a\rY: b\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Control byte in the header" },
	{ OPTIONS("X: a\x7f\r\n" M_NO_BODY), true, SIP_REJECT, 400,
	  "Control byte in the header" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 2147483648 BYE\r\n" M_NO_BODY),
	  true, SIP_REJECT, 400, "Bad CSeq number" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 00000000001 BYE\r\n" M_NO_BODY),
	  true, SIP_REJECT, 400, "Bad CSeq number" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: +1 BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad CSeq number" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 1BYE\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad CSeq" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 1\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad CSeq" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 1 bye\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "CSeq method is not the request's" },
	{ REQUEST("BYE sip:x SIP/2.0", "CSeq: 1 BYE x\r\n" M_NO_BODY), true,
	  SIP_REJECT, 400, "Bad CSeq method" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 7 BYE\r\nMax-Forwards: 256\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Bad Max-Forwards" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: 7 BYE\r\nMax-Forwards:\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Bad Max-Forwards" },
	{ "BYE sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO
	  "Call-ID: a b\r\n" M_FORWARDS "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Bad or no Call-ID" },
	{ "BYE sip:x SIP/2.0\r\nVia: x\r\n" M_FROM M_TO M_CALL_ID M_FORWARDS
	  "CSeq: 7 BYE\r\n" M_NO_BODY,
	  true, SIP_REJECT, 400, "Bad Via" },

	/* Content-Length. */
	{ OPTIONS("\r\n"), true, SIP_REJECT, 400, "Content-Length is missing" },
	{ OPTIONS("Content-Length: -1\r\n\r\n"), false, SIP_REJECT, 400,
	  "Bad Content-Length" },
	{ OPTIONS("Content-Length:\r\n\r\n"), false, SIP_REJECT, 400,
	  "Bad Content-Length" },
	{ OPTIONS("Content-Length: 5 5\r\n\r\n"), false, SIP_REJECT, 400,
	  "Bad Content-Length" },
	{ OPTIONS("Content-Length: 99999999999\r\n\r\n"), false, SIP_REJECT,
	  400, "Bad Content-Length" },
	{ OPTIONS("Content-Length: 65536\r\n\r\n"), false, SIP_REJECT, 513,
	  "Message Too Large" },
	{ OPTIONS("Content-Length: 5\r\n\r\nabcd"), false, SIP_REJECT, 400,
	  "Body shorter than Content-Length" },

	/* No answer to ACK, whatever is wrong with it. */
	{ "ACK sip:x SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
	  "CSeq: x\r\n" M_NO_BODY,
	  true, SIP_DROP, 400, "Bad CSeq number" },
};

static void test_table(void **state)
{
	struct sip_head head;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		enum sip_verdict v;

		v = sip_validate(table[i].text, strlen(table[i].text),
				 table[i].stream, &head);
		if (v != table[i].verdict || head.status != table[i].status)
			print_message("case %zu: %d %d %s\n%s\n", i, v,
				      head.status, head.reason, table[i].text);
		assert_int_equal(v, table[i].verdict);
		assert_int_equal(head.status, table[i].status);
		if (table[i].reason)
			assert_string_equal(head.reason, table[i].reason);
	}
}

static void test_head(void **state)
{
	struct sip_head head;

	assert_int_equal(sip_validate(M_INVITE "more", strlen(M_INVITE) + 4,
				      false, &head),
			 SIP_ACCEPT);
	assert_true(head.request);
	assert_int_equal(head.method.len, 6);
	assert_int_equal(head.n_via, 2);
	assert_memory_equal(head.call_id.p, "1.a@10.0.0.2", head.call_id.len);
	assert_int_equal(head.body.len, 30);
	assert_memory_equal(head.body.p, M_SDP_BODY, 30);
	assert_int_equal(head.head_len + 30, strlen(M_INVITE));
}

static void test_nul(void **state)
{
	char text[] = OPTIONS("X: a.b\r\n" M_NO_BODY);
	struct sip_head head;

	*strstr(text, ".b\r\n") = '\0';
	assert_int_equal(sip_validate(text, sizeof(text) - 1, true, &head),
			 SIP_REJECT);
	assert_string_equal(head.reason, "Control byte in the header");
}

/* Every prefix: never accepted before its end, never read beyond it. */
static void test_prefixes(void **state)
{
	size_t len = strlen(M_INVITE);
	struct sip_head head;

	for (size_t n = 0; n < len; n++) {
		char *exact = malloc(n ? n : 1);

		memcpy(exact, M_INVITE, n);
		assert_int_not_equal(sip_validate(exact, n, true, &head),
				     SIP_ACCEPT);
		free(exact);
	}
}

static char *repeat(const char *before, const char *unit, unsigned int n,
		    const char *after)
{
	char *text =
		malloc(strlen(before) + n * strlen(unit) + strlen(after) + 1);
	char *p = stpcpy(text, before);

	while (n--)
		p = stpcpy(p, unit);
	strcpy(p, after);
	return text;
}

static void limit(const char *before, const char *unit, unsigned int max,
		  const char *after, int status, const char *reason)
{
	struct sip_head head;
	char *text;

	text = repeat(before, unit, max, after);
	assert_int_equal(sip_validate(text, strlen(text), true, &head),
			 SIP_ACCEPT);
	free(text);
	text = repeat(before, unit, max + 1, after);
	assert_int_equal(sip_validate(text, strlen(text), true, &head),
			 SIP_REJECT);
	assert_int_equal(head.status, status);
	assert_string_equal(head.reason, reason);
	free(text);
}

static void test_limits(void **state)
{
	limit(M_OPTIONS_HEAD, "X: y\r\n", SIP_HEADERS_MAX - 7, M_NO_BODY, 400,
	      "Too many header fields");
	limit(M_OPTIONS_HEAD "X: ", "y", SIP_HEADER_MAX - 3, "\r\n" M_NO_BODY,
	      400, "Header field too long");
	limit(M_OPTIONS_HEAD "Accept: a", ",a", SIP_COMMAS_MAX - 1,
	      "\r\n" M_NO_BODY, 400, "Too many header field values");
	limit(M_OPTIONS_HEAD, M_VIA, SIP_VIAS_MAX - 1, M_NO_BODY, 400,
	      "Too many Via header fields");
	limit(M_OPTIONS_HEAD "v: SIP/2.0/UDP a", ", SIP/2.0/UDP a",
	      SIP_VIAS_MAX - 2, "\r\n" M_NO_BODY, 400,
	      "Too many Via header fields");
	limit(M_OPTIONS_HEAD "v: SIP/2.0/UDP a; branch=", "x", SIP_BRANCH_MAX,
	      "\r\n" M_NO_BODY, 400, "Via branch too long");
	limit("BYE sip:x SIP/2.0\r\n" M_VIA M_TO M_CALL_ID M_FORWARDS
	      "CSeq: 7 BYE\r\nFrom: \";tag=<\" <sip:x;tag=n>;tag=",
	      "x", SIP_TAG_MAX, "\r\n" M_NO_BODY, 400, "Tag too long");
	limit("BYE sip:x SIP/2.0\r\n" M_VIA M_TO M_FROM M_FORWARDS
	      "CSeq: 7 BYE\r\nCall-ID: ",
	      "x", SIP_CALL_ID_MAX, "\r\n" M_NO_BODY, 400, "Bad or no Call-ID");
	limit("BYE sip:", "x", SIP_URI_MAX - 4,
	      " SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID M_FORWARDS
	      "CSeq: 7 BYE\r\n" M_NO_BODY,
	      414, "Request-URI Too Long");
}

static void test_size(void **state)
{
	static char text[SIP_MESSAGE_MAX + 2];
	struct sip_head head;
	size_t head_len;

	head_len = (size_t)sprintf(text, "%s\r\n", M_OPTIONS_HEAD);
	memset(text + head_len, 'x', sizeof(text) - head_len);
	assert_int_equal(sip_validate(text, SIP_MESSAGE_MAX, false, &head),
			 SIP_ACCEPT);
	assert_int_equal(sip_validate(text, SIP_MESSAGE_MAX + 1, false, &head),
			 SIP_REJECT);
	assert_int_equal(head.status, 513);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),  cmocka_unit_test(test_head),
		cmocka_unit_test(test_nul),    cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
