/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OPTIONS (RFC 3261, 11): what we answer, and what we ask gateways' proxies, to
 * know if they are there.
 */
#ifndef SIP_OPTIONS_H
#define SIP_OPTIONS_H

#include "sip/txn.h"

struct gateway;

/* What we can do. @status: that an INVITE would get (11.2) */
void options_answer(struct txn *t, int status);

/* Ask @gw's proxy as its configuration says from now on; what is known of the
 * same proxy stays. Errors are logged: it is not watched then. */
void options_watch(struct gateway *gw);
void options_unwatch(struct gateway *gw); /* and it counts as there */
unsigned int options_unanswered(const struct gateway *gw); /* in a row */

#endif
