// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ringfenced without the kernel module, in the foreground: config-daemon CONFIG
 * RUN-DIR. Media is what it is linked with: selftests/sip/fake-media.c,
 * kept-media.c or no-media.c. SIGTERM is a clean stop, SIGUSR1 asks for a line with
 * what there is.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "config/datastore.h"
#include "media/media.h"
#include "manage/registrations.h"
#include "ringfenced/apply.h"
#include "sip/register-client.h"
#include "sip/registrar.h"
#include "sip/regstore.h"
#include "sip/txn-internal.h"
#include "../sip/test-gateway.h"

static const struct api_registrations registrations = { regstore_list,
							register_report,
							registrar_end };
static const char *run_dir;

const char *daemon_run_dir(void)
{
	return run_dir;
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	loop_stop();
}

static void on_count(evutil_socket_t sig, short what, void *arg)
{
	log_note("main", "%u transactions, %d events", txn_count(),
		 event_base_get_num_events(loop_base(),
					   EVENT_BASE_COUNT_ADDED));
}

static int serve(struct modules *m, const char *file)
{
	struct config_error errs[8];
	int n;

	api_set_registrations(&registrations);
	if (apply_init(file, m) || modules_init(m))
		return 1;
	n = datastore_start(daemon_datastore(), errs, 8);
	for (int i = 0; i < (n < 0 ? 1 : n) && i < 8; i++)
		fprintf(stderr, "%s:%u: %s: %s\n", file, errs[i].line,
			errs[i].path, errs[i].text);
	if (!n) {
		log_note("main", "ready");
		loop_run();
	}
	modules_exit(m);
	apply_exit();
	return n != 0 || apply_is_stuck();
}

int main(int argc, char **argv)
{
	static const struct module *const table[] = { &log_module, &sip_module,
						      &manage_module };
	struct modules m = { .table = table, .n = 3 };
	struct event *term, *count;
	int ret;

	if (argc != 3) {
		fprintf(stderr, "usage: %s CONFIG RUN-DIR\n", argv[0]);
		return 2;
	}
	run_dir = argv[2];
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	if (loop_init() || config_init(NULL) || gateway_media_init())
		return 1;
	term = evsignal_new(loop_base(), SIGTERM, on_signal, NULL);
	event_add(term, NULL);
	count = evsignal_new(loop_base(), SIGUSR1, on_count, NULL);
	event_add(count, NULL);
	ret = serve(&m, argv[1]);
	media_exit();
	event_free(count);
	event_free(term);
	config_exit();
	loop_exit();
	log_close();
	return ret;
}
