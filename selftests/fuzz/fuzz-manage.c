// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control socket's requests: lines of "METHOD URI TYPE BODY" in a row on one
 * datastore, by an operator unless the line begins with a tab, so that there is
 * something to compare, commit, confirm and roll back. An operator never sees a
 * secret nor changes one, whatever comes; what is accepted can be read again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/edit.h"
#include "manage/api.h"
#include "tree.h"

#define SECRET	  "sesame-open"
#define LINES_MAX 24

static char file[64];
static bool guessed; /* the fuzzer says the secret itself */

static int prepare(const struct lyd_node *old, const struct lyd_node *fresh,
		   struct config_error *err)
{
	require(fresh != NULL);
	return 0;
}

static void nothing(void)
{
}

static void no_timer(unsigned int seconds)
{
}

static const struct datastore_ops ops = { prepare, nothing, nothing, no_timer };

/* The disk of the fuzzer's machine has better things to do. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return 0;
}

static void clean_up(void)
{
	char command[160];

	snprintf(command, sizeof(command), "rm -rf %s %s.history", file, file);
	require(!system(command));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	tree_open_model();
	snprintf(file, sizeof(file), "/tmp/fuzz-manage-%d.conf", getpid());
	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	atexit(clean_up);
	return 0;
}

static struct datastore *start(void)
{
	struct config_error err;
	struct datastore *ds;
	FILE *f = fopen(file, "w");

	require(f != NULL);
	fputs("first at 5\npassword " SECRET "\nstep a pin " SECRET "\n", f);
	fclose(f);
	require(!datastore_new(file, &ops, &ds));
	require(!datastore_start(ds, &err, 1));
	return ds;
}

/* The next word of a line; the last may have blanks. */
static const char *cut(char **line, bool last)
{
	return *line ? strsep(line, last ? "" : " ") : "";
}

static void ask(struct datastore *ds, char *line)
{
	bool admin = *line == '\t';
	struct api_request req = {
		.editor = { admin ? CONFIG_ROLE_ADMIN : CONFIG_ROLE_OPERATOR,
			    "fuzzer", "1" },
	};
	struct api_reply reply;

	line += admin;
	req.method = cut(&line, false);
	req.uri = cut(&line, false);
	req.type = cut(&line, false);
	/* Lines of a body are separated otherwise. */
	for (char *p = line; p && *p; p++)
		if (*p == '\v')
			*p = '\n';
	req.body = line ? line : "";
	req.len = strlen(req.body);
	api_handle(ds, 1, &req, &reply);
	require(reply.status >= 200 && reply.status < 600 && reply.body);
	require(strlen(reply.body) == reply.len);
	if (!admin && !guessed)
		require(!strstr(reply.body, SECRET));
	api_reply_free(&reply);
}

/* What runs is valid, and says the same when it is printed and read. */
static void check(struct datastore *ds)
{
	struct datastore_state s;
	char *text;

	datastore_state(ds, &s);
	text = tree_print(s.running);
	tree_check_lines(s.running, text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = strndup((const char *)data, len), *rest = text;
	struct datastore *ds = start();

	require(text != NULL);
	guessed = strstr(text, SECRET);
	for (int i = 0; i < LINES_MAX && rest; i++)
		ask(ds, strsep(&rest, "\n"));
	check(ds);
	datastore_free(ds);
	free(text);
	return 0;
}
