// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: one for each link. While there is no connection it goes off when one may
 * be tried again, which the backing off of connections says; while there is one,
 * when a ping is due, or its answer.
 */
#include <stdlib.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "sip/conn.h"
#include "sip/gateway.h"
#include "sip/limits.h"
#include "sip/link.h"
#include "sip/transport.h"

struct link {
	struct event *timer;
	uint64_t pinged; /* ms; 0: no answer is due */
};

static unsigned int random_below(unsigned int n)
{
	uint32_t r = 0;

	secret_random(&r, sizeof(r));
	return r % n;
}

static void arm(const struct gateway *gw, unsigned int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(gw->link->timer, &tv);
}

/* Between 80 and 100 % of the interval after the last (RFC 5626, 4.4.1). */
static void arm_ping(const struct gateway *gw)
{
	unsigned int ms = gw->ping_interval * 1000;

	gw->link->pinged = 0;
	arm(gw, ms - random_below(ms / 5) - SIP_PONG_SECONDS * 1000);
}

static void connect_again(struct gateway *gw)
{
	struct conns *cs = transport_conns(gw);
	unsigned int ms = conns_wait(cs);

	if (!ms && !conns_open(cs)) {
		arm(gw, 1000); /* is it ready? */
		return;
	}
	ms = conns_wait(cs);
	arm(gw, ms + 1 + random_below(SIP_LINK_JITTER_MS));
}

static void ping(struct gateway *gw)
{
	struct conns *cs = transport_conns(gw);
	struct link *l = gw->link;

	if (l->pinged && conns_heard(cs) < l->pinged) {
		conns_give_up(cs, "no answer to a keep-alive");
		return;
	}
	if (!gw->ping_interval)
		return;
	if (l->pinged) {
		arm_ping(gw);
		return;
	}
	l->pinged = transport_now();
	conns_ping(cs);
	arm(gw, SIP_PONG_SECONDS * 1000);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gateway *gw = arg;

	switch (conns_own_state(transport_conns(gw))) {
	case CONN_NONE:
		gw->link->pinged = 0;
		connect_again(gw);
		break;
	case CONN_CONNECTING:
		arm(gw, 1000);
		break;
	case CONN_READY:
		ping(gw);
		break;
	}
}

void link_lost(struct gateway *gw)
{
	if (!gw->link)
		return;
	gw->link->pinged = 0;
	arm(gw, conns_wait(transport_conns(gw)) + 1 +
			random_below(SIP_LINK_JITTER_MS));
}

void link_known(struct gateway *gw)
{
	if (gw->link && conns_own_state(transport_conns(gw)) == CONN_NONE)
		arm(gw, 0);
}

void link_watch(struct gateway *gw)
{
	if (!gw->persistent) {
		link_unwatch(gw);
		return;
	}
	if (!gw->link)
		gw->link = calloc(1, sizeof(*gw->link));
	if (gw->link && !gw->link->timer)
		gw->link->timer = evtimer_new(loop_base(), on_timer, gw);
	if (!gw->link || !gw->link->timer) {
		log_error("sip", "the link of gateway %s isn't kept: no memory",
			  gw->name);
		link_unwatch(gw);
		return;
	}
	gw->link->pinged = 0;
	arm(gw, 0);
}

void link_unwatch(struct gateway *gw)
{
	if (!gw->link)
		return;
	if (gw->link->timer)
		event_free(gw->link->timer);
	free(gw->link);
	gw->link = NULL;
}

const char *link_state(const struct gateway *gw)
{
	static const char *const names[] = {
		[CONN_NONE] = "down",
		[CONN_CONNECTING] = "connecting",
		[CONN_READY] = "up",
	};
	enum conn_state state = conns_own_state(transport_conns(gw));

	if (gw->transport == SIP_UDP || gw->extensions ||
	    (state == CONN_NONE && !gw->persistent))
		return "none";
	return names[state];
}
