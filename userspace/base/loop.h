/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one event loop (libevent). Use libevent's own API on loop_base(). */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

struct event_base;

int loop_init(void); /* 0 or -errno */
struct event_base *loop_base(void);
int loop_run(void); /* until loop_stop() */
void loop_stop(void);
void loop_exit(void);

#endif
