/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers A to K of one libosip2 transaction (RFC 3261, 17). */
#ifndef SIP_TXN_TIMER_H
#define SIP_TXN_TIMER_H

#include <stdbool.h>

#include "sip/osip.h"

/* Time until the next one is due, 0 if one is; false: none runs. */
bool txn_timer_next(const osip_transaction_t *tr, struct timeval *left);

/* The event of one that is due, for osip_transaction_execute(); or NULL. */
osip_event_t *txn_timer_event(const osip_transaction_t *tr);

#endif
