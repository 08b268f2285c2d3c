/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chains of make-chains.py, and handshakes of ours with OpenSSL. */
#ifndef CHAINS_H
#define CHAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "cert/tls.h"
#include "openssl-peer.h"

extern char chains_dir[]; /* has all cases between set-up and teardown */

/* The files of one case, by their paths; NULL if there is none. */
struct chain_files {
	char chain[128], key[128], ca[128], crl[128], staple[128];
	const char *has_crl, *has_staple;
};

void chains_find(const char *name, struct chain_files *f);

struct handshake {
	struct tls_ctx *ctx; /* ours */
	const struct chain_files *files; /* OpenSSL's */
	bool client; /* the peer is the client */
	int version; /* that it wants; 0: any */
	const char *wanted; /* name in its certificate */
};

/* Did ours find all of it good? @why: if not. */
bool chains_shake_hands(const struct handshake *h, struct openssl_result *ret,
			char *why, size_t size);

/* For cmocka_run_group_tests(). */
int chains_setup(void **state);
int chains_teardown(void **state);

#endif
