/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of a session: what session-new and session-set say of it.
 *
 * But for the paths of its legs it is never changed once packets see it:
 * session-set builds another one and publishes it in its place. Packets read it
 * under RCU, and those that wait for a cipher hold a reference.
 */
#ifndef _RGF_CONF_H
#define _RGF_CONF_H

#include <linux/bits.h>
#include <linux/refcount.h>
#include <linux/ringfence.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "path.h"
#include "porttab.h"
#include "srtp.h"

struct netlink_ext_ack;
struct nlattr;
struct rgf_leg_state;
struct rgf_net;
struct rgf_session;

/* Which members of struct rgf_spec or rgf_leg_spec are given. */
#define RGF_HAS_LABEL	     BIT(0)
#define RGF_HAS_IDLE_TIMEOUT BIT(1)
#define RGF_HAS_FLAGS	     BIT(2) /* of the session, or of the leg */
#define RGF_HAS_LEG_A	     BIT(3) /* leg[0]; leg[1] is the next bit */

#define RGF_HAS_LOCAL_ADDR BIT(8)
#define RGF_HAS_LOCAL_PORT BIT(9) /* RTP; RTCP is the next bit */
#define RGF_HAS_PEER_ADDR  BIT(11)
#define RGF_HAS_PEER_PORT  BIT(12) /* as with the local port */
#define RGF_HAS_SUITE	   BIT(14)
#define RGF_HAS_TX_KEYS	   BIT(15)
#define RGF_HAS_RX_KEYS	   BIT(16)
#define RGF_HAS_LATCH	   BIT(17)
#define RGF_HAS_DSCP	   BIT(18)
#define RGF_HAS_KDR	   BIT(19)
#define RGF_HAS_CLOCK_RATE BIT(20)

/* The keys of one direction, borrowed from the message. */
struct rgf_keys_spec {
	u8 nr;
	struct rgf_key_spec key[RINGFENCE_MAX_KEYS];
	const struct nlattr *attr[RINGFENCE_MAX_KEYS]; /* as rgf_leg_spec.tb */
};

struct rgf_leg_spec {
	u32 has;
	struct rgf_addr local_addr;
	struct rgf_addr peer_addr;
	u16 local_port[2]; /* RTP, RTCP; host byte order */
	u16 peer_port[2];
	enum ringfence_suite suite;
	u32 flags; /* RINGFENCE_LEG_FLAGS_* */
	enum ringfence_latch latch;
	u32 clock_rate;
	u8 dscp;
	u8 kdr;
	struct rgf_keys_spec tx, rx;
	/* To point to in a refusal: the leg, and what is in it by type. */
	const struct nlattr *attr;
	struct nlattr *tb[RINGFENCE_A_LEG_MAX + 1];
};

struct rgf_spec {
	u32 has;
	u32 id; /* 0: choose one */
	u32 idle_timeout; /* seconds */
	u32 flags; /* RINGFENCE_SESSION_FLAGS_* */
	char label[RINGFENCE_LABEL_MAX + 1];
	struct rgf_leg_spec leg[2];
};

#define RGF_CLOCK_RATE_DEFAULT 8000 /* Hz */

/* Indices of two are RTP, RTCP. With rtcp-mux, RTCP uses all of RTP's. */
struct rgf_leg {
	struct rgf_path __rcu *path[2]; /* NULL: the peer is not known yet */
	struct rgf_srtp *rx; /* a reference; NULL: plain */
	struct rgf_srtp *tx;
	struct rgf_leg_state *state; /* of the session */
	/* Of packets that come in here, to go out by the other leg: */
	bool proves[2]; /* RTP, RTCP: rx tells who sent them */
	bool at_once; /* rx and tx have to wait for nothing but the FPU */
	u16 growth; /* bytes that tx adds at most */
	u32 reqsize; /* bytes for the requests of the ciphers */
	u32 flags; /* RINGFENCE_LEG_FLAGS_*, but RESYNC */
	u32 clock_rate; /* Hz */
	u8 dscp; /* or RINGFENCE_DSCP_KEEP */
	u8 latch; /* enum ringfence_latch */
	u8 kdr;
	bool latch_given; /* not the default of its suite */
	enum ringfence_suite suite;
	struct rgf_port port[2]; /* local; with rtcp-mux only the first */
	struct rgf_addr peer_addr; /* as signalled */
	__be16 peer_port[2]; /* with rtcp-mux only the first */
	u64 tx_hash[RINGFENCE_MAX_KEYS]; /* of the keys of tx, see session.h */
};

struct rgf_conf {
	struct rgf_leg leg[2];
	u32 flags; /* RINGFENCE_SESSION_FLAGS_* */
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
 * Contexts of keys that stay the same are shared with @old, and a leg whose
 * addresses, ports and latch stay as they are keeps what it latched on.
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

static inline bool rgf_leg_is_mux(const struct rgf_leg *leg)
{
	return leg->flags & RINGFENCE_LEG_FLAGS_RTCP_MUX;
}

/* Which of a leg's ports and paths RTP or RTCP takes. */
static inline unsigned int rgf_leg_path(const struct rgf_leg *leg, bool rtcp)
{
	return rtcp && !rgf_leg_is_mux(leg);
}

/* Local ports, and paths. */
static inline unsigned int rgf_leg_nr_ports(const struct rgf_leg *leg)
{
	return rgf_leg_is_mux(leg) ? 1 : 2;
}

#endif
