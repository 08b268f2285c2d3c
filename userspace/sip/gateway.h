/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A SIP gateway: one side that calls come from and go to, as configured. */
#ifndef SIP_GATEWAY_H
#define SIP_GATEWAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/media.h"

struct config_error;
struct lyd_node;
struct sockets;
struct tls_ctx;

enum sip_transport {
	SIP_UDP,
	SIP_TCP,
	SIP_TLS
};

#define SIP_GATEWAYS_MAX      64 /* as in ringfence.yang */
#define SIP_ROUTES_CONFIG_MAX 256

struct gateway {
	char name[64];
	enum sip_transport transport; /* of the requests that we send */
	struct sockaddr_in local; /* address and port that we listen on */
	struct sockaddr_in proxy; /* the one peer */
	char peer_name[256]; /* what the peer's certificate must name */
	bool verify_client;
	struct media_profile media;
	struct tls_ctx *tls; /* SIP_TLS only */
	struct sockets *sockets; /* transport.c's; NULL before they are open */
};

struct route {
	const struct gateway *from;
	struct gateway *to;
};

/* All of "sip" in a configuration. */
struct sip_config {
	struct gateway *gateway[SIP_GATEWAYS_MAX];
	unsigned int n_gateways;
	struct route route[SIP_ROUTES_CONFIG_MAX]; /* in order */
	unsigned int n_routes;
	uint32_t idle_timeout; /* seconds without media, 0: never */
};

/**
 * sip_config_load() - read and check a validated tree; loads certificates
 * @err: a sentence about what was refused
 * Return: 0 or -errno; on failure @ret is untouched
 */
int sip_config_load(const struct lyd_node *tree, struct sip_config **ret,
		    struct config_error *err);
void sip_config_free(struct sip_config *cfg); /* NULL is fine */

struct gateway *gateway_find(const struct sip_config *cfg, const char *name);

/* The gateway that calls from @from go to: the first route; NULL if none. */
struct gateway *route_find(const struct sip_config *cfg,
			   const struct gateway *from);

/* "udp", "tcp", "tls"; as in URIs. */
const char *sip_transport_name(enum sip_transport t);

#endif
