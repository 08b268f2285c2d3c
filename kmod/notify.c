// SPDX-License-Identifier: GPL-2.0-only
#include "notify.h"

#include <linux/jiffies.h>
#include <net/genetlink.h>

#include "net.h"
#include "netlink-gen.h"
#include "session.h"

#define RGF_AUTH_RATE_MAX 10 /* failures per second that go untold */

struct rgf_event {
	u8 cmd;
	u8 leg;
	u32 ssrc;
	u32 idle; /* seconds */
	u64 count;
};

static int rgf_event_put(struct sk_buff *msg, const struct rgf_conf *conf,
			 const struct rgf_event *ev)
{
	if (nla_put_u32(msg, RINGFENCE_A_EVENT_ID, conf->session->id) ||
	    (conf->label[0] &&
	     nla_put_string(msg, RINGFENCE_A_EVENT_LABEL, conf->label)))
		return -EMSGSIZE;

	switch (ev->cmd) {
	case RINGFENCE_CMD_SESSION_AUTH_NTF:
		if (nla_put_u64_64bit(msg, RINGFENCE_A_EVENT_COUNT, ev->count,
				      RINGFENCE_A_EVENT_PAD))
			return -EMSGSIZE;
		fallthrough;
	case RINGFENCE_CMD_SESSION_MEDIA_NTF:
		if (nla_put_u8(msg, RINGFENCE_A_EVENT_LEG, ev->leg) ||
		    nla_put_u32(msg, RINGFENCE_A_EVENT_SSRC, ev->ssrc))
			return -EMSGSIZE;
		break;
	case RINGFENCE_CMD_SESSION_IDLE_NTF:
		if (nla_put_u32(msg, RINGFENCE_A_EVENT_IDLE, ev->idle))
			return -EMSGSIZE;
		break;
	}
	return 0;
}

/* Set once, before the family and its group are unregistered. */
static bool rgf_notify_stopped;

void rgf_notify_stop(void)
{
	WRITE_ONCE(rgf_notify_stopped, true);
	synchronize_rcu();
}

/* Who misses an event for want of memory is told so by its socket. */
static void rgf_send(const struct rgf_conf *conf, const struct rgf_event *ev)
{
	struct net *net = conf->session->rn->net;
	struct sk_buff *msg;
	void *hdr;

	if (!genl_has_listeners(&ringfence_nl_family, net,
				RINGFENCE_NLGRP_EVENTS))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg)
		goto err;
	hdr = genlmsg_put(msg, 0, 0, &ringfence_nl_family, 0, ev->cmd);
	if (!hdr || rgf_event_put(msg, conf, ev)) {
		nlmsg_free(msg);
		goto err;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&ringfence_nl_family, net, msg, 0,
				RINGFENCE_NLGRP_EVENTS, GFP_ATOMIC);
	return;
err:
	genl_set_err(&ringfence_nl_family, net, 0, RINGFENCE_NLGRP_EVENTS,
		     -ENOBUFS);
}

static void rgf_notify(const struct rgf_conf *conf, const struct rgf_event *ev)
{
	rcu_read_lock();
	if (!READ_ONCE(rgf_notify_stopped))
		rgf_send(conf, ev);
	rcu_read_unlock();
}

void rgf_notify_media(const struct rgf_conf *conf, u8 leg, u32 ssrc)
{
	const struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_MEDIA_NTF,
		.leg = leg,
		.ssrc = ssrc,
	};

	rgf_notify(conf, &ev);
}

/* Does this failure, now, call for an event? */
static bool rgf_auth_rate_hit(struct rgf_auth_rate *rate)
{
	bool hit;

	spin_lock(&rate->lock);
	if (!rate->failures || time_after_eq(jiffies, rate->start + HZ)) {
		rate->start = jiffies;
		rate->failures = 0;
		rate->told = false;
	}
	hit = ++rate->failures > RGF_AUTH_RATE_MAX && !rate->told;
	rate->told |= hit;
	spin_unlock(&rate->lock);
	return hit;
}

void rgf_notify_auth(const struct rgf_conf *conf, u8 leg, u32 ssrc)
{
	struct rgf_leg_state *state = &conf->session->leg[leg];
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_AUTH_NTF,
		.leg = leg,
		.ssrc = ssrc,
	};
	u64 sum[RGF_NR_COUNTERS];

	if (!rgf_auth_rate_hit(&state->auth_rate))
		return;
	rgf_counters_sum(state->counters, sum);
	ev.count = sum[RGF_DROPPED + RINGFENCE_DROP_REASON_AUTH_FAILED];
	rgf_notify(conf, &ev);
}

void rgf_notify_idle(const struct rgf_conf *conf, u32 idle)
{
	const struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_IDLE_NTF,
		.idle = idle,
	};

	rgf_notify(conf, &ev);
}

void rgf_notify_del(const struct rgf_conf *conf)
{
	const struct rgf_event ev = { .cmd = RINGFENCE_CMD_SESSION_DEL_NTF };

	rgf_notify(conf, &ev);
}
