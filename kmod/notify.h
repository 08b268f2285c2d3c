/* SPDX-License-Identifier: GPL-2.0-only */
/* Events to the multicast group of the session's namespace. */
#ifndef _RGF_NOTIFY_H
#define _RGF_NOTIFY_H

#include <linux/types.h>

struct rgf_conf;

/* No more events, whatever packets may still come. Process context. */
void rgf_notify_stop(void);

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

/* Process context; @idle in seconds. */
void rgf_notify_idle(const struct rgf_conf *conf, u32 idle);

/* Process context. */
void rgf_notify_del(const struct rgf_conf *conf);

#endif
