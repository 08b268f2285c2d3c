// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's configuration: each word is a call of its control socket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/edit.h"
#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/file.h"
#include "ringfence/print.h"

#define URI_MAX (CONTROL_ENCODED_MAX(CONFIG_LINE_MAX) + 128)

/* The rest of the words, as a part of a query. */
static int encode_path(const struct cli *cli, struct words *w,
		       char ret[CONTROL_ENCODED_MAX(CONFIG_LINE_MAX)])
{
	char line[CONFIG_LINE_MAX + 1];
	size_t n = 0;

	while (w->next[n])
		n++;
	if (!config_join(w->next, n, line))
		return cli_error(cli, CLI_USAGE, "the path is too long");
	w->next += n;
	control_encode(line, ret);
	return CLI_OK;
}

/* Lines have their ends; JSON has none. */
static void print_text(const struct cli *cli, const char *text)
{
	fputs(text, stdout);
	if (cli->json)
		putchar('\n');
}

/* Ask for a text, or JSON, and print it as it is. */
static int print_answer(const struct cli *cli, const char *uri)
{
	struct control_request req = { .method = "GET", .uri = uri };
	char *text;
	int r = control_call(cli, &req, &text);

	if (r)
		return r;
	print_text(cli, text);
	control_free(text);
	return CLI_OK;
}

static bool take_word(struct words *w, const char *word)
{
	if (!word_peek(w) || strcmp(word_peek(w), word) != 0)
		return false;
	word_next(w);
	return true;
}

int cmd_config_show(struct cli *cli, struct words *w)
{
	char path[CONTROL_ENCODED_MAX(CONFIG_LINE_MAX)], uri[URI_MAX];
	bool candidate = take_word(w, "candidate");
	bool all = take_word(w, "all");
	int r = encode_path(cli, w, path);

	if (r)
		return r;
	snprintf(uri, sizeof(uri), "/config/%s?path=%s%s%s",
		 candidate ? "candidate" : "running", path,
		 cli->json ? "&format=json" : "", all ? "&defaults=1" : "");
	return print_answer(cli, uri);
}

static int edit(struct cli *cli, struct words *w, const char *verb)
{
	json_t *list = json_array(), *answer;
	int r;

	if (!word_peek(w)) {
		json_decref(list);
		return cli_error(cli, CLI_USAGE,
				 "config %s needs a path; \"config help\" "
				 "shows what there is",
				 verb);
	}
	while (word_peek(w))
		json_array_append_new(list, json_string(word_next(w)));
	r = control_json(cli, "POST", "/config/edit",
			 json_pack("{s:[{s:o}]}", "commands", verb, list),
			 &answer);
	if (!r)
		json_decref(answer);
	return r;
}

int cmd_config_set(struct cli *cli, struct words *w)
{
	return edit(cli, w, "set");
}

int cmd_config_del(struct cli *cli, struct words *w)
{
	return edit(cli, w, "del");
}

static json_t *lines_of(char *text)
{
	json_t *list = json_array();

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		json_array_append_new(list, json_string(line));
	return list;
}

int cmd_config_diff(struct cli *cli, struct words *w)
{
	struct control_request req = { .method = "GET", .uri = "/config/diff" };
	char *text;
	int r = word_end(cli, w);

	if (!r)
		r = control_call(cli, &req, &text);
	if (r)
		return r;
	if (cli->json)
		print_json(json_pack("{s:o}", "diff", lines_of(text)));
	else
		fputs(text, stdout);
	control_free(text);
	return CLI_OK;
}

/* An answer that is only for programs. */
static int call_quietly(const struct cli *cli, const char *method,
			const char *uri, json_t *body)
{
	json_t *answer;
	int r = control_json(cli, method, uri, body, &answer);

	if (r)
		return r;
	if (cli->json)
		print_json(answer);
	else
		json_decref(answer);
	return CLI_OK;
}

int cmd_config_commit(struct cli *cli, struct words *w)
{
	json_t *body = json_object();
	const char *comment = NULL, *word = NULL;
	uint32_t seconds = 0;
	int r = CLI_OK;

	while (!r && word_peek(w)) {
		if (take_word(w, "confirmed"))
			r = word_need(cli, w, "confirmed", "SECONDS", &word) ||
			    word_u32(cli, "confirmed", word, 1, 86400,
				     &seconds);
		else if (take_word(w, "comment"))
			r = word_need(cli, w, "comment", "TEXT", &comment);
		else
			r = word_end(cli, w);
		r = r ? CLI_USAGE : CLI_OK;
	}
	if (r) {
		json_decref(body);
		return r;
	}
	if (seconds)
		json_object_set_new(body, "confirmed", json_integer(seconds));
	if (comment)
		json_object_set_new(body, "comment", json_string(comment));
	r = call_quietly(cli, "POST", "/config/commit", body);
	/* Nothing was wrong with these words, but with earlier ones. */
	if (r)
		return CLI_FAILED;
	if (seconds && !cli->json)
		printf("undone in %u seconds unless: ringfence config "
		       "confirm\n",
		       seconds);
	return CLI_OK;
}

static int simple(struct cli *cli, struct words *w, const char *method,
		  const char *uri)
{
	int r = word_end(cli, w);

	return r ? r : call_quietly(cli, method, uri, NULL);
}

int cmd_config_confirm(struct cli *cli, struct words *w)
{
	return simple(cli, w, "POST", "/config/confirm");
}

int cmd_config_discard(struct cli *cli, struct words *w)
{
	return simple(cli, w, "DELETE", "/config/candidate");
}

int cmd_config_take(struct cli *cli, struct words *w)
{
	return simple(cli, w, "POST", "/config/take");
}

int cmd_config_rollback(struct cli *cli, struct words *w)
{
	const char *word;
	uint32_t back;
	int r = word_need(cli, w, "config rollback", "NUMBER", &word);

	if (!r)
		r = word_u32(cli, "config rollback", word, 0, 20, &back);
	if (!r)
		r = word_end(cli, w);
	if (r)
		return r;
	return call_quietly(cli, "POST", "/config/rollback",
			    json_pack("{s:i}", "back", (int)back));
}

static void print_commit(const json_t *e)
{
	const char *when = json_string_value(json_object_get(e, "when"));
	const char *who = json_string_value(json_object_get(e, "who"));
	const char *why = json_string_value(json_object_get(e, "comment"));

	printf("%2d %s %s %s\n",
	       (int)json_integer_value(json_object_get(e, "back")),
	       when && *when ? when : "-", who && *who ? who : "-",
	       why && *why ? why : "-");
}

int cmd_config_history(struct cli *cli, struct words *w)
{
	json_t *answer;
	int r = word_end(cli, w);

	if (!r)
		r = control_json(cli, "GET", "/config/history", NULL, &answer);
	if (r)
		return r;
	if (cli->json) {
		print_json(answer);
		return CLI_OK;
	}
	for (size_t i = 0; i < json_array_size(answer); i++)
		print_commit(json_array_get(answer, i));
	json_decref(answer);
	return CLI_OK;
}

int cmd_config_load(struct cli *cli, struct words *w)
{
	struct control_request req = { .method = "PUT",
				       .uri = "/config/candidate" };
	const char *file;
	char *text, *answer;
	int r = word_need(cli, w, "config load", "FILE", &file);

	if (!r && take_word(w, "merge"))
		req.method = "PATCH";
	if (!r)
		r = word_end(cli, w);
	if (r)
		return r;
	text = file_read(cli, file, CONFIG_FILE_MAX, &req.len);
	if (!text)
		return CLI_FAILED;
	req.body = text;
	req.file = file;
	req.type = text[strspn(text, " \t\r\n")] == '{'
			   ? "application/yang-data+json"
			   : "text/plain";
	r = control_call(cli, &req, &answer);
	control_free(text);
	if (!r)
		control_free(answer);
	return r;
}

/* An administrator's file has the secrets, so that it can be loaded again. */
static int may_see_secrets(const struct cli *cli, bool *ret)
{
	json_t *state;
	const char *role;
	int r = control_json(cli, "GET", "/config/state", NULL, &state);

	if (r)
		return r;
	role = json_string_value(
		json_object_get(json_object_get(state, "you"), "role"));
	*ret = role && strcmp(role, "admin") == 0;
	json_decref(state);
	return CLI_OK;
}

int cmd_config_save(struct cli *cli, struct words *w)
{
	struct control_request req = { .method = "GET" };
	const char *file;
	char uri[64], *text;
	bool secrets;
	int r = word_need(cli, w, "config save", "FILE", &file);

	if (!r)
		r = word_end(cli, w);
	if (!r)
		r = may_see_secrets(cli, &secrets);
	if (r)
		return r;
	snprintf(uri, sizeof(uri), "/config/running?%s%s",
		 cli->json ? "format=json&" : "", secrets ? "secrets=1" : "");
	req.uri = uri;
	r = control_call(cli, &req, &text);
	if (r)
		return r;
	if (strcmp(file, "-") == 0)
		print_text(cli, text);
	else
		r = file_write(cli, file, text);
	control_free(text);
	return r;
}
