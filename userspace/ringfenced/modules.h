/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of the daemon's modules. */
#ifndef RINGFENCED_MODULES_H
#define RINGFENCED_MODULES_H

#include <stddef.h>
#include <stdint.h>

#include "ringfenced/module.h"

struct modules {
	const struct module *const *table; /* a module after what it needs */
	size_t n;
	size_t n_up; /* the first so many are initialized */
	uint32_t prepared; /* a bit for each that got ready */
};
#define MODULES_MAX 32

/* All or none; -errno of the one that failed, which logged why. */
int modules_init(struct modules *m);

/**
 * modules_prepare() - all whose part differs between @old and @fresh get ready
 * @old: what runs; NULL: nothing yet, so all do
 *
 * If one refuses, those before it roll back in reverse order and nothing has
 * changed; @err is then filled. Return: 0 or -errno. One of the next two
 * follows on 0.
 */
int modules_prepare(struct modules *m, const struct lyd_node *old,
		    const struct lyd_node *fresh, struct config_error *err);
void modules_commit(struct modules *m);
void modules_rollback(struct modules *m); /* in reverse order */

void modules_renew(struct modules *m, const struct lyd_node *running);

void modules_exit(struct modules *m); /* in reverse order */

#endif
