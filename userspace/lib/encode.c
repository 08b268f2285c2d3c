// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/msg.h"

struct nlmsghdr *rgf_put_request(void *buf, uint16_t family, uint8_t cmd,
				 uint16_t flags, uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RINGFENCE_FAMILY_VERSION;
	return nlh;
}

static void put_fields(struct nlmsghdr *nlh, const struct rgf_field *f,
		       const void *obj, uint32_t has)
{
	for (; f->type; f++)
		if (has & f->has)
			mnl_attr_put(nlh, f->type, f->size,
				     (const char *)obj + f->offset);
}

static int put_key(struct nlmsghdr *nlh, uint16_t type,
		   const struct rgf_master_key *mk)
{
	struct nlattr *nest;

	if (mk->key.len > sizeof(mk->key.data) || mk->mki_len > sizeof(mk->mki))
		return -EINVAL;
	nest = mnl_attr_nest_start(nlh, type);
	mnl_attr_put(nlh, RINGFENCE_A_KEY_MASTER, mk->key.len, mk->key.data);
	if (mk->mki_len)
		mnl_attr_put(nlh, RINGFENCE_A_KEY_MKI, mk->mki_len, mk->mki);
	if (mk->lifetime)
		mnl_attr_put_u64(nlh, RINGFENCE_A_KEY_LIFETIME, mk->lifetime);
	mnl_attr_nest_end(nlh, nest);
	return 0;
}

static int put_keys(struct nlmsghdr *nlh, uint16_t type,
		    const struct rgf_keys *keys)
{
	int r = 0;

	if (keys->n > RINGFENCE_MAX_KEYS)
		return -EINVAL;
	for (unsigned int i = 0; i < keys->n && !r; i++)
		r = put_key(nlh, type, &keys->key[i]);
	return r;
}

static void put_addr(struct nlmsghdr *nlh, uint16_t ipv4, uint16_t ipv6,
		     const struct rgf_addr *addr)
{
	if (rgf_addr_is_v4(addr))
		mnl_attr_put_u32(nlh, ipv4, rgf_addr_to_v4(addr).s_addr);
	else
		mnl_attr_put(nlh, ipv6, sizeof(addr->in6), &addr->in6);
}

static int put_leg(struct nlmsghdr *nlh, uint16_t type,
		   const struct rgf_leg *leg)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	int r = 0;

	if (leg->has & RGF_HAS_LOCAL_ADDR)
		put_addr(nlh, RINGFENCE_A_LEG_LOCAL_IPV4,
			 RINGFENCE_A_LEG_LOCAL_IPV6, &leg->local_addr);
	if (leg->has & RGF_HAS_PEER_ADDR)
		put_addr(nlh, RINGFENCE_A_LEG_PEER_IPV4,
			 RINGFENCE_A_LEG_PEER_IPV6, &leg->peer_addr);
	put_fields(nlh, rgf_leg_fields, leg, leg->has);
	if (leg->has & RGF_HAS_TX_KEYS)
		r = put_keys(nlh, RINGFENCE_A_LEG_TX_KEY, &leg->tx);
	if (!r && leg->has & RGF_HAS_RX_KEYS)
		r = put_keys(nlh, RINGFENCE_A_LEG_RX_KEY, &leg->rx);
	mnl_attr_nest_end(nlh, nest);
	return r;
}

void rgf_put_config(struct nlmsghdr *nlh, const struct rgf_config *c)
{
	if (!(c->has & RGF_HAS_MEDIA_PORTS))
		return;
	mnl_attr_put_u16(nlh, RINGFENCE_A_CONFIG_MEDIA_PORT_MIN,
			 c->media_port_min);
	mnl_attr_put_u16(nlh, RINGFENCE_A_CONFIG_MEDIA_PORT_MAX,
			 c->media_port_max);
}

int rgf_put_session(struct nlmsghdr *nlh, const struct rgf_session *s)
{
	int r = 0;

	if (s->id)
		mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, s->id);
	if (s->has & RGF_HAS_LABEL) {
		if (!memchr(s->label, 0, sizeof(s->label)))
			return -EINVAL;
		mnl_attr_put_strz(nlh, RINGFENCE_A_SESSION_LABEL, s->label);
	}
	put_fields(nlh, rgf_session_fields, s, s->has);
	if (s->has & RGF_HAS_LEG_A)
		r = put_leg(nlh, RINGFENCE_A_SESSION_LEG_A, &s->leg[0]);
	if (!r && s->has & RGF_HAS_LEG_B)
		r = put_leg(nlh, RINGFENCE_A_SESSION_LEG_B, &s->leg[1]);
	return r;
}
