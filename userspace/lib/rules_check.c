// SPDX-License-Identifier: GPL-2.0-or-later
/* What only the whole of a rule set shows; the kernel checks the same. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules.h"

#define NO_CHAIN SIZE_MAX

/* Chains by number, as the kernel counts them. */
struct chains {
	const struct rgf_rules *rules;
	const char *names[RINGFENCE_MAX_CHAINS];
	size_t n;
	size_t *of; /* each rule's chain */
	size_t *jump; /* each rule's target, or NO_CHAIN */
	size_t flat; /* rules so far, at each jump again */
};

static int refuse(char *error, const char *text)
{
	snprintf(error, RGF_RULES_ERROR_MAX, "%s", text);
	return -EINVAL;
}

static size_t chain_number(struct chains *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->names[i], name) == 0)
			return i;
	if (c->n == RINGFENCE_MAX_CHAINS)
		return NO_CHAIN;
	c->names[c->n] = name;
	return c->n++;
}

static bool has_rules(const struct chains *c, size_t chain)
{
	for (size_t i = 0; i < c->rules->n_rules; i++)
		if (c->of[i] == chain)
			return true;
	return false;
}

static int number_chains(struct chains *c, const struct rgf_rule **bad,
			 char *error)
{
	chain_number(c, "local");
	chain_number(c, "network");
	for (size_t i = 0; i < c->rules->n_rules; i++) {
		const struct rgf_rule *rule = &c->rules->rules[i];
		bool jumps = rule->action == RINGFENCE_RULE_ACTION_JUMP;

		*bad = rule;
		c->of[i] = chain_number(c, rule->chain);
		c->jump[i] = jumps ? chain_number(c, rule->jump) : NO_CHAIN;
		if (c->of[i] == NO_CHAIN || (jumps && c->jump[i] == NO_CHAIN))
			return refuse(error, "more than 64 chains, local and "
					     "network included");
		if (jumps && c->jump[i] < 2)
			return refuse(error,
				      "no rule jumps to local or network");
	}
	return 0;
}

static int check_jumps(const struct chains *c, const struct rgf_rule **bad,
		       char *error)
{
	for (size_t i = 0; i < c->rules->n_rules; i++) {
		*bad = &c->rules->rules[i];
		if (c->jump[i] == NO_CHAIN || has_rules(c, c->jump[i]))
			continue;
		snprintf(error, RGF_RULES_ERROR_MAX, "chain %s has no rules",
			 c->rules->rules[i].jump);
		return -EINVAL;
	}
	return 0;
}

/* No deeper than RINGFENCE_MAX_JUMPS, so it may call itself. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static int walk(struct chains *c, size_t chain, unsigned int depth,
		const struct rgf_rule **bad, char *error)
{
	int r = 0;

	for (size_t i = 0; i < c->rules->n_rules && !r; i++) {
		if (c->of[i] != chain)
			continue;
		*bad = &c->rules->rules[i];
		if (++c->flat > RINGFENCE_MAX_FLAT_RULES)
			return refuse(error,
				      "more than 16384 rules when those of a "
				      "chain count at each jump to it");
		if (c->jump[i] == NO_CHAIN)
			continue;
		if (depth == RINGFENCE_MAX_JUMPS)
			return refuse(error, "jumps more than 8 chains deep, "
					     "or in a circle");
		r = walk(c, c->jump[i], depth + 1, bad, error);
	}
	return r;
}

static int check_sets(struct rgf_rules *r, const struct rgf_rule **bad,
		      char *error)
{
	size_t entries = 0;

	for (size_t i = 0; i < r->n_sets; i++)
		entries += r->sets[i].n;
	*bad = NULL;
	if (entries > RINGFENCE_MAX_SET_ENTRIES)
		return refuse(error, "more than 65536 entries in all sets");
	for (size_t i = 0; i < r->n_rules; i++) {
		const struct rgf_rule *rule = &r->rules[i];
		const char *name = NULL;

		*bad = rule;
		if (rule->has & RGF_RULE_FROM_SET &&
		    !rgf_rules_set_find(r, rule->from_set, false))
			name = rule->from_set;
		else if (rule->has & RGF_RULE_TO_SET &&
			 !rgf_rules_set_find(r, rule->to_set, false))
			name = rule->to_set;
		if (!name)
			continue;
		snprintf(error, RGF_RULES_ERROR_MAX, "there is no set %s",
			 name);
		return -EINVAL;
	}
	return 0;
}

static int check_chains(struct chains *c, const struct rgf_rule **bad,
			char *error)
{
	int r = number_chains(c, bad, error);

	if (!r)
		r = check_jumps(c, bad, error);
	for (size_t hook = 0; hook < 2 && !r; hook++) {
		c->flat = 0;
		r = walk(c, hook, 0, bad, error);
	}
	return r;
}

int rgf_rules_check(struct rgf_rules *r, const struct rgf_rule **bad,
		    char *error)
{
	struct chains c = { .rules = r };
	int ret = check_sets(r, bad, error);

	if (ret)
		return ret;
	c.of = calloc(r->n_rules + 1, sizeof(*c.of));
	c.jump = calloc(r->n_rules + 1, sizeof(*c.jump));
	ret = c.of && c.jump ? check_chains(&c, bad, error) : -ENOMEM;
	free(c.of);
	free(c.jump);
	return ret;
}
