/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule sets: as structs, as text (ringfence-rules(5)) and in the kernel. What
 * lib/ringfence.h says of all calls holds here too.
 */
#ifndef LIB_RULES_H
#define LIB_RULES_H

#include <stdio.h>

#include "lib/ringfence.h"

#define RGF_RULES_ERROR_MAX 256 /* bytes of a sentence, with its zero */
#define RGF_RULES_TEXT_MAX  (8 * 1024 * 1024) /* bytes of a rule file */
#define RGF_RULES_LINE_MAX  4096 /* bytes of a line, with its zero */
#define RGF_RULE_TEXT_MAX   1024 /* bytes of a rule as text, likewise */
#define RGF_PREFIX_TEXT_MAX (INET6_ADDRSTRLEN + 4)
#define RGF_IFNAME_MAX	    15

/* Which conditions a rule has. */
enum {
	RGF_RULE_IN = 1 << 0,
	RGF_RULE_OUT = 1 << 1,
	RGF_RULE_FROM = 1 << 2,
	RGF_RULE_TO = 1 << 3,
	RGF_RULE_FROM_SET = 1 << 4,
	RGF_RULE_TO_SET = 1 << 5,
	RGF_RULE_PROTOCOL = 1 << 6,
	RGF_RULE_ICMP_TYPE = 1 << 7,
	RGF_RULE_ICMP_CODE = 1 << 8,
	RGF_RULE_DSCP = 1 << 9,
	RGF_RULE_STATE = 1 << 10,
	RGF_RULE_DAYS = 1 << 11,
	RGF_RULE_TIME = 1 << 12,
	RGF_RULE_RATE = 1 << 13,
};

struct rgf_port_range {
	uint16_t first, last;
};

struct rgf_port_ranges {
	unsigned int n; /* 0: any */
	struct rgf_port_range range[RINGFENCE_MAX_PORT_RANGES];
};

typedef char rgf_rule_name[RINGFENCE_RULE_NAME_MAX + 1];

struct rgf_rule {
	uint32_t has;
	enum ringfence_rule_action action;
	rgf_rule_name chain;
	rgf_rule_name jump; /* of that action */
	uint32_t log_rate; /* of the action log; 0: default */
	uint32_t ban_time; /* seconds, of the action ban */
	char in[RGF_IFNAME_MAX + 1], out[RGF_IFNAME_MAX + 1];
	struct rgf_prefix from, to;
	rgf_rule_name from_set, to_set;
	uint8_t protocol, icmp_type, icmp_code, dscp;
	struct rgf_port_ranges sport, dport;
	uint8_t state; /* enum ringfence_connection_state, several */
	uint8_t days; /* enum ringfence_weekday, several */
	uint16_t time_start, time_end; /* minutes of the day */
	uint32_t rate, rate_burst; /* packets of a source */
	enum ringfence_rate_unit rate_unit;
	enum ringfence_rate_mode rate_mode;
	char comment[RINGFENCE_COMMENT_MAX + 1];
	unsigned int line; /* of the file; 0: not from one */
	uint64_t packets, bytes; /* from the kernel only */
};

struct rgf_address_set {
	rgf_rule_name name;
	size_t n, room;
	struct rgf_prefix *entries;
};

struct rgf_rules_count {
	uint64_t packets, bytes;
};

struct rgf_rules {
	enum ringfence_verdict default_local, default_network;
	size_t n_rules, rules_room;
	struct rgf_rule *rules;
	size_t n_sets;
	struct rgf_address_set sets[RINGFENCE_MAX_ADDRESS_SETS];
	/* From the kernel only: */
	bool in_force; /* there is a rule set at all */
	uint32_t confirm_left; /* seconds until it goes; 0: it stays */
	uint32_t flat_rules;
	uint64_t memory; /* bytes */
	uint32_t compile_time; /* microseconds */
	struct rgf_rules_count count[__RINGFENCE_RULES_COUNTER_MAX];
};

/* With the defaults; NULL without memory. Free with rgf_rules_free(). */
struct rgf_rules *rgf_rules_new(void);
void rgf_rules_free(struct rgf_rules *r); /* NULL is fine */

/* A zeroed rule at the end, or NULL: without memory, or too many. */
struct rgf_rule *rgf_rules_add(struct rgf_rules *r);

/* The set of that name, added if @add; NULL: there is none, or too many. */
struct rgf_address_set *rgf_rules_set_find(struct rgf_rules *r,
					   const char *name, bool add);
/* -ENOMEM, -ENOSPC: too many. */
int rgf_address_set_add(struct rgf_address_set *set,
			const struct rgf_prefix *prefix);

/**
 * rgf_rules_parse() - a rule file
 * @text: its bytes, any
 * @ret: the caller's
 * @line: where the error is
 * @error: RGF_RULES_ERROR_MAX bytes: what to change
 *
 * What is returned is complete: rgf_rules_check() has passed.
 *
 * Return: 0, -EINVAL with line and error, -ENOMEM
 */
int rgf_rules_parse(const char *text, size_t len, struct rgf_rules **ret,
		    unsigned int *line, char *error);

/* One line of it, without its end, added to @r. It is not checked yet. */
int rgf_rules_parse_line(struct rgf_rules *r, const char *line, char *error);

/* Jumps, sets and numbers. @bad: the rule, or NULL. -EINVAL, -ENOMEM */
int rgf_rules_check(struct rgf_rules *r, const struct rgf_rule **bad,
		    char *error);

/* "192.0.2.0/24"; the length is left out where it is all. */
int rgf_prefix_parse(const char *word, struct rgf_prefix *ret, char *error);
const char *rgf_prefix_text(const struct rgf_prefix *prefix,
			    char buf[RGF_PREFIX_TEXT_MAX]);

/* As the file has it, in canonical form, without the line's end. */
const char *rgf_rule_text(const struct rgf_rule *rule,
			  char buf[RGF_RULE_TEXT_MAX]);

/* The whole file in canonical form: defaults, sets, rules. */
void rgf_rules_print(const struct rgf_rules *r, FILE *to);

/* @confirm: seconds until the one before comes back; 0: never. */
int rgf_rules_load(struct rgf *rgf, const struct rgf_rules *r,
		   uint32_t confirm);
int rgf_rules_get(struct rgf *rgf, struct rgf_rules **ret);
int rgf_rules_del(struct rgf *rgf);
int rgf_rules_confirm(struct rgf *rgf);
int rgf_address_set_change(struct rgf *rgf, const struct rgf_address_set *set,
			   enum ringfence_set_mode mode);

/* NULL for what is unknown. */
const char *rgf_rule_action_name(unsigned int action);
const char *rgf_protocol_name(uint8_t protocol);

#endif
