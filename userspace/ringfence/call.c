// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's calls, by its control socket. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

#define URI_MAX 32

static const json_t *leg_of(const json_t *call, size_t n)
{
	return json_array_get(json_object_get(call, "legs"), n);
}

static void print_line(const json_t *call)
{
	printf("%-6" JSON_INTEGER_FORMAT " %-11s %-20s %-12s %-12s %s to %s\n",
	       number_of(call, "call"), text_of(call, "state"),
	       text_of(call, "start"), text_of(leg_of(call, 0), "gateway"),
	       text_of(leg_of(call, 1), "gateway"), text_of(call, "from"),
	       text_of(call, "to"));
}

int cmd_call_list(struct cli *cli, struct words *w)
{
	json_t *answer, *list;
	int r = word_end(cli, w);

	if (!r)
		r = control_json(cli, "GET", "/calls", NULL, &answer);
	if (r)
		return r;
	list = json_object_get(answer, "calls");
	if (cli->json)
		print_json(json_incref(list));
	else
		printf("%-6s %-11s %-20s %-12s %-12s WHO\n", "ID", "STATE",
		       "START", "FROM", "TO");
	for (size_t i = 0; !cli->json && i < json_array_size(list); i++)
		print_line(json_array_get(list, i));
	json_decref(answer);
	return CLI_OK;
}

/* "rx-packets 10 …" */
static void print_media(json_t *media)
{
	printf("   ");
	for (void *i = json_object_iter(media); i;
	     i = json_object_iter_next(media, i))
		printf(" %s %" JSON_INTEGER_FORMAT, json_object_iter_key(i),
		       json_integer_value(json_object_iter_value(i)));
	putchar('\n');
}

static void print_call(const json_t *call)
{
	printf("call %" JSON_INTEGER_FORMAT ": %s, %s calls %s\n",
	       number_of(call, "call"), text_of(call, "state"),
	       text_of(call, "from"), text_of(call, "to"));
	printf("  start %s, answer %s, session %" JSON_INTEGER_FORMAT "\n",
	       text_of(call, "start"), text_of(call, "answer"),
	       number_of(call, "session"));
	for (size_t i = 0; i < 2; i++) {
		const json_t *leg = leg_of(call, i);
		json_t *media = json_object_get(leg, "media");

		printf("  %s: gateway %s, %s, suite %s\n",
		       i ? "callee" : "caller", text_of(leg, "gateway"),
		       text_of(leg, "transport"), text_of(leg, "suite"));
		if (media)
			print_media(media);
	}
}

/* An id, the only word, as a part of a URI. */
static int read_uri(const struct cli *cli, struct words *w, const char *command,
		    char uri[URI_MAX])
{
	const char *word;
	uint32_t id;
	int r = word_need(cli, w, command, "ID", &word);

	if (!r)
		r = word_u32(cli, command, word, 1, UINT32_MAX, &id);
	if (!r)
		r = word_end(cli, w);
	if (!r)
		snprintf(uri, URI_MAX, "/calls?id=%" PRIu32, id);
	return r;
}

int cmd_call_show(struct cli *cli, struct words *w)
{
	char uri[URI_MAX];
	json_t *call;
	int r = read_uri(cli, w, "call show", uri);

	if (!r)
		r = control_json(cli, "GET", uri, NULL, &call);
	if (r)
		return r;
	if (cli->json) {
		print_json(call);
		return CLI_OK;
	}
	print_call(call);
	json_decref(call);
	return CLI_OK;
}

int cmd_call_hangup(struct cli *cli, struct words *w)
{
	char uri[URI_MAX];
	json_t *answer;
	int r = read_uri(cli, w, "call hangup", uri);

	if (!r)
		r = control_json(cli, "DELETE", uri, NULL, &answer);
	if (!r)
		json_decref(answer);
	return r;
}

void complete_call(struct words *w)
{
	const struct control_request req = { .method = "GET",
					     .uri = "/calls",
					     .quiet = true };
	const struct cli cli = { 0 };
	json_t *answer, *list;
	char *text;

	if (word_peek(w) || control_call(&cli, &req, &text))
		return;
	answer = json_loads(text, 0, NULL);
	control_free(text);
	list = json_object_get(answer, "calls");
	for (size_t i = 0; i < json_array_size(list); i++)
		printf("%" JSON_INTEGER_FORMAT "\n",
		       number_of(json_array_get(list, i), "call"));
	json_decref(answer);
}
