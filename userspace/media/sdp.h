/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SDP (RFC 4566) of strangers: checked byte by byte, then parsed by libosip2,
 * then asked for the few things that a relay needs. And our own, which takes
 * over nothing that isn't on its list.
 */
#ifndef MEDIA_SDP_H
#define MEDIA_SDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/media.h"

#define SDP_LINES_MAX	256
#define SDP_LINE_MAX	1024 /* bytes */
#define SDP_STREAMS_MAX 8 /* m= lines */
#define SDP_FORMATS_MAX 32 /* payload types of a stream; others are ignored */
#define SDP_ATTRS_MAX	96 /* attributes we take over; others are ignored */

/* What of an m= line must be repeated in an answer. */
struct sdp_stream {
	char type[16]; /* "audio" */
	char proto[24]; /* "RTP/AVP" */
	char format[24]; /* the first one */
};

/* The m= lines of an offer, in order, and which of them we relay. */
struct sdp_shape {
	unsigned int n, audio;
	struct sdp_stream stream[SDP_STREAMS_MAX];
};

/* Where a peer wants its media. */
struct sdp_peer {
	struct in_addr addr;
	uint16_t port, rtcp_port; /* host byte order */
	bool held; /* address 0.0.0.0: nowhere for now (RFC 2543, B.5) */
	bool on_hold; /* that, or not both ways (RFC 3264, 8.4) */
};

struct sdp; /* parsed */

/**
 * sdp_parse() - check and parse a body
 * @why: filled on failure: 400, or 488 beyond our limits
 */
int sdp_parse(const char *body, size_t len, struct sdp **ret,
	      struct media_refusal *why);
void sdp_free(struct sdp *sdp); /* wipes the keys; NULL is fine */

void sdp_get_shape(const struct sdp *sdp, struct sdp_shape *ret);

/*
 * The first audio stream that is offered with a protocol that @security can do:
 * RTP/AVP(F) if it is not MEDIA_SECURE, RTP/SAVP(F) if it is not MEDIA_UNSECURE.
 * Or -ENOENT.
 */
int sdp_find_audio(const struct sdp *sdp, enum media_security security,
		   struct media_refusal *why);
bool sdp_is_savp(const char *proto); /* RTP/SAVP or RTP/SAVPF */

/* Is stream @n there, audio, not rejected, and of protocol @proto? */
int sdp_check_answer(const struct sdp *sdp, unsigned int n, const char *proto,
		     struct media_refusal *why);

/**
 * sdp_get_peer() - where the peer wants stream @n
 * @local: our address on that leg; a loopback peer is allowed only if this is
 *
 * Any address that isn't a host's own, and any of this machine, is refused:
 * the gateway must not be made to send to itself or to everybody.
 */
int sdp_get_peer(const struct sdp *sdp, unsigned int n, struct in_addr local,
		 struct sdp_peer *ret, struct media_refusal *why);

/* Value of the @i-th attribute @name of stream @n, "" if it has none; NULL. */
const char *sdp_attribute(const struct sdp *sdp, unsigned int n,
			  const char *name, unsigned int i);
bool sdp_session_attribute(const struct sdp *sdp, const char *name);

/* What we say on a leg. */
struct sdp_ours {
	uint64_t session_id, version; /* of the o= line */
	struct in_addr addr;
	uint16_t port; /* of RTP; RTCP is the next */
	const char *proto;
	unsigned int n_crypto;
	const char *const *crypto; /* values of a=crypto */
};

/* "sendrecv", "sendonly", "recvonly" or "inactive": the stream's, else the
 * session's (RFC 4566, 6). */
const char *sdp_direction(const struct sdp *sdp, unsigned int n);

/**
 * sdp_write() - our SDP: the peer's formats at our address
 * @from: whose stream @n gives payload types, their attributes, direction
 * @shape: the m= lines; all but the audio get port 0
 * @ret: free() it; keys are in it
 */
int sdp_write(const struct sdp *from, unsigned int n, bool held,
	      const struct sdp_shape *shape, const struct sdp_ours *ours,
	      char **ret, struct media_refusal *why);

/* Fill @why; always returns @err. */
int sdp_refuse(struct media_refusal *why, int err, int status, const char *fmt,
	       ...) __attribute__((format(printf, 4, 5)));

#endif
