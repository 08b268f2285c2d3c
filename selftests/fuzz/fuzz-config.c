// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text form of the configuration: any bytes give a tree or errors. A tree is
 * printed as lines and as JSON that give it again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/edit.h"
#include "tree.h"

#define ERRORS_MAX 8 /* few, so that the sorted array overflows */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	tree_open_model();
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

static void check_json(const struct lyd_node *tree, const char *lines)
{
	struct lyd_node *again = NULL;
	struct config_error err;
	char *json, *text;

	require(!config_print_json(tree, NULL, 0, CONFIG_PRINT_SECRETS, &json,
				   &err));
	require(!config_edit_json(&again, json, strlen(json), false, &err));
	text = tree_print(again);
	require(!strcmp(text, lines));
	free(text);
	free(json);
	config_free(again);
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
	if (tree) {
		char *lines = tree_print(tree);

		tree_check_lines(tree, lines);
		check_json(tree, lines);
		free(lines);
	}
	config_free(tree);
	return 0;
}
