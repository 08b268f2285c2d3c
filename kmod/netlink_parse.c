// SPDX-License-Identifier: GPL-2.0-only
#include <net/genetlink.h>

#include "leg.h"
#include "netlink-gen.h"
#include "netlink.h"

static void rgf_parse_ports(struct rgf_leg_spec *leg)
{
	struct nlattr **tb = leg->tb;

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

static void rgf_parse_options(struct rgf_leg_spec *leg)
{
	struct nlattr **tb = leg->tb;

	if (tb[RINGFENCE_A_LEG_SUITE]) {
		leg->suite = nla_get_u32(tb[RINGFENCE_A_LEG_SUITE]);
		leg->has |= RGF_HAS_SUITE;
	}
	if (tb[RINGFENCE_A_LEG_FLAGS]) {
		leg->flags = nla_get_u32(tb[RINGFENCE_A_LEG_FLAGS]);
		leg->has |= RGF_HAS_FLAGS;
	}
	if (tb[RINGFENCE_A_LEG_LATCH]) {
		leg->latch = nla_get_u32(tb[RINGFENCE_A_LEG_LATCH]);
		leg->has |= RGF_HAS_LATCH;
	}
	if (tb[RINGFENCE_A_LEG_DSCP]) {
		leg->dscp = nla_get_u8(tb[RINGFENCE_A_LEG_DSCP]);
		leg->has |= RGF_HAS_DSCP;
	}
	if (tb[RINGFENCE_A_LEG_KDR]) {
		leg->kdr = nla_get_u8(tb[RINGFENCE_A_LEG_KDR]);
		leg->has |= RGF_HAS_KDR;
	}
	if (tb[RINGFENCE_A_LEG_CLOCK_RATE]) {
		leg->clock_rate = nla_get_u32(tb[RINGFENCE_A_LEG_CLOCK_RATE]);
		leg->has |= RGF_HAS_CLOCK_RATE;
	}
}

/*
 * One end of a leg; @v4 and @v6 are attributes. IPv4 in IPv6 and no address at
 * all mean something to struct rgf_addr, so they don't come in that way.
 */
static int rgf_parse_addr(struct rgf_leg_spec *leg, struct rgf_addr *addr,
			  int v4, int v6, u8 n, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = leg->tb[v6];

	if (leg->tb[v4])
		*addr = rgf_addr_v4(nla_get_in_addr(leg->tb[v4]));
	if (!attr)
		return 0;
	if (leg->tb[v4]) {
		RGF_LEG_ERR(extack, n, attr,
			    "give an IPv4 or an IPv6 address, not both");
		return -EINVAL;
	}
	addr->in6 = nla_get_in6_addr(attr);
	if (rgf_addr_is_none(addr)) {
		RGF_LEG_ERR(extack, n, attr,
			    "the address is all zero; leave it out");
		return -EINVAL;
	}
	if (rgf_addr_is_v4(addr)) {
		RGF_LEG_ERR(extack, n, attr,
			    "give an IPv4 address as local-ipv4 or peer-ipv4");
		return -EINVAL;
	}
	return 0;
}

static int rgf_parse_addrs(struct rgf_leg_spec *leg, u8 n,
			   struct netlink_ext_ack *extack)
{
	struct nlattr **tb = leg->tb;

	if (tb[RINGFENCE_A_LEG_LOCAL_IPV4] || tb[RINGFENCE_A_LEG_LOCAL_IPV6])
		leg->has |= RGF_HAS_LOCAL_ADDR;
	if (tb[RINGFENCE_A_LEG_PEER_IPV4] || tb[RINGFENCE_A_LEG_PEER_IPV6])
		leg->has |= RGF_HAS_PEER_ADDR;
	return rgf_parse_addr(leg, &leg->local_addr, RINGFENCE_A_LEG_LOCAL_IPV4,
			      RINGFENCE_A_LEG_LOCAL_IPV6, n, extack)
		       ?: rgf_parse_addr(leg, &leg->peer_addr,
					 RINGFENCE_A_LEG_PEER_IPV4,
					 RINGFENCE_A_LEG_PEER_IPV6, n, extack);
}

static int rgf_parse_key(struct rgf_keys_spec *keys, struct nlattr *attr, u8 n,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGFENCE_A_KEY_MAX + 1];
	struct rgf_key_spec *key;
	int err;

	if (keys->nr == RINGFENCE_MAX_KEYS) {
		RGF_LEG_ERR(extack, n, attr, "at most 4 keys a direction");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, RINGFENCE_A_KEY_MAX, attr,
			       ringfence_key_nl_policy, extack);
	if (err)
		return err;
	if (!tb[RINGFENCE_A_KEY_MASTER]) {
		NL_SET_ERR_ATTR_MISS(extack, attr, RINGFENCE_A_KEY_MASTER);
		RGF_LEG_ERR(extack, n, NULL,
			    "give the master of each key, key then salt");
		return -EINVAL;
	}

	keys->attr[keys->nr] = attr;
	key = &keys->key[keys->nr++];
	key->master = nla_data(tb[RINGFENCE_A_KEY_MASTER]);
	key->master_len = nla_len(tb[RINGFENCE_A_KEY_MASTER]);
	if (tb[RINGFENCE_A_KEY_MKI]) {
		key->mki = nla_data(tb[RINGFENCE_A_KEY_MKI]);
		key->mki_len = nla_len(tb[RINGFENCE_A_KEY_MKI]);
	}
	if (tb[RINGFENCE_A_KEY_LIFETIME])
		key->lifetime = nla_get_u64(tb[RINGFENCE_A_KEY_LIFETIME]);
	return 0;
}

/* Each key is an attribute of its own. */
static int rgf_parse_keys(struct rgf_leg_spec *leg, u8 n,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err = 0;

	BUILD_BUG_ON(RINGFENCE_MAX_KEYS != 4); /* as rgf_parse_key() says */
	nla_for_each_nested(attr, leg->attr, rem) {
		if (nla_type(attr) == RINGFENCE_A_LEG_TX_KEY)
			err = rgf_parse_key(&leg->tx, attr, n, extack);
		else if (nla_type(attr) == RINGFENCE_A_LEG_RX_KEY)
			err = rgf_parse_key(&leg->rx, attr, n, extack);
		if (err)
			return err;
	}
	if (leg->tx.nr)
		leg->has |= RGF_HAS_TX_KEYS;
	if (leg->rx.nr)
		leg->has |= RGF_HAS_RX_KEYS;
	return 0;
}

static int rgf_parse_leg(struct rgf_leg_spec *leg, struct nlattr *attr, u8 n,
			 struct netlink_ext_ack *extack)
{
	int err;

	leg->attr = attr;
	err = nla_parse_nested(leg->tb, RINGFENCE_A_LEG_MAX, attr,
			       ringfence_leg_nl_policy, extack);
	err = err ?: rgf_parse_addrs(leg, n, extack);
	err = err ?: rgf_parse_keys(leg, n, extack);
	if (err)
		return err;
	rgf_parse_ports(leg);
	rgf_parse_options(leg);
	return 0;
}

static void rgf_parse_session(struct rgf_spec *spec, struct nlattr **tb)
{
	if (tb[RINGFENCE_A_SESSION_ID])
		spec->id = nla_get_u32(tb[RINGFENCE_A_SESSION_ID]);
	if (tb[RINGFENCE_A_SESSION_LABEL]) {
		nla_strscpy(spec->label, tb[RINGFENCE_A_SESSION_LABEL],
			    sizeof(spec->label));
		spec->has |= RGF_HAS_LABEL;
	}
	if (tb[RINGFENCE_A_SESSION_IDLE_TIMEOUT]) {
		spec->idle_timeout =
			nla_get_u32(tb[RINGFENCE_A_SESSION_IDLE_TIMEOUT]);
		spec->has |= RGF_HAS_IDLE_TIMEOUT;
	}
	if (tb[RINGFENCE_A_SESSION_FLAGS]) {
		spec->flags = nla_get_u32(tb[RINGFENCE_A_SESSION_FLAGS]);
		spec->has |= RGF_HAS_FLAGS;
	}
}

int rgf_spec_parse(struct rgf_spec *spec, struct genl_info *info)
{
	struct nlattr **legs = info->attrs + RINGFENCE_A_SESSION_LEG_A;
	unsigned int n;
	int err;

	memset(spec, 0, sizeof(*spec));
	rgf_parse_session(spec, info->attrs);
	for (n = 0; n < 2; n++) {
		if (!legs[n])
			continue;
		spec->has |= RGF_HAS_LEG_A << n;
		err = rgf_parse_leg(&spec->leg[n], legs[n], n, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static void rgf_wipe_key(const struct nlattr *key)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, key, rem)
		if (nla_type(attr) == RINGFENCE_A_KEY_MASTER)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

static void rgf_wipe_leg(const struct nlattr *leg)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, leg, rem)
		if (nla_type(attr) == RINGFENCE_A_LEG_TX_KEY ||
		    nla_type(attr) == RINGFENCE_A_LEG_RX_KEY)
			rgf_wipe_key(attr);
}

/*
 * All of the message, not info->attrs: of two attributes of a type only the
 * last is there. What the policies refuse never gets here; the family has no
 * say in that.
 */
void rgf_wipe_keys(struct genl_info *info)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), rem)
		if (nla_type(attr) == RINGFENCE_A_SESSION_LEG_A ||
		    nla_type(attr) == RINGFENCE_A_SESSION_LEG_B)
			rgf_wipe_leg(attr);
}
