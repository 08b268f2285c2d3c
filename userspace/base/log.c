// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/log.h"

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

static enum log_target to = LOG_TO_STDERR;
static enum log_level least = LOG_LEVEL_INFO;

void log_open(enum log_target target, enum log_level level)
{
	if (to == LOG_TO_SYSLOG)
		closelog();
	if (target == LOG_TO_SYSLOG)
		openlog("ringfenced", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	to = target;
	least = level;
}

void log_close(void)
{
	log_open(LOG_TO_STDERR, LOG_LEVEL_INFO);
}

/* The escaped form of one byte, at most 4 characters; returns how many. */
static size_t escape_byte(unsigned char c, char out[static 5])
{
	if (c == '\\')
		return (size_t)sprintf(out, "\\\\");
	if (c < 0x20 || c > 0x7e)
		return (size_t)sprintf(out, "\\x%02x", c);
	out[0] = (char)c;
	return 1;
}

/* Fill @line, which ends in CUT_MARK when @text didn't fit. */
static void escape(char *line, size_t size, const char *text)
{
	size_t used = 0, keep = 0;

	for (; *text; text++) {
		char esc[5];
		size_t n = escape_byte((unsigned char)*text, esc);

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

static void write_stderr(enum log_level level, const char *line)
{
	char out[LOG_LINE_MAX + 64];
	struct timespec now;
	struct tm tm;
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	n = snprintf(out, sizeof(out), "%02d:%02d:%02d.%03ld %s %s\n",
		     tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000,
		     levels[level].name, line);
	/* One write, so that lines don't mix; nowhere to report a failure. */
	if (write(STDERR_FILENO, out, (size_t)n) < 0)
		return;
}

void log_msg(enum log_level level, const char *service, const char *fmt, ...)
{
	char line[LOG_LINE_MAX + 1];
	char text[LOG_LINE_MAX + 1];
	char raw[2 * LOG_LINE_MAX];
	va_list ap;
	int saved = errno;
	int head;

	if (level > least)
		return;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap); /* longer than what is kept */
	va_end(ap);
	head = snprintf(line, sizeof(line), "%.32s: ", service);
	escape(text, sizeof(text) - (size_t)head, raw);
	strcpy(line + head, text);

	switch (to) {
	case LOG_TO_STDERR:
		write_stderr(level, line);
		break;
	case LOG_TO_SYSLOG:
		syslog(levels[level].priority, "%s", line);
		break;
	case LOG_TO_JOURNAL:
		sd_journal_send("PRIORITY=%d", levels[level].priority,
				"SERVICE=%s", service, "MESSAGE=%s", line,
				"SYSLOG_IDENTIFIER=ringfenced", NULL);
		break;
	}
	errno = saved;
}
