// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libringfence against a kernel of our own: linked with --wrap, so that each
 * request comes to fake_kernel and its answers are what recvmsg() gives.
 */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/client.h"

#define FAMILY	     31
#define DATAGRAM_MAX 4096
#define QUEUE_MAX    4096

/* What recvmsg() gives next: a datagram, or an error. */
struct datagram {
	int err; /* errno instead of bytes; 0: none */
	uint32_t from; /* port id of the sender; 0 is the kernel */
	size_t len;
	uint8_t *bytes;
};

static struct datagram queue[QUEUE_MAX];
static size_t queue_head, queue_tail;
static void (*fake_kernel)(const struct nlmsghdr *req);
static unsigned int requests, sends, largest_send;

static const uint8_t key_mark[] = "KEYMARKKEYMARKKEYMARKKEYMARKKE";
static bool key_was_freed;

static struct datagram *new_datagram(void)
{
	assert_in_range(queue_tail, 0, QUEUE_MAX - 1);
	queue[queue_tail] = (struct datagram){ 0 };
	return &queue[queue_tail++];
}

static void give_from(const struct nlmsghdr *nlh, uint32_t from)
{
	struct datagram *d = new_datagram();

	d->len = nlh->nlmsg_len;
	d->from = from;
	d->bytes = malloc(d->len);
	assert_non_null(d->bytes);
	memcpy(d->bytes, nlh, d->len);
}

static void give(const struct nlmsghdr *nlh)
{
	give_from(nlh, 0);
}

static void give_err(int err)
{
	new_datagram()->err = err;
}

static void forget_all(void)
{
	for (; queue_head < queue_tail; queue_head++)
		free(queue[queue_head].bytes);
	queue_head = 0;
	queue_tail = 0;
	requests = 0;
	sends = 0;
	largest_send = 0;
	key_was_freed = false;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t size);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t size)
{
	const struct nlmsghdr *nlh = req;
	int left = (int)size;
	unsigned int n = 0;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		requests++;
		n++;
		fake_kernel(nlh);
	}
	assert_int_equal(left, 0);
	sends++;
	if (n > largest_send)
		largest_send = n;
	return (ssize_t)size;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct datagram *d = &queue[queue_head];
	struct sockaddr_nl *from = msg->msg_name;
	size_t room = msg->msg_iov[0].iov_len;

	if (queue_head == queue_tail) {
		errno = EAGAIN;
		return -1;
	}
	queue_head++;
	if (d->err) {
		errno = d->err;
		return -1;
	}
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	from->nl_pid = d->from;
	msg->msg_namelen = sizeof(*from);
	msg->msg_flags = d->len > room ? MSG_TRUNC : 0;
	memcpy(msg->msg_iov[0].iov_base, d->bytes,
	       d->len < room ? d->len : room);
	free(d->bytes);
	return (ssize_t)d->len;
}

void __real_free(void *p);
void __wrap_free(void *p);
void __wrap_free(void *p)
{
	if (p && memmem(p, malloc_usable_size(p), key_mark, 16))
		key_was_freed = true;
	__real_free(p);
}

static _Alignas(struct nlmsghdr) uint8_t buf[DATAGRAM_MAX];

static struct nlmsghdr *answer(const struct nlmsghdr *req, uint16_t type,
			       uint8_t cmd)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = rgf_put_request(buf, type, cmd, 0, req->nlmsg_seq);
	nlh->nlmsg_pid = req->nlmsg_pid;
	return nlh;
}

static struct nlmsghdr *ack(const struct nlmsghdr *req, int err)
{
	struct nlmsghdr *nlh;
	struct nlmsgerr *e;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	nlh->nlmsg_seq = req->nlmsg_seq;
	nlh->nlmsg_pid = req->nlmsg_pid;
	e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));
	e->error = err;
	e->msg = *req;
	return nlh;
}

static struct nlmsghdr *done(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_seq = req->nlmsg_seq;
	nlh->nlmsg_pid = req->nlmsg_pid;
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	return nlh;
}

static struct nlmsghdr *session_answer(const struct nlmsghdr *req, uint8_t cmd,
				       uint32_t id)
{
	struct nlmsghdr *nlh = answer(req, FAMILY, cmd);

	mnl_attr_put_u32(nlh, RINGFENCE_A_SESSION_ID, id);
	return nlh;
}

static uint8_t cmd_of(const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);

	return genl->cmd;
}

/* The kernel fills in the sender's port; the test needs it in its answers. */
static struct rgf *the_handle;

static struct nlmsghdr *with_port(const struct nlmsghdr *req)
{
	static _Alignas(struct nlmsghdr) uint8_t copy[RGF_REQUEST_MAX];
	struct nlmsghdr *nlh = memcpy(copy, req, req->nlmsg_len);

	nlh->nlmsg_pid = the_handle ? the_handle->portid : 0;
	return nlh;
}

static void family_kernel(const struct nlmsghdr *req)
{
	/* Before there is a handle the port is the process's, as bind(2)
	 * gives it to the first socket. */
	struct nlmsghdr *nlh = answer(req, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
	struct nlattr *groups, *one;

	nlh->nlmsg_pid = (uint32_t)getpid();
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	one = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 17);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, "events");
	mnl_attr_nest_end(nlh, one);
	mnl_attr_nest_end(nlh, groups);
	give(nlh);
	nlh = ack(req, 0);
	nlh->nlmsg_pid = (uint32_t)getpid();
	give(nlh);
}

static int setup(void **state)
{
	forget_all();
	the_handle = NULL;
	fake_kernel = family_kernel;
	if (rgf_open(&the_handle))
		return -1;
	assert_int_equal(the_handle->family, FAMILY);
	assert_int_equal(the_handle->events_group, 17);
	forget_all();
	return 0;
}

static int teardown(void **state)
{
	rgf_close(the_handle);
	forget_all();
	return 0;
}

static void absent_kernel(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = ack(req, -ENOENT);

	nlh->nlmsg_pid = (uint32_t)getpid();
	give(nlh);
}

static void test_no_module(void **state)
{
	struct rgf *rgf = NULL;

	fake_kernel = absent_kernel;
	assert_int_equal(rgf_open(&rgf), -ENOENT);
	assert_null(rgf);
}

static void new_kernel(const struct nlmsghdr *req)
{
	req = with_port(req);
	assert_int_equal(cmd_of(req), RINGFENCE_CMD_SESSION_NEW);
	give(session_answer(req, RINGFENCE_CMD_SESSION_NEW, 12));
	give(ack(req, 0));
}

static void put_mark(struct rgf_key *key)
{
	key->len = 30;
	memcpy(key->data, key_mark, 30);
}

static struct rgf_session with_keys(uint32_t id)
{
	struct rgf_session s = {
		.id = id,
		.has = RGF_HAS_LEG_B,
		.leg[1] = { .has = RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS,
			    .tx.n = 1,
			    .rx.n = RINGFENCE_MAX_KEYS },
	};

	put_mark(&s.leg[1].tx.key[0].key);
	for (unsigned int i = 0; i < RINGFENCE_MAX_KEYS; i++)
		put_mark(&s.leg[1].rx.key[i].key);
	return s;
}

static void test_new(void **state)
{
	const struct rgf_session s = with_keys(0);
	uint32_t id = 0;

	fake_kernel = new_kernel;
	assert_int_equal(rgf_session_new(the_handle, &s, &id), 0);
	assert_int_equal(id, 12);
}

static void test_keys_are_wiped(void **state)
{
	const struct rgf_session s = with_keys(0);
	uint32_t id;

	fake_kernel = new_kernel;
	assert_int_equal(rgf_session_new(the_handle, &s, &id), 0);
	assert_null(memmem(the_handle, sizeof(*the_handle), key_mark, 16));
}

static void test_bad_keys_are_wiped(void **state)
{
	struct rgf_session s = with_keys(0);
	struct rgf_batch *b = NULL;
	uint32_t id = 99;

	s.leg[1].rx.key[3].mki_len = RINGFENCE_MKI_MAX + 1;
	assert_int_equal(rgf_session_new(the_handle, &s, &id), -EINVAL);
	assert_int_equal(id, 99);
	assert_null(memmem(the_handle, sizeof(*the_handle), key_mark, 16));
	assert_int_equal(rgf_batch_begin(the_handle, &b), 0);
	assert_int_equal(rgf_batch_new(b, &s), -EINVAL);
	rgf_batch_free(b);
	assert_false(key_was_freed);
	s.leg[1].rx.n = RINGFENCE_MAX_KEYS + 1;
	assert_int_equal(rgf_session_new(the_handle, &s, &id), -EINVAL);
	assert_null(memmem(the_handle, sizeof(*the_handle), key_mark, 16));
	assert_int_equal(requests, 0);
}

static void refusing_kernel(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	req = with_port(req);
	nlh = ack(req, -EADDRINUSE);
	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "port is in use");
	give(nlh);
}

static void test_refused(void **state)
{
	const struct rgf_session s = with_keys(0);
	uint32_t id = 99;

	fake_kernel = refusing_kernel;
	assert_int_equal(rgf_session_new(the_handle, &s, &id), -EADDRINUSE);
	assert_string_equal(rgf_error(the_handle), "port is in use");
	assert_int_equal(id, 99);
	assert_null(memmem(the_handle, sizeof(*the_handle), key_mark, 16));
}

/* Before the true answer: another process, another request, another port. */
static void noisy_kernel(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	req = with_port(req);
	give_err(EINTR);
	give_from(ack(req, -EPERM), 4711);
	nlh = ack(req, -EPERM);
	nlh->nlmsg_seq--;
	give(nlh);
	nlh = ack(req, -EPERM);
	nlh->nlmsg_pid++;
	give(nlh);
	give(session_answer(req, RINGFENCE_CMD_SESSION_GET, 5));
	give(ack(req, 0));
}

static void test_strangers_are_ignored(void **state)
{
	struct rgf_session s;

	fake_kernel = noisy_kernel;
	assert_int_equal(rgf_session_get(the_handle, 5, &s), 0);
	assert_int_equal(s.id, 5);
	assert_int_equal(queue_head, queue_tail);
}

static void test_wrong_session(void **state)
{
	struct rgf_session s;

	fake_kernel = noisy_kernel; /* answers with 5 */
	assert_int_equal(rgf_session_get(the_handle, 6, &s), -EBADMSG);
}

static void silent_kernel(const struct nlmsghdr *req)
{
}

static void test_no_answer(void **state)
{
	fake_kernel = silent_kernel;
	assert_int_equal(rgf_session_del(the_handle, 5), -ETIMEDOUT);
	assert_string_equal(rgf_error(the_handle), strerror(ETIMEDOUT));
}

/* A dump of two, of which the first `interrupted` are interrupted. */
static unsigned int interrupted;

static void dump_kernel(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	req = with_port(req);
	assert_true(req->nlmsg_flags & NLM_F_DUMP);
	for (uint32_t id = 1; id <= 2; id++) {
		nlh = session_answer(req, RINGFENCE_CMD_SESSION_GET, id);
		nlh->nlmsg_flags = NLM_F_MULTI;
		if (id == 2 && requests <= interrupted)
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		give(nlh);
	}
	give(done(req));
}

static int count_session(const struct rgf_session *s, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(s->id, ++*n);
	return 0;
}

static void test_dump(void **state)
{
	unsigned int n = 0;

	fake_kernel = dump_kernel;
	interrupted = 0;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(requests, 1);
}

static void test_dump_is_repeated(void **state)
{
	unsigned int n = 0;

	fake_kernel = dump_kernel;
	interrupted = 3;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(requests, 4);
}

static void test_dump_is_bounded(void **state)
{
	unsigned int n = 0;

	fake_kernel = dump_kernel;
	interrupted = UINT32_MAX;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n),
			 -EINTR);
	assert_int_equal(n, 2); /* partial, and said to be */
	assert_int_equal(requests, 10);
}

static int stop_at_once(const struct rgf_session *s, void *arg)
{
	unsigned int *n = arg;

	++*n;
	return -ECANCELED;
}

static void test_dump_is_stopped(void **state)
{
	unsigned int n = 0;

	fake_kernel = dump_kernel;
	interrupted = 0;
	assert_int_equal(rgf_session_dump(the_handle, stop_at_once, &n),
			 -ECANCELED);
	assert_int_equal(n, 1);
}

static void broken_dump_kernel(const struct nlmsghdr *req)
{
	req = with_port(req);
	give(answer(req, FAMILY, RINGFENCE_CMD_SESSION_GET)); /* no id */
	give(session_answer(req, RINGFENCE_CMD_SESSION_GET, 1));
	give(done(req));
}

static void test_dump_with_garbage(void **state)
{
	unsigned int n = 0;

	fake_kernel = broken_dump_kernel;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n),
			 -EBADMSG);
	assert_int_equal(n, 0);
	assert_int_equal(queue_head, queue_tail); /* read to its end */
}

/* As many sessions as there may be, with one more if so told. */
static unsigned int dump_size;

static void big_dump_kernel(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	/* More than the queue holds: several to a datagram. */
	req = with_port(req);
	for (uint32_t id = 1; id <= dump_size;) {
		struct datagram *d = new_datagram();

		d->bytes = calloc(1, RGF_RX_MAX);
		assert_non_null(d->bytes);
		while (id <= dump_size && d->len < RGF_RX_MAX - 100) {
			nlh = session_answer(req, RINGFENCE_CMD_SESSION_GET,
					     id++);
			nlh->nlmsg_flags = NLM_F_MULTI;
			memcpy(d->bytes + d->len, nlh, nlh->nlmsg_len);
			d->len += nlh->nlmsg_len;
		}
	}
	give(done(req));
}

static void test_dump_of_all(void **state)
{
	unsigned int n = 0;

	fake_kernel = big_dump_kernel;
	dump_size = RINGFENCE_MAX_SESSIONS;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n), 0);
	assert_int_equal(n, RINGFENCE_MAX_SESSIONS);
	forget_all();
	dump_size++;
	assert_int_equal(rgf_session_dump(the_handle, count_session, &n),
			 -EOVERFLOW);
	assert_int_equal(n, RINGFENCE_MAX_SESSIONS);
}

static struct rgf_config kernels_config;
static bool config_in_half;

static void config_kernel(const struct nlmsghdr *req)
{
	const struct nlattr *tb[RINGFENCE_A_CONFIG_MAX + 1];
	struct nlmsghdr *nlh;

	req = with_port(req);
	if (cmd_of(req) == RINGFENCE_CMD_CONFIG_GET) {
		nlh = answer(req, FAMILY, RINGFENCE_CMD_CONFIG_GET);
		rgf_put_config(nlh, &kernels_config);
		if (config_in_half)
			mnl_attr_put_u8(nlh, RINGFENCE_A_CONFIG_MEDIA_PORT_MAX,
					1);
		give(nlh);
		give(ack(req, 0));
		return;
	}
	assert_int_equal(cmd_of(req), RINGFENCE_CMD_CONFIG_SET);
	assert_int_equal(
		rgf_attrs_read(mnl_nlmsg_get_payload_offset(req, GENL_HDRLEN),
			       mnl_nlmsg_get_payload_len(req) - GENL_HDRLEN,
			       &rgf_config_attrs, tb),
		0);
	assert_non_null(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN]);
	assert_non_null(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX]);
	if (mnl_attr_get_u16(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN]) == 1) {
		nlh = ack(req, -EINVAL);
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "too low");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 16 + 4);
		give(nlh);
		return;
	}
	kernels_config.has = RGF_HAS_MEDIA_PORTS;
	kernels_config.media_port_min =
		mnl_attr_get_u16(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN]);
	kernels_config.media_port_max =
		mnl_attr_get_u16(tb[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX]);
	give(ack(req, 0));
}

static void test_config(void **state)
{
	const struct rgf_config set = { RGF_HAS_MEDIA_PORTS, 20000, 29999 };
	const struct rgf_config bad = { RGF_HAS_MEDIA_PORTS, 1, 29999 };
	struct rgf_config got;

	fake_kernel = config_kernel;
	config_in_half = false;
	kernels_config = (struct rgf_config){ 0 };
	assert_int_equal(rgf_config_get(the_handle, &got), 0);
	assert_int_equal(got.has, 0); /* a module without the setting */
	assert_int_equal(rgf_config_set(the_handle, &set), 0);
	assert_int_equal(rgf_config_get(the_handle, &got), 0);
	assert_memory_equal(&got, &set, sizeof(got));
	assert_int_equal(rgf_config_set(the_handle, &bad), -EINVAL);
	assert_string_equal(rgf_error(the_handle),
			    "too low (in: media-port-min)");
	config_in_half = true;
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(rgf_config_get(the_handle, &got), -EBADMSG);
	assert_int_equal(got.media_port_min, 0x5a5a);
}

/* Batches: id 1000 + n for each new session, but n = 3 is refused. */
static unsigned int lost; /* this request's answer does not come; 0: none */

static void batch_kernel(const struct nlmsghdr *req)
{
	req = with_port(req);
	if (requests == lost)
		return;
	if (requests == 3) {
		give(ack(req, -EBUSY));
		return;
	}
	if (cmd_of(req) == RINGFENCE_CMD_SESSION_NEW)
		give(session_answer(req, RINGFENCE_CMD_SESSION_NEW,
				    1000 + requests));
	give(ack(req, 0));
}

struct heard {
	size_t n;
	unsigned int failed;
	int err_of_3;
	uint32_t last_id;
};

static void hear(size_t n, uint32_t id, int err, const char *text, void *arg)
{
	struct heard *h = arg;

	assert_int_equal(n, h->n);
	h->n++;
	if (err)
		h->failed++;
	if (n == 2)
		h->err_of_3 = err;
	h->last_id = id;
	if (!err)
		assert_int_equal(id, 1001 + n);
}

static struct rgf_batch *batch_of(unsigned int n)
{
	const struct rgf_session s = with_keys(0);
	struct rgf_batch *b = NULL;

	assert_int_equal(rgf_batch_begin(the_handle, &b), 0);
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(rgf_batch_new(b, &s), 0);
	return b;
}

static void test_batch(void **state)
{
	struct rgf_batch *b = batch_of(1000);
	struct heard h = { 0 };

	fake_kernel = batch_kernel;
	lost = 0;
	assert_int_equal(rgf_batch_run(b, hear, &h), 0);
	assert_int_equal(h.n, 1000);
	assert_int_equal(h.failed, 1);
	assert_int_equal(h.err_of_3, -EBUSY);
	assert_int_equal(h.last_id, 2000);
	assert_in_range(largest_send, 2, 128);
	assert_in_range(sends, 1000 / 128, 500);
	/* It is empty now, and may be used again. */
	assert_int_equal(rgf_batch_run(b, hear, &h), 0);
	assert_int_equal(requests, 1000);
	rgf_batch_free(b);
	assert_false(key_was_freed);
}

static void test_batch_dropped(void **state)
{
	rgf_batch_free(batch_of(1000));
	assert_false(key_was_freed);
	rgf_batch_free(NULL);
}

static void test_batch_lost_answer(void **state)
{
	struct rgf_batch *b = batch_of(6);
	struct heard h = { 0 };

	fake_kernel = batch_kernel;
	lost = 5;
	assert_int_equal(rgf_batch_run(b, hear, &h), 0);
	assert_int_equal(h.n, 6);
	assert_int_equal(h.failed, 2);
	rgf_batch_free(b);
}

static void test_batch_no_answer(void **state)
{
	struct rgf_batch *b = batch_of(6);
	struct heard h = { 0 };

	fake_kernel = silent_kernel;
	assert_int_equal(rgf_batch_run(b, hear, &h), -ETIMEDOUT);
	rgf_batch_free(b);
	assert_false(key_was_freed);
}

static void changes_kernel(const struct nlmsghdr *req)
{
	static const uint8_t want[] = { RINGFENCE_CMD_SESSION_SET,
					RINGFENCE_CMD_SESSION_SET,
					RINGFENCE_CMD_SESSION_DEL };
	struct nlmsghdr *nlh;

	assert_int_equal(cmd_of(req), want[requests - 1]);
	nlh = ack(with_port(req), -ENOENT);
	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	if (requests <= 2) /* what comes after the id */
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 16 + 4 + 8);
	give(nlh);
}

static void hear_changes(size_t n, uint32_t id, int err, const char *text,
			 void *arg)
{
	static const char *const want[] = {
		"No such file or directory (in: label)",
		"No such file or directory (in: leg-b)",
		"No such file or directory",
	};
	unsigned int *count = arg;

	assert_int_equal(id, 40 + n);
	assert_int_equal(err, -ENOENT);
	assert_string_equal(text, want[n]);
	++*count;
}

static void test_batch_of_changes(void **state)
{
	const struct rgf_session first = { .id = 40, .has = RGF_HAS_LABEL };
	const struct rgf_session second = { .id = 41, .has = RGF_HAS_LEG_B };
	struct rgf_batch *b = NULL;
	unsigned int n = 0;

	fake_kernel = changes_kernel;
	assert_int_equal(rgf_batch_begin(the_handle, &b), 0);
	assert_int_equal(rgf_batch_set(b, &first), 0);
	assert_int_equal(rgf_batch_set(b, &second), 0);
	assert_int_equal(rgf_batch_del(b, 42), 0);
	assert_int_equal(rgf_batch_run(b, hear_changes, &n), 0);
	assert_int_equal(n, 3);
	rgf_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_module),
#define WITH_HANDLE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		WITH_HANDLE(test_new),
		WITH_HANDLE(test_keys_are_wiped),
		WITH_HANDLE(test_bad_keys_are_wiped),
		WITH_HANDLE(test_refused),
		WITH_HANDLE(test_strangers_are_ignored),
		WITH_HANDLE(test_wrong_session),
		WITH_HANDLE(test_no_answer),
		WITH_HANDLE(test_dump),
		WITH_HANDLE(test_dump_is_repeated),
		WITH_HANDLE(test_dump_is_bounded),
		WITH_HANDLE(test_dump_is_stopped),
		WITH_HANDLE(test_dump_with_garbage),
		WITH_HANDLE(test_dump_of_all),
		WITH_HANDLE(test_config),
		WITH_HANDLE(test_batch),
		WITH_HANDLE(test_batch_dropped),
		WITH_HANDLE(test_batch_lost_answer),
		WITH_HANDLE(test_batch_no_answer),
		WITH_HANDLE(test_batch_of_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
