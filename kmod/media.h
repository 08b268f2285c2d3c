/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of a packet to a port of a session. */
#ifndef _RGF_MEDIA_H
#define _RGF_MEDIA_H

#include <linux/bitops.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#include "conf.h"
#include "latch.h"
#include "net.h"
#include "notify.h"
#include "parse.h"
#include "relay.h"
#include "rtpstat.h"
#include "session.h"
#include "stats.h"

/* The same as rgf_media(), of a packet that is one datagram. */
bool rgf_media_one(struct rgf_port *port, struct sk_buff *skb, unsigned int off,
		   bool stack);

/* Datagrams that GRO or a local sender put together go one by one. */
bool rgf_media_gso(struct rgf_port *port, struct sk_buff *skb, unsigned int off,
		   bool stack);

/**
 * rgf_media() - relay a packet, or drop it
 * @port: it is to
 * @skb: UDP; ->data is the IP header, which was checked
 * @off: where the UDP header is
 * @stack: it came by the stack, so that a socket may be next
 *
 * Under RCU with bottom halves disabled.
 *
 * Return: true if @skb was taken, false if it is for the stack.
 */
static inline bool rgf_media(struct rgf_port *port, struct sk_buff *skb,
			     unsigned int off, bool stack)
{
	return unlikely(skb_is_gso(skb)) ? rgf_media_gso(port, skb, off, stack)
					 : rgf_media_one(port, skb, off, stack);
}

/*
 * What packets that need a cipher share with those that need none.
 */

/* Counts and frees a packet; @ssrc 0 if not known. */
void rgf_media_drop(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		    u32 ssrc, int drop);

/* Of a leg and of the namespace; @packets: RGF_RX_PACKETS or RGF_TX_PACKETS. */
static inline void rgf_media_count(const struct rgf_session *session,
				   const struct rgf_leg *leg,
				   enum rgf_counter packets, unsigned int len,
				   bool rtcp)
{
	rgf_count_packet(leg->state->counters, packets, len, rtcp);
	rgf_count_packet(session->rn->counters, packets, len, rtcp);
}

/* The packet is the peer's: from here on it may change state. */
static __always_inline void rgf_media_accept(struct rgf_conf *conf, u8 leg,
					     const struct rgf_in *in,
					     const struct rgf_pkt *pkt)
{
	struct rgf_leg *from = &conf->leg[leg];
	struct rgf_leg_state *state = from->state;
	bool rtcp = pkt->rtcp;

	rgf_latch_learn(from, rgf_leg_path(from, rtcp), in);
	rgf_media_count(conf->session, from, RGF_RX_PACKETS, in->len, rtcp);
	if (likely(!rtcp))
		rgf_rtpstats_count(&state->rtpstats, pkt, from->clock_rate,
				   ktime_get_ns());
	if (unlikely(!test_bit(RGF_LEG_HEARD, &state->flags)) &&
	    !test_and_set_bit(RGF_LEG_HEARD, &state->flags))
		rgf_notify_media(conf, leg, pkt->ssrc);
}

/* Sends it on from the other leg; 0 or a RGF_DROP() with @skb not freed. */
static inline int rgf_media_send(struct rgf_conf *conf, u8 leg,
				 struct sk_buff *skb, const struct rgf_in *in,
				 bool rtcp, bool rebuilt)
{
	const struct rgf_session *session = conf->session;
	const struct rgf_leg *to = &conf->leg[!leg];
	unsigned int len = skb->len;
	int drop;

	drop = rgf_relay(session->rn->net, to, rtcp, skb, in, rebuilt);
	if (unlikely(drop))
		return drop;
	rgf_media_count(session, to, RGF_TX_PACKETS, len, rtcp);
	return 0;
}

#endif
