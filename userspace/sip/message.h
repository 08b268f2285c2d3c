/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building SIP messages, on libosip2's. */
#ifndef SIP_MESSAGE_H
#define SIP_MESSAGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sip/osip.h"
#include "sip/transport.h"
#include "sip/validate.h"

/* Before anything else of libosip2: it prints no more, and wipes what it frees,
 * since SDES keys are in the bodies. */
void message_init(void);

#define SIP_PRODUCT   "ringfence"
#define SIP_SUPPORTED "100rel, replaces, timer" /* in an answer to OPTIONS */
#define SIP_ALLOW_IN_DIALOG \
	"INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER"
#define SIP_ALLOW SIP_ALLOW_IN_DIALOG ", MESSAGE, SUBSCRIBE, NOTIFY"

/* A random token of @bits (a multiple of 8, at most 256), in hexadecimal. */
#define MESSAGE_TOKEN_MAX 65
int message_token(char *buf, size_t size, unsigned int bits);

/* Our URI on a path: "sip:user@10.0.0.1:5061;transport=tls"; user may be NULL.
 * free() it; NULL when there is no memory. */
char *message_our_uri(const struct sip_path *path, const char *user);

/**
 * message_parse() - libosip2's view of a message that passed the validator
 *
 * libosip2 sees the header only; a body is attached whole and never parsed as
 * MIME. Return: NULL when libosip2 doesn't like it.
 */
osip_message_t *message_parse(const char *buf, const struct sip_head *head);

/**
 * message_uri() - a URI as text, to be used as a Request-URI
 *
 * Without the headers that it may name, which would come after it ("?Route=…"):
 * they have no place there (RFC 3261, 19.1.1). Return: osip_free() it, or NULL.
 */
char *message_uri(const osip_uri_t *uri);

/* The bytes to send; free() them. NULL: no memory. */
char *message_text(osip_message_t *msg, size_t *ret_len);

/**
 * message_response() - a response to @req (RFC 3261, 8.2.6)
 * @reason: NULL: the usual phrase
 * @to_tag: put into To if there is none and the status is above 100
 * Return: NULL: no memory
 */
osip_message_t *message_response(const osip_message_t *req, int status,
				 const char *reason, const char *to_tag);

/* The same outside a dialog: with a tag of its own, should To have none. */
osip_message_t *message_answer(const osip_message_t *req, int status);

/**
 * message_refusal() - a response to a request that must not be parsed
 * Return: its text; free() it. NULL when there is no memory.
 */
char *message_refusal(const struct sip_head *head, int status,
		      const char *reason, size_t *ret_len);

/**
 * message_request() - a request outside of what it carries of a dialog
 * @branch: of its Via, MESSAGE_TOKEN_MAX; NULL: a new one
 *
 * With Request-URI, Via, Max-Forwards and User-Agent.
 */
osip_message_t *message_request(const char *method, const char *uri,
				const struct sip_path *path, const char *branch,
				unsigned int max_forwards);

/* A CANCEL for @invite (9.1), or the ACK for its failure is libosip2's own. */
osip_message_t *message_cancel(const osip_message_t *invite);

/* Header helpers; a missing one is NULL or the fallback. */
const char *message_header(const osip_message_t *msg, const char *name);
const char *message_tag(const osip_from_t *from); /* From or To */
const char *message_branch(const osip_message_t *msg); /* of the top Via */

/**
 * message_key() - what the messages of a transaction have in common
 * @method: of the transaction's request, as in CSeq
 * @side: of a server transaction, a name of who it is with (RFC 3261, 17.2.3);
 *	NULL: of a client transaction (17.1.3)
 *
 * Return: free() it; NULL: no memory
 */
char *message_key(const osip_message_t *msg, const char *method,
		  const char *side);
uint32_t message_cseq(const osip_message_t *msg);
unsigned int message_max_forwards(const osip_message_t *msg); /* 70: none */

/* The SDP body; NULL: none, or of another type. */
const char *message_sdp(const osip_message_t *msg, size_t *ret_len);
bool message_has_body(const osip_message_t *msg);
/* The body if it is of that type, "application/sdp" or so; else NULL. */
const char *message_body(const osip_message_t *msg, const char *type,
			 size_t *ret_len);
/* @type: as above, with parameters if it has any. 0 or -ENOMEM */
int message_set_body(osip_message_t *msg, const char *type, const char *body,
		     size_t len);
int message_set_sdp(osip_message_t *msg, const char *sdp);

/* What INVITE, UPDATE and answers to them say of us: Contact, Allow, and that we
 * know Replaces. */
int message_add_contact(osip_message_t *msg, const struct sip_path *path);
/* Why it is refused, as a Warning (20.43); NULL or "": nothing. */
void message_warn(osip_message_t *resp, const char *reason);
/* What is wrong with a body: Accept in a 415 (RFC 3261, 21.4.13), and the reason
 * as a Warning (20.43) in a 415 or 488. Others stay as they are. */
void message_explain(osip_message_t *resp, const char *reason);
/* One peer's refusal, as the other one gets it. */
int message_map_status(int status);

/* Note where a request really came from (RFC 3261, 18.2.1; RFC 3581). */
int message_received(osip_message_t *req, const struct sip_path *from);
/* Does its sender take requests to these by its connection (RFC 5923, 5)? */
struct sip_alias {
	const char *host; /* a part of the request */
	uint16_t port;
};
bool message_alias(const osip_message_t *req, struct sip_alias *ret);
/* Where a response to @req goes by UDP (18.2.2). */
void message_reply_to(const osip_message_t *req, struct sockaddr_in *peer);

#endif
