/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a caller's INVITE to the callee's, and its answers back. */
#ifndef SIP_INVITE_H
#define SIP_INVITE_H

#include "sip/call.h"

/* The gateways and routes that are running; NULL: none. */
void invite_set_config(const struct sip_config *cfg);

/* An INVITE outside of any dialog: make a call of it, or refuse it. */
void invite_received(struct txn *t, const osip_message_t *req);

/* The response to the caller. @sdp: with c->answer. NULL: no memory. */
osip_message_t *invite_response(struct call *c, int status, bool sdp);
/* The callee has accepted with that 2xx, and has its ACK. */
void invite_accept(struct call *c, const osip_message_t *resp);

/* Call the target of a transfer. 202, and @r is of both calls; or the status of
 * a refusal, and @why */
int invite_transfer(struct refer *r, const char **why);

/* The caller gets 200 with c->answer; or a refusal, and the callee BYE. */
void invite_answer(struct call *c);

/* The offer of a new call's INVITE, for the other side; there is none if c->late.
 * 0 or -errno, and @why */
int invite_offer(struct call *c, const osip_message_t *req, char **ret_sdp,
		 struct media_refusal *why);
/* A new call's media: between its two gateways. 0 or -errno, and @why */
int invite_media(struct call *c, struct media_refusal *why);

/* What an INVITE like that OPTIONS (RFC 3261, 11.2) would get; without a user in
 * the Request-URI it is about the gateway itself. 200, or a refusal. */
int invite_status(const struct gateway *from, const osip_message_t *req);

#endif
