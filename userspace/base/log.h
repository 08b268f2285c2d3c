/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log. Libraries return errors; programs log, once. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct sockaddr_in;

#define LOG_LINE_MAX 1024 /* bytes of "service: text" after escaping */

/* Not LOG_INFO and so on: those are macros of <syslog.h>. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DBG,
};
enum log_target {
	LOG_TO_STDERR,
	LOG_TO_SYSLOG,
	LOG_TO_JOURNAL
};

/* Before the first call, and after log_close(): stderr, LOG_LEVEL_INFO. */
void log_open(enum log_target target, enum log_level level);
void log_close(void);

/*
 * LOG_TO_SYSLOG goes to this host, as RFC 5424 in UDP datagrams; NULL: to
 * syslog(3). 0, or -errno and nothing has changed.
 */
int log_set_remote(const struct sockaddr_in *addr);

/**
 * log_msg() - write one line: "service: text"
 * @service: who speaks: "sip", "tls", "media", "config", …
 *
 * Bytes of the text that are not printable ASCII are escaped as \xNN, and a
 * backslash is doubled, so hostile input can't forge lines; a line is cut at
 * LOG_LINE_MAX bytes and then ends in "...". errno is kept. Never pass
 * secrets.
 */
void log_msg(enum log_level level, const char *service, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define LOG_FILTERS_MAX 16 /* as in ringfence.yang */

struct log_filter {
	char service[33];
	enum log_level level;
};

/* Of these services, in place of log_open()'s level; none after log_close(). */
void log_set_filters(const struct log_filter *f, unsigned int n);

/* Is anything logged at that level? For those whose text costs something. */
bool log_is_on(enum log_level level, const char *service);

/* A notification's line, "service number: text"; see base/notify.h. */
void log_numbered(enum log_level level, const char *service,
		  unsigned int number, const char *raw);

/* @text escaped to @line, which ends in "..." when it didn't fit in @size. */
void log_escape(char *line, size_t size, const char *text);

#define log_error(service, ...) log_msg(LOG_LEVEL_ERROR, service, __VA_ARGS__)
#define log_warn(service, ...)	log_msg(LOG_LEVEL_WARN, service, __VA_ARGS__)
#define log_note(service, ...)	log_msg(LOG_LEVEL_NOTE, service, __VA_ARGS__)
#define log_info(service, ...)	log_msg(LOG_LEVEL_INFO, service, __VA_ARGS__)
#define log_dbg(service, ...)	log_msg(LOG_LEVEL_DBG, service, __VA_ARGS__)

#endif
