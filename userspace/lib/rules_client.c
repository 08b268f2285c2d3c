// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule sets to and from the module. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/client.h"
#include "lib/rules_msg.h"

#define DUMP_TRIES 10

static struct nlmsghdr *request(struct rgf *rgf, void *buf, uint8_t cmd,
				uint16_t flags)
{
	return rgf_put_request(buf, rgf->family, cmd, flags, ++rgf->seq);
}

/* The kernel takes no message longer than the sender's buffer. */
static void make_room(struct rgf *rgf, size_t len)
{
	int fd = mnl_socket_get_fd(rgf->nl), size = (int)len;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				 sizeof(size));
}

/* A request that may be longer than rgf->tx; frees it. */
static int talk_long(struct rgf *rgf, struct nlmsghdr *req)
{
	int r;

	make_room(rgf, req->nlmsg_len);
	r = rgf_talk(rgf, req, NULL, NULL);
	if (r == -EMSGSIZE)
		snprintf(rgf->error, sizeof(rgf->error),
			 "the socket takes no message of that length; raise "
			 "net.core.wmem_max");
	free(req);
	return r;
}

int rgf_rules_load(struct rgf *rgf, const struct rgf_rules *r, uint32_t confirm)
{
	struct nlmsghdr *req = malloc(rgf_rules_msg_size(r));

	if (!req)
		return rgf_fail(rgf, -ENOMEM);
	request(rgf, req, RINGFENCE_CMD_RULES_SET, NLM_F_ACK);
	rgf_put_rules(req, r, confirm);
	return talk_long(rgf, req);
}

int rgf_address_set_change(struct rgf *rgf, const struct rgf_address_set *set,
			   enum ringfence_set_mode mode)
{
	struct nlmsghdr *req =
		malloc(RGF_REQUEST_MAX + rgf_address_set_msg_size(set));

	if (!req)
		return rgf_fail(rgf, -ENOMEM);
	request(rgf, req, RINGFENCE_CMD_ADDRESS_SET_CHANGE, NLM_F_ACK);
	rgf_put_address_set(req, set, mode);
	return talk_long(rgf, req);
}

int rgf_rules_del(struct rgf *rgf)
{
	return rgf_talk(
		rgf, request(rgf, rgf->tx, RINGFENCE_CMD_RULES_DEL, NLM_F_ACK),
		NULL, NULL);
}

int rgf_rules_confirm(struct rgf *rgf)
{
	return rgf_talk(rgf,
			request(rgf, rgf->tx, RINGFENCE_CMD_RULES_CONFIRM,
				NLM_F_ACK),
			NULL, NULL);
}

static int on_part(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_rules_part(nlh, arg);
}

static int on_rest(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_rules(nlh, arg);
}

static int read_once(struct rgf *rgf, struct rgf_rules *r)
{
	int err = rgf_talk(
		rgf, request(rgf, rgf->tx, RINGFENCE_CMD_RULES_GET, NLM_F_DUMP),
		on_part, r);

	if (err)
		return err;
	return rgf_talk(
		rgf, request(rgf, rgf->tx, RINGFENCE_CMD_RULES_GET, NLM_F_ACK),
		on_rest, r);
}

/* Read again while the rule set is changed meanwhile. */
int rgf_rules_get(struct rgf *rgf, struct rgf_rules **ret)
{
	struct rgf_rules *r = NULL;
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR; i++) {
		rgf_rules_free(r);
		r = rgf_rules_new();
		if (!r)
			return rgf_fail(rgf, -ENOMEM);
		err = read_once(rgf, r);
	}
	if (err)
		rgf_rules_free(r);
	else
		*ret = r;
	return err;
}
