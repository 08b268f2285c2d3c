/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registrations of gateways at their trunks: a REGISTER client (RFC 3261, 10.2).
 */
#ifndef SIP_REGISTER_CLIENT_H
#define SIP_REGISTER_CLIENT_H

#include <jansson.h>

struct gateway;
struct sip_config;

/* Before @fresh takes the place of @running: end what isn't in it any more, as
 * long as there is a connection for that. */
void register_leave(const struct sip_config *running,
		    const struct sip_config *fresh);
/* Begin what @cfg has and does not run yet; one that takes the place of another
 * when that has ended. @cfg is kept, by reference. */
void register_begin(const struct sip_config *cfg);
/* A new connection of @gw is there: what the old one stood for is registered
 * again (RFC 5626, 4.4), and what failed is tried, unless it was refused. */
void register_again(const struct gateway *gw);
/* End all, without waiting for answers. */
void register_exit(void);
/* They are gone with the gateway. */
void register_forget(const struct gateway *gw);

/* The realm that the registrar has let a user of @gw into; NULL: not yet. */
const char *register_realm(const struct gateway *gw, const char *user);

json_t *register_report(void); /* an array; NULL: no memory */

#endif
