/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REGISTER of extensions (RFC 3261, 10.3; Path: RFC 3327). */
#ifndef SIP_REGISTRAR_H
#define SIP_REGISTRAR_H

#include "sip/binding.h"
#include "sip/gateway.h"
#include "sip/txn.h"

int registrar_init(void); /* 0 or -errno; logs nothing */
void registrar_exit(void); /* saves the bindings */

/* What counts from now on: bindings that it has no place for end. NULL: none. */
void registrar_set_config(const struct sip_config *cfg);
/* Those of before a restart; once, after the first registrar_set_config(). */
void registrar_restore(void);

/*
 * All that an extension has registered, or with NULL all that any has, by an
 * operator: how many there were.
 */
unsigned int registrar_end(const char *number);

/*
 * One that auth_admit() let in: it is answered, without a transaction, so that
 * many at once cost calls nothing. One that is repeated, since its answer was
 * lost, is challenged anew: its nonce count was used.
 */
void registrar_received(const osip_message_t *req, struct sip_path *path);

#endif
