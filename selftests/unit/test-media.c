// SPDX-License-Identifier: GPL-2.0-or-later
/* Offer and answer of a call between a plain leg (0) and a secure one (1). */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend-null.h"
#include "base/log.h"
#include "media/media.h"
#include "media/ports.h"
#include "media/sdes.h"

#define S80			"AES_CM_128_HMAC_SHA1_80"
#define S32			"AES_CM_128_HMAC_SHA1_32"
#define KEY			"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
#define OTHER			"AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
#define CRYPTO(tag, suite, key) "a=crypto:" tag " " suite " inline:" key "\r\n"

static struct media_profile profiles[2];
static const struct media_timeouts timeouts = { .idle = 60, .hold = 900 };
static unsigned int idles;
static struct media_call *freed_on_idle;

static void on_idle(struct media_call *mc, void *arg)
{
	assert_ptr_equal(arg, &idles);
	idles++;
	if (mc == freed_on_idle) {
		media_call_free(mc);
		freed_on_idle = NULL;
	}
}

static int setup(void **state)
{
	static const struct media_profile plain = {
		.name = "inside",
		.local_addr = { 0x0100007f },
		.port_min = 22000,
		.port_max = 22019,
		.security = MEDIA_UNSECURE,
	};

	memset(&backend_null, 0, sizeof(backend_null));
	profiles[0] = plain;
	profiles[1] = plain;
	profiles[1].local_addr.s_addr = 0x0200007f;
	profiles[1].security = MEDIA_SECURE;
	profiles[1].suites[0] = RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32;
	profiles[1].suites[1] = RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80;
	profiles[1].n_suites = 2;
	idles = 0;
	freed_on_idle = NULL;
	return media_init_with(&media_null);
}

/* Nothing of a call may be left: sessions, ports. */
static int teardown(void **state)
{
	struct port_pair all[20];
	int i;

	assert_int_equal(null_count(), 0);
	for (i = 0; i < 10; i++) {
		assert_int_equal(ports_take(profiles[0].local_addr, 22000,
					    22019, &all[i]),
				 0);
		assert_int_equal(ports_take(profiles[1].local_addr, 22000,
					    22019, &all[10 + i]),
				 0);
	}
	for (i = 0; i < 20; i++)
		ports_release(&all[i]);
	media_exit();
	return 0;
}

static struct media_call *new_call(const char *label)
{
	struct media_call *mc = NULL;

	assert_int_equal(media_call_new(label, profiles, &timeouts, on_idle,
					&idles, &mc),
			 0);
	return mc;
}

/* An SDP body of a peer at 127.0.0.@host; eight of them live at a time. */
static const char *body(unsigned int host, unsigned int port, const char *proto,
			const char *attrs)
{
	static char buf[8][2048];
	static int i;

	i = (i + 1) % 8;
	snprintf(buf[i], sizeof(buf[i]),
		 "v=0\r\no=phone 99 1 IN IP4 127.0.0.%u\r\ns=x\r\n"
		 "c=IN IP4 127.0.0.%u\r\nt=0 0\r\n"
		 "m=audio %u %s 0 8\r\na=rtpmap:0 PCMU/8000\r\n%s",
		 host, host, port, proto, attrs);
	return buf[i];
}

static char *offer(struct media_call *mc, unsigned int from, const char *sdp)
{
	struct media_refusal why = { 0 };
	char *out = NULL;

	if (media_call_offer(mc, from, sdp, strlen(sdp), &out, &why))
		fail_msg("%d %s", why.status, why.reason);
	return out;
}

static char *answer(struct media_call *mc, unsigned int from, const char *sdp)
{
	struct media_refusal why = { 0 };
	char *out = NULL;

	if (media_call_answer(mc, from, sdp, strlen(sdp), &out, &why))
		fail_msg("%d %s", why.status, why.reason);
	return out;
}

static void refuse_offer(struct media_call *mc, unsigned int from,
			 const char *sdp, int status, const char *reason)
{
	struct media_refusal why = { 0 };
	char *out = NULL;

	if (!media_call_offer(mc, from, sdp, strlen(sdp), &out, &why))
		fail_msg("accepted: %s", sdp);
	assert_null(out);
	if (why.status != status || !strstr(why.reason, reason))
		fail_msg("%d \"%s\"", why.status, why.reason);
}

static void refuse_answer(struct media_call *mc, unsigned int from,
			  const char *sdp, int status, const char *reason)
{
	struct media_refusal why = { 0 };
	char *out = NULL;

	if (!media_call_answer(mc, from, sdp, strlen(sdp), &out, &why))
		fail_msg("accepted: %s", sdp);
	assert_null(out);
	if (why.status != status || !strstr(why.reason, reason))
		fail_msg("%d \"%s\"", why.status, why.reason);
}

/* The @n-th a=crypto of our SDP. */
static struct sdes crypto_of(const char *sdp, int n)
{
	char value[SDES_VALUE_MAX], why[128];
	struct sdes line;
	const char *p = sdp;

	for (;; p++) {
		p = strstr(p, "a=crypto:");
		assert_non_null(p);
		if (!n--)
			break;
	}
	assert_int_equal(sscanf(p, "a=crypto:%511[^\r]", value), 1);
	assert_int_equal(sdes_parse(value, &line, why, sizeof(why)), 0);
	return line;
}

static unsigned long port_of(const char *sdp)
{
	const char *p = strstr(sdp, "m=audio ");

	assert_non_null(p);
	return strtoul(p + strlen("m=audio "), NULL, 10);
}

static __attribute__((noinline)) void assert_contains(const char *text,
						      const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void assert_bytes(const struct rgf_key *key, uint8_t first)
{
	assert_int_equal(key->len, 30);
	assert_int_equal(key->data[0], first);
	assert_int_equal(key->data[29], 29);
}

static void check_plain_leg(const struct rgf_leg *leg, unsigned long local,
			    unsigned int host, unsigned int port)
{
	assert_int_equal(leg->suite, RINGFENCE_SUITE_NONE);
	assert_int_equal(leg->has & (RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS), 0);
	assert_int_equal(leg->local_port, local);
	assert_int_equal(leg->local_rtcp_port, local + 1);
	assert_int_equal(ntohl(rgf_addr_to_v4(&leg->peer_addr).s_addr),
			 0x7f000000 | host);
	assert_int_equal(leg->peer_port, port);
	assert_int_equal(leg->peer_rtcp_port, port + 1);
}

/* The plain phone calls the secure one. */
static void test_outward(void **state)
{
	struct media_call *mc = new_call("abc@phone");
	char *out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	struct sdes ours[2] = { crypto_of(out, 0), crypto_of(out, 1) };
	const struct rgf_session *s;
	unsigned long port = port_of(out);
	char *back;

	assert_contains(out, "c=IN IP4 127.0.0.2\r\n");
	assert_contains(out, " RTP/SAVP 0 8\r\na=rtpmap:0 PCMU/8000\r\n");
	assert_null(strstr(out, "127.0.0.10"));
	assert_null(strstr(out, "phone"));
	assert_int_equal(ours[0].tag, 1);
	assert_int_equal(ours[0].suite, profiles[1].suites[0]);
	assert_int_equal(ours[1].tag, 2);
	assert_int_equal(ours[1].suite, profiles[1].suites[1]);
	assert_memory_not_equal(ours[0].key.data, ours[1].key.data, 30);
	/* Nothing is programmed for an offer alone. */
	assert_int_equal(media_call_session(mc), 0);
	assert_int_equal(null_count(), 0);
	free(out);

	back = answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY)));
	assert_contains(back, "c=IN IP4 127.0.0.1\r\n");
	assert_contains(back, " RTP/AVP 0 8\r\n");
	assert_null(strstr(back, "crypto"));
	s = null_session(media_call_session(mc));
	assert_non_null(s);
	assert_string_equal(s->label, "sip:abc@phone");
	assert_int_equal(s->idle_timeout, 60);
	check_plain_leg(&s->leg[0], port_of(back), 10, 5004);
	assert_int_equal(s->leg[1].local_port, port);
	assert_int_equal(s->leg[1].peer_port, 6004);
	assert_int_equal(s->leg[1].suite, ours[1].suite);
	assert_bytes(&s->leg[1].rx.key[0].key, 0);
	assert_memory_equal(s->leg[1].tx.key[0].key.data, ours[1].key.data, 30);
	free(back);
	media_call_free(mc);
	media_call_free(NULL);
}

/* The secure phone calls the plain one; its order of suites counts. */
static void test_inward(void **state)
{
	struct media_call *mc = new_call("x");
	char *out = offer(mc, 1,
			  body(20, 6004, "RTP/SAVPF",
			       CRYPTO("5", "AES_256_CM_HMAC_SHA1_80", KEY)
				       CRYPTO("7", S80, KEY "|2^20|1:4")
					       CRYPTO("8", S80, OTHER "|2^31")
						       CRYPTO("9", S32, KEY)));
	const struct rgf_session *s;
	struct sdes ours;
	char *back;

	assert_contains(out, " RTP/AVP 0 8\r\n");
	assert_null(strstr(out, "crypto"));
	free(out);
	back = answer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	/* In kind: the profile with feedback was offered. */
	assert_contains(back, " RTP/SAVPF 0 8\r\n");
	ours = crypto_of(back, 0);
	assert_null(strstr(strstr(back, "a=crypto") + 1, "a=crypto"));
	assert_int_equal(ours.tag, 8);
	assert_int_equal(ours.suite, RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80);
	s = null_session(media_call_session(mc));
	check_plain_leg(&s->leg[0], s->leg[0].local_port, 10, 5004);
	assert_bytes(&s->leg[1].rx.key[0].key, 1);
	assert_memory_equal(s->leg[1].tx.key[0].key.data, ours.key.data, 30);
	assert_memory_not_equal(ours.key.data, s->leg[1].rx.key[0].key.data,
				30);
	free(back);
	media_call_free(mc);
}

static void test_repeats(void **state)
{
	const char *ans = body(20, 6004, "RTP/SAVP", CRYPTO("1", S32, KEY));
	struct media_call *mc = new_call("x");
	char *out[2], *back[2];

	out[0] = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	out[1] = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	assert_string_equal(out[0], out[1]);
	back[0] = answer(mc, 1, ans);
	back[1] = answer(mc, 1, ans);
	assert_string_equal(back[0], back[1]);
	assert_int_equal(backend_null.adds, 1);
	assert_int_equal(backend_null.sets, 0);
	for (int i = 0; i < 2; i++) {
		free(out[i]);
		free(back[i]);
	}
	media_call_free(mc);
}

/* The 200 differs from the 183: the session changes, our key stays. */
static void test_other_answer(void **state)
{
	struct media_call *mc = new_call("x");
	const struct rgf_session *s;
	struct rgf_key key;
	uint32_t id;

	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	id = media_call_session(mc);
	s = null_session(id);
	key = s->leg[1].tx.key[0].key;
	free(answer(mc, 1,
		    body(21, 7004, "RTP/SAVP", CRYPTO("2", S80, OTHER))));
	assert_int_equal(media_call_session(mc), id);
	assert_int_equal(backend_null.sets, 1);
	assert_int_equal(s->leg[1].peer_port, 7004);
	assert_bytes(&s->leg[1].rx.key[0].key, 1);
	assert_memory_equal(s->leg[1].tx.key[0].key.data, key.data, 30);
	media_call_free(mc);
}

/* A re-INVITE from the other side: our key stays, and ports; version counts up. */
static void test_reoffer(void **state)
{
	struct media_call *mc = new_call("x");
	const struct rgf_session *s;
	char *out, *back, old[64], new[64];
	struct rgf_key key;
	uint32_t id;

	out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	back = answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY)));
	id = media_call_session(mc);
	s = null_session(id);
	key = s->leg[1].tx.key[0].key;
	assert_int_equal(sscanf(out, "v=0 o=- %63[0-9] 1 IN", old), 1);
	free(out);
	free(back);

	/* Hold, by the address that is none: the kernel keeps the old one. */
	out = offer(mc, 1,
		    "v=0\r\no=- 1 2 IN IP4 1.1.1.1\r\ns=-\r\n"
		    "c=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 6004 RTP/SAVP "
		    "0\r\n" CRYPTO("1", S80, OTHER));
	assert_contains(out, "a=sendonly\r\n");
	back = answer(mc, 0, body(10, 5004, "RTP/AVP", "a=recvonly\r\n"));
	assert_contains(back, "a=recvonly\r\n");
	assert_int_equal(sscanf(back, "v=0 o=- %63[0-9] 2 IN", new), 1);
	assert_string_equal(old, new);
	assert_int_equal(media_call_session(mc), id);
	assert_int_equal(backend_null.adds, 1);
	assert_int_equal(s->leg[1].peer_port, 6004);
	assert_bytes(&s->leg[1].rx.key[0].key, 1);
	assert_memory_equal(s->leg[1].tx.key[0].key.data, key.data, 30);
	assert_int_equal(s->idle_timeout, 900);
	free(out);
	free(back);

	/* Hold by direction, which the answer alone may have, and resume. */
	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	free(answer(mc, 1,
		    body(20, 6004, "RTP/SAVP",
			 "a=inactive\r\n" CRYPTO("2", S80, KEY))));
	assert_int_equal(s->idle_timeout, 900);
	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "a=sendrecv\r\n")));
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	assert_int_equal(s->idle_timeout, 60);
	media_call_free(mc);
}

/* The callee makes the offer, when the caller's INVITE has none. */
static void test_late_offer(void **state)
{
	struct media_call *mc = new_call("x");
	const struct rgf_session *s;

	free(offer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("1", S80, KEY))));
	free(answer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	s = null_session(media_call_session(mc));
	assert_int_equal(s->leg[0].peer_port, 5004);
	assert_int_equal(s->leg[1].peer_port, 6004);
	assert_bytes(&s->leg[1].rx.key[0].key, 0);
	media_call_free(mc);
}

/* An early offer on hold: a session whose leg has no peer yet. */
static void test_held_offer(void **state)
{
	struct media_call *mc = new_call("x");
	const struct rgf_session *s;

	free(offer(mc, 0,
		   "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n"
		   "c=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n"));
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	s = null_session(media_call_session(mc));
	assert_int_equal(s->leg[0].has & RGF_HAS_PEER_ADDR, 0);
	assert_int_equal(s->leg[1].has & RGF_HAS_PEER_ADDR, RGF_HAS_PEER_ADDR);
	media_call_free(mc);
}

static void test_offers_refused(void **state)
{
	struct media_call *mc = new_call("x");
	static const char mikey[] = "a=key-mgmt:mikey AQAFgM\r\n";
	static const char stream_then_mikey[] =
		"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n"
		"c=IN IP4 127.0.0.20\r\nt=0 0\r\na=key-mgmt:mikey AQAFgM\r\n"
		"m=audio 6004 RTP/SAVP 0\r\n";

	refuse_offer(mc, 0, body(10, 5004, "RTP/SAVP", CRYPTO("1", S80, KEY)),
		     488, "RTP/AVP is required here");
	refuse_offer(mc, 1, body(20, 6004, "RTP/AVP", ""), 488,
		     "RTP/SAVP is required here");
	/* Not even with keys: the profile says plain. */
	refuse_offer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("1", S80, KEY)),
		     488, "RTP/SAVP is required here");
	refuse_offer(mc, 1, body(20, 6004, "RTP/SAVP", ""), 488,
		     "secure audio without a=crypto");
	refuse_offer(mc, 1, body(20, 6004, "RTP/SAVP", mikey), 415,
		     "Received the wrong key management protocol. Secure "
		     "stream disabled.");
	refuse_offer(mc, 1, stream_then_mikey, 415, "wrong key management");
	refuse_offer(mc, 1,
		     body(20, 6004, "RTP/SAVP",
			  CRYPTO("1", S80, KEY "|2^20|1:4")),
		     488, "MKI is not supported");
	refuse_offer(mc, 1,
		     body(20, 6004, "RTP/SAVP",
			  CRYPTO("1", S80, KEY " UNENCRYPTED_SRTP")),
		     488, "session parameters are not supported");
	refuse_offer(mc, 1, body(20, 6004, "RTP/SAVP", "a=crypto\r\n"), 488,
		     "a=crypto: the tag is malformed");
	assert_int_equal(null_count(), 0);
	/* A call whose offer was refused may still get a good one. */
	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	media_call_free(mc);

	profiles[1].n_suites = 1;
	mc = new_call("y");
	refuse_offer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("1", S80, KEY)),
		     488, "no crypto suite of the offer is among those");
	media_call_free(mc);
}

/* Opportunistic SRTP: offered in RTP/AVP, taken or not. */
static void test_fallback_outward(void **state)
{
	const struct rgf_session *s;
	struct media_call *mc;
	char *out;

	profiles[1].security = MEDIA_FALLBACK;
	mc = new_call("x");
	out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	assert_contains(out, " RTP/AVP 0 8\r\n");
	assert_int_equal(crypto_of(out, 1).tag, 2);
	free(out);
	free(answer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("2", S80, KEY))));
	s = null_session(media_call_session(mc));
	assert_int_equal(s->leg[1].suite,
			 RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80);
	/* It wants no more of it. */
	free(offer(mc, 0, body(10, 5006, "RTP/AVP", "")));
	free(answer(mc, 1, body(20, 6004, "RTP/AVP", "")));
	check_plain_leg(&s->leg[1], s->leg[1].local_port, 20, 6004);
	free(offer(mc, 0, body(10, 5008, "RTP/AVP", "")));
	refuse_answer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("3", S80, KEY)),
		      488, "that was not offered");
	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY)),
		      488, "RTP/AVP was offered");
	media_call_free(mc);
}

static void test_fallback_inward(void **state)
{
	const struct rgf_session *s;
	struct media_call *mc;
	char *back;

	profiles[1].security = MEDIA_FALLBACK;
	mc = new_call("x");
	free(offer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("4", S80, KEY))));
	back = answer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	assert_contains(back, " RTP/AVP 0 8\r\n");
	assert_int_equal(crypto_of(back, 0).tag, 4);
	free(back);
	s = null_session(media_call_session(mc));
	assert_bytes(&s->leg[1].rx.key[0].key, 0);
	/* A suite that we don't have, in RTP/AVP, is as good as none. */
	free(offer(mc, 1, body(20, 6006, "RTP/AVP", CRYPTO("4", "X", KEY))));
	back = answer(mc, 0, body(10, 5006, "RTP/AVP", ""));
	assert_null(strstr(back, "crypto"));
	free(back);
	check_plain_leg(&s->leg[1], s->leg[1].local_port, 20, 6006);
	/* But who says RTP/SAVP wants nothing less. */
	free(offer(mc, 1, body(20, 6008, "RTP/SAVP", CRYPTO("4", S80, KEY))));
	back = answer(mc, 0, body(10, 5008, "RTP/AVP", ""));
	assert_contains(back, " RTP/SAVP 0 8\r\n");
	free(back);
	refuse_offer(mc, 1, body(20, 6010, "RTP/SAVP", CRYPTO("4", "X", KEY)),
		     488, "the crypto suite is not known");
	refuse_offer(mc, 1,
		     body(20, 6010, "RTP/SAVP", "a=key-mgmt:mikey AQ\r\n"), 415,
		     "Received the wrong key management protocol.");
	media_call_free(mc);
}

/* What is secure is never offered, nor answered, as RTP/AVP. */
static void test_no_fallback(void **state)
{
	struct media_call *mc = new_call("x");

	refuse_offer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("4", S80, KEY)),
		     488, "RTP/SAVP is required here");
	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	refuse_answer(mc, 1, body(20, 6004, "RTP/AVP", CRYPTO("2", S80, KEY)),
		      488, "RTP/SAVP was offered");
	media_call_free(mc);
}

static void test_new_keys(void **state)
{
	struct sdes before, after;
	struct media_call *mc;
	char *out;

	for (int i = 0; i < 2; i++) {
		profiles[1].new_keys = i;
		mc = new_call("x");
		out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
		before = crypto_of(out, 1);
		free(out);
		free(answer(mc, 1,
			    body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
		out = offer(mc, 0, body(10, 5006, "RTP/AVP", ""));
		after = crypto_of(out, 1);
		free(out);
		assert_int_equal(
			memcmp(before.key.data, after.key.data, 30) != 0, i);
		media_call_free(mc);
	}
}

/* A change that only one leg is told of: the other's key goes on. */
static void test_untold(void **state)
{
	const char *secure = body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY));
	const char *plain = body(10, 5004, "RTP/AVP", "");
	struct media_refusal why = { 0 };
	struct rgf_key told;
	struct rgf_leg *leg;
	struct media_call *mc;
	char *out;

	profiles[1].new_keys = true;
	mc = new_call("x");
	free(offer(mc, 0, plain));
	free(answer(mc, 1, secure));
	leg = &null_session(media_call_session(mc))->leg[1];
	told = leg->tx.key[0].key;
	for (unsigned int from = 0; from < 2; from++) {
		const char *sdp = from ? secure : plain;

		assert_int_equal(media_call_offer_untold(mc, from, 1, sdp,
							 strlen(sdp), &out,
							 &why),
				 0);
		free(out);
		free(answer(mc, !from, from ? plain : secure));
		assert_memory_equal(leg->tx.key[0].key.data, told.data, 30);
	}
	/* One that he is told of has another. */
	free(offer(mc, 1, secure));
	free(answer(mc, 0, body(10, 5006, "RTP/AVP", "")));
	assert_memory_not_equal(leg->tx.key[0].key.data, told.data, 30);
	media_call_free(mc);
}

static void test_accepted(void **state)
{
	struct media_call *mc;
	struct sdes line;
	char *out;

	profiles[1].suites[0] = RINGFENCE_SUITE_AEAD_AES_256_GCM;
	profiles[1].n_suites = 1;
	profiles[1].accepted[0] = RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80;
	profiles[1].n_accepted = 1;
	mc = new_call("x");
	out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	line = crypto_of(out, 0);
	assert_int_equal(line.suite, RINGFENCE_SUITE_AEAD_AES_256_GCM);
	assert_int_equal(line.key.len, 44);
	free(out);
	free(offer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("1", S80, KEY))));
	refuse_offer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("1", S32, KEY)),
		     488, "no crypto suite of the offer is among those");
	media_call_free(mc);
}

/* Keys on streams that we don't relay do no harm (CVE-2012-0885). */
static void test_crypto_elsewhere(void **state)
{
	struct media_call *mc = new_call("x");
	char *out;

	out = offer(
		mc, 1,
		body(20, 6004, "RTP/SAVP",
		     CRYPTO("1", S80, KEY) "m=text 0 RTP/SAVP 98\r\n" CRYPTO(
			     "1", S80,
			     KEY) "m=audio 0 RTP/SAVP 0\r\na=crypto\r\n"
				  "m=x 9 y z\r\na=crypto:1\r\n"));
	assert_null(strstr(out, "crypto"));
	assert_contains(out, "m=text 0 RTP/SAVP 98\r\n"
			     "m=audio 0 RTP/SAVP 0\r\nm=x 0 y z\r\n");
	free(out);
	media_call_free(mc);
}

static void test_answers_refused(void **state)
{
	struct media_call *mc = new_call("x");
	char value[SDES_VALUE_MAX], attr[SDES_VALUE_MAX + 16];
	struct sdes ours;
	char *out;

	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY)),
		      500, "an answer without an offer");
	out = offer(mc, 0, body(10, 5004, "RTP/AVP", ""));
	ours = crypto_of(out, 1);
	free(out);

	refuse_answer(mc, 0, body(10, 5004, "RTP/AVP", ""), 500,
		      "an answer without an offer");
	/* No way down to plain RTP. */
	refuse_answer(mc, 1, body(20, 6004, "RTP/AVP", ""), 488,
		      "RTP/SAVP was offered, RTP/AVP was answered");
	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", ""), 488,
		      "secure audio without a=crypto");
	refuse_answer(mc, 1,
		      body(20, 6004, "RTP/SAVP", "a=key-mgmt:mikey A\r\n"), 415,
		      "wrong key management");
	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("1", S80, KEY)),
		      488, "tag or suite that was not offered");
	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("3", S80, KEY)),
		      488, "tag or suite that was not offered");
	refuse_answer(mc, 1,
		      body(20, 6004, "RTP/SAVP",
			   CRYPTO("2", S80, KEY) CRYPTO("1", S32, KEY)),
		      488, "several a=crypto");
	refuse_answer(mc, 1,
		      body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, "AAAA")), 488,
		      "not base64 of the right length");
	assert_int_equal(sdes_format(&ours, value), 0);
	snprintf(attr, sizeof(attr), "a=crypto:%s\r\n", value);
	refuse_answer(mc, 1, body(20, 6004, "RTP/SAVP", attr), 488,
		      "our own key back");
	refuse_answer(mc, 1, body(20, 0, "RTP/SAVP", CRYPTO("2", S80, KEY)),
		      488, "audio was rejected");
	refuse_answer(mc, 1,
		      "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n", 488,
		      "not the audio that was offered");
	refuse_answer(mc, 1, "nonsense", 400, "malformed");
	assert_int_equal(backend_null.adds, 0);
	/* And none of that has spoilt the offer. */
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	media_call_free(mc);
}

static void test_kernel_refuses(void **state)
{
	const char *ans = body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY));
	struct media_call *mc = new_call("x");
	const struct rgf_session *s;

	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	backend_null.fail = -ENOSPC;
	refuse_answer(mc, 1, ans, 503, "media session: told to fail");
	assert_int_equal(media_call_session(mc), 0);
	free(answer(mc, 1, ans));
	s = null_session(media_call_session(mc));
	assert_non_null(s);

	/* A change that fails leaves the session as it was. */
	free(offer(mc, 0, body(11, 5104, "RTP/AVP", "")));
	backend_null.fail = -EINVAL;
	refuse_answer(mc, 1, ans, 503, "media session: told to fail");
	assert_int_equal(s->leg[0].peer_port, 5004);
	assert_int_equal(media_call_session(mc), s->id);
	media_call_free(mc);
}

static struct media_call *established(const char *label)
{
	struct media_call *mc = new_call(label);

	free(offer(mc, 0, body(10, 5004, "RTP/AVP", "")));
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	return mc;
}

static void test_events(void **state)
{
	struct media_call *a = established("a"), *b = established("b");
	struct media_call *c = established("c");
	uint32_t id;

	backend_null.tell->idle(media_call_session(a));
	assert_int_equal(idles, 1);
	backend_null.tell->idle(4711);
	backend_null.tell->gone(4711);
	backend_null.tell->auth(4711, 0, 11);
	backend_null.tell->auth(media_call_session(a), 1, 11);
	assert_int_equal(idles, 1);
	freed_on_idle = a;
	backend_null.tell->idle(media_call_session(a));
	assert_null(freed_on_idle);
	assert_int_equal(null_count(), 2);

	/* Somebody else removes the session: nothing is left to delete. */
	id = media_call_session(b);
	null_session(id)->id = 0;
	backend_null.tell->gone(id);
	assert_int_equal(idles, 3);
	assert_int_equal(media_call_session(b), 0);
	backend_null.dels = 0;
	media_call_free(b);
	assert_int_equal(backend_null.dels, 0);
	media_call_free(c);
}

/* What lost events must have said is found out by a dump. */
static void test_lost_events(void **state)
{
	struct media_call *mc[4];
	int i;

	for (i = 0; i < 4; i++)
		mc[i] = established("x");
	backend_null.tell->lost();
	assert_int_equal(idles, 0);

	null_session(media_call_session(mc[1]))->id = 0;
	null_session(media_call_session(mc[2]))->idle = 60;
	null_session(media_call_session(mc[3]))->idle = 59;
	freed_on_idle = mc[2];
	backend_null.tell->lost();
	assert_int_equal(idles, 2);
	assert_int_equal(media_call_session(mc[1]), 0);
	assert_null(freed_on_idle);
	assert_int_not_equal(media_call_session(mc[3]), 0);

	/* No dump to be had: nothing is touched. */
	backend_null.fail = -ENOMEM;
	backend_null.tell->lost();
	assert_int_equal(idles, 2);
	media_call_free(mc[0]);
	media_call_free(mc[1]);
	media_call_free(mc[3]);

	backend_null.tell->lost();
}

static void test_adopt(void **state)
{
	struct rgf_session *s = &backend_null.session[0];
	struct rgf_session *orphan = &backend_null.session[1];
	struct rgf_session *foreign = &backend_null.session[2];
	struct media_call *mc = NULL, *other = NULL;

	s->id = 7;
	snprintf(s->label, sizeof(s->label), "sip:before");
	s->idle_timeout = 60;
	for (int i = 0; i < 2; i++) {
		s->leg[i].local_addr = rgf_addr_v4(profiles[i].local_addr);
		s->leg[i].local_port = 22004;
		s->leg[i].peer_port = 5000 + i;
	}
	*orphan = *s;
	orphan->id = 8;
	*foreign = *s;
	foreign->id = 9;
	snprintf(foreign->label, sizeof(foreign->label), "by hand");

	assert_int_equal(media_call_adopt(6, profiles, &timeouts, on_idle,
					  &idles, &mc),
			 -ENOENT);
	assert_int_equal(media_call_adopt(7, profiles, &timeouts, on_idle,
					  &idles, &mc),
			 0);
	assert_int_equal(media_call_session(mc), 7);
	assert_int_equal(media_call_adopt(7, profiles, &timeouts, on_idle,
					  &idles, &other),
			 -EBUSY);
	/* Its ports are those of session 7: no second call may have them. */
	assert_int_equal(media_call_adopt(8, profiles, &timeouts, on_idle,
					  &idles, &other),
			 -EADDRINUSE);
	assert_int_equal(null_count(), 3);
	backend_null.tell->idle(7);
	assert_int_equal(idles, 1);

	media_orphans();
	assert_non_null(null_session(7));
	assert_null(null_session(8));
	assert_non_null(null_session(9));

	/* A re-INVITE after the restart goes through as well. */
	free(offer(mc, 0, body(10, 5104, "RTP/AVP", "")));
	free(answer(mc, 1, body(20, 6004, "RTP/SAVP", CRYPTO("2", S80, KEY))));
	assert_int_equal(null_session(7)->leg[0].peer_port, 5104);
	media_call_free(mc);
	assert_null(null_session(7));

	/* The configuration has moved: the session is not what we think. */
	profiles[0].local_addr.s_addr = 0x0300007f;
	assert_int_equal(media_call_adopt(9, profiles, &timeouts, on_idle,
					  &idles, &other),
			 -EADDRNOTAVAIL);
	assert_non_null(null_session(9));
	foreign->id = 0;
	profiles[0].local_addr.s_addr = 0x0100007f;
}

/* The daemon stops: its memory goes, the session stays, the next adopts it. */
static void test_leave(void **state)
{
	struct media_call *mc = established("x");
	uint32_t id = media_call_session(mc);

	media_call_leave(mc);
	media_call_leave(NULL);
	assert_non_null(null_session(id));
	backend_null.tell->idle(id);
	assert_int_equal(idles, 0);
	assert_int_equal(media_call_adopt(id, profiles, &timeouts, on_idle,
					  &idles, &mc),
			 0);
	media_call_free(mc);
	/* One that has no session yet. */
	media_call_leave(new_call("y"));
}

static void test_new_refused(void **state)
{
	static const struct media_timeouts too_long[] = {
		{ .idle = RINGFENCE_IDLE_TIMEOUT_MAX + 1 },
		{ .hold = RINGFENCE_IDLE_TIMEOUT_MAX + 1 },
	};
	struct media_call *mc[11], *other = NULL;
	int i;

	for (i = 0; i < 10; i++)
		mc[i] = new_call("x");
	assert_int_equal(media_call_new("y", profiles, &timeouts, on_idle,
					&idles, &other),
			 -EADDRINUSE);
	assert_null(other);
	for (i = 0; i < 10; i++)
		media_call_free(mc[i]);

	assert_int_equal(media_call_new("y", profiles, &too_long[0], on_idle,
					&idles, &other),
			 -EINVAL);
	assert_int_equal(media_call_new("y", profiles, &too_long[1], on_idle,
					&idles, &other),
			 -EINVAL);
	profiles[1].suites[0] = RINGFENCE_SUITE_NONE;
	assert_int_equal(media_call_new("y", profiles, &timeouts, on_idle,
					&idles, &other),
			 -EINVAL);
	profiles[1].n_suites = 0;
	assert_int_equal(media_call_new("y", profiles, &timeouts, on_idle,
					&idles, &other),
			 -EINVAL);
	profiles[1].n_suites = MEDIA_SUITES_MAX + 1;
	assert_int_equal(media_call_new("y", profiles, &timeouts, on_idle,
					&idles, &other),
			 -EINVAL);
}

static void test_labels(void **state)
{
	char label[256];
	struct media_call *mc;

	memset(label, 'a', sizeof(label));
	memcpy(label, "sip:x\ny z\x80", 10);
	label[255] = '\0';
	mc = established(label);
	label[5] = label[7] = label[9] = '?';
	label[RINGFENCE_LABEL_MAX] = '\0';
	assert_string_equal(null_session(media_call_session(mc))->label, label);
	media_call_free(mc);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_outward),
		TEST(test_inward),
		TEST(test_repeats),
		TEST(test_other_answer),
		TEST(test_reoffer),
		TEST(test_late_offer),
		TEST(test_held_offer),
		TEST(test_offers_refused),
		TEST(test_fallback_outward),
		TEST(test_fallback_inward),
		TEST(test_no_fallback),
		TEST(test_new_keys),
		TEST(test_untold),
		TEST(test_accepted),
		TEST(test_crypto_elsewhere),
		TEST(test_answers_refused),
		TEST(test_kernel_refuses),
		TEST(test_events),
		TEST(test_lost_events),
		TEST(test_adopt),
		TEST(test_new_refused),
		TEST(test_labels),
		TEST(test_leave),
	};

	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
