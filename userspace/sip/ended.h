/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions that had their final response, while copies of their messages may
 * still come by UDP (RFC 3261, 17: timers D, I, J and K). Of each only what a
 * copy is answered by is kept. Likewise of an INVITE of ours whose call is over: the
 * ACK to a 2xx that still comes.
 */
#ifndef SIP_ENDED_H
#define SIP_ENDED_H

#include <stdbool.h>
#include <stddef.h>

#include "sip/transport.h"

int ended_init(void); /* 0 or -errno */
void ended_exit(void);

/**
 * ended_add() - remember a transaction for SIP_ENDED_SECONDS
 * @key: of its messages, unique; consumed
 * @text: what answers a copy, NULL: nothing; consumed, by osip_free()
 *
 * Of more than SIP_ENDED_MAX the oldest is forgotten.
 */
void ended_add(char *key, const struct sip_path *path, char *text, size_t len);

/* Was it a copy, of what came over @from's gateway? It is answered then. */
bool ended_absorb(const char *key, const struct sip_path *from);

bool ended_use(const struct gateway *gw); /* is any of its peer's? */

#endif
