// SPDX-License-Identifier: GPL-2.0-only
#include "hook.h"

#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "conf.h"
#include "drop.h"
#include "net.h"
#include "notify.h"
#include "parse.h"
#include "relay.h"
#include "session.h"
#include "srtp.h"

enum rgf_step {
	RGF_UNPROTECT,
	RGF_ACCEPT,
	RGF_ENCRYPT,
	RGF_SEAL,
	RGF_SEND,
};

/* A packet that needs a cipher on its way. */
struct rgf_job {
	struct sk_buff *skb;
	struct rgf_conf *conf; /* a reference */
	struct rgf_pkt pkt;
	u8 leg; /* it came in on */
	enum rgf_step step; /* to do next */
	struct rgf_crypt crypt; /* last, a request's context follows */
};

static void rgf_drop(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		     const struct rgf_pkt *pkt, int drop)
{
	enum ringfence_drop_reason reason = rgf_drop_reason(drop);

	rgf_count_drop(conf->session->leg[leg].counters, reason);
	rgf_count_drop(conf->session->rn->counters, reason);
	if (reason == RINGFENCE_DROP_REASON_AUTH_FAILED)
		rgf_notify_auth(conf, leg, pkt->ssrc);
	kfree_skb(skb);
}

/* The packet is the peer's: from here on it may change state. */
static void rgf_accept(struct rgf_conf *conf, u8 leg, const struct rgf_pkt *pkt,
		       unsigned int rx_len)
{
	struct rgf_leg_state *state = &conf->session->leg[leg];

	rgf_count_packet(state->counters, RGF_RX_PACKETS, rx_len, pkt->rtcp);
	rgf_count_packet(conf->session->rn->counters, RGF_RX_PACKETS, rx_len,
			 pkt->rtcp);
	if (unlikely(!test_bit(RGF_LEG_HEARD, &state->flags)) &&
	    !test_and_set_bit(RGF_LEG_HEARD, &state->flags))
		rgf_notify_media(conf, leg, pkt->ssrc);
}

static int rgf_send(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		    const struct rgf_pkt *pkt, bool rebuilt)
{
	struct rgf_session *session = conf->session;
	int drop;

	drop = rgf_relay(session->rn->net, &conf->leg[!leg], pkt->rtcp, skb,
			 rebuilt);
	if (drop)
		return drop;
	rgf_count_packet(session->leg[!leg].counters, RGF_TX_PACKETS, pkt->len,
			 pkt->rtcp);
	rgf_count_packet(session->rn->counters, RGF_TX_PACKETS, pkt->len,
			 pkt->rtcp);
	return 0;
}

static int rgf_job_step(struct rgf_job *job)
{
	struct rgf_conf *conf = job->conf;
	struct rgf_srtp *rx = conf->leg[job->leg].rx;
	struct rgf_srtp *tx = conf->leg[!job->leg].tx;

	switch (job->step++) {
	case RGF_UNPROTECT:
		return rx ? rgf_srtp_unprotect(rx, job->skb, RGF_HLEN,
					       &job->pkt, &job->crypt)
			  : 0;
	case RGF_ACCEPT:
		rgf_accept(conf, job->leg, &job->pkt,
			   ntohs(udp_hdr(job->skb)->len) -
				   sizeof(struct udphdr));
		return 0;
	case RGF_ENCRYPT:
		return tx ? rgf_srtp_encrypt(tx, job->skb, RGF_HLEN, &job->pkt,
					     &job->crypt)
			  : 0;
	case RGF_SEAL:
		return tx ? rgf_srtp_seal(tx, job->skb, RGF_HLEN, &job->pkt,
					  &job->crypt)
			  : 0;
	case RGF_SEND:
		return rgf_send(conf, job->leg, job->skb, &job->pkt, true);
	}
	return 0;
}

/*
 * All steps, until one has to wait. The one place where a job ends, whether the
 * ciphers ran at once, later, or failed. After -EINPROGRESS the job belongs to
 * its completion, which may have freed it already.
 */
static void rgf_job_run(struct rgf_job *job, int err)
{
	bool sent = false;

	while (!err && !sent) {
		sent = job->step == RGF_SEND;
		err = rgf_job_step(job);
	}
	if (err == -EINPROGRESS)
		return;
	if (err < 0)
		err = RGF_DROP(CRYPTO_ERROR);
	if (err)
		rgf_drop(job->conf, job->leg, job->skb, &job->pkt, err);
	rgf_conf_put(job->conf);
	kfree(job);
}

/* A cipher that had to wait is done. */
static void rgf_job_done(rgf_crypto_arg *arg, int err)
{
	/* The request left a backlog; we ask for none. */
	if (err == -EINPROGRESS)
		return;

	local_bh_disable();
	rcu_read_lock();
	rgf_job_run(rgf_crypto_data(arg), err);
	rcu_read_unlock();
	local_bh_enable();
}

static unsigned int rgf_job_reqsize(const struct rgf_srtp *rx,
				    const struct rgf_srtp *tx)
{
	return max(rx ? rgf_srtp_reqsize(rx) : 0,
		   tx ? rgf_srtp_reqsize(tx) : 0);
}

/* Room to grow, and bytes that nobody else, a sniffer say, looks at. */
static int rgf_make_private(struct sk_buff *skb)
{
	if (!skb_cloned(skb) && skb_tailroom(skb) >= RGF_SRTP_TAILROOM)
		return 0;
	return pskb_expand_head(skb, 0, RGF_SRTP_TAILROOM, GFP_ATOMIC);
}

static int rgf_job_start(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
			 const struct rgf_pkt *pkt)
{
	unsigned int reqsize =
		rgf_job_reqsize(conf->leg[leg].rx, conf->leg[!leg].tx);
	struct rgf_job *job;

	if (rgf_make_private(skb))
		return RGF_DROP(NO_MEMORY);
	job = kmalloc(sizeof(*job) + reqsize, GFP_ATOMIC);
	if (!job)
		return RGF_DROP(NO_MEMORY);
	if (!rgf_conf_hold(conf)) {
		/* The session went while the packet came. */
		kfree(job);
		kfree_skb(skb);
		return 0;
	}
	/* The packet may outlive the device that it came from. */
	skb->dev = NULL;
	job->skb = skb;
	job->conf = conf;
	job->pkt = *pkt;
	job->leg = leg;
	job->step = RGF_UNPROTECT;
	job->crypt.done = rgf_job_done;
	job->crypt.data = job;
	rgf_job_run(job, 0);
	return 0;
}

/* Signalled peer only, and if IPsec is required, only what came through it. */
static int rgf_check_source(struct sk_buff *skb, const struct rgf_leg *leg,
			    bool rtcp)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct udphdr *uh = udp_hdr(skb);

	if (iph->saddr != leg->peer_addr || uh->source != leg->peer_port[rtcp])
		return RGF_DROP(WRONG_SOURCE);
	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return RGF_DROP(WRONG_SOURCE);
	return 0;
}

/* Leaves exactly headers and UDP payload in @skb. */
static int rgf_check_udp(struct sk_buff *skb, struct rgf_pkt *pkt)
{
	unsigned int len = ntohs(udp_hdr(skb)->len);

	if (len < sizeof(struct udphdr) ||
	    len > skb->len - sizeof(struct iphdr) ||
	    pskb_trim_rcsum(skb, sizeof(struct iphdr) + len))
		return RGF_DROP(MALFORMED);
	pkt->len = len - sizeof(struct udphdr);
	return 0;
}

/*
 * Only where the payload is to change without having been authenticated: it
 * must not get a good tag over bad bytes. Elsewhere the sender's checksum goes
 * on with the packet, or the tag says more.
 */
static int rgf_check_csum(struct sk_buff *skb)
{
	if (udp_hdr(skb)->check &&
	    nf_ip_checksum(skb, NF_INET_PRE_ROUTING, sizeof(struct iphdr),
			   IPPROTO_UDP))
		return RGF_DROP(MALFORMED);
	return 0;
}

/*
 * A packet to a port of a session: checked here, and relayed at once if it is
 * plain on both sides. Otherwise it becomes a job.
 */
static int rgf_media(struct rgf_port *port, struct sk_buff *skb,
		     struct rgf_pkt *pkt)
{
	struct rgf_conf *conf = port->conf;
	struct rgf_leg *from = &conf->leg[port->leg];
	struct rgf_srtp *rx = from->rx;
	struct rgf_srtp *tx = conf->leg[!port->leg].tx;
	int drop;

	if (skb_linearize(skb))
		return RGF_DROP(NO_MEMORY);
	if (ip_hdr(skb)->ihl != 5 || skb->len < RGF_HLEN)
		return RGF_DROP(MALFORMED);
	skb_set_transport_header(skb, sizeof(struct iphdr));

	drop = rgf_check_source(skb, from, pkt->rtcp) ?:
	       rgf_check_udp(skb, pkt) ?:
	       rgf_parse_media(skb->data + RGF_HLEN, rx, pkt);
	if (!drop && tx && !rx)
		drop = rgf_check_csum(skb);
	if (drop)
		return drop;
	if (rx || tx)
		return rgf_job_start(conf, port->leg, skb, pkt);

	rgf_accept(conf, port->leg, pkt, pkt->len);
	return rgf_send(conf, port->leg, skb, pkt, false);
}

static void rgf_media_one(struct rgf_port *port, struct sk_buff *skb)
{
	struct rgf_pkt pkt = { .rtcp = port->rtcp };
	int drop = rgf_media(port, skb, &pkt);

	if (drop)
		rgf_drop(port->conf, port->leg, skb, &pkt, drop);
}

/* Datagrams that GRO or a local sender put together go one by one. */
static void rgf_media_gso(struct rgf_port *port, struct sk_buff *skb)
{
	struct sk_buff *segs, *next;

	if (!(skb_shinfo(skb)->gso_type &
	      (SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST))) {
		/* One large datagram, left to be fragmented at the end. */
		skb_gso_reset(skb);
		rgf_media_one(port, skb);
		return;
	}
	segs = __skb_gso_segment(skb, NETIF_F_SG | NETIF_F_IP_CSUM, false);
	if (IS_ERR_OR_NULL(segs)) {
		struct rgf_pkt pkt = {};

		rgf_drop(port->conf, port->leg, skb, &pkt, RGF_DROP(MALFORMED));
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next)
	{
		skb_mark_not_on_list(skb);
		rgf_media_one(port, skb);
	}
}

/*
 * Fragments of what is for this host are put together as they would be on
 * delivery. Returns 0 with a whole packet, else the fragment was taken.
 */
static int rgf_defrag(struct net *net, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	err = ip_defrag(net, skb, IP_DEFRAG_LOCAL_DELIVER);
	local_bh_enable();
	return err;
}

static unsigned int rgf_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct rgf_net *rn = priv;
	const struct udphdr *uh;
	struct rgf_port *port;
	struct udphdr buf;

	if (iph->protocol != IPPROTO_UDP || skb->pkt_type != PACKET_HOST)
		return NF_ACCEPT;
	if (unlikely(ip_is_fragment(iph))) {
		if (inet_addr_type(rn->net, iph->daddr) != RTN_LOCAL)
			return NF_ACCEPT;
		if (rgf_defrag(rn->net, skb))
			return NF_STOLEN;
		iph = ip_hdr(skb);
	}
	uh = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	if (!uh)
		return NF_ACCEPT;
	port = rgf_porttab_find(&rn->porttab, iph->daddr, uh->dest);
	if (!port)
		return NF_ACCEPT;

	local_bh_disable();
	if (unlikely(skb_is_gso(skb)))
		rgf_media_gso(port, skb);
	else
		rgf_media_one(port, skb);
	local_bh_enable();
	return NF_STOLEN;
}

int rgf_hook_register(struct rgf_net *rn)
{
	rn->hook = (struct nf_hook_ops){
		.hook = rgf_hook,
		.priv = rn,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		/* Right after conntrack's defragmentation, if that is there. */
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	};
	return nf_register_net_hook(rn->net, &rn->hook);
}

void rgf_hook_unregister(struct rgf_net *rn)
{
	nf_unregister_net_hook(rn->net, &rn->hook);
	synchronize_net();
}
