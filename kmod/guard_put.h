/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits, bans and trust in messages; all return 0 or -EMSGSIZE. */
#ifndef _RGF_GUARD_PUT_H
#define _RGF_GUARD_PUT_H

#include "ban.h"
#include "guard.h"

struct sk_buff;

/* Under rcu_read_lock() or the guard's lock. */
int rgf_put_ban(struct sk_buff *msg, const struct rgf_ban *ban);
int rgf_put_trust(struct sk_buff *msg, const struct rgf_trust *trust);

/* @limits: of @guard, or the defaults of a namespace without one: NULL */
int rgf_put_limit(struct sk_buff *msg, const struct rgf_guard *guard,
		  const struct rgf_limits *limits, u32 class);
/* Process context. */
int rgf_put_limits(struct sk_buff *msg, struct rgf_guard *guard,
		   const struct rgf_limits *limits,
		   struct rgf_sources *sources);

/* @now: jiffies */
int rgf_put_source(struct sk_buff *msg, const struct rgf_limits *limits,
		   const struct rgf_source *source, u32 now);

#endif
