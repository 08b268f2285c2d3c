// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/log.h"
#include "base/text.h"

#define CUT_MARK "..."

static const struct {
	const char *name;
	int priority; /* of syslog(3) and the journal */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warning", LOG_WARNING },
	[LOG_LEVEL_NOTE] = { "notice", LOG_NOTICE },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DBG] = { "debug", LOG_DEBUG },
};

/* Where LOG_TO_SYSLOG goes; no socket: syslog(3). */
static struct {
	int fd;
	char host[HOST_NAME_MAX + 1];
} remote = { .fd = -1 };

static enum log_target to = LOG_TO_STDERR;
static enum log_level least = LOG_LEVEL_INFO;
static struct log_filter filters[LOG_FILTERS_MAX];
static unsigned int n_filters;

void log_open(enum log_target target, enum log_level level)
{
	if (to == LOG_TO_SYSLOG)
		closelog();
	if (target == LOG_TO_SYSLOG)
		openlog("ringfenced", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	to = target;
	least = level;
}

/* RFC 5424: printable ASCII without blanks, or nothing known. */
static void set_host_name(void)
{
	char *p = remote.host;

	if (gethostname(p, sizeof(remote.host) - 1) < 0)
		*p = '\0';
	while (*p > 0x20 && *p < 0x7f)
		p++;
	if (*p || p == remote.host)
		strcpy(remote.host, "-");
}

int log_set_remote(const struct sockaddr_in *addr)
{
	int fd = -1, err;

	if (addr) {
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			    0);
		if (fd < 0)
			return -errno;
		if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr))) {
			err = -errno;
			close(fd);
			return err;
		}
		set_host_name();
	}
	if (remote.fd >= 0)
		close(remote.fd);
	remote.fd = fd;
	return 0;
}

void log_set_filters(const struct log_filter *f, unsigned int n)
{
	n_filters = n < LOG_FILTERS_MAX ? n : LOG_FILTERS_MAX;
	if (n_filters)
		memcpy(filters, f, n_filters * sizeof(*f));
}

bool log_is_on(enum log_level level, const char *service)
{
	for (unsigned int i = 0; i < n_filters; i++) {
		if (!strcmp(filters[i].service, service))
			return level <= filters[i].level;
	}
	return level <= least;
}

void log_close(void)
{
	n_filters = 0;
	log_set_remote(NULL);
	log_open(LOG_TO_STDERR, LOG_LEVEL_INFO);
}

/* The escaped form of one byte, at most 4 characters; returns how many. */
static size_t escape_byte(unsigned char c, char out[static 5])
{
	if (c == '\\')
		return (size_t)sprintf(out, "\\\\");
	return (size_t)sprintf(out, "\\x%02x", c);
}

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '\\';
}

void log_escape(char *line, size_t size, const char *text)
{
	size_t used = 0, keep = 0;

	for (; *text; text++) {
		char esc[5] = { *text };
		size_t n = 1;

		if (!is_plain(*text))
			n = escape_byte((unsigned char)*text, esc);
		if (used + n >= size) {
			strcpy(line + keep, CUT_MARK);
			return;
		}
		memcpy(line + used, esc, n);
		used += n;
		if (used + strlen(CUT_MARK) < size)
			keep = used;
	}
	line[used] = '\0';
}

/* "HH:MM:SS.mmm "; of a second's many lines only the first looks at the zone. */
static void put_time(struct text *t)
{
	static char second[sizeof("HH:MM:SS.")];
	static time_t when = -1;
	struct timespec now;
	struct tm tm;
	char ms[4];

	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != when) {
		when = now.tv_sec;
		strftime(second, sizeof(second), "%H:%M:%S.",
			 localtime_r(&when, &tm));
	}
	for (long i = 2, n = now.tv_nsec / 1000000; i >= 0; i--, n /= 10)
		ms[i] = (char)('0' + n % 10);
	ms[3] = ' ';
	text_put(t, second);
	text_put_n(t, ms, sizeof(ms));
}

static void write_stderr(enum log_level level, const char *line)
{
	char out[LOG_LINE_MAX + 64];
	struct text t;

	text_begin(&t, out, sizeof(out));
	put_time(&t);
	text_join(&t, levels[level].name, " ", line, "\n");
	/* One write, so that lines don't mix; nowhere to report a failure. */
	if (write(STDERR_FILENO, out, text_end(&t)) < 0)
		return;
}

/* RFC 5424 without structured data, by RFC 5426. */
static void write_remote(enum log_level level, const char *service,
			 unsigned int number, const char *line)
{
	char out[LOG_LINE_MAX + HOST_NAME_MAX + 128], id[16] = "", when[32];
	struct timespec now;
	struct tm tm;
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S",
		 gmtime_r(&now.tv_sec, &tm));
	if (number)
		snprintf(id, sizeof(id), "-%u", number);
	n = snprintf(out, sizeof(out),
		     "<%d>1 %s.%03ldZ %s ringfenced %d %.16s%s - %s",
		     LOG_DAEMON | levels[level].priority, when,
		     now.tv_nsec / 1000000, remote.host, getpid(), service, id,
		     line);
	/* Lost, as any datagram may be, and nowhere to report it. */
	send(remote.fd, out, (size_t)n, MSG_NOSIGNAL);
}

static void write_journal(enum log_level level, const char *service,
			  unsigned int number, const char *line)
{
	const int priority = levels[level].priority;

	if (number)
		sd_journal_send("PRIORITY=%d", priority, "SERVICE=%s", service,
				"MESSAGE=%s", line,
				"SYSLOG_IDENTIFIER=ringfenced",
				"NOTIFICATION=%u", number, NULL);
	else
		sd_journal_send("PRIORITY=%d", priority, "SERVICE=%s", service,
				"MESSAGE=%s", line,
				"SYSLOG_IDENTIFIER=ringfenced", NULL);
}

void log_numbered(enum log_level level, const char *service,
		  unsigned int number, const char *raw)
{
	char line[LOG_LINE_MAX + 1];
	int saved = errno;
	struct text t;

	if (!log_is_on(level, service))
		return;
	text_begin(&t, line, sizeof(line));
	text_put_n(&t, service, strnlen(service, 32));
	if (number) {
		text_put_char(&t, ' ');
		text_put_number(&t, number);
	}
	text_put(&t, ": ");
	log_escape(t.at, (size_t)(t.end - t.at) + 1, raw);

	switch (to) {
	case LOG_TO_STDERR:
		write_stderr(level, line);
		break;
	case LOG_TO_SYSLOG:
		if (remote.fd >= 0)
			write_remote(level, service, number, line);
		else
			syslog(levels[level].priority, "%s", line);
		break;
	case LOG_TO_JOURNAL:
		write_journal(level, service, number, line);
		break;
	}
	errno = saved;
}

void log_msg(enum log_level level, const char *service, const char *fmt, ...)
{
	char raw[2 * LOG_LINE_MAX];
	int saved = errno;
	va_list ap;

	if (!log_is_on(level, service))
		return;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap); /* longer than what is kept */
	va_end(ap);
	log_numbered(level, service, 0, raw);
	errno = saved;
}
