// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of rule sets, for reading and for naming them. */
#include "lib/attr_set.h"
#include "lib/rules_msg.h"

static const struct rgf_attr prefix_attrs[] = {
	[RINGFENCE_A_PREFIX_IPV4] = { "ipv4", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_PREFIX_IPV6] = { "ipv6", RGF_ATTR_IPV6, NULL },
	[RINGFENCE_A_PREFIX_LENGTH] = { "length", RGF_ATTR_U8, NULL },
};
const struct rgf_attr_set rgf_prefix_attrs = ATTR_SET(prefix_attrs);

static const struct rgf_attr port_range_attrs[] = {
	[RINGFENCE_A_PORT_RANGE_FIRST] = { "first", RGF_ATTR_U16, NULL },
	[RINGFENCE_A_PORT_RANGE_LAST] = { "last", RGF_ATTR_U16, NULL },
};
const struct rgf_attr_set rgf_port_range_attrs = ATTR_SET(port_range_attrs);

static const struct rgf_attr rule_attrs[] = {
	[RINGFENCE_A_RULE_CHAIN] = { "chain", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_ACTION] = { "action", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_JUMP] = { "jump", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_LOG_RATE] = { "log-rate", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_BAN_TIME] = { "ban-time", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_IN] = { "in", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_OUT] = { "out", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_FROM] = { "from", RGF_ATTR_NEST, &rgf_prefix_attrs },
	[RINGFENCE_A_RULE_TO] = { "to", RGF_ATTR_NEST, &rgf_prefix_attrs },
	[RINGFENCE_A_RULE_FROM_SET] = { "from-set", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_TO_SET] = { "to-set", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_PROTOCOL] = { "protocol", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_SPORT] = { "sport", RGF_ATTR_NEST,
				     &rgf_port_range_attrs },
	[RINGFENCE_A_RULE_DPORT] = { "dport", RGF_ATTR_NEST,
				     &rgf_port_range_attrs },
	[RINGFENCE_A_RULE_ICMP_TYPE] = { "icmp-type", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_ICMP_CODE] = { "icmp-code", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_DSCP] = { "dscp", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_STATE] = { "state", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_DAYS] = { "days", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_RULE_TIME_START] = { "time-start", RGF_ATTR_U16, NULL },
	[RINGFENCE_A_RULE_TIME_END] = { "time-end", RGF_ATTR_U16, NULL },
	[RINGFENCE_A_RULE_RATE] = { "rate", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_RATE_UNIT] = { "rate-unit", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_RATE_BURST] = { "rate-burst", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_RATE_MODE] = { "rate-mode", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_COMMENT] = { "comment", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULE_NUMBER] = { "number", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULE_PACKETS] = { "packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_RULE_BYTES] = { "bytes", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_RULE_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_rule_attrs = ATTR_SET(rule_attrs);

static const struct rgf_attr address_set_attrs[] = {
	[RINGFENCE_A_ADDRESS_SET_NAME] = { "name", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_ADDRESS_SET_MODE] = { "mode", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_ADDRESS_SET_ENTRY] = { "entry", RGF_ATTR_NEST,
					    &rgf_prefix_attrs },
};
const struct rgf_attr_set rgf_address_set_attrs = ATTR_SET(address_set_attrs);

static const struct rgf_attr rules_count_attrs[] = {
	[RINGFENCE_A_RULES_COUNT_WHAT] = { "what", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_COUNT_PACKETS] = { "packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_RULES_COUNT_BYTES] = { "bytes", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_RULES_COUNT_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_rules_count_attrs = ATTR_SET(rules_count_attrs);

static const struct rgf_attr rules_attrs[] = {
	[RINGFENCE_A_RULES_DEFAULT_LOCAL] = { "default-local", RGF_ATTR_U32,
					      NULL },
	[RINGFENCE_A_RULES_DEFAULT_NETWORK] = { "default-network", RGF_ATTR_U32,
						NULL },
	[RINGFENCE_A_RULES_CONFIRM] = { "confirm", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_SET] = { "set", RGF_ATTR_NEST,
				    &rgf_address_set_attrs },
	[RINGFENCE_A_RULES_RULE] = { "rule", RGF_ATTR_NEST, &rgf_rule_attrs },
	[RINGFENCE_A_RULES_COUNT] = { "count", RGF_ATTR_NEST,
				      &rgf_rules_count_attrs },
	[RINGFENCE_A_RULES_RULES] = { "rules", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_FLAT_RULES] = { "flat-rules", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_MEMORY] = { "memory", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_RULES_COMPILE_TIME] = { "compile-time", RGF_ATTR_U32,
					     NULL },
	[RINGFENCE_A_RULES_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_rules_attrs = ATTR_SET(rules_attrs);

static const struct rgf_attr rules_event_attrs[] = {
	[RINGFENCE_A_RULES_EVENT_RULES] = { "rules", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_EVENT_CONFIRM] = { "confirm", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_RULES_EVENT_SET] = { "set", RGF_ATTR_TEXT, NULL },
	[RINGFENCE_A_RULES_EVENT_ENTRIES] = { "entries", RGF_ATTR_U32, NULL },
};
const struct rgf_attr_set rgf_rules_event_attrs = ATTR_SET(rules_event_attrs);

ALL_OF(prefix_attrs, PREFIX);
ALL_OF(port_range_attrs, PORT_RANGE);
ALL_OF(rule_attrs, RULE);
ALL_OF(address_set_attrs, ADDRESS_SET);
ALL_OF(rules_count_attrs, RULES_COUNT);
ALL_OF(rules_attrs, RULES);
ALL_OF(rules_event_attrs, RULES_EVENT);
