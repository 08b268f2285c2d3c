/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon tells the kernel of sources: strikes, which ban, and trust for
 * a time. Without the kernel's module nothing happens.
 */
#ifndef GUARD_STRIKE_H
#define GUARD_STRIKE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/guard.h"

/*
 * Strikes a second that are told; each is a question to the kernel. More are not
 * told: who floods is limited by the kernel itself.
 */
#define STRIKES_PER_SECOND 200

/* A request with a scanner's mark; others count once. */
#define STRIKE_SCANNER_COUNT 10

/* NULL: strikes and trust go nowhere. */
void strike_open(struct rgf *rgf);

/**
 * strike() - @addr has done something wrong
 * @proved: it has received what was sent to it (TCP), so it isn't forged
 *
 * Whether that bans it is the kernel's to decide; it never bans configured
 * trust. Told at debug level, too.
 */
void strike(struct in_addr addr, enum ringfence_strike_reason reason,
	    bool proved);

/* Trust @addr for guard tls-trust-time from now on. */
void trust_grant(struct in_addr addr, const char *comment);
void trust_set_time(uint32_t seconds); /* 0: grant nothing */

/* Trust @addr for so long from now on, whatever it was granted before. */
void trust_grant_for(struct in_addr addr, uint32_t seconds,
		     const char *comment);
/* Likewise, a server of a gateway: unless guard trust-gateways says no. */
void trust_gateway(struct in_addr addr, uint32_t seconds, const char *comment);
void trust_set_gateways(bool trusted);
/* No longer, unless it is configured. */
void trust_end(struct in_addr addr, const char *comment);

#endif
