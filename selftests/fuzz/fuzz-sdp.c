// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as an SDP offer, plain and secure: what we make of them is an SDP
 * of ours that we accept ourselves, with nothing of the input's addresses.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "media/sdp.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

/* The refusal must be an answer SIP can give. */
static void check_refusal(const struct media_refusal *why)
{
	const char *p;

	require(why->status == 400 || why->status == 488);
	require(why->reason[0] && strlen(why->reason) < sizeof(why->reason));
	for (p = why->reason; *p; p++)
		require(*p >= 0x20 && *p < 0x7f);
}

static void check_ours(const char *text, bool secure)
{
	struct in_addr local = { htonl(0xc0000201) };
	struct media_refusal why;
	struct sdp_peer peer;
	struct sdp *sdp;
	int n;

	require(!sdp_parse(text, strlen(text), &sdp, &why));
	n = sdp_find_audio(sdp, secure ? MEDIA_SECURE : MEDIA_UNSECURE, &why);
	require(n >= 0);
	require(!sdp_get_peer(sdp, n, local, &peer, &why));
	require(!peer.held && peer.addr.s_addr == htonl(0xc6336401) &&
		peer.port == 30000 && peer.rtcp_port == 30001);
	require(!secure == !sdp_attribute(sdp, n, "crypto", 0));
	require(!sdp_attribute(sdp, n, "crypto", 1));
	sdp_free(sdp);
}

static void relay(const char *body, size_t len, bool secure)
{
	static const char *const crypto[] = { "1 X inline:Y" };
	struct in_addr local = { htonl(0xc0000201) };
	struct sdp_ours ours = {
		.addr = { htonl(0xc6336401) }, /* 198.51.100.1 */
		.port = 30000,
		.proto = secure ? "RTP/SAVP" : "RTP/AVP",
		.n_crypto = secure,
		.crypto = crypto,
	};
	struct media_refusal why;
	struct sdp_shape shape;
	struct sdp_peer peer;
	struct sdp *sdp;
	char *out;
	int n, err;

	if (sdp_parse(body, len, &sdp, &why)) {
		check_refusal(&why);
		return;
	}
	n = sdp_find_audio(sdp, secure ? MEDIA_SECURE : MEDIA_UNSECURE, &why);
	err = n < 0 ? n : sdp_get_peer(sdp, n, local, &peer, &why);
	if (!err) {
		sdp_get_shape(sdp, &shape);
		shape.audio = n;
		err = sdp_write(sdp, n, peer.held, &shape, &ours, &out, &why);
	}
	sdp_free(sdp);
	if (err) {
		check_refusal(&why);
		return;
	}
	check_ours(out, secure);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	relay((const char *)data, len, false);
	relay((const char *)data, len, true);
	return 0;
}
