// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of a candidate: a tree of what was set, without defaults, that need
 * not make sense as a whole yet. A change is made on a copy, so that one that
 * is refused leaves nothing behind.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "config/edit.h"
#include "config/internal.h"

#define JSON_DEPTH_MAX 32

int config_error_set(struct config_error *err, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_fill(err, 0, "", fmt, ap);
	va_end(ap);
	return ret;
}

int tree_dup(const struct lyd_node *tree, struct lyd_node **ret)
{
	struct lyd_node *copy = NULL;

	if (tree &&
	    lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_NO_META,
			     &copy))
		return -ENOMEM;
	*ret = copy;
	return 0;
}

static bool is_inner(const struct lyd_node *node)
{
	return node->schema->nodetype & (LYS_CONTAINER | LYS_LIST);
}

/* A line can't say of an entry that it has nothing but its name. */
static bool is_empty(const struct lyd_node *node)
{
	const struct lyd_node *child;

	if (!is_inner(node))
		return false;
	LY_LIST_FOR(lyd_child(node), child) {
		if (!lysc_is_key(child->schema))
			return false;
	}
	return true;
}

static void free_node(struct lyd_node **tree, struct lyd_node *node)
{
	if (node == *tree)
		*tree = node->next;
	lyd_free_tree(node);
}

/* Remove @node, and then what is empty without it. */
static void prune(struct lyd_node **tree, struct lyd_node *node)
{
	struct lyd_node *parent;

	do {
		parent = lyd_parent(node);
		free_node(tree, node);
		node = parent;
	} while (node && is_empty(node));
}

static bool is_unset(const struct lyd_node *node)
{
	return (node->flags & LYD_DEFAULT) || is_empty(node);
}

/* Depth is that of the model. */
static void strip(struct lyd_node **tree, struct lyd_node *first)
{
	struct lyd_node *node, *next;

	LY_LIST_FOR_SAFE(first, next, node)
	{
		if (is_inner(node))
			strip(tree, lyd_child(node));
		if (is_unset(node))
			free_node(tree, node);
	}
}

int config_copy_set(const struct lyd_node *tree, struct lyd_node **ret)
{
	struct lyd_node *copy;
	int err = tree_dup(tree, &copy);

	if (err < 0)
		return err;
	strip(&copy, copy);
	*ret = copy;
	return 0;
}

int config_edit_set(struct lyd_node **tree, char *const words[], size_t n,
		    struct config_error *err)
{
	struct failed failed;
	struct load ld = {
		.edit = true, .failed = &failed, .errs = err, .max_errs = 1
	};

	if (n == 0)
		return config_error_set(err, -EINVAL, "say what to set");
	if (tree_dup(*tree, &ld.tree) < 0)
		return config_error_set(err, -ENOMEM, "out of memory");
	line_apply(&ld, words, n);
	if (ld.n_errs > 0) {
		lyd_free_all(ld.tree);
		return -EINVAL;
	}
	lyd_free_all(*tree);
	*tree = ld.tree;
	return 0;
}

/* The last words of a selection: instances of @schema among @siblings. */
static int select_here(struct lyd_node *siblings,
		       const struct lysc_node *schema, const char *value,
		       struct ly_set *set)
{
	struct lyd_node *node;
	size_t n;

	if (value) {
		node = node_find_instance(siblings, schema, value, &n);
		return node && ly_set_add(set, node, 1, NULL) ? -ENOMEM : 0;
	}
	LY_LIST_FOR(siblings, node) {
		if ((!schema || node->schema == schema) &&
		    ly_set_add(set, node, 1, NULL))
			return -ENOMEM;
	}
	return 0;
}

static int too_long(struct load *ld, const struct lyd_node *parent,
		    const struct lysc_node *schema, const char *word)
{
	char path[sizeof(ld->errs->path)];

	node_path(parent, schema->name, path, sizeof(path));
	error_add(ld, 0, path, "nothing follows, but \"%.60s\" does", word);
	return -EINVAL;
}

static int walk(struct load *ld, struct lyd_node *siblings, char *const words[],
		size_t n, struct ly_set *set)
{
	const struct lysc_node *schema = NULL;
	struct lyd_node *parent = NULL;

	while (n > 0) {
		const struct lysc_node *child =
			node_schema_find(schema, words[0]);
		bool named = child && n > 1 &&
			     child->nodetype & (LYS_LIST | LYS_LEAFLIST);

		if (!child) {
			line_unknown(ld, parent, schema, words[0]);
			return -EINVAL;
		}
		if (n > 1u + named && child->nodetype & LYD_NODE_TERM)
			return too_long(ld, parent, child, words[1 + named]);
		if (n == 1u + named)
			return select_here(siblings, child,
					   named ? words[1] : NULL, set);
		if (siblings && named) {
			size_t count;

			parent = node_find_instance(siblings, child, words[1],
						    &count);
		} else if (siblings) {
			parent = NULL;
			lyd_find_sibling_val(siblings, child, NULL, 0, &parent);
		}
		siblings = siblings && parent ? lyd_child(parent) : NULL;
		schema = child;
		words += 1 + named;
		n -= 1 + named;
	}
	return select_here(siblings, NULL, NULL, set);
}

int tree_select(const struct lyd_node *tree, char *const words[], size_t n,
		struct ly_set *set, struct config_error *err)
{
	struct failed failed;
	struct load ld = { .failed = &failed, .errs = err, .max_errs = 1 };

	/* The set takes nodes that may be changed; walk() changes none. */
	return walk(&ld, (struct lyd_node *)(uintptr_t)tree, words, n, set);
}

static void words_path(char *const words[], size_t n, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 i ? " " : "", words[i]);
}

int config_edit_del(struct lyd_node **tree, char *const words[], size_t n,
		    struct config_error *err)
{
	struct ly_set *set = NULL;
	int ret;

	if (n == 0)
		return config_error_set(err, -EINVAL,
					"say what to remove; there is "
					"\"config load\" for all of it");
	if (ly_set_new(&set))
		return config_error_set(err, -ENOMEM, "out of memory");
	ret = tree_select(*tree, words, n, set, err);
	if (!ret && set->count == 0) {
		ret = config_error_set(err, -ENOENT, "it is not set");
		words_path(words, n, err->path, sizeof(err->path));
	}
	for (uint32_t i = 0; !ret && i < set->count; i++)
		prune(tree, set->dnodes[i]);
	ly_set_free(set, NULL);
	return ret;
}

/* What a line could not say, no other form may say. */
static int check_values(const struct lyd_node *tree, struct config_error *err)
{
	const struct lyd_node *root, *node;

	LY_LIST_FOR(tree, root) {
		LYD_TREE_DFS_BEGIN(root, node) {
			const char *c = is_inner(node) ? ""
						       : lyd_get_value(node);

			for (; *c; c++) {
				if ((unsigned char)*c >= 0x20 && *c != 0x7f)
					continue;
				config_error_set(err, -EINVAL,
						 "a value has the control "
						 "character 0x%02x; remove it",
						 (unsigned char)*c);
				node_path(node, NULL, err->path,
					  sizeof(err->path));
				return -EINVAL;
			}
			LYD_TREE_DFS_END(root, node);
		}
	}
	return 0;
}

/* libyang recurses as deep as its input is; this one has a limit. */
static bool is_shallow(const char *p)
{
	bool inside = false;
	int depth = 0;

	for (; *p; p++) {
		if (inside && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			inside = !inside;
		else if (!inside && (*p == '{' || *p == '['))
			depth++;
		else if (!inside && (*p == '}' || *p == ']'))
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return false;
	}
	return true;
}

static int check_json(const char *text, size_t len, struct config_error *err)
{
	json_error_t why;
	json_t *json;

	if (memchr(text, 0, len) || !is_shallow(text))
		return config_error_set(err, -EINVAL,
					"the JSON has zero bytes, or more than "
					"%d levels",
					JSON_DEPTH_MAX);
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		return config_error_set(err, -EINVAL,
					"no JSON: %s in line %d, column %d",
					why.text, why.line, why.column);
	json_decref(json);
	return 0;
}

static int parse_json(const char *text, size_t len, struct lyd_node **ret,
		      struct config_error *err)
{
	struct lyd_node *tree = NULL;
	char *copy = strndup(text, len);
	int r;

	if (!copy)
		return config_error_set(err, -ENOMEM, "out of memory");
	r = check_json(copy, len, err);
	if (!r && lyd_parse_data_mem(config_ctx(), copy, LYD_JSON,
				     LYD_PARSE_ONLY | LYD_PARSE_STRICT |
					     LYD_PARSE_NO_STATE,
				     0, &tree)) {
		const struct ly_err_item *last = ly_err_last(config_ctx());

		r = config_error_set(err, -EINVAL, "%s",
				     last ? last->msg : "no such parameters");
	}
	if (!r)
		r = check_values(tree, err);
	ly_err_clean(config_ctx(), NULL);
	explicit_bzero(copy, len);
	free(copy);
	if (r)
		lyd_free_all(tree);
	else
		*ret = tree;
	return r;
}

int config_edit_json(struct lyd_node **tree, const char *text, size_t len,
		     bool merge, struct config_error *err)
{
	struct lyd_node *fresh = NULL, *sum;
	int ret = parse_json(text, len, &fresh, err);

	if (ret < 0)
		return ret;
	strip(&fresh, fresh);
	if (!merge) {
		lyd_free_all(*tree);
		*tree = fresh;
		return 0;
	}
	if (tree_dup(*tree, &sum) < 0 ||
	    lyd_merge_siblings(&sum, fresh, LYD_MERGE_DESTRUCT)) {
		lyd_free_all(fresh);
		return config_error_set(err, -ENOMEM, "out of memory");
	}
	lyd_free_all(*tree);
	*tree = sum;
	return 0;
}
