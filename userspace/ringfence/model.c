// SPDX-License-Identifier: GPL-2.0-or-later
/* What the data model knows without the daemon: help, and completion. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/edit.h"
#include "config/help.h"
#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

static size_t count(const struct words *w)
{
	size_t n = 0;

	while (w->next[n])
		n++;
	return n;
}

static int open_model(const struct cli *cli)
{
	int err = config_init(NULL);

	return err ? cli_error(cli, CLI_FAILED,
			       "can't load the data model ringfence.yang: %s; "
			       "RINGFENCE_YANG_DIR can name its directory",
			       strerror(-err))
		   : CLI_OK;
}

static void print_child(const char *word, const char *description, void *arg)
{
	printf("  %-20s %s\n", word, description);
}

static void add_child(const char *word, const char *description, void *arg)
{
	json_object_set_new(arg, word, json_string(description));
}

static void print_help(const struct config_help *h)
{
	if (h->path[0])
		printf("%s\n", h->path);
	if (h->description[0])
		printf("%s\n", h->description);
	if (h->values[0])
		printf("Value: %s\n", h->values);
	if (h->defaults[0])
		printf("Default: %s\n", h->defaults);
	if (h->mandatory)
		puts("It must be set.");
	if (h->max)
		printf("There can be up to %u.\n", h->max);
	if (h->secret)
		puts("Only an administrator may see or change it.");
	else if (h->policy)
		puts("Only an administrator may change it.");
}

static json_t *json_help(const struct config_help *h, json_t *children)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:b, s:b, s:o}",
			 "path", h->path, "description", h->description,
			 "values", h->values, "default", h->defaults,
			 "mandatory", h->mandatory, "max", (int)h->max,
			 "secret", h->secret, "policy", h->policy, "parameters",
			 children);
}

int cmd_config_help(struct cli *cli, struct words *w)
{
	size_t n = count(w);
	struct config_error err;
	struct config_help h;
	json_t *children;
	int r = open_model(cli);

	if (r)
		return r;
	if (config_help(w->next, n, &h, &err)) {
		r = cli_error(cli, CLI_USAGE, "%s%s%s", err.path,
			      err.path[0] ? ": " : "", err.text);
	} else if (cli->json) {
		children = json_object();
		config_help_children(w->next, n, add_child, children);
		print_json(json_help(&h, children));
	} else {
		print_help(&h);
		config_help_children(w->next, n, print_child, NULL);
	}
	config_exit();
	return r;
}

static void print_word(const char *word, const char *description, void *arg)
{
	/* The shell would cut them. */
	if (!strpbrk(word, " \t\"'\\$`"))
		puts(word);
}

/* What is set, for the names in it; quietly nothing without the daemon. */
static struct lyd_node *get_candidate(void)
{
	const struct control_request req = { .method = "GET",
					     .uri = "/config/candidate",
					     .quiet = true };
	struct lyd_node *tree = NULL;
	struct config_error err;
	struct cli cli = { 0 };
	char *text;

	if (control_call(&cli, &req, &text))
		return NULL;
	config_edit_text(&tree, text, strlen(text), false, &err, 1);
	control_free(text);
	return tree;
}

static void complete_path(struct words *w)
{
	struct lyd_node *tree;

	if (config_init(NULL))
		return;
	tree = get_candidate();
	config_complete(tree, w->next, count(w), print_word, NULL);
	config_free(tree);
	config_exit();
}

void complete_config_path(struct words *w)
{
	complete_path(w);
}

void complete_config_show(struct words *w)
{
	static const char *const first[] = { "candidate", "all" };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (!word_peek(w))
			puts(first[i]);
		else if (strcmp(word_peek(w), first[i]) == 0)
			word_next(w);
	}
	complete_path(w);
}

void complete_config_commit(struct words *w)
{
	const char *last = NULL;

	while (word_peek(w))
		last = word_next(w);
	if (!last ||
	    (strcmp(last, "confirmed") != 0 && strcmp(last, "comment") != 0))
		puts("confirmed\ncomment");
}

void complete_config_load(struct words *w)
{
	if (!word_next(w))
		complete_candidates(CANDIDATES_FILE);
	else if (!word_peek(w))
		puts("merge");
}

void complete_config_save(struct words *w)
{
	if (!word_peek(w))
		complete_candidates(CANDIDATES_FILE);
}
