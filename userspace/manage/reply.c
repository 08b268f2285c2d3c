// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "manage/internal.h"

void reply_json(struct api_reply *ret, int status, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	ret->status = text ? status : 503;
	ret->type = "application/json";
	ret->body = text;
	ret->len = text ? strlen(text) : 0;
}

void reply_text(struct api_reply *ret, char *text)
{
	ret->status = 200;
	ret->type = "text/plain; charset=utf-8";
	ret->body = text;
	ret->len = strlen(text);
}

static int status_of(int n)
{
	switch (n) {
	case -EACCES:
		return 403;
	case -ENOENT:
		return 404;
	case -EBUSY:
		return 409;
	case -ESTALE:
		return 412;
	case -ENOMEM:
		return 503;
	case -EINVAL:
		return 400;
	default:
		return n > 0 ? 400 : 500;
	}
}

void reply_errors(struct api_reply *ret, const struct config_error *errs, int n)
{
	int shown = n < 0 ? 1 : n < API_ERRORS_MAX ? n : API_ERRORS_MAX;
	json_t *list = json_array();

	for (int i = 0; i < shown; i++)
		json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "line",
						      (int)errs[i].line, "path",
						      errs[i].path, "text",
						      errs[i].text));
	reply_json(ret, status_of(n),
		   json_pack("{s:o, s:i}", "errors", list, "count",
			     n < 0 ? 1 : n));
}

void api_refuse(struct api_reply *ret, int status, const char *text)
{
	reply_json(ret, status,
		   json_pack("{s:[{s:i, s:s, s:s}], s:i}", "errors", "line", 0,
			     "path", "", "text", text, "count", 1));
}

void api_reply_free(struct api_reply *r)
{
	if (r->body)
		secret_free(r->body, r->len);
	r->body = NULL;
}
