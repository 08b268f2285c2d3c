// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: conn->timer closes a connection whose message takes too long
 * (SIP_PARTIAL_SECONDS), or that never sent one (SIP_FIRST_SECONDS). Connecting
 * and the TLS handshake have theirs in base/stream and cert/tls.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "base/stream.h"
#include "cert/tls.h"
#include "sip/conn.h"
#include "sip/frame.h"
#include "sip/limits.h"

struct conn {
	LIST_ENTRY(conn) entry;
	struct conns *cs;
	struct sip_path path; /* of what it receives */
	struct stream *stream;
	struct frame frame;
	char *queue; /* until it is ready; SDES keys may be in it */
	size_t queued; /* bytes in it */
	struct event *timer;
	bool ready;
	bool inbound;
	bool heard; /* a whole message or a keep-alive came */
	uint64_t last; /* the order in which they were heard from */
	bool closing; /* freed by the reaper */
};

struct conns {
	struct gateway *gw;
	LIST_HEAD(conn_list, conn) list;
	unsigned int n;
	struct event *reaper; /* frees what is closing */
	uint64_t not_before; /* no connect before, ms */
	unsigned int backoff_ms;
};

static unsigned int conns_total;
static uint32_t last_number;
static uint64_t activity;
static void (*lost)(uint32_t conn, const char *reason);

void conns_set_lost(void (*on_lost)(uint32_t conn, const char *reason))
{
	lost = on_lost;
}

static const char *service(const struct conn *c)
{
	return c->path.transport == SIP_TLS ? "tls" : "sip";
}

static void drop_queue(struct conn *c)
{
	secret_free(c->queue, c->queued);
	c->queue = NULL;
	c->queued = 0;
}

static int add_to_queue(struct conn *c, const char *buf, size_t len)
{
	char *queue;

	if (c->queued + len > SIP_CONN_QUEUE_MAX)
		return -ENOBUFS;
	queue = malloc(c->queued + len);
	if (!queue)
		return -ENOMEM;
	if (c->queued)
		memcpy(queue, c->queue, c->queued);
	memcpy(queue + c->queued, buf, len);
	len += c->queued;
	drop_queue(c);
	c->queue = queue;
	c->queued = len;
	return 0;
}

static void conn_free(struct conn *c)
{
	LIST_REMOVE(c, entry);
	c->cs->n--;
	conns_total--;
	stream_free(c->stream);
	frame_reset(&c->frame);
	drop_queue(c);
	if (c->timer)
		event_free(c->timer);
	free(c);
}

/* It may be in use further up the stack: freed from the loop. */
static void conn_close(struct conn *c, const char *reason)
{
	if (c->closing)
		return;
	c->closing = true;
	event_del(c->timer);
	event_active(c->cs->reaper, EV_TIMEOUT, 0);
	if (lost)
		lost(c->path.conn, reason);
}

static void on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct conns *cs = arg;
	struct conn *c = LIST_FIRST(&cs->list);

	while (c) {
		struct conn *next = LIST_NEXT(c, entry);

		if (c->closing)
			conn_free(c);
		c = next;
	}
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	log_info(service(c), "connection with %s:%u of gateway %s closed: %s",
		 inet_ntoa(c->path.peer.sin_addr), ntohs(c->path.peer.sin_port),
		 c->cs->gw->name,
		 frame_partial(&c->frame) ? "a message took too long"
					  : "no message came");
	conn_close(c, "too slow");
}

static void conn_deadline(struct conn *c, unsigned int seconds)
{
	struct timeval tv = { .tv_sec = seconds };

	event_add(c->timer, &tv);
}

static void conn_ready(struct stream *s, void *arg)
{
	struct conn *c = arg;

	c->ready = true;
	if (!c->inbound)
		c->cs->backoff_ms = 0;
	log_info(service(c),
		 "%s connection with %s %s:%u is now ready to be used for SIP "
		 "gateway %s",
		 c->path.transport == SIP_TLS ? "TLS" : "TCP",
		 c->inbound ? "peer" : "remote host",
		 inet_ntoa(c->path.peer.sin_addr), ntohs(c->path.peer.sin_port),
		 c->cs->gw->name);
	if (c->queued && stream_write(s, c->queue, c->queued) < 0)
		conn_close(c, "cannot send what was queued");
	drop_queue(c);
	if (c->inbound)
		conn_deadline(c, SIP_FIRST_SECONDS);
}

/* All messages that are whole by now; false when the connection must go. */
static bool conn_messages(struct conn *c)
{
	enum frame_result r;
	const char *msg;
	size_t len;

	while ((r = frame_next(&c->frame, &msg, &len)) != FRAME_MORE) {
		c->heard = true;
		if (r == FRAME_PING) {
			stream_write(c->stream, "\r\n", 2);
			continue;
		}
		if (len)
			transport_input(&c->path, msg, len);
		if (c->closing)
			return false;
		if (r == FRAME_LAST) {
			conn_close(c, "a message that can't be framed");
			return false;
		}
	}
	return true;
}

static void conn_data(struct stream *s, const uint8_t *p, size_t n, void *arg)
{
	struct conn *c = arg;
	bool partial = frame_partial(&c->frame);

	c->last = ++activity;
	while (n && !c->closing) {
		long took = frame_feed(&c->frame, p, n);

		if (took < 0 || !conn_messages(c)) {
			conn_close(c, "no memory");
			return;
		}
		p += took;
		n -= (size_t)took;
	}
	if (c->closing)
		return;
	if (!frame_partial(&c->frame)) {
		if (c->heard)
			event_del(c->timer);
	} else if (!partial) {
		conn_deadline(c, SIP_PARTIAL_SECONDS);
	}
}

static void conn_failed(struct conns *cs)
{
	if (!cs->backoff_ms)
		cs->backoff_ms = SIP_BACKOFF_MIN_MS;
	else if (cs->backoff_ms < SIP_BACKOFF_MAX_MS)
		cs->backoff_ms *= 2;
	cs->not_before = transport_now() + cs->backoff_ms;
}

static void conn_closed(struct stream *s, const char *reason, void *arg)
{
	struct conn *c = arg;

	if (c->closing)
		return;
	if (c->ready)
		log_info(service(c), "connection with %s:%u of gateway %s: %s",
			 inet_ntoa(c->path.peer.sin_addr),
			 ntohs(c->path.peer.sin_port), c->cs->gw->name, reason);
	else
		log_warn(service(c),
			 "no connection %s %s:%u for gateway %s: %s",
			 c->inbound ? "from" : "to",
			 inet_ntoa(c->path.peer.sin_addr),
			 ntohs(c->path.peer.sin_port), c->cs->gw->name, reason);
	if (!c->ready && !c->inbound)
		conn_failed(c->cs);
	conn_close(c, reason);
}

static const struct stream_ops conn_ops = {
	.on_ready = conn_ready,
	.on_data = conn_data,
	.on_close = conn_closed,
};

static struct conn *conn_new(struct conns *cs, const struct sockaddr_in *peer,
			     bool inbound)
{
	struct conn *c;

	if (cs->n >= SIP_CONNS_PER_GATEWAY || conns_total >= SIP_CONNS_MAX)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->timer = evtimer_new(loop_base(), on_timer, c);
	c->cs = cs;
	c->inbound = inbound;
	c->last = ++activity;
	c->path.gw = cs->gw;
	c->path.transport = cs->gw->transport == SIP_TLS ? SIP_TLS : SIP_TCP;
	c->path.peer = *peer;
	frame_init(&c->frame);
	LIST_INSERT_HEAD(&cs->list, c, entry);
	cs->n++;
	conns_total++;
	if (!c->timer) {
		conn_free(c);
		return NULL;
	}
	if (!++last_number) /* 0 is none */
		last_number++;
	c->path.conn = last_number;
	return c;
}

/* Make room: the peer's connection that was quiet for longest goes. */
static void conns_evict(struct conns *cs)
{
	struct conn *c, *oldest = NULL;

	LIST_FOREACH(c, &cs->list, entry) {
		if (c->inbound && (!oldest || c->last < oldest->last))
			oldest = c;
	}
	if (!oldest)
		return;
	log_note(service(oldest),
		 "gateway %s has %u connections: that with "
		 "%s:%u is closed for a new one",
		 cs->gw->name, cs->n, inet_ntoa(oldest->path.peer.sin_addr),
		 ntohs(oldest->path.peer.sin_port));
	conn_close(oldest, "too many connections");
	conn_free(oldest);
}

/* From the loop, so that no connection is in use. */
void conns_accept(struct conns *cs, int fd, const struct sockaddr_in *peer)
{
	struct gateway *gw = cs->gw;
	struct conn *c;
	int ret;

	if (cs->n >= SIP_CONNS_PER_GATEWAY)
		conns_evict(cs);
	c = conn_new(cs, peer, true);
	if (!c) {
		close(fd);
		log_warn("sip",
			 "too many connections: %s:%u of gateway %s is "
			 "refused",
			 inet_ntoa(peer->sin_addr), ntohs(peer->sin_port),
			 gw->name);
		return;
	}
	if (gw->transport == SIP_TLS)
		ret = tls_accept(gw->tls, fd,
				 gw->verify_client ? gw->peer_name : NULL,
				 &conn_ops, c, &c->stream);
	else
		ret = stream_accept_tcp(fd, &conn_ops, c, &c->stream);
	if (ret < 0) {
		log_warn(service(c), "cannot take a connection of %s: %s",
			 gw->name, strerror(-ret));
		conn_free(c);
	}
}

static struct conn *conns_own(struct conns *cs)
{
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		if (!c->inbound && !c->closing)
			return c;
	}
	return NULL;
}

static struct conn *conns_find(struct conns *cs, uint32_t number)
{
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		if (c->path.conn == number && !c->closing)
			return c;
	}
	return NULL;
}

static int conns_connect(struct conns *cs, struct conn **ret)
{
	struct gateway *gw = cs->gw;
	struct sockaddr_in local = gw->local;
	struct conn *c;
	int rc;

	if (transport_now() < cs->not_before)
		return -EAGAIN;
	c = conn_new(cs, &gw->proxy, false);
	if (!c)
		return -ENOBUFS;
	local.sin_port = 0;
	if (gw->transport == SIP_TLS)
		rc = tls_connect(gw->tls, &local, &gw->proxy, gw->peer_name,
				 &conn_ops, c, &c->stream);
	else
		rc = stream_connect_tcp(&local, &gw->proxy, &conn_ops, c,
					&c->stream);
	if (rc < 0) {
		log_warn(service(c),
			 "no connection to %s:%u for gateway %s: %s",
			 inet_ntoa(gw->proxy.sin_addr),
			 ntohs(gw->proxy.sin_port), gw->name, strerror(-rc));
		conn_failed(cs);
		conn_free(c);
		return rc;
	}
	*ret = c;
	return 0;
}

static int conn_send(struct conn *c, const char *buf, size_t len)
{
	if (c->ready)
		return stream_write(c->stream, buf, len);
	return add_to_queue(c, buf, len);
}

int conns_send(struct conns *cs, uint32_t conn, const char *buf, size_t len,
	       uint32_t *ret_conn)
{
	struct conn *c = conn ? conns_find(cs, conn) : NULL;
	int ret;

	if (!c)
		c = conns_own(cs);
	if (!c) {
		ret = conns_connect(cs, &c);
		if (ret < 0)
			return ret;
	}
	ret = conn_send(c, buf, len);
	if (!ret) {
		*ret_conn = c->path.conn;
		transport_trace("send", &c->path, buf, len);
	}
	return ret;
}

int conns_new(struct gateway *gw, struct conns **ret)
{
	struct conns *cs = calloc(1, sizeof(*cs));

	if (!cs)
		return -ENOMEM;
	cs->gw = gw;
	LIST_INIT(&cs->list);
	cs->reaper = evtimer_new(loop_base(), on_reap, cs);
	if (!cs->reaper) {
		free(cs);
		return -ENOMEM;
	}
	*ret = cs;
	return 0;
}

void conns_free(struct conns *cs)
{
	struct conn *c, *next;

	if (!cs)
		return;
	for (c = LIST_FIRST(&cs->list); c; c = next) {
		next = LIST_NEXT(c, entry);
		conn_free(c);
	}
	event_free(cs->reaper);
	free(cs);
}
