/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A SIP gateway: one side that calls come from and go to, as configured. */
#ifndef SIP_GATEWAY_H
#define SIP_GATEWAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/media.h"
#include "sip/extension.h"
#include "sip/hop.h"

struct config_error;
struct lyd_node;
struct account;
struct link;
struct probe;
struct sockets;
struct tls_ctx;

#define SIP_GATEWAYS_MAX      64 /* as in ringfence.yang */
#define SIP_ROUTES_CONFIG_MAX 256

/* Where a URI of ours says by which transport: "transport-parameter". */
enum transport_param {
	TRANSPORT_PARAM_NEEDED, /* unless it is UDP */
	TRANSPORT_PARAM_ALWAYS,
	TRANSPORT_PARAM_NEVER
};

struct gateway {
	char name[64];
	enum sip_transport transport; /* of the requests that we send */
	/* Whose addresses @local and @media have; "": they are configured. */
	char interface[16], media_interface[16];
	struct sockaddr_in local; /* that we listen on; 0.0.0.0: nowhere yet */
	struct hop proxy; /* the one peer, but for these: */
	struct hop outbound; /* requests go there, if it is there */
	struct hop registrar; /* whose accounts are; the proxy, if none */
	enum transport_param transport_param;
	struct account *account; /* at the registrar; NULL: none */
	unsigned int n_accounts;
	bool persistent; /* its own connection is kept up */
	unsigned int source_port; /* the first of them; 0: any */
	unsigned int ping_interval; /* seconds; 0: none are sent */
	struct link *link; /* link.c's; NULL: none is kept */
	bool extensions; /* there is none: anybody may register, with a password */
	char peer_name[256]; /* what the peer's certificate must name */
	bool verify_client;
	bool unvalidated; /* the peer's certificate isn't looked at */
	struct media_profile media;
	struct tls_ctx *tls; /* SIP_TLS only */
	bool no_transfer; /* REFER is refused */
	unsigned int options_interval; /* seconds; 0: its proxy is not asked */
	unsigned int options_failures; /* unanswered in a row: it is down */
	struct probe *probe; /* options.c's; NULL: it is not watched */
	bool down; /* by what the probe has found */
	bool absent; /* its own address isn't on this machine; see networks.h */
	struct sockets *sockets; /* transport.c's; NULL before they are open */
};

#define SIP_PREFIX_MAX	 32
#define SIP_PREFIXES_MAX 64

struct route {
	const struct gateway *from;
	struct gateway *to;
	/* What the called number begins with, one of them; none: anything. */
	char (*called)[SIP_PREFIX_MAX + 1];
	unsigned int n_called;
	/* When it is one; local time. */
	uint8_t days; /* bit 0 is Sunday; 0: all */
	uint16_t from_minute, to_minute; /* of the day; equal: all day */
};

/*
 * What connections of peers may cost: "sip connections" in ringfence.yang, which
 * says what becomes of the one that is too much. All in seconds, or numbers.
 */
struct conn_limits {
	unsigned int handshake_s; /* TLS, from the first to the last byte */
	unsigned int first_byte_s; /* until a message begins */
	unsigned int message_s; /* from its first byte to its last */
	unsigned int idle_s; /* between messages; 0: for ever */
	unsigned int per_source; /* of one address with one gateway */
	unsigned int handshakes; /* not finished, of all gateways */
	unsigned int maximum; /* of all gateways, with our own */
};

/* All of "sip" in a configuration. */
struct sip_config {
	struct gateway *gateway[SIP_GATEWAYS_MAX];
	unsigned int n_gateways;
	struct route route[SIP_ROUTES_CONFIG_MAX]; /* in order */
	unsigned int n_routes;
	struct conn_limits conns;
	struct media_timeouts timeouts; /* of new calls */
	struct registrar_config registrar;
	uint32_t session_expires, min_se; /* seconds; see timer.h */
	char record_file[256]; /* "": no records of calls */
	char dns[128]; /* as dns_ask() has them; "": this machine's */
};

/* What media/ of a validated tree says of new calls. */
void sip_config_timeouts(const struct lyd_node *tree,
			 struct media_timeouts *ret);

/**
 * sip_config_load() - read and check a validated tree; loads certificates
 * @err: a sentence about what was refused
 * Return: 0 or -errno; on failure @ret is untouched
 */
int sip_config_load(const struct lyd_node *tree, struct sip_config **ret,
		    struct config_error *err);
void sip_config_free(struct sip_config *cfg); /* NULL is fine */
void gateway_free(struct gateway *gw); /* closes it too */

/**
 * gateway_renew() - read the certificates of @gw, which is in @tree, again
 * @err: on failure a sentence; it goes on with what it has
 *
 * Connections that there are don't notice.
 */
int gateway_renew(const struct lyd_node *tree, struct gateway *gw,
		  struct config_error *err);

/* Where requests go, or a REGISTER: its outbound proxy, or else the proxy, or the
 * registrar. By TCP and TLS that is one place. */
const struct hop *gateway_next_hop(const struct gateway *gw, bool registrar);
/* The server there; sin_family is 0 while none is known. */
const struct sockaddr_in *gateway_hop(const struct gateway *gw, bool registrar);
/* The one at @addr failed: is there another one of the name? See servers.h. */
bool gateway_failed(struct gateway *gw, const struct sockaddr_in *addr,
		    unsigned int seconds);
/* The name that SRV led from to the peer at @addr, or NULL. */
const char *gateway_srv_host(const struct gateway *gw, struct in_addr addr);
/* *@to has the hops of *@from, which has none then. */
void gateway_move_hops(struct gateway *to, struct gateway *from);
/* Is it an address that messages may come from? */
bool gateway_has_peer(const struct gateway *gw, struct in_addr addr);
/* ";transport=tls", or "" */
const char *gateway_transport_param(const struct gateway *gw,
				    enum sip_transport t);

struct gateway *gateway_find(const struct sip_config *cfg, const char *name);

/* Of a URI that has none. */
uint16_t sip_default_port(enum sip_transport t);
/* "udp", "tcp", "tls"; as in URIs. */
const char *sip_transport_name(enum sip_transport t);
bool sip_transport_by_name(const char *name, enum sip_transport *ret);

#endif
