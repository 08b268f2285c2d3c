/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The secrets of TLS connections in a file, for Wireshark: off unless an
 * administrator switched it on, for a time. Who has the file can read these
 * connections.
 */
#ifndef CERT_KEYLOG_H
#define CERT_KEYLOG_H

#include <stdbool.h>
#include <stddef.h>

#define KEYLOG_SECONDS_MAX 86400
#define KEYLOG_BYTES_MAX   (16 * 1024 * 1024) /* then no more is written */

/* Where it goes; a file that is there is removed. "" or NULL: nowhere. */
void keylog_set_file(const char *path);
const char *keylog_file(void); /* "" if there is none */

/*
 * Begin with an empty file that only its owner may read; new connections until
 * @seconds from now are logged. 0 or -errno; -ENOTSUP: wolfSSL can't.
 */
int keylog_start(unsigned int seconds);
void keylog_stop(bool remove); /* the file, too */

/* Seconds that are left; 0: it is off. */
unsigned int keylog_seconds(void);

/* For ctx.c and tls.c: one line of the file. */
void keylog_write(const char *line);

#endif
