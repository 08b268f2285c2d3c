// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   replaced         gateway        the other one     who replaces
 *                       ◄── INVITE, Replaces, offer ───────────
 *                       ── INVITE, offer ──►  in his dialog
 *                       ◄── 200, answer ────
 *                       ── ACK ────────────►
 *                       ── 200, answer ───────────────────────►
 *     ◄── BYE ────────  ◄── ACK ───────────────────────────────
 *
 * What fails before the other one's 200 leaves the call as it was; if it fails just
 * then he gets what he had once more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/call.h"
#include "sip/invite.h"
#include "sip/record.h"
#include "sip/replaces.h"
#include "sip/takeover.h"

/* RFC 3891, 3. What rings at him can't be had: two offers would meet. */
static int check_state(const struct leg *leg, bool early_only, const char **why)
{
	const struct call *c = leg->call;

	*why = "the call that it replaces has ended";
	switch (c->state) {
	case CALL_CANCELLING:
	case CALL_ENDING:
	case CALL_DEAD:
		return 603;
	case CALL_NEW:
	case CALL_CALLING:
	case CALL_RINGING:
		*why = "the call that it replaces is not answered";
		return 481;
	case CALL_ANSWERED:
	case CALL_ESTABLISHED:
		break;
	}
	*why = "the call that it replaces is answered";
	if (early_only)
		return 486;
	*why = "the call that it replaces is being changed";
	return c->state == CALL_ANSWERED || c->refer || c->takeover ? 491 : 0;
}

int takeover_check(const osip_message_t *req, const struct gateway *from,
		   struct leg **ret, const char **why)
{
	osip_header_t *h = NULL;
	struct replaces name;
	int pos = osip_message_header_get_byname(req, "replaces", 0, &h);
	struct leg *leg;

	*ret = NULL;
	if (pos < 0)
		return 0;
	*why = "no good Replaces";
	if (replaces_parse(h->hvalue ? h->hvalue : "", &name) < 0 ||
	    osip_message_header_get_byname(req, "replaces", pos + 1, &h) >= 0 ||
	    osip_message_header_get_byname(req, "join", 0, &h) >= 0)
		return 400;
	*why = "this gateway may not transfer";
	if (from->no_transfer)
		return 403;
	*why = "its Replaces names no call of this gateway";
	leg = replaces_find(&name, from);
	if (!leg)
		return 481;
	*ret = leg;
	return check_state(leg, name.early_only, why);
}

static void let_go(struct call **c)
{
	if (*c)
		(*c)->takeover = NULL;
	*c = NULL;
}

static void takeover_free(struct takeover *t)
{
	txn_release(t->txn);
	let_go(&t->old);
	let_go(&t->fresh);
	free(t);
}

struct call *takeover_new(const osip_message_t *req, struct gateway *from,
			  struct leg *replaced)
{
	struct call *old = replaced->call, *c;
	const struct target to = { .gw = leg_other(replaced)->gw };
	struct takeover *t = calloc(1, sizeof(*t));

	c = t ? call_new(from, &to) : NULL;
	if (!c) {
		free(t);
		return NULL;
	}
	record_party(req->from->url->username, c->caller);
	strcpy(c->called, replaced == &old->leg[0] ? old->called : old->caller);
	t->old = old;
	t->fresh = c;
	t->replaced = replaced;
	old->takeover = t;
	c->takeover = t;
	return c;
}

/* He has agreed to what isn't to be. */
static void undo(struct takeover *t, const char *offer, size_t len)
{
	struct leg *leg = leg_other(t->replaced);
	char *copy = t->late && offer ? strndup(offer, len) : NULL;
	bool late = t->late;

	takeover_free(t);
	if (!late)
		change_take_back(leg);
	else if (copy)
		change_answer_again(leg, copy);
	else
		call_hang_up(leg->call, "an offer can't be answered");
	secret_free_text(copy);
}

static int translate(const struct takeover *t, const char *sdp, size_t len,
		     struct media_refusal *why)
{
	struct call *c = t->fresh;

	why->status = 502;
	snprintf(why->reason, sizeof(why->reason), "he sent no SDP");
	if (!sdp)
		return -EINVAL;
	return t->late ? media_call_offer(c->media, 1, sdp, len, &c->answer,
					  why)
		       : media_call_answer(c->media, 1, sdp, len, &c->answer,
					   why);
}

/* It is the new peer's call now; that of the old one ends. */
static void complete(struct takeover *t, const char *sdp, size_t len)
{
	struct call *old = t->old, *fresh = t->fresh;

	change_abandon(old);
	infos_put_off(old);
	if (leg_move(&fresh->leg[1], leg_other(t->replaced)) < 0)
		log_error("sip", "call %u: no memory: it can't be ended by %s",
			  fresh->number, fresh->leg[1].gw->name);
	call_keep_sdp(&fresh->leg[1], t->late, sdp, len);
	takeover_free(t);
	log_info("sip", "call %u is replaced, now call %u", old->number,
		 fresh->number);
	invite_answer(fresh);
	call_hang_up(old, "replaced");
}

static void agreed(struct takeover *t, const osip_message_t *resp)
{
	struct leg *leg = leg_other(t->replaced);
	struct media_refusal why = { 0 };
	size_t len = 0;
	const char *sdp = message_sdp(resp, &len);

	dialog_refresh(&leg->dialog, resp);
	if (t->late)
		leg_ack_later(leg);
	else
		leg_acknowledge(leg, NULL);
	timer_answered(leg, resp);
	if (t->fresh && translate(t, sdp, len, &why) == 0) {
		complete(t, sdp, len);
		return;
	}
	/* It is held by its old call alone while the new one ends. */
	if (t->fresh) {
		struct call *fresh = t->fresh;

		let_go(&t->fresh);
		call_refuse(fresh, why.status ? why.status : 500, why.reason);
	}
	undo(t, sdp, len);
}

static void disagreed(struct takeover *t, int status)
{
	change_abandon(t->old);
	if (t->fresh)
		call_refuse(t->fresh, status, "the other one refuses");
	else
		takeover_free(t);
}

static void on_response(struct txn *txn, const osip_message_t *resp, void *arg)
{
	struct takeover *t = arg;

	leg_other(t->replaced)->path = *txn_path(txn);
	if (resp->status_code < 200)
		return;
	txn_release(txn);
	if (resp->status_code < 300)
		agreed(t, resp);
	else if (resp->status_code == 408 || resp->status_code == 481)
		call_hang_up(t->old, "the other one knows the call no more");
	else
		disagreed(t, message_map_status(resp->status_code));
}

static void on_failure(struct txn *txn, int status, const char *why, void *arg)
{
	struct takeover *t = arg;

	txn_release(txn);
	call_hang_up(t->old, why);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

int takeover_ask(struct call *fresh, const osip_message_t *req,
		 struct media_refusal *why)
{
	struct takeover *t = fresh->takeover;
	char *sdp = NULL;
	int ret;

	why->status = 491;
	snprintf(why->reason, sizeof(why->reason),
		 "the call that it replaces is being changed");
	if (change_reserve(t->replaced) < 0)
		return -EBUSY;
	why->status = 500;
	ret = invite_offer(fresh, req, &sdp, why);
	t->late = fresh->late;
	if (!ret)
		ret = leg_ask(leg_other(t->replaced), "INVITE", sdp, &client, t,
			      &t->txn);
	secret_free_text(sdp);
	if (ret < 0)
		change_abandon(t->old);
	return ret;
}

void takeover_over(struct call *c)
{
	struct takeover *t = c->takeover;
	struct call *fresh = t->fresh;

	if (c == fresh) {
		let_go(&t->fresh);
		if (!t->txn)
			takeover_free(t);
		return;
	}
	takeover_free(t);
	if (fresh)
		call_refuse(fresh, 603, "the call that it replaces has ended");
}
