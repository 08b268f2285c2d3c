/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: HTTP and JSON on RUN-DIR/control.sock; see api.h. */
#ifndef MANAGE_MANAGE_H
#define MANAGE_MANAGE_H

#include "config/config.h"

#define MANAGE_SOCKET	   "control.sock"
#define MANAGE_BODY_MAX	   (2 * CONFIG_FILE_MAX) /* bytes; more: 413 */
#define MANAGE_HEADERS_MAX 8192 /* bytes; more: 400 */
/* Nothing read or written for so long: closed. */
#define MANAGE_IDLE_SECONDS 10

#endif
