/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this package only. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include <stdarg.h>
#include <stdio.h>

#include <libyang/libyang.h>

#include "config/config.h"

/* A parameter that a line tried to set, in vain. */
struct failed {
	const struct lyd_node *parent; /* NULL: top level */
	const struct lysc_node *schema; /* NULL: the word was unknown */
};

/* One load: the candidate, and what is wrong with it. */
struct load {
	struct lyd_node *tree;
	bool edit; /* a value that is set already is replaced */
	unsigned int line; /* the one being read; 0: it came from no file */
	struct failed *failed; /* at most one for each line */
	size_t n_failed;
	struct config_error *errs; /* sorted by line */
	size_t n_errs, max_errs; /* n_errs counts those without room too */
};

/* config.c */
const struct lys_module *config_module(void);
struct ly_ctx *config_ctx(void);

/* error.c */
void error_add(struct load *ld, unsigned int line, const char *path,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void error_fill(struct config_error *err, unsigned int line, const char *path,
		const char *fmt, va_list ap);
/* Add to a list like "udp, tcp, tls"; "..." stands for what has no room. */
void list_add(char *buf, size_t size, const char *word);

/* node.c: what libyang's nodes don't know themselves */

/* The line that set @node (or mentioned it first); 0 for a default. */
unsigned int node_line(const struct lyd_node *node);
void node_set_line(struct lyd_node *node, unsigned int line);
/* node_line(), or that of the nearest node around it that has one. */
unsigned int node_near_line(const struct lyd_node *node);
/* A line about @node, or something in it, was wrong. */
bool node_is_bad(const struct lyd_node *node);
void node_set_bad(struct lyd_node *node); /* and all around it */

/* The words of the file's line up to @node, and then @leaf unless NULL. */
void node_path(const struct lyd_node *node, const char *leaf, char *buf,
	       size_t size);
/* The next child that configuration may hold, after @last (NULL: first). */
const struct lysc_node *node_schema_next(const struct lysc_node *parent,
					 const struct lysc_node *last);
const struct lysc_node *node_schema_find(const struct lysc_node *parent,
					 const char *name);
/*
 * The instance whose key (or own value, of a leaf-list) @value stands for, "07"
 * for 7; NULL if none; @n counts all instances.
 */
struct lyd_node *node_find_instance(struct lyd_node *siblings,
				    const struct lysc_node *schema,
				    const char *value, size_t *n);
const struct lyd_node *node_child(const struct lyd_node *node,
				  const char *name);

/* type.c: "a number from 1 to 65535", "one of udp, tcp, tls" */
const struct lysc_type *type_of(const struct lysc_node *leaf);
void type_describe(const struct lysc_node *leaf, char *buf, size_t size);

/* text.c: split a line in place; returns the words, or -1 with a sentence */
int text_split(char *line, size_t len, char *words[CONFIG_WORDS_MAX], char *err,
	       size_t err_len);

/* line.c: what one line says goes into the candidate, or into the errors */
void line_apply(struct load *ld, char *const words[], size_t n);
void line_unknown(struct load *ld, struct lyd_node *parent,
		  const struct lysc_node *schema, const char *word);

/* edit.c */
int tree_dup(const struct lyd_node *tree, struct lyd_node **ret);
/* All nodes that the words lead to; -EINVAL for words not in the model. */
int tree_select(const struct lyd_node *tree, char *const words[], size_t n,
		struct ly_set *set, struct config_error *err);

/* mark.c: secret and policy, of the node itself or of one around it */
bool schema_is_secret(const struct lysc_node *schema);
bool schema_is_policy(const struct lysc_node *schema);

/* print.c: the words of a setting's line, without its value */
void print_path(FILE *f, const struct lyd_node *node);
void print_word(FILE *f, const char *word);

/* check.c: everything that can only be said of the whole */
void check_tree(struct load *ld);

#endif
