/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of ours that the trunk challenges are sent again with those of its
 * gateway's accounts. Nobody else's credentials are ever sent: those of a caller
 * stay at his side.
 */
#ifndef SIP_CREDENTIALS_H
#define SIP_CREDENTIALS_H

#include "sip/txn.h"

/*
 * The request of @t again, with credentials, when @resp challenges it for a realm
 * of an account; else NULL. A txn_user's on_challenge().
 */
osip_message_t *credentials_challenged(const struct txn *t,
				       const osip_message_t *resp);

#endif
