/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose an address is: ours, another host's, nobody's. */
#ifndef _RGF_HOST_H
#define _RGF_HOST_H

#include <linux/types.h>

#include "addr.h"

struct net;

/* What is wrong with an address as a peer's. */
enum rgf_host {
	RGF_HOST_GOOD,
	RGF_HOST_LOOPBACK, /* either end is on loopback, the other is not */
	RGF_HOST_LINKLOCAL,
	RGF_HOST_OURS, /* or that of no single host */
};

bool rgf_addr_is_unicast(const struct rgf_addr *addr);
bool rgf_addr_is_linklocal(const struct rgf_addr *addr);

/* Is it assigned to this host, and ready to be used? */
bool rgf_host_is_ours(struct net *net, const struct rgf_addr *addr);

/**
 * rgf_host_check() - may media be sent there?
 * @net: namespace
 * @local: from this address of ours
 * @peer: to this one
 *
 * Not to ourselves: the gateway would be a way round the filters of its own
 * services. Loopback, for tests, has no other hosts. Any context.
 */
enum rgf_host rgf_host_check(struct net *net, const struct rgf_addr *local,
			     const struct rgf_addr *peer);

#endif
