// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/limits.h"
#include "sip/route.h"
#include "sip/target.h"

/* At the gateway of a route; from extension to extension at any. */
static bool next_contact(const char *called, struct target *t)
{
	t->binding = binding_next(called, t->gw, t->contact);
	if (!t->binding)
		return false;
	t->gw = t->binding->where.gw;
	t->contact = t->binding->order;
	return true;
}

static void begin_contacts(const struct sip_config *cfg, const char *called,
			   struct target *t)
{
	t->contacts = true;
	t->contact = UINT64_MAX;
	if (extension_find(&cfg->registrar, called))
		t->absent = true; /* unless it is found */
}

/* The next one of the name (RFC 3263, 4.3), if the last one failed as a server. */
static bool next_server(struct target *t)
{
	const struct servers *s;
	const struct sockaddr_in *now;

	if (!t->gw || t->binding || t->gw->extensions)
		return false;
	s = gateway_next_hop(t->gw, false)->servers;
	now = gateway_hop(t->gw, false);
	return s && t->servers < servers_count(s) &&
	       (now->sin_addr.s_addr != t->server.sin_addr.s_addr ||
		now->sin_port != t->server.sin_port);
}

static bool found(struct target *t)
{
	t->server = *gateway_hop(t->gw, false);
	t->servers++;
	return true;
}

bool target_next(const struct sip_config *cfg, const struct gateway *from,
		 const char *called, struct target *t)
{
	if (!t->begun && from->extensions)
		begin_contacts(cfg, called, t);
	t->begun = true;
	if (next_server(t))
		return found(t);
	for (;;) {
		if (t->contacts && next_contact(called, t))
			return true;
		t->contacts = false;
		t->binding = NULL;
		t->gw = route_find(cfg, from, called, &t->route);
		if (!t->gw)
			return false;
		t->servers = 0;
		if (!t->gw->extensions)
			return found(t);
		begin_contacts(cfg, called, t);
	}
}

struct sip_path target_path(const struct target *t)
{
	if (t->binding)
		return t->binding->where;
	return (struct sip_path){ .gw = t->gw,
				  .transport = t->gw->transport,
				  .peer = *gateway_hop(t->gw, false) };
}

bool target_failed(int status)
{
	return status == 408 || status / 100 == 3 || status / 100 == 5;
}

bool target_is_over(const struct target *t, int status)
{
	if (status == 503)
		gateway_failed(t->gw, &t->server, SIP_SERVER_BUSY_SECONDS);
	return target_failed(status);
}
