// SPDX-License-Identifier: GPL-2.0-or-later
/* GET and DELETE /registrations. */
#include <string.h>

#include <event2/http.h>

#include "base/notify.h"
#include "manage/internal.h"
#include "manage/registrations.h"

static const struct api_registrations *registrar;

void api_set_registrations(const struct api_registrations *r)
{
	registrar = r;
}

void api_registrations(struct call *c, struct api_reply *ret)
{
	json_t *list = registrar ? registrar->list() : json_array();
	json_t *accounts = registrar ? registrar->accounts() : json_array();

	reply_json(ret, 200,
		   json_pack("{s:o, s:o}", "registrations", list, "accounts",
			     accounts));
}

json_t *registrations_of(const char *extension)
{
	json_t *all = registrar ? registrar->list() : NULL, *ret = json_array();
	json_t *e;
	size_t i;

	json_array_foreach(all, i, e)
	{
		const char *number =
			json_string_value(json_object_get(e, "extension"));

		if (number && !strcmp(number, extension))
			json_array_append(ret, e);
	}
	json_decref(all);
	return ret;
}

static void end_all(const struct call *c, struct api_reply *ret)
{
	unsigned int n = registrar ? registrar->end(NULL) : 0;

	if (n)
		notify(SIP_REGISTRATIONS_DELETED, c->req->editor.who, n);
	reply_json(ret, 200, json_pack("{s:i}", "ended", (int)n));
}

void api_registration_end(struct call *c, struct api_reply *ret)
{
	const char *extension = evhttp_find_header(&c->query, "extension");
	const char *all = evhttp_find_header(&c->query, "all");
	unsigned int n;

	if (!extension == !all) {
		api_refuse(ret, 400, "give \"extension\" or \"all\"");
		return;
	}
	if (all) {
		end_all(c, ret);
		return;
	}
	n = registrar ? registrar->end(extension) : 0;
	if (!n) {
		api_refuse(ret, 404, "this extension isn't registered");
		return;
	}
	notify(SIP_REGISTRATION_DELETED, c->req->editor.who, n, extension);
	reply_json(ret, 200, json_pack("{s:i}", "ended", (int)n));
}
