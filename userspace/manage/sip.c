// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and gateways of the SIP module. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "base/log.h"
#include "manage/internal.h"

static const struct api_sip *sip;

void api_set_sip(const struct api_sip *ops)
{
	sip = ops;
}

void api_gateways(struct call *c, struct api_reply *ret)
{
	reply_json(ret, 200,
		   json_pack("{s:o}", "gateways",
			     sip ? sip->gateways() : json_array()));
}

/* With what it has registered. */
static void one_extension(const json_t *answer, const char *number,
			  struct api_reply *ret)
{
	const json_t *list = json_object_get(answer, "extensions");
	json_t *e;
	size_t i;

	json_array_foreach(list, i, e)
	{
		const char *one =
			json_string_value(json_object_get(e, "extension"));

		if (!one || strcmp(one, number) != 0)
			continue;
		json_object_set_new(e, "registrations",
				    registrations_of(number));
		reply_json(ret, 200, json_incref(e));
		return;
	}
	api_refuse(ret, 404,
		   "there is no such extension; see: ringfence extension list");
}

void api_extensions(struct call *c, struct api_reply *ret)
{
	const char *number = evhttp_find_header(&c->query, "extension");
	json_t *answer = sip ? sip->extensions()
			     : json_pack("{s:[]}", "extensions");

	if (!number) {
		reply_json(ret, 200, answer);
		return;
	}
	one_extension(answer, number, ret);
	json_decref(answer);
}

/* id=NUMBER of the query; 0: there is none, or another */
static uint32_t read_id(const struct call *c)
{
	const char *text = evhttp_find_header(&c->query, "id");
	unsigned long long n;
	char *end;

	if (!text || *text < '1' || *text > '9')
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	return errno || *end || n > UINT32_MAX ? 0 : (uint32_t)n;
}

static void no_call(struct api_reply *ret)
{
	api_refuse(ret, 404, "there is no such call; see: ringfence call list");
}

void api_calls(struct call *c, struct api_reply *ret)
{
	json_t *call;

	if (!evhttp_find_header(&c->query, "id")) {
		reply_json(ret, 200,
			   json_pack("{s:o}", "calls",
				     sip ? sip->calls() : json_array()));
		return;
	}
	call = sip ? sip->call(read_id(c)) : NULL;
	if (call)
		reply_json(ret, 200, call);
	else
		no_call(ret);
}

void api_call_hang_up(struct call *c, struct api_reply *ret)
{
	uint32_t id = read_id(c);

	if (!sip || sip->hang_up(id, c->req->editor.who) < 0) {
		no_call(ret);
		return;
	}
	log_note("control", "%s hangs up call %u", c->req->editor.who, id);
	reply_json(ret, 200, json_object());
}
