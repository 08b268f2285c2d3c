/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datastore's commits, applied by the modules. */
#ifndef RINGFENCED_APPLY_H
#define RINGFENCED_APPLY_H

#include "ringfenced/daemon.h"
#include "ringfenced/modules.h"

/**
 * apply_init() - the datastore of @file, for the modules of @m
 *
 * Both outlive apply_exit(). Return: 0 or -errno; logs nothing.
 */
int apply_init(const char *file, struct modules *m);
void apply_exit(void);

/* An unconfirmed commit could not be undone: only a restart helps. */
bool apply_is_stuck(void);

#endif
