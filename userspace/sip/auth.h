/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may send what at a gateway of extensions, where anybody can send: decided
 * before a request costs a transaction, and without remembering who failed.
 *
 *	REGISTER		digest credentials; else 401; and the security
 *				policy must allow it, else 403
 *	INVITE without To tag	credentials, of an extension that is registered
 *				from there, and as whom it calls; else 407 or 403
 *	MESSAGE, SUBSCRIBE	likewise, from an address that something is registered
 *				from; else as others
 *	all of an extension	without a password that the policy lets in: no
 *				credentials
 *	in a dialog		of a call or a subscription, from the address of its
 *				leg; else 481
 *	CANCEL			of an INVITE of the same source; else 481
 *	others			from an address that something is registered from;
 *				else 403, now and then, or nothing
 */
#ifndef SIP_AUTH_H
#define SIP_AUTH_H

#include <stdbool.h>

#include "sip/extension.h"
#include "sip/message.h"

int auth_init(void); /* 0 or -errno */
void auth_exit(void);
/* From now on; NULL: nobody may. */
void auth_set_config(const struct registrar_config *cfg);

/**
 * auth_admit() - may a request that belongs to no transaction go on?
 * @in_call: it belongs to a call or subscription, or is the CANCEL of one
 *
 * Return: false: it was answered, if it is to be. A right answer to a challenge
 * is used up by it.
 */
bool auth_admit(const osip_message_t *req, struct sip_path *path, bool in_call);

/* The extension that a request is of, which auth_admit() let in; else NULL. */
const struct extension *auth_extension(const osip_message_t *req,
				       const struct sip_path *path);

#endif
