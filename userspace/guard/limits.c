// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "guard/limits.h"

static const char *const settings[] = {
	[RGF_LIMIT_RATE] = "rate",
	[RGF_LIMIT_BURST] = "burst",
	[RGF_LIMIT_GLOBAL_RATE] = "global-rate",
	[RGF_LIMIT_GLOBAL_BURST] = "global-burst",
	[RGF_LIMIT_NEWCOMER_RATE] = "newcomer-rate",
	[RGF_LIMIT_TRUSTED_RATE] = "trusted-rate",
	[RGF_LIMIT_TRUSTED_BURST] = "trusted-burst",
	[RGF_LIMIT_STRIKES] = "strikes",
	[RGF_LIMIT_WINDOW] = "window",
	[RGF_LIMIT_BAN_TIME] = "ban-time",
	[RGF_LIMIT_BAN_TIME_MAX] = "ban-time-max",
};

static void give(struct rgf_limit *l, enum rgf_limit_setting s, uint32_t value)
{
	l->has |= UINT32_C(1) << s;
	l->value[s] = value;
}

static int read_limit(const struct lyd_node *entry, void *arg)
{
	const char *class = config_str(entry, "class");
	struct guard_config *c = arg;

	for (unsigned int i = 0; rgf_limit_class_name(i); i++) {
		if (strcmp(class, rgf_limit_class_name(i)) != 0)
			continue;
		give(&c->limits.limit[i], RGF_LIMIT_ENABLED, 1);
		for (unsigned int s = RGF_LIMIT_RATE; s < RGF_LIMIT_NR; s++)
			give(&c->limits.limit[i], s,
			     config_u32(entry, settings[s], 1));
	}
	return 0;
}

static void read_classes(const struct lyd_node *tree, struct guard_config *c)
{
	struct rgf_limit *l = &c->limits.limit[RINGFENCE_LIMIT_CLASS_STRIKE];

	/* What isn't named isn't limited. */
	for (unsigned int i = 0; rgf_limit_class_name(i); i++)
		give(&c->limits.limit[i], RGF_LIMIT_ENABLED, 0);
	config_each(tree, "guard/limit", read_limit, c);
	give(l, RGF_LIMIT_ENABLED, 1);
	give(l, RGF_LIMIT_STRIKES,
	     config_u32(tree, "guard/strike/strikes", 10));
	give(l, RGF_LIMIT_WINDOW, config_u32(tree, "guard/strike/window", 60));
	give(l, RGF_LIMIT_BAN_TIME,
	     config_u32(tree, "guard/strike/ban-time", 300));
	give(l, RGF_LIMIT_BAN_TIME_MAX,
	     config_u32(tree, "guard/strike/ban-time-max", 86400));
}

/* @left_out: set when it finds no place */
static void add_port(struct rgf_ports *ports, uint16_t port, uint16_t *left_out)
{
	for (unsigned int i = 0; i < ports->n; i++) {
		if (ports->port[i] == port)
			return;
	}
	if (ports->n < RINGFENCE_MAX_SIGNALING_PORTS)
		ports->port[ports->n++] = port;
	else
		*left_out = port;
}

static void add_trusted(struct guard_config *c, const struct lyd_node *gateway,
			const char *host)
{
	struct guard_trusted *t = &c->trusted[c->n_trusted];
	struct in_addr addr;

	if (c->n_trusted == GUARD_GATEWAYS_MAX || !host ||
	    inet_pton(AF_INET, host, &addr) != 1)
		return;
	for (unsigned int i = 0; i < c->n_trusted; i++) {
		if (c->trusted[i].addr.s_addr == addr.s_addr)
			return;
	}
	t->addr = addr;
	snprintf(t->gateway, sizeof(t->gateway), "%s",
		 config_str(gateway, "name"));
	c->n_trusted++;
}

struct reading {
	struct guard_config *cfg;
	const struct lyd_node *tree;
	bool trust;
};

static int count(const struct lyd_node *entry, void *arg)
{
	return 1;
}

/* Those that its messages come from; see gateway_has_peer(). */
static void trust(const struct reading *r, const struct lyd_node *gateway)
{
	static const char *const names[][2] = {
		{ "registrar-host", "sip/registrar-host" },
		{ "outbound-proxy-host", "sip/outbound-proxy-host" },
	};
	bool registers = config_each(gateway, "registration", count, NULL) > 0;
	const char *proxy = config_str(gateway, "proxy-host");

	if (!proxy && !strcmp(config_str(gateway, "type"), "trunk"))
		proxy = config_str(r->tree, "sip/proxy-host");
	add_trusted(r->cfg, gateway, proxy);
	for (unsigned int i = 0; i < 2; i++) {
		const char *host = config_str(gateway, names[i][0]);

		if (!host && registers)
			host = config_str(r->tree, names[i][1]);
		add_trusted(r->cfg, gateway, host);
	}
}

static int read_gateway(const struct lyd_node *gateway, void *arg)
{
	const struct reading *r = arg;
	struct rgf_limits *l = &r->cfg->limits;

	if (!strcmp(config_str(gateway, "transport"), "tls"))
		add_port(&l->secure,
			 (uint16_t)config_u32(gateway, "secure-port", 5061),
			 &r->cfg->secure_left_out);
	else
		add_port(&l->signaling,
			 (uint16_t)config_u32(gateway, "port", 5060),
			 &r->cfg->left_out);
	if (r->trust)
		trust(r, gateway);
	return 0;
}

static int read_scanner(const struct lyd_node *entry, void *arg)
{
	struct guard_config *c = arg;

	scanners_add(&c->scanners, config_str(entry, "."));
	return 0;
}

static bool same_ports(const struct rgf_ports *a, const struct rgf_ports *b)
{
	return a->n == b->n &&
	       !memcmp(a->port, b->port, a->n * sizeof(a->port[0]));
}

bool guard_limits_equal(const struct rgf_limits *a, const struct rgf_limits *b)
{
	for (unsigned int i = 0; rgf_limit_class_name(i); i++) {
		if (a->limit[i].has != b->limit[i].has ||
		    memcmp(a->limit[i].value, b->limit[i].value,
			   sizeof(a->limit[i].value)) != 0)
			return false;
	}
	return same_ports(&a->signaling, &b->signaling) &&
	       same_ports(&a->secure, &b->secure) &&
	       a->ipv4_length == b->ipv4_length &&
	       a->ipv6_length == b->ipv6_length && a->sources == b->sources;
}

void guard_config_read(const struct lyd_node *tree, struct guard_config *ret)
{
	struct reading r = { ret, tree,
			     config_bool(tree, "guard/trust-gateways") };
	struct rgf_limits *l = &ret->limits;

	memset(ret, 0, sizeof(*ret));
	read_classes(tree, ret);
	config_each(tree, "sip/gateway", read_gateway, &r);
	/* A port 0 alone is none. */
	if (!l->signaling.n)
		l->signaling.n = 1;
	if (!l->secure.n)
		l->secure.n = 1;
	l->ipv4_length = (uint8_t)config_u32(tree, "guard/ipv4-length", 32);
	l->ipv6_length = (uint8_t)config_u32(tree, "guard/ipv6-length", 64);
	l->sources =
		config_u32(tree, "guard/sources", RINGFENCE_SOURCES_DEFAULT);
	l->has = RGF_LIMITS_SIGNALING | RGF_LIMITS_SECURE |
		 RGF_LIMITS_IPV4_LENGTH | RGF_LIMITS_IPV6_LENGTH |
		 RGF_LIMITS_SOURCES;
	config_each(tree, "guard/scanner", read_scanner, ret);
	ret->trust_gateways = r.trust;
	ret->tls_trust_time = config_u32(tree, "guard/tls-trust-time", 3600);
}
