// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <malloc.h>
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
#include "sip/dialog.h"
#include "sip/message.h"

static struct gateway gateway;
static struct sip_path path = { .gw = &gateway };

static int setup(void **state)
{
	osip_t *osip;

	message_init();
	osip_init(&osip);
	*state = osip;
	gateway.local.sin_port = htons(5061);
	inet_pton(AF_INET, "192.0.2.1", &gateway.local.sin_addr);
	hop_set(&gateway.proxy, "10.0.0.2", 5080, SIP_UDP);
	path.transport = SIP_UDP;
	path.peer.sin_port = htons(4711);
	inet_pton(AF_INET, "10.0.0.2", &path.peer.sin_addr);
	return 0;
}

static int teardown(void **state)
{
	osip_release(*state);
	return 0;
}

/* Linked with --wrap: freed memory that still held the key is counted. */
#define KEY "inline:c2VjcmV0IGtleSBvZiB0aGlzIGNhbGwuLg=="
static unsigned int leaks;

void __real_free(void *p);
void __wrap_free(void *p);
void __wrap_free(void *p)
{
	if (p && memmem(p, malloc_usable_size(p), KEY, sizeof(KEY) - 1))
		leaks++;
	__real_free(p);
}

static osip_message_t *parse(const char *text)
{
	struct sip_head head;
	osip_message_t *msg;

	if (sip_validate(text, strlen(text), true, &head) != SIP_ACCEPT)
		fail_msg("%s\n%s", head.reason, text);
	msg = message_parse(text, &head);
	assert_non_null(msg);
	return msg;
}

/* What we make must pass our own check. */
static char *valid_text(osip_message_t *msg)
{
	struct sip_head head;
	char *text;
	size_t len;

	assert_non_null(msg);
	text = message_text(msg, &len);
	assert_non_null(text);
	assert_int_equal(len, strlen(text));
	if (sip_validate(text, len, true, &head) != SIP_ACCEPT)
		fail_msg("%s\n%s", head.reason, text);
	osip_message_free(msg);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in:\n%s", part, text);
}

static void test_body(void **state)
{
	osip_message_t *msg = parse(M_INVITE);
	const char *sdp;
	size_t len;

	sdp = message_sdp(msg, &len);
	assert_non_null(sdp);
	assert_int_equal(len, 30);
	assert_memory_equal(sdp, M_SDP_BODY, 30);
	assert_string_equal(message_tag(msg->from), "f1");
	assert_null(message_tag(msg->to));
	assert_string_equal(message_branch(msg), "z9hG4bKa1");
	assert_int_equal(message_cseq(msg), 7);
	assert_int_equal(message_max_forwards(msg), 70);
	osip_message_free(msg);
}

/* Memory without a file, but the stack. */
static bool is_heap(const char *map)
{
	return strstr(map, " rw-p ") && strstr(map, " 00:00 0 ") &&
	       (strstr(map, "[heap]") || !strchr(map, '['));
}

/* How often is the key in the heap, in use or not? */
static unsigned int keys_in_heap(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int found = 0;
	char line[512];
	char *p, *end;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		if (!is_heap(line) ||
		    sscanf(line, "%p-%p", (void **)&p, (void **)&end) != 2)
			continue;
		while ((p = memmem(p, (size_t)(end - p), KEY,
				   sizeof(KEY) - 1))) {
			found++;
			p++;
		}
	}
	fclose(maps);
	return found;
}

/* clang builds with ASan, whose heap is somewhere else; each block goes to free(). */
#ifdef __clang__
#define SEES_HEAP false
#else
#define SEES_HEAP true
#endif

/* Message and text with a key in them are wiped when they are freed. */
static void test_wiped(void **state)
{
	osip_message_t *msg = parse(M_OPTIONS_HEAD
				    "Content-Type: application/sdp\r\n"
				    "Content-Length: 43\r\n\r\n" KEY);
	size_t len;
	char *text = message_text(msg, &len);

	assert_non_null(strstr(text, KEY));
	leaks = 0;
	assert_true(!SEES_HEAP || keys_in_heap() >= 2);
	osip_free(text);
	osip_message_free(msg);
	assert_true(!SEES_HEAP || keys_in_heap() == 0);
	assert_int_equal(leaks, 0);
}

/* libosip2 never gets to see the parts of a body. */
static void test_multipart(void **state)
{
	osip_message_t *msg;
	size_t len;

	msg = parse(M_OPTIONS_HEAD
		    "Content-Type: multipart/mixed;boundary=\"\r\n"
		    "Content-Length: 9\r\n\r\n--\"\r\n\r\n--");
	assert_true(message_has_body(msg));
	assert_null(message_sdp(msg, &len));
	osip_message_free(msg);
}

static void test_response(void **state)
{
	osip_message_t *req = parse(M_INVITE);
	char *text;

	text = valid_text(message_response(req, 180, NULL, "ours"));
	has(text, "SIP/2.0 180 Ringing\r\n");
	has(text, "To: <sip:bob@10.0.0.1>;tag=ours\r\n");
	has(text, "branch=z9hG4bKa1");
	has(text, "branch=z9hG4bKb2");
	has(text, "Record-Route: <sip:10.0.0.9;lr>\r\n"
		  "Record-Route: <sip:10.0.0.8;lr>\r\n");
	has(text, "CSeq: 7 INVITE\r\n");
	has(text, "Content-Length: 0\r\n");
	has_not(text, "Contact:");
	osip_free(text);
	text = valid_text(message_response(req, 100, NULL, "ours"));
	has_not(text, "tag=ours");
	osip_free(text);
	text = valid_text(message_response(req, 486, "Not now", "ours"));
	has(text, "SIP/2.0 486 Not now\r\n");
	has_not(text, "Record-Route");
	osip_free(text);
	osip_message_free(req);
}

static void test_refusal(void **state)
{
	const char *bad = M_OPTIONS_HEAD "Content-Length: 5\r\n\r\n";
	struct sip_head head;
	size_t len;
	char *text;

	assert_int_equal(sip_validate(bad, strlen(bad), true, &head),
			 SIP_REJECT);
	text = message_refusal(&head, head.status, head.reason, &len);
	assert_int_equal(len, strlen(text));
	assert_int_equal(sip_validate(text, len, true, &head), SIP_ACCEPT);
	has(text, "SIP/2.0 400 Body shorter than Content-Length\r\nVia: SIP");
	has(text, "To: <sip:bob@10.0.0.1>;tag=");
	has(text, "Call-ID: 1.a@10.0.0.2\r\nCSeq: 7 OPTIONS\r\n");
	free(text);
}

static void test_received(void **state)
{
	osip_message_t *req = parse(M_INVITE);
	struct sockaddr_in to = path.peer;
	char *text;

	assert_int_equal(message_received(req, &path), 0);
	message_reply_to(req, &to);
	assert_int_equal(ntohs(to.sin_port), 4711);
	text = valid_text(req);
	has(text, ";rport=4711");
	has(text, ";received=10.0.0.2");
	osip_free(text);
}

/* Neither maddr nor a false "received" decide where an answer goes. */
static void test_no_rport(void **state)
{
	osip_message_t *req;
	struct sockaddr_in to = path.peer;
	char *text;

	req = parse("BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h:99;maddr=10.9.9.9;"
		    "received=10.9.9.8;branch=z9hG4bKc\r\n" M_FROM M_TO
			    M_CALL_ID M_FORWARDS "CSeq: 7 BYE\r\n" M_NO_BODY);
	assert_int_equal(message_received(req, &path), 0);
	message_reply_to(req, &to);
	assert_int_equal(ntohs(to.sin_port), 99);
	assert_int_equal(to.sin_addr.s_addr, path.peer.sin_addr.s_addr);
	text = valid_text(req);
	has(text, ";received=10.0.0.2");
	has_not(text, "10.9.9.8");
	osip_free(text);
}

static void test_our_uri(void **state)
{
	char *uri = message_our_uri(&path, "x");

	assert_string_equal(uri, "sip:x@192.0.2.1:5061");
	free(uri);
	path.transport = SIP_TLS;
	uri = message_our_uri(&path, NULL);
	assert_string_equal(uri, "sip:192.0.2.1:5061;transport=tls");
	free(uri);
	path.transport = SIP_UDP;
}

static void test_uas_dialog(void **state)
{
	osip_message_t *invite = parse(M_INVITE), *bye;
	struct dialog d = { 0 };
	struct sip_path to = path;
	char *text;

	assert_int_equal(dialog_from_invite(&d, invite), 0);
	assert_string_equal(d.target, "sip:alice@10.0.0.2:5062;x=y");
	assert_int_equal(d.n_routes, 2);
	assert_int_equal(d.remote_cseq, 7);
	text = valid_text(dialog_request(&d, "BYE", &to));
	has(text, "BYE sip:alice@10.0.0.2:5062;x=y SIP/2.0\r\n");
	has(text, "Route: <sip:10.0.0.9;lr>\r\nRoute: <sip:10.0.0.8;lr>\r\n");
	has(text, "From: <sip:bob@10.0.0.1>;tag=");
	has(text, "To: \"A, \\\"B\\\"\" <sip:alice@10.0.0.2>;tag=f1\r\n");
	has(text, "CSeq: 1 BYE\r\n");
	has(text, "Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK");
	has(text, "Max-Forwards: 70\r\n");
	osip_free(text);
	bye = dialog_request(&d, "BYE", &to);
	assert_int_equal(message_cseq(bye), 2);
	osip_message_free(bye);
	osip_message_free(invite);
	dialog_clear(&d);
}

/* The next hop is the proxy, whatever foreign hosts routes and targets name. */
static void test_next_hop(void **state)
{
	static const struct {
		const char *target, *route;
		uint16_t port;
	} table[] = {
		{ "sip:a@10.0.0.2:5062", NULL, 5062 },
		{ "sip:a@10.0.0.2", NULL, 5060 },
		{ "sip:a@10.9.9.9:1", NULL, 5080 },
		{ "sip:a@example.com", NULL, 5080 },
		{ "sip:a@10.0.0.2:99999", NULL, 5080 },
		{ "sip:a@10.0.0.2:5062", "<sip:10.0.0.2:5070;lr>", 5070 },
		{ "sip:a@10.0.0.2:5062", "<sip:10.9.9.9:5070;lr>", 5080 },
		{ "sip:a@10.0.0.2:5062", "<<<", 5080 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct dialog d = {
			.target = (char *)table[i].target,
			.route = { (char *)table[i].route },
			.n_routes = table[i].route ? 1 : 0,
		};
		struct sip_path to = path;

		dialog_path(&d, &to);
		assert_int_equal(ntohs(to.peer.sin_port), table[i].port);
		assert_int_equal(to.peer.sin_addr.s_addr,
				 gateway.proxy.addr.sin_addr.s_addr);
	}
}

#define ANSWER(tag)                                                          \
	"SIP/2.0 200 OK\r\n" M_VIA M_FROM "To: <sip:bob@10.0.0.1>;tag=" tag  \
	"\r\n" M_CALL_ID "CSeq: 7 INVITE\r\nContact: <sip:b@10.0.0.2:7>\r\n" \
	"Record-Route: <sip:1;lr>, <sip:2;lr>\r\n" M_NO_BODY

static void test_uac_dialog(void **state)
{
	osip_message_t *ok = parse(ANSWER("b1")), *second = parse(ANSWER("b2"));
	struct dialog d = { 0 }, fork = { 0 };
	char *text;

	assert_int_equal(dialog_new(&d, "<sip:a@192.0.2.1>", "<sip:b@10.0.0.2>",
				    "sip:b@10.0.0.2:5080"),
			 0);
	d.local_cseq = 7;
	assert_int_equal(dialog_answered(&d, ok), 0);
	text = valid_text(dialog_ack(&d, 7, &path));
	has(text, "ACK sip:b@10.0.0.2:7 SIP/2.0\r\n");
	has(text, "Route: <sip:2;lr>\r\nRoute: <sip:1;lr>\r\n");
	has(text, "CSeq: 7 ACK\r\n");
	has(text, "To: <sip:b@10.0.0.2>;tag=b1\r\n");
	osip_free(text);
	assert_int_equal(dialog_fork(&fork, &d, second), 0);
	text = valid_text(dialog_request(&fork, "BYE", &path));
	has(text, ";tag=b2\r\n");
	has(text, "CSeq: 8 BYE\r\n");
	has(text, d.call_id);
	has(text, d.local_tag);
	osip_free(text);
	osip_message_free(ok);
	osip_message_free(second);
	dialog_clear(&d);
	dialog_clear(&fork);
}

static void test_order(void **state)
{
	osip_message_t *req = parse(M_OPTIONS_HEAD M_NO_BODY);
	struct dialog d = { .remote_cseq = 6 };

	assert_true(dialog_in_order(&d, req));
	assert_int_equal(d.remote_cseq, 7);
	d.remote_cseq = 8;
	assert_false(dialog_in_order(&d, req));
	assert_int_equal(d.remote_cseq, 8);
	osip_message_free(req);
}

static void test_cancel(void **state)
{
	osip_message_t *invite = parse(M_INVITE);
	char *text = valid_text(message_cancel(invite));

	has(text, "CANCEL sip:bob@10.0.0.1 SIP/2.0\r\n");
	has(text, "CSeq: 7 CANCEL\r\n");
	has(text, "branch=z9hG4bKa1");
	has_not(text, "branch=z9hG4bKb2");
	has_not(text, "Contact");
	osip_free(text);
	osip_message_free(invite);
}

static void test_bad_invites(void **state)
{
	static const char *const bad[] = {
		/* no tag */
		"INVITE sip:b SIP/2.0\r\n" M_VIA
		"From: <sip:alice@10.0.0.2>\r\n" M_TO M_CALL_ID M_FORWARDS
			M_CONTACT "CSeq: 7 INVITE\r\n" M_NO_BODY,
		/* no, or a strange, Contact */
		"INVITE sip:b SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
			M_FORWARDS "CSeq: 7 INVITE\r\n" M_NO_BODY,
		"INVITE sip:b SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
			M_FORWARDS "Contact: *\r\nCSeq: 7 INVITE\r\n" M_NO_BODY,
		"INVITE sip:b SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID
			M_FORWARDS
		"Contact: <http://h/x>\r\nCSeq: 7 INVITE\r\n" M_NO_BODY,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dialog d = { 0 };
		osip_message_t *msg;

		msg = parse(bad[i]);

		assert_true(dialog_from_invite(&d, msg) < 0);
		dialog_clear(&d);
		osip_message_free(msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_wiped),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_no_rport),
		cmocka_unit_test(test_our_uri),
		cmocka_unit_test(test_uas_dialog),
		cmocka_unit_test(test_next_hop),
		cmocka_unit_test(test_uac_dialog),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_bad_invites),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
