// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lib/ringfence.h"

#define MAPPED 12 /* bytes before the IPv4 address (RFC 4291, 2.5.5.2) */

struct rgf_addr rgf_addr_v4(struct in_addr v4)
{
	struct rgf_addr addr = { 0 };

	memset(&addr.in6.s6_addr[10], 0xff, 2);
	memcpy(&addr.in6.s6_addr[MAPPED], &v4, sizeof(v4));
	return addr;
}

bool rgf_addr_is_v4(const struct rgf_addr *addr)
{
	return IN6_IS_ADDR_V4MAPPED(&addr->in6);
}

struct in_addr rgf_addr_to_v4(const struct rgf_addr *addr)
{
	struct in_addr v4;

	memcpy(&v4, &addr->in6.s6_addr[MAPPED], sizeof(v4));
	return v4;
}

bool rgf_addr_equal(const struct rgf_addr *a, const struct rgf_addr *b)
{
	return memcmp(&a->in6, &b->in6, sizeof(a->in6)) == 0;
}
