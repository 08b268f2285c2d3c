// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a parameter takes, in words that complete "give …". Those of a string
 * type are the description of its typedef in ringfence.yang.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

__attribute__((format(printf, 3, 4))) static void append(char *buf, size_t size,
							 const char *fmt, ...)
{
	size_t used = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + used, size - used, fmt, ap);
	va_end(ap);
}

/* libyang keeps the name of a type in the parsed schema only. */
static const char *typedef_description(const struct lysc_node *leaf)
{
	const struct lysp_module *parsed = leaf->module->parsed;
	LY_ARRAY_COUNT_TYPE i;
	const char *name;

	if (leaf->nodetype == LYS_LEAF)
		name = ((const struct lysp_node_leaf *)leaf->priv)->type.name;
	else
		name = ((const struct lysp_node_leaflist *)leaf->priv)
			       ->type.name;
	LY_ARRAY_FOR(parsed->typedefs, i)
	{
		if (!strcmp(parsed->typedefs[i].name, name))
			return parsed->typedefs[i].dsc;
	}
	return NULL;
}

static void describe_range(const struct lysc_range *range, const char *units,
			   char *buf, size_t size)
{
	LY_ARRAY_COUNT_TYPE i;

	append(buf, size, "a number: ");
	LY_ARRAY_FOR(range->parts, i)
	{
		uint64_t min = range->parts[i].min_u64;
		uint64_t max = range->parts[i].max_u64;

		append(buf, size, "%s%" PRIu64, i ? " or " : "", min);
		if (min != max)
			append(buf, size, " to %" PRIu64, max);
	}
	if (units)
		append(buf, size, " %s", units);
}

static void describe_enum(const struct lysc_type_enum *type, char *buf,
			  size_t size)
{
	char names[160] = "";
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(type->enums, i)
	{
		list_add(names, sizeof(names), type->enums[i].name);
	}
	append(buf, size, "one of %s", names);
}

const struct lysc_type *type_of(const struct lysc_node *leaf)
{
	if (leaf->nodetype == LYS_LEAF)
		return ((const struct lysc_node_leaf *)leaf)->type;
	return ((const struct lysc_node_leaflist *)leaf)->type;
}

/* A reference is to the key of a list. */
static void describe_leafref(const struct lysc_node *leaf, char *buf,
			     size_t size)
{
	const struct lysc_type_leafref *type =
		(const struct lysc_type_leafref *)type_of(leaf);
	struct ly_set *set = NULL;

	if (!lys_find_xpath(NULL, leaf, lyxp_get_expr(type->path), 0, &set) &&
	    set->count == 1)
		append(buf, size, "the %s of a configured %s",
		       set->snodes[0]->name, set->snodes[0]->parent->name);
	ly_set_free(set, NULL);
}

void type_describe(const struct lysc_node *leaf, char *buf, size_t size)
{
	const struct lysc_type *type = type_of(leaf);
	const struct lysc_range *range;
	const char *units = NULL;
	const char *dsc;

	buf[0] = '\0';
	if (leaf->nodetype == LYS_LEAF)
		units = ((const struct lysc_node_leaf *)leaf)->units;
	switch (type->basetype) {
	case LY_TYPE_UINT8:
	case LY_TYPE_UINT16:
	case LY_TYPE_UINT32:
	case LY_TYPE_UINT64:
		range = ((const struct lysc_type_num *)type)->range;
		if (range)
			describe_range(range, units, buf, size);
		else
			append(buf, size, "a whole number");
		break;
	case LY_TYPE_ENUM:
		describe_enum((const struct lysc_type_enum *)type, buf, size);
		break;
	case LY_TYPE_BOOL:
		append(buf, size, "true or false");
		break;
	case LY_TYPE_LEAFREF:
		describe_leafref(leaf, buf, size);
		break;
	default:
		dsc = typedef_description(leaf);
		append(buf, size, "%s",
		       dsc ? dsc : "a value of the parameter's type");
		break;
	}
}
