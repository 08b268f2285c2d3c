// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules in canonical form. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "lib/rules_text.h"

struct out {
	char *buf;
	size_t used, size;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *o,
						      const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(o->buf + o->used, o->size - o->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		o->used += (size_t)n < o->size - o->used
				   ? (size_t)n
				   : o->size - o->used - 1;
}

const char *rgf_prefix_text(const struct rgf_prefix *prefix,
			    char buf[RGF_PREFIX_TEXT_MAX])
{
	struct in_addr v4 = rgf_addr_to_v4(&prefix->addr);
	bool is_v4 = rgf_addr_is_v4(&prefix->addr);
	size_t used;

	if (is_v4)
		inet_ntop(AF_INET, &v4, buf, RGF_PREFIX_TEXT_MAX);
	else
		inet_ntop(AF_INET6, &prefix->addr.in6, buf,
			  RGF_PREFIX_TEXT_MAX);
	used = strlen(buf);
	if (prefix->len != (is_v4 ? 32 : 128))
		snprintf(buf + used, RGF_PREFIX_TEXT_MAX - used, "/%u",
			 prefix->len);
	return buf;
}

static void put_addr(struct out *o, const char *word,
		     const struct rgf_rule *rule, uint32_t one, uint32_t set,
		     const struct rgf_prefix *prefix, const char *name)
{
	char text[RGF_PREFIX_TEXT_MAX];

	if (rule->has & one)
		put(o, " %s %s", word, rgf_prefix_text(prefix, text));
	else if (rule->has & set)
		put(o, " %s @%s", word, name);
}

static void put_ports(struct out *o, const char *word,
		      const struct rgf_port_ranges *ports)
{
	for (unsigned int i = 0; i < ports->n; i++) {
		const struct rgf_port_range *range = &ports->range[i];

		put(o, i ? "," : " %s ", word);
		put(o, "%u", range->first);
		if (range->last != range->first)
			put(o, "-%u", range->last);
	}
}

static void put_icmp(struct out *o, const struct rgf_rule *rule)
{
	const char *name = rule_icmp_type_name(rule->protocol, rule->icmp_type);

	if (!(rule->has & RGF_RULE_ICMP_TYPE))
		return;
	if (name)
		put(o, " type %s", name);
	else
		put(o, " type %u", rule->icmp_type);
	if (rule->has & RGF_RULE_ICMP_CODE)
		put(o, "/%u", rule->icmp_code);
}

static void put_transport(struct out *o, const struct rgf_rule *rule)
{
	const char *name = rgf_protocol_name(rule->protocol);

	if (rule->has & RGF_RULE_PROTOCOL && name)
		put(o, " %s", name);
	else if (rule->has & RGF_RULE_PROTOCOL)
		put(o, " proto %u", rule->protocol);
	put_ports(o, "sport", &rule->sport);
	put_ports(o, "dport", &rule->dport);
	put_icmp(o, rule);
	if (!(rule->has & RGF_RULE_DSCP))
		return;
	name = rule_dscp_name(rule->dscp);
	if (name)
		put(o, " dscp %s", name);
	else
		put(o, " dscp %u", rule->dscp);
}

static void put_states(struct out *o, const struct rgf_rule *rule)
{
	const char *name, *comma = " state ";

	if (!(rule->has & RGF_RULE_STATE))
		return;
	for (unsigned int i = 0; (name = rule_state_name(i)); i++) {
		if (!(rule->state >> i & 1))
			continue;
		put(o, "%s%s", comma, name);
		comma = ",";
	}
}

/* Runs of days in a row as the first and the last one. */
static void put_days(struct out *o, uint8_t days)
{
	const char *comma = " days ";

	for (unsigned int i = 0, last; i < 7; i = last + 1) {
		last = i;
		if (!(days >> i & 1))
			continue;
		while (days >> (last + 1) & 1)
			last++;
		put(o, "%s%s", comma, rule_day_name(i));
		if (last > i)
			put(o, "-%s", rule_day_name(last));
		comma = ",";
	}
}

static void put_time(struct out *o, const struct rgf_rule *rule)
{
	if (rule->has & RGF_RULE_DAYS)
		put_days(o, rule->days & 0x7f);
	if (rule->has & RGF_RULE_TIME)
		put(o, " time %02u:%02u-%02u:%02u", rule->time_start / 60,
		    rule->time_start % 60, rule->time_end / 60,
		    rule->time_end % 60);
}

static void put_rate(struct out *o, const struct rgf_rule *rule)
{
	const char *unit = rule_rate_unit_name(rule->rate_unit);

	if (!(rule->has & RGF_RULE_RATE))
		return;
	put(o, " rate %s%u/%s",
	    rule->rate_mode == RINGFENCE_RATE_MODE_OVER ? "over " : "",
	    rule->rate, unit ? unit : "unknown");
	if (rule->rate_burst != RINGFENCE_RATE_BURST_DEFAULT)
		put(o, " burst %u", rule->rate_burst);
	put(o, " per source");
}

/* In the largest unit that has no rest. */
static void put_duration(struct out *o, uint32_t seconds)
{
	for (unsigned int i = 0; rule_durations[i].unit; i++) {
		if (seconds % rule_durations[i].seconds)
			continue;
		put(o, " %u%c", seconds / rule_durations[i].seconds,
		    rule_durations[i].unit);
		return;
	}
}

static void put_action(struct out *o, const struct rgf_rule *rule)
{
	const char *name = rgf_rule_action_name(rule->action);

	put(o, " %s", name ? name : "unknown");
	if (rule->action == RINGFENCE_RULE_ACTION_JUMP)
		put(o, " %s", rule->jump);
	if (rule->action == RINGFENCE_RULE_ACTION_LOG && rule->log_rate &&
	    rule->log_rate != RINGFENCE_LOG_RATE_DEFAULT)
		put(o, " rate %u", rule->log_rate);
	if (rule->action == RINGFENCE_RULE_ACTION_BAN)
		put_duration(o, rule->ban_time);
}

/* Another client may have set a comment that no file could hold. */
static void put_comment(struct out *o, const char *comment)
{
	if (!*comment)
		return;
	put(o, " # ");
	for (; *comment; comment++)
		put(o, "%c", iscntrl((unsigned char)*comment) ? '?' : *comment);
}

const char *rgf_rule_text(const struct rgf_rule *rule,
			  char buf[RGF_RULE_TEXT_MAX])
{
	struct out o = { .buf = buf, .size = RGF_RULE_TEXT_MAX };
	bool hook = strcmp(rule->chain, "local") == 0 ||
		    strcmp(rule->chain, "network") == 0;

	buf[0] = 0;
	put(&o, hook ? "%s" : "chain %s", rule->chain);
	if (rule->has & RGF_RULE_IN)
		put(&o, " in %s", rule->in);
	if (rule->has & RGF_RULE_OUT)
		put(&o, " out %s", rule->out);
	put_addr(&o, "from", rule, RGF_RULE_FROM, RGF_RULE_FROM_SET,
		 &rule->from, rule->from_set);
	put_addr(&o, "to", rule, RGF_RULE_TO, RGF_RULE_TO_SET, &rule->to,
		 rule->to_set);
	put_transport(&o, rule);
	put_states(&o, rule);
	put_time(&o, rule);
	put_rate(&o, rule);
	put_action(&o, rule);
	put_comment(&o, rule->comment);
	return buf;
}

static const char *verdict_text(enum ringfence_verdict verdict)
{
	return verdict == RINGFENCE_VERDICT_DROP ? "drop" : "accept";
}

static void print_set(const struct rgf_address_set *set, FILE *to)
{
	char text[RGF_PREFIX_TEXT_MAX];

	if (!set->n)
		fprintf(to, "set %s\n", set->name);
	for (size_t i = 0; i < set->n; i++) {
		/* Eight a line, so that lines stay lines. */
		if (i % 8 == 0)
			fprintf(to, "%sset %s", i ? "\n" : "", set->name);
		fprintf(to, " %s", rgf_prefix_text(&set->entries[i], text));
	}
	if (set->n)
		fputc('\n', to);
}

void rgf_rules_print(const struct rgf_rules *r, FILE *to)
{
	char text[RGF_RULE_TEXT_MAX];

	fprintf(to, "default local %s\n", verdict_text(r->default_local));
	fprintf(to, "default network %s\n", verdict_text(r->default_network));
	for (size_t i = 0; i < r->n_sets; i++)
		print_set(&r->sets[i], to);
	for (size_t i = 0; i < r->n_rules; i++)
		fprintf(to, "%s\n", rgf_rule_text(&r->rules[i], text));
}
