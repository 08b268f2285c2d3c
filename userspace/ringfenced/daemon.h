/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon offers to its modules. */
#ifndef RINGFENCED_DAEMON_H
#define RINGFENCED_DAEMON_H

/* Where state that outlives the process is kept. NULL before start-up. */
const char *daemon_run_dir(void);

#endif
