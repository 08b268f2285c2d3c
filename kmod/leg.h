/* SPDX-License-Identifier: GPL-2.0-only */
/* The legs of a configuration in the making; conf.c puts them together. */
#ifndef _RGF_LEG_H
#define _RGF_LEG_H

#include <linux/netlink.h>
#include <linux/types.h>

#include "conf.h"

struct net;

static inline void rgf_leg_err(struct netlink_ext_ack *extack,
			       const struct nlattr *attr, const char *msg)
{
	if (!extack)
		return;
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	extack->_msg = msg;
}

/* Refuses @attr, NULL if there is none, with a sentence that names the leg. */
#define RGF_LEG_ERR(extack, n, attr, msg...) \
	rgf_leg_err(extack, attr, (n) ? "leg-b: " msg : "leg-a: " msg)

/*
 * All return 0, or -errno and a sentence in @extack; @n is 0 or 1, @leg has
 * what is kept of the configuration before.
 */

/* leg_transport.c: addresses and ports */
int rgf_leg_set_transport(struct net *net, struct rgf_leg *leg,
			  const struct rgf_leg_spec *spec, u8 n,
			  struct netlink_ext_ack *extack);

/**
 * rgf_leg_set_keys() - the SRTP contexts of a leg
 * @conf: has both legs with their suites, flags and rates
 * @old: the configuration before, NULL for a new session
 * @spec: of the leg
 * @n: which one
 * @extack: for refusals
 *
 * leg_keys.c. Contexts that stay the same are shared with @old.
 */
int rgf_leg_set_keys(struct rgf_conf *conf, const struct rgf_conf *old,
		     const struct rgf_leg_spec *spec, u8 n,
		     struct netlink_ext_ack *extack);

/* leg_keys.c: the keys of both legs, against each other */
int rgf_legs_check_keys(const struct rgf_conf *conf,
			const struct rgf_spec *spec,
			struct netlink_ext_ack *extack);

#endif
