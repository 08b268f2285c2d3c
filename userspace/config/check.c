// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What can only be said of the whole: mandatory parameters, references and
 * must constraints. libyang's own validation stops at its first error, so the
 * nodes are visited here one by one; libyang then has the last word.
 */
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

__attribute__((format(printf, 4, 5))) static void
fail(struct load *ld, const struct lyd_node *node, const char *leaf,
     const char *fmt, ...)
{
	char path[sizeof(ld->errs->path)], text[sizeof(ld->errs->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	node_path(node, leaf, path, sizeof(path));
	error_add(ld, node_near_line(node), path, "%s", text);
}

/* Was there a line that set this one wrongly? It has its error already. */
static bool was_tried(const struct load *ld, const struct lyd_node *parent,
		      const struct lysc_node *schema)
{
	for (size_t i = 0; i < ld->n_failed; i++) {
		if (ld->failed[i].parent == parent &&
		    ld->failed[i].schema == schema)
			return true;
	}
	return false;
}

static void check_mandatory(struct load *ld, struct lyd_node *node)
{
	const struct lysc_node *schema = NULL;

	while ((schema = node_schema_next(node->schema, schema))) {
		struct lyd_node *child;
		char wanted[200];

		if (schema->nodetype != LYS_LEAF ||
		    !(schema->flags & LYS_MAND_TRUE) ||
		    !lyd_find_sibling_val(lyd_child(node), schema, NULL, 0,
					  &child) ||
		    was_tried(ld, node, schema))
			continue;
		node_set_bad(node);
		type_describe(schema, wanted, sizeof(wanted));
		fail(ld, node, schema->name, "missing, but mandatory: give %s",
		     wanted);
	}
}

static void check_leafref(struct load *ld, struct lyd_node *node,
			  const struct lysc_type_leafref *type)
{
	const char *value = lyd_get_value(node);
	struct ly_set *set = NULL;
	char names[160] = "";

	if (lyd_find_xpath(node, lyxp_get_expr(type->path), &set)) {
		fail(ld, node, NULL, "%s", ly_err_last(config_ctx())->msg);
		return;
	}
	for (uint32_t i = 0; i < set->count; i++) {
		const char *name = lyd_get_value(set->dnodes[i]);

		if (!strcmp(name, value))
			goto out;
		list_add(names, sizeof(names), name);
	}
	node_set_bad(node);
	fail(ld, node, NULL, "there is no \"%s\" to refer to; configured: %s",
	     value, set->count ? names : "none");
out:
	ly_set_free(set, NULL);
}

/*
 * With a parameter missing or wrong, constraints would compare with nothing,
 * or with its default, and complain of what nobody wrote.
 */
static bool in_bad_entry(const struct lyd_node *node)
{
	while (node->schema->nodetype != LYS_LIST && lyd_parent(node))
		node = lyd_parent(node);
	return node_is_bad(node);
}

static void check_musts(struct load *ld, const struct lyd_node *node)
{
	const struct lysc_must *musts = lysc_node_musts(node->schema);
	LY_ARRAY_COUNT_TYPE i;

	if (in_bad_entry(node))
		return;
	LY_ARRAY_FOR(musts, i)
	{
		const char *expr = lyxp_get_expr(musts[i].cond);
		ly_bool holds = 0;

		if (lyd_eval_xpath3(node, node->schema->module, expr,
				    LY_VALUE_SCHEMA_RESOLVED, musts[i].prefixes,
				    NULL, &holds))
			fail(ld, node, NULL, "%s",
			     ly_err_last(config_ctx())->msg);
		else if (!holds)
			fail(ld, node, NULL, "%s",
			     musts[i].emsg ? musts[i].emsg : expr);
	}
}

static void check_node(struct load *ld, struct lyd_node *node)
{
	if (node->schema->nodetype & (LYS_CONTAINER | LYS_LIST)) {
		check_mandatory(ld, node);
	} else {
		const struct lyd_node_term *term =
			(const struct lyd_node_term *)node;
		const struct lysc_type *type = term->value.realtype;

		if (node->schema->nodetype == LYS_LEAF)
			type = ((const struct lysc_node_leaf *)node->schema)
				       ->type;
		if (type->basetype == LY_TYPE_LEAFREF)
			check_leafref(ld, node,
				      (const struct lysc_type_leafref *)type);
	}
	check_musts(ld, node);
}

/* The node that libyang's words 'Data location "PATH".' name, if any. */
static struct lyd_node *located(const struct load *ld, const char *words)
{
	const char *mark = words ? strstr(words, "ata location \"") : NULL;
	struct lyd_node *node = NULL;
	char path[512];
	char *end;

	if (!mark || !ld->tree)
		return NULL;
	snprintf(path, sizeof(path), "%s", strchr(mark, '"') + 1);
	end = strrchr(path, '"');
	if (!end)
		return NULL;
	*end = '\0';
	lyd_find_path(ld->tree, path, 0, &node);
	return node;
}

static void add_last_error(struct load *ld)
{
	const struct ly_err_item *err = ly_err_last(config_ctx());
	char text[sizeof(ld->errs->text)];

	/* The search may fail, which takes the place of the last error. */
	snprintf(text, sizeof(text), "%s", err->msg);
	fail(ld, located(ld, err->path), NULL, "%s", text);
}

void check_tree(struct load *ld)
{
	struct lyd_node *root, *node;

	if (lyd_new_implicit_module(&ld->tree, config_module(),
				    LYD_IMPLICIT_NO_STATE, NULL)) {
		error_add(ld, 0, "", "out of memory");
		return;
	}
	LY_LIST_FOR(ld->tree, root) {
		LYD_TREE_DFS_BEGIN(root, node) {
			check_node(ld, node);
			LYD_TREE_DFS_END(root, node);
		}
	}
	if (ld->n_errs > 0)
		return;
	if (lyd_validate_module(&ld->tree, config_module(),
				LYD_VALIDATE_NO_STATE, NULL))
		add_last_error(ld);
}
