// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/stranger.h"

#define WINDOW_MS 10000

static bool take(struct stranger *s, uint64_t now, unsigned int max)
{
	if (!s->count || now - s->since >= WINDOW_MS) {
		s->since = now;
		s->count = 0;
	}
	if (s->count >= max)
		return false;
	s->count++;
	return true;
}

/* Its place, or that of the source that was quiet for longest. */
static struct stranger *place(struct strangers *s, struct in_addr addr)
{
	struct stranger *oldest = &s->source[0];

	for (unsigned int i = 0; i < SIP_STRANGERS_MAX; i++) {
		struct stranger *e = &s->source[i];

		if (e->count && e->addr.s_addr == addr.s_addr)
			return e;
		if (!e->count || (oldest->count && e->since < oldest->since))
			oldest = e;
	}
	oldest->addr = addr;
	oldest->count = 0;
	return oldest;
}

bool stranger_allow(struct strangers *s, struct in_addr addr, uint64_t now,
		    unsigned int *silenced)
{
	if (!take(place(s, addr), now, SIP_STRANGER_PER_10S) ||
	    !take(&s->total, now, SIP_STRANGERS_PER_10S)) {
		s->silenced++;
		return false;
	}
	*silenced = s->silenced;
	s->silenced = 0;
	return true;
}
