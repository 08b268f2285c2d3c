// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sip/dialog.h"

#define CALL_ID_BITS 128
#define TAG_BITS     96

static int copy(char **to, const char *from)
{
	char *text = from ? strdup(from) : NULL;

	if (!text)
		return from ? -ENOMEM : -EINVAL;
	free(*to);
	*to = text;
	return 0;
}

static int new_token(char **to, unsigned int bits)
{
	char token[MESSAGE_TOKEN_MAX];
	int ret = message_token(token, sizeof(token), bits);

	return ret < 0 ? ret : copy(to, token);
}

char *dialog_name_addr(const osip_from_t *from)
{
	const char *name = from->displayname;
	char *uri = NULL, *text;

	if (osip_uri_to_str(from->url, &uri) != 0)
		return NULL;
	text = text_joined(name ? name : "", name ? " <" : "<", uri, ">");
	osip_free(uri);
	return text;
}

static int set_name_addr(char **to, const osip_from_t *from)
{
	char *text = dialog_name_addr(from);

	if (!text)
		return -ENOMEM;
	free(*to);
	*to = text;
	return 0;
}

static int set_target(struct dialog *d, const osip_message_t *msg)
{
	const osip_contact_t *c = osip_list_get(&msg->contacts, 0);
	char *uri;
	int ret;

	if (!c || !c->url || !c->url->host || !c->url->scheme ||
	    osip_strcasecmp(c->url->scheme, "sip") != 0)
		return -EINVAL;
	uri = message_uri(c->url);
	if (!uri)
		return -ENOMEM;
	ret = copy(&d->target, uri);
	osip_free(uri);
	return ret;
}

/* An Allow that isn't there says nothing: INVITE serves everybody. */
static void note_allow(struct dialog *d, const osip_message_t *msg)
{
	int n = osip_list_size(&msg->allows);

	if (n > 0)
		d->update = false;
	for (int i = 0; i < n; i++) {
		const osip_allow_t *allow = osip_list_get(&msg->allows, i);

		if (allow->value && !strcmp(allow->value, "UPDATE"))
			d->update = true;
	}
}

static void clear_routes(struct dialog *d)
{
	while (d->n_routes)
		free(d->route[--d->n_routes]);
}

/* Record-Route of a request in order, of a response reversed (12.1). */
static int set_routes(struct dialog *d, const osip_message_t *msg,
		      bool reversed)
{
	int n = osip_list_size(&msg->record_routes);

	clear_routes(d);
	if (n > SIP_ROUTES_MAX)
		return -E2BIG;
	for (int i = 0; i < n; i++) {
		char *text = NULL;
		int ret;

		if (osip_record_route_to_str(osip_list_get(&msg->record_routes,
							   reversed ? n - 1 - i
								    : i),
					     &text) != 0)
			return -EINVAL;
		d->route[d->n_routes] = NULL;
		ret = copy(&d->route[d->n_routes], text);
		osip_free(text);
		if (ret < 0)
			return ret;
		d->n_routes++;
	}
	return 0;
}

static int set_call_id(struct dialog *d, const osip_call_id_t *id)
{
	char *text = NULL;
	int ret;

	if (osip_call_id_to_str(id, &text) != 0)
		return -ENOMEM;
	ret = copy(&d->call_id, text);
	osip_free(text);
	return ret;
}

int dialog_from_invite(struct dialog *d, const osip_message_t *invite)
{
	int ret = set_call_id(d, invite->call_id);

	if (!ret)
		ret = new_token(&d->local_tag, TAG_BITS);
	if (!ret)
		ret = copy(&d->remote_tag, message_tag(invite->from));
	if (!ret)
		ret = set_name_addr(&d->local, invite->to);
	if (!ret)
		ret = set_name_addr(&d->remote, invite->from);
	if (!ret)
		ret = set_target(d, invite);
	if (!ret)
		ret = set_routes(d, invite, false);
	d->remote_cseq = message_cseq(invite);
	note_allow(d, invite);
	return ret;
}

int dialog_new(struct dialog *d, const char *local, const char *remote,
	       const char *target)
{
	int ret = new_token(&d->call_id, CALL_ID_BITS);

	if (!ret)
		ret = new_token(&d->local_tag, TAG_BITS);
	if (!ret)
		ret = copy(&d->local, local);
	if (!ret)
		ret = copy(&d->remote, remote);
	if (!ret)
		ret = copy(&d->target, target);
	return ret;
}

int dialog_add_route(struct dialog *d, const char *route)
{
	int ret;

	if (d->n_routes == SIP_ROUTES_MAX)
		return -E2BIG;
	d->route[d->n_routes] = NULL;
	ret = copy(&d->route[d->n_routes], route);
	if (!ret)
		d->n_routes++;
	return ret;
}

int dialog_answered(struct dialog *d, const osip_message_t *resp)
{
	int ret = copy(&d->remote_tag, message_tag(resp->to));

	/* A 2xx without Contact is wrong, but the call can go on. */
	if (!ret && osip_list_size(&resp->contacts) > 0)
		ret = set_target(d, resp);
	if (!ret)
		ret = set_routes(d, resp, true);
	note_allow(d, resp);
	return ret;
}

void dialog_from_notify(struct dialog *d, const osip_message_t *notify)
{
	copy(&d->remote_tag, message_tag(notify->from));
	set_target(d, notify);
	set_routes(d, notify, false);
}

void dialog_refresh(struct dialog *d, const osip_message_t *msg)
{
	set_target(d, msg);
	note_allow(d, msg);
}

int dialog_fork(struct dialog *to, const struct dialog *from,
		const osip_message_t *resp)
{
	int ret = copy(&to->call_id, from->call_id);

	if (!ret)
		ret = copy(&to->local_tag, from->local_tag);
	if (!ret)
		ret = copy(&to->local, from->local);
	if (!ret)
		ret = copy(&to->remote, from->remote);
	if (!ret)
		ret = copy(&to->target, from->target);
	to->local_cseq = message_cseq(resp);
	return ret ? ret : dialog_answered(to, resp);
}

void dialog_clear(struct dialog *d)
{
	clear_routes(d);
	free(d->call_id);
	free(d->local_tag);
	free(d->remote_tag);
	free(d->local);
	free(d->remote);
	free(d->target);
	memset(d, 0, sizeof(*d));
}

static int set_ends(const struct dialog *d, osip_message_t *msg)
{
	if (osip_message_set_from(msg, d->local) != 0 ||
	    osip_message_set_to(msg, d->remote) != 0 ||
	    osip_message_set_call_id(msg, d->call_id) != 0)
		return -ENOMEM;
	osip_from_set_tag(msg->from, osip_strdup(d->local_tag));
	if (d->remote_tag)
		osip_to_set_tag(msg->to, osip_strdup(d->remote_tag));
	return 0;
}

static osip_message_t *make_request(const struct dialog *d, const char *method,
				    uint32_t number,
				    const struct sip_path *path)
{
	osip_message_t *msg;
	char cseq[64];

	msg = message_request(method, d->target, path, NULL, 70);
	if (!msg)
		return NULL;
	snprintf(cseq, sizeof(cseq), "%u %s", number, method);
	if (set_ends(d, msg) < 0 || osip_message_set_cseq(msg, cseq) != 0)
		goto fail;
	for (unsigned int i = 0; i < d->n_routes; i++)
		if (osip_message_set_route(msg, d->route[i]) != 0)
			goto fail;
	return msg;
fail:
	osip_message_free(msg);
	return NULL;
}

osip_message_t *dialog_request(struct dialog *d, const char *method,
			       const struct sip_path *path)
{
	return make_request(d, method, ++d->local_cseq, path);
}

osip_message_t *dialog_ack(const struct dialog *d, uint32_t cseq,
			   const struct sip_path *path)
{
	return make_request(d, "ACK", cseq, path);
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

bool dialog_matches(const struct dialog *d, const osip_message_t *req)
{
	char *call_id = NULL;
	bool ret;

	if (osip_call_id_to_str(req->call_id, &call_id) != 0)
		return false;
	ret = same(call_id, d->call_id) &&
	      same(message_tag(req->to), d->local_tag) &&
	      same(message_tag(req->from), d->remote_tag);
	osip_free(call_id);
	return ret;
}

bool dialog_in_order(struct dialog *d, const osip_message_t *req)
{
	uint32_t cseq = message_cseq(req);

	if (cseq < d->remote_cseq)
		return false;
	d->remote_cseq = cseq;
	return true;
}

void dialog_path(const struct dialog *d, struct sip_path *path)
{
	const struct gateway *gw = path->gw;
	osip_route_t *route = NULL;
	osip_uri_t *uri = NULL, *hop = NULL;
	struct in_addr addr;
	unsigned long port;

	if (gw->extensions)
		return;
	path->peer = *gateway_hop(gw, false);
	if (d->n_routes) {
		if (!osip_route_init(&route) &&
		    !osip_route_parse(route, d->route[0]))
			hop = route->url;
	} else if (!osip_uri_init(&uri) && !osip_uri_parse(uri, d->target)) {
		hop = uri;
	}
	if (hop && hop->host && inet_pton(AF_INET, hop->host, &addr) == 1 &&
	    hop_has(gateway_next_hop(gw, false), addr)) {
		path->peer.sin_addr = addr;
		port = hop->port ? strtoul(hop->port, NULL, 10)
				 : sip_default_port(path->transport);
		if (port > 0 && port <= 65535)
			path->peer.sin_port = htons((uint16_t)port);
	}
	osip_route_free(route);
	osip_uri_free(uri);
}
