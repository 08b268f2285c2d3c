// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps one hook at each place where ringfence.ko has its own, so that neither
 * the first hook there nor the last flips a static key under traffic. QEMU
 * before 8.1 loses the race between a processor that patches an instruction and
 * one that translates it: with two processors the guest dies now and then, by
 * "Oops: int3", whoever it was that flipped the key.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <net/net_namespace.h>

static unsigned int pin_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops pin_ops[] = {
	{
		.hook = pin_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
	},
	{
		.hook = pin_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
	},
	{
		.hook = pin_hook,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
	},
};

static int __init pin_init(void)
{
	pin_ops[2].dev = init_net.loopback_dev;
	return nf_register_net_hooks(&init_net, pin_ops, ARRAY_SIZE(pin_ops));
}

static void __exit pin_exit(void)
{
	nf_unregister_net_hooks(&init_net, pin_ops, ARRAY_SIZE(pin_ops));
}

module_init(pin_init);
module_exit(pin_exit);
MODULE_DESCRIPTION("Hooks that keep netfilter's static keys as they are");
MODULE_LICENSE("GPL");
