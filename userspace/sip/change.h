/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of an established session by either peer: re-INVITE (RFC 3261, 14)
 * and UPDATE (RFC 3311). One at a time in a call: offer and answer pass from
 * one dialog to the other, and neither may have two open.
 */
#ifndef SIP_CHANGE_H
#define SIP_CHANGE_H

#include <stdbool.h>

#include "sip/leg.h"

struct call;

struct change {
	struct leg *from; /* whose change it is; NULL: none is under way */
	struct txn *server; /* its request; NULL: it has its answer */
	struct txn *client; /* ours to the other leg; NULL: that is over */
	bool refresh; /* it is our own, in place of @from, who knows nothing of it */
	bool late; /* the offer comes in the 2xx, its answer in the ACK */
};

/* A re-INVITE or an UPDATE came in the leg's dialog. */
void change_requested(struct leg *leg, struct txn *t,
		      const osip_message_t *req);
/* Another request of ours is a change, in place of @from: no other may begin before
 * change_abandon(). 0; -EBUSY: one is under way. */
int change_reserve(struct leg *from);
/* Refresh the leg's session by a re-INVITE that changes nothing. -EBUSY: not now,
 * -ENOENT: its SDP was lost in a restart; -errno. */
int change_refresh(struct leg *leg);
/* The leg's peer has agreed to what isn't to be: he gets what he had once more, or
 * the call ends. */
void change_take_back(struct leg *leg);
/* His 2xx had an offer, which nobody new is to answer: his ACK is due, and gets the
 * answer that the call's other peer would give; or the call ends. */
void change_answer_again(struct leg *leg, const char *offer);
/* The ACK for the 2xx came, that the leg's peer got for its re-INVITE. */
void change_acked(struct leg *leg, const osip_message_t *ack);
/* The other peer has not answered. */
void change_timeout(struct call *c);
/* The call is no longer established. */
void change_abandon(struct call *c);

#endif
