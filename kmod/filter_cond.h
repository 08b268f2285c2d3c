/* SPDX-License-Identifier: GPL-2.0-only */
/* What a rule asks of a field, as ranges of the field's values. */
#ifndef _RGF_FILTER_COND_H
#define _RGF_FILTER_COND_H

#include <linux/math64.h>
#include <linux/time64.h>

#include "filter_match.h"

#define RGF_DAY_MINUTES	 (24 * 60)
#define RGF_WEEK_MINUTES (7 * RGF_DAY_MINUTES)

/* Some ranges, none of which overlap, or none: anything. */
struct rgf_cond {
	const struct rgf_range *ranges;
	u32 n;
	bool any;
	struct rgf_range own[RINGFENCE_MAX_PORT_RANGES];
};

/**
 * rgf_cond_get() - the condition of one field in one rule
 * @cond: filled in; it may point into itself, and into a set
 * @id: the field
 * @sets: of the rule set, by index
 * @v6: of the addresses of a set, those of IPv6
 */
void rgf_cond_get(struct rgf_cond *cond, enum rgf_field_id id,
		  const struct rgf_rule *rule, struct rgf_addrset *const *sets,
		  bool v6);

/* Of @seconds since the epoch, UTC; 0 is Monday at 0:00. 1970 began on a Thursday. */
static inline u32 rgf_minute_of_week(time64_t seconds)
{
	u32 minute;

	div_u64_rem(div_u64(seconds, 60) + 3 * RGF_DAY_MINUTES,
		    RGF_WEEK_MINUTES, &minute);
	return minute;
}

#endif
