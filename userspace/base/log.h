/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log. Libraries return errors; programs log, once. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_INFO, LOG_DBG };
enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_JOURNAL };

void log_open(enum log_target target, enum log_level level);
void log_close(void);

/**
 * log_msg() - write one line: "service: text"
 * @service: who speaks: "sip", "tls", "media", "config", …
 *
 * Control bytes in the text are escaped, so hostile input can't forge lines;
 * a line is cut at 1024 bytes. Never pass secrets.
 */
void log_msg(enum log_level level, const char *service, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(service, ...) log_msg(LOG_ERROR, service, __VA_ARGS__)
#define log_warn(service, ...)  log_msg(LOG_WARN, service, __VA_ARGS__)
#define log_note(service, ...)  log_msg(LOG_NOTE, service, __VA_ARGS__)
#define log_info(service, ...)  log_msg(LOG_INFO, service, __VA_ARGS__)
#define log_dbg(service, ...)   log_msg(LOG_DBG, service, __VA_ARGS__)

#endif
