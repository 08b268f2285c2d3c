/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_HOOK_H
#define _RGF_HOOK_H

struct net;
struct rgf_net;
struct sk_buff;

/* Starts taking media packets off the namespace's way in. Takes the RTNL. */
int rgf_hook_register(struct rgf_net *rn);

/* No packet is in the hook when this returns; some may wait for a cipher. */
void rgf_hook_unregister(struct rgf_net *rn);

/*
 * Watches devices come and go. After rgf_hook_exit() no device has a hook left,
 * and none may be registered. Both while the namespaces are known.
 */
int rgf_hook_init(void);
void rgf_hook_exit(void);

/*
 * For hooks at IPv6's LOCAL_IN: fragments are put together only behind it.
 * Returns 0 if @skb is whole; -EINPROGRESS: it was taken.
 */
int rgf_defrag_v6(struct net *net, struct sk_buff *skb);

#endif
