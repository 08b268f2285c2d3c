// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "sip/challenge.h"
#include "sip/message.h"

#define CNONCE_BITS 96

/*
 * What is between the quotes, for it goes into ours again as it is. Backslashes
 * would be read in two ways: nobody sends them.
 */
static int take(const char *text, char *buf, size_t size)
{
	size_t n = text ? strlen(text) : 0;

	if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
		text++;
		n -= 2;
	}
	if (!n || n >= size)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < ' ' || text[i] > '~' || text[i] == '"' ||
		    text[i] == '\\')
			return -EINVAL;
	}
	memcpy(buf, text, n);
	buf[n] = '\0';
	return 0;
}

/* Is auth in the list? */
static bool offers_auth(const char *list)
{
	while (*list) {
		size_t n;

		list += strspn(list, " \t,");
		n = strcspn(list, " \t,");
		if (n == 4 && !strncasecmp(list, "auth", 4))
			return true;
		list += n;
	}
	return false;
}

static int read_qop(const char *text, bool *ret)
{
	char list[64];

	*ret = text;
	if (!text)
		return 0;
	return take(text, list, sizeof(list)) < 0 || !offers_auth(list)
		       ? -EINVAL
		       : 0;
}

/* Without an algorithm it is MD5 (RFC 7616, 3.3). */
static int read_algorithm(const char *text, enum digest_algorithm *ret)
{
	char name[16];

	*ret = DIGEST_MD5;
	if (!text)
		return 0;
	return take(text, name, sizeof(name)) < 0 ||
			       !digest_algorithm_by_name(name, ret)
		       ? -EINVAL
		       : 0;
}

static int read_one(const osip_www_authenticate_t *h, struct challenge *c)
{
	char stale[8];

	memset(c, 0, sizeof(*c));
	if (!h->auth_type || osip_strcasecmp(h->auth_type, "Digest") != 0 ||
	    take(h->realm, c->realm, sizeof(c->realm)) < 0 ||
	    take(h->nonce, c->nonce, sizeof(c->nonce)) < 0 ||
	    read_algorithm(h->algorithm, &c->algorithm) < 0 ||
	    read_qop(h->qop_options, &c->qop) < 0)
		return -EINVAL;
	/* An empty one need not come back. */
	if (h->opaque && strcmp(h->opaque, "\"\"") != 0 &&
	    take(h->opaque, c->opaque, sizeof(c->opaque)) < 0)
		return -EINVAL;
	c->stale = !take(h->stale, stale, sizeof(stale)) &&
		   !osip_strcasecmp(stale, "true");
	return 0;
}

int challenge_choose(const osip_message_t *resp, const char *realm,
		     struct challenge *ret)
{
	bool proxy = resp->status_code == 407, found = false;
	const osip_list_t *list = proxy ? &resp->proxy_authenticates
					: &resp->www_authenticates;
	int n = osip_list_size(list);

	for (int i = 0; i < n; i++) {
		struct challenge c;

		if (read_one(osip_list_get(list, i), &c) < 0 ||
		    (realm && strcmp(realm, c.realm) != 0))
			continue;
		/* In the order of their strength. */
		if (found && c.algorithm >= ret->algorithm)
			continue;
		c.proxy = proxy;
		*ret = c;
		found = true;
	}
	return found ? 0 : -ENOENT;
}

void challenge_next(struct challenge *c, const osip_message_t *resp)
{
	const osip_authentication_info_t *info =
		osip_list_get(&resp->authentication_infos, 0);
	char nonce[sizeof(c->nonce)];

	if (!info || take(info->nextnonce, nonce, sizeof(nonce)) < 0)
		return;
	memcpy(c->nonce, nonce, sizeof(nonce));
	c->count = 0;
}

static int respond(const struct challenge *c, const char *user,
		   const char *password, const char *method, const char *uri,
		   const char *nc, const char *cnonce, char *hex)
{
	char a1[DIGEST_HEX_MAX + 1], a2[DIGEST_HEX_MAX + 1];
	const char *const first[] = { user, c->realm, password };
	const char *const second[] = { method, uri };
	const char *const with[] = { a1, c->nonce, nc, cnonce, "auth", a2 };
	const char *const without[] = { a1, c->nonce, a2 };
	int ret = digest_hash(c->algorithm, first, 3, a1);

	if (!ret)
		ret = digest_hash(c->algorithm, second, 2, a2);
	if (!ret)
		ret = c->qop ? digest_hash(c->algorithm, with, 6, hex)
			     : digest_hash(c->algorithm, without, 3, hex);
	secret_wipe(a1, sizeof(a1));
	return ret;
}

static char *header(const struct challenge *c, const char *user,
		    const char *uri, const char *nc, const char *cnonce,
		    const char *response)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f,
		"Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
		"uri=\"%s\", response=\"%s\", algorithm=%s",
		user, c->realm, c->nonce, uri, response,
		digest_algorithm_name(c->algorithm));
	if (c->opaque[0])
		fprintf(f, ", opaque=\"%s\"", c->opaque);
	if (c->qop)
		fprintf(f, ", qop=auth, nc=%s, cnonce=\"%s\"", nc, cnonce);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static char *make(struct challenge *c, const char *user, const char *password,
		  const char *method, const char *uri)
{
	char cnonce[MESSAGE_TOKEN_MAX], nc[9], hex[DIGEST_HEX_MAX + 1];

	snprintf(nc, sizeof(nc), "%08x", ++c->count);
	if (message_token(cnonce, sizeof(cnonce), CNONCE_BITS) < 0 ||
	    respond(c, user, password, method, uri, nc, cnonce, hex) < 0)
		return NULL;
	return header(c, user, uri, nc, cnonce, hex);
}

static void remove_all(osip_list_t *list)
{
	osip_authorization_t *old;

	while ((old = osip_list_get(list, 0))) {
		osip_list_remove(list, 0);
		osip_authorization_free(old);
	}
}

int challenge_answer(struct challenge *c, const char *user,
		     const char *password, osip_message_t *req)
{
	char *uri = NULL, *text;
	int err;

	if (osip_uri_to_str(req->req_uri, &uri) != 0)
		return -ENOMEM;
	text = make(c, user, password, req->sip_method, uri);
	osip_free(uri);
	if (!text)
		return -ENOMEM;
	remove_all(c->proxy ? &req->proxy_authorizations
			    : &req->authorizations);
	err = c->proxy ? osip_message_set_proxy_authorization(req, text)
		       : osip_message_set_authorization(req, text);
	free(text);
	osip_message_force_update(req);
	return err ? -ENOMEM : 0;
}
