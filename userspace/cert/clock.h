/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can the clock be trusted to judge the dates of certificates? */
#ifndef CERT_CLOCK_H
#define CERT_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * Not before this program was built? If it is, @why says so in a sentence: no
 * certificate can be judged then.
 */
bool clock_is_possible(time_t now, char *why, size_t why_len);

/*
 * Has the kernel been told, since it was first asked here, that the clock is
 * synchronized (by NTP)? True also if that can't be found out.
 */
bool clock_was_synchronized(void);

/* Until it was, are certificates not to be judged? At first they are. */
void clock_require_synchronized(bool require);

/* May certificates be judged by it? If not, @why says so in a sentence. */
bool clock_is_usable(time_t now, char *why, size_t why_len);

#endif
