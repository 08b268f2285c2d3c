// SPDX-License-Identifier: GPL-2.0-only
#include "netlink.h"

#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "net.h"
#include "netlink-gen.h"
#include "session.h"

static struct sk_buff *rgf_reply_new(struct genl_info *info, size_t size,
				     void **hdr)
{
	struct sk_buff *msg = genlmsg_new(size, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &ringfence_nl_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Sends the reply, or drops it because of @err. */
static int rgf_reply_end(struct genl_info *info, struct sk_buff *msg, void *hdr,
			 int err)
{
	if (err) {
		/* Replies are made large enough. */
		WARN_ON_ONCE(err == -EMSGSIZE);
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
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

	msg = rgf_reply_new(info, nla_total_size(sizeof(id)), &hdr);
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
	return rgf_reply_end(info, msg, hdr, err);
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
	msg = rgf_reply_new(info, rgf_session_size(), &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&rn->lock);
	session = rgf_session_find(rn, rgf_get_id(info), info->extack);
	err = IS_ERR(session) ? PTR_ERR(session)
			      : rgf_put_session(msg, session);
	mutex_unlock(&rn->lock);
	return rgf_reply_end(info, msg, hdr, err);
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

/* A datagram takes at least one session, however large. */
int ringfence_nl_session_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc =
		nlmsg_total_size(genlmsg_msg_size(rgf_session_size()));
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

	msg = rgf_reply_new(info, NLMSG_GOODSIZE, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&rn->lock);
	err = nla_put_u32(msg, RINGFENCE_A_STATS_SESSIONS, rn->nr_sessions)
		      ?: rgf_put_counters(msg, rn->counters);
	mutex_unlock(&rn->lock);
	return rgf_reply_end(info, msg, hdr, err);
}

static int rgf_check_media_ports(u16 min, u16 max, struct nlattr **tb,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX]
				      ?: tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN];

	if (!min && max) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "give media-port-min too, from 1 up");
		return -EINVAL;
	}
	if (min > max) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "media-port-max is less than its minimum");
		return -EINVAL;
	}
	return 0;
}

/* The hook has to be there for packets that no session expects. */
static int rgf_set_media_ports(struct rgf_net *rn, u16 min, u16 max)
{
	int err = max ? rgf_net_up(rn) : 0;

	if (err)
		return err;
	/*
	 * A packet that comes right now may see one end of the old range and
	 * the other of the new one. It was sent to a port without a session,
	 * when it was not certain yet what happens to those.
	 */
	WRITE_ONCE(rn->media_port_min, min);
	WRITE_ONCE(rn->media_port_max, max);
	return 0;
}

int ringfence_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct nlattr **tb = info->attrs;
	u16 min, max;
	int err;

	mutex_lock(&rn->lock);
	min = rn->media_port_min;
	max = rn->media_port_max;
	if (tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN])
		min = nla_get_u16(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN]);
	if (tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX])
		max = nla_get_u16(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX]);
	err = rgf_check_media_ports(min, max, tb, info->extack)
		      ?: rgf_set_media_ports(rn, min, max);
	mutex_unlock(&rn->lock);
	return err;
}

int ringfence_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = rgf_reply_new(info, NLMSG_GOODSIZE, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&rn->lock);
	err = nla_put_u16(msg, RINGFENCE_A_CONFIG_MEDIA_PORT_MIN,
			  rn->media_port_min)
		      ?: nla_put_u16(msg, RINGFENCE_A_CONFIG_MEDIA_PORT_MAX,
				     rn->media_port_max);
	mutex_unlock(&rn->lock);
	return rgf_reply_end(info, msg, hdr, err);
}
