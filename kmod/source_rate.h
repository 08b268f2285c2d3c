/* SPDX-License-Identifier: GPL-2.0-only */
/* How fast each source of packets is, by token buckets in a table of fixed size. */
#ifndef _RGF_SOURCE_RATE_H
#define _RGF_SOURCE_RATE_H

#include "bucket.h"

/* One limit of one source. */
struct rgf_rate_source {
	u64 addr; /* an IPv4 address, or the first 64 bits of an IPv6 one */
	u32 limit; /* which limit, and which family */
};

struct rgf_rate_table;

/* Room for RINGFENCE_MAX_RATE_SOURCES; NULL without memory. Process context. */
struct rgf_rate_table *rgf_rate_table_new(void);
void rgf_rate_table_free(struct rgf_rate_table *table); /* NULL is fine */

/**
 * rgf_rate_table_take() - a packet has come: is its source within its rate?
 * @now: nanoseconds of a clock that never goes back
 *
 * Only a packet that is within takes from the bucket. A source that is new takes
 * the place of that one of eight whose bucket would be full soonest, so which
 * loses least by being forgotten. Any context but NMI, with bottom halves off.
 */
bool rgf_rate_table_take(struct rgf_rate_table *table,
			 const struct rgf_rate_source *source,
			 const struct rgf_bucket_rate *rate, u64 now);

#endif
