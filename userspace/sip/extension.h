/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions and the registrar's settings, as configured. */
#ifndef SIP_EXTENSION_H
#define SIP_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/digest.h"
#include "sip/limits.h"

struct config_error;
struct lyd_node;

#define EXTENSION_NUMBER_MAX 32

struct extension {
	char number[EXTENSION_NUMBER_MAX + 1]; /* its user name, too */
	struct digest_ha1 ha1; /* of its password, if it has one */
	bool has_password;
	bool exception; /* from the security policy, if that has any */
	bool insecure; /* its phones can't do TLS */
	unsigned int max_contacts;
};

enum security_policy {
	POLICY_NONE,
	POLICY_ALL_SECURE,
	POLICY_EXTENSION_EXCEPTION,
	POLICY_EXCEPTION_TYPE,
};

/* What a security policy says of a registration. */
enum policy_verdict {
	POLICY_REFUSES,
	POLICY_ASKS, /* for the password */
	POLICY_OPENS, /* to whoever says the number */
};

/* "sip registrar" and those extensions that are enabled and can register. */
struct registrar_config {
	enum security_policy policy;
	char realm[DIGEST_REALM_MAX];
	enum digest_algorithm algorithm[DIGEST_NR]; /* the most wanted first */
	unsigned int n_algorithms;
	uint32_t expires_min, expires_max, expires_default; /* seconds */
	uint32_t nonce_lifetime; /* seconds */
	struct extension *extension; /* by number */
	unsigned int n_extensions;
};

/* Of a validated tree. 0 or -errno; on failure @ret is to be cleared, too. */
int registrar_config_load(const struct lyd_node *tree,
			  struct registrar_config *ret,
			  struct config_error *err);
void registrar_config_clear(struct registrar_config *r); /* wipes */

/* NULL: none that can register. */
const struct extension *extension_find(const struct registrar_config *r,
				       const char *number);

const char *policy_name(enum security_policy policy); /* as configured */

/**
 * policy_judge() - may an extension register, and how?
 * @by_tls: it comes so
 */
enum policy_verdict policy_judge(enum security_policy policy,
				 const struct extension *e, bool by_tls);

#endif
