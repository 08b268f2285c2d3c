// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libsrtp2 on standard input and output, as the independent judge of the
 * module's SRTP. One command a line, one answer a line:
 *
 *   new NAME SUITE KEY[:MKI][,KEY:MKI]... [OPTION...]
 *                           streams of any SSRC; SUITE as in RFC 4568, KEY is
 *                           master key and salt, all in hexadecimal; OPTION is
 *                           unencrypted-srtp, unauthenticated-srtp or
 *                           unencrypted-srtcp
 *   roc NAME SSRC ROC       that stream's roll-over counter, in decimal
 *   protect NAME PACKET [N] hexadecimal RTP, answered by SRTP; by the Nth key,
 *                           counted from 0, the default
 *   unprotect NAME PACKET
 *   protect-rtcp NAME PACKET [N]
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

#include "policy.h"

enum {
	PEER_STREAMS = 64,
	PEER_NAME_MAX = 31,
	PEER_KEYS = 4,
	PEER_KEY_MAX = 46,
	PEER_PACKET_MAX = 65536,
	PEER_WINDOW = 128, /* packets, RFC 3711 section 3.3.2 asks for 64 */
	PEER_OPTIONS = 3,
};

struct stream {
	char name[PEER_NAME_MAX + 1];
	srtp_t srtp;
	bool has_mki;
	srtp_policy_t policy; /* of streams that "roc" adds */
	srtp_master_key_t key[PEER_KEYS];
	srtp_master_key_t *keys[PEER_KEYS];
	uint8_t master[PEER_KEYS][PEER_KEY_MAX];
	uint8_t mki[PEER_KEYS][SRTP_MAX_MKI_LEN];
};

static struct stream streams[PEER_STREAMS];

static struct stream *find(const char *name)
{
	int i;

	for (i = 0; i < PEER_STREAMS; i++)
		if (!strcmp(streams[i].name, name))
			return &streams[i];
	return NULL;
}

static void set_option(srtp_policy_t *policy, const char *option)
{
	if (!strcmp(option, "unencrypted-srtp")) {
		policy->rtp.sec_serv &= ~(unsigned int)sec_serv_conf;
	} else if (!strcmp(option, "unauthenticated-srtp")) {
		policy->rtp.sec_serv &= ~(unsigned int)sec_serv_auth;
		policy->rtp.auth_tag_len = 0; /* or it looks for MKIs wrongly */
	} else if (!strcmp(option, "unencrypted-srtcp")) {
		policy->rtcp.sec_serv &= ~(unsigned int)sec_serv_conf;
	} else {
		policy_fail("unknown option", option);
	}
}

/* @text: KEY[:MKI][,KEY:MKI]... */
static void set_keys(struct stream *stream, char *text, size_t key_len)
{
	char *save, *key, *mki;
	size_t n = 0, len;

	for (key = strtok_r(text, ",", &save); key;
	     key = strtok_r(NULL, ",", &save), n++) {
		if (n == PEER_KEYS)
			policy_fail("too many keys for", stream->name);
		mki = strchr(key, ':');
		if (mki)
			*mki++ = '\0';
		stream->keys[n] = &stream->key[n];
		stream->key[n].key = stream->master[n];
		stream->key[n].mki_id = mki ? stream->mki[n] : NULL;
		len = mki ? policy_hex(mki, stream->mki[n], SRTP_MAX_MKI_LEN)
			  : 0;
		stream->key[n].mki_size = (unsigned int)len;
		stream->has_mki = mki;
		len = policy_hex(key, stream->master[n], PEER_KEY_MAX);
		if (len != key_len)
			policy_fail("bad key length for", stream->name);
	}
	stream->policy.keys = stream->keys;
	stream->policy.num_master_keys = n;
}

static void create(const char *name, const char *suite, char *keys,
		   char *const *options)
{
	struct stream *stream = find(name) ? find(name) : find("");
	srtp_policy_t *policy;

	if (!stream || strlen(name) > PEER_NAME_MAX)
		policy_fail("no room for stream", name);
	if (stream->srtp)
		srtp_dealloc(stream->srtp);
	memset(stream, 0, sizeof(*stream));
	strcpy(stream->name, name);
	policy = &stream->policy;
	policy->window_size = PEER_WINDOW;
	set_keys(stream, keys, policy_suite(policy, suite));
	for (; *options; options++)
		set_option(policy, *options);
	policy->ssrc.type = strncmp(name, "to-", 3) ? ssrc_any_inbound
						    : ssrc_any_outbound;
	if (srtp_create(&stream->srtp, policy))
		policy_fail("srtp_create", name);
	puts("ok");
}

static void set_roc(struct stream *stream, const char *ssrc, const char *roc)
{
	srtp_policy_t policy = stream->policy;
	uint32_t old;

	policy.ssrc.type = ssrc_specific;
	policy.ssrc.value = (uint32_t)strtoul(ssrc, NULL, 10);
	if (srtp_get_stream_roc(stream->srtp, policy.ssrc.value, &old) &&
	    srtp_add_stream(stream->srtp, &policy))
		policy_fail("srtp_add_stream", stream->name);
	if (srtp_set_stream_roc(stream->srtp, policy.ssrc.value,
				(uint32_t)strtoul(roc, NULL, 10)))
		policy_fail("srtp_set_stream_roc", stream->name);
	puts("ok");
}

/* False if there is no such operation. */
static bool transform(const char *verb, struct stream *stream, const char *hex,
		      const char *number)
{
	/* libsrtp2 wants 32-bit alignment and room for the trailer. */
	uint32_t packet[(PEER_PACKET_MAX + SRTP_MAX_TRAILER_LEN + 4) / 4 + 1];
	int len = (int)policy_hex(hex, (uint8_t *)packet, PEER_PACKET_MAX), i;
	unsigned int n = number ? (unsigned int)strtoul(number, NULL, 10) : 0;
	srtp_t srtp = stream->srtp;
	bool mki = stream->has_mki;
	srtp_err_status_t status;

	if (!strcmp(verb, "protect"))
		status = srtp_protect_mki(srtp, packet, &len, mki, n);
	else if (!strcmp(verb, "unprotect"))
		status = srtp_unprotect_mki(srtp, packet, &len, mki);
	else if (!strcmp(verb, "protect-rtcp"))
		status = srtp_protect_rtcp_mki(srtp, packet, &len, mki, n);
	else if (!strcmp(verb, "unprotect-rtcp"))
		status = srtp_unprotect_rtcp_mki(srtp, packet, &len, mki);
	else
		return false;
	if (status) {
		printf("error %d\n", (int)status);
		return true;
	}
	for (i = 0; i < len; i++)
		printf("%02x", ((uint8_t *)packet)[i]);
	putchar('\n');
	return true;
}

static void command(char *line)
{
	char *verb = strtok(line, " \n"), *name = strtok(NULL, " \n");
	char *third = strtok(NULL, " \n"), *fourth = strtok(NULL, " \n");
	char *options[PEER_OPTIONS + 1] = { NULL };
	size_t i = 0;

	if (!third)
		policy_fail("incomplete command", verb ? verb : "");
	if (!strcmp(verb, "new") && fourth) {
		while (i < PEER_OPTIONS &&
		       (options[i] = strtok(NULL, " \n")) != NULL)
			i++;
		create(name, third, fourth, options);
		return;
	}
	if (!find(name))
		policy_fail("no stream", name);
	if (!strcmp(verb, "roc") && fourth)
		set_roc(find(name), third, fourth);
	else if (!transform(verb, find(name), third, fourth))
		policy_fail("unknown command", verb);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	if (srtp_init())
		policy_fail("srtp_init", "failed");
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (getline(&line, &size, stdin) > 0)
		command(line);
	free(line);
	return 0;
}
