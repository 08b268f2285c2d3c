/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attended transfer (RFC 5589, 7): the transferor has talked to the target, in a
 * second call by us, and names that by Replaces. The transferee and the target
 * become one call.
 */
#ifndef SIP_ATTENDED_H
#define SIP_ATTENDED_H

#include "sip/refer.h"
#include "sip/replaces.h"

/* Is there such a second call of the transferor? 202, and @r is of all the calls;
 * or the status of a refusal, and @why */
int attended_check(struct refer *r, const struct replaces *name,
		   const char **why);
/* Ask the target, if he has answered; else once he has. */
void attended_ready(struct refer *r);
struct leg *
attended_target(const struct refer *r); /* his, in the second call */
/* The target's leg goes over to the new call. */
void attended_move(struct refer *r);
/* The target has made an offer for nothing: he keeps what he has. */
void attended_decline(struct refer *r);

#endif
