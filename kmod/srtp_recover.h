/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recovery of a lost roll-over counter (ROC): which other index a packet that
 * did not authenticate may be tried with, and when.
 *
 * Only for streams that are suspect: several packets in a row failed, and for
 * some time none was authentic. So forged packets to a stream that is in sync
 * cost one authentication each. A second one is under a budget. When more
 * packets fail than it has tries, lots are drawn: who forges most of them gets
 * most of the tries, but nobody gets all by sending at the right moment.
 *
 * All is pure: time is passed in, the caller serialises.
 */
#ifndef _RGF_SRTP_RECOVER_H
#define _RGF_SRTP_RECOVER_H

#include <linux/jiffies.h>
#include <linux/types.h>

#include "srtp_budget.h"
#include "srtp_index.h"

#define RGF_SUSPECT_FAILS 3 /* packets in a row */
/*
 * Jiffies without an authentic packet. Less than the 25 packets of 20 ms in
 * which a peer is to be back, by as many as it takes to try all candidates.
 */
#define RGF_SUSPECT_TIME (HZ * 3 / 10)
#define RGF_RETRY_RATE	 25 /* second authentications a second */
#define RGF_RETRY_BURST	 8
#define RGF_DESYNC_FAILS 50 /* packets in a row */
#define RGF_DESYNC_TIME	 (2 * HZ) /* from the first of them */
#define RGF_RESYNC_TIME	 (10 * HZ) /* after rgf_srtp_resync() */

/* Of one SSRC, or of all that never authenticated; zeroed at first. */
struct rgf_recovery {
	unsigned long since; /* jiffies, when the first of @fails came */
	struct rgf_budget budget; /* of second authentications */
	u32 fails; /* packets in a row that were not authentic */
	u32 went_back; /* the resync that it was used for */
	unsigned long second; /* jiffies, when asked[0] was begun */
	u32 asked[2]; /* drew lots: in this second, in the one before */
	u8 turn; /* of the candidates */
	bool told; /* of desynchronisation */
};

/* What is known of the place of a stream; indices for the packet at hand. */
struct rgf_guess {
	s64 est; /* by the stream itself; ROC 0 if nothing is known */
	s64 hint; /* by the predecessor of the context; negative: no hint */
	bool known; /* @est is by authentic packets */
	bool tried; /* @est failed already */
	bool back; /* may it go back? */
};

/**
 * rgf_recovery_failed() - one more packet was not authentic
 * @r: of its SSRC
 * @now: jiffies
 *
 * Return: true if it is time to tell of it.
 */
bool rgf_recovery_failed(struct rgf_recovery *r, unsigned long now);

/* An authentic packet. */
static inline void rgf_recovery_succeeded(struct rgf_recovery *r)
{
	r->fails = 0;
	r->told = false;
}

/* Is there a try, and does this packet draw it? */
bool rgf_recovery_draw(struct rgf_recovery *r, unsigned long now);

/**
 * rgf_recovery_is_due() - if this packet fails, may it be tried again?
 * @r: of its SSRC
 * @quiet: for RGF_SUSPECT_TIME there was no authentic packet, or there is
 *	another reason to believe that the peer changed its ROC
 * @now: jiffies
 */
static inline bool rgf_recovery_is_due(struct rgf_recovery *r, bool quiet,
				       unsigned long now)
{
	return unlikely(r->fails + 1 >= RGF_SUSPECT_FAILS) && quiet &&
	       rgf_recovery_draw(r, now);
}

/**
 * rgf_recovery_next() - what to try a failed packet with
 * @r: of its SSRC, rgf_recovery_is_due()
 * @guess: what is known
 * @now: jiffies
 * @index: result
 *
 * An index above all authentic ones is safe to try: had it been used, the
 * window would be there. Going back is not: who recorded the stream could
 * replay it.
 *
 * Return: false if there is nothing to try, or not now.
 */
bool rgf_recovery_next(struct rgf_recovery *r, const struct rgf_guess *guess,
		       unsigned long now, s64 *index);

#endif
