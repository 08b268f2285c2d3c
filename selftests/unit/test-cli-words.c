// SPDX-License-Identifier: GPL-2.0-or-later
/* What is typed, as the module gets it, and what is refused. */
#include "cli-end.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test-cli-XXXXXX";

/* A key file of @len bytes, all @fill; @params behind the base64. */
static void write_key(const char *name, size_t len, const char *text)
{
	FILE *f;
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static void write_text(const char *name, const char *text)
{
	write_key(name, strlen(text), text);
}

#define B30   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5" /* 0123456789… */
#define B30_X "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlq" /* abcdefghij… */
#define B28   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nw=="
#define B38   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc="
#define B44   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM="
#define B46   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NQ=="

static int group_setup(void **state)
{
	umask(077);
	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	write_text("k28", B28);
	write_text("k30", B30 "\n");
	write_text("x30", "# a comment\ninline:" B30_X "\n");
	write_text("k38", B38);
	write_text("k44", B44);
	write_text("k46", B46);
	write_text("sdes", "inline:" B30 "|2^31|258:4\n");
	write_text("sdes-mki", B30 "|65535:2\n");
	write_text("sdes-life", B30 "|1000\n");
	write_text("pair",
		   "tx " B30 "|1:1\nrx " B30_X "|1:1\nrx " B30 "|2:1\n");
	return cli_group_setup(state);
}

static int group_teardown(void **state)
{
	char command[64];

	cli_group_teardown(state);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static const struct rgf_leg *leg_told(int i)
{
	assert_true(module.told.has & (RGF_HAS_LEG_A << i));
	return &module.told.leg[i];
}

static void expect_addr(const struct rgf_addr *addr, const char *want)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4 = rgf_addr_to_v4(addr);

	if (rgf_addr_is_v4(addr))
		inet_ntop(AF_INET, &v4, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &addr->in6, text, sizeof(text));
	assert_string_equal(text, want);
}

#define A "a local 10.0.1.1:20000 "
#define B "b local 192.0.2.1:20000 "

static void test_add(void **state)
{
	const struct rgf_leg *leg;

	expect("session add id 7 label x idle-timeout 30 flags udptl "
	       "a local 10.0.1.1:20000 peer 10.0.1.2:4000 rtcp 4010 "
	       "latch strict dscp 46 clock-rate 16000 "
	       "flags rtcp-mux,expect-stun,expect-dtls "
	       "b local [2001:db8::1]:65534 peer [2001:db8::2]:5000 "
	       "latch address dscp keep kdr 24 suite AES_256_CM_HMAC_SHA1_32 "
	       "tx-key k46 rx-key k46",
	       0, "7\n");
	assert_int_equal(module.news, 1);
	assert_int_equal(module.told.has,
			 RGF_HAS_LABEL | RGF_HAS_IDLE_TIMEOUT | RGF_HAS_FLAGS |
				 RGF_HAS_LEG_A | RGF_HAS_LEG_B);
	assert_int_equal(module.told.flags, RINGFENCE_SESSION_FLAGS_UDPTL);
	leg = leg_told(0);
	assert_int_equal(leg->has,
			 RGF_HAS_LOCAL_ADDR | RGF_HAS_LOCAL_PORT |
				 RGF_HAS_PEER_ADDR | RGF_HAS_PEER_PORT |
				 RGF_HAS_PEER_RTCP_PORT | RGF_HAS_LATCH |
				 RGF_HAS_DSCP | RGF_HAS_CLOCK_RATE |
				 RGF_HAS_FLAGS | RGF_HAS_SUITE);
	expect_addr(&leg->local_addr, "10.0.1.1");
	expect_addr(&leg->peer_addr, "10.0.1.2");
	assert_int_equal(leg->peer_port, 4000);
	assert_int_equal(leg->peer_rtcp_port, 4010);
	assert_int_equal(leg->latch, RINGFENCE_LATCH_STRICT);
	assert_int_equal(leg->dscp, 46);
	assert_int_equal(leg->clock_rate, 16000);
	assert_int_equal(leg->flags, 7);
	assert_int_equal(leg->suite, RINGFENCE_SUITE_NONE);
	leg = leg_told(1);
	expect_addr(&leg->local_addr, "2001:db8::1");
	expect_addr(&leg->peer_addr, "2001:db8::2");
	assert_int_equal(leg->local_port, 65534);
	assert_false(leg->has & RGF_HAS_LOCAL_RTCP_PORT);
	assert_int_equal(leg->dscp, RINGFENCE_DSCP_KEEP);
	assert_int_equal(leg->kdr, 24);
	assert_int_equal(leg->suite, RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_32);
	assert_int_equal(leg->tx.n, 1);
	assert_int_equal(leg->tx.key[0].key.len, 46);
	assert_int_equal(leg->tx.key[0].mki_len, 0);
	assert_int_equal(leg->tx.key[0].lifetime, 0);
}

static void test_suites(void **state)
{
	static const struct {
		const char *suite, *file;
		uint8_t len;
	} cases[] = {
		{ "AES_CM_128_HMAC_SHA1_80", "k30", 30 },
		{ "AES_CM_128_HMAC_SHA1_32", "k30", 30 },
		{ "AES_192_CM_HMAC_SHA1_80", "k38", 38 },
		{ "AES_192_CM_HMAC_SHA1_32", "k38", 38 },
		{ "AES_256_CM_HMAC_SHA1_80", "k46", 46 },
		{ "AES_256_CM_HMAC_SHA1_32", "k46", 46 },
		{ "AEAD_AES_128_GCM", "k28", 28 },
		{ "AEAD_AES_256_GCM", "k44", 44 },
		{ "F8_128_HMAC_SHA1_80", "k30", 30 },
		{ "NULL_HMAC_SHA1_80", "k30", 30 },
		{ "NULL_HMAC_SHA1_32", "k30", 30 },
	};
	char command[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct rgf_key *key;

		snprintf(command, sizeof(command),
			 "session add " A B "suite %s tx-key %s rx-key %s",
			 cases[i].suite, cases[i].file, cases[i].file);
		expect(command, 0, "12\n");
		assert_string_equal(rgf_suite_name(leg_told(1)->suite),
				    cases[i].suite);
		key = &leg_told(1)->tx.key[0].key;
		assert_int_equal(key->len, cases[i].len);
		for (unsigned int n = 0; n < key->len; n++)
			assert_int_equal(key->data[n], '0' + n % 10);
	}
}

static void test_wrong_key_length(void **state)
{
	expect_refused("session add " A B
		       "suite AEAD_AES_128_GCM tx-key k28 rx-key k30",
		       "leg b: rx-key must have 28 bytes for AEAD_AES_128_GCM, "
		       "not 30");
	expect_refused("session set id 1 a suite AES_256_CM_HMAC_SHA1_80 "
		       "tx-key k44 rx-key k46",
		       "leg a: tx-key must have 46 bytes");
	/* Without a suite the module is to judge. */
	expect("session set id 1 a tx-key k44", 0, "");
}

static void test_keys(void **state)
{
	static const uint8_t value_258[] = { 0, 0, 1, 2 };
	const struct rgf_keys *keys;

	expect("session set id 1 b tx-key k30 mki 0001 lifetime 2^20 "
	       "tx-key x30 lifetime 281474976710656 mki fFfE "
	       "rx-key sdes rx-key x30 mki 00000000",
	       0, "");
	assert_int_equal(leg_told(1)->has, RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS);
	keys = &leg_told(1)->tx;
	assert_int_equal(keys->n, 2);
	assert_int_equal(keys->key[0].key.data[0], '0');
	assert_int_equal(keys->key[0].mki_len, 2);
	assert_memory_equal(keys->key[0].mki, "\0\1", 2);
	assert_int_equal(keys->key[0].lifetime, 1 << 20);
	assert_int_equal(keys->key[1].key.data[0], 'a');
	assert_memory_equal(keys->key[1].mki, "\xff\xfe", 2);
	assert_true(keys->key[1].lifetime == RINGFENCE_KEY_LIFETIME_MAX);
	keys = &leg_told(1)->rx;
	assert_int_equal(keys->n, 2);
	assert_int_equal(keys->key[0].mki_len, 4);
	assert_memory_equal(keys->key[0].mki, value_258, 4);
	assert_true(keys->key[0].lifetime == 1ULL << 31);
	assert_int_equal(keys->key[1].mki_len, 4);

	expect("session set id 1 a tx-key sdes-mki rx-key sdes-life", 0, "");
	keys = &leg_told(0)->tx;
	assert_int_equal(keys->key[0].mki_len, 2);
	assert_memory_equal(keys->key[0].mki, "\xff\xff", 2);
	assert_int_equal(keys->key[0].lifetime, 0);
	assert_int_equal(leg_told(0)->rx.key[0].lifetime, 1000);
	assert_int_equal(leg_told(0)->rx.key[0].mki_len, 0);

	expect("session set id 1 a keys pair", 0, "");
	assert_int_equal(leg_told(0)->tx.n, 1);
	assert_int_equal(leg_told(0)->rx.n, 2);
	assert_int_equal(leg_told(0)->rx.key[1].mki[0], 2);
}

static void test_long_mki(void **state)
{
	char command[512], hex[2 * RINGFENCE_MKI_MAX + 3];

	memset(hex, '7', sizeof(hex));
	hex[2 * RINGFENCE_MKI_MAX] = 0;
	snprintf(command, sizeof(command),
		 "session set id 1 a tx-key k30 mki %s", hex);
	expect(command, 0, "");
	assert_int_equal(leg_told(0)->tx.key[0].mki_len, RINGFENCE_MKI_MAX);
	cli_setup(NULL);
	hex[2 * RINGFENCE_MKI_MAX] = '7';
	hex[2 * RINGFENCE_MKI_MAX + 2] = 0;
	snprintf(command, sizeof(command),
		 "session set id 1 a tx-key k30 mki %s", hex);
	expect_refused(command, "mki must be 1 to 128 bytes");
}

/* What may follow the key in its file. */
static void test_sdes_parameters(void **state)
{
	static const char *const good[] = {
		"|1",
		"|2^0",
		"|2^48",
		"|281474976710656",
		"|0:1",
		"|255:1",
		"|256:2",
		"|1:128",
		"|2^1|00000000000000000000000007:1",
	};
	static const char *const bad[] = {
		"|",
		"||",
		"|0",
		"|2^49",
		"|2^",
		"|-1",
		"|281474976710657",
		"|1:0",
		"|256:1",
		"|65536:2",
		"|1:129",
		"|1:",
		"|:1",
		"|a:1",
		"|1:4|2^31",
		"|2^31|1:4|",
		"|2^31|1:4|x",
		"|2^31|2^31",
		"|1:1:1",
		"|18446744073709551617",
	};
	char text[128];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(text, sizeof(text), B30 "%s\n", good[i]);
		write_text("param", text);
		expect("session set id 1 a tx-key param", 0, "");
	}
	cli_setup(NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), B30 "%s\n", bad[i]);
		write_text("param", text);
		expect_refused("session set id 1 a tx-key param",
			       "after the key may follow |LIFETIME");
	}
}

static void test_bad_base64(void **state)
{
	static const char *const bad[] = {
		"",
		"inline:",
		"=",
		"MDEy",
		B30 "MDEy=",
		B28 "=",
		B46 "MDEy",
		/* 27, 47 and 48 bytes */
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2",
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
		"NTY=",
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
		"NTY3",
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nw", /* no padding */
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2N===",
		"MDEyMzQ1Njc4OTAx==MjM0NTY3ODkwMTIzNDU2Nw",
		"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nz_5",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_text("bad", bad[i]);
		assert_int_equal(run("session set id 1 a tx-key bad"),
				 CLI_USAGE);
		if (!strstr(err, "bad: a key is 40, 52, 60 or 64 characters") &&
		    !strstr(err, "bad: no key"))
			fail_msg("%s: %s", bad[i], err);
		assert_null(strstr(err, "MDEy"));
	}
}

static const struct {
	const char *words, *want;
} refusals[] = {
	{ "session set id 1 a tx-key k30 tx-key x30",
	  "tx-key is given more than once, so each needs an MKI" },
	{ "session set id 1 a tx-key k30 mki 00 tx-key x30 mki 0000",
	  "and all of one length" },
	{ "session set id 1 a rx-key k30 mki 00 rx-key x30",
	  "leg a: rx-key is given more than once" },
	{ "session set id 1 a tx-key k30 tx-key k30 tx-key k30 tx-key k30 "
	  "tx-key k30",
	  "more than 4 tx keys for a leg" },
	{ "session set id 1 a keys pair keys pair keys pair",
	  "more than 4 rx keys for a leg" },
	{ "session set id 1 a keys k30",
	  "k30: each line must be tx KEY or rx" },
	{ "session set id 1 a tx-key pair", "pair: more than one word" },
	{ "session set id 1 a mki 00",
	  "mki must come right after tx-key FILE" },
	{ "session set id 1 a lifetime 1",
	  "lifetime must come right after tx-key FILE" },
	{ "session set id 1 a keys pair mki 00", "mki must come right after" },
	{ "session set id 1 a tx-key k30 suite none mki 00",
	  "mki must come right after" },
	{ "session set id 1 a tx-key k30 rtcp 5",
	  "rtcp must come right after local" },
	{ "session set id 1 a local 10.0.1.1:5 rtcp 6 rtcp 7",
	  "rtcp must come right after local" },
	{ "session set id 1 mki 00", "mki belongs to a leg" },
	{ "session set id 1 a tx-key k30 mki 00 mki 00",
	  "the key's mki is given twice for leg a" },
	{ "session set id 1 a tx-key sdes mki 00",
	  "the key's mki is given twice for leg a" },
	{ "session set id 1 a tx-key sdes lifetime 5",
	  "the key's lifetime is given twice" },
	{ "session set id 1 a tx-key k30 mki", "mki needs a value: mki HEX" },
	{ "session set id 1 a tx-key k30 mki 0", "not \"0\"" },
	{ "session set id 1 a tx-key k30 mki 0x", "not \"0x\"" },
	{ "session set id 1 a tx-key k30 mki ", "not \"\"" },
	{ "session set id 1 a tx-key k30 lifetime 0", "not \"0\"" },
	{ "session set id 1 a tx-key k30 lifetime 2^49", "not \"2^49\"" },
	{ "session set id 1 a tx-key k30 lifetime 3^4", "not \"3^4\"" },
	{ "session set id 1 a flags udptl",
	  "udptl is a flag of the session; give it before a or b" },
	{ "session set id 1 flags rtcp-mux",
	  "rtcp-mux is a flag of a leg; give it after a or b" },
	{ "session set id 1 flags ", "unknown flag \"\"; there are: none, or" },
	{ "session set id 1 a flags rtcp-mux,", "unknown flag \"\"" },
	{ "session set id 1 a flags none,rtcp-mux", "unknown flag \"none\"" },
	{ "session set id 1 a flags rtcp-mux flags none",
	  "flags is given twice for leg a" },
	{ "session set id 1 flags none flags none", "flags is given twice\n" },
	{ "session set id 1 a latch none",
	  "latch must be one of: strict, port, address; not \"none\"" },
	{ "session set id 1 a dscp 64",
	  "dscp must be keep or a number from 0" },
	{ "session set id 1 a dscp -1", "not \"-1\"" },
	{ "session set id 1 a kdr 25", "kdr must be a number from 0 to 24" },
	{ "session set id 1 a clock-rate 999", "from 1000 to 192000" },
	{ "session set id 1 a clock-rate 192001", "from 1000 to 192000" },
	{ "session add a local [2001:db8::1]",
	  "must be an address and a port" },
	{ "session add a local [2001:db8::1]20000", "an address and a port" },
	{ "session add a local [2001:db8::1]:", "the port must be a number" },
	{ "session add a local [2001:db8::1:20000", "an address and a port" },
	{ "session add a local 2001:db8::1:20000", "an address and a port" },
	{ "session add a local [10.0.1.1]:20000", "an address and a port" },
	{ "session add a local [::ffff:10.0.1.1]:20000",
	  "an address and a por" },
	{ "session add a local [fe80::1%eth0]:20000", "an address and a port" },
	{ "session add a local []:20000", "an address and a port" },
	{ "session add a local 10.0.1.1:65535",
	  "no next port for RTCP; add: rtcp PORT, or: flags rtcp-mux" },
	{ "session add " A "peer 10.0.1.2:65535",
	  "peer has port 65535 and there is no next port" },
	{ "config", "add one of: show, set, del, diff, commit" },
	{ "config set", "config set needs a path; \"config help\" shows" },
	{ "config del", "config del needs a path" },
	{ "config diff x", "unexpected word \"x\"" },
	{ "config commit x", "unexpected word \"x\"" },
	{ "config commit confirmed", "confirmed needs a value" },
	{ "config commit confirmed 0", "a number from 1 to 86400" },
	{ "config commit confirmed 86401", "a number from 1 to 86400" },
	{ "config commit comment", "comment needs a value" },
	{ "config confirm x", "unexpected word \"x\"" },
	{ "config rollback", "config rollback needs a value" },
	{ "config rollback 21", "a number from 0 to 20" },
	{ "config rollback 1 x", "unexpected word \"x\"" },
	{ "config history x", "unexpected word \"x\"" },
	{ "config discard x", "unexpected word \"x\"" },
	{ "config take x", "unexpected word \"x\"" },
	{ "config load", "config load needs a value" },
	{ "config load x y", "unexpected word \"y\"" },
	{ "config save", "config save needs a value" },
	{ "config save x y", "unexpected word \"y\"" },
	{ "config help nonsense", "unknown word \"nonsense\"; allowed: log" },
	{ "config help log level info x", "nothing follows the value" },
	{ "netns", "add one of: show, set" },
	{ "netns show x", "unexpected word \"x\"" },
	{ "netns set", "netns set needs: media-ports MIN-MAX, or: media" },
	{ "netns set ports 1-2", "no other word" },
	{ "netns set media-ports", "media-ports needs a value" },
	{ "netns set media-ports 1-2 x", "unexpected word \"x\"" },
	{ "netns set media-ports 0-5", "not \"0-5\"" },
	{ "netns set media-ports 6-5", "not \"6-5\"" },
	{ "netns set media-ports 5", "not \"5\"" },
	{ "netns set media-ports 5-", "not \"5-\"" },
	{ "netns set media-ports -5", "not \"-5\"" },
	{ "netns set media-ports 1-65536", "not \"1-65536\"" },
	{ "netns set media-ports 000001-000002", "not \"000001-000002\"" },
	{ "top x", "unexpected word \"x\"" },
	{ "top -d", "-d needs a value: -d SECONDS" },
	{ "top -d 0", "from 0.1 to 3600, not \"0\"" },
	{ "top -d 3601", "not \"3601\"" },
	{ "top -d nan", "not \"nan\"" },
	{ "top -d 1e3", "not \"1e3\"" },
	{ "top -d 1.2.3", "not \"1.2.3\"" },
	{ "top -d ", "not \"\"" },
	{ "top -n 0", "-n must be a number from 1 to" },
};

static void test_refusals(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		expect_refused(refusals[i].words, refusals[i].want);
}

static void test_mux_needs_no_rtcp_port(void **state)
{
	expect("session add a local 10.0.1.1:65535 peer 10.0.1.2:65535 "
	       "flags rtcp-mux b local 192.0.2.1:20000",
	       0, "12\n");
	assert_false(leg_told(0)->has &
		     (RGF_HAS_LOCAL_RTCP_PORT | RGF_HAS_PEER_RTCP_PORT));
	/* Of a session that is there, the module knows. */
	expect("session set id 1 a local 10.0.1.1:65535", 0, "");
}

static void test_flags_none(void **state)
{
	expect("session set id 1 flags none a flags none", 0, "");
	assert_int_equal(module.told.has, RGF_HAS_FLAGS | RGF_HAS_LEG_A);
	assert_int_equal(module.told.flags, 0);
	assert_int_equal(leg_told(0)->has, RGF_HAS_FLAGS);
	assert_int_equal(leg_told(0)->flags, 0);
	expect("session set id 1 a flags unauthenticated-srtp,resync", 0, "");
	assert_int_equal(leg_told(0)->flags,
			 RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP |
				 RINGFENCE_LEG_FLAGS_RESYNC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLI_TEST(test_add),
		CLI_TEST(test_suites),
		CLI_TEST(test_wrong_key_length),
		CLI_TEST(test_keys),
		CLI_TEST(test_long_mki),
		CLI_TEST(test_sdes_parameters),
		CLI_TEST(test_bad_base64),
		CLI_TEST(test_refusals),
		CLI_TEST(test_mux_needs_no_rtcp_port),
		CLI_TEST(test_flags_none),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
