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

#include <linux/jhash.h>
#include <linux/rculist.h>
#include <linux/types.h>

struct rgf_conf;

/* 512 KiB in a namespace that has sessions; 4 ports a bucket when full. */
#define RGF_PORTTAB_BITS 16

struct rgf_porttab {
	struct hlist_head *buckets;
	u32 seed;
};

struct rgf_port {
	struct hlist_node node;
	__be32 addr;
	__be16 port;
	bool rtcp;
	u8 leg; /* 0 or 1 */
	struct rgf_conf *conf; /* what the port is part of */
};

int rgf_porttab_init(struct rgf_porttab *tab);
void rgf_porttab_free(struct rgf_porttab *tab); /* fine if not initialised */

void rgf_porttab_add(struct rgf_porttab *tab, struct rgf_port *port);
/* The port may be freed after a grace period. */
void rgf_porttab_del(struct rgf_port *port);

static inline struct hlist_head *
rgf_porttab_bucket(const struct rgf_porttab *tab, __be32 addr, __be16 port)
{
	u32 hash =
		jhash_2words((__force u32)addr, (__force u32)port, tab->seed);

	return &tab->buckets[hash >> (32 - RGF_PORTTAB_BITS)];
}

/**
 * rgf_porttab_find() - who has this local address and port?
 * @tab: table
 * @addr: local address
 * @port: local port
 *
 * Under rcu_read_lock() or the lock of the namespace.
 *
 * Return: the port, NULL if nobody.
 */
static inline struct rgf_port *rgf_porttab_find(const struct rgf_porttab *tab,
						__be32 addr, __be16 port)
{
	struct rgf_port *p;

	hlist_for_each_entry_rcu(p, rgf_porttab_bucket(tab, addr, port), node,
				 true)
		if (p->port == port && p->addr == addr)
			return p;
	return NULL;
}

#endif
