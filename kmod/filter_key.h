/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet as the numbers that rules ask for. */
#ifndef _RGF_FILTER_KEY_H
#define _RGF_FILTER_KEY_H

#include "filter_match.h"

struct nf_hook_state;
struct sk_buff;

/* Where the transport header is; less than 0: nowhere. */
struct rgf_pkt_place {
	int transport; /* bytes from skb->data */
	u8 protocol;
};

/**
 * rgf_pkt_key_v4() - all that a table asks of an IPv4 packet
 * @key: what @asks doesn't name may be left as it is
 * @asks: BIT() of enum rgf_field_id
 * @place: filled in, too
 *
 * skb->data is at the IP header, as in netfilter hooks.
 */
void rgf_pkt_key_v4(struct rgf_pkt_key *key, u32 asks,
		    const struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    struct rgf_pkt_place *place);

/* Likewise; the protocol is the one behind the extension headers. */
void rgf_pkt_key_v6(struct rgf_pkt_key *key, u32 asks, struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    struct rgf_pkt_place *place);

#endif
