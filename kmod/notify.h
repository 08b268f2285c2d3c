/* SPDX-License-Identifier: GPL-2.0-only */
/* Events to the multicast group of the session's namespace. */
#ifndef _RGF_NOTIFY_H
#define _RGF_NOTIFY_H

#include <linux/ringfence.h>
#include <linux/types.h>

struct net;
struct rgf_ban;
struct rgf_conf;
struct rgf_crypt;
struct rgf_guard;
struct sk_buff;

/* No more events, whatever packets may still come. Process context. */
void rgf_notify_stop(void);

/* Puts what an event tells; 0 or -EMSGSIZE. */
typedef int (*rgf_notify_put_t)(struct sk_buff *msg, const void *what);

/* To a namespace; any context but hardirq. */
void rgf_notify_net(struct net *net, u8 cmd, rgf_notify_put_t put,
		    const void *what);

/* guard_put.c; the lock of bans is held, for the last any context. */
void rgf_notify_ban(struct rgf_guard *guard, const struct rgf_ban *ban);
void rgf_notify_unban(struct rgf_guard *guard, const struct rgf_ban *ban,
		      enum ringfence_unban_cause cause);
void rgf_notify_full(struct rgf_guard *guard, enum ringfence_guard_table table,
		     u64 count);

/* Softirq. */
void rgf_notify_media(const struct rgf_conf *conf, u8 leg, u32 ssrc);

/**
 * rgf_notify_auth() - count a failed authentication, tell when it is too much
 * @conf: of the session
 * @leg: 0 or 1
 * @ssrc: claimed by the packet
 *
 * Tells of more than 10 failures within a second, once a second at most.
 * Softirq.
 */
void rgf_notify_auth(const struct rgf_conf *conf, u8 leg, u32 ssrc);

/**
 * rgf_notify_srtp() - tell of what the transform of a packet found
 * @conf: of the session
 * @leg: 0 or 1
 * @tx: protected by that leg, else unprotected
 * @crypt: the packet, with its events
 *
 * Softirq.
 */
void rgf_notify_srtp(const struct rgf_conf *conf, u8 leg, bool tx,
		     const struct rgf_crypt *crypt);

/* Process context; @idle in seconds. */
void rgf_notify_idle(const struct rgf_conf *conf, u32 idle);

/* Process context. */
void rgf_notify_del(const struct rgf_conf *conf);

#endif
