// SPDX-License-Identifier: GPL-2.0-or-later
/* A tree as lines or as JSON. What is printed can be loaded again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "config/edit.h"
#include "config/internal.h"

void print_word(FILE *f, const char *word)
{
	if (*word && !strpbrk(word, " \t\"#\\")) {
		fputs(word, f);
		return;
	}
	fputc('"', f);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			fputc('\\', f);
		fputc(*word, f);
	}
	fputc('"', f);
}

/* Recursion is as deep as the model. */
void print_path(FILE *f, const struct lyd_node *node)
{
	if (lyd_parent(node)) {
		print_path(f, lyd_parent(node));
		fputc(' ', f);
	}
	fputs(LYD_NAME(node), f);
	if (node->schema->nodetype == LYS_LIST) {
		fputc(' ', f);
		print_word(f, lyd_get_value(lyd_child(node)));
	}
}

static void print_setting(FILE *f, const struct lyd_node *node,
			  unsigned int flags)
{
	bool hide = !(flags & CONFIG_PRINT_SECRETS) &&
		    schema_is_secret(node->schema);

	if (hide)
		fputs("# ", f);
	print_path(f, node);
	fputc(' ', f);
	if (hide)
		fputs("(secret, not shown)", f);
	else
		print_word(f, lyd_get_value(node));
	fputc('\n', f);
}

static int add_picked(struct lyd_node **picked, const struct lyd_node *node)
{
	struct lyd_node *copy;

	if (lyd_dup_single(node, NULL,
			   LYD_DUP_RECURSIVE | LYD_DUP_NO_META |
				   LYD_DUP_WITH_PARENTS,
			   &copy))
		return -ENOMEM;
	while (lyd_parent(copy))
		copy = lyd_parent(copy);
	if (lyd_merge_siblings(picked, copy, LYD_MERGE_DESTRUCT))
		return -ENOMEM;
	return 0;
}

/* A copy of what the words lead to, in all that is around it. */
static int pick(const struct lyd_node *tree, char *const words[], size_t n,
		unsigned int flags, struct lyd_node **ret,
		struct config_error *err)
{
	struct lyd_node *picked = NULL, *set_only;
	struct ly_set *set = NULL;
	int r;

	if (ly_set_new(&set))
		return config_error_set(err, -ENOMEM, "out of memory");
	r = tree_select(tree ? lyd_first_sibling(tree) : NULL, words, n, set,
			err);
	for (uint32_t i = 0; !r && i < set->count; i++)
		r = add_picked(&picked, set->dnodes[i]);
	ly_set_free(set, NULL);
	if (!r && !(flags & CONFIG_PRINT_DEFAULTS)) {
		r = config_copy_set(picked, &set_only);
		if (!r) {
			lyd_free_all(picked);
			picked = set_only;
		}
	}
	if (r == -ENOMEM)
		config_error_set(err, r, "out of memory");
	if (r)
		lyd_free_all(picked);
	else
		*ret = picked;
	return r;
}

/* The stream's memory, or -ENOMEM if some of it could not be had. */
static int close_memory(FILE *f, char **text, size_t *len, char **ret)
{
	bool failed = ferror(f);

	if (!fclose(f) && !failed) {
		*ret = *text;
		return 0;
	}
	secret_free(*text, *len);
	return -ENOMEM;
}

int config_print(const struct lyd_node *tree, char *const words[], size_t n,
		 unsigned int flags, char **ret, struct config_error *err)
{
	struct lyd_node *picked = NULL, *root, *node;
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	int r = pick(tree, words, n, flags, &picked, err);

	if (r < 0)
		return r;
	f = open_memstream(&text, &len);
	if (!f) {
		lyd_free_all(picked);
		return config_error_set(err, -ENOMEM, "out of memory");
	}
	LY_LIST_FOR(picked, root) {
		LYD_TREE_DFS_BEGIN(root, node) {
			if (node->schema->nodetype & LYD_NODE_TERM &&
			    !lysc_is_key(node->schema))
				print_setting(f, node, flags);
			LYD_TREE_DFS_END(root, node);
		}
	}
	lyd_free_all(picked);
	r = close_memory(f, &text, &len, ret);
	return r < 0 ? config_error_set(err, r, "out of memory") : 0;
}

static void drop_secrets(struct lyd_node **tree, struct lyd_node *first)
{
	struct lyd_node *node, *next;

	LY_LIST_FOR_SAFE(first, next, node)
	{
		if (!schema_is_secret(node->schema)) {
			if (!(node->schema->nodetype & LYD_NODE_TERM))
				drop_secrets(tree, lyd_child(node));
			continue;
		}
		if (node == *tree)
			*tree = next;
		lyd_free_tree(node);
	}
}

int config_print_json(const struct lyd_node *tree, char *const words[],
		      size_t n, unsigned int flags, char **ret,
		      struct config_error *err)
{
	struct lyd_node *picked = NULL;
	char *text = NULL;
	int r = pick(tree, words, n, flags, &picked, err);

	if (r < 0)
		return r;
	if (!(flags & CONFIG_PRINT_SECRETS))
		drop_secrets(&picked, picked);
	if (!picked)
		text = strdup("{}");
	else if (lyd_print_mem(&text, picked, LYD_JSON,
			       LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK |
				       LYD_PRINT_WD_ALL))
		text = NULL;
	lyd_free_all(picked);
	if (!text)
		return config_error_set(err, -ENOMEM, "out of memory");
	*ret = text;
	return 0;
}

bool config_join(char *const words[], size_t n, char line[CONFIG_LINE_MAX + 1])
{
	FILE *f = fmemopen(line, CONFIG_LINE_MAX + 1, "w");
	bool fits = f;

	for (size_t i = 0; f && i < n; i++) {
		if (i)
			fputc(' ', f);
		print_word(f, words[i]);
	}
	/* A full buffer shows when it is flushed. */
	if (f && (fputc('\0', f) == EOF || fflush(f) || ferror(f)))
		fits = false;
	if (f && fclose(f))
		fits = false;
	return fits;
}
