// SPDX-License-Identifier: GPL-2.0-only
/* Jumps compiled away: a chain's rules behind each rule that jumps to it. */
#include "filter_compile.h"

#include <linux/errno.h>
#include <linux/sched.h>

struct rgf_flatten {
	const struct rgf_ruleset *rs;
	bool v6;
	struct rgf_flat_path *paths;
	u32 n;
	u32 *bad;
};

/* Can the rule match in this family at all? */
static bool rgf_flat_fits(const struct rgf_rule *rule, bool v6)
{
	if (rule->has & RGF_RULE_FROM && rgf_addr_is_v4(&rule->from.addr) == v6)
		return false;
	return !(rule->has & RGF_RULE_TO) ||
	       rgf_addr_is_v4(&rule->to.addr) != v6;
}

/* The next rule of @chain, from index @i on; n_rules: none. */
static u32 rgf_flat_next(const struct rgf_ruleset *rs, u8 chain, u32 i)
{
	while (i < rs->n_rules && rs->rules[i].chain != chain)
		i++;
	return i;
}

/*
 * Where a chain is left off for one that it jumps to. The stack is as deep as
 * jumps may be; a circle of jumps runs into its end.
 */
struct rgf_flat_level {
	u32 next; /* rule to go on with */
	u32 parent;
	u8 chain;
};

static int rgf_flatten_rule(struct rgf_flatten *f, u32 rule, u32 parent)
{
	if (f->n == RINGFENCE_MAX_FLAT_RULES) {
		*f->bad = rule;
		return -E2BIG;
	}
	f->paths[f->n++] = (struct rgf_flat_path){ rule, parent };
	return 0;
}

int rgf_filter_flatten(const struct rgf_ruleset *rs, unsigned int hook, bool v6,
		       struct rgf_flat_path *paths, u32 *bad)
{
	struct rgf_flatten f = {
		.rs = rs, .v6 = v6, .paths = paths, .bad = bad
	};
	struct rgf_flat_level stack[RINGFENCE_MAX_JUMPS + 1] = {
		{ .parent = RGF_NO_PARENT, .chain = hook }
	};
	struct rgf_flat_level *top = stack;
	const struct rgf_rule *rule;
	u32 i;

	for (;;) {
		cond_resched();
		i = rgf_flat_next(rs, top->chain, top->next);
		if (i == rs->n_rules) {
			if (top-- == stack)
				return f.n;
			continue;
		}
		top->next = i + 1;
		rule = &rs->rules[i];
		if (!rgf_flat_fits(rule, v6))
			continue;
		if (rgf_flatten_rule(&f, i, top->parent))
			return -E2BIG;
		if (rule->action != RINGFENCE_RULE_ACTION_JUMP)
			continue;
		if (top == &stack[RINGFENCE_MAX_JUMPS]) {
			*bad = i;
			return -ELOOP;
		}
		*++top = (struct rgf_flat_level){ .parent = f.n - 1,
						  .chain = rule->jump };
	}
}
