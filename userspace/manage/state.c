// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an administrator should be warned of, and the switch of the key log.
 *
 * Timer: keylog, from when it is switched on until it ends.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "base/loop.h"
#include "base/notify.h"
#include "cert/clock.h"
#include "cert/keylog.h"
#include "config/edit.h"
#include "manage/internal.h"

static struct event *keylog;

static void on_keylog_end(evutil_socket_t fd, short what, void *arg)
{
	keylog_stop(false);
	notify(CERT_KEYLOG_END, keylog_file());
}

void api_keylog_exit(void)
{
	if (keylog)
		event_free(keylog);
	keylog = NULL;
	keylog_set_file(NULL);
}

/* Without it the end would only be noticed when a key isn't written. */
static void set_timer(unsigned int seconds)
{
	const struct timeval in = { .tv_sec = seconds };

	if (!keylog && loop_base())
		keylog = evtimer_new(loop_base(), on_keylog_end, NULL);
	if (!keylog)
		return;
	if (seconds)
		event_add(keylog, &in);
	else
		event_del(keylog);
}

static const char *clock_word(void)
{
	char why[256];

	if (!clock_is_possible(time(NULL), why, sizeof(why)))
		return "wrong";
	return clock_was_synchronized() ? "synchronized" : "unsynchronized";
}

static void reply_state(struct api_reply *ret)
{
	reply_json(ret, 200,
		   json_pack("{s:{s:i, s:s}, s:s}", "keylog", "seconds",
			     (int)keylog_seconds(), "file", keylog_file(),
			     "clock", clock_word()));
}

void api_overview(struct call *c, struct api_reply *ret)
{
	reply_state(ret);
}

static int start(struct call *c)
{
	json_t *body = json_loadb(c->req->body, c->req->len,
				  JSON_REJECT_DUPLICATES, NULL);
	const json_t *value = json_object_get(body, "seconds");
	json_int_t seconds = json_integer_value(value);
	int r;

	json_decref(body);
	if (seconds < 1 || seconds > KEYLOG_SECONDS_MAX)
		return config_error_set(&c->errs[0], -EINVAL,
					"\"seconds\" must be a number of 1 to "
					"%d",
					KEYLOG_SECONDS_MAX);
	r = keylog_start((unsigned int)seconds);
	if (r)
		return config_error_set(
			&c->errs[0], r, "can't write TLS keys to %s: %s",
			keylog_file(),
			r == -ENOTSUP ? "this wolfSSL can't" : strerror(-r));
	set_timer((unsigned int)seconds);
	notify(CERT_KEYLOG_ON, c->req->editor.who, keylog_file(), (int)seconds);
	return 0;
}

void api_keylog_start(struct call *c, struct api_reply *ret)
{
	int r = start(c);

	if (r)
		reply_errors(ret, c->errs, r);
	else
		reply_state(ret);
}

void api_keylog_stop(struct call *c, struct api_reply *ret)
{
	keylog_stop(true);
	set_timer(0);
	notify(CERT_KEYLOG_OFF, c->req->editor.who);
	reply_state(ret);
}
