// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "guard/scanner.h"

static struct scanners scanners;

void scanners_add(struct scanners *s, const char *name)
{
	if (s->n < SCANNERS_MAX)
		snprintf(s->name[s->n++], sizeof(s->name[0]), "%s", name);
}

void scanner_set(const struct scanners *s)
{
	scanners = *s;
}

/* @name is somewhere in it, in whatever case. */
static bool has(const char *p, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (; n && len >= n; p++, len--) {
		if (!strncasecmp(p, name, n))
			return true;
	}
	return false;
}

static bool has_any(const char *p, size_t len)
{
	for (unsigned int i = 0; i < scanners.n; i++) {
		if (has(p, len, scanners.name[i]))
			return true;
	}
	return false;
}

bool scanner_is(const char *msg, size_t len)
{
	static const char name[] = "User-Agent";
	const char *line = msg, *end = msg + len;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((stop ? stop : end) - line);

		if (n <= 1 && line != msg)
			return false; /* the body comes */
		if (n > strlen(name) &&
		    !strncasecmp(line, name, strlen(name)) &&
		    has_any(line + strlen(name), n - strlen(name)))
			return true;
		if (!stop)
			return false;
		line = stop + 1;
	}
	return false;
}
