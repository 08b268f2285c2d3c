// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream-end.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/loop.h"

#define PATIENCE_SECONDS 20

static void on_ready(struct stream *s, void *arg)
{
	struct end *e = arg;

	assert_ptr_equal(s, e->s);
	assert_int_equal(e->closed, 0);
	e->ready++;
	if (e->hello)
		assert_int_equal(stream_write(s, e->hello, strlen(e->hello)),
				 0);
	if (e->free_in_ready) {
		stream_free(s);
		e->s = NULL;
	}
}

static void on_data(struct stream *s, const uint8_t *p, size_t n, void *arg)
{
	struct end *e = arg;

	assert_ptr_equal(s, e->s);
	assert_int_equal(e->ready, 1);
	assert_int_equal(e->closed, 0);
	e->data = realloc(e->data, e->len + n);
	assert_non_null(e->data);
	memcpy(e->data + e->len, p, n);
	e->len += n;
	if (e->echo)
		assert_int_equal(stream_write(s, p, n), 0);
	if (e->free_in_data) {
		stream_free(s);
		e->s = NULL;
	}
}

static void on_close(struct stream *s, const char *reason, void *arg)
{
	struct end *e = arg;

	assert_ptr_equal(s, e->s);
	e->closed++;
	snprintf(e->reason, sizeof(e->reason), "%s", reason);
	if (e->free_in_close) {
		stream_free(s);
		e->s = NULL;
	}
}

const struct stream_ops end_ops = {
	.on_ready = on_ready,
	.on_data = on_data,
	.on_close = on_close,
};

void end_reset(struct end *e)
{
	stream_free(e->s);
	free(e->data);
	memset(e, 0, sizeof(*e));
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	*(bool *)arg = true;
}

static void run_timed(bool (*done)(void *arg), void *arg, unsigned int ms,
		      bool must)
{
	const struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };
	bool late = false;
	struct event *timer = event_new(loop_base(), -1, 0, on_timer, &late);

	event_add(timer, &tv);
	while (!late && !(done && done(arg)))
		event_base_loop(loop_base(), EVLOOP_ONCE);
	event_free(timer);
	if (must)
		assert_false(late);
}

void run_until(bool (*done)(void *arg), void *arg)
{
	run_timed(done, arg, PATIENCE_SECONDS * 1000, true);
}

void run_ms(unsigned int ms)
{
	run_timed(NULL, NULL, ms, false);
}

static bool is_closed(void *arg)
{
	return ((struct end *)arg)->closed;
}

static bool is_ready(void *arg)
{
	struct end *e = arg;

	if (e->closed && !e->ready)
		fail_msg("closed: %s", e->reason);
	return e->ready;
}

struct wanted {
	struct end *e;
	size_t len;
};

static bool has_len(void *arg)
{
	struct wanted *w = arg;

	return w->e->len >= w->len;
}

void run_closed(struct end *e)
{
	run_until(is_closed, e);
}

void run_closed_within(struct end *e, unsigned int ms)
{
	run_timed(is_closed, e, ms, true);
}

void run_ready(struct end *e)
{
	run_until(is_ready, e);
}

void run_len(struct end *e, size_t len)
{
	struct wanted w = { e, len };

	run_until(has_len, &w);
	assert_int_equal(e->len, len);
}

int listen_here(struct sockaddr_in *ret)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*ret = a;
	return fd;
}

int accept_one(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

int connect_plain(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)to, sizeof(*to)),
			 0);
	return fd;
}
