// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's parser: any datagram is told apart, and taken or refused, without
 * a look beyond it. The first byte says how it came.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "drop.h"
#include "parse.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

static void parse(const uint8_t *data, size_t len, bool rtcp)
{
	struct rgf_pkt open = { .len = (u16)len, .rtcp = rtcp }, sealed = open;
	int as_open = rgf_parse_media(data, false, &open);
	int as_sealed = rgf_parse_media(data, true, &sealed);

	require(!as_open || as_open == RGF_DROP(MALFORMED));
	require(!as_sealed || as_sealed == RGF_DROP(MALFORMED));
	if (as_sealed) {
		/* What is wrong in front is wrong in either case. */
		require(as_open);
		return;
	}
	require(sealed.len == len && sealed.hdr_len <= len);
	require(sealed.hdr_len >= (rtcp ? 8 : 12));
	/* Looked at in two steps or in one, it is the same. */
	require(rgf_parse_opened(data, &sealed) == as_open);
	if (!as_open)
		require(open.ssrc == sealed.ssrc && open.seq == sealed.seq &&
			open.hdr_len == sealed.hdr_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum rgf_kind kind;
	uint8_t *copy;

	if (!len || len > UINT16_MAX)
		return 0;
	copy = malloc(len - 1 ? len - 1 : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, len - 1);
	kind = rgf_parse_kind(copy, (unsigned int)len - 1, data[0] & 1,
			      data[0] & 2);
	require(kind <= RGF_KIND_OTHER);
	if (kind == RGF_KIND_RTP || kind == RGF_KIND_RTCP)
		require(len == 1 || copy[0] >> 6 == 2);
	parse(copy, len - 1, kind == RGF_KIND_RTCP);
	require(rgf_limit_classify(
			copy,
			len - 1 < RGF_CLASSIFY_LEN ? len - 1 : RGF_CLASSIFY_LEN,
			data[0] & 4) < RINGFENCE_LIMIT_CLASS_STRIKE);
	free(copy);
	return 0;
}
