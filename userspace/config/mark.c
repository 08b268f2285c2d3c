// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's own extensions: what is a secret, and what is security policy. */
#include <string.h>

#include "config/internal.h"

static bool has_mark(const struct lysc_node *schema, const char *name)
{
	LY_ARRAY_COUNT_TYPE i;

	for (; schema; schema = schema->parent) {
		LY_ARRAY_FOR(schema->exts, i)
		{
			const struct lysc_ext *def = schema->exts[i].def;

			if (def->module == schema->module &&
			    !strcmp(def->name, name))
				return true;
		}
	}
	return false;
}

bool schema_is_secret(const struct lysc_node *schema)
{
	return has_mark(schema, "secret");
}

bool schema_is_policy(const struct lysc_node *schema)
{
	return has_mark(schema, "policy");
}
