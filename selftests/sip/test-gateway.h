/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gateway.c is linked with in place of the kernel module. */
#ifndef TEST_GATEWAY_H
#define TEST_GATEWAY_H

#include "base/log.h"

extern const enum log_level gateway_log_level;

int gateway_media_init(void); /* as media_init() */

#endif
