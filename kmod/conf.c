// SPDX-License-Identifier: GPL-2.0-only
#include "conf.h"

#include <linux/netlink.h>
#include <linux/slab.h>

#include "compat.h"
#include "leg.h"
#include "net.h"
#include "session.h"

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
	leg->state = &conf->session->leg[n];
	leg->clock_rate = RGF_CLOCK_RATE_DEFAULT;
	leg->dscp = RINGFENCE_DSCP_KEEP;
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
	leg->flags = from->flags;
	leg->clock_rate = from->clock_rate;
	leg->dscp = from->dscp;
	leg->kdr = from->kdr;
	leg->latch = from->latch;
	leg->latch_given = from->latch_given;
}

static void rgf_leg_set_options(struct rgf_leg *leg,
				const struct rgf_leg_spec *spec)
{
	if (spec->has & RGF_HAS_SUITE)
		leg->suite = spec->suite;
	/* The parameters of a suite go with it. */
	if (leg->suite == RINGFENCE_SUITE_NONE) {
		leg->flags &= ~RGF_SRTP_FLAGS;
		leg->kdr = 0;
	}
	if (spec->has & RGF_HAS_FLAGS)
		leg->flags = spec->flags & ~RINGFENCE_LEG_FLAGS_RESYNC;
	if (spec->has & RGF_HAS_KDR)
		leg->kdr = spec->kdr;
	if (spec->has & RGF_HAS_DSCP)
		leg->dscp = spec->dscp;
	if (spec->has & RGF_HAS_CLOCK_RATE)
		leg->clock_rate = spec->clock_rate;
	if (spec->has & RGF_HAS_LATCH) {
		leg->latch = spec->latch;
		leg->latch_given = true;
	}
}

/* Whoever has the keys may come from anywhere. */
static void rgf_leg_default_latch(struct rgf_leg *leg)
{
	if (leg->latch_given)
		return;
	leg->latch = leg->rx && rgf_srtp_authenticates(leg->rx, false)
			     ? RINGFENCE_LATCH_ADDRESS
			     : RINGFENCE_LATCH_PORT;
}

/* Would a packet be judged by its source as before? @i: RTP, RTCP. */
static bool rgf_leg_same_ends(const struct rgf_leg *a, const struct rgf_leg *b,
			      unsigned int i)
{
	return a->latch == b->latch && a->port[i].port == b->port[i].port &&
	       a->peer_port[i] == b->peer_port[i] &&
	       rgf_addr_equal(&a->port[i].addr, &b->port[i].addr) &&
	       rgf_addr_equal(&a->peer_addr, &b->peer_addr);
}

/*
 * A path that latches while it is copied may latch once more in the new
 * configuration: on the same packets, as the peer was just heard.
 */
static bool rgf_path_copy_latched(const struct rgf_leg *from, unsigned int i,
				  struct rgf_addr *addr, __be16 *port)
{
	const struct rgf_path *path;
	bool latched;

	rcu_read_lock();
	path = rcu_dereference(from->path[i]);
	latched = path && path->latched;
	if (latched) {
		*addr = path->addr;
		*port = path->port;
	}
	rcu_read_unlock();
	return latched;
}

static int rgf_leg_set_path(struct rgf_leg *leg, const struct rgf_leg *from,
			    unsigned int i)
{
	struct rgf_addr addr = leg->peer_addr;
	__be16 port = leg->peer_port[i];
	struct rgf_path *path;
	bool latched = false;

	if (from && rgf_leg_same_ends(leg, from, i))
		latched = rgf_path_copy_latched(from, i, &addr, &port);
	if (rgf_addr_is_none(&addr))
		return 0;
	path = rgf_path_new(&leg->port[i], &addr, port, latched, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	RCU_INIT_POINTER(leg->path[i], path);
	return 0;
}

static int rgf_conf_set_paths(struct rgf_conf *conf, const struct rgf_conf *old)
{
	unsigned int n, i;
	int err = 0;

	for (n = 0; n < 2; n++)
		for (i = 0; i < rgf_leg_nr_ports(&conf->leg[n]) && !err; i++)
			err = rgf_leg_set_path(&conf->leg[n],
					       old ? &old->leg[n] : NULL, i);
	return err;
}

/* The attribute that a local port came in, NULL if it was kept. */
static const struct nlattr *rgf_port_attr(const struct rgf_leg_spec *spec,
					  bool rtcp)
{
	const struct nlattr *own = spec->tb[RINGFENCE_A_LEG_LOCAL_PORT];

	if (rtcp && spec->tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT])
		return spec->tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT];
	return own ?: spec->attr;
}

static bool rgf_port_equal(const struct rgf_port *a, const struct rgf_port *b)
{
	return a->port == b->port && rgf_addr_equal(&a->addr, &b->addr);
}

static int rgf_port_check(struct rgf_net *rn, const struct rgf_port *port,
			  const struct rgf_spec *spec,
			  struct netlink_ext_ack *extack)
{
	const struct rgf_leg_spec *leg_spec = &spec->leg[port->leg];
	const struct nlattr *attr = rgf_port_attr(leg_spec, port->rtcp);
	const struct rgf_leg *other_leg = &port->conf->leg[!port->leg];
	const struct rgf_port *other;
	unsigned int i;

	other = rgf_porttab_find(&rn->porttab, &port->addr, port->port);
	if (other && other->conf->session != port->conf->session) {
		rgf_err_fmt(extack, "a local port is in use by another session",
			    "local port %u is in use by session %u",
			    ntohs(port->port), other->conf->session->id);
		if (attr)
			NL_SET_BAD_ATTR(extack, attr);
		return -EADDRINUSE;
	}
	/* That RTP and RTCP of one leg differ was checked with the leg. */
	for (i = 0; i < rgf_leg_nr_ports(other_leg); i++) {
		if (!rgf_port_equal(port, &other_leg->port[i]))
			continue;
		NL_SET_ERR_MSG(extack, "a local port is given twice");
		if (attr)
			NL_SET_BAD_ATTR(extack, attr);
		return -EINVAL;
	}
	return 0;
}

static int rgf_conf_check_ports(struct rgf_net *rn, struct rgf_conf *conf,
				const struct rgf_spec *spec,
				struct netlink_ext_ack *extack)
{
	unsigned int n, i;
	int err = 0;

	for (n = 0; n < 2; n++)
		for (i = 0; i < rgf_leg_nr_ports(&conf->leg[n]) && !err; i++)
			err = rgf_port_check(rn, &conf->leg[n].port[i], spec,
					     extack);
	return err;
}

/* What packets need to know of the keys, worked out once. */
static void rgf_leg_note_keys(struct rgf_leg *from, const struct rgf_leg *to)
{
	from->at_once = (!from->rx || rgf_srtp_is_at_once(from->rx)) &&
			(!to->tx || rgf_srtp_is_at_once(to->tx));
	if (from->rx) {
		from->proves[false] = rgf_srtp_authenticates(from->rx, false);
		from->proves[true] = rgf_srtp_authenticates(from->rx, true);
		from->reqsize = rgf_srtp_reqsize(from->rx);
	}
	if (to->tx) {
		from->growth = rgf_srtp_overhead(to->tx);
		from->reqsize = max(from->reqsize, rgf_srtp_reqsize(to->tx));
	}
}

/* Ciphers come last, as they are expensive; then the paths, as they change. */
static int rgf_conf_fill(struct rgf_net *rn, struct rgf_conf *conf,
			 const struct rgf_conf *old,
			 const struct rgf_spec *spec,
			 struct netlink_ext_ack *extack)
{
	unsigned int n;
	int err = 0;

	for (n = 0; n < 2 && !err; n++) {
		rgf_leg_init(conf, old, n);
		rgf_leg_set_options(&conf->leg[n], &spec->leg[n]);
		err = rgf_leg_set_transport(rn->net, &conf->leg[n],
					    &spec->leg[n], n, extack);
	}
	err = err ?: rgf_conf_check_ports(rn, conf, spec, extack);
	for (n = 0; n < 2 && !err; n++)
		err = rgf_leg_set_keys(conf, old, &spec->leg[n], n, extack);
	err = err ?: rgf_legs_check_keys(conf, spec, extack);
	if (err)
		return err;
	for (n = 0; n < 2; n++) {
		rgf_leg_note_keys(&conf->leg[n], &conf->leg[!n]);
		rgf_leg_default_latch(&conf->leg[n]);
	}
	return rgf_conf_set_paths(conf, old);
}

static void rgf_leg_release(struct rgf_leg *leg)
{
	unsigned int i;

	rgf_srtp_put(leg->rx);
	rgf_srtp_put(leg->tx);
	for (i = 0; i < 2; i++)
		rgf_path_free(rcu_dereference_protected(leg->path[i], true));
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

static void rgf_conf_init(struct rgf_conf *conf, const struct rgf_conf *old,
			  const struct rgf_spec *spec)
{
	refcount_set(&conf->ref, 1);
	INIT_RCU_WORK(&conf->free_work, rgf_conf_free);
	if (old) {
		conf->idle_timeout = old->idle_timeout;
		conf->flags = old->flags;
		strscpy(conf->label, old->label, sizeof(conf->label));
	}
	if (spec->has & RGF_HAS_IDLE_TIMEOUT)
		conf->idle_timeout = spec->idle_timeout;
	if (spec->has & RGF_HAS_FLAGS)
		conf->flags = spec->flags;
	if (spec->has & RGF_HAS_LABEL)
		strscpy(conf->label, spec->label, sizeof(conf->label));
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

	rgf_conf_init(conf, old, spec);
	conf->session = rgf_session_get(session);
	err = rgf_conf_fill(rn, conf, old, spec, extack);
	if (err) {
		rgf_conf_put(conf);
		return ERR_PTR(err);
	}
	return conf;
}
