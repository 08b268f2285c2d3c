// SPDX-License-Identifier: GPL-2.0-or-later
/* Warnings of certificates that end; OpenSSL makes those. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/loop.h"
#include "cert/clock.h"
#include "cert/expiry.h"
#include "config/config.h"
#include "ringfenced/module.h"

#define DAY 86400

static char dir[] = "/tmp/test-expiry-XXXXXX";
static char said[2048]; /* to the log */

/* Linked with --wrap. */
void __wrap_log_numbered(enum log_level level, const char *service,
			 unsigned int number, const char *text);
void __wrap_log_numbered(enum log_level level, const char *service,
			 unsigned int number, const char *text)
{
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, "%d %s %u: %s\n", level,
		 service, number, text);
}

static int clock_state = TIME_OK; /* what the kernel thinks of its clock */
static time_t fake_now; /* 0: the time of day */

int __wrap_adjtimex(struct timex *t);
int __wrap_adjtimex(struct timex *t)
{
	return clock_state;
}

time_t __real_time(time_t *ret);
time_t __wrap_time(time_t *ret);
time_t __wrap_time(time_t *ret)
{
	return fake_now ? fake_now : __real_time(ret);
}

static void sh(const char *fmt, ...)
{
	char command[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	assert_int_equal(system(command), 0);
}

/* NAME.pem with its key in front, valid for so many days. */
static void make(const char *name, int days)
{
	sh("cd %s && openssl req -x509 -newkey ec -pkeyopt "
	   "ec_paramgen_curve:P-256 -nodes -keyout %s.pem -out %s.crt -days %d "
	   "-subj /CN=%s 2>/dev/null && cat %s.crt >>%s.pem",
	   dir, name, name, days, name, name, name);
}

static const char *path(const char *name)
{
	static char buf[64];

	snprintf(buf, sizeof(buf), "%s/%s", dir, name);
	return buf;
}

static void test_warning(void **state)
{
	static const struct {
		time_t left;
		int warning;
	} cases[] = {
		{ 31 * DAY, -1 }, { 30 * DAY + 1, -1 },
		{ 30 * DAY, 30 }, { 7 * DAY + 1, 30 },
		{ 7 * DAY, 7 },	  { DAY + 1, 7 },
		{ DAY, 1 },	  { 1, 1 },
		{ 0, 0 },	  { -DAY, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(cert_warning(1000000000 + cases[i].left,
					      1000000000),
				 cases[i].warning);
}

static void test_first_end(void **state)
{
	time_t now = time(NULL);
	struct cert_end end;
	char err[320];

	assert_int_equal(
		cert_first_end(path("long.pem"), &end, err, sizeof(err)), 0);
	assert_string_equal(end.subject, "/CN=long");
	assert_in_range(end.end, now + 99 * DAY, now + 100 * DAY);
	/* The second of two ends first. */
	sh("cat %s/long.pem %s/week.pem >%s/both.pem", dir, dir, dir);
	assert_int_equal(
		cert_first_end(path("both.pem"), &end, err, sizeof(err)), 0);
	assert_string_equal(end.subject, "/CN=week");
	assert_in_range(end.end, now + 4 * DAY, now + 5 * DAY);

	assert_int_equal(cert_first_end(path("none"), &end, err, sizeof(err)),
			 -ENOENT);
	sh("openssl ecparam -name prime256v1 -genkey -noout >%s/key", dir);
	assert_int_equal(cert_first_end(path("key"), &end, err, sizeof(err)),
			 -EINVAL);
	assert_non_null(strstr(err, "there is no certificate in"));
	sh("printf -- '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END "
	   "CERTIFICATE-----\\n' >%s/bad",
	   dir);
	assert_int_equal(cert_first_end(path("bad"), &end, err, sizeof(err)),
			 -EINVAL);
}

static const char *more = ""; /* lines of the configuration */

static void configure(const char *transport, const char *own, const char *ca)
{
	struct config_error err;
	struct lyd_node *tree;
	char text[1024];

	snprintf(text, sizeof(text),
		 "network lan address 10.0.0.1\n"
		 "sip gateway out network lan\n"
		 "sip gateway out proxy-host 10.0.0.2\n"
		 "sip gateway out transport %s\n"
		 "sip gateway out tls certificate %s/%s\n"
		 "sip gateway out tls ca-certs %s/%s\n%s",
		 transport, dir, own, dir, ca, more);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 0);
	said[0] = '\0';
	assert_int_equal(expiry_module.prepare(NULL, tree, &err), 0);
	assert_string_equal(said, "");
	expiry_module.commit();
	config_free(tree);
}

static unsigned int count(const char *text)
{
	const char *p = said;
	unsigned int n = 0;

	while ((p = strstr(p, text))) {
		p++;
		n++;
	}
	return n;
}

/* Runs first, for it is remembered that the clock was synchronized once. */
static void test_clock(void **state)
{
	char why[256];

	assert_int_equal(loop_init(), 0);
	assert_int_equal(expiry_module.init(), 0);
	clock_state = TIME_ERROR;
	configure("udp", "long.pem", "long.pem");
	assert_string_equal(said, "");
	configure("tls", "long.pem", "long.pem");
	assert_int_equal(count("1 Cert 34: the clock was never synchronized"),
			 1);
	configure("tls", "long.pem", "long.pem");
	assert_string_equal(said, "");
	/* Where it is refused. */
	more = "certificate unsynchronized-clock refuse\n";
	configure("tls", "long.pem", "long.pem");
	assert_int_equal(count("0 Cert 41: the clock was never synchronized: "
			       "no certificate is accepted"),
			 1);
	assert_false(clock_is_usable(time(NULL), why, sizeof(why)));
	more = "";
	configure("tls", "long.pem", "long.pem");
	assert_true(clock_is_usable(time(NULL), why, sizeof(why)));
	fake_now = 86400;
	configure("tls", "long.pem", "long.pem");
	assert_int_equal(
		count("0 Cert 33: the clock is wrong: it says 1970-01-02"), 1);
	configure("tls", "long.pem", "long.pem");
	assert_string_equal(said, "");
	fake_now = 0;
	clock_state = TIME_OK;
	expiry_module.exit();
	loop_exit();
}

static void test_module(void **state)
{
	assert_int_equal(loop_init(), 0);
	assert_int_equal(expiry_module.init(), 0);
	configure("tls", "long.pem", "long.pem");
	assert_string_equal(said, "");
	configure("udp", "week.pem", "week.pem");
	assert_string_equal(said, "");
	configure("tls", "week.pem", "long.pem");
	assert_non_null(
		strstr(said, "1 Cert 30: certificate \"/CN=week\" in "));
	assert_non_null(strstr(said, "week.pem of gateway out expires on 20"));
	assert_non_null(strstr(said, ", in less than 7 days: renew it\n"));
	configure("tls", "long.pem", "past.pem");
	assert_non_null(
		strstr(said, "0 Cert 31: certificate \"/CN=past\" in "));
	assert_non_null(strstr(said, "past.pem of gateway out expired on 20"));
	configure("tls", "none", "long.pem");
	assert_non_null(strstr(said, "1 Cert 32: gateway out: "));
	expiry_module.exit();
	loop_exit();
}

/* NAME.crl, made now for so many days by the CA long.pem. */
static void make_crl(const char *name, int days)
{
	sh("cd %s && : >index.txt && printf '[ca]\ndefault_ca=d\n[d]\ndatabase="
	   "index.txt\ndefault_md=sha256\n' >ca.cnf && openssl ca -gencrl "
	   "-config ca.cnf -keyfile long.pem -cert long.crt -crldays %d -out "
	   "%s.crl 2>/dev/null",
	   dir, days, name);
}

/* What is said of a list, so many days after it was made. */
static void at_day(const char *name, int day, const char *words)
{
	char line[128];

	snprintf(line, sizeof(line), "sip gateway out tls crl-file %s/%s\n",
		 dir, name);
	more = line;
	fake_now = __real_time(NULL) + (time_t)day * DAY + 60;
	configure("tls", "long.pem", "long.pem");
	if (words && !strstr(said, words))
		fail_msg("day %d: \"%s\" is not in \"%s\"", day, words, said);
	assert_int_equal(count(" Cert 4"), words != NULL);
	more = "";
	fake_now = 0;
}

static void test_crl(void **state)
{
	assert_int_equal(loop_init(), 0);
	assert_int_equal(expiry_module.init(), 0);
	at_day("sixty.crl", 29, NULL);
	at_day("sixty.crl", 30,
	       "1 Cert 42: CRL of \"/CN=long\" in /tmp/test-expiry-");
	at_day("sixty.crl", 30, "sixty.crl of gateway out counts to 20");
	at_day("sixty.crl", 52, ", for less than 30 days: get the next one\n");
	at_day("sixty.crl", 53, ", for less than 7 days: get the next one\n");
	at_day("sixty.crl", 59, ", for less than 1 days: get the next one\n");
	at_day("sixty.crl", 60,
	       "0 Cert 43: CRL of \"/CN=long\" in /tmp/test-expiry-");
	/* One of five days isn't warned of on its first. */
	at_day("five.crl", 0, NULL);
	at_day("five.crl", 4, ", for less than 1 days");
	/* The first of two. */
	sh("cd %s && cat sixty.crl five.crl >two.crl", dir);
	at_day("two.crl", 5, "two.crl of gateway out counted to 20");
	more = "sip gateway out tls crl-file none\n";
	configure("tls", "long.pem", "long.pem");
	assert_non_null(strstr(said, "1 Cert 32: gateway out: "));
	more = "";
	expiry_module.exit();
	loop_exit();
}

/* Each warning is told once, without a commit in between, as time goes by. */
static void test_time(void **state)
{
	static const struct {
		int day; /* of 100 */
		const char *words;
	} days[] = {
		{ 69, NULL },
		{ 70, ", in less than 30 days: renew it\n" },
		{ 71, NULL },
		{ 92, NULL },
		{ 93, ", in less than 7 days: renew it\n" },
		{ 98, NULL },
		{ 99, ", in less than 1 days: renew it\n" },
		{ 99, NULL },
		{ 100, "0 Cert 31: certificate \"/CN=long\" in " },
		{ 101, NULL },
	};

	assert_int_equal(loop_init(), 0);
	assert_int_equal(expiry_module.init(), 0);
	configure("tls", "long.pem", "alike.pem");
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		fake_now = __real_time(NULL) + days[i].day * (time_t)DAY + 60;
		said[0] = '\0';
		expiry_module.renew(NULL);
		if (days[i].words && !strstr(said, days[i].words))
			fail_msg("day %d: %s", days[i].day, said);
		/* Of both files. */
		assert_int_equal(count(" Cert 3"), days[i].words ? 2 : 0);
	}
	fake_now = 0;
	expiry_module.exit();
	loop_exit();
}

static int setup(void **state)
{
	if (config_init(NULL) || !mkdtemp(dir))
		return -1;
	make("long", 100);
	make("week", 5);
	make("past", 1);
	sh("cp %s/long.pem %s/alike.pem", dir, dir);
	make_crl("sixty", 60);
	make_crl("five", 5);
	/* -days takes no negative number everywhere: let it end by date. */
	sh("cd %s && openssl x509 -in past.crt -signkey past.pem -days -1 "
	   "-out past.crt 2>/dev/null && cp past.crt past.pem",
	   dir);
	return 0;
}

static int teardown(void **state)
{
	config_exit();
	sh("rm -r %s", dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_warning),
		cmocka_unit_test(test_first_end),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_crl),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
