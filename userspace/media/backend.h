/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What relays the media: the kernel module, or something else in its place. */
#ifndef MEDIA_BACKEND_H
#define MEDIA_BACKEND_H

#include "lib/ringfence.h"

/* What a backend tells, from the loop. */
struct media_events {
	void (*idle)(uint32_t id); /* idle-timeout seconds without a packet */
	void (*gone)(uint32_t id); /* removed, by us or by others */
	void (*lost)(void); /* some events were: look at everything */
	/* @leg failed authentication often, @count times so far */
	void (*auth)(uint32_t id, unsigned int leg, uint64_t count);
	/* a stream that came to @leg is out of step, and stays so */
	void (*desync)(uint32_t id, unsigned int leg, uint32_t ssrc);
};

/* The calls return 0 or -errno; error() then has a sentence. */
struct media_backend {
	const char *name;
	int (*open)(const struct media_events *events);
	void (*close)(void); /* sessions stay */
	int (*add)(const struct rgf_session *s, uint32_t *ret_id);
	int (*set)(const struct rgf_session *s);
	int (*del)(uint32_t id);
	int (*get)(uint32_t id, struct rgf_session *ret);
	int (*dump)(int (*cb)(const struct rgf_session *s, void *arg),
		    void *arg);
	const char *(*error)(void);
};

extern const struct media_backend media_kernel;

/* media_init() with another backend than the kernel module; for tests. */
int media_init_with(const struct media_backend *backend);

#endif
