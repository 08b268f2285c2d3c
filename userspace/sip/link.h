/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gateway's own connection (TCP, TLS) to its proxy, kept up: made at once, made
 * again when it is lost, and pinged (RFC 5626, 3.5.1).
 */
#ifndef SIP_LINK_H
#define SIP_LINK_H

struct gateway;

/* As @gw is configured now, which may be not to keep it up. */
void link_watch(struct gateway *gw);
void link_unwatch(struct gateway *gw); /* closes nothing */

/* For connections: the gateway's own was lost, or did not come about. */
void link_lost(struct gateway *gw);
/* Where it leads is known now. */
void link_known(struct gateway *gw);

/* "up", "connecting", "down", or "none": no connection of TCP or TLS is kept. */
const char *link_state(const struct gateway *gw);

#endif
