// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of a line. Nothing here knows the model. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config/edit.h"
#include "config/internal.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Bytes of the character at @p, UTF-8 (RFC 3629) and allowed in YANG (RFC 7950,
 * 9.4); 0: it is none. What gets in here must be good for JSON, too.
 */
static size_t character_length(const unsigned char *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80   ? 1
		   : *p < 0xc0 ? 0
		   : *p < 0xe0 ? 2
		   : *p < 0xf0 ? 3
		   : *p < 0xf8 ? 4
			       : 0;
	uint32_t c = n == 1 ? *p : *p & (0x7fU >> n);

	if (n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (n && (c < least[n] || c > 0x10ffff || c >> 11 == 0xd800 >> 11 ||
		  (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe))
		return 0;
	return n;
}

static int check_bytes(const char *line, size_t len, char *err, size_t err_len)
{
	const unsigned char *p = (const unsigned char *)line;
	const char *what = NULL;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = character_length(p + i, len - i);
		if (!n)
			what = "byte that is no UTF-8,";
		else if ((p[i] < 0x20 && p[i] != '\t') || p[i] == 0x7f)
			what = "control character";
		if (!what)
			continue;
		snprintf(err, err_len, "remove the %s 0x%02x in column %zu",
			 what, p[i], i + 1);
		return -1;
	}
	return 0;
}

/*
 * @p is behind the opening quote. The text moves to the left over escapes;
 * returns behind the closing quote, or NULL.
 */
static char *quoted(char *p, char *err, size_t err_len)
{
	char *to = p;

	for (; *p != '"'; p++) {
		if (*p == '\\') {
			p++;
			if (*p != '"' && *p != '\\') {
				snprintf(err, err_len,
					 "inside quotes write \\\\ for a "
					 "backslash and \\\" for a quote");
				return NULL;
			}
		} else if (!*p) {
			snprintf(err, err_len,
				 "end the quoted value with a quote");
			return NULL;
		}
		*to++ = *p;
	}
	p++;
	if (*p && !is_space(*p)) {
		snprintf(err, err_len, "leave a space after the closing quote");
		return NULL;
	}
	*to = '\0';
	return p;
}

static char *unquoted(char *p, char *err, size_t err_len)
{
	for (; *p && !is_space(*p); p++) {
		if (*p == '"') {
			snprintf(err, err_len,
				 "quote the whole value, not a part of it");
			return NULL;
		}
	}
	return p;
}

int text_split(char *line, size_t len, char *words[CONFIG_WORDS_MAX], char *err,
	       size_t err_len)
{
	char *p = line;
	int n = 0;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (check_bytes(line, len, err, err_len) < 0)
		return -1;
	line[len] = '\0';

	for (;;) {
		bool ended;

		while (is_space(*p))
			p++;
		if (!*p || *p == '#')
			return n;
		if (n == CONFIG_WORDS_MAX) {
			snprintf(err, err_len,
				 "a line has at most %d words; quote a value "
				 "with spaces",
				 CONFIG_WORDS_MAX);
			return -1;
		}
		words[n] = p;
		if (*p == '"') {
			words[n] = p + 1;
			p = quoted(p + 1, err, err_len);
		} else {
			p = unquoted(p, err, err_len);
		}
		if (!p)
			return -1;
		n++;
		ended = !*p;
		*p = '\0';
		if (ended)
			return n;
		p++;
	}
}

int config_split(const char *text, char line[CONFIG_LINE_MAX + 1],
		 char *words[CONFIG_WORDS_MAX], struct config_error *err)
{
	size_t len = strlen(text);
	char why[160];
	int n;

	if (len > CONFIG_LINE_MAX)
		return config_error_set(err, -EINVAL,
					"the line has more than %d bytes",
					CONFIG_LINE_MAX);
	memcpy(line, text, len + 1);
	n = text_split(line, len, words, why, sizeof(why));
	return n < 0 ? config_error_set(err, -EINVAL, "%s", why) : n;
}
