/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP messages out of a byte stream (RFC 3261, 18.3), at any split. */
#ifndef SIP_FRAME_H
#define SIP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
	char *buf; /* SIP_MESSAGE_MAX bytes, allocated with the first */
	size_t start, end; /* what is in it and not yet handed out */
	size_t scanned; /* bytes from start known to hold no empty line */
	size_t head; /* length of the header at start, 0: not known yet */
	size_t total; /* with its body, 0: not known yet */
};

enum frame_result {
	FRAME_MORE, /* feed more bytes */
	FRAME_MESSAGE, /* a whole message */
	FRAME_PING, /* a keep-alive: CRLF CRLF (RFC 5626, 3.5.1) */
	FRAME_LAST, /* what comes after this can't be framed: close */
};

void frame_init(struct frame *f);
void frame_reset(struct frame *f); /* frees the buffer */
bool frame_partial(const struct frame *f); /* a message has begun to arrive */

/**
 * frame_feed() - take in as many bytes as there is room for
 *
 * Return: how many; 0 after FRAME_MORE means that the message is too large.
 * -ENOMEM.
 */
long frame_feed(struct frame *f, const uint8_t *p, size_t n);

/**
 * frame_next() - the next message
 * @msg: for FRAME_MESSAGE and FRAME_LAST, in the frame's buffer, valid until
 *	the next call on it. FRAME_LAST may come with an empty one.
 *
 * The length is found in Content-Length. Without a good one the header alone
 * is handed out as FRAME_LAST, for the validator to say what is wrong.
 */
enum frame_result frame_next(struct frame *f, const char **msg, size_t *len);

#endif
