// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "config/config.h"
#include "guard/scanner.h"
#include "guard/strike.h"
#include "sip/conn.h"
#include "sip/limits.h"
#include "sip/message.h"
#include "sip/stranger.h"
#include "sip/transport.h"

#define LISTEN_BACKLOG 64

struct sockets {
	struct gateway *gw;
	int udp; /* -1 with TLS: no mixed mode when secure */
	int stream; /* listening */
	struct event *udp_event;
	struct evconnlistener *listener;
	struct conns *conns;
};

static const struct transport_user *user;
static struct strangers strangers;

uint64_t transport_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void transport_trace(const char *verb, const struct sip_path *path,
		     const char *buf, size_t len)
{
	const char *end;
	size_t n;

	if (!log_is_on(LOG_LEVEL_DBG, "sip"))
		return;
	end = memmem(buf, len, "\r\n", 2);
	n = end ? (size_t)(end - buf) : len;
	log_dbg("sip", "%s %s %s:%u gateway %s: %.*s", verb,
		sip_transport_name(path->transport),
		inet_ntoa(path->peer.sin_addr), ntohs(path->peer.sin_port),
		path->gw->name, n > 256 ? 256 : (int)n, buf);
}

struct conns *transport_conns(const struct gateway *gw)
{
	return gw->sockets->conns;
}

static bool is_peer(const struct gateway *gw, const struct sockaddr_in *from)
{
	return gw->extensions || gateway_has_peer(gw, from->sin_addr);
}

/* May we spend a log line, and an answer, on a peer that is no proxy? */
static bool notice_stranger(const struct gateway *gw, enum sip_transport t,
			    const struct sockaddr_in *from, const char *what)
{
	unsigned int silenced;

	if (!stranger_allow(&strangers, from->sin_addr, transport_now(),
			    &silenced))
		return false;
	notify(SIP_STRANGER, what, inet_ntoa(from->sin_addr),
	       ntohs(from->sin_port), sip_transport_name(t), gw->name,
	       silenced);
	return true;
}

void transport_refuse(const struct sip_path *from, const struct sip_head *head,
		      int status, const char *reason)
{
	struct sip_path to = *from;
	size_t len;
	char *text;

	text = message_refusal(head, status, reason, &len);
	if (!text)
		return;
	transport_send(&to, text, len);
	free(text);
}

/* @strange: from a stranger, who gets 403 and nothing else. */
static void input(const struct sip_path *from, const char *buf, size_t len,
		  bool strange)
{
	enum sip_verdict verdict;
	struct sip_head head;

	verdict = sip_validate(buf, len, from->transport != SIP_UDP, &head);
	if (head.first_line.p)
		transport_trace("recv", from, buf, len);
	if (strange) {
		if (verdict != SIP_DROP && head.request &&
		    !(head.method.len == 3 && !memcmp(head.method.p, "ACK", 3)))
			transport_refuse(from, &head, 403, "Forbidden");
		return;
	}
	if (verdict == SIP_ACCEPT) {
		user->on_message(from, buf, &head);
		return;
	}
	strike(from->peer.sin_addr, RINGFENCE_STRIKE_REASON_MALFORMED,
	       from->transport != SIP_UDP);
	log_dbg("sip", "a message from %s:%u on gateway %s is %s: %s",
		inet_ntoa(from->peer.sin_addr), ntohs(from->peer.sin_port),
		from->gw->name, verdict == SIP_REJECT ? "refused" : "dropped",
		head.reason);
	if (verdict == SIP_REJECT)
		transport_refuse(from, &head, head.status, head.reason);
}

void transport_input(const struct sip_path *from, const char *buf, size_t len)
{
	input(from, buf, len, false);
}

void transport_approve(const struct sip_path *from)
{
	if (from->transport != SIP_UDP)
		conns_approve(from->gw->sockets->conns, from->conn);
}

bool transport_stranger(const struct sip_path *from)
{
	strike(from->peer.sin_addr, RINGFENCE_STRIKE_REASON_OTHER,
	       from->transport != SIP_UDP);
	return notice_stranger(from->gw, from->transport, &from->peer,
			       "a message");
}

bool transport_connected(const struct sip_path *to)
{
	return to->transport == SIP_UDP ||
	       conns_alive(to->gw->sockets->conns, to->conn);
}

static bool is_keepalive(const char *buf, size_t len)
{
	return len < 5 && strspn(buf, "\r\n") >= len;
}

static void on_udp(evutil_socket_t fd, short what, void *arg)
{
	static char buf[SIP_MESSAGE_MAX + 1];
	struct sockets *s = arg;
	struct sip_path from = { .gw = s->gw, .transport = SIP_UDP };

	for (unsigned int i = 0; i < SIP_DATAGRAMS_MAX; i++) {
		socklen_t alen = sizeof(from.peer);
		ssize_t n;
		bool strange;

		n = recvfrom(fd, buf, sizeof(buf) - 1, 0,
			     (struct sockaddr *)&from.peer, &alen);
		if (n < 0)
			return;
		buf[n] = '\0';
		if (is_keepalive(buf, (size_t)n))
			continue;
		strange = !is_peer(s->gw, &from.peer) ||
			  (s->gw->extensions && scanner_is(buf, (size_t)n));
		if (strange)
			strike(from.peer.sin_addr,
			       scanner_is(buf, (size_t)n)
				       ? RINGFENCE_STRIKE_REASON_SCANNER
				       : RINGFENCE_STRIKE_REASON_OTHER,
			       false);
		if (strange &&
		    !notice_stranger(s->gw, SIP_UDP, &from.peer, "a message"))
			continue;
		input(&from, buf, (size_t)n, strange);
	}
}

/* A stranger's connection costs an accept and a close. */
static void on_accept(struct evconnlistener *l, evutil_socket_t fd,
		      struct sockaddr *addr, int len, void *arg)
{
	struct sockets *s = arg;
	struct sockaddr_in peer;

	memcpy(&peer, addr, sizeof(peer));
	if (is_peer(s->gw, &peer)) {
		conns_accept(s->conns, fd, &peer);
		return;
	}
	strike(peer.sin_addr, RINGFENCE_STRIKE_REASON_OTHER, true);
	notice_stranger(s->gw, s->gw->transport == SIP_TLS ? SIP_TLS : SIP_TCP,
			&peer, "a connection");
	close(fd);
}

static void on_accept_error(struct evconnlistener *l, void *arg)
{
	struct sockets *s = arg;
	int err = EVUTIL_SOCKET_ERROR();

	notify(SIP_NO_ACCEPT, s->gw->name, strerror(err));
}

static int open_socket(const struct sockaddr_in *local, int type, bool wait)
{
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, size = SIP_UDP_BUFFER, err;

	if (fd < 0)
		return -errno;
	if (wait)
		setsockopt(fd, SOL_IP, IP_FREEBIND, &one, sizeof(one));
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	else /* with CAP_NET_ADMIN beyond rmem_max; else less will do */
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (!bind(fd, (const struct sockaddr *)local, sizeof(*local)) &&
	    (type == SOCK_DGRAM || !listen(fd, LISTEN_BACKLOG)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int sockets_open(struct sockets *s, bool wait)
{
	struct event_base *base = loop_base();
	struct gateway *gw = s->gw;
	int ret = conns_new(gw, &s->conns);

	/* Its interface has no address. */
	if (ret < 0 || !gw->local.sin_addr.s_addr)
		return ret;
	if (gw->transport != SIP_TLS) {
		s->udp = open_socket(&gw->local, SOCK_DGRAM, wait);
		if (s->udp < 0)
			return s->udp;
		s->udp_event = event_new(base, s->udp, EV_READ | EV_PERSIST,
					 on_udp, s);
		if (!s->udp_event)
			return -ENOMEM;
	}
	s->stream = open_socket(&gw->local, SOCK_STREAM, wait);
	if (s->stream < 0)
		return s->stream;
	s->listener = evconnlistener_new(
		base, on_accept, s, LEV_OPT_DISABLED | LEV_OPT_CLOSE_ON_EXEC, 0,
		s->stream);
	if (!s->listener)
		return -ENOMEM;
	evconnlistener_set_error_cb(s->listener, on_accept_error);
	return 0;
}

static void sockets_free(struct sockets *s)
{
	conns_free(s->conns);
	if (s->listener)
		evconnlistener_free(s->listener);
	if (s->udp_event)
		event_free(s->udp_event);
	if (s->udp >= 0)
		close(s->udp);
	if (s->stream >= 0)
		close(s->stream);
	free(s);
}

int transport_open(struct gateway *gw, bool wait, struct config_error *err,
		   const struct lyd_node *tree)
{
	struct sockets *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	s->gw = gw;
	s->udp = -1;
	s->stream = -1;
	ret = sockets_open(s, wait);
	if (ret < 0) {
		sockets_free(s);
		return config_fail(err, tree, "sip",
				   "gateway %s can't listen on %s port %u: %s",
				   gw->name, inet_ntoa(gw->local.sin_addr),
				   ntohs(gw->local.sin_port), strerror(-ret));
	}
	gw->sockets = s;
	return 0;
}

void transport_start(struct gateway *gw)
{
	if (gw->sockets->udp_event)
		event_add(gw->sockets->udp_event, NULL);
	if (gw->sockets->listener)
		evconnlistener_enable(gw->sockets->listener);
}

void transport_close(struct gateway *gw)
{
	if (gw->sockets)
		sockets_free(gw->sockets);
	gw->sockets = NULL;
}

void transport_drop(struct gateway *gw, const char *reason)
{
	conns_drop(gw->sockets->conns, reason);
}

void transport_move(struct gateway *gw)
{
	gw->sockets->gw = gw;
	conns_move(gw->sockets->conns, gw);
}

int transport_send(struct sip_path *to, const char *buf, size_t len)
{
	struct sockets *s = to->gw->sockets;

	if (to->transport != SIP_UDP)
		return conns_send(s->conns, to->conn, buf, len, &to->conn);
	if (s->udp < 0)
		return -EPROTONOSUPPORT;
	if (!to->peer.sin_family)
		return -EHOSTUNREACH;
	if (sendto(s->udp, buf, len, 0, (const struct sockaddr *)&to->peer,
		   sizeof(to->peer)) < 0) {
		/* A full socket buffer is like a lost datagram. */
		if (errno != EAGAIN && errno != ENOBUFS)
			return -errno;
	}
	transport_trace("send", to, buf, len);
	return 0;
}

void transport_alias(const struct sip_path *from, const char *host,
		     uint16_t port)
{
	struct in_addr addr;

	/* No other name than its certificate's, no other address than its own. */
	if (inet_pton(AF_INET, host, &addr) == 1
		    ? addr.s_addr == from->peer.sin_addr.s_addr
		    : !strcasecmp(host, from->gw->peer_name))
		conns_alias(from->gw->sockets->conns, from->conn, port);
}

void transport_unanswered(const struct sip_path *to)
{
	if (to->transport == SIP_UDP)
		gateway_failed(to->gw, &to->peer, SIP_SERVER_FAILED_SECONDS);
	else
		conns_unanswered(to->gw->sockets->conns);
}

static void on_conn_lost(uint32_t conn, const char *reason)
{
	user->on_conn_lost(conn, reason);
}

int transport_init(const struct transport_user *u)
{
	user = u;
	memset(&strangers, 0, sizeof(strangers));
	conns_set_lost(on_conn_lost);
	return 0;
}

void transport_exit(void)
{
	conns_set_lost(NULL);
}
