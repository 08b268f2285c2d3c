// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libosip2's machines are taken one by one: its own lists of them, which it goes
 * through at each event, stay empty. A transaction is found in a table, by what
 * its messages have in common (17.1.3, 17.2.3).
 *
 * Timer: one of each transaction, for the earliest of its timers A to K.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "sip/heap.h"
#include "sip/limits.h"
#include "sip/message.h"
#include "sip/txn-internal.h"
#include "sip/txn-timer.h"

static osip_t *osip;
static struct event *tick;
static LIST_HEAD(txn_list, txn) txns = LIST_HEAD_INITIALIZER(txns);
static TAILQ_HEAD(txn_queue, txn) waiting = TAILQ_HEAD_INITIALIZER(waiting);
static unsigned int n_txns;
static struct table by_key;

/* The tick is to look at it. */
void txn_wait(struct txn *t)
{
	if (!t->waits)
		TAILQ_INSERT_TAIL(&waiting, t, wait);
	t->waits = true;
	event_active(tick, EV_TIMEOUT, 0);
}

void txn_forget(struct txn *t)
{
	if (!t->dead)
		table_remove(&by_key, &t->by_key);
	t->dead = true;
}

void txn_end(struct txn *t)
{
	txn_forget(t);
	txn_wait(t);
}

struct txn *txn_find(const char *key)
{
	struct table_entry *e = key ? table_find(&by_key, key) : NULL;

	return e ? table_of(e, struct txn, by_key) : NULL;
}

void txn_free(struct txn *t)
{
	if (t->owner)
		*t->owner = NULL;
	txn_forget(t);
	if (t->waits)
		TAILQ_REMOVE(&waiting, t, wait);
	LIST_REMOVE(t, entry);
	n_txns--;
	event_free(t->timer);
	osip_transaction_free2(t->tr);
	osip_free(t->last);
	free(t->key);
	free(t);
}

static void on_timer(evutil_socket_t fd, short what, void *arg);

static void enlist(struct txn *t)
{
	LIST_INSERT_HEAD(&txns, t, entry);
	n_txns++;
}

/* libosip2's, for the request of @ev; in none of its lists. */
osip_transaction_t *txn_machine(osip_event_t *ev)
{
	osip_transaction_t *tr = osip_create_transaction(osip, ev);

	if (!tr)
		return NULL;
	osip_remove_transaction(osip, tr);
	heap_plain(tr); /* 15 kB of it, and only pointers */
	return tr;
}

/* One that never ran: its request is the caller's yet. */
void txn_machine_free(osip_transaction_t *tr)
{
	tr->orig_request = NULL;
	osip_transaction_free2(tr);
}

/* @gw: name of a server transaction's gateway, NULL: it is a client's. */
struct txn *txn_new(osip_event_t *ev, const struct sip_path *path,
		    const char *gw)
{
	struct txn *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->msg = ev->sip;
	t->path = *path;
	t->key = message_key(ev->sip, ev->sip->sip_method, gw);
	t->timer = evtimer_new(loop_base(), on_timer, t);
	t->tr = t->timer ? txn_machine(ev) : NULL;
	if (t->tr && t->key && table_add(&by_key, &t->by_key, t->key)) {
		osip_transaction_set_your_instance(t->tr, t);
		enlist(t);
		return t;
	}
	if (t->tr)
		txn_machine_free(t->tr);
	if (t->timer)
		event_free(t->timer);
	free(t->key);
	free(t);
	return NULL;
}

bool txn_full(void)
{
	return n_txns >= SIP_TXNS_MAX;
}

/* By UDP copies may come, which what is kept of it answers. */
bool txn_is_over(const struct txn *t)
{
	switch (t->tr->state) {
	case ICT_COMPLETED:
	case IST_CONFIRMED:
	case NICT_COMPLETED:
	case NIST_COMPLETED:
		return true;
	default:
		return false;
	}
}

static void set_timer(struct txn *t)
{
	struct timeval left;

	if (t->dead || txn_is_over(t) || !txn_timer_next(t->tr, &left)) {
		event_del(t->timer);
		if (!t->dead && txn_is_over(t))
			txn_wait(t);
		return;
	}
	if (!left.tv_sec && left.tv_usec < 1000)
		left.tv_usec = 1000; /* never spin */
	event_add(t->timer, &left);
}

/* Frees @ev, keeps the message of a new transaction. */
void txn_execute(struct txn *t, osip_event_t *ev)
{
	osip_transaction_execute(t->tr, ev);
	set_timer(t);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct txn *t = arg;
	osip_event_t *ev = t->dead ? NULL : txn_timer_event(t->tr);

	if (ev)
		txn_execute(t, ev);
	else
		set_timer(t);
}

/* What is left of @t's transaction goes on without it; @t has @key now. */
bool txn_part(struct txn *t, char *key)
{
	struct txn *rest = txn_full() ? NULL : calloc(1, sizeof(*rest));

	if (!rest || t->dead)
		goto failed;
	rest->timer = evtimer_new(loop_base(), on_timer, rest);
	if (!rest->timer)
		goto failed;
	table_replace(&by_key, &t->by_key, &rest->by_key);
	if (!table_add(&by_key, &t->by_key, key)) {
		table_replace(&by_key, &rest->by_key, &t->by_key);
		event_free(rest->timer);
		goto failed;
	}
	rest->key = t->key;
	t->key = key;
	rest->tr = t->tr;
	rest->msg = t->msg;
	rest->path = t->path;
	rest->last = t->last;
	rest->last_len = t->last_len;
	rest->answered = true;
	enlist(rest);
	t->last = NULL;
	osip_transaction_set_your_instance(rest->tr, rest);
	txn_wait(rest);
	return true;
failed:
	free(rest);
	return false;
}

struct txn *txn_first(void)
{
	return LIST_FIRST(&txns);
}

unsigned int txn_count(void)
{
	return n_txns;
}

void txn_kick(void)
{
	if (!TAILQ_EMPTY(&waiting))
		event_active(tick, EV_TIMEOUT, 0);
}

struct txn *txn_next_waiting(void)
{
	struct txn *t = TAILQ_FIRST(&waiting);

	if (!t)
		return NULL;
	TAILQ_REMOVE(&waiting, t, wait);
	t->waits = false;
	return t;
}

int txn_table_init(event_callback_fn on_tick, osip_t **ret)
{
	int err;

	if (osip_init(&osip) != 0)
		return -ENOMEM;
	err = table_init(&by_key, SIP_TXNS_MAX);
	if (err < 0) {
		txn_table_exit();
		return err;
	}
	tick = evtimer_new(loop_base(), on_tick, NULL);
	if (!tick) {
		txn_table_exit();
		return -ENOMEM;
	}
	*ret = osip;
	return 0;
}

void txn_table_exit(void)
{
	struct txn *t, *next;

	if (!osip)
		return;
	for (t = LIST_FIRST(&txns); t; t = next) {
		next = LIST_NEXT(t, entry);
		txn_free(t);
	}
	if (tick)
		event_free(tick);
	tick = NULL;
	table_exit(&by_key);
	osip_release(osip);
	osip = NULL;
}
