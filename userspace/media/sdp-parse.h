/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by sdp*.c: a parsed SDP. */
#ifndef MEDIA_SDP_PARSE_H
#define MEDIA_SDP_PARSE_H

#include <sys/time.h>
#include <time.h>

#include <osipparser2/osip_port.h>
#include <osipparser2/sdp_message.h>

#include "media/sdp.h"

struct sdp {
	sdp_message_t *msg;
	unsigned int n; /* m= lines */
	struct sdp_media *stream[SDP_STREAMS_MAX]; /* parts of msg */
};

/* A decimal number without sign or blanks; false if not, or above @max. */
bool sdp_number(const char *text, uint32_t max, uint32_t *ret);

/*
 * The payload types of stream @n, each once.
 * Return: how many, 0 when one is no RTP payload type.
 */
unsigned int sdp_formats(const struct sdp *sdp, unsigned int n,
			 uint8_t ret[SDP_FORMATS_MAX]);

#endif
