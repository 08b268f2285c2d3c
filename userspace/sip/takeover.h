/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An INVITE with Replaces (RFC 3891): its sender takes the place of another peer of
 * the same gateway in a call that is established.
 */
#ifndef SIP_TAKEOVER_H
#define SIP_TAKEOVER_H

#include "media/media.h"
#include "sip/leg.h"

struct call;

/* Of both calls, until it is through, or has failed and nobody is asked any more. */
struct takeover {
	struct call *old; /* NULL: over, and so is @replaced */
	struct call *fresh; /* NULL: over, only @txn still goes on */
	struct leg *replaced; /* the other one goes over */
	struct txn *txn; /* the re-INVITE to who is on that; NULL: not now */
	bool late; /* without an offer */
};

/* Does it name a call? @ret is the leg to be replaced, or NULL: it has no Replaces.
 * 0, or the status of a refusal and @why */
int takeover_check(const osip_message_t *req, const struct gateway *from,
		   struct leg **ret, const char **why);
/* A new call for it: in CALL_NEW; NULL: no memory, or full. */
struct call *takeover_new(const osip_message_t *req, struct gateway *from,
			  struct leg *replaced);
/* Its caller's leg is there: ask who is to have that call. 0 or -errno, and @why */
int takeover_ask(struct call *fresh, const osip_message_t *req,
		 struct media_refusal *why);
/* One of the calls is over, in whichever way. */
void takeover_over(struct call *c);

#endif
