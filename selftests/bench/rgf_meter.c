// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts what the network stack spends on a packet between
 * napi_gro_receive() and ndo_start_xmit().
 *
 * Device metersrc builds a batch of RTP packets in a NAPI poll and hands it to
 * the stack; device metersink keeps what it is given to send, to be looked at
 * and freed after the batch. So the count holds neither the building nor the
 * freeing of packets, and no allocator that one slows the other down in. Under
 * QEMU's -icount the cycle counter counts instructions. A base run gives each
 * packet to the sink where a real run receives it; the difference is the stack.
 *
 *   198.18.0.2:30000+2n  ->  metersrc 198.18.0.1:20000+2n       (relayed)
 *                        or  198.18.1.2:40000+2n                (forwarded)
 *   metersink 198.18.1.1:20000+2n  ->  198.18.1.2:40000+2n
 *
 * With "discard" packets are to be dropped by the stack: both kinds of run free
 * them then.
 *
 * With "sources" packets come from so many addresses in turn, 10.0.0.0 and those
 * after it; with "sip" they are REGISTER requests to port 5060 of 198.18.0.1, with
 * "syn" the SYN of TCP to port 5061.
 *
 * 10,000 flows have an address of the gateway; those that follow have
 * 198.18.x.11, then .12, and so on.
 *
 * The files are in debugfs, in rgf_meter/. Reading "run" makes a run and
 * shows the median of the batches, in cycles.
 */
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/timex.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip.h>

#include "rgf_mark.h"

#define METER_BATCH    64 /* the NAPI weight, and a multiple of its list of 8 */
#define METER_PORTS    10000 /* flows of an address of the gateway */
#define METER_ROUNDS   1024
#define METER_RTP_LEN  172 /* 12-byte header, 20 ms of G.711 */
#define METER_TAIL_MAX 16 /* the longest SRTP tag */
#define METER_PKT_MAX  (METER_RTP_LEN + METER_TAIL_MAX)
#define METER_BUF_LEN  1536 /* what drivers allocate for a 1500-byte MTU */
#define METER_SSRC     0x52474600
#define METER_SEQ      1000 /* high enough for no wrap to be guessed */

#define METER_SRC      0xc6120002 /* 198.18.0.2 */
#define METER_GATEWAY  0xc6120001 /* 198.18.0.1 */
#define METER_MORE     10 /* from there to the others */
#define METER_SPOOFED  0x0a000000 /* 10.0.0.0 */
#define METER_DST      0xc6120102 /* 198.18.1.2 */
#define METER_SIP      5060
#define METER_SIPS     5061
#define METER_SPORT    30000
#define METER_GATEPORT 20000
#define METER_DPORT    40000

struct meter_rtp {
	u8 vpxcc;
	u8 mpt;
	__be16 seq;
	__be32 timestamp;
	__be32 ssrc;
	u8 payload[160];
} __packed;

struct meter_pkt {
	u16 len;
	u8 data[METER_PKT_MAX];
};

/* Knobs, by debugfs. */
static u32 rounds = 100; /* batches of a run */
static u32 flows = 200;
static u32 first; /* number of the first packet of the run */
static u32 expect = METER_RTP_LEN; /* UDP payload bytes at the sink */
static u32 sources = 1; /* 1: 198.18.0.2 */
static bool sip, syn;
static bool
	discard; /* packets end in the stack: free them in a base run, too */
static bool base; /* free packets in place of receiving them */
static bool forward; /* address packets to the host behind the sink */
static bool capture; /* keep at the sink what arrives */
static bool playback; /* send what was captured */
static bool verify; /* the sink compares with the RTP that was built */
static bool profile; /* mark the batches for selftests/profile */

static struct net_device *source, *sink;
static struct napi_struct meter_napi;
static struct dentry *meter_dir;
static struct meter_pkt *captured;
static DEFINE_MUTEX(meter_lock); /* one run at a time */

/* One run; written by the poll only, but for the queue of the sink. */
static u64 cycles[METER_ROUNDS];
static u32 round_next, packet_next, sunk, wrong;
static struct sk_buff_head built, sent;
static bool round_due;

static void meter_build_rtp(struct meter_rtp *rtp, u32 n)
{
	u32 seq = METER_SEQ + n / flows;

	rtp->vpxcc = 0x80;
	rtp->mpt = 0;
	rtp->seq = htons(seq);
	rtp->timestamp = htonl(160 * seq);
	rtp->ssrc = htonl(METER_SSRC + n % flows);
	memset(rtp->payload, n, sizeof(rtp->payload));
}

static void meter_build_sip(u8 *payload)
{
	static const char start[] = "REGISTER sip:198.18.0.1 SIP/2.0\r\n";

	memset(payload, 'x', METER_RTP_LEN);
	memcpy(payload, start, sizeof(start) - 1);
}

static u32 meter_source(u32 n)
{
	return sources > 1 ? METER_SPOOFED + n % sources : METER_SRC;
}

static u32 meter_gateway(u32 flow)
{
	u32 more = flow / METER_PORTS;

	return METER_GATEWAY + (more ? METER_MORE - 1 + more : 0);
}

static u32 meter_destination(u32 n)
{
	if (forward)
		return METER_DST;
	return sip || syn ? METER_GATEWAY : meter_gateway(n % flows);
}

static void meter_build_ip(struct sk_buff *skb, u32 n, u8 protocol)
{
	unsigned int len = skb->len;
	struct iphdr *ip = skb_push(skb, sizeof(*ip));
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	eth_zero_addr(eth->h_source);
	ether_addr_copy(eth->h_dest, source->dev_addr);
	eth->h_proto = htons(ETH_P_IP);

	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = protocol;
	ip->frag_off = htons(IP_DF);
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->saddr = htonl(meter_source(n));
	ip->daddr = htonl(meter_destination(n));
	ip_send_check(ip);
}

static void meter_build_udp(struct sk_buff *skb, u32 n)
{
	struct udphdr *udp = skb_push(skb, sizeof(*udp));
	u32 port = n % flows % METER_PORTS * 2;

	udp->source = htons(METER_SPORT + port);
	udp->dest = htons((forward ? METER_DPORT : METER_GATEPORT) + port);
	if (sip)
		udp->dest = htons(METER_SIP);
	udp->len = htons(skb->len);
	udp->check = 0;
	udp->check = csum_tcpudp_magic(htonl(meter_source(n)),
				       htonl(meter_destination(n)), skb->len,
				       IPPROTO_UDP,
				       csum_partial(udp, skb->len, 0));
}

static void meter_build_syn(struct sk_buff *skb, u32 n)
{
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

	tcp->source = htons(METER_SPORT + n % METER_PORTS);
	tcp->dest = htons(METER_SIPS);
	tcp->seq = htonl(n);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->syn = 1;
	tcp->window = htons(0xffff);
	tcp->check = csum_tcpudp_magic(htonl(meter_source(n)),
				       htonl(meter_destination(n)),
				       sizeof(*tcp), IPPROTO_TCP,
				       csum_partial(tcp, sizeof(*tcp), 0));
}

static void meter_build_payload(struct sk_buff *skb, u32 n)
{
	if (playback)
		skb_put_data(skb, captured[n].data, captured[n].len);
	else if (sip)
		meter_build_sip(skb_put(skb, METER_RTP_LEN));
	else
		meter_build_rtp(skb_put(skb, METER_RTP_LEN), n);
}

static struct sk_buff *meter_build(u32 n)
{
	struct sk_buff *skb = napi_alloc_skb(&meter_napi, METER_BUF_LEN);

	if (!skb)
		return NULL;
	skb_reserve(skb,
		    ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr));
	if (syn) {
		meter_build_syn(skb, n);
	} else {
		meter_build_payload(skb, n);
		meter_build_udp(skb, n);
	}
	meter_build_ip(skb, n, syn ? IPPROTO_TCP : IPPROTO_UDP);
	skb->protocol = eth_type_trans(skb, source);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

/* Checks all but the port, which the flow's SSRC stands for. */
static bool meter_is_intact(struct sk_buff *skb, u32 n)
{
	struct meter_rtp want;
	struct udphdr *udp;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	if (skb_linearize(skb))
		return false;
	udp = udp_hdr(skb);
	if (udp->check &&
	    csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr,
			      ntohs(udp->len), IPPROTO_UDP,
			      csum_partial(udp, ntohs(udp->len), 0)))
		return false;
	meter_build_rtp(&want, n);
	return udp->dest == htons(METER_DPORT + n % flows % METER_PORTS * 2) &&
	       ip_hdr(skb)->daddr == htonl(METER_DST) &&
	       !ip_fast_csum(ip_hdr(skb), ip_hdr(skb)->ihl) &&
	       !memcmp(udp + 1, &want, METER_RTP_LEN);
}

static void meter_capture(struct sk_buff *skb, u32 n, unsigned int head)
{
	struct meter_pkt *pkt = &captured[n];

	if (n >= METER_ROUNDS * METER_BATCH ||
	    skb->len - head > METER_PKT_MAX) {
		wrong++;
		return;
	}
	pkt->len = skb->len - head;
	skb_copy_bits(skb, head, pkt->data, pkt->len);
}

static void meter_sunk(struct sk_buff *skb)
{
	unsigned int head =
		ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr);
	u32 n = first + sunk;

	if (skb->len != head + expect)
		return; /* not ours: the stack's own multicast */
	if (capture)
		meter_capture(skb, n, head);
	if (verify && !meter_is_intact(skb, n))
		wrong++;
	sunk++;
}

static __always_inline void meter_mark(enum rgf_mark mark)
{
	asm volatile("nopl %c0(%%rax)" : : "i"(RGF_MARK_MAGIC + mark));
}

static bool meter_build_batch(void)
{
	struct sk_buff *skb;
	int i;

	for (i = 0; i < METER_BATCH; i++) {
		skb = meter_build(packet_next++);
		if (!skb)
			return false;
		__skb_queue_tail(&built, skb);
	}
	return true;
}

/* All of a batch is sent before the last napi_gro_receive() returns. */
static u64 meter_batch(void)
{
	u64 start = get_cycles();
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&built))) {
		if (base && discard)
			kfree_skb(skb);
		else if (base)
			__skb_queue_tail(&sent, skb);
		else
			napi_gro_receive(&meter_napi, skb);
	}
	return get_cycles() - start;
}

static void meter_round(void)
{
	struct sk_buff *skb;

	if (meter_build_batch()) {
		if (profile && base)
			meter_mark(RGF_MARK_BASE);
		else if (profile)
			meter_mark(RGF_MARK_RUN);
		cycles[round_next] = meter_batch();
		meter_mark(RGF_MARK_END);
		round_next++;
	}
	__skb_queue_purge(&built);
	while ((skb = __skb_dequeue(&sent))) {
		meter_sunk(skb);
		consume_skb(skb);
	}
}

static int meter_poll(struct napi_struct *napi, int budget)
{
	if (round_due && budget >= METER_BATCH) {
		round_due = false;
		meter_round();
		return budget;
	}
	napi_complete_done(napi, 0);
	return 0;
}

/* Looked at when the batch is over, by meter_sunk(). */
static netdev_tx_t meter_sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	__skb_queue_tail(&sent, skb);
	return NETDEV_TX_OK;
}

static netdev_tx_t meter_source_xmit(struct sk_buff *skb,
				     struct net_device *dev)
{
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static int meter_source_open(struct net_device *dev)
{
	napi_enable(&meter_napi);
	return 0;
}

static int meter_source_stop(struct net_device *dev)
{
	napi_disable(&meter_napi);
	return 0;
}

static const struct net_device_ops meter_source_ops = {
	.ndo_open = meter_source_open,
	.ndo_stop = meter_source_stop,
	.ndo_start_xmit = meter_source_xmit,
};

static const struct net_device_ops meter_sink_ops = {
	.ndo_start_xmit = meter_sink_xmit,
};

static void meter_setup(struct net_device *dev)
{
	ether_setup(dev);
	eth_hw_addr_random(dev);
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= NETIF_F_SG | NETIF_F_HW_CSUM;
	dev->hw_features |= dev->features;
}

static int meter_cmp(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int meter_run_round(void)
{
	u32 before = round_next;
	int tries;

	round_due = true;
	local_bh_disable();
	napi_schedule(&meter_napi);
	local_bh_enable();
	for (tries = 0; READ_ONCE(round_next) == before; tries++) {
		if (tries == 1000)
			return -ETIMEDOUT;
		usleep_range(1000, 2000); /* ksoftirqd has it */
	}
	return 0;
}

static int meter_run(void)
{
	u64 end = (u64)first + (u64)rounds * METER_BATCH;
	u32 i;
	int err;

	if (!rounds || rounds > METER_ROUNDS || !flows ||
	    ((capture || playback) && end > METER_ROUNDS * METER_BATCH) ||
	    !sources || !netif_running(source) || !netif_running(sink))
		return -EINVAL;
	round_next = 0;
	packet_next = first;
	sunk = 0;
	wrong = 0;
	for (i = 0; i < rounds; i++) {
		err = meter_run_round();
		if (err)
			return err;
	}
	sort(cycles, rounds, sizeof(*cycles), meter_cmp, NULL);
	return 0;
}

static int run_show(struct seq_file *seq, void *unused)
{
	int err;

	mutex_lock(&meter_lock);
	err = meter_run();
	if (!err)
		seq_printf(seq, "median %llu sent %u sunk %u wrong %u\n",
			   cycles[rounds / 2], rounds * METER_BATCH, sunk,
			   wrong);
	mutex_unlock(&meter_lock);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(run);

static void meter_create_files(void)
{
	meter_dir = debugfs_create_dir("rgf_meter", NULL);
	debugfs_create_u32("rounds", 0600, meter_dir, &rounds);
	debugfs_create_u32("flows", 0600, meter_dir, &flows);
	debugfs_create_u32("sources", 0600, meter_dir, &sources);
	debugfs_create_bool("discard", 0600, meter_dir, &discard);
	debugfs_create_bool("sip", 0600, meter_dir, &sip);
	debugfs_create_bool("syn", 0600, meter_dir, &syn);
	debugfs_create_u32("first", 0600, meter_dir, &first);
	debugfs_create_u32("expect", 0600, meter_dir, &expect);
	debugfs_create_bool("base", 0600, meter_dir, &base);
	debugfs_create_bool("forward", 0600, meter_dir, &forward);
	debugfs_create_bool("capture", 0600, meter_dir, &capture);
	debugfs_create_bool("playback", 0600, meter_dir, &playback);
	debugfs_create_bool("verify", 0600, meter_dir, &verify);
	debugfs_create_bool("profile", 0600, meter_dir, &profile);
	debugfs_create_file("run", 0400, meter_dir, NULL, &run_fops);
}

static struct net_device *meter_create(const char *name,
				       const struct net_device_ops *ops)
{
	struct net_device *dev;

	dev = alloc_netdev(0, name, NET_NAME_USER, meter_setup);
	if (dev)
		dev->netdev_ops = ops;
	return dev;
}

static int __init meter_init(void)
{
	int err = -ENOMEM;

	__skb_queue_head_init(&built);
	__skb_queue_head_init(&sent);
	captured = vcalloc(METER_ROUNDS * METER_BATCH, sizeof(*captured));
	source = meter_create("metersrc", &meter_source_ops);
	sink = meter_create("metersink", &meter_sink_ops);
	if (!captured || !source || !sink)
		goto err_free;
	netif_napi_add(source, &meter_napi, meter_poll);
	err = register_netdev(source);
	if (err)
		goto err_free;
	err = register_netdev(sink);
	if (err)
		goto err_source;
	meter_create_files();
	return 0;

err_source:
	unregister_netdev(source);
err_free:
	if (sink)
		free_netdev(sink);
	if (source)
		free_netdev(source);
	vfree(captured);
	return err;
}

static void __exit meter_exit(void)
{
	debugfs_remove(meter_dir);
	unregister_netdev(sink);
	unregister_netdev(source);
	free_netdev(sink);
	free_netdev(source);
	vfree(captured);
}

module_init(meter_init);
module_exit(meter_exit);

MODULE_DESCRIPTION("Instructions per packet of the network stack");
MODULE_LICENSE("GPL");
