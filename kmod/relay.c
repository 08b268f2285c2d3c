// SPDX-License-Identifier: GPL-2.0-only
#include "relay.h"

#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/udp.h>

#include "compat.h"
#include "conf.h"
#include "drop.h"

/*
 * The route as for a socket bound to the local address and port. Whoever
 * replaces a stale one releases it, its readers are under RCU.
 */
static struct dst_entry *rgf_route(struct net *net, struct rgf_leg *to,
				   bool rtcp)
{
	struct dst_entry *dst = rcu_dereference(to->dst[rtcp]), *old;
	struct flowi4 fl4 = {};
	struct rtable *rt;

	if (likely(dst && dst_check(dst, 0)))
		return dst;
	if (!to->peer_addr)
		return NULL;

	fl4.flowi4_proto = IPPROTO_UDP;
	fl4.daddr = to->peer_addr;
	fl4.saddr = to->port[rtcp].addr;
	fl4.fl4_dport = to->peer_port[rtcp];
	fl4.fl4_sport = to->port[rtcp].port;
	rt = ip_route_output_flow(net, &fl4, NULL);
	if (IS_ERR(rt))
		return NULL;

	dst = &rt->dst;
	old = unrcu_pointer(xchg(&to->dst[rtcp], RCU_INITIALIZER(dst)));
	dst_release(old);
	return dst;
}

/* An unchanged payload keeps the sender's checksum, adjusted or absent. */
static void rgf_adjust_csum(struct udphdr *uh, const struct iphdr *iph,
			    const struct rgf_leg *to, bool rtcp)
{
	if (!uh->check)
		return;
	csum_replace4(&uh->check, iph->saddr, to->port[rtcp].addr);
	csum_replace4(&uh->check, iph->daddr, to->peer_addr);
	csum_replace2(&uh->check, uh->source, to->port[rtcp].port);
	csum_replace2(&uh->check, uh->dest, to->peer_port[rtcp]);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

static void rgf_rewrite(struct sk_buff *skb, const struct rgf_leg *to,
			bool rtcp, bool rebuilt)
{
	struct iphdr *iph = ip_hdr(skb);
	struct udphdr *uh = (struct udphdr *)(iph + 1);
	unsigned int len = skb->len - sizeof(*iph);

	skb_set_transport_header(skb, sizeof(*iph));
	rebuilt |= skb->ip_summed == CHECKSUM_PARTIAL;
	if (!rebuilt)
		rgf_adjust_csum(uh, iph, to, rtcp);
	skb->ip_summed = CHECKSUM_NONE;

	iph->saddr = to->port[rtcp].addr;
	iph->daddr = to->peer_addr;
	iph->tot_len = htons(skb->len);
	iph->ttl--;
	ip_send_check(iph);

	uh->source = to->port[rtcp].port;
	uh->dest = to->peer_port[rtcp];
	uh->len = htons(len);
	if (rebuilt)
		udp_set_csum(false, skb, iph->saddr, iph->daddr, len);
}

/* As freshly generated: what the way in left on the packet goes. */
static void rgf_scrub(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb->tstamp = 0;
	skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
	skb->protocol = htons(ETH_P_IP);
	skb_set_queue_mapping(skb, 0);
	skb_clear_hash(skb);
	skb_reset_redirect(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
}

/*
 * Straight to the neighbour: no hook after PRE_ROUTING, so neither conntrack
 * nor NAT sees the packet. IPsec and light-weight tunnels need their own way.
 */
static int rgf_output(struct net *net, struct dst_entry *dst,
		      struct sk_buff *skb)
{
	struct neighbour *neigh;
	bool is_v6gw = false;

	skb->dev = dst->dev;
	if (unlikely(dst_xfrm(dst) || dst->lwtstate)) {
		skb_dst_set(skb, dst_clone(dst));
		dst_output(net, NULL, skb);
		return 0;
	}
	skb_dst_set_noref(skb, dst);
	neigh = ip_neigh_for_gw(skb_rtable(skb), skb, &is_v6gw);
	if (IS_ERR(neigh))
		return RGF_DROP(NO_ROUTE);
	neigh_output(neigh, skb, is_v6gw);
	return 0;
}

int rgf_relay(struct net *net, struct rgf_leg *to, bool rtcp,
	      struct sk_buff *skb, bool rebuilt)
{
	struct dst_entry *dst = rgf_route(net, to, rtcp);

	if (!dst)
		return RGF_DROP(NO_ROUTE);
	if (skb->len > dst_mtu(dst))
		return RGF_DROP(TOO_BIG);
	if (ip_hdr(skb)->ttl <= 1)
		return RGF_DROP(TTL_EXPIRED);
	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len))
		return RGF_DROP(NO_MEMORY);

	rgf_rewrite(skb, to, rtcp, rebuilt);
	rgf_scrub(skb);
	return rgf_output(net, dst, skb);
}
