// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits, bans and trust to and from the module. */
#include <errno.h>

#include "lib/client.h"
#include "lib/guard_msg.h"
#include "lib/rules_msg.h"

static struct nlmsghdr *request(struct rgf *rgf, uint8_t cmd, uint16_t flags)
{
	return rgf_put_request(rgf->tx, rgf->family, cmd, flags, ++rgf->seq);
}

int rgf_ban_add(struct rgf *rgf, const struct rgf_ban *ban)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_BAN_NEW, NLM_F_ACK);

	rgf_put_ban(req, ban);
	return rgf_talk(rgf, req, NULL, NULL);
}

int rgf_ban_del(struct rgf *rgf, const struct rgf_prefix *prefix)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_BAN_DEL, NLM_F_ACK);

	if (prefix)
		rgf_put_prefix(req, RINGFENCE_A_BAN_PREFIX, prefix);
	return rgf_talk(rgf, req, NULL, NULL);
}

int rgf_trust_add(struct rgf *rgf, const struct rgf_trust *trust)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_TRUST_NEW, NLM_F_ACK);

	rgf_put_trust(req, trust);
	return rgf_talk(rgf, req, NULL, NULL);
}

int rgf_trust_del(struct rgf *rgf, const struct rgf_prefix *prefix)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_TRUST_DEL, NLM_F_ACK);

	rgf_put_prefix(req, RINGFENCE_A_TRUST_PREFIX, prefix);
	return rgf_talk(rgf, req, NULL, NULL);
}

/* Who is told of each entry. */
struct teller {
	int (*ban)(const struct rgf_ban *ban, void *arg);
	int (*trust)(const struct rgf_trust *trust, void *arg);
	int (*source)(const struct rgf_source *source, void *arg);
	void *arg;
};

static int on_ban(const struct nlmsghdr *nlh, void *arg)
{
	const struct teller *t = arg;
	struct rgf_ban ban;
	int r = rgf_read_ban(nlh, &ban);

	return r ? r : t->ban(&ban, t->arg);
}

static int on_trust(const struct nlmsghdr *nlh, void *arg)
{
	const struct teller *t = arg;
	struct rgf_trust trust;
	int r = rgf_read_trust(nlh, &trust);

	return r ? r : t->trust(&trust, t->arg);
}

static int on_source(const struct nlmsghdr *nlh, void *arg)
{
	const struct teller *t = arg;
	struct rgf_source source;
	int r = rgf_read_source(nlh, &source);

	return r ? r : t->source(&source, t->arg);
}

int rgf_ban_dump(struct rgf *rgf,
		 int (*cb)(const struct rgf_ban *ban, void *arg), void *arg)
{
	struct teller t = { .ban = cb, .arg = arg };

	return rgf_talk(rgf, request(rgf, RINGFENCE_CMD_BAN_GET, NLM_F_DUMP),
			on_ban, &t);
}

int rgf_trust_dump(struct rgf *rgf,
		   int (*cb)(const struct rgf_trust *trust, void *arg),
		   void *arg)
{
	struct teller t = { .trust = cb, .arg = arg };

	return rgf_talk(rgf, request(rgf, RINGFENCE_CMD_TRUST_GET, NLM_F_DUMP),
			on_trust, &t);
}

int rgf_source_dump(struct rgf *rgf,
		    int (*cb)(const struct rgf_source *source, void *arg),
		    void *arg)
{
	struct teller t = { .source = cb, .arg = arg };

	return rgf_talk(rgf, request(rgf, RINGFENCE_CMD_SOURCE_GET, NLM_F_DUMP),
			on_source, &t);
}

static int on_limits(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_limits(nlh, arg);
}

int rgf_limits_get(struct rgf *rgf, struct rgf_limits *ret)
{
	struct rgf_limits limits = { 0 };
	int r = rgf_talk(rgf, request(rgf, RINGFENCE_CMD_LIMIT_GET, NLM_F_ACK),
			 on_limits, &limits);

	if (!r)
		r = rgf_talk(rgf,
			     request(rgf, RINGFENCE_CMD_LIMIT_GET, NLM_F_DUMP),
			     on_limits, &limits);
	if (!r)
		*ret = limits;
	return r;
}

int rgf_limits_set(struct rgf *rgf, const struct rgf_limits *limits)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_LIMIT_SET, NLM_F_ACK);

	if (limits->signaling.n > RINGFENCE_MAX_SIGNALING_PORTS ||
	    limits->secure.n > RINGFENCE_MAX_SIGNALING_PORTS)
		return rgf_fail(rgf, -EINVAL);
	rgf_put_limits(req, limits);
	return rgf_talk(rgf, req, NULL, NULL);
}

static int on_strike(const struct nlmsghdr *nlh, void *arg)
{
	return rgf_read_strike(nlh, arg);
}

int rgf_strike(struct rgf *rgf, const struct rgf_strike *strike,
	       bool *ret_banned)
{
	struct nlmsghdr *req = request(rgf, RINGFENCE_CMD_STRIKE, NLM_F_ACK);
	bool banned = false;
	int r;

	rgf_put_strike(req, strike);
	r = rgf_talk(rgf, req, on_strike, &banned);
	if (!r && ret_banned)
		*ret_banned = banned;
	return r;
}
