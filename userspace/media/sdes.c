// SPDX-License-Identifier: GPL-2.0-or-later
#include "media/sdes.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/coding.h>

#include "base/secret.h"

#define KEY_TEXT_MAX	  ((RINGFENCE_KEY_MAX + 2) / 3 * 4)
#define LIFETIME_MAX	  (1ULL << 48) /* packets: RFC 3711, 9.2 */
#define LIFETIME_LOG2_MAX 48

bool sdes_has_suite(enum ringfence_suite suite)
{
	return suite != RINGFENCE_SUITE_NONE &&
	       suite != RINGFENCE_SUITE_NULL_HMAC_SHA1_80 &&
	       suite != RINGFENCE_SUITE_NULL_HMAC_SHA1_32 &&
	       rgf_suite_key_len(suite);
}

static int fail(char *why, size_t why_len, int err, const char *text)
{
	snprintf(why, why_len, "a=crypto: %s", text);
	return err;
}

/* Take the next blank-separated word of *@p; its length, 0 at the end. */
static size_t word(const char **p, const char **ret)
{
	size_t n;

	*p += strspn(*p, " \t");
	*ret = *p;
	n = strcspn(*p, " \t");
	*p += n;
	return n;
}

static bool number(const char *p, size_t n, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (!n || n > 15)
		return false;
	for (; n; n--, p++) {
		if (!isdigit((unsigned char)*p))
			return false;
		v = v * 10 + (*p - '0');
	}
	*ret = v;
	return v && v <= max;
}

/* "2^20" or "1048576" */
static bool lifetime_ok(const char *p, size_t n)
{
	uint64_t v;

	if (n > 2 && p[0] == '2' && p[1] == '^')
		return number(p + 2, n - 2, LIFETIME_LOG2_MAX, &v);
	return number(p, n, LIFETIME_MAX, &v);
}

/* Base64 without blanks, of exactly the suite's length. */
static bool decode_key(const char *p, size_t n, struct rgf_key *key,
		       size_t key_len)
{
	uint8_t bytes[KEY_TEXT_MAX];
	word32 len = sizeof(bytes);
	/* The decoder skips line ends; counting leaves no room for them. */
	bool ok = n == (key_len + 2) / 3 * 4 &&
		  !Base64_Decode((const byte *)p, n, bytes, &len) &&
		  len == key_len;

	if (ok) {
		memcpy(key->data, bytes, len);
		key->len = len;
	}
	secret_wipe(bytes, sizeof(bytes));
	return ok;
}

/* "inline:KEY[|LIFETIME][|MKI:LENGTH]" */
static int parse_key(const char *p, size_t n, struct sdes *line, char *why,
		     size_t why_len)
{
	static const char method[] = "inline:";
	const char *end = p + n, *bar;

	if (n < strlen(method) || strncasecmp(p, method, strlen(method)) != 0)
		return fail(why, why_len, -ENOTSUP,
			    "the key method is not inline");
	if (memchr(p, ';', n))
		return fail(why, why_len, -ENOTSUP,
			    "several keys are not supported");
	p += strlen(method);
	bar = memchr(p, '|', end - p);
	if (!decode_key(p, (bar ? bar : end) - p, &line->key,
			rgf_suite_key_len(line->suite)))
		return fail(why, why_len, -EINVAL,
			    "the key is not base64 of the right length");
	if (!bar)
		return 0;
	p = bar + 1;
	if (memchr(p, ':', end - p))
		return fail(why, why_len, -ENOTSUP, "MKI is not supported");
	if (!lifetime_ok(p, end - p))
		return fail(why, why_len, -EINVAL, "the lifetime is malformed");
	return 0;
}

static int parse_suite(const char *p, size_t n, enum ringfence_suite *ret)
{
	char name[64];

	if (n >= sizeof(name))
		return -ENOTSUP;
	memcpy(name, p, n);
	name[n] = '\0';
	if (rgf_suite_by_name(name, ret) || !sdes_has_suite(*ret))
		return -ENOTSUP;
	return 0;
}

static int parse_line(const char *value, struct sdes *line, char *why,
		      size_t why_len)
{
	const char *p = value, *w;
	uint64_t tag;
	size_t n;
	int err;

	n = word(&p, &w);
	/* A zero tag is valid: RFC 4568, 9.1. */
	if (n == 1 && *w == '0')
		tag = 0;
	else if (n > 9 || !number(w, n, SDES_TAG_MAX, &tag))
		return fail(why, why_len, -EINVAL, "the tag is malformed");
	line->tag = tag;
	n = word(&p, &w);
	if (!n)
		return fail(why, why_len, -EINVAL, "there is no crypto suite");
	if (parse_suite(w, n, &line->suite))
		return fail(why, why_len, -ENOTSUP,
			    "the crypto suite is not known");
	n = word(&p, &w);
	if (!n)
		return fail(why, why_len, -EINVAL, "there is no key");
	err = parse_key(w, n, line, why, why_len);
	if (err)
		return err;
	while (word(&p, &w) > 0)
		if (*w != '-')
			return fail(why, why_len, -ENOTSUP,
				    "session parameters are not supported");
	return 0;
}

int sdes_parse(const char *value, struct sdes *ret, char *why, size_t why_len)
{
	struct sdes line = { 0 };
	int err;

	if (strnlen(value, SDES_VALUE_MAX) == SDES_VALUE_MAX)
		return fail(why, why_len, -EINVAL, "the line is too long");
	err = parse_line(value, &line, why, why_len);
	if (!err)
		*ret = line;
	secret_wipe(&line, sizeof(line));
	return err;
}

int sdes_format(const struct sdes *line, char *ret)
{
	const char *suite = rgf_suite_name(line->suite);
	uint8_t text[KEY_TEXT_MAX + 1];
	word32 len = sizeof(text);

	if (!suite ||
	    Base64_Encode_NoNl(line->key.data, line->key.len, text, &len))
		return -EINVAL;
	snprintf(ret, SDES_VALUE_MAX, "%u %s inline:%.*s", line->tag, suite,
		 (int)len, text);
	secret_wipe(text, sizeof(text));
	return 0;
}

int sdes_new_key(struct sdes *line)
{
	line->key.len = rgf_suite_key_len(line->suite);
	return secret_random(line->key.data, line->key.len);
}
