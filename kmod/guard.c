// SPDX-License-Identifier: GPL-2.0-only
#include "guard.h"

#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/tcp.h>

#include "ban.h"
#include "classify.h"
#include "compat.h"
#include "host.h"
#include "net.h"
#include "notify.h"

/* A packet for the limits. */
struct rgf_guard_pkt {
	struct rgf_guard *guard;
	const struct rgf_limits *limits;
	struct sk_buff *skb;
	u32 off; /* of the transport header */
	u8 protocol;
};

void rgf_guard_full(struct rgf_guard *guard, enum ringfence_guard_table table)
{
	struct rgf_guard_fulls *full = &guard->fulls[table];
	int now = (u32)jiffies / HZ;
	int told = atomic_read(&full->second);

	atomic64_inc(&full->count);
	if (told != now && atomic_cmpxchg(&full->second, told, now) == told)
		rgf_notify_full(guard, table, atomic64_read(&full->count));
}

/* UDP to this host: @uh is its header, @len bytes of payload follow it. */
static __always_inline enum ringfence_limit_class
rgf_classify_port(const struct rgf_net *rn, const struct rgf_limits *limits,
		  const struct udphdr *uh, u32 len)
{
	u16 port = ntohs(uh->dest);

	if (port && port >= READ_ONCE(rn->media_port_min) &&
	    port <= READ_ONCE(rn->media_port_max))
		return RINGFENCE_LIMIT_CLASS_CLOSED_MEDIA;
	len = min_t(u32, len,
		    max_t(u32, ntohs(uh->len), sizeof(*uh)) - sizeof(*uh));
	return rgf_limit_classify((const u8 *)(uh + 1), len,
				  rgf_limit_has_port(&limits->signaling,
						     uh->dest));
}

/* Short, or not all in the linear part. */
static noinline enum ringfence_limit_class
rgf_classify_scattered(const struct rgf_net *rn,
		       const struct rgf_limits *limits,
		       const struct sk_buff *skb, u32 off)
{
	u8 buf[sizeof(struct udphdr) + RGF_CLASSIFY_LEN];
	const u32 head = sizeof(struct udphdr);
	const struct udphdr *uh;
	u32 len;

	if (skb->len < off + head)
		return RINGFENCE_LIMIT_CLASS_OTHER;
	len = min_t(u32, skb->len - off, sizeof(buf));
	uh = skb_header_pointer(skb, off, len, buf);
	if (!uh)
		return RINGFENCE_LIMIT_CLASS_OTHER;
	return rgf_classify_port(rn, limits, uh, len - head);
}

/* What opens a connection; the rest of TCP is other. */
static noinline enum ringfence_limit_class
rgf_classify_tcp(const struct rgf_limits *limits, const struct sk_buff *skb,
		 u32 off)
{
	const struct tcphdr *th;
	struct tcphdr head;

	th = skb_header_pointer(skb, off, sizeof(head), &head);
	if (!th || !th->syn || th->ack)
		return RINGFENCE_LIMIT_CLASS_OTHER;
	if (rgf_limit_has_port(&limits->secure, th->dest))
		return RINGFENCE_LIMIT_CLASS_TLS_CONNECT;
	if (rgf_limit_has_port(&limits->signaling, th->dest))
		return RINGFENCE_LIMIT_CLASS_TCP_CONNECT;
	return RINGFENCE_LIMIT_CLASS_OTHER;
}

/* A packet to this host, its transport header at pkt->off. */
static __always_inline enum ringfence_limit_class
rgf_classify(const struct rgf_guard_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	const struct udphdr *uh = (const struct udphdr *)(skb->data + pkt->off);

	if (unlikely(pkt->protocol != IPPROTO_UDP))
		return pkt->protocol == IPPROTO_TCP
			       ? rgf_classify_tcp(pkt->limits, skb, pkt->off)
			       : RINGFENCE_LIMIT_CLASS_OTHER;
	if (unlikely(skb_headlen(skb) <
		     pkt->off + sizeof(*uh) + RGF_CLASSIFY_LEN))
		return rgf_classify_scattered(pkt->guard->rn, pkt->limits, skb,
					      pkt->off);
	return rgf_classify_port(pkt->guard->rn, pkt->limits, uh,
				 RGF_CLASSIFY_LEN);
}

static __always_inline bool rgf_guard_judge(const struct rgf_guard_pkt *pkt,
					    enum ringfence_limit_class class,
					    struct rgf_addr saddr, bool v6,
					    u32 hash)
{
	struct rgf_limit_pkt limit rgf_uninitialized;

	limit.limits = pkt->limits;
	limit.saddr = saddr;
	limit.v6 = v6;
	limit.hash = hash;
	limit.n = 1;
	limit.class = class;
	if (skb_is_gso(pkt->skb))
		limit.n = max_t(u32, skb_shinfo(pkt->skb)->gso_segs, 1);
	return rgf_limit_judge(pkt->guard, &limit);
}

static void rgf_guard_count_ban(struct rgf_guard *guard, struct rgf_ban *ban,
				u64 now)
{
	struct rgf_guard_counts *c = this_cpu_ptr(guard->counts);

	rgf_ban_hit(ban, now);
	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->banned);
	u64_stats_update_end(&c->syncp);
}

/*
 * The end of a flood's packet. Softirq, so it may go to the cache that drivers
 * take packets from, which is cheaper than to free it.
 */
static unsigned int rgf_guard_drop(struct sk_buff *skb)
{
	napi_consume_skb(skb, 1);
	return NF_STOLEN;
}

/* IPv4 */

/* An address that is trusted has no ban of its own, see rgf_trust_set(). */
static bool rgf_guard_is_exempt_v4(const struct rgf_guard *guard,
				   const struct rgf_prefix_node *ban,
				   __be32 saddr, u32 hash, u64 now)
{
	return ban->prefix.len != 128 && READ_ONCE(guard->trusts.n) &&
	       rgf_prefixtab_match_v4(&guard->trusts, saddr, hash, now);
}

static __always_inline bool rgf_guard_is_banned_v4(struct rgf_guard *guard,
						   __be32 saddr, u32 hash)
{
	u64 now = get_jiffies_64();
	struct rgf_prefix_node *node;

	node = rgf_prefixtab_match_v4(&guard->bans, saddr, hash, now);
	if (!node || rgf_guard_is_exempt_v4(guard, node, saddr, hash, now))
		return false;
	rgf_guard_count_ban(guard, container_of(node, struct rgf_ban, n), now);
	return true;
}

/* Mostly it is the first address of the device that the packet came in by. */
static bool rgf_guard_is_own_v4(const struct rgf_guard *guard,
				const struct net_device *dev, __be32 daddr)
{
	const struct in_device *in = __in_dev_get_rcu(dev);
	const struct in_ifaddr *first = in ? rcu_dereference(in->ifa_list)
					   : NULL;

	return (first && first->ifa_local == daddr) ||
	       __ip_dev_find(guard->rn->net, daddr, false);
}

/* A packet that the limits may stop, if it is for this host. */
static __always_inline bool rgf_guard_limit_v4(const struct rgf_guard_pkt *pkt,
					       const struct iphdr *iph,
					       u32 hash)
{
	enum ringfence_limit_class class = rgf_classify(pkt);

	if (!(pkt->limits->enabled & BIT(class)) ||
	    !rgf_guard_is_own_v4(pkt->guard, pkt->skb->dev, iph->daddr))
		return true;
	return rgf_guard_judge(pkt, class, rgf_addr_v4(iph->saddr), false,
			       hash);
}

unsigned int rgf_guard_ingress_v4(struct rgf_guard *guard, struct sk_buff *skb)
{
	struct rgf_guard_pkt pkt = { .guard = guard,
				     .skb = skb,
				     .off = sizeof(struct iphdr) };
	const struct iphdr *iph;
	u32 hash;

	if (unlikely(skb->dev->flags & IFF_LOOPBACK ||
		     skb_headlen(skb) < sizeof(*iph)))
		return NF_ACCEPT;
	iph = (const struct iphdr *)skb->data;
	hash = rgf_prefixtab_hash_v4(&guard->bans, iph->saddr);
	if (READ_ONCE(guard->bans.n) &&
	    rgf_guard_is_banned_v4(guard, iph->saddr, hash))
		return rgf_guard_drop(skb);
	pkt.limits = rcu_dereference(guard->limits);
	if (!(pkt.limits->enabled & RGF_PACKET_CLASSES) ||
	    skb->pkt_type != PACKET_HOST || *(const u8 *)iph != 0x45 ||
	    ip_is_fragment(iph))
		return NF_ACCEPT;
	pkt.protocol = iph->protocol;
	if (rgf_guard_limit_v4(&pkt, iph, hash))
		return NF_ACCEPT;
	return rgf_guard_drop(skb);
}

/* What was put together has the size of its largest fragment. */
bool rgf_guard_local_v4(struct rgf_guard *guard, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct rgf_guard_pkt pkt = {
		.guard = guard,
		.limits = rcu_dereference(guard->limits),
		.skb = skb,
		.off = iph->ihl * 4,
		.protocol = iph->protocol,
	};
	u32 hash;

	if ((iph->ihl == 5 && !IPCB(skb)->frag_max_size) ||
	    !(pkt.limits->enabled & RGF_PACKET_CLASSES) ||
	    skb->dev->flags & IFF_LOOPBACK || skb->pkt_type != PACKET_HOST)
		return true;
	hash = rgf_prefixtab_hash_v4(&guard->bans, iph->saddr);
	return rgf_guard_limit_v4(&pkt, iph, hash);
}

/* IPv6 */

static bool rgf_guard_is_banned_v6(struct rgf_guard *guard,
				   const struct in6_addr *saddr, u32 hash)
{
	u64 now = get_jiffies_64();
	struct rgf_prefix_node *node;

	node = rgf_prefixtab_match_v6(&guard->bans, saddr, hash, now);
	if (likely(!node) ||
	    (node->prefix.len != 128 && READ_ONCE(guard->trusts.n) &&
	     rgf_prefixtab_match_v6(&guard->trusts, saddr, hash, now)))
		return false;
	rgf_guard_count_ban(guard, container_of(node, struct rgf_ban, n), now);
	return true;
}

/* From this link only (RFC 4861, 6.1 and 7.1): without it nothing goes. */
static bool rgf_guard_is_nd(const struct rgf_guard_pkt *pkt,
			    const struct ipv6hdr *ip6h)
{
	const u8 *type;
	u8 buf;

	if (pkt->protocol != IPPROTO_ICMPV6 || ip6h->hop_limit != 255)
		return false;
	type = skb_header_pointer(pkt->skb, pkt->off, sizeof(buf), &buf);
	return type && *type >= NDISC_ROUTER_SOLICITATION &&
	       *type <= NDISC_REDIRECT;
}

static bool rgf_guard_limit_v6(const struct rgf_guard_pkt *pkt,
			       const struct ipv6hdr *ip6h, u32 hash)
{
	enum ringfence_limit_class class = rgf_classify(pkt);

	if (!(pkt->limits->enabled & BIT(class)) ||
	    rgf_guard_is_nd(pkt, ip6h) ||
	    !ipv6_chk_addr(pkt->guard->rn->net, &ip6h->daddr, NULL, 0))
		return true;
	return rgf_guard_judge(pkt, class,
			       (struct rgf_addr){ .in6 = ip6h->saddr }, true,
			       hash);
}

static bool rgf_guard_is_plain_v6(u8 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP ||
	       protocol == IPPROTO_ICMPV6;
}

unsigned int rgf_guard_ingress_v6(struct rgf_guard *guard, struct sk_buff *skb)
{
	struct rgf_guard_pkt pkt = { .guard = guard,
				     .skb = skb,
				     .off = sizeof(struct ipv6hdr) };
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	u32 hash;

	if (skb->dev->flags & IFF_LOOPBACK)
		return NF_ACCEPT;
	ip6h = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip6h)
		return NF_ACCEPT;
	hash = rgf_prefixtab_hash_v6(&guard->bans, &ip6h->saddr);
	if (READ_ONCE(guard->bans.n) &&
	    rgf_guard_is_banned_v6(guard, &ip6h->saddr, hash))
		return rgf_guard_drop(skb);
	pkt.limits = rcu_dereference(guard->limits);
	if (!(pkt.limits->enabled & RGF_PACKET_CLASSES) ||
	    skb->pkt_type != PACKET_HOST ||
	    !rgf_guard_is_plain_v6(ip6h->nexthdr))
		return NF_ACCEPT;
	pkt.protocol = ip6h->nexthdr;
	if (rgf_guard_limit_v6(&pkt, ip6h, hash))
		return NF_ACCEPT;
	return rgf_guard_drop(skb);
}

bool rgf_guard_local_v6(struct rgf_guard *guard, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct rgf_guard_pkt pkt = { .guard = guard, .skb = skb };
	int protocol;
	u32 hash;

	pkt.limits = rcu_dereference(guard->limits);
	if ((rgf_guard_is_plain_v6(ip6h->nexthdr) &&
	     !(IP6CB(skb)->flags & IP6SKB_FRAGMENTED)) ||
	    !(pkt.limits->enabled & RGF_PACKET_CLASSES) ||
	    skb->dev->flags & IFF_LOOPBACK || skb->pkt_type != PACKET_HOST)
		return true;
	protocol = ipv6_find_hdr(skb, &pkt.off, -1, NULL, NULL);
	pkt.protocol = protocol < 0 ? NEXTHDR_NONE : protocol;
	hash = rgf_prefixtab_hash_v6(&guard->bans, &ip6h->saddr);
	return rgf_guard_limit_v6(&pkt, ip6h, hash);
}

/* Coming and going */

static struct rgf_guard_counts __percpu *rgf_guard_counts_new(void)
{
	struct rgf_guard_counts __percpu *counts;
	int cpu;

	counts = alloc_percpu_gfp(struct rgf_guard_counts, GFP_KERNEL_ACCOUNT);
	if (!counts)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counts, cpu)->syncp);
	return counts;
}

static int rgf_guard_fill(struct rgf_guard *guard)
{
	struct rgf_limits *limits = rgf_limits_new(NULL);
	struct rgf_hash_key key;

	get_random_bytes(&key, sizeof(key));
	RCU_INIT_POINTER(guard->limits, limits);
	guard->counts = rgf_guard_counts_new();
	if (!limits || !guard->counts)
		return -ENOMEM;
	/* One key: an address is hashed once for both. */
	return rgf_prefixtab_init(&guard->bans, &key)
		       ?: rgf_prefixtab_init(&guard->trusts, &key);
}

struct rgf_guard *rgf_guard_up(struct rgf_net *rn)
{
	struct rgf_guard *guard = rn->guard;
	int err;

	lockdep_assert_held(&rn->lock);
	if (guard)
		return guard;
	err = rgf_net_up(rn);
	if (err)
		return ERR_PTR(err);
	guard = kzalloc(sizeof(*guard), GFP_KERNEL_ACCOUNT);
	if (!guard)
		return ERR_PTR(-ENOMEM);
	guard->rn = rn;
	rgf_bans_init(guard);
	err = rgf_guard_fill(guard);
	if (err) {
		rgf_guard_free(guard);
		return ERR_PTR(err);
	}
	/* Packets find it whole. */
	smp_store_release(&rn->guard, guard);
	return guard;
}

void rgf_guard_free(struct rgf_guard *guard)
{
	if (!guard)
		return;
	if (guard->bans.buckets && guard->trusts.buckets)
		rgf_bans_free(guard);
	rgf_prefixtab_free(&guard->bans);
	rgf_prefixtab_free(&guard->trusts);
	rgf_sources_free(rcu_dereference_protected(guard->sources, true));
	kfree(rcu_dereference_protected(guard->limits, true));
	free_percpu(guard->counts);
	kfree(guard);
}
