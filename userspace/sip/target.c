// SPDX-License-Identifier: GPL-2.0-or-later
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

bool target_next(const struct sip_config *cfg, const struct gateway *from,
		 const char *called, struct target *t)
{
	if (!t->begun && from->extensions)
		begin_contacts(cfg, called, t);
	t->begun = true;
	for (;;) {
		if (t->contacts && next_contact(called, t))
			return true;
		t->contacts = false;
		t->binding = NULL;
		t->gw = route_find(cfg, from, called, &t->route);
		if (!t->gw)
			return false;
		if (!t->gw->extensions)
			return true;
		begin_contacts(cfg, called, t);
	}
}
