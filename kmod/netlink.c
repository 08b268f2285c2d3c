// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "net.h"
#include "netlink-gen.h"
#include "session.h"

static void rgf_leg_spec_ports(struct rgf_leg_spec *leg, struct nlattr **tb)
{
	if (tb[RINGFENCE_A_LEG_LOCAL_PORT]) {
		leg->local_port[0] =
			nla_get_u16(tb[RINGFENCE_A_LEG_LOCAL_PORT]);
		leg->has |= RGF_HAS_LOCAL_PORT;
	}
	if (tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT]) {
		leg->local_port[1] =
			nla_get_u16(tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT]);
		leg->has |= RGF_HAS_LOCAL_PORT << 1;
	}
	if (tb[RINGFENCE_A_LEG_PEER_PORT]) {
		leg->peer_port[0] = nla_get_u16(tb[RINGFENCE_A_LEG_PEER_PORT]);
		leg->has |= RGF_HAS_PEER_PORT;
	}
	if (tb[RINGFENCE_A_LEG_PEER_RTCP_PORT]) {
		leg->peer_port[1] =
			nla_get_u16(tb[RINGFENCE_A_LEG_PEER_RTCP_PORT]);
		leg->has |= RGF_HAS_PEER_PORT << 1;
	}
}

static void rgf_leg_spec_keys(struct rgf_leg_spec *leg, struct nlattr **tb)
{
	if (tb[RINGFENCE_A_LEG_SUITE]) {
		leg->suite = nla_get_u32(tb[RINGFENCE_A_LEG_SUITE]);
		leg->has |= RGF_HAS_SUITE;
	}
	if (tb[RINGFENCE_A_LEG_TX_KEY]) {
		leg->tx_key = nla_data(tb[RINGFENCE_A_LEG_TX_KEY]);
		leg->tx_key_len = nla_len(tb[RINGFENCE_A_LEG_TX_KEY]);
		leg->has |= RGF_HAS_TX_KEY;
	}
	if (tb[RINGFENCE_A_LEG_RX_KEY]) {
		leg->rx_key = nla_data(tb[RINGFENCE_A_LEG_RX_KEY]);
		leg->rx_key_len = nla_len(tb[RINGFENCE_A_LEG_RX_KEY]);
		leg->has |= RGF_HAS_RX_KEY;
	}
}

static int rgf_leg_spec_parse(struct rgf_leg_spec *leg, struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGFENCE_A_LEG_MAX + 1];
	int err;

	leg->attr = attr;
	err = nla_parse_nested(tb, RINGFENCE_A_LEG_MAX, attr,
			       ringfence_leg_nl_policy, extack);
	if (err)
		return err;
	if (tb[RINGFENCE_A_LEG_LOCAL_IPV4]) {
		leg->local_addr =
			nla_get_in_addr(tb[RINGFENCE_A_LEG_LOCAL_IPV4]);
		leg->has |= RGF_HAS_LOCAL_ADDR;
	}
	if (tb[RINGFENCE_A_LEG_PEER_IPV4]) {
		leg->peer_addr = nla_get_in_addr(tb[RINGFENCE_A_LEG_PEER_IPV4]);
		leg->has |= RGF_HAS_PEER_ADDR;
	}
	rgf_leg_spec_ports(leg, tb);
	rgf_leg_spec_keys(leg, tb);
	return 0;
}

static int rgf_spec_parse(struct rgf_spec *spec, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	unsigned int i;
	int err;

	memset(spec, 0, sizeof(*spec));
	if (attrs[RINGFENCE_A_SESSION_ID])
		spec->id = nla_get_u32(attrs[RINGFENCE_A_SESSION_ID]);
	if (attrs[RINGFENCE_A_SESSION_LABEL]) {
		nla_strscpy(spec->label, attrs[RINGFENCE_A_SESSION_LABEL],
			    sizeof(spec->label));
		spec->has |= RGF_HAS_LABEL;
	}
	if (attrs[RINGFENCE_A_SESSION_IDLE_TIMEOUT]) {
		spec->idle_timeout =
			nla_get_u32(attrs[RINGFENCE_A_SESSION_IDLE_TIMEOUT]);
		spec->has |= RGF_HAS_IDLE_TIMEOUT;
	}
	for (i = 0; i < 2; i++) {
		if (!attrs[RINGFENCE_A_SESSION_LEG_A + i])
			continue;
		spec->has |= RGF_HAS_LEG_A << i;
		err = rgf_leg_spec_parse(&spec->leg[i],
					 attrs[RINGFENCE_A_SESSION_LEG_A + i],
					 info->extack);
		if (err)
			return err;
	}
	return 0;
}

static void rgf_wipe_leg(struct nlattr *leg)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, leg, rem)
		if (nla_type(attr) == RINGFENCE_A_LEG_TX_KEY ||
		    nla_type(attr) == RINGFENCE_A_LEG_RX_KEY)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

/* Keys must not linger in the message, nor come back in an error report. */
static void rgf_wipe_keys(struct genl_info *info)
{
	struct nlattr **legs = info->attrs + RINGFENCE_A_SESSION_LEG_A;
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (legs[i])
			rgf_wipe_leg(legs[i]);
}

static struct sk_buff *rgf_reply_new(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &ringfence_nl_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int rgf_check_legs(const struct rgf_spec *spec, struct genl_info *info)
{
	if (!(spec->has & RGF_HAS_LEG_A)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     RINGFENCE_A_SESSION_LEG_A);
		NL_SET_ERR_MSG(info->extack, "give leg-a, a session has two");
		return -EINVAL;
	}
	if (!(spec->has & RGF_HAS_LEG_A << 1)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     RINGFENCE_A_SESSION_LEG_B);
		NL_SET_ERR_MSG(info->extack, "give leg-b, a session has two");
		return -EINVAL;
	}
	return 0;
}

/* The reply is made first: a session whose id is lost could not be removed. */
int ringfence_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_spec spec;
	struct sk_buff *msg;
	void *hdr;
	u32 id;
	int err;

	msg = rgf_reply_new(info, &hdr);
	if (!msg) {
		rgf_wipe_keys(info);
		return -ENOMEM;
	}
	err = rgf_spec_parse(&spec, info) ?: rgf_check_legs(&spec, info);
	if (!err) {
		mutex_lock(&rn->lock);
		err = rgf_session_new(rn, &spec, &id, info->extack);
		mutex_unlock(&rn->lock);
	}
	rgf_wipe_keys(info);
	err = err ?: nla_put_u32(msg, RINGFENCE_A_SESSION_ID, id);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int rgf_check_id(struct genl_info *info)
{
	if (info->attrs[RINGFENCE_A_SESSION_ID])
		return 0;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, RINGFENCE_A_SESSION_ID);
	NL_SET_ERR_MSG(info->extack, "give the id of a session");
	return -EINVAL;
}

static u32 rgf_get_id(const struct genl_info *info)
{
	return nla_get_u32(info->attrs[RINGFENCE_A_SESSION_ID]);
}

int ringfence_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_spec spec;
	int err;

	err = rgf_check_id(info) ?: rgf_spec_parse(&spec, info);
	if (!err) {
		mutex_lock(&rn->lock);
		err = rgf_session_set(rn, &spec, info->extack);
		mutex_unlock(&rn->lock);
	}
	rgf_wipe_keys(info);
	return err;
}

int ringfence_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	int err;

	err = rgf_check_id(info);
	if (err)
		return err;
	mutex_lock(&rn->lock);
	err = rgf_session_del(rn, rgf_get_id(info), info->extack);
	mutex_unlock(&rn->lock);
	return err;
}

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

static int rgf_put_counters(struct sk_buff *msg,
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

static int rgf_put_peer(struct sk_buff *msg, const struct rgf_leg *leg)
{
	if (!leg->peer_addr)
		return 0;
	if (nla_put_in_addr(msg, RINGFENCE_A_LEG_PEER_IPV4, leg->peer_addr) ||
	    nla_put_u16(msg, RINGFENCE_A_LEG_PEER_PORT,
			ntohs(leg->peer_port[0])) ||
	    nla_put_u16(msg, RINGFENCE_A_LEG_PEER_RTCP_PORT,
			ntohs(leg->peer_port[1])))
		return -EMSGSIZE;
	return 0;
}

/* Of keys, only that there are some: the suite says so. */
static int rgf_put_leg(struct sk_buff *msg, int type, const struct rgf_leg *leg,
		       const struct rgf_leg_state *state)
{
	struct nlattr *nest = nla_nest_start(msg, type), *stats;

	if (!nest ||
	    nla_put_in_addr(msg, RINGFENCE_A_LEG_LOCAL_IPV4,
			    leg->port[0].addr) ||
	    nla_put_u16(msg, RINGFENCE_A_LEG_LOCAL_PORT,
			ntohs(leg->port[0].port)) ||
	    nla_put_u16(msg, RINGFENCE_A_LEG_LOCAL_RTCP_PORT,
			ntohs(leg->port[1].port)) ||
	    rgf_put_peer(msg, leg) ||
	    nla_put_u32(msg, RINGFENCE_A_LEG_SUITE, leg->suite))
		return -EMSGSIZE;
	stats = nla_nest_start(msg, RINGFENCE_A_LEG_STATS);
	if (!stats || rgf_put_counters(msg, state->counters))
		return -EMSGSIZE;
	nla_nest_end(msg, stats);
	nla_nest_end(msg, nest);
	return 0;
}

static int rgf_put_session(struct sk_buff *msg, struct rgf_session *session)
{
	const struct rgf_conf *conf = session->conf;
	u32 age = ktime_get_seconds() - session->created;

	if (nla_put_u32(msg, RINGFENCE_A_SESSION_ID, session->id) ||
	    (conf->label[0] &&
	     nla_put_string(msg, RINGFENCE_A_SESSION_LABEL, conf->label)) ||
	    nla_put_u32(msg, RINGFENCE_A_SESSION_IDLE_TIMEOUT,
			conf->idle_timeout) ||
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

int ringfence_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_session *session;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = rgf_check_id(info);
	if (err)
		return err;
	msg = rgf_reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&rn->lock);
	session = rgf_session_find(rn, rgf_get_id(info), info->extack);
	err = IS_ERR(session) ? PTR_ERR(session)
			      : rgf_put_session(msg, session);
	mutex_unlock(&rn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int rgf_dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			    struct rgf_session *session)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ringfence_nl_family, NLM_F_MULTI,
			  RINGFENCE_CMD_SESSION_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (rgf_put_session(skb, session)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* In the order of ids; cb->args[0] is the id to go on with. */
int ringfence_nl_session_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct rgf_net *rn = rgf_net(sock_net(cb->skb->sk));
	struct rgf_session *session;
	unsigned long id;
	int err = 0;

	if (rgf_dump_attrs(cb)[RINGFENCE_A_SESSION_ID]) {
		NL_SET_ERR_MSG(cb->extack, "leave the id out to list all");
		return -EINVAL;
	}
	mutex_lock(&rn->lock);
	cb->seq = rn->generation;
	xa_for_each_start(&rn->sessions, id, session, cb->args[0]) {
		err = rgf_dump_session(skb, cb, session);
		if (err)
			break;
	}
	cb->args[0] = session ? id : ULONG_MAX;
	mutex_unlock(&rn->lock);
	return skb->len ?: err;
}

int ringfence_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = rgf_reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&rn->lock);
	err = nla_put_u32(msg, RINGFENCE_A_STATS_SESSIONS, rn->nr_sessions)
		      ?: rgf_put_counters(msg, rn->counters);
	mutex_unlock(&rn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
