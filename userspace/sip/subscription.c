// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   subscriber          gateway           notifier
 *       ── SUBSCRIBE ─────► ── SUBSCRIBE ───►
 *       ◄── 200 ───────────  ◄── 200 ────────
 *       ◄── NOTIFY ────────  ◄── NOTIFY ─────	at once, and at each change
 *       ── 200 ───────────►  ── 200 ───────►
 *
 * Timer: one for each, which ends it when nobody has refreshed it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/callee.h"
#include "sip/limits.h"
#include "sip/notify-body.h"
#include "sip/subscription-internal.h"

static LIST_HEAD(, subscription)
	subscriptions = LIST_HEAD_INITIALIZER(subscriptions);
static unsigned int n_subscriptions;
static const struct sip_config *config;

void subscriptions_set_config(const struct sip_config *cfg)
{
	config = cfg;
}

void subscription_respond(struct txn *t, const struct end *end, int status)
{
	osip_message_t *resp = end ? message_response(txn_message(t), status,
						      NULL,
						      end->dialog.local_tag)
				   : message_answer(txn_message(t), status);

	if (!resp)
		return;
	if (status == 489)
		osip_message_set_header(resp, "Allow-Events",
					NOTIFY_BODY_EVENTS);
	if (status == 500 || status == 503)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

void subscription_path(const struct end *end, struct sip_path *path)
{
	*path = end->path;
	if (path->transport == SIP_UDP && !end->gw->extensions)
		path->transport = end->gw->transport;
	dialog_path(&end->dialog, path);
}

int subscription_contact(osip_message_t *msg, const struct sip_path *path)
{
	return message_add_contact(msg, path) < 0 ||
			       osip_message_replace_header(msg, "Allow",
							   "SUBSCRIBE, NOTIFY")
		       ? -ENOMEM
		       : 0;
}

void subscription_free(struct subscription *s)
{
	notifications_end(s);
	txn_release(s->server);
	txn_release(s->client);
	dialog_clear(&s->subscriber.dialog);
	dialog_clear(&s->notifier.dialog);
	if (s->timer)
		event_free(s->timer);
	LIST_REMOVE(s, entry);
	n_subscriptions--;
	free(s);
}

void subscriptions_exit(void)
{
	struct subscription *s, *next;

	for (s = LIST_FIRST(&subscriptions); s; s = next) {
		next = LIST_NEXT(s, entry);
		subscription_free(s);
	}
	config = NULL;
}

bool subscriptions_use(const struct gateway *gw)
{
	const struct subscription *s;

	LIST_FOREACH(s, &subscriptions, entry) {
		if (s->subscriber.gw == gw || s->notifier.gw == gw)
			return true;
	}
	return false;
}

static void arm(struct subscription *s, unsigned int seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	event_add(s->timer, &tv);
}

/* Of a SUBSCRIBE or its 2xx; what is longer is cut. */
static unsigned int expires_of(const osip_message_t *msg)
{
	const char *value = message_header(msg, "expires");
	unsigned long n;

	if (!value || value[0] < '0' || value[0] > '9')
		return SIP_SUBSCRIPTION_SECONDS;
	n = strtoul(value, NULL, 10);
	return n < SIP_SUBSCRIPTION_SECONDS ? (unsigned int)n
					    : SIP_SUBSCRIPTION_SECONDS;
}

static int set_number(osip_message_t *msg, const char *name, unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	return osip_message_set_header(msg, name, text) ? -ENOMEM : 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct subscription *s = arg;

	log_info("sip", "a subscription of gateway %s has expired",
		 s->subscriber.gw->name);
	if (s->server)
		subscription_respond(s->server, &s->subscriber, 504);
	else
		notification_expired(s);
	subscription_free(s);
}

/* The subscriber's answer: what the notifier has granted. */
static void accept_subscribe(struct subscription *s, const osip_message_t *resp)
{
	unsigned int seconds = expires_of(resp);
	osip_message_t *ok =
		s->server ? message_response(txn_message(s->server), 200, NULL,
					     s->subscriber.dialog.local_tag)
			  : NULL;

	if (ok && (subscription_contact(ok, &s->subscriber.path) < 0 ||
		   set_number(ok, "Expires", seconds) < 0)) {
		osip_message_free(ok);
		ok = NULL;
	}
	if (ok)
		txn_respond(s->server, ok);
	txn_release(s->server);
	s->accepted = true;
	/* After the last one there is one NOTIFY more, at most. */
	arm(s, s->leaving ? SIP_NOTIFY_SECONDS : seconds + SIP_NOTIFY_SECONDS);
}

static bool try_next(struct subscription *s, int status);

/* Refused: it is none, or stays as it was, unless it is not known any more. */
static void refuse_subscribe(struct subscription *s, int status)
{
	if (s->server)
		subscription_respond(s->server, &s->subscriber, status);
	txn_release(s->server);
	if (!s->accepted || status == 481)
		subscription_free(s);
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct subscription *s = arg;
	int status = resp->status_code;

	if (status < 200)
		return;
	s->notifier.path = *txn_path(t);
	txn_release(t);
	if (status >= 300 && try_next(s, status))
		return;
	if (status >= 300) {
		refuse_subscribe(s, message_map_status(status));
		return;
	}
	if (!s->accepted)
		dialog_answered(&s->notifier.dialog, resp);
	else
		dialog_refresh(&s->notifier.dialog, resp);
	accept_subscribe(s, resp);
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	txn_release(t);
	if (!try_next(arg, status == 408 ? 408 : 502))
		refuse_subscribe(arg, status == 408 ? 504 : 502);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

static int send_subscribe(struct subscription *s, const osip_message_t *req)
{
	struct end *to = &s->notifier;
	unsigned int seconds = expires_of(req);
	struct sip_path path = to->path;
	osip_message_t *msg;

	s->leaving = !seconds;
	if (s->accepted)
		subscription_path(to, &path);
	msg = dialog_request(&to->dialog, "SUBSCRIBE", &path);
	if (!msg || subscription_contact(msg, &path) < 0 ||
	    osip_message_set_header(msg, "Event", s->event) ||
	    osip_message_set_header(msg, "Accept", s->package->type) ||
	    set_number(msg, "Expires", seconds) < 0) {
		osip_message_free(msg);
		return -ENOMEM;
	}
	return txn_request(msg, &path, &client, s, &s->client);
}

static bool is_full(const struct gateway *from, const osip_message_t *req)
{
	const struct subscription *s;
	unsigned int n = 0;

	LIST_FOREACH(s, &subscriptions, entry) {
		if (s->extension[0] && callee_is_of(req, from, s->extension))
			n++;
	}
	return n >= SIP_EXTENSION_SUBSCRIPTIONS_MAX ||
	       n_subscriptions >= SIP_SUBSCRIPTIONS_MAX;
}

/* Status of a refusal, or 0. */
static int check(const struct gateway *from, const osip_message_t *req)
{
	int status = callee_check(req);

	if (status)
		return status;
	if (!event_package_find(req))
		return 489;
	return is_full(from, req) ? 503 : 0;
}

static struct subscription *subscription_new(const struct gateway *from,
					     const osip_message_t *req)
{
	struct subscription *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->package = event_package_find(req);
	LIST_INIT(&s->notifications);
	LIST_INSERT_HEAD(&subscriptions, s, entry);
	n_subscriptions++;
	s->timer = evtimer_new(loop_base(), on_timer, s);
	if (from->extensions)
		snprintf(s->extension, sizeof(s->extension), "%s",
			 req->from->url->username);
	if (s->timer && event_package_value(req, s->event, sizeof(s->event))) {
		arm(s, SIP_NOTIFY_SECONDS); /* until it is accepted */
		return s;
	}
	subscription_free(s);
	return NULL;
}

/* By the gateway that the subscription aims at. */
static int ask_notifier(struct subscription *s, const osip_message_t *req)
{
	struct end *b = &s->notifier;
	int ret;

	dialog_clear(&b->dialog);
	b->gw = s->target.gw;
	b->path = target_path(&s->target);
	ret = callee_dialog(&b->dialog, &s->target, req);
	return ret ? ret : send_subscribe(s, req);
}

static int connect_ends(struct subscription *s, struct txn *t,
			const osip_message_t *req)
{
	struct end *a = &s->subscriber;
	int ret;

	a->path = *txn_path(t);
	a->gw = a->path.gw;
	ret = dialog_from_invite(&a->dialog, req);
	return ret ? ret : ask_notifier(s, req);
}

/* Another server, contact or gateway, unless this one has said something. */
static bool try_next(struct subscription *s, int status)
{
	const osip_message_t *req = s->server ? txn_message(s->server) : NULL;
	const struct gateway *from = s->subscriber.gw;

	if (s->accepted || s->notifier.dialog.remote_tag || !req || !config ||
	    !target_is_over(&s->target, status) ||
	    !target_next(config, from, req->req_uri->username, &s->target) ||
	    !event_package_passes(s->package, from, s->target.gw))
		return false;
	arm(s, SIP_NOTIFY_SECONDS);
	return ask_notifier(s, req) == 0;
}

void subscription_received(struct txn *t, const osip_message_t *req)
{
	const struct gateway *from = txn_path(t)->gw;
	int status = check(from, req), ret;
	struct subscription *s = NULL;
	struct target to = { 0 };

	if (!status && (!config || !target_next(config, from,
						req->req_uri->username, &to)))
		status = to.absent ? 480 : 404;
	if (!status &&
	    !event_package_passes(event_package_find(req), from, to.gw))
		status = 489;
	if (!status && !(s = subscription_new(from, req)))
		status = 500;
	if (status) {
		log_info("sip", "a SUBSCRIBE from gateway %s is refused: %d",
			 from->name, status);
		subscription_respond(t, NULL, status);
		return;
	}
	txn_own(t, &s->server);
	s->target = to;
	ret = connect_ends(s, t, req);
	if (!ret)
		return;
	subscription_respond(t, NULL,
			     ret == -EINVAL || ret == -E2BIG ? 400 : 500);
	subscription_free(s);
}

/* Before the notifier has answered, his tag is what he says. */
static bool matches(const struct end *end, const osip_message_t *req,
		    const struct sip_path *from)
{
	const struct dialog *d = &end->dialog;
	char *call_id = NULL;
	bool same;

	if (end->gw != from->gw ||
	    (end->gw->extensions &&
	     end->path.peer.sin_addr.s_addr != from->peer.sin_addr.s_addr))
		return false;
	if (d->remote_tag)
		return dialog_matches(d, req);
	if (!d->local_tag || strcmp(d->local_tag, message_tag(req->to)) != 0 ||
	    !message_tag(req->from) ||
	    osip_call_id_to_str(req->call_id, &call_id) != 0)
		return false;
	same = !strcmp(call_id, d->call_id);
	osip_free(call_id);
	return same;
}

static struct subscription *
find(const osip_message_t *req, const struct sip_path *from, bool *ret_notifier)
{
	struct subscription *s;

	if (!message_tag(req->to))
		return NULL;
	LIST_FOREACH(s, &subscriptions, entry) {
		*ret_notifier = matches(&s->notifier, req, from);
		if (*ret_notifier || matches(&s->subscriber, req, from))
			return s;
	}
	return NULL;
}

bool subscription_knows(const osip_message_t *req, const struct sip_path *from)
{
	bool notifier;

	return find(req, from, &notifier) != NULL;
}

static void subscribed(struct subscription *s, struct txn *t,
		       const osip_message_t *req)
{
	int status = 0;

	if (event_package_find(req) != s->package)
		status = 489;
	else if (s->server || s->client || !s->accepted)
		status = 500;
	if (status) {
		subscription_respond(t, &s->subscriber, status);
		return;
	}
	dialog_refresh(&s->subscriber.dialog, req);
	txn_own(t, &s->server);
	if (send_subscribe(s, req) < 0)
		refuse_subscribe(s, 500);
}

static void refuse_method(struct txn *t, const struct end *end)
{
	osip_message_t *resp = message_response(txn_message(t), 405, NULL,
						end->dialog.local_tag);

	if (resp)
		osip_message_set_header(resp, "Allow", "SUBSCRIBE, NOTIFY");
	txn_respond(t, resp);
}

void subscription_requested(struct txn *t, const osip_message_t *req)
{
	bool notifier = false;
	struct subscription *s = find(req, txn_path(t), &notifier);
	struct end *end;

	if (!s) {
		subscription_respond(t, NULL, 481);
		return;
	}
	end = notifier ? &s->notifier : &s->subscriber;
	if (!dialog_in_order(&end->dialog, req)) {
		subscription_respond(t, end, 500);
		return;
	}
	end->path = *txn_path(t);
	if (notifier && MSG_IS_NOTIFY(req))
		notification_received(s, t, req);
	else if (!notifier && MSG_IS_SUBSCRIBE(req))
		subscribed(s, t, req);
	else
		refuse_method(t, end);
}
