// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/client.h"

/*
 * The kernel queues all answers to one datagram before we read the first. An
 * answer and an acknowledgement may each cost a page and their sk_buff.
 */
#define ANSWER_ROOM   16384 /* bytes of receive buffer for one request */
#define DATAGRAM_MAX  65536 /* bytes; well below the default send buffer */
#define DATAGRAM_REQS 128

struct item {
	size_t len; /* of the request in data[] */
	uint32_t id;
};

struct rgf_batch {
	struct rgf *rgf;
	uint8_t *data; /* requests, one after the other */
	size_t len, room;
	struct item *items;
	size_t n, items_room;
};

int rgf_batch_begin(struct rgf *rgf, struct rgf_batch **ret)
{
	struct rgf_batch *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->rgf = rgf;
	*ret = b;
	return 0;
}

/* Not realloc(): it would leave keys behind in freed memory. */
static int grow_data(struct rgf_batch *b)
{
	size_t room = b->room ? b->room * 2 : 16 * RGF_REQUEST_MAX;
	uint8_t *data;

	if (b->room - b->len >= RGF_REQUEST_MAX)
		return 0;
	data = malloc(room);
	if (!data)
		return -ENOMEM;
	if (b->data) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->len);
		free(b->data);
	}
	b->data = data;
	b->room = room;
	return 0;
}

static int grow_items(struct rgf_batch *b)
{
	size_t room = b->items_room ? b->items_room * 2 : 64;
	struct item *items;

	if (b->n < b->items_room)
		return 0;
	items = reallocarray(b->items, room, sizeof(*items));
	if (!items)
		return -ENOMEM;
	b->items = items;
	b->items_room = room;
	return 0;
}

static int queue(struct rgf_batch *b, uint8_t cmd, const struct rgf_session *s)
{
	struct nlmsghdr *nlh;
	int r;

	if (grow_data(b) || grow_items(b))
		return -ENOMEM;
	/* The sequence number is given when it is sent. */
	nlh = rgf_put_request(b->data + b->len, b->rgf->family, cmd, NLM_F_ACK,
			      0);
	r = rgf_put_session(nlh, s);
	if (r) {
		explicit_bzero(nlh, nlh->nlmsg_len);
		return r;
	}
	b->items[b->n].len = nlh->nlmsg_len;
	b->items[b->n].id = s->id;
	b->len += nlh->nlmsg_len; /* attributes keep it aligned */
	b->n++;
	return 0;
}

int rgf_batch_new(struct rgf_batch *b, const struct rgf_session *s)
{
	return queue(b, RINGFENCE_CMD_SESSION_NEW, s);
}

int rgf_batch_set(struct rgf_batch *b, const struct rgf_session *s)
{
	return queue(b, RINGFENCE_CMD_SESSION_SET, s);
}

int rgf_batch_del(struct rgf_batch *b, uint32_t id)
{
	const struct rgf_session s = { .id = id };

	return queue(b, RINGFENCE_CMD_SESSION_DEL, &s);
}

/* Those requests of a batch that one system call sends. */
struct chunk {
	uint8_t *data;
	size_t len;
	size_t first, n; /* in items[] */
	uint32_t seq; /* of the first */
	size_t answered;
	const uint8_t *req; /* the first that is not answered */
	void (*cb)(size_t n, uint32_t id, int err, const char *text, void *arg);
	void *arg;
};

static void answered(struct rgf_batch *b, struct chunk *c, int err,
		     const char *text)
{
	size_t i = c->first + c->answered;

	c->cb(i, b->items[i].id, err, text, c->arg);
	c->req += b->items[i].len;
	c->answered++;
}

/* The kernel works through a datagram in order, so answers come in order. */
static void hear(struct rgf_batch *b, struct chunk *c,
		 const struct nlmsghdr *nlh)
{
	struct rgf *rgf = b->rgf;
	struct rgf_session s;

	if (nlh->nlmsg_pid != rgf->portid || c->answered == c->n ||
	    nlh->nlmsg_seq - c->seq >= c->n)
		return;
	while (nlh->nlmsg_seq != c->seq + c->answered) {
		if (nlh->nlmsg_seq - c->seq < c->answered)
			return;
		answered(b, c, -ENOBUFS, "the kernel's answer was lost");
	}
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		int r = rgf_read_error(nlh, (const void *)c->req, rgf->error);

		answered(b, c, r, rgf->error);
	} else if (nlh->nlmsg_type == rgf->family &&
		   !rgf_read_session(nlh, &s)) {
		b->items[c->first + c->answered].id = s.id;
	}
}

static int hear_all(struct rgf_batch *b, struct chunk *c)
{
	while (c->answered < c->n) {
		const struct nlmsghdr *nlh = (const void *)b->rgf->rx;
		int left = rgf_recv(b->rgf, 0);

		if (left < 0)
			return rgf_fail(b->rgf, left);
		for (; rgf_msg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			hear(b, c, nlh);
	}
	return 0;
}

static int run_chunk(struct rgf_batch *b, struct chunk *c)
{
	int r = rgf_send(b->rgf, c->data, c->len);

	if (r)
		return rgf_fail(b->rgf, r);
	return hear_all(b, c);
}

/* Take from the batch, at @c->first and @c->data, as much as fits. */
static void cut_chunk(struct rgf_batch *b, struct chunk *c, size_t max_reqs)
{
	c->seq = b->rgf->seq + 1;
	c->len = 0;
	c->n = 0;
	c->answered = 0;
	c->req = c->data;
	while (c->n < max_reqs && c->first + c->n < b->n &&
	       c->len + RGF_REQUEST_MAX <= DATAGRAM_MAX) {
		struct nlmsghdr *nlh = (void *)(c->data + c->len);

		nlh->nlmsg_seq = ++b->rgf->seq;
		c->len += nlh->nlmsg_len;
		c->n++;
	}
}

static size_t reqs_at_once(const struct rgf *rgf)
{
	int size = 0;
	socklen_t len = sizeof(size);
	size_t n;

	(void)getsockopt(mnl_socket_get_fd(rgf->nl), SOL_SOCKET, SO_RCVBUF,
			 &size, &len);
	n = (size_t)size / ANSWER_ROOM;
	if (n > DATAGRAM_REQS)
		n = DATAGRAM_REQS;
	return n ? n : 1;
}

int rgf_batch_run(struct rgf_batch *b,
		  void (*cb)(size_t n, uint32_t id, int err, const char *text,
			     void *arg),
		  void *arg)
{
	struct chunk c = { .data = b->data, .cb = cb, .arg = arg };
	size_t max = reqs_at_once(b->rgf);
	int r = 0;

	while (!r && c.first < b->n) {
		cut_chunk(b, &c, max);
		r = run_chunk(b, &c);
		c.first += c.n;
		c.data += c.len;
	}
	if (b->data)
		explicit_bzero(b->data, b->len);
	b->len = 0;
	b->n = 0;
	return r;
}

void rgf_batch_free(struct rgf_batch *b)
{
	if (!b)
		return;
	if (b->data)
		explicit_bzero(b->data, b->len);
	free(b->data);
	free(b->items);
	free(b);
}
