// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media that is negotiated as ever, and relayed by nobody: for scripts/bench sip
 * and tests with phones, which run on a machine that has no kernel module. With
 * $RF_KEYS each session is a line of that file: the keys that we send by, leg 0's
 * and leg 1's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "media/backend.h"
#include "test-gateway.h"

/* As the configuration's default. */
const enum log_level gateway_log_level = LOG_LEVEL_INFO;

static int none_open(const struct media_events *events)
{
	return 0;
}

static void none_close(void)
{
}

static void show_keys(const struct rgf_session *s)
{
	const char *name = getenv("RF_KEYS");
	FILE *f = name ? fopen(name, "a") : NULL;

	if (!f)
		return;
	for (unsigned int i = 0; i < 2; i++) {
		const struct rgf_key *key = &s->leg[i].tx.key[0].key;

		for (unsigned int j = 0; j < key->len; j++)
			fprintf(f, "%02x", key->data[j]);
		fputs(i ? "\n" : " ", f);
	}
	fclose(f);
}

static int none_add(const struct rgf_session *s, uint32_t *ret_id)
{
	static uint32_t last;

	*ret_id = ++last;
	show_keys(s);
	return 0;
}

static int none_set(const struct rgf_session *s)
{
	show_keys(s);
	return 0;
}

static int none_del(uint32_t id)
{
	return 0;
}

static int none_get(uint32_t id, struct rgf_session *ret)
{
	return -ENOENT;
}

static int none_dump(int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg)
{
	return 0;
}

static const char *none_error(void)
{
	return "";
}

static const struct media_backend none = {
	.name = "none",
	.open = none_open,
	.close = none_close,
	.add = none_add,
	.set = none_set,
	.del = none_del,
	.get = none_get,
	.dump = none_dump,
	.error = none_error,
};

int gateway_media_init(void)
{
	return media_init_with(&none);
}
