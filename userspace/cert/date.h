/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ASN.1 times. */
#ifndef CERT_DATE_H
#define CERT_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Seconds since 1970 of a time with tag and length; false: it is none. */
bool date_read(const uint8_t *date, int len, time_t *ret);

#endif
