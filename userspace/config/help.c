// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/edit.h"
#include "config/help.h"
#include "config/internal.h"

/* Where words lead in the model. */
struct place {
	const struct lysc_node *schema; /* NULL: the top */
	bool unnamed; /* a list whose entry is not named */
	bool valued; /* a parameter whose value is there */
};

static bool is_term(const struct lysc_node *schema)
{
	return schema && schema->nodetype & (LYS_LEAF | LYS_LEAFLIST);
}

/* The first word that leads nowhere, or @n. */
static size_t follow(char *const words[], size_t n, struct place *at)
{
	memset(at, 0, sizeof(*at));
	for (size_t i = 0; i < n; i++) {
		const struct lysc_node *child;

		if (at->unnamed) {
			at->unnamed = false;
			continue;
		}
		if (is_term(at->schema)) {
			if (at->valued)
				return i;
			at->valued = true;
			continue;
		}
		child = node_schema_find(at->schema, words[i]);
		if (!child)
			return i;
		at->schema = child;
		at->unnamed = child->nodetype == LYS_LIST;
	}
	return n;
}

static void schema_path(const struct lysc_node *schema, char *buf, size_t size)
{
	size_t used;

	if (!schema) {
		buf[0] = '\0';
		return;
	}
	schema_path(schema->parent, buf, size);
	used = strlen(buf);
	snprintf(buf + used, size - used, "%s%s", used ? " " : "",
		 schema->name);
	if (schema->nodetype != LYS_LIST)
		return;
	used = strlen(buf);
	snprintf(buf + used, size - used, " %s", lysc_node_child(schema)->name);
	for (buf += used; *buf; buf++)
		*buf = (char)toupper((unsigned char)*buf);
}

/* Without the line breaks of the model's text. */
static void one_line(const char *from, char *buf, size_t size)
{
	size_t n = 0;

	for (; from && *from && n + 1 < size; from++) {
		bool space = isspace((unsigned char)*from);

		if (!space)
			buf[n++] = *from;
		else if (n > 0 && buf[n - 1] != ' ')
			buf[n++] = ' ';
	}
	buf[n] = '\0';
}

static void list_defaults(const struct lysc_node *schema, char *buf,
			  size_t size)
{
	const struct lysc_node_leaflist *list;
	LY_ARRAY_COUNT_TYPE i;

	buf[0] = '\0';
	if (schema->nodetype == LYS_LEAF) {
		const struct lysc_node_leaf *leaf =
			(const struct lysc_node_leaf *)schema;

		if (leaf->dflt)
			list_add(buf, size,
				 lyd_value_get_canonical(config_ctx(),
							 leaf->dflt));
		return;
	}
	list = (const struct lysc_node_leaflist *)schema;
	LY_ARRAY_FOR(list->dflts, i)
	{
		list_add(buf, size,
			 lyd_value_get_canonical(config_ctx(), list->dflts[i]));
	}
}

static unsigned int max_of(const struct lysc_node *schema)
{
	switch (schema->nodetype) {
	case LYS_LIST:
		return ((const struct lysc_node_list *)schema)->max;
	case LYS_LEAFLIST:
		return ((const struct lysc_node_leaflist *)schema)->max;
	default:
		return 0;
	}
}

/* @at is of the words before the bad one. */
static int bad_word(const char *word, const struct place *at,
		    struct config_error *err)
{
	const struct lysc_node *child = NULL;
	char names[200] = "";

	if (is_term(at->schema)) {
		config_error_set(err, -EINVAL, "nothing follows the value");
	} else {
		while ((child = node_schema_next(at->schema, child)))
			list_add(names, sizeof(names), child->name);
		config_error_set(err, -EINVAL,
				 "unknown word \"%.60s\"; allowed: %s", word,
				 names);
	}
	schema_path(at->schema, err->path, sizeof(err->path));
	return -EINVAL;
}

int config_help(char *const words[], size_t n, struct config_help *ret,
		struct config_error *err)
{
	const struct lysc_node *schema;
	struct place at;
	size_t end = follow(words, n, &at);

	if (end < n)
		return bad_word(words[end], &at, err);
	memset(ret, 0, sizeof(*ret));
	schema = at.schema;
	if (!schema) {
		one_line(config_module()->dsc, ret->description,
			 sizeof(ret->description));
		return 0;
	}
	schema_path(schema, ret->path, sizeof(ret->path));
	one_line(schema->dsc, ret->description, sizeof(ret->description));
	ret->max = max_of(schema);
	ret->secret = schema_is_secret(schema);
	ret->policy = schema_is_policy(schema);
	if (!is_term(schema))
		return 0;
	type_describe(schema, ret->values, sizeof(ret->values));
	list_defaults(schema, ret->defaults, sizeof(ret->defaults));
	ret->mandatory = schema->flags & LYS_MAND_TRUE;
	return 0;
}

void config_help_children(char *const words[], size_t n, config_word *cb,
			  void *arg)
{
	const struct lysc_node *child = NULL;
	char text[1024];
	struct place at;

	if (follow(words, n, &at) < n || is_term(at.schema))
		return;
	while ((child = node_schema_next(at.schema, child))) {
		one_line(child->dsc, text, sizeof(text));
		cb(child->name, text, arg);
	}
}

/* The keys, or values, that instances of @schema have. */
static void complete_instances(const struct lyd_node *tree,
			       const struct lysc_node *schema, config_word *cb,
			       void *arg)
{
	const struct lyd_node *root, *node;

	LY_LIST_FOR(tree, root) {
		LYD_TREE_DFS_BEGIN(root, node) {
			if (node->schema == schema)
				cb(lyd_get_value(node), "", arg);
			LYD_TREE_DFS_END(root, node);
		}
	}
}

/* The keys of entries of a list that is where the words lead. */
static void complete_keys(const struct lyd_node *tree, char *const words[],
			  size_t n, config_word *cb, void *arg)
{
	struct config_error err;
	struct ly_set *set;

	if (ly_set_new(&set))
		return;
	if (!tree_select(tree, words, n, set, &err))
		for (uint32_t i = 0; i < set->count; i++)
			cb(lyd_get_value(lyd_child(set->dnodes[i])), "", arg);
	ly_set_free(set, NULL);
}

static void complete_enum(const struct lysc_type_enum *type, config_word *cb,
			  void *arg)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(type->enums, i)
	{
		cb(type->enums[i].name, "", arg);
	}
}

static void complete_leafref(const struct lyd_node *tree,
			     const struct lysc_node *leaf,
			     const struct lysc_type_leafref *type,
			     config_word *cb, void *arg)
{
	struct ly_set *set = NULL;

	if (!lys_find_xpath(NULL, leaf, lyxp_get_expr(type->path), 0, &set) &&
	    set->count == 1)
		complete_instances(tree, set->snodes[0], cb, arg);
	ly_set_free(set, NULL);
}

static void complete_value(const struct lyd_node *tree,
			   const struct lysc_node *leaf, config_word *cb,
			   void *arg)
{
	const struct lysc_type *type = type_of(leaf);
	char defaults[200];

	switch (type->basetype) {
	case LY_TYPE_ENUM:
		complete_enum((const struct lysc_type_enum *)type, cb, arg);
		break;
	case LY_TYPE_BOOL:
		cb("true", "", arg);
		cb("false", "", arg);
		break;
	case LY_TYPE_LEAFREF:
		complete_leafref(tree, leaf,
				 (const struct lysc_type_leafref *)type, cb,
				 arg);
		break;
	default:
		list_defaults(leaf, defaults, sizeof(defaults));
		if (*defaults && !strchr(defaults, ','))
			cb(defaults, "", arg);
		break;
	}
}

void config_complete(const struct lyd_node *tree, char *const words[], size_t n,
		     config_word *cb, void *arg)
{
	struct place at;

	if (follow(words, n, &at) < n)
		return;
	if (at.unnamed)
		complete_keys(tree, words, n, cb, arg);
	else if (!is_term(at.schema))
		config_help_children(words, n, cb, arg);
	else if (!at.valued)
		complete_value(tree, at.schema, cb, arg);
}
