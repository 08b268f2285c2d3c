// SPDX-License-Identifier: GPL-2.0-only
#include "notify.h"

#include <linux/jiffies.h>
#include <net/genetlink.h>

#include "net.h"
#include "netlink-gen.h"
#include "session.h"

#define RGF_AUTH_RATE_MAX 10 /* failures per second that go untold */

struct rgf_event {
	const struct rgf_conf *conf;
	u8 cmd;
	u8 leg;
	u32 ssrc;
	u32 idle; /* seconds */
	u64 count;
	enum ringfence_direction direction;
	const u8 *mki;
	u8 mki_len;
};

static int rgf_event_put_count(struct sk_buff *msg, const struct rgf_event *ev)
{
	return nla_put_u64_64bit(msg, RINGFENCE_A_EVENT_COUNT, ev->count,
				 RINGFENCE_A_EVENT_PAD);
}

static int rgf_event_put_stream(struct sk_buff *msg, const struct rgf_event *ev)
{
	return nla_put_u8(msg, RINGFENCE_A_EVENT_LEG, ev->leg)
		       ?: nla_put_u32(msg, RINGFENCE_A_EVENT_SSRC, ev->ssrc);
}

static int rgf_event_put_key(struct sk_buff *msg, const struct rgf_event *ev)
{
	int err;

	err = nla_put_u8(msg, RINGFENCE_A_EVENT_LEG, ev->leg)
		      ?: nla_put_u32(msg, RINGFENCE_A_EVENT_DIRECTION,
				     ev->direction);
	if (!err && ev->mki_len)
		err = nla_put(msg, RINGFENCE_A_EVENT_MKI, ev->mki_len, ev->mki);
	return err ?: rgf_event_put_count(msg, ev);
}

static int rgf_event_put(struct sk_buff *msg, const void *what)
{
	const struct rgf_event *ev = what;
	const struct rgf_conf *conf = ev->conf;

	if (nla_put_u32(msg, RINGFENCE_A_EVENT_ID, conf->session->id) ||
	    (conf->label[0] &&
	     nla_put_string(msg, RINGFENCE_A_EVENT_LABEL, conf->label)))
		return -EMSGSIZE;

	switch (ev->cmd) {
	case RINGFENCE_CMD_SESSION_MEDIA_NTF:
		return rgf_event_put_stream(msg, ev);
	case RINGFENCE_CMD_SESSION_AUTH_NTF:
	case RINGFENCE_CMD_SESSION_DESYNC_NTF:
		return rgf_event_put_stream(msg, ev)
			       ?: rgf_event_put_count(msg, ev);
	case RINGFENCE_CMD_SESSION_KEY_NTF:
		return rgf_event_put_key(msg, ev);
	case RINGFENCE_CMD_SESSION_IDLE_NTF:
		return nla_put_u32(msg, RINGFENCE_A_EVENT_IDLE, ev->idle);
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
static void rgf_send(struct net *net, u8 cmd, rgf_notify_put_t put,
		     const void *what)
{
	struct sk_buff *msg;
	void *hdr;

	if (!genl_has_listeners(&ringfence_nl_family, net,
				RINGFENCE_NLGRP_EVENTS))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg)
		goto err;
	hdr = genlmsg_put(msg, 0, 0, &ringfence_nl_family, 0, cmd);
	if (!hdr || put(msg, what)) {
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

void rgf_notify_net(struct net *net, u8 cmd, rgf_notify_put_t put,
		    const void *what)
{
	rcu_read_lock();
	if (!READ_ONCE(rgf_notify_stopped))
		rgf_send(net, cmd, put, what);
	rcu_read_unlock();
}

static void rgf_notify(const struct rgf_conf *conf, struct rgf_event *ev)
{
	ev->conf = conf;
	rgf_notify_net(conf->session->rn->net, ev->cmd, rgf_event_put, ev);
}

void rgf_notify_media(const struct rgf_conf *conf, u8 leg, u32 ssrc)
{
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_MEDIA_NTF,
		.leg = leg,
		.ssrc = ssrc,
	};

	rgf_notify(conf, &ev);
}

static u64 rgf_auth_failures(const struct rgf_leg_state *state)
{
	u64 sum[RGF_NR_COUNTERS];

	rgf_counters_sum(state->counters, sum);
	return sum[RGF_DROPPED + RINGFENCE_DROP_REASON_AUTH_FAILED];
}

void rgf_notify_auth(const struct rgf_conf *conf, u8 leg, u32 ssrc)
{
	struct rgf_leg_state *state = &conf->session->leg[leg];
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_AUTH_NTF,
		.leg = leg,
		.ssrc = ssrc,
	};

	/* Once a second: of the first that is too much. */
	if (rgf_rate_count(&state->auth_rate) != RGF_AUTH_RATE_MAX + 1)
		return;
	ev.count = rgf_auth_failures(state);
	rgf_notify(conf, &ev);
}

static void rgf_notify_desync(const struct rgf_conf *conf, u8 leg, u32 ssrc)
{
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_DESYNC_NTF,
		.leg = leg,
		.ssrc = ssrc,
		.count = rgf_auth_failures(&conf->session->leg[leg]),
	};

	rgf_notify(conf, &ev);
}

/* @used: nothing is left of the key, whatever other CPUs count right now. */
static void rgf_notify_key(const struct rgf_conf *conf, u8 leg, bool tx,
			   unsigned int key, bool used)
{
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_KEY_NTF,
		.leg = leg,
		.direction = tx ? RINGFENCE_DIRECTION_TX
				: RINGFENCE_DIRECTION_RX,
	};
	struct rgf_key_info info;

	rgf_srtp_key_info(tx ? conf->leg[leg].tx : conf->leg[leg].rx, key,
			  &info);
	ev.mki = info.mki;
	ev.mki_len = info.mki_len;
	if (!used && info.packets < info.lifetime)
		ev.count = info.lifetime - info.packets;
	rgf_notify(conf, &ev);
}

void rgf_notify_srtp(const struct rgf_conf *conf, u8 leg, bool tx,
		     const struct rgf_crypt *crypt)
{
	if (crypt->events & RGF_SRTP_EV_KEY_LOW)
		rgf_notify_key(conf, leg, tx, crypt->key, false);
	if (crypt->events & RGF_SRTP_EV_KEY_USED)
		rgf_notify_key(conf, leg, tx, crypt->key, true);
	if (crypt->events & RGF_SRTP_EV_DESYNC)
		rgf_notify_desync(conf, leg, crypt->pkt->ssrc);
}

void rgf_notify_idle(const struct rgf_conf *conf, u32 idle)
{
	struct rgf_event ev = {
		.cmd = RINGFENCE_CMD_SESSION_IDLE_NTF,
		.idle = idle,
	};

	rgf_notify(conf, &ev);
}

void rgf_notify_del(const struct rgf_conf *conf)
{
	struct rgf_event ev = { .cmd = RINGFENCE_CMD_SESSION_DEL_NTF };

	rgf_notify(conf, &ev);
}
