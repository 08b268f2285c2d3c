// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: one for each call, by its state:
 *   CALLING, RINGING    the callee has SIP_RING_SECONDS to answer
 *   ANSWERED, ENDING    our 2xx is repeated until the caller's ACK, 64 T1 long
 *   CANCELLING          the callee has SIP_CANCEL_SECONDS to end its INVITE
 */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "sip/call.h"
#include "sip/limits.h"
#include "sip/store.h"

TAILQ_HEAD(calls, call);

static struct calls calls, dead;
static unsigned int n_calls;
static uint32_t last_number;
static struct event *reaper;
/* Balanced trees: what a peer chooses as a key can't make them slow. */
static void *tag_index, *origin_index;

static const char *const state_names[] = {
	[CALL_NEW] = "new",
	[CALL_CALLING] = "calling",
	[CALL_RINGING] = "ringing",
	[CALL_ANSWERED] = "answered",
	[CALL_ESTABLISHED] = "established",
	[CALL_CANCELLING] = "cancelling",
	[CALL_ENDING] = "ending",
	[CALL_DEAD] = "dead",
};

/* States that may follow, as bits. */
#define BIT(state) (1U << (state))
static const unsigned int legal[] = {
	[CALL_NEW] = BIT(CALL_CALLING) | BIT(CALL_ESTABLISHED) | BIT(CALL_DEAD),
	[CALL_CALLING] = BIT(CALL_RINGING) | BIT(CALL_ANSWERED) |
			 BIT(CALL_CANCELLING) | BIT(CALL_ENDING) |
			 BIT(CALL_DEAD),
	[CALL_RINGING] = BIT(CALL_ANSWERED) | BIT(CALL_CANCELLING) |
			 BIT(CALL_ENDING) | BIT(CALL_DEAD),
	[CALL_ANSWERED] = BIT(CALL_ESTABLISHED) | BIT(CALL_ENDING),
	[CALL_ESTABLISHED] = BIT(CALL_ENDING),
	[CALL_CANCELLING] = BIT(CALL_ENDING) | BIT(CALL_DEAD),
	[CALL_ENDING] = BIT(CALL_DEAD),
	[CALL_DEAD] = 0,
};

static int compare_tag(const void *a, const void *b)
{
	const struct leg *x = a, *y = b;

	return strcmp(x->dialog.local_tag, y->dialog.local_tag);
}

static int compare_origin(const void *a, const void *b)
{
	const struct leg *x = a, *y = b;
	int ret;

	if (x->gw != y->gw)
		return x->gw < y->gw ? -1 : 1;
	ret = strcmp(x->dialog.call_id, y->dialog.call_id);
	if (!ret)
		ret = strcmp(x->dialog.remote_tag, y->dialog.remote_tag);
	if (!ret && x->invite_cseq != y->invite_cseq)
		ret = x->invite_cseq < y->invite_cseq ? -1 : 1;
	return ret;
}

struct leg *leg_by_tag(const char *local_tag)
{
	struct leg key = { .dialog.local_tag = (char *)local_tag };
	struct leg **found = tfind(&key, &tag_index, compare_tag);

	return found ? *found : NULL;
}

struct leg *leg_by_origin(const struct gateway *gw, const osip_message_t *req)
{
	struct leg key = {
		.gw = (struct gateway *)gw,
		.dialog.remote_tag = (char *)message_tag(req->from),
		.invite_cseq = message_cseq(req),
	};
	struct leg **found;

	if (!key.dialog.remote_tag ||
	    osip_call_id_to_str(req->call_id, &key.dialog.call_id) != 0)
		return NULL;
	found = tfind(&key, &origin_index, compare_origin);
	osip_free(key.dialog.call_id);
	return found ? *found : NULL;
}

int leg_index(struct leg *leg)
{
	if (!tsearch(leg, &tag_index, compare_tag))
		return -ENOMEM;
	leg->by_tag = true;
	if (!leg->invite_branch)
		return 0;
	if (!tsearch(leg, &origin_index, compare_origin))
		return -ENOMEM;
	leg->by_origin = true;
	return 0;
}

static void leg_clear(struct leg *leg)
{
	if (leg->by_tag)
		tdelete(leg, &tag_index, compare_tag);
	if (leg->by_origin)
		tdelete(leg, &origin_index, compare_origin);
	txn_release(leg->txn);
	free(leg->invite_branch);
	dialog_clear(&leg->dialog);
}

static void call_free(struct call *c)
{
	leg_clear(&c->leg[0]);
	leg_clear(&c->leg[1]);
	osip_message_free(c->ok);
	osip_message_free(c->ack);
	secret_free(c->answer, c->answer ? strlen(c->answer) : 0);
	free(c->early_tag);
	if (c->timer)
		event_free(c->timer);
	free(c);
}

static void on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct call *c;

	while ((c = TAILQ_FIRST(&dead))) {
		TAILQ_REMOVE(&dead, c, entry);
		call_free(c);
	}
}

static void call_timer(struct call *c, unsigned int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	event_add(c->timer, &tv);
}

static void release_media(struct call *c)
{
	media_call_free(c->media);
	c->media = NULL;
}

static void bury(struct call *c)
{
	event_del(c->timer);
	for (unsigned int i = 0; i < 2; i++)
		txn_release(c->leg[i].txn);
	TAILQ_REMOVE(&calls, c, entry);
	n_calls--;
	TAILQ_INSERT_TAIL(&dead, c, entry);
	event_active(reaper, EV_TIMEOUT, 0);
}

void call_set_state(struct call *c, enum call_state state)
{
	enum call_state old = c->state;

	if (!(legal[old] & BIT(state))) {
		log_error("sip", "call %u: from %s to %s is not possible",
			  c->number, state_names[old], state_names[state]);
		return;
	}
	log_dbg("sip", "call %u: %s, was %s", c->number, state_names[state],
		state_names[old]);
	c->state = state;
	switch (state) {
	case CALL_NEW:
		break;
	case CALL_CALLING:
		call_timer(c, SIP_RING_SECONDS * 1000);
		break;
	case CALL_RINGING:
		break;
	case CALL_ANSWERED:
		c->since = time(NULL);
		c->resend_ms = SIP_T1_MS;
		call_timer(c, c->resend_ms);
		store_save(c);
		break;
	case CALL_ESTABLISHED:
		event_del(c->timer);
		break;
	case CALL_CANCELLING:
		release_media(c);
		call_timer(c, SIP_CANCEL_SECONDS * 1000);
		break;
	case CALL_ENDING:
		release_media(c);
		store_delete(c);
		if (old != CALL_ANSWERED || c->leg[0].end == LEG_ENDED)
			event_del(c->timer);
		break;
	case CALL_DEAD:
		release_media(c);
		store_delete(c);
		bury(c);
		break;
	}
}

static void log_end(const struct call *c, const char *why)
{
	if (c->since)
		log_info("sip", "call %u from %s to %s ended after %lld s: %s",
			 c->number, c->leg[0].gw->name, c->leg[1].gw->name,
			 (long long)(time(NULL) - c->since), why);
	else
		log_info("sip", "call %u from %s to %s ended unanswered: %s",
			 c->number, c->leg[0].gw->name, c->leg[1].gw->name,
			 why);
}

/* In CALL_ENDING: is there a leg to wait for? */
static void check_ended(struct call *c)
{
	if (c->state != CALL_ENDING)
		return;
	for (unsigned int i = 0; i < 2; i++)
		if (c->leg[i].end != LEG_ENDED)
			return;
	call_set_state(c, CALL_DEAD);
}

void leg_path(const struct leg *leg, struct sip_path *path)
{
	*path = leg->path;
	if (path->transport == SIP_UDP)
		path->transport = leg->gw->transport;
	dialog_path(&leg->dialog, path);
}

static void bye_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct leg *leg = arg;

	if (resp->status_code < 200)
		return;
	leg->end = LEG_ENDED;
	txn_release(t);
	check_ended(leg->call);
}

static void bye_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct leg *leg = arg;

	log_info("sip", "call %u: BYE to gateway %s: %s", leg->call->number,
		 leg->gw->name, why);
	leg->end = LEG_ENDED;
	txn_release(t);
	check_ended(leg->call);
}

static const struct txn_client bye_client = {
	.on_response = bye_response,
	.on_failure = bye_failure,
};

/* The leg's INVITE is over: its place is free for the BYE. */
static void leg_send_bye(struct leg *leg)
{
	struct sip_path path;
	osip_message_t *bye;

	txn_release(leg->txn);
	leg_path(leg, &path);
	leg->end = LEG_BYE_SENT;
	bye = dialog_request(&leg->dialog, "BYE", &path);
	if (!bye || txn_request(bye, &path, &bye_client, leg, &leg->txn) < 0)
		leg->end = LEG_ENDED;
}

/* The caller must not get BYE before its ACK, or the end of hope for it. */
static void leg_hang_up(struct leg *leg)
{
	struct call *c = leg->call;

	if (leg->end != LEG_ALIVE)
		return;
	if (leg == &c->leg[0] && c->ok && !c->acked)
		leg->end = LEG_BYE_DUE;
	else
		leg_send_bye(leg);
}

static void leg_bye_now(struct leg *leg)
{
	if (leg->end == LEG_BYE_DUE)
		leg_send_bye(leg);
}

void call_hang_up(struct call *c, const char *why)
{
	switch (c->state) {
	case CALL_NEW:
	case CALL_CALLING:
	case CALL_RINGING:
		call_refuse(c, 480, why);
		return;
	case CALL_ANSWERED:
	case CALL_ESTABLISHED:
		log_end(c, why);
		call_set_state(c, CALL_ENDING);
		leg_hang_up(&c->leg[0]);
		leg_hang_up(&c->leg[1]);
		check_ended(c);
		return;
	case CALL_CANCELLING:
	case CALL_ENDING:
	case CALL_DEAD:
		return;
	}
}

void call_bye(struct leg *leg)
{
	struct call *c = leg->call;

	if (leg->end != LEG_BYE_SENT)
		leg->end = LEG_ENDED;
	switch (c->state) {
	case CALL_ANSWERED:
	case CALL_ESTABLISHED:
		call_hang_up(c, leg == &c->leg[0] ? "the caller hung up"
						  : "the callee hung up");
		return;
	case CALL_ENDING:
		check_ended(c);
		return;
	case CALL_NEW:
	case CALL_CALLING:
	case CALL_RINGING:
	case CALL_CANCELLING:
	case CALL_DEAD:
		return; /* no dialog yet, or no more */
	}
}

static void send_cancel(struct call *c)
{
	struct leg *leg = &c->leg[1];
	osip_message_t *cancel;

	if (!leg->txn || !c->provisional || c->cancel_sent)
		return; /* not before a provisional answer (RFC 3261, 9.1) */
	c->cancel_sent = true;
	cancel = message_cancel(txn_message(leg->txn));
	if (cancel)
		txn_request(cancel, txn_path(leg->txn), NULL, NULL, NULL);
}

bool call_provisional(struct call *c)
{
	c->provisional = true;
	if (c->state != CALL_CANCELLING)
		return true;
	send_cancel(c);
	return false;
}

void call_late_answer(struct call *c)
{
	if (!c->ack) {
		call_set_state(c, CALL_DEAD);
		return;
	}
	call_set_state(c, CALL_ENDING);
	leg_hang_up(&c->leg[1]);
	check_ended(c);
}

void call_refuse(struct call *c, int status, const char *why)
{
	struct leg *a = &c->leg[0];

	log_end(c, why);
	if (a->txn)
		txn_respond(a->txn,
			    message_response(txn_message(a->txn), status, NULL,
					     a->dialog.local_tag));
	txn_release(a->txn);
	a->end = LEG_ENDED;
	if (c->leg[1].txn) {
		call_set_state(c, CALL_CANCELLING);
		send_cancel(c);
	} else {
		call_late_answer(c);
	}
}

void call_cancelled(struct call *c)
{
	if (c->state == CALL_CALLING || c->state == CALL_RINGING)
		call_refuse(c, 487, "the caller cancelled");
}

void call_acked(struct call *c, const osip_message_t *ack)
{
	if (c->acked || !c->ok || message_cseq(ack) != c->leg[0].invite_cseq)
		return;
	c->acked = true;
	event_del(c->timer);
	if (c->state == CALL_ANSWERED) {
		log_info("sip", "call %u from %s to %s is established",
			 c->number, c->leg[0].gw->name, c->leg[1].gw->name);
		call_set_state(c, CALL_ESTABLISHED);
	} else {
		leg_bye_now(&c->leg[0]);
		check_ended(c);
	}
}

int call_resend_ok(struct call *c)
{
	struct leg *leg = &c->leg[0];

	return c->ok && !c->acked ? txn_send(c->ok, &leg->path) : -EALREADY;
}

void leg_ack(struct leg *leg)
{
	struct sip_path path;

	if (!leg->call->ack)
		return;
	leg_path(leg, &path);
	txn_send(leg->call->ack, &path);
}

void leg_refuse_fork(struct leg *leg, const osip_message_t *resp)
{
	struct dialog fork = { 0 };
	struct sip_path path = leg->path;
	osip_message_t *ack, *bye;

	if (dialog_fork(&fork, &leg->dialog, resp) == 0) {
		log_info("sip",
			 "call %u: a second callee answered, it gets "
			 "BYE",
			 leg->call->number);
		dialog_path(&fork, &path);
		ack = dialog_request(&fork, "ACK", &path);
		if (ack)
			txn_send(ack, &path);
		osip_message_free(ack);
		bye = dialog_request(&fork, "BYE", &path);
		if (bye)
			txn_request(bye, &path, NULL, NULL, NULL);
	}
	dialog_clear(&fork);
}

/* T1 doubling to T2, for 64 T1 (RFC 3261, 13.3.1.4). */
static void repeat_ok(struct call *c)
{
	if (c->leg[0].end == LEG_ENDED)
		return;
	c->resent_ms += c->resend_ms;
	if (c->resent_ms >= 64 * SIP_T1_MS) {
		c->acked = true; /* no hope for it any more */
		call_hang_up(c, "the caller sent no ACK");
		leg_bye_now(&c->leg[0]);
		check_ended(c);
		return;
	}
	call_resend_ok(c);
	c->resend_ms *= 2;
	if (c->resend_ms > SIP_T2_MS)
		c->resend_ms = SIP_T2_MS;
	call_timer(c, c->resend_ms);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct call *c = arg;

	switch (c->state) {
	case CALL_CALLING:
	case CALL_RINGING:
		call_refuse(c, 408, "the callee did not answer in time");
		return;
	case CALL_ANSWERED:
	case CALL_ENDING:
		repeat_ok(c);
		return;
	case CALL_CANCELLING:
		txn_abandon(c->leg[1].txn);
		call_set_state(c, CALL_DEAD);
		return;
	case CALL_NEW:
	case CALL_ESTABLISHED:
	case CALL_DEAD:
		return;
	}
}

void call_media_idle(struct media_call *mc, void *arg)
{
	call_hang_up(arg, "no media");
}

bool calls_full(void)
{
	return n_calls >= SIP_CALLS_MAX;
}

struct call *call_new_numbered(struct gateway *from, struct gateway *to,
			       uint32_t number)
{
	struct call *c;

	if (calls_full())
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->timer = evtimer_new(loop_base(), on_timer, c);
	if (!c->timer) {
		free(c);
		return NULL;
	}
	c->number = number;
	if (number > last_number)
		last_number = number;
	c->leg[0].call = c;
	c->leg[0].gw = from;
	c->leg[1].call = c;
	c->leg[1].gw = to;
	for (unsigned int i = 0; i < 2; i++) {
		c->leg[i].path.gw = c->leg[i].gw;
		c->leg[i].path.transport = c->leg[i].gw->transport;
		c->leg[i].path.peer = c->leg[i].gw->proxy;
	}
	TAILQ_INSERT_TAIL(&calls, c, entry);
	n_calls++;
	return c;
}

struct call *call_new(struct gateway *from, struct gateway *to)
{
	return call_new_numbered(from, to, last_number + 1);
}

int calls_init(void)
{
	TAILQ_INIT(&calls);
	TAILQ_INIT(&dead);
	n_calls = 0;
	last_number = 0;
	reaper = evtimer_new(loop_base(), on_reap, NULL);
	return reaper ? 0 : -ENOMEM;
}

void calls_exit(void)
{
	struct call *c;

	if (!reaper)
		return;
	while ((c = TAILQ_FIRST(&calls))) {
		if (c->state < CALL_ANSWERED) {
			call_refuse(c, 503, "the gateway stops");
			continue;
		}
		/* The kernel session and the record are left for adoption. */
		TAILQ_REMOVE(&calls, c, entry);
		n_calls--;
		if (c->state > CALL_ESTABLISHED)
			release_media(c);
		media_call_leave(c->media);
		call_free(c);
	}
	on_reap(-1, 0, NULL);
	event_free(reaper);
	reaper = NULL;
}
