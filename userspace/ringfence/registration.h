/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands of registrations and of extensions share. */
#ifndef RINGFENCE_REGISTRATION_H
#define RINGFENCE_REGISTRATION_H

#include <jansson.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"

#define NUMBER_MAX	  64 /* bytes; no extension's is longer */
#define EXTENSION_URI_MAX (40 + CONTROL_ENCODED_MAX(NUMBER_MAX))

/* "PATH?extension=NUMBER" with the only word, after @command. */
int extension_uri(const struct cli *cli, struct words *w, const char *command,
		  const char *path, char ret[EXTENSION_URI_MAX]);

/* A head, and a line for each contact. */
void print_contacts(const json_t *list);

#endif
