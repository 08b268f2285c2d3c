/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the model says of a parameter, and what may come next on a line. */
#ifndef CONFIG_HELP_H
#define CONFIG_HELP_H

#include "config/config.h"

struct config_help {
	char path[256]; /* with capitals for the names of entries */
	char description[1024]; /* sentences */
	char values[200]; /* "a number: 1 to 65535"; "" if it has parameters */
	char defaults[200]; /* "" if it has none */
	unsigned int max; /* entries or values; 0: it is no list */
	bool mandatory;
	bool secret, policy;
};

/* Return: 0, or -EINVAL for words not in the model. Names of entries don't
 * have to be there. */
int config_help(char *const words[], size_t n, struct config_help *ret,
		struct config_error *err);

typedef void config_word(const char *word, const char *description, void *arg);

/* What is in it, in the model's order; nothing for a parameter. */
void config_help_children(char *const words[], size_t n, config_word *cb,
			  void *arg);

/*
 * What may follow the words: parameters, names of entries of @tree, values.
 * Nothing if that is the user's own to choose, or the words are not in the
 * model.
 */
void config_complete(const struct lyd_node *tree, char *const words[], size_t n,
		     config_word *cb, void *arg);

#endif
