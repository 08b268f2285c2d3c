// SPDX-License-Identifier: GPL-2.0-or-later
/* The value of an Authorization header: libosip2, and what is read of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sip/digest.h"
#include "sip/message.h"
#include "sip/nonce.h"

static void use(const struct digest_credentials *c)
{
	static const struct in_addr addr = { 0x0100007f };
	struct digest_ha1 ha1;

	/* It can't guess. */
	if (digest_ha1_make(c->user, c->realm, "unguessable", &ha1) ||
	    digest_matches(c, &ha1, "REGISTER"))
		abort();
	if (nonce_check(c->nonce, addr, 1, 10) != NONCE_FOREIGN)
		abort();
	if (!c->count || strlen(c->nc) != 8)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct digest_credentials c;
	osip_authorization_t *auth;
	static osip_t *osip;
	char *text;

	if (!osip) {
		message_init();
		osip_init(&osip);
		if (nonces_init())
			abort();
	}
	text = strndup((const char *)data, size);
	if (!text || osip_authorization_init(&auth)) {
		free(text);
		return 0;
	}
	if (!osip_authorization_parse(auth, text) &&
	    !digest_read(auth, "r", &c))
		use(&c);
	osip_authorization_free(auth);
	free(text);
	return 0;
}
