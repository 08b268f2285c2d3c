/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run directory, and in it the pid file: one daemon for each. */
#ifndef RINGFENCED_RUNDIR_H
#define RINGFENCED_RUNDIR_H

#include <stddef.h>

#include "ringfenced/daemon.h"

/**
 * rundir_open() - make the directory if it is missing, and take its lock
 * @dir: kept by reference
 * @err: on failure, a sentence that says what to change
 *
 * Return: 0 or -errno; -EBUSY when another ringfenced has the lock
 */
int rundir_open(const char *dir, char *err, size_t err_len);
void rundir_close(void);

#endif
