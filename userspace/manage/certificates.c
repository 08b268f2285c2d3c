// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "base/notify.h"
#include "base/secret.h"
#include "cert/certstore.h"
#include "cert/request.h"
#include "config/edit.h"
#include "manage/internal.h"

static void (*on_renewal)(void);

void api_on_renewal(void (*cb)(void))
{
	on_renewal = cb;
}

static void renew(void)
{
	if (on_renewal)
		on_renewal();
}

/* The store and the name of the query; false: that was refused. */
static bool get_file(struct call *c, enum certstore_kind *kind,
		     const char **name, struct api_reply *ret)
{
	const char *store = evhttp_find_header(&c->query, "store");

	*name = evhttp_find_header(&c->query, "name");
	if (store && certstore_by_name(store, kind) && *name)
		return true;
	api_refuse(ret, 400, "give a store, host or others, and a name");
	return false;
}

static void reply_result(struct api_reply *ret, int r, const char *err)
{
	struct config_error e;

	if (!r) {
		reply_json(ret, 200, json_object());
		return;
	}
	config_error_set(&e, r, "%s", err);
	reply_errors(ret, &e, r);
}

static json_t *date(time_t t)
{
	char text[32] = "";
	struct tm tm;

	if (t)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
			 gmtime_r(&t, &tm));
	return json_string(text);
}

static json_t *usage(const struct cert_info *info)
{
	json_t *list = json_array();

	if (info->tls_client)
		json_array_append_new(list, json_string("TlsClient"));
	if (info->tls_server)
		json_array_append_new(list, json_string("TlsServer"));
	return list;
}

static void add_info(const struct cert_info *info, void *arg)
{
	json_array_append_new(
		arg,
		json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:s, "
			  "s:s, s:s, s:b, s:b}",
			  "file", info->file, "number", (int)info->number,
			  "issued-to", info->subject, "issued-by", info->issuer,
			  "names", info->names, "valid-from", date(info->from),
			  "valid-to", date(info->to), "usage", usage(info),
			  "ca", info->ca, "key", info->key, "serial",
			  info->serial, "sha256", info->fingerprint,
			  "private-key", info->has_key, "crl", info->has_crl));
}

void api_certificates(struct call *c, struct api_reply *ret)
{
	const char *store = evhttp_find_header(&c->query, "store");
	enum certstore_kind kind;
	json_t *list = json_array();
	char err[256];
	int r;

	if (!store || !certstore_by_name(store, &kind)) {
		json_decref(list);
		api_refuse(ret, 400, "give a store, host or others");
		return;
	}
	r = certstore_list(kind, evhttp_find_header(&c->query, "name"),
			   add_info, list, err, sizeof(err));
	if (!r) {
		reply_json(ret, 200, list);
		return;
	}
	json_decref(list);
	reply_result(ret, r, err);
}

/* The next part of the body, as long as the query says; NULL: absent or bad. */
static const uint8_t *take_part(struct call *c, const char *name,
				size_t *offset, size_t *len)
{
	const char *text = evhttp_find_header(&c->query, name);
	unsigned long n = text ? strtoul(text, NULL, 10) : 0;
	const char *p = c->req->body + *offset;

	*len = 0;
	if (!n || n > c->req->len - *offset)
		return NULL;
	*len = n;
	*offset += n;
	return (const uint8_t *)p;
}

static int import(struct call *c, enum certstore_kind kind, const char *name,
		  char *err, size_t err_len)
{
	struct certstore_input in = { 0 };
	char *passphrase = NULL;
	const uint8_t *p;
	size_t offset = 0, len;
	int r;

	in.data = take_part(c, "certificate", &offset, &in.len);
	in.key = take_part(c, "key", &offset, &in.key_len);
	p = take_part(c, "passphrase", &offset, &len);
	if (!in.data || offset != c->req->len) {
		snprintf(err, err_len,
			 "the lengths of the parts, in the "
			 "query, don't fit the body");
		return -EINVAL;
	}
	if (p)
		passphrase = strndup((const char *)p, len);
	in.passphrase = passphrase;
	r = certstore_import(kind, name, &in, err, err_len);
	secret_free(passphrase, len);
	return r;
}

void api_certificate_import(struct call *c, struct api_reply *ret)
{
	enum certstore_kind kind;
	const char *name;
	char err[256];
	int r;

	if (!get_file(c, &kind, &name, ret))
		return;
	r = import(c, kind, name, err, sizeof(err));
	if (!r) {
		notify(CERT_IMPORTED, c->req->editor.who, name,
		       evhttp_find_header(&c->query, "store"));
		renew();
	}
	reply_result(ret, r, err);
}

void api_certificate_delete(struct call *c, struct api_reply *ret)
{
	enum certstore_kind kind;
	const char *name;
	char err[256];
	int r;

	if (!get_file(c, &kind, &name, ret))
		return;
	r = certstore_delete(kind, name, err, sizeof(err));
	if (!r)
		notify(CERT_DELETED, c->req->editor.who, name,
		       evhttp_find_header(&c->query, "store"));
	reply_result(ret, r, err);
}

void api_certificate_reload(struct call *c, struct api_reply *ret)
{
	renew();
	reply_json(ret, 200, json_object());
}

/* What the body asks for; false: it can't be understood. */
static bool read_request(const json_t *body, struct request *req,
			 const char **file)
{
	const json_t *names = json_object_get(body, "names");
	const json_t *days = json_object_get(body, "days");
	const char *key = json_string_value(json_object_get(body, "key"));
	int n = key ? request_key_by_name(key) : REQUEST_KEY_P256;

	*file = json_string_value(json_object_get(body, "name"));
	req->cn = json_string_value(json_object_get(body, "cn"));
	req->key = (enum request_key)n;
	req->days = (unsigned int)json_integer_value(days);
	req->n_names = json_array_size(names);
	if (!*file || !req->cn || n < 0 || req->n_names > REQUEST_NAMES_MAX ||
	    (days && (!json_is_integer(days) || json_integer_value(days) < 0 ||
		      json_integer_value(days) > REQUEST_DAYS_MAX)))
		return false;
	for (size_t i = 0; i < req->n_names; i++) {
		req->name[i] = json_string_value(json_array_get(names, i));
		if (!req->name[i])
			return false;
	}
	return true;
}

/* A request leaves its key in the store, where its certificate will find it. */
static int make(const struct request *req, const char *file, char **pem,
		char *err, size_t err_len)
{
	struct certstore_input in = { 0 };
	char *key = NULL;
	size_t len = 0;
	int r = certstore_check_name(file, err, err_len);

	if (r)
		return r;
	/* The key of a certificate that is in use must not get lost. */
	if (!certstore_key(file, &key, &len)) {
		secret_free(key, len);
		snprintf(err, err_len,
			 "the store has a key of this name already; take "
			 "another name");
		return -EINVAL;
	}
	r = request_make(req, &key, &len, pem, err, err_len);
	if (r)
		return r;
	if (req->days) {
		in.data = (const uint8_t *)*pem;
		in.len = strlen(*pem);
		in.key = (const uint8_t *)key;
		in.key_len = len;
		r = certstore_import(CERTSTORE_HOST, file, &in, err, err_len);
	} else {
		r = certstore_write(CERTSTORE_HOST, file, key, len, err,
				    err_len);
	}
	secret_free(key, len);
	if (r)
		free(*pem);
	return r;
}

void api_certificate_request(struct call *c, struct api_reply *ret)
{
	json_t *body = json_loadb(c->req->body, c->req->len,
				  JSON_REJECT_DUPLICATES, NULL);
	struct request req = { 0 };
	const char *file;
	char err[256], *pem;
	int r;

	if (!read_request(body, &req, &file)) {
		json_decref(body);
		api_refuse(ret, 400,
			   "give \"name\", \"cn\", and perhaps \"names\" (up "
			   "to 16), \"key\" (p256, p384, rsa2048, rsa3072, "
			   "rsa4096) and \"days\"");
		return;
	}
	r = make(&req, file, &pem, err, sizeof(err));
	if (r) {
		reply_result(ret, r, err);
	} else {
		notify(CERT_KEY_MADE, c->req->editor.who, file);
		reply_json(ret, 200, json_pack("{s:s}", "pem", pem));
		free(pem);
	}
	json_decref(body);
}
