// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel module as the media backend. */
#include <errno.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "media/backend.h"

static struct {
	struct rgf *rgf;
	struct rgf_events *events;
	struct event *readable;
	const struct media_events *tell;
} kernel;

static void on_rgf_event(const struct rgf_event *e, void *arg)
{
	switch (e->type) {
	case RGF_EVENT_IDLE:
		kernel.tell->idle(e->id);
		break;
	case RGF_EVENT_DEL:
		kernel.tell->gone(e->id);
		break;
	case RGF_EVENT_AUTH:
		kernel.tell->auth(e->id, e->leg, e->count);
		break;
	case RGF_EVENT_KEY:
		notify(MEDIA_KEY, e->label, e->id,
		       e->direction == RINGFENCE_DIRECTION_TX ? "tx" : "rx",
		       e->leg, (unsigned long long)e->count);
		break;
	case RGF_EVENT_DESYNC:
		kernel.tell->desync(e->id, e->leg, e->ssrc);
		break;
	case RGF_EVENT_MEDIA:
		log_dbg("media", "%s: first packet of leg %u, ssrc %08x",
			e->label, e->leg, e->ssrc);
		break;
	case RGF_EVENT_RULES_LOADED:
	case RGF_EVENT_RULES_CONFIRMED:
	case RGF_EVENT_RULES_BACK:
	case RGF_EVENT_RULES_DELETED:
	case RGF_EVENT_ADDRESS_SET:
	case RGF_EVENT_BAN:
	case RGF_EVENT_UNBAN:
	case RGF_EVENT_FULL:
		break; /* not of a session */
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	int err = rgf_events_read(kernel.events, on_rgf_event, NULL);

	if (err == -ENOBUFS)
		kernel.tell->lost();
	else if (err && err != -EAGAIN)
		notify(MEDIA_EVENTS, strerror(-err));
}

static void kernel_close(void)
{
	if (kernel.readable)
		event_free(kernel.readable);
	rgf_events_close(kernel.events);
	rgf_close(kernel.rgf);
	kernel.readable = NULL;
	kernel.events = NULL;
	kernel.rgf = NULL;
}

static int kernel_open(const struct media_events *events)
{
	int err = rgf_open(&kernel.rgf);

	if (err)
		return err;
	kernel.tell = events;
	err = rgf_events_open(&kernel.events);
	if (err)
		goto fail;
	kernel.readable = event_new(loop_base(), rgf_events_fd(kernel.events),
				    EV_READ | EV_PERSIST, on_readable, NULL);
	if (kernel.readable && !event_add(kernel.readable, NULL))
		return 0;
	err = -ENOMEM;
fail:
	kernel_close();
	return err;
}

static int kernel_add(const struct rgf_session *s, uint32_t *ret_id)
{
	return rgf_session_new(kernel.rgf, s, ret_id);
}

static int kernel_set(const struct rgf_session *s)
{
	return rgf_session_set(kernel.rgf, s);
}

static int kernel_del(uint32_t id)
{
	return rgf_session_del(kernel.rgf, id);
}

static int kernel_get(uint32_t id, struct rgf_session *ret)
{
	return rgf_session_get(kernel.rgf, id, ret);
}

static int kernel_dump(int (*cb)(const struct rgf_session *s, void *arg),
		       void *arg)
{
	return rgf_session_dump(kernel.rgf, cb, arg);
}

static const char *kernel_error(void)
{
	return rgf_error(kernel.rgf);
}

const struct media_backend media_kernel = {
	.name = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.add = kernel_add,
	.set = kernel_set,
	.del = kernel_del,
	.get = kernel_get,
	.dump = kernel_dump,
	.error = kernel_error,
};
