// SPDX-License-Identifier: GPL-2.0-only
#include "porttab.h"

#include <linux/mm.h>

#define RGF_PORTS 65536

int rgf_porttab_init(struct rgf_porttab *tab)
{
	tab->buckets =
		kvcalloc(RGF_PORTS, sizeof(*tab->buckets), GFP_KERNEL_ACCOUNT);
	return tab->buckets ? 0 : -ENOMEM;
}

void rgf_porttab_free(struct rgf_porttab *tab)
{
	kvfree(tab->buckets);
	tab->buckets = NULL;
}

void rgf_porttab_add(struct rgf_porttab *tab, struct rgf_port *port)
{
	hlist_add_head_rcu(&port->node, rgf_porttab_bucket(tab, port->port));
}

void rgf_porttab_del(struct rgf_port *port)
{
	hlist_del_rcu(&port->node);
}
