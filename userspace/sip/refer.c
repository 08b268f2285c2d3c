// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   transferor       gateway        transferee        target
 *     ── REFER ──────►
 *     ◄── 202 ────────
 *     ◄── NOTIFY 100 ─
 *                       ── INVITE, no SDP ──────────────►
 *                       ◄── 200, offer ──────────────────
 *                       ── INVITE, offer ─►
 *                       ◄── 200, answer ───
 *                       ── ACK ───────────►
 *                       ── ACK, answer ─────────────────►
 *     ◄── NOTIFY 200 ─
 *     ◄── BYE ────────
 *
 * What fails before the transferee's 200 leaves the call as it was, and is told
 * in a NOTIFY. If the target leaves just then, he gets what he had once more. The
 * target's INVITE has the time of any other.
 *
 * With Replaces the target has a call with the transferor already: see attended.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/attended.h"
#include "sip/call.h"
#include "sip/invite.h"
#include "sip/limits.h"
#include "sip/refer.h"
#include "sip/replaces.h"
#include "sip/store.h"

/* Of the target. As an answer to the REFER it would be about the call: his phone
 * would take that for over (RFC 5057, 5.1). */
static bool is_for_notify(int status)
{
	return status == 404 || status == 480;
}

static void respond(const struct leg *leg, struct txn *t, int status,
		    const char *why)
{
	int said = is_for_notify(status) ? 202 : status;
	osip_message_t *resp = message_response(txn_message(t), said, NULL,
						leg->dialog.local_tag);

	log_info("sip", "call %u: REFER of gateway %s: %d, %s",
		 leg->call->number, leg->gw->name, status, why);
	if (resp && said == 202 && message_add_contact(resp, &leg->path) < 0) {
		osip_message_free(resp);
		return;
	}
	if (resp && status == 500)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

static int fill_notify(osip_message_t *req, const struct refer *r, int status)
{
	const char *reason = osip_message_get_reason(status);
	char event[32], text[96];

	snprintf(event, sizeof(event), "refer;id=%u", r->cseq);
	snprintf(text, sizeof(text), "SIP/2.0 %d %s\r\n", status,
		 reason ? reason : "Unknown");
	return message_add_contact(req, &r->from->path) ||
	       osip_message_set_header(req, "Event", event) ||
	       osip_message_set_header(req, "Subscription-State",
				       status < 200 ? "active;expires=180"
						    : "terminated;reason="
						      "noresource") ||
	       osip_message_set_content_type(req,
					     "message/sipfrag;version=2.0") ||
	       osip_message_set_body(req, text, strlen(text));
}

/* How the transfer goes; no more than a status of the other side is told. */
static void tell(const struct refer *r, int status)
{
	struct leg *leg = r->from;
	struct sip_path path;
	osip_message_t *req;

	if (!r->old || leg->end != LEG_ALIVE)
		return;
	leg_path(leg, &path);
	req = dialog_request(&leg->dialog, "NOTIFY", &path);
	if (req && !fill_notify(req, r, status))
		txn_request(req, &path, NULL, NULL, NULL);
	else
		osip_message_free(req);
}

static void let_go(struct call **c)
{
	if (*c)
		(*c)->refer = NULL;
	*c = NULL;
}

static void refer_free(struct refer *r)
{
	txn_release(r->txn);
	txn_release(r->asking);
	let_go(&r->old);
	let_go(&r->second);
	let_go(&r->fresh);
	osip_message_free(r->invite);
	secret_free_text(r->offer);
	free(r);
}

void refer_give_up(struct refer *r)
{
	if (r->second && r->offer)
		attended_decline(r);
	if (!r->txn && !r->asking)
		refer_free(r);
}

static void fresh_over(struct refer *r, int status)
{
	tell(r, status ? status : 500);
	let_go(&r->fresh);
	refer_give_up(r);
}

bool refer_is_for(const struct call *c)
{
	return c->refer && c == c->refer->fresh;
}

void refer_over(struct call *c, int status)
{
	struct refer *r = c->refer;
	struct call *fresh = r->fresh;
	bool second = c == r->second;

	if (c == fresh) {
		fresh_over(r, status);
		return;
	}
	if (second) {
		txn_release(r->asking);
		let_go(&r->second);
	} else {
		txn_release(r->txn);
		let_go(&r->old);
	}
	if (!fresh)
		refer_give_up(r);
	else if (second)
		call_refuse(fresh, status ? status : 480,
			    "the target has left");
	else
		call_hang_up(fresh, "the transferor's call ended");
}

/* It is the transferee's call now; those of the transferor end. */
static void complete(struct refer *r, const char *sdp, size_t len)
{
	struct call *old = r->old, *fresh = r->fresh, *second = r->second;

	tell(r, 200);
	change_abandon(old);
	infos_put_off(old);
	if (leg_move(&fresh->leg[0], leg_other(r->from)) < 0)
		log_error("sip", "call %u: no memory: it can't be ended by %s",
			  fresh->number, fresh->leg[0].gw->name);
	if (second)
		attended_move(r);
	call_keep_sdp(&fresh->leg[0], false, sdp, len);
	refer_free(r);
	call_set_state(fresh, CALL_ANSWERED);
	call_set_state(fresh, CALL_ESTABLISHED);
	log_info("sip", "call %u is transferred, now call %u", old->number,
		 fresh->number);
	call_hang_up(old, "transferred");
	if (second)
		call_hang_up(second, "transferred");
}

/* The target has left, but the transferee knows only his offer. */
static void take_back(struct refer *r, struct leg *leg)
{
	refer_free(r);
	change_take_back(leg);
}

/* The transferee agrees, or his answer is of no use to the target. */
static void agreed(struct refer *r, struct leg *leg, const osip_message_t *resp)
{
	struct call *fresh = r->fresh;
	struct media_refusal why = { 0 };
	char *sdp = NULL;
	size_t len;
	const char *answer = message_sdp(resp, &len);
	int ret = -EINVAL;

	dialog_refresh(&leg->dialog, resp);
	leg_acknowledge(leg, NULL);
	timer_answered(leg, resp);
	if (!fresh) {
		take_back(r, leg);
		return;
	}
	if (answer)
		ret = media_call_answer(fresh->media, 0, answer, len, &sdp,
					&why);
	if (ret < 0) {
		/* He expects other media than he has: nothing is as it was. */
		call_hang_up(r->old, "the transferee's answer can't be used");
		return;
	}
	leg_acknowledge(r->second ? attended_target(r) : &fresh->leg[1], sdp);
	secret_free_text(sdp);
	complete(r, answer, len);
}

/* He keeps what he has. */
static void disagreed(struct refer *r, int status)
{
	change_abandon(r->old);
	if (r->fresh)
		call_refuse(r->fresh, status, "the transferee refuses");
	else
		refer_give_up(r);
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct refer *r = arg;
	struct leg *leg = leg_other(r->from);

	leg->path = *txn_path(t);
	if (resp->status_code < 200)
		return;
	txn_release(t);
	if (resp->status_code < 300)
		agreed(r, leg, resp);
	else if (resp->status_code == 408 || resp->status_code == 481)
		call_hang_up(r->old, "the transferee knows the call no more");
	else
		disagreed(r, message_map_status(resp->status_code));
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct refer *r = arg;

	txn_release(t);
	call_hang_up(r->old, why);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

int refer_offer(struct refer *r, const char *sdp, struct media_refusal *why)
{
	int ret;

	why->status = 491;
	snprintf(why->reason, sizeof(why->reason), "the call is being changed");
	if (change_reserve(r->from) < 0)
		return -EBUSY;
	ret = leg_ask(leg_other(r->from), "INVITE", sdp, &client, r, &r->txn);
	if (ret < 0) {
		why->status = 500;
		change_abandon(r->old);
	}
	return ret;
}

void refer_answered(struct call *fresh, const osip_message_t *resp)
{
	struct media_refusal why = { .status = 500 };
	char *sdp = NULL;
	int ret = call_sdp(&fresh->leg[1], resp, true, &sdp, &why);

	timer_answered(&fresh->leg[1], resp);
	if (!ret)
		ret = refer_offer(fresh->refer, sdp, &why);
	secret_free_text(sdp);
	if (ret < 0)
		call_refuse(fresh, why.status, why.reason);
}

/* One Refer-To with a sip: URI. */
static osip_from_t *parse_target(const osip_message_t *req)
{
	osip_header_t *h = NULL;
	osip_from_t *to = NULL;
	int pos = osip_message_header_get_byname(req, "refer-to", 0, &h);

	if (pos < 0)
		pos = osip_message_header_get_byname(req, "r", 0, &h);
	if (pos < 0 || !h->hvalue || osip_from_init(&to) != 0)
		return NULL;
	if (osip_from_parse(to, h->hvalue) == 0 && to->url && to->url->scheme &&
	    !osip_strcasecmp(to->url->scheme, "sip") &&
	    osip_message_header_get_byname(req, "refer-to", pos + 1, &h) < 0)
		return to;
	osip_from_free(to);
	return NULL;
}

/* The INVITE's headers are ours to say; but Replaces says which call is meant. */
static const char *find_replaces(const osip_uri_t *uri, int *ret_n)
{
	const char *value = NULL;

	*ret_n = 0;
	for (int i = 0; i < osip_list_size(&uri->url_headers); i++) {
		const osip_uri_header_t *h =
			osip_list_get(&uri->url_headers, i);

		if (osip_strcasecmp(h->gname, "replaces") != 0)
			continue;
		value = h->gvalue ? h->gvalue : "";
		(*ret_n)++;
	}
	return value;
}

/* Status of a refusal of whom it names, or 0. @ret: zero: nobody's call */
static int check_target(const osip_from_t *target, struct replaces *ret,
			const char **why)
{
	const char *value;
	int n;

	*why = "no good Refer-To";
	if (!target)
		return 400;
	value = find_replaces(target->url, &n);
	if (value)
		return n == 1 && !replaces_parse(value, ret) ? 0 : 400;
	if (!target->url->username || !target->url->username[0])
		return 400;
	*why = "headers in the Refer-To";
	return osip_list_size(&target->url->url_headers) > 0 ? 403 : 0;
}

/* Status of a refusal, or 0. */
static int check(const struct leg *leg, const osip_from_t *target,
		 struct replaces *ret, const char **why)
{
	const struct call *c = leg->call;
	int status;

	*why = "this gateway may not transfer";
	if (leg->gw->no_transfer)
		return 403;
	status = check_target(target, ret, why);
	if (status)
		return status;
	*why = "the call is not established, or a transfer is under way";
	if (c->state != CALL_ESTABLISHED || c->refer)
		return 500;
	return 0;
}

/* The INVITE that the transferee would have sent. */
static osip_message_t *make_invite(const struct leg *leg, osip_from_t *target)
{
	osip_message_t *msg;

	if (osip_message_init(&msg) != 0)
		return NULL;
	osip_message_set_method(msg, osip_strdup("INVITE"));
	if (!msg->sip_method ||
	    osip_message_set_from(msg, leg_other(leg)->dialog.remote) ||
	    osip_uri_clone(target->url, &msg->req_uri)) {
		osip_message_free(msg);
		return NULL;
	}
	return msg;
}

static struct refer *refer_new(struct leg *leg, osip_from_t *target)
{
	struct refer *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->old = leg->call;
	r->from = leg;
	r->cseq = leg->dialog.remote_cseq;
	r->invite = make_invite(leg, target);
	if (r->invite)
		return r;
	free(r);
	return NULL;
}

static int begin(struct leg *leg, osip_from_t *target,
		 const struct replaces *replaces, struct refer **ret,
		 const char **why)
{
	struct refer *r = refer_new(leg, target);
	int status;

	*why = "no memory";
	if (!r)
		return 500;
	status = replaces->call_id[0] ? attended_check(r, replaces, why)
				      : invite_transfer(r, why);
	if (status == 202 || is_for_notify(status)) {
		*ret = r;
		return status;
	}
	osip_message_free(r->invite);
	free(r);
	return status;
}

void refer_requested(struct leg *leg, struct txn *t, const osip_message_t *req)
{
	osip_from_t *target = parse_target(req);
	struct replaces replaces = { 0 };
	struct refer *r = NULL;
	const char *why;
	int status = check(leg, target, &replaces, &why);

	if (!status)
		status = begin(leg, target, &replaces, &r, &why);
	osip_from_free(target);
	respond(leg, t, status, why);
	if (!r)
		return;
	if (status != 202) {
		tell(r, status);
		refer_free(r);
		return;
	}
	tell(r, 100);
	if (replaces.call_id[0])
		attended_ready(r);
}
