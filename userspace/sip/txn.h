/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions (RFC 3261, 17): libosip2's state machines, driven by the event
 * loop. Callbacks never come from inside a txn_*() call of the same
 * transaction, except on_failure() when it can't be sent.
 */
#ifndef SIP_TXN_H
#define SIP_TXN_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/osip.h"
#include "sip/transport.h"

struct txn;

struct txn_user {
	/*
	 * A request that belongs to no transaction, before it makes one. True:
	 * dealt with; always so for ACK. @path may be used to send.
	 */
	bool (*on_new)(osip_message_t *req, struct sip_path *path);
	/* A new server transaction; @req is its request. */
	void (*on_request)(struct txn *t, const osip_message_t *req);
	/* A response that belongs to no transaction, or a 2xx to an INVITE whose
	 * transaction was released. */
	void (*on_stray)(const osip_message_t *resp,
			 const struct sip_path *path);
	/* A 401 or 407 to @t: the request that is sent instead, in its place, at
	 * most SIP_CHALLENGES_MAX times; or NULL: it is told as any answer. */
	osip_message_t *(*on_challenge)(const struct txn *t,
					const osip_message_t *resp);
};

/* What a client transaction tells. It may be released in each of them. */
struct txn_client {
	void (*on_response)(struct txn *t, const osip_message_t *resp,
			    void *arg);
	/* No final response: @status is 408 or 503, @why in words. */
	void (*on_failure)(struct txn *t, int status, const char *why,
			   void *arg);
};

int txn_init(const struct txn_user *user); /* 0 or -errno */
void txn_exit(void); /* drops all transactions, tells nobody */

/* A valid message came in. Consumes @msg. */
void txn_receive(osip_message_t *msg, const struct sip_path *from);
void txn_conn_lost(uint32_t conn, const char *reason);

/**
 * txn_request() - send a request in a new client transaction
 * @req: consumed, in any case
 * @path: where to; copied
 * @ops: NULL: nobody wants to hear of it
 * @owner: NULL, or where the transaction is put, and NULL when it is gone
 *
 * Return: 0; -ENOBUFS when there are SIP_TXNS_MAX, -errno. When sending fails
 * 0 is returned and on_failure() comes from the loop.
 */
int txn_request(osip_message_t *req, const struct sip_path *path,
		const struct txn_client *ops, void *arg, struct txn **owner);

/* Respond in a server transaction; @resp is consumed. 0 or -errno. */
int txn_respond(struct txn *t, osip_message_t *resp);

/* As txn_request()'s @owner, for a server transaction. */
void txn_own(struct txn *t, struct txn **owner);
/* The owner is gone: no more callbacks. NULL is fine. */
void txn_release(struct txn *t);
/* The same, and the transaction ends now. NULL is fine. */
void txn_abandon(struct txn *t);

const osip_message_t *txn_message(const struct txn *t); /* the request */
bool txns_use(const struct gateway *gw); /* is any of its peer's? */
const struct sip_path *txn_path(const struct txn *t);
/* The INVITE server transaction that a CANCEL is for (9.2); NULL: none. */
struct txn *txn_cancelled(const osip_message_t *cancel,
			  const struct sip_path *path);
bool txn_full(void);

/*
 * Answer a request that has no transaction, where its Via says (RFC 3261, 18.2.2).
 * @resp: consumed; NULL is fine
 */
void txn_answer(const osip_message_t *req, osip_message_t *resp,
		struct sip_path *path);

/* A message outside of transactions: ACK to 2xx, 2xx repeated, refusals. */
int txn_send(osip_message_t *msg, struct sip_path *path);

#endif
