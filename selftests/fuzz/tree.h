/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of each tree that was accepted, for fuzz targets. */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <stdbool.h>

struct lyd_node;

void require(bool condition); /* or a crash, which the fuzzer reports */
void tree_open_model(void); /* or it ends */
char *tree_print(const struct lyd_node *tree); /* the caller frees it */

/* Its lines, @once, give a tree that is printed the same, and is the same. */
void tree_check_lines(const struct lyd_node *tree, const char *once);

#endif
