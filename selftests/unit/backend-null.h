/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A media backend that only remembers, for tests. */
#ifndef BACKEND_NULL_H
#define BACKEND_NULL_H

#include "media/backend.h"

#define NULL_SESSIONS 64

struct backend_null {
	struct rgf_session session[NULL_SESSIONS]; /* id 0: free */
	uint32_t last_id;
	int fail; /* -errno of the next add, set or dump; then 0 again */
	unsigned int adds, sets, dels;
	const struct media_events *tell; /* while it is open */
};

extern struct backend_null backend_null;
extern const struct media_backend media_null;

struct rgf_session *null_session(uint32_t id); /* NULL if there is none */
unsigned int null_count(void);

#endif
