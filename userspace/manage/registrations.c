// SPDX-License-Identifier: GPL-2.0-or-later
/* GET and DELETE /registrations. */
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

void api_registration_end(struct call *c, struct api_reply *ret)
{
	const char *extension = evhttp_find_header(&c->query, "extension");
	unsigned int n;

	if (!extension) {
		api_refuse(ret, 400, "\"extension\" must be given");
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
