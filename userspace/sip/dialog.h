/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one leg of a call must know to send and check requests (RFC 3261, 12). */
#ifndef SIP_DIALOG_H
#define SIP_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/limits.h"
#include "sip/message.h"

struct dialog {
	char *call_id;
	char *local_tag;
	char *remote_tag; /* NULL: not answered yet */
	char *local; /* From of what we send: name-addr without a tag */
	char *remote; /* To of what we send, likewise */
	char *target; /* the peer's Contact URI, Request-URI of what we send */
	char *route[SIP_ROUTES_MAX]; /* in the order of Route headers */
	unsigned int n_routes;
	bool update; /* the peer allows UPDATE, as far as we know */
	uint32_t local_cseq; /* of the last request that we sent */
	uint32_t remote_cseq; /* of the last that came; 0: none */
};

/* From an INVITE that came; @local_tag is made. -EINVAL: no good Contact,
 * -E2BIG: too many Record-Routes. */
int dialog_from_invite(struct dialog *d, const osip_message_t *invite);
/* For an INVITE that we send: Call-ID, tag and CSeq are made. */
int dialog_new(struct dialog *d, const char *local, const char *remote,
	       const char *target);
/* It goes by a proxy: one more Route. -E2BIG, -ENOMEM */
int dialog_add_route(struct dialog *d, const char *route);
/* A response to that INVITE came, that makes the dialog early or confirmed. */
int dialog_answered(struct dialog *d, const osip_message_t *resp);
/* The NOTIFY to our SUBSCRIBE came first (RFC 6665, 4.4.1). What it lacks, the
 * answer will have. */
void dialog_from_notify(struct dialog *d, const osip_message_t *notify);
/* The same for a second answer, of another branch (13.2.2.4). */
int dialog_fork(struct dialog *to, const struct dialog *from,
		const osip_message_t *resp);
/* A re-INVITE or UPDATE, or the 2xx to ours: the peer's Contact may be new
 * (12.2). Anything wrong with it is overlooked. */
void dialog_refresh(struct dialog *d, const osip_message_t *msg);
void dialog_clear(struct dialog *d); /* frees what is in it */

/* A request in the dialog, with the next CSeq; not an ACK. NULL: no memory. */
osip_message_t *dialog_request(struct dialog *d, const char *method,
			       const struct sip_path *path);
/* The ACK for the 2xx to our INVITE with that CSeq. NULL: no memory. */
osip_message_t *dialog_ack(const struct dialog *d, uint32_t cseq,
			   const struct sip_path *path);

/* Does a request have this dialog's Call-ID and tags? */
bool dialog_matches(const struct dialog *d, const osip_message_t *req);
/* Is the CSeq of a request (not ACK, CANCEL) in order (12.2.2)? Notes it. */
bool dialog_in_order(struct dialog *d, const osip_message_t *req);

/*
 * Where a request in the dialog goes: the first Route's or the target's port
 * if that has the address of the gateway's proxy, else to the proxy. With
 * extensions @path stays as it is: to where the last message came from.
 */
void dialog_path(const struct dialog *d, struct sip_path *path);

/* From or To without tag and display name of others: free() it. */
char *dialog_name_addr(const osip_from_t *from);

#endif
