/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by subscription.c and notification.c: a subscription and its NOTIFYs. */
#ifndef SIP_SUBSCRIPTION_INTERNAL_H
#define SIP_SUBSCRIPTION_INTERNAL_H

#include <sys/queue.h>

#include <event2/event.h>

#include "sip/dialog.h"
#include "sip/extension.h"
#include "sip/subscription.h"
#include "sip/target.h"

/* One dialog of a subscription. */
struct end {
	struct gateway *gw;
	struct sip_path path; /* where its last message came from */
	struct dialog dialog;
};

struct subscription {
	LIST_ENTRY(subscription) entry;
	const struct event_package *package;
	char event[96]; /* the value of Event */
	char extension[EXTENSION_NUMBER_MAX + 1]; /* whose; "": of none */
	struct end subscriber, notifier;
	struct target target; /* the notifier's; another if he is away */
	struct txn *server, *client; /* a SUBSCRIBE under way; NULL: gone */
	bool accepted; /* by the notifier */
	bool leaving; /* the SUBSCRIBE that is under way ends it */
	struct event *timer;
	LIST_HEAD(, notification) notifications;
	unsigned int n_notifications;
};

void subscription_free(struct subscription *s); /* and its NOTIFYs */

/* Answer @t in the dialog of @end; NULL: in none. */
void subscription_respond(struct txn *t, const struct end *end, int status);
/* Where a request in the dialog of @end goes. */
void subscription_path(const struct end *end, struct sip_path *path);
/* It is no call's dialog: other methods are possible in it. 0 or -ENOMEM */
int subscription_contact(osip_message_t *msg, const struct sip_path *path);

/* notification.c: a NOTIFY from the notifier; may free @s. */
void notification_received(struct subscription *s, struct txn *t,
			   const osip_message_t *req);
void notification_expired(struct subscription *s); /* tell the subscriber */
void notifications_end(struct subscription *s); /* those that wait: 481 */

#endif
