// SPDX-License-Identifier: GPL-2.0-or-later
#include "media/ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"

#define PAIRS 32768

/* The pairs of one address; gone when no call has one. */
struct pool {
	struct pool *next;
	struct in_addr addr;
	unsigned int used; /* by calls */
	uint8_t taken[PAIRS / 8]; /* by calls, or they rest */
	/* Whose calls have ended, still bound; the first has rested longest. */
	struct port_pair resting[PORTS_RESTING_MAX];
	unsigned int first, n_resting;
};

static struct pool *pools; /* a few: one for each address of a gateway */

static struct pool *pool_get(struct in_addr addr)
{
	struct pool *p;

	for (p = pools; p; p = p->next) {
		if (p->addr.s_addr == addr.s_addr)
			return p;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->addr = addr;
	p->next = pools;
	pools = p;
	return p;
}

static void close_pair(struct pool *p, const struct port_pair *pair)
{
	for (int i = 0; i < 2; i++) {
		if (pair->fd[i] >= 0)
			close(pair->fd[i]);
	}
	p->taken[pair->port / 2 / 8] &= ~(1 << pair->port / 2 % 8);
}

static const struct port_pair *longest_resting(struct pool *p)
{
	const struct port_pair *pair = &p->resting[p->first];

	p->first = (p->first + 1) % PORTS_RESTING_MAX;
	p->n_resting--;
	return pair;
}

static void pool_put(struct pool *p)
{
	struct pool **at = &pools;

	if (p->used)
		return;
	while (p->n_resting)
		close_pair(p, longest_resting(p));
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
}

static bool is_taken(const struct pool *p, unsigned int pair)
{
	return p->taken[pair / 8] & 1 << pair % 8;
}

static int bind_port(struct in_addr addr, uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr = addr,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err, least = 0;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int bind_pair(struct port_pair *pair)
{
	pair->fd[0] = bind_port(pair->addr, pair->port);
	if (pair->fd[0] < 0)
		return pair->fd[0];
	pair->fd[1] = bind_port(pair->addr, pair->port + 1);
	if (pair->fd[1] >= 0)
		return 0;
	close(pair->fd[0]);
	return pair->fd[1];
}

static void take(struct pool *p, const struct port_pair *pair)
{
	p->taken[pair->port / 2 / 8] |= 1 << pair->port / 2 % 8;
	p->used++;
}

/* One of the range; those that aren't were of a configuration before. */
static bool take_rested(struct pool *p, unsigned int first, unsigned int end,
			struct port_pair *pair)
{
	while (p->n_resting) {
		*pair = *longest_resting(p);
		if (pair->port / 2U >= first && pair->port / 2U < end)
			return true;
		close_pair(p, pair);
	}
	return false;
}

/* Walk the range once from a random place. */
static int search(struct pool *p, unsigned int first, unsigned int n,
		  struct port_pair *pair)
{
	unsigned int i, tries = 0;
	uint32_t start;
	int err;

	err = secret_random(&start, sizeof(start));
	if (err)
		return err;
	for (i = 0; i < n && tries < PORTS_BIND_TRIES; i++) {
		unsigned int k = first + (start % n + i) % n;

		if (is_taken(p, k))
			continue;
		pair->port = k * 2;
		err = bind_pair(pair);
		if (err != -EADDRINUSE)
			return err;
		tries++;
	}
	return -EADDRINUSE;
}

int ports_take(struct in_addr addr, uint16_t min, uint16_t max,
	       struct port_pair *ret)
{
	unsigned int first = (min + 1U) / 2, end = (max + 1U) / 2;
	struct port_pair pair = { .addr = addr };
	struct pool *p;
	int err;

	if (!addr.s_addr)
		return -EADDRNOTAVAIL; /* it would be all of them */
	if (!first || first >= end)
		return -EADDRINUSE;
	p = pool_get(addr);
	if (!p)
		return -ENOMEM;
	if (p->n_resting > PORTS_RESTING_MIN &&
	    take_rested(p, first, end, &pair))
		err = 0;
	else
		err = search(p, first, end - first, &pair);
	if (err && take_rested(p, first, end, &pair))
		err = 0;
	if (!err) {
		take(p, &pair);
		*ret = pair;
	}
	pool_put(p);
	return err;
}

int ports_take_this(struct in_addr addr, uint16_t port, struct port_pair *ret)
{
	struct port_pair pair = { .addr = addr, .port = port };
	struct pool *p;
	int err = 0;

	if (!port || port % 2)
		return -EINVAL;
	p = pool_get(addr);
	if (!p)
		return -ENOMEM;
	if (take_rested(p, port / 2U, port / 2U + 1, &pair)) {
		take(p, &pair);
		*ret = pair;
	} else if (is_taken(p, port / 2)) {
		err = -EADDRINUSE;
	} else {
		if (bind_pair(&pair))
			pair.fd[0] = pair.fd[1] = -1;
		take(p, &pair);
		*ret = pair;
	}
	pool_put(p);
	return err;
}

void ports_release(struct port_pair *pair)
{
	struct pool *p;

	if (!pair->port)
		return;
	p = pool_get(pair->addr); /* there is one, with this pair */
	if (pair->fd[0] >= 0 && p->n_resting < PORTS_RESTING_MAX)
		p->resting[(p->first + p->n_resting++) % PORTS_RESTING_MAX] =
			*pair;
	else
		close_pair(p, pair);
	p->used--;
	pool_put(p);
	pair->port = 0;
}
