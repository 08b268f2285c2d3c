// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/client.h"

#define DUMP_TRIES 10

int rgf_fail(struct rgf *rgf, int err)
{
	snprintf(rgf->error, sizeof(rgf->error), "%s", strerror(-err));
	return err;
}

int rgf_send(struct rgf *rgf, const void *p, size_t len)
{
	ssize_t n;

	do {
		n = mnl_socket_sendto(rgf->nl, p, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int rgf_recv(struct rgf *rgf, int flags)
{
	struct iovec iov = { rgf->rx, sizeof(rgf->rx) };
	struct sockaddr_nl from;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	for (;;) {
		ssize_t n;

		msg.msg_namelen = sizeof(from);
		n = recvmsg(mnl_socket_get_fd(rgf->nl), &msg, flags);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && !(flags & MSG_DONTWAIT))
			return -ETIMEDOUT;
		if (n < 0)
			return -errno;
		/* Processes may write to the socket, too. */
		if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0)
			continue;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		return (int)n;
	}
}

/* State of one request. */
struct talk {
	const struct nlmsghdr *req;
	int (*cb)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
	int cb_err;
	bool done, interrupted;
};

static int hear(struct rgf *rgf, struct talk *t, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_seq != t->req->nlmsg_seq ||
	    nlh->nlmsg_pid != rgf->portid)
		return 0; /* of an earlier request that was given up */
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		t->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		t->done = true;
		return rgf_read_error(nlh, t->req, rgf->error);
	}
	if (nlh->nlmsg_type == t->req->nlmsg_type && t->cb && !t->cb_err)
		t->cb_err = t->cb(nlh, t->arg);
	return 0;
}

static int hear_all(struct rgf *rgf, struct talk *t)
{
	while (!t->done) {
		const struct nlmsghdr *nlh = (const void *)rgf->rx;
		int left = rgf_recv(rgf, 0), r = 0;

		if (left < 0)
			return rgf_fail(rgf, left);
		for (; rgf_msg_ok(nlh, left) && !t->done;
		     nlh = mnl_nlmsg_next(nlh, &left))
			r = hear(rgf, t, nlh);
		if (r)
			return r;
	}
	if (t->cb_err)
		return rgf_fail(rgf, t->cb_err);
	return t->interrupted ? rgf_fail(rgf, -EINTR) : 0;
}

int rgf_talk(struct rgf *rgf, struct nlmsghdr *req,
	     int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct talk t = { .req = req, .cb = cb, .arg = arg };
	int r;

	r = rgf_send(rgf, req, req->nlmsg_len);
	r = r ? rgf_fail(rgf, r) : hear_all(rgf, &t);
	explicit_bzero(req, req->nlmsg_len);
	return r;
}

static struct nlmsghdr *request(struct rgf *rgf, uint8_t cmd, uint16_t flags)
{
	return rgf_put_request(rgf->tx, rgf->family, cmd, flags, ++rgf->seq);
}

static int on_family(const struct nlmsghdr *nlh, void *arg)
{
	struct rgf *rgf = arg;

	return rgf_read_family(nlh, &rgf->family, &rgf->events_group);
}

static int find_family(struct rgf *rgf)
{
	struct nlmsghdr *req = rgf_put_request(rgf->tx, GENL_ID_CTRL,
					       CTRL_CMD_GETFAMILY, NLM_F_ACK,
					       ++rgf->seq);

	mnl_attr_put_strz(req, CTRL_ATTR_FAMILY_NAME, RINGFENCE_FAMILY_NAME);
	return rgf_talk(rgf, req, on_family, rgf);
}

static int set_options(struct rgf *rgf)
{
	const struct timeval tv = { .tv_sec = RGF_ANSWER_SECS };
	int fd = mnl_socket_get_fd(rgf->nl), on = 1, size = RGF_RCVBUF;

	if (mnl_socket_setsockopt(rgf->nl, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(rgf->nl, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(rgf->nl, NETLINK_GET_STRICT_CHK, &on,
				  sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)))
		return -errno;
	/* Above rmem_max only where we may; what we got is asked later. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
				 sizeof(size));
	return 0;
}

static int open_socket(struct rgf *rgf)
{
	rgf->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!rgf->nl || mnl_socket_bind(rgf->nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	rgf->portid = mnl_socket_get_portid(rgf->nl);
	return set_options(rgf);
}

int rgf_open(struct rgf **ret)
{
	struct rgf *rgf = calloc(1, sizeof(*rgf));
	int r;

	if (!rgf)
		return -ENOMEM;
	r = open_socket(rgf);
	if (!r)
		r = find_family(rgf);
	if (r) {
		rgf_close(rgf);
		return r;
	}
	*ret = rgf;
	return 0;
}

void rgf_close(struct rgf *rgf)
{
	if (!rgf)
		return;
	if (rgf->nl)
		mnl_socket_close(rgf->nl);
	free(rgf);
}

const char *rgf_error(const struct rgf *rgf)
{
	return rgf->error;
}

static int on_session(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_session(nlh, arg);
}

static int put_and_talk(struct rgf *rgf, uint8_t cmd,
			const struct rgf_session *s, struct rgf_session *answer)
{
	struct nlmsghdr *req = request(rgf, cmd, NLM_F_ACK);
	int r = rgf_put_session(req, s);

	if (r) {
		explicit_bzero(req, req->nlmsg_len);
		return rgf_fail(rgf, r);
	}
	return rgf_talk(rgf, req, answer ? on_session : NULL, answer);
}

int rgf_session_new(struct rgf *rgf, const struct rgf_session *s,
		    uint32_t *ret_id)
{
	struct rgf_session answer = { .id = s->id };
	int r = put_and_talk(rgf, RINGFENCE_CMD_SESSION_NEW, s, &answer);

	if (r)
		return r;
	if (!answer.id)
		return rgf_fail(rgf, -EBADMSG);
	*ret_id = answer.id;
	return 0;
}

int rgf_session_set(struct rgf *rgf, const struct rgf_session *s)
{
	return put_and_talk(rgf, RINGFENCE_CMD_SESSION_SET, s, NULL);
}

int rgf_session_del(struct rgf *rgf, uint32_t id)
{
	const struct rgf_session s = { .id = id };

	return put_and_talk(rgf, RINGFENCE_CMD_SESSION_DEL, &s, NULL);
}

int rgf_session_get(struct rgf *rgf, uint32_t id, struct rgf_session *ret)
{
	const struct rgf_session s = { .id = id };
	struct rgf_session answer = { 0 };
	int r = put_and_talk(rgf, RINGFENCE_CMD_SESSION_GET, &s, &answer);

	if (r)
		return r;
	if (answer.id != id)
		return rgf_fail(rgf, -EBADMSG);
	*ret = answer;
	return 0;
}

static int on_stats(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_stats(nlh, arg);
}

int rgf_stats_get(struct rgf *rgf, struct rgf_stats *ret)
{
	struct rgf_stats s = { 0 };
	int r = rgf_talk(rgf, request(rgf, RINGFENCE_CMD_STATS_GET, NLM_F_ACK),
			 on_stats, &s);

	if (!r)
		*ret = s;
	return r;
}

static int on_config(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_config(nlh, arg);
}

int rgf_config_get(struct rgf *rgf, struct rgf_config *ret)
{
	struct rgf_config c = { 0 };
	int r = rgf_talk(rgf, request(rgf, RINGFENCE_CMD_CONFIG_GET, NLM_F_ACK),
			 on_config, &c);

	if (!r)
		*ret = c;
	return r;
}

int rgf_config_set(struct rgf *rgf, const struct rgf_config *c)
{
	struct nlmsghdr *req =
		request(rgf, RINGFENCE_CMD_CONFIG_SET, NLM_F_ACK);

	rgf_put_config(req, c);
	return rgf_talk(rgf, req, NULL, NULL);
}

/*
 * The messages of a dump, one after the other: they are a fraction of what
 * struct rgf_session takes.
 */
struct list {
	uint8_t *data;
	size_t len, room;
	size_t n;
	struct rgf_session s;
};

static int on_listed(const struct nlmsghdr *nlh, void *arg)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);
	struct list *l = arg;
	int r = rgf_read_session(nlh, &l->s);

	if (r)
		return r;
	if (l->n == RINGFENCE_MAX_SESSIONS)
		return -EOVERFLOW;
	if (l->room - l->len < len) {
		size_t room = l->room ? l->room * 2 : 4 * RGF_RX_MAX;
		uint8_t *data = realloc(l->data, room);

		if (!data)
			return -ENOMEM;
		l->data = data;
		l->room = room;
	}
	memcpy(l->data + l->len, nlh, nlh->nlmsg_len);
	l->len += len;
	l->n++;
	return 0;
}

static int read_list(struct rgf *rgf, struct list *l)
{
	int r = -EINTR;

	for (int i = 0; i < DUMP_TRIES && r == -EINTR; i++) {
		l->len = 0;
		l->n = 0;
		r = rgf_talk(rgf,
			     request(rgf, RINGFENCE_CMD_SESSION_GET,
				     NLM_F_DUMP),
			     on_listed, l);
	}
	if (r == -EINTR)
		snprintf(rgf->error, sizeof(rgf->error),
			 "sessions came or went each time the list was read; "
			 "it may lack some of these or have too many");
	return r;
}

static int tell_list(struct list *l,
		     int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg)
{
	const uint8_t *p = l->data;
	int r = 0;

	for (size_t i = 0; !r && i < l->n; i++) {
		const struct nlmsghdr *nlh = (const void *)p;

		r = rgf_read_session(nlh, &l->s);
		if (!r)
			r = cb(&l->s, arg);
		if (r > 0)
			r = 0;
		p += MNL_ALIGN(nlh->nlmsg_len);
	}
	return r;
}

int rgf_session_dump(struct rgf *rgf,
		     int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg)
{
	struct list *l = calloc(1, sizeof(*l));
	int r, told = 0;

	if (!l)
		return rgf_fail(rgf, -ENOMEM);
	r = read_list(rgf, l);
	if (!r || r == -EINTR)
		told = tell_list(l, cb, arg);
	free(l->data);
	free(l);
	return told ? told : r;
}
