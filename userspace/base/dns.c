// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: `tick`, at once when there is a new question, else when c-ares wants to
 * ask again or to give up. c-ares may answer at once; from the tick, nobody is
 * in the way.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/dns.h"
#include "base/loop.h"

/* With the second of two servers, or tries, after 2 and 4 seconds. */
#define DNS_TIMEOUT_MS 2000
#define DNS_TRIES      2

struct dns_query {
	TAILQ_ENTRY(dns_query) entry;
	enum dns_kind kind;
	char name[DNS_NAME_MAX + 1];
	bool started;
	void (*done)(const struct dns_reply *reply, void *arg);
	void *arg;
};

/* A socket of c-ares. */
struct watch {
	LIST_ENTRY(watch) entry;
	ares_socket_t fd;
	struct event *ev;
};

static TAILQ_HEAD(, dns_query) queries = TAILQ_HEAD_INITIALIZER(queries);
static LIST_HEAD(, watch) watches = LIST_HEAD_INITIALIZER(watches);
static char servers_wanted[128];
static unsigned int n_queries;
static ares_channel channel; /* while there are questions */
static struct event *tick;

static void arm(unsigned int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(tick, &tv);
}

static struct dns_query *next_new(void)
{
	struct dns_query *q;

	TAILQ_FOREACH(q, &queries, entry) {
		/* clang takes one that was removed to be in the list. */
		if (!q->started) /* NOLINT(clang-analyzer-unix.Malloc) */
			return q;
	}
	return NULL;
}

static void settle(void)
{
	struct timeval tv, *wait;

	if (next_new()) {
		arm(0);
		return;
	}
	if (!n_queries) {
		if (channel)
			ares_destroy(channel);
		channel = NULL;
		event_del(tick);
		return;
	}
	wait = ares_timeout(channel, NULL, &tv);
	if (wait)
		event_add(tick, wait);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	ares_process_fd(channel, what & EV_READ ? fd : ARES_SOCKET_BAD,
			what & EV_WRITE ? fd : ARES_SOCKET_BAD);
	settle();
}

static void unwatch(struct watch *w)
{
	LIST_REMOVE(w, entry);
	event_free(w->ev);
	free(w);
}

/* c-ares opened, or closed, a socket, or waits for something else. */
static void on_state(void *data, ares_socket_t fd, int readable, int writable)
{
	short what =
		(short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
	struct watch *w;

	LIST_FOREACH(w, &watches, entry) {
		if (w->fd == fd)
			break;
	}
	if (w)
		unwatch(w);
	if (!what)
		return;
	/* Without memory its question times out. */
	w = calloc(1, sizeof(*w));
	if (!w)
		return;
	w->fd = fd;
	w->ev = event_new(loop_base(), fd, (short)(what | EV_PERSIST),
			  on_socket, NULL);
	if (!w->ev) {
		free(w);
		return;
	}
	LIST_INSERT_HEAD(&watches, w, entry);
	event_add(w->ev, NULL);
}

static void finish(struct dns_query *q, const struct dns_reply *reply)
{
	TAILQ_REMOVE(&queries, q, entry);
	n_queries--;
	if (q->done)
		q->done(reply, q->arg);
	free(q);
}

static void fail(struct dns_query *q, int status)
{
	const struct dns_reply reply = {
		.err = status == ARES_ENOTFOUND || status == ARES_ENODATA
			       ? -ENOENT
			       : -EIO,
		.why = ares_strerror(status),
	};

	finish(q, &reply);
}

static void answer(struct dns_query *q, int status,
		   const struct dns_reply *reply)
{
	if (!status && !reply->n)
		status = ARES_ENODATA;
	if (status)
		fail(q, status);
	else
		finish(q, reply);
}

/* Written out, with escapes, it may be longer; cut, it would be another name. */
static bool fits(const char *name)
{
	return strlen(name) <= DNS_NAME_MAX;
}

static void add_srv(struct dns_reply *reply, const struct ares_srv_reply *srv)
{
	struct dns_record *r = &reply->record[reply->n];

	if (!fits(srv->host))
		return;
	reply->n++;
	r->order = srv->priority;
	r->preference = srv->weight;
	r->port = srv->port;
	snprintf(r->name, sizeof(r->name), "%s", srv->host);
}

static int parse_srv(unsigned char *buf, int len, struct dns_reply *reply)
{
	struct ares_srv_reply *list = NULL;
	int ret = ares_parse_srv_reply(buf, len, &list);

	for (struct ares_srv_reply *s = list; s && reply->n < DNS_RECORDS_MAX;
	     s = s->next)
		add_srv(reply, s);
	if (list)
		ares_free_data(list);
	return ret;
}

static void add_naptr(struct dns_reply *reply,
		      const struct ares_naptr_reply *naptr)
{
	struct dns_record *r = &reply->record[reply->n];

	if (strcasecmp((const char *)naptr->flags, "s") != 0 ||
	    !fits(naptr->replacement))
		return;
	r->order = naptr->order;
	r->preference = naptr->preference;
	snprintf(r->service, sizeof(r->service), "%s",
		 (const char *)naptr->service);
	snprintf(r->name, sizeof(r->name), "%s", naptr->replacement);
	reply->n++;
}

static int parse_naptr(unsigned char *buf, int len, struct dns_reply *reply)
{
	struct ares_naptr_reply *list = NULL;
	int ret = ares_parse_naptr_reply(buf, len, &list);

	for (struct ares_naptr_reply *n = list; n && reply->n < DNS_RECORDS_MAX;
	     n = n->next)
		add_naptr(reply, n);
	if (list)
		ares_free_data(list);
	return ret;
}

static void on_records(void *arg, int status, int timeouts, unsigned char *buf,
		       int len)
{
	struct dns_reply reply = { 0 };
	struct dns_query *q = arg;

	if (!status)
		status = q->kind == DNS_SRV ? parse_srv(buf, len, &reply)
					    : parse_naptr(buf, len, &reply);
	answer(q, status, &reply);
}

static void add_address(struct dns_reply *reply,
			const struct ares_addrinfo_node *node)
{
	struct dns_record *r = &reply->record[reply->n++];
	const struct sockaddr_in *in = (const void *)node->ai_addr;

	r->addr = in->sin_addr;
	r->ttl = node->ai_ttl > 0 ? (uint32_t)node->ai_ttl : 0;
}

static void on_addresses(void *arg, int status, int timeouts,
			 struct ares_addrinfo *info)
{
	struct dns_reply reply = { 0 };
	struct dns_query *q = arg;

	for (const struct ares_addrinfo_node *n = info ? info->nodes : NULL;
	     n && reply.n < DNS_RECORDS_MAX; n = n->ai_next) {
		if (n->ai_family == AF_INET)
			add_address(&reply, n);
	}
	if (info)
		ares_freeaddrinfo(info);
	answer(q, status, &reply);
}

static void start(struct dns_query *q)
{
	static const struct ares_addrinfo_hints hints = {
		.ai_flags = ARES_AI_NOSORT,
		.ai_family = AF_INET,
	};

	q->started = true;
	if (q->kind == DNS_ADDRESS)
		ares_getaddrinfo(channel, q->name, NULL, &hints, on_addresses,
				 q);
	else
		ares_query(channel, q->name, ns_c_in,
			   q->kind == DNS_SRV ? ns_t_srv : ns_t_naptr,
			   on_records, q);
}

static int open_channel(void)
{
	struct ares_options opt = {
		.timeout = DNS_TIMEOUT_MS,
		.tries = DNS_TRIES,
		.sock_state_cb = on_state,
	};
	int ret = ares_init_options(&channel, &opt,
				    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					    ARES_OPT_SOCK_STATE_CB);

	if (!ret && servers_wanted[0]) {
		ret = ares_set_servers_ports_csv(channel, servers_wanted);
		if (ret)
			ares_destroy(channel);
	}
	if (ret)
		channel = NULL;
	return ret;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	int ret = channel ? 0 : open_channel();
	struct dns_query *q;

	while ((q = next_new())) {
		if (ret)
			fail(q, ret);
		else
			start(q);
	}
	if (channel)
		ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	settle();
}

struct dns_query *
dns_ask(enum dns_kind kind, const char *name, const char *servers,
	void (*done)(const struct dns_reply *reply, void *arg), void *arg)
{
	struct dns_query *q;

	if (n_queries == DNS_QUERIES_MAX || strlen(name) > DNS_NAME_MAX)
		return NULL;
	q = calloc(1, sizeof(*q));
	if (!q)
		return NULL;
	q->kind = kind;
	snprintf(q->name, sizeof(q->name), "%s", name);
	q->done = done;
	q->arg = arg;
	if (!channel)
		snprintf(servers_wanted, sizeof(servers_wanted), "%s",
			 servers ? servers : "");
	TAILQ_INSERT_TAIL(&queries, q, entry);
	n_queries++;
	arm(0);
	return q;
}

void dns_forget(struct dns_query *q)
{
	if (q)
		q->done = NULL;
}

int dns_init(void)
{
	if (ares_library_init(ARES_LIB_INIT_ALL))
		return -ENOMEM;
	tick = evtimer_new(loop_base(), on_tick, NULL);
	if (tick)
		return 0;
	ares_library_cleanup();
	return -ENOMEM;
}

void dns_exit(void)
{
	struct dns_query *q;

	if (!tick)
		return;
	TAILQ_FOREACH(q, &queries, entry) {
		q->done = NULL;
	}
	/* Those it has are answered by that, as cancelled. */
	if (channel)
		ares_destroy(channel);
	channel = NULL;
	while ((q = TAILQ_FIRST(&queries))) {
		TAILQ_REMOVE(&queries, q, entry);
		free(q);
	}
	n_queries = 0;
	event_free(tick);
	tick = NULL;
	ares_library_cleanup();
}
