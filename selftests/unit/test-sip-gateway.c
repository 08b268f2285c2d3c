// SPDX-License-Identifier: GPL-2.0-or-later
/* Gateways and routes from a configuration; and the rate of strangers. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "config/config.h"
#include "sip/gateway.h"
#include "sip/route.h"
#include "sip/stranger.h"

#define TWO                                       \
	"network a address 10.0.0.1\n"            \
	"network a media-port-min 30000\n"        \
	"network a media-port-max 30009\n"        \
	"network b address 10.0.1.1\n"            \
	"sip gateway one network a\n"             \
	"sip gateway one proxy-host 10.0.0.2\n"   \
	"sip gateway two network b\n"             \
	"sip gateway two transport tcp\n"         \
	"sip gateway two port 5999\n"             \
	"sip gateway two proxy-host 10.0.1.2\n"   \
	"sip gateway two proxy-port 5070\n"       \
	"sip gateway three network b\n"           \
	"sip gateway three media-network a\n"     \
	"sip gateway three port 6000\n"           \
	"sip gateway three proxy-host 10.0.1.3\n" \
	"media idle-timeout 77\n"

static struct lyd_node *tree;

static struct gateway *route(const struct sip_config *cfg, const char *from,
			     const char *called)
{
	unsigned int at = 0;

	return route_find(cfg, gateway_find(cfg, from), called, &at);
}

static int load(const char *text, struct sip_config **ret,
		struct config_error *err)
{
	struct config_error errs[4];
	int n = config_load_text(text, strlen(text), &tree, errs, 4);

	if (n)
		fail_msg("%s: %s", errs[0].path, errs[0].text);
	n = sip_config_load(tree, ret, err);
	if (n < 0)
		config_free(tree);
	return n;
}

static void test_gateways(void **state)
{
	struct config_error err;
	struct sip_config *cfg;
	struct gateway *gw;

	assert_int_equal(load(TWO, &cfg, &err), 0);
	config_free(tree); /* nothing of it may be kept */
	assert_int_equal(cfg->n_gateways, 3);
	assert_int_equal(cfg->timeouts.idle, 77);
	gw = gateway_find(cfg, "one");
	assert_int_equal(gw->transport, SIP_UDP);
	assert_int_equal(ntohs(gw->local.sin_port), 5060);
	assert_int_equal(gw->proxy.port, 5060);
	assert_string_equal(inet_ntoa(gw->local.sin_addr), "10.0.0.1");
	assert_string_equal(gw->proxy.host, "10.0.0.2");
	assert_int_equal(gw->media.port_min, 30000);
	assert_int_equal(gw->media.port_max, 30009);
	assert_int_equal(gw->media.security, MEDIA_UNSECURE);
	assert_int_equal(gw->media.n_suites, 2);
	gw = gateway_find(cfg, "two");
	assert_int_equal(gw->transport, SIP_TCP);
	assert_int_equal(ntohs(gw->local.sin_port), 5999);
	assert_int_equal(gw->proxy.port, 5070);
	assert_string_equal(inet_ntoa(gw->media.local_addr), "10.0.1.1");
	assert_int_equal(gw->media.port_min, 20000);
	gw = gateway_find(cfg, "three");
	assert_string_equal(inet_ntoa(gw->local.sin_addr), "10.0.1.1");
	assert_string_equal(inet_ntoa(gw->media.local_addr), "10.0.0.1");
	assert_int_equal(gw->media.port_max, 30009);
	assert_null(gateway_find(cfg, "four"));
	assert_null(route(cfg, "two", "1"));
	sip_config_free(cfg);
}

/* sip proxy-host is of trunks that have no other; not of extensions. */
static void test_proxy_of_all(void **state)
{
	static const char more[] = "sip proxy-host 10.0.0.9\n"
				   "sip gateway four network a\n"
				   "sip gateway four port 6001\n"
				   "sip gateway phones network a\n"
				   "sip gateway phones port 6002\n"
				   "sip gateway phones type endpoint\n";
	struct config_error err;
	struct sip_config *cfg;
	struct gateway *gw;
	char text[2048];

	snprintf(text, sizeof(text), TWO "%ssip proxy-port 5099\n", more);
	assert_int_equal(load(text, &cfg, &err), 0);
	config_free(tree);
	gw = gateway_find(cfg, "four");
	assert_string_equal(gw->proxy.host, "10.0.0.9");
	assert_int_equal(gw->proxy.port, 5099);
	assert_false(gw->extensions);
	gw = gateway_find(cfg, "one");
	assert_string_equal(gw->proxy.host, "10.0.0.2");
	assert_int_equal(gw->proxy.port, 5060); /* nor its port */
	assert_true(gateway_find(cfg, "phones")->extensions);
	sip_config_free(cfg);

	snprintf(text, sizeof(text), TWO "%s", more);
	assert_int_equal(load(text, &cfg, &err), 0);
	config_free(tree);
	assert_int_equal(gateway_find(cfg, "four")->proxy.port, 5060);
	sip_config_free(cfg);
}

static enum media_security security_of(const char *more, const char *name)
{
	struct config_error err;
	struct sip_config *cfg;
	enum media_security ret;
	char text[2048];

	snprintf(text, sizeof(text), TWO "%s", more);
	assert_int_equal(load(text, &cfg, &err), 0);
	config_free(tree);
	ret = gateway_find(cfg, name)->media.security;
	sip_config_free(cfg);
	return ret;
}

#define OPEN(gw)      "sip gateway " gw " sdes-without-tls true\n"
#define ROUTES_SECURE "media security route secure\n"

/* A gateway's own word, else that of its class. */
static void test_media_classes(void **state)
{
	struct config_error err = { 0 };
	struct sip_config *cfg;

	assert_int_equal(security_of(OPEN("one") OPEN("two") OPEN("three")
					     ROUTES_SECURE
				     "sip gateway one media-security fallback\n"
				     "sip gateway two media-class intermgw\n",
				     "one"),
			 MEDIA_FALLBACK);
	assert_int_equal(security_of(OPEN("one") OPEN("two") OPEN("three")
					     ROUTES_SECURE
				     "sip gateway two media-class intermgw\n",
				     "two"),
			 MEDIA_UNSECURE);
	assert_int_equal(security_of(OPEN("one") OPEN("two") OPEN("three")
					     ROUTES_SECURE,
				     "three"),
			 MEDIA_SECURE);
	assert_int_equal(
		security_of("media security extension secure\n"
			    "sip gateway one media-class extension\n"
			    "sip gateway one type endpoint\n"
			    "sip gateway one media-security unsecure\n",
			    "one"),
		MEDIA_UNSECURE);
	/* Never less than what was asked for. */
	assert_true(load(TWO ROUTES_SECURE, &cfg, &err) < 0);
	assert_string_equal(err.path, "sip gateway one media-security");
	assert_non_null(strstr(err.text, "SDES keys travel only inside TLS"));
}

static void test_suites(void **state)
{
	struct config_error err;
	struct sip_config *cfg;
	const struct media_profile *m;

	assert_int_equal(load(TWO "sip gateway one suite AEAD_AES_256_GCM\n"
				  "sip gateway one answer-suite "
				  "F8_128_HMAC_SHA1_80\n"
				  "sip gateway one answer-suite "
				  "AES_192_CM_HMAC_SHA1_32\n"
				  "sip gateway one crypto-context regenerate\n",
			      &cfg, &err),
			 0);
	config_free(tree);
	m = &gateway_find(cfg, "one")->media;
	assert_int_equal(m->n_suites, 1);
	assert_int_equal(m->suites[0], RINGFENCE_SUITE_AEAD_AES_256_GCM);
	assert_int_equal(m->n_accepted, 2);
	assert_int_equal(m->accepted[1],
			 RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_32);
	assert_true(m->new_keys);
	m = &gateway_find(cfg, "two")->media;
	assert_int_equal(m->n_accepted, 0);
	assert_false(m->new_keys);
	sip_config_free(cfg);
}

static void test_first_route(void **state)
{
	struct config_error err;
	struct sip_config *cfg;

	assert_int_equal(load(TWO "sip route z from one\n"
				  "sip route z to two\n"
				  "sip route a from one\n"
				  "sip route a to three\n"
				  "sip route b from three\n"
				  "sip route b to one\n",
			      &cfg, &err),
			 0);
	assert_ptr_equal(route(cfg, "one", "x"), gateway_find(cfg, "two"));
	assert_ptr_equal(route(cfg, "three", "x"), gateway_find(cfg, "one"));
	assert_null(route(cfg, "two", "x"));
	config_free(tree);
	sip_config_free(cfg);
}

static void test_called(void **state)
{
	struct config_error err;
	struct sip_config *cfg;
	struct gateway *one, *two, *three;
	unsigned int at = 0;

	assert_int_equal(load(TWO "sip route a from one\n"
				  "sip route a called +49\n"
				  "sip route a called 0049\n"
				  "sip route a to two\n"
				  "sip route b from one\n"
				  "sip route b called +4\n"
				  "sip route b to three\n"
				  "sip route c from two\n"
				  "sip route c to one\n"
				  "sip route d from one\n"
				  "sip route d to two\n",
			      &cfg, &err),
			 0);
	config_free(tree);
	one = gateway_find(cfg, "one");
	two = gateway_find(cfg, "two");
	three = gateway_find(cfg, "three");
	assert_ptr_equal(route(cfg, "one", "+4930"), two);
	assert_ptr_equal(route(cfg, "one", "004930"), two);
	assert_ptr_equal(route(cfg, "one", "+43"), three);
	assert_ptr_equal(route(cfg, "one", "+"), two);
	/* All that match, in order. */
	assert_ptr_equal(route_find(cfg, one, "+4930", &at), two);
	assert_ptr_equal(route_find(cfg, one, "+4930", &at), three);
	assert_ptr_equal(route_find(cfg, one, "+4930", &at), two);
	assert_null(route_find(cfg, one, "+4930", &at));
	sip_config_free(cfg);
}

/* With ONE, at a local time. */
static bool on_at(const char *times, const char *when)
{
	char text[1024];
	struct sip_config *cfg = NULL;
	struct config_error err;
	struct tm tm = { .tm_isdst = -1 };
	bool ret;

	assert_non_null(strptime(when, "%Y-%m-%d %H:%M", &tm));
	snprintf(text, sizeof(text),
		 TWO "sip route a from one\n%s"
		     "sip route a to two\n",
		 times);
	assert_int_equal(load(text, &cfg, &err), 0);
	config_free(tree);
	ret = route_is_on(&cfg->route[0], mktime(&tm));
	sip_config_free(cfg);
	return ret;
}

/* 2026-07-03 is a Friday; in summer time. */
static void test_route_times(void **state)
{
#define DAY(d)	"sip route a day " d "\n"
#define TIME(t) "sip route a time " t "\n"
	static const struct {
		const char *times, *when;
		bool on;
	} table[] = {
		{ "", "2026-07-03 03:00", true },
		{ DAY("fri"), "2026-07-03 00:00", true },
		{ DAY("fri"), "2026-07-03 23:59", true },
		{ DAY("fri"), "2026-07-04 00:00", false },
		{ DAY("fri") DAY("sat"), "2026-07-04 00:00", true },
		{ DAY("sun"), "2026-07-05 12:00", true },
		{ DAY("mon"), "2026-07-05 12:00", false },
		{ TIME("08:00-17:30"), "2026-07-03 07:59", false },
		{ TIME("08:00-17:30"), "2026-07-03 08:00", true },
		{ TIME("08:00-17:30"), "2026-07-03 17:29", true },
		{ TIME("08:00-17:30"), "2026-07-03 17:30", false },
		{ TIME("08:00-17:30"), "2026-01-05 17:29", true },
		{ TIME("08:00-17:30"), "2026-01-05 17:30", false },
		{ TIME("00:00-24:00"), "2026-07-03 00:00", true },
		{ TIME("17:00-24:00"), "2026-07-03 23:59", true },
		{ TIME("17:00-24:00"), "2026-07-03 00:00", false },
		{ TIME("22:00-06:00"), "2026-07-03 22:00", true },
		{ TIME("22:00-06:00"), "2026-07-03 05:59", true },
		{ TIME("22:00-06:00"), "2026-07-03 06:00", false },
		{ TIME("22:00-06:00"), "2026-07-03 21:59", false },
		/* It begins on a Friday, and ends on Saturday. */
		{ DAY("fri") TIME("22:00-06:00"), "2026-07-03 23:00", true },
		{ DAY("fri") TIME("22:00-06:00"), "2026-07-04 05:59", true },
		{ DAY("fri") TIME("22:00-06:00"), "2026-07-03 05:59", false },
		{ DAY("fri") TIME("22:00-06:00"), "2026-07-04 23:00", false },
		{ DAY("sat") TIME("22:00-06:00"), "2026-07-05 01:00", true },
	};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	for (unsigned int i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (on_at(table[i].times, table[i].when) != table[i].on)
			fail_msg("%s at %s", table[i].times, table[i].when);
	}
}

static void test_bad_tls(void **state)
{
	struct sip_config *cfg = NULL;
	struct config_error err;

	assert_true(load("network a address 10.0.0.1\n"
			 "sip gateway s network a\n"
			 "sip gateway s proxy-host 10.0.0.2\n"
			 "sip gateway s transport tls\n"
			 "sip gateway s tls certificate /nowhere/c.pem\n"
			 "sip gateway s tls ca-certs /nowhere/ca.pem\n",
			 &cfg, &err) < 0);
	assert_null(cfg);
	assert_non_null(strstr(err.path, "sip gateway s tls"));
	assert_non_null(strstr(err.text, "/nowhere/c"));
}

static void test_strangers(void **state)
{
	struct strangers s = { 0 };
	struct in_addr a = { htonl(1) }, b = { htonl(2) };
	unsigned int silenced = 99;

	for (unsigned int i = 0; i < SIP_STRANGER_PER_10S; i++)
		assert_true(stranger_allow(&s, a, 1000, &silenced));
	assert_int_equal(silenced, 0);
	for (unsigned int i = 0; i < 7; i++)
		assert_false(stranger_allow(&s, a, 10999, &silenced));
	assert_true(stranger_allow(&s, b, 10999, &silenced));
	assert_int_equal(silenced, 7);
	assert_true(stranger_allow(&s, a, 11000, &silenced));
}

/* Many sources: bounded in sum, and in memory. */
static void test_many_strangers(void **state)
{
	struct strangers s = { 0 };
	unsigned int allowed = 0, silenced;

	for (uint32_t i = 1; i < 10000; i++) {
		struct in_addr a = { htonl(i) };

		allowed += stranger_allow(&s, a, 5, &silenced);
	}
	assert_int_equal(allowed, SIP_STRANGERS_PER_10S);
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
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_proxy_of_all),
		cmocka_unit_test(test_media_classes),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_first_route),
		cmocka_unit_test(test_called),
		cmocka_unit_test(test_route_times),
		cmocka_unit_test(test_bad_tls),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_many_strangers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
