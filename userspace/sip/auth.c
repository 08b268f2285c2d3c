// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/notify.h"
#include "base/secret.h"
#include "guard/strike.h"
#include "sip/auth.h"
#include "sip/binding.h"
#include "sip/nonce.h"
#include "sip/txn.h"

enum verdict {
	CREDENTIALS_NONE, /* no credentials that are for us */
	CREDENTIALS_BAD, /* they can't be understood */
	CREDENTIALS_WRONG,
	CREDENTIALS_STALE, /* right, but the nonce isn't good any more */
	CREDENTIALS_RIGHT,
};

static const struct registrar_config *config;
/* Of nobody: for those who name no extension, whose check is to cost the same. */
static struct digest_ha1 nobody;

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

int auth_init(void)
{
	char password[MESSAGE_TOKEN_MAX];
	int ret = message_token(password, sizeof(password), 256);

	if (!ret)
		ret = digest_ha1_make("", "", password, &nobody);
	secret_wipe(password, sizeof(password));
	return ret ? ret : nonces_init();
}

void auth_exit(void)
{
	nonces_exit();
	config = NULL;
}

void auth_set_config(const struct registrar_config *cfg)
{
	config = cfg;
}

/* libosip2 has both headers in the same type. */
static const osip_list_t *headers(const osip_message_t *req)
{
	return MSG_IS_REGISTER(req) ? &req->authorizations
				    : &req->proxy_authorizations;
}

static bool is_allowed(enum digest_algorithm a)
{
	for (unsigned int i = 0; i < config->n_algorithms; i++) {
		if (config->algorithm[i] == a)
			return true;
	}
	return false;
}

/* The first that is for our realm, and of an algorithm that we offer. */
static enum verdict read_credentials(const osip_message_t *req,
				     struct digest_credentials *ret)
{
	const osip_list_t *list = headers(req);
	int n = osip_list_size(list);

	for (int i = 0; config && i < n; i++) {
		switch (digest_read(osip_list_get(list, i), config->realm,
				    ret)) {
		case 0:
			if (is_allowed(ret->algorithm))
				return CREDENTIALS_RIGHT; /* so far */
			break;
		case -ENOENT:
			break;
		default:
			return CREDENTIALS_BAD;
		}
	}
	return CREDENTIALS_NONE;
}

/* Is it the Request-URI? As libosip2 prints both (RFC 7616, 3.4.6). */
static bool same_uri(const osip_uri_t *req_uri, const char *text)
{
	char *a = NULL, *b = NULL;
	osip_uri_t *uri;
	bool same;

	if (osip_uri_init(&uri) != 0)
		return false;
	same = !osip_uri_parse(uri, text) && !osip_uri_to_str(uri, &a) &&
	       !osip_uri_to_str(req_uri, &b) && !strcmp(a, b);
	osip_free(a);
	osip_free(b);
	osip_uri_free(uri);
	return same;
}

/*
 * A nonce that we made for that address has come back from it, so it isn't
 * forged.
 */
static void failed(const struct sip_path *from,
		   const struct digest_credentials *c, bool proved)
{
	bool known = extension_find(config, c->user);

	notify(SIP_REGISTER_FAILED, c->user, inet_ntoa(from->peer.sin_addr),
	       ntohs(from->peer.sin_port), from->gw->name,
	       known ? "wrong password" : "no such extension");
	strike(from->peer.sin_addr, RINGFENCE_STRIKE_REASON_FAILED_DIGEST,
	       proved || from->transport != SIP_UDP);
}

static enum verdict judge(const osip_message_t *req,
			  const struct sip_path *from,
			  const struct digest_credentials *c)
{
	const struct extension *e = extension_find(config, c->user);
	enum nonce_verdict nonce;
	bool right;

	nonce = nonce_check(c->nonce, from->peer.sin_addr, now_us(),
			    config->nonce_lifetime);
	if (e && !e->has_password)
		e = NULL;
	right = digest_matches(c, e ? &e->ha1 : &nobody, req->sip_method);
	if (!e || !right) {
		failed(from, c, nonce != NONCE_FOREIGN);
		return CREDENTIALS_WRONG;
	}
	if (nonce != NONCE_FRESH || !nonce_use(c->nonce, c->count))
		return CREDENTIALS_STALE;
	return CREDENTIALS_RIGHT;
}

static enum verdict check(const osip_message_t *req,
			  const struct sip_path *from,
			  struct digest_credentials *ret)
{
	enum verdict v = read_credentials(req, ret);

	if (v == CREDENTIALS_RIGHT && !same_uri(req->req_uri, ret->uri))
		v = CREDENTIALS_BAD;
	return v == CREDENTIALS_RIGHT ? judge(req, from, ret) : v;
}

static void refuse(const osip_message_t *req, struct sip_path *path, int status)
{
	txn_answer(req, message_answer(req, status), path);
}

static void challenge(const osip_message_t *req, struct sip_path *path,
		      bool stale)
{
	bool reg = MSG_IS_REGISTER(req);
	osip_message_t *resp = message_answer(req, reg ? 401 : 407);
	char nonce[NONCE_TEXT_MAX], text[256];

	if (!resp || !config ||
	    nonce_make(path->peer.sin_addr, now_us(), nonce) < 0) {
		osip_message_free(resp);
		return;
	}
	for (unsigned int i = 0; i < config->n_algorithms; i++) {
		snprintf(text, sizeof(text),
			 "Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, "
			 "qop=\"auth\"%s",
			 config->realm, nonce,
			 digest_algorithm_name(config->algorithm[i]),
			 stale ? ", stale=true" : "");
		osip_message_set_header(
			resp, reg ? "WWW-Authenticate" : "Proxy-Authenticate",
			text);
	}
	txn_answer(req, resp, path);
}

/* May it call, and as whom it says it is? */
static bool may_call(const osip_message_t *req, const struct sip_path *path,
		     const char *number)
{
	const char *user = req->from->url->username;
	const struct aor *aor = aor_find(number);
	const struct binding *b;

	if (!aor || !user || strcmp(user, number) != 0)
		return false;
	TAILQ_FOREACH(b, &aor->bindings, entry) {
		if (b->where.gw == path->gw &&
		    b->where.peer.sin_addr.s_addr == path->peer.sin_addr.s_addr)
			return true;
	}
	return false;
}

/*
 * The extension that needs no credentials, as which somebody comes. Those that he
 * has may be of a password that it had; nobody looks at them.
 */
static const struct extension *open_extension(const osip_message_t *req,
					      const struct sip_path *path)
{
	const char *user = MSG_IS_REGISTER(req) ? req->to->url->username
						: req->from->url->username;
	const struct extension *e;

	if (!config || !user)
		return NULL;
	e = extension_find(config, user);
	return e && policy_judge(config->policy, e,
				 path->transport == SIP_TLS) == POLICY_OPENS
		       ? e
		       : NULL;
}

/* It is who it says; whether it may is the security policy's to say. */
static bool policy_admits(const osip_message_t *req, struct sip_path *path,
			  const char *number)
{
	const struct extension *e = extension_find(config, number);

	if (!MSG_IS_REGISTER(req) ||
	    policy_judge(config->policy, e, path->transport == SIP_TLS) !=
		    POLICY_REFUSES)
		return true;
	notify(SIP_POLICY_REFUSES, number, inet_ntoa(path->peer.sin_addr),
	       ntohs(path->peer.sin_port), path->gw->name,
	       sip_transport_name(path->transport));
	return false;
}

static bool may_go_on(const osip_message_t *req, struct sip_path *path,
		      const char *number)
{
	if (policy_admits(req, path, number) &&
	    (MSG_IS_REGISTER(req) || may_call(req, path, number)))
		return true;
	refuse(req, path, 403);
	return false;
}

static bool admit_extension(const osip_message_t *req, struct sip_path *path)
{
	const struct extension *open = open_extension(req, path);
	struct digest_credentials c;

	if (open)
		return may_go_on(req, path, open->number);

	switch (check(req, path, &c)) {
	case CREDENTIALS_NONE:
	case CREDENTIALS_WRONG:
		challenge(req, path, false);
		return false;
	case CREDENTIALS_STALE:
		challenge(req, path, true);
		return false;
	case CREDENTIALS_BAD:
		refuse(req, path, 400);
		return false;
	case CREDENTIALS_RIGHT:
		break;
	}
	transport_approve(path);
	return may_go_on(req, path, c.user);
}

bool auth_admit(const osip_message_t *req, struct sip_path *path, bool in_call)
{
	if (in_call)
		return true;
	if (message_tag(req->to) || MSG_IS_BYE(req) || MSG_IS_CANCEL(req)) {
		refuse(req, path, 481);
		return false;
	}
	if (MSG_IS_REGISTER(req) || MSG_IS_INVITE(req))
		return admit_extension(req, path);
	if (bindings_from(path->peer.sin_addr))
		return (!MSG_IS_MESSAGE(req) && !MSG_IS_SUBSCRIBE(req)) ||
		       admit_extension(req, path);
	if (transport_stranger(path))
		refuse(req, path, 403);
	return false;
}

const struct extension *auth_extension(const osip_message_t *req,
				       const struct sip_path *path)
{
	const struct extension *open = open_extension(req, path);
	struct digest_credentials c;

	if (open)
		return open;

	if (read_credentials(req, &c) != CREDENTIALS_RIGHT)
		return NULL;
	return extension_find(config, c.user);
}
