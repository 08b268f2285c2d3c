/* SPDX-License-Identifier: GPL-2.0-only */
/* Media sessions: what lives from session-new to session-del. */
#ifndef _RGF_SESSION_H
#define _RGF_SESSION_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "conf.h"
#include "rate.h"
#include "rtpstat.h"
#include "stats.h"

struct netlink_ext_ack;
struct rgf_net;

/* What of a leg outlives changes of the session. */
struct rgf_leg_state {
	struct rgf_counters __percpu *counters;
	struct rgf_rtpstats rtpstats; /* what comes in */
	struct rgf_rate auth_rate; /* failed authentications */
	struct rgf_rate punt_rate; /* STUN and DTLS for userspace */
	unsigned long flags;
#define RGF_LEG_HEARD 0 /* bit: a packet was accepted */
};

/*
 * Tx keys that were replaced, as hashes; the oldest is forgotten. Their packet
 * indices are not known any more, so they must not come back.
 */
#define RGF_RETIRED_MAX 32

/* Protected by the lock of the namespace, but for leg[]. */
struct rgf_session {
	struct rgf_net *rn;
	u32 id;
	refcount_t ref; /* one per configuration in memory */
	struct rgf_conf *conf; /* a reference; NULL before publication */
	time64_t created; /* these are of ktime_get_seconds() */
	time64_t active; /* a packet was relayed, as far as is known */
	u64 relayed; /* packets, then */
	bool idle_told; /* session-idle-ntf was sent since */
	u64 retired[RGF_RETIRED_MAX];
	u32 nr_retired; /* ever */
	struct rgf_leg_state leg[2];
};

struct rgf_session *rgf_session_get(struct rgf_session *session);
void rgf_session_put(struct rgf_session *session); /* process context */

/*
 * All below are called with the lock of the namespace held, in process context.
 * They return 0 or -errno, and @extack a sentence that says what to change.
 */

/**
 * rgf_session_new() - create and publish a session
 * @rn: namespace
 * @spec: both legs, at least their local addresses and ports
 * @ret_id: its id
 * @extack: for refusals
 */
int rgf_session_new(struct rgf_net *rn, const struct rgf_spec *spec,
		    u32 *ret_id, struct netlink_ext_ack *extack);

/* Replaces what @spec names, at once or not at all. */
int rgf_session_set(struct rgf_net *rn, const struct rgf_spec *spec,
		    struct netlink_ext_ack *extack);

int rgf_session_del(struct rgf_net *rn, u32 id, struct netlink_ext_ack *extack);

/* Without events; for the end of the namespace. */
void rgf_session_del_all(struct rgf_net *rn);

/* ERR_PTR(-ENOENT) if there is none. */
struct rgf_session *rgf_session_find(struct rgf_net *rn, u32 id,
				     struct netlink_ext_ack *extack);

/* A keyed hash of a master key, for rgf_session_has_retired(). */
u64 rgf_session_key_hash(const u8 *master, unsigned int len);

/* Was the tx key with this hash replaced, as far as is remembered? */
bool rgf_session_has_retired(const struct rgf_session *session, u64 hash);

/* Seconds since a packet was relayed, or since session-new. */
u32 rgf_session_idle(struct rgf_session *session);

/* Once a second: tells of sessions that became idle. Takes the lock itself. */
void rgf_session_scan(struct work_struct *work);

#endif
