// SPDX-License-Identifier: GPL-2.0-or-later
#include "ringfence/guard_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "ringfence/print.h"

const char *or_number(const char *name, unsigned int number)
{
	static char text[16];

	if (name)
		return name;
	snprintf(text, sizeof(text), "%u", number);
	return text;
}

void print_ban_why(const struct rgf_ban *ban)
{
	fputs(or_number(rgf_ban_reason_name(ban->reason), ban->reason), stdout);
	switch (ban->reason) {
	case RINGFENCE_BAN_REASON_LIMIT:
		printf(" %s rate %u",
		       or_number(rgf_limit_class_name(ban->class), ban->class),
		       ban->rate);
		break;
	case RINGFENCE_BAN_REASON_DAEMON:
		printf(" %s",
		       or_number(rgf_strike_reason_name(ban->strike_reason),
				 ban->strike_reason));
		break;
	case RINGFENCE_BAN_REASON_RULE:
		printf(" %u", ban->rule);
		break;
	case RINGFENCE_BAN_REASON_OPERATOR:
	case __RINGFENCE_BAN_REASON_MAX:
		break;
	}
}

static void add_number(json_t *j, const char *name, uint64_t value)
{
	json_object_set_new(j, name, json_integer((json_int_t)value));
}

static void json_add_why(json_t *j, const struct rgf_ban *ban)
{
	json_object_set_new(
		j, "reason",
		json_string(or_number(rgf_ban_reason_name(ban->reason),
				      ban->reason)));
	if (ban->reason == RINGFENCE_BAN_REASON_LIMIT) {
		json_object_set_new(
			j, "class",
			json_string(or_number(rgf_limit_class_name(ban->class),
					      ban->class)));
		add_number(j, "rate", ban->rate);
	}
	if (ban->reason == RINGFENCE_BAN_REASON_DAEMON)
		json_object_set_new(
			j, "strike_reason",
			json_string(or_number(
				rgf_strike_reason_name(ban->strike_reason),
				ban->strike_reason)));
	if (ban->reason == RINGFENCE_BAN_REASON_RULE)
		add_number(j, "rule", ban->rule);
}

void json_add_ban(json_t *j, const struct rgf_ban *ban)
{
	char prefix[RGF_PREFIX_TEXT_MAX];

	json_object_set_new(j, "prefix",
			    json_string(rgf_prefix_text(&ban->prefix, prefix)));
	json_add_why(j, ban);
	if (*ban->comment)
		json_object_set_new(j, "comment", json_label(ban->comment));
	add_number(j, "packets", ban->packets);
	add_number(j, "offences", ban->offences);
	add_number(j, "age", ban->age);
	if (ban->time)
		add_number(j, "left", ban->left);
	if (ban->has_idle)
		add_number(j, "idle", ban->idle);
}

json_t *json_ban(const struct rgf_ban *ban)
{
	json_t *j = json_object();

	if (j)
		json_add_ban(j, ban);
	return j;
}

/* "-" for what there is none of. */
static const char *seconds_text(bool has, uint32_t seconds, char *buf)
{
	if (has)
		snprintf(buf, 16, "%u", seconds);
	return has ? buf : "-";
}

/* The last of a line, so blanks may be. @buf has RINGFENCE_COMMENT_MAX + 1. */
static const char *comment_text(const char *comment, char *buf)
{
	char *p = buf;

	for (; *comment; comment++)
		*p++ = *comment >= ' ' && *comment < 0x7f ? *comment : '?';
	*p = 0;
	return buf;
}

#define BAN_FORMAT "%-24s %10s %8s %8s %8s  "

void print_ban_head(void)
{
	printf(BAN_FORMAT "%s\n", "PREFIX", "PACKETS", "IDLE", "LEFT",
	       "OFFENCES", "WHY");
}

void print_ban(const struct rgf_ban *ban)
{
	char prefix[RGF_PREFIX_TEXT_MAX], packets[24], idle[16], left[16];
	char offences[16], comment[RINGFENCE_COMMENT_MAX + 1];

	snprintf(packets, sizeof(packets), "%" PRIu64, ban->packets);
	snprintf(offences, sizeof(offences), "%u", ban->offences);
	printf(BAN_FORMAT, rgf_prefix_text(&ban->prefix, prefix), packets,
	       seconds_text(ban->has_idle, ban->idle, idle),
	       seconds_text(ban->time, ban->left, left), offences);
	print_ban_why(ban);
	if (*ban->comment)
		printf(" %s", comment_text(ban->comment, comment));
	putchar('\n');
}

#define TRUST_FORMAT "%-24s %-10s %8s  %s\n"

void print_trust_head(void)
{
	printf(TRUST_FORMAT, "PREFIX", "KIND", "LEFT", "COMMENT");
}

void print_trust(const struct rgf_trust *trust)
{
	bool granted = trust->kind == RINGFENCE_TRUST_KIND_GRANTED;
	char prefix[RGF_PREFIX_TEXT_MAX], left[16];
	char comment[RINGFENCE_COMMENT_MAX + 1];

	printf(TRUST_FORMAT, rgf_prefix_text(&trust->prefix, prefix),
	       or_number(rgf_trust_kind_name(trust->kind), trust->kind),
	       seconds_text(granted, trust->left, left),
	       comment_text(trust->comment, comment));
}

json_t *json_trust(const struct rgf_trust *trust)
{
	char prefix[RGF_PREFIX_TEXT_MAX];
	json_t *j = json_pack("{s:s, s:s, s:I}", "prefix",
			      rgf_prefix_text(&trust->prefix, prefix), "kind",
			      or_number(rgf_trust_kind_name(trust->kind),
					trust->kind),
			      "age", (json_int_t)trust->age);

	if (j && trust->kind == RINGFENCE_TRUST_KIND_GRANTED)
		add_number(j, "left", trust->left);
	if (j && *trust->comment)
		json_object_set_new(j, "comment", json_label(trust->comment));
	return j;
}

#define LIMIT_FORMAT "%-13s %-3s %6s %6s %7s %8s %9s %9s %9s %9s %7s %7s\n"

static const char *number(uint64_t n, char *buf)
{
	snprintf(buf, 24, "%" PRIu64, n);
	return buf;
}

static void print_limit(unsigned int class, const struct rgf_limit *l)
{
	char n[10][24];

	printf(LIMIT_FORMAT, rgf_limit_class_name(class),
	       l->value[RGF_LIMIT_ENABLED] ? "on" : "off",
	       number(l->value[RGF_LIMIT_RATE], n[0]),
	       number(l->value[RGF_LIMIT_BURST], n[1]),
	       number(l->value[RGF_LIMIT_GLOBAL_RATE], n[2]),
	       number(l->value[RGF_LIMIT_NEWCOMER_RATE], n[3]),
	       number(l->passed, n[4]), number(l->limited, n[5]),
	       number(l->global_limited, n[6]),
	       number(l->newcomer_limited, n[7]), number(l->struck, n[8]),
	       number(l->banned, n[9]));
}

static void print_ports(const char *name, const struct rgf_ports *ports)
{
	printf("%s", name);
	for (unsigned int i = 0; i < ports->n; i++)
		printf("%s%u", i ? "," : " ", ports->port[i]);
	puts(ports->n ? "" : " none");
}

void print_limits(const struct rgf_limits *l)
{
	printf(LIMIT_FORMAT, "CLASS", "", "RATE", "BURST", "GLOBAL", "NEWCOMER",
	       "PASSED", "LIMITED", "GLOBAL-L", "NEWCOM-L", "STRUCK", "BANNED");
	for (unsigned int i = 0; i < __RINGFENCE_LIMIT_CLASS_MAX; i++)
		print_limit(i, &l->limit[i]);
	print_ports("signaling-ports", &l->signaling);
	print_ports("secure-ports", &l->secure);
	printf("ipv4-length %u\nipv6-length %u\n", l->ipv4_length,
	       l->ipv6_length);
	printf("sources %u used %u known %u replaced %" PRIu64 " full %" PRIu64
	       " memory %" PRIu64 "\n",
	       l->sources, l->sources_used, l->sources_known,
	       l->sources_replaced, l->sources_full, l->memory);
	printf("bans %u packets %" PRIu64 "\ntrusted %u\n", l->bans,
	       l->banned_packets, l->trusts);
}

/* A name as JSON's keys are written. */
static const char *key_text(const char *name, char buf[32])
{
	snprintf(buf, 32, "%s", name);
	for (char *c = buf; *c; c++)
		if (*c == '-')
			*c = '_';
	return buf;
}

static json_t *json_limit(const struct rgf_limit *l)
{
	json_t *j = json_object();
	char key[32];

	if (!j)
		return NULL;
	json_object_set_new(j, "enabled",
			    json_boolean(l->value[RGF_LIMIT_ENABLED]));
	for (unsigned int i = RGF_LIMIT_RATE; i < RGF_LIMIT_NR; i++)
		add_number(j, key_text(rgf_limit_setting_name(i), key),
			   l->value[i]);
	add_number(j, "passed", l->passed);
	add_number(j, "limited", l->limited);
	add_number(j, "global_limited", l->global_limited);
	add_number(j, "newcomer_limited", l->newcomer_limited);
	add_number(j, "struck", l->struck);
	add_number(j, "banned", l->banned);
	return j;
}

static json_t *json_ports(const struct rgf_ports *ports)
{
	json_t *j = json_array();

	for (unsigned int i = 0; j && i < ports->n; i++)
		json_array_append_new(j, json_integer(ports->port[i]));
	return j;
}

void print_limits_json(const struct rgf_limits *l)
{
	json_t *j = json_object(), *classes = json_object();
	char key[32];

	for (unsigned int i = 0; i < __RINGFENCE_LIMIT_CLASS_MAX; i++)
		json_object_set_new(classes,
				    key_text(rgf_limit_class_name(i), key),
				    json_limit(&l->limit[i]));
	json_object_set_new(j, "classes", classes);
	json_object_set_new(j, "signaling_ports", json_ports(&l->signaling));
	json_object_set_new(j, "secure_ports", json_ports(&l->secure));
	add_number(j, "ipv4_length", l->ipv4_length);
	add_number(j, "ipv6_length", l->ipv6_length);
	add_number(j, "sources", l->sources);
	add_number(j, "sources_used", l->sources_used);
	add_number(j, "sources_known", l->sources_known);
	add_number(j, "sources_replaced", l->sources_replaced);
	add_number(j, "sources_full", l->sources_full);
	add_number(j, "memory", l->memory);
	add_number(j, "bans", l->bans);
	add_number(j, "banned_packets", l->banned_packets);
	add_number(j, "trusted", l->trusts);
	print_json(j);
}

#define SOURCE_FORMAT "%-24s %-13s %10s %10s %8s %6s %s\n"

void print_source_head(void)
{
	printf(SOURCE_FORMAT, "SOURCE", "CLASS", "LIMITED", "PASSED", "STRIKES",
	       "IDLE", "");
}

void print_source(const struct rgf_source *s)
{
	char prefix[RGF_PREFIX_TEXT_MAX], n[4][24];

	printf(SOURCE_FORMAT, rgf_prefix_text(&s->prefix, prefix),
	       or_number(rgf_limit_class_name(s->class), s->class),
	       number(s->limited, n[0]), number(s->passed, n[1]),
	       number(s->strikes, n[2]), number(s->idle, n[3]),
	       s->known ? "known" : "new");
}

json_t *json_source(const struct rgf_source *s)
{
	char prefix[RGF_PREFIX_TEXT_MAX];

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:b}", "source",
			 rgf_prefix_text(&s->prefix, prefix), "class",
			 or_number(rgf_limit_class_name(s->class), s->class),
			 "limited", (json_int_t)s->limited, "passed",
			 (json_int_t)s->passed, "strikes",
			 (json_int_t)s->strikes, "idle", (json_int_t)s->idle,
			 "known", s->known);
}
