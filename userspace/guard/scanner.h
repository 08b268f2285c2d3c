/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it a scanner? By the User-Agent, which honest ones don't hide. */
#ifndef GUARD_SCANNER_H
#define GUARD_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

#define SCANNERS_MAX	 32 /* as in ringfence.yang */
#define SCANNER_NAME_MAX 63 /* bytes */

struct scanners {
	char name[SCANNERS_MAX][SCANNER_NAME_MAX + 1];
	unsigned int n;
};

/* One more; over SCANNERS_MAX it is left out. */
void scanners_add(struct scanners *s, const char *name);

void scanner_set(const struct scanners *s); /* what counts from now on */

/**
 * scanner_is() - has the message a User-Agent with a scanner's name in it?
 * @msg: any bytes
 *
 * Not unfolded: scanners don't fold.
 */
bool scanner_is(const char *msg, size_t len);

#endif
