// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One timer: `tick`, for the earliest of libosip2's own (17.1, 17.2). It is
 * made active after each input, too: transactions that ended are freed there,
 * where none is in use.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/limits.h"
#include "sip/message.h"
#include "sip/txn.h"

struct txn {
	LIST_ENTRY(txn) entry;
	osip_transaction_t *tr;
	osip_message_t *msg; /* the request; the transaction's */
	struct sip_path path;
	const struct txn_client *ops;
	void *arg;
	struct txn **owner;
	int failed; /* status for on_failure(), from the loop */
	const char *why;
	unsigned int challenges; /* that were answered */
	bool lost; /* its connection was, before an answer */
	bool again; /* it was sent a second time for that */
	bool answered; /* a final response was told, or a failure */
	bool dead; /* freed by the tick */
};

static osip_t *osip;
static const struct txn_user *user;
static struct event *tick;
static LIST_HEAD(txn_list, txn) txns = LIST_HEAD_INITIALIZER(txns);
static unsigned int n_txns;

static void kick(void)
{
	event_active(tick, EV_TIMEOUT, 0);
}

static void txn_free(struct txn *t)
{
	if (t->owner)
		*t->owner = NULL;
	LIST_REMOVE(t, entry);
	n_txns--;
	osip_transaction_free(t->tr);
	free(t);
}

static struct txn *txn_new(osip_event_t *ev, const struct sip_path *path)
{
	struct txn *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->tr = osip_create_transaction(osip, ev);
	if (!t->tr) {
		free(t);
		return NULL;
	}
	osip_transaction_set_your_instance(t->tr, t);
	t->path = *path;
	t->msg = ev->sip;
	LIST_INSERT_HEAD(&txns, t, entry);
	n_txns++;
	return t;
}

bool txn_full(void)
{
	return n_txns >= SIP_TXNS_MAX;
}

static void tell_failure(struct txn *t, int status, const char *why)
{
	if (t->answered)
		return;
	t->answered = true;
	if (t->ops && t->ops->on_failure)
		t->ops->on_failure(t, status, why, t->arg);
}

/* What is left of @t's transaction goes on without it. */
static bool part(struct txn *t)
{
	struct txn *rest = txn_full() ? NULL : calloc(1, sizeof(*rest));

	if (!rest)
		return false;
	rest->tr = t->tr;
	rest->msg = t->msg;
	rest->path = t->path;
	rest->answered = true;
	osip_transaction_set_your_instance(rest->tr, rest);
	LIST_INSERT_HEAD(&txns, rest, entry);
	n_txns++;
	return true;
}

/* @again takes the place of the request of @t, whose owner doesn't notice. */
static bool restart(struct txn *t, osip_message_t *again)
{
	osip_event_t *ev = osip_new_outgoing_sipmessage(again);
	osip_transaction_t *tr = ev ? osip_create_transaction(osip, ev) : NULL;

	if (!tr || !part(t)) {
		if (tr)
			osip_transaction_free(tr);
		if (ev)
			osip_event_free(ev); /* with the message */
		else
			osip_message_free(again);
		return false;
	}
	t->tr = tr;
	t->msg = again;
	t->lost = false;
	t->again = false;
	osip_transaction_set_your_instance(tr, t);
	osip_transaction_execute(tr, ev);
	kick();
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
	struct txn *t = osip_transaction_get_your_instance(tr);

	t->dead = true;
	kick();
}

static void fail(struct txn *t, const char *why)
{
	t->failed = 503;
	t->why = why;
}

static void on_transport_error(int type, osip_transaction_t *tr, int error)
{
	struct txn *t = osip_transaction_get_your_instance(tr);

	if (type == OSIP_IST_TRANSPORT_ERROR ||
	    type == OSIP_NIST_TRANSPORT_ERROR)
		return; /* who asked will notice */
	fail(t, "cannot be sent");
	kick();
}

/* libosip2's own ACK lacks the mandatory Max-Forwards (RFC 3261, 8.1.1). */
static void complete_ack(osip_message_t *msg)
{
	if (MSG_IS_ACK(msg) && !message_header(msg, "max-forwards"))
		osip_message_set_header(msg, "Max-Forwards", "70");
}

int txn_send(osip_message_t *msg, struct sip_path *path)
{
	size_t len;
	char *text = message_text(msg, &len);
	int ret;

	if (!text)
		return -ENOMEM;
	ret = transport_send(path, text, len);
	osip_free(text);
	if (ret < 0)
		log_info("sip", "cannot send to gateway %s: %s", path->gw->name,
			 strerror(-ret));
	return ret;
}

/* libosip2's idea of host and port is of no use: the path is ours. */
static int on_send(osip_transaction_t *tr, osip_message_t *msg, char *host,
		   int port, int socket)
{
	struct txn *t = osip_transaction_get_your_instance(tr);

	complete_ack(msg);
	return txn_send(msg, &t->path) < 0 ? -1 : 0;
}

static void send_lost(void)
{
	struct txn *t;

	LIST_FOREACH(t, &txns, entry) {
		if (!t->lost || t->dead)
			continue;
		t->lost = false;
		if (t->again || txn_send(t->msg, &t->path) < 0)
			fail(t, "the connection was lost");
		t->again = true;
	}
}

/* Failures are told from here, so that never inside txn_request(). */
static void tell_failed(void)
{
	struct txn *t, *next;

	for (t = LIST_FIRST(&txns); t; t = next) {
		next = LIST_NEXT(t, entry);
		if (!t->failed)
			continue;
		t->failed = 0;
		t->dead = true;
		tell_failure(t, 503, t->why);
	}
}

static void reap(void)
{
	struct txn *t, *next;

	for (t = LIST_FIRST(&txns); t; t = next) {
		next = LIST_NEXT(t, entry);
		if (t->dead)
			txn_free(t);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv;

	osip_timers_ict_execute(osip);
	osip_timers_ist_execute(osip);
	osip_timers_nict_execute(osip);
	osip_timers_nist_execute(osip);
	osip_ict_execute(osip);
	osip_ist_execute(osip);
	osip_nict_execute(osip);
	osip_nist_execute(osip);
	send_lost();
	tell_failed();
	reap();
	osip_timers_gettimeout(osip, &tv);
	if (!tv.tv_sec && tv.tv_usec < 1000)
		tv.tv_usec = 1000; /* never spin */
	if (n_txns)
		event_add(tick, &tv);
	else
		event_del(tick);
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
	if (!tick) {
		osip_release(osip);
		osip = NULL;
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
	event_free(tick);
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

static osip_list_t *transactions_for(const osip_message_t *msg)
{
	bool invite = !strcmp(msg->cseq->method, "INVITE") ||
		      !strcmp(msg->cseq->method, "ACK");

	if (MSG_IS_REQUEST(msg))
		return invite ? &osip->osip_ist_transactions
			      : &osip->osip_nist_transactions;
	return invite ? &osip->osip_ict_transactions
		      : &osip->osip_nict_transactions;
}

/* One that ended counts no more, though the tick has yet to free it. */
static struct txn *find_transaction(osip_event_t *ev)
{
	osip_transaction_t *tr;
	struct txn *t;

	tr = osip_transaction_find(transactions_for(ev->sip), ev);
	t = tr ? osip_transaction_get_your_instance(tr) : NULL;
	return t && !t->dead ? t : NULL;
}

static void new_request(osip_event_t *ev, struct sip_path *path)
{
	osip_message_t *req = ev->sip;
	struct txn *t = NULL;

	if (!user->on_new(req, path) && !MSG_IS_ACK(req))
		t = txn_new(ev, path);
	if (!t) {
		osip_event_free(ev);
		return;
	}
	if (path->transport == SIP_UDP)
		message_reply_to(req, &t->path.peer);
	osip_transaction_execute(t->tr, ev); /* frees ev, keeps req */
	user->on_request(t, req);
}

void txn_receive(osip_message_t *msg, const struct sip_path *from)
{
	osip_event_t *ev = calloc(1, sizeof(*ev));
	struct sip_path path = *from;
	struct txn *t;

	if (!ev || (MSG_IS_REQUEST(msg) && message_received(msg, from) < 0)) {
		osip_message_free(msg);
		free(ev);
		return;
	}
	ev->sip = msg;
	ev->type = incoming_type(msg);
	t = find_transaction(ev);
	if (t && t->path.gw == from->gw) {
		osip_transaction_execute(t->tr, ev);
	} else if (t) {
		osip_event_free(ev);
	} else if (MSG_IS_REQUEST(msg)) {
		new_request(ev, &path);
	} else {
		user->on_stray(msg, from);
		osip_event_free(ev);
	}
	/* clang doesn't know that osip_event_free() frees. */
	kick(); /* NOLINT(clang-analyzer-unix.Malloc) */
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
	t = txn_new(ev, path);
	if (!t) {
		osip_event_free(ev);
		return -ENOMEM;
	}
	t->ops = ops;
	t->arg = arg;
	t->owner = owner;
	if (owner)
		*owner = t;
	osip_transaction_execute(t->tr, ev);
	kick();
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
	osip_transaction_execute(t->tr, ev);
	kick();
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
	t->dead = true;
	kick();
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
	return false;
}

const struct sip_path *txn_path(const struct txn *t)
{
	return &t->path;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Same top Via but for the method (9.1), over the same gateway, of the same. */
struct txn *txn_cancelled(const osip_message_t *cancel,
			  const struct sip_path *path)
{
	const osip_via_t *want = osip_list_get(&cancel->vias, 0);
	const char *branch = message_branch(cancel);
	struct txn *t;

	if (!branch)
		return NULL;
	LIST_FOREACH(t, &txns, entry) {
		const osip_via_t *via;

		if (t->dead || t->tr->ctx_type != IST ||
		    t->path.gw != path->gw ||
		    t->path.peer.sin_addr.s_addr != path->peer.sin_addr.s_addr)
			continue;
		via = osip_list_get(&t->msg->vias, 0);
		if (same(message_branch(t->msg), branch) &&
		    same(via->host, want->host) && same(via->port, want->port))
			return t;
	}
	return NULL;
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
	}
	kick();
}
