// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/stream-layer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/loop.h"
#include "base/secret.h"

#define CHUNKS_PER_TURN	    4 /* then other streams have their turn */
#define REASON_MAX	    512
#define UNACKNOWLEDGED_MSEC 30000 /* TCP gives up on a peer that is gone */

enum stream_state {
	STREAM_CONNECTING, /* until the socket can be written */
	STREAM_HANDSHAKE, /* of the layer */
	STREAM_READY,
	STREAM_CLOSED, /* on_close was called; nothing comes any more */
};

/* Plaintext that waits to be sent. Wiped as it goes, for SDES keys are in it. */
struct out_queue {
	uint8_t *data;
	size_t size, head, len;
	size_t repeat; /* the layer wants this many bytes offered again */
};

struct stream {
	enum stream_state state;
	int fd;
	struct event *readable, *writable;
	struct event *deadline; /* for connecting, then for the handshake */
	const struct stream_layer *layer; /* NULL: plain TCP */
	void *layer_state;
	unsigned int handshake_ms;
	const struct stream_ops *ops;
	void *arg;
	struct out_queue out;
	bool overflow; /* the user wrote more than STREAM_OUT_MAX */
	/* These can't go on until the socket can be written. */
	bool read_blocked, write_blocked;
	bool in_callback, free_me; /* the user freed it in a callback */
	struct sockaddr_in peer, local;
};

static int out_add(struct out_queue *q, const void *p, size_t n)
{
	if (q->head + q->len + n > q->size) {
		size_t size = q->len + n + STREAM_CHUNK;
		uint8_t *data = malloc(size);

		if (!data)
			return -ENOMEM;
		if (q->len)
			memcpy(data, q->data + q->head, q->len);
		secret_free(q->data, q->size);
		q->data = data;
		q->size = size;
		q->head = 0;
	}
	memcpy(q->data + q->head + q->len, p, n);
	q->len += n;
	return 0;
}

static void out_drop(struct out_queue *q, size_t n)
{
	secret_wipe(q->data + q->head, n);
	q->head += n;
	q->len -= n;
	if (!q->len) {
		secret_free(q->data, q->size);
		memset(q, 0, sizeof(*q));
	}
}

static ssize_t raw_read(struct stream *s, void *p, size_t n)
{
	ssize_t r;

	if (s->layer)
		return s->layer->read(s->layer_state, p, n);
	r = recv(s->fd, p, n, 0);
	return r < 0 ? -errno : r;
}

static ssize_t raw_write(struct stream *s, const void *p, size_t n)
{
	ssize_t r;

	if (s->layer)
		return s->layer->write(s->layer_state, p, n);
	r = send(s->fd, p, n, MSG_NOSIGNAL);
	if (r < 0)
		return errno == EAGAIN ? -EINPROGRESS : -errno;
	return r;
}

static bool would_block(ssize_t err)
{
	return err == -EAGAIN || err == -EINPROGRESS;
}

static void stream_disconnect(struct stream *s)
{
	if (s->fd < 0)
		return;
	if (s->layer && s->state >= STREAM_HANDSHAKE)
		s->layer->shutdown(s->layer_state);
	event_free(s->readable);
	event_free(s->writable);
	event_free(s->deadline);
	close(s->fd);
	s->fd = -1;
}

static void stream_destroy(struct stream *s)
{
	stream_disconnect(s);
	if (s->layer)
		s->layer->free(s->layer_state);
	secret_free(s->out.data, s->out.size);
	free(s);
}

/* End the stream and tell the user, from the loop. @reason may be the layer's. */
static void stream_close(struct stream *s, const char *reason)
{
	char text[REASON_MAX];

	snprintf(text, sizeof(text), "%s", reason);
	stream_disconnect(s);
	s->state = STREAM_CLOSED;
	if (!s->free_me)
		s->ops->on_close(s, text, s->arg);
}

static void stream_fail(struct stream *s, int err)
{
	if (s->layer && s->state != STREAM_CONNECTING)
		stream_close(s, s->layer->reason(s->layer_state));
	else
		stream_close(s, strerror(-err));
}

static void stream_deadline(struct stream *s, unsigned int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	event_add(s->deadline, &tv);
}

/* Returns whether the stream is ready for data. */
static bool stream_ready(struct stream *s)
{
	socklen_t len = sizeof(s->local);

	event_del(s->deadline);
	getsockname(s->fd, (struct sockaddr *)&s->local, &len);
	s->state = STREAM_READY;
	s->ops->on_ready(s, s->arg);
	return !s->free_me && s->state == STREAM_READY;
}

static bool stream_handshake(struct stream *s)
{
	int r = s->layer->handshake(s->layer_state);

	if (!r)
		return stream_ready(s);
	if (would_block(r))
		s->write_blocked = r == -EINPROGRESS;
	else
		stream_fail(s, r);
	return false;
}

static bool stream_connected(struct stream *s)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len))
		err = errno;
	if (err) {
		stream_fail(s, -err);
		return false;
	}
	if (!s->layer)
		return stream_ready(s);
	s->layer->attach(s->layer_state, s->fd);
	s->state = STREAM_HANDSHAKE;
	stream_deadline(s, s->handshake_ms);
	return stream_handshake(s);
}

static void stream_read(struct stream *s)
{
	uint8_t buf[STREAM_CHUNK];
	ssize_t n;
	int i;

	for (i = 0; i < CHUNKS_PER_TURN; i++) {
		n = raw_read(s, buf, sizeof(buf));
		if (would_block(n)) {
			s->read_blocked = n == -EINPROGRESS;
			return;
		}
		if (n < 0) {
			stream_fail(s, n);
			return;
		}
		if (!n) {
			stream_close(s, "closed by peer");
			return;
		}
		s->ops->on_data(s, buf, n, s->arg);
		secret_wipe(buf, n);
		if (s->free_me)
			return;
	}
}

/* Send what can be sent now. Returns 0, or what stopped it. */
static int stream_flush(struct stream *s)
{
	struct out_queue *q = &s->out;

	while (q->len) {
		size_t n = q->repeat ? q->repeat
				     : (q->len < STREAM_CHUNK ? q->len
							      : STREAM_CHUNK);
		ssize_t r = raw_write(s, q->data + q->head, n);

		if (r < 0) {
			q->repeat = n;
			return r;
		}
		q->repeat = 0;
		out_drop(q, r);
	}
	return 0;
}

static void stream_write_queue(struct stream *s)
{
	int r = stream_flush(s);

	if (would_block(r)) {
		s->write_blocked = r == -EINPROGRESS;
	} else if (r) {
		stream_fail(s, r);
		return;
	}
	if (s->overflow)
		stream_close(s, "peer reads too slowly, output queue is full");
}

static void stream_wait(struct stream *s)
{
	/* A read that waits to write would be woken for nothing, and again. */
	if (s->read_blocked)
		event_del(s->readable);
	else
		event_add(s->readable, NULL);
	if (s->read_blocked || s->write_blocked)
		event_add(s->writable, NULL);
	else
		event_del(s->writable);
}

/* The socket can be read or written, or the user has queued something. */
static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct stream *s = arg;
	bool go_on = s->state == STREAM_READY;

	s->in_callback = true;
	s->read_blocked = false;
	s->write_blocked = false;
	if (s->state == STREAM_CONNECTING)
		go_on = stream_connected(s);
	else if (s->state == STREAM_HANDSHAKE)
		go_on = stream_handshake(s);
	if (go_on)
		stream_read(s);
	if (go_on && s->state == STREAM_READY && !s->free_me)
		stream_write_queue(s);
	s->in_callback = false;

	if (s->free_me)
		stream_destroy(s);
	else if (s->state != STREAM_CLOSED)
		stream_wait(s);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct stream *s = arg;
	char reason[96];

	if (s->state == STREAM_CONNECTING)
		snprintf(reason, sizeof(reason), "no connection within %d s",
			 STREAM_CONNECT_SECONDS);
	else
		snprintf(reason, sizeof(reason),
			 "handshake not finished within %u.%u s",
			 s->handshake_ms / 1000, s->handshake_ms % 1000 / 100);
	s->in_callback = true;
	stream_close(s, reason);
	s->in_callback = false;
	if (s->free_me)
		stream_destroy(s);
}

static int socket_setup(int fd)
{
	unsigned int unacknowledged = UNACKNOWLEDGED_MSEC;
	int flags = fcntl(fd, F_GETFL), one = 1;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	/* Both only make it better; a socket without them works too. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged,
		   sizeof(unacknowledged));
	return 0;
}

/* A stream in state STREAM_CONNECTING. The socket stays the caller's if not. */
static struct stream *stream_new(int fd, const struct stream_layer *layer,
				 void *state, unsigned int handshake_ms,
				 const struct stream_ops *ops, void *arg)
{
	struct event_base *base = loop_base();
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = fd;
	s->layer = layer;
	s->layer_state = state;
	s->handshake_ms = handshake_ms;
	s->ops = ops;
	s->arg = arg;
	s->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_event, s);
	s->writable = event_new(base, fd, EV_WRITE, on_event, s);
	s->deadline = event_new(base, -1, 0, on_deadline, s);
	if (s->readable && s->writable && s->deadline &&
	    !event_add(s->readable, NULL) && !event_add(s->writable, NULL)) {
		stream_deadline(s, STREAM_CONNECT_SECONDS * 1000);
		return s;
	}
	if (s->readable)
		event_free(s->readable);
	if (s->writable)
		event_free(s->writable);
	if (s->deadline)
		event_free(s->deadline);
	free(s);
	return NULL;
}

static int connect_socket(const struct sockaddr_in *local,
			  const struct sockaddr_in *peer)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err, one = 1;

	if (fd < 0)
		return -errno;
	err = socket_setup(fd);
	if (!err && local) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, (const struct sockaddr *)local, sizeof(*local)))
			err = -errno;
	}
	if (!err && connect(fd, (const struct sockaddr *)peer, sizeof(*peer)) &&
	    errno != EINPROGRESS)
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int stream_connect(const struct sockaddr_in *local,
		   const struct sockaddr_in *peer,
		   const struct stream_layer *layer, void *state,
		   unsigned int handshake_ms, const struct stream_ops *ops,
		   void *arg, struct stream **ret)
{
	int fd = connect_socket(local, peer);
	struct stream *s;

	if (fd < 0)
		return fd;
	s = stream_new(fd, layer, state, handshake_ms, ops, arg);
	if (!s) {
		close(fd);
		return -ENOMEM;
	}
	s->peer = *peer;
	if (local)
		s->local = *local;
	*ret = s;
	return 0;
}

int stream_accept(int fd, const struct stream_layer *layer, void *state,
		  unsigned int handshake_ms, const struct stream_ops *ops,
		  void *arg, struct stream **ret)
{
	struct sockaddr_in peer = { 0 };
	socklen_t len = sizeof(peer);
	struct stream *s = NULL;
	int err;

	err = socket_setup(fd);
	if (!err && getpeername(fd, (struct sockaddr *)&peer, &len))
		err = -errno;
	if (!err) {
		s = stream_new(fd, layer, state, handshake_ms, ops, arg);
		if (!s)
			err = -ENOMEM;
	}
	if (err) {
		close(fd);
		return err;
	}
	len = sizeof(s->local);
	getsockname(fd, (struct sockaddr *)&s->local, &len);
	s->peer = peer;
	*ret = s;
	return 0;
}

int stream_connect_tcp(const struct sockaddr_in *local,
		       const struct sockaddr_in *peer,
		       const struct stream_ops *ops, void *arg,
		       struct stream **ret)
{
	return stream_connect(local, peer, NULL, NULL, 0, ops, arg, ret);
}

int stream_accept_tcp(int fd, const struct stream_ops *ops, void *arg,
		      struct stream **ret)
{
	return stream_accept(fd, NULL, NULL, 0, ops, arg, ret);
}

int stream_write(struct stream *s, const void *p, size_t n)
{
	int err;

	if (s->state != STREAM_READY)
		return -ENOTCONN;
	if (s->overflow || n > STREAM_OUT_MAX - s->out.len) {
		s->overflow = true;
		event_active(s->writable, EV_WRITE, 0);
		return -ENOBUFS;
	}
	err = n ? out_add(&s->out, p, n) : 0;
	if (!err)
		event_active(s->writable, EV_WRITE, 0);
	return err;
}

void stream_peer(const struct stream *s, struct sockaddr_in *ret)
{
	*ret = s->peer;
}

void stream_local(const struct stream *s, struct sockaddr_in *ret)
{
	*ret = s->local;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->state == STREAM_READY && !s->overflow)
		stream_flush(s);
	if (s->in_callback)
		s->free_me = true;
	else
		stream_destroy(s);
}
