// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/http.h>

#include "manage/internal.h"

static const struct {
	const char *method;
	const char *path;
	enum config_role role; /* the least that may call it */
	void (*handle)(struct call *c, struct api_reply *ret);
} calls[] = {
	{ "GET", "/config/running", CONFIG_ROLE_READ_ONLY, api_show },
	{ "GET", "/config/candidate", CONFIG_ROLE_READ_ONLY, api_show },
	{ "GET", "/config/diff", CONFIG_ROLE_READ_ONLY, api_diff },
	{ "GET", "/config/state", CONFIG_ROLE_READ_ONLY, api_state },
	{ "GET", "/config/history", CONFIG_ROLE_READ_ONLY, api_history },
	{ "GET", "/log", CONFIG_ROLE_READ_ONLY, api_log },
	{ "PUT", "/config/candidate", CONFIG_ROLE_OPERATOR, api_load },
	{ "PATCH", "/config/candidate", CONFIG_ROLE_OPERATOR, api_load },
	{ "DELETE", "/config/candidate", CONFIG_ROLE_OPERATOR, api_discard },
	{ "POST", "/config/edit", CONFIG_ROLE_OPERATOR, api_edit },
	{ "POST", "/config/take", CONFIG_ROLE_OPERATOR, api_take },
	{ "POST", "/config/commit", CONFIG_ROLE_OPERATOR, api_commit },
	{ "POST", "/config/confirm", CONFIG_ROLE_OPERATOR, api_confirm },
	{ "POST", "/backup", CONFIG_ROLE_ADMIN, api_backup },
	{ "POST", "/restore", CONFIG_ROLE_ADMIN, api_restore },
	{ "POST", "/config/rollback", CONFIG_ROLE_OPERATOR, api_rollback },
	{ "GET", "/certificates", CONFIG_ROLE_READ_ONLY, api_certificates },
	{ "DELETE", "/certificates", CONFIG_ROLE_ADMIN,
	  api_certificate_delete },
	{ "POST", "/certificates/import", CONFIG_ROLE_ADMIN,
	  api_certificate_import },
	{ "POST", "/certificates/request", CONFIG_ROLE_ADMIN,
	  api_certificate_request },
	{ "POST", "/certificates/reload", CONFIG_ROLE_ADMIN,
	  api_certificate_reload },
	{ "GET", "/calls", CONFIG_ROLE_READ_ONLY, api_calls },
	{ "DELETE", "/calls", CONFIG_ROLE_OPERATOR, api_call_hang_up },
	{ "GET", "/gateways", CONFIG_ROLE_READ_ONLY, api_gateways },
	{ "GET", "/extensions", CONFIG_ROLE_READ_ONLY, api_extensions },
	{ "GET", "/state", CONFIG_ROLE_READ_ONLY, api_overview },
	{ "GET", "/registrations", CONFIG_ROLE_READ_ONLY, api_registrations },
	{ "DELETE", "/registrations", CONFIG_ROLE_OPERATOR,
	  api_registration_end },
	{ "POST", "/keylog", CONFIG_ROLE_ADMIN, api_keylog_start },
	{ "DELETE", "/keylog", CONFIG_ROLE_ADMIN, api_keylog_stop },
};
#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

static void dispatch(struct call *c, struct api_reply *ret)
{
	bool known = false;

	for (size_t i = 0; i < N_CALLS; i++) {
		if (strcmp(calls[i].path, c->path) != 0)
			continue;
		known = true;
		if (strcmp(calls[i].method, c->req->method) != 0)
			continue;
		if (c->req->editor.role < calls[i].role) {
			api_refuse(ret, 403,
				   calls[i].role == CONFIG_ROLE_ADMIN
					   ? "only an administrator may do that"
					   : "you may only read");
			return;
		}
		calls[i].handle(c, ret);
		return;
	}
	if (known)
		api_refuse(ret, 405, "no such method here");
	else
		api_refuse(ret, 404, "there is no such call");
}

/* "7" or 7; an entity tag is quoted in HTTP. */
static bool read_generation(const char *text, uint64_t *ret)
{
	char *end;

	*ret = 0;
	if (!text)
		return true;
	if (*text == '"')
		text++;
	if (*text < '1' || *text > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return !errno && (!*end || !strcmp(end, "\""));
}

void api_handle(struct datastore *ds, unsigned int undo_seconds,
		const struct api_request *req, struct api_reply *ret)
{
	struct evhttp_uri *uri = evhttp_uri_parse(req->uri);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	const char *query = uri ? evhttp_uri_get_query(uri) : NULL;
	struct call *c = calloc(1, sizeof(*c));

	memset(ret, 0, sizeof(*ret));
	if (!c) {
		ret->status = 503;
		goto out;
	}
	c->ds = ds;
	c->req = req;
	c->path = path;
	c->undo_seconds = undo_seconds;
	TAILQ_INIT(&c->query);
	if (req->editor.role == CONFIG_ROLE_NONE)
		api_refuse(ret, 403,
			   "you are in none of the groups that \"control\" in "
			   "the configuration names");
	else if (!path || (query && evhttp_parse_query_str(query, &c->query)))
		api_refuse(ret, 400, "the address can't be understood");
	else if (!read_generation(req->if_match, &c->generation))
		api_refuse(ret, 400, "If-Match must be a generation");
	else
		dispatch(c, ret);
	evhttp_clear_headers(&c->query);
out:
	free(c);
	if (uri)
		evhttp_uri_free(uri);
}
