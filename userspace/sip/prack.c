// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: one for each call, while a reliable answer waits for its PRACK: T1,
 * doubling, for 64 T1 (RFC 3262, 3); then the INVITE fails.
 *
 * A caller that made no offer can't get a reliable answer, for there is no offer
 * yet to put into it: it gets plain ones, or none if it demands reliable ones.
 * The callee isn't told of 100rel then, and makes its offer in the 2xx.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "sip/call.h"
#include "sip/invite.h"
#include "sip/optag.h"
#include "sip/prack.h"

void prack_caller(struct call *c, const osip_message_t *invite)
{
	c->prack.must = optag_required(invite, "100rel");
	c->prack.can = c->prack.must || optag_supported(invite, "100rel");
}

int prack_offer(const struct call *c, osip_message_t *invite)
{
	if (c->late)
		return 0;
	return osip_message_set_header(invite, "Supported", "100rel") ? -ENOMEM
								      : 0;
}

static void arm(struct call *c)
{
	const unsigned int ms = c->prack.resend_ms;
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(c->prack.timer, &tv);
}

static void forget_resp(struct call *c)
{
	osip_message_free(c->prack.resp);
	c->prack.resp = NULL;
	if (c->prack.timer)
		event_del(c->prack.timer);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct call *c = arg;
	struct prack *p = &c->prack;
	struct sip_path path;

	if (!p->resp || !c->leg[0].txn)
		return;
	p->resent_ms += p->resend_ms;
	if (p->resent_ms >= 64 * SIP_T1_MS) {
		call_refuse(c, 504, "the caller sent no PRACK");
		return;
	}
	path = *txn_path(c->leg[0].txn);
	txn_send(p->resp, &path);
	p->resend_ms *= 2;
	if (p->resend_ms > 64 * SIP_T1_MS - p->resent_ms)
		p->resend_ms = 64 * SIP_T1_MS - p->resent_ms;
	arm(c);
}

/* Any number may be the first (RFC 3262, 3). */
static int next_rseq(struct prack *p)
{
	uint32_t n;
	int ret;

	if (p->rseq) {
		p->rseq++;
		return 0;
	}
	ret = secret_random((uint8_t *)&n, sizeof(n));
	if (!ret)
		p->rseq = n % 0x40000000 + 1;
	return ret;
}

static int make_reliable(struct prack *p, osip_message_t *resp)
{
	char number[16];
	int ret = next_rseq(p);

	if (ret < 0)
		return ret;
	snprintf(number, sizeof(number), "%u", p->rseq);
	if (osip_message_set_header(resp, "Require", "100rel") ||
	    osip_message_set_header(resp, "RSeq", number) ||
	    osip_message_clone(resp, &p->resp))
		return -ENOMEM;
	return 0;
}

/* Without memory the caller just hears nothing of it. */
static void send_reliable(struct call *c, int status, bool sdp)
{
	osip_message_t *resp = invite_response(c, status, sdp);
	struct prack *p = &c->prack;

	if (!p->timer)
		p->timer = evtimer_new(loop_base(), on_timer, c);
	if (!resp || !p->timer || make_reliable(p, resp) < 0) {
		osip_message_free(resp);
		return;
	}
	p->sdp = sdp;
	p->resend_ms = SIP_T1_MS;
	p->resent_ms = 0;
	arm(c);
	txn_respond(c->leg[0].txn, resp);
}

void prack_ring(struct call *c, int status, bool sdp, bool reliable)
{
	struct prack *p = &c->prack;

	if (!c->leg[0].txn || (p->must && c->late))
		return;
	if (!p->must && (!p->can || !reliable || c->late)) {
		txn_respond(c->leg[0].txn, invite_response(c, status, sdp));
	} else if (p->resp) {
		p->next = status;
		p->next_sdp |= sdp;
	} else {
		send_reliable(c, status, sdp);
	}
}

bool prack_holds(struct call *c, const osip_message_t *resp)
{
	struct prack *p = &c->prack;

	if (!p->resp || !p->sdp)
		return false;
	/* Without memory the 2xx goes out too early, which most can live with. */
	return !p->ok && osip_message_clone(resp, &p->ok) == 0;
}

/* What had to wait for the PRACK. */
static void go_on(struct call *c)
{
	struct prack *p = &c->prack;
	osip_message_t *ok = p->ok;
	int next = p->next;
	bool sdp = p->next_sdp;

	p->ok = NULL;
	p->next = 0;
	p->next_sdp = false;
	if (ok)
		invite_accept(c, ok);
	else if (next && c->leg[0].txn)
		send_reliable(c, next, sdp);
	osip_message_free(ok);
}

static bool is_for(const struct leg *leg, const osip_message_t *req)
{
	const struct prack *p = &leg->call->prack;
	uint32_t rseq, cseq;

	return leg == &leg->call->leg[0] && p->resp &&
	       !optag_rack(req, &rseq, &cseq) && rseq == p->rseq &&
	       cseq == leg->invite_cseq;
}

/* Offers in PRACK are refused: there may be nobody yet who could answer. */
void prack_requested(struct leg *leg, struct txn *t, const osip_message_t *req)
{
	bool good = is_for(leg, req);
	int status = !good ? 481 : message_has_body(req) ? 488 : 200;
	osip_message_t *resp =
		message_response(req, status, NULL, leg->dialog.local_tag);

	if (resp)
		message_explain(resp, "no offers in PRACK");
	txn_respond(t, resp);
	if (!good)
		return;
	forget_resp(leg->call);
	go_on(leg->call);
}

bool prack_is_reliable(const struct call *c, const osip_message_t *resp)
{
	uint32_t rseq;

	return !c->late && optag_required(resp, "100rel") &&
	       !optag_rseq(resp, &rseq) && message_tag(resp->to);
}

/* The early dialog is the answer's; its CSeq goes on in the leg's. */
static void send_prack(struct leg *leg, const osip_message_t *resp,
		       uint32_t rseq)
{
	struct dialog early = { 0 };
	struct sip_path path = leg->path;
	osip_message_t *req = NULL;
	char rack[64];

	snprintf(rack, sizeof(rack), "%u %u INVITE", rseq, message_cseq(resp));
	if (dialog_fork(&early, &leg->dialog, resp) == 0) {
		early.local_cseq = leg->dialog.local_cseq;
		dialog_path(&early, &path);
		req = dialog_request(&early, "PRACK", &path);
		leg->dialog.local_cseq = early.local_cseq;
	}
	if (req && osip_message_set_header(req, "RAck", rack) == 0)
		txn_request(req, &path, NULL, NULL, NULL);
	else
		osip_message_free(req);
	dialog_clear(&early);
}

static struct prack_early *find_early(struct prack *p, const char *tag)
{
	for (unsigned int i = 0; i < p->n_early; i++)
		if (!strcmp(p->early[i].tag, tag))
			return &p->early[i];
	return NULL;
}

bool prack_received(struct leg *leg, const osip_message_t *resp)
{
	struct prack *p = &leg->call->prack;
	struct prack_early *e;
	uint32_t rseq;

	if (!prack_is_reliable(leg->call, resp) || optag_rseq(resp, &rseq) < 0)
		return true;
	e = find_early(p, message_tag(resp->to));
	if (e && rseq != e->rseq + 1)
		return false;
	if (!e) {
		if (p->n_early == SIP_EARLY_MAX)
			return true;
		e = &p->early[p->n_early++];
		snprintf(e->tag, sizeof(e->tag), "%s", message_tag(resp->to));
	}
	e->rseq = rseq;
	send_prack(leg, resp, rseq);
	return true;
}

void prack_stop(struct call *c)
{
	struct prack *p = &c->prack;

	forget_resp(c);
	osip_message_free(p->ok);
	p->ok = NULL;
	p->next = 0;
}

void prack_clear(struct call *c)
{
	prack_stop(c);
	if (c->prack.timer)
		event_free(c->prack.timer);
	c->prack.timer = NULL;
}
