// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/tls.h"
#include "config/config.h"
#include "lib/ringfence.h"
#include "sip/gateway.h"

struct loading {
	const struct lyd_node *tree;
	struct sip_config *cfg;
	struct gateway *gw; /* the one that is being read */
	const struct lyd_node *entry; /* its node */
	const char *wanted; /* network that is looked for */
	struct config_error *err;
};

const char *sip_transport_name(enum sip_transport t)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[t];
}

static enum sip_transport transport_by_name(const char *name)
{
	if (!strcmp(name, "tls"))
		return SIP_TLS;
	return strcmp(name, "tcp") ? SIP_UDP : SIP_TCP;
}

struct gateway *gateway_find(const struct sip_config *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->n_gateways; i++)
		if (!strcmp(cfg->gateway[i]->name, name))
			return cfg->gateway[i];
	return NULL;
}

struct gateway *route_find(const struct sip_config *cfg,
			   const struct gateway *from)
{
	for (unsigned int i = 0; i < cfg->n_routes; i++)
		if (cfg->route[i].from == from)
			return cfg->route[i].to;
	return NULL;
}

static int read_network(const struct lyd_node *entry, void *arg)
{
	struct loading *l = arg;
	struct media_profile *m = &l->gw->media;
	const char *addr = config_str(entry, "address");

	if (strcmp(config_str(entry, "name"), l->wanted) != 0)
		return 0;
	if (!addr || inet_pton(AF_INET, addr, &m->local_addr) != 1)
		return -EINVAL;
	m->port_min = (uint16_t)config_u32(entry, "media-port-min", 20000);
	m->port_max = (uint16_t)config_u32(entry, "media-port-max", 29999);
	return 1;
}

static int read_suite(const struct lyd_node *entry, void *arg)
{
	struct loading *l = arg;
	struct media_profile *m = &l->gw->media;
	const char *name = config_str(entry, ".");

	if (m->n_suites == MEDIA_SUITES_MAX)
		return config_fail(l->err, l->entry, "suite",
				   "at most %d suites", MEDIA_SUITES_MAX);
	if (!name || rgf_suite_by_name(name, &m->suites[m->n_suites]) < 0)
		return config_fail(l->err, l->entry, "suite",
				   "this suite is not supported");
	m->n_suites++;
	return 0;
}

static int read_media(const struct lyd_node *entry, struct loading *l)
{
	struct media_profile *m = &l->gw->media;
	const char *security = config_str(entry, "media-security");
	int ret;

	memcpy(m->name, l->gw->name, sizeof(m->name));
	m->security = security && !strcmp(security, "secure") ? MEDIA_SECURE
							      : MEDIA_UNSECURE;
	l->wanted = config_str(entry, "network");
	ret = config_each(l->tree, "network", read_network, l);
	if (ret <= 0)
		return config_fail(l->err, entry, "network",
				   "there is no such network");
	ret = config_each(entry, "suite", read_suite, l);
	return ret < 0 ? ret : 0;
}

static int read_proxy(const struct lyd_node *entry, struct loading *l)
{
	struct gateway *gw = l->gw;
	const char *host = config_str(entry, "proxy-host");
	uint32_t port;

	gw->proxy.sin_family = AF_INET;
	if (!host || inet_pton(AF_INET, host, &gw->proxy.sin_addr) != 1)
		return config_fail(l->err, entry, "proxy-host",
				   "must be an IPv4 address");
	port = config_u32(entry, "proxy-port",
			  gw->transport == SIP_TLS ? 5061 : 5060);
	gw->proxy.sin_port = htons((uint16_t)port);
	return 0;
}

static int read_tls(const struct lyd_node *entry, struct loading *l)
{
	struct gateway *gw = l->gw;
	struct tls_settings set = {
		.certificate_file = config_str(entry, "tls/certificate-file"),
		.private_key_file = config_str(entry, "tls/private-key-file"),
		.ca_file = config_str(entry, "tls/ca-file"),
		.verify_client = config_bool(entry, "tls/verify-client"),
	};
	const char *name = config_str(entry, "tls/peer-name");
	char err[256] = "";
	int ret;

	if (gw->transport != SIP_TLS)
		return 0;
	gw->verify_client = set.verify_client;
	if (!name)
		name = config_str(entry, "proxy-host");
	snprintf(gw->peer_name, sizeof(gw->peer_name), "%s", name);
	ret = tls_ctx_new(&set, &gw->tls, err, sizeof(err));
	return ret < 0 ? config_fail(l->err, entry, "tls", "%s", err) : 0;
}

static int read_gateway(const struct lyd_node *entry, void *arg)
{
	struct loading *l = arg;
	struct sip_config *cfg = l->cfg;
	struct gateway *gw;
	int ret;

	if (cfg->n_gateways == SIP_GATEWAYS_MAX)
		return -E2BIG;
	gw = calloc(1, sizeof(*gw));
	if (!gw)
		return -ENOMEM;
	cfg->gateway[cfg->n_gateways++] = gw;
	l->gw = gw;
	l->entry = entry;
	snprintf(gw->name, sizeof(gw->name), "%s", config_str(entry, "name"));
	gw->transport = transport_by_name(config_str(entry, "transport"));
	ret = read_media(entry, l);
	if (!ret)
		ret = read_proxy(entry, l);
	if (!ret)
		ret = read_tls(entry, l);
	gw->local.sin_family = AF_INET;
	gw->local.sin_addr = gw->media.local_addr;
	gw->local.sin_port = htons(
		(uint16_t)(gw->transport == SIP_TLS
				   ? config_u32(entry, "secure-port", 5061)
				   : config_u32(entry, "port", 5060)));
	return ret;
}

static int read_route(const struct lyd_node *entry, void *arg)
{
	struct loading *l = arg;
	struct sip_config *cfg = l->cfg;
	struct route *r = &cfg->route[cfg->n_routes];

	if (cfg->n_routes == SIP_ROUTES_CONFIG_MAX)
		return -E2BIG;
	r->from = gateway_find(cfg, config_str(entry, "from"));
	r->to = gateway_find(cfg, config_str(entry, "to"));
	if (!r->from || !r->to)
		return -EINVAL;
	cfg->n_routes++;
	return 0;
}

int sip_config_load(const struct lyd_node *tree, struct sip_config **ret,
		    struct config_error *err)
{
	struct sip_config *cfg = calloc(1, sizeof(*cfg));
	struct loading l = { .tree = tree, .cfg = cfg, .err = err };
	int rc;

	if (!cfg)
		return -ENOMEM;
	config_fail(err, tree, "sip", "cannot be read");
	cfg->idle_timeout = config_u32(tree, "media/idle-timeout", 120);
	rc = config_each(tree, "sip/gateway", read_gateway, &l);
	if (!rc)
		rc = config_each(tree, "sip/route", read_route, &l);
	if (rc < 0) {
		sip_config_free(cfg);
		return rc;
	}
	*ret = cfg;
	return 0;
}

void sip_config_free(struct sip_config *cfg)
{
	if (!cfg)
		return;
	for (unsigned int i = 0; i < cfg->n_gateways; i++) {
		tls_ctx_free(cfg->gateway[i]->tls);
		free(cfg->gateway[i]);
	}
	free(cfg);
}
