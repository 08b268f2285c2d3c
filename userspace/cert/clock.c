// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/clock.h"

#include <stdio.h>
#include <sys/timex.h>

static bool required;

bool clock_is_possible(time_t now, char *why, size_t why_len)
{
	const time_t built = CERT_BUILT;
	char clock[32], date[32];
	struct tm tm;

	if (now >= built)
		return true;
	strftime(clock, sizeof(clock), "%Y-%m-%d", gmtime_r(&now, &tm));
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&built, &tm));
	snprintf(why, why_len,
		 "the clock is wrong: it says %s, but this program was built "
		 "on %s; no certificate can be judged before it is set",
		 clock, date);
	return false;
}

bool clock_was_synchronized(void)
{
	static bool once;
	struct timex t = { .modes = 0 };

	/* -1: not permitted. It may be lost again, but not by much at once. */
	if (!once && adjtimex(&t) != TIME_ERROR)
		once = true;
	return once;
}

void clock_require_synchronized(bool require)
{
	required = require;
}

bool clock_is_usable(time_t now, char *why, size_t why_len)
{
	if (!clock_is_possible(now, why, why_len))
		return false;
	if (!required || clock_was_synchronized())
		return true;
	snprintf(why, why_len,
		 "the clock was never synchronized, and certificate "
		 "unsynchronized-clock is refuse; set up NTP");
	return false;
}
