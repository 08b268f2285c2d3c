/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_PARSE_H
#define _RGF_PARSE_H

#include <linux/types.h>

/* One RTP or RTCP packet, as far as the relay needs to know it. */
struct rgf_pkt {
	u32 ssrc;
	u16 len; /* UDP payload, bytes */
	u16 hdr_len; /* of those, never encrypted */
	u16 seq; /* RTP only */
	bool rtcp;
};

/**
 * rgf_parse_media() - check the form of an RTP or RTCP packet
 * @data: UDP payload, @pkt->len bytes
 * @srtp: the packet is protected; an RTCP compound can't be walked then
 * @pkt: @len and @rtcp are given, the rest is filled in
 *
 * Pure: touches nothing but its arguments.
 *
 * Return: 0 or RGF_DROP(MALFORMED).
 */
int rgf_parse_media(const u8 *data, bool srtp, struct rgf_pkt *pkt);

#endif
