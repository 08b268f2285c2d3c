// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "sip/replaces.h"

#define BLANKS " \t\r\n"

/* Without blanks around it. */
static int take(const char *p, size_t n, char *to, size_t size)
{
	size_t blanks = strspn(p, BLANKS);

	if (blanks >= n)
		return -EBADMSG;
	p += blanks;
	n -= blanks;
	while (strchr(BLANKS, p[n - 1]))
		n--;
	/* A second value, or one too many. */
	if (to[0] || n >= size || memchr(p, ',', n))
		return -EBADMSG;
	memcpy(to, p, n);
	to[n] = '\0';
	return 0;
}

static bool is(const char *p, size_t n, const char *name)
{
	return n == strlen(name) && !strncasecmp(p, name, n);
}

static int take_param(const char *p, size_t n, struct replaces *r)
{
	const char *eq;
	size_t name;

	while (n && strchr(BLANKS, *p)) {
		p++;
		n--;
	}
	eq = memchr(p, '=', n);
	name = eq ? (size_t)(eq - p) : n;
	while (name && strchr(BLANKS, p[name - 1]))
		name--;
	if (is(p, name, "early-only"))
		r->early_only = true;
	if (!eq)
		return 0;
	n -= (size_t)(eq + 1 - p);
	if (is(p, name, "to-tag"))
		return take(eq + 1, n, r->to_tag, sizeof(r->to_tag));
	if (is(p, name, "from-tag"))
		return take(eq + 1, n, r->from_tag, sizeof(r->from_tag));
	return 0;
}

int replaces_parse(const char *value, struct replaces *ret)
{
	struct replaces r = { 0 };
	size_t n = strcspn(value, ";");
	int err = take(value, n, r.call_id, sizeof(r.call_id));

	while (!err && value[n]) {
		value += n + 1;
		n = strcspn(value, ";");
		err = take_param(value, n, &r);
	}
	if (err || !r.to_tag[0] || !r.from_tag[0])
		return -EBADMSG;
	*ret = r;
	return 0;
}

struct leg *replaces_find(const struct replaces *r, const struct gateway *gw)
{
	struct leg *leg = leg_by_tag(r->to_tag);

	if (!leg || leg->gw != gw || !leg->dialog.remote_tag ||
	    strcmp(leg->dialog.remote_tag, r->from_tag) != 0 ||
	    strcmp(leg->dialog.call_id, r->call_id) != 0)
		return NULL;
	return leg;
}
