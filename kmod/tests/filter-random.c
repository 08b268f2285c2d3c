// SPDX-License-Identifier: GPL-2.0-only
#include "filter-fixture.h"

u64 filter_rnd_state;

/* Few values, close to each other and to the ends of what there is. */

static struct rgf_addr random_addr(bool v6)
{
	static const u32 ends[] = { 0,		1,	    0x0a000000,
				    0x0a000001, 0x0a0000ff, 0x0a000100,
				    0xffffffff };
	struct rgf_addr addr = {};

	if (!v6)
		return rgf_addr_v4(htonl(ends[rnd(ARRAY_SIZE(ends))]));
	addr.in6.s6_addr32[0] = htonl(percent(80) ? 0x20010db8 : U32_MAX);
	addr.in6.s6_addr32[1] = htonl(ends[rnd(ARRAY_SIZE(ends))]);
	addr.in6.s6_addr32[3] = htonl(ends[rnd(ARRAY_SIZE(ends))]);
	return addr;
}

static const char *const names[] = {
	"eth0",	     "eth1",	"eth10",	   "e",	 "longname0",
	"longname1", "longnam", "fifteen-bytes-x", "lo", ""
};

static const char *const patterns[] = { "eth0",
					"eth1",
					"eth*",
					"e*",
					"*",
					"longname*",
					"long*",
					"fifteen-bytes-x",
					"fifteen-bytes-*",
					"lo" };

static const u16 ports[] = { 0, 1, 2, 5060, 5061, 65534, 65535 };

static const u8 protocols[] = { IPPROTO_TCP,	IPPROTO_UDP, IPPROTO_ICMP,
				IPPROTO_ICMPV6, 0,	     255 };

static struct rgf_prefix random_prefix(bool v6)
{
	struct rgf_prefix prefix = { .addr = random_addr(v6) };
	u32 skip = v6 ? 0 : 96, i;

	prefix.len = percent(50) ? 128 : skip + rnd(129 - skip);
	for (i = prefix.len; i < 128; i++)
		prefix.addr.in6.s6_addr[i / 8] &= ~(0x80 >> i % 8);
	return prefix;
}

static u8 random_ports(struct rgf_port_range *range)
{
	u8 n = 1 + rnd(2), i;
	u32 from = 0;

	/* In order and apart, as the parser leaves them. */
	for (i = 0; i < n && from < ARRAY_SIZE(ports); i++) {
		u32 first = from + rnd(ARRAY_SIZE(ports) - from);
		u32 last = first + rnd(ARRAY_SIZE(ports) - first);

		range[i] = (struct rgf_port_range){ ports[first], ports[last] };
		from = last + 2;
	}
	return i;
}

static void random_addrs(struct rgf_rule *rule, u32 n_sets)
{
	bool v6 = percent(50);

	if (percent(40)) {
		rule->has |= RGF_RULE_FROM;
		rule->from = random_prefix(v6);
	} else if (n_sets && percent(20)) {
		rule->has |= RGF_RULE_FROM_SET;
		rule->from_set = rnd(n_sets);
	}
	if (percent(30)) {
		rule->has |= RGF_RULE_TO;
		rule->to = random_prefix(percent(90) ? v6 : !v6);
	} else if (n_sets && percent(20)) {
		rule->has |= RGF_RULE_TO_SET;
		rule->to_set = rnd(n_sets);
	}
}

static void random_transport(struct rgf_rule *rule)
{
	if (percent(60)) {
		rule->has |= RGF_RULE_PROTOCOL;
		rule->protocol = protocols[rnd(ARRAY_SIZE(protocols))];
	}
	if (percent(20)) {
		rule->has |= RGF_RULE_SPORT;
		rule->n_sport = random_ports(rule->sport);
	}
	if (percent(30)) {
		rule->has |= RGF_RULE_DPORT;
		rule->n_dport = random_ports(rule->dport);
	}
	if (percent(10)) {
		rule->has |= RGF_RULE_ICMP_TYPE;
		rule->icmp_type = rnd(3) ? 8 : 255;
	}
	if (rule->has & RGF_RULE_ICMP_TYPE && percent(50)) {
		rule->has |= RGF_RULE_ICMP_CODE;
		rule->icmp_code = rnd(3) ? 0 : 255;
	}
	if (percent(10)) {
		rule->has |= RGF_RULE_DSCP;
		rule->dscp = rnd(2) ? 46 : 63;
	}
	if (percent(10)) {
		rule->has |= RGF_RULE_STATE;
		rule->state = 1 + rnd(31);
	}
}

static const u16 minutes[] = { 0, 1, 480, 1080, 1439, 1440 };

static void random_time(struct rgf_rule *rule)
{
	if (percent(10)) {
		rule->has |= RGF_RULE_DAYS;
		rule->days = 1 + rnd(127);
	}
	if (percent(10)) {
		u32 start = rnd(ARRAY_SIZE(minutes) - 1), end;

		do {
			end = 1 + rnd(ARRAY_SIZE(minutes) - 1);
		} while (end == start);
		rule->has |= RGF_RULE_TIME;
		rule->time_start = minutes[start];
		rule->time_end = minutes[end];
	}
}

void filter_random_rule(struct rgf_rule *rule, u32 n_chains, u32 n_sets)
{
	*rule = (struct rgf_rule){ .chain = rnd(n_chains) };
	if (percent(15)) {
		rule->has |= RGF_RULE_IN;
		strscpy(rule->in, patterns[rnd(ARRAY_SIZE(patterns))],
			IFNAMSIZ);
	}
	if (percent(15)) {
		rule->has |= RGF_RULE_OUT;
		strscpy(rule->out, patterns[rnd(ARRAY_SIZE(patterns))],
			IFNAMSIZ);
	}
	random_addrs(rule, n_sets);
	random_transport(rule);
	random_time(rule);
	rule->action = rnd(RINGFENCE_RULE_ACTION_JUMP);
	if (percent(30) && rule->chain + 1 < n_chains && n_chains > 2) {
		rule->action = RINGFENCE_RULE_ACTION_JUMP;
		rule->jump = max_t(u32, 2, rule->chain + 1) +
			     rnd(n_chains - max_t(u32, 2, rule->chain + 1));
	}
}

void filter_random_pkt(struct pkt *pkt)
{
	*pkt = (struct pkt){ .v6 = percent(50) };
	pkt->from = random_addr(pkt->v6);
	pkt->to = random_addr(pkt->v6);
	pkt->in = names[rnd(ARRAY_SIZE(names))];
	pkt->out = names[rnd(ARRAY_SIZE(names))];
	pkt->protocol = percent(95) ? protocols[rnd(ARRAY_SIZE(protocols))]
				    : RGF_FIELD_NONE;
	pkt->sport = percent(80) ? ports[rnd(ARRAY_SIZE(ports))]
				 : RGF_FIELD_NONE;
	pkt->dport = percent(80) ? ports[rnd(ARRAY_SIZE(ports))]
				 : RGF_FIELD_NONE;
	pkt->icmp = percent(50)
			    ? (rnd(3) ? 0x800 : 0xff00) | (rnd(3) ? 0 : 0xff)
			    : RGF_FIELD_NONE;
	pkt->dscp = rnd(3) ? 46 : 63;
	pkt->state = rnd(5);
	pkt->minute = (1440 * rnd(7) + minutes[rnd(ARRAY_SIZE(minutes))] +
		       (percent(50) ? 10079 : 0)) %
		      10080;
}

struct rgf_addrset *filter_random_set(void)
{
	struct rgf_prefix entries[8];
	u32 n = rnd(ARRAY_SIZE(entries) + 1), i;

	for (i = 0; i < n; i++)
		entries[i] = random_prefix(percent(50));
	return rgf_addrset_new(entries, n);
}
