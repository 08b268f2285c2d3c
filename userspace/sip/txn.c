// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: `tick`, for what must not happen inside of a callback: failures are told,
 * and transactions that ended are freed there, where none is in use.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/ended.h"
#include "sip/heap.h"
#include "sip/limits.h"
#include "sip/message.h"
#include "sip/txn-internal.h"

static osip_t *osip;
static const struct txn_user *user;

static void tell_failure(struct txn *t, int status, const char *why)
{
	if (t->answered)
		return;
	t->answered = true;
	transport_unanswered(&t->path);
	if (t->ops && t->ops->on_failure)
		t->ops->on_failure(t, status, why, t->arg);
}

/* @again takes the place of the request of @t, whose owner doesn't notice. */
static bool restart(struct txn *t, osip_message_t *again)
{
	char *key = message_key(again, again->sip_method, NULL);
	osip_event_t *ev = osip_new_outgoing_sipmessage(again);
	osip_transaction_t *tr = ev && key ? txn_machine(ev) : NULL;

	if (!tr || !txn_part(t, key)) {
		if (tr)
			txn_machine_free(tr);
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
	txn_execute(t, ev);
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
	txn_end(osip_transaction_get_your_instance(tr));
}

static void fail(struct txn *t, const char *why)
{
	t->failed = 503;
	t->why = why;
	txn_wait(t);
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

void txn_answer(const osip_message_t *req, osip_message_t *resp,
		struct sip_path *path)
{
	if (!resp)
		return;
	if (path->transport == SIP_UDP)
		message_reply_to(req, &path->peer);
	txn_send(resp, path);
	osip_message_free(resp);
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
	txn_forget(t);
	tell_failure(t, 503, t->why);
}

/*
 * Copies of an INVITE, and of the response that our ACK was for, need an answer
 * yet, or silence. Those of other responses get that anyway.
 */
static void keep_what_is_over(struct txn *t)
{
	bool silent = t->tr->ctx_type == IST;

	txn_forget(t);
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
	if (!t->dead && txn_is_over(t))
		keep_what_is_over(t);
	if (t->dead)
		txn_free(t);
}

/* Those that come to wait meanwhile have another tick. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct txn *t;

	for (unsigned int n = txn_count(); n && (t = txn_next_waiting()); n--)
		look_at(t);
	txn_kick();
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
	int ret;

	message_init();
	ret = ended_init();
	if (!ret)
		ret = txn_table_init(on_tick, &osip);
	if (ret) {
		ended_exit();
		return ret;
	}
	user = u;
	set_callbacks();
	return 0;
}

void txn_exit(void)
{
	txn_table_exit();
	ended_exit();
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
	txn_execute(t, ev);
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
	osip_event_t *ev = heap_zalloc(sizeof(*ev));
	struct sip_path path = *from;
	struct sip_alias alias;
	struct txn *t;
	char *key;

	if (!ev || (MSG_IS_REQUEST(msg) && message_received(msg, from) < 0)) {
		osip_message_free(msg);
		heap_free(ev);
		return;
	}
	if (from->transport == SIP_TLS && MSG_IS_REQUEST(msg) &&
	    message_alias(msg, &alias))
		transport_alias(from, alias.host, alias.port);
	ev->sip = msg;
	ev->type = incoming_type(msg);
	key = message_key(msg, msg->cseq->method,
			  MSG_IS_REQUEST(msg) ? from->gw->name : NULL);
	t = txn_find(key);
	if (t && t->path.gw == from->gw)
		txn_execute(t, ev);
	else if (!key || t || ended_absorb(key, from))
		osip_event_free(ev);
	else
		no_transaction(ev, &path);
	free(key);
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
	txn_execute(t, ev);
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
	txn_execute(t, ev);
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
	txn_end(t);
}

const osip_message_t *txn_message(const struct txn *t)
{
	return t->msg;
}

bool txns_use(const struct gateway *gw)
{
	const struct txn *t;

	for (t = txn_first(); t; t = LIST_NEXT(t, entry)) {
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
	struct txn *t = txn_find(key);

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

	for (t = txn_first(); t; t = LIST_NEXT(t, entry)) {
		if (t->path.conn != conn)
			continue;
		t->path.conn = 0;
		t->lost = t->tr->state == ICT_CALLING ||
			  t->tr->state == NICT_TRYING;
		if (t->lost)
			txn_wait(t);
	}
}
