/* SPDX-License-Identifier: GPL-2.0-only */
/* What a context consists of; for srtp*.c only. */
#ifndef _RGF_SRTP_CTX_H
#define _RGF_SRTP_CTX_H

#include <linux/refcount.h>
#include <linux/ringfence.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "srtp.h"
#include "srtp_keys.h"
#include "srtp_life.h"
#include "srtp_recover.h"
#include "suite.h"

struct rgf_rekey;
struct rgf_streams;

#define RGF_SRTCP_INDEX_LEN 4
#define RGF_SRTCP_E	    BIT(31) /* the packet is encrypted */
#define RGF_ROC_LEN	    4

/* One master key. */
struct rgf_key {
	struct rgf_keys keys[2]; /* RTP, RTCP; but if rekey has them */
	struct rgf_life_limit limit;
	u8 *mki; /* NULL: none */
	u8 mki_len;
	/*
	 * Kept to recognise the key when it is set again, and to derive more
	 * keys at other rates.
	 */
	u8 master_len;
	u8 master[RINGFENCE_KEY_MAX];
};

/*
 * What protection appends. Offsets are from the end of the payload.
 *
 *	+--------+---------+-----+-----+
 *	| header | payload | MKI | tag |			HMAC
 *	+--------+---------+-----+-----+--------+
 *	| header | payload | E, index  | MKI | tag |		HMAC, RTCP
 *	+--------+---------+-----+-----+--------+
 *	| header | payload | tag | MKI |			AEAD
 *	+--------+---------+-----+----------+-----+
 *	| header | payload | tag | E, index | MKI |		AEAD, RTCP
 *	+--------+---------+-----+----------+-----+
 */
struct rgf_tail {
	u16 len; /* all in all */
	u8 tag_len;
	u8 index_at; /* RTCP only */
	u8 mki_at;
	u8 tag_at;
};

/* An SSRC that the predecessor of a context knew. */
struct rgf_hint {
	u32 ssrc;
	struct rgf_window window; /* for its top */
	struct rgf_recovery recovery;
};

/* Packets that failed and belong to no stream. */
struct rgf_strays {
	spinlock_t lock; /* what follows, and the hints' recovery */
	struct rgf_recovery recovery; /* of all SSRCs without a hint */
	unsigned int nr_hints;
	struct rgf_hint *hints;
};

struct rgf_srtp {
	/* For each packet. */
	struct rgf_streams *streams; /* a reference */
	struct rgf_rekey *rekey; /* NULL: the key derivation rate is 0 */
	struct rgf_tail tail[2]; /* RTP, RTCP */
	bool aead;
	bool null; /* the suite's cipher: the E bit means nothing */
	u8 kdr;
	u8 mki_len; /* of each key; 0: none */
	u8 nr_keys;

	u32 flags; /* RINGFENCE_LEG_FLAGS_UN*_SRT(C)P */
	unsigned int reqsize;
	bool waits; /* packets may have to, even if the FPU is free */
	refcount_t ref;
	enum ringfence_suite id;
	const struct rgf_suite *suite;
	struct crypto_shash *sha1; /* NULL: AEAD */
	struct rgf_strays strays;
	struct rgf_key key[]; /* the first one sends */
};

/* The clock of budgets and delays. Tests set their own. */
#ifndef rgf_srtp_now
#define rgf_srtp_now() jiffies
#endif

#endif
