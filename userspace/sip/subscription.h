/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subscriptions (RFC 6665) from one gateway to another, as two dialogs: a
 * subscriber's SUBSCRIBE goes where a call of his would go, and the NOTIFYs come
 * back to him, as far as their bodies tell nothing of the other side.
 */
#ifndef SIP_SUBSCRIPTION_H
#define SIP_SUBSCRIPTION_H

#include "sip/gateway.h"
#include "sip/txn.h"

/* The gateways and routes that are running; NULL: none. */
void subscriptions_set_config(const struct sip_config *cfg);
void subscriptions_exit(void); /* forgets them */
bool subscriptions_use(const struct gateway *gw); /* is any on it? */

/* A SUBSCRIBE from who may send it, outside of a dialog. */
void subscription_received(struct txn *t, const osip_message_t *req);
/* Is it in the dialog of one, and from its peer? */
bool subscription_knows(const osip_message_t *req, const struct sip_path *from);
/* What becomes of one in a dialog that is of no call: 481, if it isn't that. */
void subscription_requested(struct txn *t, const osip_message_t *req);

#endif
