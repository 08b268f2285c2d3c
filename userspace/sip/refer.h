/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transfer (REFER, RFC 3515). One peer of a call, the transferor, names whom the
 * other shall talk to. We call the target by the routes of the transferor's
 * gateway, as if he had, or take the call that he has with the target already; and
 * then connect the two: nobody's REFER goes to the other side. Until then the call
 * is as it was.
 */
#ifndef SIP_REFER_H
#define SIP_REFER_H

#include "media/media.h"
#include "sip/leg.h"

struct call;

/* Of its calls, until it is through, or has failed and nobody is asked any more. */
struct refer {
	struct call *old; /* NULL: over, and so is @from */
	struct call *fresh; /* NULL: over, only @txn or @asking still goes on */
	struct call *second; /* the transferor's with the target; NULL: none */
	struct leg *from; /* the transferor's; the other one is to go over */
	struct leg *mine; /* likewise, in @second */
	uint32_t cseq; /* of the REFER: its NOTIFYs name it */
	osip_message_t *invite; /* as the transferee would have sent it */
	struct txn *txn; /* the re-INVITE to the transferee; NULL: not now */
	struct txn *asking; /* likewise, to the target in @second */
	char *offer; /* the target's in @second, that waits for an answer; secret */
};

/* Is it the new call to a target, made for a transferee? */
bool refer_is_for(const struct call *c);
/* A REFER came in the leg's dialog. */
void refer_requested(struct leg *leg, struct txn *t, const osip_message_t *req);
/* The target has accepted the new call, with an offer. */
void refer_answered(struct call *fresh, const osip_message_t *resp);
/* Offer the transferee what the target has offered. 0 or -errno, and @why */
int refer_offer(struct refer *r, const char *sdp, struct media_refusal *why);
/* There is to be no new call: @r is freed, now or after those that are asked. */
void refer_give_up(struct refer *r);
/* One of the calls is over, in whichever way. @status: as for call_over() */
void refer_over(struct call *c, int status);

#endif
