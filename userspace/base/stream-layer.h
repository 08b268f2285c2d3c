/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a protocol between TCP and the stream's user implements (cert/tls.c).
 * For implementers of layers only; users of streams need base/stream.h.
 */
#ifndef BASE_STREAM_LAYER_H
#define BASE_STREAM_LAYER_H

#include <sys/types.h>

#include "base/stream.h"

#define STREAM_CHUNK 16384 /* bytes per read and write; a TLS record's most */

/*
 * The calls with an int or ssize_t result never block: -EAGAIN waits until the
 * socket can be read, -EINPROGRESS until it can be written. Any other negative
 * errno ends the stream with what reason() says.
 */
struct stream_layer {
	void (*attach)(void *state, int fd); /* TCP is connected */
	int (*handshake)(void *state);
	/* 0: end of stream. Must leave nothing unread when @n is
	 * STREAM_CHUNK, except in the socket. */
	ssize_t (*read)(void *state, void *p, size_t n);
	/* Repeated with the same bytes after -EAGAIN and -EINPROGRESS. */
	ssize_t (*write)(void *state, const void *p, size_t n);
	const char *(*reason)(void *state); /* of the last error; never NULL */
	void (*shutdown)(void *state); /* say goodbye, without waiting */
	void (*free)(void *state);
};

/*
 * As stream_connect_tcp() and stream_accept_tcp(), with a @layer whose @state
 * belongs to the stream once 0 was returned. The handshake must be done
 * @handshake_ms after TCP connected.
 */
int stream_connect(const struct sockaddr_in *local,
		   const struct sockaddr_in *peer,
		   const struct stream_layer *layer, void *state,
		   unsigned int handshake_ms, const struct stream_ops *ops,
		   void *arg, struct stream **ret);
int stream_accept(int fd, const struct stream_layer *layer, void *state,
		  unsigned int handshake_ms, const struct stream_ops *ops,
		  void *arg, struct stream **ret);

#endif
