/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the addresses that gateways listen on. One that goes takes no socket
 * along: when it comes back, or comes after the daemon has started, it is listened
 * on. Until then calls go by other routes while there are some. That of a network
 * with an interface is left for the new one.
 */
#ifndef SIP_NETWORKS_H
#define SIP_NETWORKS_H

#include <netinet/in.h>
#include <stdbool.h>

struct sip_config;

/* @on_moved: the address of a network with an interface is another one. */
int networks_init(void (*on_moved)(void)); /* 0 or -errno */
void networks_exit(void);
void networks_set_config(const struct sip_config *cfg); /* that runs, or NULL */

/* Can it be bound to now? */
bool networks_have(struct in_addr addr);
/* The first of an interface; 0.0.0.0: none. */
struct in_addr networks_address(const char *interface);

#endif
