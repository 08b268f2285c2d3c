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
		   const struct rgf_key *key)
{
	if (key->len > sizeof(key->data))
		return -EINVAL;
	mnl_attr_put(nlh, type, key->len, key->data);
	return 0;
}

static int put_leg(struct nlmsghdr *nlh, uint16_t type,
		   const struct rgf_leg *leg)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	int r = 0;

	put_fields(nlh, rgf_leg_fields, leg, leg->has);
	if (leg->has & RGF_HAS_TX_KEY)
		r = put_key(nlh, RINGFENCE_A_LEG_TX_KEY, &leg->tx_key);
	if (!r && leg->has & RGF_HAS_RX_KEY)
		r = put_key(nlh, RINGFENCE_A_LEG_RX_KEY, &leg->rx_key);
	mnl_attr_nest_end(nlh, nest);
	return r;
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
