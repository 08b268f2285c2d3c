/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences about certificates. What a stranger wrote is cut, and printable. */
#ifndef CERT_WORDS_H
#define CERT_WORDS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct DecodedCert;

/* All append to the text in @out; what has no room is left out. */
void words_add(char *out, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void words_vadd(char *out, size_t size, const char *fmt, va_list ap);
void words_add_name(char *out, size_t size, const char *name, size_t len);
/* "CN=name"; without a CN all of the name */
void words_add_subject(char *out, size_t size, const struct DecodedCert *cert);
void words_add_issuer(char *out, size_t size, const struct DecodedCert *cert);
/* An ASN.1 time with tag and length: 2027-01-01 00:00:00 UTC */
void words_add_date(char *out, size_t size, const uint8_t *date, int len);

#endif
