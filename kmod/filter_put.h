/* SPDX-License-Identifier: GPL-2.0-only */
/* Rule sets in replies; all return 0 or -EMSGSIZE. The lock is held. */
#ifndef _RGF_FILTER_PUT_H
#define _RGF_FILTER_PUT_H

#include "filter.h"

struct sk_buff;

/* As a nest; also of bans and trust, which have no lock that matters here. */
int rgf_put_prefix(struct sk_buff *msg, int type,
		   const struct rgf_prefix *prefix);

/* What a message of a dump tells: all sets come first, then the rules. */
struct rgf_part {
	u32 index; /* of a set, or n_sets and more: of a rule */
	u32 entry; /* of the set, to begin with */
};

/* Payload of the largest message of a dump. */
size_t rgf_part_size(void);

/* Moves @part on behind what it put. */
int rgf_put_part(struct sk_buff *msg, const struct rgf_filter *f,
		 struct rgf_part *part);

/* All but sets and rules; @left: seconds until it goes, 0: it stays. */
int rgf_put_rules(struct sk_buff *msg, const struct rgf_filter *f, u32 left);

#endif
