/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check in front of libosip2, which accepts what RFC 3261 forbids. Pure: no
 * allocation, no state, linear in the length.
 */
#ifndef SIP_VALIDATE_H
#define SIP_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "sip/limits.h"

enum sip_verdict {
	SIP_ACCEPT, /* libosip2 may see it */
	SIP_REJECT, /* a request to be answered with head.status */
	SIP_DROP, /* not even an answer is possible, or wanted */
};

/* A part of the message that was checked; not terminated. */
struct sip_slice {
	const char *p;
	size_t len;
};

struct sip_head {
	bool request;
	bool other_scheme; /* the Request-URI is neither sip: nor sips: */
	struct sip_slice first_line;
	struct sip_slice method; /* of a request */
	int code; /* of a response */
	struct sip_slice via[SIP_VIAS_MAX]; /* values, line by line */
	unsigned int n_via;
	struct sip_slice from, to, call_id, cseq; /* values; len 0: none */
	size_t head_len; /* start line to empty line, both included */
	struct sip_slice content_length; /* its value; len 0: none */
	struct sip_slice body; /* by Content-Length, or the rest */
	int status; /* SIP_REJECT: the answer */
	const char *reason; /* SIP_REJECT, SIP_DROP: why, a static string */
};

/**
 * sip_validate() - check one message
 * @len: more than SIP_MESSAGE_MAX is refused
 * @stream: from TCP or TLS, where Content-Length is mandatory
 * @head: filled as far as the message could be read
 *
 * Folded header fields (RFC 3261, 7.3.1) are accepted; white space before the
 * colon, control bytes and bare CR or LF are not. Max-Forwards is demanded of
 * all requests but ACK and CANCEL, which deployed stacks (libosip2's own, too)
 * send without.
 */
enum sip_verdict sip_validate(const char *buf, size_t len, bool stream,
			      struct sip_head *head);

#endif
