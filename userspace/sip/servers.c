// SPDX-License-Identifier: GPL-2.0-or-later
/*
 *   NAPTR example.com	    -> _sips._tcp.example.com, else just that
 *   SRV   _sips._tcp.…	    -> hosts and ports in order, else example.com itself
 *   A     of each host	    -> servers
 *
 * With a port in the configuration only the last step is taken (4.2).
 *
 * Timer: one for each name; the next question.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/dns.h"
#include "base/loop.h"
#include "base/notify.h"
#include "base/secret.h"
#include "guard/strike.h"
#include "sip/gateway.h"
#include "sip/limits.h"
#include "sip/servers.h"
#include "sip/transport.h"

struct server {
	struct sockaddr_in addr;
	char host[DNS_NAME_MAX + 1]; /* that SRV told; "": none */
	uint64_t failed; /* not to be used before, ms */
	uint64_t until; /* it is known as one of them, ms */
};

struct target {
	char host[DNS_NAME_MAX + 1];
	uint16_t port;
	bool told; /* by SRV */
};

struct servers {
	LIST_ENTRY(servers) entry;
	unsigned int refs;
	char host[DNS_NAME_MAX + 1];
	uint16_t port; /* 0: none is configured */
	enum sip_transport transport;
	struct server list[SIP_SERVERS_MAX]; /* in order, then former ones */
	unsigned int n, n_all;
	unsigned int now; /* index of the one that is used */

	/* The question, and what it has brought so far. */
	struct event *timer;
	struct dns_query *query;
	struct target target[SIP_TARGETS_MAX];
	unsigned int n_targets, next_target;
	struct server found[SIP_SERVERS_MAX];
	unsigned int n_found;
	uint32_t ttl;
	unsigned int failures; /* in a row */
	char why[96]; /* of the last; "": none */
};

static LIST_HEAD(, servers) all = LIST_HEAD_INITIALIZER(all);
static void (*known)(const struct servers *s);
static char dns_servers[128];

static void arm(struct servers *s, unsigned int seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	event_add(s->timer, &tv);
}

/* The first that hasn't failed, or else the one that failed longest ago. */
static void choose(struct servers *s)
{
	uint64_t now = transport_now();
	unsigned int best = 0;

	for (unsigned int i = 0; i < s->n; i++) {
		if (s->list[i].failed <= now) {
			best = i;
			break;
		}
		if (s->list[i].failed < s->list[best].failed)
			best = i;
	}
	s->now = best;
}

static bool same_addr(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_addr.s_addr == b->sin_addr.s_addr &&
	       a->sin_port == b->sin_port;
}

static struct server *find(struct server *list, unsigned int n,
			   const struct sockaddr_in *addr)
{
	for (unsigned int i = 0; i < n; i++) {
		if (same_addr(&list[i].addr, addr))
			return &list[i];
	}
	return NULL;
}

/* Their calls, and connections, may go on for a while. */
static void keep_former(struct servers *s, const struct server *old,
			unsigned int n)
{
	for (unsigned int i = 0; i < n && s->n_all < SIP_SERVERS_MAX; i++) {
		if (old[i].until > transport_now() &&
		    !find(s->list, s->n_all, &old[i].addr))
			s->list[s->n_all++] = old[i];
	}
}

static void take_found(struct servers *s)
{
	uint64_t until = transport_now() + SIP_SERVER_KEEP_SECONDS * 1000;
	struct server old[SIP_SERVERS_MAX];
	unsigned int n = s->n_all;

	memcpy(old, s->list, sizeof(old));
	memcpy(s->list, s->found, sizeof(s->list));
	s->n = s->n_all = s->n_found;
	for (unsigned int i = 0; i < s->n; i++) {
		const struct server *was = find(old, n, &s->list[i].addr);

		s->list[i].until = until;
		s->list[i].failed = was ? was->failed : 0;
	}
	keep_former(s, old, n);
}

/* They may send us messages: no forged one shall ban them. */
static void trust(const struct servers *s)
{
	for (unsigned int i = 0; i < s->n; i++)
		trust_gateway(s->list[i].addr.sin_addr, SIP_SERVER_KEEP_SECONDS,
			      s->host);
}

static void lookup_failed(struct servers *s, const char *why)
{
	unsigned int seconds = SIP_RESOLVE_AGAIN_SECONDS;

	for (unsigned int i = 0;
	     i < s->failures && seconds < SIP_RESOLVE_AGAIN_SECONDS_MAX; i++)
		seconds *= 2;
	if (seconds > SIP_RESOLVE_AGAIN_SECONDS_MAX)
		seconds = SIP_RESOLVE_AGAIN_SECONDS_MAX;
	s->failures++;
	arm(s, seconds);
	trust(s);
	if (!strncmp(s->why, why, sizeof(s->why) - 1))
		return;
	snprintf(s->why, sizeof(s->why), "%s", why);
	notify(SIP_UNRESOLVED, s->host, s->why, seconds,
	       s->n ? "; the servers that it had stay" : "");
}

static void lookup_done(struct servers *s)
{
	struct sockaddr_in before = *servers_now(s);
	const struct sockaddr_in *now;
	uint32_t ttl = s->ttl;

	if (ttl < SIP_RESOLVED_SECONDS_MIN)
		ttl = SIP_RESOLVED_SECONDS_MIN;
	else if (ttl > SIP_RESOLVED_SECONDS_MAX)
		ttl = SIP_RESOLVED_SECONDS_MAX;
	take_found(s);
	choose(s);
	arm(s, ttl);
	trust(s);
	now = servers_now(s);
	if (s->why[0] || !same_addr(&before, now))
		notify(SIP_RESOLVED, s->host, inet_ntoa(now->sin_addr),
		       ntohs(now->sin_port), s->n);
	s->failures = 0;
	s->why[0] = '\0';
	if (known)
		known(s);
}

static void ask(struct servers *s, enum dns_kind kind, const char *name,
		void (*done)(const struct dns_reply *r, void *arg))
{
	s->query = dns_ask(kind, name, dns_servers[0] ? dns_servers : NULL,
			   done, s);
	if (!s->query)
		lookup_failed(s, "no memory, or too many questions");
}

static void ask_addresses(struct servers *s);

/* Of a host: not any, multicast or broadcast. */
static bool is_host(struct in_addr addr)
{
	uint32_t n = ntohl(addr.s_addr);

	return n >> 24 && n >> 28 < 0xe;
}

static void on_addresses(const struct dns_reply *r, void *arg)
{
	struct servers *s = arg;
	const struct target *t = &s->target[s->next_target++];

	s->query = NULL;
	/* The others will do, but not for long. */
	if (r->err)
		s->ttl = 0;
	for (unsigned int i = 0; i < r->n && s->n_found < SIP_SERVERS_MAX;
	     i++) {
		struct server *f = &s->found[s->n_found];

		if (!is_host(r->record[i].addr))
			continue;
		memset(f, 0, sizeof(*f));
		f->addr.sin_family = AF_INET;
		f->addr.sin_port = htons(t->port);
		f->addr.sin_addr = r->record[i].addr;
		if (t->told)
			memcpy(f->host, t->host, sizeof(f->host));
		if (!find(s->found, s->n_found, &f->addr))
			s->n_found++;
		if (r->record[i].ttl < s->ttl)
			s->ttl = r->record[i].ttl;
	}
	if (s->next_target < s->n_targets)
		ask_addresses(s);
	else if (s->n_found)
		lookup_done(s);
	else
		lookup_failed(s, r->err ? r->why : "it has no address");
}

static void ask_addresses(struct servers *s)
{
	ask(s, DNS_ADDRESS, s->target[s->next_target].host, on_addresses);
}

static void only_target(struct servers *s, uint16_t port)
{
	struct target *t = &s->target[0];

	snprintf(t->host, sizeof(t->host), "%s", s->host);
	t->port = port;
	t->told = false;
	s->n_targets = 1;
	ask_addresses(s);
}

/*
 * One of those of the least priority, at random by their weights (RFC 2782). A
 * weight of 0 has a small chance.
 */
static unsigned int pick(const struct dns_record *list, unsigned int n)
{
	uint32_t order = list[0].order, sum = 0, at = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (list[i].order < order) {
			order = list[i].order;
			sum = 0;
		}
		if (list[i].order == order)
			sum += list[i].preference * UINT32_C(16) + 1;
	}
	secret_random(&at, sizeof(at));
	at = sum ? at % sum : 0;
	for (unsigned int i = 0; i < n; i++) {
		uint32_t weight = list[i].preference * UINT32_C(16) + 1;

		if (list[i].order != order)
			continue;
		if (at < weight)
			return i;
		at -= weight;
	}
	return 0;
}

static bool is_root(const char *name)
{
	return !name[0] || !strcmp(name, ".");
}

/* Port 0 is nobody's; nor is "." a host. None is left: there is no such service. */
static unsigned int take_usable(const struct dns_reply *r,
				struct dns_record *list)
{
	unsigned int n = 0;

	for (unsigned int i = 0; !r->err && i < r->n; i++) {
		if (r->record[i].port && !is_root(r->record[i].name))
			list[n++] = r->record[i];
	}
	return n;
}

static void on_srv(const struct dns_reply *r, void *arg)
{
	struct servers *s = arg;
	struct dns_record list[DNS_RECORDS_MAX];
	unsigned int n;

	s->query = NULL;
	if (r->err == -ENOENT) {
		only_target(s, sip_default_port(s->transport));
		return;
	}
	n = take_usable(r, list);
	if (!n) {
		lookup_failed(s, r->err ? r->why
					: "SRV says that the transport isn't "
					  "served there");
		return;
	}
	for (s->n_targets = 0; n && s->n_targets < SIP_TARGETS_MAX; n--) {
		struct target *t = &s->target[s->n_targets++];
		unsigned int i = pick(list, n);

		snprintf(t->host, sizeof(t->host), "%s", list[i].name);
		t->port = list[i].port;
		t->told = true;
		list[i] = list[n - 1];
	}
	ask_addresses(s);
}

/* The most wanted one for our transport. */
static const struct dns_record *find_service(const struct servers *s,
					     const struct dns_reply *r)
{
	static const char *const services[] = { "SIP+D2U", "SIP+D2T",
						"SIPS+D2T" };
	const struct dns_record *best = NULL;

	for (unsigned int i = 0; i < r->n; i++) {
		const struct dns_record *n = &r->record[i];

		if (strcasecmp(n->service, services[s->transport]) != 0 ||
		    is_root(n->name))
			continue;
		if (!best || n->order < best->order ||
		    (n->order == best->order &&
		     n->preference < best->preference))
			best = n;
	}
	return best;
}

/* A server that doesn't know NAPTR, or doesn't answer, may know the rest. */
static void on_naptr(const struct dns_reply *r, void *arg)
{
	static const char *const prefixes[] = { "_sip._udp", "_sip._tcp",
						"_sips._tcp" };
	struct servers *s = arg;
	const struct dns_record *n = find_service(s, r);
	char name[DNS_NAME_MAX + 16];

	s->query = NULL;
	snprintf(name, sizeof(name), "%s.%s", prefixes[s->transport], s->host);
	ask(s, DNS_SRV, n ? n->name : name, on_srv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct servers *s = arg;

	s->n_targets = s->next_target = s->n_found = 0;
	s->ttl = UINT32_MAX;
	if (s->port)
		only_target(s, s->port);
	else
		ask(s, DNS_NAPTR, s->host, on_naptr);
}

void servers_begin(const char *dns)
{
	struct servers *s;

	snprintf(dns_servers, sizeof(dns_servers), "%s", dns ? dns : "");
	LIST_FOREACH(s, &all, entry) {
		if (s->timer)
			continue;
		s->timer = evtimer_new(loop_base(), on_timer, s);
		if (s->timer)
			arm(s, 0);
	}
}

struct servers *servers_get(const char *host, uint16_t port,
			    enum sip_transport transport)
{
	struct servers *s;

	LIST_FOREACH(s, &all, entry) {
		if (!strcasecmp(s->host, host) && s->port == port &&
		    s->transport == transport)
			return servers_hold(s);
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	snprintf(s->host, sizeof(s->host), "%s", host);
	s->port = port;
	s->transport = transport;
	s->refs = 1;
	LIST_INSERT_HEAD(&all, s, entry);
	return s;
}

struct servers *servers_hold(struct servers *s)
{
	if (s)
		s->refs++;
	return s;
}

void servers_put(struct servers *s)
{
	if (!s || --s->refs)
		return;
	LIST_REMOVE(s, entry);
	dns_forget(s->query);
	if (s->timer)
		event_free(s->timer);
	free(s);
}

const struct sockaddr_in *servers_now(const struct servers *s)
{
	return &s->list[s->now].addr;
}

bool servers_have(const struct servers *s, struct in_addr addr)
{
	for (unsigned int i = 0; i < s->n_all; i++) {
		if (s->list[i].addr.sin_addr.s_addr == addr.s_addr)
			return true;
	}
	return false;
}

const char *servers_host(const struct servers *s, struct in_addr addr)
{
	for (unsigned int i = 0; i < s->n_all; i++) {
		if (s->list[i].addr.sin_addr.s_addr == addr.s_addr &&
		    s->list[i].host[0])
			return s->list[i].host;
	}
	return NULL;
}

unsigned int servers_count(const struct servers *s)
{
	return s->n;
}

bool servers_failed(struct servers *s, const struct sockaddr_in *addr,
		    unsigned int seconds)
{
	struct server *server = find(s->list, s->n, addr);
	uint64_t now = transport_now(), until = now + seconds * UINT64_C(1000);
	bool used = server == &s->list[s->now];
	char text[INET_ADDRSTRLEN];

	if (!server)
		return false;
	if (until > server->failed)
		server->failed = until;
	choose(s);
	if (used && server != &s->list[s->now]) {
		inet_ntop(AF_INET, &addr->sin_addr, text, sizeof(text));
		notify(SIP_NEXT_SERVER, s->host, text, ntohs(addr->sin_port),
		       inet_ntoa(servers_now(s)->sin_addr),
		       ntohs(servers_now(s)->sin_port));
	}
	return s->list[s->now].failed <= now;
}

json_t *servers_report(const struct servers *s)
{
	json_t *list = json_array();

	for (unsigned int i = 0; list && i < s->n; i++) {
		const struct server *one = &s->list[i];
		const char *state = one->failed > transport_now() ? "failed"
								  : "good";

		json_array_append_new(
			list,
			json_pack("{s:o, s:s, s:s, s:b}", "address",
				  json_sprintf("%s:%u",
					       inet_ntoa(one->addr.sin_addr),
					       ntohs(one->addr.sin_port)),
				  "host", one->host, "state", state, "used",
				  i == s->now));
	}
	return list;
}

int servers_init(void (*on_known)(const struct servers *s))
{
	known = on_known;
	return dns_init();
}

void servers_exit(void)
{
	known = NULL;
	dns_exit();
}
