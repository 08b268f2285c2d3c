/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two ends of a TLS stream on loopback, and their certificates, for tests. */
#ifndef TLS_PAIR_H
#define TLS_PAIR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

#include "cert/tls.h"
#include "stream-end.h"

struct pair {
	int listener;
	struct sockaddr_in addr;
	struct tls_ctx *client_ctx, *server_ctx;
	struct end client, server;
	pid_t peer; /* an openssl */
};

/* For cmocka_run_group_tests(): the certificates of make-certs.sh. */
int make_certs(void **state);
int remove_certs(void **state);
/* For each test: a pair without contexts, a loop. */
int pair_setup(void **state);
int pair_teardown(void **state);

/* Paths of the test's files; eight of them live at a time. */
const char *path(const char *name);
/* @cert: "ip" stands for ip.pem and ip.key; either may be NULL. */
struct tls_ctx *context(const char *cert, const char *ca, bool verify);
/* Connect both; the names are those that the peers must have. */
void start(struct pair *p, const char *server_name, const char *client_name);

void assert_contains(const char *text, const char *part);

#endif
