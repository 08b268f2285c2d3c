/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of users, that may hold secrets. */
#ifndef RINGFENCE_FILE_H
#define RINGFENCE_FILE_H

#include "ringfence/cli.h"

/*
 * All of a file, "-" is standard input; NULL: it was said why. The caller frees
 * it by control_free().
 */
char *file_read(const struct cli *cli, const char *file, size_t max,
		size_t *len);

/* As a whole or not at all; for nobody else to read. An exit status. */
int file_write(const struct cli *cli, const char *file, const char *text);

#endif
