/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in and out over UDP, TCP and TLS. Only what comes from a gateway's
 * proxy-host goes on, or anything if it has none; it has passed the validator
 * then.
 */
#ifndef SIP_TRANSPORT_H
#define SIP_TRANSPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sip/gateway.h"
#include "sip/validate.h"

struct config_error;

/* Where a message came from, or is to go. */
struct sip_path {
	struct gateway *gw;
	enum sip_transport transport;
	uint32_t conn; /* TCP, TLS: number of the connection; 0: none yet */
	struct sockaddr_in peer; /* UDP: where to; else who is there */
};

struct transport_user {
	/* One valid message from @from; may send, may not free gateways. */
	void (*on_message)(const struct sip_path *from, const char *buf,
			   const struct sip_head *head);
	/* @conn is gone, or did not come about; what was sent may be lost. */
	void (*on_conn_lost)(uint32_t conn, const char *reason);
};

int transport_init(const struct transport_user *user); /* 0 or -errno */
void transport_exit(void); /* after transport_close() of each gateway */

/*
 * Bind @gw's sockets, and start to read from them. @wait: its address may come
 * later.
 */
int transport_open(struct gateway *gw, bool wait, struct config_error *err,
		   const struct lyd_node *tree);
void transport_start(struct gateway *gw);
void transport_close(struct gateway *gw);
/* Close @gw's connections, but go on listening. */
void transport_drop(struct gateway *gw, const char *reason);
/* @gw->sockets were another gateway's. */
void transport_move(struct gateway *gw);

/**
 * transport_send() - send one message
 * @to: for TCP and TLS the connection is @to->conn, if it is still there, else
 *	the gateway's own to its proxy, opened if need be; @to->conn is set
 *
 * Return: 0: on its way, or queued for the connection; -errno. UDP datagrams
 * are sent whatever their size: a gateway that wants RFC 3261's 18.1.1 has
 * transport tcp.
 */
int transport_send(struct sip_path *to, const char *buf, size_t len);

/* A request to @to had no answer, or couldn't be sent: another server is next, if
 * its gateway has one. */
void transport_unanswered(const struct sip_path *to);

/* Answer a request without a transaction, by the text of what was received. */
void transport_refuse(const struct sip_path *from, const struct sip_head *head,
		      int status, const char *reason);

/* For connections: count and log at debug level, "recv udp 10.0.0.2:5060 …". */
void transport_trace(const char *verb, const struct sip_path *path,
		     const char *buf, size_t len);
/* For connections: a message was framed. */
void transport_input(const struct sip_path *from, const char *buf, size_t len);

/* The peer takes requests to @host and @port by the connection that @from is. */
void transport_alias(const struct sip_path *from, const char *host,
		     uint16_t port);

/* Of a gateway with extensions. */
/* Its peer has proved who it is: its connection counts as any peer's. */
void transport_approve(const struct sip_path *from);
/* Strike one who hasn't; may it have an answer? Logged if so. */
bool transport_stranger(const struct sip_path *from);
/* Does the connection still exist? Always true by UDP. */
bool transport_connected(const struct sip_path *to);

struct conns *transport_conns(const struct gateway *gw); /* its connections */

uint64_t transport_now(void); /* monotonic, milliseconds */

#endif
