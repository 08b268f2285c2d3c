// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * To ask the kernel for all of them took a tenth of a call's time, so they are
 * kept until it tells that one came or went: that waits in the socket when the
 * next question comes.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "media/own-addr.h"

static int changes = -1;
static bool known;
static struct in_addr *list;
static size_t n_list;

/* Has anything been told since? Also if it is too much, or can't be read. */
static bool changed(void)
{
	char buf[8192];
	bool any = false;

	if (changes < 0)
		return true;
	while (recv(changes, buf, sizeof(buf), 0) >= 0 || errno == EINTR)
		any = true;
	return any || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static void add(const struct sockaddr *sa)
{
	if (sa && sa->sa_family == AF_INET)
		list[n_list++] = ((const struct sockaddr_in *)sa)->sin_addr;
}

static bool read_all(void)
{
	struct ifaddrs *all, *i;
	size_t n = 0;

	if (getifaddrs(&all))
		return false;
	for (i = all; i; i = i->ifa_next)
		n++;
	free(list);
	n_list = 0;
	list = malloc(2 * n * sizeof(*list) + 1);
	for (i = all; list && i; i = i->ifa_next) {
		add(i->ifa_addr);
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET &&
		    i->ifa_flags & IFF_BROADCAST)
			add(i->ifa_broadaddr);
	}
	freeifaddrs(all);
	return list;
}

bool own_addr(struct in_addr addr)
{
	/* Listens before it reads, so that nothing is missed. */
	if (changes < 0)
		changes = address_changes();
	if (changed() || !known)
		known = read_all();
	if (!known)
		return true;
	for (size_t i = 0; i < n_list; i++) {
		if (list[i].s_addr == addr.s_addr)
			return true;
	}
	return false;
}

void own_addr_exit(void)
{
	if (changes >= 0)
		close(changes);
	changes = -1;
	known = false;
	free(list);
	list = NULL;
	n_list = 0;
}
