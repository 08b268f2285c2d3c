// SPDX-License-Identifier: GPL-2.0-only
#include "filter_implicit.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/tcp_states.h>
#include <net/udp.h>

#include "compat.h"

static bool rgf_is_wanted_icmp(u8 type)
{
	switch (type) {
	case ICMP_ECHOREPLY:
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	}
	return false;
}

static bool rgf_is_wanted_icmpv6(const struct sk_buff *skb, u8 type)
{
	switch (type) {
	case ICMPV6_ECHO_REPLY:
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_PKT_TOOBIG:
	case ICMPV6_TIME_EXCEED:
	case ICMPV6_PARAMPROB:
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return true;
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		/* No router has forwarded it (RFC 4861, 6.1 and 7.1). */
		return ipv6_hdr(skb)->hop_limit == 255;
	}
	return false;
}

static bool rgf_is_tcp_of_ours(struct sk_buff *skb, const __be16 *ports,
			       bool v6)
{
	struct net *net = dev_net(skb->dev);
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	int dif = skb->dev->ifindex;
	struct sock *sk;

	if (v6)
		sk = __inet6_lookup_established(net, hashinfo,
						&ipv6_hdr(skb)->saddr, ports[0],
						&ipv6_hdr(skb)->daddr,
						ntohs(ports[1]), dif,
						inet6_sdif(skb));
	else
		sk = __inet_lookup_established(net, hashinfo,
					       ip_hdr(skb)->saddr, ports[0],
					       ip_hdr(skb)->daddr,
					       ntohs(ports[1]), dif,
					       inet_sdif(skb));
	if (!sk)
		return false;
	sock_gen_put(sk);
	return true;
}

/* A socket that isn't connected takes from anybody: that needs a rule. */
static bool rgf_is_udp_of_ours(struct sk_buff *skb, const __be16 *ports,
			       bool v6)
{
	struct net *net = dev_net(skb->dev);
	int dif = skb->dev->ifindex;
	struct sock *sk;

	if (v6)
		sk = __udp6_lib_lookup(net, &ipv6_hdr(skb)->saddr, ports[0],
				       &ipv6_hdr(skb)->daddr, ports[1], dif,
				       inet6_sdif(skb), rgf_udp_table(net),
				       NULL);
	else
		sk = __udp4_lib_lookup(net, ip_hdr(skb)->saddr, ports[0],
				       ip_hdr(skb)->daddr, ports[1], dif,
				       inet_sdif(skb), rgf_udp_table(net),
				       NULL);
	return sk && READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;
}

bool rgf_is_implicit(struct sk_buff *skb, const struct nf_hook_state *state,
		     const struct rgf_pkt_place *place, bool v6)
{
	const __be16 *ports;
	__be16 buf[2];

	if (state->in && state->in->flags & IFF_LOOPBACK)
		return true;
	if (place->transport < 0)
		return false;
	ports = skb_header_pointer(skb, place->transport, sizeof(buf), buf);
	if (!ports)
		return false;
	switch (place->protocol) {
	case IPPROTO_ICMP:
		return !v6 && rgf_is_wanted_icmp(*(const u8 *)ports);
	case IPPROTO_ICMPV6:
		return v6 && rgf_is_wanted_icmpv6(skb, *(const u8 *)ports);
	case IPPROTO_TCP:
		return rgf_is_tcp_of_ours(skb, ports, v6);
	case IPPROTO_UDP:
		return rgf_is_udp_of_ours(skb, ports, v6);
	}
	return false;
}
