// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of a line. Nothing here knows the model. */
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static int check_bytes(const char *line, size_t len, char *err, size_t err_len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c >= 0x20 && c != 0x7f) || c == '\t')
			continue;
		snprintf(err, err_len,
			 "remove the control character 0x%02x in column %zu", c,
			 i + 1);
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
