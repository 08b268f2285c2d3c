// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
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

static void look_at(struct gateway *gw)
{
	bool absent = !networks_have(gw->local.sin_addr);

	if (absent == gw->absent)
		return;
	gw->absent = absent;
	if (absent)
		notify(SIP_ADDRESS_GONE, inet_ntoa(gw->local.sin_addr),
		       gw->name);
	else
		notify(SIP_ADDRESS_THERE, inet_ntoa(gw->local.sin_addr),
		       gw->name);
}

static void look_at_all(void)
{
	for (unsigned int i = 0; config && i < config->n_gateways; i++)
		look_at(config->gateway[i]);
}

/* What it was doesn't matter, nor that some of it was lost. */
static void on_change(evutil_socket_t fd, short what, void *arg)
{
	char buf[8192];

	while (recv(fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS)
		;
	look_at_all();
}

int networks_init(void)
{
	int fd = address_changes();

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
