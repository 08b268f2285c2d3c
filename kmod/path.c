// SPDX-License-Identifier: GPL-2.0-only
#include "path.h"

#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip.h>

#include "porttab.h"

static void rgf_path_init_v4(struct rgf_path *path, const struct rgf_port *from)
{
	struct iphdr *iph = &path->head.v4.ip;

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_UDP;
	iph->saddr = rgf_addr_to_v4(&from->addr);
	iph->daddr = rgf_addr_to_v4(&path->addr);
	path->ip_sum = csum_partial(iph, sizeof(*iph), 0);
}

static void rgf_path_init_v6(struct rgf_path *path, const struct rgf_port *from)
{
	struct ipv6hdr *ip6h = &path->head.v6.ip;

	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->saddr = from->addr.in6;
	ip6h->daddr = path->addr.in6;
}

struct rgf_path *rgf_path_new(const struct rgf_port *from,
			      const struct rgf_addr *addr, __be16 port,
			      bool latched, gfp_t gfp)
{
	struct rgf_path *path = kzalloc(sizeof(*path), gfp | __GFP_ACCOUNT);
	struct udphdr *uh;

	if (!path)
		return NULL;
	path->addr = *addr;
	path->port = port;
	path->latched = latched;
	path->v4 = rgf_addr_is_v4(addr);
	path->ends = rgf_sum_ends(&from->addr, from->port, addr, port);
	path->pseudo = csum_add(rgf_sum_ends(&from->addr, 0, addr, 0),
				(__force __wsum)htonl(IPPROTO_UDP));
	if (path->v4)
		rgf_path_init_v4(path, from);
	else
		rgf_path_init_v6(path, from);
	uh = path->v4 ? &path->head.v4.udp : &path->head.v6.udp;
	uh->source = from->port;
	uh->dest = port;
	return path;
}

static void rgf_path_free_rcu(struct rcu_head *rcu)
{
	struct rgf_path *path = container_of(rcu, struct rgf_path, rcu);

	dst_release(rcu_dereference_protected(path->dst, true));
	kfree(path);
}

void rgf_path_free(struct rgf_path *path)
{
	if (path)
		call_rcu(&path->rcu, rgf_path_free_rcu);
}
