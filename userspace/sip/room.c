// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>

#include "base/notify.h"
#include "sip/conn-internal.h"

static LIST_HEAD(, conn) all = LIST_HEAD_INITIALIZER(all);
static unsigned int total;

struct conn_limits conn_limits;

void conns_set_limits(const struct conn_limits *l)
{
	conn_limits = *l;
}

void room_enter(struct conn *c)
{
	LIST_INSERT_HEAD(&all, c, every);
	total++;
}

void room_leave(struct conn *c)
{
	LIST_REMOVE(c, every);
	total--;
}

/* Connections of peers, and the one among them that would be missed least. */
struct tally {
	unsigned int n;
	struct conn *victim;
};

/* Who never sent a whole message goes before who was quiet for longest. */
static void tally_add(struct tally *t, struct conn *c)
{
	const struct conn *v = t->victim;

	t->n++;
	if (!v || (c->heard == v->heard ? c->last < v->last : v->heard))
		t->victim = c;
}

/* @source, @cs: that address's with that gateway; NULL: of all. */
static struct tally take_stock(const struct conns *cs,
			       const struct sockaddr_in *source, bool half_open)
{
	struct tally t = { 0 };
	struct conn *c;

	LIST_FOREACH(c, &all, every) {
		if (!c->inbound || c->closing || (half_open && c->ready))
			continue;
		if (!source || (c->cs == cs && c->path.peer.sin_addr.s_addr ==
						       source->sin_addr.s_addr))
			tally_add(&t, c);
	}
	return t;
}

static void evict(struct conn *c, const char *why)
{
	notify(SIP_EVICTED, inet_ntoa(c->path.peer.sin_addr),
	       ntohs(c->path.peer.sin_port), c->cs->gw->name, why);
	conn_close(c, "too many connections");
	conn_free(c);
}

bool room_make(struct conns *cs, const struct sockaddr_in *peer)
{
	struct tally t = take_stock(cs, peer, false);

	if (t.n >= conn_limits.per_source)
		evict(t.victim, "its source has too many");
	t = take_stock(NULL, NULL, true);
	if (t.n >= conn_limits.handshakes)
		evict(t.victim, "too many handshakes are not finished");
	if (total < conn_limits.maximum)
		return true;
	t = take_stock(NULL, NULL, false);
	if (!t.victim || t.victim->heard)
		return false;
	evict(t.victim, "there are too many");
	return true;
}

bool room_make_own(void)
{
	struct tally t;

	if (total < conn_limits.maximum)
		return true;
	t = take_stock(NULL, NULL, false);
	if (t.victim)
		conn_close(t.victim, "too many connections");
	return t.victim;
}
