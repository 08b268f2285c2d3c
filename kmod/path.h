/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A leg's path to its peer, for RTP and for RTCP: transport address and cached
 * route. The peer is the one that was signalled until the leg latches, once, on
 * another one. A path is never changed but for its route; a leg that latches
 * gets another path under RCU.
 */
#ifndef _RGF_PATH_H
#define _RGF_PATH_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "addr.h"

struct dst_entry;
struct rgf_port;

/* Headers as they are sent, but for what differs from packet to packet. */
struct rgf_head_v4 {
	struct iphdr ip;
	struct udphdr udp;
};

struct rgf_head_v6 {
	struct ipv6hdr ip;
	struct udphdr udp;
};

struct rgf_path {
	struct rgf_addr addr;
	__be16 port;
	bool latched; /* final: packets have come from there */
	bool v4;
	u32 cookie; /* of the route, for dst_check() */
	struct dst_entry __rcu *dst;
	__wsum ends; /* of both addresses and ports, see rgf_sum_ends() */
	__wsum pseudo; /* of the pseudo-header, but for its length */
	__wsum ip_sum; /* of the IPv4 header, as it is here */
	union {
		struct rgf_head_v4 v4;
		struct rgf_head_v6 v6;
	} head;
	struct rcu_head rcu;
};

/**
 * rgf_path_new() - a path without a route yet
 * @from: local end
 * @addr: of the peer
 * @port: of the peer
 * @latched: it is final
 * @gfp: how to allocate
 *
 * Return: NULL without memory.
 */
struct rgf_path *rgf_path_new(const struct rgf_port *from,
			      const struct rgf_addr *addr, __be16 port,
			      bool latched, gfp_t gfp);

/* After a grace period; NULL is fine. */
void rgf_path_free(struct rgf_path *path);

/* Of an address; a mapped IPv4 one counts as the address alone would. */
static inline __wsum rgf_sum_addr(const struct rgf_addr *addr)
{
	const __wsum *w = (__force const __wsum *)addr->in6.s6_addr32;

	if (rgf_addr_is_v4(addr))
		return w[3];
	return csum_add(csum_add(w[0], w[1]), csum_add(w[2], w[3]));
}

/* What of a UDP checksum a relay changes: addresses and ports. */
static inline __wsum rgf_sum_ends(const struct rgf_addr *saddr, __be16 sport,
				  const struct rgf_addr *daddr, __be16 dport)
{
	__wsum sum = csum_add(rgf_sum_addr(saddr), rgf_sum_addr(daddr));
	u32 ports = (__force u32)sport + (__force u32)dport;

	return csum_add(sum, (__force __wsum)ports);
}

#endif
