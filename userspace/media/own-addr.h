/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPv4 addresses of this machine. */
#ifndef MEDIA_OWN_ADDR_H
#define MEDIA_OWN_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>

/*
 * Is it an address of this machine, or the broadcast address of its networks?
 * As things are now; true when that can't be found out.
 */
bool own_addr(struct in_addr addr);

void own_addr_exit(void); /* forgets them */

#endif
