// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sip/gateway.h"
#include "sip/hop.h"

int hop_set(struct hop *h, const char *host, uint16_t port,
	    enum sip_transport transport)
{
	memset(h, 0, sizeof(*h));
	snprintf(h->host, sizeof(h->host), "%s", host);
	h->port = port;
	if (inet_pton(AF_INET, host, &h->addr.sin_addr) != 1) {
		h->servers = servers_get(host, port, transport);
		return h->servers ? 0 : -ENOMEM;
	}
	if (!port)
		h->port = sip_default_port(transport);
	h->addr.sin_family = AF_INET;
	h->addr.sin_port = htons(h->port);
	return 0;
}

void hop_copy(struct hop *to, const struct hop *from)
{
	*to = *from;
	servers_hold(to->servers);
}

void hop_clear(struct hop *h)
{
	servers_put(h->servers);
	memset(h, 0, sizeof(*h));
}

const struct sockaddr_in *hop_addr(const struct hop *h)
{
	return h->servers ? servers_now(h->servers) : &h->addr;
}

bool hop_has(const struct hop *h, struct in_addr addr)
{
	if (h->servers)
		return servers_have(h->servers, addr);
	return h->addr.sin_family && h->addr.sin_addr.s_addr == addr.s_addr;
}

bool hop_same(const struct hop *a, const struct hop *b)
{
	return a->servers == b->servers && a->port == b->port &&
	       !strcasecmp(a->host, b->host);
}

const char *hop_text(const struct hop *h, char buf[HOP_TEXT])
{
	if (h->port)
		snprintf(buf, HOP_TEXT, "%s:%u", h->host, h->port);
	else
		snprintf(buf, HOP_TEXT, "%s", h->host);
	return buf;
}
