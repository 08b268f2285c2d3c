// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions that are not of the packet alone. */
#include <string.h>

#include "lib/rules_text.h"

static bool state_bit(const char *word, uint8_t *states)
{
	const char *name;

	for (unsigned int i = 0; (name = rule_state_name(i)); i++) {
		if (strcmp(name, word) == 0) {
			*states |= (uint8_t)(1 << i);
			return true;
		}
	}
	return false;
}

int rule_state(struct rule_line *l)
{
	char *list, *one;
	int r = rule_need_word(l, "state", "STATE[,...]", &list);

	if (r)
		return r;
	if (l->rule->has & RGF_RULE_STATE)
		return rule_refuse(l, "state is given twice");
	while ((one = strsep(&list, ",")))
		if (!state_bit(one, &l->rule->state))
			return rule_refuse(
				l,
				"state is one or more of new, established, "
				"related, invalid and untracked, with commas "
				"between, not \"%.*s\"",
				RULE_SHOWN_MAX, one);
	l->rule->has |= RGF_RULE_STATE;
	return 0;
}

/* Which day it is; 7: none. */
static unsigned int day_number(const char *word)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = rule_day_name(i)); i++)
		if (strcmp(name, word) == 0)
			break;
	return i;
}

/* "mon" or "mon-fri", also over the end of the week. */
static bool parse_day_range(char *word, uint8_t *days)
{
	char *dash = strchr(word, '-');
	unsigned int first, last;

	if (dash)
		*dash++ = 0;
	first = day_number(word);
	last = dash ? day_number(dash) : first;
	if (first == 7 || last == 7)
		return false;
	for (unsigned int i = first;; i = (i + 1) % 7) {
		*days |= (uint8_t)(1 << i);
		if (i == last)
			return true;
	}
}

int rule_days(struct rule_line *l)
{
	char *list, *one;
	int r = rule_need_word(l, "days", "DAY[-DAY][,...]", &list);

	if (r)
		return r;
	if (l->rule->has & RGF_RULE_DAYS)
		return rule_refuse(l, "days is given twice");
	while ((one = strsep(&list, ",")))
		if (!parse_day_range(one, &l->rule->days))
			return rule_refuse(
				l, "days are mon, tue, wed, thu, fri, sat, "
				   "sun, as mon-fri or sat,sun");
	l->rule->has |= RGF_RULE_DAYS;
	return 0;
}

/* "HH:MM", up to 24:00. */
static bool parse_minute(char *word, uint16_t *ret)
{
	char *colon = strchr(word, ':');
	unsigned long hour, minute;

	if (!colon || colon != word + 2 || strlen(word) != 5)
		return false;
	*colon = 0;
	if (!rule_number(word, 24, &hour) ||
	    !rule_number(colon + 1, 59, &minute) || hour * 60 + minute > 1440)
		return false;
	*ret = (uint16_t)(hour * 60 + minute);
	return true;
}

int rule_time(struct rule_line *l)
{
	struct rgf_rule *rule = l->rule;
	char *word, *dash;
	int r = rule_need_word(l, "time", "HH:MM-HH:MM", &word);

	if (r)
		return r;
	if (rule->has & RGF_RULE_TIME)
		return rule_refuse(l, "time is given twice");
	dash = strchr(word, '-');
	if (dash)
		*dash++ = 0;
	if (!dash || !parse_minute(word, &rule->time_start) ||
	    !parse_minute(dash, &rule->time_end))
		return rule_refuse(l, "time must be HH:MM-HH:MM, from 00:00 "
				      "to 24:00, as 08:00-18:00");
	/* Midnight, by the name that it has at that end. */
	rule->time_start %= 1440;
	if (!rule->time_end)
		rule->time_end = 1440;
	if (rule->time_start == rule->time_end)
		return rule_refuse(l, "the time ends when it begins; leave it "
				      "out, or write 00:00-24:00");
	rule->has |= RGF_RULE_TIME;
	return 0;
}

/* "10/s" */
static bool parse_packets(char *word, struct rgf_rule *rule)
{
	char *slash = strchr(word, '/');
	unsigned long number;
	const char *name;

	if (!slash)
		return false;
	*slash++ = 0;
	if (!rule_number(word, RINGFENCE_RATE_MAX, &number) || !number)
		return false;
	rule->rate = (uint32_t)number;
	for (unsigned int i = 0; (name = rule_rate_unit_name(i)); i++) {
		if (strcmp(name, slash) == 0) {
			rule->rate_unit = i;
			return true;
		}
	}
	return false;
}

static int parse_burst(struct rule_line *l)
{
	unsigned long number;
	char *word;
	int r = rule_need_word(l, "burst", "PACKETS", &word);

	if (r)
		return r;
	if (!rule_number(word, RINGFENCE_RATE_MAX, &number) || !number)
		return rule_refuse(l, "burst must be 1 to %d packets",
				   RINGFENCE_RATE_MAX);
	l->rule->rate_burst = (uint32_t)number;
	return 0;
}

/* Behind the rate: a burst, then whose it is. */
static int parse_per_source(struct rule_line *l)
{
	char *word = rule_word(l);
	int r;

	if (word && strcmp(word, "burst") == 0) {
		r = parse_burst(l);
		if (r)
			return r;
		word = rule_word(l);
	}
	if (word && strcmp(word, "per") == 0) {
		word = rule_word(l);
		if (word && strcmp(word, "source") == 0)
			return 0;
	}
	return rule_refuse(l, "a rate ends with \"per source\", as rate 10/s "
			      "burst 20 per source");
}

int rule_rate(struct rule_line *l)
{
	struct rgf_rule *rule = l->rule;
	char *word;
	int r = rule_need_word(l, "rate", "[over] PACKETS/s, /m or /h", &word);

	if (!r && rule->has & RGF_RULE_RATE)
		return rule_refuse(l, "rate is given twice");
	if (!r && strcmp(word, "over") == 0) {
		rule->rate_mode = RINGFENCE_RATE_MODE_OVER;
		r = rule_need_word(l, "over", "PACKETS/s, /m or /h", &word);
	}
	if (r)
		return r;
	if (!parse_packets(word, rule))
		return rule_refuse(l,
				   "rate must be 1 to %d packets a second, "
				   "minute or hour, as 10/s, 10/m or 10/h",
				   RINGFENCE_RATE_MAX);
	rule->rate_burst = RINGFENCE_RATE_BURST_DEFAULT;
	rule->has |= RGF_RULE_RATE;
	return parse_per_source(l);
}
