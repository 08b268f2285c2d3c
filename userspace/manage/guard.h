/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many connections the control socket has, of whom, and for how long. The
 * HTTP library has no such limits, so its connections are looked at from
 * outside: on each accept, and each second while there are any.
 */
#ifndef MANAGE_GUARD_H
#define MANAGE_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

/* The newest one over any of these is closed. */
#define GUARD_CONNS_MAX	   32 /* in all */
#define GUARD_CONNS_USERS  24 /* of all users but root */
#define GUARD_CONNS_A_USER 4 /* of one user who is not root */
/* A connection older than that is closed, whatever it does. */
#define GUARD_SECONDS 30
/* Requests of one user who is not root; more are refused with 429. */
#define GUARD_RATE_PER_S 20
#define GUARD_BURST	 40
/* Users whose rates are known; the one who was quiet for longest is forgotten. */
#define GUARD_USERS_MAX 32

/* @listener: the socket whose connections are meant. 0 or -errno. */
int guard_init(int listener);
void guard_exit(void);

void guard_accepted(void); /* there is a new connection, or soon will be */
bool guard_allow(uid_t uid); /* one more request of this user? */

#endif
