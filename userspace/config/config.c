// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/internal.h"

#define MODEL "ringfence"

static struct ly_ctx *ctx;
static const struct lys_module *module;

struct ly_ctx *config_ctx(void)
{
	return ctx;
}

const struct lys_module *config_module(void)
{
	return module;
}

/* The lines of a file name an entry by one word. */
static LY_ERR check_list(struct lysc_node *node, void *data, ly_bool *skip)
{
	const struct lysc_node *child = lysc_node_child(node);

	if (node->nodetype != LYS_LIST)
		return LY_SUCCESS;
	if (!lysc_is_key(child) || lysc_is_key(child->next))
		return LY_EINVAL;
	return LY_SUCCESS;
}

int config_init(const char *yang_dir)
{
	char file[4096];

	if (!yang_dir)
		yang_dir = getenv("RINGFENCE_YANG_DIR");
	if (!yang_dir)
		yang_dir = CONFIG_YANG_DIR;
	if (snprintf(file, sizeof(file), "%s/" MODEL ".yang", yang_dir) >=
	    (int)sizeof(file))
		return -ENAMETOOLONG;
	if (access(file, R_OK) < 0)
		return -errno;

	ly_log_options(LY_LOSTORE_LAST);
	if (ly_ctx_new(yang_dir,
		       LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIR_CWD |
			       LY_CTX_SET_PRIV_PARSED,
		       &ctx))
		return -ENOMEM;
	module = ly_ctx_load_module(ctx, MODEL, NULL, NULL);
	if (!module || lysc_module_dfs_full(module, check_list, NULL)) {
		config_exit();
		return -EINVAL;
	}
	return 0;
}

void config_exit(void)
{
	ly_ctx_destroy(ctx);
	ctx = NULL;
	module = NULL;
}

void config_free(struct lyd_node *tree)
{
	lyd_free_all(tree);
}

/* The tree is given by its first root, which is a container. */
static bool is_tree(const struct lyd_node *node)
{
	return !lyd_parent(node) && node->schema->nodetype == LYS_CONTAINER;
}

/* The first of the children that @path's words but the last lead to. */
static const struct lyd_node *descend(const struct lyd_node *node,
				      const char *path, const char **last)
{
	if (is_tree(node))
		node = lyd_first_sibling(node);
	else
		node = lyd_child(node);

	for (;;) {
		const char *slash = strchr(path, '/');
		char name[64];

		if (!slash) {
			*last = path;
			return node;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		node = node_child(node, name);
		if (!node)
			return NULL;
		node = lyd_child(node);
		path = slash + 1;
	}
}

static const struct lyd_node *find(const struct lyd_node *node,
				   const char *path)
{
	const char *last;

	if (!strcmp(path, "."))
		return node;
	node = descend(node, path, &last);
	return node_child(node, last);
}

const char *config_str(const struct lyd_node *node, const char *path)
{
	node = find(node, path);
	return node ? lyd_get_value(node) : NULL;
}

uint32_t config_u32(const struct lyd_node *node, const char *path,
		    uint32_t fallback)
{
	const char *value = config_str(node, path);

	/* Validated, and in canonical form. */
	return value ? (uint32_t)strtoul(value, NULL, 10) : fallback;
}

bool config_bool(const struct lyd_node *node, const char *path)
{
	const char *value = config_str(node, path);

	return value && !strcmp(value, "true");
}

int config_each(const struct lyd_node *node, const char *path,
		int (*cb)(const struct lyd_node *entry, void *arg), void *arg)
{
	const char *last;
	int ret = 0;

	node = descend(node, path, &last);
	for (; node && !ret; node = node->next) {
		if (!strcmp(LYD_NAME(node), last))
			ret = cb(node, arg);
	}
	return ret;
}

int config_fail(struct config_error *err, const struct lyd_node *node,
		const char *path, const char *fmt, ...)
{
	const struct lyd_node *around = is_tree(node) ? NULL : node;
	const struct lyd_node *at = find(node, path);
	char words[sizeof(err->path)], name[sizeof(err->path)];
	va_list ap;

	snprintf(name, sizeof(name), "%s", path);
	for (char *p = name; *p; p++) {
		if (*p == '/')
			*p = ' ';
	}
	node_path(at ? at : around, at ? NULL : name, words, sizeof(words));
	va_start(ap, fmt);
	error_fill(err, node_near_line(at ? at : around), words, fmt, ap);
	va_end(ap);
	return -EINVAL;
}
