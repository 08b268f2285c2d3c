/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A next hop as configured: an address, or a name, whose servers DNS knows. */
#ifndef SIP_HOP_H
#define SIP_HOP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "sip/servers.h"

struct hop {
	char host[256]; /* "": there is none */
	uint16_t port; /* as configured, or of an address; 0: as DNS says */
	struct sockaddr_in addr; /* of an address */
	struct servers *servers; /* of a name, else NULL; a reference */
};

#define HOP_TEXT 272 /* bytes of its text */

/* @port: 0: none is configured. 0 or -ENOMEM */
int hop_set(struct hop *h, const char *host, uint16_t port,
	    enum sip_transport transport);
void hop_copy(struct hop *to, const struct hop *from); /* over nothing */
void hop_clear(struct hop *h);

static inline bool hop_there(const struct hop *h)
{
	return h->host[0];
}

/* Its server now; sin_family is 0 while none is known. */
const struct sockaddr_in *hop_addr(const struct hop *h);
bool hop_has(const struct hop *h, struct in_addr addr);
bool hop_same(const struct hop *a, const struct hop *b);

/* As in a URI: "192.0.2.1:5060", "example.com", "example.com:5070". */
const char *hop_text(const struct hop *h, char buf[HOP_TEXT]);

#endif
