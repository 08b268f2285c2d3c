/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connected byte stream on the event loop: TCP here, TLS over it in cert/tls.
 * The user sees one type for both.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct stream;

/*
 * All are called from the loop, never from inside a stream_*() call, so the
 * user may free the stream in any of them. After on_close nothing else comes;
 * the user still calls stream_free().
 */
struct stream_ops {
	/* Connected, and for TLS: handshake done and peer verified. */
	void (*on_ready)(struct stream *s, void *arg);
	void (*on_data)(struct stream *s, const uint8_t *p, size_t n,
			void *arg);
	/* @reason: in words; for TLS why validation failed, with the
	 * certificate's subject and the name that was wanted. Clean end of
	 * stream is "closed by peer". */
	void (*on_close)(struct stream *s, const char *reason, void *arg);
};

#define STREAM_OUT_MAX	       (256 * 1024) /* unsent; more closes the stream */
#define STREAM_CONNECT_SECONDS 10

/*
 * Start to connect, from @local (port 0: any; NULL: any address); 0 or -errno.
 * Given up after STREAM_CONNECT_SECONDS.
 */
int stream_connect_tcp(const struct sockaddr_in *local,
		       const struct sockaddr_in *peer,
		       const struct stream_ops *ops, void *arg,
		       struct stream **ret);
/* Take over an accepted socket; closed on failure too. */
int stream_accept_tcp(int fd, const struct stream_ops *ops, void *arg,
		      struct stream **ret);

/* Queue bytes; -ENOBUFS beyond STREAM_OUT_MAX, -ENOTCONN before ready. */
int stream_write(struct stream *s, const void *p, size_t n);
void stream_peer(const struct stream *s, struct sockaddr_in *ret);
void stream_local(const struct stream *s, struct sockaddr_in *ret);
/* Sends what is queued if the socket takes it at once. NULL is fine. */
void stream_free(struct stream *s);

#endif
