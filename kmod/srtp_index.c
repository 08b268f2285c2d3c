// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_index.h"

#include "drop.h"

#define RGF_SEQ_HALF 0x8000

int rgf_index_estimate(const struct rgf_window *w, u16 seq, u64 *index)
{
	u64 roc = w->started ? w->top >> 16 : 0;
	u16 s_l = w->top;

	if (w->started) {
		if (s_l < RGF_SEQ_HALF) {
			if (seq - s_l > RGF_SEQ_HALF) {
				if (!roc)
					return RGF_DROP(REPLAYED);
				roc--;
			}
		} else if (s_l - RGF_SEQ_HALF > seq) {
			roc++;
		}
	}
	if (roc > RGF_SRTP_INDEX_MAX >> 16)
		return RGF_DROP(KEY_EXHAUSTED);
	*index = roc << 16 | seq;
	return 0;
}

int rgf_window_check(const struct rgf_window *w, u64 index)
{
	u64 age;

	if (!w->started || index > w->top)
		return 0;
	age = w->top - index;
	if (age >= RGF_WINDOW_SIZE)
		return RGF_DROP(REPLAYED);
	return w->seen[age / 64] >> (age % 64) & 1 ? RGF_DROP(REPLAYED) : 0;
}

/* As after @by newer indices than top, none of which was seen. */
static void rgf_window_move(struct rgf_window *w, u64 by)
{
	if (by >= RGF_WINDOW_SIZE) {
		w->seen[1] = 0;
		w->seen[0] = 0;
	} else if (by >= 64) {
		w->seen[1] = w->seen[0] << (by - 64);
		w->seen[0] = 0;
	} else if (by) {
		w->seen[1] = w->seen[1] << by | w->seen[0] >> (64 - by);
		w->seen[0] <<= by;
	}
	w->top += by;
}

void rgf_window_commit(struct rgf_window *w, u64 index)
{
	u64 age;

	if (!w->started) {
		w->top = index;
		w->started = true;
	}
	if (index > w->top)
		rgf_window_move(w, index - w->top);
	age = w->top - index;
	w->seen[age / 64] |= 1ULL << (age % 64);
}
