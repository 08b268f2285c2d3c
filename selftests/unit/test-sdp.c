// SPDX-License-Identifier: GPL-2.0-or-later
/* SDP in, our SDP out; and every way to be refused. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/own-addr.h"
#include "media/sdp.h"

/* Stands in for the machine's: 198.18.0.1/24, and an IPv6 address. */
static struct sockaddr_in own = { .sin_family = AF_INET };
static struct sockaddr_in broadcast = { .sin_family = AF_INET };
static struct sockaddr_in6 own6 = { .sin6_family = AF_INET6 };
static struct ifaddrs interfaces[] = {
	{ .ifa_next = &interfaces[1], .ifa_addr = (struct sockaddr *)&own6 },
	{ .ifa_next = &interfaces[2], .ifa_addr = NULL },
	{ .ifa_flags = IFF_BROADCAST,
	  .ifa_addr = (struct sockaddr *)&own,
	  .ifa_ifu.ifu_broadaddr = (struct sockaddr *)&broadcast },
};
static bool no_interfaces;

int __wrap_getifaddrs(struct ifaddrs **ret);
int __wrap_getifaddrs(struct ifaddrs **ret)
{
	own.sin_addr.s_addr = htonl(0xc6120001);
	broadcast.sin_addr.s_addr = htonl(0xc61200ff);
	*ret = interfaces;
	return no_interfaces ? -1 : 0;
}

void __wrap_freeifaddrs(struct ifaddrs *list);
void __wrap_freeifaddrs(struct ifaddrs *list)
{
	assert_ptr_equal(list, interfaces);
}

/* Read @body as an offer on a leg with @local; write what we would offer. */
static int relay(const char *body, size_t len, bool secure, const char *local,
		 char **ret, struct media_refusal *why)
{
	static const char *const crypto[] = { "1 X inline:Y" };
	struct sdp_ours ours = {
		.session_id = 7,
		.version = 3,
		.port = 30000,
		.proto = "RTP/AVP",
		.n_crypto = secure,
		.crypto = crypto,
	};
	struct sdp_shape shape;
	struct in_addr here;
	struct sdp_peer peer;
	struct sdp *sdp;
	int err, n;

	assert_int_equal(inet_pton(AF_INET, local, &here), 1);
	ours.addr.s_addr = htonl(0xc6336401); /* 198.51.100.1 */
	memset(why, 0, sizeof(*why));
	err = sdp_parse(body, len, &sdp, why);
	if (err)
		return err;
	n = sdp_find_audio(sdp, secure ? MEDIA_SECURE : MEDIA_UNSECURE, why);
	err = n < 0 ? n : sdp_get_peer(sdp, n, here, &peer, why);
	if (!err) {
		sdp_get_shape(sdp, &shape);
		shape.audio = n;
		err = sdp_write(sdp, n, peer.held, &shape, &ours, ret, why);
	}
	sdp_free(sdp);
	return err;
}

#define HEAD                              \
	"v=0\r\n"                         \
	"o=alice 1 1 IN IP4 10.1.1.1\r\n" \
	"s=the inside\r\n"
#define CONN  "c=IN IP4 192.0.2.7\r\n"
#define TIME  "t=0 0\r\n"
#define START HEAD CONN TIME
#define OURS                              \
	"v=0\r\n"                         \
	"o=- 7 3 IN IP4 198.51.100.1\r\n" \
	"s=-\r\n"                         \
	"c=IN IP4 198.51.100.1\r\n"       \
	"t=0 0\r\n"
#define RTCP "a=rtcp:30001\r\n"
#define SR   "a=sendrecv\r\n"

static const struct {
	const char *name, *in, *out;
} accepted[] = {
	{ "least", START "m=audio 5004 RTP/AVP 0\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP SR },
	{ "line feeds only, no end of the last line",
	  "v=0\no=- 1 1 IN IP4 10.1.1.1\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n"
	  "m=audio 5004 RTP/AVP 0",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP SR },
	{ "what is taken over, and what is not",
	  HEAD "i=secret info\r\nu=http://inside/\r\ne=a@inside\r\n"
	       "p=+1 234\r\n" CONN "b=AS:64\r\n" TIME
	       "a=tool:phone 1.2 at 10.1.1.1\r\n"
	       "a=group:BUNDLE 0\r\n"
	       "m=audio 5004 RTP/AVP 0 8 101\r\n"
	       "i=desk\r\n"
	       "b=TIAS:64000\r\n"
	       "a=rtpmap:0 PCMU/8000\r\n"
	       "a=rtpmap:8 PCMA/8000\r\n"
	       "a=rtpmap:101 telephone-event/8000\r\n"
	       "a=fmtp:101 0-15\r\n"
	       "a=ptime:20\r\n"
	       "a=maxptime:60\r\n"
	       "a=rtcp:5005 IN IP4 10.1.1.1\r\n"
	       "a=rtcp-mux\r\n"
	       "a=ssrc:1 cname:alice@inside\r\n"
	       "a=candidate:1 1 UDP 1 10.1.1.1 5004 typ host\r\n"
	       "a=ice-ufrag:abcd\r\n"
	       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
	       "a=fingerprint:sha-256 AA\r\n"
	       "a=recvonly\r\n",
	  OURS "m=audio 30000 RTP/AVP 0 8 101\r\n"
	       "a=rtpmap:0 PCMU/8000\r\n"
	       "a=rtpmap:8 PCMA/8000\r\n"
	       "a=rtpmap:101 telephone-event/8000\r\n"
	       "a=fmtp:101 0-15\r\n"
	       "a=ptime:20\r\n"
	       "a=maxptime:60\r\n" RTCP "a=recvonly\r\n" },
	{ "duplicate payload types and attributes, unlisted ones",
	  START "m=audio 5004 RTP/AVP 0 0 96 0\r\n"
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:0 EVIL/8000\r\n"
		"a=rtpmap:97 EVIL/8000\r\na=rtpmap:96 opus/48000\r\n"
		"a=rtpmap:9 6\r\na=rtpmap:96\r\na=rtpmap\r\n"
		"a=ptime:20ms\r\na=fmtp:096 x\r\n",
	  OURS "m=audio 30000 RTP/AVP 0 96\r\n"
	       "a=rtpmap:0 PCMU/8000\r\n"
	       "a=rtpmap:96 opus/48000\r\n"
	       "a=fmtp:096 x\r\n" RTCP SR },
	{ "other streams keep their place, at port 0",
	  START "m=video 6000 RTP/AVP 31 34\r\n"
		"m=audio 5004 RTP/AVP 0\r\n"
		"m=application 9 DTLS/SCTP webrtc-datachannel\r\n"
		"m=audio 5006 RTP/AVP 8\r\n",
	  OURS "m=video 0 RTP/AVP 31\r\n"
	       "m=audio 30000 RTP/AVP 0\r\n" RTCP SR
	       "m=application 0 DTLS/SCTP webrtc-datachannel\r\n"
	       "m=audio 0 RTP/AVP 8\r\n" },
	{ "an audio stream at port 0, or of the other kind, is not the one",
	  START "m=audio 0 RTP/AVP 8\r\n"
		"m=audio 5008 RTP/SAVP 8\r\n"
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
		"m=audio 5004 RTP/AVPF 0\r\n",
	  OURS "m=audio 0 RTP/AVP 8\r\n"
	       "m=audio 0 RTP/SAVP 8\r\n"
	       "m=audio 30000 RTP/AVP 0\r\n" RTCP SR },
	{ "direction of the session",
	  START "a=inactive\r\nm=audio 5004 RTP/AVP 0\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP "a=inactive\r\n" },
	{ "the stream's direction wins",
	  START "a=inactive\r\nm=audio 5004 RTP/AVP 0\r\na=sendonly\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP "a=sendonly\r\n" },
	{ "the stream's c= wins",
	  HEAD "c=IN IP4 224.0.0.1\r\n" TIME
	       "m=audio 5004 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP SR },
	{ "hold by address",
	  HEAD "c=IN IP4 0.0.0.0\r\n" TIME "m=audio 5004 RTP/AVP 0\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP "a=sendonly\r\n" },
	{ "hold by address of one who only receives",
	  HEAD "c=IN IP4 0.0.0.0\r\n" TIME
	       "m=audio 5004 RTP/AVP 0\r\na=recvonly\r\n",
	  OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP "a=inactive\r\n" },
};

static void test_accepted(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		const char *in = accepted[i].in;
		struct media_refusal why;
		char *out = NULL;

		print_message("# %s\n", accepted[i].name);
		if (relay(in, strlen(in), false, "192.0.2.1", &out, &why))
			fail_msg("%d %s", why.status, why.reason);
		assert_string_equal(out, accepted[i].out);
		free(out);
	}
}

static void test_secure(void **state)
{
	static const char *const protos[] = { "RTP/SAVP", "RTP/SAVPF" };
	struct media_refusal why;
	char in[512];
	int i;

	for (i = 0; i < 2; i++) {
		char *out = NULL;

		snprintf(in, sizeof(in), START "m=audio 5004 %s 0\r\n",
			 protos[i]);
		assert_int_equal(relay(in, strlen(in), true, "192.0.2.1", &out,
				       &why),
				 0);
		assert_string_equal(out, OURS "m=audio 30000 RTP/AVP 0\r\n" RTCP
					      "a=crypto:1 X inline:Y\r\n" SR);
		free(out);
	}
}

#define AUDIO "m=audio 5004 RTP/AVP 0\r\n"
#define M     "m=video 1 RTP/AVP 31\r\n"

static const struct {
	const char *in;
	int status;
	const char *reason;
} refused[] = {
	{ "", 400, "SDP is empty" },
	{ "v=0", 400, "malformed" },
	{ "hello", 400, "line 1 is malformed" },
	{ "v=1\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n" CONN TIME AUDIO, 400,
	  "SDP is malformed" },
	{ "o=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n" CONN TIME AUDIO, 400,
	  "SDP is malformed" },
	{ HEAD CONN TIME "\r\n" AUDIO, 400, "line 6 is malformed" },
	{ HEAD CONN TIME AUDIO "a=rtpmap:0 P\tCMU/8000\r\n", 400,
	  "line 7 is malformed" },
	{ HEAD CONN TIME AUDIO "a=x\ry\r\n", 400, "line 7 is malformed" },
	{ HEAD CONN TIME AUDIO "a=\x7f\r\n", 400, "line 7 is malformed" },
	{ HEAD CONN TIME AUDIO "A=x\r\n", 400, "line 7 is malformed" },
	{ HEAD CONN TIME AUDIO "a x\r\n", 400, "line 7 is malformed" },
	{ START "m=audio 70000 RTP/AVP 0\r\n", 400, "m= line 1 is malformed" },
	{ START "m=audio -1 RTP/AVP 0\r\n", 400, "m= line 1 is malformed" },
	{ START "m=audio 5004x RTP/AVP 0\r\n", 400, "m= line 1 is malformed" },
	{ START "m=audio 5004 RTP/AVP\r\n", 400, "malformed" },
	{ START "m=au\"dio 5004 RTP/AVP 0\r\n", 400, "m= line 1 is malf" },
	{ START AUDIO "m=toolongforamediatype 1 RTP/AVP 0\r\n", 400,
	  "m= line 2 is malformed" },
	{ START "m=audio 5004 RTP/AVP 128\r\n", 400, "bad payload type" },
	{ START "m=audio 5004 RTP/AVP 0 x\r\n", 400, "bad payload type" },
	{ START "m=audio 5004/2 RTP/AVP 0\r\n", 488, "several ports" },
	{ START, 488, "no audio is offered" },
	{ START "m=audio 0 RTP/AVP 0\r\n", 488, "no audio is offered" },
	{ START "m=image 5004 udptl t38\r\n", 488, "no audio is offered" },
	{ START "m=audio 5004 RTP/SAVP 0\r\n", 488,
	  "audio is offered as RTP/SAVP, RTP/AVP is required here" },
	{ START "m=audio 5004 UDP/TLS/RTP/SAVPF 0\r\n", 488,
	  "audio is offered as UDP/TLS/RTP/SAVPF, RTP/AVP is required" },
	{ START M M M M M M M M M, 488, "more than 8 streams" },
	{ HEAD TIME AUDIO, 400, "no c= line" },
	{ START AUDIO "c=IN IP4 192.0.2.7\r\nc=IN IP4 192.0.2.8\r\n", 488,
	  "several c= lines" },
	{ HEAD "c=IN IP6 2001:db8::1\r\n" TIME AUDIO, 488, "IPv4 only" },
	{ HEAD "c=IN IP4 phone.example.net\r\n" TIME AUDIO, 488,
	  "must be one IPv4 address" },
	{ HEAD "c=IN IP4 192.0.2.7/127\r\n" TIME AUDIO, 488,
	  "must be one IPv4 address" },
	{ HEAD "c=IN IP4 192.0.2\r\n" TIME AUDIO, 488,
	  "must be one IPv4 address" },
	{ HEAD "c=IN IP4 0.0.0.1\r\n" TIME AUDIO, 488, "no host's address" },
	{ HEAD "c=IN IP4 127.0.0.1\r\n" TIME AUDIO, 488,
	  "media address 127.0.0.1 is a loopback address" },
	{ HEAD "c=IN IP4 127.9.9.9\r\n" TIME AUDIO, 488, "loopback address" },
	{ HEAD "c=IN IP4 198.18.0.1\r\n" TIME AUDIO, 488,
	  "198.18.0.1 is an address of this gateway's networks" },
	{ HEAD "c=IN IP4 198.18.0.255\r\n" TIME AUDIO, 488,
	  "198.18.0.255 is an address of this gateway's networks" },
	{ HEAD "c=IN IP4 224.0.0.1\r\n" TIME AUDIO, 488, "multicast" },
	{ HEAD "c=IN IP4 239.255.255.255\r\n" TIME AUDIO, 488, "multicast" },
	{ HEAD "c=IN IP4 240.0.0.1\r\n" TIME AUDIO, 488, "no unicast" },
	{ HEAD "c=IN IP4 255.255.255.255\r\n" TIME AUDIO, 488, "no unicast" },
};

static void test_refused(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *in = refused[i].in;
		struct media_refusal why;
		char *out = NULL;

		if (!relay(in, strlen(in), false, "192.0.2.1", &out, &why)) {
			fail_msg("accepted: %s", in);
			return;
		}
		if (why.status != refused[i].status ||
		    !strstr(why.reason, refused[i].reason))
			fail_msg("%d \"%s\" for %s", why.status, why.reason,
				 in);
		assert_null(out);
	}
}

static void refuse_bytes(const char *in, size_t len, int status,
			 const char *reason)
{
	struct media_refusal why;
	char *out = NULL;

	assert_true(relay(in, len, false, "192.0.2.1", &out, &why) < 0);
	assert_int_equal(why.status, status);
	assert_non_null(strstr(why.reason, reason));
}

/* START and an audio stream, then lines of @fill, @n bytes of it in all. */
static char *filled(const char *fill, size_t n)
{
	static char text[MEDIA_SDP_MAX + 2];
	size_t len = snprintf(text, sizeof(text), "%s", START AUDIO);
	size_t i;

	assert_in_range(len + n, len, sizeof(text) - 1);
	for (i = 0; i < n; i++)
		text[len + i] = fill[i % strlen(fill)];
	text[len + n] = '\0';
	return text;
}

static void refuse_text(const char *in, int status, const char *reason)
{
	refuse_bytes(in, strlen(in), status, reason);
}

static void test_limits(void **state)
{
	static const char nul[] = START "m=audio 5004 RTP/AVP 0\0 8\r\n";
	const size_t head = strlen(START AUDIO);
	struct media_refusal why;
	char *in, *out = NULL;

	refuse_bytes(nul, sizeof(nul) - 1, 400, "line 6 is malformed");
	refuse_text(filled("a=x\r\n", MEDIA_SDP_MAX + 1 - head), 488,
		    "longer than 65535 bytes");
	refuse_text(filled("a=x\r\n", 5UL * SDP_LINES_MAX), 488,
		    "more than 256 lines");
	/* A line of 1024 bytes passes, one of 1025 doesn't. */
	refuse_text(filled("a=", SDP_LINE_MAX + 1), 400, "line 7 is malformed");
	in = filled("a=", SDP_LINE_MAX);
	assert_int_equal(relay(in, strlen(in), false, "192.0.2.1", &out, &why),
			 0);
	free(out);
}

/* More formats and attributes than we keep: the rest is left out. */
static void test_caps(void **state)
{
	struct media_refusal why;
	char in[8192], *out = NULL, *p;
	size_t n, i, kept = 0;

	n = snprintf(in, sizeof(in), START "m=audio 5004 RTP/AVP");
	for (i = 0; i < 120; i++)
		n += snprintf(in + n, sizeof(in) - n, " %zu", i);
	n += snprintf(in + n, sizeof(in) - n, "\r\n");
	for (i = 0; i < 120; i++)
		n += snprintf(in + n, sizeof(in) - n, "a=fmtp:%zu x\r\n", i);
	for (i = 0; i < 120; i++)
		n += snprintf(in + n, sizeof(in) - n, "a=ptime:20\r\n");
	assert_int_equal(relay(in, n, false, "192.0.2.1", &out, &why), 0);
	assert_non_null(strstr(out, " 30 31\r\n"));
	for (p = out; (p = strstr(p, "a=fmtp:")); p++)
		kept++;
	assert_int_equal(kept, SDP_FORMATS_MAX);
	for (p = out; (p = strstr(p, "a=ptime:")); p++)
		kept++;
	assert_int_equal(kept, SDP_ATTRS_MAX);
	free(out);
}

static void test_loopback(void **state)
{
	static const char in[] = HEAD "c=IN IP4 127.0.0.9\r\n" TIME AUDIO;
	struct media_refusal why;
	char *out = NULL;

	/* For tests: a gateway that is itself on the loopback network. */
	assert_int_equal(relay(in, strlen(in), false, "127.0.0.1", &out, &why),
			 0);
	free(out);
}

/* When we can't tell whether it's ours, we don't send there. */
static void test_no_interfaces(void **state)
{
	static const char in[] = START AUDIO;

	own_addr_exit();
	no_interfaces = true;
	refuse_bytes(in, strlen(in), 488, "of this gateway's networks");
	no_interfaces = false;
}

static void test_rtcp(void **state)
{
	static const struct {
		const char *port, *attr;
		uint16_t rtcp;
	} cases[] = {
		{ "5004", "", 5005 },
		{ "65535", "", 65534 },
		{ "5004", "a=rtcp:6000\r\n", 6000 },
		{ "5004", "a=rtcp:6000 IN IP4 192.0.2.7\r\n", 6000 },
		{ "5004", "a=rtcp:6000 IN IP4 192.0.2.8\r\n", 5005 },
		{ "5004", "a=rtcp:6000 IN IP4 x\r\n", 5005 },
		{ "5004", "a=rtcp:5004\r\n", 5005 },
		{ "5004", "a=rtcp:0\r\n", 5005 },
		{ "5004", "a=rtcp:65536\r\n", 5005 },
		{ "5004", "a=rtcp:x\r\n", 5005 },
		{ "5004", "a=rtcp\r\n", 5005 },
	};
	struct in_addr local = { htonl(0xc0000201) };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct media_refusal why;
		struct sdp_peer peer;
		struct sdp *sdp;
		char in[512];

		snprintf(in, sizeof(in), START "m=audio %s RTP/AVP 0\r\n%s",
			 cases[i].port, cases[i].attr);
		assert_int_equal(sdp_parse(in, strlen(in), &sdp, &why), 0);
		assert_int_equal(sdp_get_peer(sdp, 0, local, &peer, &why), 0);
		assert_int_equal(peer.rtcp_port, cases[i].rtcp);
		assert_int_equal(peer.addr.s_addr, htonl(0xc0000207));
		sdp_free(sdp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_secure),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_rtcp),
		cmocka_unit_test(test_no_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
