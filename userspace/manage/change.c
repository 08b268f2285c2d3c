// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "base/notify.h"
#include "config/edit.h"
#include "manage/internal.h"

static void reply_done(struct call *c, struct api_reply *ret, int n,
		       unsigned int number)
{
	struct datastore_state s;

	if (n) {
		reply_errors(ret, c->errs, n);
		return;
	}
	datastore_state(c->ds, &s);
	reply_json(ret, 200,
		   json_pack("{s:I, s:i}", "generation",
			     (json_int_t)s.generation, "commit", (int)number));
}

json_t *body_object(struct call *c)
{
	json_error_t why;
	json_t *json;

	if (!c->req->len)
		return json_object();
	json = json_loadb(c->req->body, c->req->len, JSON_REJECT_DUPLICATES,
			  &why);
	if (!json)
		config_error_set(&c->errs[0], -EINVAL,
				 "no JSON: %s in line %d, column %d", why.text,
				 why.line, why.column);
	else if (!json_is_object(json))
		config_error_set(&c->errs[0], -EINVAL,
				 "the request must be a JSON object");
	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

static int load_json(struct lyd_node **tree, void *arg,
		     struct config_error *errs, size_t max_errs)
{
	const struct api_request *req = arg;

	return config_edit_json(tree, req->body, req->len,
				!strcmp(req->method, "PATCH"), errs);
}

static int load_lines(struct lyd_node **tree, void *arg,
		      struct config_error *errs, size_t max_errs)
{
	const struct api_request *req = arg;

	return config_edit_text(tree, req->body, req->len,
				!strcmp(req->method, "PATCH"), errs, max_errs);
}

void api_load(struct call *c, struct api_reply *ret)
{
	const char *type = c->req->type ? c->req->type : "text/plain";
	datastore_change *change = NULL;

	if (!strncmp(type, "text/plain", strlen("text/plain")))
		change = load_lines;
	else if (!strcmp(type, "application/yang-data+json"))
		change = load_json;
	if (!change) {
		api_refuse(ret, 415,
			   "send text/plain or application/yang-data+json");
		return;
	}
	reply_done(c, ret,
		   datastore_edit(c->ds, &c->req->editor, c->generation, change,
				  (void *)(uintptr_t)c->req, c->errs,
				  API_ERRORS_MAX),
		   0);
}

/* The words of one command; a number, or -EINVAL. */
static int command_words(const json_t *list, char *words[CONFIG_WORDS_MAX],
			 struct config_error *err)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > CONFIG_WORDS_MAX)
		return config_error_set(err, -EINVAL,
					"give 1 to %d words as an array",
					CONFIG_WORDS_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!word || strlen(word) > CONFIG_LINE_MAX)
			return config_error_set(err, -EINVAL,
						"a word is a string of up to "
						"%d bytes",
						CONFIG_LINE_MAX);
		for (const char *p = word; *p; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				return config_error_set(
					err, -EINVAL,
					"remove the control character 0x%02x",
					(unsigned char)*p);
		/* They are only read. */
		words[i] = (char *)(uintptr_t)word;
	}
	return (int)n;
}

static int run_command(struct lyd_node **tree, const json_t *command,
		       struct config_error *err)
{
	const json_t *set = json_object_get(command, "set");
	const json_t *del = json_object_get(command, "del");
	char *words[CONFIG_WORDS_MAX];
	int n;

	if (!set == !del || json_object_size(command) != 1)
		return config_error_set(err, -EINVAL,
					"a command is {\"set\": WORDS} or "
					"{\"del\": WORDS}");
	n = command_words(set ? set : del, words, err);
	if (n < 0)
		return n;
	return set ? config_edit_set(tree, words, (size_t)n, err)
		   : config_edit_del(tree, words, (size_t)n, err);
}

/* The first that is refused ends it; its number is in place of the line. */
static int run_commands(struct lyd_node **tree, void *arg,
			struct config_error *errs, size_t max_errs)
{
	const json_t *list = arg;

	for (size_t i = 0; i < json_array_size(list); i++) {
		int ret = run_command(tree, json_array_get(list, i), errs);

		if (ret < 0) {
			errs->line = (unsigned int)i + 1;
			return ret;
		}
	}
	return 0;
}

void api_edit(struct call *c, struct api_reply *ret)
{
	json_t *body = body_object(c);
	json_t *list = json_object_get(body, "commands");
	int n = -EINVAL;

	if (body && (!json_is_array(list) || !json_array_size(list) ||
		     json_array_size(list) > API_COMMANDS_MAX))
		config_error_set(&c->errs[0], n,
				 "\"commands\" must be an array of 1 to %d",
				 API_COMMANDS_MAX);
	else if (body)
		n = datastore_edit(c->ds, &c->req->editor, c->generation,
				   run_commands, list, c->errs, API_ERRORS_MAX);
	json_decref(body);
	reply_done(c, ret, n, 0);
}

void api_discard(struct call *c, struct api_reply *ret)
{
	reply_done(c, ret,
		   datastore_discard(c->ds, &c->req->editor, &c->errs[0]), 0);
}

void api_take(struct call *c, struct api_reply *ret)
{
	reply_done(c, ret, datastore_take(c->ds, &c->req->editor, &c->errs[0]),
		   0);
}

/* A whole number of 0 to @max, or absent; false: neither. */
static bool get_number(const json_t *body, const char *name, json_int_t max,
		       unsigned int *ret)
{
	const json_t *value = json_object_get(body, name);
	json_int_t n = json_integer_value(value);

	if (!value)
		return true;
	if (!json_is_integer(value) || n < 0 || n > max)
		return false;
	*ret = (unsigned int)n;
	return true;
}

static int commit(struct call *c, const json_t *body, unsigned int *number)
{
	const json_t *comment = json_object_get(body, "comment");
	struct datastore_commit what = {
		.comment = json_string_value(comment),
	};
	int n;

	if (!get_number(body, "confirmed", DATASTORE_CONFIRM_MAX,
			&what.confirm_seconds) ||
	    (comment && !what.comment))
		return config_error_set(&c->errs[0], -EINVAL,
					"\"confirmed\" is a number of 0 to %d "
					"seconds, \"comment\" a text",
					DATASTORE_CONFIRM_MAX);
	n = datastore_commit(c->ds, &c->req->editor, c->generation, &what,
			     number, c->errs, API_ERRORS_MAX);
	if (n)
		return n;
	if (what.confirm_seconds)
		notify(CONF_UNCONFIRMED, c->req->editor.who,
		       what.confirm_seconds);
	else if (*number)
		notify(CONF_COMMIT, *number, c->req->editor.who);
	return 0;
}

void api_commit(struct call *c, struct api_reply *ret)
{
	json_t *body = body_object(c);
	unsigned int number = 0;
	int n = body ? commit(c, body, &number) : -EINVAL;

	json_decref(body);
	reply_done(c, ret, n, number);
}

void api_confirm(struct call *c, struct api_reply *ret)
{
	unsigned int number = 0;
	int n = datastore_confirm(c->ds, &c->req->editor, &number, &c->errs[0]);

	if (!n)
		notify(CONF_CONFIRMED, number, c->req->editor.who);
	reply_done(c, ret, n, number);
}

void api_rollback(struct call *c, struct api_reply *ret)
{
	json_t *body = body_object(c);
	unsigned int back = 0;
	int n = -EINVAL;

	if (body && (!json_object_get(body, "back") ||
		     !get_number(body, "back", STORE_HISTORY_MAX, &back)))
		config_error_set(&c->errs[0], n,
				 "\"back\" must be a number of 0 to %d",
				 STORE_HISTORY_MAX);
	else if (body)
		n = datastore_rollback(c->ds, &c->req->editor, c->generation,
				       back, c->errs, API_ERRORS_MAX);
	json_decref(body);
	reply_done(c, ret, n, 0);
}
