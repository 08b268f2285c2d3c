// SPDX-License-Identifier: GPL-2.0-or-later
/* What reaches each log target: escapes, cuts, levels. */
#include <errno.h>
#include <netinet/in.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

/* Linked with --wrap: what the two other targets were given. */
static char sent[4096];
static int sent_priority;

void __wrap_syslog(int priority, const char *fmt, ...);
void __wrap_syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	sent_priority = priority;
	va_start(ap, fmt);
	vsnprintf(sent, sizeof(sent), fmt, ap);
	va_end(ap);
}

/* The fields, a line each. */
int __wrap_sd_journal_send(const char *fmt, ...);
int __wrap_sd_journal_send(const char *fmt, ...)
{
	size_t used = 0;
	va_list ap;

	va_start(ap, fmt);
	while (fmt) {
		char value[2048];

		if (strstr(fmt, "%d") || strstr(fmt, "%u"))
			snprintf(value, sizeof(value), "%d", va_arg(ap, int));
		else if (strstr(fmt, "%s"))
			snprintf(value, sizeof(value), "%s",
				 va_arg(ap, const char *));
		else
			value[0] = '\0';
		used += (size_t)snprintf(sent + used, sizeof(sent) - used,
					 "%.*s%s\n", (int)strcspn(fmt, "%"),
					 fmt, value);
		fmt = va_arg(ap, const char *);
	}
	va_end(ap);
	return 0;
}

static char line[4096]; /* of stderr, from the service on */

/* Log @text and read back what stderr got. */
static void log_to_stderr(enum log_level level, const char *text)
{
	int fd = memfd_create("log", 0);
	int old = dup(STDERR_FILENO);
	char raw[4096];
	ssize_t n;

	assert_true(fd >= 0 && old >= 0);
	dup2(fd, STDERR_FILENO);
	log_msg(level, "sip", "%s", text);
	dup2(old, STDERR_FILENO);
	close(old);
	n = pread(fd, raw, sizeof(raw) - 1, 0);
	close(fd);
	assert_true(n >= 0);
	raw[n] = '\0';
	line[0] = '\0';
	if (n > 0)
		assert_int_equal(
			sscanf(raw, "%*d:%*d:%*d.%*d %4095[^\n]", line), 1);
	/* One line, ended. */
	assert_true(n == 0 || strchr(raw, '\n') == raw + n - 1);
}

static void test_escapes(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "call from \"bob\"", "info sip: call from \"bob\"" },
		{ "a\r\nerror tls: forged",
		  "info sip: a\\x0d\\x0aerror tls: forged" },
		{ "\x1b[31mred\x7f", "info sip: \\x1b[31mred\\x7f" },
		{ "\xc2\x9b"
		  "2J",
		  "info sip: \\xc2\\x9b2J" },
		{ "C:\\x0a", "info sip: C:\\\\x0a" },
		{ "%s%n", "info sip: %s%n" },
		{ "", "info sip: " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		log_to_stderr(LOG_LEVEL_INFO, cases[i].text);
		assert_string_equal(line, cases[i].line);
	}
}

static void test_cut(void **state)
{
	const size_t room = LOG_LINE_MAX - strlen("sip: ");
	char text[8 * LOG_LINE_MAX];

	log_open(LOG_TO_SYSLOG, LOG_LEVEL_INFO);

	memset(text, 'a', sizeof(text));
	text[room] = '\0';
	log_info("sip", "%s", text);
	assert_int_equal(strlen(sent), LOG_LINE_MAX);
	assert_string_equal(sent + LOG_LINE_MAX - 4, "aaaa");

	text[room] = 'a';
	text[room + 1] = '\0';
	log_info("sip", "%s", text);
	assert_int_equal(strlen(sent), LOG_LINE_MAX);
	assert_string_equal(sent + LOG_LINE_MAX - 4, "a...");

	/* An escape is kept whole or left out. */
	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_info("sip", "%s", text);
	assert_true(strlen(sent) <= LOG_LINE_MAX);
	assert_string_equal(sent + strlen(sent) - 7, "\\x0a...");

	log_close();
}

static void test_level(void **state)
{
	log_open(LOG_TO_STDERR, LOG_LEVEL_WARN);
	log_to_stderr(LOG_LEVEL_NOTE, "quiet");
	assert_string_equal(line, "");
	log_to_stderr(LOG_LEVEL_WARN, "loud");
	assert_string_equal(line, "warning sip: loud");
	log_close();
	log_to_stderr(LOG_LEVEL_DBG, "quiet");
	assert_string_equal(line, "");
}

static void test_filters(void **state)
{
	const struct log_filter f[] = { { "sip", LOG_LEVEL_DBG },
					{ "tls", LOG_LEVEL_ERROR } };

	log_open(LOG_TO_SYSLOG, LOG_LEVEL_WARN);
	log_set_filters(f, 2);
	sent[0] = '\0';
	log_warn("tls", "less");
	log_info("media", "less");
	assert_string_equal(sent, "");
	log_dbg("sip", "more");
	assert_string_equal(sent, "sip: more");
	log_error("tls", "more");
	assert_string_equal(sent, "tls: more");
	log_warn("media", "as ever");
	assert_string_equal(sent, "media: as ever");
	log_set_filters(NULL, 0);
	log_warn("tls", "again");
	assert_string_equal(sent, "tls: again");
	log_close();
}

static void test_targets(void **state)
{
	log_open(LOG_TO_SYSLOG, LOG_LEVEL_DBG);
	log_dbg("tls", "no\npeer");
	assert_string_equal(sent, "tls: no\\x0apeer");
	assert_int_equal(sent_priority, LOG_DEBUG);

	log_open(LOG_TO_JOURNAL, LOG_LEVEL_DBG);
	log_error("tls", "no\npeer");
	assert_string_equal(sent, "PRIORITY=3\nSERVICE=tls\n"
				  "MESSAGE=tls: no\\x0apeer\n"
				  "SYSLOG_IDENTIFIER=ringfenced\n");
	log_numbered(LOG_LEVEL_NOTE, "SipEp", 303, "ready");
	assert_string_equal(sent, "PRIORITY=5\nSERVICE=SipEp\n"
				  "MESSAGE=SipEp 303: ready\n"
				  "SYSLOG_IDENTIFIER=ringfenced\n"
				  "NOTIFICATION=303\n");
	log_close();
}

/* The grammar of RFC 5424, 6, as far as it is used. */
#define HEADER                                                               \
	"^<%s>1 "                                                            \
	"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z " \
	"[!-~]{1,255} ringfenced %d %s - %s$"

static void assert_datagram(int fd, const char *pri, const char *id,
			    const char *msg)
{
	char pattern[512], got[2048];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);
	regex_t re;

	assert_true(n > 0);
	got[n] = '\0';
	snprintf(pattern, sizeof(pattern), HEADER, pri, (int)getpid(), id, msg);
	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, got, 0, NULL, 0) != 0)
		fail_msg("%s isn't %s", got, pattern);
	regfree(&re);
}

static void test_remote(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(log_set_remote(&addr), 0);
	log_open(LOG_TO_SYSLOG, LOG_LEVEL_INFO);
	sent[0] = '\0';
	log_warn("tls", "no\npeer");
	assert_datagram(fd, "28", "tls", "tls: no\\\\x0apeer");
	log_numbered(LOG_LEVEL_ERROR, "Conf", 15, "stuck");
	assert_datagram(fd, "27", "Conf-15", "Conf 15: stuck");
	/* No one to hear it: nothing happens. */
	close(fd);
	log_warn("tls", "one");
	log_warn("tls", "two");
	assert_string_equal(sent, "");
	log_close();
	log_open(LOG_TO_SYSLOG, LOG_LEVEL_INFO);
	log_warn("tls", "here again");
	assert_string_equal(sent, "tls: here again");
	log_close();
}

static void test_errno(void **state)
{
	int old = dup(STDERR_FILENO);

	close(STDERR_FILENO);
	errno = ERANGE;
	log_error("sip", "nowhere to go");
	assert_int_equal(errno, ERANGE);
	dup2(old, STDERR_FILENO);
	close(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_level),	cmocka_unit_test(test_targets),
		cmocka_unit_test(test_filters), cmocka_unit_test(test_errno),
		cmocka_unit_test(test_remote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
