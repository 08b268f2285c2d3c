// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: reaper, each SIP_RETIRED_SECONDS while there are retired gateways.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "cert/tls.h"
#include "config/config.h"
#include "config/edit.h"
#include "sip/account.h"
#include "sip/binding.h"
#include "sip/call.h"
#include "sip/gateway.h"
#include "sip/link.h"
#include "sip/options.h"
#include "sip/reconfigure.h"
#include "sip/subscription.h"
#include "sip/transport.h"
#include "sip/txn.h"

/* What is to become of a gateway of the new configuration. */
struct step {
	struct gateway *old; /* that it will be; NULL: a new one */
	bool drop; /* its connections: they were made on other terms */
};

static struct step steps[SIP_GATEWAYS_MAX];
static struct gateway *retired[SIP_RETIRED_MAX];
static unsigned int n_retired;
static struct event *reaper;

static bool same_place(const struct gateway *a, const struct gateway *b)
{
	return a->local.sin_addr.s_addr == b->local.sin_addr.s_addr &&
	       a->local.sin_port == b->local.sin_port &&
	       (a->transport == SIP_TLS) == (b->transport == SIP_TLS);
}

static struct gateway *find_name(const char *name)
{
	for (unsigned int i = 0; i < n_retired; i++) {
		if (!strcmp(retired[i]->name, name))
			return retired[i];
	}
	return NULL;
}

/* One in the same place that no gateway of @fresh is the successor of. */
static struct gateway *find_place(struct gateway *const list[], unsigned int n,
				  const struct sip_config *fresh,
				  const struct gateway *gw)
{
	for (unsigned int i = 0; i < n; i++) {
		if (same_place(list[i], gw) &&
		    !gateway_find(fresh, list[i]->name))
			return list[i];
	}
	return NULL;
}

static struct gateway *find_old(const struct sip_config *running,
				const struct sip_config *fresh,
				const struct gateway *gw)
{
	struct gateway *old = gateway_find(running, gw->name);

	if (!old)
		old = find_name(gw->name);
	if (!old)
		old = find_place(running->gateway, running->n_gateways, fresh,
				 gw);
	if (!old)
		old = find_place(retired, n_retired, fresh, gw);
	return old;
}

/* The lines about a gateway's TLS, for all that they may say. */
static char *tls_lines(const struct lyd_node *tree, const struct gateway *gw)
{
	char sip[] = "sip", gateway[] = "gateway", tls[] = "tls";
	char name[sizeof(gw->name)];
	char *words[] = { sip, gateway, name, tls }, *text;
	struct config_error err;

	memcpy(name, gw->name, sizeof(name));
	return config_print(tree, words, 4, CONFIG_PRINT_DEFAULTS, &text, &err)
		       ? NULL
		       : text;
}

static bool other_terms(const struct gateway *old, const struct gateway *gw,
			const struct lyd_node *old_tree,
			const struct lyd_node *tree)
{
	char *a, *b;
	bool same;

	if (old->transport != gw->transport ||
	    !hop_same(&old->proxy, &gw->proxy) ||
	    !hop_same(gateway_next_hop(old, false),
		      gateway_next_hop(gw, false)) ||
	    old->source_port != gw->source_port)
		return true;
	a = tls_lines(old_tree, old);
	b = tls_lines(tree, gw);
	same = a && b && !strcmp(a, b);
	free(a);
	free(b);
	return !same;
}

/* Would too many have to go on listening? */
static bool too_many(const struct sip_config *running,
		     const struct sip_config *fresh)
{
	unsigned int n = n_retired;

	for (unsigned int i = 0; i < running->n_gateways; i++)
		n += !gateway_find(fresh, running->gateway[i]->name);
	return n > SIP_RETIRED_MAX;
}

int reconfigure_prepare(const struct sip_config *running,
			const struct sip_config *fresh,
			const struct lyd_node *old, const struct lyd_node *tree,
			struct config_error *err)
{
	if (too_many(running, fresh))
		return config_fail(err, tree, "sip",
				   "calls of %u removed gateways are not over; "
				   "wait until they are",
				   n_retired);
	for (unsigned int i = 0; i < fresh->n_gateways; i++) {
		struct gateway *gw = fresh->gateway[i];
		struct step *s = &steps[i];
		int ret = 0;

		s->old = find_old(running, fresh, gw);
		s->drop = s->old && other_terms(s->old, gw, old, tree);
		if (!s->old || !same_place(s->old, gw))
			ret = transport_open(gw, false, err, tree);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* The object of @old with all that @gw says; @gw is gone. */
static void become(struct gateway *old, struct gateway *gw, bool drop)
{
	struct sockets *sockets = old->sockets;
	struct tls_ctx *tls = old->tls;
	struct probe *probe = old->probe;
	struct link *link = old->link;
	bool down = old->down, absent = old->absent;

	if (drop || gw->sockets)
		transport_drop(old, "the configuration has changed");
	if (gw->sockets) {
		transport_close(old);
		sockets = gw->sockets;
	}
	accounts_free(old);
	gateway_move_hops(old, gw);
	*old = *gw;
	old->sockets = sockets;
	old->link = link;
	old->probe = probe;
	old->down = down;
	old->absent = absent;
	transport_move(old);
	/* Connections hold their own reference. */
	tls_ctx_free(tls);
	free(gw);
}

static void replace(struct sip_config *cfg, struct gateway *gw,
		    struct gateway *by)
{
	for (unsigned int i = 0; i < cfg->n_gateways; i++) {
		if (cfg->gateway[i] == gw)
			cfg->gateway[i] = by;
	}
	for (unsigned int i = 0; i < cfg->n_routes; i++) {
		if (cfg->route[i].from == gw)
			cfg->route[i].from = by;
		if (cfg->route[i].to == gw)
			cfg->route[i].to = by;
	}
}

static bool has(const struct sip_config *cfg, const struct gateway *gw)
{
	for (unsigned int i = 0; i < cfg->n_gateways; i++) {
		if (cfg->gateway[i] == gw)
			return true;
	}
	return false;
}

static void on_reap(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { .tv_sec = SIP_RETIRED_SECONDS };
	unsigned int n = 0;

	for (unsigned int i = 0; i < n_retired; i++) {
		struct gateway *gw = retired[i];

		if (calls_use(gw) || txns_use(gw) || bindings_use(gw) ||
		    subscriptions_use(gw)) {
			retired[n++] = gw;
			continue;
		}
		log_info("sip", "gateway %s, removed, has no calls any more",
			 gw->name);
		gateway_free(gw);
	}
	n_retired = n;
	if (n > 0)
		event_add(reaper, &again);
}

/* Those that are in the new configuration again are not retired. */
static void revive(const struct sip_config *fresh)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < n_retired; i++) {
		if (!has(fresh, retired[i]))
			retired[n++] = retired[i];
	}
	n_retired = n;
}

void reconfigure_commit(struct sip_config *running, struct sip_config *fresh)
{
	for (unsigned int i = 0; i < fresh->n_gateways; i++) {
		struct gateway *gw = fresh->gateway[i];
		struct step *s = &steps[i];
		bool opened = gw->sockets;

		if (s->old) {
			replace(fresh, gw, s->old);
			become(s->old, gw, s->drop);
			gw = s->old;
		}
		if (opened)
			transport_start(gw);
	}
	revive(fresh);
	for (unsigned int i = 0; i < running->n_gateways; i++) {
		if (has(fresh, running->gateway[i]))
			continue;
		options_unwatch(running->gateway[i]);
		link_unwatch(running->gateway[i]);
		retired[n_retired++] = running->gateway[i];
	}
	running->n_gateways = 0;
	sip_config_free(running);
	on_reap(-1, 0, NULL);
}

int reconfigure_init(void)
{
	n_retired = 0;
	reaper = evtimer_new(loop_base(), on_reap, NULL);
	return reaper ? 0 : -ENOMEM;
}

void reconfigure_exit(void)
{
	for (unsigned int i = 0; i < n_retired; i++)
		gateway_free(retired[i]);
	n_retired = 0;
	if (reaper)
		event_free(reaper);
	reaper = NULL;
}
