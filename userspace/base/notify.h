/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbered notifications: lines of the log that an operator acts on. The last
 * ones are kept in memory, whatever the log's level is, to be shown.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdint.h>
#include <time.h>

#include "base/log.h"
#include "base/notifications.h"

#define NOTIFY_KEPT	512 /* one more: the oldest is forgotten */
#define NOTIFY_TEXT_MAX 512 /* bytes that are kept of one; more: cut */
#define NOTIFY_WINDOW	10 /* seconds in which too many are counted */

enum notification {
#define X(name, ...) NOTIFY_##name,
	NOTIFICATIONS(X)
#undef X
	NOTIFY_NR
};

/* So that the compiler sees the texts of printf(). */
#define X(name, service, number, level, most, text, ...) \
	static const char notify_text_##name[] __attribute__((unused)) = text;
NOTIFICATIONS(X)
#undef X

struct notify_kind {
	const char *service;
	unsigned int number;
	enum log_level level;
	unsigned int most; /* in NOTIFY_WINDOW; 0: all */
	const char *text; /* of printf() */
};

/**
 * notify() - tell, keep, and log
 * @name: as in base/notifications.h; its text's arguments follow
 *
 * Escaped and cut as log_msg() does. Over the limit of its number it is only
 * counted, which the next one says. errno is kept. Never pass secrets.
 */
#define notify(name, ...) \
	notify_send(NOTIFY_##name, notify_text_##name, ##__VA_ARGS__)

void notify_send(enum notification n, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct notify_entry {
	uint64_t seq; /* 1 is the first since the start; no gaps */
	struct timespec time;
	const struct notify_kind *kind;
	const char *text; /* printable ASCII */
};

const struct notify_kind *notify_kind(enum notification n);

/*
 * Those after @after that are kept, the oldest first, until @cb returns other
 * than 0; returned is the last @seq there is.
 */
uint64_t notify_each(uint64_t after,
		     int (*cb)(const struct notify_entry *e, void *arg),
		     void *arg);

#endif
