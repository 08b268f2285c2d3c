// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/address.h"
#include "base/loop.h"
#include "base/notify.h"
#include "sip/gateway.h"
#include "sip/networks.h"

static const struct sip_config *config;
static struct event *changes;
static void (*moved)(void);

bool networks_have(struct in_addr addr)
{
	const struct sockaddr_in local = { .sin_family = AF_INET,
					   .sin_addr = addr };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool have = fd < 0 ||
		    !bind(fd, (const struct sockaddr *)&local, sizeof(local)) ||
		    errno != EADDRNOTAVAIL;

	if (fd >= 0)
		close(fd);
	return have;
}

struct in_addr networks_address(const char *interface)
{
	struct ifaddrs *list = NULL;
	struct in_addr ret = { 0 };

	if (getifaddrs(&list) < 0)
		return ret;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		const struct sockaddr_in *in = (const void *)i->ifa_addr;

		if (!in || in->sin_family != AF_INET ||
		    !(i->ifa_flags & IFF_UP) ||
		    strcmp(i->ifa_name, interface) != 0)
			continue;
		ret = in->sin_addr;
		break;
	}
	freeifaddrs(list);
	return ret;
}

static bool is_elsewhere(const char *interface, struct in_addr addr)
{
	return interface[0] &&
	       networks_address(interface).s_addr != addr.s_addr;
}

/* The address that is another one now; NULL: none. */
static const struct in_addr *moved_from(const struct gateway *gw)
{
	if (is_elsewhere(gw->interface, gw->local.sin_addr))
		return &gw->local.sin_addr;
	if (is_elsewhere(gw->media_interface, gw->media.local_addr))
		return &gw->media.local_addr;
	return NULL;
}

static bool is_there(struct in_addr addr)
{
	return addr.s_addr && networks_have(addr);
}

static void look_at(struct gateway *gw)
{
	bool media = is_there(gw->local.sin_addr); /* else signaling's isn't */
	bool absent = !media || !is_there(gw->media.local_addr);
	struct in_addr addr = media ? gw->media.local_addr : gw->local.sin_addr;
	const char *what = addr.s_addr ? inet_ntoa(addr)
			   : media     ? gw->media_interface
				       : gw->interface;

	if (absent == gw->absent)
		return;
	gw->absent = absent;
	if (absent)
		notify(SIP_ADDRESS_GONE, what, gw->name);
	else
		notify(SIP_ADDRESS_THERE, what, gw->name);
}

static void look_at_all(void)
{
	for (unsigned int i = 0; config && i < config->n_gateways; i++)
		look_at(config->gateway[i]);
}

/* Where they were. */
static bool leave_all(void)
{
	bool any = false;

	for (unsigned int i = 0; config && i < config->n_gateways; i++) {
		struct gateway *gw = config->gateway[i];
		const struct in_addr *from = moved_from(gw);

		if (!from)
			continue;
		any = true;
		if (!gw->absent)
			notify(SIP_ADDRESS_GONE, inet_ntoa(*from), gw->name);
		gw->absent = true;
	}
	return any;
}

/* What it was doesn't matter, nor that some of it was lost. */
static void on_change(evutil_socket_t fd, short what, void *arg)
{
	char buf[8192];

	while (recv(fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS)
		;
	if (leave_all())
		moved(); /* which looks at them all */
	else
		look_at_all();
}

int networks_init(void (*on_moved)(void))
{
	int fd = address_changes();

	moved = on_moved;
	if (fd < 0)
		return fd;
	changes = event_new(loop_base(), fd, EV_READ | EV_PERSIST, on_change,
			    NULL);
	if (!changes) {
		close(fd);
		return -ENOMEM;
	}
	return event_add(changes, NULL);
}

void networks_exit(void)
{
	if (!changes)
		return;
	close(event_get_fd(changes));
	event_free(changes);
	changes = NULL;
	config = NULL;
}

void networks_set_config(const struct sip_config *cfg)
{
	config = cfg;
	look_at_all();
}
