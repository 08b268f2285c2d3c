/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is registered where (RFC 3261, 10). A binding ends by itself. It outlives
 * the daemon, and a change of the configuration that leaves its extension and
 * gateway.
 *
 * Requests go to where the REGISTER came from: by UDP to its address, by TCP and
 * TLS on its connection, and nowhere when that is gone. Never to another address
 * that a Contact names.
 */
#ifndef SIP_BINDING_H
#define SIP_BINDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "sip/extension.h"
#include "sip/transport.h"

struct event;
struct source;

struct binding {
	TAILQ_ENTRY(binding) entry; /* of its extension, the newest first */
	struct aor *aor;
	char *contact; /* URI */
	char *call_id; /* of the REGISTER */
	uint32_t cseq; /* likewise */
	char *agent; /* its User-Agent; NULL: none */
	char *path[SIP_ROUTES_MAX]; /* RFC 3327: Route headers, in order */
	unsigned int n_path;
	struct sip_path where; /* it came from */
	bool open; /* nobody had to prove anything: its address isn't trusted */
	time_t until; /* CLOCK_REALTIME, seconds; told to nobody but people */
	uint64_t order; /* the larger, the newer its REGISTER */
	struct event *timer; /* its end */
	struct source *source;
};

/* One extension that is registered. */
struct aor {
	char number[EXTENSION_NUMBER_MAX + 1];
	TAILQ_HEAD(bindings, binding) bindings;
	unsigned int n;
};

/* Why one ends. */
enum binding_end {
	BINDING_UNREGISTERED, /* by the phone */
	BINDING_EXPIRED,
	BINDING_REPLACED, /* one more than max-contacts came */
	BINDING_REMOVED, /* by an operator */
	BINDING_CONFIG, /* the extension, or its gateway, is gone */
};

int bindings_init(void); /* 0 or -errno */
void bindings_exit(void); /* frees them, tells nobody */

/* @on_change: something is to be saved */
void bindings_watch(void (*on_change)(void));

struct aor *aor_find(const char *number); /* NULL: it isn't registered */
unsigned int bindings_count(void); /* of all extensions */
/* Is anything registered from that address? */
bool bindings_from(struct in_addr addr);

bool bindings_use(const struct gateway *gw); /* is any at it? */

/* The one of that Contact URI; NULL: none. */
struct binding *binding_find(const struct aor *aor, const char *contact);

/**
 * binding_set() - a new binding, or one for longer
 * @number: of an extension
 * @b: its contact, call_id, cseq, agent, path, where and open; copied
 * @seconds: from now on
 * @most: contacts that the extension may have; the oldest give way
 * @tell: that it is new, if it is
 *
 * Return: 0; -ENOSPC: there are SIP_BINDINGS_MAX, -ENOMEM; nothing has changed.
 */
int binding_set(const char *number, const struct binding *b,
		unsigned int seconds, unsigned int most, bool tell);
void binding_end(struct binding *b, enum binding_end why);
unsigned int aor_end(struct aor *aor, enum binding_end why); /* how many */

/**
 * binding_next() - the newest before another
 * @gw: by that gateway; NULL: by any
 * @before: the order of the last; UINT64_MAX at first
 *
 * Those whose connection is gone are passed over. Return: NULL: no more
 */
const struct binding *binding_next(const char *number, const struct gateway *gw,
				   uint64_t before);

/* Each; @cb may end the one that it is given. */
void bindings_each(void (*cb)(struct binding *b, void *arg), void *arg);

/* Can it be reached, as far as we know? */
bool binding_connected(const struct binding *b);
unsigned int binding_left(const struct binding *b); /* seconds */
/* What is in it, not itself: for who fills one to set it. */
void binding_clear(struct binding *b);

#endif
