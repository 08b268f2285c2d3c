/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to DNS, answered from the event loop. c-ares asks, by this machine's
 * /etc/resolv.conf, which is read anew when no question was open; addresses are
 * looked for in /etc/hosts first.
 */
#ifndef BASE_DNS_H
#define BASE_DNS_H

#include <netinet/in.h>
#include <stdint.h>

#define DNS_NAME_MAX	255 /* bytes */
#define DNS_RECORDS_MAX 16 /* of one answer; what is more is left out */
/* Open at once; one more: -ENOBUFS. */
#define DNS_QUERIES_MAX 256

enum dns_kind {
	DNS_NAPTR,
	DNS_SRV,
	DNS_ADDRESS, /* IPv4 */
};

struct dns_record {
	uint16_t order; /* NAPTR; SRV: the priority */
	uint16_t preference; /* NAPTR; SRV: the weight */
	uint16_t port; /* SRV */
	char service[32]; /* NAPTR: of those with flags "s" only */
	char name[DNS_NAME_MAX + 1]; /* NAPTR: replacement; SRV: target */
	struct in_addr addr; /* ADDRESS */
	uint32_t ttl; /* ADDRESS: seconds */
};

struct dns_reply {
	int err; /* 0; -ENOENT: there is none of the kind; -EIO: no answer */
	const char *why; /* of an error, in words */
	unsigned int n;
	struct dns_record record[DNS_RECORDS_MAX];
};

struct dns_query;

/**
 * dns_ask() - ask, and call @done once, from the loop, never from in here
 * @servers: "192.0.2.1:53,192.0.2.2"; NULL: those of /etc/resolv.conf. All that
 *	ask at the same time ask the same.
 *
 * Return: NULL: no memory, or too many are open
 */
struct dns_query *
dns_ask(enum dns_kind kind, const char *name, const char *servers,
	void (*done)(const struct dns_reply *reply, void *arg), void *arg);
void dns_forget(struct dns_query *q); /* @done isn't called; NULL is fine */

int dns_init(void); /* after loop_init(); 0 or -errno */
void dns_exit(void); /* no @done is called any more */

#endif
