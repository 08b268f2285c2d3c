/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by txn.c and txn-table.c: the transactions that there are. */
#ifndef SIP_TXN_INTERNAL_H
#define SIP_TXN_INTERNAL_H

#include <sys/queue.h>

#include <event2/event.h>

#include "base/table.h"
#include "sip/txn.h"

struct txn {
	char *key;
	struct table_entry by_key; /* unless @dead */
	LIST_ENTRY(txn) entry;
	TAILQ_ENTRY(txn) wait; /* for the tick, if @waits */
	osip_transaction_t *tr;
	osip_message_t *msg; /* the request; the transaction's */
	struct event *timer;
	char *last; /* what was sent last, that answers a copy */
	size_t last_len;
	struct sip_path path;
	const struct txn_client *ops;
	void *arg;
	struct txn **owner;
	int failed; /* status for on_failure(), from the loop */
	const char *why;
	bool waits;
	unsigned int challenges; /* that were answered */
	bool lost; /* its connection was, before an answer */
	bool again; /* it was sent a second time for that */
	bool answered; /* a final response was told, or a failure */
	bool dead; /* can't be found any more; freed by the tick */
};

/* @ret: libosip2, to set its callbacks. 0 or -errno */
int txn_table_init(event_callback_fn on_tick, osip_t **ret);
void txn_table_exit(void); /* frees them, tells nobody */

/*
 * A new one, for the request of @ev. @gw: name of a server transaction's gateway,
 * NULL: it is a client's. NULL: no memory; the request is the caller's then.
 */
struct txn *txn_new(osip_event_t *ev, const struct sip_path *path,
		    const char *gw);
void txn_free(struct txn *t);

struct txn *txn_find(const char *key); /* of message_key(); NULL: none */
struct txn *txn_first(void); /* of all; next by @entry */
void txn_forget(struct txn *t); /* it isn't found any more */
void txn_end(struct txn *t); /* nor goes on: the tick frees it */

void txn_wait(struct txn *t); /* the tick is to look at it */
struct txn *txn_next_waiting(void); /* which does so no more; NULL: none */
unsigned int txn_count(void);
void txn_kick(void); /* another tick */

/* libosip2's machine for the request of @ev; in none of its lists. */
osip_transaction_t *txn_machine(osip_event_t *ev);
void txn_machine_free(osip_transaction_t *tr); /* one that never ran */

/* Frees @ev, keeps the message of a new transaction. */
void txn_execute(struct txn *t, osip_event_t *ev);
/* By UDP copies may come, which what is kept of it answers. */
bool txn_is_over(const struct txn *t);

/*
 * @t's machine goes on by itself; @t, which has @key now, is to get another. False:
 * no memory, or too many; nothing has changed.
 */
bool txn_part(struct txn *t, char *key);

#endif
