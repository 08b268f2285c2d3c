/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of the daemon's modules. */
#ifndef RINGFENCED_MODULES_H
#define RINGFENCED_MODULES_H

#include <stddef.h>

#include "ringfenced/module.h"

struct modules {
	const struct module *const *table; /* a module after what it needs */
	size_t n;
	size_t n_up; /* the first so many are initialized */
};

/* All or none; -errno of the one that failed, which logged why. */
int modules_init(struct modules *m);

/**
 * modules_configure() - all prepare @tree, then all commit it
 *
 * If one refuses, those before it roll back in reverse order and nothing has
 * changed; @err is then filled. Return: 0 or -errno.
 */
int modules_configure(const struct modules *m, const struct lyd_node *tree,
		      struct config_error *err);

void modules_exit(struct modules *m); /* in reverse order */

#endif
