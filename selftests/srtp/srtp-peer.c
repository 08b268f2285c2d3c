// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libsrtp2 on standard input and output, as the independent judge of the
 * module's SRTP. One command a line, one answer a line:
 *
 *   new NAME SUITE KEY      a stream of any SSRC; SUITE as in RFC 4568, KEY
 *                           is master key and salt in hexadecimal
 *   protect NAME PACKET     hexadecimal RTP, answered by SRTP
 *   unprotect NAME PACKET
 *   protect-rtcp NAME PACKET
 *   unprotect-rtcp NAME PACKET
 *
 * The answer is hexadecimal, "ok", or "error" and libsrtp2's status. Streams
 * whose names begin with "to-" only protect, all others only unprotect.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

enum {
	PEER_STREAMS = 64,
	PEER_NAME_MAX = 31,
	PEER_KEY_LEN = 30,
	PEER_PACKET_MAX = 2048,
	PEER_WINDOW = 128, /* packets, RFC 3711 section 3.3.2 asks for 64 */
};

struct stream {
	char name[PEER_NAME_MAX + 1];
	srtp_t srtp;
};

typedef srtp_err_status_t peer_op(srtp_t srtp, void *packet, int *len);

static const struct {
	const char *name;
	peer_op *run;
} operations[] = {
	{ "protect", srtp_protect },
	{ "unprotect", srtp_unprotect },
	{ "protect-rtcp", srtp_protect_rtcp },
	{ "unprotect-rtcp", srtp_unprotect_rtcp },
};

static struct stream streams[PEER_STREAMS];

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "srtp-peer: %s: %s\n", what, detail);
	exit(1);
}

/* Bytes written to @out, which has room for @max. */
static size_t from_hex(const char *hex, uint8_t *out, size_t max)
{
	size_t n = strlen(hex) / 2, i;
	char byte[3] = "", *end;

	if (strlen(hex) % 2 || n > max)
		fail("bad hexadecimal", hex);
	for (i = 0; i < n; i++) {
		memcpy(byte, hex + 2 * i, 2);
		out[i] = (uint8_t)strtoul(byte, &end, 16);
		if (*end)
			fail("bad hexadecimal", hex);
	}
	return n;
}

static struct stream *find(const char *name)
{
	int i;

	for (i = 0; i < PEER_STREAMS; i++)
		if (!strcmp(streams[i].name, name))
			return &streams[i];
	return NULL;
}

static void set_suite(srtp_policy_t *policy, const char *suite)
{
	if (!strcmp(suite, "AES_CM_128_HMAC_SHA1_80"))
		srtp_crypto_policy_set_rtp_default(&policy->rtp);
	else if (!strcmp(suite, "AES_CM_128_HMAC_SHA1_32"))
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy->rtp);
	else
		fail("unknown suite", suite);
	srtp_crypto_policy_set_rtcp_default(&policy->rtcp);
}

static void create(const char *name, const char *suite, const char *hex)
{
	struct stream *stream = find(name) ? find(name) : find("");
	srtp_policy_t policy = { .window_size = PEER_WINDOW };
	uint8_t key[PEER_KEY_LEN];
	srtp_err_status_t status;

	if (!stream || strlen(name) > PEER_NAME_MAX)
		fail("no room for stream", name);
	if (from_hex(hex, key, sizeof(key)) != sizeof(key))
		fail("bad key length for stream", name);
	set_suite(&policy, suite);
	policy.ssrc.type = strncmp(name, "to-", 3) ? ssrc_any_inbound
						   : ssrc_any_outbound;
	policy.key = key;
	if (stream->srtp)
		srtp_dealloc(stream->srtp);
	strcpy(stream->name, name);
	status = srtp_create(&stream->srtp, &policy);
	if (status)
		fail("srtp_create", name);
	puts("ok");
}

static void transform(peer_op *run, struct stream *stream, const char *hex)
{
	/* libsrtp2 wants 32-bit alignment and room for the trailer. */
	uint32_t packet[(PEER_PACKET_MAX + SRTP_MAX_TRAILER_LEN) / 4 + 1];
	int len = (int)from_hex(hex, (uint8_t *)packet, PEER_PACKET_MAX);
	srtp_err_status_t status = run(stream->srtp, packet, &len);
	int i;

	if (status) {
		printf("error %d\n", (int)status);
		return;
	}
	for (i = 0; i < len; i++)
		printf("%02x", ((uint8_t *)packet)[i]);
	putchar('\n');
}

static void command(char *line)
{
	char *verb = strtok(line, " \n"), *name = strtok(NULL, " \n");
	char *third = strtok(NULL, " \n"), *fourth = strtok(NULL, " \n");
	size_t i;

	if (!third)
		fail("incomplete command", verb ? verb : "");
	if (!strcmp(verb, "new") && fourth) {
		create(name, third, fourth);
		return;
	}
	if (!find(name))
		fail("no stream", name);
	for (i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (!strcmp(verb, operations[i].name)) {
			transform(operations[i].run, find(name), third);
			return;
		}
	fail("unknown command", verb);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	if (srtp_init())
		fail("srtp_init", "failed");
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (getline(&line, &size, stdin) > 0)
		command(line);
	free(line);
	return 0;
}
