/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session timers (RFC 4028), of each leg on its own: what one peer agreed on with
 * us says nothing of the other.
 */
#ifndef SIP_TIMER_H
#define SIP_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/message.h"

struct event;
struct leg;
struct txn;

struct session_timer {
	struct event *event; /* NULL: none was needed so far */
	uint32_t seconds; /* Session-Expires; 0: the session has no end */
	bool ours; /* we refresh */
	uint64_t ends; /* transport_now(); when nobody has refreshed it */
	uint32_t min_se; /* that the peer asked for in a 422 */
	unsigned int refused; /* 422 so far */
	struct txn *txn; /* our UPDATE; NULL: none */
};

/* Seconds: what we ask for (0: nothing), and the least that we let others. */
void timer_configure(uint32_t session_expires, uint32_t min_se);

/* The status of a refusal of an INVITE or UPDATE, or 0. */
int timer_check(const osip_message_t *req, const char **why);
/* What a 422 must say. */
void timer_explain(osip_message_t *resp);

/* Our INVITE or UPDATE. 0 or -ENOMEM. */
int timer_offer(const struct leg *leg, osip_message_t *req);
/* Our 2xx to @req: the session goes on from now. 0 or -ENOMEM. */
int timer_answer(struct leg *leg, const osip_message_t *req,
		 osip_message_t *resp);
/* The 2xx to ours: likewise. */
void timer_answered(struct leg *leg, const osip_message_t *resp);
/* The 422 to ours: is it worth another try, with more? */
bool timer_too_small(struct leg *leg, const osip_message_t *resp);

/* A call of before a restart: as if it were refreshed now. */
void timer_adopt(struct leg *leg, uint32_t seconds, bool ours);
void timer_clear(struct leg *leg); /* frees what is in it */

#endif
