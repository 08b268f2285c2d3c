// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/guard_msg.h"
#include "lib/msg.h"
#include "lib/rules_msg.h"

/* The largest set of the family. */
#define TB_MAX (RINGFENCE_A_LEG_MAX + 1)
_Static_assert(RINGFENCE_A_SESSION_MAX < TB_MAX, "session");
_Static_assert(RINGFENCE_A_STATS_MAX < TB_MAX, "stats");
_Static_assert(RINGFENCE_A_DROP_MAX < TB_MAX, "drop");
_Static_assert(RINGFENCE_A_EVENT_MAX < TB_MAX, "event");
_Static_assert(RINGFENCE_A_KEY_MAX < TB_MAX, "key");
_Static_assert(RINGFENCE_A_TRANSPORT_MAX < TB_MAX, "transport");
_Static_assert(RINGFENCE_A_STREAM_MAX < TB_MAX, "stream");
_Static_assert(RINGFENCE_A_CONFIG_MAX < TB_MAX, "config");

static const struct genlmsghdr *genl_hdr(const struct nlmsghdr *nlh)
{
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return NULL;
	return mnl_nlmsg_get_payload(nlh);
}

/* Attributes after the generic netlink header, whose command is @cmd. */
static int read_msg(const struct nlmsghdr *nlh, uint8_t cmd,
		    const struct rgf_attr_set *set, const struct nlattr **tb)
{
	const struct genlmsghdr *genl = genl_hdr(nlh);

	if (!genl || genl->cmd != cmd)
		return -EBADMSG;
	return rgf_attrs_read(genl + 1,
			      mnl_nlmsg_get_payload_len(nlh) - sizeof(*genl),
			      set, tb);
}

static int read_nest(const struct nlattr *attr, const struct rgf_attr_set *set,
		     const struct nlattr **tb)
{
	return rgf_attrs_read(mnl_attr_get_payload(attr),
			      mnl_attr_get_payload_len(attr), set, tb);
}

static void read_u32(const struct nlattr *attr, uint32_t *ret)
{
	if (attr)
		*ret = mnl_attr_get_u32(attr);
}

static void read_u64(const struct nlattr *attr, uint64_t *ret)
{
	if (attr)
		*ret = mnl_attr_get_u64(attr);
}

static void read_label(const struct nlattr *attr, char *ret)
{
	size_t len = mnl_attr_get_payload_len(attr);

	len = strnlen(mnl_attr_get_payload(attr), len);
	memcpy(ret, mnl_attr_get_payload(attr), len);
	ret[len] = 0;
}

static void read_mki(const struct nlattr *attr, uint8_t *ret, uint8_t *ret_len)
{
	if (!attr)
		return;
	*ret_len = (uint8_t)mnl_attr_get_payload_len(attr);
	memcpy(ret, mnl_attr_get_payload(attr), *ret_len);
}

/* Of one family; 1 if there is none. */
static int read_addr(const struct nlattr *ipv4, const struct nlattr *ipv6,
		     struct rgf_addr *ret)
{
	if (ipv4 && ipv6)
		return -EBADMSG;
	if (ipv4)
		*ret = rgf_addr_v4((struct in_addr){ mnl_attr_get_u32(ipv4) });
	else if (ipv6)
		memcpy(&ret->in6, mnl_attr_get_payload(ipv6), sizeof(ret->in6));
	else
		return 1;
	return 0;
}

static uint32_t read_fields(const struct nlattr **tb, const struct rgf_field *f,
			    void *obj)
{
	uint32_t has = 0;

	for (; f->type; f++) {
		if (!tb[f->type])
			continue;
		memcpy((char *)obj + f->offset,
		       mnl_attr_get_payload(tb[f->type]), f->size);
		has |= f->has;
	}
	return has;
}

/* A reason that only a newer module knows is passed over. */
static int read_drop(const struct nlattr *nest, uint64_t *drop)
{
	const struct nlattr *tb[TB_MAX];
	uint32_t reason;

	if (read_nest(nest, &rgf_drop_attrs, tb))
		return -EBADMSG;
	if (!tb[RINGFENCE_A_DROP_REASON] || !tb[RINGFENCE_A_DROP_PACKETS])
		return -EBADMSG;
	reason = mnl_attr_get_u32(tb[RINGFENCE_A_DROP_REASON]);
	if (reason < __RINGFENCE_DROP_REASON_MAX)
		read_u64(tb[RINGFENCE_A_DROP_PACKETS], &drop[reason]);
	return 0;
}

/* @p and @len were read by rgf_attrs_read() into @tb already. */
static int read_counters(const struct nlattr **tb, const void *p, size_t len,
			 struct rgf_counters *c)
{
	const struct nlattr *attr;

	read_u64(tb[RINGFENCE_A_STATS_RX_PACKETS], &c->rx_packets);
	read_u64(tb[RINGFENCE_A_STATS_RX_BYTES], &c->rx_bytes);
	read_u64(tb[RINGFENCE_A_STATS_TX_PACKETS], &c->tx_packets);
	read_u64(tb[RINGFENCE_A_STATS_TX_BYTES], &c->tx_bytes);
	read_u64(tb[RINGFENCE_A_STATS_RX_RTCP_PACKETS], &c->rx_rtcp_packets);
	read_u64(tb[RINGFENCE_A_STATS_TX_RTCP_PACKETS], &c->tx_rtcp_packets);

	mnl_attr_for_each_payload(p, len) {
		if (mnl_attr_get_type(attr) == RINGFENCE_A_STATS_DROP &&
		    read_drop(attr, c->drop))
			return -EBADMSG;
	}
	return 0;
}

static int read_stats(const struct nlattr *nest, struct rgf_counters *c)
{
	const struct nlattr *tb[TB_MAX];

	if (!nest)
		return 0;
	if (read_nest(nest, &rgf_stats_attrs, tb))
		return -EBADMSG;
	return read_counters(tb, mnl_attr_get_payload(nest),
			     mnl_attr_get_payload_len(nest), c);
}

static int read_transport(const struct nlattr *nest, struct rgf_transport *ret)
{
	const struct nlattr *tb[TB_MAX];

	if (!nest)
		return 0;
	if (read_nest(nest, &rgf_transport_attrs, tb) ||
	    !tb[RINGFENCE_A_TRANSPORT_PORT] ||
	    read_addr(tb[RINGFENCE_A_TRANSPORT_IPV4],
		      tb[RINGFENCE_A_TRANSPORT_IPV6], &ret->addr))
		return -EBADMSG;
	ret->port = mnl_attr_get_u16(tb[RINGFENCE_A_TRANSPORT_PORT]);
	return 0;
}

/* A newer module may have more keys and streams; those are passed over. */
static int read_key(const struct nlattr *nest, struct rgf_keys *keys)
{
	struct rgf_master_key *mk = &keys->key[keys->n];
	const struct nlattr *tb[TB_MAX];

	if (keys->n == RINGFENCE_MAX_KEYS)
		return 0;
	if (read_nest(nest, &rgf_key_attrs, tb))
		return -EBADMSG;
	read_mki(tb[RINGFENCE_A_KEY_MKI], mk->mki, &mk->mki_len);
	read_u64(tb[RINGFENCE_A_KEY_LIFETIME], &mk->lifetime);
	read_u64(tb[RINGFENCE_A_KEY_PACKETS], &mk->packets);
	keys->n++;
	return 0;
}

static int read_stream(const struct nlattr *nest, struct rgf_leg *leg)
{
	const struct nlattr *tb[TB_MAX];

	if (leg->n_streams == RINGFENCE_MAX_STREAMS)
		return 0;
	if (read_nest(nest, &rgf_stream_attrs, tb) ||
	    !tb[RINGFENCE_A_STREAM_SSRC])
		return -EBADMSG;
	read_fields(tb, rgf_stream_fields, &leg->stream[leg->n_streams]);
	leg->n_streams++;
	return 0;
}

/* Attributes of which there may be several. */
static int read_multi(const struct nlattr *nest, struct rgf_leg *leg)
{
	const struct nlattr *attr;
	int r = 0;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case RINGFENCE_A_LEG_TX_KEY:
			r = read_key(attr, &leg->tx);
			break;
		case RINGFENCE_A_LEG_RX_KEY:
			r = read_key(attr, &leg->rx);
			break;
		case RINGFENCE_A_LEG_STREAM:
			r = read_stream(attr, leg);
			break;
		}
		if (r)
			return r;
	}
	return 0;
}

static int read_leg(const struct nlattr *nest, struct rgf_leg *leg)
{
	const struct nlattr *tb[TB_MAX];
	int local, peer;

	if (read_nest(nest, &rgf_leg_attrs, tb))
		return -EBADMSG;
	/* Replies leave out what is by default. */
	leg->dscp = RINGFENCE_DSCP_KEEP;
	leg->clock_rate = RGF_CLOCK_RATE_DEFAULT;
	leg->has = read_fields(tb, rgf_leg_fields, leg);
	local = read_addr(tb[RINGFENCE_A_LEG_LOCAL_IPV4],
			  tb[RINGFENCE_A_LEG_LOCAL_IPV6], &leg->local_addr);
	peer = read_addr(tb[RINGFENCE_A_LEG_PEER_IPV4],
			 tb[RINGFENCE_A_LEG_PEER_IPV6], &leg->peer_addr);
	if (local < 0 || peer < 0)
		return -EBADMSG;
	leg->has |= (local ? 0 : RGF_HAS_LOCAL_ADDR) |
		    (peer ? 0 : RGF_HAS_PEER_ADDR);
	if (read_transport(tb[RINGFENCE_A_LEG_RTP_SOURCE], &leg->rtp_source) ||
	    read_transport(tb[RINGFENCE_A_LEG_RTCP_SOURCE],
			   &leg->rtcp_source) ||
	    read_stats(tb[RINGFENCE_A_LEG_STATS], &leg->counters))
		return -EBADMSG;
	return read_multi(nest, leg);
}

/* Also the reply to session-new, a session with nothing but its id. */
static uint8_t session_cmd(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = genl_hdr(nlh);

	return genl && genl->cmd == RINGFENCE_CMD_SESSION_NEW
		       ? RINGFENCE_CMD_SESSION_NEW
		       : RINGFENCE_CMD_SESSION_GET;
}

int rgf_read_session(const struct nlmsghdr *nlh, struct rgf_session *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_session s = { 0 };

	if (read_msg(nlh, session_cmd(nlh), &rgf_session_attrs, tb))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_SESSION_ID], &s.id);
	if (!s.id)
		return -EBADMSG;
	s.has = read_fields(tb, rgf_session_fields, &s);
	read_u32(tb[RINGFENCE_A_SESSION_AGE], &s.age);
	read_u32(tb[RINGFENCE_A_SESSION_IDLE], &s.idle);
	if (tb[RINGFENCE_A_SESSION_LABEL]) {
		read_label(tb[RINGFENCE_A_SESSION_LABEL], s.label);
		s.has |= RGF_HAS_LABEL;
	}
	for (unsigned int i = 0; i < 2; i++) {
		const struct nlattr *nest = tb[RINGFENCE_A_SESSION_LEG_A + i];

		if (!nest)
			continue;
		if (read_leg(nest, &s.leg[i]))
			return -EBADMSG;
		s.has |= RGF_HAS_LEG_A << i;
	}
	*ret = s;
	return 0;
}

int rgf_read_stats(const struct nlmsghdr *nlh, struct rgf_stats *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_stats s = { 0 };
	int r;

	r = read_msg(nlh, RINGFENCE_CMD_STATS_GET, &rgf_stats_attrs, tb);
	if (r)
		return r;
	read_u32(tb[RINGFENCE_A_STATS_SESSIONS], &s.sessions);
	r = read_counters(
		tb,
		mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr)),
		mnl_nlmsg_get_payload_len(nlh) - sizeof(struct genlmsghdr),
		&s.counters);
	if (r)
		return r;
	*ret = s;
	return 0;
}

int rgf_read_config(const struct nlmsghdr *nlh, struct rgf_config *ret)
{
	const struct nlattr *tb[TB_MAX], *min, *max;
	struct rgf_config c = { 0 };

	if (read_msg(nlh, RINGFENCE_CMD_CONFIG_GET, &rgf_config_attrs, tb))
		return -EBADMSG;
	min = tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN];
	max = tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX];
	if (min && max) {
		c.media_port_min = mnl_attr_get_u16(min);
		c.media_port_max = mnl_attr_get_u16(max);
		c.has = RGF_HAS_MEDIA_PORTS;
	}
	*ret = c;
	return 0;
}

static int event_type(uint8_t cmd, struct rgf_event *e)
{
	switch (cmd) {
	case RINGFENCE_CMD_SESSION_MEDIA_NTF:
		e->type = RGF_EVENT_MEDIA;
		return 0;
	case RINGFENCE_CMD_SESSION_AUTH_NTF:
		e->type = RGF_EVENT_AUTH;
		return 0;
	case RINGFENCE_CMD_SESSION_IDLE_NTF:
		e->type = RGF_EVENT_IDLE;
		return 0;
	case RINGFENCE_CMD_SESSION_DEL_NTF:
		e->type = RGF_EVENT_DEL;
		return 0;
	case RINGFENCE_CMD_SESSION_KEY_NTF:
		e->type = RGF_EVENT_KEY;
		return 0;
	case RINGFENCE_CMD_SESSION_DESYNC_NTF:
		e->type = RGF_EVENT_DESYNC;
		return 0;
	case RINGFENCE_CMD_RULES_SET_NTF:
		e->type = RGF_EVENT_RULES_LOADED;
		return 0;
	case RINGFENCE_CMD_RULES_CONFIRM_NTF:
		e->type = RGF_EVENT_RULES_CONFIRMED;
		return 0;
	case RINGFENCE_CMD_RULES_ROLLBACK_NTF:
		e->type = RGF_EVENT_RULES_BACK;
		return 0;
	case RINGFENCE_CMD_RULES_DEL_NTF:
		e->type = RGF_EVENT_RULES_DELETED;
		return 0;
	case RINGFENCE_CMD_ADDRESS_SET_NTF:
		e->type = RGF_EVENT_ADDRESS_SET;
		return 0;
	case RINGFENCE_CMD_BAN_NEW_NTF:
		e->type = RGF_EVENT_BAN;
		return 0;
	case RINGFENCE_CMD_BAN_DEL_NTF:
		e->type = RGF_EVENT_UNBAN;
		return 0;
	case RINGFENCE_CMD_GUARD_FULL_NTF:
		e->type = RGF_EVENT_FULL;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int read_session_event(const struct nlmsghdr *nlh, uint8_t cmd,
			      struct rgf_event *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_event e = *ret;
	uint32_t direction = 0;

	if (read_msg(nlh, cmd, &rgf_event_attrs, tb))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_EVENT_ID], &e.id);
	if (!e.id)
		return -EBADMSG;
	if (tb[RINGFENCE_A_EVENT_LABEL])
		read_label(tb[RINGFENCE_A_EVENT_LABEL], e.label);
	if (tb[RINGFENCE_A_EVENT_LEG])
		e.leg = mnl_attr_get_u8(tb[RINGFENCE_A_EVENT_LEG]);
	if (e.leg > 1) /* users index struct rgf_session's leg[] with it */
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_EVENT_SSRC], &e.ssrc);
	read_u64(tb[RINGFENCE_A_EVENT_COUNT], &e.count);
	read_u32(tb[RINGFENCE_A_EVENT_IDLE], &e.idle);
	read_u32(tb[RINGFENCE_A_EVENT_DIRECTION], &direction);
	if (direction > RINGFENCE_DIRECTION_TX)
		return -EBADMSG;
	e.direction = direction;
	read_mki(tb[RINGFENCE_A_EVENT_MKI], e.mki, &e.mki_len);
	*ret = e;
	return 0;
}

int rgf_read_event(const struct nlmsghdr *nlh, struct rgf_event *ret)
{
	const struct genlmsghdr *genl = genl_hdr(nlh);
	struct rgf_event e = { 0 };
	int r;

	if (!genl)
		return -EBADMSG;
	r = event_type(genl->cmd, &e);
	if (r)
		return r;
	if (rgf_event_of_rules(&e))
		r = rgf_read_rules_event(nlh, &e);
	else if (e.type >= RGF_EVENT_BAN)
		r = rgf_read_guard_event(nlh, &e);
	else
		r = read_session_event(nlh, genl->cmd, &e);
	if (!r)
		*ret = e;
	return r;
}

static const struct rgf_attr ctrl_attrs[] = {
	[CTRL_ATTR_FAMILY_ID] = { "family-id", RGF_ATTR_U16, NULL },
	[CTRL_ATTR_MCAST_GROUPS] = { "mcast-groups", RGF_ATTR_NEST, NULL },
};
static const struct rgf_attr_set ctrl_set = { CTRL_ATTR_MCAST_GROUPS,
					      ctrl_attrs };
static const struct rgf_attr group_attrs[] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = { "name", RGF_ATTR_LABEL, NULL },
	[CTRL_ATTR_MCAST_GRP_ID] = { "id", RGF_ATTR_U32, NULL },
};
static const struct rgf_attr_set group_set = { CTRL_ATTR_MCAST_GRP_ID,
					       group_attrs };
static const struct rgf_attr_set any_set = { 0, ctrl_attrs };

static int read_group(const struct nlattr *nest, uint32_t *ret_events)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_ID + 1];
	char name[RINGFENCE_LABEL_MAX + 1];

	if (read_nest(nest, &group_set, tb) || !tb[CTRL_ATTR_MCAST_GRP_NAME] ||
	    !tb[CTRL_ATTR_MCAST_GRP_ID])
		return -EBADMSG;
	read_label(tb[CTRL_ATTR_MCAST_GRP_NAME], name);
	if (!strcmp(name, RINGFENCE_MCGRP_EVENTS))
		read_u32(tb[CTRL_ATTR_MCAST_GRP_ID], ret_events);
	return 0;
}

int rgf_read_family(const struct nlmsghdr *nlh, uint16_t *ret_id,
		    uint32_t *ret_events_group)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1], *groups, *attr;
	const struct nlattr *unused[1];
	uint32_t events = 0;

	if (read_msg(nlh, CTRL_CMD_NEWFAMILY, &ctrl_set, tb) ||
	    !tb[CTRL_ATTR_FAMILY_ID] || !tb[CTRL_ATTR_MCAST_GROUPS])
		return -EBADMSG;
	groups = tb[CTRL_ATTR_MCAST_GROUPS];
	if (read_nest(groups, &any_set, unused))
		return -EBADMSG;
	mnl_attr_for_each_nested(attr, groups)
		if (read_group(attr, &events))
			return -EBADMSG;
	if (!events)
		return -EBADMSG;
	*ret_id = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	*ret_events_group = events;
	return 0;
}
