/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one data model (ringfence.yang, libyang). A commit is validated whole,
 * then each module of the daemon prepares it, then all commit or all roll back.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lyd_node;

/* A sentence with the line of the file, and the path, that it is about. */
struct config_error {
	unsigned int line; /* 0: of the whole */
	char path[256];
	char text[256];
};

int config_init(const char *yang_dir); /* 0 or -errno; logs nothing */
void config_exit(void);

/**
 * config_load_file() - parse lines of "path value" into a candidate
 * @errs: as many as there is room for; each bad line is reported
 * Return: number of errors (0: @ret is a validated tree), or -errno
 */
int config_load_file(const char *file, struct lyd_node **ret,
		     struct config_error *errs, size_t max_errs);
void config_free(struct lyd_node *tree);

/*
 * Reading a validated tree. @node may be the tree or a list entry; @path is
 * relative and simple ("tls/ca-file"). Defaults of the model are there. The
 * string lives as long as the tree; NULL (or @fallback) when there is none.
 */
const char *config_str(const struct lyd_node *node, const char *path);
uint32_t config_u32(const struct lyd_node *node, const char *path,
		    uint32_t fallback);
bool config_bool(const struct lyd_node *node, const char *path);

/* Call @cb for each instance that @path selects; stops at non-zero. */
int config_each(const struct lyd_node *node, const char *path,
		int (*cb)(const struct lyd_node *entry, void *arg), void *arg);

#endif
