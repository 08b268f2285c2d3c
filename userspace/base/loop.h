/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one event loop (libevent). Use libevent's own API on loop_base(). */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

struct event_base;

int loop_init(void); /* 0 or -errno; -EBUSY when there is one already */
struct event_base *loop_base(void); /* NULL outside loop_init()/loop_exit() */

/* Run until loop_stop(), even while nothing is waited for; 0 or -EIO. */
int loop_run(void);
void loop_stop(void); /* from a callback of the loop; no effect before it */

/* Events of the loop must be freed before. Without a loop, does nothing. */
void loop_exit(void);

#endif
