// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <net/netlink.h>

#include "drop.h"
#include "netlink.h"
#include "session.h"

static int rgf_put_drop(struct sk_buff *msg, u32 reason, u64 packets)
{
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_STATS_DROP);

	if (!nest || nla_put_u32(msg, RINGFENCE_A_DROP_REASON, reason) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_DROP_PACKETS, packets,
			      RINGFENCE_A_DROP_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int rgf_put_counters(struct sk_buff *msg,
		     const struct rgf_counters __percpu *counters)
{
	static const u16 types[RGF_DROPPED] = {
		[RGF_RX_PACKETS] = RINGFENCE_A_STATS_RX_PACKETS,
		[RGF_RX_BYTES] = RINGFENCE_A_STATS_RX_BYTES,
		[RGF_RX_RTCP_PACKETS] = RINGFENCE_A_STATS_RX_RTCP_PACKETS,
		[RGF_TX_PACKETS] = RINGFENCE_A_STATS_TX_PACKETS,
		[RGF_TX_BYTES] = RINGFENCE_A_STATS_TX_BYTES,
		[RGF_TX_RTCP_PACKETS] = RINGFENCE_A_STATS_TX_RTCP_PACKETS,
	};
	u64 sum[RGF_NR_COUNTERS];
	unsigned int i;

	rgf_counters_sum(counters, sum);
	for (i = 0; i < RGF_DROPPED; i++)
		if (nla_put_u64_64bit(msg, types[i], sum[i],
				      RINGFENCE_A_STATS_PAD))
			return -EMSGSIZE;
	for (; i < RGF_NR_COUNTERS; i++)
		if (sum[i] && rgf_put_drop(msg, i - RGF_DROPPED, sum[i]))
			return -EMSGSIZE;
	return 0;
}

static size_t rgf_counters_size(void)
{
	size_t drop = nla_total_size(0) + nla_total_size(sizeof(u32)) +
		      nla_total_size_64bit(sizeof(u64));

	return RGF_DROPPED * nla_total_size_64bit(sizeof(u64)) +
	       __RINGFENCE_DROP_REASON_MAX * drop;
}

/* @v4 and @v6 are attributes. */
static int rgf_put_addr(struct sk_buff *msg, int v4, int v6,
			const struct rgf_addr *addr)
{
	if (rgf_addr_is_v4(addr))
		return nla_put_in_addr(msg, v4, rgf_addr_to_v4(addr));
	return nla_put_in6_addr(msg, v6, &addr->in6);
}

static int rgf_put_port(struct sk_buff *msg, int type, __be16 port)
{
	return nla_put_u16(msg, type, ntohs(port));
}

static int rgf_put_local(struct sk_buff *msg, const struct rgf_leg *leg)
{
	if (rgf_put_addr(msg, RINGFENCE_A_LEG_LOCAL_IPV4,
			 RINGFENCE_A_LEG_LOCAL_IPV6, &leg->port[0].addr) ||
	    rgf_put_port(msg, RINGFENCE_A_LEG_LOCAL_PORT, leg->port[0].port))
		return -EMSGSIZE;
	if (rgf_leg_is_mux(leg))
		return 0;
	return rgf_put_port(msg, RINGFENCE_A_LEG_LOCAL_RTCP_PORT,
			    leg->port[1].port);
}

static int rgf_put_peer(struct sk_buff *msg, const struct rgf_leg *leg)
{
	if (rgf_addr_is_none(&leg->peer_addr))
		return 0;
	if (rgf_put_addr(msg, RINGFENCE_A_LEG_PEER_IPV4,
			 RINGFENCE_A_LEG_PEER_IPV6, &leg->peer_addr) ||
	    rgf_put_port(msg, RINGFENCE_A_LEG_PEER_PORT, leg->peer_port[0]))
		return -EMSGSIZE;
	if (rgf_leg_is_mux(leg))
		return 0;
	return rgf_put_port(msg, RINGFENCE_A_LEG_PEER_RTCP_PORT,
			    leg->peer_port[1]);
}

static int rgf_put_transport(struct sk_buff *msg, int type,
			     const struct rgf_addr *addr, __be16 port)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	if (!nest ||
	    rgf_put_addr(msg, RINGFENCE_A_TRANSPORT_IPV4,
			 RINGFENCE_A_TRANSPORT_IPV6, addr) ||
	    rgf_put_port(msg, RINGFENCE_A_TRANSPORT_PORT, port))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* Only what was learnt and isn't what was signalled. @i: RTP, RTCP. */
static int rgf_put_source(struct sk_buff *msg, const struct rgf_leg *leg,
			  unsigned int i)
{
	const struct rgf_path *path;
	int err = 0;

	rcu_read_lock();
	path = rcu_dereference(leg->path[i]);
	if (path && path->latched &&
	    (path->port != leg->peer_port[i] ||
	     !rgf_addr_equal(&path->addr, &leg->peer_addr)))
		err = rgf_put_transport(msg,
					i ? RINGFENCE_A_LEG_RTCP_SOURCE
					  : RINGFENCE_A_LEG_RTP_SOURCE,
					&path->addr, path->port);
	rcu_read_unlock();
	return err;
}

/* Defaults are left out, but for those that depend on others. */
static int rgf_put_options(struct sk_buff *msg, const struct rgf_leg *leg)
{
	if (nla_put_u32(msg, RINGFENCE_A_LEG_SUITE, leg->suite) ||
	    nla_put_u32(msg, RINGFENCE_A_LEG_LATCH, leg->latch) ||
	    (leg->flags &&
	     nla_put_u32(msg, RINGFENCE_A_LEG_FLAGS, leg->flags)) ||
	    (leg->dscp != RINGFENCE_DSCP_KEEP &&
	     nla_put_u8(msg, RINGFENCE_A_LEG_DSCP, leg->dscp)) ||
	    (leg->kdr && nla_put_u8(msg, RINGFENCE_A_LEG_KDR, leg->kdr)) ||
	    (leg->clock_rate != RGF_CLOCK_RATE_DEFAULT &&
	     nla_put_u32(msg, RINGFENCE_A_LEG_CLOCK_RATE, leg->clock_rate)))
		return -EMSGSIZE;
	return 0;
}

/* All but the key. */
static int rgf_put_key(struct sk_buff *msg, int type,
		       const struct rgf_key_info *info)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	if (!nest ||
	    (info->mki_len &&
	     nla_put(msg, RINGFENCE_A_KEY_MKI, info->mki_len, info->mki)) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_KEY_LIFETIME, info->lifetime,
			      RINGFENCE_A_KEY_PAD) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_KEY_PACKETS, info->packets,
			      RINGFENCE_A_KEY_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static size_t rgf_key_size(void)
{
	return nla_total_size(0) + nla_total_size(RINGFENCE_MKI_MAX) +
	       2 * nla_total_size_64bit(sizeof(u64));
}

static int rgf_put_keys(struct sk_buff *msg, int type,
			const struct rgf_srtp *srtp)
{
	struct rgf_key_info info;
	unsigned int i;

	for (i = 0; srtp && i < rgf_srtp_nr_keys(srtp); i++) {
		rgf_srtp_key_info(srtp, i, &info);
		if (rgf_put_key(msg, type, &info))
			return -EMSGSIZE;
	}
	return 0;
}

/* The clock may have been read on another CPU after @s->last was. */
static u32 rgf_stream_idle_ms(const struct rgf_rtpstat *s)
{
	u64 now = ktime_get_ns();

	return now > s->last ? div_u64(now - s->last, NSEC_PER_MSEC) : 0;
}

/* As a receiver report has it: cycles since the first packet, then 16 bits. */
static u32 rgf_stream_sequence(const struct rgf_rtpstat *s)
{
	return s->top - (s->base & 0xffff0000);
}

static int rgf_put_stream(struct sk_buff *msg, const struct rgf_rtpstat *s,
			  u32 clock_rate)
{
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_LEG_STREAM);

	if (!nest || nla_put_u32(msg, RINGFENCE_A_STREAM_SSRC, s->ssrc) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_STREAM_PACKETS, s->packets,
			      RINGFENCE_A_STREAM_PAD) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_STREAM_BYTES, s->bytes,
			      RINGFENCE_A_STREAM_PAD) ||
	    nla_put_u32(msg, RINGFENCE_A_STREAM_LOST, rgf_rtpstat_lost(s)) ||
	    nla_put_u32(msg, RINGFENCE_A_STREAM_JITTER,
			rgf_rtpstat_jitter(s, clock_rate)) ||
	    nla_put_u32(msg, RINGFENCE_A_STREAM_SEQUENCE,
			rgf_stream_sequence(s)) ||
	    nla_put_u32(msg, RINGFENCE_A_STREAM_IDLE, rgf_stream_idle_ms(s)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static size_t rgf_stream_size(void)
{
	return nla_total_size(0) + 5 * nla_total_size(sizeof(u32)) +
	       2 * nla_total_size_64bit(sizeof(u64));
}

static int rgf_put_streams(struct sk_buff *msg, struct rgf_rtpstats *stats,
			   u32 clock_rate)
{
	struct rgf_rtpstat s;
	unsigned int i;

	for (i = 0; i < RINGFENCE_MAX_STREAMS; i++)
		if (rgf_rtpstats_get(stats, i, &s) &&
		    rgf_put_stream(msg, &s, clock_rate))
			return -EMSGSIZE;
	return 0;
}

static int rgf_put_leg_stats(struct sk_buff *msg,
			     const struct rgf_leg_state *state)
{
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_LEG_STATS);

	if (!nest || rgf_put_counters(msg, state->counters))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int rgf_put_leg(struct sk_buff *msg, int type, const struct rgf_leg *leg,
		       struct rgf_leg_state *state)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	if (!nest || rgf_put_local(msg, leg) || rgf_put_peer(msg, leg) ||
	    rgf_put_source(msg, leg, 0) || rgf_put_source(msg, leg, 1) ||
	    rgf_put_options(msg, leg) ||
	    rgf_put_keys(msg, RINGFENCE_A_LEG_TX_KEY, leg->tx) ||
	    rgf_put_keys(msg, RINGFENCE_A_LEG_RX_KEY, leg->rx) ||
	    rgf_put_leg_stats(msg, state) ||
	    rgf_put_streams(msg, &state->rtpstats, leg->clock_rate))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static size_t rgf_leg_size(void)
{
	size_t addr = nla_total_size(sizeof(struct in6_addr));
	size_t port = nla_total_size(sizeof(u16));

	return nla_total_size(0) + 2 * (addr + 2 * port) + /* local, peer */
	       2 * (nla_total_size(0) + addr + port) + /* sources */
	       4 * nla_total_size(sizeof(u32)) + /* options */
	       2 * nla_total_size(sizeof(u8)) +
	       2 * RINGFENCE_MAX_KEYS * rgf_key_size() + nla_total_size(0) +
	       rgf_counters_size() + RINGFENCE_MAX_STREAMS * rgf_stream_size();
}

size_t rgf_session_size(void)
{
	return nla_total_size(RINGFENCE_LABEL_MAX + 1) +
	       5 * nla_total_size(sizeof(u32)) + 2 * rgf_leg_size();
}

int rgf_put_session(struct sk_buff *msg, struct rgf_session *session)
{
	const struct rgf_conf *conf = session->conf;
	u32 age = ktime_get_seconds() - session->created;

	if (nla_put_u32(msg, RINGFENCE_A_SESSION_ID, session->id) ||
	    (conf->label[0] &&
	     nla_put_string(msg, RINGFENCE_A_SESSION_LABEL, conf->label)) ||
	    nla_put_u32(msg, RINGFENCE_A_SESSION_IDLE_TIMEOUT,
			conf->idle_timeout) ||
	    (conf->flags &&
	     nla_put_u32(msg, RINGFENCE_A_SESSION_FLAGS, conf->flags)) ||
	    rgf_put_leg(msg, RINGFENCE_A_SESSION_LEG_A, &conf->leg[0],
			&session->leg[0]) ||
	    rgf_put_leg(msg, RINGFENCE_A_SESSION_LEG_B, &conf->leg[1],
			&session->leg[1]) ||
	    nla_put_u32(msg, RINGFENCE_A_SESSION_AGE, age) ||
	    nla_put_u32(msg, RINGFENCE_A_SESSION_IDLE,
			rgf_session_idle(session)))
		return -EMSGSIZE;
	return 0;
}
