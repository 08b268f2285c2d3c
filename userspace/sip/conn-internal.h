/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by conn.c and room.c: one connection. */
#ifndef SIP_CONN_INTERNAL_H
#define SIP_CONN_INTERNAL_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/stream.h"
#include "sip/conn.h"
#include "sip/frame.h"

struct event;

/* What a connection's timer is for. */
enum conn_wait {
	WAIT_NONE, /* our own connection may be idle */
	WAIT_FIRST, /* nothing came yet but keep-alives */
	WAIT_MESSAGE, /* one has begun: until it is whole */
	WAIT_NEXT, /* idle between messages */
};

struct conn {
	LIST_ENTRY(conn) entry; /* of its gateway */
	LIST_ENTRY(conn) every; /* of all gateways */
	struct conns *cs;
	struct sip_path path; /* of what it receives */
	struct stream *stream;
	struct frame frame;
	char *queue; /* until it is ready; SDES keys may be in it */
	size_t queued; /* bytes in it */
	struct event *timer;
	enum conn_wait wait;
	bool ready;
	bool inbound;
	uint16_t alias; /* the port that requests to it may be for; 0: none */
	bool heard; /* a whole message came, of who may send some */
	uint64_t trust_again; /* not granted before, ms */
	uint64_t heard_ms; /* any byte came; 0: none so far */
	uint64_t last; /* the order of their last whole messages, or starts */
	bool closing; /* freed by the reaper */
};

struct conns {
	struct gateway *gw;
	LIST_HEAD(conn_list, conn) list;
	struct event *reaper; /* frees what is closing */
	uint64_t not_before; /* no connect before, ms */
	unsigned int backoff_ms;
	bool reached; /* by the last connection we made */
	char reason[96]; /* why not, as told last; "": nothing was */
	unsigned int port; /* the next of SIP_SOURCE_PORTS */
};

/* conn.c */
void conn_close(struct conn *c, const char *reason); /* freed from the loop */
void conn_free(struct conn *c);
struct conn *conns_own(struct conns *cs); /* to the proxy; NULL: none */
struct conn *conns_find(struct conns *cs, uint32_t number); /* or NULL */
/* own.c: a peer's that is an alias for the proxy (RFC 5923); NULL: none */
struct conn *conns_reused(struct conns *cs);
int conns_connect(struct conns *cs, struct conn **ret); /* 0 or -errno */

/* room.c: how many there may be, and who makes room. */
extern struct conn_limits conn_limits;

void room_enter(struct conn *c);
void room_leave(struct conn *c);
/* For a new one of @peer; false: there is none, it is refused. */
bool room_make(struct conns *cs, const struct sockaddr_in *peer);
/* For one of ours, which goes before any of a peer's. */
bool room_make_own(void);

#endif
