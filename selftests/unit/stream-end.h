/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One end of a stream that remembers what happened to it, for tests. */
#ifndef STREAM_END_H
#define STREAM_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stream.h"

struct end {
	struct stream *s;
	unsigned int ready, closed; /* calls of on_ready, on_close */
	char reason[512];
	uint8_t *data; /* all of what came */
	size_t len;
	/* The stream is freed in the callback: */
	bool free_in_ready, free_in_data, free_in_close;
	bool echo; /* write back what comes */
	const char *hello; /* write it as soon as ready; or NULL */
};

extern const struct stream_ops end_ops;

void end_reset(struct end *e); /* frees the stream and the data */

/* Run the loop until @done(@arg); fails the test after 20 s. */
void run_until(bool (*done)(void *arg), void *arg);
void run_closed(struct end *e);
void run_closed_within(struct end *e, unsigned int ms);
void run_ready(struct end *e);
void run_len(struct end *e, size_t len);
void run_ms(unsigned int ms); /* to see that nothing happens */

/* A listening socket on 127.0.0.1; its address in @ret. */
int listen_here(struct sockaddr_in *ret);
int accept_one(int listener); /* waits */
int connect_plain(const struct sockaddr_in *to); /* a blocking socket */

#endif
