// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls-pair.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"

static char dir[] = "/tmp/test-tls-XXXXXX";

const char *path(const char *name)
{
	static char buf[8][128];
	static unsigned int i;
	char *p = buf[i++ % 8];

	snprintf(p, sizeof(buf[0]), "%s/%s", dir, name);
	return p;
}

int make_certs(void **state)
{
	char cmd[512];

	assert_non_null(mkdtemp(dir));
	snprintf(cmd, sizeof(cmd), "%s %s", MAKE_CERTS, dir);
	return system(cmd);
}

int remove_certs(void **state)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd);
}

int pair_setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_int_equal(loop_init(), 0);
	p->listener = listen_here(&p->addr);
	*state = p;
	return 0;
}

int pair_teardown(void **state)
{
	struct pair *p = *state;

	if (p->peer) {
		kill(p->peer, SIGKILL);
		waitpid(p->peer, NULL, 0);
	}
	end_reset(&p->client);
	end_reset(&p->server);
	tls_ctx_free(p->client_ctx);
	tls_ctx_free(p->server_ctx);
	close(p->listener);
	loop_exit();
	free(p);
	return 0;
}

struct tls_ctx *context(const char *cert, const char *ca, bool verify)
{
	struct tls_settings set = {
		.verify_client = verify,
		.handshake_ms = 1500,
	};
	struct tls_ctx *ctx = NULL;
	char name[64], err[512] = "";

	if (cert) {
		snprintf(name, sizeof(name), "%s.pem", cert);
		set.certificate_file = path(name);
		snprintf(name, sizeof(name), "%s.key", cert);
		set.private_key_file = path(name);
	}
	if (ca)
		set.ca_file = path(ca);
	if (tls_ctx_new(&set, &ctx, err, sizeof(err)))
		fail_msg("%s", err);
	return ctx;
}

void start(struct pair *p, const char *server_name, const char *client_name)
{
	assert_int_equal(tls_connect(p->client_ctx, NULL, &p->addr, server_name,
				     NULL, &end_ops, &p->client, &p->client.s),
			 0);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    client_name, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}
