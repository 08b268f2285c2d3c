/* SPDX-License-Identifier: GPL-2.0-only */
/* What a UDP payload on a media port is, and whether it is well-formed. */
#ifndef _RGF_PARSE_H
#define _RGF_PARSE_H

#include <linux/compiler.h>
#include <linux/bits.h>
#include <linux/types.h>

#include "compat.h"
#include "drop.h"

/* RFC 7983, and what T.38 adds. */
enum rgf_kind {
	RGF_KIND_RTP,
	RGF_KIND_RTCP,
	RGF_KIND_STUN,
	RGF_KIND_DTLS,
	RGF_KIND_OTHER, /* UDPTL, ZRTP, TURN channels, nothing */
};

/* One RTP or RTCP packet, as far as the relay needs to know it. */
struct rgf_pkt {
	u32 ssrc;
	u32 timestamp; /* RTP only */
	u16 len; /* UDP payload, bytes */
	u16 hdr_len; /* of those, never encrypted */
	u16 seq; /* RTP only */
	bool rtcp;
};

/* RFC 7983, 7: first bytes. */
#define RGF_STUN_MAX 3
#define RGF_DTLS_MIN 20
#define RGF_DTLS_MAX 63
#define RGF_RTP_MIN  128
#define RGF_RTP_MAX  191

/* All second bytes that RFC 5761 leaves to RTCP. */
#define RGF_RTCP_MIN 192
#define RGF_RTCP_MAX 223

static inline bool rgf_is_rtcp_type(u8 type)
{
	return type >= RGF_RTCP_MIN && type <= RGF_RTCP_MAX;
}

/**
 * rgf_parse_kind() - tell by the first bytes what a payload is
 * @data: UDP payload
 * @len: its bytes, 0 or more
 * @mux: RTP and RTCP share the port (RFC 5761)
 * @rtcp: otherwise, is it the RTCP port?
 */
static inline enum rgf_kind rgf_parse_kind(const u8 *data, unsigned int len,
					   bool mux, bool rtcp)
{
	/* Nothing at all is a malformed one of what belongs here. */
	u8 first = len ? data[0] : RGF_RTP_MIN;

	if (likely(first >= RGF_RTP_MIN && first <= RGF_RTP_MAX)) {
		if (mux)
			rtcp = len > 1 && rgf_is_rtcp_type(data[1]);
		return rtcp ? RGF_KIND_RTCP : RGF_KIND_RTP;
	}
	if (first <= RGF_STUN_MAX)
		return RGF_KIND_STUN;
	if (first >= RGF_DTLS_MIN && first <= RGF_DTLS_MAX)
		return RGF_KIND_DTLS;
	return RGF_KIND_OTHER;
}

#define RGF_RTP_VERSION	    2
#define RGF_RTP_HDR_LEN	    12
#define RGF_RTP_EXT_HDR_LEN 4

#define RGF_PADDING BIT(5) /* of the first byte, RTP and RTCP */

/* SR to APP: what RTCP sent to an RTP port looks like (RFC 5761, 4). */
#define RGF_RTCP_SR  200
#define RGF_RTCP_RR  201
#define RGF_RTCP_BYE 203
#define RGF_RTCP_APP 204

static inline bool rgf_is_v2(const u8 *data)
{
	return data[0] >> 6 == RGF_RTP_VERSION;
}

/* RFC 3550, 5.1: the last byte counts the padding, itself included. */
static inline bool rgf_rtp_padding_fits(const u8 *data,
					const struct rgf_pkt *pkt)
{
	unsigned int room = pkt->len - pkt->hdr_len;

	if (likely(!(data[0] & RGF_PADDING)))
		return true;
	return room && data[pkt->len - 1] && data[pkt->len - 1] <= room;
}

/* RFC 3550, 5.1 and 5.3.1 */
static inline int rgf_parse_rtp(const u8 *data, bool srtp, struct rgf_pkt *pkt)
{
	unsigned int len = pkt->len, hdr_len;

	if (len < RGF_RTP_HDR_LEN || !rgf_is_v2(data))
		return RGF_DROP(MALFORMED);
	if (data[1] >= RGF_RTCP_SR && data[1] <= RGF_RTCP_APP)
		return RGF_DROP(MALFORMED);

	hdr_len = RGF_RTP_HDR_LEN + 4 * (data[0] & 0x0f);
	if (unlikely(data[0] & 0x10)) {
		if (len < hdr_len + RGF_RTP_EXT_HDR_LEN)
			return RGF_DROP(MALFORMED);
		hdr_len += RGF_RTP_EXT_HDR_LEN +
			   4 * get_unaligned_be16(data + hdr_len + 2);
	}
	if (len < hdr_len)
		return RGF_DROP(MALFORMED);

	pkt->hdr_len = hdr_len;
	pkt->seq = get_unaligned_be16(data + 2);
	pkt->timestamp = get_unaligned_be32(data + 4);
	pkt->ssrc = get_unaligned_be32(data + 8);
	if (!srtp && !rgf_rtp_padding_fits(data, pkt))
		return RGF_DROP(MALFORMED);
	return 0;
}

/* RFC 3550, A.2: the parts add up to the whole; only the last is padded. */
bool rgf_rtcp_adds_up(const u8 *data, unsigned int len);

/* RFC 3550, 6.4 and 6.6 */
int rgf_parse_rtcp(const u8 *data, bool srtp, struct rgf_pkt *pkt);

/**
 * rgf_parse_media() - check the form of an RTP or RTCP packet
 * @data: UDP payload, @pkt->len bytes
 * @srtp: the packet is protected: what is encrypted, padding and all but the
 *	first header of an RTCP compound, can't be checked yet
 * @pkt: @len and @rtcp are given, the rest is filled in
 *
 * Pure: touches nothing but its arguments.
 *
 * Return: 0 or RGF_DROP(MALFORMED).
 */
static inline int rgf_parse_media(const u8 *data, bool srtp,
				  struct rgf_pkt *pkt)
{
	return unlikely(pkt->rtcp) ? rgf_parse_rtcp(data, srtp, pkt)
				   : rgf_parse_rtp(data, srtp, pkt);
}

/* Once decrypted: what rgf_parse_media() could not check of a protected one. */
static inline int rgf_parse_opened(const u8 *data, const struct rgf_pkt *pkt)
{
	bool good = unlikely(pkt->rtcp) ? rgf_rtcp_adds_up(data, pkt->len)
					: rgf_rtp_padding_fits(data, pkt);

	return likely(good) ? 0 : RGF_DROP(MALFORMED);
}

#endif
