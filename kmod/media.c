// SPDX-License-Identifier: GPL-2.0-only
/*
 * A media packet's way: checked, and relayed at once if it is plain on both
 * sides; otherwise job.c takes it. Read it from the bottom.
 */
#include "media.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/xfrm.h>

#include "compat.h"
#include "conf.h"
#include "drop.h"
#include "job.h"
#include "latch.h"
#include "notify.h"
#include "parse.h"
#include "relay.h"
#include "session.h"
#include "srtp.h"
#include "trace.h"

/* STUN and DTLS packets a second that a leg gives to userspace. */
#define RGF_PUNT_RATE 50

/* In place of a RGF_DROP(): the packet is for the stack, not for us. */
#define RGF_PASS (-1)

void rgf_media_drop(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		    u32 ssrc, int drop)
{
	enum ringfence_drop_reason reason = rgf_drop_reason(drop);

	trace_rgf_drop(conf, leg, ssrc, skb->len, reason);
	rgf_count_drop(conf->session->leg[leg].counters, reason);
	rgf_count_drop(conf->session->rn->counters, reason);
	if (reason == RINGFENCE_DROP_REASON_AUTH_FAILED)
		rgf_notify_auth(conf, leg, ssrc);
	kfree_skb(skb);
}

/* Where IPsec is required, only what came through it. */
static __always_inline int rgf_check_ipsec(struct sk_buff *skb)
{
	bool good = skb->protocol == htons(ETH_P_IP)
			    ? xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb)
			    : xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb);

	return good ? 0 : RGF_DROP(WRONG_SOURCE);
}

/*
 * Only where the payload is to change without having been authenticated: it
 * must not get a good tag over bad bytes. Elsewhere the sender's checksum goes
 * on with the packet, or the tag says more.
 */
static int rgf_check_csum(struct sk_buff *skb, const struct rgf_in *in)
{
	unsigned int off = in->hdr_len - sizeof(struct udphdr);
	__sum16 bad;

	if (!in->check || skb_csum_unnecessary(skb))
		return 0;
	bad = skb->protocol == htons(ETH_P_IP)
		      ? nf_ip_checksum(skb, NF_INET_LOCAL_IN, off, IPPROTO_UDP)
		      : nf_ip6_checksum(skb, NF_INET_LOCAL_IN, off,
					IPPROTO_UDP);
	return bad ? RGF_DROP(MALFORMED) : 0;
}

/*
 * RTP and RTCP, which are told apart by a constant: relayed at once if nothing
 * is to be done to the payload.
 */
static __always_inline int rgf_media_rtp(struct rgf_port *port,
					 struct sk_buff *skb, struct rgf_in *in,
					 struct rgf_pkt *pkt, bool rtcp)
{
	struct rgf_conf *conf = port->conf;
	u8 leg = port->leg;
	struct rgf_leg *from = &conf->leg[leg];
	const struct rgf_srtp *rx = from->rx, *tx = conf->leg[!leg].tx;
	bool proves = from->proves[rtcp];
	int drop;

	pkt->rtcp = rtcp;
	drop = rgf_latch_check(conf->session->rn->net, from,
			       rgf_leg_path(from, rtcp), in, proves) ?:
	       rgf_check_ipsec(skb) ?:
	       (rtcp ? rgf_parse_rtcp(skb->data + in->hdr_len, rx, pkt)
		     : rgf_parse_rtp(skb->data + in->hdr_len, rx, pkt));
	if (!drop && tx && !proves)
		drop = rgf_check_csum(skb, in);
	if (unlikely(drop))
		return drop;

	__skb_pull(skb, in->hdr_len);
	if (rx || tx) {
		rgf_job_start(conf, leg, skb, in, pkt);
		return 0;
	}
	rgf_media_accept(conf, leg, in, pkt);
	return rgf_media_send(conf, leg, skb, in, rtcp, false);
}

/* Apart, so that it costs RTP nothing. */
static noinline int rgf_media_rtcp(struct rgf_port *port, struct sk_buff *skb,
				   struct rgf_in *in, struct rgf_pkt *pkt)
{
	return rgf_media_rtp(port, skb, in, pkt, true);
}

/* T.38: opaque, on the RTP ports, from where RTP would go to. */
static int rgf_media_udptl(struct rgf_port *port, struct sk_buff *skb,
			   struct rgf_in *in)
{
	struct rgf_conf *conf = port->conf;
	struct rgf_leg *from = &conf->leg[port->leg];
	int drop;

	if (port->rtcp)
		return RGF_DROP(UNEXPECTED);
	drop = rgf_latch_check(conf->session->rn->net, from, 0, in, false)
		       ?: rgf_check_ipsec(skb);
	if (drop)
		return drop;

	__skb_pull(skb, in->hdr_len);
	if (!from->rx)
		rgf_latch_learn(from, 0, in);
	rgf_media_count(conf->session, from, RGF_RX_PACKETS, in->len, false);
	return rgf_media_send(conf, port->leg, skb, in, false, false);
}

static bool rgf_is_expected(const struct rgf_port *port, enum rgf_kind kind)
{
	u32 flags = port->conf->leg[port->leg].flags;

	return (kind == RGF_KIND_STUN &&
		flags & RINGFENCE_LEG_FLAGS_EXPECT_STUN) ||
	       (kind == RGF_KIND_DTLS &&
		flags & RINGFENCE_LEG_FLAGS_EXPECT_DTLS);
}

/* On the way from a device to the stack a packet comes here twice. */
static noinline int rgf_media_other(struct rgf_port *port, struct sk_buff *skb,
				    struct rgf_in *in, enum rgf_kind kind,
				    bool stack)
{
	struct rgf_conf *conf = port->conf;

	if (rgf_is_expected(port, kind)) {
		if (!stack ||
		    rgf_rate_count(&conf->session->leg[port->leg].punt_rate) <=
			    RGF_PUNT_RATE)
			return RGF_PASS;
		return RGF_DROP(RATE_LIMITED);
	}
	if (conf->flags & RINGFENCE_SESSION_FLAGS_UDPTL)
		return rgf_media_udptl(port, skb, in);
	return RGF_DROP(UNEXPECTED);
}

/* Leaves exactly headers and UDP payload in @skb, and notes the headers. */
static int rgf_open_udp(struct sk_buff *skb, unsigned int off,
			struct rgf_in *in)
{
	const struct udphdr *uh = (struct udphdr *)(skb->data + off);
	unsigned int len = ntohs(uh->len);

	if (len < sizeof(*uh) || off + len > skb->len ||
	    pskb_trim_rcsum(skb, off + len))
		return RGF_DROP(MALFORMED);
	in->sport = uh->source;
	in->check = uh->check;
	in->hdr_len = off + sizeof(*uh);
	in->len = len - sizeof(*uh);
	if (skb->protocol == htons(ETH_P_IP)) {
		in->saddr = rgf_addr_v4(ip_hdr(skb)->saddr);
		in->tos = ip_hdr(skb)->tos;
		in->ttl = ip_hdr(skb)->ttl;
	} else {
		in->saddr.in6 = ipv6_hdr(skb)->saddr;
		in->tos = ipv6_get_dsfield(ipv6_hdr(skb));
		in->ttl = ipv6_hdr(skb)->hop_limit;
	}
	return 0;
}

bool rgf_media_one(struct rgf_port *port, struct sk_buff *skb, unsigned int off,
		   bool stack)
{
	struct rgf_pkt pkt rgf_uninitialized;
	struct rgf_in in rgf_uninitialized;
	struct rgf_conf *conf = port->conf;
	enum rgf_kind kind;
	int drop;

	pkt.ssrc = 0;
	drop = skb_linearize(skb) ? RGF_DROP(NO_MEMORY)
				  : rgf_open_udp(skb, off, &in);
	if (likely(!drop)) {
		kind = rgf_parse_kind(skb->data + in.hdr_len, in.len,
				      rgf_leg_is_mux(&conf->leg[port->leg]),
				      port->rtcp);
		pkt.len = in.len;
		if (likely(kind == RGF_KIND_RTP))
			drop = rgf_media_rtp(port, skb, &in, &pkt, false);
		else if (kind == RGF_KIND_RTCP)
			drop = rgf_media_rtcp(port, skb, &in, &pkt);
		else
			drop = rgf_media_other(port, skb, &in, kind, stack);
	}
	if (drop == RGF_PASS)
		return false;
	if (drop)
		rgf_media_drop(conf, port->leg, skb, pkt.ssrc, drop);
	return true;
}

/* STUN or DTLS that a socket gets can stay merged, it will be split there. */
static bool rgf_gso_is_for_stack(const struct rgf_port *port,
				 const struct sk_buff *skb, unsigned int off)
{
	u8 buf;
	const u8 *first = skb_header_pointer(skb, off + sizeof(struct udphdr),
					     sizeof(buf), &buf);

	return first &&
	       rgf_is_expected(port, rgf_parse_kind(first, 1, false, false));
}

bool rgf_media_gso(struct rgf_port *port, struct sk_buff *skb, unsigned int off,
		   bool stack)
{
	struct sk_buff *segs, *next;

	if (rgf_gso_is_for_stack(port, skb, off))
		return rgf_media_one(port, skb, off, stack);
	if (!(skb_shinfo(skb)->gso_type &
	      (SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST))) {
		/* One large datagram, left to be fragmented at the end. */
		skb_gso_reset(skb);
		return rgf_media_one(port, skb, off, stack);
	}
	/* As a driver would have it, with its link-layer header. */
	__skb_push(skb, -skb_mac_offset(skb));
	segs = __skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM, false);
	if (IS_ERR_OR_NULL(segs)) {
		rgf_media_drop(port->conf, port->leg, skb, 0,
			       RGF_DROP(MALFORMED));
		return true;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next)
	{
		skb_mark_not_on_list(skb);
		__skb_pull(skb, skb_network_offset(skb));
		if (!rgf_media_one(port, skb, off, stack))
			rgf_media_drop(port->conf, port->leg, skb, 0,
				       RGF_DROP(UNEXPECTED));
	}
	return true;
}
