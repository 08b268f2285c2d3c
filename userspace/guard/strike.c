// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "base/notify.h"
#include "guard/strike.h"

static struct rgf *kernel;
static uint32_t trust_seconds;
static bool trust_gateways;

void strike_open(struct rgf *rgf)
{
	kernel = rgf;
}

/* One more in this second? */
static bool allow(void)
{
	static time_t second;
	static unsigned int n;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != second) {
		second = now.tv_sec;
		n = 0;
	}
	return n++ < STRIKES_PER_SECOND;
}

void strike(struct in_addr addr, enum ringfence_strike_reason reason,
	    bool proved)
{
	const struct rgf_strike s = {
		.addr = rgf_addr_v4(addr),
		.reason = reason,
		.proved = proved,
		.count = reason == RINGFENCE_STRIKE_REASON_SCANNER
				 ? STRIKE_SCANNER_COUNT
				 : 1,
	};
	int err;

	if (!allow())
		return;
	log_dbg("guard", "strike %s: %s%s", inet_ntoa(addr),
		rgf_strike_reason_name(reason), proved ? ", proved" : "");
	if (!kernel)
		return;
	err = rgf_strike(kernel, &s, NULL);
	if (err)
		notify(GUARD_REFUSED, "a strike", rgf_error(kernel));
}

void trust_set_time(uint32_t seconds)
{
	trust_seconds = seconds;
}

void trust_grant_for(struct in_addr addr, uint32_t seconds, const char *comment)
{
	struct rgf_trust t = {
		.prefix = { rgf_addr_v4(addr), 32 },
		.time = seconds,
	};

	if (!seconds)
		return;
	log_dbg("guard", "trust %s for %u s: %s", inet_ntoa(addr), seconds,
		comment);
	if (!kernel)
		return;
	snprintf(t.comment, sizeof(t.comment), "%s", comment);
	if (rgf_trust_add(kernel, &t))
		notify(GUARD_REFUSED, "trust", rgf_error(kernel));
}

void trust_grant(struct in_addr addr, const char *comment)
{
	trust_grant_for(addr, trust_seconds, comment);
}

void trust_set_gateways(bool trusted)
{
	trust_gateways = trusted;
}

void trust_gateway(struct in_addr addr, uint32_t seconds, const char *comment)
{
	if (trust_gateways)
		trust_grant_for(addr, seconds, comment);
}

/* The kernel doesn't let what is granted take the place of what is configured. */
void trust_end(struct in_addr addr, const char *comment)
{
	trust_grant_for(addr, 1, comment);
}
