/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rule sets of a network namespace: local, to this host, and network,
 * forwarded. What is in force is immutable and changed whole.
 */
#ifndef _RGF_FILTER_H
#define _RGF_FILTER_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>

#include "filter_compile.h"
#include "ruleset.h"

struct net;

/* A rule set and what it was compiled to. */
struct rgf_filter {
	struct rgf_table tables[RGF_NR_HOOKS][2]; /* IPv4, IPv6 */
	struct rgf_ruleset *rules;
	struct rgf_addrset *sets[RINGFENCE_MAX_ADDRESS_SETS];
	struct rgf_arena arena; /* of the tables */
	struct net *tracks[2]; /* connections, IPv4 and IPv6; NULL: none */
	u32 n_flat; /* of the larger one */
	u32 compile_us;
};

#define RGF_FW_HOOKS 4 /* LOCAL_IN and FORWARD, IPv4 and IPv6 */

struct rgf_fw {
	struct net *net;
	struct mutex lock; /* all that follows */
	struct rgf_filter __rcu *filter; /* NULL: none; packets read it */
	struct rgf_filter
		*before; /* comes back unless confirmed; may be NULL */
	bool on_trial; /* confirm_work will bring it back */
	u32 generation; /* counts changes, for dumps */
	struct delayed_work confirm_work;
	struct nf_hook_ops
		hooks[RGF_FW_HOOKS]; /* set while there is a filter */
};

struct netlink_ext_ack;

void rgf_fw_init(struct rgf_fw *fw, struct net *net);
/* No packet and no request comes any more, or this waits for them. */
void rgf_fw_exit(struct rgf_fw *fw);

/**
 * rgf_fw_set() - put a rule set in force
 * @rules: taken over, also on failure
 * @sets: likewise
 * @confirm: seconds until the one before comes back; 0: never
 * @bad: the index of the rule that is to blame, or -1
 *
 * fw->lock is held. Waits for a grace period.
 *
 * Return: 0 or -errno with a sentence
 */
int rgf_fw_set(struct rgf_fw *fw, struct rgf_ruleset *rules,
	       struct rgf_addrset **sets, u32 confirm, int *bad,
	       struct netlink_ext_ack *extack);

/* The same, with one set replaced by @set, which is taken over. */
int rgf_fw_change_set(struct rgf_fw *fw, u32 index, struct rgf_addrset *set,
		      struct netlink_ext_ack *extack);

/* Remove what is in force. */
void rgf_fw_del(struct rgf_fw *fw);

int rgf_fw_confirm(struct rgf_fw *fw, struct netlink_ext_ack *extack);

/* Seconds until the rule set before comes back; 0: it doesn't. */
u32 rgf_fw_confirm_left(struct rgf_fw *fw);

/* filter_hook.c */
void rgf_fw_hooks_init(struct rgf_fw *fw);

#endif
