// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"
#include "leg.h"

/* The attribute that an address came in, NULL if it was kept. */
static const struct nlattr *rgf_local_attr(const struct rgf_leg_spec *spec)
{
	return spec->tb[RINGFENCE_A_LEG_LOCAL_IPV4]
		       ?: spec->tb[RINGFENCE_A_LEG_LOCAL_IPV6];
}

static const struct nlattr *rgf_peer_attr(const struct rgf_leg_spec *spec)
{
	return spec->tb[RINGFENCE_A_LEG_PEER_IPV4]
		       ?: spec->tb[RINGFENCE_A_LEG_PEER_IPV6];
}

/* The ports of one end of a leg; RTCP follows RTP unless it is given. */
static int rgf_set_ports(__be16 *rtp, __be16 *rtcp, const u16 given[2], u32 has,
			 u32 bit, bool mux)
{
	if (has & bit) {
		*rtp = htons(given[0]);
		*rtcp = 0;
	}
	if (has & bit << 1)
		*rtcp = htons(given[1]);
	if (mux) {
		*rtcp = 0;
		return 0;
	}
	if (!*rtp || *rtcp)
		return 0;
	if (ntohs(*rtp) == U16_MAX)
		return -EINVAL;
	*rtcp = htons(ntohs(*rtp) + 1);
	return 0;
}

static int rgf_leg_check_mux(const struct rgf_leg_spec *spec, u8 n,
			     struct netlink_ext_ack *extack)
{
	if (spec->has & RGF_HAS_LOCAL_PORT << 1) {
		RGF_LEG_ERR(extack, n,
			    spec->tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT],
			    "no local-rtcp-port with rtcp-mux; leave it out");
		return -EINVAL;
	}
	if (spec->has & RGF_HAS_PEER_PORT << 1) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_PEER_RTCP_PORT],
			    "no peer-rtcp-port with rtcp-mux; leave it out");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_set_ports(struct rgf_leg *leg,
			     const struct rgf_leg_spec *spec, u8 n,
			     struct netlink_ext_ack *extack)
{
	bool mux = rgf_leg_is_mux(leg);
	int err;

	err = mux ? rgf_leg_check_mux(spec, n, extack) : 0;
	if (err)
		return err;
	if (rgf_set_ports(&leg->port[0].port, &leg->port[1].port,
			  spec->local_port, spec->has, RGF_HAS_LOCAL_PORT,
			  mux)) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_LOCAL_PORT],
			    "no port after 65535; give local-rtcp-port too");
		return -EINVAL;
	}
	if (rgf_set_ports(&leg->peer_port[0], &leg->peer_port[1],
			  spec->peer_port, spec->has, RGF_HAS_PEER_PORT, mux)) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_PEER_PORT],
			    "no port after 65535; give peer-rtcp-port too");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_check_local(const struct rgf_leg *leg,
			       const struct rgf_leg_spec *spec, u8 n,
			       struct netlink_ext_ack *extack)
{
	if (rgf_addr_is_none(&leg->port[0].addr)) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_LOCAL_IPV4);
		RGF_LEG_ERR(extack, n, NULL,
			    "give local-ipv4 or local-ipv6, one of ours");
		return -EINVAL;
	}
	if (!leg->port[0].port) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_LOCAL_PORT);
		RGF_LEG_ERR(extack, n, NULL,
			    "give local-port, the port for RTP");
		return -EINVAL;
	}
	return 0;
}

/* All of the peer is known, or nothing. */
static int rgf_leg_check_peer(const struct rgf_leg *leg,
			      const struct rgf_leg_spec *spec, u8 n,
			      struct netlink_ext_ack *extack)
{
	bool none = rgf_addr_is_none(&leg->peer_addr);

	if (!none && !leg->peer_port[0]) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     RINGFENCE_A_LEG_PEER_PORT);
		RGF_LEG_ERR(extack, n, NULL,
			    "give peer-port too, or no peer at all");
		return -EINVAL;
	}
	if (none && (leg->peer_port[0] || leg->peer_port[1])) {
		NL_SET_ERR_ATTR_MISS(extack, spec->attr,
				     rgf_addr_is_v4(&leg->port[0].addr)
					     ? RINGFENCE_A_LEG_PEER_IPV4
					     : RINGFENCE_A_LEG_PEER_IPV6);
		RGF_LEG_ERR(extack, n, NULL,
			    "give the peer's address too, or no peer at all");
		return -EINVAL;
	}
	if (!none && rgf_addr_is_v4(&leg->peer_addr) !=
			     rgf_addr_is_v4(&leg->port[0].addr)) {
		RGF_LEG_ERR(extack, n,
			    rgf_peer_attr(spec) ?: rgf_local_attr(spec),
			    "peer and local must be both IPv4 or both IPv6");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_check_ports(const struct rgf_leg *leg,
			       const struct rgf_leg_spec *spec, u8 n,
			       struct netlink_ext_ack *extack)
{
	if (rgf_leg_is_mux(leg))
		return 0;
	if (leg->port[0].port == leg->port[1].port) {
		RGF_LEG_ERR(extack, n,
			    spec->tb[RINGFENCE_A_LEG_LOCAL_RTCP_PORT]
				    ?: spec->tb[RINGFENCE_A_LEG_LOCAL_PORT],
			    "without rtcp-mux, RTCP needs a port of its own");
		return -EINVAL;
	}
	if (leg->peer_port[0] && leg->peer_port[0] == leg->peer_port[1]) {
		RGF_LEG_ERR(extack, n,
			    spec->tb[RINGFENCE_A_LEG_PEER_RTCP_PORT]
				    ?: spec->tb[RINGFENCE_A_LEG_PEER_PORT],
			    "without rtcp-mux, RTCP needs a port of its own");
		return -EINVAL;
	}
	return 0;
}

static int rgf_check_local_addr(struct net *net, const struct rgf_addr *addr,
				const struct nlattr *attr, u8 n,
				struct netlink_ext_ack *extack)
{
	if (rgf_addr_is_linklocal(addr)) {
		RGF_LEG_ERR(extack, n, attr,
			    "link-local won't do; give a global address");
		return -EINVAL;
	}
	if (rgf_host_is_ours(net, addr))
		return 0;
	if (rgf_addr_is_v4(addr))
		RGF_LEG_ERR(extack, n, attr,
			    "local-ipv4 must be an address of ours");
	else
		RGF_LEG_ERR(extack, n, attr,
			    "local-ipv6 must be an address of ours");
	return rgf_addr_is_unicast(addr) ? -EADDRNOTAVAIL : -EINVAL;
}

static int rgf_check_peer_addr(struct net *net, const struct rgf_leg *leg,
			       const struct nlattr *attr, u8 n,
			       struct netlink_ext_ack *extack)
{
	switch (rgf_host_check(net, &leg->port[0].addr, &leg->peer_addr)) {
	case RGF_HOST_GOOD:
		return 0;
	case RGF_HOST_LOOPBACK:
		RGF_LEG_ERR(extack, n, attr,
			    "loopback has peers on loopback only");
		break;
	case RGF_HOST_LINKLOCAL:
		RGF_LEG_ERR(extack, n, attr,
			    "link-local won't do; give a global address");
		break;
	case RGF_HOST_OURS:
		RGF_LEG_ERR(extack, n, attr,
			    "the peer must be another host's address");
		break;
	}
	return -EINVAL;
}

static int rgf_leg_check_addrs(struct net *net, const struct rgf_leg *leg,
			       const struct rgf_leg_spec *spec, u8 n,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *local = rgf_local_attr(spec);
	const struct nlattr *peer = rgf_peer_attr(spec);
	u32 addrs = RGF_HAS_LOCAL_ADDR | RGF_HAS_PEER_ADDR;
	int err = 0;

	/* What is kept was checked when it was new. */
	if (spec->has & RGF_HAS_LOCAL_ADDR)
		err = rgf_check_local_addr(net, &leg->port[0].addr, local, n,
					   extack);
	if (!err && !rgf_addr_is_none(&leg->peer_addr) && spec->has & addrs)
		err = rgf_check_peer_addr(net, leg, peer ?: local, n, extack);
	return err;
}

int rgf_leg_set_transport(struct net *net, struct rgf_leg *leg,
			  const struct rgf_leg_spec *spec, u8 n,
			  struct netlink_ext_ack *extack)
{
	int err;

	if (spec->has & RGF_HAS_LOCAL_ADDR) {
		leg->port[0].addr = spec->local_addr;
		leg->port[1].addr = spec->local_addr;
	}
	if (spec->has & RGF_HAS_PEER_ADDR)
		leg->peer_addr = spec->peer_addr;
	err = rgf_leg_set_ports(leg, spec, n, extack);
	err = err ?: rgf_leg_check_local(leg, spec, n, extack);
	err = err ?: rgf_leg_check_peer(leg, spec, n, extack);
	err = err ?: rgf_leg_check_ports(leg, spec, n, extack);
	return err ?: rgf_leg_check_addrs(net, leg, spec, n, extack);
}
