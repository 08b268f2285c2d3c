// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "sip/call.h"
#include "sip/info.h"
#include "sip/limits.h"

struct info {
	LIST_ENTRY(info) entry;
	struct leg *to;
	struct txn *server, *client; /* NULL: gone */
};

/* Whatever else it is might tell of the other side. */
static const char *const types[] = { "application/dtmf-relay",
				     "application/dtmf",
				     "application/media_control+xml" };
#define ACCEPTED                                     \
	"application/dtmf-relay, application/dtmf, " \
	"application/media_control+xml"

static void respond(const struct leg *leg, struct txn *t, int status)
{
	osip_message_t *resp = message_response(txn_message(t), status, NULL,
						leg->dialog.local_tag);

	if (!resp)
		return;
	if (status == 415)
		osip_message_set_header(resp, "Accept", ACCEPTED);
	if (status == 500)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

static void end(struct info *info, int status)
{
	struct call *c = info->to->call;

	if (info->server)
		respond(leg_other(info->to), info->server, status);
	txn_release(info->server);
	txn_release(info->client);
	LIST_REMOVE(info, entry);
	c->infos.n--;
	free(info);
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	int status = resp->status_code;

	if (status >= 200)
		end(arg, status < 300 ? 200 : message_map_status(status));
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct info *info = arg;

	log_info("sip", "call %u: INFO to gateway %s: %s",
		 info->to->call->number, info->to->gw->name, why);
	end(info, status == 408 ? 408 : 502);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

/* Status of a refusal, or 0; @ret_type is NULL without a body. */
static int check(const struct call *c, const osip_message_t *req,
		 const char **ret_type, const char **ret_body, size_t *ret_len)
{
	*ret_type = NULL;
	if (c->state != CALL_ESTABLISHED || c->infos.n >= SIP_INFOS_MAX)
		return 500;
	if (!message_has_body(req))
		return 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*ret_body = message_body(req, types[i], ret_len);
		if (*ret_body) {
			*ret_type = types[i];
			return *ret_len > SIP_INFO_BODY_MAX ? 413 : 0;
		}
	}
	return 415;
}

static int pass(struct info *info, const char *type, const char *body,
		size_t len)
{
	struct leg *to = info->to;
	struct sip_path path;
	osip_message_t *req;

	leg_path(to, &path);
	req = dialog_request(&to->dialog, "INFO", &path);
	if (!req || (type && message_set_body(req, type, body, len) < 0)) {
		osip_message_free(req);
		return -ENOMEM;
	}
	return txn_request(req, &path, &client, info, &info->client);
}

void info_requested(struct leg *leg, struct txn *t, const osip_message_t *req)
{
	struct call *c = leg->call;
	const char *type, *body = NULL;
	struct info *info = NULL;
	size_t len = 0;
	int status = check(c, req, &type, &body, &len);

	if (!status) {
		info = calloc(1, sizeof(*info));
		status = info ? 0 : 500;
	}
	if (status) {
		respond(leg, t, status);
		return;
	}
	info->to = leg_other(leg);
	txn_own(t, &info->server);
	LIST_INSERT_HEAD(&c->infos.list, info, entry);
	c->infos.n++;
	if (pass(info, type, body, len) < 0)
		end(info, 500);
}

static void end_all(struct call *c, int status)
{
	struct info *info, *next;

	for (info = LIST_FIRST(&c->infos.list); info; info = next) {
		next = LIST_NEXT(info, entry);
		end(info, status);
	}
}

void infos_abandon(struct call *c)
{
	end_all(c, 481);
}

void infos_put_off(struct call *c)
{
	end_all(c, 500);
}
