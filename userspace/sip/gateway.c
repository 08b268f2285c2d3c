// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/certstore.h"
#include "cert/tls.h"
#include "config/config.h"
#include "lib/ringfence.h"
#include "sip/account.h"
#include "sip/gateway.h"
#include "sip/link.h"
#include "sip/networks.h"
#include "sip/options.h"
#include "sip/record.h"
#include "sip/register-client.h"
#include "sip/route.h"
#include "sip/transport.h"

#define CIPHERS_MAX 1024 /* bytes; all names of the model fit */
#define PATH_BYTES  512

struct loading {
	const struct lyd_node *tree;
	struct sip_config *cfg; /* NULL: of one gateway only */
	struct conn_limits conns;
	struct gateway *gw; /* the one that is being read */
	const struct lyd_node *entry; /* its node */
	struct config_error *err;
};

uint16_t sip_default_port(enum sip_transport t)
{
	return t == SIP_TLS ? 5061 : 5060;
}

const char *sip_transport_name(enum sip_transport t)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[t];
}

bool sip_transport_by_name(const char *name, enum sip_transport *ret)
{
	static const enum sip_transport all[] = { SIP_UDP, SIP_TCP, SIP_TLS };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, sip_transport_name(all[i])) != 0)
			continue;
		*ret = all[i];
		return true;
	}
	return false;
}

struct gateway *gateway_find(const struct sip_config *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->n_gateways; i++)
		if (!strcmp(cfg->gateway[i]->name, name))
			return cfg->gateway[i];
	return NULL;
}

/* What a gateway takes of a network. */
struct network {
	const char *name;
	struct in_addr addr;
	char interface[16];
	uint16_t port_min, port_max;
};

static int read_network(const struct lyd_node *entry, void *arg)
{
	struct network *net = arg;
	const char *addr = config_str(entry, "address");

	if (strcmp(config_str(entry, "name"), net->name) != 0)
		return 0;
	if (addr && inet_pton(AF_INET, addr, &net->addr) != 1)
		return -EINVAL;
	if (!addr) {
		snprintf(net->interface, sizeof(net->interface), "%s",
			 config_str(entry, "interface"));
		net->addr = networks_address(net->interface);
	}
	net->port_min = (uint16_t)config_u32(entry, "media-port-min", 20000);
	net->port_max = (uint16_t)config_u32(entry, "media-port-max", 29999);
	return 1;
}

/* @leaf: which says the network's name */
static int find_network(const struct lyd_node *entry, const struct loading *l,
			const char *leaf, struct network *ret)
{
	*ret = (struct network){ .name = config_str(entry, leaf) };
	if (config_each(l->tree, "network", read_network, ret) > 0)
		return 0;
	return config_fail(l->err, entry, leaf, "there is no such network");
}

static int read_networks(const struct lyd_node *entry, struct loading *l)
{
	struct gateway *gw = l->gw;
	struct network net;
	int ret = find_network(entry, l, "network", &net);

	if (ret < 0)
		return ret;
	gw->local.sin_addr = net.addr;
	memcpy(gw->interface, net.interface, sizeof(gw->interface));
	if (config_str(entry, "media-network"))
		ret = find_network(entry, l, "media-network", &net);
	gw->media.local_addr = net.addr;
	gw->media.port_min = net.port_min;
	gw->media.port_max = net.port_max;
	memcpy(gw->media_interface, net.interface, sizeof(gw->media_interface));
	return ret;
}

static int add_suite(const struct lyd_node *entry,
		     enum ringfence_suite suites[MEDIA_SUITES_MAX],
		     unsigned int *n)
{
	const char *name = config_str(entry, ".");

	/* The model has no more, and no others. */
	if (!name || *n == MEDIA_SUITES_MAX ||
	    rgf_suite_by_name(name, &suites[*n]) < 0)
		return -EINVAL;
	(*n)++;
	return 0;
}

static int read_suite(const struct lyd_node *entry, void *arg)
{
	struct media_profile *m = &((struct loading *)arg)->gw->media;

	return add_suite(entry, m->suites, &m->n_suites);
}

static int read_accepted(const struct lyd_node *entry, void *arg)
{
	struct media_profile *m = &((struct loading *)arg)->gw->media;

	return add_suite(entry, m->accepted, &m->n_accepted);
}

/* Its own word, or that of its class. */
static const char *security_name(const struct lyd_node *entry,
				 const struct lyd_node *tree)
{
	const char *own = config_str(entry, "media-security");
	const char *class = config_str(entry, "media-class"), *name;
	const char *type = config_str(entry, "type");
	char path[64];

	if (own)
		return own;
	if (!class)
		class = type && !strcmp(type, "endpoint") ? "extension"
							  : "route";
	snprintf(path, sizeof(path), "media/security/%s", class);
	name = config_str(tree, path);
	return name ? name : "unsecure";
}

static int read_security(const struct lyd_node *entry, struct loading *l)
{
	struct media_profile *m = &l->gw->media;
	const char *name = security_name(entry, l->tree);
	const char *context = config_str(entry, "crypto-context");

	if (!strcmp(name, "secure"))
		m->security = MEDIA_SECURE;
	else if (!strcmp(name, "fallback"))
		m->security = MEDIA_FALLBACK;
	m->new_keys = context && !strcmp(context, "regenerate");
	if (m->security == MEDIA_UNSECURE || l->gw->transport == SIP_TLS ||
	    config_bool(entry, "sdes-without-tls"))
		return 0;
	return config_fail(l->err, entry, "media-security",
			   "media security of its class needs transport tls: "
			   "SDES keys travel only inside TLS");
}

static int read_media(const struct lyd_node *entry, struct loading *l)
{
	int ret = read_networks(entry, l);

	if (ret < 0)
		return ret;
	memcpy(l->gw->media.name, l->gw->name, sizeof(l->gw->media.name));
	ret = config_each(entry, "suite", read_suite, l);
	if (ret >= 0)
		ret = config_each(entry, "answer-suite", read_accepted, l);
	return ret < 0 ? ret : read_security(entry, l);
}

/* @name: "registrar", of the gateway or else of all; 1: there is none */
static int read_host(const struct lyd_node *entry, const struct loading *l,
		     const char *name, struct hop *ret)
{
	const struct lyd_node *node = entry;
	const char *host, *in = "";
	char path[64];

	snprintf(path, sizeof(path), "%s-host", name);
	host = config_str(node, path);
	if (!host && l->gw->n_accounts) {
		node = l->tree;
		in = "sip/";
		snprintf(path, sizeof(path), "sip/%s-host", name);
		host = config_str(node, path);
	}
	if (!host)
		return 1;
	snprintf(path, sizeof(path), "%s%s-port", in, name);
	return hop_set(ret, host, (uint16_t)config_u32(node, path, 0),
		       l->gw->transport);
}

static void read_link(const struct lyd_node *entry, struct gateway *gw)
{
	const char *param = config_str(entry, "transport-parameter");

	gw->transport_param = !strcmp(param, "always") ? TRANSPORT_PARAM_ALWAYS
			      : !strcmp(param, "never")
				      ? TRANSPORT_PARAM_NEVER
				      : TRANSPORT_PARAM_NEEDED;
	gw->persistent = gw->transport != SIP_UDP &&
			 config_bool(entry, "link/persistent");
	gw->source_port = config_u32(entry, "link/source-port", 16000);
	gw->ping_interval = config_u32(entry, "link/ping-interval", 0);
}

static int read_trunk(const struct lyd_node *entry, const struct loading *l)
{
	struct gateway *gw = l->gw;
	int ret = accounts_load(entry, gw, l->err);

	if (ret < 0)
		return ret;
	ret = read_host(entry, l, "outbound-proxy", &gw->outbound);
	if (ret >= 0)
		ret = read_host(entry, l, "registrar", &gw->registrar);
	if (ret < 0)
		return ret;
	if (ret > 0)
		hop_copy(&gw->registrar, &gw->proxy);
	/* One connection is all there is. */
	if (gw->n_accounts && gw->transport != SIP_UDP &&
	    !hop_there(&gw->outbound) && !hop_same(&gw->registrar, &gw->proxy))
		return config_fail(l->err, entry, "registrar-host",
				   "by TCP and TLS, a registrar other than the "
				   "proxy needs outbound-proxy-host");
	return 0;
}

/* Of the gateway, or of all trunks. */
static int read_proxy(const struct lyd_node *entry, struct loading *l)
{
	struct gateway *gw = l->gw;
	const char *host = config_str(entry, "proxy-host");
	uint32_t port = config_u32(entry, "proxy-port", 0);
	int ret;

	if (!host && !strcmp(config_str(entry, "type"), "trunk")) {
		host = config_str(l->tree, "sip/proxy-host");
		port = config_u32(l->tree, "sip/proxy-port", 0);
	}
	gw->extensions = !host;
	if (!host)
		return 0;
	ret = hop_set(&gw->proxy, host, (uint16_t)port, gw->transport);
	return ret < 0 ? ret : read_trunk(entry, l);
}

const struct hop *gateway_next_hop(const struct gateway *gw, bool registrar)
{
	if (hop_there(&gw->outbound))
		return &gw->outbound;
	return registrar ? &gw->registrar : &gw->proxy;
}

const struct sockaddr_in *gateway_hop(const struct gateway *gw, bool registrar)
{
	return hop_addr(gateway_next_hop(gw, registrar));
}

bool gateway_has_peer(const struct gateway *gw, struct in_addr addr)
{
	return hop_has(&gw->proxy, addr) || hop_has(&gw->outbound, addr) ||
	       (gw->n_accounts && hop_has(&gw->registrar, addr));
}

bool gateway_failed(struct gateway *gw, const struct sockaddr_in *addr,
		    unsigned int seconds)
{
	const struct hop *hops[] = { &gw->proxy, &gw->outbound,
				     &gw->registrar };
	bool other = false;

	for (unsigned int i = 0; i < 3; i++) {
		if (hops[i]->servers &&
		    servers_failed(hops[i]->servers, addr, seconds))
			other = true;
	}
	return other;
}

const char *gateway_srv_host(const struct gateway *gw, struct in_addr addr)
{
	const struct servers *s = gateway_next_hop(gw, false)->servers;

	return s ? servers_host(s, addr) : NULL;
}

static void clear_hops(struct gateway *gw)
{
	hop_clear(&gw->proxy);
	hop_clear(&gw->outbound);
	hop_clear(&gw->registrar);
}

void gateway_move_hops(struct gateway *to, struct gateway *from)
{
	clear_hops(to);
	to->proxy = from->proxy;
	to->outbound = from->outbound;
	to->registrar = from->registrar;
}

const char *gateway_transport_param(const struct gateway *gw,
				    enum sip_transport t)
{
	static const char *const texts[] = { ";transport=udp", ";transport=tcp",
					     ";transport=tls" };

	if (gw->transport_param == TRANSPORT_PARAM_NEVER ||
	    (gw->transport_param == TRANSPORT_PARAM_NEEDED && t == SIP_UDP))
		return "";
	return texts[t];
}

/* "tls12"; the model knows no others. */
static enum tls_version version_by_name(const char *name)
{
	return TLS_VERSION_1_0 + (unsigned int)(name[4] - '0');
}

/* Append to a list with colons. */
static int read_cipher(const struct lyd_node *entry, void *arg)
{
	char *list = arg;
	size_t n = strlen(list);

	snprintf(list + n, CIPHERS_MAX - n, "%s%s", n ? ":" : "",
		 config_str(entry, "."));
	return 0;
}

/* A name without a slash is in the store. */
static const char *read_path(const struct lyd_node *entry, const char *name,
			     enum certstore_kind kind, char *buf)
{
	return certstore_path(kind, config_str(entry, name), buf, PATH_BYTES);
}

static int read_tls(const struct lyd_node *entry, struct loading *l)
{
	struct gateway *gw = l->gw;
	char ciphers[CIPHERS_MAX] = "", path[4][PATH_BYTES];
	struct tls_settings set = {
		.certificate_file = read_path(entry, "tls/certificate",
					      CERTSTORE_HOST, path[0]),
		.private_key_file = read_path(entry, "tls/asymmetric-key",
					      CERTSTORE_HOST, path[1]),
		.ca_file = read_path(entry, "tls/ca-certs", CERTSTORE_OTHERS,
				     path[2]),
		.crl_file = read_path(entry, "tls/crl-file", CERTSTORE_OTHERS,
				      path[3]),
		.verify_client =
			config_bool(entry, "tls/client-authentication"),
		.handshake_ms = l->conns.handshake_s * 1000,
		.ciphers = ciphers,
	};
	const char *name = config_str(entry, "tls/peer-name");
	char err[256] = "";
	int ret;

	if (gw->transport != SIP_TLS)
		return 0;
	if (!name && hop_there(&gw->outbound))
		name = gw->outbound.host;
	if (!name && hop_there(&gw->proxy))
		name = gw->proxy.host;
	snprintf(gw->peer_name, sizeof(gw->peer_name), "%s", name ? name : "");
	set.min = version_by_name(config_str(entry, "tls/tls-versions/min"));
	set.max = version_by_name(config_str(entry, "tls/tls-versions/max"));
	cert_level_by_name(config_str(entry, "tls/validation"), &set.level);
	cert_ocsp_by_name(config_str(entry, "tls/ocsp"), &set.ocsp);
	config_each(entry, "tls/cipher-suite", read_cipher, ciphers);
	gw->unvalidated = set.level == CERT_LEVEL_NONE;
	gw->verify_client = set.verify_client && !gw->unvalidated;
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
	sip_transport_by_name(config_str(entry, "transport"), &gw->transport);
	gw->no_transfer = !config_bool(entry, "transfer");
	gw->options_interval = config_u32(entry, "options-interval", 0);
	gw->options_failures = config_u32(entry, "options-failures", 3);
	read_link(entry, gw);
	ret = read_media(entry, l);
	if (!ret)
		ret = read_proxy(entry, l);
	if (!ret)
		ret = read_tls(entry, l);
	gw->local.sin_family = AF_INET;
	gw->local.sin_port = htons(
		(uint16_t)(gw->transport == SIP_TLS
				   ? config_u32(entry, "secure-port", 5061)
				   : config_u32(entry, "port", 5060)));
	return ret;
}

void sip_config_timeouts(const struct lyd_node *tree,
			 struct media_timeouts *ret)
{
	ret->idle = config_u32(tree, "media/idle-timeout", 120);
	ret->hold = config_u32(tree, "media/hold-timeout", 3600);
}

static void read_limits(const struct lyd_node *tree, struct conn_limits *ret)
{
#define READ(name) config_u32(tree, "sip/connections/" name, 1)
	*ret = (struct conn_limits){
		.handshake_s = READ("handshake-timeout"),
		.first_byte_s = READ("first-byte-timeout"),
		.message_s = READ("message-timeout"),
		.idle_s = READ("idle-timeout"),
		.per_source = READ("per-source"),
		.handshakes = READ("handshakes"),
		.maximum = READ("maximum"),
	};
#undef READ
}

static int read_record_file(const struct lyd_node *tree, struct loading *l)
{
	const char *file = config_str(tree, "sip/call-record-file");
	int ret = file ? record_open(file) : 0;

	if (ret < 0)
		return config_fail(l->err, tree, "sip/call-record-file",
				   "%s can't be written: %s", file,
				   ret == -EINVAL ? "it is no regular file"
						  : strerror(-ret));
	if (file)
		snprintf(l->cfg->record_file, sizeof(l->cfg->record_file), "%s",
			 file);
	return 0;
}

/* One more of a list with commas. */
static int read_dns(const struct lyd_node *entry, void *arg)
{
	char *list = arg;
	size_t n = strlen(list);

	snprintf(list + n, sizeof(((struct sip_config *)0)->dns) - n, "%s%s",
		 n ? "," : "", config_str(entry, "."));
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
	sip_config_timeouts(tree, &cfg->timeouts);
	cfg->session_expires = config_u32(tree, "sip/session-expires", 0);
	cfg->min_se = config_u32(tree, "sip/min-se", 90);
	read_limits(tree, &cfg->conns);
	l.conns = cfg->conns;
	rc = config_each(tree, "sip/gateway", read_gateway, &l);
	if (!rc)
		rc = routes_load(tree, cfg);
	if (!rc)
		rc = registrar_config_load(tree, &cfg->registrar, err);
	if (!rc)
		rc = read_record_file(tree, &l);
	if (!rc)
		rc = config_each(tree, "sip/dns-server", read_dns, cfg->dns);
	if (rc < 0) {
		sip_config_free(cfg);
		return rc;
	}
	*ret = cfg;
	return 0;
}

static int renew(const struct lyd_node *entry, void *arg)
{
	struct loading *l = arg;
	struct tls_ctx *old = l->gw->tls;
	int ret;

	if (strcmp(config_str(entry, "name"), l->gw->name) != 0)
		return 0;
	ret = read_tls(entry, l);
	if (ret < 0)
		return ret;
	/* Connections hold their own reference. */
	if (l->gw->tls != old)
		tls_ctx_free(old);
	return 1;
}

int gateway_renew(const struct lyd_node *tree, struct gateway *gw,
		  struct config_error *err)
{
	struct loading l = { .tree = tree, .gw = gw, .err = err };
	int ret;

	read_limits(tree, &l.conns);
	ret = gw->tls ? config_each(tree, "sip/gateway", renew, &l) : 0;
	return ret < 0 ? ret : 0;
}

void gateway_free(struct gateway *gw)
{
	options_unwatch(gw);
	link_unwatch(gw);
	register_forget(gw);
	clear_hops(gw);
	accounts_free(gw);
	transport_close(gw);
	tls_ctx_free(gw->tls);
	free(gw);
}

void sip_config_free(struct sip_config *cfg)
{
	if (!cfg)
		return;
	for (unsigned int i = 0; i < cfg->n_gateways; i++)
		gateway_free(cfg->gateway[i]);
	routes_free(cfg);
	registrar_config_clear(&cfg->registrar);
	free(cfg);
}
