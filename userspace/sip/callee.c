// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sip/callee.h"

/* What is copied to the other side; all else would tell of this one. */
static const char *const passed_headers[] = { "subject", "priority",
					      "privacy" };

/* "sip:user@host" with what may follow; the user is escaped anew. */
static char *make_uri(const osip_uri_t *from, const char *host,
		      unsigned int port, const char *transport)
{
	osip_uri_param_t *p = NULL;
	char *uri = NULL, *text = NULL, number[8];
	osip_uri_t *u;

	if (osip_uri_init(&u) != 0)
		return NULL;
	snprintf(number, sizeof(number), "%u", port);
	osip_uri_set_scheme(u, osip_strdup("sip"));
	osip_uri_set_host(u, osip_strdup(host));
	if (from->username)
		osip_uri_set_username(u, osip_strdup(from->username));
	if (port)
		osip_uri_set_port(u, osip_strdup(number));
	if (transport)
		osip_uri_set_transport(u, osip_strdup(transport));
	osip_uri_uparam_get_byname((osip_uri_t *)from, (char *)"user", &p);
	if (p && p->gvalue && !strcmp(p->gvalue, "phone"))
		osip_uri_set_user_phone(u);
	if (!osip_uri_to_str(u, &text)) {
		uri = strdup(text);
		osip_free(text);
	}
	osip_uri_free(u);
	return uri;
}

/* From or To with the user and name of @from and a host of ours. */
static char *make_name_addr(const osip_from_t *from, const char *name,
			    const char *host)
{
	char *uri = make_uri(from->url, host, 0, NULL), *text;

	if (!uri)
		return NULL;
	text = text_joined(name ? name : "", name ? " <" : "<", uri, ">");
	free(uri);
	return text;
}

/* The called number at the proxy, or the contact of an extension. */
static char *target_uri(const struct target *to, const osip_message_t *req)
{
	const struct binding *binding = to->binding;
	const struct gateway *gw = to->gw;

	if (binding)
		return strdup(binding->contact);
	return make_uri(req->req_uri, gw->proxy.host, gw->proxy.port,
			gw->transport == SIP_UDP
				? NULL
				: sip_transport_name(gw->transport));
}

static int set_path(struct dialog *d, const struct binding *binding)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && binding && i < binding->n_path; i++)
		ret = dialog_add_route(d, binding->path[i]);
	return ret;
}

int callee_dialog(struct dialog *d, const struct target *to,
		  const osip_message_t *req)
{
	const struct gateway *gw = to->gw;
	osip_from_t callee = { .url = req->req_uri };
	char *local, *remote, *target, ours[INET_ADDRSTRLEN];
	int ret = -ENOMEM;

	text_addr(gw->local.sin_addr, ours);
	local = make_name_addr(req->from, req->from->displayname, ours);
	remote = make_name_addr(&callee, NULL,
				gw->extensions ? ours : gw->proxy.host);
	target = target_uri(to, req);
	if (local && remote && target)
		ret = dialog_new(d, local, remote, target);
	if (!ret)
		ret = set_path(d, to->binding);
	free(local);
	free(remote);
	free(target);
	return ret;
}

int callee_check(const osip_message_t *req)
{
	const osip_uri_t *uri = req->req_uri;

	if (!uri->scheme || osip_strcasecmp(uri->scheme, "sip") != 0)
		return 416;
	if (!uri->username || !uri->username[0])
		return 404;
	return message_max_forwards(req) ? 0 : 483;
}

bool callee_is_of(const osip_message_t *req, const struct gateway *from,
		  const char *extension)
{
	const char *user = req->from->url->username;

	return from->extensions && user && !strcmp(user, extension);
}

int callee_pass_headers(const osip_message_t *from, osip_message_t *to)
{
	for (size_t i = 0;
	     i < sizeof(passed_headers) / sizeof(passed_headers[0]); i++) {
		const char *value = message_header(from, passed_headers[i]);

		if (value &&
		    osip_message_set_header(to, passed_headers[i], value) != 0)
			return -ENOMEM;
	}
	return 0;
}
