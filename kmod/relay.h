/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends a packet on to the peer of a leg. */
#ifndef _RGF_RELAY_H
#define _RGF_RELAY_H

#include <linux/types.h>

struct net;
struct rgf_leg;
struct sk_buff;

/* IPv4 without options, and UDP. */
#define RGF_HLEN 28

/**
 * rgf_relay() - address, route and transmit
 * @net: namespace
 * @to: leg whose peer gets it
 * @rtcp: which of the leg's ports
 * @skb: linear IPv4 UDP packet with a header of RGF_HLEN bytes
 * @rebuilt: the payload was changed, so the UDP checksum is made anew
 *
 * Under RCU with bottom halves disabled. Sends like a host, not like a router:
 * nothing that the packet collected on its way in goes on with it.
 *
 * Return: 0 with @skb consumed, or a RGF_DROP() with @skb untouched or at least
 * still the caller's.
 */
int rgf_relay(struct net *net, struct rgf_leg *to, bool rtcp,
	      struct sk_buff *skb, bool rebuilt);

#endif
