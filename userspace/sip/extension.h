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
	struct digest_ha1 ha1;
	unsigned int max_contacts;
};

/* "sip registrar" and those extensions that are enabled and have a password. */
struct registrar_config {
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

#endif
