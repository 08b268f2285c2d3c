/* SPDX-License-Identifier: GPL-2.0-only */
/* What limit-set carries. */
#ifndef _RGF_GUARD_PARSE_H
#define _RGF_GUARD_PARSE_H

#include "limit.h"

struct genl_info;

/**
 * rgf_limits_parse() - change what a request names
 * @limits: a copy of the limits there are; on failure of no use any more
 *
 * Return: 0, or -errno and a sentence
 */
int rgf_limits_parse(struct rgf_limits *limits, struct genl_info *info);

#endif
