/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event packages that are known, and what of their bodies may pass. */
#ifndef SIP_NOTIFY_BODY_H
#define SIP_NOTIFY_BODY_H

#include "sip/gateway.h"
#include "sip/message.h"

/* In Allow-Events. */
#define NOTIFY_BODY_EVENTS "dialog, message-summary, presence"

struct event_package {
	const char *name; /* in Event */
	const char *type; /* of its bodies, the only one */
	/* Its bodies have addresses that can't be taken out: it passes only where
	 * subscriber and notifier are of one gateway. */
	bool local;
};

/* The one that Event names; NULL: none that is known. */
const struct event_package *event_package_find(const osip_message_t *msg);
/* What Event may say on the other side: its name and, if there is a good one, id. */
bool event_package_value(const osip_message_t *msg, char *buf, size_t size);
bool event_package_passes(const struct event_package *p,
			  const struct gateway *from, const struct gateway *to);

/**
 * notify_body() - what may pass of a NOTIFY's body
 * @ret: free() it; NULL: it has none
 *
 * Return: 0; -EINVAL: it is of another type, -EMSGSIZE: too long, -ENOMEM
 */
int notify_body(const struct event_package *p, const osip_message_t *notify,
		char **ret);

#endif
