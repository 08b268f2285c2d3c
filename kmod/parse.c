// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include "compat.h"
#include "drop.h"

#define RGF_RTCP_HDR_LEN      4
#define RGF_RTCP_SSRC_HDR_LEN 8
#define RGF_RTCP_SR_LEN	      28
#define RGF_RTCP_REPORT_LEN   24

/* RFC 3550, 6.4 and 6.6: has a part room for the reports that it counts? */
static bool rgf_rtcp_part_fits(const u8 *data, unsigned int len)
{
	unsigned int count = data[0] & 0x1f;

	switch (data[1]) {
	case RGF_RTCP_SR:
		return len >= RGF_RTCP_SR_LEN + count * RGF_RTCP_REPORT_LEN;
	case RGF_RTCP_RR:
		return len >=
		       RGF_RTCP_SSRC_HDR_LEN + count * RGF_RTCP_REPORT_LEN;
	case RGF_RTCP_BYE:
		return len >= RGF_RTCP_HDR_LEN + 4 * count;
	default:
		return true;
	}
}

/* RFC 3550, A.2: the parts add up to the whole; only the last is padded. */
bool rgf_rtcp_adds_up(const u8 *data, unsigned int len)
{
	unsigned int part;
	u8 padding;

	do {
		if (len < RGF_RTCP_HDR_LEN || !rgf_is_v2(data) ||
		    !rgf_is_rtcp_type(data[1]))
			return false;
		part = 4 * (get_unaligned_be16(data + 2) + 1);
		if (part > len)
			return false;
		padding = 0;
		if (data[0] & RGF_PADDING) {
			padding = data[part - 1];
			if (part != len || !padding || padding % 4 ||
			    padding > part - RGF_RTCP_HDR_LEN)
				return false;
		}
		if (!rgf_rtcp_part_fits(data, part - padding))
			return false;
		data += part;
		len -= part;
	} while (len);
	return true;
}

int rgf_parse_rtcp(const u8 *data, bool srtp, struct rgf_pkt *pkt)
{
	if (pkt->len < RGF_RTCP_SSRC_HDR_LEN || !rgf_is_v2(data) ||
	    !rgf_is_rtcp_type(data[1]))
		return RGF_DROP(MALFORMED);
	if (!srtp && !rgf_rtcp_adds_up(data, pkt->len))
		return RGF_DROP(MALFORMED);

	pkt->hdr_len = RGF_RTCP_SSRC_HDR_LEN;
	pkt->seq = 0;
	pkt->timestamp = 0;
	pkt->ssrc = get_unaligned_be32(data + 4);
	return 0;
}
