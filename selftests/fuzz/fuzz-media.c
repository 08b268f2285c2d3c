// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call whose peers say anything: bodies divided by zero bytes go in as offers
 * and answers of both legs. Whatever happens, a secure leg is never programmed
 * without keys, nor with our own key in both directions, nor a plain leg with.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/backend-null.h"
#include "base/log.h"
#include "media/media.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

static void on_idle(struct media_call *mc, void *arg)
{
	abort();
}

static struct media_call *new_call(void)
{
	const struct media_profile prof[2] = {
		{
			.local_addr = { htonl(0x7f000001) },
			.port_min = 23000,
			.port_max = 23999,
			.security = MEDIA_UNSECURE,
		},
		{
			.local_addr = { htonl(0x7f000002) },
			.port_min = 23000,
			.port_max = 23999,
			.security = MEDIA_SECURE,
			.suites = { RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80,
				    RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32 },
			.n_suites = 2,
		},
	};
	const struct media_timeouts timeouts = { .idle = 60, .hold = 60 };
	struct media_call *mc = NULL;

	require(!media_call_new("fuzz", prof, &timeouts, on_idle, NULL, &mc));
	return mc;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	return media_init_with(&media_null);
}

static void check_session(uint32_t id)
{
	const struct rgf_session *s = null_session(id);
	const struct rgf_leg *plain, *secure;

	require(s != NULL);
	plain = &s->leg[0];
	secure = &s->leg[1];
	require(plain->suite == RINGFENCE_SUITE_NONE &&
		!(plain->has & (RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS)));
	require(secure->suite != RINGFENCE_SUITE_NONE &&
		secure->has & RGF_HAS_TX_KEYS &&
		secure->has & RGF_HAS_RX_KEYS && secure->tx.n == 1 &&
		secure->rx.n == 1);
	require(secure->tx.key[0].key.len == rgf_suite_key_len(secure->suite) &&
		secure->rx.key[0].key.len == secure->tx.key[0].key.len);
	require(memcmp(secure->tx.key[0].key.data, secure->rx.key[0].key.data,
		       secure->tx.key[0].key.len) != 0);
}

/* The first byte of a body says whose it is, and whether offer or answer. */
static void say(struct media_call *mc, const char *body, size_t len)
{
	struct media_refusal why = { 0 };
	char *out = NULL;
	int err;

	if (!len)
		return;
	if (*body & 2)
		err = media_call_offer(mc, *body & 1, body + 1, len - 1, &out,
				       &why);
	else
		err = media_call_answer(mc, *body & 1, body + 1, len - 1, &out,
					&why);
	require(!err == !!out);
	require(!err || (why.status && why.reason[0]));
	if (media_call_session(mc))
		check_session(media_call_session(mc));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *p = (const char *)data, *end = p + len, *stop;
	struct media_call *mc = new_call();

	while (p < end) {
		stop = memchr(p, '\0', end - p);
		if (!stop)
			stop = end;
		say(mc, p, stop - p);
		p = stop + 1;
	}
	media_call_free(mc);
	require(!null_count());
	return 0;
}
