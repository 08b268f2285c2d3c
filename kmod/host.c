// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"

#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/route.h>

/*
 * 240.0.0.0/4 is reserved, whatever the routing table would do with it, and
 * nobody uses ::/96 any more but for ::1.
 */
bool rgf_addr_is_unicast(const struct rgf_addr *addr)
{
	__be32 v4 = rgf_addr_to_v4(addr);

	if (rgf_addr_is_v4(addr))
		return !ipv4_is_zeronet(v4) && ntohl(v4) < INADDR_UNSPEC_GROUP;
	if (!memchr_inv(&addr->in6, 0, 12))
		return ipv6_addr_loopback(&addr->in6);
	return !ipv6_addr_is_multicast(&addr->in6);
}

static bool rgf_is_loopback(const struct rgf_addr *addr)
{
	return rgf_addr_is_v4(addr) ? ipv4_is_loopback(rgf_addr_to_v4(addr))
				    : ipv6_addr_loopback(&addr->in6);
}

/* These mean something on one link only, and a leg has no link. */
bool rgf_addr_is_linklocal(const struct rgf_addr *addr)
{
	int type = IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST;

	return !rgf_addr_is_v4(addr) &&
	       (ipv6_addr_type(&addr->in6) & type) == type;
}

bool rgf_host_is_ours(struct net *net, const struct rgf_addr *addr)
{
	if (!rgf_addr_is_unicast(addr))
		return false;
	if (rgf_addr_is_v4(addr))
		return inet_addr_type(net, rgf_addr_to_v4(addr)) == RTN_LOCAL;
	return ipv6_mod_enabled() && ipv6_chk_addr(net, &addr->in6, NULL, 0);
}

/* Addresses that are being checked for duplicates are ours, and anycast ones. */
static bool rgf_is_foreign_v6(struct net *net, const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr };
	struct dst_entry *dst;
	bool ours;

	if (!ipv6_mod_enabled() ||
	    ipv6_chk_addr_and_flags(net, addr, NULL, true, 0, 0))
		return false;
	dst = ip6_route_output(net, NULL, &fl6);
	ours = !dst->error &&
	       container_of(dst, struct rt6_info, dst)->rt6i_flags &
		       (RTF_LOCAL | RTF_ANYCAST);
	dst_release(dst);
	return !ours;
}

static bool rgf_is_foreign(struct net *net, const struct rgf_addr *addr)
{
	if (rgf_addr_is_v4(addr))
		return inet_addr_type(net, rgf_addr_to_v4(addr)) == RTN_UNICAST;
	return rgf_is_foreign_v6(net, &addr->in6);
}

enum rgf_host rgf_host_check(struct net *net, const struct rgf_addr *local,
			     const struct rgf_addr *peer)
{
	bool loopback = rgf_is_loopback(local);

	if (rgf_is_loopback(peer) != loopback)
		return RGF_HOST_LOOPBACK;
	if (rgf_addr_is_linklocal(peer))
		return RGF_HOST_LINKLOCAL;
	if (!rgf_addr_is_unicast(peer) ||
	    (!loopback && !rgf_is_foreign(net, peer)))
		return RGF_HOST_OURS;
	return RGF_HOST_GOOD;
}
