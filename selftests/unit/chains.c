// SPDX-License-Identifier: GPL-2.0-or-later
#include "chains.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "stream-end.h"

char chains_dir[] = "/tmp/test-chains-XXXXXX";

static const char *find(const char *name, const char *file, char *buf,
			size_t size)
{
	snprintf(buf, size, "%s/%s/%s", chains_dir, name, file);
	return access(buf, R_OK) ? NULL : buf;
}

void chains_find(const char *name, struct chain_files *f)
{
	find(name, "chain.pem", f->chain, sizeof(f->chain));
	find(name, "key.pem", f->key, sizeof(f->key));
	find(name, "ca.pem", f->ca, sizeof(f->ca));
	f->has_crl = find(name, "crl.pem", f->crl, sizeof(f->crl));
	f->has_staple = find(name, "staple.der", f->staple, sizeof(f->staple));
}

/* Our end. Returns the peer's socket. */
static int begin(const struct handshake *h, int listener,
		 const struct sockaddr_in *addr, struct end *end)
{
	int fd;

	if (h->client) {
		fd = connect_plain(addr);
		assert_int_equal(tls_accept(h->ctx, accept_one(listener),
					    h->wanted, NULL, &end_ops, end,
					    &end->s),
				 0);
		return fd;
	}
	assert_int_equal(tls_connect(h->ctx, NULL, addr, h->wanted, NULL,
				     &end_ops, end, &end->s),
			 0);
	return accept_one(listener);
}

bool chains_shake_hands(const struct handshake *h, struct openssl_result *ret,
			char *why, size_t size)
{
	struct openssl_settings set = {
		.server = !h->client,
		.version = h->version,
		.chain = h->files->chain,
		.key = h->files->key,
		.staple = h->files->has_staple,
	};
	struct openssl_peer *peer;
	struct sockaddr_in addr;
	struct end end = { 0 };
	int listener = listen_here(&addr);
	bool ok;

	peer = openssl_peer_start(begin(h, listener, &addr, &end), &set);
	while (!end.ready && !end.closed)
		run_ms(1);
	ok = end.ready;
	snprintf(why, size, "%s", end.reason);
	end_reset(&end);
	*ret = openssl_peer_end(peer);
	close(listener);
	return ok;
}

int chains_setup(void **state)
{
	char cmd[512];

	signal(SIGPIPE, SIG_IGN);
	assert_non_null(mkdtemp(chains_dir));
	snprintf(cmd, sizeof(cmd), "%s %s", MAKE_CHAINS, chains_dir);
	return system(cmd) || loop_init();
}

int chains_teardown(void **state)
{
	char cmd[64];

	loop_exit();
	snprintf(cmd, sizeof(cmd), "rm -r %s", chains_dir);
	return system(cmd);
}
