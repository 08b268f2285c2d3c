// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions of a rule: each takes its words from the line. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules_text.h"

/* addresses */

/* Bits of @addr, all of them, behind the first @len. */
static bool has_host_bits(const struct in6_addr *addr, unsigned int len)
{
	for (unsigned int i = len; i < 128; i++)
		if (addr->s6_addr[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

static int parse_addr(const char *word, struct rgf_addr *ret)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, word, &v4) == 1) {
		*ret = rgf_addr_v4(v4);
		return 0;
	}
	if (inet_pton(AF_INET6, word, &ret->in6) != 1 || rgf_addr_is_v4(ret))
		return -EINVAL;
	return 0;
}

int rgf_prefix_parse(const char *word, struct rgf_prefix *ret, char *error)
{
	const struct rule_line l = { .error = error };
	char text[INET6_ADDRSTRLEN + 1];
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : strlen(word);
	struct rgf_prefix prefix = { 0 };
	unsigned long bits, most;

	snprintf(text, sizeof(text), "%.*s",
		 (int)(len < sizeof(text) ? len : sizeof(text)), word);
	if (len >= sizeof(text) || parse_addr(text, &prefix.addr))
		return rule_refuse(&l,
				   "\"%.*s\" is no address, as 192.0.2.0/24 or "
				   "2001:db8::/32",
				   RULE_SHOWN_MAX, word);
	most = rgf_addr_is_v4(&prefix.addr) ? 32 : 128;
	bits = most;
	if (slash && !rule_number(slash + 1, most, &bits))
		return rule_refuse(
			&l, "a prefix of that address has 0 to %lu bits", most);
	prefix.len = (uint8_t)bits;
	if (has_host_bits(&prefix.addr.in6, (unsigned int)(128 - most + bits)))
		return rule_refuse(&l, "%.*s has bits set behind its first %lu",
				   RULE_SHOWN_MAX, word, bits);
	*ret = prefix;
	return 0;
}

static int parse_from_to(struct rule_line *l, const char *word, uint32_t one,
			 uint32_t set, struct rgf_prefix *prefix, char *name)
{
	struct rgf_rule *rule = l->rule;
	char *value;
	int r = rule_need_word(l, word, "ADDRESS[/BITS] or @SET", &value);

	if (r)
		return r;
	if (rule->has & (one | set))
		return rule_refuse(l, "%s is given twice", word);
	if (*value == '@') {
		rule->has |= set;
		return rule_name(l, "set", value + 1, name);
	}
	rule->has |= one;
	return rgf_prefix_parse(value, prefix, l->error);
}

static int parse_from(struct rule_line *l)
{
	return parse_from_to(l, "from", RGF_RULE_FROM, RGF_RULE_FROM_SET,
			     &l->rule->from, l->rule->from_set);
}

static int parse_to(struct rule_line *l)
{
	return parse_from_to(l, "to", RGF_RULE_TO, RGF_RULE_TO_SET,
			     &l->rule->to, l->rule->to_set);
}

/* interfaces */

static int parse_interface(struct rule_line *l, const char *word, uint32_t has,
			   char *ret)
{
	char *name;
	int r = rule_need_word(l, word, "INTERFACE", &name);
	size_t len;

	if (r)
		return r;
	if (l->rule->has & has)
		return rule_refuse(l, "%s is given twice", word);
	len = strlen(name);
	if (len > RGF_IFNAME_MAX || strpbrk(name, "/:") ||
	    (strchr(name, '*') && strchr(name, '*')[1]))
		return rule_refuse(
			l,
			"the name of an interface has up to 15 bytes, "
			"without '/' and ':', and may end with one '*', "
			"not \"%.*s\"",
			RULE_SHOWN_MAX, name);
	memcpy(ret, name, len + 1);
	l->rule->has |= has;
	return 0;
}

static int parse_in(struct rule_line *l)
{
	return parse_interface(l, "in", RGF_RULE_IN, l->rule->in);
}

static int parse_out(struct rule_line *l)
{
	if (strcmp(l->rule->chain, "local") == 0)
		return rule_refuse(l,
				   "packets to this host don't leave it: take "
				   "\"out\" away");
	return parse_interface(l, "out", RGF_RULE_OUT, l->rule->out);
}

/* protocols, ports, ICMP */

static int set_protocol(struct rule_line *l, uint8_t protocol)
{
	if (l->rule->has & RGF_RULE_PROTOCOL)
		return rule_refuse(l, "the protocol is given twice");
	l->rule->protocol = protocol;
	l->rule->has |= RGF_RULE_PROTOCOL;
	return 0;
}

static int parse_proto(struct rule_line *l)
{
	unsigned long number;
	uint8_t protocol;
	char *word;
	int r = rule_need_word(l, "proto", "NUMBER", &word);

	if (r)
		return r;
	if (rule_protocol(word, &protocol))
		return set_protocol(l, protocol);
	if (!rule_number(word, 255, &number))
		return rule_refuse(l,
				   "proto must be a number from 0 to 255, not "
				   "\"%.*s\"",
				   RULE_SHOWN_MAX, word);
	return set_protocol(l, (uint8_t)number);
}

static bool has_ports(const struct rgf_rule *rule)
{
	if (!(rule->has & RGF_RULE_PROTOCOL))
		return false;
	switch (rule->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_UDPLITE:
		return true;
	}
	return false;
}

static int by_first(const void *a, const void *b)
{
	const struct rgf_port_range *x = a, *y = b;

	return x->first - y->first;
}

/* In order, and none that another one covers or continues. */
static void merge_ports(struct rgf_port_ranges *ports)
{
	struct rgf_port_range *range = ports->range;
	unsigned int last = 0;

	qsort(range, ports->n, sizeof(*range), by_first);
	for (unsigned int i = 1; i < ports->n; i++) {
		if (range[i].first > range[last].last + 1)
			range[++last] = range[i];
		else if (range[i].last > range[last].last)
			range[last].last = range[i].last;
	}
	ports->n = last + 1;
}

static bool parse_range(char *word, struct rgf_port_range *ret)
{
	char *dash = strchr(word, '-');
	unsigned long first, last;

	if (dash)
		*dash++ = 0;
	if (!rule_number(word, UINT16_MAX, &first))
		return false;
	last = first;
	if (dash && (!rule_number(dash, UINT16_MAX, &last) || last < first))
		return false;
	*ret = (struct rgf_port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}

static int parse_ports(struct rule_line *l, const char *word,
		       struct rgf_port_ranges *ports)
{
	char *list, *one;
	int r = rule_need_word(l, word, "PORT[-PORT][,...]", &list);

	if (r)
		return r;
	if (!has_ports(l->rule))
		return rule_refuse(l,
				   "%s needs a protocol with ports in front of "
				   "it: tcp, udp, sctp, dccp or udplite",
				   word);
	if (ports->n)
		return rule_refuse(l, "%s is given twice", word);
	while ((one = strsep(&list, ","))) {
		if (ports->n == RINGFENCE_MAX_PORT_RANGES)
			return rule_refuse(l, "%s has more than 15 ranges",
					   word);
		if (!parse_range(one, &ports->range[ports->n]))
			return rule_refuse(
				l,
				"%s must be ports from 0 to 65535, as "
				"5060 or 5060-5061,5080",
				word);
		ports->n++;
	}
	merge_ports(ports);
	return 0;
}

static int parse_sport(struct rule_line *l)
{
	return parse_ports(l, "sport", &l->rule->sport);
}

static int parse_dport(struct rule_line *l)
{
	return parse_ports(l, "dport", &l->rule->dport);
}

static int parse_icmp_code(struct rule_line *l, const char *word)
{
	unsigned long number;

	if (!rule_number(word, 255, &number))
		return rule_refuse(l, "an ICMP code is a number from 0 to 255");
	l->rule->icmp_code = (uint8_t)number;
	l->rule->has |= RGF_RULE_ICMP_CODE;
	return 0;
}

static int parse_type(struct rule_line *l)
{
	struct rgf_rule *rule = l->rule;
	unsigned long number;
	char *word, *code;
	int r = rule_need_word(l, "type", "NAME or NUMBER[/CODE]", &word);

	if (r)
		return r;
	if (!(rule->has & RGF_RULE_PROTOCOL) ||
	    (rule->protocol != IPPROTO_ICMP &&
	     rule->protocol != IPPROTO_ICMPV6))
		return rule_refuse(l,
				   "type needs icmp or icmpv6 in front of it");
	if (rule->has & RGF_RULE_ICMP_TYPE)
		return rule_refuse(l, "type is given twice");
	code = strchr(word, '/');
	if (code)
		*code++ = 0;
	if (rule_number(word, 255, &number))
		rule->icmp_type = (uint8_t)number;
	else if (!rule_icmp_type(rule->protocol, word, &rule->icmp_type))
		return rule_refuse(l,
				   "there is no ICMP type \"%.*s\" of %s; give "
				   "its number",
				   RULE_SHOWN_MAX, word,
				   rgf_protocol_name(rule->protocol));
	rule->has |= RGF_RULE_ICMP_TYPE;
	return code ? parse_icmp_code(l, code) : 0;
}

static int parse_dscp(struct rule_line *l)
{
	unsigned long number;
	char *word;
	int r = rule_need_word(l, "dscp", "NAME or NUMBER", &word);

	if (r)
		return r;
	if (l->rule->has & RGF_RULE_DSCP)
		return rule_refuse(l, "dscp is given twice");
	if (rule_number(word, 63, &number))
		l->rule->dscp = (uint8_t)number;
	else if (!rule_dscp(word, &l->rule->dscp))
		return rule_refuse(
			l,
			"dscp must be a number from 0 to 63 or a name "
			"as ef or af31, not \"%.*s\"",
			RULE_SHOWN_MAX, word);
	l->rule->has |= RGF_RULE_DSCP;
	return 0;
}

static const struct {
	const char *word;
	int (*parse)(struct rule_line *l);
} conditions[] = {
	{ "in", parse_in },	  { "out", parse_out },
	{ "from", parse_from },	  { "to", parse_to },
	{ "proto", parse_proto }, { "sport", parse_sport },
	{ "dport", parse_dport }, { "type", parse_type },
	{ "dscp", parse_dscp },	  { "state", rule_state },
	{ "days", rule_days },	  { "time", rule_time },
	{ "rate", rule_rate },
};

int rule_condition(struct rule_line *l, const char *word)
{
	uint8_t protocol;

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (strcmp(conditions[i].word, word) == 0)
			return conditions[i].parse(l);
	if (rule_protocol(word, &protocol))
		return set_protocol(l, protocol);
	return rule_refuse(
		l,
		"unknown word \"%.*s\"; there are: in, out, from, to, a "
		"protocol, proto, sport, dport, type, dscp, state, days, time, "
		"rate, and the actions accept, drop, reject, ban, count, log, "
		"jump",
		RULE_SHOWN_MAX, word);
}
