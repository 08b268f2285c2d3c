// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text of a message. libosip2 can do it, too, by a hundred sprintf() and a few
 * hundred blocks of memory, which are a sixth of all that a call takes. Here is what
 * messages consist of mostly, in the same order and to the byte (the fuzz target of
 * messages compares), and the rest is left to libosip2: rare headers, URIs with an
 * escape, bodies of several parts.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "sip/heap.h"
#include "sip/message.h"

#define CRLF "\r\n"

/* What may stand in a user name or a parameter of an URI as it is. */
static bool is_plain(const char *s)
{
	static const char plain[256] = {
		['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
		['-'] = 1,	   ['_'] = 1,	      ['.'] = 1,
		['!'] = 1,	   ['~'] = 1,	      ['*'] = 1,
		['\''] = 1,	   ['('] = 1,	      [')'] = 1,
		['+'] = 1,
	};

	while (plain[(unsigned char)*s])
		s++;
	return !*s;
}

static void put_params(struct text *t, const osip_list_t *params)
{
	osip_list_iterator_t it;
	const osip_generic_param_t *p;

	for (p = osip_list_get_first(params, &it); p;
	     p = osip_list_get_next(&it)) {
		text_put_char(t, ';');
		text_put(t, p->gname);
		if (p->gvalue) {
			text_put_char(t, '=');
			text_put(t, p->gvalue);
		}
	}
}

static bool uri_is_plain(const osip_uri_t *uri)
{
	osip_list_iterator_t it;
	const osip_uri_param_t *p;

	if (!uri->scheme || !uri->host || uri->string || uri->password ||
	    strchr(uri->host, ':') || osip_list_size(&uri->url_headers) > 0 ||
	    (uri->username && !is_plain(uri->username)))
		return false;
	for (p = osip_list_get_first(&uri->url_params, &it); p;
	     p = osip_list_get_next(&it)) {
		/* libosip2 keeps those of exosip's, x-obr and x-obp, inside */
		if (!is_plain(p->gname) || (p->gname[0] | 0x20) == 'x' ||
		    (p->gvalue && !is_plain(p->gvalue)))
			return false;
	}
	return true;
}

static bool put_uri(struct text *t, const osip_uri_t *uri)
{
	char *text = NULL;

	if (!uri)
		return false;
	if (!uri_is_plain(uri)) {
		if (osip_uri_to_str(uri, &text) != 0)
			return false;
		text_put(t, text);
		osip_free(text);
		return true;
	}
	text_put(t, uri->scheme);
	text_put_char(t, ':');
	if (uri->username) {
		text_put(t, uri->username);
		text_put_char(t, '@');
	}
	text_put(t, uri->host);
	if (uri->port) {
		text_put_char(t, ':');
		text_put(t, uri->port);
	}
	put_params(t, &uri->url_params);
	return true;
}

static bool put_start(struct text *t, const osip_message_t *msg)
{
	if (!msg->sip_version)
		return false;
	if (msg->sip_method) {
		text_put(t, msg->sip_method);
		text_put_char(t, ' ');
		if (!put_uri(t, msg->req_uri))
			return false;
		text_put_char(t, ' ');
		text_put(t, msg->sip_version);
		return true;
	}
	if (!msg->reason_phrase || msg->status_code < 100 ||
	    msg->status_code > 699)
		return false;
	text_put(t, msg->sip_version);
	text_put_char(t, ' ');
	text_put_number(t, (unsigned int)msg->status_code);
	text_put_char(t, ' ');
	text_put(t, msg->reason_phrase);
	return true;
}

static bool put_via(struct text *t, void *header)
{
	const osip_via_t *via = header;

	if (!via->host || !via->version || !via->protocol || via->comment ||
	    strchr(via->host, ':'))
		return false;
	text_put(t, "SIP/");
	text_put(t, via->version);
	text_put_char(t, '/');
	text_put(t, via->protocol);
	text_put_char(t, ' ');
	text_put(t, via->host);
	if (via->port) {
		text_put_char(t, ':');
		text_put(t, via->port);
	}
	put_params(t, &via->via_params);
	return true;
}

/* From, To, Contact, Route and Record-Route are of one type. */
static bool put_name_addr(struct text *t, void *header)
{
	const osip_from_t *h = header;

	if (h->displayname) {
		if (h->displayname[0] == '*')
			return false;
		text_put(t, h->displayname);
		text_put_char(t, ' ');
	}
	text_put_char(t, '<');
	if (!put_uri(t, h->url))
		return false;
	text_put_char(t, '>');
	put_params(t, &h->gen_params);
	return true;
}

static bool put_call_id(struct text *t, void *header)
{
	const osip_call_id_t *id = header;

	if (!id->number)
		return false;
	text_put(t, id->number);
	if (id->host) {
		text_put_char(t, '@');
		text_put(t, id->host);
	}
	return true;
}

static bool put_cseq(struct text *t, void *header)
{
	const osip_cseq_t *cseq = header;

	if (!cseq->number || !cseq->method)
		return false;
	text_put(t, cseq->number);
	text_put_char(t, ' ');
	text_put(t, cseq->method);
	return true;
}

static bool put_content_type(struct text *t, void *header)
{
	const osip_content_type_t *ct = header;

	if (!ct->type || !ct->subtype || osip_list_size(&ct->gen_params) > 0 ||
	    !osip_strcasecmp(ct->type, "multipart"))
		return false;
	text_put(t, ct->type);
	text_put_char(t, '/');
	text_put(t, ct->subtype);
	return true;
}

static bool put_allow(struct text *t, void *header)
{
	const osip_allow_t *allow = header;

	if (allow->value)
		text_put(t, allow->value);
	return allow->value;
}

typedef bool put_fn(struct text *t, void *header);

static bool put_one(struct text *t, const char *name, void *header, put_fn *put)
{
	if (!header)
		return true;
	text_put(t, name);
	if (!put(t, header))
		return false;
	text_put_n(t, CRLF, 2);
	return true;
}

static bool put_each(struct text *t, const char *name, const osip_list_t *list,
		     put_fn *put)
{
	osip_list_iterator_t it;
	void *h;

	for (h = osip_list_get_first(list, &it); h;
	     h = osip_list_get_next(&it)) {
		if (!put_one(t, name, h, put))
			return false;
	}
	return true;
}

/* Those that libosip2 has no type for, and lower case. */
static bool put_others(struct text *t, const osip_list_t *headers)
{
	osip_list_iterator_t it;
	const osip_header_t *h;

	for (h = osip_list_get_first(headers, &it); h;
	     h = osip_list_get_next(&it)) {
		if (!h->hname || !h->hname[0])
			return false;
		text_put_char(t, (char)toupper((unsigned char)h->hname[0]));
		text_put(t, h->hname + 1);
		text_put_n(t, ": ", 2);
		if (h->hvalue)
			text_put(t, h->hvalue);
		text_put_n(t, CRLF, 2);
	}
	return true;
}

static bool put_body(struct text *t, const osip_message_t *msg)
{
	const osip_body_t *body = osip_list_get(&msg->bodies, 0);
	char length[] = "     ";
	size_t n = body ? body->length : 0;

	text_put(t, "Content-Length: ");
	if (!body) {
		text_put(t, "0" CRLF CRLF);
		return true;
	}
	if (osip_list_size(body->headers) > 0 || body->content_type ||
	    osip_list_size(&msg->bodies) > 1 || n > 99999)
		return false;
	for (char *p = length + 5; n || p == length + 5; n /= 10)
		*--p = (char)('0' + n % 10);
	text_put_n(t, length, 5);
	text_put_n(t, CRLF CRLF, 4);
	text_put_n(t, body->body, body->length);
	return true;
}

static bool is_usual(const osip_message_t *msg)
{
	const osip_list_t *const rare[] = {
		&msg->authorizations,
		&msg->www_authenticates,
		&msg->proxy_authenticates,
		&msg->proxy_authorizations,
		&msg->call_infos,
		&msg->content_encodings,
		&msg->alert_infos,
		&msg->error_infos,
		&msg->accepts,
		&msg->accept_encodings,
		&msg->accept_languages,
		&msg->authentication_infos,
		&msg->proxy_authentication_infos,
	};

	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++) {
		if (osip_list_size(rare[i]) > 0)
			return false;
	}
	return !msg->mime_version;
}

static bool put_message(struct text *t, const osip_message_t *msg)
{
	if (!is_usual(msg) || !put_start(t, msg))
		return false;
	text_put_n(t, CRLF, 2);
	return put_each(t, "Via: ", &msg->vias, put_via) &&
	       put_each(t, "Record-Route: ", &msg->record_routes,
			put_name_addr) &&
	       put_each(t, "Route: ", &msg->routes, put_name_addr) &&
	       put_one(t, "From: ", msg->from, put_name_addr) &&
	       put_one(t, "To: ", msg->to, put_name_addr) &&
	       put_one(t, "Call-ID: ", msg->call_id, put_call_id) &&
	       put_one(t, "CSeq: ", msg->cseq, put_cseq) &&
	       put_each(t, "Contact: ", &msg->contacts, put_name_addr) &&
	       put_one(t, "Content-Type: ", msg->content_type,
		       put_content_type) &&
	       put_each(t, "Allow: ", &msg->allows, put_allow) &&
	       put_others(t, &msg->headers) && put_body(t, msg);
}

static char *keep(const char *text, size_t len)
{
	char *kept = osip_malloc(len + 1);

	if (kept)
		memcpy(kept, text, len + 1);
	return kept;
}

/* libosip2's has room for 8 kB, and may be kept until its copies are past. */
static char *text_by_osip(osip_message_t *msg, size_t *ret_len)
{
	char *roomy = NULL, *text;

	osip_message_force_update(msg);
	if (osip_message_to_str(msg, &roomy, ret_len) != 0)
		return NULL;
	text = keep(roomy, *ret_len);
	secret_wipe(roomy, *ret_len);
	heap_plain(roomy);
	osip_free(roomy);
	return text;
}

char *message_text(osip_message_t *msg, size_t *ret_len)
{
	char room[4096], *text;
	struct text t;
	size_t n;

	text_begin(&t, room, sizeof(room));
	n = put_message(&t, msg) ? text_end(&t) : 0;
	text = n ? keep(room, n) : text_by_osip(msg, ret_len);
	if (n)
		*ret_len = n;
	secret_wipe(room, (size_t)(t.at - room));
	return text;
}
