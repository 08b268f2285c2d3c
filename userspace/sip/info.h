/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INFO (RFC 6086) in an established call: key presses and requests for a key
 * frame pass to the other leg, and its answer comes back.
 */
#ifndef SIP_INFO_H
#define SIP_INFO_H

#include <sys/queue.h>

#include "sip/leg.h"

struct call;
struct info; /* one that waits for its answer */

struct infos {
	LIST_HEAD(, info) list;
	unsigned int n;
};

/* An INFO came in the leg's dialog. */
void info_requested(struct leg *leg, struct txn *t, const osip_message_t *req);
/* The call is no longer established. */
void infos_abandon(struct call *c);
/* A leg goes over to another call: its peer may ask again, there. */
void infos_put_off(struct call *c);

#endif
