// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "config/edit.h"
#include "manage/internal.h"

static bool asks_for(struct call *c, const char *name)
{
	return evhttp_find_header(&c->query, name) != NULL;
}

static bool wants_json(struct call *c)
{
	const char *format = evhttp_find_header(&c->query, "format");

	return format && !strcmp(format, "json");
}

/* Secrets are shown on demand only, and only to an administrator. */
static int print_flags(struct call *c, unsigned int *ret)
{
	unsigned int flags = 0;

	if (asks_for(c, "defaults"))
		flags |= CONFIG_PRINT_DEFAULTS;
	if (asks_for(c, "secrets")) {
		if (c->req->editor.role < CONFIG_ROLE_ADMIN)
			return config_error_set(
				&c->errs[0], -EACCES,
				"only an administrator may see secrets");
		flags |= CONFIG_PRINT_SECRETS;
	}
	*ret = flags;
	return 0;
}

static int print(struct call *c, const struct lyd_node *tree,
		 unsigned int flags, char **ret)
{
	const char *path = evhttp_find_header(&c->query, "path");
	char line[CONFIG_LINE_MAX + 1], *words[CONFIG_WORDS_MAX];
	int n = 0;

	if (path) {
		n = config_split(path, line, words, &c->errs[0]);
		if (n < 0)
			return n;
	}
	if (wants_json(c))
		return config_print_json(tree, words, (size_t)n, flags, ret,
					 &c->errs[0]);
	return config_print(tree, words, (size_t)n, flags, ret, &c->errs[0]);
}

void api_show(struct call *c, struct api_reply *ret)
{
	bool candidate = !strcmp(c->path, "/config/candidate");
	struct datastore_state s;
	unsigned int flags = 0;
	char *text = NULL;
	int err;

	datastore_state(c->ds, &s);
	err = print_flags(c, &flags);
	if (!err)
		err = print(c,
			    candidate && s.has_candidate ? s.candidate
							 : s.running,
			    flags, &text);
	if (err < 0 || !text) {
		reply_errors(ret, c->errs, err);
		return;
	}
	reply_text(ret, text);
	if (wants_json(c))
		ret->type = "application/yang-data+json";
}

void api_diff(struct call *c, struct api_reply *ret)
{
	struct datastore_state s;
	char *text = NULL;
	int err;

	datastore_state(c->ds, &s);
	err = s.has_candidate ? config_diff(s.running, s.candidate, 0, &text)
			      : ((text = strdup("")) ? 0 : -ENOMEM);
	if (err < 0)
		api_refuse(ret, 503, "out of memory");
	else
		reply_text(ret, text);
}

static const char *role_name(enum config_role role)
{
	switch (role) {
	case CONFIG_ROLE_READ_ONLY:
		return "read-only";
	case CONFIG_ROLE_OPERATOR:
		return "operator";
	case CONFIG_ROLE_ADMIN:
		return "admin";
	case CONFIG_ROLE_NONE:
		break;
	}
	return "none";
}

void api_state(struct call *c, struct api_reply *ret)
{
	json_t *candidate = json_null(), *unconfirmed = json_null();
	struct datastore_state s;

	datastore_state(c->ds, &s);
	if (s.has_candidate)
		candidate = json_pack("{s:s, s:s}", "who", s.owner.who,
				      "session", s.owner.session);
	if (s.unconfirmed)
		unconfirmed = json_pack("{s:s, s:i}", "who", s.committer.who,
					"seconds", (int)c->undo_seconds);
	reply_json(ret, 200,
		   json_pack("{s:I, s:o, s:o, s:{s:s, s:s, s:s}}", "generation",
			     (json_int_t)s.generation, "candidate", candidate,
			     "unconfirmed", unconfirmed, "you", "who",
			     c->req->editor.who, "session",
			     c->req->editor.session, "role",
			     role_name(c->req->editor.role)));
}

void api_history(struct call *c, struct api_reply *ret)
{
	struct store_entry e[STORE_HISTORY_MAX];
	int n = store_history(datastore_store(c->ds), e);
	json_t *list;

	if (n < 0) {
		api_refuse(ret, 500, "the history can't be read");
		return;
	}
	list = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(
			list,
			json_pack("{s:i, s:i, s:s, s:s, s:s}", "back", i + 1,
				  "number", (int)e[i].number, "when", e[i].when,
				  "who", e[i].who, "comment", e[i].comment));
	reply_json(ret, 200, list);
}
