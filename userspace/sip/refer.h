/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blind transfer (REFER, RFC 3515). One peer of a call, the transferor, names whom
 * the other shall talk to. We call the target by the routes of the transferor's
 * gateway, as if he had, and then connect the two: nobody's REFER goes to the
 * other side. Until then the call is as it was.
 */
#ifndef SIP_REFER_H
#define SIP_REFER_H

#include "sip/leg.h"

struct call;

/* Of both calls, the old and the new one, until either is over. */
struct refer {
	struct call *old;
	struct call *fresh; /* NULL: over, only @txn still goes on */
	struct leg *from; /* the transferor's; the other one is to go over */
	uint32_t cseq; /* of the REFER: its NOTIFYs name it */
	osip_message_t *invite; /* as the transferee would have sent it */
	struct txn *txn; /* the re-INVITE to the transferee; NULL: not now */
};

/* A REFER came in the leg's dialog. */
void refer_requested(struct leg *leg, struct txn *t, const osip_message_t *req);
/* The target has accepted the new call, with an offer. */
void refer_answered(struct call *fresh, const osip_message_t *resp);
/* Either call is over, in whichever way. @status: as for call_over() */
void refer_over(struct call *c, int status);

#endif
