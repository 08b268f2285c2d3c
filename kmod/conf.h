/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of a session: what session-new and session-set say of it.
 *
 * Never changed once packets see it: session-set builds another one and
 * publishes it in its place. Packets read it under RCU, and those that wait for
 * a cipher hold a reference.
 */
#ifndef _RGF_CONF_H
#define _RGF_CONF_H

#include <linux/bits.h>
#include <linux/refcount.h>
#include <linux/ringfence.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "porttab.h"

struct dst_entry;
struct netlink_ext_ack;
struct nlattr;
struct rgf_net;
struct rgf_session;
struct rgf_srtp;

/* Which members of struct rgf_spec or rgf_leg_spec are given. */
#define RGF_HAS_LABEL	     BIT(0)
#define RGF_HAS_IDLE_TIMEOUT BIT(1)
#define RGF_HAS_LEG_A	     BIT(2) /* leg[0]; leg[1] is the next bit */

#define RGF_HAS_LOCAL_ADDR BIT(0)
#define RGF_HAS_LOCAL_PORT BIT(1) /* RTP; RTCP is the next bit */
#define RGF_HAS_PEER_ADDR  BIT(3)
#define RGF_HAS_PEER_PORT  BIT(4) /* as with the local port */
#define RGF_HAS_SUITE	   BIT(6)
#define RGF_HAS_TX_KEY	   BIT(7)
#define RGF_HAS_RX_KEY	   BIT(8)

struct rgf_leg_spec {
	u32 has;
	__be32 local_addr;
	__be32 peer_addr;
	u16 local_port[2]; /* RTP, RTCP; host byte order */
	u16 peer_port[2];
	enum ringfence_suite suite;
	const u8 *tx_key; /* borrowed from the message */
	const u8 *rx_key;
	unsigned int tx_key_len;
	unsigned int rx_key_len;
	const struct nlattr *attr; /* to point to in a refusal */
};

struct rgf_spec {
	u32 has;
	u32 id; /* 0: choose one */
	u32 idle_timeout; /* seconds */
	char label[RINGFENCE_LABEL_MAX + 1];
	struct rgf_leg_spec leg[2];
};

/* Indices of two are RTP, RTCP. */
struct rgf_leg {
	struct rgf_port port[2]; /* local */
	__be32 peer_addr; /* 0: not known yet */
	__be16 peer_port[2];
	struct rgf_srtp *rx; /* a reference; NULL: plain */
	struct rgf_srtp *tx;
	struct dst_entry __rcu *dst[2]; /* the cached route to the peer */
	enum ringfence_suite suite;
};

struct rgf_conf {
	struct rgf_leg leg[2];
	struct rgf_session *session; /* a reference */
	refcount_t ref;
	u32 idle_timeout; /* seconds, 0 is never */
	char label[RINGFENCE_LABEL_MAX + 1];
	struct rcu_work free_work;
};

/**
 * rgf_conf_new() - build and check a configuration
 * @rn: namespace, its lock held
 * @session: whose
 * @old: what @spec changes, NULL for a new session
 * @spec: what is asked for
 * @extack: told what to change when it is refused
 *
 * Contexts of keys that stay the same are shared with @old.
 *
 * Return: a configuration with one reference, or ERR_PTR().
 */
struct rgf_conf *rgf_conf_new(struct rgf_net *rn, struct rgf_session *session,
			      const struct rgf_conf *old,
			      const struct rgf_spec *spec,
			      struct netlink_ext_ack *extack);

/* For packets, under RCU: false if the last reference is gone already. */
static inline bool rgf_conf_hold(struct rgf_conf *conf)
{
	return refcount_inc_not_zero(&conf->ref);
}

/* From any context; freed in process context after a grace period. */
void rgf_conf_put(struct rgf_conf *conf);

#endif
