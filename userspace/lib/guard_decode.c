// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/guard_msg.h"
#include "lib/rules_msg.h"

#define TB_MAX (RINGFENCE_A_LIMIT_MAX + 1) /* the largest set here */
_Static_assert(RINGFENCE_A_BAN_MAX < TB_MAX, "ban");
_Static_assert(RINGFENCE_A_TRUST_MAX < TB_MAX, "trust");
_Static_assert(RINGFENCE_A_LIMITS_MAX < TB_MAX, "limits");
_Static_assert(RINGFENCE_A_SOURCE_MAX < TB_MAX, "source");
_Static_assert(RINGFENCE_A_STRIKE_MAX < TB_MAX, "strike");
_Static_assert(RINGFENCE_A_GUARD_FULL_MAX < TB_MAX, "full");

/* Attributes of the message, whose command is @cmd. */
static int read_msg(const struct nlmsghdr *nlh, uint8_t cmd,
		    const struct rgf_attr_set *set, const struct nlattr **tb)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (len < sizeof(*genl) || genl->cmd != cmd)
		return -EBADMSG;
	return rgf_attrs_read(genl + 1, len - sizeof(*genl), set, tb);
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

static int read_comment(const struct nlattr *attr, char *ret)
{
	size_t len;

	if (!attr)
		return 0;
	len = strnlen(mnl_attr_get_payload(attr),
		      mnl_attr_get_payload_len(attr));
	if (len > RINGFENCE_COMMENT_MAX)
		return -EBADMSG;
	memcpy(ret, mnl_attr_get_payload(attr), len);
	ret[len] = 0;
	return 0;
}

static int read_prefix(const struct nlattr *attr, struct rgf_prefix *ret)
{
	return attr ? rgf_read_prefix(attr, ret) : -EBADMSG;
}

/* Attributes of a ban, @tb. What a newer module says remains a number. */
static int read_ban(const struct nlattr **tb, struct rgf_ban *ban)
{
	uint32_t reason = 0, class = 0, strike_reason = 0, cause = 0;

	if (read_prefix(tb[RINGFENCE_A_BAN_PREFIX], &ban->prefix) ||
	    read_comment(tb[RINGFENCE_A_BAN_COMMENT], ban->comment))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_BAN_REASON], &reason);
	read_u32(tb[RINGFENCE_A_BAN_CLASS], &class);
	read_u32(tb[RINGFENCE_A_BAN_STRIKE_REASON], &strike_reason);
	read_u32(tb[RINGFENCE_A_BAN_CAUSE], &cause);
	ban->reason = reason;
	ban->class = class;
	ban->strike_reason = strike_reason;
	ban->cause = cause;
	ban->has_idle = tb[RINGFENCE_A_BAN_IDLE];
	read_u32(tb[RINGFENCE_A_BAN_TIME], &ban->time);
	read_u32(tb[RINGFENCE_A_BAN_RULE], &ban->rule);
	read_u32(tb[RINGFENCE_A_BAN_RATE], &ban->rate);
	read_u32(tb[RINGFENCE_A_BAN_AGE], &ban->age);
	read_u32(tb[RINGFENCE_A_BAN_LEFT], &ban->left);
	read_u32(tb[RINGFENCE_A_BAN_IDLE], &ban->idle);
	read_u32(tb[RINGFENCE_A_BAN_OFFENCES], &ban->offences);
	read_u64(tb[RINGFENCE_A_BAN_PACKETS], &ban->packets);
	return 0;
}

int rgf_read_ban(const struct nlmsghdr *nlh, struct rgf_ban *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_ban ban = { 0 };

	if (read_msg(nlh, RINGFENCE_CMD_BAN_GET, &rgf_ban_attrs, tb) ||
	    read_ban(tb, &ban))
		return -EBADMSG;
	*ret = ban;
	return 0;
}

int rgf_read_trust(const struct nlmsghdr *nlh, struct rgf_trust *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_trust t = { 0 };
	uint32_t kind = 0;

	if (read_msg(nlh, RINGFENCE_CMD_TRUST_GET, &rgf_trust_attrs, tb) ||
	    read_prefix(tb[RINGFENCE_A_TRUST_PREFIX], &t.prefix) ||
	    read_comment(tb[RINGFENCE_A_TRUST_COMMENT], t.comment))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_TRUST_KIND], &kind);
	t.kind = kind;
	read_u32(tb[RINGFENCE_A_TRUST_AGE], &t.age);
	read_u32(tb[RINGFENCE_A_TRUST_LEFT], &t.left);
	*ret = t;
	return 0;
}

int rgf_read_source(const struct nlmsghdr *nlh, struct rgf_source *ret)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_source s = { 0 };
	uint32_t class = 0;

	if (read_msg(nlh, RINGFENCE_CMD_SOURCE_GET, &rgf_source_attrs, tb) ||
	    read_prefix(tb[RINGFENCE_A_SOURCE_PREFIX], &s.prefix))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_SOURCE_CLASS], &class);
	s.class = class;
	read_u32(tb[RINGFENCE_A_SOURCE_PASSED], &s.passed);
	read_u32(tb[RINGFENCE_A_SOURCE_LIMITED], &s.limited);
	read_u32(tb[RINGFENCE_A_SOURCE_STRIKES], &s.strikes);
	read_u32(tb[RINGFENCE_A_SOURCE_IDLE], &s.idle);
	s.known = tb[RINGFENCE_A_SOURCE_KNOWN] &&
		  mnl_attr_get_u8(tb[RINGFENCE_A_SOURCE_KNOWN]);
	*ret = s;
	return 0;
}

static void read_settings(const struct nlattr **tb, struct rgf_limit *limit)
{
	if (tb[RINGFENCE_A_LIMIT_ENABLED]) {
		limit->value[RGF_LIMIT_ENABLED] =
			mnl_attr_get_u8(tb[RINGFENCE_A_LIMIT_ENABLED]);
		limit->has |= 1 << RGF_LIMIT_ENABLED;
	}
	for (unsigned int i = RGF_LIMIT_RATE; i < RGF_LIMIT_NR; i++) {
		const struct nlattr *attr =
			tb[RINGFENCE_A_LIMIT_RATE + i - RGF_LIMIT_RATE];

		if (attr)
			limit->has |= 1u << i;
		read_u32(attr, &limit->value[i]);
	}
}

static int read_limit(const struct nlattr *nest, struct rgf_limits *limits)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_limit *limit;
	uint32_t class;

	if (rgf_attrs_read(mnl_attr_get_payload(nest),
			   mnl_attr_get_payload_len(nest), &rgf_limit_attrs,
			   tb) ||
	    !tb[RINGFENCE_A_LIMIT_CLASS])
		return -EBADMSG;
	class = mnl_attr_get_u32(tb[RINGFENCE_A_LIMIT_CLASS]);
	if (class >= __RINGFENCE_LIMIT_CLASS_MAX)
		return 0; /* of a newer module */
	limit = &limits->limit[class];
	read_settings(tb, limit);
	read_u64(tb[RINGFENCE_A_LIMIT_PASSED], &limit->passed);
	read_u64(tb[RINGFENCE_A_LIMIT_LIMITED], &limit->limited);
	read_u64(tb[RINGFENCE_A_LIMIT_GLOBAL_LIMITED], &limit->global_limited);
	read_u64(tb[RINGFENCE_A_LIMIT_NEWCOMER_LIMITED],
		 &limit->newcomer_limited);
	read_u64(tb[RINGFENCE_A_LIMIT_STRUCK], &limit->struck);
	read_u64(tb[RINGFENCE_A_LIMIT_BANNED], &limit->banned);
	return 0;
}

/* All of a type; what a newer module has more of is left out. */
static void read_ports(const struct nlmsghdr *nlh, uint16_t type,
		       struct rgf_ports *ports)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == type &&
		    ports->n < RINGFENCE_MAX_SIGNALING_PORTS)
			ports->port[ports->n++] = mnl_attr_get_u16(attr);
}

static void read_table(const struct nlattr **tb, struct rgf_limits *l)
{
	if (tb[RINGFENCE_A_LIMITS_IPV4_LENGTH])
		l->ipv4_length =
			mnl_attr_get_u8(tb[RINGFENCE_A_LIMITS_IPV4_LENGTH]);
	if (tb[RINGFENCE_A_LIMITS_IPV6_LENGTH])
		l->ipv6_length =
			mnl_attr_get_u8(tb[RINGFENCE_A_LIMITS_IPV6_LENGTH]);
	read_u32(tb[RINGFENCE_A_LIMITS_SOURCES], &l->sources);
	read_u32(tb[RINGFENCE_A_LIMITS_SOURCES_USED], &l->sources_used);
	read_u32(tb[RINGFENCE_A_LIMITS_SOURCES_KNOWN], &l->sources_known);
	read_u64(tb[RINGFENCE_A_LIMITS_SOURCES_REPLACED], &l->sources_replaced);
	read_u64(tb[RINGFENCE_A_LIMITS_SOURCES_FULL], &l->sources_full);
	read_u64(tb[RINGFENCE_A_LIMITS_MEMORY], &l->memory);
	read_u32(tb[RINGFENCE_A_LIMITS_BANS], &l->bans);
	read_u64(tb[RINGFENCE_A_LIMITS_BANNED_PACKETS], &l->banned_packets);
	read_u32(tb[RINGFENCE_A_LIMITS_TRUSTS], &l->trusts);
}

int rgf_read_limits(const struct nlmsghdr *nlh, struct rgf_limits *limits)
{
	const struct nlattr *tb[TB_MAX];

	if (read_msg(nlh, RINGFENCE_CMD_LIMIT_GET, &rgf_limits_attrs, tb))
		return -EBADMSG;
	if (tb[RINGFENCE_A_LIMITS_LIMIT])
		return read_limit(tb[RINGFENCE_A_LIMITS_LIMIT], limits);
	limits->signaling.n = 0;
	limits->secure.n = 0;
	read_ports(nlh, RINGFENCE_A_LIMITS_SIGNALING_PORT, &limits->signaling);
	read_ports(nlh, RINGFENCE_A_LIMITS_SECURE_PORT, &limits->secure);
	read_table(tb, limits);
	return 0;
}

int rgf_read_strike(const struct nlmsghdr *nlh, bool *ret_banned)
{
	const struct nlattr *tb[TB_MAX];

	if (read_msg(nlh, RINGFENCE_CMD_STRIKE, &rgf_strike_attrs, tb) ||
	    !tb[RINGFENCE_A_STRIKE_BANNED])
		return -EBADMSG;
	*ret_banned = mnl_attr_get_u8(tb[RINGFENCE_A_STRIKE_BANNED]);
	return 0;
}

static int read_full(const struct nlmsghdr *nlh, struct rgf_event *e)
{
	const struct nlattr *tb[TB_MAX];
	uint32_t table = 0;

	if (read_msg(nlh, RINGFENCE_CMD_GUARD_FULL_NTF, &rgf_guard_full_attrs,
		     tb))
		return -EBADMSG;
	read_u32(tb[RINGFENCE_A_GUARD_FULL_TABLE], &table);
	read_u64(tb[RINGFENCE_A_GUARD_FULL_COUNT], &e->count);
	e->table = table;
	return 0;
}

int rgf_read_guard_event(const struct nlmsghdr *nlh, struct rgf_event *ret)
{
	uint8_t cmd = ret->type == RGF_EVENT_BAN ? RINGFENCE_CMD_BAN_NEW_NTF
						 : RINGFENCE_CMD_BAN_DEL_NTF;
	const struct nlattr *tb[TB_MAX];

	if (ret->type == RGF_EVENT_FULL)
		return read_full(nlh, ret);
	if (read_msg(nlh, cmd, &rgf_ban_attrs, tb))
		return -EBADMSG;
	return read_ban(tb, &ret->ban);
}
