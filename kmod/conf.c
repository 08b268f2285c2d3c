// SPDX-License-Identifier: GPL-2.0-only
#include "conf.h"

#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/route.h>

#include "compat.h"
#include "net.h"
#include "session.h"
#include "srtp.h"
#include "suite.h"

static void rgf_leg_err(struct netlink_ext_ack *extack, u8 n, const char *a,
			const char *b)
{
	if (extack)
		extack->_msg = n ? b : a;
}

/* Refuses a leg with a sentence that names it. */
#define RGF_LEG_ERR(extack, n, msg...) \
	rgf_leg_err(extack, n, "leg-a: " msg, "leg-b: " msg)

/* The address and ports of one end of a leg; RTCP follows RTP by default. */
static int rgf_set_ports(__be16 *rtp, __be16 *rtcp, const u16 given[2], u32 has,
			 u32 bit)
{
	if (has & bit) {
		if (given[0] == U16_MAX && !(has & bit << 1))
			return -EINVAL;
		*rtp = htons(given[0]);
		*rtcp = htons(given[0] + 1);
	}
	if (has & bit << 1)
		*rtcp = htons(given[1]);
	return 0;
}

static int rgf_leg_set_transport(struct rgf_leg *leg,
				 const struct rgf_leg_spec *spec, u8 n,
				 struct netlink_ext_ack *extack)
{
	struct rgf_port *port = leg->port;

	if (spec->has & RGF_HAS_LOCAL_ADDR) {
		port[0].addr = spec->local_addr;
		port[1].addr = spec->local_addr;
	}
	if (spec->has & RGF_HAS_PEER_ADDR)
		leg->peer_addr = spec->peer_addr;
	if (rgf_set_ports(&port[0].port, &port[1].port, spec->local_port,
			  spec->has, RGF_HAS_LOCAL_PORT)) {
		RGF_LEG_ERR(extack, n,
			    "no port after 65535; give local-rtcp-port too");
		return -EINVAL;
	}
	if (rgf_set_ports(&leg->peer_port[0], &leg->peer_port[1],
			  spec->peer_port, spec->has, RGF_HAS_PEER_PORT)) {
		RGF_LEG_ERR(extack, n,
			    "no port after 65535; give peer-rtcp-port too");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_check_missing(const struct rgf_leg *leg,
				 const struct rgf_leg_spec *spec, u8 n,
				 struct netlink_ext_ack *extack)
{
	if (!leg->port[0].addr) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_LOCAL_IPV4);
		RGF_LEG_ERR(extack, n,
			    "give local-ipv4, an address of the gateway");
		return -EINVAL;
	}
	if (!leg->port[0].port) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_LOCAL_PORT);
		RGF_LEG_ERR(extack, n, "give local-port, the port for RTP");
		return -EINVAL;
	}
	if (leg->peer_addr && !leg->peer_port[0]) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_PEER_PORT);
		RGF_LEG_ERR(extack, n, "give peer-port too, or no peer at all");
		return -EINVAL;
	}
	if (!leg->peer_addr && (leg->peer_port[0] || leg->peer_port[1])) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_PEER_IPV4);
		RGF_LEG_ERR(extack, n, "give peer-ipv4 too, or no peer at all");
		return -EINVAL;
	}
	return 0;
}

/* 240.0.0.0/4 is reserved, whatever the routing table would do with it. */
static bool rgf_is_unicast(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && ntohl(addr) < INADDR_UNSPEC_GROUP;
}

static int rgf_check_local_addr(struct net *net, __be32 addr, u8 n,
				struct netlink_ext_ack *extack)
{
	if (rgf_is_unicast(addr) && inet_addr_type(net, addr) == RTN_LOCAL)
		return 0;
	RGF_LEG_ERR(extack, n, "local-ipv4 must be an address of ours");
	return rgf_is_unicast(addr) ? -EADDRNOTAVAIL : -EINVAL;
}

/*
 * Media must not be sent to ourselves: the gateway would be a way round the
 * filters of its own services. Loopback, for tests, has no other hosts.
 */
static int rgf_check_peer_addr(struct net *net, const struct rgf_leg *leg, u8 n,
			       struct netlink_ext_ack *extack)
{
	bool loopback = ipv4_is_loopback(leg->port[0].addr);

	if (ipv4_is_loopback(leg->peer_addr) != loopback) {
		RGF_LEG_ERR(extack, n, "loopback has peers on loopback only");
		return -EINVAL;
	}
	if (!rgf_is_unicast(leg->peer_addr) ||
	    (!loopback && inet_addr_type(net, leg->peer_addr) != RTN_UNICAST)) {
		RGF_LEG_ERR(extack, n,
			    "peer-ipv4 must be another host's address");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_check_transport(struct net *net, const struct rgf_leg *leg,
				   const struct rgf_leg_spec *spec, u8 n,
				   struct netlink_ext_ack *extack)
{
	u32 addrs = RGF_HAS_LOCAL_ADDR | RGF_HAS_PEER_ADDR;
	int err;

	err = rgf_leg_check_missing(leg, spec, n, extack);
	if (err)
		return err;
	if (leg->port[0].port == leg->port[1].port ||
	    (leg->peer_addr && leg->peer_port[0] == leg->peer_port[1])) {
		RGF_LEG_ERR(extack, n,
			    "RTCP needs another port than RTP for now");
		return -EINVAL;
	}
	/* What is kept was checked when it was new. */
	if (spec->has & RGF_HAS_LOCAL_ADDR)
		err = rgf_check_local_addr(net, leg->port[0].addr, n, extack);
	if (!err && leg->peer_addr && spec->has & addrs)
		err = rgf_check_peer_addr(net, leg, n, extack);
	return err;
}

/* A key given by session-new or session-set, or kept. */
struct rgf_key_spec {
	const u8 *key; /* NULL: not given */
	unsigned int len;
	int type; /* attribute */
	struct rgf_srtp *cur; /* of the configuration before */
	enum ringfence_suite cur_suite;
};

static struct rgf_srtp *rgf_key_set(enum ringfence_suite id,
				    const struct rgf_key_spec *key,
				    const struct nlattr *leg_attr, u8 n,
				    struct netlink_ext_ack *extack)
{
	const struct rgf_suite *suite = rgf_suite_get(id);
	struct rgf_srtp *srtp;

	if (!key->key) {
		if (key->cur && key->cur_suite == id)
			return rgf_srtp_get(key->cur);
		NL_SET_ERR_ATTR_MISS(extack, leg_attr, key->type);
		RGF_LEG_ERR(extack, n, "the suite needs tx-key and rx-key");
		return ERR_PTR(-EINVAL);
	}
	if (key->len != rgf_suite_master_len(suite)) {
		rgf_err_fmt(extack,
			    "key and salt must be as the suite has them",
			    "key of %u bytes, but %s takes %u, key then salt",
			    key->len, suite->name, rgf_suite_master_len(suite));
		return ERR_PTR(-EINVAL);
	}
	if (key->cur && rgf_srtp_has_master(key->cur, key->key, key->len)) {
		if (key->cur_suite == id)
			return rgf_srtp_get(key->cur);
		RGF_LEG_ERR(extack, n, "another suite needs a new key");
		return ERR_PTR(-EINVAL);
	}
	srtp = rgf_srtp_new(id, key->key);
	if (IS_ERR(srtp))
		RGF_LEG_ERR(extack, n,
			    "the kernel's crypto API can't do the suite now");
	return srtp;
}

static int rgf_leg_set_keys(struct rgf_leg *leg, const struct rgf_leg *old,
			    const struct rgf_leg_spec *spec, u8 n,
			    struct netlink_ext_ack *extack)
{
	struct rgf_key_spec tx = {
		.key = spec->has & RGF_HAS_TX_KEY ? spec->tx_key : NULL,
		.len = spec->tx_key_len,
		.type = RINGFENCE_A_LEG_TX_KEY,
	};
	struct rgf_key_spec rx = {
		.key = spec->has & RGF_HAS_RX_KEY ? spec->rx_key : NULL,
		.len = spec->rx_key_len,
		.type = RINGFENCE_A_LEG_RX_KEY,
	};
	struct rgf_srtp *srtp;

	if (spec->has & RGF_HAS_SUITE)
		leg->suite = spec->suite;
	if (leg->suite == RINGFENCE_SUITE_NONE) {
		if (!tx.key && !rx.key)
			return 0;
		RGF_LEG_ERR(extack, n,
			    "name the suite of the keys, or leave them out");
		return -EINVAL;
	}
	if (old) {
		tx.cur = old->tx;
		rx.cur = old->rx;
		tx.cur_suite = old->suite;
		rx.cur_suite = old->suite;
	}
	srtp = rgf_key_set(leg->suite, &tx, spec->attr, n, extack);
	if (IS_ERR(srtp))
		return PTR_ERR(srtp);
	leg->tx = srtp;
	srtp = rgf_key_set(leg->suite, &rx, spec->attr, n, extack);
	if (IS_ERR(srtp))
		return PTR_ERR(srtp);
	leg->rx = srtp;
	if (rgf_srtp_same_master(leg->tx, leg->rx)) {
		RGF_LEG_ERR(extack, n, "tx-key and rx-key must differ");
		return -EINVAL;
	}
	return 0;
}

static void rgf_leg_init(struct rgf_conf *conf, const struct rgf_conf *old,
			 u8 n)
{
	struct rgf_leg *leg = &conf->leg[n];
	const struct rgf_leg *from;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		leg->port[i].conf = conf;
		leg->port[i].leg = n;
		leg->port[i].rtcp = i;
	}
	if (!old)
		return;

	from = &old->leg[n];
	for (i = 0; i < 2; i++) {
		leg->port[i].addr = from->port[i].addr;
		leg->port[i].port = from->port[i].port;
		leg->peer_port[i] = from->peer_port[i];
	}
	leg->peer_addr = from->peer_addr;
	leg->suite = from->suite;
}

static int rgf_conf_check_port(struct rgf_net *rn, struct rgf_conf *conf,
			       const struct rgf_port *port,
			       struct netlink_ext_ack *extack)
{
	const struct rgf_port *other;
	unsigned int i;

	other = rgf_porttab_find(&rn->porttab, port->addr, port->port);
	if (other && other->conf->session != conf->session) {
		rgf_err_fmt(extack, "a local port is in use by another session",
			    "local port %u is in use by session %u",
			    ntohs(port->port), other->conf->session->id);
		return -EADDRINUSE;
	}
	for (i = 0; i < 4; i++) {
		other = &conf->leg[i / 2].port[i % 2];
		if (other != port && other->addr == port->addr &&
		    other->port == port->port) {
			NL_SET_ERR_MSG(extack, "a local port is given twice");
			return -EINVAL;
		}
	}
	return 0;
}

static int rgf_conf_fill(struct rgf_net *rn, struct rgf_conf *conf,
			 const struct rgf_conf *old,
			 const struct rgf_spec *spec,
			 struct netlink_ext_ack *extack)
{
	const struct rgf_port *port;
	struct rgf_leg *leg;
	unsigned int i;
	int err;

	for (i = 0; i < 2; i++) {
		leg = &conf->leg[i];
		rgf_leg_init(conf, old, i);
		err = rgf_leg_set_transport(leg, &spec->leg[i], i, extack)
			      ?: rgf_leg_check_transport(rn->net, leg,
							 &spec->leg[i], i,
							 extack);
		if (err)
			return err;
	}
	for (i = 0; i < 4; i++) {
		port = &conf->leg[i / 2].port[i % 2];
		err = rgf_conf_check_port(rn, conf, port, extack);
		if (err)
			return err;
	}
	for (i = 0; i < 2; i++) {
		err = rgf_leg_set_keys(&conf->leg[i], old ? &old->leg[i] : NULL,
				       &spec->leg[i], i, extack);
		if (err)
			return err;
	}
	return 0;
}

static void rgf_leg_release(struct rgf_leg *leg)
{
	unsigned int i;

	rgf_srtp_put(leg->rx);
	rgf_srtp_put(leg->tx);
	for (i = 0; i < 2; i++)
		dst_release(rcu_dereference_protected(leg->dst[i], true));
}

static void rgf_conf_free(struct work_struct *work)
{
	struct rgf_conf *conf =
		container_of(to_rcu_work(work), struct rgf_conf, free_work);

	rgf_leg_release(&conf->leg[0]);
	rgf_leg_release(&conf->leg[1]);
	rgf_session_put(conf->session);
	kfree(conf);
}

void rgf_conf_put(struct rgf_conf *conf)
{
	if (refcount_dec_and_test(&conf->ref))
		queue_rcu_work(rgf_wq, &conf->free_work);
}

struct rgf_conf *rgf_conf_new(struct rgf_net *rn, struct rgf_session *session,
			      const struct rgf_conf *old,
			      const struct rgf_spec *spec,
			      struct netlink_ext_ack *extack)
{
	struct rgf_conf *conf;
	int err;

	lockdep_assert_held(&rn->lock);
	conf = kzalloc(sizeof(*conf), GFP_KERNEL_ACCOUNT);
	if (!conf)
		return ERR_PTR(-ENOMEM);

	refcount_set(&conf->ref, 1);
	INIT_RCU_WORK(&conf->free_work, rgf_conf_free);
	conf->session = rgf_session_get(session);
	conf->idle_timeout = spec->has & RGF_HAS_IDLE_TIMEOUT
				     ? spec->idle_timeout
			     : old ? old->idle_timeout
				   : 0;
	if (spec->has & RGF_HAS_LABEL)
		strscpy(conf->label, spec->label, sizeof(conf->label));
	else if (old)
		strscpy(conf->label, old->label, sizeof(conf->label));

	err = rgf_conf_fill(rn, conf, old, spec, extack);
	if (err) {
		rgf_conf_put(conf);
		return ERR_PTR(err);
	}
	return conf;
}
