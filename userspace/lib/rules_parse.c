// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rule language, a line at a time; ringfence-rules(5). The text may be
 * anything: nothing here trusts it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules_text.h"

#define NAME_CHARS                   \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-_."

int rule_refuse(const struct rule_line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->error, RGF_RULES_ERROR_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

char *rule_word(struct rule_line *l)
{
	char *word = l->next + strspn(l->next, " \t");

	l->next = word;
	if (!*word || *word == '#')
		return NULL;
	l->next += strcspn(word, " \t");
	if (*l->next)
		*l->next++ = 0;
	return word;
}

int rule_need_word(struct rule_line *l, const char *after, const char *what,
		   char **ret)
{
	*ret = rule_word(l);
	if (!*ret)
		return rule_refuse(l, "%s needs a value: %s %s", after, after,
				   what);
	return 0;
}

bool rule_number(const char *word, unsigned long max, unsigned long *ret)
{
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*ret = strtoul(word, &end, 10);
	return !*end && !errno && *ret <= max;
}

int rule_name(const struct rule_line *l, const char *what, const char *word,
	      char *ret)
{
	size_t len = strlen(word);

	if (!len || len > RINGFENCE_RULE_NAME_MAX ||
	    strspn(word, NAME_CHARS) != len)
		return rule_refuse(
			l,
			"the name of a %s has up to 31 letters, digits, "
			"'-', '_' and '.', not \"%.*s\"",
			what, RULE_SHOWN_MAX, word);
	memcpy(ret, word, len + 1);
	return 0;
}

/* actions */

static int parse_jump(struct rule_line *l)
{
	char *word;
	int r = rule_need_word(l, "jump", "CHAIN", &word);

	if (!r)
		r = rule_name(l, "chain", word, l->rule->jump);
	if (!r && (strcmp(word, "local") == 0 || strcmp(word, "network") == 0))
		r = rule_refuse(l, "no rule jumps to local or network");
	return r;
}

static int parse_log(struct rule_line *l)
{
	unsigned long number;
	char *word = rule_word(l);
	int r;

	l->rule->log_rate = RINGFENCE_LOG_RATE_DEFAULT;
	if (!word)
		return 0;
	if (strcmp(word, "rate") != 0)
		return rule_refuse(l,
				   "the rule ends with its action; take "
				   "\"%.*s\" away",
				   RULE_SHOWN_MAX, word);
	r = rule_need_word(l, "rate", "PACKETS", &word);
	if (r)
		return r;
	if (!rule_number(word, RINGFENCE_LOG_RATE_MAX, &number) || !number)
		return rule_refuse(
			l,
			"rate must be a number from 1 to %u packets a "
			"second",
			RINGFENCE_LOG_RATE_MAX);
	l->rule->log_rate = (uint32_t)number;
	return 0;
}

/* "10m" */
static bool parse_duration(char *word, uint32_t *ret)
{
	size_t len = strlen(word);
	unsigned long number;
	char unit = len ? word[len - 1] : 0;

	for (unsigned int i = 0; rule_durations[i].unit; i++) {
		unsigned int seconds = rule_durations[i].seconds;

		if (rule_durations[i].unit != unit)
			continue;
		word[len - 1] = 0;
		if (!rule_number(word, RINGFENCE_BAN_TIME_MAX / seconds,
				 &number) ||
		    !number)
			return false;
		*ret = (uint32_t)number * seconds;
		return true;
	}
	return false;
}

static int parse_ban(struct rule_line *l)
{
	char *word;
	int r = rule_need_word(l, "ban", "TIME, as 10m", &word);

	if (!r && !parse_duration(word, &l->rule->ban_time))
		r = rule_refuse(l, "a ban has a time from 1s to 365d, as 90s, "
				   "10m, 2h or 1d");
	return r;
}

/* Which action @word is; 0: none, 1: it is. */
static int parse_action(struct rule_line *l, const char *word, bool *done)
{
	for (unsigned int i = 0; rgf_rule_action_name(i); i++) {
		if (strcmp(rgf_rule_action_name(i), word) != 0)
			continue;
		*done = true;
		l->rule->action = i;
		if (i == RINGFENCE_RULE_ACTION_JUMP)
			return parse_jump(l);
		if (i == RINGFENCE_RULE_ACTION_LOG)
			return parse_log(l);
		if (i == RINGFENCE_RULE_ACTION_BAN)
			return parse_ban(l);
		return 0;
	}
	return 0;
}

/* Behind the action: nothing, or a comment. */
static int parse_comment(struct rule_line *l)
{
	char *word = rule_word(l), *text = l->next;
	size_t len;

	if (word)
		return rule_refuse(l,
				   "the rule ends with its action; take "
				   "\"%.*s\" away",
				   RULE_SHOWN_MAX, word);
	if (*text != '#')
		return 0;
	text++;
	text += strspn(text, " \t");
	len = strlen(text);
	while (len && strchr(" \t", text[len - 1]))
		len--;
	if (len > RINGFENCE_COMMENT_MAX)
		return rule_refuse(l,
				   "the comment has %zu bytes; it may have %d",
				   len, RINGFENCE_COMMENT_MAX);
	memcpy(l->rule->comment, text, len);
	l->rule->comment[len] = 0;
	return 0;
}

static int parse_rule(struct rule_line *l, const char *chain)
{
	bool done = false;
	int r;

	l->rule = rgf_rules_add(l->rules);
	if (!l->rule && l->rules->n_rules == RINGFENCE_MAX_RULES)
		return rule_refuse(l, "more than %d rules",
				   RINGFENCE_MAX_RULES);
	if (!l->rule)
		return -ENOMEM;
	r = rule_name(l, "chain", chain, l->rule->chain);
	while (!r && !done) {
		const char *word = rule_word(l);

		if (!word)
			return rule_refuse(
				l, "the rule has no action; end it with "
				   "accept, drop, reject, ban, count, log "
				   "or jump");
		r = parse_action(l, word, &done);
		if (!r && !done)
			r = rule_condition(l, word);
	}
	return r ? r : parse_comment(l);
}

static int parse_chain(struct rule_line *l)
{
	char *name;
	int r = rule_need_word(l, "chain", "NAME", &name);

	if (r)
		return r;
	if (strcmp(name, "local") == 0 || strcmp(name, "network") == 0)
		return rule_refuse(l, "write \"%s\" without \"chain\" in front",
				   name);
	return parse_rule(l, name);
}

static int parse_set_entry(struct rule_line *l, struct rgf_address_set *set,
			   const char *word)
{
	struct rgf_prefix prefix;
	int r = rgf_prefix_parse(word, &prefix, l->error);

	if (r)
		return r;
	r = rgf_address_set_add(set, &prefix);
	if (r == -ENOSPC)
		return rule_refuse(l, "more than %d entries in all sets",
				   RINGFENCE_MAX_SET_ENTRIES);
	return r;
}

static int parse_set(struct rule_line *l)
{
	struct rgf_address_set *set;
	rgf_rule_name name;
	char *word;
	int r = rule_need_word(l, "set", "NAME [ADDRESS[/BITS]]...", &word);

	if (!r)
		r = rule_name(l, "set", word, name);
	if (r)
		return r;
	set = rgf_rules_set_find(l->rules, name, true);
	if (!set)
		return rule_refuse(l, "more than %d sets",
				   RINGFENCE_MAX_ADDRESS_SETS);
	while (!r && (word = rule_word(l)))
		r = parse_set_entry(l, set, word);
	return r;
}

static int parse_default(struct rule_line *l)
{
	const char *what = rule_word(l);
	const char *verdict = what ? rule_word(l) : NULL;
	enum ringfence_verdict v = RINGFENCE_VERDICT_DROP;

	if (!verdict || rule_word(l))
		return rule_refuse(
			l, "default needs: local or network, then accept "
			   "or drop");
	if (strcmp(verdict, "accept") == 0)
		v = RINGFENCE_VERDICT_ACCEPT;
	else if (strcmp(verdict, "drop") != 0)
		return rule_refuse(l,
				   "a default is accept or drop, not \"%.*s\"",
				   RULE_SHOWN_MAX, verdict);
	if (strcmp(what, "local") == 0)
		l->rules->default_local = v;
	else if (strcmp(what, "network") == 0)
		l->rules->default_network = v;
	else
		return rule_refuse(l,
				   "there are the defaults of local and of "
				   "network, not of \"%.*s\"",
				   RULE_SHOWN_MAX, what);
	return 0;
}

static int parse_words(struct rule_line *l)
{
	const char *word = rule_word(l);

	if (!word)
		return 0;
	if (strcmp(word, "local") == 0 || strcmp(word, "network") == 0)
		return parse_rule(l, word);
	if (strcmp(word, "chain") == 0)
		return parse_chain(l);
	if (strcmp(word, "set") == 0)
		return parse_set(l);
	if (strcmp(word, "default") == 0)
		return parse_default(l);
	return rule_refuse(
		l,
		"a line begins with local, network, chain, set, default "
		"or #, not \"%.*s\"",
		RULE_SHOWN_MAX, word);
}

int rgf_rules_parse_line(struct rgf_rules *r, const char *line, char *error)
{
	struct rule_line l = { .rules = r, .error = error };
	char copy[RGF_RULES_LINE_MAX];
	size_t len = strlen(line);

	if (len >= sizeof(copy))
		return rule_refuse(&l,
				   "the line has %zu bytes; it may have %zu",
				   len, sizeof(copy) - 1);
	for (const char *c = line; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\t')
			return rule_refuse(&l,
					   "the line has control characters");
	memcpy(copy, line, len + 1);
	l.next = copy;
	return parse_words(&l);
}

/* One line of @text, to its end or to the text's. */
static int parse_part(struct rgf_rules *r, const char *text, size_t len,
		      char *error)
{
	const struct rule_line l = { .error = error };
	char copy[RGF_RULES_LINE_MAX];

	if (len && text[len - 1] == '\r')
		len--;
	if (len >= sizeof(copy))
		return rule_refuse(&l,
				   "the line has %zu bytes; it may have %zu",
				   len, sizeof(copy) - 1);
	if (memchr(text, 0, len))
		return rule_refuse(&l, "the line has control characters");
	memcpy(copy, text, len);
	copy[len] = 0;
	return rgf_rules_parse_line(r, copy, error);
}

static int parse_lines(struct rgf_rules *r, const char *text, size_t len,
		       unsigned int *line, char *error)
{
	const char *end = text + len;
	int ret = 0;

	for (*line = 1; text < end && !ret; ++*line) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text), had = r->n_rules;

		ret = parse_part(r, text, n, error);
		if (ret)
			return ret;
		if (r->n_rules > had)
			r->rules[had].line = *line;
		text = eol ? eol + 1 : end;
	}
	return ret;
}

int rgf_rules_parse(const char *text, size_t len, struct rgf_rules **ret,
		    unsigned int *line, char *error)
{
	const struct rgf_rule *bad = NULL;
	struct rgf_rules *r;
	int err;

	*line = 0;
	if (len > RGF_RULES_TEXT_MAX) {
		snprintf(error, RGF_RULES_ERROR_MAX,
			 "the file is longer than 8 MiB");
		return -EINVAL;
	}
	r = rgf_rules_new();
	if (!r)
		return -ENOMEM;
	err = parse_lines(r, text, len, line, error);
	if (!err) {
		err = rgf_rules_check(r, &bad, error);
		*line = bad ? bad->line : 0;
	}
	if (err)
		rgf_rules_free(r);
	else
		*ret = r;
	return err;
}
