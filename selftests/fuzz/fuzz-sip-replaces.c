// SPDX-License-Identifier: GPL-2.0-or-later
/* The value of Replaces, of a header or of a Refer-To; what is read of it, written
 * again, is read as the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/replaces.h"

/* For replaces_find(), which is not tested here. */
struct leg *leg_by_tag(const char *local_tag)
{
	return NULL;
}

/* No more than one value, and without what the header puts around it. */
static void check(const char *value)
{
	size_t n = strlen(value);

	if (!n || strpbrk(value, ";,") || strchr(" \t\r\n", value[0]) ||
	    strchr(" \t\r\n", value[n - 1]))
		abort();
}

static void same(const struct replaces *r)
{
	char text[2 * SIP_CALL_ID_MAX + 2 * SIP_TAG_MAX];
	struct replaces again;

	snprintf(text, sizeof(text), "%s; TO-TAG =\t%s;x;from-tag= %s%s",
		 r->call_id, r->to_tag, r->from_tag,
		 r->early_only ? " ; early-only" : "");
	if (replaces_parse(text, &again) < 0 ||
	    strcmp(r->call_id, again.call_id) != 0 ||
	    strcmp(r->to_tag, again.to_tag) != 0 ||
	    strcmp(r->from_tag, again.from_tag) != 0 ||
	    r->early_only != again.early_only)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* for ASan to see each byte too many */
	struct replaces r;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!replaces_parse(text, &r)) {
		check(r.call_id);
		check(r.to_tag);
		check(r.from_tag);
		same(&r);
	}
	free(text);
	return 0;
}
