// SPDX-License-Identifier: GPL-2.0-only
#include "porttab.h"

#include <linux/mm.h>
#include <linux/random.h>

int rgf_porttab_init(struct rgf_porttab *tab)
{
	tab->buckets = kvcalloc(1 << RGF_PORTTAB_BITS, sizeof(*tab->buckets),
				GFP_KERNEL_ACCOUNT);
	if (!tab->buckets)
		return -ENOMEM;
	get_random_bytes(&tab->seed, sizeof(tab->seed));
	return 0;
}

void rgf_porttab_free(struct rgf_porttab *tab)
{
	kvfree(tab->buckets);
}

void rgf_porttab_add(struct rgf_porttab *tab, struct rgf_port *port)
{
	hlist_add_head_rcu(&port->node,
			   rgf_porttab_bucket(tab, port->addr, port->port));
}

void rgf_porttab_del(struct rgf_port *port)
{
	hlist_del_rcu(&port->node);
}
