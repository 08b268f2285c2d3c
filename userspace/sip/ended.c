// SPDX-License-Identifier: GPL-2.0-or-later
/* One timer: `expiry`, for the oldest (SIP_ENDED_SECONDS). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/loop.h"
#include "base/table.h"
#include "sip/ended.h"
#include "sip/limits.h"
#include "sip/osip.h"

struct ended {
	char *key;
	struct table_entry by_key;
	TAILQ_ENTRY(ended) entry;
	struct timeval due;
	struct sip_path path;
	char *text;
	size_t len;
};

static TAILQ_HEAD(ended_list, ended) all = TAILQ_HEAD_INITIALIZER(all);
static struct table by_key;
static unsigned int n_all;
static struct event *expiry;

static void forget(struct ended *e)
{
	table_remove(&by_key, &e->by_key);
	TAILQ_REMOVE(&all, e, entry);
	n_all--;
	free(e->key);
	osip_free(e->text); /* wiped: a change of keys had them */
	free(e);
}

static void on_expiry(evutil_socket_t fd, short what, void *arg)
{
	struct timeval now, left;
	struct ended *e, *next;

	osip_gettimeofday(&now, NULL);
	for (e = TAILQ_FIRST(&all); e; e = next) {
		next = TAILQ_NEXT(e, entry);
		timersub(&e->due, &now, &left);
		if (left.tv_sec >= 0 && timerisset(&left)) {
			event_add(expiry, &left);
			return;
		}
		forget(e);
	}
}

int ended_init(void)
{
	int ret = table_init(&by_key, SIP_ENDED_MAX);

	if (ret < 0)
		return ret;
	expiry = evtimer_new(loop_base(), on_expiry, NULL);
	return expiry ? 0 : -ENOMEM;
}

void ended_exit(void)
{
	struct ended *e, *next;

	for (e = TAILQ_FIRST(&all); e; e = next) {
		next = TAILQ_NEXT(e, entry);
		forget(e);
	}
	if (expiry)
		event_free(expiry);
	expiry = NULL;
	table_exit(&by_key);
}

static void insert(struct ended *e)
{
	const struct timeval in = { .tv_sec = SIP_ENDED_SECONDS };
	bool first = TAILQ_EMPTY(&all);

	osip_gettimeofday(&e->due, NULL);
	timeradd(&e->due, &in, &e->due);
	TAILQ_INSERT_TAIL(&all, e, entry);
	n_all++;
	if (first)
		event_add(expiry, &in);
}

void ended_add(char *key, const struct sip_path *path, char *text, size_t len)
{
	struct ended *e = calloc(1, sizeof(*e));

	if (!e || !table_add(&by_key, &e->by_key, key)) {
		free(key);
		osip_free(text);
		free(e);
		return;
	}
	e->key = key;
	e->path = *path;
	e->text = text;
	e->len = len;
	insert(e);
	if (n_all > SIP_ENDED_MAX)
		forget(TAILQ_FIRST(&all));
}

bool ended_absorb(const char *key, const struct sip_path *from)
{
	struct table_entry *found = table_find(&by_key, key);
	struct ended *e = found ? table_of(found, struct ended, by_key) : NULL;

	if (!e || e->path.gw != from->gw)
		return false;
	/* If it can't be sent, another copy will come. */
	if (e->text)
		transport_send(&e->path, e->text, e->len);
	return true;
}

bool ended_use(const struct gateway *gw)
{
	const struct ended *e;

	TAILQ_FOREACH(e, &all, entry) {
		if (e->path.gw == gw)
			return true;
	}
	return false;
}
