// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_index.h"

bool rgf_window_is_past(const struct rgf_window *w, s64 index)
{
	return index < 0 || (w->started && w->top - index >= RGF_WINDOW_SIZE);
}

int rgf_window_check_old(const struct rgf_window *w, s64 index)
{
	u64 age;

	if (rgf_window_is_past(w, index))
		return RGF_DROP(REPLAYED);
	age = w->top - index;
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

void rgf_window_commit_any(struct rgf_window *w, s64 index)
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

void rgf_window_restart(struct rgf_window *w, s64 index)
{
	*w = (struct rgf_window){};
	rgf_window_commit(w, index);
}
