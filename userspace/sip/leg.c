// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "sip/call.h"
#include "sip/ended.h"
#include "sip/leg.h"

/* Balanced trees: what a peer chooses as a key can't make them slow. */
static void *tag_index, *origin_index;

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

static void unindex(struct leg *leg)
{
	if (leg->by_tag)
		tdelete(leg, &tag_index, compare_tag);
	if (leg->by_origin)
		tdelete(leg, &origin_index, compare_origin);
	leg->by_tag = false;
	leg->by_origin = false;
}

int leg_move(struct leg *to, struct leg *from)
{
	struct leg ended = { .call = from->call,
			     .gw = from->gw,
			     .path = from->path,
			     .end = LEG_ENDED };
	struct call *c = to->call;

	unindex(from);
	timer_clear(from);
	txn_release(from->txn);
	leg_clear(to);
	*to = *from;
	to->call = c;
	*from = ended;
	timer_adopt(to, to->timer.seconds, to->timer.ours);
	return leg_index(to);
}

static void forget_credentials(struct leg *leg)
{
	osip_free(leg->authorization);
	osip_free(leg->proxy_authorization);
	leg->authorization = NULL;
	leg->proxy_authorization = NULL;
}

void leg_clear(struct leg *leg)
{
	unindex(leg);
	timer_clear(leg);
	secret_free_text(leg->sdp);
	secret_free_text(leg->offered);
	txn_release(leg->txn);
	osip_message_free(leg->ok);
	osip_message_free(leg->ack);
	forget_credentials(leg);
	free(leg->invite_branch);
	dialog_clear(&leg->dialog);
}

struct leg *leg_other(const struct leg *leg)
{
	return &leg->call->leg[leg == &leg->call->leg[0]];
}

void leg_path(const struct leg *leg, struct sip_path *path)
{
	*path = leg->path;
	if (path->transport == SIP_UDP && !leg->gw->extensions)
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
	call_leg_ended(leg->call);
}

static void bye_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct leg *leg = arg;

	log_info("sip", "call %u: BYE to gateway %s: %s", leg->call->number,
		 leg->gw->name, why);
	leg->end = LEG_ENDED;
	txn_release(t);
	call_leg_ended(leg->call);
}

static const struct txn_client bye_client = {
	.on_response = bye_response,
	.on_failure = bye_failure,
};

/* The leg's INVITE is over: its place is free for the BYE. */
void leg_send_bye(struct leg *leg)
{
	struct sip_path path;
	osip_message_t *bye;

	if (leg->ack_due)
		leg_acknowledge(leg, NULL);
	txn_release(leg->txn);
	leg_path(leg, &path);
	leg->end = LEG_BYE_SENT;
	bye = dialog_request(&leg->dialog, "BYE", &path);
	if (!bye || txn_request(bye, &path, &bye_client, leg, &leg->txn) < 0)
		leg->end = LEG_ENDED;
}

int leg_keep_ok(struct leg *leg, const osip_message_t *resp)
{
	leg_forget_ok(leg);
	leg->ok_cseq = message_cseq(resp);
	return osip_message_clone(resp, &leg->ok) ? -ENOMEM : 0;
}

void leg_resend_ok(struct leg *leg)
{
	if (leg->ok)
		txn_send(leg->ok, &leg->path);
}

bool leg_acked(struct leg *leg, const osip_message_t *ack)
{
	if (!leg->ok || message_cseq(ack) != leg->ok_cseq)
		return false;
	leg_forget_ok(leg);
	return true;
}

void leg_forget_ok(struct leg *leg)
{
	osip_message_free(leg->ok);
	leg->ok = NULL;
}

void leg_expect_ok(struct leg *leg)
{
	osip_message_free(leg->ack);
	leg->ack = NULL;
	leg->ack_cseq = leg->dialog.local_cseq;
	forget_credentials(leg);
}

static void keep_one(const osip_list_t *list, char **to)
{
	const osip_authorization_t *auth = osip_list_get(list, 0);

	if (auth && osip_authorization_to_str(auth, to) != 0)
		*to = NULL; /* without memory, an ACK without it */
}

int leg_ask(struct leg *leg, const char *method, const char *sdp,
	    const struct txn_client *ops, void *arg, struct txn **owner)
{
	struct sip_path path;
	osip_message_t *req;

	leg_path(leg, &path);
	req = dialog_request(&leg->dialog, method, &path);
	if (!req || message_add_contact(req, &path) < 0 ||
	    timer_offer(leg, req) < 0 ||
	    (sdp && message_set_sdp(req, sdp) < 0)) {
		osip_message_free(req);
		return -ENOMEM;
	}
	if (MSG_IS_INVITE(req))
		leg_expect_ok(leg);
	return txn_request(req, &path, ops, arg, owner);
}

void leg_keep_credentials(struct leg *leg, const osip_message_t *invite)
{
	forget_credentials(leg);
	keep_one(&invite->authorizations, &leg->authorization);
	keep_one(&invite->proxy_authorizations, &leg->proxy_authorization);
}

static void add_credentials(const struct leg *leg, osip_message_t *ack)
{
	if (leg->authorization)
		osip_message_set_authorization(ack, leg->authorization);
	if (leg->proxy_authorization)
		osip_message_set_proxy_authorization(ack,
						     leg->proxy_authorization);
}

static void send_ack(struct leg *leg)
{
	struct sip_path path;

	if (!leg->ack)
		return;
	leg_path(leg, &path);
	txn_send(leg->ack, &path);
}

void leg_ack_later(struct leg *leg)
{
	leg->ack_due = true;
}

void leg_acknowledge(struct leg *leg, const char *sdp)
{
	struct sip_path path;

	leg->ack_due = false;
	leg_path(leg, &path);
	osip_message_free(leg->ack);
	leg->ack = dialog_ack(&leg->dialog, leg->ack_cseq, &path);
	if (leg->ack)
		add_credentials(leg, leg->ack);
	if (leg->ack && sdp && message_set_sdp(leg->ack, sdp) < 0)
		log_warn("sip", "call %u: no memory for the ACK's SDP",
			 leg->call->number);
	send_ack(leg);
}

void leg_ok_again(struct leg *leg)
{
	/* Its INVITE was given up when the call ended. */
	if (!leg->ack && leg->end != LEG_ALIVE)
		leg_acknowledge(leg, NULL);
	else
		send_ack(leg);
}

static char *late_key(const char *local_tag, const char *remote_tag,
		      uint32_t cseq)
{
	char *key;

	return asprintf(&key, "2xx %u\n%s\n%s", cseq, local_tag, remote_tag) < 0
		       ? NULL
		       : key;
}

/* Of an INVITE that was refused, too: that isn't known here. */
void leg_leave_ack(struct leg *leg)
{
	const struct dialog *d = &leg->dialog;
	struct sip_path path;
	osip_message_t *ack;
	char *key = NULL, *text = NULL;
	size_t len;

	if (leg->ack || !leg->ack_cseq || !d->remote_tag)
		return;
	leg_path(leg, &path);
	ack = dialog_ack(d, leg->ack_cseq, &path);
	if (ack) {
		add_credentials(leg, ack);
		text = message_text(ack, &len);
	}
	osip_message_free(ack);
	if (text)
		key = late_key(d->local_tag, d->remote_tag, leg->ack_cseq);
	if (key)
		ended_add(key, &path, text, len);
	else
		osip_free(text);
}

void leg_ok_late(const osip_message_t *resp, const struct sip_path *from)
{
	char *key = late_key(message_tag(resp->from), message_tag(resp->to),
			     message_cseq(resp));

	if (key)
		ended_absorb(key, from);
	free(key);
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
		ack = dialog_ack(&fork, message_cseq(resp), &path);
		if (ack)
			txn_send(ack, &path);
		osip_message_free(ack);
		bye = dialog_request(&fork, "BYE", &path);
		if (bye)
			txn_request(bye, &path, NULL, NULL, NULL);
	}
	dialog_clear(&fork);
}
