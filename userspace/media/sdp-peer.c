// SPDX-License-Identifier: GPL-2.0-or-later
/* The address that a peer wants its media at, and which it may not be. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/own-addr.h"
#include "media/sdp-parse.h"

static bool is_loopback(struct in_addr addr)
{
	return ntohl(addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static int check_addr(struct in_addr addr, struct in_addr local,
		      struct media_refusal *why)
{
	uint32_t a = ntohl(addr.s_addr);
	const char *what = NULL;

	if (a >> 24 == 0)
		what = "no host's address";
	else if (IN_MULTICAST(a))
		what = "a multicast address";
	else if (IN_BADCLASS(a))
		what = "no unicast address";
	else if (is_loopback(addr) && !is_loopback(local))
		what = "a loopback address";
	else if (!is_loopback(addr) && own_addr(addr))
		what = "an address of this gateway's networks";
	if (!what)
		return 0;
	return sdp_refuse(why, -EADDRNOTAVAIL, 488, "media address %s is %s",
			  inet_ntoa(addr), what);
}

static int get_addr(const struct sdp *sdp, unsigned int n, struct in_addr *ret,
		    struct media_refusal *why)
{
	const osip_list_t *list = &sdp->stream[n]->c_connections;
	const sdp_connection_t *c = sdp->msg->c_connection;

	if (!osip_list_eol(list, 0))
		c = osip_list_get(list, 0);
	if (!osip_list_eol(list, 1))
		return sdp_refuse(why, -EINVAL, 488,
				  "the audio has several c= lines");
	if (!c || !c->c_nettype || !c->c_addrtype || !c->c_addr)
		return sdp_refuse(why, -EINVAL, 400, "SDP has no c= line");
	if (strcmp(c->c_nettype, "IN") != 0 ||
	    strcmp(c->c_addrtype, "IP4") != 0)
		return sdp_refuse(why, -EINVAL, 488,
				  "media is relayed over IPv4 only");
	if (c->c_addr_multicast_ttl || c->c_addr_multicast_int ||
	    inet_pton(AF_INET, c->c_addr, ret) != 1)
		return sdp_refuse(why, -EINVAL, 488,
				  "the media address must be one IPv4 address");
	return 0;
}

/*
 * a=rtcp:PORT [IN IP4 ADDRESS] (RFC 3605). The kernel sends RTP and RTCP to
 * one address: a port at another one would be somebody else's.
 */
static uint16_t get_rtcp_port(const struct sdp *sdp, unsigned int n,
			      const struct sdp_peer *peer)
{
	const char *value = sdp_attribute(sdp, n, "rtcp", 0);
	uint16_t fallback = peer->port == 65535 ? 65534 : peer->port + 1;
	char port[8], addr[20] = "";
	struct in_addr a;
	uint32_t p;

	if (!value || sscanf(value, "%7s IN IP4 %19s", port, addr) < 1 ||
	    !sdp_number(port, 65535, &p) || !p || p == peer->port)
		return fallback;
	if (*addr && (inet_pton(AF_INET, addr, &a) != 1 ||
		      a.s_addr != peer->addr.s_addr))
		return fallback;
	return p;
}

const char *sdp_direction(const struct sdp *sdp, unsigned int n)
{
	static const char *const names[] = { "sendrecv", "sendonly", "recvonly",
					     "inactive" };
	size_t i;

	for (i = 0; i < 4; i++) {
		if (sdp_attribute(sdp, n, names[i], 0))
			return names[i];
	}
	for (i = 0; i < 4; i++) {
		if (sdp_session_attribute(sdp, names[i]))
			return names[i];
	}
	return "sendrecv";
}

int sdp_get_peer(const struct sdp *sdp, unsigned int n, struct in_addr local,
		 struct sdp_peer *ret, struct media_refusal *why)
{
	struct sdp_peer peer = { 0 };
	uint32_t number, port;
	int err;

	if (sdp->stream[n]->m_number_of_port &&
	    (!sdp_number(sdp->stream[n]->m_number_of_port, 65535, &number) ||
	     number != 1))
		return sdp_refuse(why, -EINVAL, 488,
				  "the audio wants several ports");
	if (!sdp_number(sdp->stream[n]->m_port, 65535, &port) || !port)
		return sdp_refuse(why, -EINVAL, 400, "the audio has no port");
	peer.port = port;
	err = get_addr(sdp, n, &peer.addr, why);
	if (err)
		return err;
	peer.held = peer.addr.s_addr == htonl(INADDR_ANY);
	if (!peer.held) {
		err = check_addr(peer.addr, local, why);
		if (err)
			return err;
	}
	peer.on_hold = peer.held ||
		       strcmp(sdp_direction(sdp, n), "sendrecv") != 0;
	peer.rtcp_port = get_rtcp_port(sdp, n, &peer);
	*ret = peer;
	return 0;
}
