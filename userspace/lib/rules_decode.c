// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/rules_msg.h"

#define TB_MAX (RINGFENCE_A_RULE_MAX + 1) /* the largest set here */
_Static_assert(RINGFENCE_A_RULES_MAX < TB_MAX, "rules");
_Static_assert(RINGFENCE_A_RULES_EVENT_MAX < TB_MAX, "event");
_Static_assert(RINGFENCE_A_RULES_COUNT_MAX < TB_MAX, "count");
_Static_assert(RINGFENCE_A_ADDRESS_SET_MAX < TB_MAX, "set");
_Static_assert(RINGFENCE_A_PREFIX_MAX < TB_MAX, "prefix");
_Static_assert(RINGFENCE_A_PORT_RANGE_MAX < TB_MAX, "ports");

static int read_nest(const struct nlattr *attr, const struct rgf_attr_set *set,
		     const struct nlattr **tb)
{
	return rgf_attrs_read(mnl_attr_get_payload(attr),
			      mnl_attr_get_payload_len(attr), set, tb);
}

static void read_u8(const struct nlattr *attr, uint8_t *ret, uint32_t *has,
		    uint32_t bit)
{
	if (!attr)
		return;
	*ret = mnl_attr_get_u8(attr);
	*has |= bit;
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

/* -EBADMSG: longer than @size bytes with its zero. */
static int read_text(const struct nlattr *attr, char *ret, size_t size)
{
	size_t len;

	if (!attr)
		return 0;
	len = strnlen(mnl_attr_get_payload(attr),
		      mnl_attr_get_payload_len(attr));
	if (len >= size)
		return -EBADMSG;
	memcpy(ret, mnl_attr_get_payload(attr), len);
	ret[len] = 0;
	return 0;
}

int rgf_read_prefix(const struct nlattr *nest, struct rgf_prefix *ret)
{
	const struct nlattr *tb[TB_MAX];
	uint32_t none = 0;

	if (read_nest(nest, &rgf_prefix_attrs, tb) ||
	    !tb[RINGFENCE_A_PREFIX_IPV4] == !tb[RINGFENCE_A_PREFIX_IPV6])
		return -EBADMSG;
	if (tb[RINGFENCE_A_PREFIX_IPV4]) {
		ret->addr = rgf_addr_v4((struct in_addr){
			mnl_attr_get_u32(tb[RINGFENCE_A_PREFIX_IPV4]) });
		ret->len = 32;
	} else {
		memcpy(&ret->addr.in6,
		       mnl_attr_get_payload(tb[RINGFENCE_A_PREFIX_IPV6]),
		       sizeof(ret->addr.in6));
		ret->len = 128;
	}
	read_u8(tb[RINGFENCE_A_PREFIX_LENGTH], &ret->len, &none, 0);
	return ret->len > (tb[RINGFENCE_A_PREFIX_IPV4] ? 32 : 128) ? -EBADMSG
								   : 0;
}

static int read_range(const struct nlattr *nest, struct rgf_port_ranges *ports)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_port_range *range;

	if (ports->n == RINGFENCE_MAX_PORT_RANGES ||
	    read_nest(nest, &rgf_port_range_attrs, tb) ||
	    !tb[RINGFENCE_A_PORT_RANGE_FIRST])
		return -EBADMSG;
	range = &ports->range[ports->n++];
	range->first = mnl_attr_get_u16(tb[RINGFENCE_A_PORT_RANGE_FIRST]);
	range->last = range->first;
	if (tb[RINGFENCE_A_PORT_RANGE_LAST])
		range->last = mnl_attr_get_u16(tb[RINGFENCE_A_PORT_RANGE_LAST]);
	return 0;
}

/* All of a type, in a nest that was read already. */
static int read_ports(const struct nlattr *nest, uint16_t type,
		      struct rgf_port_ranges *ports)
{
	const struct nlattr *attr;
	int r = 0;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type && !r)
			r = read_range(attr, ports);
	return r;
}

static int read_addrs(const struct nlattr **tb, struct rgf_rule *rule)
{
	int r = 0;

	if (tb[RINGFENCE_A_RULE_FROM]) {
		rule->has |= RGF_RULE_FROM;
		r = rgf_read_prefix(tb[RINGFENCE_A_RULE_FROM], &rule->from);
	}
	if (tb[RINGFENCE_A_RULE_TO] && !r) {
		rule->has |= RGF_RULE_TO;
		r = rgf_read_prefix(tb[RINGFENCE_A_RULE_TO], &rule->to);
	}
	if (tb[RINGFENCE_A_RULE_FROM_SET])
		rule->has |= RGF_RULE_FROM_SET;
	if (tb[RINGFENCE_A_RULE_TO_SET])
		rule->has |= RGF_RULE_TO_SET;
	return r;
}

static int read_names(const struct nlattr **tb, struct rgf_rule *rule)
{
	if (tb[RINGFENCE_A_RULE_IN])
		rule->has |= RGF_RULE_IN;
	if (tb[RINGFENCE_A_RULE_OUT])
		rule->has |= RGF_RULE_OUT;
	if (read_text(tb[RINGFENCE_A_RULE_CHAIN], rule->chain,
		      sizeof(rule->chain)) ||
	    read_text(tb[RINGFENCE_A_RULE_JUMP], rule->jump,
		      sizeof(rule->jump)) ||
	    read_text(tb[RINGFENCE_A_RULE_IN], rule->in, sizeof(rule->in)) ||
	    read_text(tb[RINGFENCE_A_RULE_OUT], rule->out, sizeof(rule->out)) ||
	    read_text(tb[RINGFENCE_A_RULE_FROM_SET], rule->from_set,
		      sizeof(rule->from_set)) ||
	    read_text(tb[RINGFENCE_A_RULE_TO_SET], rule->to_set,
		      sizeof(rule->to_set)) ||
	    read_text(tb[RINGFENCE_A_RULE_COMMENT], rule->comment,
		      sizeof(rule->comment)))
		return -EBADMSG;
	return 0;
}

static void read_time(const struct nlattr **tb, struct rgf_rule *rule)
{
	const struct nlattr *start = tb[RINGFENCE_A_RULE_TIME_START];
	const struct nlattr *end = tb[RINGFENCE_A_RULE_TIME_END];

	if (!start || !end)
		return;
	rule->has |= RGF_RULE_TIME;
	rule->time_start = mnl_attr_get_u16(start);
	rule->time_end = mnl_attr_get_u16(end);
}

static void read_rate(const struct nlattr **tb, struct rgf_rule *rule)
{
	uint32_t unit = 0, mode = 0;

	if (!tb[RINGFENCE_A_RULE_RATE])
		return;
	rule->has |= RGF_RULE_RATE;
	rule->rate_burst = RINGFENCE_RATE_BURST_DEFAULT;
	read_u32(tb[RINGFENCE_A_RULE_RATE], &rule->rate);
	read_u32(tb[RINGFENCE_A_RULE_RATE_BURST], &rule->rate_burst);
	read_u32(tb[RINGFENCE_A_RULE_RATE_UNIT], &unit);
	read_u32(tb[RINGFENCE_A_RULE_RATE_MODE], &mode);
	rule->rate_unit = unit;
	rule->rate_mode = mode;
}

static void read_numbers(const struct nlattr **tb, struct rgf_rule *rule)
{
	read_u8(tb[RINGFENCE_A_RULE_PROTOCOL], &rule->protocol, &rule->has,
		RGF_RULE_PROTOCOL);
	read_u8(tb[RINGFENCE_A_RULE_ICMP_TYPE], &rule->icmp_type, &rule->has,
		RGF_RULE_ICMP_TYPE);
	read_u8(tb[RINGFENCE_A_RULE_ICMP_CODE], &rule->icmp_code, &rule->has,
		RGF_RULE_ICMP_CODE);
	read_u8(tb[RINGFENCE_A_RULE_DSCP], &rule->dscp, &rule->has,
		RGF_RULE_DSCP);
	read_u8(tb[RINGFENCE_A_RULE_STATE], &rule->state, &rule->has,
		RGF_RULE_STATE);
	read_u8(tb[RINGFENCE_A_RULE_DAYS], &rule->days, &rule->has,
		RGF_RULE_DAYS);
	read_time(tb, rule);
	read_rate(tb, rule);
	if (tb[RINGFENCE_A_RULE_LOG_RATE])
		rule->log_rate =
			mnl_attr_get_u32(tb[RINGFENCE_A_RULE_LOG_RATE]);
	read_u32(tb[RINGFENCE_A_RULE_BAN_TIME], &rule->ban_time);
	read_u64(tb[RINGFENCE_A_RULE_PACKETS], &rule->packets);
	read_u64(tb[RINGFENCE_A_RULE_BYTES], &rule->bytes);
}

static int read_rule(const struct nlattr *nest, struct rgf_rules *r)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_rule *rule;

	if (read_nest(nest, &rgf_rule_attrs, tb) ||
	    !tb[RINGFENCE_A_RULE_CHAIN] || !tb[RINGFENCE_A_RULE_ACTION])
		return -EBADMSG;
	rule = rgf_rules_add(r);
	if (!rule)
		return r->n_rules == RINGFENCE_MAX_RULES ? -EBADMSG : -ENOMEM;
	rule->action = mnl_attr_get_u32(tb[RINGFENCE_A_RULE_ACTION]);
	read_numbers(tb, rule);
	if (read_names(tb, rule) || read_addrs(tb, rule) ||
	    read_ports(nest, RINGFENCE_A_RULE_SPORT, &rule->sport) ||
	    read_ports(nest, RINGFENCE_A_RULE_DPORT, &rule->dport))
		return -EBADMSG;
	return 0;
}

static int read_entries(const struct nlattr *nest, struct rgf_address_set *set)
{
	const struct nlattr *attr;
	struct rgf_prefix prefix;
	int r = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != RINGFENCE_A_ADDRESS_SET_ENTRY)
			continue;
		r = rgf_read_prefix(attr, &prefix);
		if (!r)
			r = rgf_address_set_add(set, &prefix);
		if (r)
			return r == -ENOSPC ? -EBADMSG : r;
	}
	return 0;
}

static int read_set(const struct nlattr *nest, struct rgf_rules *r)
{
	const struct nlattr *tb[TB_MAX];
	struct rgf_address_set *set;
	rgf_rule_name name = "";

	if (read_nest(nest, &rgf_address_set_attrs, tb) ||
	    !tb[RINGFENCE_A_ADDRESS_SET_NAME] ||
	    read_text(tb[RINGFENCE_A_ADDRESS_SET_NAME], name, sizeof(name)))
		return -EBADMSG;
	set = rgf_rules_set_find(r, name, true);
	return set ? read_entries(nest, set) : -EBADMSG;
}

/* Attributes of the message, which must be a reply to rules-get. */
static int read_msg(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (len < sizeof(*genl) || genl->cmd != RINGFENCE_CMD_RULES_GET)
		return -EBADMSG;
	return rgf_attrs_read(genl + 1, len - sizeof(*genl), &rgf_rules_attrs,
			      tb);
}

int rgf_read_rules_part(const struct nlmsghdr *nlh, struct rgf_rules *r)
{
	const struct nlattr *tb[TB_MAX];
	int err = read_msg(nlh, tb);

	if (!err && tb[RINGFENCE_A_RULES_SET])
		err = read_set(tb[RINGFENCE_A_RULES_SET], r);
	if (!err && tb[RINGFENCE_A_RULES_RULE])
		err = read_rule(tb[RINGFENCE_A_RULES_RULE], r);
	return err;
}

static int read_count(const struct nlattr *nest, struct rgf_rules *r)
{
	const struct nlattr *tb[TB_MAX];
	uint32_t what;

	if (read_nest(nest, &rgf_rules_count_attrs, tb) ||
	    !tb[RINGFENCE_A_RULES_COUNT_WHAT])
		return -EBADMSG;
	what = mnl_attr_get_u32(tb[RINGFENCE_A_RULES_COUNT_WHAT]);
	if (what >= __RINGFENCE_RULES_COUNTER_MAX)
		return 0; /* of a newer module */
	read_u64(tb[RINGFENCE_A_RULES_COUNT_PACKETS], &r->count[what].packets);
	read_u64(tb[RINGFENCE_A_RULES_COUNT_BYTES], &r->count[what].bytes);
	return 0;
}

static int read_counts(const struct nlmsghdr *nlh, struct rgf_rules *r)
{
	const struct nlattr *attr;
	int err = 0;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == RINGFENCE_A_RULES_COUNT && !err)
			err = read_count(attr, r);
	return err;
}

int rgf_read_rules(const struct nlmsghdr *nlh, struct rgf_rules *r)
{
	const struct nlattr *tb[TB_MAX];
	uint32_t local = r->default_local, network = r->default_network;
	int err = read_msg(nlh, tb);

	if (err)
		return err;
	r->in_force = tb[RINGFENCE_A_RULES_DEFAULT_LOCAL];
	read_u32(tb[RINGFENCE_A_RULES_DEFAULT_LOCAL], &local);
	read_u32(tb[RINGFENCE_A_RULES_DEFAULT_NETWORK], &network);
	r->default_local = local;
	r->default_network = network;
	read_u32(tb[RINGFENCE_A_RULES_CONFIRM], &r->confirm_left);
	read_u32(tb[RINGFENCE_A_RULES_FLAT_RULES], &r->flat_rules);
	read_u32(tb[RINGFENCE_A_RULES_COMPILE_TIME], &r->compile_time);
	read_u64(tb[RINGFENCE_A_RULES_MEMORY], &r->memory);
	return read_counts(nlh, r);
}

int rgf_read_rules_event(const struct nlmsghdr *nlh, struct rgf_event *e)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[TB_MAX];

	if (len < sizeof(*genl) ||
	    rgf_attrs_read(genl + 1, len - sizeof(*genl),
			   &rgf_rules_event_attrs, tb) ||
	    read_text(tb[RINGFENCE_A_RULES_EVENT_SET], e->set, sizeof(e->set)))
		return -EBADMSG;
	e->has_rules = tb[RINGFENCE_A_RULES_EVENT_RULES];
	read_u32(tb[RINGFENCE_A_RULES_EVENT_RULES], &e->rules);
	read_u32(tb[RINGFENCE_A_RULES_EVENT_CONFIRM], &e->confirm);
	read_u32(tb[RINGFENCE_A_RULES_EVENT_ENTRIES], &e->entries);
	return 0;
}
