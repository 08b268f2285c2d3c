// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NOTIFY, from the notifier of a subscription to its subscriber: its state and what
 * may pass of its body are written anew.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/limits.h"
#include "sip/notify-body.h"
#include "sip/subscription-internal.h"

/* A NOTIFY that waits for the subscriber's answer. */
struct notification {
	LIST_ENTRY(notification) entry;
	struct subscription *of;
	struct txn *server, *client; /* NULL: gone */
	bool last; /* the subscription is terminated */
};

static void notification_end(struct notification *n, int status)
{
	if (n->server)
		subscription_respond(n->server, &n->of->notifier, status);
	txn_release(n->server);
	txn_release(n->client);
	LIST_REMOVE(n, entry);
	n->of->n_notifications--;
	free(n);
}

void notifications_end(struct subscription *s)
{
	struct notification *n, *next;

	for (n = LIST_FIRST(&s->notifications); n; n = next) {
		next = LIST_NEXT(n, entry);
		notification_end(n, 481);
	}
}

static int fill_notify(const struct subscription *s, osip_message_t *msg,
		       const char *state, const osip_message_t *from)
{
	char *body = NULL;
	int ret = 0;

	if (subscription_contact(msg, &s->subscriber.path) < 0 ||
	    osip_message_set_header(msg, "Event", s->event) ||
	    osip_message_set_header(msg, "Subscription-State", state))
		return -ENOMEM;
	if (from)
		ret = notify_body(s->package, from, &body);
	if (!ret && body)
		ret = message_set_body(msg, s->package->type, body,
				       strlen(body));
	free(body);
	return ret;
}

static void notify_response(struct txn *t, const osip_message_t *resp,
			    void *arg)
{
	struct notification *n = arg;
	struct subscription *s = n->of;
	bool over = n->last || resp->status_code == 481;

	if (resp->status_code < 200)
		return;
	notification_end(n, resp->status_code < 300
				    ? 200
				    : message_map_status(resp->status_code));
	if (over)
		subscription_free(s);
}

/* Who can't be told has no subscription any more (RFC 6665, 4.2.2). */
static void notify_failure(struct txn *t, int status, const char *why,
			   void *arg)
{
	struct notification *n = arg;
	struct subscription *s = n->of;

	notification_end(n, 481);
	subscription_free(s);
}

static const struct txn_client notify_client = {
	.on_response = notify_response,
	.on_failure = notify_failure,
};

static int send_notify(struct subscription *s, const char *state,
		       const osip_message_t *from, struct notification *n)
{
	struct sip_path path;
	osip_message_t *msg;
	int ret = -ENOMEM;

	subscription_path(&s->subscriber, &path);
	msg = dialog_request(&s->subscriber.dialog, "NOTIFY", &path);
	if (msg)
		ret = fill_notify(s, msg, state, from);
	if (ret < 0) {
		osip_message_free(msg);
		return ret;
	}
	return txn_request(msg, &path, n ? &notify_client : NULL, n,
			   n ? &n->client : NULL);
}

void notification_expired(struct subscription *s)
{
	send_notify(s, "terminated;reason=timeout", NULL, NULL);
}

/* The state and its time or reason; free() it. NULL: not one, or no memory. */
static char *read_state(const osip_message_t *req, bool *ret_over)
{
	static const char *const reasons[] = { "deactivated", "probation",
					       "rejected",    "timeout",
					       "giveup",      "noresource",
					       "invariant" };
	const char *value = message_header(req, "subscription-state"), *p;
	char text[64];

	if (!value)
		return NULL;
	*ret_over = !strncasecmp(value, "terminated", 10);
	if (!*ret_over) {
		snprintf(text, sizeof(text), "%s",
			 strncasecmp(value, "pending", 7) ? "active"
							  : "pending");
		p = strstr(value, "expires=");
		if (p)
			snprintf(text + strlen(text), 32, ";expires=%lu",
				 strtoul(p + 8, NULL, 10));
		return strdup(text);
	}
	snprintf(text, sizeof(text), "terminated");
	p = strstr(value, "reason=");
	for (size_t i = 0; p && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strncasecmp(p + 7, reasons[i], strlen(reasons[i])))
			snprintf(text, sizeof(text), "terminated;reason=%s",
				 reasons[i]);
	return strdup(text);
}

static struct notification *notification_new(struct subscription *s,
					     struct txn *t, bool last)
{
	struct notification *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->of = s;
	n->last = last;
	txn_own(t, &n->server);
	LIST_INSERT_HEAD(&s->notifications, n, entry);
	s->n_notifications++;
	return n;
}

void notification_received(struct subscription *s, struct txn *t,
			   const osip_message_t *req)
{
	struct notification *n = NULL;
	bool over = false;
	char *state = NULL;
	int status = 0, ret;

	if (event_package_find(req) != s->package)
		status = 489;
	else if (s->n_notifications >= SIP_NOTIFICATIONS_MAX)
		status = 503;
	else if (!(state = read_state(req, &over)))
		status = 400;
	else if (!(n = notification_new(s, t, over)))
		status = 500;
	if (status) {
		subscription_respond(t, &s->notifier, status);
		free(state);
		return;
	}
	if (!s->notifier.dialog.remote_tag)
		dialog_from_notify(&s->notifier.dialog, req);
	ret = send_notify(s, state, req, n);
	free(state);
	if (ret < 0)
		notification_end(n, ret == -EMSGSIZE ? 413
				    : ret == -EINVAL ? 415
						     : 500);
	if (ret < 0 && over)
		subscription_free(s);
}
