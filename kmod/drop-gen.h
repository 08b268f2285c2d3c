/* SPDX-License-Identifier: GPL-2.0-only */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ringfence.yaml */
/* YNL-GEN drop reasons */

#ifndef _RGF_DROP_GEN_H
#define _RGF_DROP_GEN_H

#include <linux/build_bug.h>
#include <linux/ringfence.h>

/* X(value, name) of each, in the order of the values */
#define RGF_DROP_REASONS(X) \
	X(RINGFENCE_DROP_REASON_MALFORMED, "malformed") \
	X(RINGFENCE_DROP_REASON_WRONG_SOURCE, "wrong-source") \
	X(RINGFENCE_DROP_REASON_AUTH_FAILED, "auth-failed") \
	X(RINGFENCE_DROP_REASON_REPLAYED, "replayed") \
	X(RINGFENCE_DROP_REASON_SSRC_LIMIT, "ssrc-limit") \
	X(RINGFENCE_DROP_REASON_KEY_EXHAUSTED, "key-exhausted") \
	X(RINGFENCE_DROP_REASON_CRYPTO_ERROR, "crypto-error") \
	X(RINGFENCE_DROP_REASON_NO_MEMORY, "no-memory") \
	X(RINGFENCE_DROP_REASON_NO_ROUTE, "no-route") \
	X(RINGFENCE_DROP_REASON_TOO_BIG, "too-big") \
	X(RINGFENCE_DROP_REASON_TTL_EXPIRED, "ttl-expired") \
	X(RINGFENCE_DROP_REASON_NO_SESSION, "no-session") \
	X(RINGFENCE_DROP_REASON_UNEXPECTED, "unexpected") \
	X(RINGFENCE_DROP_REASON_RATE_LIMITED, "rate-limited") \
	X(RINGFENCE_DROP_REASON_UNKNOWN_MKI, "unknown-mki") \
	X(RINGFENCE_DROP_REASON_WRONG_ENCRYPTION, "wrong-encryption") \
	X(RINGFENCE_DROP_REASON_QUEUE_FULL, "queue-full")

static_assert(17 == __RINGFENCE_DROP_REASON_MAX);

#endif /* _RGF_DROP_GEN_H */
