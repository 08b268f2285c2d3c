/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "guard" of a configuration as what the kernel is to have. */
#ifndef GUARD_LIMITS_H
#define GUARD_LIMITS_H

#include <stdbool.h>

#include "guard/scanner.h"
#include "lib/guard.h"

struct lyd_node;

#define GUARD_GATEWAYS_MAX 192 /* three addresses of each gateway */

/* A gateway's proxy, which is trusted. */
struct guard_trusted {
	struct in_addr addr;
	char gateway[64];
};

struct guard_config {
	struct rgf_limits limits; /* all of it is given */
	/* Ports that found no place; 0: all did. */
	uint16_t left_out, secure_left_out;
	struct guard_trusted trusted[GUARD_GATEWAYS_MAX]; /* by address, once */
	unsigned int n_trusted;
	uint32_t tls_trust_time;
	bool trust_gateways; /* those that DNS finds, too */
	struct scanners scanners;
};

/* Would they make the kernel's the same? */
bool guard_limits_equal(const struct rgf_limits *a, const struct rgf_limits *b);

/* Of a validated tree. */
void guard_config_read(const struct lyd_node *tree, struct guard_config *ret);

#endif
