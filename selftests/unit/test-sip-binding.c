// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of bindings, and its file. */
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
#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/binding.h"
#include "sip/regstore.h"

static struct gateway gw = { .name = "phones", .extensions = true },
		      other = { .name = "other", .extensions = true };
static struct sip_config cfg = { .gateway = { &gw, &other }, .n_gateways = 2 };
static unsigned int changes;

/* Trust that the kernel was told of, by --wrap. */
static struct {
	unsigned int grants, ends;
	uint32_t seconds;
} trust;

void __wrap_trust_grant_for(struct in_addr addr, uint32_t seconds,
			    const char *comment);
void __wrap_trust_grant_for(struct in_addr addr, uint32_t seconds,
			    const char *comment)
{
	trust.grants++;
	trust.seconds = seconds;
}

void __wrap_trust_end(struct in_addr addr, const char *comment);
void __wrap_trust_end(struct in_addr addr, const char *comment)
{
	trust.ends++;
}

static void on_change(void)
{
	changes++;
}

static int setup(void **state)
{
	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	memset(&trust, 0, sizeof(trust));
	changes = 0;
	if (loop_init() || bindings_init())
		return -1;
	bindings_watch(on_change);
	return 0;
}

static int teardown(void **state)
{
	bindings_exit();
	loop_exit();
	return 0;
}

/* "a" at 10.0.0.@host */
static int set(const char *number, const char *contact, unsigned int host,
	       unsigned int most)
{
	struct binding b = {
		.contact = (char *)contact,
		.call_id = (char *)"id",
		.cseq = 7,
		.path = { (char *)"<sip:edge;lr>" },
		.n_path = 1,
		.where = { .gw = &gw, .peer.sin_family = AF_INET },
	};

	b.where.peer.sin_addr.s_addr = htonl(0x0a000000 + host);
	b.where.peer.sin_port = htons(5060);
	return binding_set(number, &b, 300, most, true);
}

static const char *next(const char *number, uint64_t *before)
{
	const struct binding *b = binding_next(number, NULL, *before);

	if (!b)
		return "-";
	*before = b->order;
	return b->contact;
}

static void test_order(void **state)
{
	uint64_t at = UINT64_MAX;

	assert_int_equal(set("1", "sip:a", 1, 2), 0);
	assert_int_equal(set("1", "sip:b", 1, 2), 0);
	assert_int_equal(set("1", "sip:a", 1, 2), 0);
	assert_int_equal(bindings_count(), 2);
	assert_string_equal(next("1", &at), "sip:a");
	assert_string_equal(next("1", &at), "sip:b");
	assert_string_equal(next("1", &at), "-");
	assert_string_equal(next("2", &at), "-");
	/* b is the oldest now. */
	assert_int_equal(set("1", "sip:c", 1, 2), 0);
	assert_null(binding_find(aor_find("1"), "sip:b"));
	assert_null(binding_next("1", &other, UINT64_MAX));
	assert_non_null(binding_next("1", &gw, UINT64_MAX));
	assert_int_equal(aor_end(aor_find("1"), BINDING_REMOVED), 2);
	assert_null(aor_find("1"));
	assert_int_equal(bindings_count(), 0);
	assert_true(changes >= 5);
}

static void test_trust(void **state)
{
	const struct in_addr addr = { htonl(0x0a000001) };

	set("1", "sip:a", 1, 4);
	set("2", "sip:a", 1, 4);
	assert_int_equal(trust.grants, 2);
	assert_int_equal(trust.seconds, 300);
	assert_true(bindings_from(addr));
	aor_end(aor_find("1"), BINDING_UNREGISTERED);
	assert_int_equal(trust.ends, 0); /* another one is there */
	assert_true(bindings_from(addr));
	aor_end(aor_find("2"), BINDING_UNREGISTERED);
	assert_int_equal(trust.ends, 1);
	assert_false(bindings_from(addr));
	/* From elsewhere: it is there no more. */
	set("1", "sip:a", 1, 4);
	set("1", "sip:a", 2, 4);
	assert_int_equal(trust.ends, 2);
	assert_false(bindings_from(addr));
}

static void stop(evutil_socket_t fd, short what, void *arg)
{
	loop_stop();
}

static void test_end(void **state)
{
	struct event *later;

	set("1", "sip:a", 1, 4);
	event_active(aor_find("1")->bindings.tqh_first->timer, EV_TIMEOUT, 0);
	later = evtimer_new(loop_base(), stop, NULL);
	event_active(later, EV_TIMEOUT, 0);
	loop_run();
	event_free(later);
	assert_null(aor_find("1"));
}

static void test_full(void **state)
{
	char number[16];

	for (unsigned int i = 0; i < SIP_BINDINGS_MAX; i++) {
		snprintf(number, sizeof(number), "%u", i);
		assert_int_equal(set(number, "sip:a", i / 4, 8), 0);
	}
	assert_int_equal(set("new", "sip:a", 1, 8), -ENOSPC);
	assert_null(aor_find("new"));
	assert_int_equal(set("0", "sip:a", 1, 8), 0); /* it is there already */
}

static void gather(struct binding *b, void *arg)
{
	unsigned int *n = arg;

	(*n)++;
	if (*n & 1)
		binding_end(b, BINDING_CONFIG);
}

/* What is called may end the one that it is given. */
static void test_each(void **state)
{
	unsigned int n = 0;

	set("1", "sip:a", 1, 4);
	set("1", "sip:b", 1, 4);
	set("2", "sip:a", 1, 4);
	bindings_each(gather, &n);
	assert_int_equal(n, 3);
	assert_int_equal(bindings_count(), 1);
	assert_true(bindings_use(&gw));
	assert_false(bindings_use(&other));
}

static struct extension extensions[] = { { .number = "1", .max_contacts = 2 } };

static void test_file(void **state)
{
	static const char text[] =
		"{\"version\": 1, \"bindings\": [{\"extension\": \"1\", "
		"\"contact\": \"sip:a@b\", \"gateway\": \"phones\", "
		"\"transport\": \"udp\", \"address\": \"10.0.0.1\", "
		"\"port\": 5060, \"until\": 2000, \"order\": 3, "
		"\"call-id\": \"x\", \"cseq\": 4, \"path\": "
		"[\"<sip:edge;lr>\"]}]}";
	const struct binding *b;
	json_t *list;

	cfg.registrar.extension = extensions;
	cfg.registrar.n_extensions = 1;
	cfg.registrar.expires_max = 100;
	assert_int_equal(regstore_read(text, strlen(text), &cfg, 2000), 0);
	assert_int_equal(regstore_read(text, strlen(text), &cfg, 1950), 1);
	b = binding_next("1", &gw, UINT64_MAX);
	assert_string_equal(b->contact, "sip:a@b");
	assert_int_equal(b->cseq, 4);
	assert_string_equal(b->path[0], "<sip:edge;lr>");
	assert_in_range(binding_left(b), 49, 50);
	list = regstore_list();
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	assert_int_equal(regstore_read(text, strlen(text), &cfg, 1), 1);
	assert_in_range(binding_left(binding_next("1", &gw, UINT64_MAX)), 99,
			100);
	for (size_t n = 0; n < strlen(text); n++)
		assert_int_equal(regstore_read(text, n, &cfg, 1), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trust, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each, setup, teardown),
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
