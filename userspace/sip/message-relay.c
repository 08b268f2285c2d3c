// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "sip/callee.h"
#include "sip/limits.h"
#include "sip/message-relay.h"

struct relay {
	LIST_ENTRY(relay) entry;
	struct target target; /* and if it can't be reached, the next */
	struct txn *server, *client; /* NULL: gone */
};

static LIST_HEAD(, relay) relays = LIST_HEAD_INITIALIZER(relays);
static unsigned int n_relays;
static const struct sip_config *config;

/* Text; in other types there may be addresses of the other side. */
static const char *const types[] = { "text/plain",
				     "application/im-iscomposing+xml" };
#define ACCEPTED "text/plain, application/im-iscomposing+xml"

void message_relay_set_config(const struct sip_config *cfg)
{
	config = cfg;
}

static void respond(struct txn *t, int status)
{
	osip_message_t *resp = message_answer(txn_message(t), status);

	if (!resp)
		return;
	if (status == 415)
		osip_message_set_header(resp, "Accept", ACCEPTED);
	if (status == 503)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	txn_respond(t, resp);
}

static void refuse(struct txn *t, int status)
{
	log_info("sip", "a MESSAGE from gateway %s is refused with %d",
		 txn_path(t)->gw->name, status);
	respond(t, status);
}

static void end(struct relay *r, int status)
{
	if (r->server) {
		log_info("sip", "a MESSAGE from gateway %s to %s: %d",
			 txn_path(r->server)->gw->name,
			 r->target.gw ? r->target.gw->name : "nobody", status);
		respond(r->server, status);
	}
	txn_release(r->server);
	txn_release(r->client);
	LIST_REMOVE(r, entry);
	n_relays--;
	free(r);
}

void message_relay_exit(void)
{
	while (!LIST_EMPTY(&relays))
		end(LIST_FIRST(&relays), 503);
	config = NULL;
}

/* NULL: of no type that is relayed. */
static const char *find_body(const osip_message_t *req, const char **ret_type,
			     size_t *ret_len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *body = message_body(req, types[i], ret_len);

		*ret_type = types[i];
		if (body)
			return body;
	}
	return NULL;
}

static bool is_full(const struct gateway *from, const osip_message_t *req)
{
	const char *user = req->from->url->username;
	const struct relay *r;
	unsigned int n = 0;

	LIST_FOREACH(r, &relays, entry) {
		if (user && r->server && txn_path(r->server)->gw == from &&
		    callee_is_of(txn_message(r->server), from, user))
			n++;
	}
	return n >= SIP_EXTENSION_MESSAGES_MAX || n_relays >= SIP_MESSAGES_MAX;
}

/* Status of a refusal, or 0. */
static int check(const struct gateway *from, const osip_message_t *req)
{
	int status = callee_check(req);
	const char *type;
	size_t len = 0;

	if (status)
		return status;
	if (!find_body(req, &type, &len))
		return 415;
	if (len > SIP_MESSAGE_BODY_MAX)
		return 413;
	return is_full(from, req) ? 503 : 0;
}

/* The charset goes on; whatever else a type may have doesn't. */
static void format_type(const osip_message_t *req, const char *type, char *buf,
			size_t size)
{
	osip_generic_param_t *p = NULL;

	osip_generic_param_get_byname(&req->content_type->gen_params,
				      (char *)"charset", &p);
	if (p && p->gvalue && strlen(p->gvalue) <= 32)
		snprintf(buf, size, "%s;charset=%s", type, p->gvalue);
	else
		snprintf(buf, size, "%s", type);
}

static int fill(osip_message_t *msg, const osip_message_t *req)
{
	char forwards[16], content[96];
	const char *type, *body;
	size_t len = 0;

	body = find_body(req, &type, &len);
	if (!body)
		return -EINVAL;
	format_type(req, type, content, sizeof(content));
	snprintf(forwards, sizeof(forwards), "%u",
		 message_max_forwards(req) - 1);
	if (osip_message_replace_header(msg, "Max-Forwards", forwards) ||
	    callee_pass_headers(req, msg) < 0)
		return -ENOMEM;
	return message_set_body(msg, content, body, len);
}

static osip_message_t *make_message(const struct target *to,
				    const osip_message_t *req,
				    const struct sip_path *path)
{
	struct dialog d = { 0 };
	osip_message_t *msg = NULL;

	if (!callee_dialog(&d, to, req))
		msg = dialog_request(&d, "MESSAGE", path);
	dialog_clear(&d);
	if (msg && fill(msg, req) < 0) {
		osip_message_free(msg);
		return NULL;
	}
	return msg;
}

static int send_on(struct relay *r);

/* By another gateway or contact, if this one can't be reached. */
static void failed(struct relay *r, int status)
{
	const osip_message_t *req = r->server ? txn_message(r->server) : NULL;

	if (target_is_over(&r->target, status) && req && config &&
	    target_next(config, txn_path(r->server)->gw, req->req_uri->username,
			&r->target)) {
		if (send_on(r) < 0)
			end(r, 500);
		return;
	}
	/* 408 is of no use to a request that isn't INVITE (RFC 4320). */
	end(r, status == 408 ? 504 : message_map_status(status));
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	int status = resp->status_code;

	if (status < 200)
		return;
	txn_release(t);
	if (status < 300)
		end(arg, status == 202 ? 202 : 200);
	else
		failed(arg, status);
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	txn_release(t);
	failed(arg, status == 408 ? 408 : 502);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

static int send_on(struct relay *r)
{
	struct sip_path path = target_path(&r->target);
	osip_message_t *msg;

	msg = make_message(&r->target, txn_message(r->server), &path);
	return msg ? txn_request(msg, &path, &client, r, &r->client) : -ENOMEM;
}

void message_relay_received(struct txn *t, const osip_message_t *req)
{
	struct target to = { 0 };
	int status = check(txn_path(t)->gw, req);
	struct relay *r;

	if (!status && (!config || !target_next(config, txn_path(t)->gw,
						req->req_uri->username, &to)))
		status = to.absent ? 480 : 404;
	r = status ? NULL : calloc(1, sizeof(*r));
	if (!r) {
		refuse(t, status ? status : 500);
		return;
	}
	r->target = to;
	txn_own(t, &r->server);
	LIST_INSERT_HEAD(&relays, r, entry);
	n_relays++;
	if (send_on(r) < 0)
		end(r, 500);
}
