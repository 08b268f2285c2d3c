// SPDX-License-Identifier: GPL-2.0-only
#include "relay.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/inet_ecn.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/udp.h>

#include "compat.h"
#include "conf.h"
#include "drop.h"

/*
 * Every host takes 576 bytes in one piece (RFC 791, 3.1), so shorter IPv4
 * packets need no identification to be fragmented by.
 */
#define RGF_ALWAYS_FITS 576

static struct dst_entry *rgf_route_v4(struct net *net,
				      const struct rgf_port *from,
				      const struct rgf_path *path)
{
	struct flowi4 fl4 = {
		.flowi4_proto = IPPROTO_UDP,
		.daddr = rgf_addr_to_v4(&path->addr),
		.saddr = rgf_addr_to_v4(&from->addr),
		.fl4_dport = path->port,
		.fl4_sport = from->port,
	};
	struct rtable *rt = ip_route_output_flow(net, &fl4, NULL);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *rgf_route_v6(struct net *net,
				      const struct rgf_port *from,
				      const struct rgf_path *path)
{
	struct flowi6 fl6 = {
		.flowi6_proto = IPPROTO_UDP,
		.daddr = path->addr.in6,
		.saddr = from->addr.in6,
		.fl6_dport = path->port,
		.fl6_sport = from->port,
	};
	struct dst_entry *dst = ip6_dst_lookup_flow(net, NULL, &fl6, NULL);

	return IS_ERR(dst) ? NULL : dst;
}

/*
 * Whoever replaces a stale route releases it, its readers are under RCU. Apart,
 * so that packets that have a route need no room for a flow on the stack.
 */
static noinline struct dst_entry *rgf_route_anew(struct net *net,
						 const struct rgf_port *from,
						 struct rgf_path *path)
{
	struct dst_entry *dst, *old;

	if (path->v4) {
		dst = rgf_route_v4(net, from, path);
	} else {
		dst = rgf_route_v6(net, from, path);
		if (dst)
			WRITE_ONCE(path->cookie,
				   rt6_get_cookie(dst_rt6_info(dst)));
	}
	old = unrcu_pointer(xchg(&path->dst, RCU_INITIALIZER(dst)));
	dst_release(old);
	return dst;
}

/* dst_check(), without the call that it takes for IPv4. */
static bool rgf_route_is_good(struct net *net, const struct rgf_path *path,
			      struct dst_entry *dst)
{
	if (likely(path->v4))
		return dst->obsolete == DST_OBSOLETE_FORCE_CHK &&
		       dst_rtable(dst)->rt_genid == rt_genid_ipv4(net);
	return dst_check(dst, READ_ONCE(path->cookie));
}

/* The route as for a socket bound to the local address and port. */
static struct dst_entry *rgf_route(struct net *net, const struct rgf_port *from,
				   struct rgf_path *path)
{
	struct dst_entry *dst = rcu_dereference(path->dst);

	if (likely(dst && rgf_route_is_good(net, path, dst)))
		return dst;
	return rgf_route_anew(net, from, path);
}

/* An unchanged payload keeps the sender's checksum, adjusted. */
static __sum16 rgf_adjust_check(const struct rgf_in *in,
				const struct rgf_path *path)
{
	__wsum sum = csum_unfold(~in->check);

	sum = csum_add(csum_sub(sum, in->ends), path->ends);
	return csum_fold(sum) ?: CSUM_MANGLED_0;
}

/* By the device, if it can; else here, with no need to look for the header. */
static void rgf_make_check(struct sk_buff *skb, const struct dst_entry *dst,
			   const struct rgf_path *path, struct udphdr *uh)
{
	netdev_features_t can = NETIF_F_HW_CSUM;
	__wsum len = (__force __wsum)(__force u32)uh->len;

	can |= path->v4 ? NETIF_F_IP_CSUM : NETIF_F_IPV6_CSUM;
	uh->check = ~csum_fold(csum_add(path->pseudo, len));
	if (dst->dev->features & can) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = (unsigned char *)uh - skb->head;
		skb->csum_offset = offsetof(struct udphdr, check);
		return;
	}
	uh->check = csum_fold(csum_partial(uh, ntohs(uh->len), 0))
			    ?: CSUM_MANGLED_0;
}

static struct udphdr *rgf_push_v4(struct net *net, struct sk_buff *skb,
				  const struct rgf_path *path, u8 tos, u8 ttl)
{
	struct rgf_head_v4 *head = __skb_push(skb, sizeof(*head));
	__wsum differ;

	*head = path->head.v4;
	head->ip.tos = tos;
	head->ip.ttl = ttl;
	head->ip.tot_len = htons(skb->len);
	if (likely(skb->len <= RGF_ALWAYS_FITS)) {
		differ = (__force __wsum)((__force u32)htons(skb->len) +
					  (__force u32)htons(tos) +
					  (__force u32)htons(ttl << 8));
		head->ip.check = csum_fold(csum_add(path->ip_sum, differ));
	} else {
		head->ip.frag_off = 0;
		__ip_select_ident(net, &head->ip, 1);
		ip_send_check(&head->ip);
	}
	skb->protocol = htons(ETH_P_IP);
	return &head->udp;
}

static struct udphdr *rgf_push_v6(struct sk_buff *skb,
				  const struct rgf_path *path, u8 tos, u8 ttl)
{
	struct rgf_head_v6 *head = __skb_push(skb, sizeof(*head));

	*head = path->head.v6;
	ip6_flow_hdr(&head->ip, tos, 0);
	head->ip.hop_limit = ttl;
	head->ip.payload_len = htons(skb->len - sizeof(head->ip));
	skb->protocol = htons(ETH_P_IPV6);
	return &head->udp;
}

static void rgf_push_headers(struct net *net, struct sk_buff *skb,
			     const struct dst_entry *dst,
			     const struct rgf_path *path,
			     const struct rgf_in *in, u8 tos, bool rebuilt)
{
	unsigned int len = skb->len + sizeof(struct udphdr);
	struct udphdr *uh;

	uh = path->v4 ? rgf_push_v4(net, skb, path, tos, in->ttl - 1)
		      : rgf_push_v6(skb, path, tos, in->ttl - 1);
	skb_reset_network_header(skb);
	skb->transport_header = (unsigned char *)uh - skb->head;
	uh->len = htons(len);

	/* IPv6 wants a checksum even of one who sends none (RFC 8200, 8.1). */
	rebuilt |= skb->ip_summed == CHECKSUM_PARTIAL ||
		   (!path->v4 && !in->check);
	skb->ip_summed = CHECKSUM_NONE;
	if (rebuilt)
		rgf_make_check(skb, dst, path, uh);
	else if (in->check)
		uh->check = rgf_adjust_check(in, path);
}

/* As freshly generated: what the way in left on the packet goes. */
static void rgf_scrub(struct sk_buff *skb, u8 tos)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb->tstamp = 0;
	skb->priority = rt_tos2priority(tos);
	skb_set_queue_mapping(skb, 0);
	skb_clear_hash(skb);
	skb_reset_redirect(skb);
}

static struct neighbour *rgf_neigh(struct sk_buff *skb, struct dst_entry *dst,
				   const struct rgf_path *path, bool *is_v6gw)
{
	if (path->v4)
		return ip_neigh_for_gw(dst_rtable(dst), skb, is_v6gw);
	return ip_neigh_gw6(dst->dev,
			    rt6_nexthop(dst_rt6_info(dst), &path->addr.in6));
}

/* Devices take what is short; only of longer packets is the path asked. */
static bool rgf_is_too_long(const struct sk_buff *skb,
			    const struct dst_entry *dst)
{
	if (likely(skb->len <= RGF_ALWAYS_FITS &&
		   skb->len <= READ_ONCE(dst->dev->mtu)))
		return false;
	return skb->len > dst_mtu(dst);
}

/* IPsec, light-weight tunnels and fragments need the way of the stack. */
static noinline void rgf_output_slow(struct net *net, struct dst_entry *dst,
				     struct sk_buff *skb)
{
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_dst_set(skb, dst_clone(dst));
	skb->ignore_df = 1;
	dst_output(net, NULL, skb);
}

/*
 * Straight to the neighbour: no netfilter hook sees the packet, so neither does
 * conntrack nor NAT.
 */
static int rgf_output(struct net *net, struct dst_entry *dst,
		      const struct rgf_path *path, struct sk_buff *skb)
{
	struct neighbour *neigh;
	bool is_v6gw = false;

	skb->dev = dst->dev;
	if (unlikely(dst_xfrm(dst) || dst->lwtstate ||
		     rgf_is_too_long(skb, dst))) {
		rgf_output_slow(net, dst, skb);
		return 0;
	}
	skb_dst_set_noref(skb, dst);
	neigh = rgf_neigh(skb, dst, path, &is_v6gw);
	if (IS_ERR(neigh)) {
		skb_dst_drop(skb);
		return RGF_DROP(NO_ROUTE);
	}
	neigh_output(neigh, skb, is_v6gw);
	return 0;
}

int rgf_relay(struct net *net, const struct rgf_leg *to, bool rtcp,
	      struct sk_buff *skb, const struct rgf_in *in, bool rebuilt)
{
	unsigned int n = rgf_leg_path(to, rtcp);
	struct rgf_path *path = rcu_dereference(to->path[n]);
	struct dst_entry *dst = path ? rgf_route(net, &to->port[n], path)
				     : NULL;
	u8 tos = in->tos;

	if (unlikely(!dst))
		return RGF_DROP(NO_ROUTE);
	if (unlikely(skb->len + RGF_HLEN_MAX > IP_MAX_MTU))
		return RGF_DROP(TOO_BIG);
	if (unlikely(in->ttl <= 1))
		return RGF_DROP(TTL_EXPIRED);
	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
				 RGF_HLEN_MAX))
		return RGF_DROP(NO_MEMORY);

	if (to->dscp != RINGFENCE_DSCP_KEEP)
		tos = to->dscp << 2 | (tos & INET_ECN_MASK);
	rgf_push_headers(net, skb, dst, path, in, tos, rebuilt);
	rgf_scrub(skb, tos);
	return rgf_output(net, dst, path, skb);
}
