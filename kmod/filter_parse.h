/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about rule sets, as structs. */
#ifndef _RGF_FILTER_PARSE_H
#define _RGF_FILTER_PARSE_H

#include "ruleset.h"

struct genl_info;
struct nlattr;

/**
 * rgf_rules_parse() - the rule set that rules-set carries
 * @ret: the caller's
 * @sets: room for RINGFENCE_MAX_ADDRESS_SETS; the caller's
 *
 * Return: 0, or -errno and a sentence
 */
int rgf_rules_parse(struct genl_info *info, struct rgf_ruleset **ret,
		    struct rgf_addrset **sets);

/* A nest that was checked against the policy; 0, or -errno and a sentence. */
int rgf_prefix_parse(struct rgf_prefix *prefix, const struct nlattr *nest,
		     struct netlink_ext_ack *extack);

/* The attribute of the rule at @index, or NULL. */
const struct nlattr *rgf_rules_attr(struct genl_info *info, int index);

/**
 * rgf_entries_parse() - all attributes of type entry of a run
 * @attrs: the run
 * @len: its bytes
 * @ret: kvfree() it; NULL if there are none
 *
 * Return: how many, or -errno and a sentence
 */
int rgf_entries_parse(const struct nlattr *attrs, int len,
		      struct rgf_prefix **ret, struct netlink_ext_ack *extack);

#endif
