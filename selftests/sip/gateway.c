// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SIP module alone, in the foreground: gateway CONFIG RUN-DIR. Media is what
 * it is linked with: fake-media.c, or no-media.c. SIGTERM is a clean
 * stop.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "config/config.h"
#include "media/media.h"
#include "ringfenced/daemon.h"
#include "ringfenced/module.h"
#include "test-gateway.h"

static const char *run_dir;

const char *daemon_run_dir(void)
{
	return run_dir;
}

/* It has none: what needs it is tested with the daemon. */
struct datastore *daemon_datastore(void)
{
	return NULL;
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	loop_stop();
}

static int start(const char *file)
{
	struct config_error errs[8];
	struct lyd_node *tree;
	int n;

	n = config_load_file(file, &tree, errs, 8);
	for (int i = 0; i < n && i < 8; i++)
		fprintf(stderr, "%s:%u: %s: %s\n", file, errs[i].line,
			errs[i].path, errs[i].text);
	if (n)
		return -1;
	n = sip_module.prepare(NULL, tree, &errs[0]);
	if (n < 0)
		fprintf(stderr, "%s: %s\n", errs[0].path, errs[0].text);
	else
		sip_module.commit();
	config_free(tree);
	return n;
}

int main(int argc, char **argv)
{
	struct event *term;
	int ret = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: gateway CONFIG RUN-DIR\n");
		return 2;
	}
	run_dir = argv[2];
	signal(SIGPIPE, SIG_IGN);
	log_open(LOG_TO_STDERR, gateway_log_level);
	if (loop_init() || config_init(NULL) || gateway_media_init() ||
	    sip_module.init())
		return 1;
	term = evsignal_new(loop_base(), SIGTERM, on_signal, NULL);
	event_add(term, NULL);
	if (!start(argv[1])) {
		log_note("main", "ready");
		loop_run();
		ret = 0;
	}
	sip_module.exit();
	media_exit();
	event_free(term);
	config_exit();
	loop_exit();
	log_close();
	return ret;
}
