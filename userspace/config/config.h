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

/* What a file may have; more is an error that says so. */
#define CONFIG_FILE_MAX	 (1024 * 1024) /* bytes */
#define CONFIG_LINE_MAX	 1024 /* bytes, without the line feed */
#define CONFIG_LINES_MAX 16384
#define CONFIG_WORDS_MAX 16 /* of a line */

/* A sentence with the line of the file, and the path, that it is about. */
struct config_error {
	unsigned int line; /* 0: of the whole */
	char path[256]; /* as in the file: "sip gateway trunk port" */
	char text[256]; /* printable ASCII, as is the path */
};

/**
 * config_init() - load the model
 * @yang_dir: where ringfence.yang is; NULL: $RINGFENCE_YANG_DIR, else where it
 *	      was installed
 *
 * libyang never prints from then on. Return: 0 or -errno; logs nothing;
 * -ENOENT when there is no ringfence.yang, -EINVAL when it can't be used.
 */
int config_init(const char *yang_dir);
void config_exit(void); /* all trees must be freed before */

/**
 * config_load_file() - parse lines of "path value" into a candidate
 * @errs: sorted by line; with more errors than room, those of the last lines
 *	  are left out
 * Return: number of errors (0: @ret is a validated tree), or -errno when the
 * file can't be read
 */
int config_load_file(const char *file, struct lyd_node **ret,
		     struct config_error *errs, size_t max_errs);
/* The same for text in memory, which needs no NUL at its end. */
int config_load_text(const char *text, size_t len, struct lyd_node **ret,
		     struct config_error *errs, size_t max_errs);
void config_free(struct lyd_node *tree); /* NULL is fine */

/*
 * Reading a validated tree. @node may be the tree or a list entry; @path is
 * relative and simple ("tls/ca-certs"), "." is the node itself (an instance of
 * a leaf-list). Defaults of the model are there. The string lives as long as
 * the tree; NULL (or @fallback) when there is none.
 */
const char *config_str(const struct lyd_node *node, const char *path);
uint32_t config_u32(const struct lyd_node *node, const char *path,
		    uint32_t fallback);
bool config_bool(const struct lyd_node *node, const char *path);

/* Call @cb for each instance that @path selects; stops at non-zero. */
int config_each(const struct lyd_node *node, const char *path,
		int (*cb)(const struct lyd_node *entry, void *arg), void *arg);

/**
 * config_fail() - for a module that refuses a tree: fill @err
 * @path: of the parameter that is to be changed, as above; its line is that
 *	  where it was set, or where @node was first mentioned
 *
 * Return: -EINVAL
 */
int config_fail(struct config_error *err, const struct lyd_node *node,
		const char *path, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
