/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MESSAGE outside of a call (RFC 3428), from one gateway to another by the routes
 * that calls have. Nothing is stored: who can't be reached now doesn't get it.
 */
#ifndef SIP_MESSAGE_RELAY_H
#define SIP_MESSAGE_RELAY_H

#include "sip/gateway.h"
#include "sip/txn.h"

/* The gateways and routes that are running; NULL: none. */
void message_relay_set_config(const struct sip_config *cfg);
/* From who may send it: relay it, or refuse it. */
void message_relay_received(struct txn *t, const osip_message_t *req);
void message_relay_exit(void); /* forgets those that wait for an answer */

#endif
