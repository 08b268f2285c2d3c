// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/notify.h"

static const struct notify_kind kinds[] = {
#define X(name, service, number, level, most, text, ...) \
	[NOTIFY_##name] = { service, number, LOG_LEVEL_##level, most, text },
	NOTIFICATIONS(X)
#undef X
};

struct kept {
	struct timespec time;
	enum notification n;
	char text[NOTIFY_TEXT_MAX + 1];
};

/* How many of a number there were lately. */
struct rate {
	time_t since; /* start of the window, seconds of a monotonic clock */
	unsigned int count, silenced;
};

static struct kept ring[NOTIFY_KEPT]; /* seq is at seq % NOTIFY_KEPT */
static struct rate rates[NOTIFY_NR];
static uint64_t last_seq;

const struct notify_kind *notify_kind(enum notification n)
{
	return &kinds[n];
}

/* @silenced: how many were not told, since the last that was */
static bool allow(enum notification n, unsigned int *silenced)
{
	struct rate *r = &rates[n];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!r->count || now.tv_sec - r->since >= NOTIFY_WINDOW) {
		r->since = now.tv_sec;
		r->count = 0;
	}
	if (kinds[n].most && r->count >= kinds[n].most) {
		r->silenced++;
		return false;
	}
	r->count++;
	*silenced = r->silenced;
	r->silenced = 0;
	return true;
}

static void keep(enum notification n, const char *text)
{
	struct kept *k = &ring[++last_seq % NOTIFY_KEPT];

	clock_gettime(CLOCK_REALTIME, &k->time);
	k->n = n;
	log_escape(k->text, sizeof(k->text), text);
}

void notify_send(enum notification n, const char *fmt, ...)
{
	const struct notify_kind *k = &kinds[n];
	char text[2 * LOG_LINE_MAX];
	int saved = errno, used;
	unsigned int silenced;
	va_list ap;

	if (!allow(n, &silenced))
		return;
	va_start(ap, fmt);
	used = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (silenced && used >= 0 && used < (int)sizeof(text))
		snprintf(text + used, sizeof(text) - (size_t)used,
			 " (%u such not told)", silenced);
	keep(n, text);
	log_numbered(k->level, k->service, k->number, text);
	errno = saved;
}

uint64_t notify_each(uint64_t after,
		     int (*cb)(const struct notify_entry *e, void *arg),
		     void *arg)
{
	uint64_t seq = last_seq > NOTIFY_KEPT ? last_seq - NOTIFY_KEPT : 0;

	if (seq < after)
		seq = after;
	while (seq < last_seq) {
		const struct kept *k = &ring[++seq % NOTIFY_KEPT];
		const struct notify_entry e = { seq, k->time, &kinds[k->n],
						k->text };

		if (cb(&e, arg))
			break;
	}
	return last_seq;
}
