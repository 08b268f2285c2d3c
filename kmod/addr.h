/* SPDX-License-Identifier: GPL-2.0-only */
/* IP addresses of either family in one form: IPv4 is kept mapped into IPv6. */
#ifndef _RGF_ADDR_H
#define _RGF_ADDR_H

#include <linux/in6.h>
#include <net/ipv6.h>

struct rgf_addr {
	struct in6_addr in6; /* all zero: none */
};

static inline struct rgf_addr rgf_addr_v4(__be32 addr)
{
	struct rgf_addr a;

	ipv6_addr_set_v4mapped(addr, &a.in6);
	return a;
}

static inline bool rgf_addr_is_v4(const struct rgf_addr *a)
{
	return ipv6_addr_v4mapped(&a->in6);
}

/* Of an IPv4 address. */
static inline __be32 rgf_addr_to_v4(const struct rgf_addr *a)
{
	return a->in6.s6_addr32[3];
}

static inline bool rgf_addr_is_none(const struct rgf_addr *a)
{
	return ipv6_addr_any(&a->in6);
}

static inline bool rgf_addr_equal(const struct rgf_addr *a,
				  const struct rgf_addr *b)
{
	return ipv6_addr_equal(&a->in6, &b->in6);
}

#endif
