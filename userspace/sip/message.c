// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "base/text.h"
#include "sip/digest.h"
#include "sip/heap.h"
#include "sip/message.h"

void message_init(void)
{
	osip_trace_initialize(TRACE_LEVEL0, NULL);
	osip_set_allocators(heap_alloc, heap_realloc, heap_free);
}

int message_token(char *buf, size_t size, unsigned int bits)
{
	uint8_t raw[32];
	size_t n = bits / 8;
	int ret;

	if (n > sizeof(raw) || size < 2 * n + 1)
		return -EINVAL;
	ret = secret_random(raw, n);
	if (ret < 0)
		return ret;
	digest_hex(raw, n, buf);
	return 0;
}

#define SENT_BY_MAX (INET_ADDRSTRLEN + sizeof(":65535") - 1)

/* Our address and port. */
static const char *our_sent_by(const struct sip_path *path,
			       char buf[static SENT_BY_MAX])
{
	const struct sockaddr_in *local = &path->gw->local;
	struct text t;

	text_begin(&t, buf, SENT_BY_MAX);
	text_put_addr(&t, local->sin_addr);
	text_put_char(&t, ':');
	text_put_number(&t, ntohs(local->sin_port));
	text_end(&t);
	return buf;
}

char *message_our_uri(const struct sip_path *path, const char *user)
{
	char sent_by[SENT_BY_MAX];

	return text_joined("sip:", user ? user : "", user ? "@" : "",
			   our_sent_by(path, sent_by),
			   gateway_transport_param(path->gw, path->transport));
}

/* libosip2 demands as much body as Content-Length says: make it say 0. */
static char *header_alone(const char *buf, const struct sip_head *head)
{
	char *copy = strndup(buf, head->head_len);

	if (copy && head->content_length.len) {
		char *value = copy + (head->content_length.p - buf);

		memset(value, ' ', head->content_length.len);
		*value = '0';
	}
	return copy;
}

static bool is_complete(const osip_message_t *msg)
{
	if (MSG_IS_REQUEST(msg) && (!msg->req_uri || !msg->sip_method))
		return false;
	return msg->from && msg->from->url && msg->to && msg->to->url &&
	       msg->call_id && msg->call_id->number && msg->cseq &&
	       msg->cseq->number && msg->cseq->method &&
	       osip_list_size(&msg->vias) > 0;
}

osip_message_t *message_parse(const char *buf, const struct sip_head *head)
{
	char *text = header_alone(buf, head);
	osip_message_t *msg = NULL;

	if (!text || osip_message_init(&msg) != 0) {
		free(text);
		return NULL;
	}
	if (osip_message_parse(msg, text, head->head_len) != 0 ||
	    !is_complete(msg) ||
	    (head->body.len &&
	     osip_message_set_body(msg, head->body.p, head->body.len) != 0)) {
		osip_message_free(msg);
		msg = NULL;
	}
	free(text);
	return msg;
}

char *message_uri(const osip_uri_t *uri)
{
	osip_uri_t plain = *uri;
	char *text = NULL;

	memset(&plain.url_headers, 0, sizeof(plain.url_headers));
	return osip_uri_to_str(&plain, &text) ? NULL : text;
}

const char *message_header(const osip_message_t *msg, const char *name)
{
	osip_header_t *h = NULL;

	if (osip_message_header_get_byname(msg, name, 0, &h) < 0 || !h)
		return NULL;
	return h->hvalue;
}

const char *message_tag(const osip_from_t *from)
{
	osip_generic_param_t *p = NULL;

	if (osip_generic_param_get_byname((osip_list_t *)&from->gen_params,
					  (char *)"tag", &p) != 0 ||
	    !p)
		return NULL;
	return p->gvalue;
}

static const char *via_param(const osip_via_t *via, const char *name,
			     bool *ret_there)
{
	osip_generic_param_t *p = NULL;

	osip_generic_param_get_byname((osip_list_t *)&via->via_params,
				      (char *)name, &p);
	if (ret_there)
		*ret_there = p;
	return p ? p->gvalue : NULL;
}

static osip_via_t *top_via(const osip_message_t *msg)
{
	return osip_list_get(&msg->vias, 0);
}

const char *message_branch(const osip_message_t *msg)
{
	const osip_via_t *via = top_via(msg);

	return via ? via_param(via, "branch", NULL) : NULL;
}

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

/* By what RFC 2543 knows one, but for the tag of To, which ACK alone has. */
static char *old_key(const osip_message_t *msg, const char *method,
		     const char *side, const osip_via_t *via)
{
	char *key, *call_id = NULL;

	if (osip_call_id_to_str(msg->call_id, &call_id) != 0)
		return NULL;
	key = text_joined(or_none(message_branch(msg)), " ", method, " ",
			  or_none(via->host), " ", or_none(via->port), " ",
			  side, " ", call_id, " ",
			  or_none(message_tag(msg->from)), " ",
			  msg->cseq->number);
	osip_free(call_id);
	return key;
}

char *message_key(const osip_message_t *msg, const char *method,
		  const char *side)
{
	const osip_via_t *via = top_via(msg);
	const char *branch = or_none(message_branch(msg));

	if (!strcmp(method, "ACK"))
		method = "INVITE";
	if (side && strncmp(branch, "z9hG4bK", 7) != 0)
		return old_key(msg, method, side, via);
	if (!side)
		return text_joined(branch, " ", method);
	return text_joined(branch, " ", method, " ", or_none(via->host), " ",
			   or_none(via->port), " ", side);
}

uint32_t message_cseq(const osip_message_t *msg)
{
	return (uint32_t)strtoul(msg->cseq->number, NULL, 10);
}

unsigned int message_max_forwards(const osip_message_t *msg)
{
	const char *value = message_header(msg, "max-forwards");

	return value ? (unsigned int)strtoul(value, NULL, 10) : 70;
}

bool message_has_body(const osip_message_t *msg)
{
	const osip_body_t *body = osip_list_get(&msg->bodies, 0);

	return body && body->length > 0;
}

const char *message_body(const osip_message_t *msg, const char *type,
			 size_t *ret_len)
{
	const osip_body_t *body = osip_list_get(&msg->bodies, 0);
	const osip_content_type_t *ct = msg->content_type;
	size_t n = strcspn(type, "/");

	if (!body || !body->length || !ct || !ct->type || !ct->subtype ||
	    strncasecmp(ct->type, type, n) != 0 || ct->type[n] ||
	    type[n] != '/' || strcasecmp(ct->subtype, type + n + 1) != 0 ||
	    osip_list_size(&msg->content_encodings) > 0)
		return NULL;
	*ret_len = body->length;
	return body->body;
}

const char *message_sdp(const osip_message_t *msg, size_t *ret_len)
{
	return message_body(msg, "application/sdp", ret_len);
}

int message_set_body(osip_message_t *msg, const char *type, const char *body,
		     size_t len)
{
	if (osip_message_set_content_type(msg, type) != 0 ||
	    osip_message_set_body(msg, body, len) != 0)
		return -ENOMEM;
	return 0;
}

int message_set_sdp(osip_message_t *msg, const char *sdp)
{
	return message_set_body(msg, "application/sdp", sdp, strlen(sdp));
}

static int copy_vias(const osip_message_t *from, osip_message_t *to)
{
	return osip_list_clone(&from->vias, &to->vias,
			       (int (*)(void *, void **))osip_via_clone);
}

/* Dialogs need them back in responses to INVITE (RFC 3261, 12.1.1). */
static int copy_record_routes(const osip_message_t *from, osip_message_t *to)
{
	return osip_list_clone(
		&from->record_routes, &to->record_routes,
		(int (*)(void *, void **))osip_record_route_clone);
}

static int set_tag(osip_to_t *to, const char *tag)
{
	char *name = osip_strdup("tag"), *value = osip_strdup(tag);

	if (name && value &&
	    !osip_generic_param_add(&to->gen_params, name, value))
		return 0;
	osip_free(name);
	osip_free(value);
	return -ENOMEM;
}

static int fill_response(osip_message_t *r, const osip_message_t *req,
			 int status, const char *reason, const char *to_tag)
{
	if (!reason)
		reason = osip_message_get_reason(status);
	osip_message_set_version(r, osip_strdup("SIP/2.0"));
	osip_message_set_status_code(r, status);
	osip_message_set_reason_phrase(r, osip_strdup(reason ? reason
							     : "Unknown"));
	if (!r->sip_version || !r->reason_phrase || copy_vias(req, r) ||
	    osip_from_clone(req->from, &r->from) ||
	    osip_to_clone(req->to, &r->to) ||
	    osip_call_id_clone(req->call_id, &r->call_id) ||
	    osip_cseq_clone(req->cseq, &r->cseq))
		return -ENOMEM;
	if (to_tag && status > 100 && !message_tag(r->to) &&
	    set_tag(r->to, to_tag) < 0)
		return -ENOMEM;
	if (status > 100 && status < 300 && MSG_IS_INVITE(req) &&
	    copy_record_routes(req, r))
		return -ENOMEM;
	return osip_message_set_header(r, "Server", SIP_PRODUCT);
}

osip_message_t *message_response(const osip_message_t *req, int status,
				 const char *reason, const char *to_tag)
{
	osip_message_t *r;

	if (osip_message_init(&r) != 0)
		return NULL;
	if (fill_response(r, req, status, reason, to_tag) != 0) {
		osip_message_free(r);
		return NULL;
	}
	return r;
}

osip_message_t *message_answer(const osip_message_t *req, int status)
{
	char tag[MESSAGE_TOKEN_MAX] = "x";

	message_token(tag, sizeof(tag), 64);
	return message_response(req, status, NULL, tag);
}

static void put_slice(FILE *f, const char *name, struct sip_slice s)
{
	if (s.len)
		fprintf(f, "%s: %.*s\r\n", name, (int)s.len, s.p);
}

char *message_refusal(const struct sip_head *head, int status,
		      const char *reason, size_t *ret_len)
{
	char *text = NULL, tag[MESSAGE_TOKEN_MAX];
	FILE *f = open_memstream(&text, ret_len);

	if (!f)
		return NULL;
	fprintf(f, "SIP/2.0 %d %s\r\n", status, reason);
	for (unsigned int i = 0; i < head->n_via; i++)
		put_slice(f, "Via", head->via[i]);
	put_slice(f, "From", head->from);
	if (head->to.len && !memmem(head->to.p, head->to.len, "tag=", 4) &&
	    !message_token(tag, sizeof(tag), 64))
		fprintf(f, "To: %.*s;tag=%s\r\n", (int)head->to.len, head->to.p,
			tag);
	else
		put_slice(f, "To", head->to);
	put_slice(f, "Call-ID", head->call_id);
	put_slice(f, "CSeq", head->cseq);
	fprintf(f, "Server: " SIP_PRODUCT "\r\nContent-Length: 0\r\n\r\n");
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int add_via(osip_message_t *msg, const struct sip_path *path,
		   const char *branch)
{
	static const char *const names[] = { "UDP", "TCP", "TLS" };
	char via[256], sent_by[SENT_BY_MAX], token[MESSAGE_TOKEN_MAX];
	struct text t;

	if (!branch) {
		if (message_token(token, sizeof(token), 128) < 0)
			return -EIO;
		branch = token;
	}
	/* The peer may send its requests by the same connection (RFC 5923). */
	text_begin(&t, via, sizeof(via));
	text_join(&t, "SIP/2.0/", names[path->transport], " ",
		  our_sent_by(path, sent_by), ";branch=z9hG4bK", branch,
		  ";rport");
	if (path->transport == SIP_TLS && !path->gw->extensions)
		text_put(&t, ";alias");
	return text_end(&t) ? osip_message_set_via(msg, via) : -EINVAL;
}

osip_message_t *message_request(const char *method, const char *uri,
				const struct sip_path *path, const char *branch,
				unsigned int max_forwards)
{
	osip_message_t *msg;
	osip_uri_t *url;
	char text[16];

	if (osip_message_init(&msg) != 0)
		return NULL;
	snprintf(text, sizeof(text), "%u", max_forwards);
	osip_message_set_method(msg, osip_strdup(method));
	osip_message_set_version(msg, osip_strdup("SIP/2.0"));
	if (!osip_uri_init(&url))
		osip_message_set_uri(msg, url);
	if (!msg->sip_method || !msg->sip_version || !msg->req_uri ||
	    osip_uri_parse(msg->req_uri, uri) != 0 ||
	    add_via(msg, path, branch) != 0 ||
	    osip_message_set_header(msg, "Max-Forwards", text) != 0 ||
	    osip_message_set_header(msg, "User-Agent", SIP_PRODUCT) != 0) {
		osip_message_free(msg);
		return NULL;
	}
	return msg;
}

osip_message_t *message_cancel(const osip_message_t *invite)
{
	osip_via_t *via = NULL;
	osip_message_t *msg;
	char cseq[32];

	if (osip_message_init(&msg) != 0)
		return NULL;
	snprintf(cseq, sizeof(cseq), "%s CANCEL", invite->cseq->number);
	osip_message_set_method(msg, osip_strdup("CANCEL"));
	osip_message_set_version(msg, osip_strdup("SIP/2.0"));
	if (!msg->sip_method || !msg->sip_version ||
	    osip_uri_clone(invite->req_uri, &msg->req_uri) ||
	    osip_via_clone(top_via(invite), &via) ||
	    osip_list_add(&msg->vias, via, -1) < 0 ||
	    osip_from_clone(invite->from, &msg->from) ||
	    osip_to_clone(invite->to, &msg->to) ||
	    osip_call_id_clone(invite->call_id, &msg->call_id) ||
	    osip_message_set_cseq(msg, cseq) ||
	    osip_list_clone(&invite->routes, &msg->routes,
			    (int (*)(void *, void **))osip_route_clone) ||
	    osip_message_set_header(msg, "Max-Forwards", "70") ||
	    osip_message_set_header(msg, "User-Agent", SIP_PRODUCT)) {
		osip_message_free(msg);
		return NULL;
	}
	return msg;
}

static int set_via_param(osip_via_t *via, const char *name, const char *value)
{
	osip_generic_param_t *p = NULL;
	char *copy = osip_strdup(value), *key;

	if (!copy)
		return -ENOMEM;
	osip_generic_param_get_byname(&via->via_params, (char *)name, &p);
	if (p) {
		osip_free(p->gvalue);
		p->gvalue = copy;
		return 0;
	}
	key = osip_strdup(name);
	if (key && !osip_generic_param_add(&via->via_params, key, copy))
		return 0;
	osip_free(key);
	osip_free(copy);
	return -ENOMEM;
}

int message_received(osip_message_t *req, const struct sip_path *from)
{
	osip_via_t *via = top_via(req);
	char addr[INET_ADDRSTRLEN], port[sizeof("65535")];
	struct text t;
	bool rport;

	if (!via || !via->host)
		return -EINVAL;
	via_param(via, "rport", &rport);
	text_begin(&t, port, sizeof(port));
	text_put_number(&t, ntohs(from->peer.sin_port));
	text_end(&t);
	text_addr(from->peer.sin_addr, addr);
	if (set_via_param(via, "received", addr) < 0 ||
	    (rport && set_via_param(via, "rport", port) < 0))
		return -ENOMEM;
	osip_message_force_update(req);
	return 0;
}

/*
 * The address is where the request came from, never what a Via or maddr says;
 * the port that of rport, else of sent-by.
 */
void message_reply_to(const osip_message_t *req, struct sockaddr_in *peer)
{
	const osip_via_t *via = top_via(req);
	unsigned long port;
	bool rport;

	if (!via)
		return;
	via_param(via, "rport", &rport);
	if (rport)
		return;
	port = via->port ? strtoul(via->port, NULL, 10) : 5060;
	if (port > 0 && port <= 65535)
		peer->sin_port = htons((uint16_t)port);
}

bool message_alias(const osip_message_t *req, struct sip_alias *ret)
{
	const osip_via_t *via = top_via(req);
	bool there = false;
	unsigned long port;

	if (via)
		via_param(via, "alias", &there);
	if (!there || !via->host)
		return false;
	port = via->port ? strtoul(via->port, NULL, 10)
			 : sip_default_port(SIP_TLS);
	ret->host = via->host;
	ret->port = (uint16_t)port;
	return port > 0 && port <= 65535;
}

int message_add_contact(osip_message_t *msg, const struct sip_path *path)
{
	char *uri = message_our_uri(path, NULL);
	char *contact = uri ? text_joined("<", uri, ">") : NULL;
	int ret = -ENOMEM;

	if (contact && !osip_message_set_contact(msg, contact) &&
	    !osip_message_set_header(msg, "Allow", SIP_ALLOW_IN_DIALOG) &&
	    !osip_message_set_header(msg, "Supported", "replaces"))
		ret = 0;
	free(contact);
	free(uri);
	return ret;
}

void message_warn(osip_message_t *resp, const char *reason)
{
	char text[256], *p = text + sizeof("399 " SIP_PRODUCT " \"") - 1;

	if (!reason || !reason[0])
		return;
	snprintf(text, sizeof(text) - 1, "399 " SIP_PRODUCT " \"%s", reason);
	for (; *p; p++)
		if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
			*p = '\'';
	strcpy(p, "\"");
	osip_message_set_header(resp, "Warning", text);
}

void message_explain(osip_message_t *resp, const char *reason)
{
	if (resp->status_code == 415)
		osip_message_set_header(resp, "Accept", "application/sdp");
	if (resp->status_code == 415 || resp->status_code == 488)
		message_warn(resp, reason);
}

int message_map_status(int status)
{
	if (status < 400)
		return 480; /* we follow no redirection */
	switch (status) {
	case 422: /* session timers are of each leg */
	case 401:
	case 407: /* we have no credentials: RFC 3261, 22 is between us */
	case 420: /* we required nothing */
	case 421:
	case 494:
		return 502;
	case 503: /* not we are overloaded (16.7) */
		return 500;
	default:
		return status;
	}
}
