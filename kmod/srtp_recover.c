// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_recover.h"

#include <linux/kernel.h>
#include <linux/random.h>

#define RGF_CANDIDATES_MAX 8

struct rgf_candidates {
	s64 index[RGF_CANDIDATES_MAX];
	unsigned int nr;
};

bool rgf_recovery_failed(struct rgf_recovery *r, unsigned long now)
{
	if (!r->fails)
		r->since = now;
	if (r->fails < U32_MAX - 1)
		r->fails++;
	if (r->told || r->fails < RGF_DESYNC_FAILS ||
	    time_before(now, r->since + RGF_DESYNC_TIME))
		return false;
	r->told = true;
	return true;
}

/* Of @most packets a second, as many as there are tries. */
bool rgf_recovery_draw(struct rgf_recovery *r, unsigned long now)
{
	u32 most;

	if (time_after_eq(now, r->second + HZ)) {
		r->asked[1] = time_before(now, r->second + 2 * HZ) ? r->asked[0]
								   : 0;
		r->asked[0] = 0;
		r->second = now;
	}
	most = max(++r->asked[0], r->asked[1]);
	if (most > RGF_RETRY_RATE &&
	    get_random_u32_below(most) >= RGF_RETRY_RATE)
		return false;
	return rgf_budget_has(&r->budget, now, RGF_RETRY_RATE, RGF_RETRY_BURST);
}

static void rgf_candidate_add(struct rgf_candidates *c,
			      const struct rgf_guess *guess, s64 index)
{
	if (index < 0 || index > RGF_SRTP_INDEX_MAX ||
	    (guess->tried && index == guess->est))
		return;
	c->index[c->nr++] = index;
}

/* A peer that began anew, or that lost or repeated a roll-over. */
static void rgf_candidates_back(struct rgf_candidates *c,
				const struct rgf_guess *guess)
{
	rgf_candidate_add(c, guess, (u16)guess->est);
	rgf_candidate_add(c, guess, guess->est);
	rgf_candidate_add(c, guess, guess->est - RGF_ROC_STEP);
}

/* The hint first: a peer that keeps its ROC over a change of keys is common. */
static void rgf_candidates_unknown(struct rgf_candidates *c,
				   const struct rgf_guess *guess)
{
	unsigned int roc;

	if (guess->hint >= 0) {
		rgf_candidate_add(c, guess, guess->hint);
		rgf_candidate_add(c, guess, guess->hint + RGF_ROC_STEP);
	}
	for (roc = 1; roc <= 3; roc++)
		rgf_candidate_add(c, guess, guess->est + roc * RGF_ROC_STEP);
}

bool rgf_recovery_next(struct rgf_recovery *r, const struct rgf_guess *guess,
		       unsigned long now, s64 *index)
{
	struct rgf_candidates c = {};

	if (guess->back)
		rgf_candidates_back(&c, guess);
	if (guess->known) {
		rgf_candidate_add(&c, guess, guess->est + RGF_ROC_STEP);
		rgf_candidate_add(&c, guess, guess->est + 2 * RGF_ROC_STEP);
	} else {
		rgf_candidates_unknown(&c, guess);
	}
	if (!c.nr ||
	    !rgf_budget_take(&r->budget, now, RGF_RETRY_RATE, RGF_RETRY_BURST))
		return false;
	*index = c.index[r->turn++ % c.nr];
	return true;
}
