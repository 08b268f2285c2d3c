/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon offers to its modules. */
#ifndef RINGFENCED_DAEMON_H
#define RINGFENCED_DAEMON_H

#include <stdbool.h>

struct datastore;

/* Where state that outlives the process is kept. NULL before start-up. */
const char *daemon_run_dir(void);

/* The configuration; NULL before start-up. */
struct datastore *daemon_datastore(void);

/* Seconds until an unconfirmed commit is undone; 0: there is none. */
unsigned int daemon_undo_seconds(void);

/* Files of certificates have changed: modules read theirs again. */
void daemon_certificates_changed(void);

#endif
