/* SPDX-License-Identifier: GPL-2.0-only */
/* What a host can't do without, whatever its rules forgot. */
#ifndef _RGF_FILTER_IMPLICIT_H
#define _RGF_FILTER_IMPLICIT_H

#include "filter_key.h"

/**
 * rgf_is_implicit() - accept instead of dropping by default?
 * @skb: to this host
 * @place: of its transport header
 *
 * From the loopback device; for a connection that a socket has; ICMP errors and
 * echo replies; neighbour discovery (RFC 4861) and multicast listeners (RFC
 * 3810). Softirq, under RCU.
 */
bool rgf_is_implicit(struct sk_buff *skb, const struct nf_hook_state *state,
		     const struct rgf_pkt_place *place, bool v6);

#endif
