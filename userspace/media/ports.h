/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP ports of media: an even one for RTP and the next for RTCP.
 *
 * Both are bound to sockets that nobody reads. The kernel module takes media
 * packets before they get to sockets, but without these, another program could
 * get a port of a call (a resolver's query, for instance: its answer would be
 * stolen), and early media would be answered by ICMP. It costs four descriptors
 * a call; the receive buffers are set to the least there is.
 *
 * When a call ends, its pair stays bound and rests: no other call gets it until
 * PORTS_RESTING_MIN calls more have ended, so that none gets the last packets of a
 * call before. That also spares sixteen system calls of a call. If no pair of
 * the range is free otherwise, the one that has rested longest is taken; when no
 * call of the address is left, all are closed.
 */
#ifndef MEDIA_PORTS_H
#define MEDIA_PORTS_H

#include <netinet/in.h>
#include <stdint.h>

#define PORTS_BIND_TRIES  64 /* pairs that others hold, before we give up */
#define PORTS_RESTING_MIN 128 /* pairs of an address; more, and one is taken */
#define PORTS_RESTING_MAX \
	512 /* two descriptors each; then those of a call close */

struct port_pair {
	struct in_addr addr;
	uint16_t port; /* of RTP; 0: none */
	int fd[2];
};

/**
 * ports_take() - a free pair, at a random place of the range or well rested
 * @min, @max: both RTP and RTCP port lie between these
 * Return: 0; -EADDRINUSE when there is none; -errno
 */
int ports_take(struct in_addr addr, uint16_t min, uint16_t max,
	       struct port_pair *ret);

/* Exactly this one, that a session of the kernel has already: -EADDRINUSE if
 * a call has it. Does without the sockets if somebody else has bound them. */
int ports_take_this(struct in_addr addr, uint16_t port, struct port_pair *ret);
void ports_release(struct port_pair *pair); /* none is fine */

#endif
