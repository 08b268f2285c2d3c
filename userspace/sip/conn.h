/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP and TLS connections of the gateways. */
#ifndef SIP_CONN_H
#define SIP_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "sip/transport.h"

/* The connections of one gateway. */
struct conns;

int conns_new(struct gateway *gw, struct conns **ret);
void conns_free(struct conns *cs); /* closes them; NULL is fine */

/* Close them all, and say so to those who wait for an answer. */
void conns_drop(struct conns *cs, const char *reason);
void conns_move(struct conns *cs, struct gateway *gw); /* they are @gw's now */

/* For timers that start, and connections that come, from now on. */
void conns_set_limits(const struct conn_limits *l);

/* Take over an accepted socket; closed when there are too many. */
void conns_accept(struct conns *cs, int fd, const struct sockaddr_in *peer);

/**
 * conns_send() - send on connection @conn, else on the gateway's own
 * @ret_conn: the number of the connection that was taken
 *
 * A peer's that is an alias for where the gateway's own would lead does as well.
 *
 * -EAGAIN while the gateway's own waits after a failure, -ENOBUFS when too much
 * is queued already. A gateway with extensions has none of its own: -ENOTCONN.
 */
int conns_send(struct conns *cs, uint32_t conn, const char *buf, size_t len,
	       uint32_t *ret_conn);

/* Its peer, whose certificate was verified, takes requests to its @port there. */
void conns_alias(struct conns *cs, uint32_t conn, uint16_t port);

/* Its peer is an extension: only then it counts as one that sent a message. */
void conns_approve(struct conns *cs, uint32_t conn);
bool conns_alive(struct conns *cs, uint32_t conn);

/* The gateway's own connection to its proxy; there is one at most. */
enum conn_state {
	CONN_NONE,
	CONN_CONNECTING,
	CONN_READY,
};
enum conn_state conns_own_state(const struct conns *cs);
/* Make it if there is none: 0 or -errno. */
int conns_open(struct conns *cs);
unsigned int conns_wait(const struct conns *cs); /* before, milliseconds */
void conns_ping(struct conns *cs); /* send a keep-alive */
uint64_t conns_heard(const struct conns *cs); /* something came, ms; 0: never */
void conns_give_up(struct conns *cs, const char *reason); /* close it */
/* A request had no answer: if nothing else came either, and there is another
 * server, it is closed. */
void conns_unanswered(struct conns *cs);

/* Who hears that a connection is gone. */
void conns_set_lost(void (*on_lost)(uint32_t conn, const char *reason));

#endif
