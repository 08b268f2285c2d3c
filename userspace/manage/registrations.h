/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the control socket asks the registrar, which is in another package. */
#ifndef MANAGE_REGISTRATIONS_H
#define MANAGE_REGISTRATIONS_H

#include <jansson.h>

struct api_registrations {
	/* An array, an object for each contact; NULL: no memory. */
	json_t *(*list)(void);
	/* Likewise of the accounts that gateways register. */
	json_t *(*accounts)(void);
	/* Remove all contacts of an extension, or with NULL of each: how many. */
	unsigned int (*end)(const char *extension);
};

/* Kept by reference; NULL, as at first: there is no registrar. */
void api_set_registrations(const struct api_registrations *r);

#endif
