// SPDX-License-Identifier: GPL-2.0-or-later
/* The header of a 401: libosip2, and what we answer to its challenges. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/challenge.h"
#include "sip/message.h"

static const char request[] =
	"REGISTER sip:10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
	"10.0.0.2;branch=z\r\n"
	"From: <sip:a@10.0.0.1>;tag=t\r\nTo: <sip:a@10.0.0.1>\r\n"
	"Call-ID: c\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";

/* What we send must be one header field, and be read as what was meant. */
static void check_answer(const struct challenge *c, osip_message_t *req)
{
	const osip_list_t *list = c->proxy ? &req->proxy_authorizations
					   : &req->authorizations;
	osip_authorization_t *auth = osip_list_get(list, 0);
	char realm[SIP_CHALLENGE_REALM_MAX + 3];

	snprintf(realm, sizeof(realm), "\"%s\"", c->realm);
	if (osip_list_size(list) != 1 || !auth->realm ||
	    strcmp(auth->realm, realm) != 0 || !auth->response ||
	    !auth->nonce || !auth->username)
		abort();
}

static void answer(struct challenge *c)
{
	osip_message_t *req = NULL;

	if (osip_message_init(&req) ||
	    osip_message_parse(req, request, sizeof(request) - 1))
		abort();
	for (int i = 0; i < 2; i++) {
		if (challenge_answer(c, "user", "password", req))
			abort();
		check_answer(c, req);
	}
	osip_message_free(req);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	osip_message_t *resp = NULL;
	static osip_t *osip;
	struct challenge c;
	char *text;

	if (!osip) {
		message_init();
		osip_init(&osip);
	}
	if (asprintf(&text, "SIP/2.0 %d x\r\n%.*s\r\n\r\n",
		     size % 2 ? 401 : 407, (int)size, (const char *)data) < 0)
		return 0;
	if (!osip_message_init(&resp) &&
	    !osip_message_parse(resp, text, strlen(text)) &&
	    !challenge_choose(resp, NULL, &c)) {
		answer(&c);
		challenge_next(&c, resp);
		answer(&c);
	}
	osip_message_free(resp);
	free(text);
	return 0;
}
