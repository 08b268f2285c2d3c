// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's notifications, by its control socket. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

#define FOLLOW_SECONDS 1 /* between questions: a connection has an end */
#define NAME_SIZE      32

static const char *const severities[] = { "error", "warning", "notice", "info",
					  NULL };

struct filter {
	char service[CONTROL_ENCODED_MAX(NAME_SIZE)];
	const char *severity;
};

static int read_filter(const struct cli *cli, struct words *w,
		       struct filter *ret)
{
	const char *value;
	int r = CLI_OK;

	while (!r && word_peek(w)) {
		const char *word = word_next(w);

		if (strcmp(word, "severity") == 0) {
			r = word_need(cli, w, word, "NAME", &ret->severity);
		} else if (strcmp(word, "service") == 0) {
			r = word_need(cli, w, word, "NAME", &value);
			if (!r && strlen(value) >= NAME_SIZE)
				r = cli_error(cli, CLI_USAGE,
					      "there is no such service");
			if (!r)
				control_encode(value, ret->service);
		} else {
			r = cli_error(cli, CLI_USAGE,
				      "unexpected word %s; there are: service "
				      "NAME, severity NAME",
				      word_show(word));
		}
	}
	return r;
}

/* Those after @after, which is the last there is then. */
static int ask(const struct cli *cli, const struct filter *f, uint64_t *after,
	       json_t **ret)
{
	char uri[CONTROL_ENCODED_MAX(NAME_SIZE) + 128];
	int r;

	snprintf(uri, sizeof(uri), "/log?after=%" PRIu64 "%s%s%s%s", *after,
		 *f->service ? "&service=" : "", f->service,
		 f->severity ? "&severity=" : "",
		 f->severity ? f->severity : "");
	r = control_json(cli, "GET", uri, NULL, ret);
	if (!r)
		*after = (uint64_t)json_integer_value(
			json_object_get(*ret, "last"));
	return r;
}

static void print(const struct cli *cli, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "notifications");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *e = json_array_get(list, i);

		if (cli->json)
			print_json(json_incref(e));
		else
			printf("%s %s %s %" JSON_INTEGER_FORMAT " %s\n",
			       text_of(e, "time"), text_of(e, "severity"),
			       text_of(e, "service"), number_of(e, "number"),
			       text_of(e, "text"));
	}
}

int cmd_log_show(struct cli *cli, struct words *w)
{
	struct filter f = { 0 };
	uint64_t after = 0;
	json_t *answer;
	int r = read_filter(cli, w, &f);

	if (!r)
		r = ask(cli, &f, &after, &answer);
	if (r)
		return r;
	print(cli, answer);
	json_decref(answer);
	return CLI_OK;
}

/* A daemon that was started anew begins at 1 again. */
static int follow(const struct cli *cli, const struct filter *f, uint64_t after)
{
	while (!ferror(stdout)) {
		uint64_t before = after;
		json_t *answer;
		int r = ask(cli, f, &after, &answer);

		if (r)
			return r;
		if (after < before)
			after = 0;
		else
			print(cli, answer);
		json_decref(answer);
		fflush(stdout);
		if (after >= before)
			sleep(FOLLOW_SECONDS);
	}
	return CLI_OK; /* main() says what is wrong with standard output */
}

int cmd_log_follow(struct cli *cli, struct words *w)
{
	struct filter f = { 0 };
	uint64_t after = 0;
	json_t *answer;
	int r = read_filter(cli, w, &f);

	if (!r && cli->file)
		r = cli_error(cli, CLI_USAGE,
			      "log follow never ends, so it can't be in a "
			      "batch");
	if (!r)
		r = ask(cli, &f, &after, &answer);
	if (r)
		return r;
	json_decref(answer);
	return follow(cli, &f, after);
}

void complete_log(struct words *w)
{
	const char *word = NULL;

	while (word_peek(w))
		word = word_next(w);
	if (word && strcmp(word, "severity") == 0) {
		for (unsigned int i = 0; severities[i]; i++)
			puts(severities[i]);
	} else if (!word || strcmp(word, "service") != 0) {
		puts("service\nseverity");
	}
}
