/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A candidate, changed by words or JSON, and what is printed of a tree. NULL is
 * the empty tree everywhere.
 */
#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include "config/config.h"

/* Fill @err with a sentence about the whole; returns @ret. */
int config_error_set(struct config_error *err, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Cut the words of one line, into @line; their number or -EINVAL. */
int config_split(const char *text, char line[CONFIG_LINE_MAX + 1],
		 char *words[CONFIG_WORDS_MAX], struct config_error *err);

/* The opposite: words as one line, quoted as need be; false: too long. */
bool config_join(char *const words[], size_t n, char line[CONFIG_LINE_MAX + 1]);

/* What was set in @tree, without the model's defaults; 0 or -ENOMEM. */
int config_copy_set(const struct lyd_node *tree, struct lyd_node **ret);

/*
 * All change @tree as a whole or not at all. Return: 0; -EINVAL for what the
 * model doesn't have, -ENOENT when there is nothing to remove, -ENOMEM; @err
 * is filled then.
 */
/* The words of a line; a value that is set already is replaced. */
int config_edit_set(struct lyd_node **tree, char *const words[], size_t n,
		    struct config_error *err);
/* All that the words lead to, and entries that are empty then. */
int config_edit_del(struct lyd_node **tree, char *const words[], size_t n,
		    struct config_error *err);
/* RFC 7951, merged into what there is or in its place. */
int config_edit_json(struct lyd_node **tree, const char *text, size_t len,
		     bool merge, struct config_error *err);
/* The same of lines: number of errors as config_load_text(), or -ENOMEM. */
int config_edit_text(struct lyd_node **tree, const char *text, size_t len,
		     bool merge, struct config_error *errs, size_t max_errs);

enum config_print {
	CONFIG_PRINT_SECRETS = 1 << 0, /* else they are left out */
	CONFIG_PRINT_DEFAULTS = 1 << 1, /* of a validated tree */
};

/**
 * config_print() - the lines of what the words lead to, of all with n = 0
 * @ret: ended by a zero; the caller wipes it if it may hold secrets, and frees
 *	 it
 *
 * A secret that is left out is a comment that says that there is one.
 * Return: 0, -EINVAL for words not in the model, -ENOMEM.
 */
int config_print(const struct lyd_node *tree, char *const words[], size_t n,
		 unsigned int flags, char **ret, struct config_error *err);
/* The same as RFC 7951 has it, in the whole model's frame. */
int config_print_json(const struct lyd_node *tree, char *const words[],
		      size_t n, unsigned int flags, char **ret,
		      struct config_error *err);

/**
 * config_diff() - what makes @b of @a, a line each
 *
 * "- " was set before, "+ " is set now; "> " is an entry of an order that has
 * moved. Return: 0 or -ENOMEM; @ret as above.
 */
int config_diff(const struct lyd_node *a, const struct lyd_node *b,
		unsigned int flags, char **ret);
/* Do they differ below the top-level node @name (NULL: anywhere)? */
bool config_differs(const struct lyd_node *a, const struct lyd_node *b,
		    const char *name);

/**
 * config_touches() - does the change from @a to @b need an administrator?
 * @path: of the first such parameter
 *
 * Those are secrets and what sets the security policy, as the model marks them.
 * True also when that can't be told for lack of memory.
 */
bool config_touches(const struct lyd_node *a, const struct lyd_node *b,
		    char *path, size_t size);

#endif
