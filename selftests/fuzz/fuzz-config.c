// SPDX-License-Identifier: GPL-2.0-or-later
/* The text form of the configuration: any bytes give a tree or errors. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"

#define ERRORS_MAX 8 /* few, so that the sorted array overflows */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int ret = config_init(NULL);

	if (ret) {
		fprintf(stderr, "no model: %d; set RINGFENCE_YANG_DIR\n", ret);
		exit(1);
	}
	return 0;
}

static void check_text(const char *s)
{
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e)
			abort();
	}
}

static void check_errors(const struct config_error *errs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!errs[i].text[0] || (i && errs[i].line < errs[i - 1].line))
			abort();
		check_text(errs[i].text);
		check_text(errs[i].path);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config_error errs[ERRORS_MAX];
	struct lyd_node *tree = NULL;
	int n;

	n = config_load_text((const char *)data, len, &tree, errs, ERRORS_MAX);
	if (n < 0 || (n == 0) != (tree != NULL))
		abort();
	check_errors(errs, n < ERRORS_MAX ? (size_t)n : ERRORS_MAX);
	config_free(tree);
	return 0;
}
