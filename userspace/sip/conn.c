// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: conn->timer closes a connection that keeps us waiting; for what, says
 * conn->wait. Connecting and the TLS handshake have theirs in base/stream and
 * cert/tls. How long each is, and how many connections there may be, is
 * configured: struct conn_limits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "base/secret.h"
#include "cert/tls.h"
#include "guard/strike.h"
#include "sip/conn-internal.h"
#include "sip/limits.h"
#include "sip/link.h"
#include "sip/register-client.h"

#define TRUST_AGAIN_MS 10000 /* of one connection */

static uint32_t last_number;
static uint64_t activity;
static void (*lost)(uint32_t conn, const char *reason);

void conns_set_lost(void (*on_lost)(uint32_t conn, const char *reason))
{
	lost = on_lost;
}

static const char *conn_service(const struct conn *c)
{
	return c->path.transport == SIP_TLS ? "tls" : "sip";
}

static const char *conn_service_name(const struct conn *c)
{
	return c->path.transport == SIP_TLS ? "TLS" : "TCP";
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

void conn_free(struct conn *c)
{
	LIST_REMOVE(c, entry);
	room_leave(c);
	stream_free(c->stream);
	frame_reset(&c->frame);
	drop_queue(c);
	if (c->timer)
		event_free(c->timer);
	free(c);
}

/* It may be in use further up the stack: freed from the loop. */
void conn_close(struct conn *c, const char *reason)
{
	if (c->closing)
		return;
	c->closing = true;
	event_del(c->timer);
	event_active(c->cs->reaper, EV_TIMEOUT, 0);
	if (!c->inbound && c->ready && c->cs->gw->persistent)
		notify(SIP_LINK_LOST, conn_service_name(c),
		       inet_ntoa(c->path.peer.sin_addr),
		       ntohs(c->path.peer.sin_port), c->cs->gw->name, reason);
	if (!c->inbound)
		link_lost(c->cs->gw);
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

/* Who is at the other end of TCP isn't forged. */
static void conn_strike(const struct conn *c, enum ringfence_strike_reason why)
{
	strike(c->path.peer.sin_addr, why, true);
}

static const char *too_slow(enum conn_wait wait)
{
	switch (wait) {
	case WAIT_FIRST:
		return "no message came";
	case WAIT_MESSAGE:
		return "a message took too long";
	case WAIT_NEXT:
	case WAIT_NONE:
		break;
	}
	return "it was idle for too long";
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	notify(SIP_SLOW, inet_ntoa(c->path.peer.sin_addr),
	       ntohs(c->path.peer.sin_port), c->cs->gw->name,
	       too_slow(c->wait));
	/* An idle peer is no offender. */
	if (c->inbound && c->wait != WAIT_NEXT)
		conn_strike(c, RINGFENCE_STRIKE_REASON_SLOW);
	conn_close(c, "too slow");
}

static unsigned int wait_seconds(const struct conn *c, enum conn_wait wait)
{
	switch (wait) {
	case WAIT_FIRST:
		return conn_limits.first_byte_s;
	case WAIT_MESSAGE:
		return conn_limits.message_s;
	case WAIT_NEXT:
		return c->inbound ? conn_limits.idle_s : 0;
	case WAIT_NONE:
		break;
	}
	return 0;
}

/* From now on; 0 seconds are for ever. */
static void conn_wait(struct conn *c, enum conn_wait wait)
{
	struct timeval tv = { .tv_sec = wait_seconds(c, wait) };

	c->wait = wait;
	if (tv.tv_sec)
		event_add(c->timer, &tv);
	else
		event_del(c->timer);
}

/* One of ours, to the proxy. */
static void tell_ready(struct conn *c)
{
	const char *host = inet_ntoa(c->path.peer.sin_addr);
	uint16_t port = ntohs(c->path.peer.sin_port);
	const char *gw = c->cs->gw->name;

	if (!c->cs->reached)
		notify(SIP_REACHABLE, host, port, gw);
	c->cs->reached = true;
	c->cs->reason[0] = '\0';
	c->cs->backoff_ms = 0;
	register_again(c->cs->gw);
	if (c->path.transport == SIP_TLS)
		notify(SIP_TLS_READY, host, port, gw);
	else
		notify(SIP_TCP_READY, host, port, gw);
}

static void conn_ready(struct stream *s, void *arg)
{
	struct conn *c = arg;

	c->ready = true;
	if (c->inbound)
		log_info(conn_service(c), "connection from %s:%u of gateway %s",
			 inet_ntoa(c->path.peer.sin_addr),
			 ntohs(c->path.peer.sin_port), c->cs->gw->name);
	else
		tell_ready(c);
	if (c->queued && stream_write(s, c->queue, c->queued) < 0)
		conn_close(c, "cannot send what was queued");
	drop_queue(c);
	if (c->inbound)
		conn_wait(c, WAIT_FIRST);
}

/* A peer whose certificate was verified, now and then. */
static void conn_trust(struct conn *c)
{
	uint64_t now = transport_now();

	if (c->path.transport != SIP_TLS || now < c->trust_again ||
	    (c->inbound && !c->cs->gw->verify_client))
		return;
	c->trust_again = now + TRUST_AGAIN_MS;
	trust_grant(c->path.peer.sin_addr, "TLS");
}

/*
 * A message is whole. Only that counts as a sign of life: keep-alives and parts
 * of messages are what a slow sender has. Where anybody may connect, not even
 * that, until he has proved who he is.
 */
static void conn_heard(struct conn *c)
{
	c->heard = c->heard || !c->cs->gw->extensions;
	c->last = ++activity;
	conn_trust(c);
	conn_wait(c, c->heard ? WAIT_NEXT : WAIT_FIRST);
}

struct conn *conns_find(struct conns *cs, uint32_t number)
{
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		if (c->path.conn == number && !c->closing)
			return c;
	}
	return NULL;
}

void conns_approve(struct conns *cs, uint32_t conn)
{
	struct conn *c = conns_find(cs, conn);

	if (!c || c->heard)
		return;
	c->heard = true;
	conn_wait(c, WAIT_NEXT);
}

bool conns_alive(struct conns *cs, uint32_t conn)
{
	return conn && conns_find(cs, conn);
}

/* All messages that are whole by now; false when the connection must go. */
static bool conn_messages(struct conn *c)
{
	enum frame_result r;
	const char *msg;
	size_t len;

	while ((r = frame_next(&c->frame, &msg, &len)) != FRAME_MORE) {
		if (r == FRAME_PING) {
			stream_write(c->stream, "\r\n", 2);
			if (c->heard)
				conn_wait(c, WAIT_NEXT);
			continue;
		}
		conn_heard(c);
		if (len)
			transport_input(&c->path, msg, len);
		if (c->closing)
			return false;
		if (r == FRAME_LAST) {
			if (!len)
				conn_strike(c,
					    RINGFENCE_STRIKE_REASON_MALFORMED);
			conn_close(c, "a message that can't be framed");
			return false;
		}
	}
	return true;
}

static void conn_data(struct stream *s, const uint8_t *p, size_t n, void *arg)
{
	struct conn *c = arg;

	c->heard_ms = transport_now();
	while (n && !c->closing) {
		long took = frame_feed(&c->frame, p, n);

		if (took < 0 || !conn_messages(c)) {
			conn_close(c, "no memory");
			return;
		}
		p += took;
		n -= (size_t)took;
	}
	if (!c->closing && c->wait != WAIT_MESSAGE && frame_partial(&c->frame))
		conn_wait(c, WAIT_MESSAGE);
}

static void conn_failed(struct conns *cs, const struct sockaddr_in *peer,
			const char *reason)
{
	/* Not each time that a link is tried. */
	if (cs->reached || strncmp(cs->reason, reason, sizeof(cs->reason) - 1))
		notify(SIP_UNREACHABLE, inet_ntoa(peer->sin_addr),
		       ntohs(peer->sin_port), cs->gw->name, reason);
	snprintf(cs->reason, sizeof(cs->reason), "%s", reason);
	cs->reached = false;
	/* Another server need not wait. */
	if (gateway_failed(cs->gw, peer, SIP_SERVER_FAILED_SECONDS))
		return;
	if (!cs->backoff_ms)
		cs->backoff_ms = SIP_BACKOFF_MIN_MS;
	else if (cs->backoff_ms < SIP_BACKOFF_MAX_MS)
		cs->backoff_ms *= 2;
	cs->not_before = transport_now() + cs->backoff_ms;
}

/* A peer's connection that TLS, or TCP, ended before it was one. */
static void refused(const struct conn *c, const char *reason)
{
	if (c->path.transport == SIP_TLS)
		conn_strike(c, RINGFENCE_STRIKE_REASON_BAD_HANDSHAKE);
	notify(SIP_NO_CONN, inet_ntoa(c->path.peer.sin_addr),
	       ntohs(c->path.peer.sin_port), c->cs->gw->name, reason);
}

static void conn_closed(struct stream *s, const char *reason, void *arg)
{
	struct conn *c = arg;

	if (c->closing)
		return;
	if (c->ready)
		log_info(conn_service(c),
			 "connection with %s:%u of gateway %s: %s",
			 inet_ntoa(c->path.peer.sin_addr),
			 ntohs(c->path.peer.sin_port), c->cs->gw->name, reason);
	else if (c->inbound)
		refused(c, reason);
	else
		conn_failed(c->cs, &c->path.peer, reason);
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
	struct conn *c = calloc(1, sizeof(*c));

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
	room_enter(c);
	if (!c->timer) {
		conn_free(c);
		return NULL;
	}
	if (!++last_number) /* 0 is none */
		last_number++;
	c->path.conn = last_number;
	return c;
}

/* From the loop, so that no connection is in use. */
void conns_accept(struct conns *cs, int fd, const struct sockaddr_in *peer)
{
	struct gateway *gw = cs->gw;
	struct conn *c;
	int ret;

	c = room_make(cs, peer) ? conn_new(cs, peer, true) : NULL;
	if (!c) {
		close(fd);
		notify(SIP_CONN_REFUSED, inet_ntoa(peer->sin_addr),
		       ntohs(peer->sin_port), gw->name);
		return;
	}
	if (gw->transport == SIP_TLS)
		ret = tls_accept(gw->tls, fd,
				 gw->verify_client ? gw->peer_name : NULL,
				 gateway_srv_host(gw, peer->sin_addr),
				 &conn_ops, c, &c->stream);
	else
		ret = stream_accept_tcp(fd, &conn_ops, c, &c->stream);
	if (ret < 0) {
		log_warn(conn_service(c), "cannot take a connection of %s: %s",
			 gw->name, strerror(-ret));
		conn_free(c);
	}
}

struct conn *conns_own(struct conns *cs)
{
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		if (!c->inbound && !c->closing)
			return c;
	}
	return NULL;
}

static int connect_from(struct conn *c, const struct sockaddr_in *local)
{
	const struct gateway *gw = c->cs->gw;

	if (gw->transport == SIP_TLS)
		return tls_connect(gw->tls, local, &c->path.peer, gw->peer_name,
				   gateway_srv_host(gw, c->path.peer.sin_addr),
				   &conn_ops, c, &c->stream);
	return stream_connect_tcp(local, &c->path.peer, &conn_ops, c,
				  &c->stream);
}

/* From the next port that isn't in use. */
static int connect_own(struct conn *c)
{
	struct sockaddr_in local = c->cs->gw->local;
	unsigned int base = c->cs->gw->source_port;
	int ret = -EADDRINUSE;

	local.sin_port = 0;
	if (!base)
		return connect_from(c, &local);
	for (unsigned int i = 0; i < SIP_SOURCE_TRIES_MAX &&
				 (ret == -EADDRINUSE || ret == -EADDRNOTAVAIL);
	     i++) {
		unsigned int port = base + c->cs->port++ % SIP_SOURCE_PORTS;

		local.sin_port = htons((uint16_t)port);
		ret = connect_from(c, &local);
	}
	return ret;
}

int conns_connect(struct conns *cs, struct conn **ret)
{
	const struct sockaddr_in *hop = gateway_hop(cs->gw, false);
	struct conn *c;
	int rc;

	if (transport_now() < cs->not_before)
		return -EAGAIN;
	if (!hop->sin_family || !cs->gw->local.sin_addr.s_addr)
		return -EHOSTUNREACH;
	c = room_make_own() ? conn_new(cs, hop, false) : NULL;
	if (!c)
		return -ENOBUFS;
	rc = connect_own(c);
	if (rc < 0) {
		conn_failed(cs, &c->path.peer, strerror(-rc));
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
	if (!c)
		c = conns_reused(cs);
	if (!c && cs->gw->extensions)
		return -ENOTCONN;
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

void conns_drop(struct conns *cs, const char *reason)
{
	struct conn *c;

	LIST_FOREACH(c, &cs->list, entry) {
		conn_close(c, reason);
	}
	cs->not_before = 0;
	cs->backoff_ms = 0;
	cs->reached = false;
}

void conns_move(struct conns *cs, struct gateway *gw)
{
	struct conn *c;

	cs->gw = gw;
	LIST_FOREACH(c, &cs->list, entry) {
		c->path.gw = gw;
	}
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
