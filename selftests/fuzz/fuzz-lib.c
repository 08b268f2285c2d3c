// SPDX-License-Identifier: GPL-2.0-or-later
/* libringfence: any datagram is read or refused; the first byte says by whom. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/guard_msg.h"
#include "lib/msg.h"

static _Alignas(struct nlmsghdr) uint8_t req_buf[RGF_REQUEST_MAX];

static const struct nlmsghdr *request(void)
{
	const struct rgf_session s = {
		.id = 1,
		.has = RGF_HAS_LEG_A | RGF_HAS_LEG_B,
		.leg[0] = { .has = RGF_HAS_LOCAL_PORT | RGF_HAS_SUITE },
		.leg[1] = { .has = RGF_HAS_PEER_ADDR },
	};
	struct nlmsghdr *req = rgf_put_request(
		req_buf, 30, RINGFENCE_CMD_SESSION_NEW, NLM_F_ACK, 1);

	if (rgf_put_session(req, &s))
		abort();
	return req;
}

static void read_session(const struct nlmsghdr *nlh)
{
	_Alignas(struct nlmsghdr) uint8_t buf[RGF_REQUEST_MAX];
	struct rgf_session s;

	if (rgf_read_session(nlh, &s))
		return;
	for (int i = 0; i < 2; i++)
		if (s.leg[i].tx.n > RINGFENCE_MAX_KEYS ||
		    s.leg[i].rx.n > RINGFENCE_MAX_KEYS ||
		    s.leg[i].n_streams > RINGFENCE_MAX_STREAMS)
			abort();
	/* What was read can be sent. */
	if (rgf_put_session(rgf_put_request(buf, 30, 1, 0, 1), &s))
		abort();
}

static void read_event(const struct nlmsghdr *nlh)
{
	struct rgf_event e;

	if (!rgf_read_event(nlh, &e) &&
	    (e.leg > 1 || strlen(e.label) > RINGFENCE_LABEL_MAX ||
	     e.mki_len > RINGFENCE_MKI_MAX))
		abort();
}

static void read_error(const struct nlmsghdr *nlh)
{
	char text[RGF_TEXT_MAX];

	if (rgf_read_error(nlh, request(), text) > 0)
		abort();
	if (strlen(text) >= sizeof(text))
		abort();
}

static void read_guard(const struct nlmsghdr *nlh)
{
	struct rgf_limits limits = { 0 };
	struct rgf_source source;
	struct rgf_trust trust;
	struct rgf_ban ban;
	bool banned;

	if (!rgf_read_ban(nlh, &ban) &&
	    strnlen(ban.comment, sizeof(ban.comment)) == sizeof(ban.comment))
		abort();
	if (!rgf_read_trust(nlh, &trust) &&
	    strnlen(trust.comment, sizeof(trust.comment)) ==
		    sizeof(trust.comment))
		abort();
	(void)rgf_read_source(nlh, &source);
	(void)rgf_read_strike(nlh, &banned);
	if (!rgf_read_limits(nlh, &limits) &&
	    limits.signaling.n > RINGFENCE_MAX_SIGNALING_PORTS)
		abort();
}

static void read_one(const struct nlmsghdr *nlh, uint8_t how)
{
	struct rgf_config config;
	struct rgf_stats stats;
	uint32_t group;
	uint16_t id;

	switch (how % 7) {
	case 0:
		read_session(nlh);
		break;
	case 1:
		(void)rgf_read_stats(nlh, &stats);
		break;
	case 2:
		read_event(nlh);
		break;
	case 3:
		read_error(nlh);
		break;
	case 4:
		(void)rgf_read_family(nlh, &id, &group);
		break;
	case 5:
		(void)rgf_read_config(nlh, &config);
		break;
	case 6:
		read_guard(nlh);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct nlmsghdr *nlh;
	uint8_t *copy;
	int left;

	if (!len)
		return 0;
	/* As it comes from recvmsg(): aligned, and not a byte more. */
	copy = malloc(len > 1 ? len - 1 : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, len - 1);
	nlh = (const struct nlmsghdr *)copy;
	left = (int)(len - 1);
	for (; rgf_msg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		read_one(nlh, data[0]);
	free(copy);
	return 0;
}
