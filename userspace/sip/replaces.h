/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header that names a call which there is (RFC 3891): in the Refer-To of an
 * attended transfer, or in the INVITE of who is to have the call from now on.
 */
#ifndef SIP_REPLACES_H
#define SIP_REPLACES_H

#include "sip/leg.h"

struct replaces {
	char call_id[SIP_CALL_ID_MAX + 1];
	char to_tag[SIP_TAG_MAX + 1]; /* ours */
	char from_tag[SIP_TAG_MAX + 1]; /* of the peer that is named */
	bool early_only; /* not if it is answered */
};

/* The value of a header. 0; -EBADMSG: it names no dialog */
int replaces_parse(const char *value, struct replaces *ret);

/* The leg whose dialog it names, of that gateway's peer. Who has its tags was told
 * them by a party of it. NULL: there is none; it may be over. */
struct leg *replaces_find(const struct replaces *r, const struct gateway *gw);

#endif
