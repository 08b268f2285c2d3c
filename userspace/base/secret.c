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

int secret_random(void *p, size_t len)
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
