/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Provisional answers that are acknowledged (100rel, RFC 3262), of each leg on its
 * own: the callee's get their PRACK from us, and what the caller gets is reliable
 * if it demands that, or if it can and the callee's was.
 */
#ifndef SIP_PRACK_H
#define SIP_PRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/limits.h"
#include "sip/message.h"

struct call;
struct event;
struct leg;
struct txn;

/* One answer of a callee, or of a fork, and how far it has come. */
struct prack_early {
	char tag[SIP_TAG_MAX + 1];
	uint32_t rseq;
};

struct prack {
	bool can, must; /* the caller */
	/* Ours to the caller: one at a time. */
	uint32_t rseq; /* of the last */
	osip_message_t *resp; /* waits for its PRACK; NULL: none does */
	bool sdp; /* is in it */
	struct event *timer; /* repeats it */
	unsigned int resend_ms, resent_ms;
	int next; /* status of one that waits for its turn; 0: none */
	bool next_sdp;
	osip_message_t
		*ok; /* the callee's 2xx waits until SDP is acknowledged */
	/* The callee's. */
	struct prack_early early[SIP_EARLY_MAX];
	unsigned int n_early;
};

void prack_caller(struct call *c, const osip_message_t *invite);
int prack_offer(const struct call *c, osip_message_t *invite); /* 0, -ENOMEM */

/* Pass a provisional answer on to the caller. @reliable: the callee's was */
void prack_ring(struct call *c, int status, bool sdp, bool reliable);
/* A PRACK came in the leg's dialog. */
void prack_requested(struct leg *leg, struct txn *t, const osip_message_t *req);
/* A 2xx must wait for the PRACK, with which invite_accept() comes again. */
bool prack_holds(struct call *c, const osip_message_t *resp);

/* A provisional answer came: acknowledge it if it is reliable. False: it is
 * repeated, or one before it was lost, and nobody should hear of it. */
bool prack_received(struct leg *leg, const osip_message_t *resp);
bool prack_is_reliable(const struct call *c, const osip_message_t *resp);

void prack_stop(struct call *c); /* the caller has its final answer */
void prack_clear(struct call *c); /* frees what is in it */

#endif
