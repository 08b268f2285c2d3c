// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of the rule language that stand for numbers. */
#include <string.h>

#include "lib/names-gen.h"
#include "lib/rules_text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NAME(value, name) [value] = (name),
static const char *const actions[] = { RINGFENCE_RULE_ACTION_NAMES(NAME) };

/* Without their numbers, which are bits in this order. */
#define BIT_NAME(value, name) name,
static const char *const states[] = { RINGFENCE_CONNECTION_STATE_NAMES(
	BIT_NAME) };
static const char *const days[] = { RINGFENCE_WEEKDAY_NAMES(BIT_NAME) };

static const char *const rate_units[] = {
	[RINGFENCE_RATE_UNIT_SECOND] = "s",
	[RINGFENCE_RATE_UNIT_MINUTE] = "m",
	[RINGFENCE_RATE_UNIT_HOUR] = "h",
};

/* Where a number has several names the first one is printed. */
struct word_number {
	const char *word;
	uint8_t number;
};

static const struct word_number protocols[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "dccp", IPPROTO_DCCP },
	{ "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
	{ "gre", IPPROTO_GRE },
	{ "igmp", IPPROTO_IGMP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "ipip", IPPROTO_IPIP },
	{ "ipv6", IPPROTO_IPV6 },
	{ "ospf", 89 },
	{ "vrrp", 112 },
};

static const struct word_number icmp_types[] = {
	{ "echo-reply", 0 },	     { "destination-unreachable", 3 },
	{ "redirect", 5 },	     { "echo-request", 8 },
	{ "time-exceeded", 11 },     { "parameter-problem", 12 },
	{ "timestamp-request", 13 }, { "timestamp-reply", 14 },
};

static const struct word_number icmpv6_types[] = {
	{ "destination-unreachable", 1 },
	{ "packet-too-big", 2 },
	{ "time-exceeded", 3 },
	{ "parameter-problem", 4 },
	{ "echo-request", 128 },
	{ "echo-reply", 129 },
	{ "router-solicitation", 133 },
	{ "router-advertisement", 134 },
	{ "neighbour-solicitation", 135 },
	{ "neighbour-advertisement", 136 },
	{ "redirect", 137 },
};

static const struct word_number dscps[] = {
	{ "default", 0 }, { "cs1", 8 },	  { "cs2", 16 },  { "cs3", 24 },
	{ "cs4", 32 },	  { "cs5", 40 },  { "cs6", 48 },  { "cs7", 56 },
	{ "af11", 10 },	  { "af12", 12 }, { "af13", 14 }, { "af21", 18 },
	{ "af22", 20 },	  { "af23", 22 }, { "af31", 26 }, { "af32", 28 },
	{ "af33", 30 },	  { "af41", 34 }, { "af42", 36 }, { "af43", 38 },
	{ "va", 44 },	  { "ef", 46 },
};

static bool by_word(const struct word_number *w, size_t n, const char *word,
		    uint8_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(w[i].word, word) == 0) {
			*ret = w[i].number;
			return true;
		}
	}
	return false;
}

static const char *by_number(const struct word_number *w, size_t n,
			     uint8_t number)
{
	for (size_t i = 0; i < n; i++)
		if (w[i].number == number)
			return w[i].word;
	return NULL;
}

const char *rgf_rule_action_name(unsigned int action)
{
	return action < ARRAY_SIZE(actions) ? actions[action] : NULL;
}

const char *rgf_protocol_name(uint8_t protocol)
{
	return by_number(protocols, ARRAY_SIZE(protocols), protocol);
}

bool rule_protocol(const char *word, uint8_t *ret)
{
	return by_word(protocols, ARRAY_SIZE(protocols), word, ret);
}

bool rule_icmp_type(uint8_t protocol, const char *word, uint8_t *ret)
{
	if (protocol == IPPROTO_ICMP)
		return by_word(icmp_types, ARRAY_SIZE(icmp_types), word, ret);
	return by_word(icmpv6_types, ARRAY_SIZE(icmpv6_types), word, ret);
}

const char *rule_icmp_type_name(uint8_t protocol, uint8_t type)
{
	if (protocol == IPPROTO_ICMP)
		return by_number(icmp_types, ARRAY_SIZE(icmp_types), type);
	return by_number(icmpv6_types, ARRAY_SIZE(icmpv6_types), type);
}

bool rule_dscp(const char *word, uint8_t *ret)
{
	return by_word(dscps, ARRAY_SIZE(dscps), word, ret);
}

const char *rule_dscp_name(uint8_t dscp)
{
	return by_number(dscps, ARRAY_SIZE(dscps), dscp);
}

const char *rule_state_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(states) ? states[bit] : NULL;
}

const char *rule_day_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(days) ? days[bit] : NULL;
}

const char *rule_rate_unit_name(unsigned int unit)
{
	return unit < ARRAY_SIZE(rate_units) ? rate_units[unit] : NULL;
}

const struct rule_duration rule_durations[] = {
	{ 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 }, { 0, 0 }
};
