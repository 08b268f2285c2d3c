// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libyang leaves lyd_node.priv to us: bit 0 says that a line about the node
 * was wrong, the rest is the number of the line that set it.
 */
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

unsigned int node_line(const struct lyd_node *node)
{
	return (unsigned int)((uintptr_t)node->priv >> 1);
}

void node_set_line(struct lyd_node *node, unsigned int line)
{
	node->priv = (void *)((uintptr_t)line << 1);
}

unsigned int node_near_line(const struct lyd_node *node)
{
	while (node && !node_line(node))
		node = lyd_parent(node);
	return node ? node_line(node) : 0;
}

bool node_is_bad(const struct lyd_node *node)
{
	return (uintptr_t)node->priv & 1;
}

void node_set_bad(struct lyd_node *node)
{
	for (; node; node = lyd_parent(node))
		node->priv = (void *)((uintptr_t)node->priv | 1);
}

static void append(char *buf, size_t size, const char *word)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", used ? " " : "", word);
}

void node_path(const struct lyd_node *node, const char *leaf, char *buf,
	       size_t size)
{
	const struct lyd_node *chain[16];
	size_t n = 0;

	buf[0] = '\0';
	for (; node && n < sizeof(chain) / sizeof(chain[0]);
	     node = lyd_parent(node))
		chain[n++] = node;
	while (n > 0) {
		node = chain[--n];
		append(buf, size, LYD_NAME(node));
		if (node->schema->nodetype == LYS_LIST)
			append(buf, size, lyd_get_value(lyd_child(node)));
	}
	if (leaf)
		append(buf, size, leaf);
}

const struct lysc_node *node_schema_next(const struct lysc_node *parent,
					 const struct lysc_node *last)
{
	const struct lysc_module *top = parent ? NULL
					       : config_module()->compiled;

	while ((last = lys_getnext(last, parent, top, 0))) {
		if ((last->flags & LYS_CONFIG_W) && !lysc_is_key(last))
			return last;
	}
	return NULL;
}

const struct lyd_node *node_child(const struct lyd_node *node, const char *name)
{
	const struct lyd_node *child;

	LY_LIST_FOR(node, child) {
		if (!strcmp(LYD_NAME(child), name))
			return child;
	}
	return NULL;
}
