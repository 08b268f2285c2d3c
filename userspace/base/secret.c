// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/secret.h"

void secret_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

void secret_free(void *p, size_t len)
{
	if (!p)
		return;
	secret_wipe(p, len);
	free(p);
}

void secret_free_text(char *text)
{
	secret_free(text, text ? strlen(text) : 0);
}

static int from_kernel(void *p, size_t len)
{
	unsigned char *at = p;

	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			secret_wipe(p, (size_t)(at - (unsigned char *)p));
			return -errno;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * A call has eleven tokens: one system call for all of them. What was given out is
 * wiped here. Keys are longer, and come straight from the kernel.
 */
int secret_random(void *p, size_t len)
{
	static unsigned char pool[256];
	static size_t left;
	int err;

	if (len > SECRET_POOLED_MAX)
		return from_kernel(p, len);
	if (len > left) {
		err = from_kernel(pool, sizeof(pool));
		if (err)
			return err;
		left = sizeof(pool);
	}
	left -= len;
	memcpy(p, pool + left, len);
	secret_wipe(pool + left, len);
	return 0;
}
