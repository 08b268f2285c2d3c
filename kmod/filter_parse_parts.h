/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that parse rule sets; all return 0, or -errno and a sentence. */
#ifndef _RGF_FILTER_PARSE_PARTS_H
#define _RGF_FILTER_PARSE_PARTS_H

#include <net/netlink.h>

#include "filter_parse.h"
#include "netlink-gen.h"

/* One rules-set message. */
struct rgf_rules_parse {
	struct rgf_ruleset *rs;
	struct rgf_addrset **sets;
	struct genl_info *info;
	struct netlink_ext_ack *extack;
	u32 n_entries; /* of all sets */
};

/* Attributes were checked against the policy already. */
static inline void rgf_nest(struct nlattr **tb, int max,
			    const struct nlattr *nest)
{
	nla_parse(tb, max, nla_data(nest), nla_len(nest), NULL, NULL);
}

/* filter_parse_sets.c */
/* What is printed and compared must be plain. */
int rgf_name_check(const struct nlattr *attr, struct netlink_ext_ack *extack);
/* The index of a name, added if it is new; -ENOSPC: there are @max others. */
int rgf_name_index(char names[][RGF_NAME_SIZE], u32 *n, u32 max,
		   const char *name);
int rgf_set_parse(struct rgf_rules_parse *p, const struct nlattr *nest);

/* filter_parse_rule.c: all but chain, action and comment. */
int rgf_rule_conditions(struct rgf_rules_parse *p, struct nlattr **tb,
			struct rgf_rule *rule, const struct nlattr *nest);

#endif
