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
#include "config/config.h"
#include "ringfenced/daemon.h"
#include "ringfenced/module.h"
#include "sip/call.h"
#include "sip/gateway.h"
#include "sip/invite.h"
#include "sip/store.h"
#include "sip/transport.h"
#include "sip/txn.h"
#include "sip/uas.h"

static struct sip_config *running, *prepared;

static void on_message(const struct sip_path *from, const char *buf,
		       const struct sip_head *head)
{
	osip_message_t *msg = message_parse(buf, head);

	if (msg)
		txn_receive(msg, from);
	else
		transport_refuse(from, head, 400, "Bad Request");
}

static const struct transport_user transport_user = {
	.on_message = on_message,
	.on_conn_lost = txn_conn_lost,
};

static int open_store(void)
{
	char *dir;
	int ret;

	if (asprintf(&dir, "%s/calls", daemon_run_dir()) < 0)
		return -ENOMEM;
	ret = store_init(dir);
	if (ret < 0)
		log_error("sip", "%s can't be used: %s", dir, strerror(-ret));
	free(dir);
	return ret;
}

static int sip_init(void)
{
	int ret = open_store();

	if (!ret)
		ret = transport_init(&transport_user);
	if (!ret)
		ret = txn_init(&uas_user);
	if (!ret)
		ret = calls_init();
	return ret;
}

static void close_all(struct sip_config *cfg)
{
	if (!cfg)
		return;
	for (unsigned int i = 0; i < cfg->n_gateways; i++)
		transport_close(cfg->gateway[i]);
	sip_config_free(cfg);
}

static int sip_prepare(const struct lyd_node *tree, struct config_error *err)
{
	struct sip_config *cfg = NULL;
	int ret;

	if (running)
		return config_fail(err, tree, "sip",
				   "restart ringfenced to change SIP gateways: "
				   "calls survive that");
	ret = sip_config_load(tree, &cfg, err);
	for (unsigned int i = 0; !ret && i < cfg->n_gateways; i++)
		ret = transport_open(cfg->gateway[i], err, tree);
	if (ret < 0) {
		close_all(cfg);
		return ret;
	}
	prepared = cfg;
	return 0;
}

static void sip_commit(void)
{
	running = prepared;
	prepared = NULL;
	invite_set_config(running);
	calls_adopt(running);
	for (unsigned int i = 0; i < running->n_gateways; i++)
		transport_start(running->gateway[i]);
	log_info("sip", "%u gateways, %u routes", running->n_gateways,
		 running->n_routes);
}

static void sip_rollback(void)
{
	close_all(prepared);
	prepared = NULL;
}

static void sip_exit(void)
{
	calls_exit();
	txn_exit();
	invite_set_config(NULL);
	close_all(running);
	running = NULL;
	sip_rollback();
	transport_exit();
	store_exit();
}

const struct module sip_module = {
	.name = "sip",
	.init = sip_init,
	.prepare = sip_prepare,
	.commit = sip_commit,
	.rollback = sip_rollback,
	.exit = sip_exit,
};
