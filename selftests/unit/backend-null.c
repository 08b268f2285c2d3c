// SPDX-License-Identifier: GPL-2.0-or-later
#include "backend-null.h"

#include <errno.h>
#include <stddef.h>

struct backend_null backend_null;

struct rgf_session *null_session(uint32_t id)
{
	for (int i = 0; i < NULL_SESSIONS; i++) {
		if (id && backend_null.session[i].id == id)
			return &backend_null.session[i];
	}
	return NULL;
}

unsigned int null_count(void)
{
	unsigned int n = 0;

	for (int i = 0; i < NULL_SESSIONS; i++)
		n += backend_null.session[i].id != 0;
	return n;
}

static int failure(void)
{
	int err = backend_null.fail;

	backend_null.fail = 0;
	return err;
}

static int null_open(const struct media_events *events)
{
	backend_null.tell = events;
	return 0;
}

static void null_close(void)
{
	backend_null.tell = NULL;
}

static int null_add(const struct rgf_session *s, uint32_t *ret_id)
{
	int err = failure();

	backend_null.adds++;
	for (int i = 0; i < NULL_SESSIONS && !err; i++) {
		if (backend_null.session[i].id)
			continue;
		backend_null.session[i] = *s;
		backend_null.session[i].id = ++backend_null.last_id;
		*ret_id = backend_null.last_id;
		return 0;
	}
	return err ? err : -ENOSPC;
}

/* Only what is named changes, as in the kernel. */
static void set_leg(struct rgf_leg *to, const struct rgf_leg *from)
{
	struct rgf_leg old = *to;

	*to = *from;
	if (!(from->has & RGF_HAS_PEER_ADDR)) {
		to->peer_addr = old.peer_addr;
		to->peer_port = old.peer_port;
		to->peer_rtcp_port = old.peer_rtcp_port;
	}
	to->has |= old.has;
	if (from->has & RGF_HAS_SUITE && from->suite == RINGFENCE_SUITE_NONE)
		to->has &= ~(uint32_t)(RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS);
}

static int null_set(const struct rgf_session *s)
{
	struct rgf_session *to = null_session(s->id);
	int err = failure();

	backend_null.sets++;
	if (err)
		return err;
	if (!to)
		return -ENOENT;
	for (int i = 0; i < 2; i++)
		set_leg(&to->leg[i], &s->leg[i]);
	to->idle_timeout = s->idle_timeout;
	return 0;
}

static int null_del(uint32_t id)
{
	struct rgf_session *s = null_session(id);

	backend_null.dels++;
	if (!s)
		return -ENOENT;
	s->id = 0;
	return 0;
}

static int null_get(uint32_t id, struct rgf_session *ret)
{
	struct rgf_session *s = null_session(id);

	if (!s)
		return -ENOENT;
	*ret = *s;
	return 0;
}

static int null_dump(int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg)
{
	int err = failure();

	for (int i = 0; i < NULL_SESSIONS && !err; i++) {
		if (backend_null.session[i].id)
			err = cb(&backend_null.session[i], arg);
	}
	return err;
}

static const char *null_error(void)
{
	return "told to fail";
}

const struct media_backend media_null = {
	.name = "null",
	.open = null_open,
	.close = null_close,
	.add = null_add,
	.set = null_set,
	.del = null_del,
	.get = null_get,
	.dump = null_dump,
	.error = null_error,
};
