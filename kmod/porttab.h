/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local address and UDP port -> leg.
 *
 * Read by packets under RCU; changed under the lock of the namespace. During a
 * change of a session two ports with the same address may be in the table: the
 * one added last is found, and each belongs to a complete configuration.
 */
#ifndef _RGF_PORTTAB_H
#define _RGF_PORTTAB_H

#include <linux/rculist.h>
#include <linux/types.h>

#include "addr.h"

struct rgf_conf;

struct rgf_port {
	struct hlist_node node;
	struct rgf_addr addr;
	__be16 port;
	bool rtcp; /* not with rtcp-mux, which has one port for both */
	u8 leg; /* 0 or 1 */
	struct rgf_conf *conf; /* what the port is part of */
};

/*
 * One bucket per port number, 512 KiB in a namespace that has sessions. What is
 * in a bucket are the media addresses of the gateway with that port; so for
 * most packets that are none of ours one look at a bucket is all.
 */
struct rgf_porttab {
	struct hlist_head *buckets;
};

int rgf_porttab_init(struct rgf_porttab *tab);
void rgf_porttab_free(struct rgf_porttab *tab); /* fine if not initialised */

void rgf_porttab_add(struct rgf_porttab *tab, struct rgf_port *port);
/* The port may be freed after a grace period. */
void rgf_porttab_del(struct rgf_port *port);

static inline struct hlist_head *
rgf_porttab_bucket(const struct rgf_porttab *tab, __be16 port)
{
	return &tab->buckets[(__force u16)port];
}

/*
 * Who has this local address and port? NULL if nobody. Under rcu_read_lock() or
 * the lock of the namespace.
 */
static inline struct rgf_port *rgf_porttab_find(const struct rgf_porttab *tab,
						const struct rgf_addr *addr,
						__be16 port)
{
	struct rgf_port *p;

	hlist_for_each_entry_rcu(p, rgf_porttab_bucket(tab, port), node, true)
		if (rgf_addr_equal(&p->addr, addr))
			return p;
	return NULL;
}

/* The same, of an IPv4 address. */
static inline struct rgf_port *
rgf_porttab_find_v4(const struct rgf_porttab *tab, __be32 addr, __be16 port)
{
	struct rgf_port *p;

	hlist_for_each_entry_rcu(p, rgf_porttab_bucket(tab, port), node, true)
		if (rgf_addr_to_v4(&p->addr) == addr &&
		    rgf_addr_is_v4(&p->addr))
			return p;
	return NULL;
}

#endif
