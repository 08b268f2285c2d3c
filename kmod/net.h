/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's state in one network namespace. */
#ifndef _RGF_NET_H
#define _RGF_NET_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "filter.h"
#include "porttab.h"
#include "stats.h"

struct rgf_guard;

struct rgf_net {
	struct net *net;
	/*
	 * All changes of sessions, porttab and what follows. Packets take no
	 * lock: they read porttab under RCU, and counters are per CPU.
	 */
	struct mutex lock;
	struct xarray sessions; /* by id */
	u32 next_id; /* where to look for a free one */
	u32 nr_sessions;
	u32 generation; /* counts changes, for dumps */
	bool up; /* what follows is there, the hook set */
	struct rgf_porttab porttab;
	struct rgf_guard *guard; /* NULL: none yet; packets look at it */
	struct rgf_counters __percpu *counters;
	struct rgf_hooks *hooks; /* of hook.c */
	u16 media_port_min; /* config-set; packets read them without the lock */
	u16 media_port_max;
	struct delayed_work idle_work;
	struct rgf_fw fw; /* has a lock of its own */

	refcount_t users; /* one, and one per session in memory */
	struct completion unused; /* users became 0 */
};

/* Finds the state of @net; never NULL between module_init and module_exit. */
struct rgf_net *rgf_net(const struct net *net);

/**
 * rgf_net_up() - get ready for the first session
 * @rn: namespace, its lock held
 *
 * Namespaces without sessions pay for no table and no hook. Once up, a
 * namespace stays up until it goes.
 *
 * Return: 0 or -errno.
 */
int rgf_net_up(struct rgf_net *rn);

/* One user less; may be the last that rgf_net_exit() waits for. */
void rgf_net_put(struct rgf_net *rn);

/* Frees what packets may still use, in process context. */
extern struct workqueue_struct *rgf_wq;

#endif
