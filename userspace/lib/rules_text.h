/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read and write the rule language. */
#ifndef LIB_RULES_TEXT_H
#define LIB_RULES_TEXT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/rules.h"

/* rules_names.c: numbers by name, and the names that are printed (or NULL). */
bool rule_protocol(const char *word, uint8_t *ret);
bool rule_icmp_type(uint8_t protocol, const char *word, uint8_t *ret);
const char *rule_icmp_type_name(uint8_t protocol, uint8_t type);
bool rule_dscp(const char *word, uint8_t *ret);
const char *rule_dscp_name(uint8_t dscp);
/* By bit; NULL behind the last one. */
const char *rule_state_name(unsigned int bit);
const char *rule_day_name(unsigned int bit);
const char *rule_rate_unit_name(unsigned int unit);
/* Units of a duration, from the longest on; the last one has no name. */
extern const struct rule_duration {
	char unit;
	unsigned int seconds;
} rule_durations[];

/* rules_parse.c */

#define RULE_SHOWN_MAX 60 /* of a word in an error */

/* One line that is being read. */
struct rule_line {
	struct rgf_rules *rules;
	struct rgf_rule *rule; /* of this line, if it is one */
	char *next; /* words are cut off here */
	char *error;
};

/* Writes the error. Returns -EINVAL. */
int rule_refuse(const struct rule_line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The next word, or NULL at the end; a comment is no word. */
char *rule_word(struct rule_line *l);
int rule_need_word(struct rule_line *l, const char *after, const char *what,
		   char **ret);
/* Decimal digits only, and @max at most. */
bool rule_number(const char *word, unsigned long max, unsigned long *ret);
/* A name of a @what into @ret, of sizeof(rgf_rule_name). */
int rule_name(const struct rule_line *l, const char *what, const char *word,
	      char *ret);

/* rules_when.c */
int rule_state(struct rule_line *l);
int rule_days(struct rule_line *l);
int rule_time(struct rule_line *l);
int rule_rate(struct rule_line *l);

/* rules_conditions.c: what @word, a condition's first one, begins. */
int rule_condition(struct rule_line *l, const char *word);

#endif
