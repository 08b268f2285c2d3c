/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often strangers, by source address, may cost us an answer and a log line.
 * Signaling bans belong to the kernel; this keeps the log readable.
 */
#ifndef SIP_STRANGER_H
#define SIP_STRANGER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "sip/limits.h"

struct stranger {
	struct in_addr addr;
	uint64_t since; /* start of its window, ms */
	unsigned int count; /* in the window */
};

struct strangers {
	struct stranger source[SIP_STRANGERS_MAX];
	struct stranger total;
	unsigned int silenced; /* since the last that was allowed */
};

/**
 * stranger_allow() - may this one be answered and logged?
 * @now: milliseconds of a monotonic clock
 * @silenced: set on true: how many were not, since the last
 */
bool stranger_allow(struct strangers *s, struct in_addr addr, uint64_t now,
		    unsigned int *silenced);

#endif
