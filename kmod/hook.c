// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where packets come in: at the ingress of each device, or, if they need more
 * than a look there, from the stack on its way to a local socket. What is for a
 * port of a session goes to media.c.
 */
#include "hook.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "compat.h"
#include "guard.h"
#include "media.h"
#include "net.h"

struct rgf_hooks {
	struct nf_hook_ops local[2]; /* IPv4, IPv6 */
	struct list_head devs; /* RTNL */
};

/* The hook of one device. */
struct rgf_hook_dev {
	struct nf_hook_ops ops;
	struct list_head node;
};

/* Plain IPv4 and UDP headers, as the stack would check them. */
static struct rgf_port *rgf_find_v4(const struct rgf_net *rn,
				    struct sk_buff *skb)
{
	const struct iphdr *iph;
	const struct udphdr *uh;
	struct rgf_port *port;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph) + sizeof(*uh)))
		return NULL;
	iph = ip_hdr(skb);
	if (iph->protocol != IPPROTO_UDP)
		return NULL;
	uh = (struct udphdr *)(iph + 1);
	port = rgf_porttab_find_v4(&rn->porttab, iph->daddr, uh->dest);
	if (!port)
		return NULL;
	len = ntohs(iph->tot_len);
	if (*(u8 *)iph != 0x45 || ip_is_fragment(iph) || len > skb->len ||
	    len < sizeof(*iph) + ntohs(uh->len) || ip_fast_csum(iph, 5))
		return NULL;
	return port;
}

static struct rgf_port *rgf_find_v6(const struct rgf_net *rn,
				    struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	const struct udphdr *uh;
	struct rgf_port *port;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h) + sizeof(*uh)))
		return NULL;
	ip6h = ipv6_hdr(skb);
	if (ip6h->nexthdr != IPPROTO_UDP)
		return NULL;
	uh = (struct udphdr *)(ip6h + 1);
	port = rgf_porttab_find(&rn->porttab, (struct rgf_addr *)&ip6h->daddr,
				uh->dest);
	if (!port)
		return NULL;
	len = ntohs(ip6h->payload_len);
	if (ip6h->version != 6 || len + sizeof(*ip6h) > skb->len ||
	    len < ntohs(uh->len))
		return NULL;
	return port;
}

/*
 * No media of a session: bans and limits, if there are any. A device that
 * belongs to another one leaves them to that one.
 */
static unsigned int rgf_hook_guard(const struct rgf_net *rn,
				   struct sk_buff *skb)
{
	struct rgf_guard *guard = READ_ONCE(rn->guard);

	if (likely(!guard) || skb_vlan_tag_present(skb) ||
	    rcu_access_pointer(skb->dev->rx_handler))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IP))
		return rgf_guard_ingress_v4(guard, skb);
	return rgf_guard_ingress_v6(guard, skb);
}

/*
 * The fast way, before the stack has touched the packet. What needs more than a
 * look goes on, to the device above this one or to the way through the stack.
 */
static unsigned int rgf_hook_ingress(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	const struct rgf_net *rn = priv;
	unsigned int off = sizeof(struct iphdr);
	struct rgf_port *port;

	/* Its headers can't be pulled. */
	if (unlikely(skb_shared(skb)))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IP)) {
		port = rgf_find_v4(rn, skb);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		port = rgf_find_v6(rn, skb);
		off = sizeof(struct ipv6hdr);
	} else {
		return NF_ACCEPT;
	}
	if (likely(!port))
		return rgf_hook_guard(rn, skb);
	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    rcu_access_pointer(skb->dev->rx_handler))
		return NF_ACCEPT;
	return rgf_media(port, skb, off, false) ? NF_STOLEN : NF_ACCEPT;
}

/* To a port for media, but of no session: nobody's business. */
static bool rgf_is_stray(const struct rgf_net *rn, __be16 dport)
{
	u16 port = ntohs(dport);

	return port >= READ_ONCE(rn->media_port_min) &&
	       port <= READ_ONCE(rn->media_port_max) && port;
}

/* What ingress couldn't judge. */
static bool rgf_local_guard(const struct rgf_net *rn, struct sk_buff *skb)
{
	struct rgf_guard *guard = READ_ONCE(rn->guard);
	bool pass;

	if (likely(!guard))
		return true;
	local_bh_disable();
	pass = skb->protocol == htons(ETH_P_IP)
		       ? rgf_guard_local_v4(guard, skb)
		       : rgf_guard_local_v6(guard, skb);
	local_bh_enable();
	return pass;
}

/* UDP to this host, whole, that came by the stack; its header is at @off. */
static unsigned int rgf_local_udp(const struct rgf_net *rn, struct sk_buff *skb,
				  unsigned int off,
				  const struct rgf_addr *daddr)
{
	unsigned int verdict = NF_ACCEPT;
	struct rgf_port *port;
	const struct udphdr *uh;

	if (skb->pkt_type != PACKET_HOST ||
	    !pskb_may_pull(skb, off + sizeof(*uh)))
		return NF_ACCEPT;
	uh = (struct udphdr *)(skb->data + off);
	port = rgf_porttab_find(&rn->porttab, daddr, uh->dest);

	local_bh_disable();
	if (port) {
		verdict = rgf_media(port, skb, off, true) ? NF_STOLEN
							  : NF_ACCEPT;
	} else if (!rgf_local_guard(rn, skb)) {
		verdict = NF_DROP;
	} else if (rgf_is_stray(rn, uh->dest)) {
		rgf_count_drop(rn->counters, RINGFENCE_DROP_REASON_NO_SESSION);
		verdict = NF_DROP;
	}
	local_bh_enable();
	return verdict;
}

/*
 * The way of fragments, which are whole here, of IP options, of IPsec in
 * transport mode, and of devices whose ingress hook could not be set.
 */
static unsigned int rgf_hook_local_v4(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct rgf_addr daddr = rgf_addr_v4(ip_hdr(skb)->daddr);

	if (ip_hdr(skb)->protocol != IPPROTO_UDP)
		return rgf_local_guard(priv, skb) ? NF_ACCEPT : NF_DROP;
	return rgf_local_udp(priv, skb, ip_hdrlen(skb), &daddr);
}

int rgf_defrag_v6(struct net *net, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	err = nf_ct_frag6_gather(net, skb, IP6_DEFRAG_LOCAL_DELIVER);
	local_bh_enable();
	return err;
}

static unsigned int rgf_hook_local_v6(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	const struct rgf_net *rn = priv;
	unsigned int off = 0;
	struct rgf_addr daddr;
	int proto, err;

	if (unlikely(ipv6_hdr(skb)->nexthdr == NEXTHDR_FRAGMENT)) {
		err = rgf_defrag_v6(rn->net, skb);
		if (err)
			return err == -EINPROGRESS ? NF_STOLEN : NF_DROP;
	}
	proto = ipv6_find_hdr(skb, &off, -1, NULL, NULL);
	if (proto != IPPROTO_UDP)
		return rgf_local_guard(rn, skb) ? NF_ACCEPT : NF_DROP;
	daddr.in6 = ipv6_hdr(skb)->daddr;
	return rgf_local_udp(rn, skb, off, &daddr);
}

/* A device without the fast way still has the one through the stack. */
static void rgf_hook_add_dev(struct rgf_net *rn, struct net_device *dev)
{
	struct rgf_hook_dev *hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);

	ASSERT_RTNL();
	if (!hook)
		return;
	hook->ops = (struct nf_hook_ops){
		.hook = rgf_hook_ingress,
		.priv = rn,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		/* Behind the operator's own chains of nftables. */
		.priority = 100,
	};
	if (nf_register_net_hook(rn->net, &hook->ops)) {
		kfree(hook);
		return;
	}
	list_add(&hook->node, &rn->hooks->devs);
}

/* Of one device, or of all if @dev is NULL. */
static void rgf_hook_del_dev(struct rgf_net *rn, const struct net_device *dev)
{
	struct rgf_hook_dev *hook, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(hook, next, &rn->hooks->devs, node) {
		if (dev && hook->ops.dev != dev)
			continue;
		nf_unregister_net_hook(rn->net, &hook->ops);
		list_del(&hook->node);
		kfree(hook);
	}
}

static int rgf_hook_netdev(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct rgf_net *rn = rgf_net(dev_net(dev));

	if (!rn->hooks)
		return NOTIFY_DONE;
	if (event == NETDEV_REGISTER)
		rgf_hook_add_dev(rn, dev);
	else if (event == NETDEV_UNREGISTER)
		rgf_hook_del_dev(rn, dev);
	return NOTIFY_DONE;
}

static struct notifier_block rgf_hook_notifier = {
	.notifier_call = rgf_hook_netdev,
};

static const struct nf_hook_ops rgf_hooks_local[] = {
	{
		.hook = rgf_hook_local_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		/* In front of the filters: media of a call needs no rule. */
		.priority = NF_IP_PRI_FILTER - 1,
	},
	{
		.hook = rgf_hook_local_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FILTER - 1,
	},
};

int rgf_hook_register(struct rgf_net *rn)
{
	struct rgf_hooks *hooks = kzalloc(sizeof(*hooks), GFP_KERNEL_ACCOUNT);
	struct net_device *dev;
	unsigned int i;
	int err;

	if (!hooks)
		return -ENOMEM;
	INIT_LIST_HEAD(&hooks->devs);
	for (i = 0; i < ARRAY_SIZE(hooks->local); i++) {
		hooks->local[i] = rgf_hooks_local[i];
		hooks->local[i].priv = rn;
	}
	err = nf_register_net_hooks(rn->net, hooks->local,
				    ARRAY_SIZE(hooks->local));
	if (err) {
		kfree(hooks);
		return err;
	}
	rtnl_lock();
	rn->hooks = hooks;
	for_each_netdev(rn->net, dev) rgf_hook_add_dev(rn, dev);
	rtnl_unlock();
	return 0;
}

void rgf_hook_unregister(struct rgf_net *rn)
{
	struct rgf_hooks *hooks = rn->hooks;

	nf_unregister_net_hooks(rn->net, hooks->local,
				ARRAY_SIZE(hooks->local));
	rtnl_lock();
	rgf_hook_del_dev(rn, NULL);
	rn->hooks = NULL;
	rtnl_unlock();
	synchronize_net();
	kfree(hooks);
}

int rgf_hook_init(void)
{
	return register_netdevice_notifier(&rgf_hook_notifier);
}

void rgf_hook_exit(void)
{
	/* Hears of every device once more, as if it went. */
	unregister_netdevice_notifier(&rgf_hook_notifier);
}
