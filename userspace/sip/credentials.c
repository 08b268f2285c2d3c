// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sip/account.h"
#include "sip/call.h"
#include "sip/challenge.h"
#include "sip/credentials.h"
#include "sip/gateway.h"
#include "sip/register-client.h"

/* Only there its password is good: what else would be an oracle for it? */
static const char *realm_of(const struct gateway *gw, const struct account *a)
{
	const char *learnt;

	if (a->realm[0])
		return a->realm;
	learnt = register_realm(gw, a->user);
	return learnt ? learnt : gw->registrar.host;
}

/* That of the caller's number, else the first that is good for the realm. */
static const struct account *choose(const struct gateway *gw,
				    const osip_message_t *req,
				    const osip_message_t *resp,
				    struct challenge *ret)
{
	const char *from = req->from->url->username;
	const struct account *best = NULL;

	for (unsigned int i = 0; i < gw->n_accounts; i++) {
		const struct account *a = &gw->account[i];
		bool named = from && !strcmp(from, a->user);
		struct challenge c;

		if ((best && !named) ||
		    challenge_choose(resp, realm_of(gw, a), &c) < 0)
			continue;
		best = a;
		*ret = c;
		if (named)
			break;
	}
	return best;
}

/* It has had an answer for that realm: the password is wrong. */
static bool was_refused(const osip_message_t *req, const struct challenge *c)
{
	const osip_authorization_t *had = osip_list_get(
		c->proxy ? &req->proxy_authorizations : &req->authorizations,
		0);
	char realm[SIP_CHALLENGE_REALM_MAX + 3];

	snprintf(realm, sizeof(realm), "\"%s\"", c->realm);
	return had && had->realm && !c->stale && !strcmp(had->realm, realm);
}

/* A new transaction needs a branch of its own. */
static int renew_branch(osip_message_t *msg)
{
	osip_via_t *via = osip_list_get(&msg->vias, 0);
	char token[MESSAGE_TOKEN_MAX];
	osip_generic_param_t *p = NULL;
	char *branch;

	if (!via || osip_via_param_get_byname(via, (char *)"branch", &p) < 0 ||
	    !p || message_token(token, sizeof(token), 128) < 0)
		return -EINVAL;
	branch = osip_malloc(sizeof(token) + 8);
	if (!branch)
		return -ENOMEM;
	sprintf(branch, "z9hG4bK%s", token);
	osip_free(p->gvalue);
	p->gvalue = branch;
	return 0;
}

static int set_cseq(osip_message_t *msg, uint32_t cseq)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", cseq);
	osip_free(msg->cseq->number);
	msg->cseq->number = osip_strdup(text);
	return msg->cseq->number ? 0 : -ENOMEM;
}

/* The dialog counts the new request, and the ACK is for it. */
static void note(struct leg *leg, const osip_message_t *req, uint32_t cseq)
{
	uint32_t old = message_cseq(req);

	leg->dialog.local_cseq = cseq;
	if (!MSG_IS_INVITE(req))
		return;
	if (leg->ack_cseq == old)
		leg->ack_cseq = cseq;
	if (!leg->invite_branch && leg->invite_cseq == old)
		leg->invite_cseq = cseq;
}

static osip_message_t *repeat(const struct account *a, struct challenge *c,
			      const osip_message_t *req, uint32_t cseq)
{
	osip_message_t *again = NULL;

	if (osip_message_clone(req, &again) != 0)
		return NULL;
	if (renew_branch(again) < 0 || set_cseq(again, cseq) < 0 ||
	    challenge_answer(c, a->auth_user, a->password, again) < 0) {
		osip_message_free(again);
		return NULL;
	}
	return again;
}

/* What we answer at all; a call that is given up doesn't begin anew. */
static bool may_answer(const osip_message_t *req, const struct leg *leg)
{
	if (MSG_IS_REGISTER(req) || MSG_IS_CANCEL(req) || MSG_IS_ACK(req))
		return false;
	return !MSG_IS_INVITE(req) ||
	       (leg && leg->call->state != CALL_CANCELLING &&
		leg->call->state != CALL_DEAD);
}

osip_message_t *credentials_challenged(const struct txn *t,
				       const osip_message_t *resp)
{
	const osip_message_t *req = txn_message(t);
	const struct gateway *gw = txn_path(t)->gw;
	const char *tag = message_tag(req->from);
	struct leg *leg = tag ? leg_by_tag(tag) : NULL;
	const struct account *a;
	osip_message_t *again;
	struct challenge c;
	uint32_t cseq;

	if (leg && leg->gw != gw)
		leg = NULL;
	if (!gw->n_accounts || !may_answer(req, leg))
		return NULL;
	a = choose(gw, req, resp, &c);
	if (!a || was_refused(req, &c)) {
		log_info("sip", "gateway %s: a challenge to %s is %s", gw->name,
			 req->sip_method,
			 a ? "repeated: the password may be wrong"
			   : "for no realm of its registrations");
		return NULL;
	}
	cseq = (leg ? leg->dialog.local_cseq : message_cseq(req)) + 1;
	again = repeat(a, &c, req, cseq);
	if (again && leg) {
		note(leg, req, cseq);
		if (MSG_IS_INVITE(again))
			leg_keep_credentials(leg, again);
	}
	return again;
}
