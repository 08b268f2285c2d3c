// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   from           gateway          the other leg
 *     ── offer ──────►  ── offer ──────►		re-INVITE, UPDATE
 *     ◄── 200, answer ─  ◄── 200, answer ─
 *     ── ACK ─────────►  ── ACK ────────►		its own hop's
 *
 *     ── INVITE ──────►  ── INVITE ─────►		late
 *     ◄── 200, offer ──  ◄── 200, offer ──
 *     ── ACK, answer ─►  ── ACK, answer ─►
 *
 * A peer that refuses leaves the session as it was. When one has accepted what
 * the other can't be told any more, the call ends: they would not agree.
 *
 * A CANCEL for a re-INVITE is answered and changes nothing: its final response
 * is on the way.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/call.h"
#include "sip/change.h"
#include "sip/limits.h"
#include "sip/store.h"

static void refuse(struct leg *leg, struct txn *t, int status, const char *why)
{
	osip_message_t *resp;

	log_info("sip",
		 "call %u: a change of the session by gateway %s is refused "
		 "with %d: %s",
		 leg->call->number, leg->gw->name, status, why);
	resp = message_response(txn_message(t), status, NULL,
				leg->dialog.local_tag);
	if (!resp)
		return;
	message_explain(resp, why);
	timer_explain(resp);
	if (status == 500)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

static void log_changed(const struct leg *leg)
{
	log_info("sip", "call %u: gateway %s has changed the session",
		 leg->call->number, leg->gw->name);
}

/* The session is as it was, or as it was asked for. */
static void finish(struct call *c)
{
	txn_release(c->change.server);
	txn_release(c->change.client);
	memset(&c->change, 0, sizeof(c->change));
	call_timer_stop(c);
}

static void refuse_change(struct call *c, int status, const char *why)
{
	if (c->change.server)
		refuse(c->change.from, c->change.server, status, why);
	finish(c);
}

/* The peers don't agree any more. */
static void break_off(struct call *c, int status, const char *why)
{
	refuse_change(c, status, why);
	call_hang_up(c, why);
}

static osip_message_t *make_ok(struct leg *leg, const struct txn *t,
			       const char *sdp)
{
	osip_message_t *resp = message_response(txn_message(t), 200, NULL,
						leg->dialog.local_tag);

	if (resp && message_add_contact(resp, &leg->path) == 0 &&
	    timer_answer(leg, txn_message(t), resp) == 0 &&
	    (!sdp || message_set_sdp(resp, sdp) == 0))
		return resp;
	osip_message_free(resp);
	return NULL;
}

/* Answer who asked. UPDATE is done then, INVITE waits for its ACK. */
static int accept_change(struct call *c, const char *sdp)
{
	struct leg *leg = c->change.from;
	struct txn *t = c->change.server;
	osip_message_t *resp = t ? make_ok(leg, t, sdp) : NULL;
	bool invite = t && MSG_IS_INVITE(txn_message(t));

	if (!resp || (invite && leg_keep_ok(leg, resp) < 0)) {
		osip_message_free(resp);
		return -ENOMEM;
	}
	dialog_refresh(&leg->dialog, txn_message(t));
	txn_respond(t, resp);
	txn_release(t);
	if (invite) {
		call_repeat_ok(c);
	} else {
		log_changed(leg);
		finish(c);
	}
	store_save(c);
	return 0;
}

/* The other peer agrees: tell the one that asked. */
static void agreed(struct leg *leg, const osip_message_t *resp)
{
	struct call *c = leg->call;
	struct media_refusal why = { 0 };
	bool late = c->change.late;
	char *sdp = NULL;
	int ret;

	dialog_refresh(&leg->dialog, resp);
	if (late)
		leg_ack_later(leg);
	else if (!strcmp(resp->cseq->method, "INVITE"))
		leg_acknowledge(leg, NULL);
	timer_answered(leg, resp);
	ret = call_sdp(leg, resp, late, &sdp, &why);
	if (!ret && c->change.refresh) {
		finish(c);
		secret_free_text(sdp);
	} else if (!ret) {
		ret = accept_change(c, sdp);
		snprintf(why.reason, sizeof(why.reason),
			 "no memory, or nobody waits for the answer");
		secret_free(sdp, strlen(sdp));
	}
	if (ret < 0)
		break_off(c, why.status ? why.status : 500, why.reason);
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct leg *leg = arg;
	struct call *c = leg->call;
	char why[64];

	leg->path = *txn_path(t);
	if (resp->status_code < 200)
		return;
	txn_release(t);
	if (resp->status_code < 300) {
		agreed(leg, resp);
		return;
	}
	snprintf(why, sizeof(why), "gateway %.32s answered %d", leg->gw->name,
		 resp->status_code);
	if (resp->status_code == 422)
		timer_too_small(leg, resp);
	/* Its side of the dialog is gone (RFC 3261, 12.2.1.2). */
	if (resp->status_code == 408 || resp->status_code == 481)
		break_off(c, resp->status_code, why);
	else
		refuse_change(c, message_map_status(resp->status_code), why);
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct leg *leg = arg;

	txn_release(t);
	break_off(leg->call, status == 408 ? 408 : 502, why);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

/* Without SDP nothing changes but, perhaps, the peer's Contact. */
static void refresh(struct leg *leg, struct txn *t)
{
	osip_message_t *resp = make_ok(leg, t, NULL);

	dialog_refresh(&leg->dialog, txn_message(t));
	store_save(leg->call);
	txn_respond(t, resp);
}

/* Status of a refusal, or 0 (RFC 3261, 14.2; RFC 3311, 5.2). */
static int check(const struct leg *leg, const osip_message_t *req,
		 const char **why)
{
	const struct call *c = leg->call;
	size_t len;

	*why = "the call is over";
	if (c->state == CALL_ENDING || c->state == CALL_DEAD)
		return 481;
	*why = "the one before has not ended";
	if (c->change.from == leg || leg->ok)
		return 500;
	*why = "the other side changes it, too";
	if (c->change.from)
		return 491;
	*why = "the call is not established yet";
	if (c->state != CALL_ESTABLISHED)
		return 491;
	*why = "the body is not application/sdp";
	if (message_has_body(req) && !message_sdp(req, &len))
		return 415;
	return timer_check(req, why);
}

static void start(struct leg *leg, struct txn *t, const osip_message_t *req)
{
	struct call *c = leg->call;
	struct leg *other = leg_other(leg);
	struct media_refusal why = { .status = 500 };
	const char *method = "INVITE";
	char *sdp = NULL;

	c->change.from = leg;
	c->change.late = !message_has_body(req);
	txn_own(t, &c->change.server);
	if (!c->change.late && call_sdp(leg, req, true, &sdp, &why) < 0) {
		refuse_change(c, why.status, why.reason);
		return;
	}
	if (!MSG_IS_INVITE(req) && other->dialog.update)
		method = "UPDATE";
	if (leg_ask(other, method, sdp, &client, other, &c->change.client) < 0)
		refuse_change(c, 500, "no memory, or too many transactions");
	else
		call_timer(c, SIP_CHANGE_SECONDS * 1000);
	secret_free_text(sdp);
}

int change_reserve(struct leg *from)
{
	struct call *c = from->call;

	if (c->state != CALL_ESTABLISHED || c->change.from || c->leg[0].ok ||
	    c->leg[1].ok)
		return -EBUSY;
	c->change.from = from;
	c->change.refresh = true;
	call_timer(c, SIP_CHANGE_SECONDS * 1000);
	return 0;
}

int change_refresh(struct leg *leg)
{
	struct call *c = leg->call;
	struct leg *other = leg_other(leg);
	unsigned int from = leg == &c->leg[0];
	struct media_refusal why = { 0 };
	char *sdp = NULL;
	int ret;

	if (!other->sdp)
		return -ENOENT;
	if (change_reserve(other) < 0)
		return -EBUSY;
	secret_free_text(other->offered);
	other->offered = NULL;
	ret = media_call_offer_untold(c->media, from, from, other->sdp,
				      strlen(other->sdp), &sdp, &why);
	if (!ret)
		ret = leg_ask(leg, "INVITE", sdp, &client, leg,
			      &c->change.client);
	secret_free_text(sdp);
	if (ret < 0)
		finish(c);
	return ret;
}

void change_take_back(struct leg *leg)
{
	change_abandon(leg->call);
	if (change_refresh(leg) < 0)
		call_hang_up(leg->call, "a change can't be taken back");
}

/* The other peer isn't told. */
static int answer_for(struct leg *leg, const char *offer, char **ret_sdp)
{
	struct call *c = leg->call;
	struct leg *other = leg_other(leg);
	unsigned int from = leg == &c->leg[1];
	struct media_refusal why;
	char *sdp;
	int ret;

	if (!other->sdp)
		return -ENOENT;
	ret = media_call_offer_untold(c->media, from, !from, offer,
				      strlen(offer), &sdp, &why);
	if (ret < 0)
		return ret;
	secret_free_text(sdp);
	return media_call_answer(c->media, !from, other->sdp,
				 strlen(other->sdp), ret_sdp, &why);
}

void change_answer_again(struct leg *leg, const char *offer)
{
	char *sdp = NULL;
	int ret = answer_for(leg, offer, &sdp);

	change_abandon(leg->call);
	leg_acknowledge(leg, sdp);
	secret_free_text(sdp);
	if (ret < 0)
		call_hang_up(leg->call, "an offer can't be answered");
}

void change_requested(struct leg *leg, struct txn *t, const osip_message_t *req)
{
	const char *why = "";
	int status = check(leg, req, &why);

	if (status)
		refuse(leg, t, status, why);
	else if (MSG_IS_INVITE(req)) {
		txn_respond(t, message_response(req, 100, NULL, NULL));
		start(leg, t, req);
	} else if (message_has_body(req)) {
		start(leg, t, req);
	} else {
		refresh(leg, t);
	}
}

void change_acked(struct leg *leg, const osip_message_t *ack)
{
	struct call *c = leg->call;
	struct media_refusal why = { 0 };
	int ret = 0;

	if (c->change.from != leg)
		return;
	if (c->change.late)
		ret = call_late_ack(leg, ack, &why);
	finish(c);
	if (ret < 0)
		call_hang_up(c, why.reason);
	else
		log_changed(leg);
}

void change_timeout(struct call *c)
{
	break_off(c, 408, "a change of the session was not answered in time");
}

void change_abandon(struct call *c)
{
	struct leg *leg = c->change.from;

	if (!leg)
		return;
	if (c->change.server)
		refuse(leg, c->change.server, 487, "the call ends");
	finish(c);
}
