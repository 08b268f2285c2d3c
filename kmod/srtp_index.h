/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packet indices of SRTP and SRTCP (RFC 3711, 3.3.1 and 3.3.2).
 *
 * An SRTP packet's index is 2^16 * ROC + SEQ, 48 bits; the ROC is not sent but
 * estimated. An SRTCP packet carries its 31-bit index. Either way a window over
 * the newest indices tells which were seen.
 *
 * All is pure; the caller serialises.
 */
#ifndef _RGF_SRTP_INDEX_H
#define _RGF_SRTP_INDEX_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "drop.h"

#define RGF_WINDOW_SIZE	    128 /* packets; RFC 3711 asks for >= 64 */
#define RGF_SRTP_INDEX_MAX  ((1LL << 48) - 1)
#define RGF_SRTCP_INDEX_MAX ((1LL << 31) - 1)
#define RGF_ROC_STEP	    0x10000LL /* from one ROC to the next */
#define RGF_SEQ_HALF	    0x8000

struct rgf_window {
	s64 top; /* the highest index seen, valid once started */
	u64 seen[RGF_WINDOW_SIZE / 64]; /* bit n: top - n was seen */
	bool started; /* until then, all is zero */
};

/**
 * rgf_index_estimate() - the index of an RTP packet from its sequence number
 * @w: window of the packet's SSRC; not started: ROC is 0
 * @seq: sequence number
 *
 * Return: the index that is nearest to the top of the window (RFC 3711,
 * appendix A). It may be none at all: negative, from before the first ROC, or
 * above RGF_SRTP_INDEX_MAX; rgf_window_check() refuses both.
 */
static inline s64 rgf_index_estimate(const struct rgf_window *w, u16 seq)
{
	s64 roc = w->top >> 16;
	u16 s_l = w->top;

	if (unlikely(!w->started))
		return seq;
	if (s_l < RGF_SEQ_HALF) {
		if (seq - s_l > RGF_SEQ_HALF)
			roc--;
	} else if (s_l - RGF_SEQ_HALF > seq) {
		roc++;
	}
	return roc * RGF_ROC_STEP + seq;
}

/* The slow paths of what follows. */
int rgf_window_check_old(const struct rgf_window *w, s64 index);
void rgf_window_commit_any(struct rgf_window *w, s64 index);

/* Is @index older than anything the window can tell of? */
bool rgf_window_is_past(const struct rgf_window *w, s64 index);

/**
 * rgf_window_check() - may a packet with this index be taken?
 * @w: window
 * @index: index
 *
 * Return: 0, RGF_DROP(REPLAYED) when it was seen or is left of the window, or
 * RGF_DROP(KEY_EXHAUSTED) when 48 bits are used up.
 */
static inline int rgf_window_check(const struct rgf_window *w, s64 index)
{
	if (unlikely(w->started && index <= w->top))
		return rgf_window_check_old(w, index);
	return unlikely(index > RGF_SRTP_INDEX_MAX) ? RGF_DROP(KEY_EXHAUSTED)
						    : 0;
}

/* Marks @index as seen, moving the window if needed. Check it first. */
static inline void rgf_window_commit(struct rgf_window *w, s64 index)
{
	if (unlikely(index - w->top != 1)) {
		rgf_window_commit_any(w, index);
		return;
	}
	/* The next one, as nearly all are. */
	w->seen[1] = w->seen[1] << 1 | w->seen[0] >> 63;
	w->seen[0] = w->seen[0] << 1 | 1;
	w->top = index;
	w->started = true;
}

/* Forgets what was seen; @index is the only one. */
void rgf_window_restart(struct rgf_window *w, s64 index);

#endif
