// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: one for each leg whose session has an end. When we refresh, it goes off
 * at half the time, and then each SIP_REFRESH_AGAIN_SECONDS until that has
 * worked. In any case it goes off once some time before the end, which ends the
 * call.
 */
#include <errno.h>
#include <stdio.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/call.h"
#include "sip/limits.h"
#include "sip/optag.h"
#include "sip/store.h"
#include "sip/timer.h"

static uint32_t wanted, least = OPTAG_MIN_SE; /* seconds */

void timer_configure(uint32_t session_expires, uint32_t min_se)
{
	wanted = session_expires;
	least = min_se;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

int timer_check(const osip_message_t *req, const char **why)
{
	struct session_expires se;
	int ret = optag_session_expires(req, &se);

	*why = "Session-Expires can't be understood";
	if (ret == -EBADMSG)
		return 400;
	/* Who doesn't know of 422 must not get it (RFC 4028, 9). */
	*why = "Session-Expires is less than sip min-se";
	if (!ret && se.seconds < least && optag_supported(req, "timer"))
		return 422;
	return 0;
}

static int set_number(osip_message_t *msg, const char *name, uint32_t n,
		      const char *rest)
{
	char text[64];

	snprintf(text, sizeof(text), "%u%s", n, rest);
	return osip_message_set_header(msg, name, text) ? -ENOMEM : 0;
}

void timer_explain(osip_message_t *resp)
{
	if (resp->status_code == 422)
		set_number(resp, "Min-SE", least, "");
}

int timer_offer(const struct leg *leg, osip_message_t *req)
{
	const struct session_timer *t = &leg->timer;
	uint32_t min = larger(t->min_se, least);
	const char *refresher = "";

	if (osip_message_set_header(req, "Supported", "timer"))
		return -ENOMEM;
	if (!wanted && !t->seconds)
		return 0;
	if (t->seconds)
		refresher = t->ours ? ";refresher=uac" : ";refresher=uas";
	if (min > OPTAG_MIN_SE && set_number(req, "Min-SE", min, ""))
		return -ENOMEM;
	return set_number(req, "Session-Expires",
			  larger(t->seconds ? t->seconds : wanted, min),
			  refresher);
}

/* Some time before the end, as RFC 4028, 10 has it. */
static uint64_t margin_ms(const struct session_timer *t)
{
	return t->seconds / 3 < 32 ? t->seconds * UINT64_C(1000) / 3 : 32000;
}

static void arm(const struct session_timer *t, uint64_t ms)
{
	const struct timeval tv = { (time_t)(ms / 1000), ms % 1000 * 1000 };

	event_add(t->event, &tv);
}

static void stop(struct session_timer *t)
{
	t->seconds = 0;
	if (t->event)
		event_del(t->event);
}

static void update_response(struct txn *txn, const osip_message_t *resp,
			    void *arg)
{
	struct leg *leg = arg;
	int status = resp->status_code;

	if (status < 200)
		return;
	leg->path = *txn_path(txn);
	txn_release(txn);
	if (leg->call->state != CALL_ESTABLISHED)
		return;
	if (status < 300) {
		dialog_refresh(&leg->dialog, resp);
		timer_answered(leg, resp);
		store_save(leg->call);
	} else if (status == 408 || status == 481) {
		call_hang_up(leg->call, "a peer knows the session no more");
	} else if (status == 405 || status == 501) {
		leg->dialog.update = false;
	} else if (status == 422) {
		timer_too_small(leg, resp);
	}
}

static void update_failure(struct txn *txn, int status, const char *why,
			   void *arg)
{
	struct leg *leg = arg;

	txn_release(txn);
	if (status == 408)
		call_hang_up(leg->call, "a refresh was not answered");
}

static const struct txn_client client = {
	.on_response = update_response,
	.on_failure = update_failure,
};

/* Whatever comes of it, the timer tries again. */
static void refresh(struct leg *leg)
{
	if (leg->timer.txn)
		return;
	log_dbg("sip", "call %u: the session with gateway %s is refreshed",
		leg->call->number, leg->gw->name);
	if (leg->dialog.update)
		leg_ask(leg, "UPDATE", NULL, &client, leg, &leg->timer.txn);
	else
		change_refresh(leg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct leg *leg = arg;
	struct session_timer *t = &leg->timer;
	uint64_t now = transport_now(), last = t->ends - margin_ms(t), next;
	char why[96];

	if (leg->call->state != CALL_ANSWERED &&
	    leg->call->state != CALL_ESTABLISHED)
		return;
	if (now >= last) {
		snprintf(why, sizeof(why),
			 "the session with gateway %.32s was not refreshed",
			 leg->gw->name);
		call_hang_up(leg->call, why);
		return;
	}
	next = now + SIP_REFRESH_AGAIN_SECONDS * 1000;
	arm(t, (t->ours && next < last ? next : last) - now);
	if (t->ours)
		refresh(leg);
}

static void start(struct leg *leg, uint32_t seconds, bool ours)
{
	struct session_timer *t = &leg->timer;

	t->seconds = seconds;
	t->ours = ours;
	t->ends = transport_now() + seconds * UINT64_C(1000);
	if (!t->event)
		t->event = evtimer_new(loop_base(), on_timer, leg);
	if (t->event)
		arm(t, ours ? seconds * UINT64_C(500)
			    : seconds * UINT64_C(1000) - margin_ms(t));
	else
		log_error("sip", "call %u: no memory for a session timer",
			  leg->call->number);
}

/* What becomes of the peer's wish; false: its session has no end. */
static bool choose(const struct leg *leg, const osip_message_t *req,
		   struct session_expires *se)
{
	bool knows = optag_supported(req, "timer");

	if (optag_session_expires(req, se) < 0) {
		if (!knows || !wanted)
			return false;
		se->seconds = wanted;
		se->refresher = REFRESHER_UAS;
	}
	if (se->refresher == REFRESHER_NONE)
		se->refresher = knows ? REFRESHER_UAC : REFRESHER_UAS;
	if (wanted && se->seconds > wanted)
		se->seconds = larger(wanted, optag_min_se(req));
	se->seconds = larger(se->seconds, larger(least, optag_min_se(req)));
	if (se->seconds > SIP_SESSION_SECONDS_MAX)
		se->seconds = SIP_SESSION_SECONDS_MAX;
	return true;
}

int timer_answer(struct leg *leg, const osip_message_t *req,
		 osip_message_t *resp)
{
	struct session_expires se;
	bool ours;

	if (osip_message_set_header(resp, "Supported", "timer"))
		return -ENOMEM;
	if (!choose(leg, req, &se)) {
		stop(&leg->timer);
		return 0;
	}
	ours = se.refresher == REFRESHER_UAS;
	if (!ours && osip_message_set_header(resp, "Require", "timer"))
		return -ENOMEM;
	start(leg, se.seconds, ours);
	return set_number(resp, "Session-Expires", se.seconds,
			  ours ? ";refresher=uas" : ";refresher=uac");
}

void timer_answered(struct leg *leg, const osip_message_t *resp)
{
	struct session_expires se;

	leg->timer.refused = 0;
	/* Without it, the peer doesn't want the session to end (7.2). */
	if (optag_session_expires(resp, &se) < 0 || !se.seconds) {
		stop(&leg->timer);
		return;
	}
	/* What a peer must not answer would have us refresh all the time. */
	se.seconds = larger(se.seconds, OPTAG_MIN_SE);
	if (se.seconds > SIP_SESSION_SECONDS_MAX)
		se.seconds = SIP_SESSION_SECONDS_MAX;
	start(leg, se.seconds, se.refresher != REFRESHER_UAS);
}

bool timer_too_small(struct leg *leg, const osip_message_t *resp)
{
	struct session_timer *t = &leg->timer;
	uint32_t min = optag_min_se(resp);

	if (t->refused >= SIP_SESSION_REFUSED_MAX ||
	    min > SIP_SESSION_SECONDS_MAX)
		return false;
	t->refused++;
	t->min_se = min;
	return true;
}

void timer_adopt(struct leg *leg, uint32_t seconds, bool ours)
{
	if (!seconds)
		return;
	start(leg, seconds, ours);
	if (ours && leg->timer.event)
		arm(&leg->timer, SIP_REFRESH_AGAIN_SECONDS * 1000);
}

void timer_clear(struct leg *leg)
{
	if (leg->timer.event)
		event_free(leg->timer.event);
	leg->timer.event = NULL;
	txn_release(leg->timer.txn);
}
