// SPDX-License-Identifier: GPL-2.0-only
#include "filter_key.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "filter_compile.h"
#include "filter_cond.h"

/* Few rule sets do; one look at all of them is enough for the others. */
#define RGF_ASKS_RARE                                                    \
	(BIT(RGF_FIELD_IN) | BIT(RGF_FIELD_OUT) | BIT(RGF_FIELD_STATE) | \
	 BIT(RGF_FIELD_TIME))
#define RGF_ASKS_TRANSPORT \
	(BIT(RGF_FIELD_SPORT) | BIT(RGF_FIELD_DPORT) | BIT(RGF_FIELD_ICMP))

static struct rgf_key *rgf_wide(struct rgf_pkt_key *key, enum rgf_field_id id)
{
	return &key->wide[id - RGF_NR_NARROW];
}

static void rgf_key_names(struct rgf_pkt_key *key, u32 asks,
			  const struct nf_hook_state *state)
{
	static const struct rgf_key none;

	if (asks & BIT(RGF_FIELD_IN))
		*rgf_wide(key, RGF_FIELD_IN) =
			state->in ? rgf_ifname_key(state->in->name) : none;
	if (asks & BIT(RGF_FIELD_OUT))
		*rgf_wide(key, RGF_FIELD_OUT) =
			state->out ? rgf_ifname_key(state->out->name) : none;
}

/* As nft_ct and xt_conntrack see it. */
static u32 rgf_key_state(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	enum ringfence_connection_state state;

	if (!nf_ct_get(skb, &info))
		state = info == IP_CT_UNTRACKED
				? RINGFENCE_CONNECTION_STATE_UNTRACKED
				: RINGFENCE_CONNECTION_STATE_INVALID;
	else if (info % IP_CT_IS_REPLY == IP_CT_NEW)
		state = RINGFENCE_CONNECTION_STATE_NEW;
	else if (info % IP_CT_IS_REPLY == IP_CT_RELATED)
		state = RINGFENCE_CONNECTION_STATE_RELATED;
	else
		state = RINGFENCE_CONNECTION_STATE_ESTABLISHED;
	return ilog2(state);
}

static void rgf_key_rare(struct rgf_pkt_key *key, u32 asks,
			 const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	rgf_key_names(key, asks, state);
	if (asks & BIT(RGF_FIELD_STATE))
		key->narrow[RGF_FIELD_STATE] = rgf_key_state(skb);
	if (asks & BIT(RGF_FIELD_TIME))
		key->narrow[RGF_FIELD_TIME] =
			rgf_minute_of_week(ktime_get_real_seconds());
}

/* Protocols whose header begins with a source and a destination port. */
static bool rgf_has_ports(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

/* What is too short to have them has none. */
static void rgf_key_transport(struct rgf_pkt_key *key,
			      const struct sk_buff *skb,
			      const struct rgf_pkt_place *place)
{
	bool icmp = place->protocol == IPPROTO_ICMP ||
		    place->protocol == IPPROTO_ICMPV6;
	const __be16 *ports;
	__be16 buf[2];

	key->narrow[RGF_FIELD_SPORT] = RGF_FIELD_NONE;
	key->narrow[RGF_FIELD_DPORT] = RGF_FIELD_NONE;
	key->narrow[RGF_FIELD_ICMP] = RGF_FIELD_NONE;
	if (place->transport < 0 || (!icmp && !rgf_has_ports(place->protocol)))
		return;
	ports = skb_header_pointer(skb, place->transport,
				   icmp ? sizeof(buf[0]) : sizeof(buf), buf);
	if (!ports)
		return;
	if (icmp) {
		key->narrow[RGF_FIELD_ICMP] = ntohs(ports[0]);
		return;
	}
	key->narrow[RGF_FIELD_SPORT] = ntohs(ports[0]);
	key->narrow[RGF_FIELD_DPORT] = ntohs(ports[1]);
}

void rgf_pkt_key_v4(struct rgf_pkt_key *key, u32 asks,
		    const struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    struct rgf_pkt_place *place)
{
	const struct iphdr *iph = ip_hdr(skb);
	bool later = iph->frag_off & htons(IP_OFFSET);

	place->protocol = iph->protocol;
	place->transport =
		later ? -1 : (int)(skb_network_offset(skb) + ip_hdrlen(skb));
	key->narrow[RGF_FIELD_PROTOCOL] = iph->protocol;
	key->narrow[RGF_FIELD_DSCP] = iph->tos >> 2;
	key->narrow[RGF_FIELD_FROM4] = ntohl(iph->saddr);
	key->narrow[RGF_FIELD_TO4] = ntohl(iph->daddr);
	if (asks & RGF_ASKS_TRANSPORT)
		rgf_key_transport(key, skb, place);
	if (asks & RGF_ASKS_RARE)
		rgf_key_rare(key, asks, skb, state);
}

static struct rgf_key rgf_key_in6(const struct in6_addr *addr)
{
	return (struct rgf_key){ get_unaligned_be64(&addr->s6_addr32[0]),
				 get_unaligned_be64(&addr->s6_addr32[2]) };
}

/* Behind extension headers; a later fragment has a protocol but no place. */
static void rgf_place_v6(struct sk_buff *skb, struct rgf_pkt_place *place,
			 u32 *protocol)
{
	unsigned int off = 0;
	unsigned short frag = 0;
	int found;

	place->transport = -1;
	place->protocol = IPPROTO_NONE;
	*protocol = RGF_FIELD_NONE;
	found = ipv6_find_hdr(skb, &off, -1, &frag, NULL);
	if (found < 0)
		return;
	place->protocol = found;
	*protocol = found;
	if (!frag)
		place->transport = off;
}

void rgf_pkt_key_v6(struct rgf_pkt_key *key, u32 asks, struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    struct rgf_pkt_place *place)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	key->narrow[RGF_FIELD_DSCP] = ipv6_get_dsfield(ip6h) >> 2;
	*rgf_wide(key, RGF_FIELD_FROM6) = rgf_key_in6(&ip6h->saddr);
	*rgf_wide(key, RGF_FIELD_TO6) = rgf_key_in6(&ip6h->daddr);
	if (likely(rgf_has_ports(ip6h->nexthdr) ||
		   ip6h->nexthdr == IPPROTO_ICMPV6)) {
		place->protocol = ip6h->nexthdr;
		place->transport = skb_network_offset(skb) + sizeof(*ip6h);
		key->narrow[RGF_FIELD_PROTOCOL] = ip6h->nexthdr;
	} else {
		rgf_place_v6(skb, place, &key->narrow[RGF_FIELD_PROTOCOL]);
	}
	if (asks & RGF_ASKS_TRANSPORT)
		rgf_key_transport(key, skb, place);
	if (asks & RGF_ASKS_RARE)
		rgf_key_rare(key, asks, skb, state);
}
