/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which gateway a call goes to: "sip route" of a configuration. */
#ifndef SIP_ROUTE_H
#define SIP_ROUTE_H

#include <stdbool.h>
#include <time.h>

#include "sip/gateway.h"

/* Into @cfg, whose gateways are there. 0 or -errno */
int routes_load(const struct lyd_node *tree, struct sip_config *cfg);
void routes_free(struct sip_config *cfg);

/* Is it one at @now, by its days and time? */
bool route_is_on(const struct route *r, time_t now);

/**
 * route_find() - the gateway that a call goes to, now
 * @called: user part of the Request-URI
 * @at: where to begin, 0 at first; then where the search may go on
 *
 * Gateways that are down, absent, or without a known server come after all that
 * are not.
 *
 * Return: NULL: no route matches
 */
struct gateway *route_find(const struct sip_config *cfg,
			   const struct gateway *from, const char *called,
			   unsigned int *at);

#endif
