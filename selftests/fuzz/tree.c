// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/edit.h"
#include "tree.h"

void require(bool condition)
{
	if (!condition)
		abort();
}

void tree_open_model(void)
{
	int ret = config_init(NULL);

	if (ret) {
		fprintf(stderr, "no model: %d; set RINGFENCE_YANG_DIR\n", ret);
		exit(1);
	}
}

char *tree_print(const struct lyd_node *tree)
{
	struct config_error err;
	char *text;

	require(!config_print(tree, NULL, 0, CONFIG_PRINT_SECRETS, &text,
			      &err));
	return text;
}

void tree_check_lines(const struct lyd_node *tree, const char *once)
{
	struct config_error err;
	struct lyd_node *again;
	char *twice;

	require(!config_load_text(once, strlen(once), &again, &err, 1));
	twice = tree_print(again);
	require(!strcmp(once, twice));
	require(!config_differs(tree, again, NULL));
	free(twice);
	config_free(again);
}
