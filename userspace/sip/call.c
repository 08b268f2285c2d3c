// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: one for each call, by its state:
 *   CALLING, RINGING    the callee has SIP_RING_SECONDS to answer
 *   ANSWERED, ENDING    our 2xx is repeated until the caller's ACK, 64 T1 long
 *   ESTABLISHED         the same for a re-INVITE; before, a change has
 *			 SIP_CHANGE_SECONDS to be answered
 *   CANCELLING          the callee has SIP_CANCEL_SECONDS to end its INVITE
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "sip/attended.h"
#include "sip/call.h"
#include "sip/limits.h"
#include "sip/record.h"
#include "sip/store.h"

TAILQ_HEAD(calls, call);

static struct calls calls, dead;
static unsigned int n_calls;
static uint32_t last_number;
static struct event *reaper;

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

static void call_free(struct call *c)
{
	change_abandon(c);
	infos_abandon(c);
	prack_clear(c);
	leg_clear(&c->leg[0]);
	leg_clear(&c->leg[1]);
	secret_free_text(c->answer);
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

void call_timer(struct call *c, unsigned int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	event_add(c->timer, &tv);
}

void call_timer_stop(struct call *c)
{
	event_del(c->timer);
}

void call_repeat_ok(struct call *c)
{
	c->resend_ms = SIP_T1_MS;
	c->resent_ms = 0;
	call_timer(c, c->resend_ms);
}

static void release_media(struct call *c)
{
	media_call_free(c->media);
	c->media = NULL;
}

static void bury(struct call *c)
{
	event_del(c->timer);
	for (unsigned int i = 0; i < 2; i++) {
		txn_release(c->leg[i].txn);
		leg_leave_ack(&c->leg[i]);
	}
	TAILQ_REMOVE(&calls, c, entry);
	n_calls--;
	TAILQ_INSERT_TAIL(&dead, c, entry);
	event_active(reaper, EV_TIMEOUT, 0);
}

/* A dialog may end with a re-INVITE in it; BYE need not wait for its ACK. */
static void end_change(struct call *c)
{
	change_abandon(c);
	infos_abandon(c);
	leg_forget_ok(&c->leg[0]);
	leg_forget_ok(&c->leg[1]);
}

void call_set_state(struct call *c, enum call_state state)
{
	enum call_state old = c->state;

	if (!(legal[old] & BIT(state))) {
		log_error("sip", "call %u: from %s to %s is not possible",
			  c->number, state_names[old], state_names[state]);
		return;
	}
	if (state > CALL_RINGING)
		prack_stop(c);
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
		call_repeat_ok(c);
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
		if (old == CALL_ESTABLISHED)
			end_change(c);
		if (old != CALL_ANSWERED || c->leg[0].end == LEG_ENDED)
			event_del(c->timer);
		break;
	case CALL_DEAD:
		release_media(c);
		bury(c);
		break;
	}
}

void call_over(struct call *c, int status, const char *why)
{
	if (c->end)
		return;
	c->end = time(NULL);
	if (c->since)
		log_info("sip", "call %u from %s to %s ended after %lld s: %s",
			 c->number, c->leg[0].gw->name, c->leg[1].gw->name,
			 (long long)(c->end - c->since), why);
	else
		log_info("sip", "call %u from %s to %s ended unanswered: %s",
			 c->number, c->leg[0].gw->name, c->leg[1].gw->name,
			 why);
	record_write(c, status, why);
	if (c->refer)
		refer_over(c, status);
	if (c->takeover)
		takeover_over(c);
}

/* Is there another leg to wait for? */
void call_leg_ended(struct call *c)
{
	if (c->state != CALL_ENDING)
		return;
	for (unsigned int i = 0; i < 2; i++)
		if (c->leg[i].end != LEG_ENDED)
			return;
	call_set_state(c, CALL_DEAD);
}

/* The caller must not get BYE before its ACK, or the end of hope for it. */
static void leg_hang_up(struct leg *leg)
{
	if (leg->end != LEG_ALIVE)
		return;
	if (leg->ok)
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
		call_over(c, 0, why);
		call_set_state(c, CALL_ENDING);
		leg_hang_up(&c->leg[0]);
		leg_hang_up(&c->leg[1]);
		call_leg_ended(c);
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
		call_leg_ended(c);
		return;
	case CALL_CALLING:
	case CALL_RINGING:
		/* Its 2xx hasn't gone on yet. */
		if (leg == &c->leg[1] && (c->prack.ok || refer_is_for(c)))
			call_refuse(c, 480, "the callee hung up");
		return;
	case CALL_NEW:
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
	if (!c->leg[1].ack && !c->leg[1].ack_due) {
		call_set_state(c, CALL_DEAD);
		return;
	}
	call_set_state(c, CALL_ENDING);
	leg_hang_up(&c->leg[1]);
	call_leg_ended(c);
}

void call_refuse(struct call *c, int status, const char *why)
{
	struct leg *a = &c->leg[0];

	call_over(c, status, why);
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

/* The caller's answer, if the callee made the offer, is in its ACK. */
static void established(struct call *c, const osip_message_t *ack)
{
	struct media_refusal why = { 0 };

	if (c->late && call_late_ack(&c->leg[0], ack, &why) < 0) {
		call_hang_up(c, why.reason);
		return;
	}
	log_info("sip", "call %u from %s to %s is established", c->number,
		 c->leg[0].gw->name, c->leg[1].gw->name);
	call_set_state(c, CALL_ESTABLISHED);
	if (c->late)
		store_save(c); /* it has a session now */
	if (c->refer)
		attended_ready(c->refer);
}

void call_acked(struct leg *leg, const osip_message_t *ack)
{
	struct call *c = leg->call;

	if (!leg_acked(leg, ack))
		return;
	event_del(c->timer);
	if (c->state == CALL_ESTABLISHED) {
		change_acked(leg, ack);
	} else if (c->state == CALL_ANSWERED) {
		established(c, ack);
	} else {
		leg_bye_now(leg);
		call_leg_ended(c);
	}
}

/* T1 doubling to T2, for 64 T1 (RFC 3261, 13.3.1.4). */
static void repeat_ok(struct call *c)
{
	struct leg *leg = &c->leg[!c->leg[0].ok];

	if (leg->end == LEG_ENDED)
		return;
	c->resent_ms += c->resend_ms;
	if (c->resent_ms >= 64 * SIP_T1_MS) {
		leg_forget_ok(leg);
		call_hang_up(c, leg == &c->leg[0] ? "the caller sent no ACK"
						  : "the callee sent no ACK");
		leg_bye_now(leg);
		call_leg_ended(c);
		return;
	}
	leg_resend_ok(leg);
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
	case CALL_ESTABLISHED:
		if (c->change.server || c->change.refresh)
			change_timeout(c);
		else
			repeat_ok(c);
		return;
	case CALL_NEW:
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

struct call *call_by_number(uint32_t number)
{
	struct call *c;

	TAILQ_FOREACH(c, &calls, entry) {
		if (c->number == number)
			return c;
	}
	return NULL;
}

void calls_each(void (*cb)(const struct call *c, void *arg), void *arg)
{
	const struct call *c;

	TAILQ_FOREACH(c, &calls, entry)
		cb(c, arg);
}

const char *call_state_name(const struct call *c)
{
	return state_names[c->state];
}

static bool use(const struct calls *list, const struct gateway *gw)
{
	const struct call *c;

	TAILQ_FOREACH(c, list, entry) {
		if (c->leg[0].gw == gw || c->leg[1].gw == gw)
			return true;
	}
	return false;
}

bool calls_use(const struct gateway *gw)
{
	return use(&calls, gw) || use(&dead, gw);
}

static void leg_init(struct call *c, unsigned int i, struct gateway *gw)
{
	struct leg *leg = &c->leg[i];

	memset(leg, 0, sizeof(*leg));
	leg->call = c;
	leg->gw = gw;
	leg->path.gw = gw;
	leg->path.transport = gw->transport;
	leg->path.peer = *gateway_hop(gw, false);
}

static void leg_aim(struct call *c)
{
	leg_init(c, 1, c->target.gw);
	c->leg[1].path = target_path(&c->target);
}

void call_aim(struct call *c)
{
	leg_clear(&c->leg[1]);
	leg_aim(c);
	release_media(c);
	c->provisional = false;
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
	c->start = time(NULL);
	if (number > last_number)
		last_number = number;
	leg_init(c, 0, from);
	leg_init(c, 1, to);
	TAILQ_INSERT_TAIL(&calls, c, entry);
	n_calls++;
	return c;
}

struct call *call_new(struct gateway *from, const struct target *to)
{
	struct call *c = call_new_numbered(from, to->gw, last_number + 1);

	if (!c)
		return NULL;
	c->target = *to;
	leg_aim(c);
	return c;
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
		if (c->refer)
			refer_over(c, 503);
		if (c->takeover)
			takeover_over(c);
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
