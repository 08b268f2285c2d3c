// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include "compat.h"
#include "drop.h"

#define RGF_RTP_VERSION	      2
#define RGF_RTP_HDR_LEN	      12
#define RGF_RTP_EXT_HDR_LEN   4
#define RGF_RTCP_HDR_LEN      4
#define RGF_RTCP_SSRC_HDR_LEN 8

/* SR to APP: what RTCP sent to an RTP port looks like (RFC 5761, 4). */
#define RGF_RTCP_SR  200
#define RGF_RTCP_APP 204
/* All that RFC 5761 leaves to RTCP. */
#define RGF_RTCP_MIN 192
#define RGF_RTCP_MAX 223

static bool rgf_is_v2(const u8 *data)
{
	return data[0] >> 6 == RGF_RTP_VERSION;
}

/* RFC 3550, 5.1 and 5.3.1 */
static int rgf_parse_rtp(const u8 *data, struct rgf_pkt *pkt)
{
	unsigned int hdr_len;

	if (pkt->len < RGF_RTP_HDR_LEN || !rgf_is_v2(data))
		return RGF_DROP(MALFORMED);
	if (data[1] >= RGF_RTCP_SR && data[1] <= RGF_RTCP_APP)
		return RGF_DROP(MALFORMED);

	hdr_len = RGF_RTP_HDR_LEN + 4 * (data[0] & 0x0f);
	if (data[0] & 0x10) {
		if (pkt->len < hdr_len + RGF_RTP_EXT_HDR_LEN)
			return RGF_DROP(MALFORMED);
		hdr_len += RGF_RTP_EXT_HDR_LEN +
			   4 * get_unaligned_be16(data + hdr_len + 2);
	}
	if (pkt->len < hdr_len)
		return RGF_DROP(MALFORMED);

	pkt->hdr_len = hdr_len;
	pkt->seq = get_unaligned_be16(data + 2);
	pkt->ssrc = get_unaligned_be32(data + 8);
	return 0;
}

/* RFC 3550, 6.4: the lengths of the parts must add up to the whole. */
static bool rgf_rtcp_adds_up(const u8 *data, unsigned int len)
{
	unsigned int part;

	while (len) {
		if (len < RGF_RTCP_HDR_LEN || !rgf_is_v2(data))
			return false;
		part = 4 * (get_unaligned_be16(data + 2) + 1);
		if (part > len)
			return false;
		data += part;
		len -= part;
	}
	return true;
}

static int rgf_parse_rtcp(const u8 *data, bool srtp, struct rgf_pkt *pkt)
{
	if (pkt->len < RGF_RTCP_SSRC_HDR_LEN || !rgf_is_v2(data))
		return RGF_DROP(MALFORMED);
	if (data[1] < RGF_RTCP_MIN || data[1] > RGF_RTCP_MAX)
		return RGF_DROP(MALFORMED);
	if (!srtp && !rgf_rtcp_adds_up(data, pkt->len))
		return RGF_DROP(MALFORMED);

	pkt->hdr_len = RGF_RTCP_SSRC_HDR_LEN;
	pkt->seq = 0;
	pkt->ssrc = get_unaligned_be32(data + 4);
	return 0;
}

int rgf_parse_media(const u8 *data, bool srtp, struct rgf_pkt *pkt)
{
	if (pkt->rtcp)
		return rgf_parse_rtcp(data, srtp, pkt);
	return rgf_parse_rtp(data, pkt);
}
