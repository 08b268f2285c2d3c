// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   transferor       gateway        transferee        target
 *     ── REFER ──────►
 *     ◄── 202 ────────
 *     ◄── NOTIFY 100 ─
 *                       ── INVITE, no SDP ──────────────►  in his dialog
 *                       ◄── 200, offer ──────────────────
 *                       ── INVITE, offer ─►
 *                       ◄── 200, answer ───
 *                       ── ACK ───────────►
 *                       ── ACK, answer ─────────────────►
 *     ◄── NOTIFY 200 ─
 *     ◄── BYE, BYE ───
 *
 * The media of the new call is its own, with keys and ports of its own and by what
 * both gateways demand: nothing of the two sessions before is relayed there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/attended.h"
#include "sip/call.h"
#include "sip/invite.h"

struct leg *attended_target(const struct refer *r)
{
	return leg_other(r->mine);
}

/* Where others can send, too, an address is part of who it is. */
static bool same_peer(const struct leg *a, const struct leg *b)
{
	return a->gw == b->gw &&
	       (!a->gw->extensions ||
		a->path.peer.sin_addr.s_addr == b->path.peer.sin_addr.s_addr);
}

/* Answered, or he is waiting for that: what rings at himself is not his yet. */
static bool is_his(const struct leg *leg, const struct call *old,
		   bool early_only)
{
	const struct call *c = leg->call;

	if (c == old || c->refer || leg->end != LEG_ALIVE)
		return false;
	switch (c->state) {
	case CALL_CALLING:
	case CALL_RINGING:
	case CALL_ANSWERED:
		return leg == &c->leg[0];
	case CALL_ESTABLISHED:
		return !early_only;
	case CALL_NEW:
	case CALL_CANCELLING:
	case CALL_ENDING:
	case CALL_DEAD:
		return false;
	}
	return false;
}

static struct call *new_call(const struct refer *r, struct leg *target)
{
	const struct leg *transferee = leg_other(r->from);
	const struct target to = { .gw = target->gw };
	struct media_refusal why;
	struct call *c = call_new(transferee->gw, &to);
	unsigned int i = transferee == &r->old->leg[1];

	if (!c)
		return NULL;
	c->late = true; /* the target makes the offer */
	strcpy(c->caller, i ? r->old->called : r->old->caller);
	i = target == &target->call->leg[1];
	strcpy(c->called, i ? target->call->called : target->call->caller);
	if (!invite_media(c, &why))
		return c;
	call_over(c, why.status, why.reason);
	call_set_state(c, CALL_DEAD);
	return NULL;
}

int attended_check(struct refer *r, const struct replaces *name,
		   const char **why)
{
	struct leg *mine = replaces_find(name, r->from->gw);

	*why = "its Replaces names no call of the transferor";
	if (!mine || !same_peer(mine, r->from) ||
	    !is_his(mine, r->old, name->early_only))
		return 403;
	*why = "too many calls, or no media";
	if (calls_full() || txn_full())
		return 503;
	r->fresh = new_call(r, leg_other(mine));
	if (!r->fresh)
		return 503;
	r->mine = mine;
	r->second = mine->call;
	r->old->refer = r;
	r->second->refer = r;
	r->fresh->refer = r;
	call_set_state(r->fresh, CALL_CALLING);
	log_info("sip", "call %u: to be joined with call %u, as call %u",
		 r->old->number, r->second->number, r->fresh->number);
	*why = "accepted";
	return 202;
}

/* The offer for the transferee, if the new call isn't over. */
static int pass_offer(struct refer *r, const osip_message_t *resp,
		      struct media_refusal *why)
{
	size_t len;
	const char *offer = message_sdp(resp, &len);
	char *sdp = NULL;
	int ret;

	why->status = 502;
	snprintf(why->reason, sizeof(why->reason), "the target sent no SDP");
	if (!offer)
		return -EINVAL;
	why->status = 500;
	r->offer = strndup(offer, len);
	if (!r->offer)
		return -ENOMEM;
	if (!r->fresh)
		return -ECANCELED;
	ret = media_call_offer(r->fresh->media, 1, r->offer, len, &sdp, why);
	if (!ret)
		ret = refer_offer(r, sdp, why);
	secret_free_text(sdp);
	return ret;
}

/* The target's offer; without one there is nothing that he could be told. */
static void agreed(struct refer *r, const osip_message_t *resp)
{
	struct leg *leg = attended_target(r);
	struct media_refusal why = { 0 };
	int ret;

	dialog_refresh(&leg->dialog, resp);
	leg_ack_later(leg);
	timer_answered(leg, resp);
	ret = pass_offer(r, resp, &why);
	if (!ret)
		return;
	if (!r->offer)
		call_hang_up(r->second, "the target made no offer");
	else if (r->fresh)
		call_refuse(r->fresh, why.status ? why.status : 500,
			    why.reason);
	else
		refer_give_up(r);
}

static void disagreed(struct refer *r, int status)
{
	change_abandon(r->second);
	if (r->fresh)
		call_refuse(r->fresh, status, "the target refuses");
	else
		refer_give_up(r);
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct refer *r = arg;

	attended_target(r)->path = *txn_path(t);
	if (resp->status_code < 200)
		return;
	txn_release(t);
	if (resp->status_code < 300)
		agreed(r, resp);
	else if (resp->status_code == 408 || resp->status_code == 481)
		call_hang_up(r->second, "the target knows the call no more");
	else
		disagreed(r, message_map_status(resp->status_code));
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct refer *r = arg;

	txn_release(t);
	call_hang_up(r->second, why);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

void attended_ready(struct refer *r)
{
	if (!r->second || r->second->state != CALL_ESTABLISHED || !r->fresh)
		return;
	if (change_reserve(r->mine) < 0) {
		call_refuse(r->fresh, 491, "the call is being changed");
		return;
	}
	if (leg_ask(attended_target(r), "INVITE", NULL, &client, r,
		    &r->asking) < 0)
		disagreed(r, 500);
}

void attended_move(struct refer *r)
{
	struct call *fresh = r->fresh;

	change_abandon(r->second);
	infos_put_off(r->second);
	if (leg_move(&fresh->leg[1], attended_target(r)) < 0)
		log_error("sip", "call %u: no memory: it can't be ended by %s",
			  fresh->number, fresh->leg[1].gw->name);
	call_keep_sdp(&fresh->leg[1], true, r->offer, strlen(r->offer));
}

void attended_decline(struct refer *r)
{
	struct leg *leg = attended_target(r);

	/* It has no part in the transfer any more, however it ends. */
	r->second->refer = NULL;
	r->second = NULL;
	change_answer_again(leg, r->offer);
}
