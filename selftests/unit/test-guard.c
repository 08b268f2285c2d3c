// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel is told of limits, trust and strikes; who is a scanner. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "guard/limits.h"
#include "guard/scanner.h"
#include "guard/strike.h"

#define KERNEL ((struct rgf *)(uintptr_t)1)

static struct rgf_strike last;
static struct rgf_trust trust;
static unsigned int n_strikes, n_trusts;

/* Linked with --wrap. */
int __wrap_rgf_strike(struct rgf *rgf, const struct rgf_strike *strike,
		      bool *ret_banned);
int __wrap_rgf_strike(struct rgf *rgf, const struct rgf_strike *strike,
		      bool *ret_banned)
{
	assert_ptr_equal(rgf, KERNEL);
	last = *strike;
	n_strikes++;
	return 0;
}

int __wrap_rgf_trust_add(struct rgf *rgf, const struct rgf_trust *t);
int __wrap_rgf_trust_add(struct rgf *rgf, const struct rgf_trust *t)
{
	assert_ptr_equal(rgf, KERNEL);
	trust = *t;
	n_trusts++;
	return 0;
}

static time_t shift;
int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
	*ret = (struct timespec){ .tv_sec = 1000 + shift };
	return 0;
}

static const struct guard_config *read_text(const char *text)
{
	static struct guard_config cfg;
	struct config_error errs[4];
	struct lyd_node *tree;

	if (config_load_text(text, strlen(text), &tree, errs, 4))
		fail_msg("%s: %s", errs[0].path, errs[0].text);
	memset(&cfg, 0xff, sizeof(cfg));
	guard_config_read(tree, &cfg);
	config_free(tree);
	return &cfg;
}

static uint32_t value(const struct guard_config *c, unsigned int class,
		      unsigned int setting)
{
	const struct rgf_limit *l = &c->limits.limit[class];

	assert_true(l->has & UINT32_C(1) << setting);
	return l->value[setting];
}

static void test_defaults(void **state)
{
	const struct guard_config *c = read_text("");

	for (unsigned int i = 0; rgf_limit_class_name(i); i++)
		assert_int_equal(value(c, i, RGF_LIMIT_ENABLED),
				 i == RINGFENCE_LIMIT_CLASS_STRIKE);
	assert_int_equal(
		value(c, RINGFENCE_LIMIT_CLASS_STRIKE, RGF_LIMIT_STRIKES), 10);
	assert_int_equal(c->limits.sources, RINGFENCE_SOURCES_DEFAULT);
	/* No gateway: no port, and that is said. */
	assert_int_equal(c->limits.signaling.n, 1);
	assert_int_equal(c->limits.signaling.port[0], 0);
	assert_int_equal(c->n_trusted, 0);
	assert_true(c->scanners.n > 5);
	assert_int_equal(c->limits.has,
			 RGF_LIMITS_SIGNALING | RGF_LIMITS_SECURE |
				 RGF_LIMITS_IPV4_LENGTH |
				 RGF_LIMITS_IPV6_LENGTH | RGF_LIMITS_SOURCES);
}

static void test_classes(void **state)
{
	const struct guard_config *c =
		read_text("guard limit invite rate 7\n"
			  "guard limit closed-media ban-time 9\n"
			  "guard ipv4-length 24\n"
			  "guard strike strikes 3\n"
			  "guard scanner foo\n");

	assert_int_equal(
		value(c, RINGFENCE_LIMIT_CLASS_INVITE, RGF_LIMIT_ENABLED), 1);
	assert_int_equal(value(c, RINGFENCE_LIMIT_CLASS_INVITE, RGF_LIMIT_RATE),
			 7);
	assert_int_equal(
		value(c, RINGFENCE_LIMIT_CLASS_INVITE, RGF_LIMIT_BURST), 40);
	assert_int_equal(value(c, RINGFENCE_LIMIT_CLASS_CLOSED_MEDIA,
			       RGF_LIMIT_BAN_TIME),
			 9);
	assert_int_equal(
		value(c, RINGFENCE_LIMIT_CLASS_REGISTER, RGF_LIMIT_ENABLED), 0);
	assert_int_equal(
		value(c, RINGFENCE_LIMIT_CLASS_STRIKE, RGF_LIMIT_STRIKES), 3);
	assert_int_equal(c->limits.ipv4_length, 24);
	assert_int_equal(c->scanners.n, 1);
}

static const char a_gateway[] = "network n address 10.0.0.1\n"
				"sip gateway g network n\n"
				"sip gateway g proxy-host 10.0.0.2\n";

static void test_equal(void **state)
{
	static const char *const others[] = {
		"guard limit invite rate 7\n", "guard strike window 5\n",
		"guard ipv4-length 24\n",      "guard ipv6-length 48\n",
		"guard sources 2048\n",	       a_gateway,
	};
	struct rgf_limits base = read_text("")->limits;

	assert_true(guard_limits_equal(&base, &read_text("")->limits));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (guard_limits_equal(&base, &read_text(others[i])->limits))
			fail_msg("%s", others[i]);
	}
}

/* Each class of the kernel's but strike is in the model, and no other. */
static void test_all_classes(void **state)
{
	for (unsigned int i = 0; rgf_limit_class_name(i); i++) {
		char line[80];

		if (i == RINGFENCE_LIMIT_CLASS_STRIKE)
			continue;
		snprintf(line, sizeof(line), "guard limit %s rate 1\n",
			 rgf_limit_class_name(i));
		assert_int_equal(value(read_text(line), i, RGF_LIMIT_RATE), 1);
	}
}

static void test_gateways(void **state)
{
	static char text[64 * 256];
	const struct guard_config *c;
	size_t used;

	used = (size_t)snprintf(text, sizeof(text),
				"network n address 10.0.0.1\n"
				"network n media-port-min 40000\n"
				"network n media-port-max 40009\n");
	for (unsigned int i = 0; i < 20; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used,
			"sip gateway g%u network n\n"
			"sip gateway g%u port %u\n"
			"sip gateway g%u proxy-host 10.0.0.%u\n",
			i, i, 5060 + i, i, 2 + i % 3);
	c = read_text(text);
	assert_int_equal(c->limits.signaling.n, RINGFENCE_MAX_SIGNALING_PORTS);
	assert_int_equal(c->limits.signaling.port[0], 5060);
	assert_int_equal(c->left_out, 5079);
	assert_int_equal(c->secure_left_out, 0);
	/* Each address once. */
	assert_int_equal(c->n_trusted, 3);
	assert_string_equal(inet_ntoa(c->trusted[2].addr), "10.0.0.4");
	assert_string_equal(c->trusted[2].gateway, "g2");
	/* That of all trunks is trusted if one uses it. */
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "sip proxy-host 10.0.0.99\n");
	assert_int_equal(read_text(text)->n_trusted, 3);
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "sip gateway e network n\n"
				 "sip gateway e port 6000\n"
				 "sip gateway e type endpoint\n");
	assert_int_equal(read_text(text)->n_trusted, 3);
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "sip gateway t network n\n"
				 "sip gateway t port 6001\n");
	c = read_text(text);
	assert_int_equal(c->n_trusted, 4);
	assert_string_equal(inet_ntoa(c->trusted[3].addr), "10.0.0.99");
	assert_string_equal(c->trusted[3].gateway, "t");
	snprintf(text + used, sizeof(text) - used,
		 "guard trust-gateways false\n");
	assert_int_equal(read_text(text)->n_trusted, 0);
}

static void test_scanner(void **state)
{
	static const struct {
		const char *msg;
		bool is;
	} cases[] = {
		{ "OPTIONS x SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n",
		  true },
		{ "OPTIONS x SIP/2.0\nuser-AGENT : my SIPVicious 1\n\n", true },
		{ "User-Agent: sipcli/v1.8", true },
		{ "User-Agent: sipcl", false },
		{ "OPTIONS x SIP/2.0\r\nUser-Agent: phone\r\n\r\n", false },
		{ "OPTIONS x SIP/2.0\r\nX-User-Agent: sipcli\r\n\r\n", false },
		{ "OPTIONS x SIP/2.0\r\n\r\nUser-Agent: sipcli\r\n", false },
		{ "", false },
		{ "User-Agent", false },
		{ "\n\n\n", false },
	};

	scanner_set(&read_text("")->scanners);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* On the heap, so that valgrind and ASan see its end. */
		size_t n = strlen(cases[i].msg);
		char *msg = malloc(n + 1);

		memcpy(msg, cases[i].msg, n);
		if (scanner_is(msg, n) != cases[i].is)
			fail_msg("%s", cases[i].msg);
		free(msg);
	}
	scanner_set(&(struct scanners){ 0 });
	assert_false(scanner_is(cases[0].msg, strlen(cases[0].msg)));
}

static void test_strike(void **state)
{
	struct in_addr addr = { htonl(0xc0000201) };

	strike(addr, RINGFENCE_STRIKE_REASON_SLOW, true);
	assert_int_equal(n_strikes, 0); /* no kernel yet */
	strike_open(KERNEL);
	strike(addr, RINGFENCE_STRIKE_REASON_SLOW, true);
	assert_int_equal(n_strikes, 1);
	assert_int_equal(rgf_addr_to_v4(&last.addr).s_addr, addr.s_addr);
	assert_int_equal(last.reason, RINGFENCE_STRIKE_REASON_SLOW);
	assert_true(last.proved);
	assert_int_equal(last.count, 1);
	strike(addr, RINGFENCE_STRIKE_REASON_SCANNER, false);
	assert_false(last.proved);
	assert_int_equal(last.count, STRIKE_SCANNER_COUNT);

	shift++;
	n_strikes = 0;
	for (unsigned int i = 0; i < 3 * STRIKES_PER_SECOND; i++)
		strike(addr, RINGFENCE_STRIKE_REASON_OTHER, false);
	assert_int_equal(n_strikes, STRIKES_PER_SECOND);
	shift++;
	strike(addr, RINGFENCE_STRIKE_REASON_OTHER, false);
	assert_int_equal(n_strikes, STRIKES_PER_SECOND + 1);
}

static void test_trust(void **state)
{
	struct in_addr addr = { htonl(0xc0000201) };

	trust_set_time(0);
	trust_grant(addr, "TLS");
	assert_int_equal(n_trusts, 0);
	trust_set_time(60);
	trust_grant(addr, "TLS");
	assert_int_equal(n_trusts, 1);
	assert_int_equal(trust.time, 60);
	assert_int_equal(trust.prefix.len, 32);
	assert_string_equal(trust.comment, "TLS");
	strike_open(NULL);
}

static int setup(void **state)
{
	return config_init(NULL);
}

static int teardown(void **state)
{
	config_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_all_classes),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_scanner),
		cmocka_unit_test(test_strike),
		cmocka_unit_test(test_trust),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
