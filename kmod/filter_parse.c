// SPDX-License-Identifier: GPL-2.0-only
#include "filter_parse.h"

#include <linux/slab.h>
#include <net/genetlink.h>

#include "filter_parse_parts.h"

static const struct nlattr *rgf_attrs(const struct genl_info *info)
{
	return genlmsg_data(info->genlhdr);
}

static int rgf_attrs_len(const struct genl_info *info)
{
	return genlmsg_len(info->genlhdr);
}

/* Rules */

static int rgf_rule_chain(struct rgf_rules_parse *p, const struct nlattr *attr,
			  u8 *ret)
{
	int err = rgf_name_check(attr, p->extack), index;

	if (err)
		return err;
	index = rgf_name_index(p->rs->chains, &p->rs->n_chains,
			       RINGFENCE_MAX_CHAINS, nla_data(attr));
	if (index < 0) {
		NL_SET_ERR_MSG_ATTR(p->extack, attr, "more than 64 chains");
		return -EINVAL;
	}
	*ret = index;
	return 0;
}

static int rgf_rule_jump(struct rgf_rules_parse *p, struct nlattr **tb,
			 struct rgf_rule *rule, const struct nlattr *nest)
{
	const struct nlattr *jump = tb[RINGFENCE_A_RULE_JUMP];
	bool jumps = rule->action == RINGFENCE_RULE_ACTION_JUMP;
	int err;

	if (jumps != !!jump) {
		NL_SET_ERR_MSG_ATTR(p->extack, nest,
				    "jump needs a chain, others have none");
		return -EINVAL;
	}
	if (!jump)
		return 0;
	err = rgf_rule_chain(p, jump, &rule->jump);
	if (!err && rule->jump < RGF_NR_HOOKS) {
		NL_SET_ERR_MSG_ATTR(p->extack, jump,
				    "no rule jumps to local or network");
		return -EINVAL;
	}
	return err;
}

static int rgf_rule_action(struct rgf_rules_parse *p, struct nlattr **tb,
			   struct rgf_rule *rule, const struct nlattr *nest)
{
	const struct nlattr *rate = tb[RINGFENCE_A_RULE_LOG_RATE];
	const struct nlattr *ban = tb[RINGFENCE_A_RULE_BAN_TIME];
	bool bans;

	if (!tb[RINGFENCE_A_RULE_ACTION] || !tb[RINGFENCE_A_RULE_CHAIN]) {
		NL_SET_ERR_MSG_ATTR(p->extack, nest,
				    "a rule needs a chain and an action");
		return -EINVAL;
	}
	rule->action = nla_get_u32(tb[RINGFENCE_A_RULE_ACTION]);
	bans = rule->action == RINGFENCE_RULE_ACTION_BAN;
	if (rate && rule->action != RINGFENCE_RULE_ACTION_LOG) {
		NL_SET_ERR_MSG_ATTR(p->extack, rate,
				    "a log rate goes with the action log");
		return -EINVAL;
	}
	rule->log_rate = rate ? nla_get_u32(rate) : RINGFENCE_LOG_RATE_DEFAULT;
	if (bans != !!ban) {
		NL_SET_ERR_MSG_ATTR(p->extack, ban ?: nest,
				    "ban needs a time, others have none");
		return -EINVAL;
	}
	rule->ban_time = ban ? nla_get_u32(ban) : 0;
	return rgf_rule_chain(p, tb[RINGFENCE_A_RULE_CHAIN], &rule->chain)
		       ?: rgf_rule_jump(p, tb, rule, nest);
}

static int rgf_rule_comment(struct rgf_rule *rule, const struct nlattr *attr)
{
	if (!attr)
		return 0;
	rule->comment = nla_strdup(attr, GFP_KERNEL_ACCOUNT);
	return rule->comment ? 0 : -ENOMEM;
}

static int rgf_rule_parse(struct rgf_rules_parse *p, const struct nlattr *nest,
			  struct rgf_rule *rule)
{
	struct nlattr *tb[RINGFENCE_A_RULE_MAX + 1];

	rgf_nest(tb, RINGFENCE_A_RULE_MAX, nest);
	return rgf_rule_action(p, tb, rule, nest)
		       ?: rgf_rule_conditions(p, tb, rule, nest)
		       ?: rgf_rule_comment(rule,
					   tb[RINGFENCE_A_RULE_COMMENT]);
}

/* The whole message */

/* A jump to a chain without rules is a slip of the pen. */
static int rgf_rules_check_jumps(struct rgf_rules_parse *p)
{
	bool filled[RINGFENCE_MAX_CHAINS] = {};
	const struct rgf_rule *rule;
	u32 i;

	for (i = 0; i < p->rs->n_rules; i++)
		filled[p->rs->rules[i].chain] = true;
	for (i = 0; i < p->rs->n_rules; i++) {
		rule = &p->rs->rules[i];
		if (rule->action != RINGFENCE_RULE_ACTION_JUMP ||
		    filled[rule->jump])
			continue;
		NL_SET_ERR_MSG_ATTR(p->extack, rgf_rules_attr(p->info, i),
				    "the chain to jump to has no rules");
		return -EINVAL;
	}
	return 0;
}

static int rgf_rules_each(struct rgf_rules_parse *p)
{
	const struct nlattr *attr;
	int left, err = 0;
	u32 rule = 0;

	/* A set may stand behind the rules that use it. */
	nla_for_each_attr(attr, rgf_attrs(p->info), rgf_attrs_len(p->info),
			  left) {
		if (nla_type(attr) == RINGFENCE_A_RULES_SET)
			err = rgf_set_parse(p, attr);
		if (err)
			return err;
	}
	nla_for_each_attr(attr, rgf_attrs(p->info), rgf_attrs_len(p->info),
			  left) {
		if (nla_type(attr) == RINGFENCE_A_RULES_RULE)
			err = rgf_rule_parse(p, attr, &p->rs->rules[rule++]);
		if (err)
			return err;
	}
	return rgf_rules_check_jumps(p);
}

static int rgf_rules_number(struct genl_info *info)
{
	const struct nlattr *attr;
	int left, n = 0;

	nla_for_each_attr(attr, rgf_attrs(info), rgf_attrs_len(info), left)
		n += nla_type(attr) == RINGFENCE_A_RULES_RULE;
	return n;
}

const struct nlattr *rgf_rules_attr(struct genl_info *info, int index)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, rgf_attrs(info), rgf_attrs_len(info), left)
		if (nla_type(attr) == RINGFENCE_A_RULES_RULE && !index--)
			return attr;
	return NULL;
}

int rgf_rules_parse(struct genl_info *info, struct rgf_ruleset **ret,
		    struct rgf_addrset **sets)
{
	struct rgf_rules_parse p = { .sets = sets,
				     .info = info,
				     .extack = info->extack };
	struct nlattr **tb = info->attrs;
	int n = rgf_rules_number(info), err;

	if (n > RINGFENCE_MAX_RULES) {
		NL_SET_ERR_MSG(info->extack, "more than 8192 rules");
		return -EINVAL;
	}
	p.rs = rgf_ruleset_new(n);
	if (!p.rs)
		return -ENOMEM;
	if (tb[RINGFENCE_A_RULES_DEFAULT_LOCAL])
		p.rs->dflt[RGF_CHAIN_LOCAL] =
			nla_get_u32(tb[RINGFENCE_A_RULES_DEFAULT_LOCAL]);
	if (tb[RINGFENCE_A_RULES_DEFAULT_NETWORK])
		p.rs->dflt[RGF_CHAIN_NETWORK] =
			nla_get_u32(tb[RINGFENCE_A_RULES_DEFAULT_NETWORK]);
	err = rgf_rules_each(&p);
	if (err)
		rgf_ruleset_put(p.rs);
	else
		*ret = p.rs;
	return err;
}
