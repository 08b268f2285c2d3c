// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of one line walk the schema; the last is a value. */
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

#define SHOWN 60 /* characters of a bad word that an error repeats */

/* The line is wrong about the child @schema (NULL: an unknown one). */
__attribute__((format(printf, 4, 5))) static void
fail(struct load *ld, struct lyd_node *parent, const struct lysc_node *schema,
     const char *fmt, ...)
{
	char path[sizeof(ld->errs->path)], text[sizeof(ld->errs->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	node_path(parent, schema ? schema->name : NULL, path, sizeof(path));
	error_add(ld, ld->line, path, "%s", text);

	ld->failed[ld->n_failed].parent = parent;
	ld->failed[ld->n_failed].schema = schema;
	ld->n_failed++;
	node_set_bad(parent);
}

static void list_children(const struct lysc_node *parent, char *buf,
			  size_t size)
{
	const struct lysc_node *child = NULL;

	buf[0] = '\0';
	while ((child = node_schema_next(parent, child)))
		list_add(buf, size, child->name);
}

const struct lysc_node *node_schema_find(const struct lysc_node *parent,
					 const char *name)
{
	const struct lysc_node *child = NULL;

	while ((child = node_schema_next(parent, child))) {
		if (!strcmp(child->name, name))
			return child;
	}
	return NULL;
}

/* The children of @parent in the candidate. */
static struct lyd_node *children(const struct load *ld,
				 const struct lyd_node *parent)
{
	return parent ? lyd_child(parent) : ld->tree;
}

/* Give a new node its line, and the top level its place in the tree. */
static void adopt(struct load *ld, const struct lyd_node *parent,
		  struct lyd_node *node)
{
	node_set_line(node, ld->line);
	if (!parent)
		lyd_insert_sibling(ld->tree, node, &ld->tree);
}

static struct lyd_node *enter_container(struct load *ld,
					struct lyd_node *parent,
					const struct lysc_node *schema)
{
	struct lyd_node *node;

	if (!lyd_find_sibling_val(children(ld, parent), schema, NULL, 0, &node))
		return node;
	if (lyd_new_inner(parent, schema->module, schema->name, 0, &node)) {
		fail(ld, parent, schema, "out of memory");
		return NULL;
	}
	adopt(ld, parent, node);
	return node;
}

/*
 * The instance whose key (or own value, of a leaf-list) @value stands for, "07"
 * for 7; @n counts all instances.
 */
struct lyd_node *node_find_instance(struct lyd_node *siblings,
				    const struct lysc_node *schema,
				    const char *value, size_t *n)
{
	bool is_list = schema->nodetype == LYS_LIST;
	struct lyd_node *node, *found = NULL;
	const char *canonical = NULL;

	lyd_value_validate(NULL, is_list ? lysc_node_child(schema) : schema,
			   value, strlen(value), NULL, NULL, &canonical);
	if (canonical)
		value = canonical;
	*n = 0;
	LY_LIST_FOR(siblings, node) {
		if (node->schema != schema)
			continue;
		++*n;
		if (!strcmp(lyd_get_value(is_list ? lyd_child(node) : node),
			    value))
			found = node;
	}
	lydict_remove(config_ctx(), canonical);
	return found;
}

static struct lyd_node *enter_entry(struct load *ld, struct lyd_node *parent,
				    const struct lysc_node *schema,
				    const char *key)
{
	const struct lysc_node *key_leaf = lysc_node_child(schema);
	uint32_t max = ((const struct lysc_node_list *)schema)->max;
	struct lyd_node *node;
	char wanted[200];
	size_t n;

	node = node_find_instance(children(ld, parent), schema, key, &n);
	if (node)
		return node;
	if (n >= max) {
		fail(ld, parent, schema,
		     "\"%.*s\" is one too many: there can be %u; remove one",
		     SHOWN, key, max);
		return NULL;
	}
	if (lyd_new_list(parent, schema->module, schema->name, 0, &node, key)) {
		type_describe(key_leaf, wanted, sizeof(wanted));
		fail(ld, parent, schema, "\"%.*s\" can't be a %s: give %s",
		     SHOWN, key, key_leaf->name, wanted);
		return NULL;
	}
	adopt(ld, parent, node);
	return node;
}

static bool is_duplicate(struct load *ld, struct lyd_node *parent,
			 const struct lysc_node *schema, const char *value)
{
	struct lyd_node *node;

	if (lyd_find_sibling_val(children(ld, parent), schema, NULL, 0, &node))
		return false;
	fail(ld, parent, schema, "set in line %u already; remove one of them",
	     node_line(node));
	return true;
}

static bool cannot_list(struct load *ld, struct lyd_node *parent,
			const struct lysc_node *schema, const char *value)
{
	uint32_t max = ((const struct lysc_node_leaflist *)schema)->max;
	struct lyd_node *node;
	size_t n;

	node = node_find_instance(children(ld, parent), schema, value, &n);
	if (node)
		fail(ld, parent, schema,
		     "\"%.*s\" is listed in line %u already; remove one", SHOWN,
		     value, node_line(node));
	else if (n >= max)
		fail(ld, parent, schema,
		     "one too many: there can be %u; remove one", max);
	else
		return false;
	return true;
}

/* An editor means the last word it says; a file says each once. */
static bool is_settled(struct load *ld, struct lyd_node *parent,
		       const struct lysc_node *schema, const char *value,
		       const char *wanted)
{
	struct lyd_node *node;
	size_t n;

	if (schema->nodetype == LYS_LEAFLIST)
		return node_find_instance(children(ld, parent), schema, value,
					  &n);
	if (lyd_find_sibling_val(children(ld, parent), schema, NULL, 0, &node))
		return false;
	switch (lyd_change_term(node, value)) {
	case LY_SUCCESS:
	case LY_EEXIST:
	case LY_ENOT: /* the same value as before */
		return true;
	default:
		fail(ld, parent, schema, "\"%.*s\" won't do: give %s", SHOWN,
		     value, wanted);
		return true;
	}
}

static void set_leaf(struct load *ld, struct lyd_node *parent,
		     const struct lysc_node *schema, char *const words[],
		     size_t n)
{
	struct lyd_node *node;
	char wanted[200];

	type_describe(schema, wanted, sizeof(wanted));
	if (n == 0) {
		fail(ld, parent, schema, "the value is missing: give %s",
		     wanted);
		return;
	}
	if (n > 1) {
		fail(ld, parent, schema,
		     "one value only, but \"%.*s\" follows; quote a value "
		     "with spaces",
		     SHOWN, words[1]);
		return;
	}
	if (ld->edit && is_settled(ld, parent, schema, words[0], wanted))
		return;
	if (schema->nodetype == LYS_LEAF
		    ? is_duplicate(ld, parent, schema, words[0])
		    : cannot_list(ld, parent, schema, words[0]))
		return;
	if (lyd_new_term(parent, schema->module, schema->name, words[0], 0,
			 &node)) {
		fail(ld, parent, schema, "\"%.*s\" won't do: give %s", SHOWN,
		     words[0], wanted);
		return;
	}
	adopt(ld, parent, node);
}

/* All words were names, none was a value. */
static void incomplete(struct load *ld, struct lyd_node *parent,
		       const struct lysc_node *schema)
{
	char names[200];

	list_children(schema, names, sizeof(names));
	fail(ld, parent, NULL, "the line is incomplete: go on with %s", names);
}

void line_unknown(struct load *ld, struct lyd_node *parent,
		  const struct lysc_node *schema, const char *word)
{
	char names[200];

	list_children(schema, names, sizeof(names));
	fail(ld, parent, NULL, "unknown word \"%.*s\"; allowed: %s", SHOWN,
	     word, names);
}

void line_apply(struct load *ld, char *const words[], size_t n)
{
	const struct lysc_node *schema = NULL;
	struct lyd_node *parent = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct lysc_node *child =
			node_schema_find(schema, words[i]);

		if (!child) {
			line_unknown(ld, parent, schema, words[i]);
			return;
		}
		if (child->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
			set_leaf(ld, parent, child, words + i + 1, n - i - 1);
			return;
		}
		if (child->nodetype == LYS_CONTAINER) {
			parent = enter_container(ld, parent, child);
		} else if (++i < n) {
			parent = enter_entry(ld, parent, child, words[i]);
		} else {
			fail(ld, parent, child, "name the %s", child->name);
			return;
		}
		if (!parent)
			return;
		schema = child;
	}
	incomplete(ld, parent, schema);
}
