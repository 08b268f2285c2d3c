// SPDX-License-Identifier: GPL-2.0-or-later
/* Timer: binding->timer, the end of its registration. */
#include <arpa/inet.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "guard/strike.h"
#include "sip/binding.h"

#define TRUST_COMMENT "registration"

/* An address that something is registered from, and trusted for it. */
struct source {
	struct in_addr addr;
	unsigned int bindings;
	time_t until; /* of the last of them */
};

/* Balanced trees: what a peer chooses as a key can't make them slow. */
static void *aors, *sources;
static unsigned int n_bindings;
static uint64_t last_order;
static void (*changed)(void);

static const char *const ends[] = {
	[BINDING_UNREGISTERED] = "by itself",
	[BINDING_EXPIRED] = "its time is over",
	[BINDING_REPLACED] = "a newer contact takes its place",
	[BINDING_REMOVED] = "by an operator",
	[BINDING_CONFIG] = "it is not configured any more",
};

static int compare_aor(const void *a, const void *b)
{
	const struct aor *x = a, *y = b;

	return strcmp(x->number, y->number);
}

static int compare_source(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	uint32_t i = ntohl(x->addr.s_addr), j = ntohl(y->addr.s_addr);

	return (i > j) - (i < j);
}

static struct source *source_find(struct in_addr addr)
{
	struct source key = { .addr = addr };
	struct source **found = tfind(&key, &sources, compare_source);

	return found ? *found : NULL;
}

static struct source *source_get(struct in_addr addr)
{
	struct source *s = source_find(addr);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->addr = addr;
		if (!tsearch(s, &sources, compare_source)) {
			free(s);
			return NULL;
		}
	}
	s->bindings++;
	return s;
}

/* @told: the kernel is to trust it no longer, once none is left. */
static void source_put(struct source *s, bool told)
{
	if (!s || --s->bindings)
		return;
	if (told)
		trust_end(s->addr, TRUST_COMMENT);
	tdelete(s, &sources, compare_source);
	free(s);
}

static void source_trust(struct source *s, time_t now, time_t until)
{
	if (until > s->until)
		s->until = until;
	trust_grant_for(s->addr, (uint32_t)(s->until - now), TRUST_COMMENT);
}

bool bindings_from(struct in_addr addr)
{
	return source_find(addr);
}

static void tell_change(void)
{
	if (changed)
		changed();
}

void bindings_watch(void (*on_change)(void))
{
	changed = on_change;
}

struct aor *aor_find(const char *number)
{
	struct aor key, **found;

	if (strlen(number) > EXTENSION_NUMBER_MAX)
		return NULL;
	strcpy(key.number, number);
	found = tfind(&key, &aors, compare_aor);
	return found ? *found : NULL;
}

static struct aor *aor_get(const char *number)
{
	struct aor *aor = aor_find(number);

	if (aor)
		return aor;
	aor = calloc(1, sizeof(*aor));
	if (!aor)
		return NULL;
	snprintf(aor->number, sizeof(aor->number), "%s", number);
	TAILQ_INIT(&aor->bindings);
	if (!tsearch(aor, &aors, compare_aor)) {
		free(aor);
		return NULL;
	}
	return aor;
}

static void aor_put(struct aor *aor)
{
	if (aor->n)
		return;
	tdelete(aor, &aors, compare_aor);
	free(aor);
}

unsigned int bindings_count(void)
{
	return n_bindings;
}

void binding_clear(struct binding *b)
{
	free(b->contact);
	free(b->call_id);
	free(b->agent);
	while (b->n_path)
		free(b->path[--b->n_path]);
	b->contact = NULL;
	b->call_id = NULL;
	b->agent = NULL;
}

static void binding_free(struct binding *b, bool told)
{
	source_put(b->source, told);
	if (b->timer)
		event_free(b->timer);
	binding_clear(b);
	free(b);
}

static void detach(struct binding *b, bool told)
{
	struct aor *aor = b->aor;

	TAILQ_REMOVE(&aor->bindings, b, entry);
	aor->n--;
	n_bindings--;
	binding_free(b, told);
	aor_put(aor);
}

void binding_end(struct binding *b, enum binding_end why)
{
	notify(SIP_UNREGISTERED, b->aor->number,
	       inet_ntoa(b->where.peer.sin_addr), ntohs(b->where.peer.sin_port),
	       b->where.gw->name, ends[why]);
	detach(b, true);
	tell_change();
}

unsigned int aor_end(struct aor *aor, enum binding_end why)
{
	struct binding *b, *next;
	unsigned int n = 0;

	/* The last one takes the extension with it. */
	for (b = TAILQ_FIRST(&aor->bindings); b; b = next) {
		next = TAILQ_NEXT(b, entry);
		binding_end(b, why);
		n++;
	}
	return n;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	binding_end(arg, BINDING_EXPIRED);
}

struct binding *binding_find(const struct aor *aor, const char *contact)
{
	struct binding *b;

	TAILQ_FOREACH(b, &aor->bindings, entry) {
		if (!strcmp(b->contact, contact))
			return b;
	}
	return NULL;
}

static char *copy(const char *text, bool *ret_failed)
{
	char *p = text ? strdup(text) : NULL;

	if (text && !p)
		*ret_failed = true;
	return p;
}

static struct binding *clone(const struct binding *from)
{
	struct binding *b = calloc(1, sizeof(*b));
	bool failed = false;

	if (!b)
		return NULL;
	b->contact = copy(from->contact, &failed);
	b->call_id = copy(from->call_id, &failed);
	b->cseq = from->cseq;
	b->agent = copy(from->agent, &failed);
	for (; b->n_path < from->n_path; b->n_path++)
		b->path[b->n_path] = copy(from->path[b->n_path], &failed);
	b->where = from->where;
	b->open = from->open;
	b->timer = evtimer_new(loop_base(), on_timer, b);
	if (!b->open)
		b->source = source_get(from->where.peer.sin_addr);
	if (failed || !b->timer || (!b->open && !b->source)) {
		binding_free(b, false);
		return NULL;
	}
	return b;
}

static void tell_new(const struct binding *b, unsigned int seconds)
{
	notify(SIP_REGISTERED, b->aor->number,
	       inet_ntoa(b->where.peer.sin_addr), ntohs(b->where.peer.sin_port),
	       sip_transport_name(b->where.transport), b->where.gw->name,
	       seconds);
}

static void enter(struct aor *aor, struct binding *b, unsigned int seconds)
{
	const struct timeval in = { .tv_sec = seconds };
	time_t now = time(NULL);

	b->aor = aor;
	b->order = ++last_order;
	b->until = now + (time_t)seconds;
	TAILQ_INSERT_HEAD(&aor->bindings, b, entry);
	aor->n++;
	n_bindings++;
	event_add(b->timer, &in);
	if (b->source)
		source_trust(b->source, now, b->until);
}

/* The oldest give way, but not the one that was just set. */
static void make_room(struct aor *aor, unsigned int most)
{
	unsigned int excess = aor->n > most ? aor->n - most : 0;
	struct binding *b, *newer;

	for (b = TAILQ_LAST(&aor->bindings, bindings); b && excess; b = newer) {
		newer = TAILQ_PREV(b, bindings, entry);
		if (newer)
			binding_end(b, BINDING_REPLACED);
		excess--;
	}
}

int binding_set(const char *number, const struct binding *from,
		unsigned int seconds, unsigned int most, bool tell)
{
	struct aor *aor = aor_get(number);
	struct binding *b, *old;

	if (!aor)
		return -ENOMEM;
	old = binding_find(aor, from->contact);
	if (!old && n_bindings >= SIP_BINDINGS_MAX) {
		aor_put(aor);
		return -ENOSPC;
	}
	b = clone(from);
	if (!b) {
		aor_put(aor);
		return -ENOMEM;
	}
	enter(aor, b, seconds);
	if (old)
		detach(old, true);
	else if (tell)
		tell_new(b, seconds);
	make_room(aor, most);
	tell_change();
	return 0;
}

bool binding_connected(const struct binding *b)
{
	return transport_connected(&b->where);
}

const struct binding *binding_next(const char *number, const struct gateway *gw,
				   uint64_t before)
{
	const struct aor *aor = aor_find(number);
	const struct binding *b;

	if (!aor)
		return NULL;
	TAILQ_FOREACH(b, &aor->bindings, entry) {
		if (b->order < before && (!gw || b->where.gw == gw) &&
		    binding_connected(b))
			return b;
	}
	return NULL;
}

unsigned int binding_left(const struct binding *b)
{
	struct timeval at, now;

	if (!event_pending(b->timer, EV_TIMEOUT, &at))
		return 0;
	event_base_gettimeofday_cached(loop_base(), &now);
	return at.tv_sec > now.tv_sec ? (unsigned int)(at.tv_sec - now.tv_sec)
				      : 0;
}

struct list {
	struct binding **binding;
	unsigned int n;
};

static void gather(const void *node, VISIT which, void *arg)
{
	const struct aor *aor = *(struct aor *const *)node;
	struct list *list = arg;
	struct binding *b;

	if (which != postorder && which != leaf)
		return;
	TAILQ_FOREACH(b, &aor->bindings, entry) {
		list->binding[list->n++] = b;
	}
}

/* By a list of them, for @cb may change the tree. */
void bindings_each(void (*cb)(struct binding *b, void *arg), void *arg)
{
	struct list list = { 0 };

	if (!n_bindings)
		return;
	list.binding = calloc(n_bindings, sizeof(struct binding *));
	if (!list.binding)
		return;
	twalk_r(aors, gather, &list);
	for (unsigned int i = 0; i < list.n; i++)
		cb(list.binding[i], arg);
	free(list.binding);
}

struct use {
	const struct gateway *gw;
	bool found;
};

static void look(struct binding *b, void *arg)
{
	struct use *use = arg;

	use->found = use->found || b->where.gw == use->gw;
}

bool bindings_use(const struct gateway *gw)
{
	struct use use = { gw, false };

	bindings_each(look, &use);
	return use.found;
}

int bindings_init(void)
{
	aors = NULL;
	sources = NULL;
	n_bindings = 0;
	last_order = 0;
	return 0;
}

static void forget(struct binding *b, void *arg)
{
	detach(b, false);
}

void bindings_exit(void)
{
	changed = NULL;
	bindings_each(forget, NULL);
}
