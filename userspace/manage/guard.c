// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: patrol, at once after an accept and then each second while there are
 * connections.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <event2/event.h>

#include "base/loop.h"
#include "manage/guard.h"

#define SEEN_MAX (2 * GUARD_CONNS_MAX) /* in one look; the next sees the rest */

struct seen {
	int fd;
	uid_t uid;
	uint64_t cookie; /* no other socket ever has it */
	time_t since;
	bool closed;
};

struct look {
	struct seen conn[SEEN_MAX];
	unsigned int n;
};

struct rate {
	uid_t uid;
	unsigned int tokens;
	uint64_t last_ms;
};

static int listener = -1;
static struct sockaddr_un address;
static struct event *patrol;
static struct look last;
static struct rate rates[GUARD_USERS_MAX];
static unsigned int n_rates;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* An accepted socket has the listener's name. */
static bool is_ours(int fd)
{
	struct sockaddr_un name = { 0 };
	socklen_t len = sizeof(name);

	return fd >= 0 && fd != listener &&
	       !getsockname(fd, (struct sockaddr *)&name, &len) &&
	       name.sun_family == AF_UNIX &&
	       !memcmp(&name, &address, sizeof(name));
}

static int add(const struct event_base *base, const struct event *ev, void *arg)
{
	struct look *now = arg;
	struct seen *s = &now->conn[now->n];
	socklen_t len = sizeof(s->cookie), cred_len = sizeof(struct ucred);
	int fd = (int)event_get_fd(ev);
	struct ucred peer;

	for (unsigned int i = 0; i < now->n; i++) {
		if (now->conn[i].fd == fd)
			return 0; /* one event to read, one to write */
	}
	if (!is_ours(fd))
		return 0;
	memset(s, 0, sizeof(*s));
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &s->cookie, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &cred_len) < 0)
		return 0;
	s->fd = fd;
	s->uid = peer.uid;
	return ++now->n == SEEN_MAX;
}

/* When it was first seen; those of before come first. */
static void set_since(struct look *now, time_t time)
{
	unsigned int known = 0;

	for (unsigned int i = 0; i < now->n; i++) {
		struct seen s = now->conn[i];

		for (unsigned int j = 0; j < last.n && !s.since; j++) {
			if (last.conn[j].cookie == s.cookie)
				s.since = last.conn[j].since;
		}
		if (s.since) {
			now->conn[i] = now->conn[known];
			now->conn[known++] = s;
		} else {
			now->conn[i].since = time;
		}
	}
}

/* Is there room for it beside those before it that were not closed? */
static bool has_room(const struct look *now, unsigned int at)
{
	const struct seen *s = &now->conn[at];
	unsigned int all = 0, users = 0, own = 0;

	for (unsigned int i = 0; i < at; i++) {
		if (now->conn[i].closed)
			continue;
		all++;
		users += now->conn[i].uid != 0;
		own += now->conn[i].uid == s->uid;
	}
	if (s->uid == 0)
		return all < GUARD_CONNS_MAX;
	return all < GUARD_CONNS_MAX && users < GUARD_CONNS_USERS &&
	       own < GUARD_CONNS_A_USER;
}

static void on_patrol(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval second = { .tv_sec = 1 };
	time_t time = (time_t)(now_ms() / 1000) + 1; /* 0: not known */
	struct look now;

	now.n = 0;
	event_base_foreach_event(loop_base(), add, &now);
	set_since(&now, time);
	for (unsigned int i = 0; i < now.n; i++) {
		struct seen *s = &now.conn[i];

		s->closed = time - s->since > GUARD_SECONDS ||
			    !has_room(&now, i);
		/* Its owner reads the end of it, and frees it. */
		if (s->closed)
			shutdown(s->fd, SHUT_RDWR);
	}
	last = now;
	if (now.n > 0)
		event_add(patrol, &second);
}

int guard_init(int fd)
{
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return -errno;
	patrol = evtimer_new(loop_base(), on_patrol, NULL);
	if (!patrol)
		return -ENOMEM;
	listener = fd;
	last.n = 0;
	n_rates = 0;
	return 0;
}

void guard_exit(void)
{
	if (patrol)
		event_free(patrol);
	patrol = NULL;
	listener = -1;
}

void guard_accepted(void)
{
	event_active(patrol, EV_TIMEOUT, 0);
}

static struct rate *find_rate(uid_t uid, uint64_t now)
{
	struct rate *oldest = &rates[0];

	for (unsigned int i = 0; i < n_rates; i++) {
		if (rates[i].uid == uid)
			return &rates[i];
		if (rates[i].last_ms < oldest->last_ms)
			oldest = &rates[i];
	}
	if (n_rates < GUARD_USERS_MAX)
		oldest = &rates[n_rates++];
	*oldest = (struct rate){ uid, GUARD_BURST, now };
	return oldest;
}

bool guard_allow(uid_t uid)
{
	uint64_t now = now_ms(), fresh;
	struct rate *r;

	if (uid == 0)
		return true;
	r = find_rate(uid, now);
	fresh = (now - r->last_ms) * GUARD_RATE_PER_S / 1000;
	if (fresh > 0) {
		r->tokens = r->tokens + fresh > GUARD_BURST
				    ? GUARD_BURST
				    : r->tokens + (unsigned int)fresh;
		r->last_ms = now;
	}
	if (!r->tokens)
		return false;
	r->tokens--;
	return true;
}
