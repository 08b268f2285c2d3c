// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libosip2's machines are taken one by one: its own lists of them, which it goes
 * through at each event, stay empty. A transaction is found in a tree, by what
 * its messages have in common (17.1.3, 17.2.3).
 *
 * Timers: one of each transaction, for the earliest of its timers A to K; and
 * `tick`, for what must not happen inside of a callback: failures are told, and
 * transactions that ended are freed there, where none is in use.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/ended.h"
#include "sip/limits.h"
#include "sip/message.h"
#include "sip/txn-timer.h"
#include "sip/txn.h"

struct txn {
	char *key;
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

static osip_t *osip;
static const struct txn_user *user;
static struct event *tick;
static LIST_HEAD(txn_list, txn) txns = LIST_HEAD_INITIALIZER(txns);
static TAILQ_HEAD(txn_queue, txn) waiting = TAILQ_HEAD_INITIALIZER(waiting);
static unsigned int n_txns;
static void *by_key;

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct txn *)a)->key,
		      ((const struct txn *)b)->key);
}

/* The tick is to look at it. */
static void wait_for_tick(struct txn *t)
{
	if (!t->waits)
		TAILQ_INSERT_TAIL(&waiting, t, wait);
	t->waits = true;
	event_active(tick, EV_TIMEOUT, 0);
}

static void forget(struct txn *t)
{
	if (!t->dead)
		tdelete(t, &by_key, compare);
	t->dead = true;
}

static void end(struct txn *t)
{
	forget(t);
	wait_for_tick(t);
}

static struct txn *find(char *key)
{
	struct txn probe = { .key = key };
	struct txn **found = key ? tfind(&probe, &by_key, compare) : NULL;

	return found ? *found : NULL;
}

static void txn_free(struct txn *t)
{
	if (t->owner)
		*t->owner = NULL;
	forget(t);
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

/* Into the tree, which no other with its key is in. */
static bool can_be_found(struct txn *t)
{
	struct txn **found = t->key ? tsearch(t, &by_key, compare) : NULL;

	return found && *found == t;
}

static void enlist(struct txn *t)
{
	LIST_INSERT_HEAD(&txns, t, entry);
	n_txns++;
}

/* libosip2's, for the request of @ev; in none of its lists. */
static osip_transaction_t *machine(osip_event_t *ev)
{
	osip_transaction_t *tr = osip_create_transaction(osip, ev);

	if (tr)
		osip_remove_transaction(osip, tr);
	return tr;
}

/* One that never ran: its request is the caller's yet. */
static void machine_free(osip_transaction_t *tr)
{
	tr->orig_request = NULL;
	osip_transaction_free2(tr);
}

/* @gw: name of a server transaction's gateway, NULL: it is a client's. */
static struct txn *txn_new(osip_event_t *ev, const struct sip_path *path,
			   const char *gw)
{
	struct txn *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->msg = ev->sip;
	t->path = *path;
	t->key = message_key(ev->sip, ev->sip->sip_method, gw);
	t->timer = evtimer_new(loop_base(), on_timer, t);
	t->tr = t->timer ? machine(ev) : NULL;
	if (t->tr && can_be_found(t)) {
		osip_transaction_set_your_instance(t->tr, t);
		enlist(t);
		return t;
	}
	if (t->tr)
		machine_free(t->tr);
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
static bool is_over(const struct txn *t)
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

	if (t->dead || is_over(t) || !txn_timer_next(t->tr, &left)) {
		event_del(t->timer);
		if (!t->dead && is_over(t))
			wait_for_tick(t);
		return;
	}
	if (!left.tv_sec && left.tv_usec < 1000)
		left.tv_usec = 1000; /* never spin */
	event_add(t->timer, &left);
}

/* Frees @ev, keeps the message of a new transaction. */
static void execute(struct txn *t, osip_event_t *ev)
{
	osip_transaction_execute(t->tr, ev);
	set_timer(t);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct txn *t = arg;
	osip_event_t *ev = t->dead ? NULL : txn_timer_event(t->tr);

	if (ev)
		execute(t, ev);
	else
		set_timer(t);
}

static void tell_failure(struct txn *t, int status, const char *why)
{
	if (t->answered)
		return;
	t->answered = true;
	if (t->ops && t->ops->on_failure)
		t->ops->on_failure(t, status, why, t->arg);
}

/* What is left of @t's transaction goes on without it; @t has @key now. */
static bool part(struct txn *t, char *key)
{
	struct txn *rest = txn_full() ? NULL : calloc(1, sizeof(*rest));
	struct txn **node = tfind(t, &by_key, compare);

	if (!rest || !node)
		goto failed;
	rest->timer = evtimer_new(loop_base(), on_timer, rest);
	if (!rest->timer)
		goto failed;
	*node = rest;
	rest->key = t->key;
	t->key = key;
	if (!can_be_found(t)) {
		t->key = rest->key;
		*node = t;
		event_free(rest->timer);
		goto failed;
	}
	rest->tr = t->tr;
	rest->msg = t->msg;
	rest->path = t->path;
	rest->last = t->last;
	rest->last_len = t->last_len;
	rest->answered = true;
	enlist(rest);
	t->last = NULL;
	osip_transaction_set_your_instance(rest->tr, rest);
	wait_for_tick(rest);
	return true;
failed:
	free(rest);
	return false;
}

/* @again takes the place of the request of @t, whose owner doesn't notice. */
static bool restart(struct txn *t, osip_message_t *again)
{
	char *key = message_key(again, again->sip_method, NULL);
	osip_event_t *ev = osip_new_outgoing_sipmessage(again);
	osip_transaction_t *tr = ev && key ? machine(ev) : NULL;

	if (!tr || !part(t, key)) {
		if (tr)
			machine_free(tr);
		if (ev)
			osip_event_free(ev); /* with the message */
		else
			osip_message_free(again);
		free(key);
		return false;
	}
	t->tr = tr;
	t->msg = again;
	t->lost = false;
	t->again = false;
	osip_transaction_set_your_instance(tr, t);
	execute(t, ev);
	return true;
}

static bool answer_challenge(struct txn *t, const osip_message_t *resp)
{
	osip_message_t *again;

	if ((resp->status_code != 401 && resp->status_code != 407) ||
	    !user->on_challenge || t->challenges >= SIP_CHALLENGES_MAX ||
	    t->dead || (!t->ops && MSG_IS_INVITE(t->msg)))
		return false;
	again = user->on_challenge(t, resp);
	if (!again)
		return false;
	t->challenges++;
	return restart(t, again);
}

static void tell_response(osip_transaction_t *tr, const osip_message_t *resp)
{
	struct txn *t = osip_transaction_get_your_instance(tr);

	if (t->answered || answer_challenge(t, resp))
		return;
	t->answered = resp->status_code >= 200;
	if (t->ops && t->ops->on_response)
		t->ops->on_response(t, resp, t->arg);
	else if (MSG_IS_INVITE(t->msg) && MSG_IS_STATUS_2XX(resp))
		user->on_stray(resp, &t->path); /* it needs an ACK */
}

static void on_response(int type, osip_transaction_t *tr, osip_message_t *msg)
{
	tell_response(tr, msg);
}

static void on_timeout(int type, osip_transaction_t *tr, osip_message_t *msg)
{
	tell_failure(osip_transaction_get_your_instance(tr), 408,
		     "no answer in time");
}

static void on_kill(int type, osip_transaction_t *tr)
{
	end(osip_transaction_get_your_instance(tr));
}

static void fail(struct txn *t, const char *why)
{
	t->failed = 503;
	t->why = why;
	wait_for_tick(t);
}

static void on_transport_error(int type, osip_transaction_t *tr, int error)
{
	struct txn *t = osip_transaction_get_your_instance(tr);

	if (type == OSIP_IST_TRANSPORT_ERROR ||
	    type == OSIP_NIST_TRANSPORT_ERROR)
		return; /* who asked will notice */
	fail(t, "cannot be sent");
}

/* libosip2's own ACK lacks the mandatory Max-Forwards (RFC 3261, 8.1.1). */
static void complete_ack(osip_message_t *msg)
{
	if (MSG_IS_ACK(msg) && !message_header(msg, "max-forwards"))
		osip_message_set_header(msg, "Max-Forwards", "70");
}

static int send_text(const char *text, size_t len, struct sip_path *path)
{
	int ret = text ? transport_send(path, text, len) : -ENOMEM;

	if (ret < 0)
		log_info("sip", "cannot send to gateway %s: %s", path->gw->name,
			 strerror(-ret));
	return ret;
}

int txn_send(osip_message_t *msg, struct sip_path *path)
{
	size_t len = 0;
	char *text = message_text(msg, &len);
	int ret = send_text(text, len, path);

	osip_free(text);
	return ret;
}

/* libosip2's idea of host and port is of no use: the path is ours. */
static int on_send(osip_transaction_t *tr, osip_message_t *msg, char *host,
		   int port, int socket)
{
	struct txn *t = osip_transaction_get_your_instance(tr);

	complete_ack(msg);
	osip_free(t->last);
	t->last = message_text(msg, &t->last_len);
	return send_text(t->last, t->last_len, &t->path) < 0 ? -1 : 0;
}

static void send_again(struct txn *t)
{
	if (!t->lost || t->dead)
		return;
	t->lost = false;
	if (t->again || txn_send(t->msg, &t->path) < 0)
		fail(t, "the connection was lost");
	t->again = true;
}

/* Failures are told from here, so that never inside txn_request(). */
static void tell_failed(struct txn *t)
{
	if (!t->failed)
		return;
	t->failed = 0;
	forget(t);
	tell_failure(t, 503, t->why);
}

/*
 * Copies of an INVITE, and of the response that our ACK was for, need an answer
 * yet, or silence. Those of other responses get that anyway.
 */
static void keep_what_is_over(struct txn *t)
{
	bool silent = t->tr->ctx_type == IST;

	forget(t);
	if (t->path.transport != SIP_UDP || t->tr->ctx_type == NICT)
		return;
	ended_add(t->key, &t->path, silent ? NULL : t->last, t->last_len);
	t->key = NULL;
	if (!silent)
		t->last = NULL;
}

static void look_at(struct txn *t)
{
	send_again(t);
	tell_failed(t);
	if (!t->dead && is_over(t))
		keep_what_is_over(t);
	if (t->dead)
		txn_free(t);
}

/* Those that come to wait meanwhile have another tick. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct txn *t;

	for (unsigned int n = n_txns; n && (t = TAILQ_FIRST(&waiting)); n--) {
		TAILQ_REMOVE(&waiting, t, wait);
		t->waits = false;
		look_at(t);
	}
	if (!TAILQ_EMPTY(&waiting))
		event_active(tick, EV_TIMEOUT, 0);
}

static void set_callbacks(void)
{
	for (int i = OSIP_ICT_STATUS_1XX_RECEIVED;
	     i <= OSIP_ICT_STATUS_6XX_RECEIVED; i++)
		if (i != OSIP_ICT_STATUS_2XX_RECEIVED_AGAIN)
			osip_set_message_callback(osip, i, on_response);
	for (int i = OSIP_NICT_STATUS_1XX_RECEIVED;
	     i <= OSIP_NICT_STATUS_6XX_RECEIVED; i++)
		if (i != OSIP_NICT_STATUS_2XX_RECEIVED_AGAIN)
			osip_set_message_callback(osip, i, on_response);
	osip_set_message_callback(osip, OSIP_ICT_STATUS_TIMEOUT, on_timeout);
	osip_set_message_callback(osip, OSIP_NICT_STATUS_TIMEOUT, on_timeout);
	for (int i = 0; i < OSIP_KILL_CALLBACK_COUNT; i++)
		osip_set_kill_transaction_callback(osip, i, on_kill);
	for (int i = 0; i < OSIP_TRANSPORT_ERROR_CALLBACK_COUNT; i++)
		osip_set_transport_error_callback(osip, i, on_transport_error);
	osip_set_cb_send_message(osip, on_send);
}

int txn_init(const struct txn_user *u)
{
	message_init();
	if (osip_init(&osip) != 0)
		return -ENOMEM;
	tick = evtimer_new(loop_base(), on_tick, NULL);
	if (!tick || ended_init() < 0) {
		txn_exit();
		return -ENOMEM;
	}
	user = u;
	set_callbacks();
	return 0;
}

void txn_exit(void)
{
	struct txn *t, *next;

	if (!osip)
		return;
	for (t = LIST_FIRST(&txns); t; t = next) {
		next = LIST_NEXT(t, entry);
		txn_free(t);
	}
	ended_exit();
	if (tick)
		event_free(tick);
	tick = NULL;
	osip_release(osip);
	osip = NULL;
}

static type_t incoming_type(const osip_message_t *msg)
{
	if (MSG_IS_REQUEST(msg)) {
		if (MSG_IS_INVITE(msg))
			return RCV_REQINVITE;
		return MSG_IS_ACK(msg) ? RCV_REQACK : RCV_REQUEST;
	}
	if (MSG_IS_STATUS_1XX(msg))
		return RCV_STATUS_1XX;
	return MSG_IS_STATUS_2XX(msg) ? RCV_STATUS_2XX : RCV_STATUS_3456XX;
}

static void new_request(osip_event_t *ev, struct sip_path *path)
{
	osip_message_t *req = ev->sip;
	struct txn *t = NULL;

	if (!user->on_new(req, path) && !MSG_IS_ACK(req))
		t = txn_new(ev, path, path->gw->name);
	if (!t) {
		osip_event_free(ev);
		return;
	}
	if (path->transport == SIP_UDP)
		message_reply_to(req, &t->path.peer);
	execute(t, ev);
	user->on_request(t, req);
}

static void no_transaction(osip_event_t *ev, struct sip_path *from)
{
	if (MSG_IS_REQUEST(ev->sip)) {
		new_request(ev, from);
	} else {
		user->on_stray(ev->sip, from);
		osip_event_free(ev);
	}
}

void txn_receive(osip_message_t *msg, const struct sip_path *from)
{
	osip_event_t *ev = calloc(1, sizeof(*ev));
	struct sip_path path = *from;
	struct txn *t;
	char *key;

	if (!ev || (MSG_IS_REQUEST(msg) && message_received(msg, from) < 0)) {
		osip_message_free(msg);
		free(ev);
		return;
	}
	ev->sip = msg;
	ev->type = incoming_type(msg);
	key = message_key(msg, msg->cseq->method,
			  MSG_IS_REQUEST(msg) ? from->gw->name : NULL);
	t = find(key);
	if (t && t->path.gw == from->gw)
		execute(t, ev);
	else if (!key || t || ended_absorb(key, from))
		osip_event_free(ev);
	else
		no_transaction(ev, &path);
	/* clang doesn't know that osip_event_free() frees. */
	free(key); /* NOLINT(clang-analyzer-unix.Malloc) */
}

int txn_request(osip_message_t *req, const struct sip_path *path,
		const struct txn_client *ops, void *arg, struct txn **owner)
{
	osip_event_t *ev;
	struct txn *t;

	if (txn_full()) {
		osip_message_free(req);
		return -ENOBUFS;
	}
	ev = osip_new_outgoing_sipmessage(req);
	if (!ev) {
		osip_message_free(req);
		return -ENOMEM;
	}
	t = txn_new(ev, path, NULL);
	if (!t) {
		osip_event_free(ev);
		return -ENOMEM;
	}
	t->ops = ops;
	t->arg = arg;
	t->owner = owner;
	if (owner)
		*owner = t;
	execute(t, ev);
	return 0;
}

int txn_respond(struct txn *t, osip_message_t *resp)
{
	osip_event_t *ev;

	if (!resp)
		return -ENOMEM;
	ev = t->dead ? NULL : osip_new_outgoing_sipmessage(resp);
	if (!ev) {
		osip_message_free(resp);
		return -ENOTCONN;
	}
	execute(t, ev);
	return 0;
}

void txn_own(struct txn *t, struct txn **owner)
{
	t->owner = owner;
	*owner = t;
}

void txn_release(struct txn *t)
{
	if (!t)
		return;
	if (t->owner)
		*t->owner = NULL;
	t->owner = NULL;
	t->ops = NULL;
	t->arg = NULL;
}

void txn_abandon(struct txn *t)
{
	if (!t)
		return;
	txn_release(t);
	end(t);
}

const osip_message_t *txn_message(const struct txn *t)
{
	return t->msg;
}

bool txns_use(const struct gateway *gw)
{
	const struct txn *t;

	LIST_FOREACH(t, &txns, entry) {
		if (t->path.gw == gw)
			return true;
	}
	return ended_use(gw);
}

const struct sip_path *txn_path(const struct txn *t)
{
	return &t->path;
}

/* Same top Via but for the method (9.1), over the same gateway, of the same. */
struct txn *txn_cancelled(const osip_message_t *cancel,
			  const struct sip_path *path)
{
	char *key = message_key(cancel, "INVITE", path->gw->name);
	struct txn *t = find(key);

	free(key);
	if (!t || t->tr->ctx_type != IST || t->path.gw != path->gw ||
	    t->path.peer.sin_addr.s_addr != path->peer.sin_addr.s_addr)
		return NULL;
	return t;
}

/*
 * What was sent there may be lost. Without any answer it is sent again, once,
 * by another connection: the old one may have been stale. Other transactions
 * get their answers over a connection to come (RFC 3261, 18.2.2).
 */
void txn_conn_lost(uint32_t conn, const char *reason)
{
	struct txn *t;

	LIST_FOREACH(t, &txns, entry) {
		if (t->path.conn != conn)
			continue;
		t->path.conn = 0;
		t->lost = t->tr->state == ICT_CALLING ||
			  t->tr->state == NICT_TRYING;
		if (t->lost)
			wait_for_tick(t);
	}
}
