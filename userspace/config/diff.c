// SPDX-License-Identifier: GPL-2.0-or-later
/* What a change is made of; libyang finds it, and marks each node with it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "config/edit.h"
#include "config/internal.h"

enum change {
	CHANGE_NONE, /* only around something that changed */
	CHANGE_CREATE,
	CHANGE_DELETE,
	CHANGE_REPLACE, /* another value, or another place */
};

static const char *meta(const struct lyd_node *node, const char *name)
{
	const struct lyd_meta *m = lyd_find_meta(node->meta, NULL, name);

	return m ? lyd_get_meta_value(m) : NULL;
}

/* That of @node, or what it has of its parent. */
static enum change change_of(const struct lyd_node *node, enum change around)
{
	const char *name = meta(node, "yang:operation");

	if (!name)
		return around == CHANGE_REPLACE ? CHANGE_NONE : around;
	if (!strcmp(name, "create"))
		return CHANGE_CREATE;
	if (!strcmp(name, "delete"))
		return CHANGE_DELETE;
	return strcmp(name, "replace") ? CHANGE_NONE : CHANGE_REPLACE;
}

static bool is_leaf(const struct lyd_node *node)
{
	return node->schema->nodetype == LYS_LEAF;
}

static void print_change(FILE *f, char sign, const struct lyd_node *node,
			 const char *value, unsigned int flags)
{
	fprintf(f, "%c ", sign);
	print_path(f, node);
	if (value) {
		fputc(' ', f);
		if (!(flags & CONFIG_PRINT_SECRETS) &&
		    schema_is_secret(node->schema))
			fputs("(secret, not shown)", f);
		else
			print_word(f, value);
	}
	fputc('\n', f);
}

static void print_node(FILE *f, const struct lyd_node *node, enum change change,
		       unsigned int flags)
{
	bool term = node->schema->nodetype & LYD_NODE_TERM;
	const char *value = term ? lyd_get_value(node) : NULL;

	if (lysc_is_key(node->schema))
		return;
	switch (change) {
	case CHANGE_NONE:
		break;
	case CHANGE_CREATE:
		if (term)
			print_change(f, '+', node, value, flags);
		break;
	case CHANGE_DELETE:
		if (term)
			print_change(f, '-', node, value, flags);
		break;
	case CHANGE_REPLACE:
		if (is_leaf(node)) {
			print_change(f, '-', node,
				     meta(node, "yang:orig-value"), flags);
			print_change(f, '+', node, value, flags);
		} else {
			print_change(f, '>', node, value, flags);
		}
		break;
	}
}

/* As deep as the model. */
static void print_changes(FILE *f, const struct lyd_node *first,
			  enum change around, unsigned int flags)
{
	const struct lyd_node *node;

	LY_LIST_FOR(first, node) {
		enum change change = change_of(node, around);

		print_node(f, node, change, flags);
		if (!(node->schema->nodetype & LYD_NODE_TERM))
			print_changes(f, lyd_child(node), change, flags);
	}
}

/* Of what was set, whatever the defaults are. */
static int diff_set(const struct lyd_node *a, const struct lyd_node *b,
		    struct lyd_node **ret)
{
	struct lyd_node *set_a = NULL, *set_b = NULL;
	int r = config_copy_set(a, &set_a);

	if (!r)
		r = config_copy_set(b, &set_b);
	*ret = NULL;
	if (!r && lyd_diff_siblings(set_a, set_b, 0, ret))
		r = -ENOMEM;
	lyd_free_all(set_a);
	lyd_free_all(set_b);
	return r;
}

int config_diff(const struct lyd_node *a, const struct lyd_node *b,
		unsigned int flags, char **ret)
{
	struct lyd_node *diff;
	char *text = NULL;
	size_t len = 0;
	bool failed;
	FILE *f;

	if (diff_set(a, b, &diff) < 0)
		return -ENOMEM;
	f = open_memstream(&text, &len);
	if (f)
		print_changes(f, diff, CHANGE_NONE, flags);
	lyd_free_all(diff);
	failed = !f || ferror(f);
	if (f && fclose(f))
		failed = true;
	if (failed) {
		secret_free(text, len);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

/* A default that is said is no change. */
static bool is_changed(const struct lyd_node *node, enum change around)
{
	enum change change = change_of(node, around);
	const struct lyd_node *child;

	if (change != CHANGE_NONE)
		return true;
	if (node->schema->nodetype & LYD_NODE_TERM)
		return false;
	LY_LIST_FOR(lyd_child(node), child) {
		if (is_changed(child, change))
			return true;
	}
	return false;
}

bool config_differs(const struct lyd_node *a, const struct lyd_node *b,
		    const char *name)
{
	struct lyd_node *diff = NULL;
	const struct lyd_node *node;
	bool differs = false;

	if (lyd_diff_siblings(a, b, LYD_DIFF_DEFAULTS, &diff))
		return true;
	LY_LIST_FOR(diff, node) {
		if ((!name || !strcmp(LYD_NAME(node), name)) &&
		    is_changed(node, CHANGE_NONE))
			differs = true;
	}
	lyd_free_all(diff);
	return differs;
}

static bool find_marked(const struct lyd_node *first, enum change around,
			char *path, size_t size)
{
	const struct lyd_node *node;

	LY_LIST_FOR(first, node) {
		enum change change = change_of(node, around);

		if (change != CHANGE_NONE && (schema_is_secret(node->schema) ||
					      schema_is_policy(node->schema))) {
			node_path(node, NULL, path, size);
			return true;
		}
		if (!(node->schema->nodetype & LYD_NODE_TERM) &&
		    find_marked(lyd_child(node), change, path, size))
			return true;
	}
	return false;
}

bool config_touches(const struct lyd_node *a, const struct lyd_node *b,
		    char *path, size_t size)
{
	struct lyd_node *diff;
	bool ret;

	path[0] = '\0';
	if (diff_set(a, b, &diff) < 0)
		return true;
	ret = find_marked(diff, CHANGE_NONE, path, size);
	lyd_free_all(diff);
	return ret;
}
