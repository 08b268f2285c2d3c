// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/hash.h>

#include "base/secret.h"
#include "sip/digest.h"

static const struct {
	const char *name; /* RFC 7616, 3.3 */
	enum wc_HashType type;
	unsigned int bytes;
} algorithms[] = {
	[DIGEST_SHA256] = { "SHA-256", WC_HASH_TYPE_SHA256, 32 },
	[DIGEST_MD5] = { "MD5", WC_HASH_TYPE_MD5, 16 },
};

const char *digest_algorithm_name(enum digest_algorithm a)
{
	return algorithms[a].name;
}

bool digest_algorithm_by_name(const char *name, enum digest_algorithm *ret)
{
	for (unsigned int i = 0; i < DIGEST_NR; i++) {
		if (strcasecmp(name, algorithms[i].name) != 0)
			continue;
		*ret = (enum digest_algorithm)i;
		return true;
	}
	return false;
}

void digest_hex(const uint8_t *p, size_t n, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[p[i] >> 4];
		text[2 * i + 1] = digits[p[i] & 15];
	}
	text[2 * n] = '\0';
}

int digest_hash(enum digest_algorithm a, const char *const *part, size_t n,
		char *hex)
{
	enum wc_HashType type = algorithms[a].type;
	uint8_t raw[32];
	wc_HashAlg state;
	int err = 0;

	if (wc_HashInit(&state, type))
		return -EIO;
	for (size_t i = 0; !err && i < n; i++) {
		if (i > 0)
			err = wc_HashUpdate(&state, type, (const byte *)":", 1);
		if (!err)
			err = wc_HashUpdate(&state, type, (const byte *)part[i],
					    (word32)strlen(part[i]));
	}
	if (!err)
		err = wc_HashFinal(&state, type, raw);
	wc_HashFree(&state, type);
	secret_wipe(&state, sizeof(state));
	if (!err)
		digest_hex(raw, algorithms[a].bytes, hex);
	secret_wipe(raw, sizeof(raw));
	return err ? -EIO : 0;
}

int digest_ha1_make(const char *user, const char *realm, const char *password,
		    struct digest_ha1 *ret)
{
	const char *const parts[] = { user, realm, password };
	struct digest_ha1 ha1;
	int err = 0;

	for (unsigned int i = 0; !err && i < DIGEST_NR; i++)
		err = digest_hash((enum digest_algorithm)i, parts, 3,
				  ha1.hex[i]);
	if (!err)
		*ret = ha1;
	secret_wipe(&ha1, sizeof(ha1));
	return err;
}

/* What quotes stand around, and backslashes in; @quoted: they must be there. */
static int unquote(const char *text, bool quoted, char *buf, size_t size)
{
	size_t len = text ? strlen(text) : 0, n = 0, i = 0;

	if (!len)
		return -EINVAL;
	if (text[0] == '"') {
		if (len < 2 || text[len - 1] != '"')
			return -EINVAL;
		i++;
		len--;
	} else if (quoted) {
		return -EINVAL;
	}
	for (; i < len; i++) {
		if (text[i] == '"')
			return -EINVAL;
		if (text[i] == '\\' && ++i == len)
			return -EINVAL;
		if (n + 1 == size)
			return -EINVAL;
		buf[n++] = text[i];
	}
	buf[n] = '\0';
	return n ? 0 : -EINVAL;
}

/* Eight hexadecimal digits, more than 0. */
static int read_count(const char *text, struct digest_credentials *c)
{
	if (unquote(text, false, c->nc, sizeof(c->nc)) < 0 ||
	    strlen(c->nc) != 8 || strspn(c->nc, "0123456789abcdefABCDEF") != 8)
		return -EINVAL;
	c->count = (uint32_t)strtoul(c->nc, NULL, 16);
	return c->count ? 0 : -EINVAL;
}

static int read_response(const char *text, struct digest_credentials *c)
{
	char *p = c->response;

	if (unquote(text, true, p, sizeof(c->response)) < 0 ||
	    strlen(p) != 2 * (size_t)algorithms[c->algorithm].bytes)
		return -EINVAL;
	for (; *p; p++) {
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p - 'A' + 'a');
	}
	return 0;
}

/* Without an algorithm it is MD5 (RFC 7616, 3.3). */
static int read_algorithm(const char *text, enum digest_algorithm *ret)
{
	char name[16];

	*ret = DIGEST_MD5;
	if (!text)
		return 0;
	if (unquote(text, false, name, sizeof(name)) < 0 ||
	    !digest_algorithm_by_name(name, ret))
		return -ENOENT;
	return 0;
}

int digest_read(const osip_authorization_t *auth, const char *realm,
		struct digest_credentials *ret)
{
	struct digest_credentials *c = ret;
	char qop[16];

	if (!auth->auth_type || osip_strcasecmp(auth->auth_type, "Digest") ||
	    unquote(auth->realm, true, c->realm, sizeof(c->realm)) < 0 ||
	    strcmp(c->realm, realm) != 0)
		return -ENOENT;
	if (read_algorithm(auth->algorithm, &c->algorithm) < 0)
		return -ENOENT;
	if (unquote(auth->username, true, c->user, sizeof(c->user)) < 0 ||
	    unquote(auth->nonce, true, c->nonce, sizeof(c->nonce)) < 0 ||
	    unquote(auth->uri, true, c->uri, sizeof(c->uri)) < 0 ||
	    unquote(auth->cnonce, true, c->cnonce, sizeof(c->cnonce)) < 0 ||
	    unquote(auth->message_qop, false, qop, sizeof(qop)) < 0 ||
	    osip_strcasecmp(qop, "auth") != 0 ||
	    read_count(auth->nonce_count, c) < 0)
		return -EINVAL;
	return read_response(auth->response, c);
}

static bool same(const char *a, const char *b, size_t n)
{
	unsigned char differ = 0;

	for (size_t i = 0; i < n; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return !differ;
}

bool digest_matches(const struct digest_credentials *c,
		    const struct digest_ha1 *ha1, const char *method)
{
	char a2[DIGEST_HEX_MAX + 1], want[DIGEST_HEX_MAX + 1];
	const char *const second[] = { method, c->uri };
	const char *const parts[] = {
		ha1->hex[c->algorithm], c->nonce, c->nc, c->cnonce, "auth", a2
	};
	bool ok;

	if (digest_hash(c->algorithm, second, 2, a2) < 0 ||
	    digest_hash(c->algorithm, parts, 6, want) < 0)
		return false;
	ok = same(want, c->response, 2 * algorithms[c->algorithm].bytes);
	secret_wipe(want, sizeof(want));
	return ok;
}
