/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM files. */
#ifndef CERT_FILE_H
#define CERT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERT_FILE_MAX (1024 * 1024) /* bytes */

struct cert_file {
	uint8_t *data;
	size_t len;
};

/**
 * cert_file_read() - the bytes of a PEM file
 * @what: names it in @err: "certificate file"
 * @secret: refuse a file that others than its owner may read
 *
 * Return: 0 or -errno, and a sentence in @err.
 */
int cert_file_read(const char *path, const char *what, bool secret,
		   struct cert_file *ret, char *err, size_t err_len);
void cert_file_free(struct cert_file *f); /* wipes */

#endif
