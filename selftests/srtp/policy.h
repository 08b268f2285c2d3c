/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs around libsrtp2 share. */
#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>
#include <stdint.h>

#include <srtp2/srtp.h>

/* Says why, and exits. */
__attribute__((noreturn)) void policy_fail(const char *what,
					   const char *detail);

/* Bytes written to @out, which has room for @max. */
size_t policy_hex(const char *hex, uint8_t *out, size_t max);

/* @name as in RFC 4568. Returns the length of master key and salt. */
size_t policy_suite(srtp_policy_t *policy, const char *name);

#endif
