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

#include <linux/types.h>

#define RGF_WINDOW_SIZE	    128 /* packets; RFC 3711 asks for >= 64 */
#define RGF_SRTP_INDEX_MAX  ((1ULL << 48) - 1)
#define RGF_SRTCP_INDEX_MAX ((1ULL << 31) - 1)

struct rgf_window {
	u64 top; /* the highest index seen, valid once started */
	u64 seen[RGF_WINDOW_SIZE / 64]; /* bit n: top - n was seen */
	bool started;
};

/**
 * rgf_index_estimate() - the index of an RTP packet from its sequence number
 * @w: window of the packet's SSRC; not started: ROC is 0
 * @seq: sequence number
 * @index: result
 *
 * Return: 0, RGF_DROP(REPLAYED) for a packet from before the first roll-over
 * counter, RGF_DROP(KEY_EXHAUSTED) when 48 bits are used up.
 */
int rgf_index_estimate(const struct rgf_window *w, u16 seq, u64 *index);

/**
 * rgf_window_check() - may a packet with this index be taken?
 * @w: window
 * @index: index
 *
 * Return: 0, or RGF_DROP(REPLAYED) when it was seen or is left of the window.
 */
int rgf_window_check(const struct rgf_window *w, u64 index);

/* Marks @index as seen, moving the window if needed. Check it first. */
void rgf_window_commit(struct rgf_window *w, u64 index);

#endif
