// SPDX-License-Identifier: GPL-2.0-or-later
#include "config-load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

#define ERRORS_MAX 64

char *load_len(const char *text, size_t len, struct lyd_node **ret)
{
	static struct config_error errs[ERRORS_MAX];
	static char out[ERRORS_MAX * sizeof(errs[0])];
	size_t used = 0;
	int n;

	*ret = NULL;
	n = config_load_text(text, len, ret, errs, ERRORS_MAX);
	assert_in_range(n, 0, ERRORS_MAX);
	assert_true((n == 0) == (*ret != NULL));
	out[0] = '\0';
	for (int i = 0; i < n; i++)
		used += (size_t)sprintf(out + used, "%u: %s: %s\n",
					errs[i].line, errs[i].path,
					errs[i].text);
	return out;
}

char *load(const char *text, struct lyd_node **ret)
{
	return load_len(text, strlen(text), ret);
}
