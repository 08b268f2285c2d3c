// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "config/config.h"
#include "sip/extension.h"

static int read_algorithm(const struct lyd_node *entry, void *arg)
{
	struct registrar_config *r = arg;

	if (r->n_algorithms == DIGEST_NR ||
	    !digest_algorithm_by_name(config_str(entry, "."),
				      &r->algorithm[r->n_algorithms]))
		return -EINVAL;
	r->n_algorithms++;
	return 0;
}

static int read_extension(const struct lyd_node *entry, void *arg)
{
	const char *password = config_str(entry, "password");
	const char *type = config_str(entry, "terminal-type");
	bool exception = config_bool(entry, "security-exception");
	struct registrar_config *r = arg;
	struct extension *e;

	if ((!password && !exception) || !config_bool(entry, "enabled"))
		return 0;
	if (r->n_extensions == SIP_EXTENSIONS_MAX)
		return -E2BIG;
	e = &r->extension[r->n_extensions++];
	snprintf(e->number, sizeof(e->number), "%s",
		 config_str(entry, "number"));
	e->max_contacts = config_u32(entry, "max-contacts", 1);
	e->exception = exception;
	e->insecure = type && !strcmp(type, "insecure");
	e->has_password = password;
	if (!password)
		return 0;
	return digest_ha1_make(e->number, r->realm, password, &e->ha1);
}

static const char *const policies[] = {
	[POLICY_NONE] = "none",
	[POLICY_ALL_SECURE] = "all-secure",
	[POLICY_EXTENSION_EXCEPTION] = "all-secure-extension-exception",
	[POLICY_EXCEPTION_TYPE] = "all-secure-exception-type",
};

static enum security_policy read_policy(const struct lyd_node *tree)
{
	const char *name = config_str(tree, "sip/security-policy");

	for (unsigned int i = 0; name && i < 4; i++) {
		if (!strcmp(name, policies[i]))
			return i;
	}
	return POLICY_NONE;
}

const char *policy_name(enum security_policy policy)
{
	return policies[policy];
}

static bool may_be_insecure(enum security_policy policy,
			    const struct extension *e)
{
	switch (policy) {
	case POLICY_NONE:
		return true;
	case POLICY_EXTENSION_EXCEPTION:
		return e->exception;
	case POLICY_EXCEPTION_TYPE:
		return e->insecure;
	default:
		return false;
	}
}

/* Without a password nothing is worth TLS: such a terminal is an insecure one. */
enum policy_verdict policy_judge(enum security_policy policy,
				 const struct extension *e, bool by_tls)
{
	if (by_tls)
		return e->has_password ? POLICY_ASKS : POLICY_REFUSES;
	if (!may_be_insecure(policy, e))
		return POLICY_REFUSES;
	return e->has_password ? POLICY_ASKS : POLICY_OPENS;
}

static int compare(const void *a, const void *b)
{
	const struct extension *x = a, *y = b;

	return strcmp(x->number, y->number);
}

static int compare_number(const void *number, const void *extension)
{
	const struct extension *e = extension;

	return strcmp(number, e->number);
}

static int count(const struct lyd_node *entry, void *arg)
{
	(*(unsigned int *)arg)++;
	return 0;
}

static int load_extensions(const struct lyd_node *tree,
			   struct registrar_config *r)
{
	unsigned int n = 0;
	int ret;

	config_each(tree, "sip/extension", count, &n);
	if (!n)
		return 0;
	r->extension = calloc(n, sizeof(*r->extension));
	if (!r->extension)
		return -ENOMEM;
	ret = config_each(tree, "sip/extension", read_extension, r);
	if (r->n_extensions)
		qsort(r->extension, r->n_extensions, sizeof(*r->extension),
		      compare);
	return ret;
}

int registrar_config_load(const struct lyd_node *tree,
			  struct registrar_config *ret,
			  struct config_error *err)
{
	int rc;

#define READ(name) config_u32(tree, "sip/registrar/" name, 1)
	*ret = (struct registrar_config){
		.expires_min = READ("expires-min"),
		.expires_max = READ("expires-max"),
		.expires_default = READ("expires-default"),
		.nonce_lifetime = READ("nonce-lifetime"),
		.policy = read_policy(tree),
	};
#undef READ
	if (ret->expires_default > ret->expires_max)
		ret->expires_default = ret->expires_max;
	snprintf(ret->realm, sizeof(ret->realm), "%s",
		 config_str(tree, "sip/registrar/realm"));
	rc = config_each(tree, "sip/registrar/algorithm", read_algorithm, ret);
	if (!rc)
		rc = load_extensions(tree, ret);
	return rc < 0 ? config_fail(err, tree, "sip/registrar",
				    "the extensions can't be read: %s",
				    strerror(-rc))
		      : 0;
}

void registrar_config_clear(struct registrar_config *r)
{
	secret_free(r->extension, r->n_extensions * sizeof(*r->extension));
	memset(r, 0, sizeof(*r));
}

const struct extension *extension_find(const struct registrar_config *r,
				       const char *number)
{
	if (!r->n_extensions)
		return NULL;
	return bsearch(number, r->extension, r->n_extensions,
		       sizeof(*r->extension), compare_number);
}
