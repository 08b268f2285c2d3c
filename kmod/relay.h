/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts new headers on a media packet and sends it to the peer of a leg. */
#ifndef _RGF_RELAY_H
#define _RGF_RELAY_H

#include <linux/types.h>

#include "addr.h"

struct net;
struct rgf_leg;
struct sk_buff;

/* IPv6 and UDP, the longest that is put in front of a payload. */
#define RGF_HLEN_MAX 48

/* What of a packet's IP and UDP headers is still needed without them. */
struct rgf_in {
	struct rgf_addr saddr;
	__wsum ends; /* of both addresses and ports, see rgf_sum_ends() */
	__be16 sport;
	__sum16 check; /* of UDP; 0: none */
	u16 hdr_len; /* bytes of both headers, the payload is behind them */
	u16 len; /* bytes of payload */
	u8 tos; /* or traffic class */
	u8 ttl; /* or hop limit */
};

/**
 * rgf_relay() - address, route and transmit
 * @net: namespace
 * @to: leg whose peer gets it
 * @rtcp: which of the leg's ports
 * @skb: linear UDP payload, without headers
 * @in: the headers that it had
 * @rebuilt: the payload was changed, so the UDP checksum is made anew
 *
 * Under RCU with bottom halves disabled. Sends like a host, not like a router:
 * nothing that the packet collected on its way in goes on with it. What is too
 * long for the path leaves in fragments.
 *
 * Return: 0 with @skb consumed, or a RGF_DROP() with @skb still the caller's.
 */
int rgf_relay(struct net *net, const struct rgf_leg *to, bool rtcp,
	      struct sk_buff *skb, const struct rgf_in *in, bool rebuilt);

#endif
