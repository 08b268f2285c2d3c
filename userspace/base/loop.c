// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"

static struct event_base *base;

/* libevent would print by itself. */
static void on_log(int severity, const char *msg)
{
	switch (severity) {
	case EVENT_LOG_ERR:
		log_error("loop", "%s", msg);
		break;
	case EVENT_LOG_WARN:
		log_warn("loop", "%s", msg);
		break;
	default:
		log_dbg("loop", "%s", msg);
		break;
	}
}

int loop_init(void)
{
	if (base)
		return -EBUSY;
	event_set_log_callback(on_log);
	base = event_base_new();
	return base ? 0 : -ENOMEM;
}

struct event_base *loop_base(void)
{
	return base;
}

int loop_run(void)
{
	return event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY) < 0 ? -EIO : 0;
}

void loop_stop(void)
{
	event_base_loopbreak(base);
}

void loop_exit(void)
{
	if (!base)
		return;
	event_base_free(base);
	base = NULL;
	libevent_global_shutdown();
}
