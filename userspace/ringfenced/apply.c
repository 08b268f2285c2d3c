// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: undo, from an unconfirmed commit until it is confirmed, or undone
 * (DATASTORE_CONFIRM_MAX; then each DATASTORE_UNDO_SECONDS while it fails).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/loop.h"
#include "base/notify.h"
#include "cert/certstore.h"
#include "config/datastore.h"
#include "ringfenced/apply.h"

static struct datastore *datastore;
static struct modules *modules;
static struct event *undo;
static bool stuck;

struct datastore *daemon_datastore(void)
{
	return datastore;
}

bool apply_is_stuck(void)
{
	return stuck;
}

static int prepare(const struct lyd_node *old, const struct lyd_node *fresh,
		   struct config_error *err)
{
	return modules_prepare(modules, old, fresh, err);
}

static void commit(void)
{
	modules_commit(modules);
}

static void rollback(void)
{
	modules_rollback(modules);
}

static void set_timer(unsigned int seconds)
{
	const struct timeval in = { .tv_sec = seconds };

	if (seconds)
		event_add(undo, &in);
	else
		event_del(undo);
}

static const struct datastore_ops ops = { prepare, commit, rollback,
					  set_timer };

unsigned int daemon_undo_seconds(void)
{
	struct timeval at, now;

	if (!undo || !event_pending(undo, EV_TIMEOUT, &at))
		return 0;
	event_base_gettimeofday_cached(loop_base(), &now);
	return at.tv_sec > now.tv_sec ? (unsigned int)(at.tv_sec - now.tv_sec)
				      : 1;
}

static void on_undo(evutil_socket_t fd, short what, void *arg)
{
	struct config_error err = { 0 };

	switch (datastore_undo(datastore, &err)) {
	case 0:
		notify(CONF_UNDONE);
		break;
	case -EAGAIN:
		notify(CONF_NOT_UNDONE, err.path, err.text);
		break;
	default:
		notify(CONF_STUCK, err.path, err.text);
		stuck = true;
		loop_stop();
		break;
	}
}

void daemon_certificates_changed(void)
{
	struct datastore_state s;

	datastore_state(datastore, &s);
	if (s.running)
		modules_renew(modules, s.running);
}

/* The stores are beside the configuration. */
static int open_certificates(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *dir;
	int ret;

	if (asprintf(&dir, "%.*s/certificates", slash ? (int)(slash - file) : 1,
		     slash ? file : ".") < 0)
		return -ENOMEM;
	ret = certstore_init(dir);
	free(dir);
	return ret;
}

int apply_init(const char *file, struct modules *m)
{
	int ret;

	undo = evtimer_new(loop_base(), on_undo, NULL);
	if (!undo)
		return -ENOMEM;
	modules = m;
	stuck = false;
	ret = open_certificates(file);
	if (!ret)
		ret = datastore_new(file, &ops, &datastore);
	if (ret < 0)
		apply_exit();
	return ret;
}

void apply_exit(void)
{
	datastore_free(datastore);
	datastore = NULL;
	certstore_exit();
	if (undo)
		event_free(undo);
	undo = NULL;
}
