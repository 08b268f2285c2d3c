/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions of SIP by their option tags, and the headers that they bring. Pure. */
#ifndef SIP_OPTAG_H
#define SIP_OPTAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sip/message.h"

#define OPTAG_MIN_SE 90 /* seconds; without a Min-SE (RFC 4028, 5) */

enum refresher {
	REFRESHER_NONE,
	REFRESHER_UAC,
	REFRESHER_UAS,
};

struct session_expires {
	uint32_t seconds;
	enum refresher refresher;
};

/* Does Supported list @tag? */
bool optag_supported(const osip_message_t *msg, const char *tag);
bool optag_required(const osip_message_t *msg, const char *tag);
/* What Require lists and we don't understand, with commas, as far as @size
 * goes; false: nothing. */
bool optag_unknown(const osip_message_t *req, char *buf, size_t size);

/* 0; -ENOENT: there is none, -EBADMSG: it can't be understood. */
int optag_session_expires(const osip_message_t *msg,
			  struct session_expires *ret);
uint32_t optag_min_se(const osip_message_t *msg); /* OPTAG_MIN_SE at least */

/* Of a reliable provisional answer, and of the PRACK for it (RFC 3262, 7): its
 * number and the CSeq of the INVITE. 0 or -EBADMSG: none, or no good one. */
int optag_rseq(const osip_message_t *msg, uint32_t *ret);
int optag_rack(const osip_message_t *msg, uint32_t *ret_rseq,
	       uint32_t *ret_cseq);

#endif
