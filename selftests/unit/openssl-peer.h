/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of a TLS connection, by OpenSSL in a thread. */
#ifndef OPENSSL_PEER_H
#define OPENSSL_PEER_H

#include <stdbool.h>

struct openssl_peer;

struct openssl_result {
	bool done; /* it shook hands */
	char version[16], cipher[64]; /* "TLSv1.3"; a name of IANA's */
};

struct openssl_settings {
	bool server;
	int version; /* the only one of TLS, as 0x0304 is TLS 1.3; 0: any */
	const char *chain, *key; /* PEM files */
	const char *staple; /* a server's OCSP response; NULL: none */
};

/*
 * Shake hands over @fd, with whatever certificate there is in the files, weak or
 * not; verify nothing; then wait for the end. @fd is closed.
 */
struct openssl_peer *openssl_peer_start(int fd,
					const struct openssl_settings *set);
/* Wait for its end. */
struct openssl_result openssl_peer_end(struct openssl_peer *p);

#endif
