// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/stream-layer.h"
#include "stream-end.h"

struct pair {
	int listener;
	struct sockaddr_in addr;
	struct end client, server;
};

static int setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_int_equal(loop_init(), 0);
	p->listener = listen_here(&p->addr);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	end_reset(&p->client);
	end_reset(&p->server);
	close(p->listener);
	loop_exit();
	free(p);
	return 0;
}

static void start(struct pair *p)
{
	assert_int_equal(stream_connect_tcp(NULL, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 0);
	assert_int_equal(stream_accept_tcp(accept_one(p->listener), &end_ops,
					   &p->server, &p->server.s),
			 0);
}

static void test_echo(void **state)
{
	struct pair *p = *state;
	struct sockaddr_in a, b;

	p->server.echo = true;
	start(p);
	/* Nothing may come before the loop runs. */
	assert_int_equal(p->client.ready + p->server.ready, 0);
	assert_int_equal(stream_write(p->client.s, "x", 1), -ENOTCONN);
	run_ready(&p->client);
	assert_int_equal(stream_write(p->client.s, "hello", 5), 0);
	assert_int_equal(stream_write(p->client.s, "", 0), 0);
	run_len(&p->client, 5);
	assert_memory_equal(p->client.data, "hello", 5);

	stream_peer(p->client.s, &a);
	assert_int_equal(a.sin_port, p->addr.sin_port);
	stream_local(p->client.s, &a);
	stream_peer(p->server.s, &b);
	assert_int_equal(a.sin_port, b.sin_port);
	assert_int_equal(b.sin_addr.s_addr, htonl(INADDR_LOOPBACK));

	end_reset(&p->client);
	run_closed(&p->server);
	assert_string_equal(p->server.reason, "closed by peer");
	assert_int_equal(stream_write(p->server.s, "x", 1), -ENOTCONN);
}

static void test_large(void **state)
{
	struct pair *p = *state;
	const size_t n = STREAM_OUT_MAX;
	uint8_t *bytes = malloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = i * 2654435761U >> 24;
	start(p);
	run_ready(&p->client);
	run_ready(&p->server);
	for (i = 0; i < 8; i++) {
		assert_int_equal(stream_write(p->client.s, bytes, n / 2), 0);
		assert_int_equal(
			stream_write(p->client.s, bytes + n / 2, n - n / 2), 0);
		run_len(&p->server, (i + 1) * n);
		assert_memory_equal(p->server.data + i * n, bytes, n);
	}
	free(bytes);
}

static void test_overflow(void **state)
{
	struct pair *p = *state;
	uint8_t *bytes = calloc(1, STREAM_OUT_MAX + 1);

	start(p);
	run_ready(&p->client);
	assert_int_equal(stream_write(p->client.s, bytes, STREAM_OUT_MAX + 1),
			 -ENOBUFS);
	assert_int_equal(p->client.closed, 0);
	run_closed(&p->client);
	assert_non_null(strstr(p->client.reason, "too slowly"));
	free(bytes);
}

/* A peer that doesn't read: bounded, and our side ends it. */
static void test_slow_peer(void **state)
{
	struct pair *p = *state;
	uint8_t *bytes = calloc(1, STREAM_OUT_MAX / 4);
	int r, i, fd;

	assert_int_equal(stream_connect_tcp(NULL, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 0);
	fd = accept_one(p->listener);
	run_ready(&p->client);
	for (i = 0; i < 1000; i++) {
		r = stream_write(p->client.s, bytes, STREAM_OUT_MAX / 4);
		if (r)
			break;
		run_ms(1);
	}
	assert_int_equal(r, -ENOBUFS);
	run_closed(&p->client);
	assert_int_equal(p->client.closed, 1);
	close(fd);
	free(bytes);
}

static void test_refused(void **state)
{
	struct pair *p = *state;

	close(p->listener);
	p->listener = -1;
	assert_int_equal(stream_connect_tcp(NULL, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 0);
	run_closed(&p->client);
	assert_int_equal(p->client.ready, 0);
	assert_string_equal(p->client.reason, "Connection refused");
}

static void test_bad_local(void **state)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct pair *p = *state;

	/* TEST-NET-1 is on no machine. */
	local.sin_addr.s_addr = htonl(0xc0000201);
	assert_int_equal(stream_connect_tcp(&local, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 -EADDRNOTAVAIL);
	assert_null(p->client.s);
}

static void test_local(void **state)
{
	struct sockaddr_in local = { .sin_family = AF_INET }, seen;
	struct pair *p = *state;

	local.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	assert_int_equal(stream_connect_tcp(&local, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 0);
	run_ready(&p->client);
	stream_local(p->client.s, &seen);
	assert_int_equal(seen.sin_addr.s_addr, local.sin_addr.s_addr);
	assert_int_not_equal(seen.sin_port, 0);
}

/* A full accept queue: SYNs are dropped, and we must not wait for ever. */
static void test_connect_timeout(void **state)
{
	struct sockaddr_in addr;
	struct pair *p = *state;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(addr);
	int i, filler[4];

	addr = p->addr;
	addr.sin_port = 0;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	for (i = 0; i < 4; i++) {
		filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		/* The last of them hang as well. */
		if (connect(filler[i], (struct sockaddr *)&addr, sizeof(addr)))
			assert_int_equal(errno, EINPROGRESS);
	}
	assert_int_equal(stream_connect_tcp(NULL, &addr, &end_ops, &p->client,
					    &p->client.s),
			 0);
	run_closed(&p->client);
	assert_int_equal(p->client.ready, 0);
	assert_string_equal(p->client.reason, "no connection within 10 s");
	for (i = 0; i < 4; i++)
		close(filler[i]);
	close(fd);
}

static void test_free_in_ready(void **state)
{
	struct pair *p = *state;

	p->client.free_in_ready = true;
	start(p);
	run_closed(&p->server);
	assert_null(p->client.s);
	assert_int_equal(p->client.closed, 0);
}

static void test_free_in_data(void **state)
{
	static const uint8_t bytes[4 * STREAM_CHUNK];
	struct pair *p = *state;

	p->client.free_in_data = true;
	start(p);
	run_ready(&p->server);
	/* More than one read's worth: the rest must not come. */
	assert_int_equal(stream_write(p->server.s, bytes, sizeof(bytes)), 0);
	run_closed(&p->server);
	assert_null(p->client.s);
	assert_in_range(p->client.len, 1, STREAM_CHUNK);
	assert_int_equal(p->client.closed, 0);
}

static void test_free_in_close(void **state)
{
	struct pair *p = *state;

	p->client.free_in_close = true;
	start(p);
	run_ready(&p->client);
	end_reset(&p->server);
	run_closed(&p->client);
	assert_null(p->client.s);
}

/* What was queued before stream_free() arrives. */
static void test_free_flushes(void **state)
{
	struct pair *p = *state;

	start(p);
	run_ready(&p->client);
	assert_int_equal(stream_write(p->client.s, "bye", 3), 0);
	end_reset(&p->client);
	run_closed(&p->server);
	assert_int_equal(p->server.len, 3);
}

static void test_free_early(void **state)
{
	struct pair *p = *state;

	start(p);
	end_reset(&p->client);
	end_reset(&p->server);
	run_ms(10);
	stream_free(NULL);
}

static void test_reset(void **state)
{
	const struct linger hard = { 1, 0 };
	struct pair *p = *state;
	int fd;

	assert_int_equal(stream_connect_tcp(NULL, &p->addr, &end_ops,
					    &p->client, &p->client.s),
			 0);
	fd = accept_one(p->listener);
	run_ready(&p->client);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
	run_closed(&p->client);
	assert_string_equal(p->client.reason, "Connection reset by peer");
}

static void test_accept_closes(void **state)
{
	struct pair *p = *state;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* Not connected: refused, and the descriptor is gone. */
	assert_int_equal(stream_accept_tcp(fd, &end_ops, &p->server,
					   &p->server.s),
			 -ENOTCONN);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_echo),	  TEST(test_large),
		TEST(test_overflow),	  TEST(test_slow_peer),
		TEST(test_refused),	  TEST(test_bad_local),
		TEST(test_local),	  TEST(test_connect_timeout),
		TEST(test_free_in_ready), TEST(test_free_in_data),
		TEST(test_free_in_close), TEST(test_free_flushes),
		TEST(test_free_early),	  TEST(test_reset),
		TEST(test_accept_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
