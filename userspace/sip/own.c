// SPDX-License-Identifier: GPL-2.0-or-later
/* The gateway's own connection, for who keeps it up. */
#include <arpa/inet.h>

#include "sip/conn-internal.h"
#include "sip/limits.h"

enum conn_state conns_own_state(const struct conns *cs)
{
	const struct conn *c = conns_own((struct conns *)cs);

	if (!c)
		return CONN_NONE;
	return c->ready ? CONN_READY : CONN_CONNECTING;
}

int conns_open(struct conns *cs)
{
	struct conn *c = conns_own(cs);

	return c ? 0 : conns_connect(cs, &c);
}

unsigned int conns_wait(const struct conns *cs)
{
	uint64_t now = transport_now();

	return now < cs->not_before ? (unsigned int)(cs->not_before - now) : 0;
}

void conns_ping(struct conns *cs)
{
	struct conn *c = conns_own(cs);

	if (c && c->ready)
		stream_write(c->stream, "\r\n\r\n", 4);
}

uint64_t conns_heard(const struct conns *cs)
{
	const struct conn *c = conns_own((struct conns *)cs);

	return c ? c->heard_ms : 0;
}

void conns_give_up(struct conns *cs, const char *reason)
{
	struct conn *c = conns_own(cs);

	if (c)
		conn_close(c, reason);
}

void conns_alias(struct conns *cs, uint32_t conn, uint16_t port)
{
	struct conn *c = conns_find(cs, conn);

	if (c && c->inbound && cs->gw->verify_client && !cs->gw->extensions)
		c->alias = port;
}

struct conn *conns_reused(struct conns *cs)
{
	const struct sockaddr_in *hop = gateway_hop(cs->gw, false);
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		if (c->alias && !c->closing &&
		    c->alias == ntohs(hop->sin_port) &&
		    c->path.peer.sin_addr.s_addr == hop->sin_addr.s_addr)
			return c;
	}
	return NULL;
}

void conns_unanswered(struct conns *cs)
{
	struct conn *c = conns_own(cs);

	if (c && c->heard_ms + 64 * SIP_T1_MS <= transport_now() &&
	    gateway_failed(cs->gw, &c->path.peer, SIP_SERVER_FAILED_SECONDS))
		conn_close(c, "the server doesn't answer");
}
