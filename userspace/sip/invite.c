// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/callee.h"
#include "sip/invite.h"
#include "sip/record.h"

static const struct sip_config *config;

void invite_set_config(const struct sip_config *cfg)
{
	config = cfg;
}

static void refuse(struct txn *t, int status, const char *why)
{
	const struct gateway *gw = txn_path(t)->gw;
	osip_message_t *resp;

	log_info("sip", "a call from gateway %s is refused with %d: %s",
		 gw->name, status, why);
	resp = message_answer(txn_message(t), status);
	if (!resp)
		return;
	message_explain(resp, why);
	timer_explain(resp);
	if (status == 503)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

/* Status of a refusal, or 0. */
static int check(const osip_message_t *req, const char **why)
{
	const osip_uri_t *uri = req->req_uri;
	size_t len;

	*why = "the Request-URI is not sip:";
	if (!uri->scheme || osip_strcasecmp(uri->scheme, "sip") != 0)
		return 416;
	*why = "Max-Forwards is used up";
	if (!message_max_forwards(req))
		return 483;
	*why = "the body is not application/sdp";
	if (message_has_body(req) && !message_sdp(req, &len))
		return 415;
	return timer_check(req, why);
}

static bool try_next(struct call *c, int status, const char *what);

static void callee_response(struct txn *t, const osip_message_t *resp,
			    void *arg)
{
	struct leg *leg = arg;

	call_answer(leg->call, resp);
}

static void callee_failure(struct txn *t, int status, const char *why,
			   void *arg)
{
	struct leg *leg = arg;
	struct call *c = leg->call;

	txn_release(t);
	if (c->state == CALL_CANCELLING)
		call_late_answer(c);
	else if (!try_next(c, status, why))
		call_refuse(c, status == 408 ? 408 : 502, why);
}

static const struct txn_client callee_client = {
	.on_response = callee_response,
	.on_failure = callee_failure,
};

static int send_invite(struct call *c, const osip_message_t *req,
		       const char *sdp)
{
	struct leg *b = &c->leg[1];
	osip_message_t *invite;
	char forwards[16];

	invite = dialog_request(&b->dialog, "INVITE", &b->path);
	if (!invite)
		return -ENOMEM;
	snprintf(forwards, sizeof(forwards), "%u",
		 message_max_forwards(req) - 1);
	b->invite_cseq = b->dialog.local_cseq;
	leg_expect_ok(b);
	if (osip_message_replace_header(invite, "Max-Forwards", forwards) ||
	    message_add_contact(invite, &b->path) < 0 ||
	    timer_offer(b, invite) < 0 || prack_offer(c, invite) < 0 ||
	    callee_pass_headers(req, invite) ||
	    (sdp && message_set_sdp(invite, sdp) < 0)) {
		osip_message_free(invite);
		return -ENOMEM;
	}
	return txn_request(invite, &b->path, &callee_client, b, &b->txn);
}

static int new_caller_dialog(struct leg *a, struct txn *t,
			     const osip_message_t *req)
{
	const char *branch = message_branch(req);
	int ret;

	a->path = *txn_path(t);
	a->invite_cseq = message_cseq(req);
	a->invite_branch = strdup(branch ? branch : "");
	if (!a->invite_branch)
		return -ENOMEM;
	ret = dialog_from_invite(&a->dialog, req);
	if (ret < 0)
		return ret;
	txn_own(t, &a->txn);
	return leg_index(a);
}

int invite_media(struct call *c, struct media_refusal *why)
{
	struct media_profile prof[2] = { c->leg[0].gw->media,
					 c->leg[1].gw->media };
	char label[RINGFENCE_LABEL_MAX + 1];
	int ret;

	snprintf(label, sizeof(label), MEDIA_LABEL_PREFIX "%u", c->number);
	ret = media_call_new(label, prof, &config->timeouts, call_media_idle, c,
			     &c->media);
	if (ret < 0) {
		why->status = 503;
		snprintf(why->reason, sizeof(why->reason), "no media ports: %s",
			 strerror(-ret));
	}
	return ret;
}

int invite_offer(struct call *c, const osip_message_t *req, char **ret_sdp,
		 struct media_refusal *why)
{
	int ret = invite_media(c, why);

	if (ret < 0)
		return ret;
	c->late = !message_has_body(req);
	return c->late ? 0 : call_sdp(&c->leg[0], req, true, ret_sdp, why);
}

/* The call has no answer yet and its INVITE can't go on. */
static void drop_call(struct call *c, struct txn *t, int status,
		      const char *why)
{
	txn_release(t);
	call_over(c, status, why);
	call_set_state(c, CALL_DEAD);
	refuse(t, status, why);
}

/* Call the callee, by the gateway that the call aims at. */
static int call_callee(struct call *c, const osip_message_t *req,
		       struct media_refusal *why)
{
	char *sdp = NULL;
	int ret;

	why->status = 500;
	snprintf(why->reason, sizeof(why->reason), "no memory");
	ret = callee_dialog(&c->leg[1].dialog, &c->target, req);
	if (!ret)
		ret = leg_index(&c->leg[1]);
	if (!ret)
		ret = invite_offer(c, req, &sdp, why);
	if (ret < 0)
		return ret;
	log_info("sip", "call %u from %s to %s: %s calls %s", c->number,
		 c->leg[0].gw->name, c->leg[1].gw->name, c->caller, c->called);
	ret = send_invite(c, req, sdp);
	secret_free_text(sdp);
	if (ret == -ENOBUFS)
		why->status = 503;
	return ret;
}

static void start_call(struct call *c, struct txn *t, const osip_message_t *req)
{
	struct media_refusal why;
	int ret;

	ret = new_caller_dialog(&c->leg[0], t, req);
	if (ret == -EINVAL || ret == -E2BIG) {
		drop_call(c, t, 400,
			  "no good From tag, Contact or "
			  "Record-Route");
		return;
	}
	txn_respond(t, message_response(req, 100, NULL, NULL));
	if (ret < 0)
		drop_call(c, t, 500, "no memory");
	else if ((c->takeover ? takeover_ask(c, req, &why)
			      : call_callee(c, req, &why)) < 0)
		drop_call(c, t, why.status, why.reason);
	else
		call_set_state(c, CALL_CALLING);
}

int invite_transfer(struct refer *r, const char **why)
{
	const char *user = r->invite->req_uri->username;
	struct target to = { 0 };
	struct media_refusal refusal;
	struct call *c;

	*why = "too many calls";
	if (calls_full() || txn_full())
		return 503;
	*why = "no route leads there from here";
	if (!config || !target_next(config, r->from->gw, user, &to))
		return to.absent ? 480 : 404;
	*why = "no memory";
	c = call_new(leg_other(r->from)->gw, &to);
	if (!c)
		return 500;
	record_party(r->invite->from->url->username, c->caller);
	record_party(user, c->called);
	*why = "the target can't be called";
	if (call_callee(c, r->invite, &refusal) < 0) {
		call_over(c, refusal.status, refusal.reason);
		call_set_state(c, CALL_DEAD);
		return refusal.status;
	}
	r->fresh = c;
	c->refer = r;
	r->old->refer = r;
	call_set_state(c, CALL_CALLING);
	*why = "accepted";
	return 202;
}

int invite_status(const struct gateway *from, const osip_message_t *req)
{
	const osip_uri_t *uri = req->req_uri;
	struct target to = { 0 };

	if (calls_full() || txn_full())
		return 503;
	if (!uri->scheme || osip_strcasecmp(uri->scheme, "sip") != 0)
		return 416;
	if (!uri->username || !uri->username[0])
		return 200;
	if (config && target_next(config, from, uri->username, &to))
		return 200;
	return to.absent ? 480 : 404;
}

static void route(struct txn *t, const osip_message_t *req)
{
	struct gateway *from = txn_path(t)->gw;
	struct target to = { 0 };
	struct call *c;

	if (!req->req_uri->username || !req->req_uri->username[0]) {
		refuse(t, 404, "the Request-URI names nobody");
		return;
	}
	if (!config ||
	    !target_next(config, from, req->req_uri->username, &to)) {
		if (to.absent)
			refuse(t, 480, "the extension isn't registered");
		else
			refuse(t, 404, "no route leads there from here");
		return;
	}
	c = call_new(from, &to);
	if (!c) {
		refuse(t, 500, "no memory");
		return;
	}
	prack_caller(c, req);
	record_party(req->from->url->username, c->caller);
	record_party(req->req_uri->username, c->called);
	start_call(c, t, req);
}

static void replace(struct txn *t, const osip_message_t *req,
		    struct leg *replaced)
{
	struct call *c = takeover_new(req, txn_path(t)->gw, replaced);

	if (c)
		start_call(c, t, req);
	else
		refuse(t, 500, "no memory");
}

void invite_received(struct txn *t, const osip_message_t *req)
{
	struct leg *replaced = NULL;
	const char *why = "";
	int status;

	if (calls_full() || txn_full()) {
		refuse(t, 503, "too many calls");
		return;
	}
	status = check(req, &why);
	if (!status)
		status = takeover_check(req, txn_path(t)->gw, &replaced, &why);
	if (status)
		refuse(t, status, why);
	else if (replaced)
		replace(t, req, replaced);
	else
		route(t, req);
}

/* What the callee's INVITE is made of, while the caller waits; or NULL. */
static const osip_message_t *invite_of(const struct call *c)
{
	if (refer_is_for(c))
		return c->refer->invite;
	return c->leg[0].txn ? txn_message(c->leg[0].txn) : NULL;
}

/*
 * The callee's gateway failed, or his contact: by another one, if there is one
 * and the caller has heard nothing of this one yet.
 */
static bool try_next(struct call *c, int status, const char *what)
{
	const osip_message_t *req = invite_of(c);
	struct media_refusal why;

	if (c->state != CALL_CALLING || !req || !target_failed(status))
		return false;
	if (status == 503)
		gateway_failed(c->leg[1].gw, &c->leg[1].path.peer,
			       SIP_SERVER_BUSY_SECONDS);
	if (!target_next(config,
			 refer_is_for(c) ? c->refer->from->gw : c->leg[0].gw,
			 req->req_uri->username, &c->target))
		return false;
	log_info("sip", "call %u: %s; gateway %s is next", c->number, what,
		 c->target.gw->name);
	call_aim(c);
	if (call_callee(c, req, &why) < 0)
		call_refuse(c, why.status, why.reason);
	return true;
}

/*
 * Translate the callee's SDP, if it sent some. c->answer is then what the
 * caller gets, now and in later answers that come without.
 */
static int answer_sdp(struct call *c, const osip_message_t *resp,
		      struct media_refusal *why)
{
	char *answer = NULL;
	size_t len;
	int ret;

	if (!message_sdp(resp, &len))
		return 0;
	ret = call_sdp(&c->leg[1], resp, c->late, &answer, why);
	if (ret < 0)
		return ret;
	secret_free_text(c->answer);
	c->answer = answer;
	return 0;
}

osip_message_t *invite_response(struct call *c, int status, bool with_sdp)
{
	struct leg *a = &c->leg[0];
	osip_message_t *resp;

	resp = message_response(txn_message(a->txn), status, NULL,
				a->dialog.local_tag);
	if (!resp)
		return NULL;
	if (message_add_contact(resp, &a->path) < 0 ||
	    (with_sdp && message_set_sdp(resp, c->answer) < 0)) {
		osip_message_free(resp);
		return NULL;
	}
	return resp;
}

/*
 * SDP of one early dialog only: the first that brings it. What a callee offers
 * before its 2xx could not be answered.
 */
static bool early_sdp_counts(struct call *c, const osip_message_t *resp)
{
	const char *tag = message_tag(resp->to);
	size_t len;

	if (c->late || !tag || !message_sdp(resp, &len))
		return false;
	if (!c->early_tag)
		c->early_tag = strdup(tag);
	return c->early_tag && !strcmp(c->early_tag, tag);
}

static void ringing(struct call *c, const osip_message_t *resp)
{
	struct media_refusal why = { 0 };
	bool with_sdp = early_sdp_counts(c, resp);

	if (with_sdp && answer_sdp(c, resp, &why) < 0) {
		call_refuse(c, why.status, why.reason);
		return;
	}
	if (c->state == CALL_CALLING)
		call_set_state(c, CALL_RINGING);
	prack_ring(c, resp->status_code, with_sdp, prack_is_reliable(c, resp));
}

void invite_answer(struct call *c)
{
	struct leg *a = &c->leg[0];
	osip_message_t *ok;

	ok = a->txn ? invite_response(c, 200, true) : NULL;
	if (!ok || timer_answer(a, txn_message(a->txn), ok) < 0 ||
	    leg_keep_ok(a, ok) < 0) {
		osip_message_free(ok);
		call_refuse(c, 500, "no memory, or the caller is gone");
		return;
	}
	log_info("sip", "call %u is answered by gateway %s", c->number,
		 c->leg[1].gw->name);
	call_set_state(c, CALL_ANSWERED);
	txn_respond(a->txn, ok);
}

/* If the caller can't have the answer, the callee gets BYE (after its ACK). */
void invite_accept(struct call *c, const osip_message_t *resp)
{
	struct media_refusal why = { 0 };

	if (refer_is_for(c)) {
		refer_answered(c, resp);
		return;
	}
	if (prack_holds(c, resp))
		return;
	if (answer_sdp(c, resp, &why) < 0) {
		call_refuse(c, why.status, why.reason);
		return;
	}
	if (!c->answer) {
		call_refuse(c, 502, "the callee answered without SDP");
		return;
	}
	timer_answered(&c->leg[1], resp);
	invite_answer(c);
}

static void acknowledge(struct leg *b, const osip_message_t *resp)
{
	const struct call *c = b->call;

	if (dialog_answered(&b->dialog, resp) < 0)
		log_note("sip",
			 "call %u: the answer of gateway %s lacks a tag or a "
			 "good Contact",
			 c->number, b->gw->name);
	if (c->late && c->state != CALL_CANCELLING)
		leg_ack_later(b);
	else
		leg_acknowledge(b, NULL);
}

/* The callee's sessions must be longer (RFC 4028, 7.3): ask again. */
static bool try_longer(struct call *c, const osip_message_t *resp)
{
	const osip_message_t *req = invite_of(c);
	struct media_refusal why = { 0 };
	char *sdp = NULL;
	bool sent;

	if (resp->status_code != 422 || c->state != CALL_CALLING || !req ||
	    !timer_too_small(&c->leg[1], resp))
		return false;
	if (!c->late && call_sdp(&c->leg[0], req, true, &sdp, &why) < 0)
		return false;
	sent = !send_invite(c, req, sdp);
	secret_free_text(sdp);
	return sent;
}

/* A final answer other than 2xx; libosip2 has sent its ACK. */
static void failed(struct call *c, const osip_message_t *resp)
{
	int status = resp->status_code;
	char why[64];

	if (try_longer(c, resp))
		return;
	snprintf(why, sizeof(why), "gateway %.32s answered %d",
		 c->leg[1].gw->name, status);
	if (!try_next(c, status, why))
		call_refuse(c, message_map_status(status), why);
}

void call_answer(struct call *c, const osip_message_t *resp)
{
	struct leg *b = &c->leg[1];

	if (b->txn)
		b->path = *txn_path(b->txn);
	if (resp->status_code < 200) {
		bool fresh = prack_received(b, resp);

		if (call_provisional(c) && fresh && resp->status_code > 100)
			ringing(c, resp);
		return;
	}
	txn_release(b->txn);
	if (resp->status_code < 300)
		acknowledge(b, resp);
	if (c->state == CALL_CANCELLING)
		call_late_answer(c);
	else if (resp->status_code < 300)
		invite_accept(c, resp);
	else
		failed(c, resp);
}
