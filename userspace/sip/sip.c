// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SIP module of the daemon. On a clean stop answered calls are left in the
 * kernel and in the store, for the next start to adopt; others are ended.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "config/config.h"
#include "config/datastore.h"
#include "config/edit.h"
#include "ringfenced/daemon.h"
#include "ringfenced/module.h"
#include "sip/call.h"
#include "sip/conn.h"
#include "sip/gateway.h"
#include "sip/invite.h"
#include "sip/link.h"
#include "sip/message-relay.h"
#include "sip/networks.h"
#include "sip/options.h"
#include "sip/record.h"
#include "sip/reconfigure.h"
#include "sip/register-client.h"
#include "sip/registrar.h"
#include "sip/regstore.h"
#include "sip/report.h"
#include "sip/servers.h"
#include "sip/store.h"
#include "sip/subscription.h"
#include "sip/timer.h"
#include "sip/transport.h"
#include "sip/txn.h"
#include "sip/uas.h"

static struct sip_config *running, *prepared;
static bool moving; /* an interface's address has changed, not the model */
static struct media_timeouts
	prepared_timeouts; /* if nothing else is to change */

static void on_message(const struct sip_path *from, const char *buf,
		       const struct sip_head *head)
{
	osip_message_t *msg = message_parse(buf, head);

	if (msg)
		txn_receive(msg, from);
	else
		transport_refuse(from, head, head->other_scheme ? 416 : 400,
				 head->other_scheme ? "Unsupported URI Scheme"
						    : "Bad Request");
}

static const struct transport_user transport_user = {
	.on_message = on_message,
	.on_conn_lost = txn_conn_lost,
};

static int open_store(void)
{
	char *name;
	int ret;

	if (asprintf(&name, "%s/calls", daemon_run_dir()) < 0)
		return -ENOMEM;
	ret = store_init(name);
	if (ret < 0)
		log_error("sip", "%s can't be used: %s", name, strerror(-ret));
	free(name);
	return ret ? ret : regstore_init(daemon_run_dir());
}

/* What waited for them need not wait any longer. */
static void on_servers(const struct servers *s)
{
	for (unsigned int i = 0; running && i < running->n_gateways; i++) {
		struct gateway *gw = running->gateway[i];

		if (gateway_next_hop(gw, true)->servers == s)
			register_again(gw);
		if (gateway_next_hop(gw, false)->servers == s)
			link_known(gw);
	}
}

static void on_moved(void);

static int sip_init(void)
{
	int ret = open_store();

	if (!ret)
		ret = transport_init(&transport_user);
	if (!ret)
		ret = txn_init(&uas_user);
	if (!ret)
		ret = calls_init();
	if (!ret)
		ret = reconfigure_init();
	if (!ret)
		ret = registrar_init();
	if (!ret)
		ret = networks_init(on_moved);
	if (!ret)
		ret = servers_init(on_servers);
	return ret;
}

/* Of media/, which else is read for new calls alone. */
static bool security_differs(const struct lyd_node *old,
			     const struct lyd_node *tree)
{
	static const char *const paths[] = { "media/security/extension",
					     "media/security/route",
					     "media/security/intermgw" };

	for (unsigned int i = 0; i < 3; i++) {
		const char *a = config_str(old, paths[i]);
		const char *b = config_str(tree, paths[i]);

		if (!a || !b || strcmp(a, b) != 0)
			return true;
	}
	return false;
}

static int sip_prepare(const struct lyd_node *old, const struct lyd_node *tree,
		       struct config_error *err)
{
	struct sip_config *cfg = NULL;
	int ret;

	if (running && !moving && !config_differs(old, tree, "network") &&
	    !config_differs(old, tree, "sip") && !security_differs(old, tree)) {
		sip_config_timeouts(tree, &prepared_timeouts);
		return 0;
	}
	ret = sip_config_load(tree, &cfg, err);
	if (!ret && running)
		ret = reconfigure_prepare(running, cfg, old, tree, err);
	for (unsigned int i = 0; !ret && !running && i < cfg->n_gateways; i++)
		ret = transport_open(cfg->gateway[i], true, err, tree);
	if (ret < 0) {
		sip_config_free(cfg);
		return ret;
	}
	prepared = cfg;
	return 0;
}

static void sip_commit(void)
{
	if (!prepared) {
		running->timeouts = prepared_timeouts;
		log_info("sip",
			 "idle-timeout is %u and hold-timeout %u seconds for "
			 "new calls",
			 running->timeouts.idle, running->timeouts.hold);
		return;
	}
	if (running) {
		register_leave(running, prepared);
		reconfigure_commit(running, prepared);
	}
	invite_set_config(prepared);
	message_relay_set_config(prepared);
	subscriptions_set_config(prepared);
	registrar_set_config(prepared);
	record_set_file(prepared->record_file[0] ? prepared->record_file
						 : NULL);
	timer_configure(prepared->session_expires, prepared->min_se);
	conns_set_limits(&prepared->conns);
	if (!running) {
		registrar_restore();
		calls_adopt(prepared);
		for (unsigned int i = 0; i < prepared->n_gateways; i++)
			transport_start(prepared->gateway[i]);
	}
	running = prepared;
	report_set_config(running);
	networks_set_config(running);
	prepared = NULL;
	for (unsigned int i = 0; i < running->n_gateways; i++) {
		options_watch(running->gateway[i]);
		link_watch(running->gateway[i]);
		if (running->gateway[i]->unvalidated)
			notify(SIP_UNVALIDATED, running->gateway[i]->name);
	}
	servers_begin(running->dns);
	register_begin(running);
	log_info("sip", "%u gateways, %u routes", running->n_gateways,
		 running->n_routes);
}

/* The same again, with the addresses that there are now. */
static void on_moved(void)
{
	struct config_error err = { 0 };
	struct datastore_state s;

	if (!daemon_datastore())
		return;
	datastore_state(daemon_datastore(), &s);
	moving = true;
	if (sip_prepare(s.running, s.running, &err) < 0)
		log_error("sip", "a new address can't be used: %s", err.text);
	else
		sip_commit();
	moving = false;
}

static void sip_rollback(void)
{
	sip_config_free(prepared);
	prepared = NULL;
}

static void sip_renew(const struct lyd_node *tree)
{
	struct config_error err;

	for (unsigned int i = 0; running && i < running->n_gateways; i++) {
		struct gateway *gw = running->gateway[i];

		if (gateway_renew(tree, gw, &err) < 0)
			notify(SIP_OLD_CERTIFICATES, gw->name, err.text);
		else if (gw->tls)
			log_info("sip",
				 "gateway %s has read its certificates again",
				 gw->name);
	}
}

static void sip_exit(void)
{
	networks_exit();
	registrar_exit();
	register_exit();
	calls_exit();
	message_relay_exit();
	subscriptions_exit();
	txn_exit();
	reconfigure_exit();
	invite_set_config(NULL);
	report_set_config(NULL);
	sip_config_free(running);
	running = NULL;
	sip_rollback();
	servers_exit();
	transport_exit();
	regstore_exit();
	store_exit();
	record_set_file(NULL);
}

static const char *const reads[] = { "network", "media", "sip", NULL };

const struct module sip_module = {
	.name = "sip",
	.reads = reads,
	.init = sip_init,
	.prepare = sip_prepare,
	.commit = sip_commit,
	.rollback = sip_rollback,
	.renew = sip_renew,
	.exit = sip_exit,
};
