// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/client.h"

#define READ_MAX 1024 /* datagrams a call; the rest keeps the fd readable */

struct rgf_events {
	struct rgf *rgf; /* its socket is ours alone */
};

int rgf_events_open(struct rgf_events **ret)
{
	struct rgf_events *ev = calloc(1, sizeof(*ev));
	int r;

	if (!ev)
		return -ENOMEM;
	r = rgf_open(&ev->rgf);
	if (r)
		goto err;
	if (mnl_socket_setsockopt(ev->rgf->nl, NETLINK_ADD_MEMBERSHIP,
				  &ev->rgf->events_group,
				  sizeof(ev->rgf->events_group))) {
		r = -errno;
		goto err;
	}
	*ret = ev;
	return 0;
err:
	rgf_events_close(ev);
	return r;
}

int rgf_events_fd(const struct rgf_events *ev)
{
	return mnl_socket_get_fd(ev->rgf->nl);
}

static int read_datagram(struct rgf *rgf, int left,
			 void (*cb)(const struct rgf_event *e, void *arg),
			 void *arg)
{
	const struct nlmsghdr *nlh = (const void *)rgf->rx;
	struct rgf_event e;
	int ret = 0;

	for (; rgf_msg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		int r;

		if (nlh->nlmsg_type != rgf->family)
			continue;
		r = rgf_read_event(nlh, &e);
		if (!r)
			cb(&e, arg);
		else if (r != -EOPNOTSUPP)
			ret = r;
	}
	return ret;
}

int rgf_events_read(struct rgf_events *ev,
		    void (*cb)(const struct rgf_event *e, void *arg), void *arg)
{
	int ret = 0;

	for (int i = 0; i < READ_MAX; i++) {
		int n = rgf_recv(ev->rgf, MSG_DONTWAIT);

		if (n == -EAGAIN)
			break;
		if (n == -ENOBUFS || n == -EMSGSIZE) {
			ret = -ENOBUFS; /* go on: those that came count */
			continue;
		}
		if (n < 0)
			return n;
		n = read_datagram(ev->rgf, n, cb, arg);
		if (n && !ret)
			ret = n;
	}
	return ret;
}

void rgf_events_close(struct rgf_events *ev)
{
	if (!ev)
		return;
	rgf_close(ev->rgf);
	free(ev);
}
