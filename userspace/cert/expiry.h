/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When certificates and lists of revoked ones end, and when to say so. */
#ifndef CERT_EXPIRY_H
#define CERT_EXPIRY_H

#include <stddef.h>
#include <time.h>

struct cert_end {
	char subject[128]; /* as its issuer wrote it: not for a terminal */
	time_t begin, end;
};

/**
 * cert_first_end() - of the certificates in a PEM file, that which ends first
 *
 * Other things in the file, like a private key, are passed over. Return: 0 or
 * -errno, and a sentence in @err.
 */
int cert_first_end(const char *path, struct cert_end *ret, char *err,
		   size_t err_len);

/**
 * crl_first_end() - the same of the CRLs in a file, PEM or DER
 *
 * The subject is the issuer's.
 */
int crl_first_end(const char *path, struct cert_end *ret, char *err,
		  size_t err_len);

/*
 * As cert_warning(), but not what would be due from its first day on: a list that
 * is made each week is only warned of on its last day.
 */
int crl_warning(const struct cert_end *list, time_t now);

/* The warning that is due: 30, 7 or 1 days left, 0: it has ended; -1: none. */
int cert_warning(time_t end, time_t now);

#endif
