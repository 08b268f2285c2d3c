// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/log.h"
#include "sip/auth.h"
#include "sip/call.h"
#include "sip/credentials.h"
#include "sip/invite.h"
#include "sip/limits.h"
#include "sip/message-relay.h"
#include "sip/optag.h"
#include "sip/options.h"
#include "sip/registrar.h"
#include "sip/subscription.h"
#include "sip/uas.h"

static void respond(struct txn *t, int status, const char *header,
		    const char *value)
{
	osip_message_t *resp = message_answer(txn_message(t), status);

	if (!resp)
		return;
	if (header)
		osip_message_set_header(resp, header, value);
	txn_respond(t, resp);
}

/* An answer that leaves no state behind. */
static void refuse(const osip_message_t *req, struct sip_path *path, int status)
{
	osip_message_t *resp = message_answer(req, status);

	if (resp && status == 503)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_answer(req, resp, path);
}

/*
 * The leg whose dialog a request is in: tags and Call-ID are its own, and it
 * came over its gateway, so from its peer.
 */
static struct leg *leg_of(const osip_message_t *req,
			  const struct sip_path *path)
{
	const char *tag = message_tag(req->to);
	struct leg *leg = tag ? leg_by_tag(tag) : NULL;

	if (!leg || leg->gw != path->gw || !dialog_matches(&leg->dialog, req))
		return NULL;
	/* Where others can send, too, an address is part of who it is. */
	if (leg->gw->extensions &&
	    leg->path.peer.sin_addr.s_addr != path->peer.sin_addr.s_addr)
		return NULL;
	return leg;
}

static void note_path(struct leg *leg, const struct sip_path *path)
{
	leg->path = *path;
}

static void ack_received(const osip_message_t *ack, const struct sip_path *path)
{
	struct leg *leg = leg_of(ack, path);

	if (leg) {
		note_path(leg, path);
		call_acked(leg, ack);
	}
}

/*
 * The transaction of an INVITE ends with our 2xx. Repeated after that it is
 * known by its branch; with another branch it took another path (8.2.2.2).
 */
static bool known_invite(const osip_message_t *req, struct sip_path *path)
{
	const char *branch = message_branch(req);
	struct leg *leg;

	if (message_tag(req->to)) {
		leg = leg_of(req, path);
		if (!leg || message_cseq(req) != leg->ok_cseq)
			return false;
		leg_resend_ok(leg);
		return true;
	}
	leg = leg_by_origin(path->gw, req);
	if (!leg)
		return false;
	if (branch && !strcmp(branch, leg->invite_branch))
		leg_resend_ok(leg);
	else
		refuse(req, path, 482);
	return true;
}

static bool admit(const osip_message_t *req, struct sip_path *path)
{
	bool in_call = MSG_IS_CANCEL(req)
			       ? txn_cancelled(req, path) != NULL
			       : leg_of(req, path) ||
					 subscription_knows(req, path);

	return auth_admit(req, path, in_call);
}

static bool on_new(osip_message_t *req, struct sip_path *path)
{
	if (MSG_IS_ACK(req)) {
		ack_received(req, path);
		return true;
	}
	if (MSG_IS_INVITE(req) && known_invite(req, path))
		return true;
	if (path->gw->extensions && !admit(req, path))
		return true;
	if (path->gw->extensions && MSG_IS_REGISTER(req)) {
		registrar_received(req, path);
		return true;
	}
	if (txn_full()) {
		refuse(req, path, 503);
		return true;
	}
	return false;
}

static void cancel(struct txn *t)
{
	struct txn *invite = txn_cancelled(txn_message(t), txn_path(t));
	struct leg *leg;

	if (!invite) {
		respond(t, 481, NULL, NULL);
		return;
	}
	respond(t, 200, NULL, NULL);
	leg = leg_by_origin(txn_path(invite)->gw, txn_message(invite));
	if (leg && leg->txn == invite)
		call_cancelled(leg->call);
}

static void in_dialog(struct txn *t, const osip_message_t *req, struct leg *leg)
{
	if (!dialog_in_order(&leg->dialog, req)) {
		respond(t, 500, "Warning",
			"399 " SIP_PRODUCT " \"CSeq is out of order\"");
		return;
	}
	note_path(leg, txn_path(t));
	if (MSG_IS_BYE(req)) {
		respond(t, 200, NULL, NULL);
		call_bye(leg);
	} else if (MSG_IS_OPTIONS(req)) {
		options_answer(t, 200);
	} else if (MSG_IS_INVITE(req) || MSG_IS_UPDATE(req)) {
		change_requested(leg, t, req);
	} else if (MSG_IS_PRACK(req)) {
		prack_requested(leg, t, req);
	} else if (MSG_IS_REFER(req)) {
		refer_requested(leg, t, req);
	} else if (MSG_IS_INFO(req)) {
		info_requested(leg, t, req);
	} else {
		respond(t, 405, "Allow", SIP_ALLOW_IN_DIALOG);
	}
}

static void on_request(struct txn *t, const osip_message_t *req)
{
	char unknown[256];
	struct leg *leg;

	if (MSG_IS_CANCEL(req)) {
		cancel(t);
		return;
	}
	if (optag_unknown(req, unknown, sizeof(unknown))) {
		respond(t, 420, "Unsupported", unknown);
		return;
	}
	if (message_tag(req->to) || MSG_IS_BYE(req)) {
		leg = leg_of(req, txn_path(t));
		if (leg)
			in_dialog(t, req, leg);
		else
			subscription_requested(t, req);
	} else if (MSG_IS_INVITE(req)) {
		invite_received(t, req);
	} else if (MSG_IS_NOTIFY(req)) {
		respond(t, 481, NULL, NULL); /* nobody has asked for it */
	} else if (MSG_IS_SUBSCRIBE(req)) {
		subscription_received(t, req);
	} else if (MSG_IS_MESSAGE(req)) {
		message_relay_received(t, req);
	} else if (MSG_IS_OPTIONS(req)) {
		options_answer(t, invite_status(txn_path(t)->gw, req));
	} else {
		respond(t, 405, "Allow", SIP_ALLOW);
	}
}

/* A peer repeats its 2xx, or a second one of a fork answers. */
static void on_stray(const osip_message_t *resp, const struct sip_path *path)
{
	const char *tag = message_tag(resp->from), *to = message_tag(resp->to);
	struct leg *leg;

	if (resp->status_code < 200 || resp->status_code > 299 ||
	    strcmp(resp->cseq->method, "INVITE") != 0 || !tag || !to)
		return;
	leg = leg_by_tag(tag);
	if (!leg)
		leg_ok_late(resp, path);
	if (!leg || leg->gw != path->gw || !leg->dialog.remote_tag)
		return;
	if (strcmp(leg->dialog.remote_tag, to) != 0) {
		if (leg == &leg->call->leg[1] &&
		    message_cseq(resp) == leg->invite_cseq)
			leg_refuse_fork(leg, resp);
	} else if (message_cseq(resp) == leg->ack_cseq) {
		leg_ok_again(leg);
	}
}

const struct txn_user uas_user = {
	.on_new = on_new,
	.on_request = on_request,
	.on_stray = on_stray,
	.on_challenge = credentials_challenged,
};
