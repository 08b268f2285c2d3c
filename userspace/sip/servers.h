/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The servers of a name, by DNS (RFC 3263): NAPTR says under which name, SRV on
 * which hosts and ports, A at which addresses. The transport is always what the
 * configuration says: DNS can't choose a less secure one.
 *
 * The answer is asked for again after the addresses' time to live. While there is
 * none, the old one stays.
 */
#ifndef SIP_SERVERS_H
#define SIP_SERVERS_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum sip_transport {
	SIP_UDP,
	SIP_TCP,
	SIP_TLS
};

struct servers; /* shared by all that have the same name, port and transport */

/**
 * servers_get() - the servers of @host, known already or not; a reference
 * @port: 0: SRV says which, or else it is the transport's default
 *
 * Return: NULL: no memory
 */
struct servers *servers_get(const char *host, uint16_t port,
			    enum sip_transport transport);
struct servers *servers_hold(struct servers *s); /* one reference more */
void servers_put(struct servers *s); /* NULL is fine */

/* The one to be used; sin_family is 0 while none is known. */
const struct sockaddr_in *servers_now(const struct servers *s);
/* Is it one of them, or was until some time ago? */
bool servers_have(const struct servers *s, struct in_addr addr);
/* The host's name of the server at @addr that SRV told; NULL: none. */
const char *servers_host(const struct servers *s, struct in_addr addr);
unsigned int servers_count(const struct servers *s);

/**
 * servers_failed() - the one at @addr doesn't answer, or says so, for @seconds
 *
 * Return: is there another one, that hasn't failed?
 */
bool servers_failed(struct servers *s, const struct sockaddr_in *addr,
		    unsigned int seconds);

json_t *servers_report(const struct servers *s);

/* Ask for those that nobody has asked for yet. @dns: as dns_ask()'s @servers */
void servers_begin(const char *dns);

/* @on_known: an answer came; it may be another. */
int servers_init(void (*on_known)(const struct servers *s)); /* 0 or -errno */
void servers_exit(void); /* when no reference is left */

#endif
