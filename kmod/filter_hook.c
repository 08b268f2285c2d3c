// SPDX-License-Identifier: GPL-2.0-only
/* Packets meet the rule sets here. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ktime.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/netfilter/nf_log.h>

#include "ban.h"
#include "compat.h"
#include "filter.h"
#include "filter_implicit.h"
#include "filter_key.h"
#include "hook.h"

/* One packet on its way through a rule set. */
struct rgf_filter_pkt {
	const struct rgf_filter *filter;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct rgf_pkt_place place;
	u8 hook; /* RGF_CHAIN_LOCAL or RGF_CHAIN_NETWORK */
	bool v6;
};

static void rgf_filter_log(const struct rgf_filter_pkt *pkt, u32 index)
{
	static const struct nf_loginfo info = {
		.type = NF_LOG_TYPE_LOG,
		.u.log.level = 6,
	};
	const struct rgf_ruleset *rs = pkt->filter->rules;
	const struct rgf_rule *rule = &rs->rules[index];

	if (rgf_rate_count(&rs->rates[index]) > rule->log_rate)
		return;
	nf_log_packet(pkt->state->net, pkt->state->pf, pkt->state->hook,
		      pkt->skb, pkt->state->in, pkt->state->out, &info,
		      "ringfence rule %u%s%s: ", index + 1,
		      rule->comment ? " " : "", rule->comment ?: "");
}

/* Is the source's rate what the rule asks for? */
static bool rgf_filter_rate(const struct rgf_filter_pkt *pkt, u32 index)
{
	const struct rgf_ruleset *rs = pkt->filter->rules;
	const struct rgf_rule *rule = &rs->rules[index];
	struct rgf_rate_source source = { .limit = index << 1 | pkt->v6 };
	bool over = rule->rate_mode == RINGFENCE_RATE_MODE_OVER;

	if (pkt->v6)
		source.addr = get_unaligned_be64(&ipv6_hdr(pkt->skb)->saddr);
	else
		source.addr = ntohl(ip_hdr(pkt->skb)->saddr);
	return rgf_rate_table_take(rs->sources, &source, &rule->source_rate,
				   ktime_get_ns()) != over;
}

static void rgf_filter_reject(const struct rgf_filter_pkt *pkt)
{
	if (pkt->v6)
		icmpv6_send(pkt->skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH,
			    0);
	else
		icmp_send(pkt->skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
}

static noinline void rgf_filter_ban(const struct rgf_filter_pkt *pkt, u32 index)
{
	const struct rgf_rule *rule = &pkt->filter->rules->rules[index];
	struct rgf_addr source;

	if (pkt->v6)
		source.in6 = ipv6_hdr(pkt->skb)->saddr;
	else
		source = rgf_addr_v4(ip_hdr(pkt->skb)->saddr);
	rgf_ban_add_source(pkt->state->net, &source, rule->ban_time, index + 1,
			   rule->comment);
}

/* No rule has decided. */
static unsigned int rgf_filter_default(const struct rgf_filter_pkt *pkt)
{
	const struct rgf_ruleset *rs = pkt->filter->rules;
	bool drop = rs->dflt[pkt->hook] == RINGFENCE_VERDICT_DROP;
	enum ringfence_rules_counter what =
		pkt->hook == RGF_CHAIN_LOCAL
			? RINGFENCE_RULES_COUNTER_LOCAL_DEFAULT
			: RINGFENCE_RULES_COUNTER_NETWORK_DEFAULT;

	if (drop && pkt->hook == RGF_CHAIN_LOCAL &&
	    rgf_is_implicit(pkt->skb, pkt->state, &pkt->place, pkt->v6)) {
		what = RINGFENCE_RULES_COUNTER_LOCAL_IMPLICIT;
		drop = false;
	}
	rgf_ruleset_count(rs, rs->n_rules + what, pkt->skb->len);
	return drop ? NF_DROP : NF_ACCEPT;
}

/*
 * @flat if the source's rate is what it asks for, else the next one that matches,
 * but for the rules that it would jump to. Few rules have a rate: not inlined.
 */
static noinline const struct rgf_flat *
rgf_filter_rated(const struct rgf_filter_pkt *pkt, struct rgf_match *match,
		 const struct rgf_flat *flat)
{
	const struct rgf_flat *end;

	while (flat && flat->rated && !rgf_filter_rate(pkt, flat->rule)) {
		end = &match->table->flat[flat->end];
		do {
			flat = rgf_match_next(match);
		} while (flat && flat < end);
	}
	return flat;
}

static __always_inline unsigned int
rgf_filter_rules(const struct rgf_filter_pkt *pkt, struct rgf_match *match)
{
	const struct rgf_flat *flat;

	while ((flat = rgf_match_next(match))) {
		if (unlikely(flat->rated)) {
			flat = rgf_filter_rated(pkt, match, flat);
			if (!flat)
				break;
		}
		rgf_ruleset_count(pkt->filter->rules, flat->rule,
				  pkt->skb->len);
		switch ((enum ringfence_rule_action)flat->action) {
		case RINGFENCE_RULE_ACTION_ACCEPT:
			return NF_ACCEPT;
		case RINGFENCE_RULE_ACTION_REJECT:
			rgf_filter_reject(pkt);
			return NF_DROP;
		case RINGFENCE_RULE_ACTION_DROP:
			return NF_DROP;
		case RINGFENCE_RULE_ACTION_BAN:
			rgf_filter_ban(pkt, flat->rule);
			return NF_DROP;
		case RINGFENCE_RULE_ACTION_LOG:
			rgf_filter_log(pkt, flat->rule);
			break;
		case RINGFENCE_RULE_ACTION_COUNT:
		case RINGFENCE_RULE_ACTION_JUMP: /* its rules come next */
		case __RINGFENCE_RULE_ACTION_MAX:
			break;
		}
	}
	return rgf_filter_default(pkt);
}

static __always_inline unsigned int
rgf_filter(struct sk_buff *skb, const struct nf_hook_state *state,
	   const struct rgf_fw *fw, u8 hook, bool v6)
{
	struct rgf_filter_pkt pkt = {
		.skb = skb, .state = state, .hook = hook, .v6 = v6
	};
	const struct rgf_table *table;
	struct rgf_pkt_key key rgf_uninitialized;
	struct rgf_match match rgf_uninitialized;

	pkt.filter = rcu_dereference(fw->filter);
	if (unlikely(!pkt.filter))
		return NF_ACCEPT; /* it is being removed */
	table = &pkt.filter->tables[hook][v6];
	if (v6)
		rgf_pkt_key_v6(&key, table->asks, skb, state, &pkt.place);
	else
		rgf_pkt_key_v4(&key, table->asks, skb, state, &pkt.place);
	rgf_match_start(&match, table, &key);
	return rgf_filter_rules(&pkt, &match);
}

static unsigned int rgf_filter_local_v4(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	unsigned int verdict;

	local_bh_disable();
	verdict = rgf_filter(skb, state, priv, RGF_CHAIN_LOCAL, false);
	local_bh_enable();
	return verdict;
}

static unsigned int rgf_filter_local_v6(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	unsigned int verdict;
	int err;

	if (unlikely(ipv6_hdr(skb)->nexthdr == NEXTHDR_FRAGMENT)) {
		err = rgf_defrag_v6(state->net, skb);
		if (err)
			return err == -EINPROGRESS ? NF_STOLEN : NF_DROP;
	}
	local_bh_disable();
	verdict = rgf_filter(skb, state, priv, RGF_CHAIN_LOCAL, true);
	local_bh_enable();
	return verdict;
}

static unsigned int rgf_filter_network_v4(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	return rgf_filter(skb, state, priv, RGF_CHAIN_NETWORK, false);
}

static unsigned int rgf_filter_network_v6(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	return rgf_filter(skb, state, priv, RGF_CHAIN_NETWORK, true);
}

static const struct nf_hook_ops rgf_filter_hooks[RGF_FW_HOOKS] = {
	{
		.hook = rgf_filter_local_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FILTER,
	},
	{
		.hook = rgf_filter_local_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FILTER,
	},
	{
		.hook = rgf_filter_network_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FILTER,
	},
	{
		.hook = rgf_filter_network_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FILTER,
	},
};

void rgf_fw_hooks_init(struct rgf_fw *fw)
{
	unsigned int i;

	for (i = 0; i < RGF_FW_HOOKS; i++) {
		fw->hooks[i] = rgf_filter_hooks[i];
		fw->hooks[i].priv = fw;
	}
}
