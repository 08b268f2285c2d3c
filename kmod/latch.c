// SPDX-License-Identifier: GPL-2.0-only
#include "latch.h"

#include "host.h"

/* What is learnt must be a place to send to. */
static bool rgf_is_host(struct net *net, const struct rgf_leg *leg,
			const struct rgf_in *in)
{
	return in->sport && rgf_host_check(net, &leg->port[0].addr,
					   &in->saddr) == RGF_HOST_GOOD;
}

bool rgf_may_latch(struct net *net, const struct rgf_leg *leg,
		   const struct rgf_path *path, const struct rgf_in *in,
		   bool provable)
{
	if (path && path->latched)
		return false;
	switch ((enum ringfence_latch)leg->latch) {
	case RINGFENCE_LATCH_ADDRESS:
		if (provable || !leg->rx)
			return rgf_is_host(net, leg, in);
		fallthrough;
	case RINGFENCE_LATCH_PORT:
		return path && in->sport &&
		       rgf_addr_equal(&path->addr, &in->saddr);
	default:
		return false;
	}
}

/* Another packet may do the same at the same time: the first one decides. */
void rgf_latch_fix(struct rgf_leg *leg, unsigned int n, const struct rgf_in *in)
{
	struct rgf_path *path = rcu_dereference(leg->path[n]), *new;

	if (path && READ_ONCE(path->latched))
		return;
	if (path && rgf_path_is(path, in)) {
		WRITE_ONCE(path->latched, true);
		return;
	}
	new = rgf_path_new(&leg->port[n], &in->saddr, in->sport, true,
			   GFP_ATOMIC);
	if (!new)
		return;
	if (cmpxchg((struct rgf_path **)&leg->path[n], path, new) == path)
		rgf_path_free(path);
	else
		rgf_path_free(new);
}
