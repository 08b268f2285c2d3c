// SPDX-License-Identifier: GPL-2.0-or-later
/* Servers of a name: which, in what order, and for how long. DNS is the test's. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/dns.h"
#include "base/log.h"
#include "base/loop.h"
#include "guard/strike.h"
#include "sip/limits.h"
#include "sip/servers.h"
#include "sip/transport.h"

/* The open question. */
static struct {
	enum dns_kind kind;
	char name[DNS_NAME_MAX + 16];
	void (*done)(const struct dns_reply *reply, void *arg);
	void *arg;
} asked;

static unsigned int n_known, n_trusted, last_wait;
static uint64_t now_ms;

struct dns_query *__wrap_dns_ask(enum dns_kind kind, const char *name,
				 const char *servers,
				 void (*done)(const struct dns_reply *, void *),
				 void *arg);
struct dns_query *__wrap_dns_ask(enum dns_kind kind, const char *name,
				 const char *servers,
				 void (*done)(const struct dns_reply *, void *),
				 void *arg)
{
	assert_null(asked.done);
	asked.kind = kind;
	snprintf(asked.name, sizeof(asked.name), "%s", name);
	asked.done = done;
	asked.arg = arg;
	return (void *)&asked;
}

void __wrap_dns_forget(struct dns_query *q);
void __wrap_dns_forget(struct dns_query *q)
{
	if (q)
		asked.done = NULL;
}

uint64_t __wrap_transport_now(void);
uint64_t __wrap_transport_now(void)
{
	return now_ms;
}

void __wrap_trust_gateway(struct in_addr addr, uint32_t seconds,
			  const char *comment);
void __wrap_trust_gateway(struct in_addr addr, uint32_t seconds,
			  const char *comment)
{
	assert_int_equal(seconds, SIP_SERVER_KEEP_SECONDS);
	n_trusted++;
}

/* No timer waits. */
int __real_event_add(struct event *ev, const struct timeval *tv);
int __wrap_event_add(struct event *ev, const struct timeval *tv);
int __wrap_event_add(struct event *ev, const struct timeval *tv)
{
	static const struct timeval at_once;

	last_wait = tv ? (unsigned int)tv->tv_sec : 0;
	return __real_event_add(ev, tv ? &at_once : NULL);
}

static void on_known(const struct servers *s)
{
	n_known++;
}

static int setup(void **state)
{
	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	n_known = n_trusted = 0;
	now_ms = 1000000;
	return loop_init() || servers_init(on_known) ? -1 : 0;
}

static int teardown(void **state)
{
	servers_exit();
	loop_exit();
	return 0;
}

static void expect(enum dns_kind kind, const char *name)
{
	for (int i = 0; !asked.done && i < 10; i++)
		event_base_loop(loop_base(), EVLOOP_NONBLOCK);
	assert_non_null(asked.done);
	assert_int_equal(asked.kind, kind);
	assert_string_equal(asked.name, name);
}

static void reply(const struct dns_reply *r)
{
	void (*done)(const struct dns_reply *, void *) = asked.done;

	asked.done = NULL;
	done(r, asked.arg);
}

static void reply_error(int err)
{
	const struct dns_reply r = { .err = err, .why = "the test says so" };

	reply(&r);
}

static void add_srv(struct dns_reply *r, uint16_t priority, uint16_t weight,
		    const char *host)
{
	struct dns_record *rec = &r->record[r->n++];

	rec->order = priority;
	rec->preference = weight;
	rec->port = 5070;
	snprintf(rec->name, sizeof(rec->name), "%s", host);
}

static void reply_addr(const char *addr, uint32_t ttl)
{
	struct dns_reply r = { .n = 1, .record = { { .ttl = ttl } } };

	inet_pton(AF_INET, addr, &r.record[0].addr);
	reply(&r);
}

/* sip.test, with a port: only addresses are asked for. */
static struct servers *simple(void)
{
	struct servers *s = servers_get("sip.test", 5070, SIP_TCP);

	servers_begin(NULL);
	return s;
}

static const char *now_text(const struct servers *s)
{
	return inet_ntoa(servers_now(s)->sin_addr);
}

static struct sockaddr_in at(const char *addr)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(5070) };

	inet_pton(AF_INET, addr, &in.sin_addr);
	return in;
}

static void reply_two(void)
{
	struct dns_reply r = { .n = 2 };

	r.record[0].addr = at("10.0.0.1").sin_addr;
	r.record[1].addr = at("10.0.0.2").sin_addr;
	reply(&r);
}

static void test_steps(void **state)
{
	struct servers *s = servers_get("sip.test", 0, SIP_TLS);
	struct dns_reply r = { 0 };

	servers_begin(NULL);
	assert_int_equal(servers_now(s)->sin_family, 0);
	expect(DNS_NAPTR, "sip.test");
	r.n = 3;
	for (unsigned int i = 0; i < 3; i++) {
		struct dns_record *n = &r.record[i];

		/* The last is the most wanted of ours. */
		n->order = 3 - (uint16_t)i;
		snprintf(n->service, sizeof(n->service), "%s",
			 i == 1 ? "SIP+D2U" : "sips+d2t");
		snprintf(n->name, sizeof(n->name), "_x%u.test", i);
	}
	reply(&r);
	expect(DNS_SRV, "_x2.test");
	memset(&r, 0, sizeof(r));
	add_srv(&r, 2, 0, "b.test");
	add_srv(&r, 1, 0, "a.test");
	reply(&r);
	expect(DNS_ADDRESS, "a.test");
	reply_addr("10.0.0.1", 600);
	expect(DNS_ADDRESS, "b.test");
	assert_int_equal(n_known, 0);
	reply_addr("10.0.0.2", 500);
	assert_int_equal(n_known, 1);
	assert_int_equal(n_trusted, 2);
	assert_int_equal(last_wait, 500);
	assert_int_equal(servers_count(s), 2);
	assert_string_equal(now_text(s), "10.0.0.1");
	assert_int_equal(ntohs(servers_now(s)->sin_port), 5070);
	assert_string_equal(servers_host(s, at("10.0.0.2").sin_addr), "b.test");
	servers_put(s);
}

static void test_no_records(void **state)
{
	struct servers *s = servers_get("sip.test", 0, SIP_TLS);

	servers_begin(NULL);
	expect(DNS_NAPTR, "sip.test");
	reply_error(-EIO); /* the server doesn't know NAPTR */
	expect(DNS_SRV, "_sips._tcp.sip.test");
	reply_error(-ENOENT);
	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.1", 0);
	assert_int_equal(ntohs(servers_now(s)->sin_port), 5061);
	assert_null(servers_host(s, at("10.0.0.1").sin_addr));
	/* A server that is not asked for SRV must not lead past it. */
	expect(DNS_NAPTR, "sip.test");
	reply_error(-ENOENT);
	expect(DNS_SRV, "_sips._tcp.sip.test");
	reply_error(-EIO);
	assert_int_equal(last_wait, SIP_RESOLVE_AGAIN_SECONDS);
	assert_string_equal(now_text(s), "10.0.0.1");
	servers_put(s);
}

static void test_weights(void **state)
{
	struct servers *s = servers_get("sip.test", 0, SIP_UDP);
	unsigned int heavy = 0;

	servers_begin(NULL);
	for (unsigned int i = 0; i < 400; i++) {
		struct dns_reply r = { 0 };

		add_srv(&r, 9, 1000, "last.test");
		add_srv(&r, 5, 10, "light.test");
		add_srv(&r, 5, 30, "heavy.test");
		expect(DNS_NAPTR, "sip.test");
		reply_error(-ENOENT);
		expect(DNS_SRV, "_sip._udp.sip.test");
		reply(&r);
		if (!strcmp(asked.name, "heavy.test"))
			heavy++;
		else
			expect(DNS_ADDRESS, "light.test");
		reply_addr("10.0.0.1", 600);
		reply_addr("10.0.0.2", 600);
		expect(DNS_ADDRESS, "last.test");
		reply_addr("10.0.0.3", 600);
	}
	/* 300 are expected; the deviation is 9. */
	assert_in_range(heavy, 250, 350);
	servers_put(s);
}

static void test_waits(void **state)
{
	static const unsigned int waits[] = { 5, 10, 20, 40, 60, 60 };
	struct servers *s = simple();

	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.1", 5);
	assert_int_equal(last_wait, SIP_RESOLVED_SECONDS_MIN);
	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.1", 100000);
	assert_int_equal(last_wait, SIP_RESOLVED_SECONDS_MAX);
	for (unsigned int i = 0; i < 6; i++) {
		expect(DNS_ADDRESS, "sip.test");
		reply_error(-EIO);
		assert_int_equal(last_wait, waits[i]);
	}
	assert_string_equal(now_text(s), "10.0.0.1");
	assert_int_equal(n_trusted, 8);
	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.1", 600);
	expect(DNS_ADDRESS, "sip.test");
	reply_error(-EIO);
	assert_int_equal(last_wait, waits[0]);
	servers_put(s);
}

static void test_former(void **state)
{
	struct servers *s = simple();

	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.1", 60);
	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.2", 60);
	assert_string_equal(now_text(s), "10.0.0.2");
	assert_int_equal(servers_count(s), 1);
	assert_true(servers_have(s, at("10.0.0.1").sin_addr));
	now_ms += SIP_SERVER_KEEP_SECONDS * 1000;
	expect(DNS_ADDRESS, "sip.test");
	reply_addr("10.0.0.2", 60);
	assert_false(servers_have(s, at("10.0.0.1").sin_addr));
	assert_true(servers_have(s, at("10.0.0.2").sin_addr));
	assert_false(servers_have(s, at("10.0.0.3").sin_addr));
	servers_put(s);
}

static void test_failed(void **state)
{
	struct sockaddr_in one = at("10.0.0.1"), two = at("10.0.0.2"),
			   none = at("10.0.0.9");
	struct servers *s = simple();

	expect(DNS_ADDRESS, "sip.test");
	reply_two();
	assert_false(servers_failed(s, &none, 300));
	assert_string_equal(now_text(s), "10.0.0.1");
	assert_true(servers_failed(s, &one, 300));
	assert_string_equal(now_text(s), "10.0.0.2");
	assert_true(servers_failed(s, &one, 30)); /* known, and no shorter */
	/* A new answer doesn't make it good. */
	now_ms += 100000;
	expect(DNS_ADDRESS, "sip.test");
	reply_two();
	assert_string_equal(now_text(s), "10.0.0.2");
	/* All have failed: the one that did first is as good as any. */
	assert_false(servers_failed(s, &two, 300));
	assert_string_equal(now_text(s), "10.0.0.1");
	assert_false(servers_failed(s, &one, 300));
	assert_string_equal(now_text(s), "10.0.0.1");
	now_ms += 300000;
	expect(DNS_ADDRESS, "sip.test");
	reply_two();
	assert_string_equal(now_text(s), "10.0.0.1");
	servers_put(s);
}

static void test_bounds(void **state)
{
	struct servers *s = servers_get("sip.test", 0, SIP_UDP);
	struct dns_reply r = { 0 };
	char name[32];

	servers_begin(NULL);
	expect(DNS_NAPTR, "sip.test");
	reply_error(-ENOENT);
	for (uint16_t i = 0; i < DNS_RECORDS_MAX; i++) {
		snprintf(name, sizeof(name), "h%u.test", i);
		add_srv(&r, i, 0, name);
	}
	expect(DNS_SRV, "_sip._udp.sip.test");
	reply(&r);
	for (unsigned int i = 0; i < SIP_TARGETS_MAX; i++) {
		struct dns_reply a = { .n = DNS_RECORDS_MAX };

		snprintf(name, sizeof(name), "h%u.test", i);
		expect(DNS_ADDRESS, name);
		for (unsigned int j = 0; j < a.n; j++)
			a.record[j].addr.s_addr =
				htonl(0x0a000000 + i * 16 + j);
		reply(&a);
	}
	assert_int_equal(n_known, 1);
	assert_int_equal(servers_count(s), SIP_SERVERS_MAX);
	servers_put(s);
}

/* Of what a name server says, only what can be a server. */
static void test_hostile(void **state)
{
	struct servers *s = servers_get("sip.test", 0, SIP_UDP);
	struct dns_reply r = { .n = 1 };

	servers_begin(NULL);
	expect(DNS_NAPTR, "sip.test");
	strcpy(r.record[0].service, "SIP+D2U"); /* of no name */
	reply(&r);
	expect(DNS_SRV, "_sip._udp.sip.test");
	memset(&r, 0, sizeof(r));
	add_srv(&r, 1, 0, ".");
	add_srv(&r, 1, 0, "none.test");
	r.record[1].port = 0;
	add_srv(&r, 2, 0, "");
	add_srv(&r, 3, 0, "a.test");
	reply(&r);
	expect(DNS_ADDRESS, "a.test");
	memset(&r, 0, sizeof(r));
	r.n = 5;
	r.record[0].addr = at("0.0.0.0").sin_addr;
	r.record[1].addr = at("224.0.0.1").sin_addr;
	r.record[2].addr = at("255.255.255.255").sin_addr;
	r.record[3].addr = at("223.255.255.1").sin_addr;
	r.record[4].addr = at("0.1.2.3").sin_addr;
	reply(&r);
	assert_int_equal(servers_count(s), 1);
	assert_string_equal(now_text(s), "223.255.255.1");
	expect(DNS_NAPTR, "sip.test");
	reply_error(-ENOENT);
	expect(DNS_SRV, "_sip._udp.sip.test");
	memset(&r, 0, sizeof(r));
	add_srv(&r, 1, 0, "none.test");
	r.record[0].port = 0;
	reply(&r);
	assert_null(asked.done);
	assert_int_equal(last_wait, SIP_RESOLVE_AGAIN_SECONDS);
	servers_put(s);
}

static void test_shared(void **state)
{
	struct servers *s = simple(), *again, *other;

	again = servers_get("SIP.test", 5070, SIP_TCP);
	assert_ptr_equal(s, again);
	other = servers_get("sip.test", 5070, SIP_UDP);
	assert_ptr_not_equal(s, other);
	servers_put(other);
	other = servers_get("sip.test", 0, SIP_TCP);
	assert_ptr_not_equal(s, other);
	servers_put(other);
	servers_put(s);
	expect(DNS_ADDRESS, "sip.test");
	servers_put(again); /* with its question open */
	assert_null(asked.done);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_steps),	T(test_no_records), T(test_weights),
		T(test_waits),	T(test_former),	    T(test_failed),
		T(test_bounds), T(test_hostile),    T(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
